"""Commands ``queries``, ``answer``, ``refused``, ``withdraw`` and ``override``: what follows a delivery."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from piperoll.errors import UserError


if TYPE_CHECKING:
    from piperoll.cli.lazy import Lazy
    from piperoll.journal import RefusedRow


@click.command("queries")
@click.option("--source", default=None, help="Key of a source.")
@click.option("--supplier", default=None, help="Key of a supplier.")
@click.option("--delivery", default=None, help="Id of a delivery.")
@click.option("--all", "every", is_flag=True, help="Settled ones too.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with their history.")
@click.pass_obj
def queries(
    lazy: Lazy, source: str | None, supplier: str | None, delivery: str | None, every: bool, as_json: bool
) -> None:
    """List the questions to suppliers that are open or answered; each is a sentence ready to send."""
    space = lazy.workspace
    name = space.journal.delivery(delivery).id if delivery else None
    found = space.queries(settled=every, delivery=name, source=source, supplier=supplier)
    if as_json:
        rows = [
            {
                "id": q.id,
                "state": q.state,
                "rule": q.rule,
                "source": q.source,
                "dataset": q.dataset,
                "supplier": q.supplier,
                "period": q.period,
                "delivery": q.delivery,
                "sentence": q.sentence,
                "events": [{"at": e.at.isoformat(), "by": e.by, "state": e.state, "text": e.text} for e in q.events],
            }
            for q in found
        ]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for q in found:
        click.echo(f"{q.id:6}{q.state:10}{q.rule:14}{q.source}.{q.dataset} of {q.supplier} for {q.period}")
        click.echo(f"      {q.sentence}")
    word = "query" if len(found) == 1 else "queries"
    click.echo(f"{len(found):,} {word}{'' if every else ' open or answered'}.")


@click.command("answer")
@click.argument("query")
@click.argument("state", type=click.Choice(["answered", "confirmed", "corrected", "waived", "open"]))
@click.option("--text", default="", help="The supplier's words, or why.")
@click.option("--by", default="", help="Who says so, if not you.")
@click.pass_obj
def answer(lazy: Lazy, query: str, state: str, text: str, by: str) -> None:
    """Move QUERY (Q12) to STATE, with who and why; what was confirmed or waived is not asked again."""
    found = lazy.workspace.answer(query, state, text, by)
    click.echo(f"{found.id} is {found.state}.")


@click.command("refused")
@click.argument("delivery")
@click.option("--export", type=click.Path(path_type=Path, dir_okay=False), help="Write the rows, as delivered, here.")
@click.option("--purpose", default="", help="Why the rows are read; needed with --export.")
@click.option("--limit", type=click.IntRange(0), default=50, show_default=True, help="Places shown.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def refused(lazy: Lazy, delivery: str, export: Path | None, purpose: str, limit: int, as_json: bool) -> None:
    """Show where rows of DELIVERY were refused and why; --export writes them as they came.

    Correct the exported file and bring it again: piperoll collect FILE --resubmit DELIVERY.
    """
    space = lazy.workspace
    found = space.journal.delivery(delivery)
    if export is not None:
        if not purpose.strip():
            raise click.UsageError("--export needs a --purpose: reading identifiers is recorded.")
        done = space.export_refused(found.id, export, purpose)
        click.echo(f"{done.rows:,} rows in {export}. They name people: keep the file safe, and delete it after use.")
        if done.broken:
            click.echo(f"Lines that were no rows, as they were delivered, at the end of it: {done.broken:,}.")
        click.echo(f"Corrected, bring them again: piperoll collect {export} --resubmit {found.id}")
        return
    lazy.act("receipt.read", f"delivery {found.id}")
    places: list[RefusedRow] = []
    for place in space.journal.refused_rows(found.id):
        if not as_json and len(places) >= limit:
            break
        places.append(place)
    counts = space.journal.refused_counts(found.id)
    if as_json:
        names = ("file", "sheet", "row", "field", "rule", "kind")
        rows = [{name: getattr(place, name) for name in names} for place in places]
        click.echo(json.dumps({"delivery": found.id, "counts": counts, "rows": rows}, indent=2))
        return
    for place in places:
        sheet = f" sheet {place.sheet}" if place.sheet else ""
        click.echo(f"{place.file}{sheet} row {place.row} {place.field}: {place.rule} ({place.kind})")
    if len(places) < sum(counts.values()):
        click.echo("... (--limit shows more, --json all)")
    told = ", ".join(f"{rule} {count:,}" for rule, count in counts.items())
    click.echo(f"{found.rows_refused:,} rows refused{': ' + told if told else ''}.")


@click.command("withdraw")
@click.argument("delivery")
@click.option("--reason", required=True, help="Why; kept for ever.")
@click.pass_obj
def withdraw(lazy: Lazy, delivery: str, reason: str) -> None:
    """Take DELIVERY back. What it replaced counts again; vintages from before keep it."""
    found = lazy.workspace.withdraw(delivery, reason)
    click.echo(f"Delivery {found.id} is withdrawn.")


@click.group("override")
def override() -> None:
    """Set single values by hand, with reason and approver; list them, take them back."""


@override.command("make")
@click.argument("dataset")
@click.option("--key", "keys", multiple=True, required=True, metavar="FIELD=VALUE", help="The record's key.")
@click.option("--field", required=True, help="Column to set.")
@click.option("--value", default=None, help="New value; none for no value.")
@click.option("--mark", type=click.Choice(["e", "r"]), required=True, help="Estimated or revised.")
@click.option("--reason", required=True, help="Why; kept for ever.")
@click.option("--approver", required=True, help="Who approved it.")
@click.pass_obj
def make(
    lazy: Lazy,
    dataset: str,
    keys: tuple[str, ...],
    field: str,
    value: str | None,
    mark: str,
    reason: str,
    approver: str,
) -> None:
    """Set one value of one record of DATASET (source.dataset). The original stays as delivered."""
    pairs = {}
    for pair in keys:
        name, found, text = pair.partition("=")
        if not found:
            raise UserError("PR-C032", "A part of the key is not written FIELD=VALUE.", fix="--key field=value")
        pairs[name] = text
    made = lazy.workspace.override(dataset, pairs, field, value, mark=mark, reason=reason, approver=approver)
    click.echo(f"Override {made.id}: `{field}` of one record of {dataset}, marked [{mark}] from now on.")


@override.command("coverage")
@click.argument("dataset")
@click.argument("period")
@click.option("--reason", required=True, help="Why it is published all the same; told with the edition.")
@click.option("--approver", required=True, help="Who approved it.")
@click.pass_obj
def coverage(lazy: Lazy, dataset: str, period: str, reason: str, approver: str) -> None:
    """Let PERIOD be published although suppliers of DATASET are missing: those who are missing now, no others."""
    from piperoll.release.coverage import waive

    made = waive(lazy.workspace, dataset, period, reason, approver)
    click.echo(f"Override {made.id}: {made.rule} does not block {period} for want of {', '.join(made.suppliers)}.")


@override.command("quality")
@click.argument("publication")
@click.argument("period")
@click.option("--reason", required=True, help="Why it is approved all the same.")
@click.option("--approver", required=True, help="Who approved it.")
@click.pass_obj
def quality(lazy: Lazy, publication: str, period: str, reason: str, approver: str) -> None:
    """Let PUBLICATION's editions of PERIOD be approved although its sources fall short of the quality required.

    What falls short now, and nothing else.
    """
    from piperoll.assure import waive_quality

    made = waive_quality(lazy.workspace, publication, period, reason, approver)
    click.echo(f"Override {made.id}: {publication} {made.period} may be approved although")
    for each in made.shortfalls:
        click.echo(f"  {each}")


@override.command("list")
@click.option("--source", default=None, help="Key of a source.")
@click.pass_obj
def list_overrides(lazy: Lazy, source: str | None) -> None:
    """List values set by hand; keys of linkage identifiers as tokens."""
    lazy.act("override.list", "journal")
    for o in lazy.workspace.journal.overrides(source=source):
        state = " (withdrawn)" if o.withdrawn else ""
        key = ", ".join(f"{name}={value}" for name, value in sorted(o.key.items()))
        value = "no value" if o.value is None else o.value
        click.echo(f"{o.id:6}[{o.mark}] {o.source}.{o.dataset}.{o.field} = {value} of {key}{state}")
        click.echo(f"      {o.reason} (approved by {o.approver}, made by {o.made_by})")
    for w in lazy.workspace.journal.waivers():
        if source in (None, w.dataset.partition(".")[0]):
            click.echo(f"{w.id:6}{w.rule} of {w.dataset} for {w.period}, without {', '.join(w.suppliers)}")
            click.echo(f"      {w.reason} (approved by {w.approver}, made by {w.made_by})")
    for q in lazy.workspace.journal.quality_waivers():
        if source is None or any(each.partition(":")[0].partition(",")[0] == source for each in q.shortfalls):
            click.echo(f"{q.id:6}{q.publication} {q.period}, although {'; '.join(q.shortfalls)}")
            click.echo(f"      {q.reason} (approved by {q.approver}, made by {q.made_by})")


@override.command("withdraw")
@click.argument("override_id")
@click.option("--reason", required=True, help="Why.")
@click.pass_obj
def withdraw_override(lazy: Lazy, override_id: str, reason: str) -> None:
    """Take an override back: what held before it holds again."""
    found = lazy.workspace.withdraw_override(override_id, reason)
    click.echo(f"Override {found.id} is withdrawn.")


commands = [queries, answer, refused, withdraw, override]
