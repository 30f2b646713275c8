"""Command ``qa``: what to look at before an edition is released."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from piperoll.cli.lazy import Lazy, engine_option


if TYPE_CHECKING:
    from piperoll.assure import Report
    from piperoll.assure.series import Seen


@click.command("qa")
@click.argument("publication")
@click.argument("period")
@click.option("--most", type=click.IntRange(1), default=10, show_default=True, help="How many of each kind are shown.")
@engine_option
@click.pass_obj
def qa(lazy: Lazy, publication: str, period: str, most: int) -> None:
    """Show what a second person should look at in a draft of an edition of PUBLICATION for PERIOD.

    Largest changes on the year before, outliers and breaks in its series, suppliers that are missing, figures that
    differ from the edition before, deliveries that came since, and how far the quality of its sources is assured. From
    exact figures: it is for those who prepare the release, and is not to be passed on.
    """
    from piperoll.assure import report

    found = report(lazy.workspace, publication, period)
    click.echo(f"{found.publication} {found.period}: {found.cells:,} cells. Exact figures, not to be passed on.")
    _series("Largest changes on the year before", found.changes, most, "deviations of a count")
    _series("Outliers: far from every earlier value of the series", found.outliers, most, "modified z-score")
    _series("Breaks: the level changed for good", found.breaks, most, "deviations")
    _rest(found, most)


def _series(title: str, seen: tuple[Seen, ...], most: int, unit: str) -> None:
    click.echo(f"\n{title}: {len(seen):,}")
    for each in seen[:most]:
        moved = f"{each.then:,.6g} to {each.now:,.6g} ({each.strength:+.1f} {unit})"
        click.echo(f"  {each.period}  {each.table}: {each.place}: {moved}")


def _rest(found: Report, most: int) -> None:
    click.echo(f"\nMissing: {len(found.missing):,} of suppliers and datasets")
    for supplier, dataset, count in found.missing[:most]:
        click.echo(f"  {supplier}: {count:,} of {dataset}")
    before = found.against.against
    click.echo(
        f"\nDifferences from {before or 'the edition before: there is none'}"
        + (f": {len(found.against.revisions):,}" if before else "")
    )
    for revision in found.against.revisions[:most]:
        told = f"{revision.before or 'not shown'} to {revision.after or 'not shown'}"
        click.echo(f"  {revision.period}  {revision.table}: {revision.identity.split('|')[0]}: {told}")
    for dataset, count in found.arrived:
        click.echo(f"  {count:,} deliveries of {dataset} came since")
    short = f"{len(found.short)} short of what is required or overdue"
    click.echo(f"\nQuality of its sources: {len(found.assessed)} assessed, {short}")
    for judged in found.short:
        click.echo(f"  {judged.assessment.key}: {' '.join(judged.sentences)}")


commands: list[click.Command] = [qa]
