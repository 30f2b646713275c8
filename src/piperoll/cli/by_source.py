"""What came in, source by source: the way it is collected, deliveries, rows, questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import click

from piperoll.journal import Delivery, Query
from piperoll.register.model.register import Register


WIDE = (11, 12, 12, 9, 9)


@dataclass(frozen=True)
class Came:
    """A source's line.

    Attributes:
        ways: How its entry says that data are collected, by the verbs of the register.
        deliveries: All that were ever brought, refused and superseded ones too.
        queries: Questions that deliveries raised, settled ones too.
    """

    source: str
    ways: str
    deliveries: int
    rows_in: int
    rows_kept: int
    rows_refused: int
    queries: int


def by_source(register: Register, deliveries: Iterable[Delivery], queries: Iterable[Query]) -> list[Came]:
    """One line a source of the register, in its order."""
    count: Counter[tuple[str, str]] = Counter()
    source_of = {}
    for each in deliveries:
        source_of[each.id] = each.source
        count[each.source, "deliveries"] += 1
        for what in ("rows_in", "rows_kept", "rows_refused"):
            count[each.source, what] += getattr(each, what)
    for query in queries:
        count[source_of.get(query.delivery, ""), "queries"] += 1
    out = []
    for key, source in register.sources.items():
        acts = dict.fromkeys(each.act.replace("_", " ") for each in source.entry.collection) if source.entry else {}
        told = ("deliveries", "rows_in", "rows_kept", "rows_refused", "queries")
        out.append(Came(key, ", ".join(acts), *(count[key, what] for what in told)))
    return out


def print_by_source(lines: Iterable[Came]) -> None:
    """The lines as a table, with their sum."""
    click.echo(
        f"{'source':14}{'collected by':24}{'deliveries':>11}{'rows in':>12}{'kept':>12}{'refused':>9}{'queries':>9}"
    )
    whole = Counter[str]()
    for each in lines:
        numbers = (each.deliveries, each.rows_in, each.rows_kept, each.rows_refused, each.queries)
        _line(each.source, each.ways, numbers)
        whole.update(dict(zip(("d", "i", "k", "r", "q"), numbers, strict=True)))
    _line("all", "", tuple(whole[what] for what in ("d", "i", "k", "r", "q")))


def _line(name: str, ways: str, numbers: tuple[int, ...]) -> None:
    short = ways if len(ways) <= 22 else ways[:21] + "…"
    cells = "".join(f"{value:>{wide},}" for value, wide in zip(numbers, WIDE, strict=True))
    click.echo(f"{name:14}{short:24}{cells}")
