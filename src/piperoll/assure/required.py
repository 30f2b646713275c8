"""What falls short of the quality that the register requires of a publication's sources, and leave to go on.

A level is required by each source's assessment (`piperoll.register.model.quality`), for official statistics alone.
"""

from __future__ import annotations

import datetime as dt

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.govern import Action
from piperoll.journal.signing import QualityWaiver
from piperoll.periods import Period
from piperoll.quality.assessed import judge
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register


def shortfalls(register: Register, publication: Publication, today: dt.date) -> tuple[str, ...]:
    """Each thing that falls short, as a clause: a level not reached, a review overdue, a source not assessed.

    Empty for a publication that is not official statistics: no level is required of it.
    """
    if not publication.official:
        return ()
    out = []
    for key in publication.sources:
        found = register.assessments.get(key)
        if found is None:
            out.append(f"{key}: it is not assessed")
            continue
        judged = judge(found, today)
        out += [f"{key}, {each.title}: {each.words}" for each in judged.areas if each.short]
        if judged.overdue:
            out.append(f"{key}: its review was due by {found.review_by.isoformat()}")
    return tuple(out)


def waiver_of(desk: Desk, publication: Publication, period: str, short: tuple[str, ...]) -> QualityWaiver | None:
    """The last waiver that covers everything that falls short for a period."""
    fits = [
        each
        for each in desk.journal.quality_waivers()
        if (each.publication, each.period) == (publication.key, period) and set(short) <= set(each.shortfalls)
    ]
    return fits[-1] if fits else None


def require_assured(desk: Desk, publication: Publication, period: str) -> QualityWaiver | None:
    """Refuse an edition whose sources are not assured as the register requires.

    Returns:
        The waiver it needs; None if nothing falls short.

    Raises:
        UserError: ``PR-E064``.
    """
    short = shortfalls(desk.register, publication, desk.now().date())
    if not short:
        return None
    waiver = waiver_of(desk, publication, period, short)
    if waiver is None:
        raise UserError(
            "PR-E064",
            f"the quality of its sources is not assured as the register requires: {'; '.join(short)}.",
            where=f"{publication.key}/{period}",
            fix="Have the assessment reviewed and agreed, or record why the edition is approved all the same: "
            f"piperoll override quality {publication.key} {period} --reason WHY --approver WHO",
        )
    return waiver


def waive_quality(desk: Desk, publication: str, period: str, reason: str, approver: str) -> QualityWaiver:
    """Let editions of a period be approved although sources fall short: as they do now, and no further.

    Raises:
        UserError: ``PR-E068`` where nothing falls short, or without reason or approver; ``PR-W003`` for a publication
            that is not declared.
    """
    declared, when = desk.publication(publication), str(Period.parse(period))
    short = shortfalls(desk.register, declared, desk.now().date())
    if not short:
        message = "nothing falls short of the quality that is required of it."
        raise UserError("PR-E068", message, where=f"{publication}/{when}", fix="It needs no override.")
    waiver = QualityWaiver(
        publication=publication,
        period=when,
        shortfalls=short,
        reason=reason,
        approver=approver,
        made_by=desk.who,
        at=desk.now(),
    )
    audit = desk.permit(Action.QUALITY_WAIVE, f"publication {publication}/{when}", reason, {"shortfalls": list(short)})
    return desk.journal.record_quality_waiver(waiver, audit)
