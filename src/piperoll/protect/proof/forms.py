"""Every cell as a sum over leaves, so that changing leaves keeps all totals right by itself.

A cell that is the total of a row is written as the sum of its parts, and these in turn, until only *leaves* remain,
which may change freely. What then limits a change is the bounds of each sum (a *form*), and rows that are no
definition: each of these is a form as well. Cells with the same sum share a form.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from piperoll.protect.attacker import Mask
from piperoll.protect.relations import BIG, Ints, Relations


@dataclass(frozen=True)
class Forms:
    """Sums over leaves.

    Attributes:
        leaves: Cells that are free to change.
        sums: A row a cell, then a row for each relation that defines nothing; a column a leaf.
        rows: Those relations.
        defining: Relations that define the other cells, parts before totals.
        form, sign: Of each row of ``sums``, the form it is, and whether as it stands (1) or negative (-1).
        matrix: A row a form, a column a leaf.
    """

    leaves: Ints
    sums: sp.csr_matrix
    rows: Ints
    defining: Ints
    form: Ints
    sign: Ints
    matrix: sp.csr_matrix

    def bounds(self, low: Ints, high: Ints, row_low: Ints, row_high: Ints) -> tuple[Ints, Ints]:
        """Bounds of each form.

        Args:
            low, high: Bounds of the change of each cell.
            row_low, row_high: Bounds of the change of each relation of the system.
        """
        least, most = np.concatenate([low, row_low[self.rows]]), np.concatenate([high, row_high[self.rows]])
        turned = self.sign < 0
        least, most = np.where(turned, -most, least), np.where(turned, -least, most)
        out_low = np.full(self.matrix.shape[0], -BIG)
        out_high = np.full(self.matrix.shape[0], BIG)
        np.maximum.at(out_low, self.form, least)
        np.minimum.at(out_high, self.form, most)
        return out_low, out_high

    @cached_property
    def by_leaf(self) -> sp.csc_matrix:
        """The matrix, by columns."""
        return self.matrix.tocsc()

    @cached_property
    def column(self) -> dict[int, int]:
        """Column of each leaf."""
        return {cell: at for at, cell in enumerate(self.leaves.tolist())}

    def changes(self, tables: sp.csr_matrix) -> sp.csr_matrix:
        """Changes of all cells, a row a table, from changes of leaves."""
        return (tables @ self.sums[: self.sums.shape[0] - len(self.rows)].T).tocsr()


def forms(relations: Relations, held: Mask) -> Forms:
    """Choose leaves, and write every cell and every further row by them."""
    defining, levels = _definitions(relations, held)
    free = defining < 0
    leaves = np.flatnonzero(free)
    column = np.full(relations.cells, -1, np.int64)
    column[leaves] = np.arange(len(leaves))
    rows = sp.csr_matrix((relations.coef, relations.cell, relations.start), shape=(relations.rows, relations.cells))
    sums = sp.csr_matrix((np.ones(len(leaves), np.int64), (leaves, column[leaves])), (relations.cells, len(leaves)))
    for cells in levels:
        # Of a total its row says: parts less total is nothing; the total itself has no sum yet.
        told = rows[defining[cells]] @ sums
        ones = np.ones(len(cells), np.int64)
        sums = sums + sp.csr_matrix((ones, (cells, np.arange(len(cells)))), (relations.cells, len(cells))) @ told
    other = held.copy()
    other[defining[defining >= 0]] = False
    further = np.flatnonzero(other)
    more = (rows[further] @ sums).tocsr()
    more.eliminate_zeros()
    idle = np.diff(more.indptr) == 0
    further, more = further[~idle], more[np.flatnonzero(~idle)]
    whole = sp.vstack([sums, more]).tocsr()
    whole.eliminate_zeros()
    whole.sort_indices()
    form, sign, first = _alike(whole)
    matrix = whole[first]
    matrix.data = matrix.data * np.repeat(sign[first], np.diff(matrix.indptr))
    order = np.concatenate([defining[cells] for cells in levels]) if levels else further[:0]
    return Forms(leaves, whole, further, order, form, sign, matrix)


def _definitions(relations: Relations, held: Mask) -> tuple[Ints, list[Ints]]:
    """The row that defines each cell (-1: a leaf), and the defined cells in an order in which parts come first."""
    negative, plain = relations.coef == -1, np.abs(relations.coef) == 1
    counts = np.bincount(relations.row_of, negative, relations.rows)
    good = held & (relations.low == 0) & (relations.high == 0) & (counts == 1)
    good &= np.bincount(relations.row_of, ~plain, relations.rows) == 0
    total = np.full(relations.rows, -1, np.int64)
    total[relations.row_of[negative]] = relations.cell[negative]
    defining = np.full(relations.cells, -1, np.int64)
    known = np.ones(relations.cells, bool)
    known[total[good]] = False
    waiting = np.flatnonzero(good)
    levels: list[Ints] = []
    while not known.all():
        unknown = np.bincount(relations.row_of, ~known[relations.cell], relations.rows)
        waiting = waiting[~known[total[waiting]]]
        ready = waiting[unknown[waiting] == 1]  # the total itself
        if not len(ready):
            # Totals in a circle: one of them is a leaf.
            known[np.flatnonzero(~known)[0]] = True
            continue
        cells, first = np.unique(total[ready], return_index=True)
        defining[cells] = ready[first]
        known[cells] = True
        levels.append(cells)
    return defining, levels


def _alike(matrix: sp.csr_matrix) -> tuple[Ints, Ints, Ints]:
    """Number, sign and first of the distinct rows; a row and its negative count as one."""
    weights = np.random.default_rng(0).integers(1, 2**62, (matrix.shape[1], 2), dtype=np.int64)
    # Sums that overflow wrap round, which a fingerprint does not mind. The checker looks at every row.
    prints = matrix @ weights
    sign = np.where(prints[:, 0] < 0, -1, 1)
    _, first, number = np.unique(prints * sign[:, None], axis=0, return_index=True, return_inverse=True)
    return number.ravel(), sign, first
