"""What is made from the performance database, counted again from the truth behind it and from what was sent."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
QUARTER = pl.col("month").is_between(dt.date(2012, 1, 1), dt.date(2012, 3, 31))
PETITIONS = {"INS_WINDUP": "COMPANY_WINDUP", "INS_CREDITOR": "CREDITOR_BANKR", "INS_DEBTOR": "DEBTOR_BANKR"}


def sums(frame: pl.DataFrame, *names: str) -> dict[tuple[object, ...], int]:
    """Sums of ``value`` by these columns, those that are zero left out."""
    added = frame.group_by(names).agg(pl.col("value").sum()).filter(pl.col("value") != 0)
    return {tuple(row[:-1]): int(row[-1]) for row in added.select(*names, "value").iter_rows()}


def test_petitions_by_kind_and_court(sent: Sent) -> None:
    truth = sent.truth("performance").filter(QUARTER, pl.col("measure_id").is_in(list(PETITIONS)))
    truth = truth.with_columns(petition=pl.col("measure_id").replace(PETITIONS))
    found = sent.cells("company_winding_up_and_bankruptcy", "courts", "2012Q1").filter(
        pl.col("court_level") == "court", period="2012Q1"
    )  # fmt: skip
    by_court = sums(truth, "court_code", "petition")
    assert sums(found, "court", "petition") == by_court
    assert len(by_court) > 100
    nation = sent.cells("company_winding_up_and_bankruptcy", "national", "2012Q1").filter(
        period="2012Q1", measure="insolvency_petitions"
    )  # fmt: skip
    assert sums(nation, "petition") == sums(truth, "petition")


def test_petitions_of_the_nation_are_what_the_branch_adds_up(sent: Sent) -> None:
    rows = sent.states("perfdb.measure_value").rename({"period_month": "month"}).filter(QUARTER, level="NATIONAL")
    rows = rows.filter(pl.col("measure_id").is_in(list(PETITIONS)))
    rows = rows.with_columns(petition=pl.col("measure_id").replace(PETITIONS))
    nation = sent.cells("company_winding_up_and_bankruptcy", "regions", "2012Q1").filter(
        period="2012Q1", court="K04000001"
    )  # fmt: skip
    assert sums(nation, "petition") == sums(rows, "petition")


def test_antisocial_behaviour_orders(sent: Sent) -> None:
    truth = sent.truth("performance").filter(pl.col("month").dt.year() == 2011)
    truth = truth.with_columns(sex=pl.col("case_type").str.head(1), age=pl.col("case_type").str.slice(1))
    issued = truth.filter(pl.col("measure_id").is_in(["ASBO_APPLICATION", "ASBO_CONVICTION"]))
    breached = truth.filter(measure_id="ASBO_BREACH")
    routes = sent.cells("asbo", "routes", "2011").filter(period="2011", measure="asbo_issued")
    whole = {("all",): int(issued["value"].sum())}
    named = {(f"ASBO_{route}",): value for (route,), value in sums(routes, "route").items() if route != "all"}
    assert named == sums(issued, "measure_id")
    assert sums(routes.filter(route="all"), "route") == whole
    people = sent.cells("asbo", "people", "2011").filter(pl.col("age") != "all", pl.col("sex") != "all", period="2011")
    assert sums(people.filter(measure="asbo_issued"), "age", "sex") == sums(issued, "age", "sex")
    assert sums(people.filter(measure="asbo_breached"), "age", "sex") == sums(breached, "age", "sex")
    areas = sent.cells("asbo", "areas", "2011").filter(pl.col("area_level") == "area", period="2011")
    rows = sent.states("perfdb.measure_value").filter(pl.col("period_month").dt.year() == 2011)
    rows = rows.filter(pl.col("measure_id").is_in(["ASBO_APPLICATION", "ASBO_CONVICTION"]))
    by_area = sums(rows.filter(level="AREA"), "court_code")
    assert sums(areas.filter(measure="asbo_issued"), "area") == by_area
    assert len(by_area) > 30
    regions = sent.cells("asbo", "areas", "2011").filter(pl.col("area_level") == "hmcts_region", period="2011")
    assert sums(regions.filter(measure="asbo_issued"), "area") == sums(rows.filter(level="REGION"), "court_code")


def test_impact_indicators(sent: Sent) -> None:
    rows = sent.states("perfdb.measure_value").rename({"period_month": "month"}).filter(level="COURT")
    for period, kept in (("2012Q1", rows.filter(QUARTER)), ("2012-03", rows.filter(month=dt.date(2012, 3, 1)))):
        table = "months" if "-" in period else "quarters"
        cells = sent.cells("impact_indicators", table, period).filter(period=period)
        found = dict(cells.select("measure", "value").iter_rows())
        whole = {measure: value for (measure,), value in sums(kept, "measure_id").items()}
        assert found["reported_claims"] == whole["CC_CLAIMS"] > 0
        assert found["reported_crown_receipts"] == whole["CROWN_RECEIPTS"]
        assert found["reported_magistrates_cases"] == whole["MC_CASES"]
        heard = kept.filter(measure_id="CC_SMALL_WEEKS")
        weeks = float(heard["numerator"].sum()) / float(heard["denominator"].sum())
        assert found["reported_small_weeks"] == pytest.approx(weeks)
        defaults = kept.filter(measure_id="CC_DEFAULT_PCT")
        share = 100 * float(defaults["numerator"].sum()) / float(defaults["denominator"].sum())
        assert found["reported_default_share"] == pytest.approx(share)
