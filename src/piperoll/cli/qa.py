"""Commands ``qa``: what to look at before an edition is approved, and the second person's signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from piperoll.cli.defaulting import Defaulting
from piperoll.cli.lazy import Lazy


if TYPE_CHECKING:
    from piperoll.assure import Report, Standing
    from piperoll.assure.drafts import Since
    from piperoll.assure.series import Seen


@click.group("qa", cls=Defaulting, unnamed="look")
def qa() -> None:
    """Look at a draft of an edition, sign it as the second person; ``qa PUBLICATION PERIOD`` looks."""


@qa.command("look")
@click.argument("publication")
@click.argument("period")
@click.option("--most", type=click.IntRange(1), default=10, show_default=True, help="How many of each kind are shown.")
@click.option("--vintage", default=None, help="As of which vintage (name or number); the present one by default.")
@click.pass_obj
def look(lazy: Lazy, publication: str, period: str, most: int, vintage: str | None) -> None:
    """Show what a second person should look at in a draft of an edition of PUBLICATION for PERIOD.

    Largest changes on the year before, outliers and breaks in its series, suppliers that are missing, figures that
    differ from the edition before and from the draft looked at before, deliveries that came since, how far the quality
    of its sources is assured, and who has signed. From exact figures: it is for those who prepare the release, and is
    not to be passed on.
    """
    from piperoll.assure import report

    found = report(lazy.workspace, publication, period, vintage)
    click.echo(f"{found.publication} {found.period}: {found.cells:,} cells. Exact figures, not to be passed on.")
    _series("Largest changes on the year before", found.changes, most, "deviations of a count")
    _series("Outliers: far from every earlier value of the series", found.outliers, most, "modified z-score")
    _series("Breaks: the level changed for good", found.breaks, most, "deviations")
    _rest(found, most)
    _since(found.since, most)
    _quality(found)
    click.echo("\nSign-off")
    if found.standing is None:
        click.echo("  No edition of this period is made yet; one is signed once it is.")
    else:
        show_standing(found.standing)


@qa.command("sign")
@click.argument("publication")
@click.argument("period")
@click.option("--as", "name", default="", metavar="NAME", help="The second person, where nobody signs in.")
@click.option("--note", default="", help="What the second person wants to be kept.")
@click.option("--edition", default="", help="Number of an earlier edition; the last one by default.")
@click.pass_obj
def sign(lazy: Lazy, publication: str, period: str, name: str, note: str, edition: str) -> None:
    """Sign the last edition of PUBLICATION for PERIOD as the second person.

    Nobody signs what they made. The signature holds for this edition as it is: it is void once a delivery comes that
    its figures rest on, or the register changes.
    """
    from piperoll.assure import sign as put
    from piperoll.assure.people import mode_words

    release, signed = put(lazy.workspace, publication, period, name, note, edition)
    click.echo(f"{signed.id}: {signed.signer} has signed {release.id}, made by {release.by}.")
    if words := mode_words(signed.mode, signed.recorded_by):
        click.echo(f"It is {words}.")
    click.echo(f"It holds for the manifest {signed.manifest_sha256} and nothing else.")


@qa.command("show")
@click.argument("publication")
@click.argument("period")
@click.pass_obj
def show(lazy: Lazy, publication: str, period: str) -> None:
    """Show how every edition of PUBLICATION for PERIOD stands: who made, signed and approved it."""
    from piperoll.assure import standing
    from piperoll.periods import Period

    when = str(Period.parse(period))
    declared = lazy.workspace.publication(publication)
    lazy.act("release.list", f"publication {publication}/{when}")
    made = lazy.workspace.journal.releases(publication=declared.key, period=when)
    for each in made:
        show_standing(standing(lazy.workspace, each))
    if not made:
        click.echo(f"No edition of {publication} for {when} is made yet.")


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


def _since(found: Since, most: int) -> None:
    if found.before is None:
        click.echo(f"\nDifferences from the draft looked at before: this is the first look ({found.draft.id}).")
        return
    if found.again:
        last = f"{found.draft.id}, looked at by {found.draft.by} on {found.draft.at:%d %B %Y %H:%M}"
        click.echo(f"\nNothing differs from the last look ({last}).")
    then = found.before
    which = f"{then.id} of vintage {then.vintage}, looked at by {then.by} on {then.at:%d %B %Y %H:%M}"
    click.echo(f"\nDifferences from the draft looked at before ({which}): {len(found.moved):,}")
    for each in found.moved[:most]:
        codes = each.identity.split("|")[1]
        place = f"{each.measure} ({codes})" if codes else each.measure
        click.echo(f"  {each.period}  {each.table}: {place}: {_exact(each.before)} to {_exact(each.after)}")


def _exact(value: float | None) -> str:
    return "no figure" if value is None else f"{value:,.6g}"


def _quality(found: Report) -> None:
    short = f"{len(found.short)} short of what is required or overdue"
    click.echo(f"\nQuality of its sources: {len(found.assessed)} assessed, {short}")
    proposed = sum(each.assessment.status == "proposed" for each in found.assessed)
    if proposed:
        click.echo(f"  {proposed} of the assessments are proposals that their owners have not agreed to yet.")
    for judged in found.short:
        click.echo(f"  {judged.assessment.key}: {' '.join(judged.sentences)}")
    if not found.refused:
        return
    if found.waiver is not None:
        click.echo(f"  Set aside by {found.waiver.approver} ({found.waiver.id}): {found.waiver.reason}")
        return
    click.secho("  APPROVAL WILL BE REFUSED (PR-E064):", bold=True)
    for each in found.refused:
        click.echo(f"    {each}")


def show_standing(found: Standing) -> None:
    """How an edition stands, in lines; `release status` shows it, too."""
    from piperoll.assure.people import mode_words

    release = found.release
    click.echo(f"  {release.id}: {found.state}; made by {', '.join(found.makers)} on {release.at:%d %B %Y %H:%M}")
    for each in found.signoffs:
        words = mode_words(each.mode, each.recorded_by)
        click.echo(
            f"    {each.id} signed by {each.signer} on {each.at:%d %B %Y %H:%M}"
            + (f" ({words})" if words else "")
            + (": VOID" if each.id in found.void else "")
            + (f": {each.note}" if each.note else "")
        )
    if found.changed:
        click.echo(f"    It is not what would be made now: {found.changed}.")
    if found.approval is not None:
        words = mode_words(found.approval.mode, found.approval.recorded_by)
        told = f" ({words})" if words else ""
        click.echo(f"    Approved by {found.approval.approver} on {found.approval.at:%d %B %Y %H:%M}{told}")


commands: list[click.Command] = [qa]
