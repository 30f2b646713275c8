"""The ledger held against what was recorded: one changed character shows."""

from __future__ import annotations

from piperoll.desk import Desk
from piperoll.errors import Problem
from piperoll.ledger.report import Check, Report


CODE = "PR-E045"


def check_ledger(desk: Desk) -> Report:
    """Every entry against the hash of its cells that was taken when it was recorded, and the audit chain."""
    desk.act("ledger.verify", "ledger")
    cells, faults = desk.journal.check_seals()
    chain = desk.journal.verify_chain()
    return Report(
        "ledger",
        chain.head,
        (
            Check("ledger", cells, tuple(Problem(CODE, fault.sentence, fault.entry) for fault in faults)),
            Check("audit chain", chain.entries, tuple(Problem(CODE, each.sentence) for each in chain.faults)),
        ),
    )
