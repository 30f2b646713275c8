"""The audit chain: entries are appended, each with the hash of the one before; any tampering shows.

The hash of an entry is SHA-256 of the hash before it (hexadecimal, 64 zeros at first), a line feed, and
the canonical JSON of its content. Whoever can write the database can write a whole new chain; the signed
checkpoints of `piperoll.govern.audit` are against that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from piperoll.journal import models as m
from piperoll.journal.base import Base, utc
from piperoll.journal.identity import canonical_json, clean
from piperoll.journal.records import AuditDraft, AuditEntry, ChainFault, ChainReport, Checkpoint


GENESIS = "0" * 64
TEXTS = ("actor", "actor_kind", "action", "resource_kind", "resource_key", "reason", "purpose")


def entry_hash(entry: AuditDraft, number: int, previous: str) -> str:
    """The hash of an entry at its place in the chain."""
    content = {name: getattr(entry, name) for name in TEXTS}
    content |= {
        "number": number,
        "at": utc(entry.at).isoformat(timespec="microseconds"),
        "allowed": entry.allowed,
        "details": dict(entry.details),
    }
    return hashlib.sha256(f"{previous}\n{canonical_json(content)}".encode()).hexdigest()


def check_chain(entries: Iterable[AuditEntry], *, last: int | None = None) -> ChainReport:
    """Check entries in the order of their numbers.

    Args:
        entries: The chain.
        last: Number of the last entry written, where known: entries missing from the end then show.
    """
    faults: list[ChainFault] = []
    previous, count, expected = GENESIS, 0, 1
    for entry in entries:
        count += 1
        if entry.number != expected:
            missing = f"entry {expected} is missing; entry {entry.number} follows entry {expected - 1}."
            faults.append(ChainFault(entry.number, "number", missing))
        if entry.previous != previous:
            broken = f"entry {entry.number} does not follow the entry before it."
            faults.append(ChainFault(entry.number, "previous", broken))
        if entry_hash(entry, entry.number, entry.previous) != entry.hash:
            changed = f"entry {entry.number} is not as it was written."
            faults.append(ChainFault(entry.number, "hash", changed))
        previous, expected = entry.hash, entry.number + 1
    if last is not None and expected != last + 1:
        ends = f"the chain ends at entry {expected - 1}, but {last} were written."
        faults.append(ChainFault(expected, "end", ends))
    return ChainReport(entries=count, head=previous, faults=tuple(faults))


class Chain(Base):
    """The audit chain of a journal."""

    def append_audit(self, draft: AuditDraft) -> AuditEntry:
        """Append an act to the chain; inside `write` it counts with everything else written there."""
        texts = {name: clean(getattr(draft, name)) for name in TEXTS}
        # Through JSON and back: what is hashed is what will be read.
        details = json.loads(canonical_json(dict(draft.details)))
        kept = AuditDraft(at=utc(draft.at), allowed=draft.allowed, details=details, **texts)
        with self.write():
            number = self.next_number("audit")
            before = self.rows(m.AuditRow).order_by("-number").values_list("hash", flat=True).first()
            previous = before or GENESIS
            row = m.AuditRow(
                number=number,
                at=kept.at,
                allowed=kept.allowed,
                details=canonical_json(details),
                previous=previous,
                hash=entry_hash(kept, number, previous),
                **texts,
            )
            row.save(using=self.alias, force_insert=True)
            return _to_entry(row)

    def audit_entries(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        resource_kind: str | None = None,
        resource_key: str | None = None,
        allowed: bool | None = None,
    ) -> Iterator[AuditEntry]:
        """Entries that fit, in the order they were written."""
        wanted = {
            "actor": actor, "action": action, "resource_kind": resource_kind,
            "resource_key": resource_key, "allowed": allowed,
        }  # fmt: skip
        chosen = {name: value for name, value in wanted.items() if value is not None}
        rows = self.rows(m.AuditRow).filter(**chosen).order_by("number")
        return (_to_entry(row) for row in rows.iterator(chunk_size=2_000))

    def verify_chain(self) -> ChainReport:
        """Check the whole chain: finds every entry changed, removed, inserted or put in another order."""
        return check_chain(self.audit_entries(), last=self.last_number("audit"))

    def audit_head(self) -> tuple[int, str]:
        """Number and hash of the last entry; 0 and 64 zeros when there is none."""
        row = self.rows(m.AuditRow).order_by("-number").first()
        return (row.number, row.hash) if row else (0, GENESIS)

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a signed checkpoint."""
        values: dict[str, Any] = {f.name: getattr(checkpoint, f.name) for f in fields(Checkpoint)}
        with self.write():
            m.CheckpointRow(**values | {"at": utc(checkpoint.at)}).save(using=self.alias)

    def checkpoints(self) -> list[Checkpoint]:
        """Signed checkpoints, in the order they were made."""
        names = [f.name for f in fields(Checkpoint)]
        return [Checkpoint(**row) for row in self.rows(m.CheckpointRow).order_by("pk").values(*names)]


def _to_entry(row: m.AuditRow) -> AuditEntry:
    values: dict[str, Any] = {f.name: getattr(row, f.name) for f in fields(AuditEntry) if f.name != "details"}
    return AuditEntry(**values, details=json.loads(row.details))
