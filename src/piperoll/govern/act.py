"""Decide and record: every act leaves an entry in the audit chain, and every refusal too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from piperoll.errors import UserError
from piperoll.govern.actions import Action
from piperoll.govern.actors import Actor
from piperoll.govern.decision import REFUSED_FIX, Decision, Resource, decide
from piperoll.journal import AuditDraft


if TYPE_CHECKING:
    from piperoll.journal import Journal


def act(
    journal: Journal,
    actor: Actor,
    action: Action,
    resource: Resource,
    at: datetime,
    purpose: str = "",
    details: Mapping[str, Any] | None = None,
) -> Decision:
    """Decide, write the audit entry, and go on only when allowed. Call it before the act.

    Args:
        journal: Where the entry goes.
        actor: Who acts.
        action: What they do.
        resource: To what.
        at: When (given, never read from a clock here).
        purpose: Why, in the actor's words.
        details: JSON-like facts for the entry; no restricted values.

    Raises:
        UserError: PR-G001 with the reason when refused; the refusal is in the chain by then.
    """
    decision, draft = _draft(actor, action, resource, at, purpose, details)
    journal.append_audit(draft)
    _stop_if_refused(decision, resource)
    return decision


def permit(
    journal: Journal,
    actor: Actor,
    action: Action,
    resource: Resource,
    at: datetime,
    purpose: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditDraft:
    """Decide, and give the entry to be written together with what is done.

    For acts that end in one transaction of the journal (a delivery, an override, a release): entry and
    act count together or not at all, so an act killed half-way and run again is recorded once. A refusal
    is written at once.

    Raises:
        UserError: PR-G001 with the reason when refused.
    """
    decision, draft = _draft(actor, action, resource, at, purpose, details)
    if not decision.allowed:
        journal.append_audit(draft)
    _stop_if_refused(decision, resource)
    return draft


def _draft(
    actor: Actor,
    action: Action,
    resource: Resource,
    at: datetime,
    purpose: str,
    details: Mapping[str, Any] | None,
) -> tuple[Decision, AuditDraft]:
    decision = decide(actor, action, resource, at)
    draft = AuditDraft(
        at=at,
        actor=actor.name,
        actor_kind=actor.kind,
        action=str(action),
        resource_kind=resource.kind,
        resource_key=resource.key,
        allowed=decision.allowed,
        reason=decision.sentence,
        purpose=purpose,
        details=dict(details or {}),
    )
    return decision, draft


def _stop_if_refused(decision: Decision, resource: Resource) -> None:
    if not decision.allowed:
        raise UserError("PR-G001", decision.sentence, where=str(resource), fix=REFUSED_FIX)
