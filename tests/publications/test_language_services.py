"""Language services, counted again from the contractor's last snapshot and against what truly happened."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.publications.civil import QUARTER, Shown, counted, within
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, PERIOD = "language_services", "2012Q1"
GOOD = ["FULFILLED", "CUSTOMER_DID_NOT_ATTEND"]


@pytest.fixture(scope="module")
def quarter(sent: Sent) -> pl.DataFrame:
    """Requests of the quarter in the last snapshot whose outcome is known."""
    snapshots = sent.rows("language.lang_request")
    last = snapshots.filter(_period=snapshots["_period"].max())
    assert snapshots["_period"].n_unique() == 2
    return within(last, "required_date", QUARTER).filter(pl.col("status").is_not_null())


def test_completed_requests_by_requester_and_outcome(sent: Sent, quarter: pl.DataFrame) -> None:
    inside = quarter.filter(~pl.col("off_contract"))
    table = Shown(sent, PUBLICATION, "requests", PERIOD)
    expected = counted(inside, "requester_type") | {"all": inside.height}
    assert table.nonzero("requester", "requests_completed") == expected
    assert inside.height > 20_000
    row = table.row(requester="all")
    of = counted(inside, "status")
    assert [
        row[each] for each in ("fulfilled", "customer_absent", "cancelled", "supplier_absent", "not_fulfilled")
    ] == [
        of["FULFILLED"],
        of["CUSTOMER_DID_NOT_ATTEND"],
        of["CANCELLED_BY_CUSTOMER"],
        of["SUPPLIER_DID_NOT_ATTEND"],
        of["NOT_FULFILLED_BY_SUPPLIER"],
    ]
    assert row["off_contract"] == quarter.height - inside.height > 0


def test_success_rate_of_each_requester(sent: Sent, quarter: pl.DataFrame) -> None:
    inside = quarter.filter(~pl.col("off_contract") & (pl.col("status") != "CANCELLED_BY_CUSTOMER"))
    found = Shown(sent, PUBLICATION, "requests", PERIOD).by("requester", "success_rate")
    for code in ("all", "CRIMINAL_MC", "TRIBUNAL", "NOMS"):
        mine = inside if code == "all" else inside.filter(requester_type=code)
        good = mine.filter(pl.col("status").is_in(GOOD)).height
        assert found[code] == pytest.approx(100 * good / mine.height)
    assert 70 < found["all"] < 95


def test_the_snapshot_is_near_the_truth(sent: Sent) -> None:
    """What the contractor says is a little better than what truly happened, and never a request more."""
    truth = within(sent.truth("interpreter_requests"), "required_date", QUARTER)
    row = Shown(sent, PUBLICATION, "requests", PERIOD).row(requester="all")
    assert 0.98 * truth.height < row["requests_completed"] + row["off_contract"] <= truth.height
    failed = truth.filter(pl.col("true_status").is_in(["SUPPLIER_DID_NOT_ATTEND", "NOT_FULFILLED_BY_SUPPLIER"])).height
    assert row["supplier_absent"] + row["not_fulfilled"] < failed


def test_languages_make_up_their_categories(sent: Sent, quarter: pl.DataFrame) -> None:
    inside = quarter.filter(~pl.col("off_contract"))
    found = Shown(sent, PUBLICATION, "languages", PERIOD).nonzero("language", "requests_completed")
    categories = {each.code: each.attributes["category"] for each in sent.register.codes["language"].codes}
    true = inside.with_columns(category=pl.col("language").replace_strict(categories))
    assert found == counted(true, "language") | counted(true, "category") | {"all": inside.height}
    # Some records say another category than that of their language.
    assert counted(true, "category") != counted(inside, "language_category")


def test_complaints(sent: Sent) -> None:
    received = within(sent.rows("language.lang_complaint"), "received_date", QUARTER)
    table = Shown(sent, PUBLICATION, "complaints", PERIOD)
    assert table.nonzero("category", "complaints") == counted(received, "category") | {"all": received.height}
    row = table.row(category="all")
    assert row["complaints_resolved"] == received["resolved_date"].is_not_null().sum()
    assert row["complaints_proven"] == received["proven"].fill_null(value=False).sum() > 0


def test_complaint_rate_by_requester(sent: Sent, quarter: pl.DataFrame) -> None:
    snapshots = sent.rows("language.lang_request")
    last = snapshots.filter(_period=snapshots["_period"].max()).select("request_id", "requester_type")
    received = within(sent.rows("language.lang_complaint"), "received_date", QUARTER).join(
        last, on="request_id", how="left"
    )
    table = Shown(sent, PUBLICATION, "complaint_rate", PERIOD)
    known = received.filter(pl.col("requester_type").is_not_null())
    found = table.nonzero("requester", "complaints")
    assert found.pop("not_known") == received.height - known.height > 0
    assert found == counted(known, "requester_type") | {"all": received.height}
    inside = quarter.filter(~pl.col("off_contract"))
    assert table.row(requester="all")["complaint_rate"] == pytest.approx(100 * received.height / inside.height)
    tribunals = inside.filter(requester_type="TRIBUNAL").height
    assert table.row(requester="TRIBUNAL")["complaint_rate"] == pytest.approx(100 * found["TRIBUNAL"] / tribunals)


def test_nothing_before_the_framework_began(sent: Sent) -> None:
    cells = Shown(sent, PUBLICATION, "requests", PERIOD).cells
    assert cells["period"].unique().to_list() == [PERIOD]
    assert sent.rows("language.lang_request")["required_date"].min() >= dt.date(2012, 1, 30)
