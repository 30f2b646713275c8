"""Tables found so far, each as the changes of its leaves, and how far they take each form."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import scipy.sparse as sp

from piperoll.protect.proof.forms import Forms
from piperoll.protect.relations import Ints


Table = tuple[Ints, Ints]


class Pool:
    """Tables of one pattern; table 0 is the true one.

    Attributes:
        begin, leaf, by: The tables, compressed: leaves (columns of the forms) and their changes.
        count: Tables so far; the arrays are longer.
        reach: A row a form: its least and greatest change.
        reached_by: In which table.
    """

    def __init__(self, forms: Forms, tables: Iterable[Table] = ()) -> None:
        self.forms = forms
        self.begin, self.count = np.zeros(1024, np.int64), 1
        self.leaf, self.by = np.zeros(65536, np.int32), np.zeros(65536, np.int32)
        self.reach = np.zeros((forms.matrix.shape[0], 2), np.int32)
        self.reached_by = np.zeros((forms.matrix.shape[0], 2), np.int32)
        self._take(list(tables))

    def low(self, cells: Ints) -> Ints:
        """Least change of cells."""
        return self._side(self.reach, cells, 0) * self.forms.sign[cells]

    def high(self, cells: Ints) -> Ints:
        """Greatest change of cells."""
        return self._side(self.reach, cells, 1) * self.forms.sign[cells]

    def low_by(self, cells: Ints) -> Ints:
        """Table of the least change."""
        return self._side(self.reached_by, cells, 0)

    def high_by(self, cells: Ints) -> Ints:
        """Table of the greatest change."""
        return self._side(self.reached_by, cells, 1)

    def _side(self, array: Ints, cells: Ints, side: int) -> Ints:
        return array[self.forms.form[cells], np.where(self.forms.sign[cells] > 0, side, 1 - side)].astype(np.int64)

    def grow(self) -> None:
        """Make room for more tables."""
        self.begin = np.concatenate([self.begin, np.zeros_like(self.begin)])
        self.leaf = np.concatenate([self.leaf, np.zeros_like(self.leaf)])
        self.by = np.concatenate([self.by, np.zeros_like(self.by)])

    def table(self, number: int) -> Table:
        """Leaves and changes of a table."""
        span = slice(int(self.begin[number]), int(self.begin[number + 1]))
        return self.leaf[span].astype(np.int64), self.by[span].astype(np.int64)

    def add(self, leaves: Ints, by: Ints) -> bool:
        """Take in a table if it takes some form further."""
        change = self.forms.by_leaf[:, leaves] @ by
        forms = np.flatnonzero(change)
        values = change[forms]
        lower, higher = values < self.reach[forms, 0], values > self.reach[forms, 1]
        if not (lower.any() or higher.any()):
            return False
        number = self._put(leaves, by)
        self.reach[forms[lower], 0], self.reached_by[forms[lower], 0] = values[lower], number
        self.reach[forms[higher], 1], self.reached_by[forms[higher], 1] = values[higher], number
        return True

    def _put(self, leaves: Ints, by: Ints) -> int:
        number, begin = self.count, int(self.begin[self.count])
        while number + 2 > len(self.begin) or begin + len(leaves) > len(self.leaf):
            self.grow()
        self.leaf[begin : begin + len(leaves)], self.by[begin : begin + len(leaves)] = leaves, by
        self.begin[number + 1] = begin + len(leaves)
        self.count += 1
        return number

    def merge(
        self, reach: np.ndarray, reached_by: np.ndarray, begin: Ints, leaf: np.ndarray, by: np.ndarray, since: int
    ) -> None:
        """Take in tables that were found apart since there were so many here, with what they reach."""
        shift, count, end = self.count - since, len(begin) - 1, int(begin[-1])
        at = int(self.begin[self.count])
        while self.count + count + 1 > len(self.begin) or at + end > len(self.leaf):
            self.grow()
        self.leaf[at : at + end], self.by[at : at + end] = leaf[:end], by[:end]
        self.begin[self.count : self.count + count + 1] = begin + at
        self.count += count
        for side, better in ((0, reach[:, 0] < self.reach[:, 0]), (1, reach[:, 1] > self.reach[:, 1])):
            self.reach[better, side] = reach[better, side]
            number = reached_by[better, side]
            self.reached_by[better, side] = np.where(number >= since, number + shift, number)

    def used(self, cells: Ints) -> list[Table]:
        """The tables that cells need."""
        numbers = np.unique(np.concatenate([self.low_by(cells), self.high_by(cells)]))
        return [self.table(number) for number in numbers.tolist() if number]

    def _take(self, tables: list[Table]) -> None:
        """Take in many tables at once; the same as one after another."""
        if not tables:
            return
        changes = (stacked(tables, len(self.forms.leaves)) @ self.forms.by_leaf.T).tocoo()
        # By form and table: which take their form further than all tables before.
        order = np.lexsort((changes.row, changes.col))
        table, form, by = changes.row[order], changes.col[order], changes.data[order]
        lower, higher = -_records(form, -by), _records(form, by)
        useful = np.zeros(len(tables), bool)
        useful[table[(lower < 0) | (higher > 0)]] = True
        kept = [each for each, use in zip(tables, useful.tolist(), strict=True) if use]
        if not kept:
            return
        ends = np.cumsum([len(leaves) for leaves, _ in kept])
        while len(kept) + 2 > len(self.begin) or ends[-1] > len(self.leaf):
            self.grow()
        self.leaf[: ends[-1]] = np.concatenate([leaves for leaves, _ in kept])
        self.by[: ends[-1]] = np.concatenate([by for _, by in kept])
        self.begin[2 : len(kept) + 2] = ends
        self.count = len(kept) + 1
        number = np.cumsum(useful)
        for side, found in ((0, lower), (1, higher)):
            # The last record of a form is its greatest; of two assignments to a place the later one stays.
            at = np.flatnonzero(found)
            self.reach[form[at], side], self.reached_by[form[at], side] = by[at], number[table[at]]

    def matrix(self, numbers: Ints | None = None) -> sp.csr_matrix:
        """Tables as rows over leaves; all, or those of the numbers."""
        end = int(self.begin[self.count])
        begin = self.begin[: self.count + 1]
        whole = sp.csr_matrix(
            (self.by[:end].astype(np.int64), self.leaf[:end], begin), shape=(self.count, len(self.forms.leaves))
        )
        return whole if numbers is None else whole[numbers]

    def tables(self) -> list[Table]:
        """All but the true one."""
        return [self.table(number) for number in range(1, self.count)]


def stacked(tables: list[Table], leaves: int) -> sp.csr_matrix:
    """Tables as rows over leaves."""
    begin = np.concatenate([[0], np.cumsum([len(part) for part, _ in tables])]).astype(np.int64)
    columns = np.concatenate([part for part, _ in tables] or [np.zeros(0, np.int64)])
    data = np.concatenate([by for _, by in tables] or [np.zeros(0, np.int64)])
    return sp.csr_matrix((data, columns, begin), shape=(len(tables), leaves))


def _records(group: Ints, values: Ints) -> Ints:
    """The values that are above 0 and above all earlier ones of their group, 0 for others; groups are in order."""
    if not len(values):
        return values
    # Each group is lifted above the ones before, so that one running maximum serves all.
    step = int(np.abs(values).max()) + 1
    floor = np.unique(group, return_inverse=True)[1].ravel() * step
    lifted = floor + np.maximum(values, 0)
    before = np.maximum(np.concatenate([[0], np.maximum.accumulate(lifted)[:-1]]), floor)
    return np.where(lifted > before, values, 0)
