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
        self._of_cell: dict[int, list[tuple[int, float]]] = {}
        self._possible: list[bool] = []
        self.least, self.most = np.zeros(len(values)), np.zeros(len(values))

    def __len__(self) -> int:
        return len(self._cells)

    def add(self, cells: Ints, by: np.ndarray) -> None:
        """Take in a move that is possible now."""
        self._enter(len(self._cells), cells, by)
        self._cells.append(cells)
        self._by.append(by)
        self._possible.append(True)
        self.least[cells] = np.minimum(self.least[cells], by)
        self.most[cells] = np.maximum(self.most[cells], by)

    def _enter(self, number: int, cells: Ints, by: np.ndarray) -> None:
        for cell, change in zip(cells.tolist(), by.tolist(), strict=True):
            self._of_cell.setdefault(cell, []).append((number, change))

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
        possible = np.bincount(owner, wrong, minlength=len(self)) == 0
        guarded = self._relations.guarded
        for row in guarded[held[guarded]].tolist():
            possible[self._broken(row)] = False
        self._possible = possible.tolist()
        good = possible[owner]
        np.minimum.at(self.least, cells[good], by[good])
        np.maximum.at(self.most, cells[good], by[good])

    def _broken(self, row: int) -> list[int]:
        """Moves that a row which does not always hold forbids."""
        system = self._relations
        entries = system.entries(row)
        cells, coefs = system.cell[entries], system.coef[entries]
        change: dict[int, float] = {}
        for cell, coef in zip(cells.tolist(), coefs.tolist(), strict=True):
            for number, by in self._of_cell.get(cell, ()):
                change[number] = change.get(number, 0.0) + coef * by
        now = int((coefs * self._values[cells]).sum())
        least, most = int(system.low[row]) - NEAR, int(system.high[row]) + NEAR
        return [number for number, by in change.items() if not least <= now + by <= most]

    def clashing(self, own: Mapping[int, tuple[int, int]]) -> frozenset[int]:
        """Numbers of the moves, possible now, that whoever knows ``own`` bounds can rule out."""
        found = set()
        for cell, (least, most) in own.items():
            at = int(self._values[cell])
            for number, by in self._of_cell.get(cell, ()):
                if self._possible[number] and not least - NEAR <= at + by <= most + NEAR:
                    found.add(number)
        return frozenset(found)

    def cells_of(self, moves: Iterable[int]) -> Ints:
        """Cells that any of the moves changes, in order."""
        found = [self._cells[number] for number in sorted(moves)]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)

    def reach(self, cell: int, without: frozenset[int], enough: tuple[int, int, int]) -> tuple[float, float]:
        """How far a cell goes, down and up, by the other moves that are possible now.

        Args:
            enough: How far down, how far up and how far in all it need not be looked beyond.
        """
        down, up, span = enough
        least = most = 0.0
        for number, by in self._of_cell.get(cell, ()):
            if not least <= by <= most and self._possible[number] and number not in without:
                least, most = min(least, by), max(most, by)
                if least <= -down and most >= up and most - least >= span:
                    break
        return least, most

    def _forget(self) -> None:
        """Moves that are not possible now, so that there are never too many."""
        kept = [number for number, possible in enumerate(self._possible) if possible]
        self._cells, self._by = [self._cells[k] for k in kept], [self._by[k] for k in kept]
        self._of_cell = {}
        for number, (cells, by) in enumerate(zip(self._cells, self._by, strict=True)):
            self._enter(number, cells, by)
        self._possible = [True] * len(kept)
