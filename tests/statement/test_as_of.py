"""The Statement as it reads on other days: plans come true, sources close, suppliers change."""

from __future__ import annotations

import datetime as dt

import pytest

from piperoll.register.model.facts import When
from piperoll.register.model.register import Register
from piperoll.statement import render
from piperoll.statement.document import EntryText
from piperoll.statement.words import qualifier


def entry(register: Register, key: str, day: str) -> EntryText:
    return next(each for each in render(register, dt.date.fromisoformat(day)).entries if each.key == key)


@pytest.mark.parametrize(
    ("day", "new", "old"),
    [
        ("2012-10-31", "planned during 2013", "in use (to be replaced during 2013)"),
        ("2012-12-31", "planned during 2013", "in use (to be replaced during 2013)"),
        ("2013-01-01", "being introduced during 2013", "being replaced during 2013"),
        ("2013-12-31", "being introduced during 2013", "being replaced during 2013"),
        ("2014-01-01", "in use (since 2013, if the plan was kept)", "closed (in use until 2013, if the plan was kept)"),
    ],
)
def test_ccms_takes_over_from_cis_during_2013(register: Register, day: str, new: str, old: str) -> None:
    assert entry(register, "ccms", day).state_words == new
    assert entry(register, "cis", day).state_words == old


def test_succession_is_told_in_its_tense(register: Register) -> None:
    def told(day: str) -> str:
        return entry(register, "ccms", day).part("description").lines[-1].text

    assert told("2012-10-31").startswith("Is to replace Corporate Information Systems (CIS)")
    assert told("2013-06-30").startswith("Is replacing")
    assert told("2014-06-30").startswith("Replaced")


@pytest.mark.parametrize(("day", "planned"), [("2012-10-31", True), ("2013-03-31", True), ("2013-04-01", False)])
def test_easset_is_published_from_2013_14(register: Register, day: str, planned: bool) -> None:
    line = entry(register, "easset", day).part("statistical").lines[0]
    assert (line.state == "planned") is planned
    assert ("planned from 2013/14" in line.text) is planned


@pytest.mark.parametrize("day", ["2012-10-31", "2015-01-01"])
def test_language_services_are_quarterly_only_once_a_condition_is_met(register: Register, day: str) -> None:
    text = entry(register, "language", day).part("statistical").lines[0].text
    assert "ad hoc" in text
    assert "quarterly: planned, once" in text


@pytest.mark.parametrize(
    ("day", "states"), [("2012-09-30", ["current", "planned"]), ("2012-10-01", ["ended", "current"])]
)
def test_the_extract_comes_from_npia_then_from_the_home_office(register: Register, day: str, states: list[str]) -> None:
    lines = entry(register, "pnc", day).part("access").lines[:2]
    assert [line.state for line in lines] == states
    assert "NPIA" in lines[0].text
    assert "Home Office" in lines[1].text


@pytest.mark.parametrize(
    ("key", "day", "state"),
    [
        ("sachs", "2012-03-15", "current"),
        ("sachs", "2012-07-31", "current"),
        ("sachs", "2012-08-01", "ended"),
        ("easset", "2012-02-29", "planned"),
        ("easset", "2012-03-01", "current"),
        ("themis", "2009-03-31", "current"),
        ("themis", "2009-04-01", "ended"),
        ("yjmis", "2009-03-31", "planned"),
        ("yjmis", "2009-04-01", "current"),
    ],
)
def test_sources_open_and_close(register: Register, key: str, day: str, state: str) -> None:
    assert entry(register, key, day).state == state


def test_without_a_date_a_plan_stays_a_plan() -> None:
    assert When(state="planned").at(dt.date(2100, 1, 1)) == "planned"
    assert When(state="planned", once="it works").at(dt.date(2100, 1, 1)) == "planned"
    assert When().at(dt.date(1900, 1, 1)) == "current"
    assert When(state="ended").at(dt.date(1900, 1, 1)) == "ended"


def test_qualifiers_of_spans() -> None:
    day = dt.date(2012, 10, 31)
    assert qualifier(When(), day) == ""
    assert qualifier(When(starts="2012-10-31"), day) == "since 31 October 2012"
    assert qualifier(When(ends="2012-10-31"), day) == "until 31 October 2012"
    assert qualifier(When(starts="2010", ends="2011"), day) == "from 2010 to 2011"
    assert qualifier(When(starts="2012-11"), day) == "planned from November 2012"
    assert qualifier(When(state="planned", starts="2013", precision="around"), day) == "planned around 2013"
    assert qualifier(When(state="ended"), day) == "ended"


@pytest.mark.parametrize("day", ["1900-01-01", "2099-12-31"])
def test_any_day_renders_all_entries(register: Register, day: str) -> None:
    text = render(register, dt.date.fromisoformat(day))
    assert len(text.entries) == 34
    assert all(part.lines for each in text.entries for part in each.parts)
