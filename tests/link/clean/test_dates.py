"""Dates as they are written, impossible and partial ones, and days that stand for nothing."""

from __future__ import annotations

import calendar
import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.link.clean import dates
from piperoll.link.clean.dates import SENTINELS


def one(value: object, **options: object) -> int | None:
    return dates(pl.Series([value]), **options).to_list()[0]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        # whole dates
        ("1856-01-12", 18560112),
        (" 1856-01-12 ", 18560112),
        ("1856-1-2", 18560102),
        ("1856/01/12", 18560112),
        ("1856.01.12", 18560112),
        ("18560112", 18560112),
        ("12/01/1856", 18560112),
        ("12-01-1856", 18560112),
        ("12.1.1856", 18560112),
        ("12 01 1856", 18560112),
        ("12011856", 18560112),
        ("20011956", 19560120),
        ("12 Jan 1856", 18560112),
        ("12-JAN-1856", 18560112),
        ("12JAN1856", 18560112),
        ("12 January 1856", 18560112),
        ("12th January, 1856", 18560112),
        ("1st of March 1856", 18560301),
        ("January 12 1856", 18560112),
        ("January 12th, 1856", 18560112),
        ("1856 Jan 12", 18560112),
        ("31 Sept 1856", 18560900),
        ("1856-01-12T00:00:00", 18560112),
        ("1856-01-12T23:59:59.999Z", 18560112),
        ("1856-01-12 00:00:00+01:00", 18560112),
        ("12/01/1856 00:00", 18560112),
        # partial ones
        ("1856", 18560000),
        ("1856-05", 18560500),
        ("05/1856", 18560500),
        ("May 1856", 18560500),
        ("1856 May", 18560500),
        ("1856-00-00", 18560000),
        ("1856-05-00", 18560500),
        ("1856-00-12", 18560000),
        ("00/05/1856", 18560500),
        ("18560500", 18560500),
        ("18560000", 18560000),
        # impossible ones
        ("1856-02-31", 18560200),
        ("1856-02-30", 18560200),
        ("1856-04-31", 18560400),
        ("1856-01-32", 18560100),
        ("1900-02-29", 19000200),
        ("1856-02-29", 18560229),
        ("2000-02-29", 20000229),
        ("1856-13-05", 18560513),
        ("1856-31-12", 18561231),
        ("1856-31-02", 18560200),
        ("05/13/1856", 18560513),
        ("1856-13-13", 18560000),
        ("1856-45-45", 18560000),
        ("1856-99-01", 18560000),
        # none
        ("0050-01-01", None),
        ("-0050-01-0", None),
        ("-0050-01-01", None),
        ("2101-01-01", None),
        ("0000-00-00", None),
        ("00000000", None),
        ("3/4/56", None),
        ("56-04-03", None),
        ("12 Foo 1856", None),
        ("1856-01-123", None),
        ("1856-001-12", None),
        ("12/1856/01", None),
        ("1856 Jan 1856", None),
        ("12 Jan 12 1856", None),
        ("185601", None),
        ("1856-01-12-13", None),
        ("12:30", None),
        ("unknown", None),
        ("-", None),
        ("", None),
        ("١٨٥٦-٠١-١٢", None),
        # sentinels
        ("1900-01-01", None),
        ("01/01/1901", None),
        ("1 January 1800", None),
        ("9999-12-31", None),
        ("1111-11-11", None),
        ("1970-01-01", 19700101),
        ("1900-01-02", 19000102),
        ("1900", 19000000),
    ],
)
def test_texts(written: str, number: int | None) -> None:
    assert one(written) == number


def test_month_first_where_it_is_declared() -> None:
    assert one("01/12/1856", month_first=True) == 18560112
    assert one("1/1856", month_first=True) == 18560100
    assert one("01121856", month_first=True) == 18560112
    assert one("13/01/1856", month_first=True) == 18560113
    assert one("1856-01-12", month_first=True) == 18560112
    assert one("12 Jan 1856", month_first=True) == 18560112


def test_sentinels_are_an_argument() -> None:
    assert one("1970-01-01", sentinels=[dt.date(1970, 1, 1)]) is None
    assert one("1900-01-01", sentinels=[dt.date(1970, 1, 1)]) == 19000101
    assert one("1900-01-01", sentinels=[]) == 19000101
    assert dt.date(1970, 1, 1) not in SENTINELS


def test_years_are_an_argument() -> None:
    assert one("0987-10-14") is None
    assert one("0987-10-14", years=(900, 2100)) == 9871014
    assert one("1066-10-14") == 10661014
    assert one("1899-12-31", years=(1900, 2012)) is None


def test_other_types() -> None:
    assert dates(pl.Series("d", [dt.date(1856, 1, 12), dt.date(1900, 1, 1), None])).to_list() == [18560112, None, None]
    assert dates(pl.Series([dt.datetime(1856, 1, 12, 13, 5)])).to_list() == [18560112]
    assert dates(pl.Series([18560112, 18560000, 1856, 0, -18560112, 5, None])).to_list() == [
        18560112, 18560000, 18560000, None, None, None, None,
    ]  # fmt: skip
    assert dates(pl.Series([18560112], dtype=pl.Int32)).to_list() == [18560112]
    assert dates(pl.Series([1856], dtype=pl.UInt16)).to_list() == [18560000]
    assert dates(pl.Series([10661014, 12011856, 2**62])).to_list() == [10661014, 12010000, None]


def test_shape_and_kind() -> None:
    found = dates(pl.Series("dob", ["1856", None, "x"]))
    assert (found.name, found.dtype, found.to_list()) == ("dob", pl.Int32, [18560000, None, None])
    assert dates(pl.Series("dob", [], dtype=pl.String)).dtype == pl.Int32
    assert dates(pl.Series("dob", [None], dtype=pl.String)).to_list() == [None]


@given(st.dates(dt.date(1500, 1, 1), dt.date(2100, 12, 31)))
@settings(max_examples=200, deadline=None)
def test_every_writing_of_a_day_is_that_day(day: dt.date) -> None:
    month = calendar.month_name[day.month]
    writings = [
        day.isoformat(), f"{day:%Y%m%d}", f"{day:%d/%m/%Y}", f"{day.day}.{day.month}.{day.year}", f"{day.day} {month} {day.year}",
        f"{day.day:02}{month[:3].upper()}{day.year}", f"{month} {day.day}, {day.year}", f"{day.isoformat()}T01:02:03",
    ]  # fmt: skip
    number = day.year * 10000 + day.month * 100 + day.day
    assert dates(pl.Series(writings), sentinels=[]).to_list() == [number] * len(writings)
    assert dates(pl.Series([day]), sentinels=[]).to_list() == [number]


@given(st.integers(1, 9999), st.integers(0, 99), st.integers(0, 99))
@settings(max_examples=300, deadline=None)
def test_what_is_given_is_a_date_as_far_as_it_goes(year: int, month: int, day: int) -> None:
    found = one(f"{year:04}-{month:02}-{day:02}")
    if found is not None:
        y, m, d = found // 10000, found // 100 % 100, found % 100
        assert y == year and m <= 12 and (m or not d)
        assert not d or dt.date(y, m, d)
        assert {m, d} - {0} <= {month, day}
    else:
        assert not 1000 <= year <= 2100 or (year, month, day) in [
            (each.year, each.month, each.day) for each in SENTINELS
        ]
