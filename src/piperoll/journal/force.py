"""Which deliveries count: pure functions over records, as of any moment of the journal's clock."""

from __future__ import annotations

from collections.abc import Iterable

from piperoll.journal.records import Delivery


def as_of(deliveries: Iterable[Delivery], sequence: int) -> list[Delivery]:
    """Deliveries in force at a moment, in order of acceptance.

    In force: accepted by then, not withdrawn by then, and neither followed in its slot nor named as
    superseded (directly or through others) by one that itself is accepted and not withdrawn by then. So
    withdrawing a correction puts what it corrected in force again.

    Args:
        deliveries: All deliveries, or all of the slots concerned.
        sequence: The moment: readings of the clock up to and with this one.
    """
    accepted = sorted((d for d in deliveries if d.accepted and d.sequence <= sequence), key=_sequence)
    alive = [d for d in accepted if d.withdrawn is None or d.withdrawn.sequence > sequence]
    last = {d.slot: d.sequence for d in alive}
    replaced = {d.id: d.supersedes for d in accepted}
    superseded: set[str] = set()
    for d in alive:
        earlier = d.supersedes
        while earlier is not None and earlier not in superseded:
            superseded.add(earlier)
            earlier = replaced.get(earlier)
    return [d for d in alive if last[d.slot] == d.sequence and d.id not in superseded]


def in_force_now(deliveries: Iterable[Delivery]) -> Delivery | None:
    """Of one slot's deliveries the one that counts now, or None."""
    known = list(deliveries)
    current = as_of(known, max((d.sequence for d in known), default=0) + _WITHDRAWALS)
    return current[-1] if current else None


# A withdrawal may carry a later reading than any delivery of the slot: look from beyond all of them.
_WITHDRAWALS = 1 << 62


def _sequence(delivery: Delivery) -> int:
    return delivery.sequence
