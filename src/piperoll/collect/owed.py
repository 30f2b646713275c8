"""Slots: what is owed, in, late, refused, or known not to be available."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from piperoll.collect.known import slot_of
from piperoll.collect.slots import Slot, not_owed
from piperoll.journal import Delivery
from piperoll.journal.force import in_force_now
from piperoll.journal.records import NOT_AVAILABLE
from piperoll.periods import Period, span
from piperoll.register.model.contract import Coverage
from piperoll.register.model.register import Register


State = Literal["in", "owed", "late", "refused", "not_available"]
STATES: tuple[State, ...] = ("in", "owed", "late", "refused", "not_available")


@dataclass(frozen=True)
class SlotState:
    """One slot and how it stands.

    Attributes:
        state: ``in``: a delivery counts. ``refused``: something came, nothing counts. ``owed``: nothing came, and it
            is not due yet. ``late``: nothing came, and it was due before today. ``not_available``: the supplier said
            last that it cannot supply it, so that nobody waits for it, and no figure is made of it.
        due: Day by which it is due.
        delivery: The one that counts, or the last that was refused or withdrawn.
    """

    slot: Slot
    state: State
    due: dt.date
    delivery: Delivery | None = None


def slots(
    register: Register,
    deliveries: Iterable[Delivery],
    today: dt.date,
    *,
    source: str | None = None,
    dataset: str | None = None,
    supplier: str | None = None,
    period: str | None = None,
) -> list[SlotState]:
    """Every slot owed up to ``today``, in order of dataset, period and supplier.

    Args:
        register: Who owes what, and since when.
        deliveries: Every delivery ever recorded.
        today: Slots of periods that have not begun are not listed.
        source, dataset, supplier: Keys, to choose.
        period: As written: a slot within it is chosen (``2012`` chooses the months of 2012).
    """
    by_slot: dict[Slot, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        by_slot[slot_of(delivery)].append(delivery)
    within = Period.parse(period) if period else None
    found = []
    for slot in owed_slots(register, today, source=source, dataset=dataset, supplier=supplier, within=within):
        spot = Period.parse(slot.period)
        due = spot.end + dt.timedelta(days=register.dataset(slot.key).due_days)
        found.append(_state(slot, by_slot.get(slot, []), due, today))
    return found


def counts(states: Iterable[SlotState]) -> dict[str, int]:
    """How many slots are in each state."""
    counted = Counter(each.state for each in states)
    return {state: counted.get(state, 0) for state in STATES}


@dataclass(frozen=True)
class Uncovered:
    """A period of which suppliers have not had their say, though it is due: whose, and the rule that says so."""

    rule: Coverage
    dataset: str
    period: str
    suppliers: tuple[str, ...]
    owed: int

    @property
    def sentence(self) -> str:
        """For whoever looks after the returns."""
        silent = ", ".join(self.suppliers[:8]) + (" ..." if len(self.suppliers) > 8 else "")
        return (
            f"{self.rule.id} {self.dataset} {self.period}: {self.rule.message}: "
            f"{len(self.suppliers):,} of {self.owed:,} ({silent})."
        )


def uncovered(register: Register, states: Iterable[SlotState]) -> list[Uncovered]:
    """Where a dataset's rule of coverage is broken: slots that are late, or of which nothing but refused came.

    Args:
        states: All slots of the datasets and periods concerned, from `slots`.

    Returns:
        In order of dataset and period. A supplier that sent nil, or said that its figures are not available, has had
        its say; one whose delivery is not due yet is not waited for.
    """
    owed: Counter[tuple[str, str]] = Counter()
    silent: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in states:
        place = each.slot.key, each.slot.period
        owed[place] += 1
        if each.state in ("late", "refused"):
            silent[place].append(each.slot.supplier)
    found = []
    for (key, period), suppliers in silent.items():
        rule = register.dataset(key).coverage
        if rule is not None:
            found.append(Uncovered(rule, key, period, tuple(sorted(suppliers)), owed[key, period]))
    return sorted(found, key=lambda each: (each.dataset, Period.parse(each.period).start))


def _state(slot: Slot, deliveries: list[Delivery], due: dt.date, today: dt.date) -> SlotState:
    current = in_force_now(deliveries)
    if current is not None:
        return SlotState(slot, "in", due, current)
    if deliveries:
        last = deliveries[-1]
        said = last.verdict == NOT_AVAILABLE and last.withdrawn is None
        return SlotState(slot, "not_available" if said else "refused", due, last)
    return SlotState(slot, "late" if today > due else "owed", due)


def owed_slots(
    register: Register,
    today: dt.date,
    *,
    source: str | None = None,
    dataset: str | None = None,
    supplier: str | None = None,
    within: Period | None = None,
) -> Iterator[Slot]:
    """Every slot whose period has begun by ``today``, in the register's order; planned and closed sources owe none.

    Args:
        source, dataset, supplier: Keys, to choose; a dataset by its name alone or with its source.
        within: A slot within it is chosen.
    """
    for owner, each in register.datasets():
        group = register.suppliers.get(each.suppliers)
        if each.owed_from is None or group is None:
            continue
        if source not in (None, owner.key) or dataset not in (None, each.name, f"{owner.key}.{each.name}"):
            continue
        first = Period.parse(each.owed_from)
        last = Period.containing(today, each.period)
        if each.owed_to is not None:
            last = min(last, Period.parse(each.owed_to))
        for period in span(first, last):
            if within is not None and not (within.start <= period.start and period.end <= within.end):
                continue
            for owing in group.suppliers:
                if supplier not in (None, owing.key):
                    continue
                slot = Slot(owner.key, each.name, owing.key, str(period))
                if not not_owed(register, slot, today):
                    yield slot
