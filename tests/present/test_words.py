from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.present.words import (
    change,
    change_words,
    counted,
    joined,
    number,
    percent,
    rounded,
    small,
    trend_words,
)


counts = st.integers(min_value=0, max_value=10**9)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (2473, 0, "2,473"),
        (0, 0, "0"),
        (-1234, 0, "-1,234"),
        (-0.04, 1, "0.0"),
        (2.5, 0, "3"),
        (0.125, 2, "0.13"),
        (Decimal("1234.5"), 1, "1,234.5"),
        (7, 2, "7.00"),
    ],
)
def test_numbers_have_separators_and_round_halves_away_from_zero(
    value: int | float | Decimal, places: int, text: str
) -> None:
    assert number(value, places) == text


def test_a_published_slip_cannot_be_written() -> None:
    sentence = change_words("Landlord claims", 2473, 2289)
    assert sentence == "Landlord claims decreased by 7%, from 2,473 to 2,289"
    assert "increased" not in sentence


@given(counts, counts)
def test_the_direction_is_that_of_the_two_numbers(a: int, b: int) -> None:
    sentence = change_words("Claims", a, b)
    assert ("increased" in sentence) == (b > a)
    assert ("decreased" in sentence) == (b < a)
    assert ("unchanged" in sentence) == (a == b)


@given(st.floats(0, 1e6, allow_nan=False), st.floats(0, 1e6, allow_nan=False), st.integers(0, 3))
def test_the_direction_is_that_of_the_numbers_as_shown(a: float, b: float, places: int) -> None:
    direction = change(a, b, places).direction
    shown = (number(a, places), number(b, places))
    assert (direction == "unchanged") == (shown[0] == shown[1])


@given(counts.filter(bool), counts)
def test_the_percentage_is_of_the_earlier_number(a: int, b: int) -> None:
    result = change(a, b)
    assert result.percent is not None
    assert abs(float(result.percent) - abs(b - a) / a * 100) < 1e-6 * max(1.0, float(result.percent))


def test_no_percentage_of_nothing() -> None:
    assert change(0, 5).percent is None
    assert change_words("Claims", 0, 5) == "Claims increased from 0 to 5"


def test_a_percentage_too_small_to_show_is_not_shown_as_zero() -> None:
    assert change_words("Claims", 100_000, 100_001) == "Claims increased by less than 1%, from 100,000 to 100,001"
    assert "less than 0.1%" in change_words("Claims", 100_000, 100_001, percent_places=1)


def test_periods_and_percentages_can_be_said_or_left_out() -> None:
    said = change_words("The rate", 1.25, 1.5, places=2, from_when="2011", to_when="2012", unit="%")
    assert said == "The rate increased from 1.25% in 2011 to 1.50% in 2012"
    assert change_words("Claims", 40, 30, with_percent=False) == "Claims decreased from 40 to 30"
    same = change_words("The rate", 1, 1, from_when="2011", to_when="2012", plural=False)
    assert same == "The rate was unchanged between 2011 and 2012, at 1"


def test_lists_and_counts() -> None:
    assert joined([]) == ""
    assert joined(["a"]) == "a"
    assert joined(["a", "b", "c"]) == "a, b and c"
    assert counted(0, "table") == "no tables"
    assert counted(1, "query", "queries") == "1 query"
    assert counted(1200, "query", "queries") == "1,200 queries"
    assert small(3) == "three"
    assert small(12) == "12"
    assert percent(7.44, 1) == "7.4%"


def test_a_trend_names_its_ends_extremes_and_gaps() -> None:
    words = trend_words([100, 300, None, 50, 120], ["2008", "2009", "2010", "2011", "2012"])
    assert words == (
        "increased from 100 in 2008 to 120 in 2012; highest 300 in 2009; lowest 50 in 2011; no figure for 2010"
    )
    assert trend_words([None], ["2008"]) == "no figures"
    assert trend_words([5, None], ["2008", "2009"]) == "5 in 2008; no figure for 2009"
    assert trend_words([5, 5], ["a", "b"]).startswith("the same at the start (a)")
    assert "no figure for 4 of 6 periods" in trend_words([1, None, None, None, None, 2], list("abcdef"))


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=12))
def test_a_trend_never_says_increased_of_a_fall(values: list[int]) -> None:
    words = trend_words(values, [f"p{i}" for i in range(len(values))])
    assert words.startswith("increased") == (values[-1] > values[0])
    assert words.startswith("decreased") == (values[-1] < values[0])


@given(st.decimals(-(10**6), 10**6, places=4), st.integers(0, 3))
def test_rounding_moves_by_at_most_half_a_step(value: Decimal, places: int) -> None:
    assert abs(rounded(value, places) - value) <= Decimal(1).scaleb(-places) / 2
