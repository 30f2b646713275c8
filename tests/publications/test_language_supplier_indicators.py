"""Indicators of the language contractor's performance, counted again month by month from the last snapshot."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.publications.civil import Shown, counted, within
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION = "language_supplier_indicators"
SPANS = {"2012-02": (dt.date(2012, 2, 1), dt.date(2012, 2, 29)), "2012-03": (dt.date(2012, 3, 1), dt.date(2012, 3, 31)),
         "2012Q1": (dt.date(2012, 1, 1), dt.date(2012, 3, 31))}  # fmt: skip


def completed(sent: Sent, period: str) -> pl.DataFrame:
    snapshots = sent.rows("language.lang_request")
    last = snapshots.filter(_period=snapshots["_period"].max())
    inside = within(last, "required_date", SPANS[period])
    return inside.filter(pl.col("status").is_not_null() & ~pl.col("off_contract"))


@pytest.mark.parametrize(("table", "period"), [("months", "2012-02"), ("months", "2012-03"), ("quarters", "2012Q1")])
def test_requests_and_success(sent: Sent, table: str, period: str) -> None:
    rows = completed(sent, period)
    found = Shown(sent, PUBLICATION, table, period)
    assert found.nonzero("requester", "requests_completed") == counted(rows, "requester_type") | {"all": rows.height}
    assert rows.height > 5_000
    judged = rows.filter(pl.col("status") != "CANCELLED_BY_CUSTOMER")
    for code in ("all", "CRIMINAL_MC", "TRIBUNAL"):
        mine = judged if code == "all" else judged.filter(requester_type=code)
        good = mine.filter(pl.col("status").is_in(["FULFILLED", "CUSTOMER_DID_NOT_ATTEND"]))
        assert found.row(requester=code)["success_rate"] == pytest.approx(100 * good.height / mine.height)


def test_failures_of_a_month(sent: Sent) -> None:
    outcomes = counted(completed(sent, "2012-03"), "status")
    row = Shown(sent, PUBLICATION, "months", "2012-03").row(requester="all")
    assert row["supplier_absent"] == outcomes["SUPPLIER_DID_NOT_ATTEND"]
    assert row["not_fulfilled"] == outcomes["NOT_FULFILLED_BY_SUPPLIER"]


def test_categories_of_language(sent: Sent) -> None:
    categories = {each.code: each.attributes["category"] for each in sent.register.codes["language"].codes}
    rows = completed(sent, "2012-03").with_columns(category=pl.col("language").replace_strict(categories))
    found = Shown(sent, PUBLICATION, "languages", "2012-03").nonzero("language", "requests_completed")
    assert found == counted(rows, "category") | {"all": rows.height}


@pytest.mark.parametrize(("table", "period"), [("months", "2012-03"), ("quarters", "2012Q1")])
def test_complaints(sent: Sent, table: str, period: str) -> None:
    received = within(sent.rows("language.lang_complaint"), "received_date", SPANS[period])
    row = Shown(sent, PUBLICATION, table, period).row(requester="all")
    assert row["complaints"] == received.height > 0
    assert row["complaint_rate"] == pytest.approx(100 * received.height / completed(sent, period).height)


def test_what_is_published_is_the_same(sent: Sent) -> None:
    theirs = Shown(sent, "language_services", "requests", "2012Q1")
    ours = Shown(sent, PUBLICATION, "quarters", "2012Q1")
    for measure in ("requests_completed", "success_rate"):
        assert ours.by("requester", measure) == theirs.by("requester", measure)
