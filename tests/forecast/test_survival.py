"""Lengths of stay: hazards are those of the system, whoever is still there, came before, or is missing for a month."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.forecast.survival import OPEN, Counts, learn, stretched
from tests.forecast.systems import ZERO, counts, drawn, leaving


HAZARDS = [0.3, 0.2, 0.1, 0.05]


def test_by_hand() -> None:
    # Of 100 that enter in month 0, 30 leave in it, 14 in the next (of 70), 56 are still there.
    found = learn(counts([(0, 0, 30), (0, 1, 14), (0, None, 56)]), ZERO, ZERO + 1)
    assert found.hazards(2) == pytest.approx([0.3, 0.2])
    assert found.left.tolist() == [30, 14]
    assert found.risk.tolist() == [100, 70]


def test_the_hazards_of_a_system_are_found_again() -> None:
    found = learn(drawn([400] * 60, HAZARDS, 59), ZERO + 36, ZERO + 59, known_from=ZERO)
    assert found.hazards(8) == pytest.approx([*HAZARDS, 0.05, 0.05, 0.05, 0.05], abs=0.02)
    assert found.excess < 1.6


def test_who_is_still_there_is_not_taken_to_have_left() -> None:
    known = drawn([200] * 24, HAZARDS, 23)
    gone = known.ended < OPEN
    only_left = Counts(known.entered[gone], known.ended[gone], known.many[gone])
    whole, biased = (learn(each, ZERO, ZERO + 23).mean_stay() for each in (known, only_left))
    assert biased < 0.8 * whole


def test_months_before_the_window_teach_nothing() -> None:
    # Twice as many left at once in the first year.
    early, late = drawn([500] * 12, [0.6], 11), drawn([500] * 12, [0.3], 11, seed=2)
    both = Counts(
        np.concatenate([early.entered, late.entered + 12]),
        np.concatenate([early.ended, np.where(late.ended == OPEN, OPEN, late.ended + 12)]),
        np.concatenate([early.many, late.many]),
    )
    found = learn(both, ZERO + 12, ZERO + 23, known_from=ZERO + 12)
    assert found.hazards(1)[0] == pytest.approx(0.3, abs=0.03)


def test_who_entered_before_entries_are_known_is_left_out() -> None:
    # Of those before, only the ones that left are known.
    pairs: list[tuple[int, int | None, int]] = [(0, 12, 50), (0, 13, 50), (12, 12, 30), (12, None, 70)]
    found = learn(counts(pairs), ZERO + 12, ZERO + 13, known_from=ZERO + 12)
    assert found.left.sum() == 30
    assert learn(counts(pairs), ZERO + 12, ZERO + 13).left.sum() == 130


def test_a_month_that_is_missing_is_passed_over() -> None:
    known = drawn([300] * 24, HAZARDS, 23)
    # Of a month nothing was delivered, so that nobody left in it: they are there for ever.
    lost = Counts(known.entered, np.where(known.ended == ZERO + 20, OPEN, known.ended), known.many)
    gap = learn(lost, ZERO + 12, ZERO + 23, gaps={ZERO + 20})
    assert gap.hazards(1)[0] == pytest.approx(0.3, abs=0.02)
    assert learn(lost, ZERO + 12, ZERO + 23).hazards(1)[0] < gap.hazards(1)[0]


def test_thin_ages_are_taken_together() -> None:
    found = learn(drawn([5] * 60, HAZARDS, 59), ZERO, ZERO + 59)
    assert (found.left >= 10).all()
    assert len(found.left) < 20 < len(found.piece)
    assert found.piece.tolist() == sorted(found.piece)


def test_nobody_there_is_no_error() -> None:
    none = Counts(np.zeros(0, int), np.zeros(0, int), np.zeros(0, int))
    found = learn(none, ZERO, ZERO + 11)
    assert found.hazards(3).tolist() == [0, 0, 0]
    assert found.mean_stay() == float("inf")


def test_the_mean_stay_is_the_sum_of_the_survival() -> None:
    # Geometric with p: 1/p months entered, less the one in which it leaves.
    assert leaving([0.25]).mean_stay() == pytest.approx(1 / 0.25 - 1)
    assert leaving([1.0]).mean_stay() == 0
    two = leaving([0.5, 0.5, 0.1])
    assert two.mean_stay() == pytest.approx(0.5 + 0.25 + 0.25 * 0.9 / 0.1)


def test_exits_that_come_in_waves_are_seen() -> None:
    calm = learn(drawn([300] * 36, [0.2], 35), ZERO + 12, ZERO + 35)
    waves: list[tuple[int, int | None, int]] = []
    for month in range(36):
        gone = 100 if month % 2 else 20
        waves += [(month, month, gone), (month, None, 300 - gone)]
    assert learn(counts(waves), ZERO + 12, ZERO + 35).excess > 5 * calm.excess


def test_draws_lie_round_what_was_seen_and_tell_less_of_fewer() -> None:
    rng = np.random.default_rng(1)
    few, many = leaving([0.2], risk=50), leaving([0.2], risk=5000)
    spread = [each.draws(rng, 4000).std() for each in (few, many)]
    assert many.draws(rng, 4000).mean() == pytest.approx(0.2, abs=0.01)
    assert spread[0] == pytest.approx(10 * spread[1], rel=0.15)


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.1, 1.5])
def test_stretched_stays_are_so_much_longer(factor: float) -> None:
    hazards = np.full(400, 0.04)
    mean = [np.cumprod(1 - each).sum() for each in (hazards, stretched(hazards, factor))]
    assert mean[1] / mean[0] == pytest.approx(factor, rel=0.03)


def test_a_median_is_stretched_as_the_mean_is() -> None:
    hazards = np.array([0.02, 0.03, 0.05, 0.1, 0.2, 0.3, *[0.1] * 100])
    survival = [np.cumprod(1 - each) for each in (hazards, stretched(hazards, 2.0))]
    middle = [int(np.argmax(each < 0.5)) + 0.5 for each in survival]
    assert middle[1] == pytest.approx(2 * middle[0], abs=1)


def test_nothing_is_stretched_by_one() -> None:
    hazards = np.array([0.1, 0.2, 1.0])
    assert stretched(hazards, 1.0) is hazards
    assert stretched(hazards, 1.0 + 1e-12) == pytest.approx(hazards, abs=1e-6)


@settings(max_examples=25)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.2, 4))
def test_stretched_hazards_are_hazards(hazards: list[float], factor: float) -> None:
    found = stretched(np.array(hazards), factor)
    assert ((found >= 0) & (found <= 1)).all()
    grown = [np.cumprod(1 - each) for each in (np.array(hazards), found)]
    # Longer stays leave no fewer there at any time.
    assert (grown[1] >= grown[0] - 1e-9).all() if factor >= 1 else (grown[1] <= grown[0] + 1e-9).all()


def test_what_is_known_by_a_month_is_no_more() -> None:
    whole = counts([(0, 5, 1), (3, None, 1), (6, 7, 1)])
    then = whole.known_by(ZERO + 4)
    assert then.ended.tolist() == [OPEN, OPEN]
    assert [whole.stock(ZERO + at) for at in (0, 4, 5, 6, 7)] == [1, 2, 1, 2, 1]
    assert then.stock(ZERO + 9) == 2
    assert whole.inflow(ZERO, ZERO + 6).tolist() == [1, 0, 0, 1, 0, 0, 1]
    assert whole.by_age(ZERO + 6).tolist() == [1, 0, 0, 1]
