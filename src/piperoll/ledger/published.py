"""What the ledger holds of cells: figures that are out, and cells that were hidden."""

from __future__ import annotations

from collections.abc import Iterable

from piperoll.desk import Desk
from piperoll.journal import Release


def published_before(desk: Desk, before: Iterable[Release]) -> tuple[dict[str, float], frozenset[str]]:
    """Figures shown and cells hidden, by identity, as the last of the releases left them.

    Args:
        before: Releases, oldest first.
    """
    shown: dict[str, float] = {}
    hidden: set[str] = set()
    for release in before:
        for cell in desk.journal.published_cells(release.id):
            identity = cell.identity.text
            if cell.value:
                shown[identity] = float(cell.value)
                hidden.discard(identity)
            elif "[c]" in cell.marks:
                hidden.add(identity)
    return shown, frozenset(hidden)
