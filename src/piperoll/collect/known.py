"""What the journal holds, in memory for the length of a batch: the store as of now, history, what was settled."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from piperoll.collect.order import by_quarter, same_wave
from piperoll.collect.prepared import History
from piperoll.collect.slots import Slot
from piperoll.journal import Delivery
from piperoll.periods import Period
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register
from piperoll.store.parts import Correction, Part


if TYPE_CHECKING:
    from piperoll.journal import Journal


class Known:
    """Deliveries in force, kept up to date while a batch commits (the home's lock is held meanwhile).

    Args:
        journal: Read once.
        register: Says which datasets a dataset's checks read.
    """

    def __init__(self, journal: Journal, register: Register) -> None:
        self._register = register
        self._wide = by_quarter(register)
        self._all: dict[str, Delivery] = {}
        self._by_bytes: dict[str, list[Delivery]] = defaultdict(list)
        self._by_slot: dict[Slot, list[Delivery]] = defaultdict(list)
        for delivery in journal.deliveries():
            self._add(delivery)
        self._force: dict[str, dict[Slot, Delivery]] = defaultdict(dict)
        for delivery in journal.deliveries_as_of():
            self._enforce(delivery)
        self._needed: dict[str, list[str]] = {}
        self._parts: dict[int, Part] = {}
        self.corrections = tuple(
            Correction(
                dataset=f"{o.source}.{o.dataset}",
                key={name: str(value) for name, value in o.key.items()},
                field=o.field,
                value=o.value,
                mark=o.mark,
                sequence=o.sequence,
            )
            for o in journal.overrides_as_of()
        )
        self.settled = journal.confirmed_keys()

    def _add(self, delivery: Delivery) -> None:
        self._all[delivery.id] = delivery
        self._by_bytes[delivery.sha256].append(delivery)
        self._by_slot[slot_of(delivery)].append(delivery)

    def _enforce(self, delivery: Delivery) -> None:
        slot = slot_of(delivery)
        self._force[slot.key][slot] = delivery

    def committed(self, delivery: Delivery) -> None:
        """Note a delivery that the journal has just recorded."""
        self._add(delivery)
        if delivery.accepted:
            self._enforce(delivery)

    def in_force(self, slot: Slot) -> Delivery | None:
        """What counts for a slot."""
        return self._force[slot.key].get(slot)

    def same_bytes(self, sha256: str, slot: Slot) -> list[Delivery]:
        """Earlier deliveries of the same bytes for the same slot, in order."""
        return [d for d in self._by_bytes.get(sha256, ()) if slot_of(d) == slot]

    def elsewhere(self, sha256: str, slot: Slot, batch: str) -> Delivery | None:
        """A delivery of the same bytes that counts for another slot, or None."""
        for delivery in self._by_bytes.get(sha256, ()):
            other = slot_of(delivery)
            counts = self.in_force(other) == delivery
            if other != slot and counts and delivery.rows_in and not self._hidden(delivery, slot, batch):
                return delivery
        return None

    def parts(self, slot: Slot, dataset: Dataset, batch: str) -> tuple[Part, ...]:
        """The store as a delivery's checks see it: without what it supersedes, without its own wave."""
        return tuple(
            self._part(d)
            for key in self.needed(slot.key, dataset)
            for other, d in self._seen(key, slot, batch)
            if d.object and other != slot
        )

    def last(self, slot: Slot, dataset: Dataset, batch: str) -> Part | None:
        """What the supplier delivered for the period before, but for one of its own wave."""
        before = Slot(slot.source, slot.dataset, slot.supplier, str(Period.parse(slot.period).shift(-1)))
        found = self.in_force(before)
        if found is None or not found.object or self._hidden(found, slot, batch):
            return None
        return self._part(found) if dataset.mode in ("events", "snapshot") else None

    def _part(self, d: Delivery) -> Part:
        """One for each delivery, made once: thousands are told to each of thousands of checks."""
        found = self._parts.get(d.sequence)
        if found is None:
            found = self._parts[d.sequence] = Part(
                dataset=f"{d.source}.{d.dataset}",
                supplier=d.supplier,
                period=d.period,
                sequence=d.sequence,
                object=d.object,
                mode=d.mode,  # type: ignore[arg-type]
                delivery=d.id,
            )
        return found

    def needed(self, key: str, dataset: Dataset) -> list[str]:
        """Datasets that the references and rules of a dataset read."""
        if key not in self._needed:
            self._needed[key] = self._find_needed(dataset)
        return self._needed[key]

    def _find_needed(self, dataset: Dataset) -> list[str]:
        names = {r.to for r in dataset.references}
        sql = "\n".join(rule.sql or "" for rule in dataset.rules)
        for source, each in self._register.datasets():
            if re.search(rf"\b{re.escape(source.key)}__{re.escape(each.name)}\b", sql, re.IGNORECASE):
                names.add(f"{source.key}.{each.name}")
        return sorted(names)

    def history(self, slot: Slot, batch: str) -> History:
        """Rows and nulls of the supplier's deliveries in force of this dataset, but for those of its own wave."""
        rows: dict[str, int] = {}
        nulls: dict[str, dict[str, float]] = {}
        for other, d in self._seen(slot.key, slot, batch):
            if other.supplier == slot.supplier and other.period != slot.period:
                rows[other.period] = d.rows_kept
                nulls[other.period] = dict(d.receipt.get("nulls") or {})
        return History(rows, nulls)

    def _seen(self, key: str, slot: Slot, batch: str) -> Iterator[tuple[Slot, Delivery]]:
        """Deliveries in force of a dataset, in order, without those of the slot's own wave."""
        for other, d in self._force[key].items():
            if key != slot.key or not self._hidden(d, slot, batch):
                yield other, d

    def _hidden(self, delivery: Delivery, slot: Slot, batch: str) -> bool:
        """Whether it came in the same wave of the same batch: killed in between or not, it is not seen."""
        if delivery.batch != batch or (delivery.source, delivery.dataset) != (slot.source, slot.dataset):
            return False
        other = slot_of(delivery)
        return other != slot and same_wave(other, slot, self._wide)


def slot_of(delivery: Delivery) -> Slot:
    """The slot that a delivery fills."""
    return Slot(delivery.source, delivery.dataset, delivery.supplier, delivery.period)


def again(earlier: Iterable[Delivery]) -> int:
    """How often the same bytes came for the same slot before."""
    return len(list(earlier))
