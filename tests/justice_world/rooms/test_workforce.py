"""Records of staff hold to their contracts; the two bodies are apart, and leavers leave."""

from __future__ import annotations

import polars as pl
import pytest

from justice_world.workforce import Workforce
from piperoll.periods import Period, span
from piperoll.simulate.world import Delivery
from tests.justice_world.judged import JUSTICE, Judge, periods, rows
from tests.justice_world.roombench import setting


MONTHS = span(Period.parse("2011-12"), Period.parse("2012-06"))


def _send() -> tuple[list[Delivery], list[dict[str, pl.DataFrame]]]:
    room = Workforce(setting(JUSTICE, 7, 0.02, str(MONTHS[0]), str(MONTHS[-1])))
    found = [room.month(month) for month in MONTHS]
    return [each for deliveries, _ in found for each in deliveries], [truth for _, truth in found]


@pytest.fixture(scope="module")
def sent() -> tuple[list[Delivery], list[dict[str, pl.DataFrame]]]:
    return _send()


Sent = tuple[list[Delivery], list[dict[str, pl.DataFrame]]]


def test_clean_extracts_pass_their_contracts(sent: Sent) -> None:
    judge = Judge()
    found = judge.take(sent[0], periods(sent[0]))
    assert judge.refusals() == {}
    assert found.rows["oracle_hrms.staff"] > 5_000 and found.rows["phoenix.staff"] > 3_000
    assert 0 < found.share("phoenix.staff", "PHOENIX-V02") < 0.03
    assert found.failed["phoenix.staff", "PHOENIX-V03"] == 0
    assert 0 < found.share("phoenix.staff", "PHOENIX-V09") < 0.01  # leavers entered late


def test_the_payroll_agrees(sent: Sent) -> None:
    staff = rows(sent[0], "oracle_hrms.staff").filter(
        pl.col("leave_date").is_null() | (pl.col("leave_date") == pl.col("month").dt.month_end())
    )
    counted = dict(staff.group_by("_period").agg(pl.col("employee_no").n_unique()).iter_rows())
    paid = rows(sent[0], "oracle_hrms.payroll_control")
    assert dict(paid.select("_period", "headcount").iter_rows()) == counted
    assert 0.9 < max(counted.values()) / (47_000 * 0.02) < 1.1


def test_leavers_of_the_truth_leave(sent: Sent) -> None:
    truth = pl.concat([each["staff"] for each in sent[1]]).filter(
        pl.col("last_day").is_between(MONTHS[0].start, MONTHS[-2].end)
    )
    for system in ("oracle_hrms", "phoenix"):
        gone = rows(sent[0], f"{system}.staff").filter(pl.col("leave_date").is_not_null())
        mine = truth.filter(pl.col("system") == system)
        assert mine.height > 5
        assert set(mine["employee_no"]) <= set(gone["employee_no"])


def test_nobody_is_in_both_systems(sent: Sent) -> None:
    one, other = (set(rows(sent[0], f"{system}.staff")["nino"]) for system in ("oracle_hrms", "phoenix"))
    assert len(one & other) <= 1


def test_the_same_seed_sends_the_same(sent: Sent) -> None:
    again, _ = _send()
    assert all(a.frame.equals(b.frame) for a, b in zip(sent[0], again, strict=True))
