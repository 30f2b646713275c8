"""Commands ``release`` and ``verify``."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from piperoll.cli.defaulting import Defaulting
from piperoll.cli.lazy import Lazy
from piperoll.errors import EXIT_STATUS, UserError


@click.group("release", cls=Defaulting, unnamed="make")
def release() -> None:
    """Make editions, approve them, and see how they stand; ``release PUBLICATION PERIOD`` makes one."""


@release.command("make")
@click.argument("publication")
@click.argument("period")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Directory to make.")
@click.option("--vintage", default=None, help="As of which vintage (name or number); the present one by default.")
@click.option(
    "--published",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="Day of publication; by default so long after the period as the publication says.",
)
@click.option(
    "--together/--alone",
    default=True,
    show_default=True,
    help="Suppress what gives small counts away too, over all tables and what was released before.",
)
@click.option(
    "--prove/--no-proof",
    default=False,
    help="Prove by whole tables that no suppressed count can be worked out (means --together).",
)
@click.pass_obj
def make(
    lazy: Lazy,
    publication: str,
    period: str,
    out: Path,
    vintage: str | None,
    published: dt.datetime | None,
    together: bool,
    prove: bool,
) -> None:
    """Make an edition of PUBLICATION for PERIOD: workbook, tables, charts, bulletin and manifest."""
    console = Console(stderr=True)
    with console.status("Opening") as status:
        made = lazy.workspace.release(
            publication,
            period,
            out,
            vintage=vintage,
            published=published.date() if published else None,
            together=together,
            prove=prove,
            progress=status.update,
        )
    click.echo(f"Edition {made.release.id}: {made.files} files in {made.directory}")
    if made.missing:
        click.echo(f"Missing suppliers: {', '.join(made.missing)}")
    if made.revisions.against:
        click.echo(f"Revisions against {made.revisions.against}: {len(made.revisions.revisions):,} figures")
    click.echo(made.protection)
    click.echo(f"Manifest SHA-256: {made.release.manifest_sha256}")
    click.echo(f"Open {made.directory / 'index.html'}")


@release.command("approve")
@click.argument("release_id", metavar="EDITION")
@click.option("--as", "name", default="", metavar="NAME", help="Who approves, where nobody signs in.")
@click.pass_obj
def approve(lazy: Lazy, release_id: str, name: str) -> None:
    """Approve EDITION (publication/period/number), which a second person has signed.

    Refused unless a person who did not make it has signed this very edition (piperoll qa sign) and nothing it rests on
    has changed since, and, for official statistics, unless its sources are assured to the level that the register
    requires, or an override says why not (piperoll override quality). No file of the release changes.
    """
    from piperoll.assure import approve as give
    from piperoll.assure.people import mode_words

    made, approval = give(lazy.workspace, release_id, name)
    words = mode_words(approval.mode, approval.recorded_by)
    click.echo(f"{made.id} is approved by {approval.approver}, on sign-off {approval.signoff}.")
    if words:
        click.echo(f"It is {words}.")
    if approval.waiver:
        click.echo(f"What falls short of the quality required is set aside by override {approval.waiver}.")


@release.command("approval")
@click.argument("release_id", metavar="EDITION")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write (JSON).")
@click.pass_obj
def approval(lazy: Lazy, release_id: str, out: Path) -> None:
    """Write who made, signed and approved EDITION, for keeping beside the release; it names the manifest's SHA-256."""
    from piperoll.assure import statement, write_statement

    content = statement(lazy.workspace, release_id)
    write_statement(content, out)
    click.echo(f"{out}: {release_id} is approved, manifest {content['manifest_sha256']}")


@release.command("status")
@click.argument("publication")
@click.pass_obj
def status(lazy: Lazy, publication: str) -> None:
    """Show how every edition of PUBLICATION stands: made, signed, approved, by whom."""
    from piperoll.assure import standing
    from piperoll.cli.qa import show_standing

    space = lazy.workspace
    space.publication(publication)
    lazy.act("release.list", f"publication {publication}")
    found = space.journal.releases(publication=publication)
    for each in found:
        show_standing(standing(space, each))
    if not found:
        click.echo("No edition is made yet.")


@click.command("verify")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--manifest", "expected", metavar="SHA256", default="", help="Hash of the manifest as it was published.")
@click.option(
    "--certificate",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="The proof that nothing can be worked out, as the home keeps it.",
)
@click.option(
    "--approval",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Statement of its approval, as `release approval` wrote it: the manifest has to be the one it names.",
)
@click.option("--ledger", is_flag=True, help="Hold it against the ledger of the home in which it was made, too.")
@click.pass_obj
def verify(
    lazy: Lazy, directory: Path, expected: str, certificate: Path | None, approval: Path | None, ledger: bool
) -> None:
    """Check a release from its files and its manifest alone: no register and no home are needed."""
    from piperoll.release import verify as check

    if approval is not None:
        from piperoll.assure.approval import manifest_approved

        approved = manifest_approved(approval)
        if expected and expected.strip().casefold() != approved:
            message = "the manifest that it approves is another than the one given with --manifest."
            raise UserError("PR-E069", message, where=str(approval), fix="Give the statement of this release.")
        expected = approved
    report = check(directory, expected, certificate)
    if ledger:
        from piperoll.release.entered import check_release

        report = replace(report, checks=(*report.checks, *check_release(lazy.workspace, directory)))
    width = max(len(each.name) for each in report.checks)
    for each in report.checks:
        outcome = "holds" if not each.problems else f"{len(each.problems):,} problems"
        click.echo(f"{each.name:<{width}}  {each.looked_at:>9,} looked at  {outcome}")
        for problem in each.problems[:20]:
            click.echo(f"  {problem}")
        if len(each.problems) > 20:
            click.echo(f"  and {len(each.problems) - 20:,} more")
    click.echo(f"{report.release}, manifest {report.manifest_sha256}: {'verified' if report.holds else 'NOT VERIFIED'}")
    if not report.holds:
        sys.exit(EXIT_STATUS["E"])


commands = [release, verify]
