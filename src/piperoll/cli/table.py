"""Command ``table``: a statistician's answer in one line, protected by the publication's rules."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from piperoll.cli.lazy import Lazy


if TYPE_CHECKING:
    from piperoll.present.workbook import Column


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
@click.option("--format", "form", type=click.Choice(["table", "csv"]), default="table", show_default=True)
@click.pass_obj
def table(
    lazy: Lazy,
    publication: str,
    table: str,
    period: str | None,
    wheres: tuple[str, ...],
    vintage: str | None,
    form: str,
) -> None:
    """Show TABLE of PUBLICATION as it may be shown: suppressed, rounded, with marks."""
    from piperoll.present.csvw import write_csv
    from piperoll.present.workbook import shown
    from piperoll.release.table import answer

    where: dict[str, list[str]] = {}
    for text in wheres:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--where")
        where.setdefault(name.strip(), []).append(value.strip())
    found = answer(lazy.workspace, publication, table, period=period, where=where, vintage=vintage)
    if form == "csv":
        sys.stdout.buffer.write(write_csv(found))
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


def _heading(column: Column) -> str:
    unit = column.unit if column.unit.casefold() not in column.label.casefold() else ""
    return f"{column.label} ({unit})" if unit else column.label


commands = [table]
