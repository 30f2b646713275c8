"""Annual tribunals statistics and the reports beside them, counted again from what the systems sent."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.publications.civil import QUARTER, YEAR, Shown, counted, within
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PERIOD = "2011/12"
CHAMBERS = {
    "ET": "ET_GB", "EAT": "EAT_GB", "SSCS": "FTT_SEC", "CICA": "FTT_SEC", "FTTIAC": "FTT_IAC", "MH": "FTT_HESC",
    "SEND": "FTT_HESC", "CARE_STD": "FTT_HESC", "WPAFC": "FTT_WPAFC", "TAX": "FTT_TAX", "GRC_REG": "FTT_GRC",
    "UTIAC": "UT_IAC", "LANDS": "UT_LANDS", "PROPERTY": "OUTSIDE", "GRP": "OUTSIDE",
}  # fmt: skip


@pytest.fixture(scope="module")
def cases(sent: Sent) -> pl.DataFrame:
    return sent.states("tribunals.trib_case").with_columns(
        weeks=(pl.col("disposal_date") - pl.col("receipt_date")).dt.total_days() / 7,
        chamber=pl.col("chamber_jurisdiction").replace_strict(CHAMBERS),
    )


@pytest.fixture(scope="module")
def hearings(sent: Sent) -> pl.DataFrame:
    cases = sent.states("tribunals.trib_case").select("source_system", "case_ref", "chamber_jurisdiction")
    listed = within(sent.rows("tribunals.trib_hearing"), "listed_date", YEAR)
    return listed.join(cases, on=["source_system", "case_ref"], how="left").with_columns(
        chamber=pl.col("chamber_jurisdiction").replace_strict(CHAMBERS, default=None)
    )


@pytest.mark.parametrize("publication", ["tribunals_annual", "hmcts_annual_report_and_accounts"])
def test_the_workload_of_a_year(sent: Sent, cases: pl.DataFrame, publication: str) -> None:
    table = Shown(sent, publication, "workload", PERIOD)
    for measure, column in (("receipts", "receipt_date"), ("disposals", "disposal_date")):
        year = within(cases, column, YEAR)
        expected = counted(year, "chamber_jurisdiction") | {"all": year.height}
        assert table.nonzero("jurisdiction", measure) == expected
        assert year.height > 2000
    march = sent.rows("tribunals.trib_stock").filter(month=dt.date(2012, 3, 1))
    stocks = dict(march.group_by("chamber_jurisdiction").agg(pl.col("outstanding").sum()).iter_rows())
    found = table.by("jurisdiction", "outstanding")
    assert found["all"] == sum(stocks.values())
    assert {code: found[code] for code in stocks} == stocks


def test_changes_of_a_year(sent: Sent, cases: pl.DataFrame) -> None:
    before = within(cases, "receipt_date", (dt.date(2010, 4, 1), dt.date(2011, 3, 31))).height
    now = within(cases, "receipt_date", YEAR).height
    row = Shown(sent, "tribunals_annual", "change", PERIOD).row(jurisdiction="all")
    assert row["receipts_change"] == pytest.approx(100 * (now - before) / before)


def test_ages_of_a_year(sent: Sent, cases: pl.DataFrame) -> None:
    year = within(cases, "disposal_date", YEAR)
    table = Shown(sent, "tribunals_annual", "ages", PERIOD)
    for code in ("all", "SSCS", "ET", "TAX"):
        mine = year if code == "all" else year.filter(chamber_jurisdiction=code)
        row = table.row(jurisdiction=code)
        assert row["median_weeks"] == pytest.approx(mine["weeks"].median())
        assert row["upper_quartile_weeks"] == pytest.approx(mine["weeks"].quantile(0.75, "linear"))
        assert row["at_hearing"] == mine.filter(disposal_stage="AT_HEARING").height


def test_disposed_of_within_weeks(sent: Sent, cases: pl.DataFrame) -> None:
    year = within(cases, "disposal_date", YEAR)
    table = Shown(sent, "hmcts_annual_report_and_accounts", "performance", PERIOD)
    for code, mine in (("all", year), ("FTTIAC", year.filter(chamber_jurisdiction="FTTIAC"))):
        row = table.row(jurisdiction=code)
        assert row["share_within_13_weeks"] == pytest.approx(100 * (mine["weeks"] <= 13).sum() / mine.height)
        assert row["share_within_26_weeks"] == pytest.approx(100 * (mine["weeks"] <= 26).sum() / mine.height)


def test_hearings_of_a_year(sent: Sent, hearings: pl.DataFrame) -> None:
    table = Shown(sent, "tribunals_annual", "hearings", PERIOD)
    assert hearings.height > 1000
    for measure, rows in (
        ("hearings", hearings),
        ("hearings_held", hearings.filter(outcome="HEARD")),
        ("hearings_adjourned", hearings.filter(outcome="ADJOURNED")),
        ("hearings_postponed", hearings.filter(outcome="POSTPONED")),
    ):
        found = table.nonzero("jurisdiction", measure)
        of_known = rows.filter(pl.col("chamber_jurisdiction").is_not_null())
        assert found.pop("all") == rows.height
        assert found.pop("OTHER", 0) == rows.height - of_known.height
        assert found == counted(of_known, "chamber_jurisdiction")


def test_the_senior_presidents_chambers(sent: Sent, cases: pl.DataFrame) -> None:
    table = Shown(sent, "senior_presidents_report", "workload", PERIOD)
    year = within(cases, "receipt_date", YEAR)
    expected = counted(year, "chamber") | counted(year, "chamber_jurisdiction") | {"all": year.height}
    assert table.nonzero("jurisdiction", "receipts") == expected
    assert {code for code in table.by("jurisdiction", "receipts") if code.startswith("FTT_")} == {
        each for each in CHAMBERS.values() if each.startswith("FTT_")
    }


def test_days_of_hearings_by_kind_of_judge(sent: Sent, hearings: pl.DataFrame) -> None:
    sat = hearings.filter(pl.col("outcome") != "POSTPONED")
    table = Shown(sent, "senior_presidents_report", "sittings", PERIOD)
    for code, mine in (("all", sat), ("FTT_SEC", sat.filter(chamber="FTT_SEC"))):
        row = table.row(jurisdiction=code)
        days = float(mine["duration_days"].sum())
        fee = float(mine.filter(judge_type="FEE_PAID")["duration_days"].sum())
        assert row["sitting_days"] == pytest.approx(days)
        assert row["fee_paid_days"] == pytest.approx(fee)
        assert row["salaried_days"] == pytest.approx(days - fee)
        assert row["fee_paid_share"] == pytest.approx(100 * fee / days)
        assert row["hearings_held"] == mine.filter(outcome="HEARD").height


def test_appeals_in_favour(sent: Sent, cases: pl.DataFrame) -> None:
    year = within(cases, "disposal_date", YEAR)
    table = Shown(sent, "tribunals_annual", "appeals", PERIOD)
    esa = year.filter(chamber_jurisdiction="SSCS", appeal_type="ESA")
    won, lost = esa.filter(outcome="FOUND_FOR_APPELLANT").height, esa.filter(outcome="UPHELD").height
    row = table.row(appeal="ESA")
    assert (row["appeals_disposed"], row["appeals_decided"], row["in_favour"]) == (esa.height, won + lost, won)
    assert row["in_favour_share"] == pytest.approx(100 * won / (won + lost))


def test_applications_to_the_gender_recognition_panel(sent: Sent, cases: pl.DataFrame) -> None:
    mine = cases.filter(chamber_jurisdiction="GRP")
    assert mine.height > 0
    for period, span in (("2012Q1", QUARTER), ("2011/12", YEAR)):
        cells = Shown(sent, "gender_recognition_certificates", "applications", "2012Q1").cells.filter(period=period)
        row = dict(cells.filter(panel="GRP").select("measure", "value").iter_rows())
        assert row["applications_received"] == within(mine, "receipt_date", span).height
        disposed = within(mine, "disposal_date", span)
        assert row["applications_disposed"] == disposed.height
        assert row["applications_decided"] == disposed.filter(outcome="DECIDED").height
        assert row["applications_withdrawn"] == disposed.filter(outcome="WITHDRAWN").height
        assert row["application_median_weeks"] == disposed["weeks"].median()
    stocks = sent.rows("tribunals.trib_stock").filter(chamber_jurisdiction="GRP", month=dt.date(2012, 3, 1))
    pending = Shown(sent, "gender_recognition_certificates", "pending", "2012Q1").row(panel="GRP")
    assert pending == {"applications_pending": stocks["outstanding"].item()}


def test_employment_claims_complaints_and_cases(sent: Sent, cases: pl.DataFrame) -> None:
    claims = within(cases.filter(chamber_jurisdiction="ET"), "receipt_date", YEAR)
    many = claims.filter(pl.col("multiple_ref").is_not_null())
    table = Shown(sent, "employment_tribunals_annual", "claims", PERIOD)
    row = table.row(claim_kind="ET")
    singles = claims.height - many.height
    assert row["claims_received"] == claims.height > 300
    assert row["et_cases_received"] == singles + many["multiple_ref"].n_unique()
    # The contract's number of complaints is told in the claim; here they are the rows of their own dataset.
    assert row["complaints_received"] == claims["complaint_count"].sum()
    assert row["complaints_each"] == pytest.approx(claims["complaint_count"].sum() / claims.height)
    assert table.row(claim_kind="SINGLE")["claims_received"] == singles


def test_outcomes_of_complaints(sent: Sent) -> None:
    year = within(sent.states("tribunals.trib_complaint"), "disposal_date", YEAR)
    table = Shown(sent, "employment_tribunals_annual", "outcomes", PERIOD)
    columns = {
        "settled": ["ACAS_SETTLED"], "withdrawn": ["WITHDRAWN", "DISMISSED_WITHDRAWAL"], "struck_out": ["STRUCK_OUT"],
        "dismissed_early": ["DISMISSED_PRELIM"], "successful": ["SUCCESS_HEARING"],
        "unsuccessful": ["UNSUCCESS_HEARING"], "by_default": ["DEFAULT_JUDGMENT"],
    }  # fmt: skip
    for measure, outcomes in columns.items():
        rows = year.filter(pl.col("outcome").is_in(outcomes))
        assert table.nonzero("complaint", measure) == counted(rows, "jurisdiction_code") | {"ET": rows.height}
    row = table.row(complaint="ET")
    # No complaint is disposed of in a way that the table does not show.
    assert sum(row[each] or 0 for each in columns) == row["complaints_disposed"] == year.height > 500


def test_ages_of_claims_and_employment_appeals(sent: Sent, cases: pl.DataFrame) -> None:
    claims = within(cases.filter(chamber_jurisdiction="ET"), "disposal_date", YEAR)
    row = Shown(sent, "employment_tribunals_annual", "ages", PERIOD).row(claim_kind="MULTIPLE")
    many = claims.filter(pl.col("multiple_ref").is_not_null())
    assert row["et_median_weeks"] == pytest.approx(many["weeks"].median())
    assert row["et_lower_quartile_weeks"] == pytest.approx(many["weeks"].quantile(0.25, "linear"))
    appeals = cases.filter(chamber_jurisdiction="EAT")
    found = Shown(sent, "employment_tribunals_annual", "appeals", PERIOD).row(appeal_tribunal="EAT")
    disposed = within(appeals, "disposal_date", YEAR)
    assert found["eat_received"] == within(appeals, "receipt_date", YEAR).height
    assert found["eat_disposed"] == disposed.height > 0
    assert found["eat_at_hearing"] == disposed.filter(disposal_stage="AT_HEARING").height
    assert sum(found[f"eat_{each}"] or 0 for each in ("withdrawn", "struck_out", "decided")) == disposed.height
