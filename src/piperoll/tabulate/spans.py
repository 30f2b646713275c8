"""Which periods are rows of a table, and which earlier ones its changes need."""

from __future__ import annotations

from collections.abc import Iterable

from piperoll.errors import UserError
from piperoll.periods import Period, span
from piperoll.register.model.publication import Measure, Table


def rows_of(table: Table, edition: Period) -> tuple[Period, ...]:
    """Periods shown in the edition of this period, in order: first the table's own kind, then years.

    A year (calendar or financial, as the table says) is shown only if all of it lies within the periods shown.

    Raises:
        UserError: ``PR-T001`` if the edition's period is not of the table's kind or before its first period.
    """
    if edition.kind != table.period:
        raise UserError(
            "PR-T001",
            f"the table {table.name} is made by {table.period}, and {edition} is a {edition.kind}.",
            fix=f"Name a {table.period}, for example {Period.containing(edition.end, table.period)}.",
        )
    first = Period.parse(table.first) if table.first else None
    if table.last is not None:
        start = edition.shift(1 - table.last)
        first = start if first is None else max(first, start, key=lambda each: each.start)
    first = first or edition
    if first.kind != table.period or first.start > edition.start:
        raise UserError(
            "PR-T001",
            f"the table {table.name} begins with {first}, and {edition} was asked for.",
            fix=f"Name a {table.period} from {first} on.",
        )
    shown = span(first, edition)
    years = []
    if table.also_years and table.period in ("month", "quarter"):
        year = Period.containing(first.start, table.years)
        while year.end <= edition.end:
            if year.start >= first.start:
                years.append(year)
            year = year.shift(1)
    return (*shown, *years)


def edition_of(table: Table, period: Period) -> Period:
    """The table's last period in an edition: of its own kind, and over when the edition's period is.

    A quarter's edition of a table by months goes up to the quarter's last month, and one of a table by years to the
    last whole year.
    """
    last = Period.containing(period.end, table.period)
    return last if last.end <= period.end else last.shift(-1)


def earlier(period: Period, measure: Measure) -> Period:
    """The period that a change compares with: the same one of the year before, or the one before."""
    if measure.against == "previous_period":
        return period.shift(-1)
    return period.year_before


def support_of(shown: Iterable[Period], changes: Iterable[Measure]) -> tuple[Period, ...]:
    """Earlier periods that the changes need and that are not shown, in order."""
    shown = tuple(shown)
    needed = {earlier(period, measure) for measure in changes for period in shown} - set(shown)
    return tuple(sorted(needed, key=lambda each: (each.kind, each.start)))
