"""Years that end with a quarter, and on which day the stock of a period is taken."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.errors import UserError
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


def test_a_rolling_year_is_written_by_its_quarters() -> None:
    year = Period.parse(" 2011Q3-2012Q2 ")
    assert (year.start, year.end, year.months) == (dt.date(2011, 7, 1), dt.date(2012, 6, 30), 12)
    assert str(year) == "2011Q3-2012Q2" and year.words == "Jul 2011 to Jun 2012"
    assert [str(each) for each in (year.shift(1), year.shift(-3), year.year_before)] == [
        "2011Q4-2012Q3", "2010Q4-2011Q3", "2010Q3-2011Q2",
    ]  # fmt: skip
    assert [str(each) for each in year.within("quarter")] == ["2011Q3", "2011Q4", "2012Q1", "2012Q2"]
    assert len(year.within("month")) == 12
    calendar = Period.parse("2012Q1-2012Q4")
    assert calendar.words == "Jan to Dec 2012" and calendar != Period.parse("2012")


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)), st.integers(-40, 40))
def test_every_rolling_year_is_read_again_and_ends_with_its_quarter(day: dt.date, steps: int) -> None:
    year = Period.containing(day, "rolling_year")
    assert year.holds(day) and year.end == Period.containing(day, "quarter").end
    assert Period.parse(str(year.shift(steps))) == year.shift(steps)
    assert year.shift(4).year_before == year


@pytest.mark.parametrize(
    "text", ["2011Q3-2012Q1", "2011Q3-2011Q4", "2011Q3-2013Q2", "2011Q0-2011Q4", "2011Q3-", "2011Q3-2012Q5"]
)
def test_a_span_of_quarters_that_is_no_year_is_no_period(text: str) -> None:
    with pytest.raises(UserError) as caught:
        Period.parse(text)
    assert caught.value.code == "PR-W001" and "2011Q3-2012Q2" in caught.value.sentence


@pytest.mark.parametrize(("text", "name"), [("2011/12", "2011-12"), ("2012Q3", "2012Q3"), ("2012-09", "2012-09")])
def test_no_name_of_a_file_holds_a_slash(text: str, name: str) -> None:
    assert Period.parse(text).in_names == name
