"""Commands ``collect``, ``receipt`` and ``deliveries``: bring deliveries in, see what is in and what is owed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from piperoll.errors import EXIT_STATUS


if TYPE_CHECKING:
    from piperoll.cli.lazy import Lazy
    from piperoll.collect import Receipt


@click.command("collect")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--source", default="", help="Key of the source.")
@click.option("--dataset", default="", help="Dataset, or source.dataset.")
@click.option("--supplier", default="", help="Key or name of the supplier.")
@click.option("--period", default="", help="Period of the slot: 2012, 2012Q2, 2012-05 or 2011/12.")
@click.option("--nil", is_flag=True, help="There was nothing in the period.")
@click.option(
    "--not-available", default="", metavar="REASON", help="The supplier cannot supply the slot, and says why."
)
@click.option("--encoding", default="", help="Encoding of the text files, where not as agreed.")
@click.option("--delimiter", default="", help="Delimiter of the text files, where not as agreed.")
@click.option("--database", default="", metavar="NAME", help="Read from a database that the home declares.")
@click.option("--mailbox", default="", metavar="ADDRESS", help="Read a mailbox: maildir:PATH, imaps://... or its name.")
@click.option("--resubmit", default="", metavar="DELIVERY", help="The file brings refused rows of DELIVERY again.")
@click.option("--again", is_flag=True, help="Check bytes again that were refused or withdrawn.")
@click.option("--receipts", type=click.Path(path_type=Path, file_okay=False), help="Write each receipt here.")
@click.option("--json", "as_json", is_flag=True, help="Print the receipts as JSON.")
@click.option("--quiet", is_flag=True, help="Print only what needs attention, and the counts.")
@click.option("--memory-mb", type=click.IntRange(256), default=3072, show_default=True, help="Memory for one file.")
@click.option("--seconds", type=click.IntRange(1), default=3600, show_default=True, help="Time for one file.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Files checked at a time.")
@click.pass_obj
def collect(
    lazy: Lazy,
    paths: tuple[Path, ...],
    source: str,
    dataset: str,
    supplier: str,
    period: str,
    nil: bool,
    not_available: str,
    encoding: str,
    delimiter: str,
    database: str,
    mailbox: str,
    resubmit: str,
    again: bool,
    receipts: Path | None,
    as_json: bool,
    quiet: bool,
    memory_mb: int,
    seconds: int,
    jobs: int,
) -> int:
    """Take in PATHS, files and folders: each becomes a delivery with a receipt, or is refused with reasons.

    The slot comes from manifest.yaml, the file's name or the options. Run it again at any time: what is in
    already is recognised. --database and --mailbox name another place than PATHS; what they need is declared in
    HOME/connections.yaml. Exit status 16 if anything was refused or not taken.
    """
    from piperoll.collect import Limits, Options, Stated

    if sum(map(bool, (paths, (nil or not_available) and not paths, database, mailbox))) != 1:
        raise click.UsageError("Give files or folders, or one of --nil, --not-available, --database and --mailbox.")
    if (database or mailbox) and (resubmit or nil or not_available or supplier or encoding or delimiter):
        raise click.UsageError("A database and a mailbox say themselves what comes from whom.")
    if resubmit and len(paths) != 1:
        raise click.UsageError("--resubmit takes one file.")
    options = Options(
        stated=Stated(source, dataset, supplier, period, "", nil, encoding, delimiter, not_available=not_available),
        again=again,
        resubmit=resubmit,
        limits=Limits(memory_mb=memory_mb, wall_seconds=seconds, cpu_seconds=2 * seconds),
        parallel=jobs,
    )
    space = lazy.workspace
    with _Bar() as bar:
        if database:
            from piperoll.collect.database.run import collect_database

            found = collect_database(space, database, options, bar.tell)
        elif mailbox:
            from piperoll.collect.mail.run import collect_mailbox

            found = collect_mailbox(space, mailbox, options, bar.tell)
        else:
            found = space.collect(paths, options, bar.tell)
    if receipts is not None:
        _write(found, receipts)
    if as_json:
        click.echo(json.dumps([r.to_json() for r in found], indent=2, ensure_ascii=False, sort_keys=True))
    else:
        for receipt in found:
            if not quiet or receipt.refused:
                click.echo(receipt.text)
        click.echo(_summary(found))
    return EXIT_STATUS["C"] if any(receipt.refused for receipt in found) else 0


def _summary(found: list[Receipt]) -> str:
    from piperoll.collect.verdict import WORDS

    counted = Counter(r.verdict for r in found)
    told = "; ".join(f"{counted[name]:,} {word}" for name, word in WORDS.items() if counted[name])
    new = [r for r in found if r.accepted]
    rows = sum(r.rows_kept for r in new)
    refused = sum(r.rows_refused for r in new)
    asked = sum(len(r.queries) for r in new)
    parts = [f"{len(found):,} file{'s' if len(found) != 1 else ''}: {told or 'nothing to do'}."]
    if new:
        parts.append(
            f"{rows:,} rows kept, {refused:,} refused, {asked:,} {'query' if asked == 1 else 'queries'} to send."
        )
    return " ".join(parts)


def _write(found: list[Receipt], directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for receipt in found:
        if receipt.delivery:
            text = json.dumps(receipt.to_json(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
            (directory / f"{receipt.delivery}.json").write_text(text, encoding="utf-8")
            (directory / f"{receipt.delivery}.txt").write_text(receipt.text + "\n", encoding="utf-8")


class _Bar:
    """A progress bar on a terminal; nothing where there is none."""

    def __enter__(self) -> _Bar:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._progress.__enter__()
        self._task = self._progress.add_task("", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.__exit__(None, None, None)

    def tell(self, done: int, total: int, words: str) -> None:
        from rich.markup import escape

        self._progress.update(self._task, completed=done, total=total or None, description=escape(words))


@click.command("receipt")
@click.argument("delivery")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def receipt(lazy: Lazy, delivery: str, as_json: bool) -> None:
    """Show the receipt of DELIVERY (its id, or the first digits of it)."""
    from piperoll.collect import Receipt

    found = lazy.workspace.journal.delivery(delivery)
    lazy.act("receipt.read", f"delivery {found.id}")
    if as_json:
        click.echo(json.dumps(dict(found.receipt), indent=2, ensure_ascii=False, sort_keys=True))
        return
    click.echo(Receipt.from_json(dict(found.receipt)).text)
    if found.withdrawn:
        click.echo(f"  Withdrawn by {found.withdrawn.by}: {found.withdrawn.reason}")


@click.command("deliveries")
@click.option("--source", default=None, help="Key of a source.")
@click.option("--dataset", default=None, help="Dataset, or source.dataset.")
@click.option("--supplier", default=None, help="Key of a supplier.")
@click.option("--period", default=None, help="Slots within this period.")
@click.option(
    "--state", type=click.Choice(["in", "owed", "late", "refused", "not_available"]), help="Only slots in this state."
)
@click.option("--all", "every", is_flag=True, help="List every slot, those that are in too.")
@click.option("--by-source", is_flag=True, help="By source and way instead: deliveries, rows, questions.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def deliveries(
    lazy: Lazy,
    source: str | None,
    dataset: str | None,
    supplier: str | None,
    period: str | None,
    state: str | None,
    every: bool,
    by_source: bool,
    as_json: bool,
) -> None:
    """List the slots: owed, in, late, refused, not available; with counts."""
    from piperoll.cli.by_source import by_source as lines_of
    from piperoll.cli.by_source import print_by_source
    from piperoll.collect.owed import counts, uncovered

    space = lazy.workspace
    if by_source:
        lazy.act("delivery.list", "journal")
        brought = space.journal.deliveries(receipts=False)
        print_by_source(lines_of(space.register, brought, space.queries(settled=True), space.journal.ways()))
        return
    found = space.slots(source=source, dataset=dataset, supplier=supplier, period=period)
    chosen = [s for s in found if state in (None, s.state)]
    if as_json:
        rows = [
            {
                "source": s.slot.source,
                "dataset": s.slot.dataset,
                "supplier": s.slot.supplier,
                "period": s.slot.period,
                "state": s.state,
                "due": s.due.isoformat(),
                "delivery": s.delivery.id if s.delivery else None,
                "verdict": s.delivery.verdict if s.delivery else None,
                "rows": s.delivery.rows_kept if s.delivery and s.state == "in" else None,
            }
            for s in chosen
        ]
        click.echo(json.dumps({"counts": counts(found), "slots": rows}, indent=2))
        return
    for s in chosen:
        if state is None and not every and s.state == "in":
            continue
        told = f"{s.delivery.id} {s.delivery.rows_kept:,} rows" if s.delivery and s.state == "in" else ""
        if s.state == "refused" and s.delivery:
            told = f"{s.delivery.id} {'withdrawn' if s.delivery.withdrawn else 'refused'}"
        elif s.state == "not_available" and s.delivery:
            told = s.delivery.id
        elif not told:
            told = f"due {s.due}"
        click.echo(
            f"{s.state:8}{' ' if len(s.state) > 7 else ''}{s.slot.key:32}{s.slot.period:9}{s.slot.supplier:16}{told}"
        )
    if supplier is None:
        for broken in uncovered(space.register, found):
            click.echo(broken.sentence)
    counted = counts(found)
    click.echo(
        f"{len(found):,} slot{'s' if len(found) != 1 else ''}: "
        + ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in counted.items() if n or name != "not_available")
        + "."
    )


commands = [collect, receipt, deliveries]
