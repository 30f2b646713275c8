"""A missing delivery is never a silent zero."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from piperoll.tabulate import Missing, excluding, tabulate
from piperoll.tabulate.missing import Gaps


NORTH = Missing("north", "till.visit", "2012-08")


@pytest.fixture
def cells(register, con_of, visit):
    con = con_of([visit("2012-08-01", "b1"), visit("2012-05-01"), visit("2011-08-01"), visit("2012-08-03", None)])

    def build(table: str, *missing: Missing, publication=None) -> pl.DataFrame:
        publication = publication or register.publications["shops"]
        return tabulate(con, register, publication, table, "2012Q3", missing=missing)

    return build


def one(frame: pl.DataFrame, **keys: str) -> dict[str, object]:
    found = frame.filter(**keys)
    assert found.height == 1, found
    return found.row(0, named=True)


def test_nothing_missing_marks_nothing(cells) -> None:
    frame = cells("all")
    assert frame["missing"].list.len().max() == 0
    # Nobody says what was spent on these visits.
    assert not frame.filter(pl.col("measure") != "spent")["marks"].list.contains("x").any()


def test_places_of_the_supplier_are_not_available_and_others_are(cells) -> None:
    frame = cells("all", NORTH).filter(via="any", measure="visits", period="2012Q3")
    for place, level in (("a1", "shop"), ("a2", "shop"), ("A", "town"), ("nk", "town"), ("nk", "shop")):
        cell = one(frame, place=place, place_level=level)
        assert (cell["value"], cell["marks"], cell["missing"]) == (None, ["x"], ["north"])
    for place, value in (("b1", 1.0), ("b2", 0.0), ("B", 1.0)):
        cell = one(frame, place=place)
        assert (cell["value"], cell["marks"]) == (value, [])


def test_the_whole_is_known_and_says_whom_it_leaves_out(cells, register) -> None:
    frame = cells("all", NORTH)
    cell = one(frame, via="any", measure="visits", period="2012Q3", place="L")
    assert (cell["value"], cell["marks"], cell["missing"]) == (2.0, [], ["north"])
    assert excluding(register, frame) == "excluding North tills"
    assert excluding(register, cells("all")) == ""


def test_other_periods_are_not_touched(cells) -> None:
    frame = cells("all", NORTH).filter(measure="visits", period="2012Q2")
    assert frame["missing"].list.len().max() == 0
    assert one(frame, via="any", place="a1")["value"] == 1.0


def test_what_is_derived_from_it_is_not_available_either(cells) -> None:
    frame = cells("all", NORTH)
    for measure in ("rate", "share_bought", "visits_change"):
        cell = one(frame, via="any", measure=measure, period="2012Q3", place="a1")
        assert (cell["value"], cell["marks"], cell["missing"]) == (None, ["x"], ["north"])
    before = cells("all", replace(NORTH, period="2011-08"))
    cell = one(before, via="any", measure="visits_change", period="2012Q3", place="a1")
    assert (cell["value"], cell["marks"], cell["missing"]) == (None, ["x"], ["north"])
    assert one(before, via="any", measure="visits", period="2012Q3", place="a1")["marks"] == []


def test_a_year_with_a_missing_month_is_marked(cells) -> None:
    frame = cells("years", Missing("north", "till.visit", "2011-02"))
    assert one(frame, period="2011", place="A")["marks"] == ["x"]
    assert one(frame, period="2011", place="B")["marks"] == []
    assert one(frame, period="2010", place="A")["marks"] == []


def test_without_everyone_not_even_the_whole_is_known(cells) -> None:
    frame = cells("all", NORTH, replace(NORTH, supplier="south")).filter(period="2012Q3", measure="visits")
    assert frame["value"].null_count() == frame.height
    assert set(frame["marks"].list.join("")) == {"x"}


def test_a_supplier_of_unknown_area_concerns_every_part(cells, register) -> None:
    frame = cells("all", replace(NORTH, supplier="elsewhere")).filter(period="2012Q3", measure="visits", via="any")
    assert set(frame.filter("national")["marks"].list.join("")) == {""}
    assert set(frame.filter(~pl.col("national"))["marks"].list.join("")) == {"x"}
    assert excluding(register, frame) == "excluding elsewhere"


def test_a_supplier_that_only_adds_leaves_every_figure(cells) -> None:
    frame = cells("all", replace(NORTH, supplier="extra")).filter(period="2012Q3", measure="visits")
    assert frame["value"].null_count() == 0
    assert set(frame["missing"].list.join("")) == {"extra"}


def test_another_datasets_gap_does_not_matter(cells) -> None:
    assert cells("all", replace(NORTH, dataset="till.other")).equals(cells("all"))


def test_a_cohort_names_those_missing_while_it_was_followed(cells) -> None:
    frame = cells("cohort", Missing("north", "till.visit", "2012-04")).filter(via="any")
    gone = dict(frame.group_by("period").agg(pl.col("missing").list.join("").first()).iter_rows())
    assert gone == dict.fromkeys(("2011Q2", "2011Q3", "2011Q4", "2012Q1", "2012Q2"), "north") | {"2012Q3": ""}


def test_two_suppliers_are_named_in_order(cells, register) -> None:
    frame = cells("all", replace(NORTH, supplier="south", period="2012-07"), NORTH)
    assert excluding(register, frame) == "excluding North tills and South tills"


def test_gaps_touch_by_day() -> None:
    import datetime as dt

    gaps = Gaps.of([NORTH])
    assert gaps.suppliers(["till.visit"], dt.date(2012, 8, 31), dt.date(2012, 9, 30)) == ("north",)
    assert gaps.suppliers(["till.visit"], dt.date(2012, 9, 1), dt.date(2012, 9, 30)) == ()
    assert gaps.suppliers(["other"], dt.date(2012, 8, 1), dt.date(2012, 8, 30)) == ()


def test_a_sum_of_no_numbers_is_not_known_and_a_sum_of_nothing_is_zero(register, con_of, visit) -> None:
    rows = [visit("2012-08-01", "a1"), visit("2012-08-01", "a2", spent=2.5), visit("2012-05-01", "a1", spent=0.0)]
    frame = tabulate(con_of(rows), register, register.publications["shops"], "all", "2012Q3")
    spent = frame.filter(measure="spent", via="any")
    found = {
        (each["period"], each["place"]): (each["value"], each["marks"], each["n"])
        for each in spent.filter(pl.col("period").is_in(["2012Q2", "2012Q3"])).iter_rows(named=True)
    }
    assert found["2012Q3", "a1"] == (None, ["x"], 0)  # a visit, and nobody knows what was spent
    assert found["2012Q3", "A"] == found["2012Q3", "L"] == (2.5, [], 1)
    assert found["2012Q2", "a1"] == (0.0, [], 1)
    assert found["2012Q3", "b1"] == (0.0, [], 0)  # no visit


def test_of_an_area_and_the_one_around_it_the_neighbours_are_known(cells, register) -> None:
    """A shop is named with its town for dimensions that have towns alone."""
    shops = replace(register.publications["shops"], supplier_areas={"north": ("a1", "A")})
    frame = cells("all", NORTH, publication=shops).filter(period="2012Q3", measure="visits", via="any")
    marks = {(each["place"], each["place_level"]): each["marks"] for each in frame.iter_rows(named=True)}
    assert marks["a1", "shop"] == marks["A", "town"] == marks["nk", "shop"] == ["x"]
    assert marks["a2", "shop"] == marks["b1", "shop"] == marks["B", "town"] == marks["L", "land"] == []
