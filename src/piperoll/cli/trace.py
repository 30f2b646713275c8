"""Command ``trace``: an auditor starts from a figure."""

from __future__ import annotations

import click

from piperoll.cli.lazy import Lazy


@click.command("trace")
@click.argument("release")
@click.argument("table")
@click.argument("cell")
@click.option("--all", "every", is_flag=True, help="List every delivery, not only the first twenty.")
@click.pass_obj
def trace(lazy: Lazy, release: str, table: str, cell: str, every: bool) -> None:
    """Follow a published figure back to rule, models, vintage and deliveries.

    RELEASE is a directory or an id (publication/2012Q2/1); CELL names measure, period and codes or labels, with commas:
    claims,2012Q2,"South East",mortgage. A dimension left out stands at its whole.
    """
    from piperoll.protect.primary import COUNTS

    found = lazy.workspace.trace(release, table, cell)
    say = click.echo
    say(f"{found.place}")
    figure = " ".join(filter(None, (found.value, found.marks)))
    say(f"  published    {figure}  in {found.release.id}, table {found.table}")
    say(f"  cell         {found.place.identity}")
    if found.policy is not None and (found.place.measure.kind in COUNTS or found.place.measure.of):
        say(f"  policy       {found.policy.key}: {found.policy.rule_text.strip()}")
    say(f"  vintage      {found.release.vintage}")
    say(f"  definitions  {found.release.definitions_hash}")
    say(f"  manifest     {found.release.manifest_sha256}, made by {found.release.by}")
    for step in found.steps:
        rule = f", rule {step.rule.id}: {step.rule.title}" if step.rule else ""
        say(f"Counted: {step.measure.label}{rule}")
        say(f"  models       {' -> '.join(step.models)}")
        say(f"  datasets     {', '.join(step.datasets)}")
        possible = any(not each.certain for each in step.contributions)
        unsure = " that can hold its records (a dataset without a key leads no further)" if possible else ""
        say(f"  deliveries   {len(step.contributions):,}{unsure}")
        shown = step.contributions if every else step.contributions[:20]
        for each in shown:
            d = each.delivery
            verdict = d.verdict.replace("_", " ")
            say(
                f"    {each.records:>5,} records of {d.source}.{d.dataset} {d.supplier} {d.period}  {verdict}, "
                f"{d.rows_in:,} rows in, {d.rows_kept:,} kept, {d.rows_refused:,} refused; SHA-256 {d.sha256}"
            )
        if len(shown) < len(step.contributions):
            say(f"    and {len(step.contributions) - len(shown):,} more: --all lists them")
    if len(found.history) > 1:
        say("Published before and since:")
        for line in found.history:
            say(f"  {line.release} table {line.table}: {' '.join(filter(None, (line.value, line.marks)))}")


commands = [trace]
