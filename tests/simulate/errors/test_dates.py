from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.simulate.errors import Dates, first_of_january, off_by_years, one_digit, swapped


DAYS = st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2011, 12, 31)), min_size=1, max_size=30)
EPOCH = dt.date(1970, 1, 1)


def dates_of(days: list[dt.date]) -> Dates:
    return Dates.of(np.array([(day - EPOCH).days for day in days]))


@given(DAYS)
def test_dates_are_written_as_the_calendar_has_them(days: list[dt.date]) -> None:
    dates = dates_of(days)
    assert dates.texts().to_list() == [day.isoformat() for day in days]
    assert dates.possible().all()


@given(DAYS, st.integers(0, 500))
def test_one_digit_is_wrong_and_what_comes_out_is_a_day(days: list[dt.date], seed: int) -> None:
    out = one_digit(np.random.default_rng(seed), dates_of(days))
    assert out.possible().all()
    for before, after in zip(days, out.texts(), strict=True):
        wrong = [at for at, (a, b) in enumerate(zip(before.isoformat(), after, strict=True)) if a != b]
        # A year's digit put wrong may turn 29 February into the 28th.
        assert len(wrong) == 1 or ((before.month, before.day) == (2, 29) and wrong in ([3, 9], [2, 9])), (before, after)


@given(DAYS, st.integers(0, 500))
def test_impossible_days_keep_their_wrong_digit(days: list[dt.date], seed: int) -> None:
    out = one_digit(np.random.default_rng(seed), dates_of(days), impossible=True)
    for before, after in zip(days, out.texts(), strict=True):
        assert sum(a != b for a, b in zip(before.isoformat(), after, strict=True)) == 1


def test_impossible_days_are_told() -> None:
    bad = Dates(np.array([1990, 1990, 1992, 1900, 1990]), np.array([2, 2, 2, 2, 4]), np.array([0, 29, 29, 29, 31]))
    assert bad.possible().tolist() == [False, False, True, False, False]
    assert bad.texts().to_list()[1] == "1990-02-29"


def test_every_field_of_a_date_goes_wrong_as_often_as_said() -> None:
    count = 20_000
    out = one_digit(np.random.default_rng(1), dates_of([dt.date(1975, 5, 15)] * count), impossible=True)
    assert np.mean(out.day != 15) == pytest.approx(0.40, abs=0.02)
    assert np.mean(out.month != 5) == pytest.approx(0.25, abs=0.02)
    assert np.mean(out.year // 10 != 197) == pytest.approx(0.08, abs=0.01)


def test_day_and_month_change_places_only_where_both_are_months() -> None:
    out = swapped(dates_of([dt.date(1980, 3, 7), dt.date(1980, 3, 25)]))
    assert out.texts().to_list() == ["1980-07-03", "1980-03-25"]


def test_only_the_year_is_known() -> None:
    assert first_of_january(dates_of([dt.date(1980, 3, 7)])).texts().to_list() == ["1980-01-01"]


@given(DAYS, st.integers(0, 500), st.integers(1, 4))
def test_years_are_off_by_as_many_as_said(days: list[dt.date], seed: int, most: int) -> None:
    out = off_by_years(np.random.default_rng(seed), dates_of(days), most)
    gap = np.abs(out.year - np.array([day.year for day in days]))
    assert ((gap >= 1) & (gap <= most)).all() and out.possible().all()
    assert out.month.tolist() == [day.month for day in days]
    expected = [28 if (day.month, day.day) == (2, 29) else day.day for day in days]
    assert out.day.tolist() == expected


def test_some_dates_are_put_in_place_of_others() -> None:
    dates = dates_of([dt.date(1980, 1, 1), dt.date(1981, 2, 2), dt.date(1982, 3, 3)])
    out = dates.put(np.array([1]), dates_of([dt.date(1999, 9, 9)]))
    assert out.texts().to_list() == ["1980-01-01", "1999-09-09", "1982-03-03"]
    assert dates.texts()[1] == "1981-02-02"
    assert out.take(np.array([2, 1])).texts().to_list() == ["1982-03-03", "1999-09-09"]
