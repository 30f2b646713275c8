"""Command ``table``: a statistician's answer in one line, protected by the publication's rules."""

from __future__ import annotations

import sys

import click

from piperoll.cli.lazy import Lazy


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
    from rich.console import Console
    from rich.table import Table as Grid

    columns = [c for c in found.columns if not c.name.endswith("_code") and c.name != "period_name"]
    grid = Grid(title=found.title, title_justify="left", box=None, header_style="bold")
    for column in columns:
        unit = f"\n({column.unit})" if column.unit and column.unit.casefold() not in column.label.casefold() else ""
        grid.add_column(column.label + unit, justify="right" if column.numeric else "left")
    places = [found.columns.index(column) for column in columns]
    for row in found.cells():
        grid.add_row(*(shown(row[place], found.columns[place]) for place in places))
    Console().print(grid)
    click.echo(f"{len(found.rows):,} rows. [c] is not shown for confidentiality; other counts are as published.")


commands = [table]
