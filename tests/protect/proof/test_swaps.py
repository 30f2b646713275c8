"""Rows of leaves, against the plain sets of leaves of every form."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from piperoll.protect.proof.forms import forms
from piperoll.protect.proof.swaps import SLOTS, Swaps, swaps
from piperoll.protect.relations import Relations
from piperoll.protect.tables import Dimension, Hierarchy, Table, link
from tests.protect.proof.systems import System, grid, posed, systems, total


def cube(*sizes: int) -> Relations:
    """A table with a total in each dimension."""
    codes = [[*(f"{axis}{k}" for k in range(size)), "all"] for axis, size in zip("abcdefghij", sizes, strict=False)]
    dimensions = [Dimension(found[0][0], (Hierarchy("all", {"all": tuple(found[:-1])}),), top="all") for found in codes]
    frame = pl.DataFrame(list(itertools.product(*codes)), schema=[d.name for d in dimensions], orient="row")
    return link(dimensions, [Table("t", frame)]).relations


def found(relations: Relations, held: np.ndarray | None = None) -> tuple[Swaps, list[set[int]]]:
    """The rows, and the leaves of each form."""
    held = np.ones(relations.rows, bool) if held is None else held
    made = forms(relations, held)
    matrix = made.matrix
    inside = [set(matrix.indices[a:b].tolist()) for a, b in itertools.pairwise(matrix.indptr)]
    return swaps(relations, held, made), inside


def rows_of(one: Swaps) -> dict[tuple[int, int], list[int]]:
    """Leaves of the row of each leaf in each slot in which it has one."""
    out = {}
    for leaf, slot in np.argwhere(one.row_at >= 0).tolist():
        row = one.row_at[leaf, slot]
        out[leaf, slot] = one.leaf[one.start[row] : one.start[row + 1]].tolist()
    return out


def holds(one: Swaps, inside: list[set[int]]) -> None:
    """Each leaf stands where it is said to, and each of its sums holds the whole row or of the row that leaf alone."""
    for (leaf, slot), row in rows_of(one).items():
        assert row[one.place_at[leaf, slot]] == leaf
        assert len(set(row)) == len(row) > 1
        for entry in range(one.begin[leaf], one.begin[leaf + 1]):
            held = inside[one.form[entry]] & set(row)
            assert held == (set(row) if one.over[entry] >> slot & 1 else {leaf})


@pytest.mark.parametrize("sizes", [(2, 3), (3, 2, 2), (2, 2, 2, 2)])
def test_in_a_cube_each_leaf_has_a_row_in_each_dimension(sizes: tuple[int, ...]) -> None:
    one, inside = found(cube(*sizes))
    holds(one, inside)
    leaves = len(one.row_at)
    assert leaves == np.prod(sizes)
    assert ((one.row_at >= 0).sum(axis=1) == len(sizes)).all()
    widths = sorted({(slot, len(row)) for (_, slot), row in rows_of(one).items()})
    assert [wide for _, wide in widths] == list(sizes)
    # Every leaf stands in a sum over each choice of dimensions, its own among them, and all leaves are of one kind.
    assert len(set(one.alike.tolist())) == 1
    for leaf in range(leaves):
        over = one.over[one.begin[leaf] : one.begin[leaf + 1]].tolist()
        assert over == list(range(2 ** len(sizes)))


def test_areas_that_cut_across_a_row_leave_no_slot_for_it() -> None:
    system = grid(4, 3)
    one, inside = found(system.relations)
    holds(one, inside)
    across = {(min(row), max(row)) for row in rows_of(one).values() if len(row) == 3}
    assert len(across) == 4  # the other way is whole in every area
    assert not [row for row in rows_of(one).values() if len(row) == 4]


@settings(max_examples=200, deadline=None)
@given(systems(most=8))
def test_what_is_said_of_rows_holds_in_any_system(system: System) -> None:
    holds(*found(system.relations, system.held))


def test_a_table_without_totals_has_no_rows() -> None:
    one, _ = found(posed(4, []).relations)
    assert (one.row_at == -1).all()
    assert len(one.begin) == 5


def test_more_dimensions_than_fit_are_left_out() -> None:
    one, inside = found(cube(*[2] * 9))
    holds(one, inside)
    assert (one.row_at >= 0).sum(axis=1).max() == SLOTS


def test_leaves_whose_sums_differ_are_of_different_kinds() -> None:
    one, _ = found(posed(6, [total(4, (0, 1)), total(5, (2, 3, 4))]).relations)
    kinds = one.alike.tolist()
    assert kinds[0] == kinds[1] != kinds[2]
