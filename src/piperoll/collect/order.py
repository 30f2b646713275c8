"""In which order a batch is taken in: parents first, then by period; what is in one wave is checked in parallel.

Whatever the order of arrival, and wherever an earlier run was killed, each delivery sees the same store: all
deliveries of earlier waves, and none of its own wave in the same batch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from piperoll.collect.slots import Slot
from piperoll.periods import Period
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register


Item = TypeVar("Item")
_VIEW = re.compile(r"\b([A-Za-z][A-Za-z0-9_]*?)__([A-Za-z][A-Za-z0-9_]*)\b")


def levels(register: Register) -> dict[str, int]:
    """``source.dataset`` -> how many datasets it looks up to, one above the other: those come before it.

    A dataset looks up to those that its references lead to, and to those that the SQL of its rules reads. What would
    close a circle counts for nothing: references come first, then SQL, both in the register's order.
    """
    above: dict[str, set[str]] = {f"{source.key}.{dataset.name}": set() for source, dataset in register.datasets()}

    def reaches(key: str, wanted: str) -> bool:
        return key == wanted or any(reaches(each, wanted) for each in above[key])

    for edges in (_referred, _read):
        for source, dataset in register.datasets():
            key = f"{source.key}.{dataset.name}"
            for other in edges(dataset):
                if other in above and not reaches(other, key):
                    above[key].add(other)

    found: dict[str, int] = {}

    def level(key: str) -> int:
        if key not in found:
            found[key] = max((level(each) + 1 for each in above[key]), default=0)
        return found[key]

    return {key: level(key) for key in above}


def _referred(dataset: Dataset) -> list[str]:
    return [reference.to for reference in dataset.references]


def _read(dataset: Dataset) -> list[str]:
    sql = "\n".join(rule.sql or "" for rule in dataset.rules)
    return list(dict.fromkeys(f"{source}.{name}" for source, name in _VIEW.findall(sql)))


def waves(register: Register, items: Iterable[tuple[Slot, Item]]) -> list[list[tuple[Slot, Item]]]:
    """Deliveries in waves: by level, start of the span, dataset; two for one slot never in one wave.

    A span is the slot's period, or its calendar quarter where `by_quarter` allows. Within a wave they are in order of
    supplier and period; those for one slot in the order given.
    """
    depth = levels(register)
    wide = by_quarter(register)
    seen: dict[Slot, int] = {}
    grouped: dict[tuple[object, ...], list[tuple[Slot, Item]]] = {}
    for slot, item in items:
        again = seen.get(slot, 0)
        seen[slot] = again + 1
        key = (depth[slot.key], _span(slot, wide).start, slot.key, again)
        grouped.setdefault(key, []).append((slot, item))
    return [sorted(grouped[key], key=lambda pair: pair[0]) for key in sorted(grouped)]


def by_quarter(register: Register) -> frozenset[str]:
    """Monthly datasets of which a calendar quarter is one wave: none of their checks looks at the month before.

    So much more can be checked at a time. Their rules do not read the dataset itself, no reference leads from it to
    itself, and its volume is not compared with the period before (with the year before it may be).
    """
    found = set()
    for source, dataset in register.datasets():
        key = f"{source.key}.{dataset.name}"
        sql = "\n".join(rule.sql or "" for rule in dataset.rules)
        itself = re.search(rf"\b{re.escape(source.key)}__{re.escape(dataset.name)}\b", sql, re.IGNORECASE)
        refers = any(reference.to == key for reference in dataset.references)
        if dataset.period == "month" and not itself and not refers and dataset.volume.previous_period is None:
            found.add(key)
    return frozenset(found)


def _span(slot: Slot, wide: frozenset[str]) -> Period:
    return _whole(slot.period, slot.key in wide)


@lru_cache(maxsize=4096)
def _whole(text: str, quarter: bool) -> Period:
    period = Period.parse(text)
    return Period.containing(period.start, "quarter") if quarter else period


def same_wave(a: Slot, b: Slot, wide: frozenset[str]) -> bool:
    """Whether two slots would be in one wave of a batch (``wide``: see `by_quarter`)."""
    return a.key == b.key and _span(a, wide) == _span(b, wide)


def batch_name(parts: Sequence[str]) -> str:
    """A batch's name: the same files for the same slots are the same batch, also when run again."""
    import hashlib

    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:16]
