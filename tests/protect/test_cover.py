"""The covering problem: cheapest hitting sets, and bounds that stay bounds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.protect.suppress.master import Cover, Cut, greedy, minimal, total


CUTS = st.lists(st.frozensets(st.integers(0, 8), min_size=1, max_size=4), min_size=1, max_size=9)
COSTS = st.lists(st.integers(1, 20), min_size=9, max_size=9)


def cheapest(cuts: list[Cut], cost: np.ndarray) -> float:
    sets = (set(np.flatnonzero(chosen).tolist()) for chosen in itertools.product([False, True], repeat=len(cost)))
    return min(total(cost, chosen) for chosen in sets if all(cut & chosen for cut in cuts))


@given(CUTS, COSTS)
def test_patterns_are_cheapest_and_shares_a_bound(cuts: list[Cut], costs: list[int]) -> None:
    cost = np.array(costs, float)
    best = cheapest(cuts, cost)
    cover = Cover(cost)
    cover.add(cuts)
    share, below = cover.relax()
    assert below <= best + 1e-9
    assert all(share[sorted(cut)].sum() >= 1 - 1e-6 for cut in cuts)
    assert cost @ share == pytest.approx(below, abs=1e-4)
    chosen, bound = cover.solve(greedy(cuts, cost))
    assert total(cost, chosen) == best
    assert best * (1 - 1e-5) - 1e-4 <= bound <= best
    assert all(cut & chosen for cut in cuts)


@given(CUTS, CUTS, COSTS)
def test_cuts_may_come_later(first: list[Cut], then: list[Cut], costs: list[int]) -> None:
    cost = np.array(costs, float)
    cover = Cover(cost)
    cover.add(first)
    cover.relax()
    cover.solve(greedy(first, cost))
    new = cover.add(then)
    assert set(new) == set(then) - set(first)
    assert cover.relax()[1] <= cheapest([*first, *then], cost) + 1e-9
    assert total(cost, cover.solve(greedy([*first, *then], cost))[0]) == cheapest([*first, *then], cost)


@given(CUTS, COSTS)
def test_greedy_hits_every_cut_and_needs_each_cell(cuts: list[Cut], costs: list[int]) -> None:
    chosen = greedy(cuts, np.array(costs, float))
    assert all(cut & chosen for cut in cuts)
    for cell in chosen:
        assert any(cut & chosen == {cell} for cut in cuts)


def test_a_cut_that_contains_another_says_nothing() -> None:
    cuts = [frozenset({1, 2, 3}), frozenset({1, 2}), frozenset({4}), frozenset({4, 1})]
    assert minimal(cuts) == [frozenset({1, 2}), frozenset({4})]
