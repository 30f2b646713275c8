"""Why a bound holds: the published cells it rests on.

Walks back from a bound through the rows that gave it. A cell is only blamed where its being shown matters: not where
the bound it would have while hidden is enough for the conclusion. So hiding none of the cells in an explanation leaves
the conclusion standing, whatever else is hidden; the explanation is a covering cut that stays valid for ever.
"""

from __future__ import annotations

import numpy as np

from piperoll.protect.attack.propagate import HIGH, LOW, Fixpoint
from piperoll.protect.attacker import Mask
from piperoll.protect.relations import Relations


class Explainer:
    """Explanations of the bounds of one fixpoint."""

    def __init__(
        self,
        relations: Relations,
        initial: tuple[np.ndarray, np.ndarray],
        free: tuple[np.ndarray, np.ndarray],
        hidden: Mask,
        fixpoint: Fixpoint,
    ) -> None:
        """``initial``: bounds the propagation began with; ``free``: bounds of each cell while hidden."""
        self._relations = relations
        self._initial, self._free, self._hidden = initial, free, hidden
        self._events: tuple[dict[int, list[tuple[int, int, int]]], dict[int, list[tuple[int, int, int]]]] = ({}, {})
        for sweep, sides in enumerate(fixpoint.history, start=1):
            for side, improved in enumerate(sides):
                events = self._events[side]
                for cell, row, bound in zip(
                    improved.cells.tolist(), improved.rows.tolist(), improved.bounds.tolist(), strict=True
                ):
                    events.setdefault(cell, []).append((sweep, row, bound))
        self._rows: dict[int, tuple[list[int], list[int], int, int]] = {}

    def why(self, *wanted: tuple[int, int, int], rows: set[int] | None = None) -> frozenset[int]:
        """Published cells that together imply every wanted bound ``(cell, LOW or HIGH, at least or at most)``.

        Args:
            rows: If given, the rows used are added to it.
        """
        found: set[int] = set()
        seen: dict[tuple[int, int, int], int] = {}
        stack = [(cell, side, 10**9, bound) for cell, side, bound in wanted]
        while stack:
            cell, side, before, bound = stack.pop()
            if _enough(side, int(self._free[side][cell]), bound):
                continue
            if _enough(side, int(self._initial[side][cell]), bound):
                if not self._hidden[cell]:
                    found.add(cell)
                continue
            event = next(
                e for e in self._events[side][cell] if e[0] < before and _enough(side, e[2], bound)
            )  # the earliest that is enough: nearer to what is published
            key = (cell, side, event[0])
            old = seen.get(key)
            if old is not None and _enough(side, old, bound):
                continue
            seen[key] = bound
            if rows is not None:
                rows.add(event[1])
            found.update(self._guards(event[1]))
            stack.extend(self._members(cell, side, event, bound))
        return frozenset(found)

    def _guards(self, row: int) -> list[int]:
        return [int(c) for c in self._relations.guards(row) if not self._hidden[c]]

    def _row(self, row: int) -> tuple[list[int], list[int], int, int]:
        known = self._rows.get(row)
        if known is None:
            system, entries = self._relations, self._relations.entries(row)
            known = (
                system.cell[entries].tolist(),
                system.coef[entries].tolist(),
                int(system.low[row]),
                int(system.high[row]),
            )
            self._rows[row] = known
        return known

    def _at(self, cell: int, side: int, before: int) -> int:
        """Bound of a cell at the end of the sweep before ``before``."""
        value = int(self._initial[side][cell])
        for sweep, _, bound in self._events[side].get(cell, ()):
            if sweep >= before:
                break
            value = bound
        return value

    def _members(
        self, cell: int, side: int, event: tuple[int, int, int], bound: int
    ) -> list[tuple[int, int, int, int]]:
        """What the row needs of its other cells for ``bound``; slack lets go of cells, the least costly first."""
        sweep, row, _ = event
        cells, coefs, low, high = self._row(row)
        own = coefs[cells.index(cell)]
        # The row bounds coef * y from below by `low - most of the rest` or from above by `high - least of the rest`.
        from_low = (side == LOW) == (own > 0)
        rest: list[tuple[int, int, int, int]] = []
        total = 0
        for other, coef in zip(cells, coefs, strict=True):
            if other == cell:
                continue
            which = HIGH if (coef > 0) == from_low else LOW
            now = self._at(other, which, sweep)
            total += coef * now
            give = abs(coef) * abs(int(self._free[which][other]) - now)
            rest.append((give, other, which, now))
        reached = low - total if from_low else high - total
        refuted = own * (bound - 1 if side == LOW else bound + 1)
        slack = reached - refuted - 1 if from_low else refuted - 1 - reached
        rest.sort()
        needed: list[tuple[int, int, int, int]] = []
        for give, other, which, now in rest:
            if give <= slack:
                slack -= give
                continue
            if slack and other in self._events[which]:
                # A derived bound may be weaker by what is left.
                coef = abs(coefs[cells.index(other)])
                weaker = slack // coef
                slack -= weaker * coef
                needed.append((other, which, sweep, now - weaker if which == LOW else now + weaker))
                continue
            needed.append((other, which, sweep, now))
        return needed


def _enough(side: int, value: int, bound: int) -> bool:
    return value >= bound if side == LOW else value <= bound
