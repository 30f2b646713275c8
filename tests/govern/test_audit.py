"""A signed checkpoint stands against a chain that was cut or written anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from piperoll.errors import UserError
from piperoll.govern import Action, Actor, Resource, act, public_key_of, sign_checkpoint, verify
from piperoll.journal import Journal


AT = datetime(2012, 11, 8, 9, 30, tzinfo=UTC)
KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
ANNA = Actor("anna", "local", "anna")


def write(journal: Journal, count: int, purpose: str = "") -> None:
    for n in range(count):
        act(journal, ANNA, Action.TABLE_READ, Resource("table", f"t{n}"), AT, purpose)


def run_sql(journal: Journal, statement: str) -> None:
    with journal.connection.cursor() as cursor:
        cursor.execute(statement)


def wipe(journal: Journal) -> None:
    run_sql(journal, "DELETE FROM journal_audit")
    run_sql(journal, "DELETE FROM journal_counter WHERE name = 'audit'")


def test_a_signed_chain_verifies_and_goes_on(journal: Journal) -> None:
    write(journal, 3)
    first = sign_checkpoint(journal, KEY, AT.astimezone(timezone(timedelta(hours=5))))
    write(journal, 2)
    second = sign_checkpoint(journal, KEY, AT)
    assert (first.number, second.number) == (3, 5)
    assert journal.checkpoints() == [first, second]
    verdict = verify(journal, public_key_of(KEY), elsewhere=[first])
    assert (verdict.entries, verdict.checkpoints, verdict.faults, verdict.whole) == (5, 3, (), True)
    assert verify(journal).whole


def test_an_empty_chain_can_be_signed(journal: Journal) -> None:
    assert sign_checkpoint(journal, KEY, AT).number == 0
    assert verify(journal, public_key_of(KEY)).checkpoints == 1


def test_signing_the_same_chain_gives_the_same_signature(journal: Journal) -> None:
    write(journal, 1)
    assert sign_checkpoint(journal, KEY, AT) == sign_checkpoint(journal, KEY, AT)


def test_a_chain_written_anew_shows_by_its_checkpoint(journal: Journal) -> None:
    write(journal, 3)
    sign_checkpoint(journal, KEY, AT)
    wipe(journal)
    write(journal, 3, "Another story.")
    assert journal.verify_chain().whole, "the chain alone cannot tell"
    verdict = verify(journal, public_key_of(KEY))
    assert [f.kind for f in verdict.faults] == ["checkpoint"]
    assert "written anew" in verdict.faults[0].sentence


def test_a_chain_rewritten_with_its_checkpoints_shows_by_one_kept_elsewhere(journal: Journal) -> None:
    write(journal, 3)
    kept = sign_checkpoint(journal, KEY, AT)
    wipe(journal)
    run_sql(journal, "DELETE FROM journal_checkpoint")
    write(journal, 2)
    assert verify(journal, public_key_of(KEY)).whole
    verdict = verify(journal, public_key_of(KEY), elsewhere=[kept])
    assert "the entry is gone" in verdict.faults[0].sentence
    assert not verdict.whole


@pytest.mark.parametrize(
    "change",
    [
        {"hash": "0" * 64},
        {"number": 1},
        {"at": AT + timedelta(seconds=1)},
        {"signature": "00" * 64},
        {"signature": "no hexadecimal"},
        {"public_key": "00"},
    ],
)
def test_a_checkpoint_changed_in_any_part_does_not_hold(journal: Journal, change: dict[str, object]) -> None:
    write(journal, 2)
    kept = replace(sign_checkpoint(journal, KEY, AT), **change)
    verdict = verify(journal, elsewhere=[kept])
    assert "signature that does not hold" in verdict.faults[0].sentence
    assert verdict.checkpoints == 1


def test_another_key_is_not_the_key(journal: Journal) -> None:
    sign_checkpoint(journal, OTHER_KEY, AT)
    assert verify(journal).whole
    assert "signed with another key" in verify(journal, public_key_of(KEY)).faults[0].sentence


def test_a_broken_chain_is_not_signed(journal: Journal) -> None:
    write(journal, 2)
    run_sql(journal, "UPDATE journal_audit SET actor = 'ben' WHERE number = 1")
    with pytest.raises(UserError, match=r"PR-G002.*entry 1 is not as it was written"):
        sign_checkpoint(journal, KEY, AT)
    assert journal.checkpoints() == []
    assert not verify(journal).whole


@pytest.mark.parametrize("key", [b"", b"short", bytes(33)])
def test_what_is_no_key_is_refused_without_showing_it(journal: Journal, key: bytes) -> None:
    with pytest.raises(UserError, match="PR-G003") as caught:
        sign_checkpoint(journal, key, AT)
    assert "short" not in str(caught.value)
    with pytest.raises(UserError, match="PR-G003"):
        public_key_of(key)
