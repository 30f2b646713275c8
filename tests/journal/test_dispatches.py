"""Dispatches in the journal: the intent first, the outcome after, nothing changed; of both databases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from piperoll.errors import UserError
from piperoll.journal import AuditDraft
from piperoll.journal.sent import Dispatch, DispatchStep, SentFile


AT = dt.datetime(2012, 7, 20, 12, 0, tzinfo=dt.UTC)
ONE = Dispatch(
    release="fines/2012Q2/1", manifest_sha256="ab", recipient="alpha", way="mail", marking="restricted",
    files=(SentFile("b.csv", "22", 7), SentFile("a.csv", "11", 5)), by="anna", at=AT,
)  # fmt: skip
SENT = DispatchStep(state="sent", by="anna", at=AT, answer="250")
AUDIT = AuditDraft(
    at=AT, actor="anna", actor_kind="local", action="dispatch.send", resource_kind="release",
    resource_key=ONE.release, allowed=True, reason="She may.",
)  # fmt: skip


def test_it_is_begun_once(journal: Any) -> None:
    made, new = journal.begin_dispatch(ONE)
    assert new and made == replace(ONE, id="C1", files=tuple(sorted(ONE.files)))
    assert (made.state, made.bytes, made.answer) == ("begun", 12, "")
    assert journal.begin_dispatch(ONE) == (made, False), "as long as nobody knows what became of it"
    assert journal.end_dispatch("c1", SENT).state == "sent"
    assert journal.begin_dispatch(ONE)[1] is False, "and when it arrived"
    for other in ({"recipient": "beta"}, {"way": "extract"}, {"release": "fines/2012Q2/2"}):
        assert journal.begin_dispatch(replace(ONE, **other))[1] is True


def test_what_failed_is_begun_again(journal: Any) -> None:
    journal.begin_dispatch(ONE)
    journal.end_dispatch("C1", replace(SENT, state="failed", answer="550 5.1.1"))
    again, new = journal.begin_dispatch(ONE)
    assert (new, again.id, again.attempt) == (True, "C2", 2)
    journal.end_dispatch("C2", replace(SENT, state="unsure", answer="PR-N027"))
    assert journal.begin_dispatch(ONE)[1] is False
    settled = journal.end_dispatch("C2", replace(SENT, answer="settled", reason="They have it."))
    assert [step.state for step in settled.steps] == ["unsure", "sent"] and settled.steps[1].reason == "They have it."
    assert [(each.id, each.state) for each in journal.dispatches()] == [("C1", "failed"), ("C2", "sent")]
    assert journal.dispatches("fines") == journal.dispatches(release=ONE.release) == journal.dispatches()
    assert journal.dispatches("fine") == [] == journal.dispatches(release="fines/2012Q2")


def test_each_step_stands_in_the_audit_chain(journal: Any) -> None:
    journal.begin_dispatch(ONE, AUDIT)
    journal.begin_dispatch(ONE, AUDIT)
    journal.end_dispatch("C1", SENT, AUDIT)
    begun, ended = journal.audit_entries()
    assert begun.details == {
        "dispatch": "C1", "release": ONE.release, "recipient": "alpha", "way": "mail", "marking": "restricted",
        "files": {"a.csv": "11", "b.csv": "22"},
    }  # fmt: skip
    assert (ended.details["state"], ended.details["answer"]) == ("sent", "250")
    assert journal.verify_chain().whole


def test_what_is_not_there(journal: Any) -> None:
    for name in ("C1", "x", "C" + "9" * 30):
        with pytest.raises(UserError, match="PR-N026"):
            journal.end_dispatch(name, SENT)
        with pytest.raises(UserError, match="PR-N026"):
            journal.dispatch(name)
    assert journal.dispatches() == []
