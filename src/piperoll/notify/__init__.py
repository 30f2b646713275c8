"""Editions to those on their circulation lists: by mail, or as folders to hand over; each dispatch is recorded.

dispatch(desk, "weekly_breakdown", "2012-07", directory, out)     # -> [Outcome(...), ...]
settle(desk, "C12", arrived=True, reason="They have it.")
"""

from __future__ import annotations

from piperoll.notify.release import Edition, edition_of, require_dispatchable
from piperoll.notify.run import Outcome, Planned, dispatch, dispatches, planned, settle


__all__ = [
    "Edition",
    "Outcome",
    "Planned",
    "dispatch",
    "dispatches",
    "edition_of",
    "planned",
    "require_dispatchable",
    "settle",
]
