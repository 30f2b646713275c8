"""Exchanges of several leaves, against plain sums over every bound and row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.protect.proof.exchange import exchange
from piperoll.protect.proof.near import Near
from piperoll.protect.proof.pool import Pool
from piperoll.protect.proof.state import BACK, BY, HIGH, LOW, PLACE, TOGETHER, clear, demand, mark, workplace
from piperoll.protect.proof.swaps import swaps
from piperoll.protect.proof.walker import Walker
from piperoll.protect.relations import Relations
from tests.protect.proof.systems import System, grid, systems
from tests.protect.proof.test_swaps import cube
from tests.protect.proof.test_walk import agrees, ready, wished


MANY = settings(max_examples=100, deadline=None)


def shown(relations: Relations, wide: int = 2) -> System:
    """All totals are shown as they are; what is no total may change."""
    totals = relations.cell[relations.coef == -1]
    high = np.full(relations.cells, wide)
    high[totals] = 0
    return System(
        relations, np.ones(relations.rows, bool), -high, high, np.zeros(relations.rows, int), np.zeros(relations.rows, int)
    )  # fmt: skip


def exchanged(system: System, by: int = 1) -> Pool:
    one = ready(system)
    rows = swaps(system.relations, system.held, one.forms)
    one.exchange(wished(one, system, by), Near(system.relations, one.pool), rows)
    return one.pool


@pytest.mark.parametrize("sizes", [(2, 2), (3, 4), (2, 2, 2), (3, 2, 4), (2, 2, 2, 2), (2, 2, 2, 2, 2)])
def test_leaves_move_though_no_total_may(sizes: tuple[int, ...]) -> None:
    system = shown(cube(*sizes))
    pool = exchanged(system)
    agrees(system, pool)
    leaves = pool.forms.leaves
    assert (pool.low(leaves) <= -1).all()
    assert (pool.high(leaves) >= 1).all()
    # Such a table changes two leaves in each dimension at least.
    assert np.diff(pool.begin[1 : pool.count + 1]).min() == 2 ** len(sizes)


def test_a_leaf_alone_in_its_row_does_not_move() -> None:
    system = shown(cube(3, 3))
    high = system.high.copy()
    leaves = np.flatnonzero(high)
    high[leaves[1:3]] = 0
    closed = System(system.relations, system.held, -high, high, system.row_low, system.row_high)
    pool = exchanged(closed)
    agrees(closed, pool)
    assert pool.high(leaves[:1]).tolist() == [0]
    assert (pool.high(leaves[3:]) >= 1).all()


@MANY
@given(systems(most=8, wide=4), st.integers(1, 3))
def test_whatever_is_found_keeps_to_everything(system: System, by: int) -> None:
    agrees(system, exchanged(system, by))


@MANY
@given(systems(most=8, wide=4))
def test_tables_go_on_from_those_of_single_leaves(system: System) -> None:
    one = ready(system)
    one.run(wished(one, system, 1))
    rows = swaps(system.relations, system.held, one.forms)
    one.exchange(wished(one, system, 3), Near(system.relations, one.pool), rows)
    agrees(system, one.pool)
    for begin, end in zip(one.pool.begin[: one.pool.count], one.pool.begin[1 : one.pool.count + 1], strict=True):
        leaves = one.pool.leaf[begin:end].tolist()
        assert len(set(leaves)) == len(leaves)


def test_areas_that_cut_across_are_kept_to() -> None:
    system = grid(6, 5, wide=2)
    pool = exchanged(system, 2)
    agrees(system, pool)
    assert (pool.high(pool.forms.leaves) >= 2).all()


def test_the_same_input_gives_the_same_tables() -> None:
    one, two = (exchanged(shown(cube(3, 3, 3))) for _ in range(2))
    assert one.count == two.count > 1
    for name in ("begin", "leaf", "by", "reach", "reached_by"):
        assert (getattr(one, name) == getattr(two, name)).all()


class Kernel:
    """One search by itself."""

    def __init__(self, one: Walker, system: System, room: int | None = None) -> None:
        self.one = one
        self.rows = swaps(system.relations, system.held, one.forms)
        self.state = one._state.copy()
        self.work = workplace(len(one.forms.leaves), len(self.state))
        if room is not None:
            out, _, by, last, way = self.work
            self.work = out, np.zeros(room, np.int32), by, last, way

    def to(self, form: int, goal: int, steps: int) -> tuple[bool, dict[int, int]]:
        """Whether a form can be taken so far, and the leaves changed."""
        bounds = demand(self.state, form, goal)
        wrong = mark(self.state, self.work[0], 0, form)
        good, used = exchange(
            self.state, None, self.rows.arrays, self.one.form_side, self.work, wrong, 0, steps, form,
            np.array([7], np.uint64),
        )  # fmt: skip
        self.used = int(used)
        self.state[form, LOW], self.state[form, HIGH] = bounds
        changed = self.work[1][:used]
        return bool(good), {int(leaf): int(self.work[2][leaf]) for leaf in changed if self.work[2][leaf]}


def test_a_search_that_is_cleared_leaves_nothing_behind() -> None:
    system = shown(cube(3, 3, 2))
    one = ready(system)
    kernel = Kernel(one, system)
    form = int(one.forms.form[one.forms.leaves[0]])
    good, changed = kernel.to(form, 1, 10_000)
    assert good
    assert sorted(changed.values()) == [-1] * 4 + [1] * 4
    clear(kernel.state, one.leaf_side, kernel.work, kernel.used, form)
    assert (kernel.state[:, [BY, PLACE]] == 0).all()
    _, _, by, last, _ = kernel.work
    assert not by.any()
    assert (last == -BACK - 1).all()


def test_with_no_steps_nothing_is_changed() -> None:
    system = shown(cube(2, 2))
    one = ready(system)
    assert Kernel(one, system).to(0, 1, 0) == (False, {})


def test_a_search_that_has_no_room_for_what_it_changes_is_given_up() -> None:
    system = shown(cube(3, 3, 3))
    one = ready(system)
    form = int(one.forms.form[one.forms.leaves[0]])
    good, changed = Kernel(one, system, room=TOGETHER).to(form, 1, 10_000)
    assert (good, changed) == (False, {})
    # With a little room, leaves that are as they were make place for others.
    assert Kernel(one, system, room=TOGETHER + 9).to(form, 1, 10_000)[0]
