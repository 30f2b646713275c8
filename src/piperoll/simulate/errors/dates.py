"""What happens to a date on its way into a system: digits, days for months, a year off, the first of January."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from piperoll.simulate.days import parts


FIRST_YEAR, LAST_YEAR = 1880, 2029
_LENGTHS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass(frozen=True)
class Dates:
    """Dates as three arrays, some of which may be no dates at all (31 February).

    Attributes:
        year: 1880 to 2029.
        month: 1 to 12.
        day: 0 to 39, as digits may have it.
    """

    year: np.ndarray
    month: np.ndarray
    day: np.ndarray

    @classmethod
    def of(cls, days: np.ndarray) -> Dates:
        """From days since 1970."""
        found = parts(days)
        return cls(found.year, found.month, found.day)

    def take(self, rows: np.ndarray) -> Dates:
        """The dates at these positions."""
        return Dates(self.year[rows], self.month[rows], self.day[rows])

    def put(self, rows: np.ndarray, other: Dates) -> Dates:
        """These dates with ``other`` at the positions given."""
        year, month, day = self.year.copy(), self.month.copy(), self.day.copy()
        year[rows], month[rows], day[rows] = other.year, other.month, other.day
        return Dates(year, month, day)

    def possible(self) -> np.ndarray:
        """Which of them are days of the calendar."""
        leap = (self.year % 4 == 0) & ((self.year % 100 != 0) | (self.year % 400 == 0))
        longest = _LENGTHS[self.month] + (leap & (self.month == 2))
        return (self.day >= 1) & (self.day <= longest)

    def texts(self) -> pl.Series:
        """``YYYY-MM-DD``, whether possible or not."""
        return _written().gather(((self.year - FIRST_YEAR) * 13 + self.month) * 40 + self.day)


@lru_cache(maxsize=1)
def _written() -> pl.Series:
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return pl.Series(
        "date", [f"{year}-{month:02d}-{day:02d}" for year in years for month in range(13) for day in range(40)]
    )


def one_digit(rng: np.random.Generator, dates: Dates, impossible: bool = False) -> Dates:
    """One digit wrong: of the day .40, the month .25, the year's last .27, the year's last but one .08.

    Args:
        impossible: Whether the result may be no day of the calendar; where it may not, a year's last digit is wrong
            instead.
    """
    count = len(dates.year)
    field = np.searchsorted([0.40, 0.65, 0.92], rng.random(count), side="right")
    step = rng.integers(1, 10, count)
    units = rng.random(count) < 0.7
    day = np.where(
        units,
        dates.day - dates.day % 10 + (dates.day % 10 + step) % 10,
        (dates.day // 10 + 1 + step % 3) % 4 * 10 + dates.day % 10,
    )
    late = dates.month >= 10
    month = np.where(late, 10 + (dates.month - 10 + 1 + step % 2) % 3, 1 + (dates.month - 1 + 1 + step % 8) % 9)
    unit_year = dates.year - dates.year % 10 + (dates.year % 10 + step) % 10
    decade = dates.year // 10 % 10
    ten_year = dates.year + np.where((decade == 9) | (decade > 0) & (step < 5), -10, 10)
    out = Dates(
        np.where(field == 2, unit_year, np.where(field == 3, ten_year, dates.year)),
        np.where(field == 1, month, dates.month),
        np.where(field == 0, day, dates.day),
    )
    if impossible:
        return out
    wrong = np.flatnonzero(~out.possible())
    instead = Dates(unit_year, dates.month, np.minimum(dates.day, _LENGTHS[dates.month]))
    return out.put(wrong, instead.take(wrong))


def swapped(dates: Dates) -> Dates:
    """Day and month in each other's place, where the day is one of 1 to 12; else as it was."""
    may = dates.day <= 12
    return Dates(dates.year, np.where(may, dates.day, dates.month), np.where(may, dates.month, dates.day))


def first_of_january(dates: Dates) -> Dates:
    """The first of January of the same year, as written where only the year is known."""
    return Dates(dates.year, np.ones_like(dates.month), np.ones_like(dates.day))


def off_by_years(rng: np.random.Generator, dates: Dates, most: int = 1) -> Dates:
    """The same day of a year 1 to ``most`` before or after; 29 February becomes the 28th."""
    step = rng.integers(1, most + 1, len(dates.year)) * np.where(rng.random(len(dates.year)) < 0.5, -1, 1)
    return Dates(
        np.clip(dates.year + step, FIRST_YEAR, LAST_YEAR),
        dates.month,
        np.where((dates.month == 2) & (dates.day == 29), 28, dates.day),
    )
