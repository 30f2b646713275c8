"""Historic youth data, counted again from the totals that teams declared themselves, which the publication leaves out."""

from __future__ import annotations

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, YEAR, QUARTER = "historic_youth_data", "2008/09", "2009Q1"


def returned(sent: Sent, measure: str) -> pl.DataFrame:
    return sent.rows("themis.yot_return").filter(measure=measure)


@pytest.mark.parametrize(("table", "measure"), [("offences", "OFFENCES"), ("disposals", "DISPOSALS")])
def test_totals_are_those_that_teams_declared(sent: Sent, table: str, measure: str) -> None:
    """The world begins with January 2009: the year holds its last quarter alone."""
    declared = returned(sent, measure).filter(dim1="ALL")["count"].sum()
    cells = sent.cells(PUBLICATION, table, YEAR).filter(period=YEAR)
    column = "offence" if table == "offences" else "disposal"
    assert cells.filter(pl.col(column) == "all")["value"].item() == declared > 10_000
    parts = returned(sent, measure).filter(pl.col("dim1") != "ALL").group_by("dim1").agg(pl.col("count").sum())
    shown = dict(cells.select(column, "value").iter_rows())
    assert {code: shown[code] for code, _ in parts.iter_rows()} == dict(parts.iter_rows())


def test_areas_are_the_teams_own_totals(sent: Sent) -> None:
    declared = returned(sent, "OFFENCES").filter(dim1="ALL").group_by("yot").agg(pl.col("count").sum())
    shown = dict(sent.cells(PUBLICATION, "areas", YEAR).select("area", "value").iter_rows())
    assert {code: shown[code] for code, _ in declared.iter_rows()} == dict(declared.iter_rows())
    assert declared.height > 150
    region = {each.code: each.parent for each in sent.register.codes["yot"].codes}
    north_east = sum(n for code, n in declared.iter_rows() if region[code] == "E12000001")
    assert shown["E12000001"] == north_east > 0


def test_young_people_of_a_quarter_by_sex_and_age(sent: Sent) -> None:
    told = returned(sent, "SANCTIONED")
    cells = sent.cells(PUBLICATION, "young_people", QUARTER).filter(period=QUARTER)
    shown = {row[:2]: row[2] for row in cells.select("sex", "age", "value").iter_rows()}
    assert shown["all", "all"] == told.filter(dim1="ALL")["count"].sum()
    for sex in ("1", "2"):
        own = told.filter(dim1=sex)
        youngest = own.filter(pl.col("dim2").str.slice(4).cast(pl.Int64) <= 14)["count"].sum()
        assert shown[sex, "10_14"] == youngest
        assert shown[sex, "17"] == own.filter(dim2="AGE_17")["count"].sum()


def test_indicators_are_means_of_the_teams(sent: Sent) -> None:
    told = sent.rows("themis.yot_return").filter(pl.col("percent").is_not_null())
    expected = told.group_by("measure").agg(pl.col("percent").cast(pl.Float64).mean())
    cells = sent.cells(PUBLICATION, "indicators", QUARTER).filter(period=QUARTER)
    shown = dict(cells.select("indicator", "value").iter_rows())
    assert shown == {code: pytest.approx(mean) for code, mean in expected.iter_rows()}
    assert len(shown) == 10
