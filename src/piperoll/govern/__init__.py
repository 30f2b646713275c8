"""Who may do what, and the record of who did it.

::

    # Pure:
    decision = decide(actor, Action.TABLE_READ, Resource("table", "publication/table"), at)
    # Decides, records, raises PR-G001 when refused:
    act(journal, actor, Action.TABLE_READ, Resource("table", "publication/table"), at)
    # Decides, records a refusal and raises; leave is recorded together with what is done:
    draft = permit(journal, actor, Action.COLLECT_DELIVER, Resource("delivery", "b6a65bea"), at)
    journal.commit_delivery(delivery, findings, queries, refused_rows, draft)

Default deny: what no policy allows is refused, with a sentence that says so.
"""

from __future__ import annotations

from piperoll.govern.act import act, permit
from piperoll.govern.actions import Action, Obligation
from piperoll.govern.actors import OFFICE, Actor, local_actor
from piperoll.govern.audit import AuditVerdict, public_key_of, sign_checkpoint, verify
from piperoll.govern.decision import ENTRIES, Decision, Resource, check, decide


__all__ = [
    "ENTRIES",
    "OFFICE",
    "Action",
    "Actor",
    "AuditVerdict",
    "Decision",
    "Obligation",
    "Resource",
    "act",
    "check",
    "decide",
    "local_actor",
    "permit",
    "public_key_of",
    "sign_checkpoint",
    "verify",
]
