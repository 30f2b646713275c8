"""From which watermark to which an extract for a period goes, for each supplier: what no other period's holds.

The watermark of an extract is kept in its delivery's provenance, so it counts exactly as long as the delivery does: one
that was refused or withdrawn leaves its rows to the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from piperoll.collect.database.types import Value, read
from piperoll.journal import Delivery
from piperoll.periods import Period


WAY = "database"


@dataclass(frozen=True)
class Window:
    """Rows with ``after < watermark <= upto``; None is open (the beginning; now).

    Attributes:
        held: Period of the later extract that holds everything that this one would bring, or ''.
    """

    after: Value | None = None
    upto: Value | None = None
    held: str = ""


EVERYTHING = Window()


def window(deliveries: Iterable[Delivery], database: str, period: str) -> Window:
    """The window of one supplier's extract of one dataset.

    Args:
        deliveries: That are in force, of the supplier and the dataset.
        database: Name of the connection: only extracts from there count.
        period: Of the slot to be filled.
    """
    start = Period.parse(period).start
    marked = sorted(
        (Period.parse(d.period).start, d.period, d.receipt["provenance"])
        for d in deliveries
        if (came := d.receipt.get("provenance") or {}).get("way") == WAY
        and came.get("database") == database
        and came.get("watermark")
    )
    before = [came for first, _, came in marked if first < start]
    later = [(name, came) for first, name, came in marked if first > start]
    again = any(first == start for first, _, _ in marked)
    after = read(before[-1]["watermark"]) if before else None
    if not later:
        return Window(after)
    name, came = later[0]
    upto = read(came["after"]) if came.get("after") else None
    # A later extract was made from where this one ended: made again, it would miss what changed since.
    if again or upto is None or upto == after:
        return Window(after, upto, name)
    return Window(after, upto)
