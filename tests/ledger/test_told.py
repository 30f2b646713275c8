"""Questions one after another: an answer is given, and the one that would give a small count away is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from piperoll.errors import UserError
from piperoll.release.table import Answer, answer
from piperoll.workspace import Workspace
from tests.searches import AFRICAN, INDIAN, IRISH, NAME, Deliver, searches


def ask(home: Workspace, *, period: str = "2020-07", **more: object) -> Answer:
    return answer(home, NAME, "arrests", period=period, **more)


def figures(given: Answer) -> dict[str, object]:
    columns = [column.name for column in given.table.columns]
    place, count = columns.index("ethnicity_code"), columns.index("searches")
    return {str(row[place].value): row[count].value for row in given.table.cells()}


def delivered(put: Deliver) -> None:
    put(records=searches(dt.date(2020, 7, 3), {IRISH: 40, AFRICAN: 35, INDIAN: 3}))


def test_the_second_question_is_refused_with_the_figures_that_would_tell(home: Workspace, put: Deliver) -> None:
    delivered(put)
    first = ask(home, where={"group": "*"}, purpose="A council, of 3 August")
    assert [figures(first)[code] for code in ("white", "black", "asian")] == [40, 35, None]
    assert first.entry is not None and first.entry.id == f"{NAME}/2020-07/A1"
    assert first.entry.purpose == "A council, of 3 August"
    with pytest.raises(UserError, match="PR-P073") as caught:
        ask(home, where={"total": "*"})
    assert "[searches, asian, 2020-07] is exactly 3" in caught.value.message
    for known in ("[searches, 2020-07] is published as 78", "white, 2020-07] as 40", "black, 2020-07] as 35"):
        assert known in caught.value.message
    assert [each.id for each in home.journal.entries()] == [first.entry.id]
    last = list(home.journal.audit_entries())[-1]
    assert (last.action, last.details["refused"]) == ("table.answer", "PR-P073")


def test_less_detail_is_answered_and_the_same_question_again_tells_nothing_new(home: Workspace, put: Deliver) -> None:
    delivered(put)
    total = ask(home, where={"total": "*"})
    again = ask(home, where={"total": "*"})
    assert total.entry is not None and again.entry is None
    assert again.table == total.table
    assert [each.action for each in home.journal.audit_entries()][-2:] == ["table.answer"] * 2
    # The total is out: now it is the groups that would tell.
    with pytest.raises(UserError, match="PR-P073"):
        ask(home, where={"group": "*"})
    white = ask(home, where={"group": "white"})
    assert figures(white)["white"] == 40


def test_an_answer_that_gives_itself_away_is_refused(home: Workspace, put: Deliver) -> None:
    delivered(put)
    with pytest.raises(UserError, match=r"PR-P073.*\[searches, asian, 2020-07\] is exactly 3"):
        ask(home)
    assert home.journal.entries() == []


def test_a_draft_is_shown_and_leaves_the_ledger_alone(home: Workspace, put: Deliver) -> None:
    delivered(put)
    seen = ask(home, draft=True)
    assert seen.draft and seen.entry is None and figures(seen)["all"] == 78
    assert home.journal.entries() == []
    assert [each.action for each in home.journal.audit_entries()] == ["table.read"]


def test_a_count_that_was_never_mentioned_is_protected_too(home: Workspace, put: Deliver) -> None:
    """Nobody was told that there is a small group; whoever knows the code list works it out."""
    delivered(put)
    assert ask(home, where={"group": ["white", "black"]}).entry
    assert ask(home, where={"group": ["mixed", "other", "not_stated", "not_known"]}).entry
    with pytest.raises(UserError, match=r"PR-P073.*asian, 2020-07\] is"):
        ask(home, where={"total": "*"})


def test_a_quarter_and_its_months(home: Workspace, put: Deliver) -> None:
    days = [(7, 40), (8, 35), (9, 3)]
    put(records=[row for month, n in days for row in searches(dt.date(2020, month, 3), {IRISH: n})])
    for month in ("2020-07", "2020-08"):
        assert ask(home, period=month, where={"group": "*"}).entry
    with pytest.raises(UserError, match=r"PR-P073.*white, 2020Q3\] is published as 78.*white, 2020-09\] is exactly 3"):
        ask(home, period="2020Q3", where={"group": "*"})
    # Without the months it is a question like any other.
    assert ask(home, period="2020-09", where={"total": "*"}).entry


def test_what_an_edition_hid_stays_hidden_in_answers(home: Workspace, put: Deliver, tmp_path: Path) -> None:
    delivered(put)
    put(records=searches(dt.date(2020, 4, 3), {IRISH: 50}), period="2020Q2")
    home.release(NAME, "2020Q3", tmp_path / "out", together=True)
    shown = figures(ask(home))
    assert shown["all"] == 78 and shown["asian"] is None
    # The total is shown, so something beside the small count is not: one of the groups without a search.
    assert len([code for code, value in shown.items() if value is None]) > 1
    assert home.journal.entries("answer") == []


def test_what_was_told_meanwhile_is_looked_at(home: Workspace, put: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people ask at the same time for figures that are harmless one by one."""
    from piperoll.release import table as module

    delivered(put)
    asked: list[str] = []
    plain = module.check_told

    def slowly(*arguments: object) -> None:
        plain(*arguments)
        if not asked:
            asked.append("total")
            ask(home, where={"total": "*"})

    monkeypatch.setattr(module, "check_told", slowly)
    with pytest.raises(UserError, match="PR-P073"):
        ask(home, where={"group": "*"})
    assert len(home.journal.entries()) == 1
