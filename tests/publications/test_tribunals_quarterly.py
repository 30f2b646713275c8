"""Quarterly tribunals statistics, counted again from what the systems sent, by means of its own."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, PERIOD = "tribunals_quarterly", "2012Q1"
FIRST, LAST = dt.date(2012, 1, 1), dt.date(2012, 3, 31)


def of_quarter(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    return rows.filter(pl.col(column).is_between(FIRST, LAST))


def shown(sent: Sent, table: str, measure: str, by: str, period: str = PERIOD) -> dict[str, float]:
    """Values of a measure by code of the table's dimension."""
    cells = sent.cells(PUBLICATION, table, PERIOD).filter(period=period, measure=measure)
    return dict(cells.select(by, "value").iter_rows())


def counted(rows: pl.DataFrame, by: str) -> dict[str, int]:
    return dict(rows.group_by(by).len().iter_rows())


@pytest.mark.parametrize(
    ("measure", "column"), [("receipts", "receipt_date"), ("disposals", "disposal_date")], ids=["in", "out"]
)
def test_cases_by_jurisdiction(sent: Sent, measure: str, column: str) -> None:
    quarter = of_quarter(sent.states("tribunals.trib_case"), column)
    found = shown(sent, "workload", measure, "jurisdiction")
    expected = counted(quarter, "chamber_jurisdiction")
    assert found.pop("all") == quarter.height > 500
    assert {code: value for code, value in found.items() if value} == expected


def test_receipts_are_those_of_the_truth(sent: Sent) -> None:
    cases = of_quarter(sent.truth("tribunal_cases"), "receipt_date")
    found = shown(sent, "workload", "receipts", "jurisdiction")
    assert found["all"] == cases.height
    assert found["SSCS"] == cases.filter(chamber_jurisdiction="SSCS").height


def test_a_year_is_the_sum_of_its_quarters(sent: Sent) -> None:
    cells = sent.cells(PUBLICATION, "workload", PERIOD).filter(measure="receipts", jurisdiction="all")
    by_period = dict(cells.select("period", "value").iter_rows())
    quarters = ["2011Q2", "2011Q3", "2011Q4", "2012Q1"]
    assert by_period["2011/12"] == sum(by_period[each] for each in quarters)
    assert "2010/11" in by_period and "2011" not in by_period


def test_outstanding_is_that_of_the_last_month_in_all_systems(sent: Sent) -> None:
    march = sent.rows("tribunals.trib_stock").filter(month=dt.date(2012, 3, 1))
    found = shown(sent, "outstanding", "outstanding", "jurisdiction")
    assert found.pop("all") == march["outstanding"].sum() > 0
    sums = dict(march.group_by("chamber_jurisdiction").agg(pl.col("outstanding").sum()).iter_rows())
    assert {code: value for code, value in found.items() if code in sums} == sums
    assert march.filter(chamber_jurisdiction="ET").height == 2


def test_changes_are_against_the_year_before(sent: Sent) -> None:
    found = shown(sent, "workload", "receipts_change", "jurisdiction")
    now = shown(sent, "workload", "receipts", "jurisdiction")
    before = shown(sent, "workload", "receipts", "jurisdiction", "2011Q1")
    for code in ("all", "SSCS", "ET", "FTTIAC"):
        assert found[code] == pytest.approx(100 * (now[code] - before[code]) / before[code])


def test_cases_of_before_the_first_month_are_received_in_no_period(sent: Sent) -> None:
    """They are told of only if they were disposed of since, so that they would make changes that never were."""
    early = sent.states("tribunals.trib_case").filter(pl.col("receipt_date") < dt.date(2010, 4, 1))
    assert early.filter(pl.col("disposal_date").is_not_null()).height == early.height > 100
    for period in ("2010Q2", "2010Q3", "2010Q4", "2010/11"):
        assert set(shown(sent, "workload", "receipts_change", "jurisdiction", period).values()) == {None}
    assert shown(sent, "workload", "receipts_change", "jurisdiction", "2011/12")["all"] is not None


