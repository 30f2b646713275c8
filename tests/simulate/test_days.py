"""Parts of days are those of the calendar, looked up or not."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.simulate.days import FIRST, LAST, first_days, months, parts, years


EPOCH = dt.date(1970, 1, 1).toordinal()
ANY = st.lists(st.dates(), max_size=30)


def since(days: list[dt.date]) -> np.ndarray:
    return np.array([day.toordinal() - EPOCH for day in days], np.int64)


@given(ANY)
def test_parts_are_those_of_the_calendar(days: list[dt.date]) -> None:
    found = parts(since(days))
    assert found.year.tolist() == [day.year for day in days]
    assert found.month.tolist() == [day.month for day in days]
    assert found.day.tolist() == [day.day for day in days]
    assert found.first.tolist() == since([day.replace(day=1) for day in days]).tolist()


@given(ANY)
def test_one_part_alone_is_the_same(days: list[dt.date]) -> None:
    given = since(days)
    assert years(given).tolist() == parts(given).year.tolist()
    assert first_days(given).tolist() == parts(given).first.tolist()
    assert months(given).tolist() == [(day.year - 1970) * 12 + day.month - 1 for day in days]


@pytest.mark.parametrize("day", [FIRST - 1, FIRST, LAST, LAST + 1])
def test_the_edges_of_what_is_looked_up_are_right(day: int) -> None:
    exact = np.datetime64(day, "D").item()
    found = parts(np.array([day, 0]))
    assert [each.tolist() for each in found[:3]] == [[exact.year, 1970], [exact.month, 1], [exact.day, 1]]
    assert years(np.array([day]))[0] == exact.year
    assert first_days(np.array([day])).tolist() == since([exact.replace(day=1)]).tolist()


def test_what_was_looked_up_may_be_changed() -> None:
    given = np.array([0, 40])
    for each in parts(given):
        each[:] = 0
    assert years(given).tolist() == [1970, 1970]
    assert first_days(given).tolist() == [0, 31]
