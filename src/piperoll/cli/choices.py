"""Command ``choices``: what protecting an edition of a publication would cost, choice by choice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


if TYPE_CHECKING:
    from piperoll.cli.lazy import Lazy


@click.command("choices")
@click.argument("publication")
@click.argument("period")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Directory to make; keep it inside.")
@click.option("--tables", default="", help="Only these tables, by name or number, with commas between.")
@click.option(
    "--width",
    "widths",
    type=click.IntRange(1, 100),
    multiple=True,
    default=(2, 4, 6),
    show_default=True,
    help="How open a hidden count stays: so many values besides one remain possible. May be given several times.",
)
@click.pass_obj
def choices(lazy: Lazy, publication: str, period: str, out: Path, tables: str, widths: tuple[int, ...]) -> None:
    """Compare ways to protect an edition of PUBLICATION for PERIOD before one is chosen.

    Each width, rounded and not, with every table and without each in turn: counts hidden, their share, and how many
    small counts would be known too well. Nothing is released. The page holds sums over hidden counts: keep it inside.
    """
    from piperoll.protect.files.write import write_all
    from piperoll.release.choices import choices_of

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    named = [each.strip() for each in tables.split(",") if each.strip()]
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Opening", total=None)

        def told(words: str, done: int, total: int) -> None:
            bar.update(task, description=words, completed=done, total=total or None)

        files = choices_of(
            lazy.workspace, publication, period, tables=named, widths=sorted(set(widths)), progress=told
        )  # fmt: skip
    write_all(files, out)
    click.echo(f"Internal: keep it inside. Open {out / 'index.html'}")


commands = [choices]
