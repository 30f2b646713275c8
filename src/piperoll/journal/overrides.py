"""Values set by hand, with reason and approver. Originals stay; every vintage knows which held."""

from __future__ import annotations

import json
from datetime import datetime

from piperoll.errors import UserError
from piperoll.journal import models as m
from piperoll.journal.base import utc
from piperoll.journal.deliveries import to_withdrawal
from piperoll.journal.identity import canonical_json, clean, numbered
from piperoll.journal.records import AuditDraft, Override, Vintage
from piperoll.journal.vintages import Vintages


class Overrides(Vintages):
    """Overrides of a journal."""

    def make_override(self, override: Override, audit: AuditDraft | None = None) -> Override:
        """Record an override; the last one of a record's field holds. Returned with its id and sequence."""
        with self.write():
            row = m.OverrideRow(
                number=self.next_number("override"),
                sequence=self.next_number("clock"),
                source=clean(override.source),
                dataset=clean(override.dataset),
                key=canonical_json(dict(override.key)),
                field=clean(override.field),
                value=None if override.value is None else clean(override.value),
                mark=override.mark,
                reason=clean(override.reason),
                approver=clean(override.approver),
                made_by=clean(override.made_by),
                at=utc(override.at),
            )
            row.save(using=self.alias, force_insert=True)
            if audit is not None:
                self.append_audit(audit)
            return _to_override(row)

    def withdraw_override(
        self, override_id: str, at: datetime, by: str, reason: str, audit: AuditDraft | None = None
    ) -> Override:
        """Take an override back; the one before it, or the original value, holds again.

        Raises:
            UserError: PR-J015 when there is none of this id, it is withdrawn already, or no reason is given.
        """
        with self.write():
            row = self.rows(m.OverrideRow).filter(number=numbered(override_id, "O")).first()
            why = None
            if row is None:
                why = f"there is no override `{override_id}`."
            elif row.withdrawn_sequence is not None:
                why = f"override O{row.number} has been withdrawn already."
            elif not reason.strip():
                why = f"override O{row.number} cannot be withdrawn without a reason."
            if row is None or why:
                raise UserError("PR-J015", why or "", fix="`piperoll override list` shows them.")
            row.withdrawn_at = utc(at)
            row.withdrawn_by = clean(by)
            row.withdrawn_reason = clean(reason)
            row.withdrawn_sequence = self.next_number("clock")
            row.save(using=self.alias)
            if audit is not None:
                self.append_audit(audit)
            return _to_override(row)

    def overrides(self, *, source: str | None = None, dataset: str | None = None) -> list[Override]:
        """Every override ever made, withdrawn ones too, in the order they were made."""
        wanted = {"source": source, "dataset": dataset}
        chosen = {name: value for name, value in wanted.items() if value is not None}
        return [_to_override(row) for row in self.rows(m.OverrideRow).filter(**chosen).order_by("number")]

    def overrides_as_of(
        self,
        vintage: Vintage | str | int | None = None,
        *,
        source: str | None = None,
        dataset: str | None = None,
    ) -> list[Override]:
        """Overrides that hold at a vintage: not withdrawn by then, the last one of each record's field."""
        moment = self.vintage(vintage).sequence
        holding: dict[tuple[str, str, str, str], Override] = {}
        for o in self.overrides(source=source, dataset=dataset):
            if o.sequence <= moment and (o.withdrawn is None or o.withdrawn.sequence > moment):
                holding[o.source, o.dataset, canonical_json(dict(o.key)), o.field] = o
        return sorted(holding.values(), key=lambda o: o.sequence)


def _to_override(row: m.OverrideRow) -> Override:
    return Override(
        id=f"O{row.number}",
        sequence=row.sequence,
        source=row.source,
        dataset=row.dataset,
        key=json.loads(row.key),
        field=row.field,
        value=row.value,
        mark=row.mark,
        reason=row.reason,
        approver=row.approver,
        made_by=row.made_by,
        at=row.at,
        withdrawn=to_withdrawal(row),
    )
