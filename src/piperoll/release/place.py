"""Where an edition stands in the ledger: its number, what it is compared with, what it corrects.

The same inputs and definitions give the same edition, whenever it is made again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.journal import Imprint, Release
from piperoll.periods import Period
from piperoll.register.model.publication import Publication
from piperoll.release import manifest
from piperoll.release.vintages import Ledgered, Listed


@dataclass(frozen=True)
class Erratum:
    """Why an edition is corrected.

    Attributes:
        what: What was wrong, in a sentence.
        reason: How it came to be wrong, in a sentence.
    """

    what: str
    reason: str


@dataclass(frozen=True)
class Place:
    """Where an edition stands.

    Attributes:
        number: Of the edition, within its period.
        day: Of publication.
        basis: Hash of what its figures follow from.
        fingerprint: Hash of this, the day and the correction.
        before: The edition that its figures are revisions of; None if there is none.
        released: Everything told before it, oldest first.
        listed: Editions of the publication made before it, oldest first.
        vintages: Those of them that stand and this one, which is None: a correction in the place of what it corrects.
        erratum: Why it corrects another; None if it does not.
        superseded: The edition that it corrects.
    """

    number: int
    day: dt.date
    basis: str
    fingerprint: str
    before: Release | None
    released: list[Release]
    listed: tuple[Listed, ...]
    vintages: tuple[Release | None, ...] = (None,)
    erratum: Erratum | None = None
    superseded: Release | None = None


def basis_of(inputs: Any, corrections: Any, definitions: Mapping[str, str]) -> str:
    """Hash of what the figures of an edition follow from."""
    return manifest.hash_of([inputs, [asdict(each) for each in corrections], dict(definitions)])


def fingerprint_of(basis: str, day: dt.date, erratum: Erratum | None = None, corrects: str = "") -> str:
    """Hash of everything that an edition follows from."""
    said = [basis, day.isoformat()]
    return manifest.hash_of([*said, asdict(erratum), corrects] if erratum is not None else said)


def place_of(
    desk: Desk,
    publication: Publication,
    period: Period,
    basis: str,
    published: dt.date | None,
    erratum: Erratum | None = None,
) -> Place:
    """Find where an edition stands.

    An edition made again (same inputs, definitions, day) has its old number and comparison. What was corrected last and
    is made again without a word is that correction: it does not lose its notice.

    Args:
        basis: See `basis_of`.
        published: Day of publication, if it was given.
        erratum: Why the last edition of the period is corrected; None where none is.

    Raises:
        UserError: ``PR-E080`` where there is no edition to correct, ``PR-E081`` where nothing is said of what is wrong.
    """
    everything, imprints = desk.journal.entries(), desk.journal.imprints(publication.key)
    now = Ledgered(everything, imprints)
    own = [
        each
        for each in everything
        if (each.publication, each.period, each.kind) == (publication.key, str(period), "release")
    ]
    standing = [each for each in own if not now.withdrawn(each)]
    day = published or period.end + dt.timedelta(days=publication.lag_days)
    again: Release | None = None
    if erratum is None:
        fingerprint = fingerprint_of(basis, day)
        again = next((each for each in standing if each.definitions_hash == fingerprint), None)
        if again is None and standing and (held := _correction(imprints, standing[-1], basis, published)) is not None:
            erratum = Erratum(held.what, held.reason)
    else:
        _require(erratum, standing, f"{publication.key}/{period}")
        day = published or desk.now().date()
    superseded: Release | None = None
    if erratum is not None:
        for each in standing:
            held = _correction(imprints, each, basis, published)
            if held is not None and (held.what, held.reason) == (erratum.what, erratum.reason):
                again, day = each, dt.date.fromisoformat(held.published)
        corrects = imprints[again.id].corrects if again is not None else standing[-1].id
        superseded = next(each for each in own if each.id == corrects)
        fingerprint = fingerprint_of(basis, day, erratum, corrects)
    number = int(again.edition) if again is not None else len(own) + 1
    then = Ledgered(everything, imprints, everything.index(again)) if again is not None else now
    # What was withdrawn has been read all the same, so it stays in `released`.
    return Place(
        number=number,
        day=day,
        basis=basis,
        fingerprint=fingerprint,
        before=_before(then, publication.key, period, superseded),
        released=then.entries,
        listed=then.listed(publication.key),
        vintages=_vintages(then, publication.key, superseded),
        erratum=erratum,
        superseded=superseded,
    )


def _require(erratum: Erratum, standing: list[Release], where: str) -> None:
    if not erratum.what.strip() or not erratum.reason.strip():
        raise UserError(
            "PR-E081",
            "a correction says what was wrong, and how it came to be wrong.",
            where=where,
            fix="Give --what and --reason, each a sentence for readers.",
        )
    if not standing:
        raise UserError(
            "PR-E080",
            "there is no edition of this period to correct.",
            where=where,
            fix="Make one with `piperoll release`, or see `piperoll ledger show` for what was released.",
        )


def _correction(
    imprints: Mapping[str, Imprint], release: Release, basis: str, published: dt.date | None
) -> Imprint | None:
    """The imprint of an edition that is a correction made of the same, on the same day if one is given."""
    found = imprints.get(release.id)
    if found is None or not found.corrects or found.basis != basis:
        return None
    return found if published is None or published.isoformat() == found.published else None


def _standing(ledger: Ledgered, publication: str) -> list[Release]:
    """Editions of the publication, and imports: figures from before are what the first edition revises."""
    # An answer is no edition.
    return [
        each
        for each in ledger.entries
        if each.publication == publication and each.kind != "answer" and not ledger.withdrawn(each)
    ]


def _before(ledger: Ledgered, publication: str, period: Period, superseded: Release | None) -> Release | None:
    """The last edition up to this period; of a correction the one that what it corrects was compared with."""
    mine = _standing(ledger, publication)
    if superseded is not None:
        origin = ledger.origin(superseded).id
        until = [each.id for each in ledger.entries].index(origin)
        earlier = {each.id for each in ledger.entries[:until]}
        mine = [each for each in mine if each.id in earlier]
    found = [each for each in mine if Period.parse(each.period).end <= period.end]
    return found[-1] if found else None


def _vintages(ledger: Ledgered, publication: str, superseded: Release | None) -> tuple[Release | None, ...]:
    """Editions that stand and this one, None, each correction in the place of what it corrects."""
    chains: dict[str, Release | None] = {}
    for each in _standing(ledger, publication):
        chains[ledger.origin(each).id] = each
    chains[ledger.origin(superseded).id if superseded is not None else ""] = None
    return tuple(chains.values())


def standing_vintages(desk: Desk, publication: str) -> tuple[Release, ...]:
    """Editions and imports of a publication that stand, oldest first, each correction in the place of the wrong one."""
    ledger = Ledgered(desk.journal.entries(), desk.journal.imprints(publication))
    return tuple(each for each in _vintages(ledger, publication, None) if each is not None)
