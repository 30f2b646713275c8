"""Which tables of an output speak of the same things: nothing declares it, so the figures and the categories are asked.

Two variables across the top are one if most of the categories of the shorter are categories of the other; "Other" and
"Not stated" stand in many variables and say nothing. Two tables count the same cases unless most of the larger figures
that both give for a cell are far apart: then they count different cases under the same names (incidents and persons, a
region and a country), and what one tells is nothing about the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations


# In any variable.
_GENERAL = re.compile(
    r"(all )?others?( .*)?|unknown|not (known|stated|reported|recorded|applicable|specified)|.* not stated|missing|"
    r"none|refused|n/?a|yes|no"
)

Cell = tuple[str, frozenset[tuple[str, str]]]
Bounds = tuple[int, int | None]


@dataclass(frozen=True)
class Apart:
    """Two tables that share names of cells and not their figures.

    Attributes:
        one, two: The tables, by position.
        shared: Cells that both show.
        apart: Of them, those with different figures.
        near: Of these, those that differ by less than the threshold.
    """

    one: int
    two: int
    shared: int
    apart: int
    near: int


def variables(across: Sequence[frozenset[str]]) -> list[int]:
    """For each set of categories the first one that is the same variable (itself, if none before is)."""
    out: list[int] = []
    for place, codes in enumerate(across):
        out.append(next((out[other] for other in range(place) if _same(across[other], codes)), place))
    return out


def _same(one: frozenset[str], two: frozenset[str]) -> bool:
    if one == two:
        return True
    telling = [{code for code in codes if not _GENERAL.fullmatch(code)} for codes in (one, two)]
    shorter = min(map(len, telling))
    return shorter > 0 and len(telling[0] & telling[1]) * 2 > shorter


def compare(tables: Sequence[Mapping[Cell, Bounds]], threshold: int) -> list[Apart]:
    """Pairs of tables most of whose larger common figures are far apart.

    Args:
        tables: For each its shown cells with what their figures stand for.
        threshold: Figures below it differ by less than it anyway and tell nothing.
    """
    out = []
    for one, two in combinations(range(len(tables)), 2):
        smaller, larger = sorted((tables[one], tables[two]), key=len)
        pairs = [(bounds, larger[cell]) for cell, bounds in smaller.items() if cell in larger]
        gaps = [(gap(a, b), max(a[0], b[0])) for a, b in pairs]
        telling = [distance for distance, size in gaps if size >= 2 * threshold]
        if sum(distance >= threshold for distance in telling) * 2 > len(telling):
            apart = [distance for distance, _ in gaps if distance > 0]
            out.append(Apart(one, two, len(gaps), len(apart), sum(distance < threshold for distance in apart)))
    return out


def gap(one: Bounds, two: Bounds) -> int:
    """How far two figures for a cell are apart at least; 0 where both may be true."""
    (a, b), (c, d) = one, two
    return max(0 if d is None else a - d, 0 if b is None else c - b, 0)


def families(count: int, apart: Sequence[Apart], alike: Callable[[int, int], int] = lambda one, two: 0) -> list[int]:
    """For each table the number of its family: of those without a member it is apart from, the most alike. That of the
    first table is 0.

    Args:
        alike: How many figures, or sums of figures, two tables have in common; asked only where there is a choice.
    """
    enemies: list[set[int]] = [set() for _ in range(count)]
    for each in apart:
        enemies[each.one].add(each.two)
        enemies[each.two].add(each.one)
    members: list[list[int]] = []
    out = [0] * count
    # Those that are apart from some first, so that the others have the choice.
    for table in sorted(range(count), key=lambda n: (n > 0 and not enemies[n], n)):
        open_to = [n for n, family in enumerate(members) if not enemies[table] & set(family)]
        if not open_to:
            members.append([])
            open_to = [len(members) - 1]
        at = open_to[0]
        if len(open_to) > 1:
            at = max(open_to, key=lambda n: (sum(alike(table, other) for other in members[n]), -n))
        members[at].append(table)
        out[table] = at
    return out


def agreeing(one: Mapping[Cell, Bounds], two: Mapping[Cell, Bounds], threshold: int) -> int:
    """How many figures that are not small two tables agree in."""
    smaller, larger = sorted((one, two), key=len)
    return sum(b[0] >= threshold and cell in larger and gap(b, larger[cell]) == 0 for cell, b in smaller.items())
