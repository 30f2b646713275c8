"""Make an edition: cells of a vintage, protected, compared with the edition before, written and recorded.

The edition is written beside its place and renamed into it whole; then the journal records it with the ledger of its
cells. The same vintage and definitions give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from piperoll.derive import inputs_of, plan
from piperoll.desk import DUCKDB, Desk
from piperoll.errors import UserError
from piperoll.journal import AuditDraft, Imprint, PublishedCell, Release, Vintage, cells_hash
from piperoll.ledger.figures import decimals_of, published_cells, published_text
from piperoll.ledger.related import earlier_beside
from piperoll.periods import Period
from piperoll.present.pages import write_assets
from piperoll.protect import apply, permit
from piperoll.protect.primary import subject
from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.release import manifest
from piperoll.release.assured import assured_of
from piperoll.release.book import Edition, revised_words, workbook_of, write_files
from piperoll.release.caveats import caveats_of, require_whole
from piperoll.release.coverage import require_covered
from piperoll.release.kept import keep, keep_whole, lay_earlier, pages_of
from piperoll.release.layout import shape_of, sheet_table
from piperoll.release.loss import loss_of
from piperoll.release.notice import CORRECTED, Notice, notice_of
from piperoll.release.place import Erratum, Place, basis_of, place_of
from piperoll.release.protection import Protection, alone, protect
from piperoll.release.quality import notes_of
from piperoll.release.revisions import Revisions, compare, mark
from piperoll.release.size import check_size, fits
from piperoll.release.status import marked
from piperoll.release.tracksheets import follow, sizes_words
from piperoll.release.why import why_of
from piperoll.tabulate.vintage import cells_of, missing_of, require_delivered, simulated_in
from piperoll.version import __version__


@dataclass(frozen=True)
class Made:
    """An edition that was made.

    Attributes:
        release: As the journal records it.
        directory: Where its files are.
        files: How many.
        revisions: Against the edition before.
        missing: Suppliers that are missing from it, in words.
        protection: What disclosure control did and has shown, in words.
        notice: What it corrects; None if it corrects nothing.
        lost: Ids of earlier editions of the period that are not kept in this home, and so are not beside it.
    """

    release: Release
    directory: Path
    files: int
    revisions: Revisions
    missing: tuple[str, ...]
    protection: str = ""
    notice: Notice | None = None
    lost: tuple[str, ...] = ()


def make(
    desk: Desk,
    publication: str,
    period: str,
    out: Path,
    *,
    vintage: Vintage | str | int | None = None,
    published: dt.date | None = None,
    together: bool = True,
    prove: bool = False,
    erratum: Erratum | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Made:
    """Make an edition of a publication.

    Args:
        desk: Register, home and actor.
        publication: Key of the publication.
        period: Its period, as written.
        out: Directory to make. It takes the place of an earlier edition of the same period; all of these that this home
            keeps lie below it, in ``editions/<number>/``.
        vintage: As of which vintage; the present one by default.
        together: Whether to suppress what gives small counts away, over all tables and what was released before.
        prove: Whether to prove that no suppressed count can be worked out; the manifest says which.
        published: Day of publication; by default so many days after the period as the publication says, and of a
            correction today.
        erratum: Why the last edition of this period is corrected; None where it is not.
        progress: Told each step before it begins.

    Raises:
        UserError: ``PR-Q020`` where a rule of coverage blocks it, ``PR-P001`` for a period the policy does not allow,
            ``PR-P049`` for more counts than can be protected together, ``PR-E003`` for a publication without tables,
            ``PR-E004`` for a place that holds something else, ``PR-E021`` if nothing has been delivered for it yet,
            ``PR-E080`` and ``PR-E081`` for a correction of nothing or without words,
            ``PR-E060`` where its quality and caveat section would not be whole, ``PR-J012`` if the journal holds it
            with other contents. Whatever is raised, an earlier edition is still in its place.
    """
    declared = desk.publication(publication)
    when = Period.parse(period)
    policy = policy_of(desk.register, declared)
    if policy is not None:
        permit(policy, when)
    if not declared.tables:
        raise UserError(
            "PR-E003",
            f"`{publication}` declares no tables, so there is nothing to release.",
            fix="Declare `tables` in its publication.yaml.",
        )
    if policy is not None and (together or prove):
        check_size(desk.register, declared, when)
    _free(out, publication, when)
    moment = desk.vintage(vintage)
    details: dict[str, Any] = {"vintage": moment.sequence, "rests_on": rests_on(desk, declared, moment)}
    if desk.engine != DUCKDB:  # not in the manifest: the bytes are the same
        details["engine"] = desk.engine
    draft = desk.permit("release.make", f"publication {publication}/{when}", details=details)
    parts, corrections = desk.parts(moment), desk.corrections(moment)
    require_delivered(desk.register, declared, parts, when, desk.cache)
    progress("Counting")
    missing = missing_of(desk.register, declared, parts, when, desk.cache)
    without = require_covered(desk, missing, when)
    raw = cells_of(desk, declared, when, parts, corrections, missing)
    places = decimals_of(declared)
    definitions = definitions_of(desk.register, declared, policy)
    inputs = manifest.inputs_of(parts)
    place = place_of(desk, declared, when, basis_of(inputs, corrections, definitions), published, erratum)
    released = place.released
    # Before what takes long; what was revised is known after it.
    assured = assured_of(desk, declared, when, parts, missing, place.day)
    caveats = caveats_of(desk.register, declared, assured, revised_words(Revisions()))
    require_whole(declared, caveats)
    progress("Protecting")
    told = {name: frame.with_columns(_subject=subject(policy)) for name, frame in raw.items()}
    if not (together or prove):
        small = policy is not None and fits(desk.register, declared, when)
        protection = alone(desk.register, declared, policy, told) if small else Protection()
    else:
        told |= earlier_beside(desk, declared, policy, told, parts, corrections, released)
        protection = protect(desk, declared, policy, told, released, prove=prove, progress=progress)
    cells = {name: apply(frame, policy, places, protection.hidden) for name, frame in raw.items()}
    cells = marked(desk.register, declared, cells, when, parts)
    loss = loss_of(desk.register, declared, cells)
    why = why_of(desk.register, declared)
    if why is not None and not why.applies:
        protection = Protection(statement=why.statement, content={"statement": why.statement, "certificate": None})
    notes = notes_of(policy, loss, protection.content, why)
    if without:
        notes = replace(notes, groups=(("Published without every supplier", without), *notes.groups))
    protection = replace(protection, content={**protection.content, "loss": loss.as_json()})
    cells, revisions = _revised(desk, cells, places, place.before)
    notice: Notice | None = None
    if place.erratum is not None:
        cells, wrong = _revised(desk, cells, places, place.superseded, CORRECTED.marker)
        notice = notice_of(desk.register, declared, cells, place.erratum, place.day, wrong)
    listed = [cell for frame in cells.values() for cell in published_cells(frame.filter(~pl.col("support")), places)]
    record = follow(desk, declared, place.vintages, listed, f"{publication}/{when}/{place.number}")
    caveats = replace(caveats, revisions=" ".join([revised_words(revisions), *sizes_words(declared, record)]))
    require_whole(declared, caveats)
    progress("Writing")
    edition = Edition(
        publication=declared,
        policy=policy,
        period=when,
        number=place.number,
        published=place.day,
        missing=tuple(sorted({each.supplier for each in missing})),
        revisions=revisions,
        notes=notes,
        why=why,
        simulated=simulated_in(desk, declared, parts),
        notice=notice,
        listed=place.listed,
        record=record,
        caveats=caveats,
        quality=assured,
    )
    tables = {table.name: sheet_table(desk.register, declared, table, cells[table.name]) for table in declared.tables}
    book = workbook_of(desk.register, edition, tables)
    staging = out.parent / f".{out.name}.{uuid.uuid4().hex}"
    try:
        staging.mkdir(parents=True)
        write_assets(staging / "assets")
        write_files(desk.register, edition, book, cells, staging, progress)
        content = _manifest(edition, book, inputs, corrections, definitions, moment, protection, listed, staging)
        content |= {"fingerprint": place.fingerprint, "kept": pages_of(content)}
        sha256 = manifest.write(staging, content)
        files = len(content["files"]) + 1
        keep(desk.home, staging)
        keep_whole(desk.home, out)
        lost = lay_earlier(desk.home, content, staging)
        progress("Recording")
        # Before it is put in its place: files that the ledger does not know could be given out, and a refusal of the
        # journal leaves what was there. Stopped in between, the command run again makes and finds the same edition.
        release = _record(desk, declared, when, place, notice, moment, content, sha256, out, listed, draft)
        put_in_place(staging, out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Made(release, out, files, revisions, edition.missing, protection.statement, notice, lost)


def policy_of(register: Register, publication: Publication) -> Policy | None:
    """The disclosure policy that applies to a publication, if one does."""
    return register.policy_of(publication)


def definitions_of(register: Register, publication: Publication, policy: Policy | None) -> dict[str, str]:
    """Hash of everything declared that the figures follow: publication, SQL, policy, contracts, code lists."""
    found = {
        "publication": manifest.hash_of(asdict(publication)),
        "policy": manifest.hash_of(asdict(policy) if policy else None),
        "register": register.hash,
        "piperoll": __version__,
    }
    for model in sorted(publication.models):
        found[f"{model}.sql"] = manifest.file_hash(register.root / register.model_file(publication.key, model))
    for key in publication.sources:
        source = register.sources.get(key)
        if source is not None:
            found[f"contract {key}"] = manifest.hash_of([asdict(dataset) for dataset in source.datasets])
    return found


def rests_on(desk: Desk, publication: Publication, vintage: Vintage | str | int | None = None) -> str:
    """Hash of all that the figures of a publication rest on: definitions, and what its models read as of a vintage.

    Other than the fingerprint of an edition it does not change with deliveries that no model of it reads.
    """
    register = desk.register
    datasets = set(inputs_of(plan(register, publication, desk.cache), register))
    held = [asdict(each) for each in desk.corrections(vintage) if each.dataset in datasets]
    inputs = manifest.inputs_of(each for each in desk.parts(vintage) if each.dataset in datasets)
    return manifest.hash_of([inputs, held, definitions_of(register, publication, policy_of(register, publication))])


def _revised(
    desk: Desk, cells: dict[str, pl.DataFrame], places: Mapping[str, int], before: Release | None, sign: str = "r"
) -> tuple[dict[str, pl.DataFrame], Revisions]:
    if before is None:
        return cells, Revisions()
    shown = pl.concat(
        [
            frame.filter(~pl.col("support")).select("identity", "table", "measure", "period", "shown")
            for frame in cells.values()
        ]
    )
    texts = {
        identity: published_text(value, places.get(measure, 0))
        for identity, measure, value in shown.select("identity", "measure", "shown").iter_rows()
    }
    revisions = compare(before.id, desk.journal.published_cells(before.id), shown, texts)
    return {name: mark(frame, revisions.identities, sign) for name, frame in cells.items()}, revisions


def _manifest(
    edition: Edition,
    book: Any,
    inputs: list[dict[str, str]],
    corrections: Any,
    definitions: Mapping[str, str],
    vintage: Vintage,
    protection: Protection,
    cells: Sequence[PublishedCell],
    directory: Path,
) -> dict[str, Any]:
    publication = edition.publication
    tables = []
    for table in publication.tables:
        written = next(each for each in book.tables if each.stem == table.name)
        shape = shape_of(publication, table)
        tables.append(
            {
                "name": table.name,
                "number": table.number,
                "title": written.title,
                "sheet": written.name,
                "csv": f"tables/{table.name}.csv",
                "rows": len(written.rows),
                "columns": [column.name for column in written.for_people.columns],
                "measures": shape.measures,
                "national": shape.levels,
            }
        )
    return {
        "publication": publication.key,
        "title": publication.title,
        "period": str(edition.period),
        "edition": str(edition.number),
        "published": edition.published.isoformat(),
        "made_by": f"piperoll {__version__}",
        "vintage": {
            "sequence": vintage.sequence,
            "name": vintage.name,
            "inputs": manifest.hash_of(inputs),
            "corrections": manifest.hash_of([asdict(each) for each in corrections]),
        },
        "definitions": dict(definitions),
        "simulated": edition.simulated,
        "policy": _policy(edition.policy),
        "policy_conditions": edition.why.as_json() if edition.why else None,
        "disclosure": dict(protection.content),
        "quality": edition.caveats.as_json() if edition.caveats else None,
        "missing_suppliers": list(edition.missing),
        "revisions": {
            "against": edition.revisions.against,
            "figures_revised": len(edition.revisions.revisions),
            "summary": [asdict(each) for each in edition.revisions.summary if each.revised],
        },
        "sizes_of_revisions": [each.as_json() for each in edition.record.tracks if each.whole.figures],
        "correction": edition.notice.as_json() if edition.notice else None,
        "vintages": [each.as_json() for each in edition.listed],
        "ledger": {"cells": len(cells), "sha256": cells_hash(cells)},
        "tables": tables,
        "workbooks": [f"{edition.stem}.ods", f"{edition.stem}.xlsx"],
        "inputs": inputs,
        "files": manifest.files_of(directory),
    }


def _policy(policy: Policy | None) -> dict[str, Any] | None:
    return asdict(policy) if policy else None


def _record(
    desk: Desk,
    publication: Publication,
    period: Period,
    place: Place,
    notice: Notice | None,
    vintage: Vintage,
    content: Mapping[str, Any],
    sha256: str,
    out: Path,
    cells: Sequence[PublishedCell],
    draft: AuditDraft,
) -> Release:
    known = desk.journal.find_release(publication.key, str(period), sha256)
    if known is not None:
        # Whoever makes it again has made it, too, and cannot sign it.
        desk.journal.append_audit(replace(draft, details={**draft.details, "entry": known.id}))
        return known
    release = Release(
        id=f"{publication.key}/{period}/{place.number}",
        publication=publication.key,
        period=str(period),
        edition=str(place.number),
        vintage=vintage.sequence,
        definitions_hash=content["fingerprint"],
        manifest_sha256=sha256,
        at=desk.now(),
        by=desk.who,
        out=out.name,
        cells_sha256=content["ledger"]["sha256"],
    )
    told = {"entry": release.id, "cells": release.cells_sha256}
    if notice is not None:
        told |= {"corrects": notice.corrects}
    imprint = Imprint(release=release.id, published=place.day.isoformat(), basis=place.basis)
    if notice is not None:
        imprint = replace(
            imprint,
            corrects=notice.corrects,
            what=notice.what,
            reason=notice.reason,
            tables=notice.tables,
            figures=len(notice.changed),
            unlisted=notice.unlisted,
        )
    with desk.journal.write():
        made = desk.journal.record_release(release, cells, replace(draft, details={**draft.details, **told}))
        desk.journal.record_imprint(imprint)
    return made


def _free(out: Path, publication: str, period: Period) -> None:
    """A place that holds anything but an earlier edition of this period is not written over."""
    if not out.is_symlink() and (not out.exists() or (out.is_dir() and not any(out.iterdir()))):
        return
    what = "something that is no release"
    if out.is_dir() and not out.is_symlink() and (out / manifest.MANIFEST).is_file():
        held = manifest.read(out)
        if (held["publication"], held["period"]) == (publication, str(period)):
            return
        what = f"the release {held['publication']}/{held['period']}"
    raise UserError(
        "PR-E004", f"this place holds {what}, and it is not written over.", where=str(out), fix="Give another --out."
    )


def put_in_place(staging: Path, out: Path) -> None:
    """Put the whole directory in its place; the one before is moved away first, and removed or put back after."""
    old = out.parent / f".{out.name}.{uuid.uuid4().hex}.old"
    if out.exists():
        os.replace(out, old)
    try:
        os.replace(staging, out)
    except OSError:
        if old.exists():
            os.replace(old, out)
        raise
    shutil.rmtree(old, ignore_errors=True)
