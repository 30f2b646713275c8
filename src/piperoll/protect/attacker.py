"""Attackers: what an outsider knows of one cell, before adding anything up.

| attacker | a published cell shown as v | a small suppressed cell | another suppressed cell |
|---|---|---|---|
| exact figures, one symbol (classical) | v | 0 and up | 0 and up |
| exact figures, knows the status | v | 0 to threshold - 1 | threshold and up |
| **rounded to base b, knows the status** (default) | counts that round to v, none small | as above | as above |
| rounded, one symbol | the same | 0 and up | 0 and up |
| controlled rounding to base b | v - b + 1 to v + b - 1 | as above | as above |

An insider also knows the own contribution. Bounds known from elsewhere narrow any of these.
Source: Hundepool et al., Handbook on Statistical Disclosure Control, 2nd edition (2024), chapter 4; Fischetti and
Salazar (2001), Solving the cell suppression problem on tabular data with linear constraints, Management Science 47(7).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from piperoll.protect.relations import BIG, Ints, Relations


Mask = NDArray[np.bool_]


class Shown(StrEnum):
    """How published figures stand to the counts."""

    EXACT = "exact"
    ROUNDED = "rounded"
    CONTROLLED = "controlled"


@dataclass(frozen=True)
class Insider:
    """Someone who knows a part of some cells.

    Attributes:
        name: For reports.
        own: Contribution to each cell, by variable; totals are to be listed too.
        alone: Cells the insider knows to hold nothing else (the whole value is the own contribution).
    """

    name: str
    own: tuple[tuple[int, int], ...]
    alone: tuple[int, ...] = ()


@dataclass(frozen=True)
class Attacker:
    """What an outsider takes for granted.

    Attributes:
        shown: How published figures are made.
        base: Of rounding.
        threshold: Counts below it are suppressed as such; None where that is not so, or not known.
        knows_status: Whether a reader can tell cells suppressed for being small from the others (two symbols, or by
            knowing the policy and reasoning). False stands for one symbol that tells nothing.
        insiders: Each attacks alone.
    """

    shown: Shown = Shown.ROUNDED
    base: int = 5
    threshold: int | None = 8
    knows_status: bool = True
    insiders: tuple[Insider, ...] = ()

    def know(
        self,
        values: Ints,
        primary: Mask,
        *,
        exact: Mask | None = None,
        unpublished: Mask | None = None,
        prior: tuple[Ints, Ints] | None = None,
        figures: Ints | None = None,
    ) -> Knowledge:
        """Bounds of each cell, if it is shown and if it is not.

        Args:
            values: True counts.
            primary: Cells suppressed for their own sake.
            exact: Cells published as they are although others are rounded (national totals).
            unpublished: Cells that are no part of any release, only of the relations.
            prior: Bounds known from elsewhere, lower and upper.
            figures: Figures as published where they are not made from ``values`` by plain rounding.
        """
        figures = self.figure(values) if figures is None else figures
        low, high = self.of_shown(figures)
        if self.threshold is not None:
            # Shown although it is small (national totals are exempt): there the threshold says nothing.
            exempt = ~primary & (values < self.threshold)
            low = np.where(exempt, replace(self, threshold=None).of_shown(figures)[0], low)
        if exact is not None:
            low, high = np.where(exact, values, low), np.where(exact, values, high)
        hidden_low, hidden_high = np.zeros(len(values), np.int64), np.full(len(values), BIG)
        if self.knows_status and self.threshold is not None:
            # A count below the threshold that is not primary (national totals are exempt) hides like any number.
            small = values < self.threshold
            hidden_low = np.where(primary | small, 0, self.threshold)
            hidden_high = np.where(primary & small, self.threshold - 1, BIG)
        if unpublished is not None:
            hidden_low = np.where(unpublished, 0, hidden_low)
            hidden_high = np.where(unpublished, BIG, hidden_high)
        if prior is not None:
            low, hidden_low = np.maximum(low, prior[0]), np.maximum(hidden_low, prior[0])
            high, hidden_high = np.minimum(high, prior[1]), np.minimum(hidden_high, prior[1])
        # Hiding never narrows: what a cell could be while shown, it could be while hidden.
        free = ~primary
        hidden_low = np.where(free, np.minimum(hidden_low, low), hidden_low)
        hidden_high = np.where(free, np.maximum(hidden_high, high), hidden_high)
        arrays = (low, high, hidden_low, hidden_high)
        told = figures if exact is None else np.where(exact, values, figures)
        return Knowledge(*_four(array.astype(np.int64) for array in arrays), self.insiders, told)

    def figure(self, values: Ints) -> Ints:
        """What is published for a count; ties upwards. Controlled rounding has to be given, not made here."""
        if self.shown is Shown.EXACT:
            return values
        return (2 * values + self.base) // (2 * self.base) * self.base

    def of_shown(self, figures: Ints) -> tuple[Ints, Ints]:
        """The least and the greatest count that a published figure can stand for."""
        if self.shown is Shown.EXACT:
            return figures, figures
        if self.shown is Shown.CONTROLLED:
            low, high = figures - self.base + 1, figures + self.base - 1
        else:
            low, high = figures - self.base // 2, figures + (self.base - 1) // 2
        least = self.threshold or 0
        # A figure that only stands for counts below the threshold is exempt: there the threshold says nothing.
        return np.maximum(np.where(high >= least, np.maximum(low, least), low), 0), high


@dataclass(frozen=True)
class Knowledge:
    """Bounds of each cell in both states. Hiding a cell never narrows them.

    Attributes:
        shown_low, shown_high: While the cell is published.
        hidden_low, hidden_high: While it is suppressed.
        insiders: Who knows more, each alone.
        figures: What is published for each cell while it is shown, if one figure is; for sentences alone.
    """

    shown_low: Ints
    shown_high: Ints
    hidden_low: Ints
    hidden_high: Ints
    insiders: tuple[Insider, ...] = field(default=())
    figures: Ints | None = field(default=None)

    def bounds(self, hidden: Mask) -> tuple[Ints, Ints]:
        """Bounds when ``hidden`` cells are suppressed."""
        return (
            np.where(hidden, self.hidden_low, self.shown_low),
            np.where(hidden, self.hidden_high, self.shown_high),
        )

    def where(self, mask: Mask, other: Knowledge) -> Knowledge:
        """This knowledge of the cells in ``mask``, and ``other`` of the rest (another policy, an earlier release)."""
        pairs = zip(self.arrays, other.arrays, strict=True)
        figures: Ints | None = None
        if self.figures is not None and other.figures is not None:
            figures = np.where(mask, self.figures, other.figures)
        return Knowledge(*_four(np.where(mask, mine, theirs) for mine, theirs in pairs), self.insiders, figures)

    def both(self, other: Knowledge) -> Knowledge:
        """What follows from two publications of the same cells, for example rounded in two ways."""
        return Knowledge(
            np.maximum(self.shown_low, other.shown_low),
            np.minimum(self.shown_high, other.shown_high),
            np.maximum(self.hidden_low, other.hidden_low),
            np.minimum(self.hidden_high, other.hidden_high),
            self.insiders,
        )

    @property
    def arrays(self) -> tuple[Ints, Ints, Ints, Ints]:
        return self.shown_low, self.shown_high, self.hidden_low, self.hidden_high


def _four(arrays: Iterable[Ints]) -> tuple[Ints, Ints, Ints, Ints]:
    one, two, three, four = arrays
    return one, two, three, four


def singletons(
    values: Ints, primary: Mask, names: Sequence[str] | None = None, relations: Relations | None = None
) -> tuple[Insider, ...]:
    """An insider for each primary cell that holds one case: the only contributor, who knows the cell exactly.

    Args:
        relations: If given, primary cells of one case that are parts of each other are one insider's, who also knows
            that the other parts of such a cell are empty.

    Source: tau-Argus manual, singleton protection; the Handbook's section 4.2 on singletons.
    """
    cells = np.flatnonzero(primary & (values == 1))
    if names is None:
        names = [f"the only case in cell {cell}" for cell in cells]
    if relations is None:
        return tuple(Insider(name, ((int(cell), 1),), (int(cell),)) for name, cell in zip(names, cells, strict=False))
    parts = _parts_of_small(relations, values)
    owner = {cell: cell for cell in cells.tolist()}

    def first(cell: int) -> int:
        while owner[cell] != cell:
            cell = owner[cell]
        return cell

    for cell in cells.tolist():
        for part in parts.get(cell, ()):
            if part in owner:
                one, other = sorted((first(cell), first(part)))
                owner[other] = one
    known: dict[int, set[int]] = {}
    for cell in cells.tolist():
        known.setdefault(first(cell), set()).add(cell)
    name_of = dict(zip(cells.tolist(), names, strict=False))
    out = []
    for cell, mine in sorted(known.items()):
        alone, stack = set(mine), sorted(mine)
        while stack:
            for part in parts.get(stack.pop(), ()):
                if part not in alone:
                    alone.add(part)
                    stack.append(part)
        out.append(Insider(name_of[cell], tuple((one, 1) for one in sorted(mine)), tuple(sorted(alone))))
    return tuple(out)


def _parts_of_small(relations: Relations, values: Ints) -> dict[int, list[int]]:
    """For each total of one or none its parts."""
    found: dict[int, list[int]] = {}
    sums = (relations.low == 0) & (relations.high == 0)
    totals = (relations.coef == -1) & (values[relations.cell] <= 1) & sums[relations.row_of]
    for entry in np.flatnonzero(totals).tolist():
        entries = relations.entries(int(relations.row_of[entry]))
        cells, coefs = relations.cell[entries], relations.coef[entries]
        if (coefs == 1).sum() == len(coefs) - 1:
            found.setdefault(int(relations.cell[entry]), []).extend(cells[coefs == 1].tolist())
    return found
