"""Changes, outliers and breaks, on series made by hand and against plain definitions."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.assure.series import BREAK, FEWEST, NORMAL, OUTLIER, breaks, changes, outliers
from piperoll.periods import Period


LAST = Period.parse("2012Q2")


def cells(series: dict[str, list[float | None]], kind: str = "count", last: Period = LAST) -> pl.DataFrame:
    """Series by codes, each ending with the last period."""
    rows = [
        (
            "m",
            kind,
            f"m|{codes}||{last.shift(place - len(values) + 1)}",
            str(last.shift(place - len(values) + 1)),
            value,
        )
        for codes, values in series.items()
        for place, value in enumerate(values)
    ]
    return pl.DataFrame(rows, schema=["measure", "kind", "identity", "period", "value"], orient="row", strict=False)


def test_the_strongest_change_is_first_whatever_its_size() -> None:
    found = changes(
        cells({"a=1": [40, 1, 1, 1, 60], "a=2": [4900, 1, 1, 1, 5100], "a=3": [10, 9, 9, 9, 60]}), "t", LAST
    )
    assert [each.codes for each in found] == ["a=3", "a=1", "a=2"]
    assert found[1].strength == pytest.approx(2.0) and found[2].strength == pytest.approx(2.0)
    assert (found[0].then, found[0].now, found[0].period) == (10, 60, "2012Q2")


def test_no_change_without_both_figures_or_a_difference() -> None:
    assert changes(cells({"": [None, 1, 1, 1, 5], "b=1": [5, 1, 1, 1, 5], "c=1": [1, 5]}), "t", LAST) == []
    assert changes(cells({"": [9, 1, 1, 1, 5]}, kind="mean"), "t", LAST) == []
    (fall,) = changes(cells({"": [9, 1, 1, 1, 0]}), "t", LAST)
    assert fall.strength == -3.0 and fall.place == "m"


def test_an_outlier_is_far_from_all_that_came_before() -> None:
    calm = [100, 102, 98, 101, 99, 100, 103, 97]
    (found,) = outliers(cells({"a=1": [*calm, 160], "a=2": [*calm, 104], "a=3": [*calm[1:], 160]}), "t", LAST)
    assert found.codes == "a=1" and (found.then, found.now) == (100, 160)
    spread = np.median(np.abs(np.array(calm) - np.median(calm)))
    assert found.strength == pytest.approx(NORMAL * (160 - np.median(calm)) / spread)


def test_what_never_moved_is_measured_in_ones() -> None:
    still = [0.0] * FEWEST
    assert outliers(cells({"": [*still, 5]}), "t", LAST) == []
    (found,) = outliers(cells({"": [*still, 6]}), "t", LAST)
    assert found.strength == pytest.approx(NORMAL * 6) and found.strength > OUTLIER


def test_a_break_is_a_level_that_changed_for_good() -> None:
    (found,) = breaks(
        cells({"a=1": [50, 52, 49, 51, 80, 82, 79, 81], "a=2": [50, 52, 49, 51, 80, 51, 50, 52]}), "t", LAST
    )
    assert found.codes == "a=1" and found.period == "2011Q3" and found.strength > BREAK
    assert (found.then, found.now) == (50.5, 80.5)
    assert breaks(cells({"": [50, 52, 49, 51, 80, 82, 79]}), "t", LAST) == []


def test_a_year_beside_its_quarters_is_a_series_of_its_own() -> None:
    quarters = cells({"": [10, 10, 10, 10, 10]})
    years = cells({"": [40, 400]}, last=Period.parse("2012"))
    assert changes(pl.concat([quarters, years]), "t", LAST) == []
    assert [each.now for each in changes(pl.concat([quarters, years]), "t", Period.parse("2012"))] == [400]


@given(st.lists(st.integers(0, 500), min_size=1, max_size=24))
def test_every_finding_follows_its_definition(values: list[int]) -> None:
    frame = cells({"": [float(each) for each in values]})
    far = outliers(frame, "t", LAST)
    earlier = values[:-1]
    if len(earlier) >= FEWEST:
        middle = float(np.median(earlier))
        spread = float(np.median(np.abs(np.array(earlier) - middle))) or 1.0
        assert bool(far) == (abs(NORMAL * (values[-1] - middle) / spread) > OUTLIER)
    else:
        assert far == []
    moved = changes(frame, "t", LAST)
    if len(values) > 4 and values[-5] != values[-1]:
        assert moved[0].strength == pytest.approx((values[-1] - values[-5]) / math.sqrt(values[-1] + values[-5]))
    else:
        assert moved == []
    for found in breaks(frame, "t", LAST):
        at = len(values) - 1 - [str(LAST.shift(-step)) for step in range(len(values))].index(found.period)
        before, after = values[at - 4 : at], values[at : at + 4]
        assert max(before) < min(after) or max(after) < min(before)
