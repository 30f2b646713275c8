"""Moves seen to be possible: small changes of the true table that keep to everything published.

A move found for one pattern is possible in every pattern that still hides the cells it changes, and for every insider
whose own cells it leaves within what they know. So what was seen once need not be looked for again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from piperoll.protect.attacker import Mask
from piperoll.protect.relations import Ints, Relations


NEAR = 1e-6
MOST = 60_000


class Seen:
    """A collection of moves of one table.

    Attributes:
        least, most: How far each cell was seen to go, down and up, by the moves possible now.
    """

    def __init__(self, relations: Relations, values: Ints) -> None:
        self._relations, self._values = relations, values
        self._cells: list[Ints] = []
        self._by: list[np.ndarray] = []
        self._of_cell: dict[int, list[int]] = {}
        self._possible = np.zeros(0, bool)
        self.least, self.most = np.zeros(len(values)), np.zeros(len(values))

    def __len__(self) -> int:
        return len(self._cells)

    def add(self, cells: Ints, by: np.ndarray) -> None:
        """Take in a move that is possible now."""
        number = len(self._cells)
        self._cells.append(cells)
        self._by.append(by)
        for cell in cells.tolist():
            self._of_cell.setdefault(cell, []).append(number)
        self._possible = np.append(self._possible, True)
        self.least[cells] = np.minimum(self.least[cells], by)
        self.most[cells] = np.maximum(self.most[cells], by)

    def keep_to(self, low: Ints, high: Ints, held: Mask) -> None:
        """Look which moves are possible under other bounds, with other rows holding."""
        if len(self) > MOST:
            self._forget()
        self.least[:], self.most[:] = 0, 0
        if not self._cells:
            return
        cells, by = np.concatenate(self._cells), np.concatenate(self._by)
        owner = np.repeat(np.arange(len(self)), [len(c) for c in self._cells])
        at = self._values[cells] + by
        wrong = (at < low[cells] - NEAR) | (at > high[cells] + NEAR)
        self._possible = np.bincount(owner, wrong, minlength=len(self)) == 0
        guarded = self._relations.guarded
        for row in guarded[held[guarded]].tolist():
            self._break(row)
        good = self._possible[owner]
        np.minimum.at(self.least, cells[good], by[good])
        np.maximum.at(self.most, cells[good], by[good])

    def _break(self, row: int) -> None:
        """Moves that a row which does not always hold forbids."""
        system = self._relations
        entries = system.entries(row)
        cells, coefs = system.cell[entries], system.coef[entries]
        change: dict[int, float] = {}
        for cell, coef in zip(cells.tolist(), coefs.tolist(), strict=True):
            for number in self._of_cell.get(cell, ()):
                mine = self._by[number][self._cells[number] == cell]
                change[number] = change.get(number, 0.0) + coef * float(mine[0])
        now = int((coefs * self._values[cells]).sum())
        for number, by in change.items():
            if not system.low[row] - NEAR <= now + by <= system.high[row] + NEAR:
                self._possible[number] = False

    def clashing(self, own: Mapping[int, tuple[int, int]]) -> set[int]:
        """Numbers of the moves, possible now, that whoever knows ``own`` bounds can rule out."""
        found = set()
        for cell, (least, most) in own.items():
            at = int(self._values[cell])
            for number in self._of_cell.get(cell, ()):
                if self._possible[number]:
                    to = at + float(self._by[number][self._cells[number] == cell][0])
                    if not least - NEAR <= to <= most + NEAR:
                        found.add(number)
        return found

    def cells_of(self, moves: Iterable[int]) -> Ints:
        """Cells that any of the moves changes, in order."""
        found = [self._cells[number] for number in sorted(moves)]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)

    def reach(self, cell: int, without: set[int]) -> tuple[float, float]:
        """How far a cell goes by the other moves that are possible now."""
        least = most = 0.0
        for number in self._of_cell.get(cell, ()):
            if self._possible[number] and number not in without:
                by = float(self._by[number][self._cells[number] == cell][0])
                least, most = min(least, by), max(most, by)
        return least, most

    def _forget(self) -> None:
        """Moves that are not possible now, so that there are never too many."""
        kept = np.flatnonzero(self._possible).tolist()
        self._cells, self._by = [self._cells[k] for k in kept], [self._by[k] for k in kept]
        self._of_cell = {}
        for number, cells in enumerate(self._cells):
            for cell in cells.tolist():
                self._of_cell.setdefault(cell, []).append(number)
        self._possible = np.ones(len(kept), bool)
