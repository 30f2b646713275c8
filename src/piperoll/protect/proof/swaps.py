"""The rows of leaves along which leaves can be exchanged, found from the relations.

A row is one whose parts are all leaves. Rows of one kind (of one division of one dimension) share a *slot*, so that an
exchange along several divisions knows which rows of its corners belong together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from piperoll.protect.attacker import Mask
from piperoll.protect.proof.forms import Forms
from piperoll.protect.relations import Ints, Relations


SLOTS = 8  # as many as fit into a byte


@dataclass(frozen=True)
class Swaps:
    """Rows of leaves.

    Attributes:
        row_at: Of each leaf its row in each slot; -1 for none.
        place_at: Where it stands in that row.
        start, leaf: Leaves of each row.
        begin, form, coef: The sums in which each leaf stands.
        over: Of each of these, the slots over whose rows it is a sum, a bit each; the sums of a leaf are in its order.
        alike: Number of each leaf's kind; sums of leaves of a kind have the same slots in the same order.
    """

    row_at: np.ndarray
    place_at: np.ndarray
    start: Ints
    leaf: np.ndarray
    begin: Ints
    form: np.ndarray
    coef: np.ndarray
    over: np.ndarray
    alike: np.ndarray

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """As the kernel takes them."""
        return (
            self.row_at, self.place_at, self.start, self.leaf,
            self.begin, self.form, self.coef, self.over, self.alike,
        )  # fmt: skip


def swaps(relations: Relations, held: Mask, forms: Forms) -> Swaps:
    """Find rows whose parts are leaves, and over which of them each form is a sum.

    A slot in which a form holds some leaves of a row and not others is no slot for that row.
    """
    start, leaf, kind = _rows(relations, held, forms)
    count, leaves = len(start) - 1, len(forms.leaves)
    row_of = np.repeat(np.arange(count), np.diff(start))
    slot = _slots(start, leaf, kind, leaves)[row_of]
    row_at, place_at = np.full((leaves, SLOTS), -1, np.int32), np.zeros((leaves, SLOTS), np.int32)
    some = slot < SLOTS
    row_at[leaf[some], slot[some]] = row_of[some]
    place_at[leaf[some], slot[some]] = (np.arange(len(leaf)) - start[row_of])[some]
    width = np.diff(start)
    member = sp.csr_matrix((np.ones(len(leaf), np.int64), (row_of, leaf)), (count, leaves))
    # How many leaves of each row stand in each form; a form in which some count more than others is a sum over no row.
    matrix, uneven = forms.by_leaf, _uneven(forms.matrix)
    shared = (_ones(forms.matrix) @ member.T).tocsr()
    shared.sort_indices()
    form, column = matrix.indices, np.repeat(np.arange(leaves), np.diff(matrix.indptr))
    over = np.zeros(len(form), np.uint8)
    keys = np.repeat(np.arange(shared.shape[0]), np.diff(shared.indptr)) * (count + 1) + shared.indices
    for number in range(SLOTS):
        row = row_at[column, number]
        inside = np.flatnonzero(row >= 0)
        if not len(inside):
            continue
        wanted = form[inside].astype(np.int64) * (count + 1) + row[inside]
        at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
        there = keys[at] == wanted
        together = np.where(there, shared.data[at], 0)
        whole = (together == width[row[inside]]) & ~uneven[form[inside]]
        mixed = ~whole & (together != 1)
        row_at[column[inside[mixed]], number] = -1
        over[inside[whole]] |= np.uint8(1 << number)
    order = np.lexsort((form, over, column))
    begin, over = matrix.indptr.astype(np.int64), over[order]
    return Swaps(
        row_at, place_at, start, leaf.astype(np.int32),
        begin, form[order].astype(np.int32), matrix.data[order].astype(np.int32), over, _alike(begin, over),
    )  # fmt: skip


def _ones(matrix: sp.csr_matrix) -> sp.csr_matrix:
    return sp.csr_matrix((np.ones(matrix.nnz, np.int64), matrix.indices, matrix.indptr), matrix.shape)


def _uneven(matrix: sp.csr_matrix) -> np.ndarray:
    """Rows with different entries."""
    some = np.diff(matrix.indptr) > 0
    first = np.zeros(matrix.shape[0], np.int64)
    first[some] = matrix.data[matrix.indptr[:-1][some]]
    other = matrix.data != np.repeat(first, np.diff(matrix.indptr))
    return np.bincount(np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), other, matrix.shape[0]) > 0


def _alike(begin: Ints, over: np.ndarray) -> np.ndarray:
    """Equal numbers for leaves whose sums have the same slots."""
    longest = int(np.diff(begin).max(initial=0))
    place = np.arange(len(over)) - np.repeat(begin[:-1], np.diff(begin))
    table = np.zeros((len(begin) - 1, longest + 1), np.uint8)
    table[np.repeat(np.arange(len(begin) - 1), np.diff(begin)), place] = over
    table[:, longest] = np.diff(begin) % 256
    return np.unique(table, axis=0, return_inverse=True)[1].ravel().astype(np.int32)


def _rows(relations: Relations, held: Mask, forms: Forms) -> tuple[Ints, Ints, Ints]:
    """Rows of at least two leaves: where each begins, the leaves (columns of the forms), and of what kind each is."""
    column = np.full(relations.cells, -1, np.int64)
    column[forms.leaves] = np.arange(len(forms.leaves))
    part = relations.coef == 1
    parts = np.bincount(relations.row_of, part, relations.rows)
    good = held & (np.bincount(relations.row_of, part & (column[relations.cell] < 0), relations.rows) == 0)
    good &= (parts >= 2) & (parts == np.diff(relations.start) - 1)
    take = part & good[relations.row_of]
    rows = np.flatnonzero(good)
    start = np.concatenate([[0], np.cumsum(parts[rows])]).astype(np.int64)
    cells = relations.cell[take]
    return start, column[cells], _kinds(relations, cells, start)


def _kinds(relations: Relations, cells: Ints, start: Ints) -> Ints:
    """The dimension along which each row goes: the first in which its first two parts differ."""
    codes = relations.names.codes
    first, second = cells[start[:-1]], cells[start[:-1] + 1]
    if not len(first) or max(first.max(), second.max()) >= len(codes):
        return np.zeros(len(first), np.int64)
    return np.argmax(codes[first] != codes[second], axis=1)


def _slots(start: Ints, leaf: Ints, kind: Ints, leaves: int) -> Ints:
    """A slot for each row: one of those for its kind that none of its leaves has a row in yet; `SLOTS` if none is left.

    All leaves of a row have it in the same slot, or their sums would not be told apart alike.
    """
    used = np.zeros(leaves, np.uint8)
    of_kind: dict[int, list[int]] = {}
    out = np.full(len(kind), SLOTS, np.int64)
    count = 0
    for row, number in enumerate(kind.tolist()):
        inside = leaf[start[row] : start[row + 1]]
        taken = int(np.bitwise_or.reduce(used[inside]))
        mine = of_kind.setdefault(number, [])
        slot = next((slot for slot in mine if not taken >> slot & 1), None)
        if slot is None and count < SLOTS:
            slot, count = count, count + 1
            mine.append(slot)
        if slot is not None:
            out[row] = slot
            used[inside] |= np.uint8(1 << slot)
    return out
