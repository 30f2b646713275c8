from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.simulate.pools import GroupedPool


WEIGHTS = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(sum), min_size=1, max_size=8)


@given(WEIGHTS, st.integers(0, 1000))
def test_each_group_draws_its_own_codes_and_none_without_weight(weights: list[list[int]], seed: int) -> None:
    groups = [(np.arange(len(own)) + 100 * at, np.array(own)) for at, own in enumerate(weights)]
    rng = np.random.default_rng(seed)
    asked = rng.integers(0, len(groups), 200)
    drawn = GroupedPool(groups).draw(rng, asked)
    assert (drawn // 100 == asked).all()
    assert all(weights[code // 100][code % 100] > 0 for code in drawn)


def test_codes_come_as_often_as_they_weigh() -> None:
    pool = GroupedPool([(np.array([1, 2]), np.array([1.0, 3.0])), (np.array([7, 8, 9]), np.array([1.0, 1.0, 8.0]))])
    drawn = pool.draw(np.random.default_rng(1), np.repeat([0, 1], 20_000))
    assert np.mean(drawn[:20_000] == 2) == pytest.approx(0.75, abs=0.01)
    assert np.mean(drawn[20_000:] == 9) == pytest.approx(0.80, abs=0.01)


def test_an_empty_group_gives_nothing() -> None:
    pool = GroupedPool([(np.array([], int), np.array([])), (np.array([5]), np.array([2.0]))])
    assert pool.draw(np.random.default_rng(1), np.array([1, 1])).tolist() == [5, 5]
    assert pool.draw(np.random.default_rng(1), np.array([], int)).tolist() == []
    with pytest.raises(ValueError, match="without codes"):
        pool.draw(np.random.default_rng(1), np.array([1, 0]))


@pytest.mark.parametrize("weights", [[0.0, 0.0], [-1.0, 2.0], [1.0]])
def test_weights_that_make_no_sense_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="group 0"):
        GroupedPool([(np.array([1, 2]), np.array(weights))])
