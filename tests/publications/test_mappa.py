"""The MAPPA bulletin and the areas' annual reports, counted again from the returns of the areas."""

from __future__ import annotations

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
YEAR = "2011/12"
MEASURES = {
    "level_2": "LEVEL2_YEAR",
    "level_3": "LEVEL3_YEAR",
    "prevention_orders": "SOPO",
    "notification_orders": "NOTIFICATION_ORDER",
    "travel_orders": "FOREIGN_TRAVEL",
    "revoked": "NOTIFICATION_REVOKED",
    "notification_breaches": "NOTIFICATION_BREACH",
    "order_breaches": "ORDER_BREACH",
    "licence_returns": "LICENCE_RETURN",
    "further_offences": "SFO",
    "case_reviews": "SCR",
}


def stock(sent: Sent, period: str = YEAR) -> pl.DataFrame:
    return sent.rows("mappa.area_return").filter(year=period)


@pytest.mark.parametrize("period", ["2009/10", YEAR])
def test_totals_of_categories_are_what_areas_add_up_themselves(sent: Sent, period: str) -> None:
    """The model leaves the areas' own sums out; they are counted here alone."""
    declared = stock(sent, period).filter(level="ALL").group_by("category").agg(pl.col("count_31_march").sum())
    cells = sent.cells("mappa_bulletin", "levels", YEAR).filter(measure="mappa_offenders", period=period, level="all")
    shown = dict(cells.select("category", "value").iter_rows())
    assert {code: n for code, n in shown.items() if code != "all"} == dict(declared.iter_rows())
    assert shown["all"] == declared["count_31_march"].sum() > 30_000


def test_every_cell_of_categories_and_levels(sent: Sent) -> None:
    levels = (
        stock(sent).filter(pl.col("level") != "ALL").group_by("category", "level").agg(pl.col("count_31_march").sum())
    )
    cells = sent.cells("mappa_bulletin", "levels", YEAR).filter(measure="mappa_offenders", period=YEAR)
    inner = cells.filter(pl.col("category") != "all", pl.col("level") != "all").select("category", "level", "value")
    assert {row[:2]: row[2] for row in inner.iter_rows()} == {row[:2]: row[2] for row in levels.iter_rows()}
    assert inner.filter(category="3", level="1")["value"].item() == 0


def test_areas_of_the_bulletin_and_of_their_reports(sent: Sent) -> None:
    own = stock(sent).filter(level="ALL").select("area", "category", "count_31_march")
    expected = {row[:2]: row[2] for row in own.iter_rows()}
    bulletin = sent.cells("mappa_bulletin", "areas", YEAR).filter(measure="mappa_offenders", period=YEAR)
    inner = bulletin.filter(pl.col("area") != "all", pl.col("category") != "all").select("area", "category", "value")
    assert {row[:2]: row[2] for row in inner.iter_rows()} == expected
    assert len(expected) == 42 * 3
    reports = sent.cells("mappa_annual_reports", "levels", YEAR).filter(level="all")
    inner = reports.filter(pl.col("area") != "all", pl.col("category") != "all").select("area", "category", "value")
    assert {row[:2]: row[2] for row in inner.iter_rows()} == expected


@pytest.mark.parametrize(
    ("publication", "table"),
    [("mappa_bulletin", each) for each in ("managed", "orders", "enforcement", "further_offences")]
    + [("mappa_annual_reports", each) for each in ("orders", "management", "further_offences")],
)
def test_measures_of_the_year(sent: Sent, publication: str, table: str) -> None:
    returned = sent.rows("mappa.in_year_measure").filter(year=YEAR)
    cells = sent.cells(publication, table, YEAR).filter(period=YEAR)
    for measure in cells["measure"].unique():
        own = returned.filter(measure=MEASURES[measure])
        shown = dict(cells.filter(measure=measure).select("area", "value").iter_rows())
        assert shown.pop("all") == own["value"].sum()
        assert shown in ({}, dict(own.select("area", "value").iter_rows()))
    assert cells.height


def test_offenders_of_the_year_by_category_and_level(sent: Sent) -> None:
    cases = sent.rows("mappa.level23_case").filter(year=YEAR)
    once = cases.unique(["area", "case_id", "level"])
    shown = sent.cells("mappa_bulletin", "cases", YEAR).filter(period=YEAR)
    for level in ("2", "3"):
        of_level = dict(shown.filter(managed_level=level).select("category", "value").iter_rows())
        assert of_level["all"] == once.filter(level=level).height
        assert {c: n for c, n in of_level.items() if c != "all"} == dict(
            once.filter(level=level).group_by("category").len().iter_rows()
        )
    # The areas' own counts of the year say the same as the cases that they list.
    own = sent.rows("mappa.in_year_measure").filter(year=YEAR, measure="LEVEL2_YEAR")["value"].sum()
    assert shown.filter(managed_level="2", category="all")["value"].item() == own
