"""Parts of a table small enough for an integer program, around cells whose range is to be shown.

Cells outside a block keep their true values. Cells joined by short rows (the quarters and types of one place) make a
*unit*; long rows (the places of a region) join units to the unit of their totals. A block is a unit, the units of the
totals above it, and some of its siblings: a change then passes up through the totals, or to a sibling.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from piperoll.protect.attacker import Mask
from piperoll.protect.relations import Ints, Relations


SHORT = 8


class Blocks:
    """Units among the cells that can change at all, and blocks made of them.

    Args:
        loose: Cells whose bounds leave room.
        held: Rows that hold.
        room: Width of each cell's bounds.
    """

    def __init__(self, relations: Relations, loose: Mask, held: Mask, room: Ints) -> None:
        self.relations = relations
        entry = loose[relations.cell] & held[relations.row_of]
        rows, cells, coefs = relations.row_of[entry], relations.cell[entry], relations.coef[entry]
        counts = np.bincount(rows, minlength=relations.rows)
        length = np.diff(relations.start)
        short = (length[rows] <= SHORT) & (counts[rows] > 1)
        graph = sp.coo_matrix(
            (np.ones(int(short.sum()), np.int8), (cells[short], rows[short] + relations.cells)),
            shape=(relations.cells + relations.rows,) * 2,
        )
        self.unit_of = connected_components(graph, directed=False)[1][: relations.cells]
        inside = np.flatnonzero(loose)
        order = inside[np.argsort(self.unit_of[inside], kind="stable")]
        self.cells = _split(self.unit_of[order], order)
        pairs = np.unique(np.column_stack([self.unit_of[cells], rows]), axis=0)
        self._rows = _split(pairs[:, 0], pairs[:, 1])
        self._above: dict[int, dict[int, None]] = {}
        self._levels(rows, cells, coefs, length)
        capped = np.minimum(room, 20)
        self.room = {unit: int(capped[found].sum()) for unit, found in self.cells.items()}

    def _levels(self, rows: Ints, cells: Ints, coefs: Ints, length: Ints) -> None:
        """Which units hold the totals of which, and which are parts of the same long rows."""
        long = length[rows] > SHORT
        total = np.full(self.relations.rows, -1, np.int64)
        negative = long & (coefs < 0)
        total[rows[negative]] = self.unit_of[cells[negative]]
        part = long & (coefs > 0)
        pairs = np.unique(np.column_stack([rows[part], self.unit_of[cells[part]]]), axis=0)
        self._parts: dict[int, list[int]] = {}
        self._part_of: dict[int, list[int]] = {}
        for row, unit in pairs.tolist():
            self._parts.setdefault(row, []).append(unit)
            self._part_of.setdefault(unit, []).append(row)
            over = int(total[row])
            if over >= 0 and over != unit:
                self._above.setdefault(unit, {})[over] = None

    def siblings(self, unit: int, most: int) -> list[int]:
        """Units that are parts of the same long rows, those in the most rows and with the most room first."""
        found: dict[int, int] = {}
        for row in self._part_of.get(unit, ()):
            for other in self._parts[row]:
                if other != unit:
                    found[other] = found.get(other, 0) + 1
        return sorted(found, key=lambda other: (-found[other], -self.room[other], other))[:most]

    def group(self, seed: int, most: int) -> list[int]:
        """The seed's unit and ``most`` siblings."""
        unit = int(self.unit_of[seed])
        return [unit, *self.siblings(unit, most)]

    def wider(self, units: list[int], most: int) -> list[int]:
        """Units, and siblings of the totals above them with their own parts, until about ``most`` cells."""
        inside = dict.fromkeys(units)
        count = sum(len(self.cells.get(unit, ())) for unit in inside)
        for over in list(self._above.get(units[0], ())):
            for other in self.siblings(over, 1000):
                below = [unit for unit, above in self._above.items() if other in above]
                for unit in [other, *below]:
                    if unit not in inside and count < most:
                        inside[unit] = None
                        count += len(self.cells.get(unit, ()))
        return list(inside)

    def block(self, units: Iterable[int], above: bool = True) -> tuple[Ints, Ints]:
        """Cells and rows of units, in order; with all totals above them, which else keep their values."""
        inside = dict.fromkeys(units)
        for unit in (queue := list(inside)):
            for over in self._above.get(unit, ()) if above else ():
                if over not in inside:
                    inside[over] = None
                    queue.append(over)
        cells = np.sort(np.concatenate([self.cells[unit] for unit in inside if unit in self.cells]))
        rows = np.unique(np.concatenate([self._rows[unit] for unit in inside if unit in self._rows] or [cells[:0]]))
        return cells, rows


def _split(labels: Ints, items: Ints) -> dict[int, Ints]:
    """Items by label; labels are sorted."""
    if not len(labels):
        return {}
    names, begin = np.unique(labels, return_index=True)
    return dict(zip(names.tolist(), np.split(items, begin[1:]), strict=True))
