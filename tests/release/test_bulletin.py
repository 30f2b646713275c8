"""The bulletin beside its sentences: quality, glossary, maps, panels, and lines too many for one picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from bs4 import BeautifulSoup

from piperoll.periods import Period
from piperoll.present.workbook import Table as SheetTable
from piperoll.register.model.codes import Code, CodeList
from piperoll.register.model.facts.atoms import Succession
from piperoll.register.model.facts.entry import Entry
from piperoll.register.model.glossary import Term
from piperoll.register.model.publication import Chart, Dimension, Level, Measure, Publication, Table
from piperoll.register.model.quality import PRACTICES, Area, Assessment
from piperoll.register.model.register import Register
from piperoll.register.narrative import Call
from piperoll.release.assured import Assured, Response, assured_of
from piperoll.release.bulletin.data import name_of
from piperoll.release.bulletin.figures import figures_of
from piperoll.release.bulletin.glossary import glossary_of
from piperoll.release.bulletin.quality import responses
from piperoll.release.sentences import Referee, Tables, Teller
from piperoll.release.sentences.say import Given
from piperoll.tabulate import Missing
from tests.searches import Released


NAME = "stop_and_search"
CODES = tuple("ABCDEFGH")


def test_the_sections_of_an_edition(released: Released) -> None:
    soup = BeautifulSoup((released.directory / "index.html").read_text(encoding="utf-8"), "html.parser")
    keys = [str(each["id"]) for each in soup.find_all("h2") if each.get("id")]
    assert [key for key in keys if key in ("main-points", "section-searches", "quality", "methods", "about")] == [
        "main-points", "section-searches", "quality", "methods", "about"
    ]  # fmt: skip
    assert "glossary" not in keys, "the publication names no term"
    cells = [cell.get_text() for cell in soup.find(id="responses").find("tbody").find_all(["th", "td"])]  # type: ignore[union-attr]
    assert cells[1:] == ["1", "1", "100.0", "3,000", "0.00"]
    assert "is required" in soup.find(id="quality").find_parent("section").get_text(), "by the assessment of its source"  # type: ignore[union-attr]
    assert "Next update" in soup.get_text() and "How to cite: " in soup.get_text()


def test_how_far_a_source_is_assured(released: Released) -> None:
    desk = released.desk
    register, publication = desk.register, desk.publication(NAME)
    key = publication.sources[0]
    day = dt.date(2020, 12, 14)
    areas = tuple(Area(each, "A1" if each == "communication" else "A2", ("So it is.",)) for each in PRACTICES)
    judged = Assessment(key, "A2", "medium", "medium", "owner", day, dt.date(2020, 12, 1), areas)
    entry = Entry(successions=(Succession("replaced_by", "Something new"), Succession("replaces", key)))
    source = replace(register.sources[key], entry=entry)
    changed = replace(register, assessments={key: judged}, sources={**register.sources, key: source})
    period, parts = Period.parse("2020Q3"), desk.parts()
    try:
        desk.__dict__["register"] = changed
        found = assured_of(desk, publication, period, parts, (), day)
        gone = [Missing("met", "stop_search.search", "2020Q3")]
        without = assured_of(desk, publication, period, parts, gone, day)
    finally:
        desk.__dict__["register"] = register
    (trust,) = found.trust
    assert trust.sentences[:2] == (
        "A2 (enhanced) is required: medium risk, medium profile.",
        "Short of it in 1 of 4 areas: Communication with suppliers.",
    )
    assert any("Its review was due by 2020-12-01" in each for each in trust.sentences)
    assert trust.caveats == ("It is replaced by Something new.", f"It replaces {source.title}.")
    (response,) = found.responses
    assert (response.owed, response.came, response.rows, response.refused) == (1, 1, 3000, 0)
    assert without.responses[0].came == 0


@pytest.mark.parametrize(
    ("given", "row"),
    [
        (Response("D", 3, 2, 200, 1), ["D", 3, 2, 66.7, 200, 0.5]),
        (Response("D", 0, 0, 0, 0), ["D", 0, 0, None, 0, None]),
    ],
)
def test_rates_of_response_and_refusal(given: Response, row: Sequence[object]) -> None:
    (found,) = responses(Assured((), (given,))).rows
    assert [getattr(each, "value", each) for each in found] == row


def tiny(chart: Chart, glossary: tuple[str, ...] = ()) -> tuple[Register, Publication]:
    """A publication of counts by area, each with its tile."""
    tiles = [{"tile_row": str(place // 3 + 1), "tile_column": str(place % 3 + 1)} for place in range(len(CODES))]
    areas = tuple(
        Code(code, f"Area {code}", parent="all", attributes=tile) for code, tile in zip(CODES, tiles, strict=True)
    )
    lists = {
        "area": CodeList("area", "Areas", areas, parents="all"),
        "all": CodeList("all", "All", (Code("all", "All"),)),
    }
    levels = (Level("area", "area", "Area"), Level("all", "all", "All", national=True))
    publication = Publication(
        "p", "P", coverage="Anywhere", glossary=glossary, charts=(chart,),
        measures=(Measure("claims", "Claims", "count", unit="claims"),),
        dimensions=(Dimension("area", "Place", "area", levels, unknown="nk"),),
        tables=(Table("areas", "1", "Areas", ("claims",), {"area": ("all", "area")}, last=5),),
    )  # fmt: skip
    terms = {each: Term(each, each.title(), f"What {each} means.") for each in ("zebra", "apple")}
    terms["law"] = Term("law", "Law", "A law.", "https://example.org/law")
    register = Register(Path("."), "r", "R", "O", {}, lists, {}, {"p": publication}, {}, glossary=terms)
    return register, publication


def drawn(chart: Chart, values: dict[str, list[int | None]]):  # type: ignore[no-untyped-def]
    register, publication = tiny(chart)
    periods = [str(Period.parse("2012Q2").shift(back)) for back in range(-4, 1)]
    rows, lines = [], []
    for code, series in values.items():
        level = "all" if code == "all" else "area"
        for period, value in zip(periods, series, strict=True):
            marks = [] if value is not None else ["c"]
            rows.append({"period": period, "measure": "claims", "area": code, "area_level": level, "support": False,
                         "shown": value, "marks": marks})  # fmt: skip
            lines.append({"period": period, "period_name": "", "area_code": code, "area": f"Area {code}",
                          "area_level": level.title(), "claims": "" if value is None else str(value),
                          "claims_status": " ".join(marks)})  # fmt: skip
    schema = {"shown": pl.Float64, "marks": pl.List(pl.String)}
    cells = {"areas": pl.DataFrame(rows, schema_overrides=schema)}
    teller = Teller(Referee(register, publication, Period.parse("2012Q2"), Tables({"areas": lambda: lines})))
    return figures_of(register, publication, cells, teller), teller


VALUES: dict[str, list[int | None]] = {code: [100, 100, 100, 100, 50 + 10 * place] for place, code in enumerate(CODES)}


def test_a_map_has_a_tile_for_each_area_and_says_where_it_is_highest() -> None:
    chart = Chart("map", "areas", ("claims",), "Claims by area", "area", "area", form="map")
    figures, teller = drawn(chart, {**VALUES, "C": [1, 1, 1, 1, None], "nk": [500] * 5})
    figure = figures["map"]
    assert figure.drawing.title == (
        "Claims: highest in Area H (120) among those that can be shown, lowest in Area A (50) among those that can be shown"
    )
    assert "Area C: no figure [c]" in figure.drawing.alt and "nk" not in figure.drawing.alt
    assert figure.drawing.subtitle == "Claims by area, Anywhere, Apr to Jun 2012"
    assert [row[0] for row in figure.table.rows] == [f"Area {code}" for code in CODES]
    assert [each.key for each in teller.told] == ["chart-map"]


def test_panels_say_in_how_many_it_went_which_way() -> None:
    chart = Chart("small", "areas", ("claims",), "Claims by area", "area", "area", form="panels")
    figures, _ = drawn(chart, {**VALUES, "C": [1, 1, None, 1, 2], "nk": [500] * 5})
    assert figures["small"].drawing.title == (
        "Claims by area since Apr to Jun 2011: decreased in 4 of 8, increased in 3 and stayed the same in 1"
    )
    assert "Eight small line charts" in figures["small"].drawing.alt


def test_a_chart_that_is_too_short_for_a_year_tells_of_the_period_before() -> None:
    chart = Chart("small", "areas", ("claims",), "Claims by area", "area", "area")
    figures, _ = drawn(chart, {"A": [None, None, None, 100, 50], "B": [None, None, None, 100, 220]})
    assert figures["small"].drawing.title == (
        "Area B: claims increased by 120%, from 100 in Jan to Mar 2012 to 220 in Apr to Jun 2012"
    ), "the line that moved most"
    figures, teller = drawn(chart, {"A": [None, None, None, None, 50]})
    assert figures["small"].drawing.title == "Claims by area" and teller.told == []


def test_more_lines_than_can_be_told_apart_are_panels() -> None:
    chart = Chart("lines", "areas", ("claims",), "Claims by area", "area", "area")
    assert "Eight small line charts" in drawn(chart, VALUES)[0]["lines"].drawing.alt
    few = {code: VALUES[code] for code in "ABH"}
    figure = drawn(chart, few)[0]["lines"]
    assert figure.drawing.alt.startswith("Line chart")
    assert (
        figure.drawing.title == "Area A: claims decreased by 50%, from 100 in Apr to Jun 2011 to 50 in Apr to Jun 2012"
    )


def test_bars_of_one_period_have_a_bar_for_each_code() -> None:
    chart = Chart("bars", "areas", ("claims",), "Claims by area", "area", "area", form="bar", last=1)
    figure = drawn(chart, VALUES)[0]["bars"]
    assert figure.drawing.alt.endswith("Area A: 50; Area B: 60; Area C: 70; Area D: 80; Area E: 90; Area F: 100; "
                                       "Area G: 110; Area H: 120.")  # fmt: skip


def test_a_dimension_that_is_not_drawn_stands_at_its_total() -> None:
    chart = Chart("whole", "areas", ("claims",), "Claims")
    values = {"all": [700, 710, 720, 730, 740], **VALUES}
    figure = drawn(chart, values)[0]["whole"]
    assert [row[1].value for row in figure.table.rows] == [740, 730, 720, 710, 700]  # type: ignore[union-attr]
    assert figure.drawing.title == "Claims increased by 6%, from 700 in Apr to Jun 2011 to 740 in Apr to Jun 2012"


def test_a_glossary_is_in_order_of_its_terms() -> None:
    chart = Chart("c", "areas", ("claims",), "C")
    register, publication = tiny(chart, ("zebra", "law", "apple"))
    (section,) = glossary_of(register, publication)
    html = str(section.html)
    assert html.index("Apple") < html.index("Law") < html.index("Zebra")
    assert 'Source: <a class="govuk-link" href="https://example.org/law">' in html
    assert list(glossary_of(*tiny(chart))) == []


def test_a_link_to_a_table_names_a_few_missing_suppliers_and_not_many() -> None:
    few = SheetTable("Table_1", "Claims, excluding North and South", (), ())
    many = replace(few, title=f"Claims, excluding {', '.join(f'Office of place {number}' for number in range(20))}")
    assert name_of(few) == "Table 1: Claims, excluding North and South"
    assert name_of(many) == "Table 1: Claims, excluding suppliers that are missing"


def quarters(against: str, back: int) -> Given:
    """What a change says of itself where the table goes so many quarters back."""
    register, publication = tiny(Chart("c", "areas", ("claims",), "C"))
    now = Period.parse("2012Q2")
    lines = [
        {"period": str(now.shift(-each)), "area_code": "A", "area": "Area A", "area_level": "Area", "claims": "500"}
        for each in range(back + 1)
    ]
    referee = Referee(register, publication, now, Tables({"areas": lambda: lines}))
    meant = referee.meant(Call("change", "claims", (("area", "A"), ("against", against))))
    assert meant is not None
    assert len(meant.cells) == (1 + back if meant.given.judge else 5 if against == "previous_year" else 2)
    return meant.given


def test_only_changes_on_the_year_before_of_long_series_are_judged() -> None:
    assert quarters("previous_year", 20).judge
    assert not quarters("previous_year", 19).judge, "less than five years before"
    assert not quarters("previous_period", 40).judge, "from quarter to quarter there is season, too"
