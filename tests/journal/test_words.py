"""A supplier's word on its figures: appended, the same twice is one, of both databases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from piperoll.errors import UserError
from piperoll.journal import Delivery, ReturnWord


AT = dt.datetime(2012, 7, 1, 9, 0, tzinfo=dt.UTC)
WORD = ReturnWord(delivery="aa", state="confirmed", by="A. Clerk", recorded_by="anna", at=AT)


@pytest.fixture
def held(journal: Any) -> Any:
    delivery = Delivery(
        id="aa", sha256="0" * 64, filename="f.xlsx", source="s", dataset="d", supplier="03", period="2012-05",
        mode="events", received_at=AT, verdict="accepted",
    )  # fmt: skip
    journal.commit_delivery(delivery, (), (), (), None)
    return journal


def test_words_are_appended_and_the_same_twice_is_one(held: Any) -> None:
    first = held.record_word(WORD)
    assert first == replace(WORD, id="R1") and held.record_word(replace(WORD, at=AT + dt.timedelta(1))) == first
    wrong = replace(WORD, state="correct", reason="counted twice")
    assert held.record_word(wrong).id == "R2"
    assert [w.state for w in held.words("aa")] == ["confirmed", "correct"] and held.words("bb") == []
    assert held.record_word(WORD).id == "R3", "confirmed once more after a correction"


def test_who_and_why_are_needed(held: Any) -> None:
    for word in (replace(WORD, by=""), replace(WORD, state="correct")):
        with pytest.raises(UserError, match="PR-J020"):
            held.record_word(word)
    with pytest.raises(ValueError, match="state"):
        replace(WORD, state="perhaps")
    assert held.words() == []
