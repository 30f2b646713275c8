"""The page of a publication: every edition of it, newest first, each as it was published."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.present.htmltable import plain_table
from piperoll.present.pages import Section, render_page, write_assets
from piperoll.present.parts import heading, link, paragraph
from piperoll.present.words import counted
from piperoll.present.workbook import day_words
from piperoll.register.model.publication import Publication
from piperoll.release import manifest
from piperoll.release.edition import put_in_place
from piperoll.release.kept import PAGE, keep_whole, lay, lay_earlier
from piperoll.release.manifest import EDITIONS
from piperoll.release.notice import sentence
from piperoll.release.vintages import Listed, edition_words, editions_of, table_of


SIGN = "<!-- Editions of a publication, written by piperoll -->"


@dataclass(frozen=True)
class Index:
    """A page of a publication that was written.

    Attributes:
        directory: The publication's folder.
        editions: How many are listed.
        laid: Periods whose last edition was not in the folder and was laid there.
        lost: Ids of editions that neither the folder nor the home has: they are listed without a link.
    """

    directory: Path
    editions: int
    laid: int
    lost: tuple[str, ...]


def make_index(desk: Desk, publication: str, out: Path) -> Index:
    """Write ``index.html`` of a publication into its folder, and lay there every edition that is not there.

    Args:
        out: The publication's folder, in which a folder holds the editions of a period.

    Raises:
        UserError: ``PR-E082`` where nothing was released, ``PR-E083`` where the folder holds another page or is itself
            a release, ``PR-W003`` for an unknown publication.
    """
    declared = desk.publication(publication)
    listed = editions_of(desk, publication)
    if not listed:
        raise UserError(
            "PR-E082",
            f"no edition of `{publication}` has been released from this home.",
            fix="Make one with `piperoll release`, or name the --home in which they were made.",
        )
    _free(out)
    out.mkdir(parents=True, exist_ok=True)
    there = _there(out, publication)
    laid = 0
    places: dict[str, Path] = {}
    for period in dict.fromkeys(each.period for each in listed):
        standing = [each for each in listed if each.period == period and not each.withdrawn]
        if not standing:
            continue
        place, sha256 = there.get(period, (out / period.replace("/", "-"), ""))
        if sha256 != standing[-1].manifest_sha256:
            done = _lay(desk.home, standing[-1], place, known={each.manifest_sha256 for each in listed} & {sha256})
            laid += done
            if not done and not sha256:
                continue
        places[period] = place
    links = {each.id: found for each in listed if (found := _found(each, places.get(each.period), out))}
    lost = tuple(each.id for each in listed if not each.withdrawn and each.id not in links)
    write_assets(out / "assets")
    _write(out / PAGE, page_of(declared, listed, links))
    return Index(out, len(listed), laid, lost)


def page_of(publication: Publication, listed: Sequence[Listed], links: dict[str, str]) -> str:
    """The page: the last edition, all editions, the log of corrections.

    Args:
        listed: Every edition, oldest first.
        links: Address of each edition that is in the folder, by id.
    """
    heads, rows = table_of(listed)
    linked = [
        (link(row[0], links[each.id]) if each.id in links else row[0], *row[1:])
        for each, row in zip(reversed(listed), rows, strict=True)
    ]
    newest = next((each for each in reversed(listed) if each.id in links), None)
    last = paragraph(link(f"The last edition: {newest.period_words}", links[newest.id])) if newest else Markup()
    sections = [
        Section(
            "editions",
            "Editions",
            last + paragraph(f"{counted(len(rows), 'edition')}, newest first. Each is kept as it was published; the "
                             "SHA-256 of its manifest tells whether a copy is whole.")
            + plain_table(heads, linked, "All editions, newest first"),
        ),
        Section("corrections", "Corrections", _corrections(listed)),
    ]  # fmt: skip
    page = render_page(
        publication.title,
        lead=publication.summary,
        sections=sections,
        site=publication.producer or publication.title,
        description=publication.summary[:155],
        author=publication.producer,
    )
    return page.replace("</body>", f"{SIGN}\n</body>", 1)


def _corrections(listed: Sequence[Listed]) -> Markup:
    corrected = [each for each in reversed(listed) if each.corrects]
    if not corrected:
        return paragraph("No edition had to be corrected.")
    html = Markup()
    for each in corrected:
        html += heading(f"{day_words(each.day)}: {edition_words(each.corrects)}", 3)
        html += paragraph(sentence(each.what)) + paragraph(f"Why: {sentence(each.reason)}")
    return html


def _there(out: Path, publication: str) -> dict[str, tuple[Path, str]]:
    """Folders that hold an edition of the publication, and the hash of its manifest, by period."""
    found = {}
    for path in sorted(out.iterdir()):
        if path.is_dir() and not path.is_symlink() and (path / manifest.MANIFEST).is_file():
            content = manifest.read(path)
            if content["publication"] == publication:
                found[content["period"]] = path, manifest.file_hash(path / manifest.MANIFEST)
    return found


def _lay(home: Path, edition: Listed, place: Path, known: set[str]) -> bool:
    """Lay an edition and the earlier ones of its period into a place that is free or holds one of these.

    Args:
        known: Hash of the manifest that is there, if an edition of the ledger is.
    """
    if not known and place.exists() and (not place.is_dir() or any(place.iterdir())):
        return False
    staging = place.parent / f".{place.name}.{uuid.uuid4().hex}"
    try:
        if not lay(home, edition.manifest_sha256, staging):
            return False
        keep_whole(home, place)
        lay_earlier(home, manifest.read(staging), staging)
        put_in_place(staging, place)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return True


def _found(each: Listed, place: Path | None, out: Path) -> str:
    """Address of an edition's page, seen from the publication's; empty where its folder is not there."""
    if place is None or each.withdrawn:
        return ""
    for folder in (place, place / EDITIONS / each.edition):
        path = folder / manifest.MANIFEST
        if path.is_file() and manifest.file_hash(path) == each.manifest_sha256:
            return (folder / PAGE).relative_to(out).as_posix()
    return ""


def _free(out: Path) -> None:
    page = out / PAGE
    what = "a release, not the folder that holds its editions" if (out / manifest.MANIFEST).exists() else ""
    if not what and page.exists() and SIGN not in page.read_text(encoding="utf-8", errors="replace"):
        what = "a page that is not of this command's writing"
    if what or (out.exists() and not out.is_dir()):
        raise UserError(
            "PR-E083",
            f"this place holds {what or 'a file'}, and it is not written over.",
            where=str(out),
            fix="Give the folder above the editions, for example releases/<publication>.",
        )


def _write(path: Path, page: str) -> None:
    partial = path.with_name(f".{uuid.uuid4().hex}.part")
    partial.write_text(page, encoding="utf-8", newline="\n")
    os.replace(partial, path)
