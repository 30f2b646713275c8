"""Dates as whole numbers YYYYMMDD, with 00 for a part that is not known.

What is certain of a date is kept as evidence, what is not is left out: 31 February 1856 is 18560200, the year 1856
alone 18560000. Days that clerks enter for "not known" are nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl


SENTINELS = tuple(dt.date(*day) for day in ((1900, 1, 1), (1901, 1, 1), (1800, 1, 1), (9999, 12, 31), (1111, 11, 11)))
YEARS = (1000, 2100)

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_BETWEEN = r"[-/. ]+"
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# what may follow a date: a time of day, of which nothing is kept
_TIME = r"(?:T|\s+)[0-9]{1,2}:[0-9]{2}.*$"
_NUMBERS = rf"^(?<a>[0-9]{{1,4}})(?:{_BETWEEN}(?<b>[0-9]{{1,4}}))?(?:{_BETWEEN}(?<c>[0-9]{{1,4}}))?$"
_SOLID = (
    r"^(?:(?<y>1[5-9][0-9]{2}|2[01][0-9]{2})(?<m>[0-3][0-9])(?<d>[0-3][0-9])"
    r"|(?<e>[0-3][0-9])(?<n>[0-3][0-9])(?<z>[0-9]{4}))$"
)
_NAMED = (
    r"^(?:(?<a>[0-9]{1,4})(?:ST|ND|RD|TH)?[-/., ]*)?(?:OF\s+)?(?<month>[A-Z]{3})[A-Z]{0,6}"
    r"(?:[-/., ]*(?<b>[0-9]{1,4})(?:ST|ND|RD|TH)?)?(?:[-/., ]+(?<c>[0-9]{4}))?$"
)


def dates(
    values: pl.Series,
    *,
    sentinels: Sequence[dt.date] = SENTINELS,
    month_first: bool = False,
    years: tuple[int, int] = YEARS,
) -> pl.Series:
    """Dates as Int32 YYYYMMDD, 00 for a month or day that is not known; null where no year is.

    Read are 1856-01-12, 1856/01/12, 18560112, 12/01/1856, 12.1.1856, 12011856, 12 Jan 1856, 12th January 1856,
    January 12, 1856, Jan 1856, 01/1856, 1856-01 and 1856, a time of day after any of them, and what this gives
    (1856-00-00). A year of two digits is not read: whose century it is cannot be known here. Eight digits in a text
    begin with the year if that is one of 1500 to 2199, and else end with it; a whole number always begins with it.

    A month above 12 beside a day of at most 12 is taken for the two transposed; any other month out of range leaves
    the year, a day that the month does not have leaves year and month (Gregorian, as in ISO 8601).

    Args:
        values: n dates: String, Date, Datetime or whole numbers (YYYYMMDD, or YYYY).
        sentinels: Days that stand for "not known".
        month_first: Whether 01/12/1856 is 12 January rather than 1 December.
        years: First and last year that is possible.

    Returns:
        n numbers (Int32), each null or from ``years[0] * 10000`` on.
    """
    year, month, day = (pl.col(name) for name in ("year", "month", "day"))
    parts = _parts(values, month_first).select(pl.all().cast(pl.Int32, strict=False))
    transposed = month.is_between(13, 31) & day.is_between(1, 12)
    parts = parts.with_columns(
        pl.when(transposed).then(day).otherwise(month).fill_null(0).alias("month"),
        pl.when(transposed).then(month).otherwise(day).fill_null(0).alias("day"),
        pl.when(year.is_between(*years)).then(year).alias("year"),
    )
    parts = parts.with_columns(pl.when(month.is_between(1, 12)).then(month).otherwise(0).alias("month"))
    longest = pl.lit(pl.Series([0, *_DAYS], dtype=pl.Int32)).gather(month)
    leap = (month == 2) & (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    possible = day.is_between(1, longest + leap.fill_null(value=False).cast(pl.Int32))
    number = year * 10000 + month * 100 + pl.when(possible).then(day).otherwise(0)
    unknown = [each.year * 10000 + each.month * 100 + each.day for each in sentinels]
    kept = pl.when(~number.is_in(pl.lit(pl.Series(unknown, dtype=pl.Int32)).implode())).then(number)
    return parts.select(kept.cast(pl.Int32).alias("date"))["date"].alias(values.name)


def _parts(values: pl.Series, month_first: bool) -> pl.DataFrame:
    """Columns year, month and day, null where a part is not there."""
    frame = values.alias("value").to_frame()
    value = pl.col("value")
    if values.dtype.is_temporal():
        return frame.select(value.dt.year().alias("year"), value.dt.month().alias("month"), value.dt.day().alias("day"))
    if values.dtype.is_integer():
        whole = value.cast(pl.Int64).is_between(10_000_000, 99_999_999)
        year = pl.when(whole).then(value // 10_000).when(value.is_between(1000, 9999)).then(value)
        month, day = pl.when(whole).then(value // 100 % 100), pl.when(whole).then(value % 100)
        return frame.with_columns(value.cast(pl.Int64)).select(
            year.alias("year"), month.alias("month"), day.alias("day")
        )
    text = value.cast(pl.String).str.to_uppercase().str.replace(_TIME, "").str.strip_chars()
    frame = frame.select(text.alias("text")).with_columns(
        pl.col("text").str.extract_groups(_SOLID).alias("solid"),
        pl.col("text").str.extract_groups(_NUMBERS).alias("numbers"),
        pl.col("text").str.extract_groups(_NAMED).alias("named"),
    )
    solid, numbers, named = _solid(month_first), _numbers(month_first), _named()
    return frame.select(
        pl.coalesce(solid[i], numbers[i], named[i]).alias(name) for i, name in enumerate(("year", "month", "day"))
    )


Parts = tuple[pl.Expr, pl.Expr, pl.Expr]


def _field(group: str, name: str) -> pl.Expr:
    return pl.col(group).struct.field(name)


def _solid(month_first: bool) -> Parts:
    """Eight digits: the year first if it may be one, else last."""
    year, month, day, first, second, last = (_field("solid", name) for name in "ymdenz")
    before, after = (first, second) if month_first else (second, first)
    return pl.coalesce(year, last), pl.coalesce(month, before), pl.coalesce(day, after)


def _numbers(month_first: bool) -> Parts:
    """One to three numbers: the year is the one of four digits, at either end."""
    a, b, c = (_field("numbers", name) for name in "abc")
    none = pl.lit(None, pl.String)
    first, last = a.str.len_bytes() == 4, pl.coalesce(c, b).str.len_bytes() == 4
    # of "12/1856", the first number is the month
    month = pl.when(c.is_null()).then(a).otherwise(a if month_first else b)
    day = pl.when(c.is_null()).then(none).otherwise(b if month_first else a)
    short = (
        pl.when(first)
        .then(pl.max_horizontal(b.str.len_bytes(), c.str.len_bytes()))
        .otherwise(
            pl.when(c.is_null())
            .then(a.str.len_bytes())
            .otherwise(pl.max_horizontal(a.str.len_bytes(), b.str.len_bytes()))
        )
    )
    sound = (first | last) & (short.fill_null(0) <= 2)
    parts = (
        pl.when(first).then(a).when(last).then(pl.coalesce(c, b)),
        pl.when(first).then(b).when(last).then(month),
        pl.when(first).then(c).when(last).then(day),
    )
    year, month, day = (pl.when(sound).then(part) for part in parts)
    return year, month, day


def _named() -> Parts:
    """A month's name with a year, and with a day before or after the name, or after a year before it."""
    a, b, c = (_field("named", name) for name in "abc")
    month = _field("named", "month").replace_strict(
        _MONTHS, [str(number) for number in range(1, 13)], default=None, return_dtype=pl.String
    )
    a_year, b_year = a.str.len_bytes() == 4, b.str.len_bytes() == 4
    year = pl.when(c.is_not_null()).then(c).when(b_year).then(b).when(a_year).then(a)
    day = (
        pl.when(c.is_not_null() & a.is_null()).then(b)
        .when(c.is_null() & b_year).then(a)
        .when(c.is_null() & a_year).then(b)
    )  # fmt: skip
    sound = (
        month.is_not_null() & (day.is_null() | (day.str.len_bytes() <= 2)) & (a.is_null() | b.is_null() | c.is_null())
    )
    return pl.when(sound).then(year), pl.when(sound).then(month), pl.when(sound).then(day)
