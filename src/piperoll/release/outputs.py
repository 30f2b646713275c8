"""The outputs that entries name as rows: declaration, sources, tables, cells, policy, last release."""

from __future__ import annotations

from collections.abc import Iterable

from piperoll.journal import Release
from piperoll.periods import Period
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.register.outputs import HEADINGS, Named
from piperoll.release.size import counts_of


Row = tuple[str, str, str, str, str, str, str, str, str, str]
SAMPLE = "2012Q1"  # Edition whose cells are counted: how many there are depends on the series that it shows.


def rows_of(register: Register, named: Iterable[Named], releases: Iterable[Release] = ()) -> list[Row]:
    """A row for each output: source, heading, output, publication, kind, sources, tables, counts, policy, release.

    Args:
        releases: Editions made, oldest first.
    """
    last = {each.publication: each.id for each in releases if each.kind == "release"}
    return [_row(register, each, last.get(each.publication.key if each.publication else "", "")) for each in named]


def cells_of(register: Register, publication: Publication) -> int:
    """Counts in the tables of the edition that ends with `SAMPLE` (nothing of what is derived from them)."""
    period = Period.containing(Period.parse(SAMPLE).end, publication.period)
    period = period if period.end <= Period.parse(SAMPLE).end else period.shift(-1)
    return sum(counts_of(register, publication, table, period) for table in publication.tables)


def _row(register: Register, named: Named, release: str) -> Row:
    made = named.publication
    head = (named.source, HEADINGS[named.heading], named.title)
    if made is None:
        return (*head, named.elsewhere or "nothing makes it", "", "", "", "", "", "")
    return (
        *head, made.key, made.kind.replace("_", " "), ", ".join(made.sources), str(len(made.tables)),
        f"{cells_of(register, made):,}", made.policy or "none", release or "none yet",
    )  # fmt: skip
