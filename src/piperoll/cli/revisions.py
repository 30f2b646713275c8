"""Command ``revisions``: how much a publication's figures were revised from edition to edition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from piperoll.cli.lazy import Lazy


if TYPE_CHECKING:
    from piperoll.present.workbook import Table


@click.command("revisions")
@click.argument("publication")
@click.option("--measure", "measures", multiple=True, metavar="NAME", help="Only this one; may be given again.")
@click.pass_obj
def revisions(lazy: Lazy, publication: str, measures: tuple[str, ...]) -> None:
    """Show how much figures of PUBLICATION were revised: mean and mean absolute revision, and the headline series.

    Made from figures as published; those that an edition hides are left out and counted.
    """
    from piperoll.release.revised import revised
    from piperoll.release.tracksheets import sheet_of, triangle_sheet, words_of

    declared, record = revised(lazy.workspace, publication, measures)
    for line in words_of(record):
        click.echo(line)
    sheet = sheet_of(declared, record)
    if sheet is not None:
        _print(sheet)
    for number, triangle in enumerate(record.triangles, start=1):
        if triangle.width > 1:
            _print(triangle_sheet(declared, triangle, number))


def _print(table: Table) -> None:
    """A table as text, figures to the right."""
    from piperoll.present.workbook import shown

    click.echo(f"\n{table.title}")
    heads = [column.label + (f" ({column.unit})" if column.unit == "%" else "") for column in table.columns]
    rows: list[Sequence[str]] = [
        [shown(cell, column) for cell, column in zip(row, table.columns, strict=True)] for row in table.cells()
    ]
    widths = [max(len(text) for text in texts) for texts in zip(heads, *rows, strict=True)]
    for row in (heads, ["-" * width for width in widths], *rows):
        cells = [
            text.rjust(width) if column.numeric else text.ljust(width)
            for text, width, column in zip(row, widths, table.columns, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())


commands = [revisions]
