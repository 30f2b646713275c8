"""Which further cells to suppress so that cells that remain open can move.

For each open cell the cheapest table is sought that breaks some published figures (`piperoll.protect.proof.stretch`);
what is broken once is free for all. Then it is undone as far as possible: figures that no table needs are shown again,
and for one after another, the dearest first, the cells whose tables break it look for tables that do without, for less.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import scipy.sparse as sp

from piperoll.protect.attacker import Mask
from piperoll.protect.proof.near import Near
from piperoll.protect.proof.pool import Table, stacked
from piperoll.protect.proof.state import HIGH, LOW, PRICE, SCALE, TABLE
from piperoll.protect.proof.stretch import PAID, stretch
from piperoll.protect.proof.walker import SEEDS, givers, leaf_side, state_of
from piperoll.protect.proof.witness import Search
from piperoll.protect.relations import BIG, Ints


SEARCHES, STEPS, CHOICES, MENDS = 4, 300, 60, 20
SWAPS = 100  # steps for each of these where searches exchange
TURNS = 4  # over the cells, of ever longer searches
CHEAP, DEAR = 8.0, 100  # a figure that costs so much counts as one unit out of bounds, and none as more than so many
# The same, turn after turn, where leaves are exchanged: such searches hardly ever go through what is dear.
RIGID_DEAR = (100, 100, 30, 30, 10, 10, 3, 1)
ROOM = 512  # tables of a turn, if all were as large as they can be
UNDONE = 10  # figures that are tried to be shown again


def loosened(search: Search, cells: Ints, cost: np.ndarray, chosen: Mask) -> Ints:
    """Cells to suppress so that cells that remained open can move; the tables that show it join the search's.

    Args:
        search: That left the cells open.
        cells: Primary ones.
        cost: Of suppressing each cell.
        chosen: Cells that will be suppressed besides the search's pattern.
    """
    loosening = Loosening(search, cells, cost, chosen)
    loosening.pay()
    loosening.undo()
    for leaves, by in loosening.tables():
        search.pool.add(leaves, by)
    return loosening.suppressed()


class Loosening:
    """The search for tables that break figures, and which of them are kept.

    Args:
        search, cells, cost, chosen: As for `loosened`.

    Attributes:
        price: Of each form, what it costs to suppress the cells whose figure it is.
    """

    def __init__(self, search: Search, cells: Ints, cost: np.ndarray, chosen: Mask) -> None:
        self.search, self.cells = search, cells
        problem, forms = search.problem, search.forms
        self._free = problem.free() & ~(search.pattern | chosen)
        low, high = search.loosest()
        self.price = np.bincount(forms.form[np.flatnonzero(self._free)], cost[self._free], forms.matrix.shape[0])
        self._reckoned = self._reckon(DEAR)
        self._state, self._soft = state_of(forms.bounds(low, high, *search.rows)), state_of(self._figures())
        self._soft[:, PRICE] = self._reckoned
        self._sides = leaf_side(forms), givers(forms, low[forms.leaves], high[forms.leaves]), search.rows_of_leaves
        needs = problem.requirement
        self._needs = np.column_stack([side[cells] for side in (*needs.arrays, low, high)]).astype(np.int64)
        self._aims = np.column_stack([forms.form[cells], forms.sign[cells]]).astype(np.int64)
        self._seed = np.array([SEEDS[0]], np.uint64)
        self._near = Near(problem.relations, search.pool)
        self._found: list[Table] = []
        self._kept = np.zeros(0, bool)
        # Changes of forms in the tables found, and of the cells' forms alone.
        self._changes = sp.csr_matrix((0, len(self.price)), dtype=np.int64)
        self._own = np.zeros((0, len(cells)), np.int64)

    def _figures(self) -> tuple[Ints, Ints]:
        """Of each form what figures that may be suppressed leave open while they are shown."""
        problem = self.search.problem
        low = np.where(self._free, problem.knowledge.shown_low - problem.values, -BIG)
        high = np.where(self._free, problem.knowledge.shown_high - problem.values, BIG)
        nowhere = np.full(problem.relations.rows, BIG)
        return self.search.forms.bounds(low, high, -nowhere, nowhere)

    def pay(self) -> None:
        """Find a table for every cell, whatever it costs."""
        for turn, dear in enumerate(RIGID_DEAR if self.search.rigid else (DEAR,) * TURNS):
            left = self._open(self._kept)
            if not len(left):
                return
            paid = self._soft[:, PRICE] == PAID
            self._soft[:, PRICE] = np.where(paid, PAID, self._reckon(dear))
            self._take(self._stretch(left, self._kept, turn, STEPS * (turn + 1)))

    def _reckon(self, dear: int) -> np.ndarray:
        """What a search reckons for breaking each form's figure."""
        return np.where(self.price > 0, np.clip(SCALE * self.price / CHEAP, SCALE, SCALE * dear), 0)

    def undo(self) -> None:
        """Show figures again where tables that do without can be found for less."""
        self._drop()
        lost = len(self._open(self._kept))
        paid = self._paid()
        for turn, form in enumerate(paid[np.argsort(-self.price[paid], kind="stable")][:UNDONE].tolist()):
            if self._soft[form, PRICE] == PAID and not self._without(form, TURNS + turn, lost):
                self._soft[form, PRICE] = PAID
        self._drop()

    def tables(self) -> Iterable[Table]:
        """Tables that are kept."""
        return (table for table, kept in zip(self._found, self._kept.tolist(), strict=True) if kept)

    def suppressed(self) -> Ints:
        """Cells whose figures are paid for."""
        forms = self.search.forms.form[: len(self._free)]
        return np.flatnonzero(self._free & (self._soft[forms, PRICE] == PAID))

    def _without(self, form: int, turn: int, lost: int) -> bool:
        """Show a figure again if tables that do without it can be found for less; else leave all as it was."""
        kept = self._kept & ~self._broken(np.array([form]))[:, 0]
        before, count = self._soft[:, PRICE].copy(), len(self._found)
        self._soft[form, PRICE] = self._reckoned[form]
        new = self._stretch(self._open(kept), kept, turn, STEPS)
        spent = float(self.price[(self._soft[:, PRICE] == PAID) & (before != PAID)].sum())
        if spent < self.price[form] and self._soft[form, PRICE] != PAID:
            self._take(new)
            kept = np.concatenate([kept, np.ones(len(new), bool)])
            if len(self._open(kept)) <= lost:
                self._kept = kept
                return True
        self._found, self._kept = self._found[:count], self._kept[:count]
        self._changes, self._own = self._changes[:count], self._own[:count]
        self._soft[:, PRICE] = before
        return False

    def _drop(self) -> None:
        """Leave out tables that no cell needs, and show again what no table breaks."""
        lost, paid = len(self._open(self._kept)), self._paid()
        broken = self._broken(paid)
        for table in np.argsort(-(broken @ self.price[paid]), kind="stable").tolist():
            without = self._kept.copy()
            without[table] = False
            if self._kept[table] and len(self._open(without)) <= lost:
                self._kept = without
        idle = paid[~broken[self._kept].any(axis=0)]
        self._soft[idle, PRICE] = self._reckoned[idle]

    def _paid(self) -> Ints:
        return np.flatnonzero(self._soft[:, PRICE] == PAID)

    def _broken(self, forms: Ints) -> np.ndarray:
        """Which tables (rows) break which figures."""
        by = self._changes[:, forms].toarray()
        return (by < self._soft[forms, LOW]) | (by > self._soft[forms, HIGH])

    def _reach(self, kept: Mask) -> Ints:
        """Least and greatest change of the cells' forms in the search's tables and those kept."""
        own, reach = self._own[kept], self.search.pool.reach[self._aims[:, 0]]
        return np.column_stack(
            [np.minimum(reach[:, 0], own.min(axis=0, initial=0)), np.maximum(reach[:, 1], own.max(axis=0, initial=0))]
        )

    def _open(self, kept: Mask) -> Ints:
        """Which of the cells (their positions) still lack a table."""
        reach, turned = self._reach(kept), self._aims[:, 1] < 0
        low, high = (np.where(turned, -reach[:, 1 - side], reach[:, side]) for side in (0, 1))
        below, above, span = self._needs[:, :3].T
        return np.flatnonzero((low > -below) | (high < above) | (high - low < span))

    def _stretch(self, left: Ints, kept: Mask, turn: int, steps: int) -> list[Table]:
        """New tables for the cells at some positions, besides those kept."""
        if not len(left):
            return []
        pool, cells = self.search.pool, self.cells[left]
        own = np.column_stack([pool.low_by(cells), pool.high_by(cells)])
        others = [self._near.tables(cells, turn * SEARCHES + number) for number in range(SEARCHES - 2)]
        bases = np.stack([own, np.zeros_like(own), *others], axis=1)
        reach = pool.reach.copy()
        reach[self._aims[:, 0]] = self._reach(kept)
        begin = np.zeros(len(left) + 2, np.int64)
        leaf, by = (np.zeros((TABLE + 2) * min(len(left) + 2, ROOM), np.int32) for _ in range(2))
        steps *= 1 if self._sides[2] is None else SWAPS
        count, _ = stretch(
            self._state, self._soft, self.price, *self._sides, self._aims[left], self._needs[left], bases, reach,
            (pool.begin, pool.leaf, pool.by), (begin, leaf, by), (SEARCHES, steps, CHOICES, MENDS), self._seed,
        )  # fmt: skip
        spans = [slice(begin[number], begin[number + 1]) for number in range(count)]
        return [(leaf[span].astype(np.int64), by[span].astype(np.int64)) for span in spans]

    def _take(self, tables: list[Table]) -> None:
        if not tables:
            return
        forms = self.search.forms
        self._found = self._found + tables
        self._kept = np.concatenate([self._kept, np.ones(len(tables), bool)])
        self._changes = sp.vstack([self._changes, stacked(tables, len(forms.leaves)) @ forms.by_leaf.T]).tocsr()
        self._own = self._changes[:, self._aims[:, 0]].toarray()
