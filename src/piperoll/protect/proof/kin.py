"""Units alike: parts of a table with the same rows inside them, and siblings that enter the same totals.

Cells joined by short rows (the quarters and types of one place) make a unit, as in `piperoll.protect.proof.blocks`. Two
units are *siblings* if each cell of one stands in the same rows outside the unit as a cell of the other: what one gains
the other can lose, and nothing outside notices. Units are of one *kind* if the rows inside them are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from piperoll.protect.attacker import Mask
from piperoll.protect.proof.blocks import SHORT
from piperoll.protect.relations import BIG, Ints, Relations


LARGEST = 2000  # cells of a unit
LENGTHS = (SHORT, 2 * SHORT, 5 * SHORT)  # of rows taken for short
Inner = tuple[tuple[tuple[int, int], ...], int, int]  # ((position, coefficient), ...), low, high


@dataclass(frozen=True)
class Kind:
    """Units of one kind.

    Attributes:
        cells: A row a unit; cells at the same position correspond.
        family: Of each unit; siblings share it.
        forms: Sums over leaves, a row a form: first one for each position, then one for each row that defines nothing.
        leaves: Positions that are no sums of others.
        row_low, row_high: A row a unit: limits of the change of the forms after the positions.
    """

    cells: Ints
    family: Ints
    forms: Ints
    leaves: Ints
    row_low: Ints
    row_high: Ints

    def bounds(self, low: Ints, high: Ints, units: Ints, partners: Ints, ours: Ints, theirs: Ints) -> tuple[Ints, Ints]:
        """Bounds of the further change of each form in units whose partners change by the opposite; a row a pair.

        Args:
            low, high: Bounds of the change of each cell of the table.
            ours, theirs: What has changed so far at each position of the unit and of the partner.
        """
        least = np.hstack([low[self.cells], self.row_low])
        most = np.hstack([high[self.cells], self.row_high])
        ours, theirs = ours[:, self.leaves] @ self.forms.T, theirs[:, self.leaves] @ self.forms.T
        return (
            np.maximum(least[units] - ours, theirs - most[partners]),
            np.minimum(most[units] - ours, theirs - least[partners]),
        )


def kinds(relations: Relations, held: Mask, values: Ints, wanted: Mask | None = None) -> list[Kind]:
    """All kinds that have siblings, in order of their first cell; without units that hold totals of others.

    Where cells have no siblings since they lie in two long rows (places and offences), longer rows are taken for
    short ones, so that units grow.

    Args:
        wanted: Cells that matter; all by default.
    """
    left = np.ones(relations.cells, bool) if wanted is None else wanted.copy()
    out: list[Kind] = []
    for short in LENGTHS:
        for kind in _of_length(relations, held, values, short):
            if left[kind.cells].any():
                out.append(kind)
        for kind in out:
            left[kind.cells] = False
        if not left.any():
            break
    return out


def _of_length(relations: Relations, held: Mask, values: Ints, short: int) -> list[Kind]:
    unit = _units(relations, held, short)
    first = np.minimum.reduceat(unit[relations.cell], relations.start[:-1]) if relations.rows else np.zeros(0, int)
    last = np.maximum.reduceat(unit[relations.cell], relations.start[:-1]) if relations.rows else first
    outer, inner = held & (first != last), held & (first == last)
    outside: dict[int, list[tuple[int, int]]] = {}
    entry = outer[relations.row_of]
    triples = (relations.cell[entry], relations.row_of[entry], relations.coef[entry])
    for cell, row, coef in zip(*(array.tolist() for array in triples), strict=True):
        outside.setdefault(cell, []).append((row, coef))
    holds = {int(unit[cell]) for cell, rows in outside.items() if any(coef < 0 for _, coef in rows)}
    order = np.argsort(unit, kind="stable")
    begin = np.searchsorted(unit[order], np.arange(int(unit.max(initial=-1)) + 2))
    rows_of: dict[int, list[int]] = {}
    for row in np.flatnonzero(inner).tolist():
        rows_of.setdefault(int(first[row]), []).append(row)
    found: dict[tuple[int, tuple[Inner, ...]], list[tuple[list[int], list[int], tuple]]] = {}
    for number in range(len(begin) - 1):
        cells = order[begin[number] : begin[number + 1]].tolist()
        if number in holds or len(cells) > LARGEST or number not in rows_of:
            continue
        cells.sort(key=lambda cell: (outside.get(cell, []), cell))
        inside, rows = _inside(relations, cells, rows_of[number])
        family = tuple(tuple(outside.get(cell, ())) for cell in cells)
        found.setdefault((len(cells), inside), []).append((cells, rows, family))
    out = []
    for (count, inside), units in found.items():
        numbers: dict[tuple, int] = {}
        family_of = np.array([numbers.setdefault(family, len(numbers)) for _, _, family in units])
        keep = np.flatnonzero(np.bincount(family_of)[family_of] > 1).tolist()
        if keep:
            chosen = [units[k] for k in keep]
            out.append(_kind(relations, values, count, inside, chosen, family_of[keep]))
    return sorted(out, key=lambda kind: int(kind.cells.min()))


def _units(relations: Relations, held: Mask, length: int) -> Ints:
    short = (np.diff(relations.start) <= length) & held
    entry = short[relations.row_of]
    size = relations.cells + relations.rows
    graph = sp.coo_matrix(
        (np.ones(int(entry.sum()), np.int8), (relations.cell[entry], relations.row_of[entry] + relations.cells)),
        shape=(size, size),
    )
    label = connected_components(graph, directed=False)[1][: relations.cells]
    return np.unique(label, return_inverse=True)[1]


def _inside(relations: Relations, cells: list[int], rows: list[int]) -> tuple[tuple[Inner, ...], list[int]]:
    """Rows inside a unit, written by positions, and the rows in that order. Limits matter only where they are not 0."""
    position = {cell: at for at, cell in enumerate(cells)}
    written = []
    for row in rows:
        entries = relations.entries(row)
        pairs = zip(relations.cell[entries].tolist(), relations.coef[entries].tolist(), strict=True)
        terms = tuple(sorted((position[cell], coef) for cell, coef in pairs))
        written.append(((terms, int(relations.low[row]), int(relations.high[row])), row))
    written.sort()
    return tuple(inner for inner, _ in written), [row for _, row in written]


def _kind(
    relations: Relations, values: Ints, count: int, inside: tuple[Inner, ...], units: Sequence[tuple], family: Ints
) -> Kind:
    cells = np.array([unit[0] for unit in units], np.int64)
    rows = np.array([unit[1] for unit in units], np.int64)
    forms, leaves, others = basis(count, inside)
    low = np.zeros((len(units), len(others)), np.int64)
    high = low.copy()
    for at, number in enumerate(others):
        terms, least, most = inside[number]
        total = sum(coef * values[cells[:, place]] for place, coef in terms)
        low[:, at] = -BIG if least <= -BIG // 2 else least - total
        high[:, at] = BIG if most >= BIG // 2 else most - total
    assert rows.shape == (len(units), len(inside))
    return Kind(cells, family, forms, leaves, low, high)


def basis(count: int, inside: Sequence[Inner]) -> tuple[Ints, Ints, list[int]]:
    """Write every position, and every row that defines none, as a sum over leaves.

    Returns:
        The sums, a row each; the leaves; the numbers of the rows that define no position and are not idle.
    """
    defined: dict[int, tuple[int, tuple[tuple[int, int], ...]]] = {}
    for number, (terms, least, most) in enumerate(inside):
        totals = [place for place, coef in terms if coef == -1]
        if least == most == 0 and len(totals) == 1 and totals[0] not in defined:
            defined[totals[0]] = (number, terms)
    sums = np.zeros((count, count), np.int64)
    known = set(range(count)) - set(defined)
    leaves = sorted(known)
    sums[leaves, leaves] = 1
    left = dict(defined)
    while left:
        ready = [p for p, (_, terms) in left.items() if all(q in known for q, _ in terms if q != p)]
        if not ready:
            # Totals in a circle: take one of them for a leaf.
            ready = [min(left)]
            leaves.append(ready[0])
            sums[ready[0], ready[0]] = 1
            del defined[ready[0]]
        else:
            for place in ready:
                sums[place] = sum(coef * sums[q] for q, coef in left[place][1] if q != place)
        for place in ready:
            known.add(place)
            del left[place]
    used = {number for number, _ in defined.values()}
    more, others = [], []
    for number, (terms, _, _) in enumerate(inside):
        if number not in used:
            line = sum((coef * sums[place] for place, coef in terms), np.zeros(count, np.int64))
            if line.any():
                more.append(line)
                others.append(number)
    leaves.sort()
    whole = np.vstack([sums, *more]) if more else sums
    return whole[:, leaves], np.array(leaves, np.int64), others
