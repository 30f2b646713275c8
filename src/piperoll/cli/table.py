"""Command ``table``: a statistician's answer in one line, protected with all that was told before."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from piperoll.cli.lazy import Lazy, engine_option


if TYPE_CHECKING:
    from piperoll.present.workbook import Column
    from piperoll.release.table import Answer


@click.command("table")
@click.argument("publication")
@click.argument("table")
@click.option("--period", default=None, help="2012Q2 or 2012; default: all that the table shows.")
@click.option(
    "--where",
    "wheres",
    multiple=True,
    metavar="NAME=VALUE",
    help="Keep a code or label of a dimension or level and everything below it; NAME=* keeps one level. Repeatable.",
)
@click.option("--vintage", default=None, help="As of which vintage (name or number).")
@click.option("--for", "purpose", default="", metavar="TEXT", help="Who asked and what for; kept with the answer.")
@click.option("--draft", is_flag=True, help="Only look: not checked against what is published, not to be given out.")
@click.option("--format", "form", type=click.Choice(["table", "csv"]), default="table", show_default=True)
@engine_option
@click.pass_obj
def table(
    lazy: Lazy,
    publication: str,
    table: str,
    period: str | None,
    wheres: tuple[str, ...],
    vintage: str | None,
    purpose: str,
    draft: bool,
    form: str,
) -> None:
    """Answer with TABLE of PUBLICATION as it may be shown: suppressed, rounded, with marks.

    An answer may be given out: it is checked together with all that was published and answered before, what is new in
    it is entered in the ledger, and one that would give a small count away is refused.
    """
    from piperoll.present.csvw import write_csv
    from piperoll.present.workbook import shown
    from piperoll.release.table import answer

    where: dict[str, list[str]] = {}
    for text in wheres:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--where")
        where.setdefault(name.strip(), []).append(value.strip())
    given = answer(
        lazy.workspace,
        publication,
        table,
        period=period,
        where=where,
        vintage=vintage,
        purpose=purpose,
        draft=draft,
    )
    found = given.table
    if form == "csv":
        sys.stdout.buffer.write(write_csv(found))
        sys.stdout.flush()
        if draft or given.entry:
            click.echo(_standing(given), err=True)
        return
    columns = [c for c in found.columns if not c.name.endswith("_code") and c.name != "period_name"]
    places = [found.columns.index(column) for column in columns]
    heads = [_heading(column) for column in columns]
    lines = [[shown(row[place], found.columns[place]) for place in places] for row in found.cells()]
    widths = [max(len(text) for text in texts) for texts in zip(heads, *lines, strict=True)]
    click.echo(found.title)
    for texts in [heads, ["-" * width for width in widths], *lines]:
        padded = (
            text.rjust(width) if column.numeric else text.ljust(width)
            for text, width, column in zip(texts, widths, columns, strict=True)
        )
        click.echo("  ".join(padded).rstrip())
    click.echo(f"{len(found.rows):,} rows. [c] is not shown for confidentiality; other counts are as published.")
    click.echo(_standing(given))


def _standing(given: Answer) -> str:
    if given.draft:
        return "This is a draft: it was not checked against what is published, and it may not be given out."
    if given.entry is None:
        told = "Every figure of it was published before."
    else:
        told = f"Checked with all that was published before, and entered in the ledger as {given.entry.id}."
    return "\n".join((*given.without, told))


def _heading(column: Column) -> str:
    unit = column.unit if column.unit.casefold() not in column.label.casefold() else ""
    return f"{column.label} ({unit})" if unit else column.label


commands = [table]
