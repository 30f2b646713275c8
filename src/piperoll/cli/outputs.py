"""Command ``outputs``: what the Statement's entries name, and what makes it."""

from __future__ import annotations

import csv
import sys

import click

from piperoll.cli.lazy import Lazy
from piperoll.govern import Action


COLUMNS = ("source", "heading", "output", "publication", "kind", "sources", "tables", "cells", "policy", "last release")


@click.command("outputs")
@click.option("--unbuilt", is_flag=True, help="Only those that nothing makes; ends with status 1 if there are any.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV.")
@click.pass_obj
def outputs(lazy: Lazy, unbuilt: bool, as_csv: bool) -> None:
    """List each output that an entry names: its publication, tables, cells, policy and last release here."""
    from rich.console import Console
    from rich.table import Table

    from piperoll.register.outputs import outputs as named_in
    from piperoll.release.outputs import rows_of

    lazy.act(Action.RELEASE_LIST, "outputs of the entries")
    register = lazy.workspace.register
    named = [each for each in named_in(register) if each.unbuilt or not unbuilt]
    rows = rows_of(register, named, lazy.workspace.journal.releases())
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows([COLUMNS, *rows])
    else:
        table = Table(*COLUMNS, box=None, pad_edge=False)
        for row in rows:
            table.add_row(*row)
        Console().print(table)
    owed = sum(each.unbuilt for each in named)
    click.echo(f"{len(named)} outputs, {owed} of which nothing makes.", err=as_csv)
    if unbuilt and owed:
        raise SystemExit(1)


commands: list[click.Command] = [outputs]
