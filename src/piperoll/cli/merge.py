"""Command ``merge``: records of several systems as one, reconciled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click


if TYPE_CHECKING:
    from piperoll.cli.lazy import Lazy


@click.command("merge")
@click.argument("key", required=False)
@click.option("--period", default=None, help="Show only this period; all that there is is merged.")
@click.option("--vintage", default=None, help="As of which vintage (name or number).")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write the account as a page and as CSV.")
@click.pass_obj
def merge(lazy: Lazy, key: str | None, period: str | None, vintage: str | None, out: Path | None) -> None:
    """Merge systems as declared under KEY, and account for every record; without KEY, list the merges.

    The figures are exact and for those who answer for the systems: they are no statistics, and stay inside.
    """
    from piperoll.derive.merges import merge as run
    from piperoll.derive.merges.report import listed, show, within, write

    if key is None:
        listed(lazy.workspace.register)
        return
    made = within(run(lazy.workspace, key, vintage), period)
    show(made)
    if out is not None:
        write(made, lazy.workspace.register, out)
        click.echo(f"Internal: keep it inside. The account is in {out}.")


commands = [merge]
