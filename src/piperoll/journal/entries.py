"""Records entered by hand: their state, versions, second keyings, and what of them was delivered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from piperoll.journal import models as m
from piperoll.journal.base import utc
from piperoll.journal.chain import Chain
from piperoll.journal.entered import Entry, EntryVersion, Keying, Sending
from piperoll.journal.identity import canonical_json, clean, numbered
from piperoll.journal.records import AuditDraft


TEXTS = (
    "source", "dataset", "supplier", "period", "way", "state", "draft", "key_token", "evidence", "made_by",
    "changed_by", "delivery",
)  # fmt: skip
PLAIN = ("version", "revision", "checked", "sent_version")


class Entries(Chain):
    """Entered records of a journal."""

    def add_entry(self, entry: Entry, audit: AuditDraft | None = None) -> Entry:
        """Record a new one; it gets its id here."""
        with self.write():
            number = self.next_number("entry")
            self._save(m.EntryRow(number=number), entry, force_insert=True)
            self._audit(audit, entry=f"E{number}")
            return self.entry(f"E{number}") or entry

    def update_entry(self, entry: Entry, version: EntryVersion | None = None, audit: AuditDraft | None = None) -> Entry:
        """Record a change: the entry as it shall be, its revision still the one it was read with.

        Args:
            version: Added to its history, if this change makes one.

        Returns:
            The entry with its next revision.

        Raises:
            ValueError: If the entry changed since it was read. Compare in one `write` to tell people first.
        """
        with self.write():
            row = self.rows(m.EntryRow).filter(number=entry.number).first()
            if row is None or row.revision != entry.revision:
                raise ValueError("the entry changed since it was read")
            changed = replace(entry, revision=entry.revision + 1)
            self._save(row, changed)
            if version is not None:
                m.EntryVersionRow(
                    entry=row, version=version.version, act=version.act, by=clean(version.by), at=utc(version.at),
                    reason=clean(version.reason), item=version.item, fields=canonical_json(list(version.fields)),
                ).save(using=self.alias, force_insert=True)  # fmt: skip
            self._audit(audit)
            return changed

    def _save(self, row: m.EntryRow, entry: Entry, *, force_insert: bool = False) -> None:
        for name in TEXTS:
            setattr(row, name, clean(getattr(entry, name)))
        for name in PLAIN:
            setattr(row, name, getattr(entry, name))
        row.made_at, row.changed_at = utc(entry.made_at), utc(entry.changed_at)
        row.save(using=self.alias, force_insert=force_insert)

    def _audit(self, audit: AuditDraft | None, **more: Any) -> None:
        if audit is not None:
            self.append_audit(replace(audit, details={**audit.details, **more}))

    def entry(self, entry_id: str) -> Entry | None:
        """An entered record by its id, ``E12``, or None."""
        row = self.rows(m.EntryRow).filter(number=numbered(entry_id, "E")).first()
        return None if row is None else _to_entry(row)

    def entered(self, source: str, dataset: str, supplier: str, period: str | None = None) -> list[Entry]:
        """Entered records of an office's dataset (and period), in the order they were begun."""
        rows = self.rows(m.EntryRow).filter(source=source, dataset=dataset, supplier=supplier)
        rows = rows if period is None else rows.filter(period=period)
        return [_to_entry(row) for row in rows.order_by("number")]

    def entry_versions(self, entry_id: str) -> list[EntryVersion]:
        """The history of a record, oldest first."""
        rows = self.rows(m.EntryVersionRow).filter(entry_id=int(entry_id[1:])).order_by("version")
        return [
            EntryVersion(
                version=row.version, act=row.act, by=row.by, at=row.at, reason=row.reason, item=row.item,
                fields=tuple(json.loads(row.fields)),
            )
            for row in rows
        ]  # fmt: skip

    # --- keyed twice --------------------------------------------------------------------------------------------------

    def add_keying(self, entry_id: str, keying: Keying) -> None:
        """Record a second keying."""
        with self.write():
            m.EntryKeyingRow(
                entry_id=int(entry_id[1:]), number=keying.number, version=keying.version, by=clean(keying.by),
                at=utc(keying.at), item=keying.item, differs=canonical_json(list(keying.differs)),
            ).save(using=self.alias, force_insert=True)  # fmt: skip

    def resolve_keying(self, entry_id: str, number: int, by: str, at: datetime, reason: str) -> None:
        """Record who decided between two keyings."""
        with self.write():
            self.rows(m.EntryKeyingRow).filter(entry_id=int(entry_id[1:]), number=number).update(
                resolved_by=clean(by), resolved_at=utc(at), reason=clean(reason)
            )

    def keyings(self, entry_id: str) -> list[Keying]:
        """Second keyings of a record, oldest first."""
        rows = self.rows(m.EntryKeyingRow).filter(entry_id=int(entry_id[1:])).order_by("number")
        names = ("number", "version", "by", "at", "item", "resolved_by", "resolved_at", "reason")
        return [
            Keying(**{name: getattr(row, name) for name in names}, differs=tuple(json.loads(row.differs)))
            for row in rows
        ]

    # --- delivered ----------------------------------------------------------------------------------------------------

    def begin_sending(self, sending: Sending) -> None:
        """Note which records are about to be delivered as which bytes; the same again changes nothing."""
        slot = {name: getattr(sending, name) for name in ("sha256", "source", "dataset", "supplier", "period")}
        with self.write():
            if not self.rows(m.EntrySentRow).filter(**slot).exists():
                m.EntrySentRow(
                    **slot, by=clean(sending.by), at=utc(sending.at),
                    records=canonical_json([list(each) for each in sending.records]),
                ).save(using=self.alias, force_insert=True)  # fmt: skip

    def finish_sending(self, sending: Sending, delivery: str, *, accepted: bool) -> None:
        """Note the delivery that became of it; if it counts, its records know that they are in it."""
        slot = {name: getattr(sending, name) for name in ("source", "dataset", "supplier", "period")}
        with self.write():
            self.rows(m.EntrySentRow).filter(sha256=sending.sha256, **slot).update(delivery=delivery)
            if accepted:
                self.rows(m.EntryRow).filter(**slot).update(sent_version=0, delivery="")
                for name, version in sending.records:
                    self.rows(m.EntryRow).filter(number=int(name[1:])).update(sent_version=version, delivery=delivery)

    def sendings(self, source: str, dataset: str, supplier: str, period: str) -> list[Sending]:
        """What was delivered of an office's entered records for a slot, in order."""
        rows = self.rows(m.EntrySentRow).filter(source=source, dataset=dataset, supplier=supplier, period=period)
        names = ("sha256", "source", "dataset", "supplier", "period", "by", "at", "delivery")
        return [
            Sending(
                **{name: getattr(row, name) for name in names},
                records=tuple((str(name), int(version)) for name, version in json.loads(row.records)),
            )
            for row in rows.order_by("pk")
        ]


def _to_entry(row: m.EntryRow) -> Entry:
    values: dict[str, Any] = {name: getattr(row, name) for name in (*TEXTS, *PLAIN)}
    return Entry(id=f"E{row.number}", made_at=row.made_at, changed_at=row.changed_at, **values)
