"""Tables found by walking, against plain sums over every bound and row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.protect.proof import walker
from piperoll.protect.proof.forms import Forms, forms
from piperoll.protect.proof.near import Near
from piperoll.protect.proof.pool import Pool
from piperoll.protect.proof.walk import HIGH, LOW, walk
from piperoll.protect.proof.walker import Walker, Wish, _Hand
from piperoll.protect.relations import BIG, Ints, row
from tests.protect.proof.systems import System, grid, posed, systems, total


MANY = settings(max_examples=100, deadline=None)


def needs(system: System, cells: Ints, by: int) -> Ints:
    """One way and the other as far as ``by``."""
    far = np.full(len(cells), by)
    return np.column_stack([far, far, 2 * far, system.low[cells], system.high[cells]]).astype(np.int64)


def open_cells(system: System, pool: Pool, by: int) -> Ints:
    cells = np.flatnonzero(system.low < system.high)
    return cells[(pool.low(cells) > -by) | (pool.high(cells) < by)]


def ready(system: System, found: Forms | None = None) -> Walker:
    found = found or forms(system.relations, system.held)
    leaves = found.leaves
    return Walker(found, Pool(found), system.bounds(found), system.low[leaves], system.high[leaves])


def wished(one: Walker, system: System, by: int) -> Wish:
    """Every cell that can change is to go so far, both ways."""
    return Wish(lambda: open_cells(system, one.pool, by), lambda cells: needs(system, cells, by))


def seeds(one: Walker) -> list[int]:
    return [int(hand.seed[0]) for hand in one._hands]


def walked(system: System, by: int = 2) -> Pool:
    """As far as it gets."""
    one = ready(system)
    near = Near(system.relations, one.pool)
    wish = wished(one, system, by)
    one.run(wish)
    one.abroad(wish, near)
    return one.pool


def agrees(system: System, pool: Pool) -> None:
    """Each table keeps to everything, and what it is said to reach is what it reaches."""
    found = pool.matrix()
    cells = found.toarray() @ pool.forms.sums[: system.relations.cells].T.toarray()
    assert system.keep(cells).all()
    reached = found.toarray() @ pool.forms.matrix.T.toarray()
    at = np.arange(reached.shape[1])
    for side, sign in ((0, -1), (1, 1)):
        assert (reached[pool.reached_by[:, side], at] == pool.reach[:, side]).all()
        assert (sign * pool.reach[:, side] >= 0).all()
    for number in range(1, pool.count):
        leaves, by = pool.table(number)
        assert len(set(leaves.tolist())) == len(leaves)
        assert by.all()


@MANY
@given(systems(most=9, wide=4))
def test_every_table_keeps_to_all_bounds_and_rows(system: System) -> None:
    agrees(system, walked(system))


@MANY
@given(systems())
def test_nothing_goes_further_than_trying_every_table(system: System) -> None:
    pool, possible = walked(system), np.array(sorted(system.tables()))
    cells = np.arange(system.relations.cells)
    assert (pool.low(cells) >= possible.min(axis=0)).all()
    assert (pool.high(cells) <= possible.max(axis=0)).all()


@pytest.mark.parametrize("second", [False, True])
def test_hidden_inner_cells_are_witnessed_by_walking_alone(second: bool) -> None:
    system = grid(6, 5, second)
    shown = np.ones(system.relations.cells, bool)
    inner = forms(system.relations, system.held).leaves
    shown[inner] = False
    closed = replace(system, low=np.where(shown, 0, -3), high=np.where(shown, 0, 3))
    pool = walked(closed)
    agrees(closed, pool)
    assert len(inner) == 30
    assert (pool.low(inner) <= -2).all()
    assert (pool.high(inner) >= 2).all()
    others = np.flatnonzero(shown)
    assert not (pool.low(others).any() or pool.high(others).any())


@MANY
@given(systems(most=8, wide=4), st.integers(0, 10**6))
def test_tables_of_several_hands_are_taken_in_with_what_they_reach(system: System, seed: int) -> None:
    one, cells = ready(system), np.flatnonzero(system.low < system.high)
    rng = np.random.default_rng(seed)
    for _ in range(3):
        some = cells[rng.random(len(cells)) < 0.7]
        wish = Wish(lambda some=some: some, lambda cells: needs(system, cells, 3))
        near = (Near(system.relations, one.pool), int(rng.integers(9))) if rng.random() < 0.5 else None
        one._turn(wish, (40, 40, int(rng.integers(1, 3))), near)
        agrees(system, one.pool)


def test_the_same_input_gives_the_same_tables() -> None:
    one, two = walked(grid(4, 5)), walked(grid(4, 5))
    assert one.count == two.count > 1
    assert (one.begin == two.begin).all()
    for name in ("leaf", "by", "reach", "reached_by"):
        assert (getattr(one, name) == getattr(two, name)).all()


def small_room(place: Pool | _Hand, tables: int, entries: int) -> None:
    """Hardly any room, so that every search has to wait for more."""
    place.begin = np.zeros(tables, np.int64)
    place.leaf, place.by = np.zeros(entries, np.int32), np.zeros(entries, np.int32)


@pytest.mark.parametrize(("tables", "entries"), [(2, 65536), (3, 65536), (1024, 1), (4, 30)])
def test_too_little_room_gives_the_same_tables_in_the_end(tables: int, entries: int) -> None:
    system = grid(4, 5)
    roomy = walked(system)
    tight = ready(system)
    for place in (tight.pool, *tight._hands):
        small_room(place, tables, entries)
    near = Near(system.relations, tight.pool)
    wish = wished(tight, system, 2)
    tight.run(wish)
    tight.abroad(wish, near)
    assert tight.pool.count == roomy.count
    assert (tight.pool.matrix() != roomy.matrix()).nnz == 0
    assert (tight.pool.reach == roomy.reach).all()
    assert (tight.pool.reached_by == roomy.reached_by).all()


def kernel(one: Walker, system: System, cells: Ints, by: int = 1) -> tuple[int, int, int]:
    """The kernel itself with one hand, once over some cells; its tables are taken in."""
    found, pool, hand = one.forms, one.pool, one._hands[0]
    aims = np.column_stack([found.form[cells], found.sign[cells]]).astype(np.int64)
    closed = np.zeros(len(hand.state), np.bool_)
    reach, reached_by, before = pool.reach.copy(), pool.reached_by.copy(), pool.count
    bases = np.zeros((len(cells), 2), np.int64)
    count, looked, reached = walk(
        hand.state, one.leaf_side, one.form_side, None, aims, needs(system, cells, by), bases, closed, reach, reached_by,
        (pool.begin, pool.leaf, pool.by, before), (hand.begin, hand.leaf, hand.by), 0, 60, 60, 1, hand.seed,
    )  # fmt: skip
    pool.merge(reach, reached_by, hand.begin[: count + 1], hand.leaf, hand.by, before)
    return count, looked, reached


def test_it_ends_early_when_there_is_no_more_room() -> None:
    system = grid(4, 4)
    one = ready(system)
    small_room(one._hands[0], 4, 65536)
    cells = np.arange(system.relations.cells)
    count, looked, reached = kernel(one, system, cells)
    # The begin of the table after has to fit as well.
    assert count == reached == 3
    assert looked < len(cells)
    agrees(system, one.pool)
    # What was found makes room, and the rest goes on from it.
    assert kernel(one, system, cells[looked:])[0] == 3
    assert one.pool.count == 7
    agrees(system, one.pool)


def test_without_any_room_nothing_is_looked_at() -> None:
    system = grid(4, 4)
    one = ready(system)
    small_room(one._hands[0], 1, 65536)
    assert kernel(one, system, np.arange(system.relations.cells)) == (0, 0, 0)
    assert one.pool.count == 1


def test_it_leaves_the_state_as_it_was() -> None:
    system = grid(4, 4)
    one = ready(system)
    state = one._hands[0].state
    before = state.copy()
    cells = np.arange(system.relations.cells)
    _, looked, reached = kernel(one, system, cells)
    assert looked == len(cells)
    assert reached
    assert (state == before).all()
    kernel(one, system, cells, 3)
    assert (state == before).all()
    agrees(system, one.pool)


def test_cells_that_are_done_are_passed_over() -> None:
    system = grid(3, 3, second=False)
    one = ready(system)
    cells = np.arange(system.relations.cells)
    for _ in range(40):
        if not kernel(one, system, cells)[2]:
            break
    done, seed = one.pool.count, one._hands[0].seed.copy()
    assert len(open_cells(system, one.pool, 1)) == 0
    assert kernel(one, system, cells) == (0, len(cells), 0)
    assert one.pool.count == done
    assert (one._hands[0].seed == seed).all()


def test_closed_forms_are_left_as_they_are() -> None:
    system = grid(3, 3, second=False)
    one = ready(system)
    pool, found = one.pool, one.forms
    cells = found.leaves[:1]
    one.run(Wish(lambda: cells[: int(pool.high(cells)[0] < 2)], lambda some: needs(system, some, 2)))
    others = np.delete(np.arange(len(pool.reach)), found.form[cells])
    assert pool.reach[found.form[cells[0]]].any()
    assert not pool.reach[others].any()
    agrees(system, pool)


def test_what_cannot_move_is_given_up() -> None:
    # 2 = 0 + 1, and all but one are shown as they are.
    system = posed(3, [total(2, (0, 1))], np.array([-4, 0, 0]), np.array([4, 0, 0]))
    turns = []
    one = ready(system)
    one.run(Wish(lambda: np.array([0]), lambda cells: needs(system, cells, 1), lambda: turns.append(1)))
    assert one.pool.count == 1
    assert len(turns) == walker.IDLE // walker.SAVE


def test_it_goes_one_way_only_where_the_other_is_closed() -> None:
    system = posed(4, [total(3, (0, 1, 2))], np.array([0, -4, -4, 0]), np.array([4, 4, 4, 0]))
    pool = walked(system, 3)
    agrees(system, pool)
    assert pool.low(np.array([0])).tolist() == [0]
    assert pool.high(np.array([0])).item() >= 3


def test_inequalities_with_coefficients_are_kept_to() -> None:
    # 2 = 0 + 1, and 5 times cell 0 less 3 times cell 1 lies between -2 and 9.
    system = posed(6, [total(2, (0, 1)), row([0, 1], [5, -3], -2, 9)], -8, 8)
    pool = walked(system, 3)
    agrees(system, pool)
    assert pool.high(np.array([0])).item() >= 3
    assert pool.low(np.array([1])).item() <= -3


def test_what_has_no_bounds_is_walked_as_well() -> None:
    system = posed(5, [total(2, (0, 1))], -BIG, np.array([BIG, BIG, 0, 5, 5]))
    pool = walked(system, 5)
    agrees(system, pool)
    assert (pool.high(np.array([0, 1])) >= 5).all()


def test_tables_are_saved_now_and_then() -> None:
    system = grid(4, 5)
    saved: list[int] = []
    one = ready(system)
    one.run(Wish(lambda: np.arange(5), lambda cells: needs(system, cells, 2), lambda: saved.append(one.pool.count)))
    assert saved == sorted(saved)


def test_nothing_open_is_nothing_to_do() -> None:
    system = grid(2, 2)
    one = ready(system)
    before = one._hands[0].seed.copy()
    one.run(Wish(lambda: np.zeros(0, np.int64), lambda cells: needs(system, cells, 1)))
    assert one.pool.count == 1
    assert (one._hands[0].seed == before).all()


@MANY
@given(systems(most=8, wide=4), st.integers(0, 10**6))
def test_a_walker_with_narrower_bounds_is_as_one_made_for_them(system: System, seed: int) -> None:
    rng, found = np.random.default_rng(seed), forms(system.relations, system.held)
    outer = ready(system, found)
    outer.run(wished(outer, system, 2))
    before = outer._hands[1].state.copy(), outer._hands[1].seed.copy(), outer.pool.count
    narrow = replace(
        system,
        low=np.maximum(system.low, -rng.integers(0, 3, len(system.low))),
        high=np.minimum(system.high, rng.integers(0, 3, len(system.low))),
    )
    inner = outer.within(Pool(found), narrow.bounds(found))
    inner.run(wished(inner, narrow, 2))
    agrees(narrow, inner.pool)
    assert (inner._hands[1].state[:, [LOW, HIGH]] == ready(narrow, found)._hands[1].state[:, [LOW, HIGH]]).all()
    assert (outer._hands[1].state == before[0]).all()
    assert (outer._hands[1].seed == before[1]).all()
    assert outer.pool.count == before[2]


def test_a_table_too_large_for_a_search_is_not_gone_on_from() -> None:
    system = posed(5000, [], -5, 5)
    one = ready(system)
    leaves = np.arange(5000)
    assert one.pool.add(leaves, np.ones(5000, np.int64))
    cells = np.arange(0, 5000, 500)
    one.run(Wish(lambda: cells[one.pool.high(cells) < 2], lambda some: needs(system, some, 2)))
    assert (one.pool.high(cells) >= 2).all()
    assert np.diff(one.pool.begin[: one.pool.count + 1])[2:].max() < 4096
    assert one.pool.count > 2


def test_a_search_that_has_changed_every_leaf_goes_on() -> None:
    system = posed(3, [total(2, (0, 1))], np.array([-9, -9, 0]), np.array([9, 9, 0]))
    pool = walked(system, 5)
    agrees(system, pool)
    assert (pool.high(np.array([0, 1])) >= 5).all()
