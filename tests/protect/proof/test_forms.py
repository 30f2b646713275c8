"""Cells as sums over leaves, against trying every table."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings

from piperoll.protect.proof.checker import leaf_sums
from piperoll.protect.proof.forms import Forms, forms
from piperoll.protect.relations import BIG, row
from tests.protect.proof.systems import System, grid, posed, systems, total


MANY = settings(max_examples=100, deadline=None)


def made(system: System) -> Forms:
    return forms(system.relations, system.held)


def by_leaves(system: System, found: Forms) -> set[tuple[int, ...]]:
    """Tables whose leaves are within their bounds and whose forms are."""
    axes = [range(a, b + 1) for a, b in zip(system.low[found.leaves], system.high[found.leaves], strict=True)]
    tried = np.array(list(itertools.product(*axes)), np.int64).reshape(-1, len(found.leaves))
    sums = tried @ found.matrix.T.toarray()
    low, high = system.bounds(found)
    good = ((sums >= low) & (sums <= high)).all(axis=1)
    whole = tried[good] @ found.sums[: system.relations.cells].T.toarray()
    return set(map(tuple, whole.tolist()))


@MANY
@given(systems())
def test_forms_within_their_bounds_are_exactly_the_possible_tables(system: System) -> None:
    assert by_leaves(system, made(system)) == system.tables()


@MANY
@given(systems())
def test_every_definition_holds_whatever_the_leaves_are(system: System) -> None:
    found, relations = made(system), system.relations
    leaves = np.random.default_rng(0).integers(-9, 9, (5, len(found.leaves)))
    whole = leaves @ found.sums.T.toarray()
    assert (whole[:, found.leaves] == leaves).all()
    for number in found.defining.tolist():
        entries = relations.entries(number)
        assert not (whole[:, relations.cell[entries]] @ relations.coef[entries]).any()
    for at, number in enumerate(found.rows.tolist()):
        entries = relations.entries(number)
        sums = whole[:, relations.cell[entries]] @ relations.coef[entries]
        assert (sums == whole[:, relations.cells + at]).all()


@MANY
@given(systems())
def test_each_row_that_holds_defines_a_cell_or_is_a_form_or_says_nothing(system: System) -> None:
    found, relations = made(system), system.relations
    assert len(found.leaves) + len(found.defining) == relations.cells
    assert not set(found.rows.tolist()) & set(found.defining.tolist())
    assert set(found.rows.tolist()) | set(found.defining.tolist()) <= set(np.flatnonzero(system.held).tolist())
    cells = found.sums[: relations.cells].toarray()
    for number in set(np.flatnonzero(system.held).tolist()) - set(found.rows.tolist()) - set(found.defining.tolist()):
        entries = relations.entries(number)
        assert not (relations.coef[entries] @ cells[relations.cell[entries]]).any()


@MANY
@given(systems())
def test_rows_share_a_form_just_if_they_are_alike(system: System) -> None:
    found = made(system)
    sums, matrix = found.sums.toarray(), found.matrix.toarray()
    assert (matrix[found.form] * found.sign[:, None] == sums).all()
    distinct = {max(tuple(line), tuple(-k for k in line)) for line in sums.tolist()}
    assert len(distinct) == len(matrix)


@MANY
@given(systems())
def test_the_checker_takes_the_definitions_and_adds_up_the_same(system: System) -> None:
    found, relations = made(system), system.relations
    rows = sp.csr_array((relations.coef, relations.cell, relations.start), (relations.rows, relations.cells))
    told = leaf_sums(rows, found.defining).toarray()
    assert (told[:, found.leaves] == found.sums[: relations.cells].toarray()).all()
    assert told.sum() == found.sums[: relations.cells].sum()


def test_a_grid_with_areas_that_cross_has_its_inner_cells_as_leaves() -> None:
    system = grid(4, 3)
    found = made(system)
    assert len(found.leaves) == 12
    # A total of areas that cross is the same sum by each way, so no row is left over.
    assert len(found.rows) == 0
    assert found.matrix.shape[0] == system.relations.cells


def test_cells_with_the_same_sum_share_a_form_and_its_narrowest_bounds() -> None:
    # 2 = 0 + 1, 3 = 2, 4 = 0 + 1 once more.
    rows = [total(2, (0, 1)), total(3, (2,)), total(4, (0, 1))]
    system = posed(5, rows, np.array([-9, -9, -5, -2, -7]), np.array([9, 9, 3, 8, 6]))
    found = made(system)
    assert found.leaves.tolist() == [0, 1]
    assert len(set(found.form[[2, 3, 4]].tolist())) == 1
    low, high = system.bounds(found)
    shared, sign = found.form[2], found.sign[2]
    assert sorted([sign * low[shared], sign * high[shared]]) == [-2, 3]


def test_a_row_that_is_a_cell_turned_round_shares_its_form() -> None:
    # -3 times cell 0 is its own form, but minus cell 0 is that of cell 0.
    rows = [row([0, 1], [-1, 2], -5, 5), row([0], [-1], -1, 4), row([0], [-3], -9, 9)]
    system = posed(2, rows, -9, 9)
    found = made(system)
    assert found.leaves.tolist() == [0, 1]
    turned = 2 + found.rows.tolist().index(1)
    assert found.form[turned] == found.form[0]
    assert found.sign[turned] == -found.sign[0]
    assert found.matrix.shape[0] == 4
    low, high = system.bounds(found)
    at, sign = found.form[0], found.sign[0]
    assert sorted([sign * low[at], sign * high[at]]) == [-4, 1]


def test_totals_in_a_circle_leave_one_of_them_free() -> None:
    # 0 = 1 + 2 and 1 = 0 + 3: so 2 + 3 is nothing.
    system = posed(4, [total(0, (1, 2)), total(1, (0, 3))])
    found = made(system)
    assert len(found.leaves) == 3
    assert len(found.rows) == 1
    assert by_leaves(system, found) == system.tables()
    assert {table[2] + table[3] for table in system.tables()} == {0}


def test_a_total_of_itself_in_a_larger_circle_ends() -> None:
    system = posed(5, [total(0, (1, 4)), total(1, (2, 4)), total(2, (0, 4))])
    found = made(system)
    assert by_leaves(system, found) == system.tables()
    # The circle leaves nothing for what is added on the way.
    assert {table[4] for table in system.tables()} == {0}


@pytest.mark.parametrize(("published", "leaves"), [(True, [0, 1]), (False, [0, 1, 2])])
def test_a_row_whose_guard_is_hidden_defines_nothing(published: bool, leaves: list[int]) -> None:
    shown = np.array([True, True, True, published])
    system = posed(4, [total(2, (0, 1), guard=(3,))], published=shown)
    assert made(system).leaves.tolist() == [*leaves, 3]


@pytest.mark.parametrize(
    "other",
    [
        row([0, 1, 2], [1, 1, -1], 1, 1),
        row([0, 1, 2], [1, 1, -1], 0, 1),
        row([0, 1, 2], [2, 1, -1]),
        row([0, 1, 2], [1, -1, -1]),
        row([0, 1, 2], [1, 1, 1]),
    ],
)
def test_what_is_no_plain_sum_defines_nothing(other: object) -> None:
    found = made(posed(3, [other]))
    assert found.leaves.tolist() == [0, 1, 2]
    assert found.rows.tolist() == [0]


def test_a_second_definition_of_a_total_limits_its_parts() -> None:
    system = posed(5, [total(4, (0, 1)), total(4, (2, 3))])
    found = made(system)
    assert found.leaves.tolist() == [0, 1, 2, 3]
    assert len(found.defining) == len(found.rows) == 1
    assert by_leaves(system, found) == system.tables()


def test_a_total_of_nothing_is_nothing() -> None:
    system = posed(2, [total(1, ())])
    found = made(system)
    assert found.leaves.tolist() == [0]
    assert {table[1] for table in by_leaves(system, found)} == {0}


def test_no_rows_at_all() -> None:
    found = made(posed(3, []))
    assert found.leaves.tolist() == [0, 1, 2]
    assert found.matrix.shape == (3, 3)
    assert found.column == {0: 0, 1: 1, 2: 2}


def test_what_has_no_bound_has_none_as_a_form() -> None:
    system = posed(3, [total(2, (0, 1)), row([0, 1], [2, -5], -3, BIG)], -BIG, BIG)
    found = made(system)
    low, high = system.bounds(found)
    at, sign = found.form[3], found.sign[3]
    assert sorted([sign * low[at], sign * high[at]]) == [-3, BIG]
    others = np.delete(np.arange(len(low)), at)
    assert (low[others] == -BIG).all()
    assert (high[others] == BIG).all()


def test_changes_of_all_cells_follow_from_tables_of_leaves() -> None:
    system = grid(3, 2, second=False)
    found = made(system)
    tables = np.random.default_rng(2).integers(-1, 2, (6, len(found.leaves)))
    whole = found.changes(found.matrix[:0].__class__(tables)).toarray()
    assert whole.shape == (6, system.relations.cells)
    assert (whole[:, found.leaves] == tables).all()
    for number in range(system.relations.rows):
        entries = system.relations.entries(number)
        assert not (whole[:, system.relations.cell[entries]] @ system.relations.coef[entries]).any()


def test_the_same_relations_give_the_same_forms() -> None:
    one, two = made(grid(4, 4)), made(grid(4, 4))
    for name in ("leaves", "rows", "defining", "form", "sign"):
        assert (getattr(one, name) == getattr(two, name)).all()
    assert (one.matrix != two.matrix).nnz == 0
    assert (one.by_leaf.toarray() == two.matrix.toarray()).all()