def test_ages_and_hearings(sent: Sent) -> None:
    quarter = of_quarter(sent.states("tribunals.trib_case"), "disposal_date").with_columns(
        weeks=(pl.col("disposal_date") - pl.col("receipt_date")).dt.total_days() / 7
    )
    for code in ("SSCS", "ET", "FTTIAC", "MH", "all"):
        mine = quarter if code == "all" else quarter.filter(chamber_jurisdiction=code)
        cells = sent.cells(PUBLICATION, "ages", PERIOD).filter(period=PERIOD, jurisdiction=code)
        found = dict(cells.select("measure", "value").iter_rows())
        assert found["mean_weeks"] == pytest.approx(mine["weeks"].mean())
        assert found["median_weeks"] == pytest.approx(mine["weeks"].median())
        assert found["lower_quartile_weeks"] == pytest.approx(mine["weeks"].quantile(0.25, "linear"))
        assert found["upper_quartile_weeks"] == pytest.approx(mine["weeks"].quantile(0.75, "linear"))
        heard = (mine["disposal_stage"] == "AT_HEARING").sum()
        assert (found["at_hearing"], found["disposals"]) == (heard, mine.height)
        assert found["at_hearing_share"] == pytest.approx(100 * heard / mine.height)


def test_claims_in_multiples_and_cases(sent: Sent) -> None:
    claims = of_quarter(sent.states("tribunals.trib_case").filter(chamber_jurisdiction="ET"), "receipt_date")
    in_multiples = claims.filter(pl.col("multiple_ref").is_not_null())
    single = claims.height - in_multiples.height
    assert shown(sent, "employment", "claims_received", "claim_kind") == {
        "ET": claims.height,
        "SINGLE": single,
        "MULTIPLE": in_multiples.height,
    }
    cases = shown(sent, "employment", "et_cases_received", "claim_kind")
    multiples = in_multiples["multiple_ref"].n_unique()
    assert 0 < multiples < in_multiples.height
    assert (cases["ET"], cases["SINGLE"], cases["MULTIPLE"]) == (single + multiples, single, multiples)


def test_complaints_by_head(sent: Sent) -> None:
    complaints = sent.states("tribunals.trib_complaint")
    claims = sent.states("tribunals.trib_case").select("source_system", "case_ref", "receipt_date")
    received = of_quarter(complaints.join(claims, on=["source_system", "case_ref"], how="inner"), "receipt_date")
    for measure, rows in (
        ("complaints_received", received), ("complaints_disposed", of_quarter(complaints, "disposal_date"))
    ):  # fmt: skip
        found = shown(sent, "complaints", measure, "complaint")
        assert found.pop("ET") == rows.height > 50
        assert {code: value for code, value in found.items() if value} == counted(rows, "jurisdiction_code")


def test_appeals_by_kind_and_how_they_ended(sent: Sent) -> None:
    appeals = sent.states("tribunals.trib_case").filter(pl.col("chamber_jurisdiction").is_in(["SSCS", "FTTIAC"]))
    disposed = of_quarter(appeals, "disposal_date")
    decided = disposed.filter(pl.col("outcome").is_in(["ALLOWED", "DISMISSED", "FOUND_FOR_APPELLANT", "UPHELD"]))
    won = decided.filter(pl.col("outcome").is_in(["ALLOWED", "FOUND_FOR_APPELLANT"]))
    for measure, rows in (
        ("appeals_received", of_quarter(appeals, "receipt_date")), ("appeals_disposed", disposed),
        ("appeals_decided", decided), ("in_favour", won),
    ):  # fmt: skip
        found = {code: value for code, value in shown(sent, "appeals", measure, "appeal").items() if value}
        kinds = {code: n for code, n in counted(rows, "appeal_type").items() if code is not None}
        assert found == kinds | counted(rows, "chamber_jurisdiction")
    share = shown(sent, "appeals", "in_favour_share", "appeal")["SSCS"]
    of_benefits = {name: rows.filter(chamber_jurisdiction="SSCS").height for name, rows in (("w", won), ("d", decided))}
    assert share == pytest.approx(100 * of_benefits["w"] / of_benefits["d"])
