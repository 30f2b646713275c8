"""Working days and seasons.

Bank holidays of England and Wales follow the Banking and Financial Dealings Act 1971 and the proclamations that moved
or added days: 1995 (8 May in place of 1 May), 1999 (31 December), 2002 (3 June, with the spring holiday on the 4th),
2011 (29 April), 2012 (5 June, with the spring holiday on the 4th).
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Literal

import numpy as np

from piperoll.periods import Period


_EXTRA = {
    1995: (dt.date(1995, 5, 8),),
    1999: (dt.date(1999, 12, 31),),
    2002: (dt.date(2002, 6, 3), dt.date(2002, 6, 4)),
    2011: (dt.date(2011, 4, 29),),
    2012: (dt.date(2012, 6, 4), dt.date(2012, 6, 5)),
}
_NO_EARLY_MAY = (1995,)
_NO_SPRING = (2002, 2012)


def easter(year: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    left = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * left) // 451
    month, day = divmod(h + left - 7 * m + 114, 31)
    return dt.date(year, month, day + 1)


def bank_holidays(year: int) -> list[dt.date]:
    """Bank holidays of England and Wales in ``year`` that fall on a weekday, in order."""
    sunday = easter(year)
    days = {sunday - dt.timedelta(2), sunday + dt.timedelta(1)}
    days.add(_weekday(dt.date(year, 1, 1)))
    if year not in _NO_EARLY_MAY:
        days.add(_monday(dt.date(year, 5, 1)))
    if year not in _NO_SPRING:
        days.add(_monday(dt.date(year, 5, 25)))
    days.add(_monday(dt.date(year, 8, 25)))
    christmas = dt.date(year, 12, 25)
    weekend = {4: (25, 28), 5: (27, 28), 6: (26, 27)}.get(christmas.weekday(), (25, 26))
    days.update(dt.date(year, 12, day) for day in weekend)
    days.update(_EXTRA.get(year, ()))
    return sorted(days)


@lru_cache(maxsize=8)
def holidays(first: int, last: int) -> np.ndarray:
    """Bank holidays of the years ``first`` to ``last`` as ``datetime64[D]``."""
    return np.array([day for year in range(first, last + 1) for day in bank_holidays(year)], dtype="datetime64[D]")


def working(
    days: np.ndarray, roll: Literal["forward", "backward"] = "forward", span: tuple[int, int] = (1990, 2040)
) -> np.ndarray:
    """Each day moved to the next (or last) working day, if it is none itself."""
    return np.busday_offset(days.astype("datetime64[D]"), 0, roll=roll, holidays=holidays(*span))


def working_days(period: Period) -> np.ndarray:
    """The working days of a period, in order, as ``datetime64[D]``."""
    days = np.arange(np.datetime64(period.start), np.datetime64(period.end) + 1)
    return days[np.is_busday(days, holidays=holidays(1990, 2040))]


def _monday(day: dt.date) -> dt.date:
    return day + dt.timedelta((7 - day.weekday()) % 7)


def _weekday(day: dt.date) -> dt.date:
    return _monday(day) if day.weekday() >= 5 else day
