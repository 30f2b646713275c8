"""Returns of police forces hold to their contracts and to the truth behind them."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from justice_world.police_returns import PoliceReturns
from justice_world.police_returns.warrants import SILENT
from piperoll.periods import Period, span
from piperoll.simulate.world import Delivery
from tests.justice_world.judged import JUSTICE, Judge, rows
from tests.justice_world.roombench import setting


MONTHS = span(Period.parse("2011-10"), Period.parse("2012-04"))
Sent = tuple[list[Delivery], list[dict[str, pl.DataFrame]]]


def _send(seed: int = 7) -> Sent:
    room = PoliceReturns(setting(JUSTICE, seed, 0.01, str(MONTHS[0]), str(MONTHS[-1])))
    found = [room.month(month) for month in MONTHS]
    return [each for deliveries, _ in found for each in deliveries], [truth for _, truth in found]


@pytest.fixture(scope="module")
def sent() -> Sent:
    return _send()


@pytest.mark.slow
def test_clean_returns_pass_their_contracts(sent: Sent) -> None:
    judge = Judge()
    found = judge.take(sent[0], ["2011-10", "2012-04"])
    assert judge.refusals() == {}
    assert found.rows["fta.fta_return"] > 200 and found.rows["pnd.notice"] > 10_000
    # Errors that forces make are told, and are few.
    assert 0 < found.share("pnd.notice", "PND-V03A") < 0.01
    assert 0 < found.share("pnd.notice", "PND-V08") < 0.01
    assert found.share("fta.fta_return", "FTA-V07") < 0.05
    assert found.failed["pnd.notice", "PND-V04A"] == 0


def test_43_forces_return_each_month(sent: Sent) -> None:
    for month in MONTHS:
        of = {(each.dataset, each.supplier) for each in sent[0] if each.period == month}
        assert sum(dataset == "fta.fta_return" for dataset, _ in of) == 43
        assert len({supplier for dataset, supplier in of if dataset.startswith("pnd.")}) == 43


def test_the_force_that_cannot_supply_says_so(sent: Sent) -> None:
    mine = {str(each.period): each for each in sent[0] if each.supplier == SILENT and each.dataset == "fta.fta_return"}
    assert mine["2012-03"].frame.height >= 3 and not mine["2012-03"].not_available
    assert mine["2012-04"].frame.height == 0 and mine["2012-04"].not_available
    assert [each.supplier for each in sent[0] if each.not_available] == [SILENT]
    # It has warrants all the same: what is not supplied is not nought.
    stocks = sent[1][-1]["fta_stocks"].filter(pl.col("force_code") == SILENT)
    assert stocks["closing"].sum() > 100


def test_stocks_follow_from_flows_in_the_truth(sent: Sent) -> None:
    truth = pl.concat([each["fta_stocks"] for each in sent[1]])
    assert (truth["opening"] + truth["received"] - truth["executed"] - truth["withdrawn"] == truth["closing"]).all()
    later = truth.with_columns(month=pl.col("month").dt.offset_by("-1mo")).select(
        "force_code", "month", "category", pl.col("opening").alias("next")
    )
    pairs = truth.join(later, on=["force_code", "month", "category"])
    assert (pairs["closing"] == pairs["next"]).mean() > 0.98


def test_totals_are_sums(sent: Sent) -> None:
    found = rows(sent[0], "fta.fta_return")
    total = found.filter(pl.col("category") == "ALL").select("force_code", "month", "closing").sort(pl.all())
    parts = found.filter(pl.col("category") != "ALL").group_by("force_code", "month").agg(pl.col("closing").sum())
    assert total.height > 40
    assert total.equals(parts.join(total.select("force_code", "month"), on=["force_code", "month"]).sort(pl.all()))


def test_notices_are_those_of_the_truth(sent: Sent) -> None:
    truth = pl.concat([each["pnd_notices"] for each in sent[1]])
    single = rows(sent[0], "pnd.notice").select("force_code", "notice_no", "issue_date", "offence_code").unique()
    counted = rows(sent[0], "pnd.cohort_count").filter(pl.col("month") == pl.col("issue_month"))["issued"].sum()
    assert single.height + counted == truth.height
    assert single.join(truth, on=["force_code", "notice_no", "issue_date", "offence_code"]).height == single.height
    year = truth.height / len(MONTHS) * 12
    assert 95_000 < year < 140_000  # published: 127,500 in 2011 and 106,000 in 2012
    assert 0.45 < (truth["outcome"] == "PAID_IN_FULL").mean() < 0.56


def test_every_notice_of_a_final_cohort_has_an_outcome(sent: Sent) -> None:
    last = (
        rows(sent[0], "pnd.notice")
        .sort("_period", maintain_order=True)
        .unique(["force_code", "notice_no"], keep="last")
    )
    first = last.filter(pl.col("issue_date") < dt.date(2011, 11, 1))
    assert first.height > 5_000 and first["outcome"].null_count() == 0
    open_still = last.filter(pl.col("issue_date") >= dt.date(2012, 4, 1))
    assert open_still["outcome"].null_count() > 0.4 * open_still.height


def test_the_same_seed_sends_the_same(sent: Sent) -> None:
    again, _ = _send()
    assert all(a.frame.equals(b.frame) for a, b in zip(sent[0], again, strict=True))
    other, _ = _send(8)
    assert any(not a.frame.equals(b.frame) for a, b in zip(sent[0], other, strict=False))
