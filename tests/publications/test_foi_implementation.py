"""Requests under freedom of information, counted again from what the unit sent and from the truth."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from tests.publications.civil import QUARTER, Shown, counted, within
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, PERIOD = "foi_implementation", "2012Q1"


@pytest.fixture(scope="module")
def requests(sent: Sent) -> pl.DataFrame:
    rows = sent.states("foi.foi_case").filter(pl.col("type").is_in(["FOI", "EIR"]) & ~pl.col("routine"))
    return rows.with_columns(_lapsed=pl.col("outcome").eq_missing(pl.lit("clarify")))


def working_days(sent: Sent, rows: pl.DataFrame) -> np.ndarray:
    """Working days from the day of receipt to the answer, by a calendar of its own."""
    holidays = np.array([each.code for each in sent.register.codes["uk_bank_holiday"].codes], "datetime64[D]")
    start = rows["deemed_receipt_date"].to_numpy().astype("datetime64[D]")
    end = rows["date_responded"].to_numpy().astype("datetime64[D]")
    days = np.busday_count(start + 1, end + 1, holidays=holidays)
    return days - rows["clock_stopped_days"].to_numpy()


def test_timeliness_by_part_of_the_ministry(sent: Sent, requests: pl.DataFrame) -> None:
    quarter = within(requests, "received_date", QUARTER)
    table = Shown(sent, PUBLICATION, "timeliness", PERIOD)
    assert table.nonzero("unit", "requests_received") == counted(quarter, "responding_unit") | {"all": quarter.height}
    assert quarter.height > 700
    considered = quarter.filter(~pl.col("_lapsed"))
    answered = considered.filter(pl.col("date_responded").is_not_null())
    soon = working_days(sent, answered) <= 20
    late_allowed = (answered["extension_wd"] > 0) & (answered["date_responded"] <= answered["external_deadline"])
    row = table.row(unit="all")
    assert row["considered"] == considered.height
    assert row["lapsed"] == quarter.height - considered.height > 0
    assert row["answered_within"] == soon.sum()
    assert row["within_share"] == pytest.approx(100 * soon.sum() / considered.height)
    in_time = soon | late_allowed.to_numpy()
    assert row["answered_in_time"] == in_time.sum() > soon.sum()
    assert row["requests_outstanding"] == considered.height - answered.height > 0


def test_days_are_those_of_the_truth(sent: Sent, requests: pl.DataFrame) -> None:
    sent.cells(PUBLICATION, "timeliness", PERIOD)
    con = sent.connection(sent.register.publications[PUBLICATION])
    found = con.sql("SELECT number, days_taken FROM requests WHERE date_responded IS NOT NULL").pl()
    truth = sent.truth("foi_requests").select("number", true_days="days_taken")
    both = found.join(truth, on="number").join(requests.select("number", "clock_stopped_days"), on="number")
    assert both.height == found.height > 5000
    assert (both["days_taken"] == both["true_days"] - both["clock_stopped_days"]).all()


def test_outcomes_of_resolvable_requests(sent: Sent, requests: pl.DataFrame) -> None:
    year = within(requests, "received_date", (dt.date(2011, 1, 1), dt.date(2011, 12, 31)))
    row = dict(
        Shown(sent, PUBLICATION, "outcomes", PERIOD)
        .cells.filter(period="2011", unit="all")
        .select("measure", "value")
        .iter_rows()
    )
    done = year.filter(~pl.col("_lapsed") & pl.col("date_responded").is_not_null())
    held = done.filter(pl.col("info_held") != "NOT_HELD")
    assert row["not_held"] == done.height - held.height > 0
    assert row["resolvable"] == held.height
    for measure, outcome in (("granted", "granted"), ("part", "part"), ("refused", "refused")):
        assert row[measure] == held.filter(outcome=outcome).height
        assert row[f"{measure}_share"] == pytest.approx(100 * row[measure] / held.height)
    assert sum(row[each] for each in ("granted_share", "part_share", "refused_share")) == pytest.approx(100)


def test_reasons_and_exemptions(sent: Sent, requests: pl.DataFrame) -> None:
    held = within(requests, "received_date", QUARTER).filter(
        pl.col("date_responded").is_not_null() & (pl.col("info_held") != "NOT_HELD")
    )
    withheld = held.filter(pl.col("outcome").is_in(["part", "refused"]))
    found = Shown(sent, PUBLICATION, "reasons", PERIOD).nonzero("refusal", "withheld")
    assert found == counted(withheld, "refusal_reason") | {"all": withheld.height}
    cited = withheld.filter(pl.col("exemptions").is_not_null()).select(
        "number", section=pl.col("exemptions").str.split(" ")
    )
    sections = cited.explode("section").unique()
    found = Shown(sent, PUBLICATION, "exemptions", PERIOD).nonzero("exemption", "citations")
    assert found == counted(sections, "section")
    assert sum(found.values()) > cited.height


def test_extensions(sent: Sent, requests: pl.DataFrame) -> None:
    longer = within(requests, "received_date", QUARTER).filter(pl.col("extension_wd") > 0)
    row = Shown(sent, PUBLICATION, "extensions", PERIOD).row(unit="all")
    assert row["extended"] == longer.height > 10
    assert row["mean_extension"] == pytest.approx(longer["extension_wd"].mean())


def test_reviews(sent: Sent) -> None:
    reviews = sent.states("foi.foi_case").filter(pl.col("type").str.contains("_IR_") & ~pl.col("routine"))
    asked, done = within(reviews, "received_date", QUARTER), within(reviews, "date_responded", QUARTER)
    table = Shown(sent, PUBLICATION, "reviews", PERIOD)
    assert table.nonzero("review", "reviews_received") == counted(asked, "type") | {"all": asked.height}
    row = table.row(review="all")
    assert row["reviews_completed"] == done.height > 10
    outcomes = counted(done, "appeal_outcome")
    assert row["review_upheld"] == outcomes["upheld"]
    assert row["review_part_upheld"] == outcomes["part_upheld"]
    assert row["review_overturned"] == outcomes.get("overturned", 0)
