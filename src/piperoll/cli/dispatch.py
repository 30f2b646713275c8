"""Commands ``dispatch``, ``circulate``, ``dispatches`` and ``settle``: editions to those on their circulation lists."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from piperoll.errors import EXIT_STATUS, UserError
from piperoll.periods import Period


if TYPE_CHECKING:
    from collections.abc import Sequence

    from piperoll.cli.lazy import Lazy
    from piperoll.notify import Outcome


RELEASES, OUTWARD = "releases", "outward"
NOT_MADE = "PR-N018"


@click.command("dispatch")
@click.argument("publication")
@click.argument("period")
@click.option(
    "--from", "directory", type=click.Path(path_type=Path, file_okay=False),
    help="Directory of the edition [HOME/releases/PUBLICATION/PERIOD].",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Where folders go [HOME/outward].")
@click.option("--edition", default=None, help="Number of the edition; the last one by default.")
@click.option("--to", multiple=True, metavar="RECIPIENT", help="Only this recipient. Repeatable.")
@click.option("--dry-run", is_flag=True, help="Say what would go to whom; nothing leaves.")
@click.pass_obj
def dispatch(
    lazy: Lazy,
    publication: str,
    period: str,
    directory: Path | None,
    out: Path | None,
    edition: str | None,
    to: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Send the edition of PUBLICATION for PERIOD to those on its circulation list who have not been sent it.

    Its files are checked against what the journal recorded before anything leaves. A recipient who fails stops no
    other; the command then ends with status 27. Run again, it sends only what was not sent.
    """
    from piperoll.notify import dispatch as send
    from piperoll.notify import planned

    when = Period.parse(period).in_names
    directory = directory or lazy.home / RELEASES / publication / when
    if dry_run:
        found, entries = planned(lazy.workspace, publication, period, directory, edition=edition, to=to)
        for each in entries:
            told = each.outcome.told if each.outcome else ""
            if each.parcel is not None:
                told = f"{len(each.parcel.pieces)} files, {each.parcel.size:,} bytes, marked {each.parcel.label or '-'}"
            state = each.outcome.state if each.outcome else "would be sent"
            click.echo(f"{each.entry.to:32}{each.entry.by:13}{state:15}{told}")
            for piece in each.parcel.pieces if each.parcel else ():
                click.echo(f"    {piece.sha256}  {piece.name}")
        click.echo(f"{found.release.id}: nothing was sent.")
        return
    out = out or lazy.home / OUTWARD
    with Console(stderr=True).status("Looking at the edition") as status:
        outcomes = send(
            lazy.workspace, publication, period, directory, out, edition=edition, to=to, progress=status.update
        )
    _tell(outcomes)
    bad = sum(each.bad for each in outcomes)
    click.echo(f"{len(outcomes)} on the list, {_sent(outcomes)} sent now, {bad} to look after.")
    if bad:
        sys.exit(EXIT_STATUS["N"])


@click.command("circulate")
@click.argument("publications", nargs=-1)
@click.option("--period", required=True, help="Editions whose period ends within it: 2012Q3, 2012-07, 2012.")
@click.option(
    "--from",
    "releases",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory of releases [HOME/releases].",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Where folders go [HOME/outward].")
@click.pass_obj
def circulate(lazy: Lazy, publications: tuple[str, ...], period: str, releases: Path | None, out: Path | None) -> None:
    """Send every edition that was due for a period, and is made, to those on its list; or those of PUBLICATIONS.

    One that may not leave stops no other; the command then ends with status 27. Run again, it sends only what was not
    sent: it can be run each morning.
    """
    from piperoll.notify import dispatch as send
    from piperoll.schedule import due

    register, outcomes, stopped = lazy.workspace.register, [], 0
    items = due(register, Period.parse(period), publications)
    for item in items:
        if not register.publications[item.publication].circulation:
            continue
        place = (releases or lazy.home / RELEASES) / item.publication / item.period.in_names
        try:
            with Console(stderr=True).status(str(item)) as status:
                found = send(
                    lazy.workspace, item.publication, str(item.period), place, out or lazy.home / OUTWARD,
                    progress=status.update,
                )  # fmt: skip
        except UserError as error:
            stopped += error.code != NOT_MADE
            click.echo(f"{item}: {'not made yet' if error.code == NOT_MADE else error.sentence}")
            continue
        click.echo(f"{item}:")
        _tell(found)
        outcomes += found
    bad = sum(each.bad for each in outcomes) + stopped
    click.echo(f"{len(outcomes)} on the lists for {period}, {_sent(outcomes)} sent now, {bad} to look after.")
    if bad:
        sys.exit(EXIT_STATUS["N"])


def _tell(outcomes: Sequence[Outcome]) -> None:
    for one in outcomes:
        click.echo(f"{one.dispatch:6}{one.recipient:32}{one.way:13}{one.state:14}{one.told}".rstrip())


def _sent(outcomes: Sequence[Outcome]) -> int:
    return sum(each.state == "sent" for each in outcomes)


@click.command("dispatches")
@click.argument("publication", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON, with files, hashes and every step.")
@click.pass_obj
def dispatches(lazy: Lazy, publication: str | None, as_json: bool) -> None:
    """List what was sent to whom, of PUBLICATION or of all, and whether the edition was withdrawn since."""
    from piperoll.notify import dispatches as listed

    found = listed(lazy.workspace, publication)
    gone = {each.id for each in lazy.workspace.journal.releases(publication=publication) if each.status == "withdrawn"}
    if as_json:
        rows = [{**asdict(d), "state": d.state, "withdrawn": d.release in gone} for d in found]
        click.echo(json.dumps(rows, indent=2, default=str))
        return
    for d in found:
        click.echo(
            f"{d.id:6}{d.at:%Y-%m-%d %H:%M}  {d.release}  {d.recipient} by {d.way}: {d.state}"
            f"{f' ({d.answer})' if d.answer else ''}, {len(d.files)} files, {d.bytes:,} bytes"
            f"{'; the edition was withdrawn since' if d.release in gone else ''}"
        )
    click.echo(f"{len(found):,} {'dispatch' if len(found) == 1 else 'dispatches'}.")


@click.command("settle")
@click.argument("dispatch_id")
@click.argument("became", type=click.Choice(["arrived", "lost"]))
@click.option("--reason", default="", help="Who was asked, and what they said.")
@click.pass_obj
def settle(lazy: Lazy, dispatch_id: str, became: str, reason: str) -> None:
    """Say that DISPATCH_ID (C12) arrived, or was lost; what was lost is sent again by the next ``dispatch``."""
    from piperoll.notify import settle as record

    made = record(lazy.workspace, dispatch_id, arrived=became == "arrived", reason=reason)
    click.echo(f"{made.id} is {made.state}.")


commands = [dispatch, circulate, dispatches, settle]
