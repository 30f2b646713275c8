"""What rate, share, percentage change, mean and median mean: plain functions, which the SQL must agree with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction


def percentage_change(earlier: float, later: float) -> float | None:
    """``100 x (later - earlier) / earlier``; None where the earlier count is zero."""
    return None if earlier == 0 else 100.0 * (later - earlier) / earlier


def rate(count: float, denominator: float | None, per: float) -> float | None:
    """``count / denominator x per``; None where there is no denominator."""
    return None if not denominator else count / denominator * per


def share(part: float, whole: float) -> float | None:
    """Per cent of a whole; None of nothing."""
    return None if whole == 0 else 100.0 * part / whole


def mean(values: Sequence[float]) -> float | None:
    """Sum over number, exact until the last step; None of nothing."""
    return float(sum(map(Fraction, values), Fraction(0)) / len(values)) if values else None


def median(values: Sequence[float]) -> float | None:
    """The middle value, or the mean of the two middle ones; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    half, odd = divmod(len(ordered), 2)
    return float(ordered[half]) if odd else (ordered[half - 1] + ordered[half]) / 2


def weeks(start: dt.date, end: dt.date) -> float:
    """Calendar days between two days, divided by seven."""
    return (end - start).days / 7.0


def within_quarters(start: dt.date, event: dt.date | None, quarters: int) -> bool:
    """Whether an event came within so many quarters of three months: at the latest on the same day of that month.

    Where the month has no such day, on its last one: 30 November and one quarter make 28 (or 29) February.
    """
    if event is None:
        return False
    index = start.year * 12 + start.month - 1 + 3 * quarters
    year, month = divmod(index, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    limit = min(start.day, (following - dt.timedelta(days=1)).day)
    return event <= dt.date(year, month + 1, limit)
