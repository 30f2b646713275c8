"""Command group ``ledger``: every figure ever told, and what was published before Piperoll."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import click

from piperoll.cli.lazy import Lazy
from piperoll.errors import EXIT_STATUS


@click.group()
def ledger() -> None:
    """See, check and extend the ledger of all figures told: releases, answers, imports."""


@ledger.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--publication", required=True, metavar="KEY", help="Publication whose measures and codes they use.")
@click.option("--from", "source", default="", metavar="TEXT", help="Where they were published; kept with the entry.")
@click.pass_obj
def import_(lazy: Lazy, files: tuple[Path, ...], publication: str, source: str) -> None:
    """Take in FILE (CSV, perhaps gzipped) as published before: known to readers, and the base of revisions.

    Columns: measure, period, a code for each dimension, value, status; or a table as an edition writes it. All files
    come in together or not at all; the same files again change nothing.
    """
    from piperoll.ledger.importing import take_in

    made = take_in(lazy.workspace, files, publication, source)
    if made.again:
        click.echo(f"{made.entry.id} holds these files already: nothing was done.")
        return
    click.echo(f"{made.entry.id}: {made.cells:,} cells, {made.hidden:,} of them hidden.")
    if made.small:
        click.echo(
            f"{made.small:,} counts in it are smaller than the policy would show; they are known and stay known."
        )


@ledger.command("show")
@click.argument("entry", required=False)
@click.pass_obj
def show(lazy: Lazy, entry: str | None) -> None:
    """List what the ledger holds; with ENTRY, its cells as CSV."""
    if entry:
        frame = lazy.workspace.published(entry)
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(frame.columns)
        writer.writerows(frame.iter_rows())
        click.echo(out.getvalue(), nl=False)
        return
    space = lazy.workspace
    space.act("ledger.list", "ledger")
    counted = space.journal.count_told()
    listed = [(each, *counted[each.id]) for each in space.journal.entries()]
    heads = ("Entry", "Kind", "Recorded", "By", "Cells", "Hidden", "For")
    lines = [
        (e.id, e.kind, f"{e.at:%Y-%m-%d %H:%M}", e.by, f"{cells:,}", f"{hidden:,}", e.purpose)
        for e, cells, hidden in listed
    ]
    widths = [max(len(text) for text in texts) for texts in zip(heads, *lines, strict=True)]
    for line in (heads, tuple("-" * width for width in widths), *lines):
        padded = [
            text.rjust(width) if place in (4, 5) else text.ljust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        click.echo("  ".join(padded).rstrip())
    kinds = ", ".join(
        f"{sum(e.kind == kind for e, _, _ in listed):,} {kind}s" for kind in ("release", "answer", "import")
    )
    click.echo(f"{kinds}; {space.journal.count_cells():,} different cells.")


@ledger.command("coherent")
@click.option("--most", type=click.IntRange(1), default=20, show_default=True, help="How many differences are shown.")
@click.pass_obj
def coherent(lazy: Lazy, most: int) -> None:
    """Hold cells that several publications show against each other; status 20 where nothing explains a difference."""
    from piperoll.ledger.coherence import UNEXPLAINED, coherence

    found = coherence(lazy.workspace)
    click.echo(f"{found.releases:,} releases, {found.shared:,} cells in more than one publication.")
    for reason, count in found.reasons.items():
        click.echo(f"{count:,} differ: {reason}.")
    # What is unexplained comes first.
    ordered = sorted(found.differences, key=lambda each: (each.reason != UNEXPLAINED, each.cell))
    for each in ordered[:most]:
        why = f": {each.why}" if each.why else ""
        click.echo(f"  {each.cell}: {each.was} in {each.one}, {each.now} in {each.other}; {each.reason}{why}")
    for settled in found.settled:
        click.echo(f"Declared, and no longer there: {settled.words}. Take it out of `differences` in {settled.by}.")
    if found.unexplained:
        sys.exit(EXIT_STATUS["E"])


@ledger.command("verify")
@click.pass_obj
def verify(lazy: Lazy) -> None:
    """Hold every entry against the hash taken when it was recorded, and the audit chain against itself."""
    from piperoll.ledger.seal import check_ledger

    report = check_ledger(lazy.workspace)
    for check in report.checks:
        outcome = "holds" if not check.problems else f"{len(check.problems):,} problems"
        click.echo(f"{check.name:<12}  {check.looked_at:>9,} looked at  {outcome}")
        for problem in check.problems:
            click.echo(f"  {problem}")
    if not report.holds:
        sys.exit(EXIT_STATUS["E"])


commands = [ledger]
