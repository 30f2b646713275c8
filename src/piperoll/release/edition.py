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
from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.journal import AuditDraft, PublishedCell, Release, Vintage, cells_hash
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
from piperoll.release.layout import shape_of, sheet_table
from piperoll.release.loss import loss_of
from piperoll.release.protection import Protection, alone, protect
from piperoll.release.quality import notes_of
from piperoll.release.revisions import Revisions, compare, mark
from piperoll.release.size import check_size, fits
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
    """

    release: Release
    directory: Path
    files: int
    revisions: Revisions
    missing: tuple[str, ...]
    protection: str = ""


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
    progress: Callable[[str], None] = lambda step: None,
) -> Made:
    """Make an edition of a publication.

    Args:
        desk: Register, home and actor.
        publication: Key of the publication.
        period: Its period, as written.
        out: Directory to make; an earlier edition of the same period there is replaced whole.
        vintage: As of which vintage; the present one by default.
        together: Whether to suppress what gives small counts away, over all tables and what was released before.
        prove: Whether to prove that no suppressed count can be worked out; the manifest says which.
        published: Day of publication; by default so many days after the period as the publication says.
        progress: Told each step before it begins.

    Raises:
        UserError: ``PR-Q020`` where a rule of coverage blocks it, ``PR-P001`` for a period the policy does not allow,
            ``PR-P049`` for more counts than can be protected together, ``PR-E003`` for a publication without tables,
            ``PR-E004`` for a place that holds something else, ``PR-E021`` if nothing has been delivered for it yet,
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
    details = {"vintage": moment.sequence, "rests_on": rests_on(desk, declared, moment)}
    draft = desk.permit("release.make", f"publication {publication}/{when}", details=details)
    parts, corrections = desk.parts(moment), desk.corrections(moment)
    require_delivered(desk.register, declared, parts, when, desk.cache)
    progress("Counting")
    missing = missing_of(desk.register, declared, parts, when, desk.cache)
    without = require_covered(desk, missing)
    raw = cells_of(desk, declared, when, parts, corrections, missing)
    places = decimals_of(declared)
    definitions = definitions_of(desk.register, declared, policy)
    inputs = manifest.inputs_of(parts)
    day = published or when.end + dt.timedelta(days=declared.lag_days)
    number, before, released = _place(desk, declared, when, _fingerprint(inputs, corrections, definitions, day))
    # Before what takes long; what was revised is known after it.
    assured = assured_of(desk, declared, when, parts, missing, day)
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
    loss = loss_of(desk.register, declared, cells)
    why = why_of(desk.register, declared)
    if why is not None and not why.applies:
        protection = Protection(statement=why.statement, content={"statement": why.statement, "certificate": None})
    notes = notes_of(policy, loss, protection.content, why)
    if without:
        notes = replace(notes, groups=(("Published without every supplier", without), *notes.groups))
    protection = replace(protection, content={**protection.content, "loss": loss.as_json()})
    cells, revisions = _revised(desk, cells, places, before)
    caveats = replace(caveats, revisions=revised_words(revisions))
    require_whole(declared, caveats)
    listed = [cell for frame in cells.values() for cell in published_cells(frame.filter(~pl.col("support")), places)]
    progress("Writing")
    edition = Edition(
        publication=declared,
        policy=policy,
        period=when,
        number=number,
        published=day,
        missing=tuple(sorted({each.supplier for each in missing})),
        revisions=revisions,
        notes=notes,
        why=why,
        simulated=simulated_in(desk, declared, parts),
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
        sha256 = manifest.write(staging, content)
        files = len(content["files"]) + 1
        progress("Recording")
        # Before it is put in its place: files that the ledger does not know could be given out, and a refusal of the
        # journal leaves what was there. Stopped in between, the command run again makes and finds the same edition.
        release = _record(desk, declared, when, number, moment, content, sha256, out, listed, draft)
        _replace(staging, out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Made(release, out, files, revisions, edition.missing, protection.statement)


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


def _fingerprint(inputs: Any, corrections: Any, definitions: Mapping[str, str], published: dt.date) -> str:
    held = [asdict(each) for each in corrections]
    return manifest.hash_of([inputs, held, dict(definitions), published.isoformat()])


def _place(
    desk: Desk, publication: Publication, period: Period, fingerprint: str
) -> tuple[int, Release | None, list[Release]]:
    """Number of this edition, the edition before it, and everything released before it, oldest first.

    Making an edition again (same inputs, same definitions) gives it its old number and the same comparison.
    """
    everything = desk.journal.entries()
    # Figures imported from before are what the first edition of ours revises; an answer is no edition.
    mine = [
        each
        for each in everything
        if each.publication == publication.key and each.status != "withdrawn" and each.kind != "answer"
    ]
    own = [each for each in mine if each.period == str(period) and each.kind == "release"]
    again = next((each for each in own if each.definitions_hash == fingerprint), None)
    number = int(again.edition) if again else len(own) + 1
    before = [
        each for each in (mine[: mine.index(again)] if again else mine) if Period.parse(each.period).end <= period.end
    ]
    # What was withdrawn has been read all the same.
    released = everything[: everything.index(again)] if again else everything
    return number, before[-1] if before else None, released


def _revised(
    desk: Desk, cells: dict[str, pl.DataFrame], places: Mapping[str, int], before: Release | None
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
    return {name: mark(frame, revisions.identities) for name, frame in cells.items()}, revisions


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
        "fingerprint": _fingerprint(inputs, corrections, definitions, edition.published),
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
    number: int,
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
        id=f"{publication.key}/{period}/{number}",
        publication=publication.key,
        period=str(period),
        edition=str(number),
        vintage=vintage.sequence,
        definitions_hash=content["fingerprint"],
        manifest_sha256=sha256,
        at=desk.now(),
        by=desk.who,
        out=out.name,
        cells_sha256=content["ledger"]["sha256"],
    )
    told = {"entry": release.id, "cells": release.cells_sha256}
    return desk.journal.record_release(release, cells, replace(draft, details={**draft.details, **told}))


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


def _replace(staging: Path, out: Path) -> None:
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
