"""Commands ``returns ...``: the spreadsheet a supplier fills in, its figures, its word on them, reminders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click


if TYPE_CHECKING:
    from piperoll.cli.lazy import Lazy


@click.group("returns")
def returns() -> None:
    """Forms for suppliers, their figures as counted, their word on them, and reminders."""


@returns.command("template")
@click.argument("source")
@click.argument("dataset", default="")
@click.option("--supplier", default="", help="Key of the supplier that fills it in.")
@click.option("--period", default="", help="Period of the return.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="File (.xlsx); or a folder, for a file each supplier."
)
@click.pass_obj
def template(lazy: Lazy, source: str, dataset: str, supplier: str, period: str, out: Path) -> None:
    """Write the spreadsheet in which suppliers of SOURCE return DATASET (needed where it has several)."""
    from piperoll.collect.returns import write_templates

    written = write_templates(lazy.workspace, source, dataset, supplier, period, out)
    if len(written) == 1:
        click.echo(f"{written[0]} is ready to be filled in.")
    else:
        click.echo(f"{len(written):,} forms in {out}.")


@returns.command("verify")
@click.argument("source")
@click.argument("dataset", default="")
@click.option("--supplier", default="", help="Key of one supplier.")
@click.option("--period", required=True, help="Period of the figures.")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the files.")
@click.pass_obj
def verify(lazy: Lazy, source: str, dataset: str, supplier: str, period: str, out: Path) -> None:
    """Write for each supplier of SOURCE its own figures as counted, in a file for its eyes alone."""
    from piperoll.collect.returns import write_figures

    written = write_figures(lazy.workspace, source, period, out, dataset, supplier)
    click.echo(f"{len(written):,} file{'' if len(written) == 1 else 's'} in {out}, each with one supplier's figures.")


def _word(lazy: Lazy, supplier: str, dataset: str, period: str, state: str, by: str, reason: str) -> None:
    from piperoll.collect.returns import take_word

    word = take_word(lazy.workspace, supplier, dataset, period, state, by, reason)
    said = "confirms its figures" if word.state == "confirmed" else "says that its figures are to be corrected"
    click.echo(f"{word.id}: {supplier} {said} (delivery {word.delivery}).")


@returns.command("confirm")
@click.argument("supplier")
@click.argument("dataset")
@click.argument("period")
@click.option("--by", required=True, help="Who of the supplier says so.")
@click.option("--reason", default="", help="Their words.")
@click.pass_obj
def confirm(lazy: Lazy, supplier: str, dataset: str, period: str, by: str, reason: str) -> None:
    """Record that SUPPLIER confirms its figures of DATASET (source.dataset) for PERIOD."""
    _word(lazy, supplier, dataset, period, "confirmed", by, reason)


@returns.command("correct")
@click.argument("supplier")
@click.argument("dataset")
@click.argument("period")
@click.option("--by", required=True, help="Who of the supplier says so.")
@click.option("--reason", required=True, help="What is wrong; kept for ever.")
@click.pass_obj
def correct(lazy: Lazy, supplier: str, dataset: str, period: str, by: str, reason: str) -> None:
    """Record that SUPPLIER says its figures of DATASET (source.dataset) for PERIOD are wrong; a new file is awaited."""
    _word(lazy, supplier, dataset, period, "correct", by, reason)


@returns.command("list")
@click.argument("source")
@click.option("--period", default=None, help="Slots within it.")
@click.pass_obj
def list_returns(lazy: Lazy, source: str, period: str | None) -> None:
    """List the slots of SOURCE with their state and what the supplier says of its figures."""
    from piperoll.collect.returns import standing

    space = lazy.workspace
    found = space.slots(source=source, period=period)
    said = standing(space.journal, [s.delivery for s in found if s.delivery is not None])
    words = {"confirmed": "confirmed", "correct": "to be corrected"}
    for each in found:
        word = words.get(said.get(each.delivery.id, ""), "") if each.delivery and each.state == "in" else ""
        state = each.state.replace("_", " ")
        click.echo(f"{each.slot.key:28}{each.slot.supplier:8}{each.slot.period:9}{state:15}{word}".rstrip())
    agreed = sum(1 for s in found if s.state == "in" and s.delivery and said.get(s.delivery.id) == "confirmed")
    filled = sum(1 for s in found if s.state == "in")
    click.echo(f"{len(found):,} slots, {filled:,} in, {agreed:,} confirmed by their suppliers.")


@returns.command("remind")
@click.option("--period", required=True, help="Slots within it that are late.")
@click.option("--source", default=None, help="Key of a source.")
@click.option("--supplier", default=None, help="Key of a supplier.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the drafts; else printed.")
@click.pass_obj
def remind(lazy: Lazy, period: str, source: str | None, supplier: str | None, out: Path | None) -> None:
    """Draft a reminder to each supplier that is late, with all that it owes. Nothing is sent."""
    from piperoll.collect.returns import draft_reminders

    drafts = draft_reminders(lazy.workspace, period, out, source, supplier)
    for draft in drafts if out is None else ():
        click.echo(draft.text)
    late = sum(len(draft.slots) for draft in drafts)
    click.echo(f"{len(drafts):,} suppliers late with {late:,} returns{f'; drafts in {out}' if out else ''}.")


commands = [returns]
