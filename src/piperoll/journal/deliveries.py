"""Deliveries: committed whole in one transaction, found again, withdrawn; their findings and refused rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from piperoll.errors import UserError
from piperoll.journal import models as m
from piperoll.journal.base import utc
from piperoll.journal.chain import Chain
from piperoll.journal.force import in_force_now
from piperoll.journal.identity import canonical_json, clean
from piperoll.journal.queries import Queries
from piperoll.journal.records import (
    AuditDraft,
    Delivery,
    Finding,
    Query,
    RefusedRow,
    Withdrawal,
)


TEXTS = (
    "id", "sha256", "filename", "source", "dataset", "supplier", "period", "mode", "verdict", "object",
    "vault_object", "refused_object", "original_object", "contract_version", "contract_hash", "batch",
)  # fmt: skip
NUMBERS = ("rows_in", "rows_kept", "rows_refused")


def to_delivery(row: m.DeliveryRow, *, receipt: bool = True) -> Delivery:
    """The record of a row; without its receipt, that is empty and not read."""
    fields: dict[str, Any] = {name: getattr(row, name) for name in (*TEXTS, *NUMBERS)}
    return Delivery(
        **fields,
        received_at=row.received_at,
        supersedes=row.supersedes,
        receipt=json.loads(row.receipt) if receipt else {},
        sequence=row.sequence,
        withdrawn=to_withdrawal(row),
    )


def to_withdrawal(row: Any) -> Withdrawal | None:
    """The withdrawal on a delivery's or an override's row, if any."""
    if row.withdrawn_sequence is None:
        return None
    return Withdrawal(
        at=row.withdrawn_at,
        by=row.withdrawn_by,
        reason=row.withdrawn_reason,
        sequence=row.withdrawn_sequence,
    )


class Deliveries(Queries, Chain):
    """Deliveries of a journal."""

    def commit_delivery(
        self,
        delivery: Delivery,
        findings: Iterable[Finding] = (),
        queries: Iterable[Query] = (),
        refused_rows: Iterable[RefusedRow] = (),
        audit: AuditDraft | None = None,
    ) -> Delivery:
        """Record a delivery with everything about it, in one transaction.

        Call it last, when every file is in its place: from here on the delivery counts. A query whose key was
        confirmed or waived before is not opened; one that is still open is not opened twice, but notes that
        the matter was found again. Open queries of the delivery superseded which this one no longer
        raises become ``corrected``.

        Args:
            delivery: Its ``sequence`` and ``withdrawn`` are ignored. ``supersedes=None`` becomes the delivery
                in force for the slot.
            findings: What the rules found, told in the receipt.
            queries: New questions to the supplier.
            refused_rows: Any number (an iterator is fine); written in batches.
            audit: The act, appended to the audit chain in the same transaction.

        Returns:
            The delivery as recorded, with its sequence.

        Raises:
            UserError: PR-J006 when a delivery of this id is there already, PR-J005 when it supersedes an
                unknown one.
        """
        with self.write():
            if self.rows(m.DeliveryRow).filter(id=delivery.id).exists():
                raise UserError(
                    "PR-J006",
                    f"delivery {delivery.id} has been recorded already.",
                    where=delivery.filename,
                    fix="The same bytes for the same slot count once; `piperoll deliveries` shows it.",
                )
            replaced = delivery.supersedes
            if replaced is not None:
                self.delivery(replaced)
            elif delivery.accepted:
                current = self.in_force(*delivery.slot)
                replaced = current.id if current else None
            row = self._insert(delivery, replaced)
            self.rows(m.FindingRow).bulk_create(_findings(row, findings), batch_size=500)
            insert = ["delivery_id", "file", "sheet", "row", "field", "rule", "kind"]
            self.insert_many(m.RefusedRowRow._meta.db_table, insert, _refused(row.sequence, refused_rows))
            self._open_queries(row, replaced, queries)
            if audit is not None:
                self.append_audit(audit)
            return to_delivery(row)

    def _insert(self, delivery: Delivery, replaced: str | None) -> m.DeliveryRow:
        fields: dict[str, Any] = {name: clean(getattr(delivery, name)) for name in TEXTS}
        fields |= {name: getattr(delivery, name) for name in NUMBERS}
        row = m.DeliveryRow(
            **fields,
            sequence=self.next_number("clock"),
            received_at=utc(delivery.received_at),
            supersedes=replaced,
            receipt=canonical_json(delivery.receipt),
        )
        row.save(using=self.alias, force_insert=True)
        return row

    def delivery(self, delivery_id: str) -> Delivery:
        """A delivery by its id, or by the first digits of it when no other begins so.

        Raises:
            UserError: PR-J005 when there is none, or more than one.
        """
        return to_delivery(self._delivery_row(delivery_id))

    def _delivery_row(self, delivery_id: str) -> m.DeliveryRow:
        exact = self.rows(m.DeliveryRow).filter(id=clean(delivery_id)).first()
        if exact is not None:
            return exact
        found = []
        if delivery_id:
            found = list(self.rows(m.DeliveryRow).filter(id__startswith=clean(delivery_id))[:2])
        if len(found) == 1:
            return found[0]
        raise UserError(
            "PR-J005",
            f"{'more than one delivery begins with' if found else 'there is no delivery'} `{delivery_id}`.",
            fix="`piperoll deliveries` lists them with their ids.",
        )

    def deliveries(
        self,
        *,
        source: str | None = None,
        dataset: str | None = None,
        supplier: str | None = None,
        period: str | None = None,
        verdict: str | None = None,
        batch: str | None = None,
        sha256: str | None = None,
        receipts: bool = True,
    ) -> list[Delivery]:
        """Every delivery ever recorded (refused and withdrawn ones too) that fits, in order of acceptance.

        Without ``receipts`` theirs are empty: most of what a journal holds are receipts.
        """
        wanted = {
            "source": source, "dataset": dataset, "supplier": supplier, "period": period,
            "verdict": verdict, "batch": batch, "sha256": sha256,
        }  # fmt: skip
        chosen = {name: value for name, value in wanted.items() if value is not None}
        rows = self.rows(m.DeliveryRow).filter(**chosen).order_by("sequence")
        return [to_delivery(row, receipt=receipts) for row in (rows if receipts else rows.defer("receipt"))]

    def simulated(self) -> frozenset[str]:
        """Ids of deliveries whose receipt says that they are simulated."""
        # A receipt is canonical JSON, in which no text of a supplier's can hold an unescaped quotation mark.
        found = self.rows(m.DeliveryRow).filter(receipt__contains='"simulated":true')
        return frozenset(found.values_list("id", flat=True))

    def ways(self) -> dict[str, str]:
        """By id of a delivery, the way that its receipt names (``provenance``); files that were given have none."""
        # Few receipts hold the word, so most need not be read; what else may hold it is told apart by the JSON.
        found = self.rows(m.DeliveryRow).filter(receipt__contains='"way":').values_list("id", "receipt")
        named = ((id_, json.loads(receipt).get("provenance", {}).get("way", "")) for id_, receipt in found)
        return {id_: str(way) for id_, way in named if way}

    def find_delivery(self, sha256: str, source: str, dataset: str, supplier: str, period: str) -> Delivery | None:
        """The last delivery of the same bytes for the same slot, whatever became of it, or None."""
        found = self.rows(m.DeliveryRow).filter(
            sha256=sha256, source=source, dataset=dataset, supplier=supplier, period=period
        )
        row = found.order_by("-sequence").first()
        return to_delivery(row) if row else None

    def in_force(self, source: str, dataset: str, supplier: str, period: str) -> Delivery | None:
        """The delivery that counts for a slot now, or None: the last one accepted and not withdrawn."""
        return in_force_now(self.deliveries(source=source, dataset=dataset, supplier=supplier, period=period))

    def withdraw_delivery(
        self, delivery_id: str, at: datetime, by: str, reason: str, audit: AuditDraft | None = None
    ) -> Delivery:
        """Take a delivery back. Vintages from before still hold it; what it superseded is in force again.

        Raises:
            UserError: PR-J005 when unknown, PR-J007 when it was refused or is withdrawn already, or when
                no reason is given.
        """
        with self.write():
            row = self._delivery_row(delivery_id)
            why = None
            if row.withdrawn_sequence is not None:
                why = "has been withdrawn already"
            elif row.verdict == "refused":
                why = "was refused, so there is nothing to withdraw"
            elif not reason.strip():
                why = "cannot be withdrawn without a reason"
            if why:
                raise UserError("PR-J007", f"delivery {row.id} {why}.", fix="See `piperoll deliveries`.")
            row.withdrawn_at = utc(at)
            row.withdrawn_by = clean(by)
            row.withdrawn_reason = clean(reason)
            row.withdrawn_sequence = self.next_number("clock")
            row.save(using=self.alias)
            if audit is not None:
                self.append_audit(audit)
            return to_delivery(row)

    def findings(self, delivery_id: str) -> list[Finding]:
        """What the rules found in a delivery, in the order it was given."""
        rows = self.rows(m.FindingRow).filter(delivery=self._delivery_row(delivery_id)).order_by("number")
        return [
            Finding(rule=r.rule, field=r.field, severity=r.severity, count=r.count, sentence=r.sentence) for r in rows
        ]

    def refused_rows(self, delivery_id: str) -> Iterator[RefusedRow]:
        """Places and rules of a delivery's refused rows, in the order they were given; never the values."""
        rows = self.rows(m.RefusedRowRow).filter(delivery=self._delivery_row(delivery_id)).order_by("pk")
        names = ("file", "sheet", "row", "field", "rule", "kind")
        for values in rows.values_list(*names).iterator(chunk_size=10_000):
            yield RefusedRow(*values)

    def refused_counts(self, delivery_id: str) -> dict[str, int]:
        """How many refusals each rule made in a delivery, by rule in order of its name."""
        from django.db.models import Count

        rows = self.rows(m.RefusedRowRow).filter(delivery=self._delivery_row(delivery_id))
        return dict(sorted(rows.values_list("rule").annotate(n=Count("pk")).values_list("rule", "n")))


def _findings(row: m.DeliveryRow, findings: Iterable[Finding]) -> list[m.FindingRow]:
    return [
        m.FindingRow(
            delivery=row,
            number=number,
            rule=clean(f.rule),
            field=clean(f.field),
            severity=clean(f.severity),
            count=f.count,
            sentence=clean(f.sentence),
        )
        for number, f in enumerate(findings, 1)
    ]


def _refused(sequence: int, rows: Iterable[RefusedRow]) -> Iterator[tuple[Any, ...]]:
    for r in rows:
        yield sequence, clean(r.file), clean(r.sheet), r.row, clean(r.field), clean(r.rule), clean(r.kind)
