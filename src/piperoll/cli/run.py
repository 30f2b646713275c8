"""Command ``run``: every edition that is due for a period."""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from piperoll.cli.lazy import Lazy
from piperoll.errors import EXIT_STATUS, Problems, UserError
from piperoll.periods import Period


if TYPE_CHECKING:
    from piperoll.schedule import Due, Outcome
    from piperoll.workspace import Workspace


# Not delivered yet, not linked yet: there is nothing to make it of.
_NOT_YET = ("PR-E021", "PR-T010", "PR-T011")
_opened: list[Workspace] = []


@click.command("run")
@click.argument("publications", nargs=-1)
@click.option("--period", required=True, help="Editions whose period ends within it: 2012Q3, 2012-07, 2012.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Directory of releases [HOME/releases].")
@click.option("--jobs", type=click.IntRange(1, 16), default=2, show_default=True, help="How many at a time.")
@click.option(
    "--prove",
    multiple=True,
    metavar="PUBLICATION",
    help="Prove of this one's editions that no suppressed count can be worked out; may be given several times.",
)
@click.option(
    "--summary",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what became of each edition, and how long each step of it took, as JSON.",
)
@click.option("--plan", "plan_only", is_flag=True, help="Say what is due, and make nothing.")
@click.pass_obj
def run(
    lazy: Lazy,
    publications: tuple[str, ...],
    period: str,
    out: Path | None,
    jobs: int,
    prove: tuple[str, ...],
    summary: Path | None,
    plan_only: bool,
) -> None:
    """Make every edition that is due for a period, or those of PUBLICATIONS; only what changed since the last time.

    Stopped half-way, the same command goes on where it was. An edition that is refused stops no other; the command then
    ends with the status of a refused release.
    """
    from piperoll.schedule import due, lanes, work

    out = out or lazy.home / "releases"
    items = due(lazy.workspace.register, Period.parse(period), publications)
    due(lazy.workspace.register, Period.parse(period), prove)  # refuses one that is not there
    console = Console(stderr=True)
    if plan_only:
        for each in items:
            click.echo(f"{each.on}  {each.publication}  {each.period}")
        click.echo(f"{len(items)} editions are due for {period}.")
        return
    make = partial(_make, lazy.register_dir.absolute(), lazy.home.absolute(), lazy.journal_url, out.absolute(), prove)
    begun = time.perf_counter()
    outcomes: list[Outcome] = []
    columns = (
        TextColumn("Editions"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}"),
    )
    # Not forked: threads of the frames' library would hold locks for ever in the copy.
    with (
        Progress(*columns, console=console) as bar,
        ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool,
    ):
        task = bar.add_task("", total=len(items), last="")
        for outcome in work(
            lanes(lazy.workspace.register, items), pool, make, lambda item: bar.update(task, last=str(item))
        ):
            outcomes.append(outcome)
            bar.update(task, advance=1)
    seconds = time.perf_counter() - begun
    _tell(items, outcomes, seconds, out)
    if summary is not None:
        summary.write_text(json.dumps(_summary(outcomes, seconds), indent=2) + "\n", encoding="utf-8")
    if any(each.state == "refused" for each in outcomes):
        sys.exit(EXIT_STATUS["E"])


def _make(register: Path, home: Path, journal: str | None, out: Path, proven: tuple[str, ...], item: Due) -> Outcome:
    """Make one edition, in a process that makes several."""
    from piperoll.schedule import Steps, fingerprint, kept, remember
    from piperoll.workspace import Workspace

    steps = Steps("Comparing")
    try:
        if not _opened:
            _opened.append(Workspace(register, home, journal))
        space = _opened[0]
        prove = item.publication in proven
        made_from = fingerprint(space, item)
        with_proof = f"{made_from} proven"
        place = out / item.publication / item.period.in_names
        # What was proven once need not be made again without.
        for each in (with_proof,) if prove else (made_from, with_proof):
            if (known := kept(space, item, each, place)) is not None:
                return steps.ended(item, "unchanged", known)
        made = space.release(
            item.publication, str(item.period), place, published=item.on, prove=prove, progress=steps.begin
        )
        remember(space, item, with_proof if prove else made_from, made.release)
        return steps.ended(item, "made", made.release.id)
    except Problems as error:
        return steps.ended(item, "refused", str(error.problems[0]))
    except UserError as error:
        return steps.ended(item, "left out" if error.code in _NOT_YET else "refused", error.sentence)


def _summary(outcomes: list[Outcome], seconds: float) -> dict[str, Any]:
    from piperoll.schedule import by_step

    rows = [
        {
            "publication": each.item.publication,
            "period": str(each.item.period),
            "state": each.state,
            "told": each.told,
            "seconds": round(each.seconds, 3),
            "steps": {step: round(spent, 3) for step, spent in each.steps.items()},
        }
        for each in sorted(outcomes, key=lambda each: (each.item.on, each.item.publication, each.item.period.start))
    ]
    steps = {step: round(spent, 3) for step, spent in by_step(outcomes).items()}
    return {"seconds": round(seconds, 3), "steps": steps, "editions": rows}


def _tell(items: list[Due], outcomes: list[Outcome], seconds: float, out: Path) -> None:
    from piperoll.schedule import by_step

    order = {item: place for place, item in enumerate(items)}
    table = Table("publication", "period", "", "edition, or why not", "seconds", box=None, pad_edge=False)
    for each in sorted(outcomes, key=lambda outcome: order[outcome.item]):
        table.add_row(
            each.item.publication, str(each.item.period), each.state, escape(each.told), f"{each.seconds:.0f}"
        )
    Console(soft_wrap=False).print(table)
    counts = {
        state: sum(each.state == state for each in outcomes) for state in ("made", "unchanged", "left out", "refused")
    }
    told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    steps = [f"{step.lower()} {spent:.0f}" for step, spent in by_step(outcomes).items() if spent >= 0.5]
    if steps:
        click.echo(f"Seconds by step, of all editions together: {', '.join(steps)}.")
    click.echo(f"{len(items)} editions due: {told or 'nothing to do'}, in {seconds:.0f} seconds. They lie in {out}.")


commands: list[click.Command] = [run]
