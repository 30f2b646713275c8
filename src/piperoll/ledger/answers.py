"""Answers that may be given out: protected together with everything told before, and entered into the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.journal import AuditDraft, PublishedCell, Release, Vintage
from piperoll.journal.identity import canonical_json
from piperoll.ledger.related import cells_beside, periods_beside
from piperoll.periods import Period
from piperoll.protect.primary import COUNTS, subject
from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import Publication
from piperoll.store.parts import Correction, Part


Form = tuple[str, str]


def hidden_before(told: Mapping[str, Form]) -> frozenset[str]:
    """Cells that were told as hidden: they stay so."""
    return frozenset(identity for identity, (value, marks) in told.items() if not value and "[c]" in marks)


def news(cells: Sequence[PublishedCell], told: Mapping[str, Form]) -> list[PublishedCell]:
    """Those that tell what nobody has been told: another figure, or that a cell is hidden."""
    out = []
    for cell in cells:
        value, marks = told.get(cell.identity.text, ("", ""))
        hidden = "[c]" in cell.marks and not cell.value
        if cell.value != value if cell.value else hidden and (value or "[c]" not in marks):
            out.append(cell)
    return out


def check_told(
    desk: Desk,
    publication: Publication,
    policy: Policy | None,
    cells: pl.DataFrame,
    new: Sequence[PublishedCell],
    parts: Sequence[Part],
    corrections: Sequence[Correction],
) -> None:
    """Refuse an answer whose figures would give a small count away, with each other or with what was told before.

    Nothing is suppressed to make it safe: who asks for a figure is told it, or why not.

    Args:
        cells: Exact cells of the answer.
        new: What of it nobody has been told.

    Raises:
        UserError: ``PR-P073`` naming the count and the published figures it would follow from.
    """
    if policy is None or policy.suppress_below is None or not new:
        return
    own = {Period.parse(cell.identity.period) for cell in new}
    periods, related = periods_beside(desk, publication, own, parts)
    shown = cells.filter(~pl.col("support"))
    if not related and not _small(shown, policy):
        # Every code below those asked for is in the answer, and none is small.
        return
    import numpy as np

    from piperoll.protect.earlier import gives_away
    from piperoll.protect.inference.words import sentence
    from piperoll.protect.joint import Earlier, joint

    told = frozenset(shown["identity"].to_list())
    frames = cells_beside(desk, publication, policy, periods, parts, corrections, told)
    before = desk.journal.last_told({each for frame in frames.values() for each in frame["identity"].to_list()})
    figures = {identity: float(value) for identity, (value, _) in before.items() if value}
    posed = joint(desk.register, publication, frames, policy, Earlier(figures, hidden_before(before)))
    if posed is None:
        return
    fresh = {cell.identity.text for cell in new}
    leak = gives_away(posed.problem, np.array([identity in fresh for identity in posed.identities], bool))
    if leak is not None:
        raise UserError(
            "PR-P073",
            f"this answer would give a small count away: {sentence(posed.problem, leak)}",
            fix="Ask for less detail. Figures that were published cannot be taken back; `piperoll release --together` "
            "suppresses in a whole edition what would give counts away.",
        )


def _small(cells: pl.DataFrame, policy: Policy) -> bool:
    least = policy.suppress_below or 0
    small = pl.col("kind").is_in(COUNTS) & subject(policy) & (pl.col("value") < least)
    if not policy.suppress_zero:
        small = small & (pl.col("value") > 0)
    return bool(cells.select(small.fill_null(False).any()).item())


def enter(
    desk: Desk,
    publication: Publication,
    period: Period,
    vintage: Vintage,
    new: Sequence[PublishedCell],
    question: Mapping[str, Any],
    audit: AuditDraft,
) -> Release | None:
    """Record an answer: what is new of it in the ledger, with the act. None where nothing is new: the act alone."""
    if not new:
        desk.journal.append_audit(audit)
        return None
    entry = Release(
        id="",
        publication=publication.key,
        period=str(period),
        edition="",
        vintage=vintage.sequence,
        definitions_hash=hashlib.sha256(canonical_json(dict(question)).encode()).hexdigest(),
        manifest_sha256="",
        at=desk.now(),
        by=desk.who,
        kind="answer",
        purpose=audit.purpose,
    )
    return desk.journal.record_told(entry, new, audit)


def refused(desk: Desk, audit: AuditDraft, error: UserError) -> None:
    """Record that an answer was refused, and by which rule; what it would have told stays out of the chain."""
    desk.journal.append_audit(replace(audit, details={**audit.details, "refused": error.code}))
