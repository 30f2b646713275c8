"""Sizes of revisions: formulas, identities of the triangle, what is left out."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.journal import PublishedCell, parse_identity
from piperoll.release.track import Tally, Track, record_of, track_of
from piperoll.release.tracksheets import ordinal, step_words


VALUES = st.integers(-500, 5000).map(lambda n: str(Decimal(n) / 10))
FIGURES = st.lists(st.lists(VALUES, min_size=1, max_size=6), max_size=12)


def vintages(values: list[str], marks: str = "") -> list[tuple[int, str, str]]:
    return [(place, value, "" if value else marks or "[c]") for place, value in enumerate(values)]


def test_the_published_revisions_of_2023_third_quarter() -> None:
    """Claims 4,185 -> 4,188, orders 2,923 -> 2,923, warrants 2,289 -> 2,345, repossessions 622 -> 635 (two bulletins)."""
    figures = [["4185", "4188"], ["2923", "2923"], ["2289", "2345"], ["622", "635"]]
    track = track_of("m", [vintages(each) for each in figures])
    assert (track.whole.figures, track.whole.mean, track.whole.mean_absolute) == (4, 18.0, 18.0)
    assert track.whole.relative == pytest.approx(100 * 72 / (4188 + 2923 + 2345 + 635))
    assert track.whole.largest == 56 and track.steps == (track.whole,)


def test_ups_and_downs_cancel_in_the_mean_and_not_in_the_size() -> None:
    track = track_of("m", [vintages(["100", "110"]), vintages(["100", "90"])])
    assert (track.whole.mean, track.whole.mean_absolute, track.whole.relative) == (0.0, 10.0, 10.0)


@given(FIGURES)
def test_the_steps_add_up_to_the_whole(figures: list[list[str]]) -> None:
    track = track_of("m", [vintages(each) for each in figures])
    assert sum((step.total for step in track.steps), Decimal(0)) == track.whole.total
    assert sum(step.figures for step in track.steps) == sum(len(each) - 1 for each in figures)
    assert track.whole.figures + track.once == len(figures)
    # Each step has at most as many figures as the one before: a figure's third vintage follows its second.
    counts = [step.figures for step in track.steps]
    assert counts == sorted(counts, reverse=True) and (not counts or counts[0] == track.whole.figures)


@given(FIGURES)
def test_the_whole_way_is_no_longer_than_its_steps_and_no_bias_is_larger_than_the_size(
    figures: list[list[str]],
) -> None:
    track = track_of("m", [vintages(each) for each in figures])
    assert track.whole.absolute <= sum((step.absolute for step in track.steps), Decimal(0))
    for tally in (track.whole, *track.steps):
        assert abs(tally.total) <= tally.absolute <= tally.largest * tally.figures


@given(FIGURES, st.integers(0, 5))
def test_what_any_edition_hides_is_in_no_sum(figures: list[list[str]], at: int) -> None:
    """Whatever a hidden figure was before or became after, the sums are the same: they cannot tell of it."""
    plain = track_of("m", [vintages(each) for each in figures])
    gaps = [[*each[:at], "", *each[at:]] for each in figures]
    with_hidden = track_of("m", [vintages(each) for each in [*figures, *gaps]])
    assert (with_hidden.whole, with_hidden.steps, with_hidden.once) == (plain.whole, plain.steps, plain.once)
    assert with_hidden.hidden == len(figures)


def test_first_known_is_news_and_no_longer_known_is_left_out() -> None:
    track = track_of("m", [vintages(["", "10", "12"], "[x]"), vintages(["10", ""], "[x]"), vintages(["", ""], "[x]")])
    assert (track.whole, track.once, track.lost, track.hidden) == (Tally().plus(Decimal(10), Decimal(12)), 0, 1, 0)


def test_nothing_published_twice_has_no_size() -> None:
    track = track_of("m", [vintages(["10"]), vintages(["0"])])
    assert track == Track("m", once=2)
    assert (track.whole.mean, track.whole.mean_absolute, track.whole.relative) == (None, None, None)
    assert track_of("m", [vintages(["5", "0"])]).whole.relative is None


def cell(measure: str, codes: str, period: str, value: str, table: str = "t") -> PublishedCell:
    return PublishedCell(parse_identity(f"{measure}|{codes}||{period}"), table, value, "" if value else "[c]")


def test_a_cell_of_two_tables_is_one_figure_and_other_measures_are_left_alone() -> None:
    one = [cell("a", "", "2012Q1", "10"), cell("a", "", "2012Q1", "10", "u"), cell("b", "", "2012Q1", "3")]
    two = [cell("a", "", "2012Q2", "7"), cell("a", "", "2012Q1", "12", "u"), cell("a", "k=x", "2012Q1", "1")]
    record = record_of([("e1", one), ("e2", two)], ["a"])
    [track] = record.tracks
    assert (track.whole.figures, track.whole.total, track.once) == (1, 2, 2)
    [triangle] = record.triangles
    assert triangle.rows == (("2012Q1", (("10", ""), ("12", ""))), ("2012Q2", (("7", ""),)))
    assert triangle.width == 2 and record.editions == ("e1", "e2") and record.revised


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (13, "13th"), (22, "22nd")]
)
def test_ordinals(number: int, text: str) -> None:
    assert ordinal(number) == text


def test_words_of_a_step() -> None:
    assert step_words(2) == "2nd to 3rd"
