"""Tables of cells in a row with others."""

from __future__ import annotations

import numpy as np

from piperoll.protect.proof.forms import forms
from piperoll.protect.proof.near import Near
from piperoll.protect.proof.pool import Pool
from piperoll.protect.relations import Ints
from tests.protect.proof.systems import System, grid, posed, total


def moved(system: System, tables: list[dict[int, int]]) -> Pool:
    """A pool with tables given as changes of leaf cells."""
    found = forms(system.relations, system.held)
    made = []
    for table in tables:
        leaves = np.array([found.column[cell] for cell in table], np.int64)
        made.append((leaves, np.array(list(table.values()), np.int64)))
    return Pool(found, made)


def in_a_row(system: System, cell: int) -> set[int]:
    relations = system.relations
    rows = [relations.cell[relations.entries(row)].tolist() for row in range(relations.rows)]
    return {other for row in rows if cell in row for other in row} - {cell}


def asked(system: System, pool: Pool, cells: list[int], turns: int = 40) -> list[Ints]:
    near = Near(system.relations, pool)
    return [near.tables(np.array(cells, np.int64), turn) for turn in range(turns)]


def test_tables_are_those_that_took_a_cell_of_the_same_row_that_way() -> None:
    system = grid(4, 3)
    leaves = forms(system.relations, system.held).leaves.tolist()
    pool = moved(system, [{leaves[0]: 2}, {leaves[1]: -1, leaves[5]: 1}, {leaves[7]: 3, leaves[8]: -3}])
    cells = leaves[:6]
    seen = set()
    for told in asked(system, pool, cells):
        for cell, (down, up) in zip(cells, told.tolist(), strict=True):
            for side, table in ((-1, down), (1, up)):
                if table == 0:
                    continue
                changes = pool.forms.changes(pool.matrix())[table].toarray().ravel()
                assert any(side * changes[other] > 0 for other in in_a_row(system, cell))
                seen.add((side, table))
    assert len(seen) > 3


def test_of_those_looked_at_the_furthest_counts() -> None:
    system = posed(4, [total(3, [0, 1, 2])], -9, 9)
    pool = moved(system, [{1: 1}, {2: 5}])
    told = np.array(asked(system, pool, [0]))[:, 0, 1]
    # The other part, or the total, went up by 5 in the second table; the first is taken only where they were not seen.
    assert (told == 2).mean() > 0.9
    assert set(told.tolist()) <= {1, 2}


def test_a_cell_is_no_neighbour_of_itself() -> None:
    system = posed(3, [total(2, [0, 1])], -9, 9)
    pool = moved(system, [{0: 2, 1: -2}])
    for told in asked(system, pool, [0]):
        assert told[0, 1] == 0
        assert told[0, 0] in (0, 1)


def test_without_rows_or_tables_there_is_none() -> None:
    system = posed(4, [total(2, [0, 1])], -9, 9)
    pool = moved(system, [{3: 2}])
    assert not any(told.any() for told in asked(system, pool, [0, 1, 2, 3]))
    assert Near(system.relations, pool).tables(np.zeros(0, np.int64), 0).shape == (0, 2)


def test_turns_differ_and_the_same_turn_does_not() -> None:
    system = grid(5, 5)
    leaves = forms(system.relations, system.held).leaves.tolist()
    pool = moved(system, [{leaf: 1} for leaf in leaves])
    one, other = asked(system, pool, leaves, 2)
    assert (one != other).any()
    again = asked(system, pool, leaves, 1)[0]
    assert (one == again).all()
