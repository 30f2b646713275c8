"""Why a bound holds: the published cells it rests on.

Walks back from a bound through the rows that gave it. A cell is only blamed where its being shown matters: not where
the bound it would have while hidden is enough for the conclusion. So hiding none of the cells in an explanation leaves
the conclusion standing, whatever else is hidden; the explanation is a covering cut that stays valid for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from piperoll.protect.attacker import Mask
from piperoll.protect.inference.propagate import HIGH, LOW, Improved
from piperoll.protect.relations import Ints, Relations


Event = tuple[int, int, int]  # sweep, row, bound


class Past:
    """What each sweep improved on one side, by cell. Lists are made for cells that are asked for only."""

    def __init__(self, improved: Sequence[Improved] = (), first: int = 1) -> None:
        self._of: dict[int, list[Event]] = {}
        self._cells = np.concatenate([each.cells for each in improved] or [np.zeros(0, np.int64)])
        self._order = np.argsort(self._cells, kind="stable")
        self._cells = self._cells[self._order]
        self._improved, self._first = improved, first

    @cached_property
    def _all(self) -> tuple[Ints, Ints, Ints]:
        sweeps = [np.full(len(each.cells), self._first + k) for k, each in enumerate(self._improved)]
        rows, bounds = [each.rows for each in self._improved], [each.bounds for each in self._improved]
        sweep, row, bound = (np.concatenate(arrays)[self._order] for arrays in (sweeps, rows, bounds))
        return sweep, row, bound

    def get(self, cell: int) -> list[Event]:
        """Events of a cell in the order of the sweeps."""
        known = self._of.get(cell)
        if known is None:
            begin, end = np.searchsorted(self._cells, [cell, cell + 1])
            known = []
            if begin < end:
                sweep, row, bound = (array[begin:end].tolist() for array in self._all)
                known = list(zip(sweep, row, bound, strict=True))
            self._of[cell] = known
        return known

    def __contains__(self, cell: int) -> bool:
        return bool(self.get(cell))


Events = tuple[Past, Past]


def events(history: Sequence[tuple[Improved, Improved]], first: int = 1) -> Events:
    """What each sweep improved, by side and cell; sweeps are counted from ``first``."""
    return Past([low for low, _ in history], first), Past([high for _, high in history], first)


class Explainer:
    """Explanations of the bounds of a fixpoint, or of an insider's fixpoint that begins where it ended.

    Args:
        initial: Bounds the propagation began with.
        free: Bounds of each cell while hidden.
        base: What was improved.
        more: What an insider improved further.
        own: Bounds that an insider knows, by cell; they hold whatever is hidden.
    """

    def __init__(
        self,
        relations: Relations,
        initial: tuple[Ints, Ints],
        free: tuple[Ints, Ints],
        hidden: Mask,
        base: Events,
        more: Events | None = None,
        own: Mapping[int, tuple[int, int]] | None = None,
    ) -> None:
        self._relations = relations
        self._initial, self._free, self._hidden = initial, free, hidden
        self._base, self._more, self._own = base, more or events(()), own or {}
        self._rows: dict[int, tuple[list[int], list[int], int, int]] = {}

    def _events(self, side: int, cell: int) -> list[Event]:
        first, then = self._base[side].get(cell), self._more[side].get(cell)
        return first + then if then else first

    def _bound(self, arrays: tuple[Ints, Ints], side: int, cell: int) -> int:
        value = int(arrays[side][cell])
        if cell in self._own:
            known = self._own[cell][side]
            return max(value, known) if side == LOW else min(value, known)
        return value

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
            if _enough(side, self._bound(self._free, side, cell), bound):
                continue
            if _enough(side, self._bound(self._initial, side, cell), bound):
                if not self._hidden[cell]:
                    found.add(cell)
                continue
            event = next(
                e for e in self._events(side, cell) if e[0] < before and _enough(side, e[2], bound)
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
        value = self._bound(self._initial, side, cell)
        for sweep, _, bound in self._events(side, cell):
            if sweep >= before:
                break
            value = bound
        # What an insider knows may be more than what everyone can add up.
        known = self._own.get(cell)
        return value if known is None else (max if side == LOW else min)(value, known[side])

    def _members(self, cell: int, side: int, event: Event, bound: int) -> list[tuple[int, int, int, int]]:
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
            give = abs(coef) * abs(self._bound(self._free, which, other) - now)
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
            if slack and (other in self._base[which] or other in self._more[which]):
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
