"""The operational database: deliveries, queries, overrides, vintages, releases, cells, the audit chain.

::

    journal = open_journal(home / "journal.sqlite3")        # or postgresql://user:pw@host/db
    journal.commit_delivery(delivery, findings, queries, refused_rows, audit)
    journal.deliveries_as_of("latest")

Functions take and give the frozen dataclasses of `records`; nobody outside this room sees Django. Every
write is one transaction: before it commits nothing is visible, after it everything is. Whoever stops in
between (a crash, ``kill -9``) runs the step again. Times are never read from a clock here: they are given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from piperoll.journal.entered import Entry, EntryVersion, Keying, Sending
from piperoll.journal.identity import (
    canonical_codes,
    cell_identity,
    cells_hash,
    delivery_id,
    parse_codes,
    parse_identity,
)
from piperoll.journal.imprint import Imprint
from piperoll.journal.records import (
    ACCEPTED_VERDICTS,
    AuditDraft,
    AuditEntry,
    CellIdentity,
    ChainFault,
    ChainReport,
    Checkpoint,
    Delivery,
    Finding,
    Override,
    Published,
    PublishedCell,
    Query,
    QueryEvent,
    RefusedRow,
    Release,
    ReturnWord,
    SealFault,
    Vintage,
    Withdrawal,
)
from piperoll.journal.setup import open_journal


if TYPE_CHECKING:
    from piperoll.journal.journal import Journal


__all__ = [
    "ACCEPTED_VERDICTS",
    "AuditDraft",
    "AuditEntry",
    "CellIdentity",
    "ChainFault",
    "ChainReport",
    "Checkpoint",
    "Delivery",
    "Entry",
    "EntryVersion",
    "Finding",
    "Imprint",
    "Journal",
    "Keying",
    "Override",
    "Published",
    "PublishedCell",
    "Query",
    "QueryEvent",
    "RefusedRow",
    "Release",
    "ReturnWord",
    "SealFault",
    "Sending",
    "Vintage",
    "Withdrawal",
    "canonical_codes",
    "cell_identity",
    "cells_hash",
    "delivery_id",
    "open_journal",
    "parse_codes",
    "parse_identity",
]


def __getattr__(name: str) -> Any:
    # Models can be imported only once Django is configured; a command that needs no journal pays nothing.
    if name == "Journal":
        from piperoll.journal.setup import configure

        configure()
        from piperoll.journal.journal import Journal

        return Journal
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
