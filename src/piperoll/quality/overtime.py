"""Volumes and missingness over time, from what the receipts of deliveries in force say. No record is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from piperoll.journal import Delivery
from piperoll.periods import Period


@dataclass(frozen=True)
class Volume:
    """What came for one period of a dataset.

    Attributes:
        rows_in, rows_kept, rows_refused: Over the deliveries that count.
        suppliers: How many of ``owing`` suppliers have one that counts.
    """

    period: Period
    deliveries: int
    rows_in: int
    rows_kept: int
    rows_refused: int
    suppliers: int
    owing: int

    @property
    def whole(self) -> bool:
        """Whether every supplier that owes has delivered."""
        return self.suppliers >= self.owing


@dataclass(frozen=True)
class Emptiness:
    """How much of a field is empty.

    Attributes:
        shares: Period -> share of the rows kept (0 to 1) in which the field is empty.
        overall: The same over all periods.
    """

    field: str
    shares: dict[Period, float]
    overall: float

    @property
    def moved(self) -> float:
        """Share in the last period less that over all those before; 0 where there is but one."""
        if len(self.shares) < 2:
            return 0.0
        *before, last = self.shares.values()
        return last - sum(before) / len(before)


def volumes(deliveries: Iterable[Delivery], owing: dict[Period, frozenset[str]]) -> list[Volume]:
    """Volumes by period of one dataset, for each period in which something is owed or came.

    Args:
        deliveries: Those in force.
        owing: Suppliers that owe something, by period.
    """
    by_period: dict[Period, list[Delivery]] = defaultdict(list)
    for each in deliveries:
        by_period[Period.parse(each.period)].append(each)
    out = []
    for period in sorted({*by_period, *owing}):
        found = by_period.get(period, [])
        there = {each.supplier for each in found}
        owed = owing.get(period, frozenset())
        out.append(
            Volume(
                period,
                len(found),
                sum(each.rows_in for each in found),
                sum(each.rows_kept for each in found),
                sum(each.rows_refused for each in found),
                len(there & owed) if owed else len(there),
                len(owed) or len(there),
            )
        )
    return out


def emptiness(deliveries: Iterable[Delivery], fields: Iterable[str]) -> list[Emptiness]:
    """Missingness of each field by period, each delivery weighted by the rows kept of it.

    Args:
        deliveries: Those in force, with their receipts; deliveries whose receipt counts no empty fields do not count.
        fields: Fields of the contract, in order; what was never counted is left out.
    """
    empty: dict[str, dict[Period, float]] = defaultdict(lambda: defaultdict(float))
    rows: dict[str, dict[Period, int]] = defaultdict(lambda: defaultdict(int))
    for each in deliveries:
        if not each.rows_kept:
            continue
        period = Period.parse(each.period)
        for field, share in (each.receipt.get("nulls") or {}).items():
            empty[field][period] += float(share) * each.rows_kept
            rows[field][period] += each.rows_kept
    out = []
    for field in fields:
        if field in rows:
            shares = {period: empty[field][period] / count for period, count in sorted(rows[field].items())}
            out.append(Emptiness(field, shares, sum(empty[field].values()) / sum(rows[field].values())))
    return out
