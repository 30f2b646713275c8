"""Command ``source``: the picture of a source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click


if TYPE_CHECKING:
    from piperoll.cli.lazy import Lazy


@click.command("source")
@click.argument("key")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write it as a page to this file, too.")
@click.option("--burden", is_flag=True, help="What is asked of suppliers, and fields that nothing uses.")
@click.option(
    "--cap", type=click.IntRange(1), default=10, show_default=True, help="Questions put to a supplier at once."
)
@click.pass_obj
def source(lazy: Lazy, key: str, html: Path | None, burden: bool, cap: int) -> None:
    """Show the picture of the source KEY: what it is, owes and has delivered, lacks, who has access, what it serves.

    Volumes and missingness come from receipts: no record is opened.
    """
    from piperoll.picture.gather import picture

    found = picture(lazy.workspace, key, cap=cap)
    if burden:
        from piperoll.picture.burden import show_burden

        show_burden(found)
    else:
        from piperoll.picture.text import show

        show(found)
    if html is not None:
        from piperoll.picture.page import page

        text = page(found)
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"Internal: keep it inside. Open {html}")


commands = [source]
