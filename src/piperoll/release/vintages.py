"""Every edition of a publication ever made: which, when, by which manifest, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from markupsafe import Markup

from piperoll.desk import Desk
from piperoll.journal import Imprint, Release
from piperoll.periods import Period
from piperoll.present.workbook import day_words


@dataclass(frozen=True)
class Listed:
    """An edition as a list of editions shows it.

    Attributes:
        id, period, edition: As the ledger has them.
        published: Day of publication, ISO 8601.
        manifest_sha256: Of its manifest.
        corrects: Id of the edition that it corrects; empty for none.
        corrected_by: Id of the edition that corrects it; empty for none.
        withdrawn: Whether it was withdrawn.
        what, reason: Of its correction, if it is one.
    """

    id: str
    period: str
    edition: str
    published: str
    manifest_sha256: str
    corrects: str = ""
    corrected_by: str = ""
    withdrawn: bool = False
    what: str = ""
    reason: str = ""

    @property
    def day(self) -> dt.date:
        """Day of publication."""
        return dt.date.fromisoformat(self.published)

    @property
    def period_words(self) -> str:
        """Its period as people read it."""
        return Period.parse(self.period).words

    @property
    def state(self) -> str:
        """What became of it, in words."""
        said = [f"Correction of {edition_words(self.corrects)}"] if self.corrects else []
        said += [f"Corrected by {edition_words(self.corrected_by)}"] if self.corrected_by else []
        said += ["Withdrawn"] if self.withdrawn else []
        return "; ".join(said) or "As published"

    def as_json(self) -> dict[str, Any]:
        """As a manifest holds it."""
        return asdict(self)


class Ledgered:
    """The ledger as it stood after some of its entries.

    Args:
        entries: All of them, oldest first.
        imprints: Of editions, by id.
        through: How many of the entries count; all by default.
    """

    def __init__(self, entries: Sequence[Release], imprints: Mapping[str, Imprint], through: int | None = None) -> None:
        self.through = len(entries) if through is None else through
        self.entries = list(entries[: self.through])
        self.imprints = imprints

    def withdrawn(self, entry: Release) -> bool:
        """Whether an entry was withdrawn by then; what was withdrawn since is taken to stand, as it did."""
        imprint = self.imprints.get(entry.id)
        if imprint is None or imprint.withdrawn_after is None:
            return entry.status == "withdrawn"
        return imprint.withdrawn_after <= self.through

    def corrects(self, entry: Release) -> str:
        """Id of the edition that an entry corrects; empty for none."""
        imprint = self.imprints.get(entry.id)
        return imprint.corrects if imprint is not None else ""

    def origin(self, entry: Release) -> Release:
        """The edition that a row of corrections began with; itself if it corrects nothing."""
        by_id = {each.id: each for each in self.entries}
        found = entry
        while (earlier := self.corrects(found)) in by_id:
            found = by_id[earlier]
        return found

    def listed(self, publication: str) -> tuple[Listed, ...]:
        """Editions of a publication, in the order in which they were made."""
        mine = [each for each in self.entries if each.publication == publication and each.kind == "release"]
        by = {self.corrects(each): each.id for each in mine if self.corrects(each) and not self.withdrawn(each)}
        out = []
        for each in mine:
            imprint = self.imprints.get(each.id)
            out.append(
                Listed(
                    id=each.id,
                    period=each.period,
                    edition=each.edition,
                    published=imprint.published if imprint else each.at.date().isoformat(),
                    manifest_sha256=each.manifest_sha256,
                    corrects=self.corrects(each),
                    corrected_by=by.get(each.id, ""),
                    withdrawn=self.withdrawn(each),
                    what=imprint.what if imprint else "",
                    reason=imprint.reason if imprint else "",
                )
            )
        return tuple(out)


def editions_of(desk: Desk, publication: str) -> tuple[Listed, ...]:
    """Every edition of a publication as they stand now, oldest first; recorded as an act.

    Raises:
        UserError: ``PR-W003`` for a publication that the register does not declare.
    """
    desk.publication(publication)
    desk.act("release.list", f"publication {publication}")
    return Ledgered(desk.journal.entries(), desk.journal.imprints()).listed(publication)


def edition_words(identity: str) -> str:
    """``edition 2 of Apr to Jun 2012`` for an edition's id."""
    period, _, number = identity.partition("/")[2].rpartition("/")
    return f"edition {number} of {Period.parse(period).words}"


def table_of(listed: Sequence[Listed]) -> tuple[tuple[str, ...], list[tuple[str | Markup, ...]]]:
    """Heads and rows of a list of editions, newest first."""
    heads = ("Period", "Edition", "Published", "What became of it", "SHA-256 of its manifest")
    rows: list[tuple[str | Markup, ...]] = [
        (e.period_words, e.edition, day_words(e.day), e.state, _lines(e.manifest_sha256)) for e in reversed(listed)
    ]
    return heads, rows


def _lines(sha256: str) -> Markup:
    """A hash that a narrow column breaks into lines."""
    return Markup("<wbr>").join(sha256[place : place + 16] for place in range(0, len(sha256), 16))


def corrections_of(desk: Desk, publication: str | None = None) -> list[tuple[Release, Imprint]]:
    """The log of corrections, oldest first: editions that correct others, with what is said of it; recorded as an act.

    Raises:
        UserError: ``PR-W003`` for a publication that the register does not declare.
    """
    if publication is not None:
        desk.publication(publication)
    desk.act("release.list", f"publication {publication or 'all'}")
    imprints = desk.journal.imprints(publication)
    return [
        (each, imprints[each.id])
        for each in desk.journal.releases(publication=publication)
        if each.id in imprints and imprints[each.id].corrects
    ]
