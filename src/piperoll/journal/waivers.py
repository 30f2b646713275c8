"""Leave to publish a period although suppliers are missing: who gave it, why, and for whom."""

from __future__ import annotations

import json
from dataclasses import replace

from piperoll.errors import UserError
from piperoll.journal import models as m
from piperoll.journal.base import utc
from piperoll.journal.chain import Chain
from piperoll.journal.identity import canonical_json, clean
from piperoll.journal.minutes import Waiver
from piperoll.journal.records import AuditDraft


class Waivers(Chain):
    """Waivers of a journal."""

    def record_waiver(self, waiver: Waiver, audit: AuditDraft | None = None) -> Waiver:
        """Record a waiver; returned with its id.

        Raises:
            UserError: PR-Q022 where no reason or no approver is given.
        """
        if not waiver.reason.strip() or not waiver.approver.strip():
            message = "an override of a rule of coverage needs a reason and an approver."
            raise UserError("PR-Q022", message, where=waiver.rule, fix="Give --reason and --approver.")
        with self.write():
            row = m.WaiverRow(
                number=self.next_number("waiver"),
                rule=clean(waiver.rule),
                dataset=clean(waiver.dataset),
                period=clean(waiver.period),
                suppliers=canonical_json(sorted(waiver.suppliers)),
                reason=clean(waiver.reason),
                approver=clean(waiver.approver),
                made_by=clean(waiver.made_by),
                at=utc(waiver.at),
            )
            row.save(using=self.alias, force_insert=True)
            if audit is not None:
                self.append_audit(audit)
            return replace(waiver, id=f"V{row.number}")

    def waivers(self) -> list[Waiver]:
        """Every waiver, in the order in which they were recorded."""
        return [
            Waiver(
                rule=row.rule,
                dataset=row.dataset,
                period=row.period,
                suppliers=tuple(json.loads(row.suppliers)),
                reason=row.reason,
                approver=row.approver,
                made_by=row.made_by,
                at=row.at,
                id=f"V{row.number}",
            )
            for row in self.rows(m.WaiverRow).order_by("number")
        ]
