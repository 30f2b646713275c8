"""What any outsider can add up: integer relations among cells, over every table and release that shares them.

A `Relations` is a sparse system ``low <= sum coef * y <= high`` over one integer variable for each distinct cell.
Tables put into it share a variable wherever they show the same cell (see `piperoll.protect.tables`); percentages,
rates and revisions are further rows (see `piperoll.protect.derived`).

A row may have a *guard*: cells that must all be published for the row to be known. A percentage that is left out with
one of its counts tells nothing, so its rows are guarded by the percentage itself and by both counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from piperoll.errors import UserError


Ints = NDArray[np.int64]

# Stands for "no bound". Sums of it must not overflow: `Relations` refuses rows whose coefficients would make them.
BIG = 2**40
_MOST = 2**22


@dataclass(frozen=True)
class Names:
    """What cells are called: codes of dimensions, or plain names.

    Attributes:
        dimensions: Names of the dimensions, the columns of ``codes``.
        labels: For each dimension its codes; position is the number in ``codes``.
        codes: A row a cell, a column a dimension; -1 where the cell is not divided by the dimension.
        plain: Names of the cells after the last row of ``codes``.
    """

    dimensions: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    codes: NDArray[np.int32]
    plain: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.codes) + len(self.plain)

    def of(self, cell: int) -> str:
        """Name of a cell in words: its codes, with the dimension where only that tells them apart."""
        if cell >= len(self.codes):
            return self.plain[cell - len(self.codes)]
        pairs = zip(self.labels, self.codes[cell], strict=True)
        parts = [labels[code] for labels, code in pairs if code >= 0 and labels[code]]
        return ", ".join(parts) or "the total"

    def key(self, cell: int) -> str:
        """Identity of a cell, the same in whatever order tables were given."""
        if cell >= len(self.codes):
            return self.plain[cell - len(self.codes)]
        parts = zip(self._parts, self.codes[cell].tolist(), strict=True)
        return "|".join(sorted(texts[code] for texts, code in parts if code >= 0))

    def keys(self) -> list[str]:
        """Identities of all cells."""
        parts = self._parts
        divided = (zip(parts, codes, strict=True) for codes in self.codes.tolist())
        return ["|".join(sorted(texts[code] for texts, code in each if code >= 0)) for each in divided] + list(
            self.plain
        )

    @cached_property
    def _parts(self) -> list[list[str]]:
        named = zip(self.dimensions, self.labels, strict=True)
        return [[f"{dimension}={label}" for label in labels] for dimension, labels in named]


@dataclass(frozen=True)
class Relations:
    """Rows ``low <= sum coef * y[cell] <= high`` over integer cells ``y >= 0``.

    Attributes:
        names: One a cell.
        start, cell, coef: The rows, compressed: entries of row r are ``start[r]:start[r + 1]``; no cell twice in a row.
        low, high: Limits of each row; ``-BIG`` and ``BIG`` where there is none.
        guard_start, guard: Cells that must be published for a row to hold, compressed the same way.
        origin: Of each row, the position in ``origins``.
        origins: Where rows come from, in words.
    """

    names: Names
    start: Ints
    cell: Ints
    coef: Ints
    low: Ints
    high: Ints
    guard_start: Ints
    guard: Ints
    origin: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    origins: tuple[str, ...] = ()

    @property
    def cells(self) -> int:
        return len(self.names)

    @property
    def rows(self) -> int:
        return len(self.low)

    @cached_property
    def row_of(self) -> Ints:
        """Row of each entry."""
        return np.repeat(np.arange(self.rows), np.diff(self.start))

    @cached_property
    def by_cell(self) -> tuple[Ints, Ints]:
        """Entries by cell, compressed: (start, entry)."""
        order = np.argsort(self.cell, kind="stable")
        return np.searchsorted(self.cell[order], np.arange(self.cells + 1)), order

    @cached_property
    def guarded(self) -> Ints:
        """Rows that have a guard."""
        return np.flatnonzero(np.diff(self.guard_start))

    def entries(self, row: int) -> slice:
        return slice(int(self.start[row]), int(self.start[row + 1]))

    def guards(self, row: int) -> Ints:
        return self.guard[self.guard_start[row] : self.guard_start[row + 1]]

    def known(self, published: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which rows hold for an outsider when ``published`` cells are shown."""
        held = np.ones(self.rows, bool)
        if len(self.guarded):
            missing = np.add.reduceat(~published[self.guard], self.guard_start[self.guarded])
            held[self.guarded] = missing == 0
        return held

    def sums(self, values: Ints) -> Ints:
        """Sum of each row at ``values``."""
        if not self.rows:
            return np.zeros(0, np.int64)
        return np.add.reduceat(self.coef * values[self.cell], self.start[:-1])

    def check(self, values: Ints) -> None:
        """Refuse values that contradict the relations.

        Raises:
            UserError: ``PR-P040`` naming the first row that does not add up, ``PR-P043`` a negative count,
                ``PR-P046`` counts too large to be told from "no bound".
        """
        if len(values) != self.cells:
            raise ValueError(f"{len(values)} values for {self.cells} cells")
        negative = np.flatnonzero(values < 0)
        if len(negative):
            raise UserError(
                "PR-P043",
                f"{len(negative)} counts are below zero; the first is {self.names.of(int(negative[0]))}.",
                fix="Give counts, or magnitudes that cannot be negative.",
            )
        most = np.zeros(0, np.int64)
        if self.rows and int(values.max()) < BIG:
            most = np.add.reduceat(np.abs(self.coef) * values[self.cell], self.start[:-1])
        if int(values.max(initial=0)) >= BIG // 2 or int(most.max(initial=0)) >= BIG // 2:
            raise UserError(
                "PR-P046",
                "counts are too large to be added exactly.",
                fix="Give magnitudes in thousands, or percentages fewer decimals.",
            )
        sums = self.sums(values)
        wrong = np.flatnonzero((sums < self.low) | (sums > self.high))
        if len(wrong):
            row = int(wrong[0])
            raise UserError(
                "PR-P040",
                f"{len(wrong)} relations do not hold; the first: {self.words(row)} (off by {self._off(row, sums)}).",
                fix="Give totals that are the sums of their parts before rounding.",
            )

    def _off(self, row: int, sums: Ints) -> int:
        below, above = int(self.low[row] - sums[row]), int(sums[row] - self.high[row])
        return max(below, above)

    def words(self, row: int) -> str:
        """A row in words: ``year = Q1 + Q2 + Q3 + Q4``."""
        entries = self.entries(row)
        cells, coefs = self.cell[entries], self.coef[entries]
        names = self.names
        if self.low[row] == self.high[row] == 0 and (coefs == -1).sum() == 1 and ((coefs == 1) | (coefs == -1)).all():
            parts = [names.of(int(c)) for c in cells[coefs == 1]]
            shown = parts if len(parts) <= 5 else [*parts[:3], f"... ({len(parts)} in all)"]
            return f"[{names.of(int(cells[coefs == -1][0]))}] = [{'] + ['.join(shown)}]"
        origin = self.origins[self.origin[row]] if len(self.origin) else ""
        return f"{origin or 'a relation'} among [{'], ['.join(names.of(int(c)) for c in cells[:5])}]"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the rows and of what the cells are called."""
        hasher = hashlib.sha256()
        for array in (self.start, self.cell, self.coef, self.low, self.high, self.guard_start, self.guard):
            hasher.update(len(array).to_bytes(8, "little"))
            hasher.update(np.ascontiguousarray(array, dtype="<i8").tobytes())
        hasher.update(repr((self.names.dimensions, self.names.labels, self.names.plain)).encode())
        hasher.update(np.ascontiguousarray(self.names.codes, dtype="<i4").tobytes())
        return hasher.hexdigest()


@dataclass(frozen=True)
class Rows:
    """Rows on their way into `Relations`, as `join` takes them."""

    start: Ints
    cell: Ints
    coef: Ints
    low: Ints
    high: Ints
    origin: str = ""
    guards: tuple[tuple[int, ...], ...] | None = None


def row(
    cells: Sequence[int],
    coefs: Sequence[int],
    low: int = 0,
    high: int = 0,
    *,
    guard: Sequence[int] = (),
    origin: str = "",
) -> Rows:
    """One row."""
    return Rows(
        np.array([0, len(cells)]),
        np.array(cells, np.int64),
        np.array(coefs, np.int64),
        np.array([low]),
        np.array([high]),
        origin,
        (tuple(sorted(guard)),),
    )


def join(names: Names, pieces: Sequence[Rows]) -> Relations:
    """Put rows together; the same row given twice counts once.

    Raises:
        UserError: ``PR-P046`` if the numbers in a row are too large to be added exactly.
    """
    origins = tuple(dict.fromkeys(piece.origin for piece in pieces))
    lengths = np.concatenate([np.diff(p.start) for p in pieces] or [np.zeros(0, np.int64)])
    cell = np.concatenate([p.cell for p in pieces] or [np.zeros(0, np.int64)]).astype(np.int64)
    coef = np.concatenate([p.coef for p in pieces] or [np.zeros(0, np.int64)]).astype(np.int64)
    low = np.concatenate([p.low for p in pieces] or [np.zeros(0, np.int64)]).astype(np.int64)
    high = np.concatenate([p.high for p in pieces] or [np.zeros(0, np.int64)]).astype(np.int64)
    origin = np.concatenate(
        [np.full(len(p.low), origins.index(p.origin), np.int32) for p in pieces] or [np.zeros(0, np.int32)]
    )
    guards: list[tuple[int, ...]] = []
    for piece in pieces:
        guards.extend(piece.guards if piece.guards is not None else [()] * len(piece.low))
    start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    order = np.lexsort((cell, np.repeat(np.arange(len(lengths)), lengths)))
    cell, coef = cell[order], coef[order]
    if len(low) and np.add.reduceat(np.abs(coef), start[:-1]).max() > _MOST:
        raise UserError(
            "PR-P046", "a relation holds numbers too large to be added exactly.", fix="Give percentages fewer decimals."
        )
    keep = _distinct(start, cell, coef, low, high, guards)
    taken = np.concatenate([np.arange(start[r], start[r + 1]) for r in keep]) if len(keep) < len(low) else slice(None)
    kept_guards = [guards[r] for r in keep]
    return Relations(
        names,
        np.concatenate([[0], np.cumsum(lengths[keep])]).astype(np.int64),
        cell[taken],
        coef[taken],
        low[keep],
        high[keep],
        np.concatenate([[0], np.cumsum([len(g) for g in kept_guards])]).astype(np.int64),
        np.array([c for g in kept_guards for c in g], np.int64),
        origin[keep],
        origins,
    )


def _distinct(start: Ints, cell: Ints, coef: Ints, low: Ints, high: Ints, guards: list[tuple[int, ...]]) -> Ints:
    """Rows to keep, in order: the first of those that are equal."""
    lengths = np.diff(start)
    ids = {guard: number for number, guard in enumerate(dict.fromkeys(guards))}
    guard_id = np.array([ids[g] for g in guards], np.int64) if len(ids) > 1 else np.zeros(len(low), np.int64)
    keep: list[Ints] = []
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        at = start[rows][:, None] + np.arange(length)
        block = np.column_stack([cell[at], coef[at], low[rows], high[rows], guard_id[rows]])
        # Ties keep the order of the rows, so of equal rows the first one stands first.
        order = np.lexsort(block.T[::-1])
        same = (block[order][1:] == block[order][:-1]).all(axis=1)
        keep.append(rows[order[np.concatenate([[True], ~same])]])
    return np.sort(np.concatenate(keep)) if keep else np.zeros(0, np.int64)
