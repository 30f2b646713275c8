"""Stocks, how many are different, percentiles and maxima, over months, years that overlap and years beside quarters."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.publication import Measure, Publication, Table
from piperoll.register.model.register import Register
from piperoll.store.duck import connect
from piperoll.tabulate import Missing, tabulate
from piperoll.tabulate.define import axes_of, closure
from piperoll.tabulate.query import count
from tests.tabulate.conftest import KINDS, PLACE, SHOPS, Visit, code_lists, create_table, visits_table


MEASURES = (
    Measure("open", "Open", "stock", model="visits", period_column="day"),
    Measure("open_web", "Open on the web", "stock", model="visits", period_column="day", where="kind = 'web'"),
    Measure("held", "Held", "stock", model="visits", period_column="day", value="spent"),
    Measure("shops", "Shops", "distinct", model="visits", period_column="day", value="shop"),
    Measure("lower", "Lower quartile", "percentile", model="visits", period_column="day", value="spent", at=0.25),
    Measure("most", "Most", "maximum", model="visits", period_column="day", value="spent"),
    Measure("share_web", "Share", "share", numerator="open_web", denominator="open"),
    Measure("open_change", "Change", "change", of="open"),
    Measure("visits", "Visits", "count", model="visits", period_column="day"),
    Measure("visits_change", "Change", "change", of="visits"),
    Measure("visits_step", "Step", "change", of="visits", against="previous_period"),
    Measure("middle", "Median", "median", model="visits", period_column="day", value="spent"),
    Measure("bad", "Bad", "percentile", model="visits", period_column="day", value="spent", at=25),
    Measure("none", "None", "distinct", model="visits", period_column="day"),
)
ROWS = {"place": ("land", "town")}


@pytest.fixture
def cells_of(con_of, register: Register):
    """``cells_of(rows, table, period)``: the cells of a table of these measures."""
    publication = replace(register.publications["shops"], measures=MEASURES)

    def build(rows: list[Visit], table: Table, period: str = "2012Q2", **more: object) -> pl.DataFrame:
        cells = tabulate(con_of(rows), register, publication, table, period, **more)
        return cells.filter(~pl.col("support"))

    return build


def table(*measures: str, **declared: object) -> Table:
    return Table("t", "1", "T", measures, ROWS, **declared)


def values(cells: pl.DataFrame, measure: str, place: str = "L") -> dict[str, float | None]:
    return dict(cells.filter(measure=measure, place=place).select("period", "value").iter_rows())


def test_a_stock_is_that_of_the_last_month(cells_of, visit) -> None:
    rows = [visit("2012-04-27"), visit("2012-05-25"), visit("2012-06-29"), visit("2012-06-29", "b1", "foot")]
    shown = table("open", "open_web", "share_web", last=2)
    cells = cells_of(rows, shown)
    assert values(cells, "open") == {"2012Q1": 0.0, "2012Q2": 2.0}
    assert values(cells, "open", "A") == {"2012Q1": 0.0, "2012Q2": 1.0}
    assert values(cells, "share_web") == {"2012Q1": None, "2012Q2": 50.0}
    by_month = cells_of(rows, table("open", period="month", last=3), "2012-06")
    assert values(by_month, "open") == {"2012-04": 1.0, "2012-05": 1.0, "2012-06": 2.0}
    assert values(cells_of(rows, table("open", period="year", last=1), "2012"), "open") == {"2012": 0.0}
    year = cells_of([*rows, visit("2012-03-30")], table("open", period="financial_year"), "2011/12")
    assert values(year, "open") == {"2011/12": 1.0}


def test_a_stock_may_be_a_sum_and_changes_as_others_do(cells_of, visit) -> None:
    rows = [visit("2011-06-24", spent=40.0), visit("2012-05-25", spent=7.0), visit("2012-06-29", spent=2.5)]
    cells = cells_of([*rows, visit("2012-06-29", spent=1.5), visit("2012-06-29")], table("held", "open", "open_change"))
    assert values(cells, "held") == {"2012Q2": 4.0}
    assert values(cells, "open_change") == {"2012Q2": 200.0}


def test_a_stock_stands_beside_no_year(cells_of, visit) -> None:
    with pytest.raises(UserError) as caught:
        cells_of([visit("2012-06-29")], table("open", also_years=True, last=8))
    assert caught.value.code == "PR-T007" and "stock" in caught.value.sentence


def test_different_ones_are_counted_once_in_each_cell(cells_of, visit) -> None:
    rows = [visit("2012-04-02"), visit("2012-06-29"), visit("2012-05-01", "a2"), visit("2012-05-01", "b1")]
    cells = cells_of([*rows, visit("2012-05-01", None)], table("shops", also_years=True, first="2011Q1"), "2012Q4")
    assert values(cells, "shops")["2012Q2"] == values(cells, "shops")["2012"] == 3.0
    assert values(cells, "shops", "A")["2012Q2"] == 2.0 and values(cells, "shops")["2012Q1"] == 0.0


def test_percentile_and_maximum(cells_of, visit) -> None:
    rows = [visit("2012-04-02", spent=each) for each in (1.0, 2.0, 4.0, 8.0)]
    cells = cells_of([*rows, visit("2012-04-02")], table("lower", "most"))
    assert values(cells, "lower") == {"2012Q2": 1.75} and values(cells, "most") == {"2012Q2": 8.0}
    assert cells.filter(measure="most", place="L")["n"].to_list() == [4]
    assert cells.filter(place="B")["marks"].to_list() == [["z"], ["z"]]


@pytest.mark.parametrize(("measure", "word"), [("bad", "percentile"), ("none", "names no `value`")])
def test_what_is_not_whole_is_told(cells_of, visit, measure: str, word: str) -> None:
    with pytest.raises(UserError) as caught:
        cells_of([visit("2012-04-02")], table(measure))
    assert caught.value.code == "PR-T007" and word in caught.value.sentence


def test_rolling_years_overlap(cells_of, visit) -> None:
    rows = [visit("2011-06-30"), *([visit("2011-07-01", spent=3.0)] * 2), *([visit("2012-06-30", spent=5.0)] * 4)]
    shown = table("visits", "visits_change", "visits_step", "middle", "shops", period="rolling_year", last=2)
    cells = cells_of(rows, shown, "2011Q3-2012Q2")
    last, before = "2011Q3-2012Q2", "2011Q2-2012Q1"
    assert values(cells, "visits") == {before: 3.0, last: 6.0}
    assert values(cells, "visits_change") == {before: None, last: 500.0}
    assert values(cells, "visits_step") == {before: 0.0, last: 100.0}
    assert values(cells, "middle") == {before: 3.0, last: 5.0}
    assert values(cells, "shops") == {before: 1.0, last: 1.0}


def test_financial_years_beside_quarters(cells_of, visit) -> None:
    rows = [visit("2011-04-01"), visit("2012-03-31"), visit("2012-04-01")]
    cells = cells_of(rows, table("visits", also_years=True, years="financial_year", last=6), "2012Q2")
    found = values(cells, "visits")
    assert list(found)[-1] == "2011/12" and found["2011/12"] == 2.0 and found["2012Q1"] == 1.0


days = st.dates(dt.date(2010, 10, 1), dt.date(2012, 8, 1))
visits = st.builds(
    Visit, days, st.sampled_from(sorted(SHOPS)), st.sampled_from(sorted(KINDS)), st.none(),
    st.none() | st.sampled_from([0.0, 1.0, 2.5, 7.25, 100.0]),
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(visits, max_size=40))
def test_every_kind_against_a_plain_count(rows: list[Visit]) -> None:
    con = connect(threads=1)
    create_table(con, "visits", visits_table(rows))
    register = Register(None, "t", "T", "T", {}, code_lists(), {}, {}, {})  # type: ignore[arg-type]
    publication = Publication("shops", "Shops", dimensions=(PLACE,), measures=MEASURES)
    axes = axes_of(register, publication, table("visits"))
    periods = [Period.parse(text) for text in ("2012Q2", "2012Q1", "2011", "2011/12", "2011Q3-2012Q2", "2011Q2-2012Q1")]
    for name in ("open", "held", "shops", "lower", "most", "visits", "middle"):
        (measure,) = closure(publication, [name]).values()
        found = count(con, "visits", "day", axes, [measure], periods)
        counted = {(p, place): value for p, place, value in found.select("period", "place", "value").iter_rows()}
        for period in periods:
            inside = [each for each in rows if period.holds(each.day)]
            for town in ("A", "B"):
                mine = [each for each in inside if SHOPS[each.shop or ""] == town]
                assert counted.get((str(period), town)) == (plain(measure, mine, period) if mine else None), name
    con.close()


def plain(measure: Measure, rows: list[Visit], period: Period) -> float | None:
    """The measure over the rows of a period."""
    if measure.kind == "stock":
        rows = [each for each in rows if each.day >= period.end.replace(day=1)]
        spent = [each.spent for each in rows if each.spent is not None]
        if not rows:
            return None
        return float(len(rows)) if not measure.value else (sum(spent) if spent else None)
    spent = [each.spent for each in rows if each.spent is not None]
    if measure.kind == "distinct":
        return float(len({each.shop for each in rows}))
    if measure.kind == "count":
        return float(len(rows))
    if not spent:
        return None
    if measure.kind == "maximum":
        return max(spent)
    return float(np.quantile(spent, measure.at or 0.5))


def test_a_stock_misses_only_who_is_missing_in_the_last_month(cells_of, visit) -> None:
    rows = [visit("2012-06-29")]
    early, late = (Missing("north", "till.visit", month) for month in ("2012-04", "2012-06"))
    shown = table("open", "visits")
    cells = cells_of(rows, shown, missing=[early])
    assert cells.filter(measure="open", place="A")["value"].to_list() == [1.0]
    assert cells.filter(measure="visits", place="A")["marks"].to_list() == [["x"]]
    assert cells_of(rows, shown, missing=[late]).filter(measure="open", place="A")["marks"].to_list() == [["x"]]
