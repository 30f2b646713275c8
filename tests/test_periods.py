"""On which day the stock of a period is taken."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.periods import Choice, Period, Weekday, snapshot_day


@pytest.mark.parametrize(
    ("month", "last", "after", "nearest"),
    [
        ("2012-03", "2012-03-30", "2012-04-06", "2012-03-30"),  # ends on a Saturday
        (
            "2012-04",
            "2012-04-27",
            "2012-05-04",
            "2012-04-27",
        ),  # on a Monday: three days on either count, four on the other
        ("2012-05", "2012-05-25", "2012-06-01", "2012-06-01"),  # on a Thursday
        ("2012-07", "2012-07-27", "2012-08-03", "2012-08-03"),  # on a Tuesday
        ("2012-08", "2012-08-31", "2012-09-07", "2012-08-31"),  # on a Friday
        ("2011-12", "2011-12-30", "2012-01-06", "2011-12-30"),  # over the year's end
    ],
)
def test_fridays(month: str, last: str, after: str, nearest: str) -> None:
    days = [str(snapshot_day(Period.parse(month), "friday", choose)) for choose in get_args(Choice)]
    assert days == [last, after, nearest]


@pytest.mark.parametrize(
    ("period", "day"), [("2011/12", "2012-03-31"), ("2012Q3", "2012-09-30"), ("2012", "2012-12-31")]
)
def test_without_a_weekday_it_is_the_last_day(period: str, day: str) -> None:
    assert snapshot_day(Period.parse(period)) == dt.date.fromisoformat(day)


@given(
    st.dates(dt.date(2000, 1, 1), dt.date(2030, 12, 31)),
    st.sampled_from(get_args(Weekday)),
    st.sampled_from(["month", "quarter", "financial_year"]),
)
def test_against_every_day_near_the_end(day: dt.date, weekday: Weekday, kind: str) -> None:
    period = Period.containing(day, kind)
    near = [period.end + dt.timedelta(days=each) for each in range(-6, 8)]
    fits = [each for each in near if each.strftime("%A").casefold() == weekday]
    last, after = fits
    assert period.holds(last) and not period.holds(after)
    assert snapshot_day(period, weekday, "last") == last
    assert snapshot_day(period, weekday, "first_after") == after
    assert snapshot_day(period, weekday, "nearest") == min(fits, key=lambda each: abs(each - period.end))
