"""The account of a merge: for a terminal, as a page, and as CSV. Counts alone, and never a record."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from piperoll.derive.merges.made import Made
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.present.htmltable import plain_table
from piperoll.present.pages import Section, one_file, render_page
from piperoll.present.words import counted, percent
from piperoll.register.model.register import Register


ACCOUNT = ("Month", "System", "Records", "Paired", "Alone", "Explained", "Unexplained", "Merged")
DIFFERENCES = ("Difference", "Explanation", "How many")
PLACES = ("Place", "Difference", "Explanation", "How many")
UNKNOWN = "Nobody knows why."


def within(made: Made, period: str | None) -> Made:
    """The part of an account that is of a period.

    Raises:
        UserError: ``PR-D025`` if nothing is of it.
    """
    if period is None:
        return made
    months = [str(each) for each in Period.parse(period).within("month")]
    mine = pl.col("month").is_in(months)
    if not any(each.month in months for each in made.reconciled):
        there = f"There are months from {min(made.merged)} to {max(made.merged)}." if made.merged else ""
        raise UserError("PR-D025", f"Nothing of `{made.merge.key}` is of {period}.", fix=there)
    return replace(
        made,
        records=made.records.filter(mine),
        differences=made.differences.filter(mine),
        reconciled=tuple(each for each in made.reconciled if each.month in months),
        merged={month: many for month, many in made.merged.items() if month in months},
    )


def account_rows(made: Made) -> list[tuple[str, ...]]:
    """Cells of the account, in the order of `ACCOUNT`; the months' merged records stand with their last side."""
    titles = {each.name: each.title for each in made.merge.sides}
    last = {each.month: each.side for each in made.reconciled}
    return [
        (each.month, titles[each.side], f"{each.rows:,}", f"{each.paired:,}", f"{each.alone:,}", f"{each.explained:,}",
         f"{each.unexplained:,}", f"{made.merged[each.month]:,}" if last[each.month] == each.side else "")
        for each in made.reconciled
    ]  # fmt: skip


def difference_rows(made: Made, *, places: dict[str, str] | None = None) -> list[tuple[str, ...]]:
    """Cells of the differences, most frequent first, in the order of `DIFFERENCES`; by place, if their names are given.

    A reason that explained nothing is listed with none, so that a reader sees that it was looked for.
    """
    says = {each.id: each.says for each in made.merge.reasons} | {"": UNKNOWN}
    named = made.differences.select("place", "kind", "side", "field", "reason")
    counts: Counter[tuple[str, ...]] = Counter()
    for place, kind, side, field, reason in named.iter_rows():
        head = (places.get(place or "", place or "not said"),) if places is not None else ()
        counts[(*head, _kind(made, kind, side, field), says[reason])] += 1
    if places is None:
        found = {reason for *_, reason in counts}
        for each in made.merge.reasons:
            if each.says not in found:
                counts[(_kind(made, each.of, each.side, each.field), each.says)] = 0
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(*key, f"{many:,}") for key, many in ordered]


def verdict(made: Made) -> str:
    """Whether what is unexplained is within what the declaration allows, as a sentence."""
    compared = made.records.filter("compared").height
    said = f"{percent(100 * made.unexplained, 2)} of {counted(compared, 'compared record')} differ for reasons unknown"
    allowed = percent(100 * made.merge.unexplained, 2)
    return f"{said}; {'within' if made.within else 'MORE THAN'} the {allowed} that are allowed."


def listed(register: Register, console: Console | None = None) -> None:
    """Print the merges of a register."""
    console = console or Console()
    for key, merge in register.merges.items():
        console.print(Text(f"{key}: {merge.title} ({', '.join(each.title for each in merge.sides)})"), soft_wrap=True)
    if not register.merges:
        console.print("This register declares no merges (merges/<key>.yaml).")


def show(made: Made, console: Console | None = None) -> None:
    """Print the account, the differences with their reasons, and the verdict."""
    console = console or Console()
    console.print(Text(made.merge.title, style="bold"))
    _grid(console, ACCOUNT, account_rows(made), 2)
    rows = difference_rows(made)
    if rows:
        console.print()
        _grid(console, DIFFERENCES, rows, 2)
    console.print()
    console.print(Text(verdict(made), style="green" if made.within else "bold red"), soft_wrap=True)


def page(made: Made, register: Register) -> str:
    """The account as a page in one file."""
    offices = register.codes[made.merge.offices].codes if made.merge.offices else ()
    names = {each.code: each.label for each in offices}
    tables: list[tuple[str, str, Sequence[str], list[tuple[str, ...]]]] = [
        ("account", "Every record accounted for", ACCOUNT, account_rows(made)),
        ("differences", "Differences and their reasons", DIFFERENCES, difference_rows(made)),
        ("places", "Differences by place", PLACES, difference_rows(made, places=names)),
    ]
    sections = [Section(name, title, plain_table(head, rows, title)) for name, title, head, rows in tables if rows]
    lead = f"{made.merge.description} {verdict(made)} Internal: exact figures, which stay inside.".strip()
    return one_file(render_page(made.merge.title, lead=lead, sections=sections, site=register.title,
                                author=register.owner))  # fmt: skip


def write(made: Made, register: Register, out: Path) -> None:
    """Write ``index.html``, ``account.csv`` and ``differences.csv``."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "index.html").write_text(page(made, register), encoding="utf-8", newline="\n")
    account = [
        (each.month, each.side, each.rows, each.paired, each.alone, each.explained, each.unexplained,
         made.merged[each.month])
        for each in made.reconciled
    ]  # fmt: skip
    head = ("month", "side", "rows", "paired", "alone", "explained", "unexplained", "merged")
    _csv(out / "account.csv", head, account)
    keys = ["month", "place", "kind", "side", "field", "reason"]
    counts = made.differences.group_by(keys).len().sort(keys)
    _csv(out / "differences.csv", (*keys, "count"), counts.rows())


def _csv(path: Path, head: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def _kind(made: Made, kind: str, side: str, field: str) -> str:
    title = {each.name: each.title for each in made.merge.sides}.get(side, "One")
    if kind == "missing":
        return f"{title} lacks it"
    return f"{title} says another {field.replace('_', ' ') or 'value'}"


def _grid(console: Console, head: Sequence[str], rows: Sequence[Sequence[str]], texts: int) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, name in enumerate(head):
        table.add_column(name, justify="left" if place < texts else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
