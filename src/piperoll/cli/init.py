"""Command ``init``: draft a register from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click


if TYPE_CHECKING:
    from piperoll.cli.lazy import Lazy


@click.command("init")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--from", "file", type=click.Path(path_type=Path), required=True, help="A CSV, perhaps gzipped.")
@click.option("--name", default="", help="Key of the register and its source; default: from the file's name.")
@click.option("--memory-mb", type=click.IntRange(256), default=3072, show_default=True, help="Memory for the file.")
@click.option("--seconds", type=click.IntRange(1), default=3600, show_default=True, help="Time for the file.")
@click.pass_obj
def init(lazy: Lazy, directory: Path, file: Path, name: str, memory_mb: int, seconds: int) -> None:
    """Draft a register into DIR from a file: contract, code lists, policy, a first table.

    Every guess is marked `# guess` on its line and stands in DIR/CONFIRM.md with its reason. The draft can be collected
    into and released from as it is; nothing of it is settled until a person has confirmed it.
    """
    from piperoll.collect import Limits
    from piperoll.draft import draft

    lazy.act("register.draft", f"register {directory.name}")
    limits = Limits(memory_mb=memory_mb, wall_seconds=seconds, cpu_seconds=2 * seconds)
    made = draft(directory, file, lazy.workspace.now().date(), name, limits)
    seen, plan = made.seen, made.plan
    classes = {cls: sum(each.cls == cls for each in seen.columns) for cls in ("D", "L")}
    codes = sum(each.type == "code" for each in seen.columns)
    guesses = sum((directory / each).read_text(encoding="utf-8").count("# guess:") for each in made.files)
    click.echo(
        f"Drafted {directory} from {seen.rows:,} rows{'' if seen.whole else ' (the first of the file)'}: "
        f"{len(seen.columns)} fields ({classes['D']} direct identifiers, {classes['L']} reference numbers), "
        f"{codes} code lists, 1 table. {guesses} guesses to confirm: {directory / 'CONFIRM.md'}"
    )
    if seen.broken:
        click.echo(f"{seen.broken:,} lines have another number of columns than the header and will be refused.")
    at = f"piperoll --register {directory}"
    slot = "" if plan.named else f" --dataset {made.dataset} --period {plan.slot}"
    click.echo("Next:")
    click.echo(f"  {at} register check")
    click.echo(f"  {at} collect {file}{slot}")
    click.echo(f"  {at} release {plan.key} {plan.slot} --out {directory.name}-release")


commands = [init]
