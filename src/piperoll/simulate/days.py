"""Years, months and days of the month, whole columns at a time, looked up where numpy would reckon each anew."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np


FIRST, LAST = (int(np.datetime64(day).astype(np.int64)) for day in ("1850-01-01", "2149-12-31"))


class Parts(NamedTuple):
    """Of each day: year, month (1 to 12), day of the month, and the first day of its month since 1970."""

    year: np.ndarray
    month: np.ndarray
    day: np.ndarray
    first: np.ndarray


def parts(days: np.ndarray) -> Parts:
    """What the calendar says of days since 1970; those of 1850 to 2149 are looked up."""
    place = days - FIRST
    if len(place) and (place.min() < 0 or place.max() > LAST - FIRST):
        return _reckoned(days)
    return Parts(*(each[place] for each in _calendar()))


def years(days: np.ndarray) -> np.ndarray:
    """The year of each day since 1970."""
    return _one(days, 0)


def first_days(days: np.ndarray) -> np.ndarray:
    """The first day of the month of each day, both since 1970."""
    return _one(days, 3)


def months(days: np.ndarray) -> np.ndarray:
    """The month of each day since 1970, counted from January 1970 as 0."""
    found = parts(days)
    return (found.year - 1970) * 12 + found.month - 1


def _one(days: np.ndarray, part: int) -> np.ndarray:
    place = days - FIRST
    if len(place) and (place.min() < 0 or place.max() > LAST - FIRST):
        return _reckoned(days)[part]
    found: np.ndarray = _calendar()[part][place]
    return found


def _reckoned(days: np.ndarray) -> Parts:
    exact = days.astype("datetime64[D]")
    month, year = exact.astype("datetime64[M]"), exact.astype("datetime64[Y]")
    return Parts(
        year.astype(np.int64) + 1970,
        (month - year).astype(np.int64) + 1,
        (exact - month).astype(np.int64) + 1,
        month.astype("datetime64[D]").astype(np.int64),
    )


@lru_cache(maxsize=1)
def _calendar() -> Parts:
    return _reckoned(np.arange(FIRST, LAST + 1))
