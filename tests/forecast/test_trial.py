"""The back-test: nothing later is known, rivals are as defined, and intervals hold what they say."""

from __future__ import annotations

import numpy as np
import pytest

from piperoll.forecast.model import figures, fit, seen
from piperoll.forecast.scenarios import NOTHING
from piperoll.forecast.survival import Counts
from piperoll.forecast.taken import Taken
from piperoll.forecast.trial import backtest
from piperoll.journal import Vintage
from piperoll.register.model.forecast import Cohort, Forecast, Stays, Workload
from tests.forecast.systems import counts, drawn, months


HAZARDS = [0.3, 0.2, 0.1, 0.05]


def stock(origins: int = 6, paths: int = 200) -> Forecast:
    return Forecast("stock", "Stock", "stock_flow", "people", "To see.", stays=Stays("SELECT 1"), origins=origins,
                    paths=paths, cohorts=(Cohort("A", "First", "level"),))  # fmt: skip


def taken(of: Counts, count: int) -> Taken:
    return Taken(tuple(months(count)), frozenset(), Vintage(sequence=1), (), {"A": of})


def test_a_system_that_fills_up_is_foreseen_where_rivals_fail() -> None:
    # Since two years half as many more come: the stock still grows, and the survival says how far.
    whole = taken(drawn([100] * 24 + [200] * 24, HAZARDS, 47), 48)
    found = backtest(stock(origins=20), whole, 6)
    assert found is not None
    assert len(found.origins) == 20
    last = found.horizons[-1]
    assert last.ahead == 6
    assert last.figures == 15
    assert last.seasonal is not None
    assert last.error < 0.5 * last.same < last.seasonal
    assert last.percent is not None
    assert last.percent < 5


def test_errors_by_hand() -> None:
    # All stay for ever, 10 a month: whatever is projected is right, and nothing changing is 10 wrong a month ahead.
    whole = taken(counts([(at, None, 10) for at in range(30)]), 30)
    found = backtest(stock(origins=3), whole, 2)
    assert found is not None
    first, second = found.horizons
    assert (first.figures, second.figures) == (3, 2)
    assert (first.same, second.same) == (10, 20)
    assert (first.seasonal, second.seasonal) == (120, 120)
    assert first.error == pytest.approx(0, abs=1e-9)
    assert (first.cover80, first.cover95) == (1, 1)
    assert found.figures == 5
    assert found.cover("95") == 1


def test_what_follows_is_not_known_beforehand() -> None:
    calm = drawn([100] * 30, HAZARDS, 29)
    burst = Counts(
        np.append(calm.entered, calm.entered.max()), np.append(calm.ended, 10**6), np.append(calm.many, 5000)
    )
    found = backtest(stock(origins=1), taken(burst, 30), 1)
    assert found is not None
    assert found.horizons[0].error > 4500
    assert found.horizons[0].cover95 == 0


def test_too_short_a_past_is_not_tried() -> None:
    assert backtest(stock(), taken(drawn([100] * 6, HAZARDS, 5), 6), 3) is None


def test_without_a_year_before_the_rival_has_no_error() -> None:
    found = backtest(stock(origins=2), taken(drawn([100] * 10, HAZARDS, 9), 10), 1)
    assert found is not None
    assert found.horizons[0].seasonal is None


def test_the_workload_of_a_season_beats_no_change() -> None:
    rng = np.random.default_rng(5)
    values = tuple(float(v) for v in 500 + 150 * np.sin(2 * np.pi * np.arange(52) / 12) + rng.normal(0, 10, 52))
    declared = Forecast("work", "Work", "workload", "cases", "To see.", series=Workload("a.b"), origins=2)
    whole = Taken(tuple(months(52)), frozenset(), Vintage(sequence=1), (), series=values)
    found = backtest(declared, whole, 3)
    assert found is not None
    assert all(each.error < 0.5 * each.same for each in found.horizons)
    assert seen(declared, whole)[months(52)[-1]] == values[-1]


@pytest.mark.slow
def test_intervals_hold_their_share() -> None:
    """Two hundred systems, each drawn anew: every interval holds its share of what follows, months 1 to 12."""
    ahead, known = 12, 48
    inside = {"80": np.zeros(ahead), "95": np.zeros(ahead)}
    systems = 200
    declared = stock(paths=400)
    for system in range(systems):
        rng = np.random.default_rng([77, system])
        inflow = [int(n) for n in rng.poisson(80, known + ahead)]
        whole = taken(drawn(inflow, HAZARDS, known + ahead - 1, seed=system), known + ahead)
        span = list(whole.months[known:])
        said = figures(declared, fit(declared, whole.until(whole.months[known - 1]), ahead), NOTHING, span)[""]
        truth = np.array([seen(declared, whole)[month] for month in span], dtype=float)
        for level in inside:
            inside[level] += (getattr(said, f"low{level}") <= truth) & (truth <= getattr(said, f"high{level}"))
    for level, share in (("80", 0.80), ("95", 0.95)):
        # Two in a thousand such means would lie further off, were the share exact at each horizon.
        assert inside[level].mean() / systems == pytest.approx(share, abs=0.05), level
        assert inside[level].min() / systems > share - 0.1, level
