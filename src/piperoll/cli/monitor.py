"""Command ``monitor``: the operational measures of a source, by office and month."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click


if TYPE_CHECKING:
    from piperoll.cli.lazy import Lazy


@click.command("monitor")
@click.argument("key")
@click.option("--period", default=None, help="Months within this period [the last 13 of which anything came].")
@click.option("--by", type=click.Choice(["office", "supplier"]), default=None, help="A figure for each of them.")
@click.option("--measure", "only", multiple=True, help="Only this measure; may be given several times.")
@click.option("--forecast", "ahead", type=click.IntRange(1, 24), default=None, metavar="MONTHS",
              help="Look so many months ahead, where the register lists forecasting.")  # fmt: skip
@click.option("--csv", "out", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures to this file.")
@click.pass_obj
def monitor(
    lazy: Lazy,
    key: str,
    period: str | None,
    by: str | None,
    only: tuple[str, ...],
    ahead: int | None,
    out: Path | None,
) -> None:
    """Show the operational measures of the source KEY: workload, timeliness, resources, targets met or not.

    The figures are exact and for those who run the system: they are no statistics, and stay inside.
    """
    from piperoll.picture.operations import operations
    from piperoll.picture.report import csv_text, show

    found = operations(lazy.workspace, key, period=period, by=by or "", ahead=ahead or 0, only=only)  # type: ignore[arg-type]
    show(found)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(csv_text(found), encoding="utf-8", newline="")
        click.echo(f"Internal: keep it inside. Figures in {out}.")


commands = [monitor]
