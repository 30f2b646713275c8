"""Commands ``problem``: open problems of sources, their owners, and what is decided."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click


if TYPE_CHECKING:
    from piperoll.cli.lazy import Lazy


@click.group("problem")
def problem() -> None:
    """Problems of sources for the joint working group: who owns each, and what was decided."""


@problem.command("open")
@click.argument("source")
@click.option("--what", required=True, help="What is wrong, as a sentence.")
@click.option("--owner", required=True, help="Who sees to it.")
@click.option("--rule", default="", help="Rule that finds it.")
@click.option("--office", default="", help="Supplier whose data have it; default: all.")
@click.pass_obj
def open_problem(lazy: Lazy, source: str, what: str, owner: str, rule: str, office: str) -> None:
    """Record a problem of SOURCE."""
    from piperoll.picture.problems import record

    made = record(lazy.workspace, source, what, owner, office=office, rule=rule)
    click.echo(f"Problem {made.id} of {made.source}, owned by {made.now.owner}.")


@problem.command("decide")
@click.argument("problem_id")
@click.option("--decision", default="", help="What was decided; kept for ever.")
@click.option("--owner", default="", help="Who sees to it from now on.")
@click.option("--close/--keep-open", default=False, help="Whether that closes it.")
@click.pass_obj
def decide_problem(lazy: Lazy, problem_id: str, decision: str, owner: str, close: bool) -> None:
    """Record a decision on PROBLEM_ID (P3), a new owner, or that it is closed."""
    from piperoll.picture.problems import decide

    made = decide(lazy.workspace, problem_id, owner=owner, decision=decision, state="closed" if close else "open")
    click.echo(f"Problem {made.id} is {made.now.state}, owned by {made.now.owner}.")


@problem.command("list")
@click.option("--source", default=None, help="Key of a source; default: all.")
@click.option("--all", "every", is_flag=True, help="Closed ones too.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write it as a page to this file, too.")
@click.pass_obj
def list_problems(lazy: Lazy, source: str | None, every: bool, html: Path | None) -> None:
    """List problems with the open queries behind them, since when, owner and decision."""
    from piperoll.picture.problems import COLUMNS, listed, page

    found = listed(lazy.workspace, source, closed=every)
    for each in found:
        first, *others = each.cells
        click.echo(first)
        click.echo("      " + "; ".join(f"{n.lower()}: {c}" for n, c in zip(COLUMNS[1:], others, strict=True) if c))
    click.echo(f"{len(found):,} problem{'s' if len(found) != 1 else ''}{'' if every else ' open'}.")
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(page(found, lazy.workspace.register.title), encoding="utf-8", newline="\n")
        click.echo(f"Internal: keep it inside. Open {html}")


commands = [problem]
