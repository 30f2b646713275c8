"""Periods as they are written everywhere: ``2012``, ``2012Q2``, ``2012-05``, ``2011/12``, ``2011Q3-2012Q2``.

A calendar year, a calendar quarter, a month, a financial year (1 April to 31 March), and a rolling year: the twelve
months that end with a quarter, made anew with each quarter.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal, get_args

from piperoll.errors import UserError


Kind = Literal["year", "quarter", "month", "financial_year", "rolling_year"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Choice = Literal["last", "first_after", "nearest"]

_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("quarter", re.compile(r"(\d{4})Q([1-4])\Z")),
    ("month", re.compile(r"(\d{4})-(0[1-9]|1[0-2])\Z")),
    ("financial_year", re.compile(r"(\d{4})/(\d{2})\Z")),
    ("rolling_year", re.compile(r"(\d{4})Q([1-4])-(\d{4})Q([1-4])\Z")),
    ("year", re.compile(r"(\d{4})\Z")),
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LENGTH = {"year": 12, "quarter": 3, "month": 1, "financial_year": 12, "rolling_year": 12}
_STEP = _LENGTH | {"rolling_year": 3}  # From one to the next.


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole months: ``start`` is its first day.

    Attributes:
        start: First day.
        kind: ``year``, ``quarter``, ``month``, ``financial_year`` or ``rolling_year``.
    """

    start: dt.date
    kind: Kind

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a period as written.

        Raises:
            UserError: ``PR-W001`` if the text is none of the five forms.
        """
        for kind, pattern in _PATTERNS:
            found = pattern.match(text.strip())
            if not found or int(found[1]) < 1:
                continue
            year = int(found[1])
            if kind == "quarter":
                return cls(dt.date(year, 3 * int(found[2]) - 2, 1), kind)
            if kind == "month":
                return cls(dt.date(year, int(found[2]), 1), kind)
            if kind == "year":
                return cls(dt.date(year, 1, 1), kind)
            if kind == "rolling_year":
                begun = cls(dt.date(year, 3 * int(found[2]) - 2, 1), kind)
                if str(begun) == text.strip():
                    return begun
            elif (year + 1) % 100 == int(found[2]):
                return cls(dt.date(year, 4, 1), kind)
        raise UserError(
            "PR-W001",
            f"{text!r} is not a period.",
            fix="Write a year 2012, a quarter 2012Q2, a month 2012-05, a financial year 2011/12 or a year to a quarter "
            "2011Q3-2012Q2.",
        )

    @classmethod
    def containing(cls, day: dt.date, kind: Kind) -> Period:
        """The period of this kind that holds ``day``; of rolling years the one that ends with the day's quarter."""
        if kind == "rolling_year":
            quarter = cls.containing(day, "quarter")
            return cls(quarter.shift(-3).start, kind)
        if kind == "month":
            return cls(day.replace(day=1), kind)
        if kind == "quarter":
            return cls(dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1), kind)
        if kind == "year":
            return cls(dt.date(day.year, 1, 1), kind)
        return cls(dt.date(day.year if day.month >= 4 else day.year - 1, 4, 1), kind)

    @property
    def months(self) -> int:
        """Length in months."""
        return _LENGTH[self.kind]

    @property
    def end(self) -> dt.date:
        """Last day."""
        return _add_months(self.start, self.months) - dt.timedelta(days=1)

    def shift(self, steps: int) -> Period:
        """The period ``steps`` later (earlier if negative): lengths, and quarters for a rolling year."""
        return Period(_add_months(self.start, steps * _STEP[self.kind]), self.kind)

    @property
    def year_before(self) -> Period:
        """The same period a year earlier."""
        return Period(_add_months(self.start, -12), self.kind)

    def within(self, kind: Kind) -> list[Period]:
        """The periods of a finer kind that make up this one, in order."""
        step = _LENGTH[kind]
        if self.months % step or Period.containing(self.start, kind).start != self.start:
            raise ValueError(f"{self} is not made of whole periods of kind {kind}")
        return [Period(_add_months(self.start, m), kind) for m in range(0, self.months, step)]

    def holds(self, day: dt.date) -> bool:
        """Whether ``day`` lies in this period."""
        return self.start <= day <= self.end

    @property
    def in_names(self) -> str:
        """As it stands in names of files and folders: 2011-12 for the financial year 2011/12."""
        return str(self).replace("/", "-")

    @property
    def words(self) -> str:
        """As the published tables write it: ``Apr to Jun 2012``, never ``Q2 2012``."""
        first, last = self.start, self.end
        if self.kind == "year":
            return f"{first.year}"
        if self.kind == "month":
            return f"{_MONTHS[first.month - 1]} {first.year}"
        if first.year == last.year:
            return f"{_MONTHS[first.month - 1]} to {_MONTHS[last.month - 1]} {first.year}"
        return f"{_MONTHS[first.month - 1]} {first.year} to {_MONTHS[last.month - 1]} {last.year}"

    def __str__(self) -> str:
        if self.kind == "year":
            return f"{self.start.year:04d}"
        if self.kind == "quarter":
            return f"{self.start.year:04d}Q{(self.start.month + 2) // 3}"
        if self.kind == "month":
            return f"{self.start.year:04d}-{self.start.month:02d}"
        if self.kind == "rolling_year":
            return f"{Period(self.start, 'quarter')}-{Period.containing(self.end, 'quarter')}"
        return f"{self.start.year:04d}/{(self.start.year + 1) % 100:02d}"


def span(first: Period, last: Period) -> list[Period]:
    """Periods from ``first`` to ``last`` inclusive; both of one kind.

    Raises:
        ValueError: If the kinds differ.
    """
    if first.kind != last.kind:
        raise ValueError(f"{first} and {last} are periods of different kinds")
    out = []
    while first.start <= last.start:
        out.append(first)
        first = first.shift(1)
    return out


def snapshot_day(period: Period, weekday: Weekday | None = None, choose: Choice = "last") -> dt.date:
    """The day on which the stock of a period is taken.

    Args:
        weekday: Day of the week; None for the last day of the period, whichever it is.
        choose: ``last``: the last such weekday in the period; ``first_after``: the first one after it; ``nearest``:
            whichever of these two lies nearer to the period's last day. They are seven days apart, so that they never
            lie equally near.
    """
    if weekday is None:
        return period.end
    back = (period.end.weekday() - get_args(Weekday).index(weekday)) % 7
    last = period.end - dt.timedelta(days=back)
    if choose == "last" or (choose == "nearest" and back <= 3):
        return last
    return last + dt.timedelta(days=7)


def _add_months(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)
