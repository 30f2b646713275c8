"""``piperoll simulate``: deliveries of a simulated world, and the truth behind them."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from piperoll.cli.lazy import Lazy
from piperoll.periods import Period, span


if TYPE_CHECKING:
    from piperoll.simulate import Summary


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Directory for the deliveries [HOME/inbox]."
)
@click.option("--truth", type=click.Path(path_type=Path, file_okay=False), help="Directory for the truth [HOME/truth].")
@click.option(
    "--ways-from",
    metavar="MONTH",
    help="From this month on suppliers send as the register declares [all send files].",
)
@click.option(
    "--post",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory for what comes by other ways than files [HOME/post].",
)
@click.option("--world", "name", default="justice", show_default=True, help="World that is simulated.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same bytes.")
@click.option("--scale", type=float, default=1.0, show_default=True, help="Share of the true volumes.")
@click.option(
    "--persons", type=float, default=0.01, show_default=True, help="Share of all people in sources of persons; 0: none."
)
@click.option("--persons-from", help="First month of sources of persons [their own first, 2008-01].")
@click.option("--from", "first", default="2006-01", show_default=True, help="First month.")
@click.option("--to", "last", default="2012-09", show_default=True, help="Last month.")
@click.option("--only", metavar="SOURCES", help="Sources that send, with commas between [all].")
@click.option("--only-after", metavar="MONTH", help="Up to this month all send [--only holds for every month].")
@click.option("--faults", default="default", show_default=True, help="`default`, `none`, or a YAML file of chances.")
@click.option(
    "--account", "accounting", is_flag=True, help="Say what became of the faults once the deliveries were collected."
)
@click.pass_obj
def simulate(
    lazy: Lazy,
    out: Path | None,
    truth: Path | None,
    ways_from: str | None,
    post: Path | None,
    name: str,
    seed: int,
    scale: float,
    persons: float,
    persons_from: str | None,
    first: str,
    last: str,
    only: str | None,
    only_after: str | None,
    faults: str,
    accounting: bool,
) -> None:
    """Write deliveries as suppliers would send them, with faults, and the truth apart.

    Deliveries lie in a folder for the month in which they arrive. The truth holds every record as it is, every file
    sent, and every fault put in. With --ways-from some come in a mailbox, in a database, as spreadsheets, or as lists
    of records to be typed in.
    """
    from piperoll.simulate import Narrowed, Persons, build, read_plan, write_once
    from piperoll.simulate import simulate as run
    from piperoll.simulate.post import Post, declare, reachable

    out, truth = out or lazy.home / "inbox", truth or lazy.home / "truth"
    if accounting:
        _account(lazy, truth)
        return
    if post is not None and not ways_from:
        raise click.UsageError("--post is for --ways-from.")
    if only_after and only is None:
        raise click.UsageError("--only-after is for --only.")
    plan = read_plan(faults)
    months = Period.parse(first), Period.parse(last)
    register = lazy.workspace.register
    people = Persons(persons, Period.parse(persons_from) if persons_from else None)
    world = build(name, register, seed, scale, *months, people)
    all_until = Period.parse(only_after) if only_after else None
    if only is not None:
        world = Narrowed(world, register, [each.strip() for each in only.split(",") if each.strip()], all_until)
    lazy.act("simulate.write", f"world {name}", f"seed {seed}, {first} to {last}, scale {scale:g} and {persons:g}")
    settings = {
        "world": name, "seed": seed, "scale": scale, "persons": persons, "persons_from": persons_from, "from": first,
        "to": last, "faults": asdict(plan), "register": register.hash,
    }  # fmt: skip
    if only is not None:
        settings |= {"only": only, "only_after": only_after}
    if ways_from:
        opened = Period.parse(ways_from)
        settings["ways_from"] = str(opened)
        post = post or lazy.home / "post"
        databases = reachable()
    began = time.perf_counter()
    columns = (TextColumn("Simulating"), BarColumn(), MofNCompleteColumn(), TextColumn("months"), TimeElapsedColumn())

    def write(new_out: Path, new_truth: Path, new_post: Path | None = None) -> Summary:
        closes = all_until or months[1]
        posted = Post(register, new_post, opened, closes, databases=databases) if new_post is not None else None
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("", total=len(span(*months)))
            return run(world, register, new_out, new_truth, plan, seed, lambda _: bar.advance(task), posted)

    summary, fresh = write_once(out, truth, settings, write, post)
    took = f"in {time.perf_counter() - began:.0f} seconds" if fresh else "there already from an earlier run"
    click.echo(
        f"{summary.rows:,} rows in {summary.files:,} files ({summary.bytes / 1e6:,.0f} MB), "
        f"{summary.faults:,} faults put in, {took}."
    )
    for dataset, rows in summary.by_dataset.items():
        click.echo(f"  {dataset}: {rows:,} rows")
    click.echo(f"Deliveries: {out}\nTruth: {truth}")
    if post is not None:
        click.echo(f"By other ways: {post}")
        for missing in declare(lazy.home, post):
            click.echo(f"Declare the database {missing} in connections.yaml: its secret is in {post}/{missing}.odbc")
        if not databases:
            click.echo("No ODBC driver for SQLite is here (libsqliteodbc): what a database would hold comes as files.")


def _account(lazy: Lazy, truth: Path) -> None:
    from piperoll.simulate.account import account, read_truth
    from piperoll.simulate.gather import gather

    space = lazy.workspace
    _, files = read_truth(truth)
    lazy.act("receipt.read", f"truth {truth.name}", "account for simulated faults")
    done = account(truth, **gather(space.journal, space.register, files))
    for sentence in done.sentences:
        click.echo(sentence)
    for file in done.unbalanced["file"].to_list()[:20]:
        click.echo(f"  does not add up: {file}")


commands: list[click.Command] = [simulate]
