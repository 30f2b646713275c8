"""What people decide of editions before they are published: looks at drafts, sign-offs, approvals, levels set aside."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from piperoll.errors import UserError
from piperoll.journal.records import Release


# ``own``: the person acted as themselves. ``local``: nobody signs in on this machine; its one user recorded the name.
SignMode = Literal["own", "local"]


def person_key(name: str) -> str:
    """A person's name as it is compared: `` Ann  LEE`` and ``ann lee`` are one person."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A draft that somebody looked at.

    Attributes:
        vintage: Sequence it was counted from.
        fingerprint: Of everything that its figures follow from.
        object: SHA-256 of its figures in the store; nothing of them is in the journal.
        cells: How many figures.
        id: ``D1``, ``D2`` ... given when recorded.
    """

    publication: str
    period: str
    vintage: int
    fingerprint: str
    object: str
    cells: int
    by: str
    at: datetime
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Signoff:
    """A second person's word that an edition may be approved.

    Attributes:
        release: Id of the edition.
        fingerprint, manifest_sha256: Of the edition as it was when signed: it holds for nothing else.
        rests_on: Hash of the deliveries and values set by hand that its figures rest on, as they were then.
        signer: Who signed.
        mode: See `SignMode`.
        recorded_by: The actor who recorded it; the signer's own name where ``mode`` is ``own``.
        note: What the signer said.
        id: ``S1``, ``S2`` ... given when recorded.
    """

    release: str
    fingerprint: str
    manifest_sha256: str
    rests_on: str
    signer: str
    mode: SignMode
    recorded_by: str
    at: datetime
    note: str = ""
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Leave to publish an edition.

    Attributes:
        release: Id of the edition; it is approved once.
        signoff: Id of the sign-off that it rests on.
        approver, mode, recorded_by: As of a sign-off.
        waiver: Id of the waiver of quality that it needed; empty for none.
    """

    release: str
    signoff: str
    approver: str
    mode: SignMode
    recorded_by: str
    at: datetime
    waiver: str = ""


@dataclass(frozen=True, kw_only=True)
class QualityWaiver:
    """Leave to approve editions of a period although the quality of sources is not assured as it has to be.

    Attributes:
        shortfalls: Each as a text; anything else that falls short later is not covered.
        id: ``L1``, ``L2`` ... given when recorded.
    """

    publication: str
    period: str
    shortfalls: tuple[str, ...]
    reason: str
    approver: str
    made_by: str
    at: datetime
    id: str = ""


def require_second(release: Release, signer: str, makers: Iterable[str]) -> None:
    """Refuse a signer who made what they sign.

    Raises:
        UserError: PR-E061.
    """
    if not person_key(signer):
        message = "a sign-off needs the name of the second person."
        raise UserError("PR-E061", message, where=release.id, fix="Name the second person with --as.")
    for each in makers:
        if person_key(each) == person_key(signer):
            message = f"`{each}` made this edition, and nobody signs what they made."
            raise UserError("PR-E061", message, where=release.id, fix=how_to_sign(release))


def how_to_sign(release: Release) -> str:
    """What a second person does."""
    return (
        f"A second person looks at it (piperoll qa {release.publication} {release.period}) and signs it: "
        f"piperoll qa sign {release.publication} {release.period} --as NAME"
    )
