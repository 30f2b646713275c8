"""Commands ``release`` and ``verify``."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from piperoll.cli.defaulting import Defaulting
from piperoll.cli.lazy import Lazy
from piperoll.errors import EXIT_STATUS, UserError


if TYPE_CHECKING:
    from piperoll.release import Made


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
    _told(made)


@release.command("correct")
@click.argument("publication")
@click.argument("period")
@click.option("--what", required=True, metavar="TEXT", help="What was wrong: a sentence for readers.")
@click.option("--reason", required=True, metavar="TEXT", help="How it came to be wrong: a sentence for readers.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Directory to make.")
@click.option("--vintage", default=None, help="As of which vintage (name or number); the present one by default.")
@click.option(
    "--published", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Day of the correction; today by default."
)
@click.option("--prove/--no-proof", default=False, help="As of `release make`.")
@click.pass_obj
def correct(
    lazy: Lazy,
    publication: str,
    period: str,
    what: str,
    reason: str,
    out: Path,
    vintage: str | None,
    published: dt.datetime | None,
    prove: bool,
) -> None:
    """Make a corrected edition of what was released of PUBLICATION for PERIOD, with a notice of what was wrong.

    Mend the data or the definitions first. The notice stands at the top of the page, in the workbook's notes and in the
    log of corrections; the edition that was wrong is kept below it, in editions/.
    """
    from piperoll.release import Erratum

    console = Console(stderr=True)
    with console.status("Opening") as status:
        made = lazy.workspace.release(
            publication,
            period,
            out,
            vintage=vintage,
            published=published.date() if published else None,
            prove=prove,
            erratum=Erratum(what, reason),
            progress=status.update,
        )
    _told(made)


@release.command("corrections")
@click.argument("publication", required=False)
@click.pass_obj
def corrections(lazy: Lazy, publication: str | None) -> None:
    """The log of corrections of PUBLICATION, or of all: what was wrong, when it was put right, and why."""
    from piperoll.release.vintages import corrections_of

    found = corrections_of(lazy.workspace, publication)
    for entry, said in found:
        click.echo(f"{said.published}  {entry.id} corrects {said.corrects} (recorded by {entry.by})")
        click.echo(f"  What: {said.what}")
        click.echo(f"  Why: {said.reason}")
        tables = f"tables {', '.join(said.tables)}" if said.tables else "no table"
        click.echo(f"  {said.figures:,} figures in {tables}; {said.unlisted:,} more that one edition does not show.")
    click.echo(f"{len(found):,} corrections.")


@release.command("editions")
@click.argument("publication")
@click.pass_obj
def editions(lazy: Lazy, publication: str) -> None:
    """List every edition of PUBLICATION, newest first: day, state and the SHA-256 of its manifest."""
    from piperoll.release.vintages import editions_of

    found = editions_of(lazy.workspace, publication)
    for each in reversed(found):
        click.echo(f"{each.id}  {each.published}  {each.manifest_sha256}  {each.state}")
    click.echo(f"{len(found):,} editions.")


@release.command("index")
@click.argument("publication")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The publication's folder.")
@click.pass_obj
def index(lazy: Lazy, publication: str, out: Path) -> None:
    """Write index.html of PUBLICATION into its folder: every edition, newest first.

    Editions that are not in the folder yet are laid there as they were made; nothing that is there is lost.
    """
    from piperoll.release.index import make_index

    made = make_index(lazy.workspace, publication, out)
    click.echo(f"{made.editions:,} editions of {publication}, {made.laid:,} periods laid into {out}")
    for each in made.lost:
        click.echo(f"Not kept in this home, so listed only: {each}")
    click.echo(f"Open {out / 'index.html'}")


def _told(made: Made) -> None:
    """Say what was made."""
    click.echo(f"Edition {made.release.id}: {made.files} files in {made.directory}")
    if made.notice is not None:
        click.echo(
            f"It corrects {made.notice.corrects}: {len(made.notice.changed):,} figures, and {made.notice.unlisted:,} "
            "more that one of the two does not show"
        )
    for each in made.lost:
        click.echo(f"Not kept in this home, so not beside it: {each}")
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
