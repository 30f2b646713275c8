"""How many counts a publication's tables will hold, known from their definitions before anything is counted."""

from __future__ import annotations

from math import prod

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.protect.primary import COUNTS
from piperoll.register.model.publication import Publication, Table
from piperoll.register.model.register import Register
from piperoll.tabulate import axes_of
from piperoll.tabulate.spans import edition_of, rows_of


# Counts that are protected together at most: several times the largest that was measured, in a few gigabytes.
MOST = 2_000_000


def counts_of(register: Register, publication: Publication, table: Table, period: Period) -> int:
    """Counts and sums in a table of an edition, every code of every level with every other."""
    kinds = {measure.name: measure.kind for measure in publication.measures}
    counted = sum(kinds.get(name) in COUNTS for name in table.measures)
    axes = axes_of(register, publication, table)
    lines = prod(sum(len(axis.hierarchy.step(level).codes) for level in axis.levels) for axis in axes)
    return lines * len(rows_of(table, edition_of(table, period))) * counted


def fits(register: Register, publication: Publication, period: Period) -> bool:
    """Whether its counts can be looked at together."""
    return sum(counts_of(register, publication, table, period) for table in publication.tables) <= MOST


def check_size(register: Register, publication: Publication, period: Period, most: int = MOST) -> None:
    """Refuse what could not be protected together in the memory there is.

    Raises:
        UserError: ``PR-P049`` with the largest table.
    """
    sizes = {table.name: counts_of(register, publication, table, period) for table in publication.tables}
    if sum(sizes.values()) > most:
        largest = max(sizes, key=lambda name: sizes[name])
        raise UserError(
            "PR-P049",
            f"its tables have {sum(sizes.values()):,} counts, and {most:,} can be protected together; the largest is "
            f"`{largest}` with {sizes[largest]:,}.",
            where=f"publications/{publication.key}/publication.yaml",
            fix="Give that table fewer levels, dimensions or periods.",
        )
