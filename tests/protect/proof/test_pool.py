"""Tables found so far, against looking through all of them again."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.protect.proof.forms import forms
from piperoll.protect.proof.pool import Pool, Table
from tests.protect.proof.systems import System, grid, posed, systems, total


MANY = settings(max_examples=100, deadline=None)


def empty(system: System) -> Pool:
    return Pool(forms(system.relations, system.held))


def some(pool: Pool, seed: int, count: int = 12) -> list[Table]:
    """Random tables, each of a few leaves."""
    rng, leaves = np.random.default_rng(seed), len(pool.forms.leaves)
    out = []
    for _ in range(count):
        chosen = np.sort(rng.choice(leaves, rng.integers(1, min(leaves, 5) + 1), replace=False)).astype(np.int64)
        out.append((chosen, rng.choice([-3, -2, -1, 1, 2, 3], len(chosen)).astype(np.int64)))
    return out


def whole(pool: Pool, table: Table) -> np.ndarray:
    """Changes of all forms."""
    by = np.zeros(len(pool.forms.leaves), np.int64)
    by[table[0]] = table[1]
    return pool.forms.matrix.toarray() @ by


@MANY
@given(systems(), st.integers(0, 10**6))
def test_a_table_is_taken_in_just_if_it_takes_a_form_further(system: System, seed: int) -> None:
    pool = empty(system)
    kept = [np.zeros(len(pool.reach), np.int64)]
    for table in some(pool, seed):
        changes = whole(pool, table)
        further = bool((changes < np.min(kept, axis=0)).any() or (changes > np.max(kept, axis=0)).any())
        assert pool.add(*table) == further
        if further:
            kept.append(changes)
            assert (whole(pool, pool.table(pool.count - 1)) == changes).all()
    assert pool.count == len(kept)
    assert (pool.reach[:, 0] == np.min(kept, axis=0)).all()
    assert (pool.reach[:, 1] == np.max(kept, axis=0)).all()
    # Of equal tables the first is named.
    assert (pool.reached_by[:, 0] == np.argmin(kept, axis=0)).all()
    assert (pool.reached_by[:, 1] == np.argmax(kept, axis=0)).all()


@MANY
@given(systems(), st.integers(0, 10**6))
def test_cells_go_as_far_as_in_the_tables_that_are_named(system: System, seed: int) -> None:
    pool = empty(system)
    for table in some(pool, seed):
        pool.add(*table)
    cells = np.arange(system.relations.cells)
    changes = pool.forms.changes(pool.matrix()).toarray()
    assert (pool.low(cells) == changes.min(axis=0)).all()
    assert (pool.high(cells) == changes.max(axis=0)).all()
    assert (changes[pool.low_by(cells), cells] == pool.low(cells)).all()
    assert (changes[pool.high_by(cells), cells] == pool.high(cells)).all()
    assert (pool.low(cells[::-1]) == pool.low(cells)[::-1]).all()


def test_a_cell_that_is_a_form_turned_round_swaps_its_ends() -> None:
    # The circle 0 = 1 + 2, 1 = 0 + 3 makes of 3 minus 2.
    pool = empty(posed(4, [total(0, (1, 2)), total(1, (0, 3))]))
    signs = pool.forms.sign[:4]
    column = pool.forms.column
    two = next(cell for cell in (2, 3) if cell in column)
    pool.add(np.array([column[two]]), np.array([2]))
    pool.add(np.array([column[two]]), np.array([-1]))
    assert set(signs.tolist()) <= {1, -1}
    assert (pool.low(np.array([two])).item(), pool.high(np.array([two])).item()) == (-1, 2)
    changes = pool.forms.changes(pool.matrix()).toarray()
    assert (pool.low(np.arange(4)) == changes.min(axis=0)).all()
    assert (pool.high(np.arange(4)) == changes.max(axis=0)).all()


def test_the_true_table_is_the_first_and_changes_nothing() -> None:
    pool = empty(grid(2, 2))
    cells = np.arange(len(pool.forms.sign))
    assert pool.count == 1
    assert [len(part) for part in pool.table(0)] == [0, 0]
    assert not (pool.low(cells).any() or pool.high(cells).any() or pool.low_by(cells).any())
    assert pool.tables() == []
    assert pool.matrix().shape == (1, len(pool.forms.leaves))


def test_a_table_given_twice_counts_once() -> None:
    pool = empty(grid(2, 2))
    one = (np.array([0]), np.array([1]))
    assert pool.add(*one)
    assert not pool.add(*one)
    assert not pool.add(np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert pool.count == 2


def test_it_grows_by_more_tables_than_there_is_room_for() -> None:
    pool = empty(grid(6, 6))
    leaves = np.arange(len(pool.forms.leaves))
    for number in range(1, 2200):
        assert pool.add(leaves, np.full(len(leaves), number))
    assert pool.count == 2200
    assert len(pool.begin) > 2200
    assert len(pool.leaf) >= 2199 * len(leaves)
    for number in (1, 1023, 1024, 1819, 2199):
        found, by = pool.table(number)
        assert (found == leaves).all()
        assert (by == number).all()
    assert (pool.matrix().toarray()[:, 0] == np.arange(2200)).all()


def test_one_table_may_need_room_many_times_over() -> None:
    pool = empty(grid(4, 4))
    pool.begin, pool.leaf, pool.by = np.zeros(2, np.int64), np.zeros(1, np.int32), np.zeros(1, np.int32)
    leaves = np.arange(len(pool.forms.leaves))
    assert pool.add(leaves, np.ones(len(leaves), np.int64))
    assert (pool.table(1)[0] == leaves).all()


@MANY
@given(systems(), st.integers(0, 10**6))
def test_a_pool_of_the_tables_of_another_is_the_same(system: System, seed: int) -> None:
    pool = empty(system)
    for table in some(pool, seed):
        pool.add(*table)
    again = Pool(pool.forms, pool.tables())
    assert again.count == pool.count
    assert (again.reach == pool.reach).all()
    assert (again.reached_by == pool.reached_by).all()
    assert (again.matrix() != pool.matrix()).nnz == 0


def test_some_of_the_tables_as_rows() -> None:
    pool = empty(grid(3, 3))
    for table in some(pool, 5):
        pool.add(*table)
    numbers = np.array([pool.count - 1, 0, 1])
    assert (pool.matrix(numbers).toarray() == pool.matrix().toarray()[numbers]).all()
    for number, (leaves, by) in enumerate(pool.tables(), start=1):
        line = pool.matrix(np.array([number])).toarray()[0]
        assert (line[leaves] == by).all()
        assert np.count_nonzero(line) == len(leaves)


@MANY
@given(systems(), st.integers(0, 10**6))
def test_many_tables_at_once_are_as_one_after_another(system: System, seed: int) -> None:
    one = empty(system)
    given_tables = some(one, seed, 20)
    for table in given_tables:
        one.add(*table)
    many = Pool(one.forms, given_tables)
    assert many.count == one.count
    for name in ("reach", "reached_by"):
        assert (getattr(many, name) == getattr(one, name)).all()
    assert (many.matrix() != one.matrix()).nnz == 0


def test_more_tables_at_once_than_there_is_room_for() -> None:
    forms_of = empty(grid(6, 6)).forms
    leaves = np.arange(len(forms_of.leaves))
    tables = [(leaves, np.full(len(leaves), number)) for number in range(1, 2200)]
    pool = Pool(forms_of, [*tables, *tables])
    assert pool.count == 2200
    assert (pool.matrix().toarray()[:, 0] == np.arange(2200)).all()
    assert pool.add(leaves, np.full(len(leaves), 2200))
    assert (pool.table(2200)[1] == 2200).all()
