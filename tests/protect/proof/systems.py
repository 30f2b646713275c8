"""Small random systems for tests of the proof, and every table of them found by trying."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from piperoll.protect.attacker import Mask
from piperoll.protect.proof.forms import Forms
from piperoll.protect.relations import BIG, Ints, Names, Relations, Rows, join, row


@dataclass(frozen=True)
class System:
    """Relations of which some hold, and how far cells and rows may change from the true table.

    Attributes:
        held: Rows that hold.
        low, high: Of each cell, around 0.
        row_low, row_high: Of each row, around 0.
    """

    relations: Relations
    held: Mask
    low: Ints
    high: Ints
    row_low: Ints
    row_high: Ints

    def keep(self, tables: np.ndarray) -> np.ndarray:
        """Which of the tables (a row each, a column a cell) keep to all bounds and rows, by plain sums."""
        good = ((tables >= self.low) & (tables <= self.high)).all(axis=1)
        for number in np.flatnonzero(self.held).tolist():
            entries = self.relations.entries(number)
            sums = tables[:, self.relations.cell[entries]] @ self.relations.coef[entries]
            good &= (sums >= self.row_low[number]) & (sums <= self.row_high[number])
        return good

    def bounds(self, forms: Forms) -> tuple[Ints, Ints]:
        """Bounds of forms."""
        return forms.bounds(self.low, self.high, self.row_low, self.row_high)

    def tables(self) -> set[tuple[int, ...]]:
        """All that are possible, by trying every change of every cell."""
        axes = [range(a, b + 1) for a, b in zip(self.low.tolist(), self.high.tolist(), strict=True)]
        tried = np.array(list(itertools.product(*axes)), np.int64)
        return set(map(tuple, tried[self.keep(tried)].tolist()))


def named(count: int) -> Names:
    return Names((), (), np.zeros((0, 0), np.int32), tuple(f"cell {k}" for k in range(count)))


def total(of: int, parts: list[int] | tuple[int, ...], guard: tuple[int, ...] = ()) -> Rows:
    """A row that says that a cell is the sum of others."""
    return row([*parts, of], [1] * len(parts) + [-1], guard=guard)


def posed(
    count: int, rows: list[Rows], low: int | Ints = -2, high: int | Ints = 2, published: Mask | None = None
) -> System:
    """A system whose rows are about changes; all cells with the same bounds unless given."""
    relations = join(named(count), rows)
    shown = np.ones(count, bool) if published is None else published
    sides = [np.broadcast_to(np.asarray(side, np.int64), count).copy() for side in (low, high)]
    return System(relations, relations.known(shown), *sides, relations.low, relations.high)


@st.composite
def systems(draw: st.DrawFn, most: int = 5, wide: int = 2) -> System:
    """Totals at random (so also nested, shared, crossing and circular ones), inequalities and guards."""
    count = draw(st.integers(2, most))
    cells = st.integers(0, count - 1)
    rows: list[Rows] = []
    for _ in range(draw(st.integers(0, 5))):
        some = draw(st.lists(cells, min_size=2, max_size=4, unique=True))
        guard = tuple(draw(st.lists(cells, max_size=1))) if draw(st.booleans()) else ()
        if draw(st.integers(0, 3)):
            rows.append(total(some[0], some[1:], guard))
            continue
        coefs = draw(st.lists(st.sampled_from([-3, -2, -1, 1, 2]), min_size=len(some), max_size=len(some)))
        least, most_of = -draw(st.integers(0, 3)), draw(st.sampled_from([0, 1, 3, BIG]))
        rows.append(row(some, coefs, least, most_of, guard=guard))
    low = np.array([-draw(st.integers(0, wide)) for _ in range(count)], np.int64)
    high = np.array([draw(st.integers(0, wide)) for _ in range(count)], np.int64)
    published = np.array([draw(st.integers(0, 3)) > 0 for _ in range(count)])
    return posed(count, rows, low, high, published)


def grid(rows: int, columns: int, second: bool = True, wide: int = 3) -> System:
    """A table with totals, and with ``second`` areas that cut across its rows (halves and odd places)."""
    places = [tuple(range(rows))]
    if second:
        places += [tuple(range(rows // 2)), tuple(range(rows // 2, rows)), tuple(range(1, rows, 2))]
    kinds = [tuple(range(columns))]
    # In a small table an area may be one place.
    across = list(dict.fromkeys([*[(k,) for k in range(rows)], *places]))
    down = list(dict.fromkeys([*[(k,) for k in range(columns)], *kinds]))
    number = {pair: at for at, pair in enumerate(itertools.product(across, down))}
    made = []
    for (place, kind), at in number.items():
        if len(place) > 1:
            made.append(total(at, [number[(k,), kind] for k in place]))
        if len(kind) > 1:
            made.append(total(at, [number[place, (k,)] for k in kind]))
    halves = [total(number[places[0], kind], [number[p, kind] for p in places[1:3]]) for kind in down if second]
    return posed(len(number), made + halves, -wide, wide)
