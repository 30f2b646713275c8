"""What came in, source by source: by which way each delivery really came, deliveries, rows, questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import click

from piperoll.journal import Delivery, Query
from piperoll.register.model.register import Register


WIDE = (11, 12, 12, 9, 9)
COUNTS = ("deliveries", "rows_in", "rows_kept", "rows_refused", "queries")
FILE, SPREADSHEET, NONE = "file", "spreadsheet", "-"
_SHEETS = (".xlsx", ".xls", ".xlsb", ".ods")


@dataclass(frozen=True)
class Came:
    """What a source sent by one way.

    Attributes:
        way: The way that receipts name (``mail``, ``database``, ``entry``, ``paper``); of a file, ``spreadsheet`` or
            ``file``; ``-`` for a source that has sent nothing.
        modes: Of the deliveries, by their contracts.
        deliveries: All that were ever brought, refused and superseded ones too.
        queries: Questions that deliveries raised, settled ones too.
    """

    source: str
    way: str
    modes: tuple[str, ...] = ()
    deliveries: int = 0
    rows_in: int = 0
    rows_kept: int = 0
    rows_refused: int = 0
    queries: int = 0

    @property
    def counts(self) -> tuple[int, ...]:
        """The numbers, in the order of `COUNTS`."""
        return tuple(getattr(self, each) for each in COUNTS)


def way_of(delivery: Delivery, ways: Mapping[str, str]) -> str:
    """By which way a delivery came, told by its receipt (see `Journal.ways`), else by its file."""
    named = ways.get(delivery.id)
    if named:
        return named
    return SPREADSHEET if PurePosixPath(delivery.filename).suffix.casefold() in _SHEETS else FILE


def by_source(
    register: Register, deliveries: Iterable[Delivery], queries: Iterable[Query], ways: Mapping[str, str]
) -> list[Came]:
    """A line for each source and way, in the register's order; one for a source that has sent nothing."""
    count: Counter[tuple[str, str, str]] = Counter()
    modes: dict[tuple[str, str], set[str]] = {}
    place_of = {}
    for each in deliveries:
        place = place_of[each.id] = (each.source, way_of(each, ways))
        modes.setdefault(place, set()).add(each.mode)
        count[*place, "deliveries"] += 1
        for what in COUNTS[1:4]:
            count[*place, what] += getattr(each, what)
    for query in queries:
        if query.delivery in place_of:
            count[*place_of[query.delivery], "queries"] += 1
    out = []
    for key in register.sources:
        mine = sorted((place for place in modes if place[0] == key), key=lambda place: (place[1] != FILE, place[1]))
        out += [Came(*place, tuple(sorted(modes[place])), *(count[*place, what] for what in COUNTS)) for place in mine]
        if not mine:
            out.append(Came(key, NONE))
    return out


def print_by_source(lines: Iterable[Came]) -> None:
    """The lines as a table, with their sum, and in a sentence how many sources sent by which ways."""
    click.echo(
        f"{'source':14}{'way':14}{'mode':28}{'deliveries':>11}{'rows in':>12}{'kept':>12}{'refused':>9}{'queries':>9}"
    )
    whole = [0] * len(COUNTS)
    by_way: Counter[str] = Counter()
    sent: dict[str, bool] = {}
    before = ""
    for each in lines:
        _line("" if each.source == before else each.source, each.way, ", ".join(each.modes), each.counts)
        before = each.source
        whole = [old + new for old, new in zip(whole, each.counts, strict=True)]
        by_way[each.way] += each.deliveries
        sent[each.source] = sent.get(each.source, False) or each.deliveries > 0
    _line("all", "", "", whole)
    told = ", ".join(f"{count:,} by {way}" for way, count in by_way.most_common() if count)
    click.echo(f"{sum(sent.values())} of {len(sent)} sources have sent{f': {told}' if told else ''}.")


def _line(name: str, way: str, modes: str, numbers: Iterable[int]) -> None:
    cells = "".join(f"{value:>{wide},}" for value, wide in zip(numbers, WIDE, strict=True))
    click.echo(f"{name:14}{way:14}{modes:28}{cells}")
