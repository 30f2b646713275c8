"""Bounds that follow from bounds: integer propagation over relations, with reasons.

In each sweep every row whose cells changed is looked at once more: what the row leaves for a cell, when all its other
cells are at their bounds, is a bound of that cell. All rows of a sweep use the bounds of the sweep before, so a reason
never rests on itself. What comes out is never too narrow; it need not be the narrowest.

Several attackers can be followed at once: bounds of K copies of the system stand one after another in the arrays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from piperoll.protect.attacker import Mask
from piperoll.protect.relations import BIG, Ints, Relations


LOW, HIGH = 0, 1
SWEEPS = 400


@dataclass(frozen=True)
class Improved:
    """What a sweep changed on one side: cells, the row each follows from, and the new bound."""

    cells: Ints
    rows: Ints
    bounds: Ints


@dataclass(frozen=True)
class Fixpoint:
    """Bounds after the last sweep.

    Attributes:
        low, high: For each cell (of each copy).
        history: One pair (lower bounds, upper bounds) for each sweep, if asked for.
        touched: Cells whose bounds changed.
    """

    low: Ints
    high: Ints
    history: tuple[tuple[Improved, Improved], ...] = ()
    touched: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


class Propagator:
    """Prepared once for a system of relations, then run for many patterns."""

    def __init__(self, relations: Relations) -> None:
        self.relations = relations
        self._lengths = np.diff(relations.start)
        self._simple = bool((np.abs(relations.coef) == 1).all())
        self._cell_start, entry = relations.by_cell
        self._cell_rows = relations.row_of[entry]

    def run(
        self,
        low: Ints,
        high: Ints,
        held: Mask | None = None,
        changed: Ints | None = None,
        *,
        history: bool = False,
    ) -> Fixpoint:
        """Sweep until nothing changes (or after `SWEEPS`, which leaves the bounds valid but wider).

        Args:
            low, high: Where to begin; not changed. Length cells, or cells times K.
            held: Rows that hold; all by default.
            changed: Cells whose bounds are new since an earlier fixpoint; all by default.
            history: Whether to keep reasons.
        """
        system = self.relations
        low, high = low.copy(), high.copy()
        copies = len(low) // max(system.cells, 1)
        rows: Ints
        if changed is None:
            rows = np.arange(system.rows * copies)
            if held is not None and not held.all():
                rows = rows[np.tile(held, copies)]
        else:
            rows = self._rows_of(changed, held)
        sweeps: list[tuple[Improved, Improved]] = []
        touched: list[Ints] = []
        for _ in range(SWEEPS):
            if not len(rows):
                break
            lower, upper = self._sweep(rows, low, high)
            low[lower.cells] = lower.bounds
            high[upper.cells] = upper.bounds
            moved = np.union1d(lower.cells, upper.cells)
            if history and len(moved):
                sweeps.append((lower, upper))
            touched.append(moved)
            rows = self._rows_of(moved, held)
        moved = np.unique(np.concatenate(touched)) if touched else np.zeros(0, np.int64)
        return Fixpoint(low, high, tuple(sweeps), moved)

    def _rows_of(self, cells: Ints, held: Mask | None) -> Ints:
        """Rows (of the copy) that hold and contain any of the cells."""
        system = self.relations
        base = cells % system.cells
        found = self._cell_rows[_spans(self._cell_start[base], self._cell_start[base + 1])]
        copy = np.repeat(cells // system.cells, self._cell_start[base + 1] - self._cell_start[base])
        if held is not None:
            keep = held[found]
            found, copy = found[keep], copy[keep]
        flat = found + copy * system.rows
        if len(flat) * 8 > system.rows:
            mark = np.zeros(int(flat.max(initial=-1)) + 1, bool)
            mark[flat] = True
            return np.flatnonzero(mark)
        return np.unique(flat)

    def _sweep(self, rows: Ints, low: Ints, high: Ints) -> tuple[Improved, Improved]:
        system = self.relations
        base = rows % system.rows
        lengths = self._lengths[base]
        entry = _spans(system.start[base], system.start[base + 1])
        begin = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        cell = system.cell[entry] + np.repeat(rows // system.rows * system.cells, lengths)
        coef = system.coef[entry]
        positive = coef > 0
        at_low, at_high = low[cell], high[cell]
        least = coef * np.where(positive, at_low, at_high)
        most = coef * np.where(positive, at_high, at_low)
        # What the row leaves for coef * y: at most `room`, at least `call`.
        room = np.repeat(system.high[base] - np.add.reduceat(least, begin), lengths) + least
        call = np.repeat(system.low[base] - np.add.reduceat(most, begin), lengths) + most
        if self._simple:
            new_high, new_low = np.where(positive, room, -call), np.where(positive, call, -room)
        else:
            new_high = np.where(positive, room, call) // coef
            new_low = -((-np.where(positive, call, room)) // coef)
        # A bound near BIG is no bound: without this, unbounded cells would creep down for ever.
        better_high = np.flatnonzero((new_high < at_high) & (new_high < BIG // 2))
        better_low = np.flatnonzero(new_low > at_low)
        rep = np.repeat(base, lengths)
        return (
            _best(cell[better_low], rep[better_low], new_low[better_low], 1),
            _best(cell[better_high], rep[better_high], new_high[better_high], -1),
        )


def _best(cells: Ints, rows: Ints, bounds: Ints, sign: int) -> Improved:
    """The strictest bound of each cell; of equal ones the first row's."""
    order = np.lexsort((rows, -sign * bounds, cells))
    cells, rows, bounds = cells[order], rows[order], bounds[order]
    first = np.concatenate([[True], cells[1:] != cells[:-1]]) if len(cells) else np.zeros(0, bool)
    return Improved(cells[first], rows[first], bounds[first])


def _spans(begin: Ints, end: Ints) -> Ints:
    """All positions of the half-open spans, one after another."""
    lengths = end - begin
    total = int(lengths.sum())
    shift = np.repeat(begin - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) if total else begin[:0]
    return shift + np.arange(total)


def batches(count: int, size: int) -> Iterator[slice]:
    """Slices that cover ``count`` in order."""
    for begin in range(0, count, size):
        yield slice(begin, min(begin + size, count))
