"""What those who run tribunals are given each month and quarter, counted again from what the systems sent."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.publications.civil import QUARTER, Shown, counted, within
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PACK, SCORECARD, POSTERS = "tribunals_performance_pack", "tribunals_balanced_scorecard", "tribunals_hub_posters"
MONTH, MARCH = "2012-03", (dt.date(2012, 3, 1), dt.date(2012, 3, 31))


def heard_by_jurisdiction(sent: Sent, span: tuple[dt.date, dt.date]) -> pl.DataFrame:
    hearings = within(sent.states("tribunals.trib_hearing"), "listed_date", span)
    cases = sent.states("tribunals.trib_case").select("source_system", "case_ref", "chamber_jurisdiction")
    return hearings.join(cases, on=["source_system", "case_ref"], how="left")


@pytest.mark.parametrize(
    ("publication", "table", "period", "span"),
    [
        (PACK, "workload", MONTH, MARCH),
        (POSTERS, "months", MONTH, MARCH),
        (POSTERS, "quarters", "2012Q1", QUARTER),
    ],
)
def test_cases_received_and_disposed_of(
    sent: Sent, publication: str, table: str, period: str, span: tuple[dt.date, dt.date]
) -> None:
    cells = sent.cells(publication, table, period).filter(period=period)
    for measure, column in (("receipts", "receipt_date"), ("disposals", "disposal_date")):
        rows = within(sent.states("tribunals.trib_case"), column, span)
        found = dict(cells.filter(measure=measure).select("jurisdiction", "value").iter_rows())
        assert found.pop("all") == rows.height > 100
        assert {code: n for code, n in found.items() if n} == counted(rows, "chamber_jurisdiction")


def test_receipts_are_those_of_the_truth(sent: Sent) -> None:
    assert (
        Shown(sent, PACK, "workload", MONTH).row(jurisdiction="all")["receipts"]
        == within(sent.truth("tribunal_cases"), "receipt_date", MARCH).height
    )


@pytest.mark.parametrize(
    ("publication", "table"), [(PACK, "workload"), (SCORECARD, "scorecard"), (SCORECARD, "jurisdictions")]
)
def test_outstanding_and_clearance(sent: Sent, publication: str, table: str) -> None:
    stock = sent.rows("tribunals.trib_stock").filter(month=MARCH[0])
    cases = sent.states("tribunals.trib_case")
    row = Shown(sent, publication, table, MONTH).row(jurisdiction="all")
    assert row["outstanding"] == stock["outstanding"].sum() > 0
    received, disposed = (within(cases, each, MARCH).height for each in ("receipt_date", "disposal_date"))
    assert row["clearance"] == pytest.approx(100 * disposed / received)


def test_thirteen_months_with_the_same_month_of_the_year_before(sent: Sent) -> None:
    cells = sent.cells(PACK, "workload", MONTH).filter(jurisdiction="all")
    by_month = dict(cells.filter(measure="receipts").select("period", "value").iter_rows())
    assert len(by_month) == 13
    change = cells.filter(measure="receipts_change", period=MONTH)["value"].item()
    assert change == pytest.approx(100 * (by_month[MONTH] / by_month["2011-03"] - 1))


@pytest.mark.parametrize("publication", [PACK, SCORECARD])
def test_ages_at_disposal(sent: Sent, publication: str) -> None:
    rows = within(sent.states("tribunals.trib_case"), "disposal_date", MARCH).with_columns(
        weeks=(pl.col("disposal_date") - pl.col("receipt_date")).dt.total_days() / 7
    )
    table = Shown(sent, publication, "ages" if publication == PACK else "jurisdictions", MONTH)
    for code in ("all", "SSCS", "ET"):
        mine = rows if code == "all" else rows.filter(chamber_jurisdiction=code)
        found = table.row(jurisdiction=code)
        assert found["median_weeks"] == pytest.approx(mine["weeks"].median())
        if publication == PACK:
            assert found["three_quarters_weeks"] == pytest.approx(mine["weeks"].quantile(0.75, "linear"))


def test_hearings_of_the_pack(sent: Sent) -> None:
    listed = heard_by_jurisdiction(sent, MARCH)
    table = Shown(sent, PACK, "hearings", MONTH)
    outcomes = counted(listed, "outcome")
    row = table.row(jurisdiction="all")
    assert [row[each] for each in ("hearings", "heard", "adjourned", "postponed")] == [
        listed.height, outcomes["HEARD"], outcomes["ADJOURNED"], outcomes["POSTPONED"],
    ]  # fmt: skip
    by_jurisdiction = counted(listed.with_columns(pl.col("chamber_jurisdiction").fill_null("not_known")),
                              "chamber_jurisdiction")  # fmt: skip
    assert table.nonzero("jurisdiction", "hearings") == by_jurisdiction | {"all": listed.height}


@pytest.mark.parametrize(
    ("publication", "table", "period", "span"),
    [(SCORECARD, "scorecard", MONTH, MARCH), (POSTERS, "hearings", "2012Q1", QUARTER)],
)
def test_share_of_hearings_that_went_ahead(
    sent: Sent, publication: str, table: str, period: str, span: tuple[dt.date, dt.date]
) -> None:
    listed = heard_by_jurisdiction(sent, span)
    share = 100 * listed.filter(outcome="HEARD").height / listed.height
    assert Shown(sent, publication, table, period).row(jurisdiction="all")["heard_share"] == pytest.approx(share)
    assert 50 < share < 100
