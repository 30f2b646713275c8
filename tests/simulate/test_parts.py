"""Streams, pools, calendars and lags."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.periods import Period
from piperoll.simulate.calendars import bank_holidays, easter, working, working_days
from piperoll.simulate.lags import Lag, Window
from piperoll.simulate.pools import Pool, read_pool
from piperoll.simulate.streams import Streams


def test_a_stream_is_found_by_its_names_and_not_by_what_was_drawn_before() -> None:
    streams = Streams(5)
    first = streams.of("claims", "2008-03").random(4)
    streams.of("events").random(100)
    assert (streams.of("claims", "2008-03").random(4) == first).all()
    assert (streams.of("claims", "2008-04").random(4) != first).any()
    assert (Streams(6).of("claims", "2008-03").random(4) != first).any()


def test_names_of_streams_do_not_run_together() -> None:
    streams = Streams(1)
    assert (streams.of("a", "bc").random(3) != streams.of("ab", "c").random(3)).any()


def test_a_pool_draws_by_weight() -> None:
    drawn = Pool(["often", "never", "seldom"], [9, 0, 1]).draw(np.random.default_rng(1), 5000)
    assert "never" not in set(drawn)
    assert 0.88 < (drawn == "often").mean() < 0.92


@pytest.mark.parametrize("weights", [[1.0], [-1.0, 2.0], [0.0, 0.0]])
def test_a_pool_needs_a_weight_for_each_text(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weight"):
        Pool(["a", "b"], weights)


def test_an_empty_pool_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Pool([])


def test_pools_are_read_from_packages() -> None:
    pool = read_pool("justice_world", "data/surnames.csv")
    assert pool.texts[0] == "Smith" and len(pool.texts) <= 300
    assert pool.weights[0] == pool.weights.max()


@pytest.mark.parametrize(
    ("year", "day"), [(2006, "2006-04-16"), (2008, "2008-03-23"), (2011, "2011-04-24"), (2012, "2012-04-08")]
)
def test_easter(year: int, day: str) -> None:
    assert easter(year) == dt.date.fromisoformat(day)


# Days as the government listed them: 2011 had the royal wedding, 2012 the jubilee; Christmas 2010 and 2011 were moved.
@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2010, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
        (2011, "01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-26 12-27"),
        (2012, "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26"),
        (2009, "01-01 04-10 04-13 05-04 05-25 08-31 12-25 12-28"),
        # Golden Jubilee: the spring holiday moved from 27 May to 4 June (proclamation of 2002).
        (2002, "01-01 03-29 04-01 05-06 06-03 06-04 08-26 12-25 12-26"),
        (1995, "01-02 04-14 04-17 05-08 05-29 08-28 12-25 12-26"),
        (1999, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28 12-31"),
    ],
)
def test_bank_holidays(year: int, days: str) -> None:
    assert [f"{day:%m-%d}" for day in bank_holidays(year)] == days.split()


@given(st.dates(dt.date(1995, 1, 1), dt.date(2035, 12, 31)))
def test_a_day_moves_to_the_nearest_working_day_and_no_further(day: dt.date) -> None:
    days = np.array([day], dtype="datetime64[D]")
    forward, backward = working(days)[0].astype(object), working(days, "backward")[0].astype(object)
    assert backward <= day <= forward
    assert (forward - backward).days <= 6
    for moved in (forward, backward):
        assert moved.weekday() < 5 and moved not in bank_holidays(moved.year)


def test_working_days_of_a_month() -> None:
    assert len(working_days(Period.parse("2012-06"))) == 19
    assert len(working_days(Period.parse("2012-12"))) == 19


@given(st.integers(0, 50), st.integers(0, 500))
def test_lags_keep_their_bounds(least: int, more: int) -> None:
    days = Lag(40, 1.0, least, least + more).draw(np.random.default_rng(2), 200)
    assert days.min() >= least and days.max() <= least + more
    window = Window(least, least + more).draw(np.random.default_rng(2), 200)
    assert window.min() >= least and window.max() <= least + more


def test_a_lag_has_its_median() -> None:
    assert abs(float(np.median(Lag(56, 0.4).draw(np.random.default_rng(3), 20_001))) - 56) <= 1
