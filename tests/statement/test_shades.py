"""Shades that are easily lost: may, or, among, a range of, can, whose, since when. Typed in from the Statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from piperoll.register.model.facts import Description, Entry, Item, Sharing, When
from piperoll.register.model.register import Register
from piperoll.statement import render
from piperoll.statement.book import workbook
from piperoll.statement.compare import changes_of
from piperoll.statement.document import Line, Part, Statement
from piperoll.statement.pages import lines_html
from piperoll.statement.prose import describe, share
from piperoll.statement.words import plural, qualifier


DAY = dt.date(2012, 10, 31)
Read = Callable[[str, str], list[str]]


def common(statement: Statement, key: str) -> str:
    part = next(each for each in (*statement.front, *statement.back) if each.key == key)
    return "\n".join(line.plain for line in part.lines)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        # more timely often; broader in coverage only "can be"
        ("background", "often more timely information"),
        ("background", "the possibility of greater breadth of coverage"),
        ("background", "on the website of the Ministry of Justice"),
        ("protocol", "(b) procedures within the organisation"),
        # feeds, or direct access
        ("access", "for the production of statistics or direct access"),
        ("audit", "partners"),
        ("audit", "In every case"),
    ],
)
def test_shades_of_what_is_common(statement: Statement, part: str, said: str) -> None:
    assert said in common(statement, part)


def test_breadth_is_not_said_to_be_greater_often(statement: Statement) -> None:
    items = next(each for each in statement.front if each.key == "background").lines[1].items
    assert [item for item in items if "breadth" in item and "often" in item] == []


@pytest.mark.parametrize(
    ("key", "heading", "said"),
    [
        ("cms_care", "description", "monitors care and supervision applications"),
        ("tribunals", "description", "a set of systems based on SQL and Access"),
        ("oracle_hrms", "statistical", "used by that Office for statistical publications"),
        ("language", "description", "Framework Agreement (in force since 30 January 2012)"),
        ("libra", "access", "Other internal parties may have access to Libra"),
        ("pnc", "access", "provided that a range of"),
        ("deaths", "collection", "several sources, among them:"),
        ("nomis_iis", "access", "on a range of topics such as"),
        ("caseman", "access", "its policy lead in this area"),
        ("easset", "non_statistical", "supplied to the Council for publication"),
        ("sachs", "non_statistical", "supplied to the Council for publication"),
        ("sachs", "access", "the Placements and Casework Service at the Youth Justice Board (YJB) uses SACHS"),
        ("fta", "application", "collected in this form only for"),
        ("fta", "access", "collated in monthly spreadsheets"),
        ("pnd", "access", "collated in monthly spreadsheets"),
        ("ppud", "non_statistical", "not a statistical release"),
        ("probation", "access", "selected data are uploaded to the"),
    ],
)
def test_shades_of_entries(read: Read, key: str, heading: str, said: str) -> None:
    assert said.casefold() in "\n".join(read(key, heading)).casefold()


def test_a_request_form_is_not_asked_for_twice(read: Read) -> None:
    line = read("phoenix", "access")[0]
    assert line.endswith("through a request form.")
    assert "on request" not in line


@pytest.mark.parametrize(
    ("key", "stated"),
    [("tribunals", "compile extract data and compile reports"), ("oracle_hrms", "Adhoc"), ("phoenix", "Adhoc")],
)
def test_slips_of_the_source_are_flagged(register: Register, key: str, stated: str) -> None:
    entry = register.sources[key].entry
    assert entry is not None
    assert stated in [each.stated for each in entry.flags if each.kind == "source_spelling"]


def test_an_agreement_is_not_in_force_before_it_begins(register: Register) -> None:
    entries = {each.key: each for each in render(register, dt.date(2012, 1, 29)).entries}
    first = entries["language"].part("description").lines[0].items[0]
    assert "(in force planned" not in first
    assert "from 30 January 2012" in first


def test_what_may_be_done_is_said_of_any_arrangement() -> None:
    lines = [share.access(Entry(access=(Sharing(kind, may=True),)), DAY)[0].text for kind in ("supply", "report")]
    assert all("where this is allowed" in line for line in lines)


@pytest.mark.parametrize(
    ("about", "said"),
    [
        (Description(kind="system", does="records", holds=(Item("things"),)), "A system that records things."),
        (Description(kind="system", holds=(Item("things"),)), "A system that covers things."),
        (Description(kind="systems", plural=True, holds=(Item("things"),)), "Systems that cover things."),
        (Description(holds=(Item("things"),)), "The data cover things."),
        (
            Description(kind="system", purposes=("storage",), holds=(Item("things"),)),
            "A system for storage, which covers things.",
        ),
        (Description(kind="system", does="records all that happens"), "A system, which records all that happens."),
    ],
)
def test_a_description_is_one_sentence(about: Description, said: str) -> None:
    assert [line.text for line in describe.description(Entry(description=about), DAY)] == [said]


def test_an_end_that_was_only_foreseen_is_not_told_as_certain() -> None:
    later = dt.date(2014, 1, 1)
    assert qualifier(When(ends="2013", precision="during"), later) == "until 2013, if the plan was kept, now ended"
    assert qualifier(When(ends="2013"), later) == "until 2013, now ended"


@pytest.mark.parametrize(
    ("day", "closed"),
    [("2012-10-31", ["sachs", "themis"]), ("2014-04-01", ["cis", "sachs", "themis"])],
)
def test_a_closed_source_says_how_long_it_was_in_use(register: Register, day: str, closed: list[str]) -> None:
    entries = render(register, dt.date.fromisoformat(day)).entries
    assert [each.key for each in entries if each.state_words.startswith("closed (in use ")] == closed


def test_what_is_being_replaced_is_not_being_introduced(register: Register) -> None:
    entries = {each.key: each for each in render(register, dt.date(2013, 6, 30)).entries}
    assert entries["cis"].part("description").lines[-1].state == "ending"
    assert entries["ccms"].part("description").lines[-1].state == "starting"


def test_the_workbook_says_how_often_it_is_brought_up_to_date(register: Register, statement: Statement) -> None:
    assert workbook(statement, register).cover.next_update == "Brought up to date annually."


@pytest.mark.parametrize(
    ("noun", "many"),
    [("the Placements and Casework Service at the Board", False), ("reports and hub posters", True), ("data", True)],
)
def test_a_service_of_two_things_is_one_service(noun: str, many: bool) -> None:
    assert plural(noun) is many


def test_a_sentence_that_opens_a_list_is_no_bullet() -> None:
    lines = (Line("First."), Line("Second."), Line("These:", ("one", "two")), Line("Third."))
    html = str(lines_html(lines))
    assert html.count("<p ") == 2
    assert html.count("<ul ") == 2
    assert "<li>These" not in html
    assert html.index("First") < html.index("These") < html.index("two") < html.index("Third")


@pytest.mark.parametrize(("text", "tags"), [("It is planned from 2013.", 0), ("It comes.", 1)])
def test_a_state_is_not_told_twice(text: str, tags: int) -> None:
    assert str(lines_html((Line(text, state="planned"),))).count("govuk-tag--") == tags


@pytest.mark.parametrize(
    ("old", "told"),
    [
        (("a", "b"), [("removed", ("b",)), ("added", ("c",))]),
        (("a",), [("added", ("c",))]),
        (("a", "c", "d"), [("removed", ("d",))]),
        (("c", "a"), [("removed", ("c", "a")), ("added", ("a", "c"))]),
        (("a", "c"), []),
    ],
)
def test_of_a_list_only_what_differs_is_told(
    statement: Statement, old: tuple[str, ...], told: list[tuple[str, tuple[str, ...]]]
) -> None:
    def front(items: tuple[str, ...]) -> Statement:
        return replace(statement, front=(Part("k", "Title", (Line("These:", items),)),))

    changes = changes_of(front(("a", "c")), front(old))
    lines = [line for change in changes for part in change.parts for line in part.lines]
    assert [(line.change, line.items) for line in lines] == told
