"""Command ``forecast``: a stock or a workload projected, under each scenario, with intervals and a back-test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click


if TYPE_CHECKING:
    from piperoll.cli.lazy import Lazy


@click.command("forecast")
@click.argument("name")
@click.option("--from", "first", default=None, metavar="PERIOD",
              help="First month projected; nothing later is used [the month after the last known].")  # fmt: skip
@click.option("--scenario", "scenarios", multiple=True, help="Only this one besides the central; several times [all].")
@click.option("--months", type=click.IntRange(1, 120), default=None, help="How many months [as declared].")
@click.option("--vintage", default=None, help="As of which vintage [the present one].")
@click.option(
    "--back-test", "tried", is_flag=True, help="Also make it from past months, and hold it against what came."
)
@click.option("--csv", "csv", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures to this file.")
@click.option("--out", type=click.Path(path_type=Path), default=None,
              help="Directory to make: page, workbook, CSVs, charts and manifest; with the back-test.")  # fmt: skip
@click.pass_obj
def forecast(
    lazy: Lazy,
    name: str,
    first: str | None,
    scenarios: tuple[str, ...],
    months: int | None,
    vintage: str | None,
    tried: bool,
    csv: Path | None,
    out: Path | None,
) -> None:
    """Project the stock or workload that the register declares as NAME, month by month, with 80% and 95% intervals.

    A projection is no statistic. It is made from exact figures and stays inside.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from piperoll.forecast.make import make
    from piperoll.forecast.show import show

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading", total=None)

        def told(words: str, done: int, total: int) -> None:
            bar.update(task, description=words, completed=done, total=total or None)

        found = make(
            lazy.workspace, name, first=first, scenarios=scenarios, months=months, vintage=vintage,
            tried=tried or out is not None, progress=told,
        )  # fmt: skip
    show(found)
    if csv is not None:
        from piperoll.forecast.book import book_of
        from piperoll.present.csvw import write_csv

        csv.parent.mkdir(parents=True, exist_ok=True)
        csv.write_bytes(write_csv(book_of(found).tables[0]))
        click.echo(f"Internal: keep it inside. Projection, not statistics, in {csv}.")
    if out is not None:
        from piperoll.forecast.files import files_of
        from piperoll.protect.files.write import write_all

        write_all(files_of(found), out)
        click.echo(f"Internal: keep it inside. Projection, not statistics: open {out / 'index.html'}")


commands = [forecast]
