"""Problems and waivers in the journal: every step is kept, of both databases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from piperoll.errors import UserError
from piperoll.journal.minutes import Step, Waiver


AT = dt.datetime(2012, 7, 1, 9, 0, tzinfo=dt.UTC)
STEP = Step(state="open", owner="R. Owner", decision="", by="anna", at=AT)
WAIVER = Waiver(
    rule="FTA-V06", dataset="fta.fta_return", period="2012-05", suppliers=("20", "01"), reason="System replaced",
    approver="Head of profession", made_by="anna", at=AT,
)  # fmt: skip


def test_a_problem_keeps_its_steps(journal: Any) -> None:
    made = journal.open_problem("fta", "20", "FTA-V06", "No returns since April.", STEP)
    assert (made.id, made.now.owner, made.decided, made.since) == ("P1", "R. Owner", None, AT)
    later = replace(STEP, owner="", decision="Wait for the new system.", at=AT + dt.timedelta(7))
    moved = journal.move_problem("p1", later)
    assert moved.now.owner == "R. Owner" and moved.decided == replace(later, owner="R. Owner")
    closed = journal.move_problem("P1", replace(later, state="closed", owner="S. Other", decision="It delivers again."))
    assert [each.state for each in closed.steps] == ["open", "open", "closed"]
    assert journal.problems("fta") == [closed] and journal.problems("pnd") == []


def test_what_a_problem_needs(journal: Any) -> None:
    for what, step in (("", STEP), ("Wrong.", replace(STEP, owner=" "))):
        with pytest.raises(UserError, match="PR-Q024"):
            journal.open_problem("fta", "", "", what, step)
    assert journal.problems() == []
    for name in ("P1", "x", "P" + "9" * 30):
        with pytest.raises(UserError, match="PR-Q023"):
            journal.move_problem(name, STEP)
    journal.open_problem("fta", "", "", "Wrong.", STEP)
    with pytest.raises(UserError, match="PR-Q024"):
        journal.move_problem("P1", replace(STEP, state="closed"))


def test_a_waiver_names_who_is_missing_and_why(journal: Any) -> None:
    made = journal.record_waiver(WAIVER)
    assert made == replace(WAIVER, id="V1")
    assert journal.waivers() == [replace(made, suppliers=("01", "20"))]
    for wrong in (replace(WAIVER, reason=""), replace(WAIVER, approver=" ")):
        with pytest.raises(UserError, match="PR-Q022"):
            journal.record_waiver(wrong)
    assert len(journal.waivers()) == 1
