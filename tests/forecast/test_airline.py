"""Forecasts of monthly series: seasons are found, gaps stepped over, and the past says how good they are."""

from __future__ import annotations

import math
import os
import random

import pytest

from piperoll.errors import UserError
from piperoll.forecast import backtest, forecast, seasonal_naive
from piperoll.forecast.airline import LEAST, THREADS, _sarimax
from piperoll.periods import Period


def months(count: int) -> list[Period]:
    first = Period.parse("2006-01")
    return [first.shift(step) for step in range(count)]


def series(count: int, noise: float = 10.0, slope: float = 3.0) -> list[float]:
    draws = random.Random(1)
    return [1000 + slope * n + 200 * math.sin(2 * math.pi * n / 12) + draws.gauss(0, noise) for n in range(count)]


def test_season_and_trend_are_carried_on() -> None:
    values = series(72)
    said = forecast(months(60), values[:60], 12)
    assert [str(each.month) for each in said[:2]] == ["2011-01", "2011-02"]
    for each, true in zip(said, values[60:], strict=True):
        assert abs(each.value - true) < 60
        assert each.low < each.value < each.high


def test_intervals_grow_with_what_is_further_off() -> None:
    said = forecast(months(60), series(60), 12)
    assert said[-1].high - said[-1].low > said[0].high - said[0].low


def test_a_month_without_a_figure_is_stepped_over() -> None:
    values: list[float | None] = list(series(60))
    whole = forecast(months(60), values, 6)
    values[40] = None
    values[57] = None
    for each, full in zip(forecast(months(60), values, 6), whole, strict=True):
        assert abs(each.value - full.value) < 30


def test_the_same_series_gives_the_same_forecast() -> None:
    assert forecast(months(48), series(48), 6) == forecast(months(48), series(48), 6)


def test_a_count_is_never_expected_below_nought() -> None:
    falling = [max(0.0, 300 - 6.0 * n + (n % 12)) for n in range(48)]
    said = forecast(months(48), falling, 12)
    assert all(each.value >= 0 and each.low >= 0 for each in said)
    assert min(each.low for each in forecast(months(48), falling, 12, floor=None)) < 0


def test_what_never_moves_goes_on_so() -> None:
    (said,) = forecast(months(40), [7.0] * 40, 1)
    assert (said.value, said.low, said.high) == (7.0, 7.0, 7.0)


def test_too_few_figures_are_refused() -> None:
    values: list[float | None] = [*series(LEAST - 1), None]
    with pytest.raises(UserError, match=f"PR-Q009 A forecast needs {LEAST} months .* there are {LEAST - 1}"):
        forecast(months(LEAST), values, 3)


@pytest.mark.parametrize(("ahead", "expected"), [(1, [1]), (3, [1, 2, 3]), (14, [*range(1, 13), 1, 2])])
def test_the_naive_forecast_is_the_year_before(ahead: int, expected: list[int]) -> None:
    assert seasonal_naive([0.0, *range(1, 13)], ahead) == expected


def test_with_a_trend_it_beats_the_year_before() -> None:
    tested = backtest(months(72), series(72, noise=5), 3)
    assert tested is not None
    assert tested.better
    assert tested.ratio is not None
    assert tested.ratio < 0.6
    assert tested.origins == 12
    assert tested.figures == 10 * 3 + 2 + 1
    assert 0.7 <= tested.cover <= 1.0


def test_what_follows_is_not_known_beforehand() -> None:
    values: list[float | None] = list(series(60))
    plain = backtest(months(60), values, 1, origins=3)
    jumped = backtest(months(60), [*values[:-1], 9_000.0], 1, origins=3)
    assert plain is not None
    assert jumped is not None
    # A jump in the last month is a surprise of the size of the jump, for either forecast.
    assert jumped.error > plain.error + 2_000
    assert jumped.naive > plain.naive + 2_000


def test_gaps_are_held_against_neither() -> None:
    values: list[float | None] = list(series(60))
    values[58] = None  # the second of three origins
    tested = backtest(months(60), values, 1, origins=3)
    assert tested is not None
    assert tested.figures == 2


@pytest.mark.parametrize("before", [None, "7"])
def test_what_loads_the_library_leaves_the_environment(before: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(THREADS, raising=False)
    if before:
        monkeypatch.setenv(THREADS, before)
    _sarimax.cache_clear()
    assert _sarimax().__name__ == "SARIMAX"
    assert os.environ.get(THREADS) == before


@pytest.mark.parametrize("count", [10, LEAST])
def test_a_short_past_tells_nothing(count: int) -> None:
    assert backtest(months(count), series(count)) is None


def test_nought_every_year_has_no_ratio() -> None:
    tested = backtest(months(50), [5.0] * 50)
    assert tested is not None
    assert (tested.error, tested.naive, tested.ratio, tested.better) == (0.0, 0.0, None, False)
