"""What is still to come of a series: means, spreads, and futures whose errors carry on as the model says."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from piperoll.forecast.airline import Learnt
from piperoll.forecast.coming import expect, psi
from tests.forecast.systems import months


# What a fit comes to, near enough: the fit itself is tried in `test_airline`.
LEARNT = Learnt(560.0, 70.0, np.array([-0.7, -0.6, 0.02]))


def series(count: int) -> list[float]:
    draws = random.Random(1)
    return [500 + 2 * n + 80 * math.sin(2 * math.pi * n / 12) + draws.gauss(0, 8) for n in range(count)]


def test_psi_weights_by_hand() -> None:
    # (1 + tB)(1 + TB^12) / ((1 - B)(1 - B^12)): 1, then 1 + t, and from the twelfth on again as much.
    found = psi(-0.4, -0.6, 26)
    assert found[0] == 1
    assert found[1:12] == pytest.approx(0.6)
    assert found[12] == pytest.approx(0.6 + 0.4)
    assert found[13:24] == pytest.approx(0.6 + 0.6 * 0.4)
    assert found[24] == pytest.approx(0.6 + 0.6 * 0.4 + 0.4)


def test_psi_weights_are_a_division_of_polynomials() -> None:
    ar = np.convolve([1, -1], [1, *[0] * 11, -1])
    ma = np.convolve([1, -0.3], [1, *[0] * 11, -0.5])
    # What is left of the shock after each month, times the one and less the other, is nothing.
    left = np.convolve(psi(-0.3, -0.5, 40), ar)[:40]
    assert left[: len(ma)] == pytest.approx(ma)
    assert left[len(ma) :] == pytest.approx(0, abs=1e-12)


def test_the_spread_of_a_walk_is_that_of_its_draws() -> None:
    found = expect(months(60), series(60), 18, "airline", LEARNT)
    assert found.mean[12] - found.mean[0] == pytest.approx(24, abs=12)
    drawn = found.draws(np.random.default_rng(1), 4000)
    assert drawn.std(axis=0) == pytest.approx(found.spread, rel=0.06)
    assert drawn.mean(axis=0) == pytest.approx(found.mean, rel=0.01)
    # What is too much now is too much next month.
    assert np.corrcoef(drawn[:, 10], drawn[:, 11])[0, 1] > 0.5


def test_a_level_is_the_last_year_and_says_so() -> None:
    values: list[float | None] = [10.0] * 20 + [20.0, 30.0] * 6
    found = expect(months(32), values, 3, "level")
    assert found.mean.tolist() == [25, 25, 25]
    assert found.way == "as many as in the last 12 months"
    drawn = found.draws(np.random.default_rng(1), 4000)
    # Of two months some of the error is one: the level is not known for certain.
    assert np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1] == pytest.approx(1 / 13, abs=0.05)
    assert drawn[:, 0].std() == pytest.approx(found.spread[0], rel=0.06)


def test_a_level_is_at_least_as_uncertain_as_counts_are() -> None:
    found = expect(months(12), [9.0] * 12, 1, "level")
    assert found.spread[0] == pytest.approx(math.sqrt(9 * 13 / 12))


def test_too_short_a_past_has_a_level() -> None:
    found = expect(months(35), series(35), 2, "airline")
    assert "fewer than 36 months" in found.way
    assert "airline" in expect(months(36), series(36), 2, "airline", LEARNT).way


def test_what_never_moves_goes_on_so() -> None:
    found = expect(months(40), [7.0] * 40, 2, "airline")
    assert found.draws(np.random.default_rng(1), 3).tolist() == [[7, 7]] * 3


def test_months_without_a_figure_are_no_noughts() -> None:
    values: list[float | None] = [10.0, None, 12.0, None, 14.0]
    assert expect(months(5), values, 1, "level").mean[0] == 12


def test_a_series_without_a_figure_is_no_series() -> None:
    with pytest.raises(ValueError, match="without a figure"):
        expect(months(3), [None, None, None], 1, "level")


def test_nothing_is_drawn_below_nought() -> None:
    found = expect(months(12), [0.0, 1.0] * 6, 4, "level")
    assert found.draws(np.random.default_rng(1), 500).min() == 0
