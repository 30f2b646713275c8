"""Provisional figures and breaks in series: which cells are marked, what is said, and that no change is claimed."""

from __future__ import annotations

import csv
import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.periods import Period
from piperoll.register import load
from piperoll.register.model.publication import Provisional
from piperoll.release import make, verify
from piperoll.release.status import Final, SeriesBreak
from piperoll.release.table import answer
from piperoll.store.parts import Part
from piperoll.workspace import Workspace
from tests.searches import AT, NAME, deliverer, edited


FILE = "publications/stop_and_search/publication.yaml"
STATUS = """lag_days: 75
provisional:
  - {year: year, reason: Forces send what was late until the year is over}
breaks:
  - {at: 2020-09-01, reason: A new form asks for the object of the search., measures: [arrests, arrest_share]}
"""
MONTHS = [Period(dt.date(2010 + n // 12, n % 12 + 1, 1), "month") for n in range(48)]


@pytest.fixture(scope="module")
def told(register: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Editions of 2020Q3 (in ``third``) and 2020Q4 (in ``fourth``) of a publication with both rules; six months each."""
    place = tmp_path_factory.mktemp("status")
    copy = edited(register, place / "register", (FILE, "lag_days: 75\n", STATUS), (FILE, "last: 3", "last: 6"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPEROLL_NOW", AT.isoformat())
        desk = Workspace(copy, place / "home")
        for number, period in enumerate(("2020Q2", "2020Q3", "2020Q4"), start=1):
            deliverer(desk, place)(500, seed=number, period=period)
            if period != "2020Q2":
                make(desk, NAME, period, place / period, together=False)
        yield desk


def rows(desk: Workspace, period: str, table: str = "arrests") -> list[dict[str, str]]:
    path = desk.home.parent / period / "tables" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def marked(desk: Workspace, period: str, mark: str, measure: str) -> set[str]:
    """Periods of the figures of a measure that are shown with a mark, of those that are shown."""
    shown = [row for row in rows(desk, period) if row[measure]]
    found = {row["period"] for row in shown if mark in row[f"{measure}_status"].split()}
    assert found == {row["period"] for row in shown if row["period"] in found}
    assert all((mark in row[f"{measure}_status"].split()) == (row["period"] in found) for row in shown)
    return found


def test_figures_of_a_year_are_provisional_until_it_is_over(told: Workspace) -> None:
    third = {"2020-04", "2020-05", "2020-06", "2020-07", "2020-08", "2020-09"}
    assert marked(told, "2020Q3", "p", "searches") == third
    assert marked(told, "2020Q4", "p", "searches") == set()


def test_the_first_figures_after_a_break_are_marked_and_only_of_its_measures(told: Workspace) -> None:
    for edition in ("2020Q3", "2020Q4"):
        assert marked(told, edition, "b", "arrests") == marked(told, edition, "b", "arrest_share") == {"2020-09"}
        assert marked(told, edition, "b", "searches") == set()


def test_hidden_figures_have_no_mark_of_status(told: Workspace) -> None:
    hidden = [row for row in rows(told, "2020Q3") if "c" in row["arrests_status"].split()]
    assert hidden and {row["arrests_status"] for row in hidden} == {"c"}


def test_page_and_workbook_say_why(told: Workspace) -> None:
    page = (told.home.parent / "2020Q3" / "index.html").read_text(encoding="utf-8")
    assert "Figures marked [p] are provisional: Forces send what was late until the year is over." in page
    assert (
        "follow a break in the series (Searches leading to arrest, Share leading to arrest) on 1 September 2020" in page
    )
    assert "[p] provisional" in page.replace("</dt><dd", "").replace("\n", "") or "provisional" in page
    later = (told.home.parent / "2020Q4" / "index.html").read_text(encoding="utf-8")
    assert "are provisional:" not in later
    for period in ("2020Q3", "2020Q4"):
        assert verify(told.home.parent / period).problems == ()


def test_no_change_is_stated_across_a_break(told: Workspace) -> None:
    page = (told.home.parent / "2020Q3" / "index.html").read_text(encoding="utf-8")
    points = page.split('id="main-points"')[1].split("</ul>")[0]
    searches, arrests = (plain(each) for each in points.split("<li>")[1:])
    assert "creased" in searches and arrests.startswith("Searches leading to arrest stood at ")
    assert "creased" not in arrests and "unchanged" not in arrests
    assert "after a break in the series [b], which allows no comparison with Aug 2020" in arrests
    # In the next edition the last two months lie on one side of it.
    later = (told.home.parent / "2020Q4" / "index.html").read_text(encoding="utf-8")
    assert "allows no comparison" not in later


def plain(html: str) -> str:
    return " ".join(re.sub("<[^>]*>", "", html).split())


def test_the_chart_has_a_gap_and_says_so(told: Workspace) -> None:
    page = (told.home.parent / "2020Q3" / "index.html").read_text(encoding="utf-8")
    assert "The series breaks with Sep 2020: figures before and after cannot be compared." in page


def test_an_answer_is_as_provisional_as_the_deliveries_have_come(told: Workspace) -> None:
    table = answer(told, NAME, "arrests", period="2020-08", draft=True).table
    marks = {mark for row in table.cells() for cell in row for mark in cell.marks}
    assert "p" not in marks and "b" not in marks  # by now 2020 is over
    table = answer(told, NAME, "arrests", period="2020-09", draft=True).table
    assert "b" in {mark for row in table.cells() for cell in row for mark in cell.marks}


@pytest.mark.parametrize(
    ("rule", "period", "final"),
    [
        (Provisional("r", last=1), "2012Q1", True),
        (Provisional("r", last=1), "2012Q2", False),
        (Provisional("r", last=1), "2012-03", True),
        (Provisional("r", last=1), "2012-04", False),
        (Provisional("r", last=1), "2011/12", True),
        (Provisional("r", last=2), "2012Q1", False),
        (Provisional("r", last=2), "2011/12", False),
        (Provisional("r", last=2), "2011", True),
        (Provisional("r", year="year"), "2011Q4", True),
        (Provisional("r", year="year"), "2012Q1", False),
        (Provisional("r", year="financial_year"), "2012Q1", True),
        (Provisional("r", year="financial_year"), "2012Q2", False),
        (Provisional("r", year="financial_year"), "2011", True),
        (Provisional("r", year="financial_year"), "2012", False),
    ],
)
def test_when_a_period_is_final(rule: Provisional, period: str, final: bool) -> None:
    assert Final(None, Period.parse("2012Q2"), ()).is_final(rule, Period.parse(period)) is final  # type: ignore[arg-type]


def part(period: str) -> Part:
    return Part("stop_search.search", "met", period, 1, "o", "events", "d")


@pytest.mark.parametrize(
    ("delivered", "final"),
    [([], False), (["2020Q2"], False), (["2020Q3"], True), (["2020Q1", "2020Q2", "2020Q3"], True)],
)
def test_a_dataset_makes_a_period_final_once_all_of_it_has_come(
    register: Path, delivered: list[str], final: bool
) -> None:
    rule = Provisional("r", dataset="stop_search.search")
    known = Final(load(register), Period.parse("2020Q4"), [part(each) for each in delivered])
    assert known.is_final(rule, Period.parse("2020Q3")) is final
    assert known.is_final(rule, Period.parse("2020-08")) is final
    assert not known.is_final(rule, Period.parse("2020"))


@given(st.integers(0, 47), st.integers(0, 47), st.integers(0, 47))
def test_a_break_lies_between_two_months_or_does_not(first: int, second: int, at: int) -> None:
    found = SeriesBreak(MONTHS[at].start, "New.")
    between = min(first, second) < at <= max(first, second)
    assert found.within(MONTHS[first], MONTHS[second]) is between is found.within(MONTHS[second], MONTHS[first])


@given(st.integers(0, 15), st.integers(0, 15), st.integers(1, 1460))
def test_a_quarter_that_a_break_divides_compares_with_no_other(first: int, second: int, days: int) -> None:
    quarters = [Period(MONTHS[3 * n].start, "quarter") for n in range(16)]
    found = SeriesBreak(MONTHS[0].start + dt.timedelta(days=days), "New.")
    a, b = quarters[min(first, second)], quarters[max(first, second)]
    wholly = b.end < found.day or a.start >= found.day
    assert found.within(a, b) is (a != b and not wholly)


def test_a_break_of_some_codes_concerns_no_others() -> None:
    wales = SeriesBreak(dt.date(2012, 4, 1), "New.", ("claims",), ("t",), (("place", frozenset({"W", "W1"})),))
    assert wales.concerns("t", "claims", {"place": "W1"}) and wales.concerns(None, "claims", {"place": "W"})
    for table, measure, codes in (
        ("u", "claims", {"place": "W"}),
        ("t", "orders", {"place": "W"}),
        ("t", "claims", {}),
    ):
        assert not wales.concerns(table, measure, codes)
