"""Rate, share, change, mean, median, weeks: against values worked out by hand, and properties."""

from __future__ import annotations

import datetime as dt
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.tabulate import definitions as d


def test_percentage_change() -> None:
    # The published pair 2,473 to 2,289 is a fall of 7 per cent.
    assert d.percentage_change(2473, 2289) == pytest.approx(-7.4403558)
    assert d.percentage_change(50, 100) == 100.0
    assert d.percentage_change(30, 30) == 0.0
    assert d.percentage_change(10, 0) == -100.0
    assert d.percentage_change(0, 10) is None
    assert d.percentage_change(0, 0) is None


def test_rate_and_share() -> None:
    assert d.rate(13, 65_000, 1000) == pytest.approx(0.2)
    assert d.rate(13, None, 1000) is None
    assert d.rate(13, 0, 1000) is None
    assert d.share(1, 4) == 25.0
    assert d.share(0, 0) is None


def test_the_median_is_the_true_one() -> None:
    assert d.median([1, 2, 3, 10]) == 2.5  # a lower median would say 2
    assert d.median([3, 1, 2]) == 2.0
    assert d.median([]) is None
    assert d.mean([]) is None
    assert d.mean([1, 2, 4]) == pytest.approx(7 / 3)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_median_and_mean_are_those_of_the_standard_library(values: list[float]) -> None:
    assert d.median(values) == pytest.approx(statistics.median(values))
    assert d.mean(values) == pytest.approx(statistics.fmean(values), abs=1e-6)
    assert min(values) <= d.median(values) <= max(values)


def test_weeks() -> None:
    assert d.weeks(dt.date(2012, 3, 1), dt.date(2012, 4, 5)) == 5.0
    assert d.weeks(dt.date(2012, 2, 28), dt.date(2012, 3, 1)) == pytest.approx(2 / 7)


@pytest.mark.parametrize(
    ("start", "event", "quarters", "within"),
    [
        ((2012, 1, 10), (2012, 4, 10), 1, True),
        ((2012, 1, 10), (2012, 4, 11), 1, False),
        ((2011, 11, 30), (2012, 2, 29), 1, True),
        ((2011, 11, 30), (2012, 3, 1), 1, False),
        ((2012, 2, 29), (2013, 2, 28), 4, True),
        ((2012, 2, 29), (2013, 3, 1), 4, False),
        ((2012, 10, 31), (2013, 1, 31), 1, True),
        ((2012, 9, 1), (2012, 12, 1), 1, True),
    ],
)
def test_within_quarters(start, event, quarters: int, within: bool) -> None:
    assert d.within_quarters(dt.date(*start), dt.date(*event), quarters) is within
    assert d.within_quarters(dt.date(*start), None, quarters) is False
