"""Timeliness of criminal courts, counted again from what courts sent, by means of its own."""

from __future__ import annotations

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, PERIOD = "court_timeliness", "2012Q1"


def completed_by_magistrates(sent: Sent) -> pl.DataFrame:
    """One row a defendant whose last offence was completed by magistrates: the offence that took longest counts."""
    offences = sent.states("libra.mc_offence").filter(pl.col("category") != "CB")
    open_or_sent = pl.col("completion_date").is_null() | pl.col("committed_to_cc_date").is_not_null()
    done = offences.filter(open_or_sent.not_().all().over("case_no", "def_id"))
    last = done.filter(pl.col("completion_date") == pl.col("completion_date").max().over("case_no", "def_id"))
    return last.sort("offence_start").unique(["case_no", "def_id"], keep="first", maintain_order=True)


def test_defendants_and_days_of_magistrates_courts(sent: Sent) -> None:
    quarter = completed_by_magistrates(sent).filter(
        pl.col("completion_date").is_between(pl.date(2012, 1, 1), pl.date(2012, 3, 31))
    )
    days = (quarter["completion_date"] - quarter["offence_start"]).dt.total_days()
    cells = sent.cells(PUBLICATION, "timeliness", PERIOD).filter(period=PERIOD, court="MAGISTRATES")
    found = dict(cells.select("measure", "value").iter_rows())
    assert found["completed"] == quarter.height > 500
    in_order = (
        (quarter["offence_start"] <= quarter["charge_date"])
        & (quarter["charge_date"] <= quarter["first_listing_date"])
        & (quarter["first_listing_date"] <= quarter["completion_date"])
        & (days <= 3652)
    )
    assert found["measured"] == in_order.sum()
    assert found["median_in_all"] == days.filter(in_order).median()
    assert found["mean_in_all"] == pytest.approx(days.filter(in_order).mean())
