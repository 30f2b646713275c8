"""The audit chain shows every entry changed, removed, inserted or put in another order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from piperoll.journal import AuditDraft, AuditEntry, Checkpoint, Journal
from piperoll.journal.chain import GENESIS, check_chain, entry_hash


AT = datetime(2012, 11, 8, 9, 30, 0, 5, tzinfo=UTC)
DRAFT = AuditDraft(
    at=AT,
    actor="anna",
    actor_kind="local",
    action="table.read",
    resource_kind="table",
    resource_key="t1",
    allowed=True,
    reason="May.",
    purpose="A council asks.",
    details={"rows": 3, "where": {"b": 1, "a": None}},
)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
DRAFTS = st.builds(
    AuditDraft,
    at=st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    actor=TEXT,
    actor_kind=TEXT,
    action=TEXT,
    resource_kind=TEXT,
    resource_key=TEXT,
    allowed=st.booleans(),
    reason=TEXT,
    purpose=TEXT,
    details=st.dictionaries(TEXT, st.none() | st.integers() | TEXT, max_size=2),
)


def a_chain(drafts: list[AuditDraft]) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for number, draft in enumerate(drafts, 1):
        previous = entries[-1].hash if entries else GENESIS
        values = {f.name: getattr(draft, f.name) for f in fields(AuditDraft)}
        hash_ = entry_hash(draft, number, previous)
        entries.append(AuditEntry(**values, number=number, previous=previous, hash=hash_))
    return entries


CHAINS = st.lists(DRAFTS, min_size=1, max_size=6).map(a_chain)


@given(st.lists(DRAFTS, max_size=6))
def test_an_untouched_chain_is_whole(drafts: list[AuditDraft]) -> None:
    entries = a_chain(drafts)
    report = check_chain(entries, last=len(entries))
    assert report.whole
    assert report.entries == len(drafts)
    assert report.head == (entries[-1].hash if entries else GENESIS)


@given(CHAINS, st.data())
def test_a_change_of_any_part_of_any_entry_shows(entries: list[AuditEntry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    other = data.draw(DRAFTS)
    name = data.draw(st.sampled_from([f.name for f in fields(AuditDraft)]))
    assume(getattr(entries[place], name) != getattr(other, name))
    entries[place] = replace(entries[place], **{name: getattr(other, name)})
    faults = check_chain(entries, last=len(entries)).faults
    assert [(f.kind, f.number) for f in faults] == [("hash", entries[place].number)]


@given(CHAINS, st.data())
def test_a_changed_entry_with_its_hash_made_anew_shows(entries: list[AuditEntry], data: st.DataObject) -> None:
    assume(len(entries) > 1)
    place = data.draw(st.integers(0, len(entries) - 2))
    changed = replace(entries[place], reason=entries[place].reason + "!")
    entries[place] = replace(changed, hash=entry_hash(changed, changed.number, changed.previous))
    faults = check_chain(entries, last=len(entries)).faults
    assert [(f.kind, f.number) for f in faults] == [("previous", entries[place + 1].number)]


@given(CHAINS, st.data())
def test_a_missing_entry_shows_wherever_it_was(entries: list[AuditEntry], data: st.DataObject) -> None:
    count = len(entries)
    del entries[data.draw(st.integers(0, count - 1))]
    assert not check_chain(entries, last=count).whole


@given(CHAINS, DRAFTS, st.data())
def test_an_inserted_entry_shows(entries: list[AuditEntry], draft: AuditDraft, data: st.DataObject) -> None:
    count = len(entries)
    place = data.draw(st.integers(0, count))
    previous = entries[place - 1].hash if place else GENESIS
    values = {f.name: getattr(draft, f.name) for f in fields(AuditDraft)}
    hash_ = entry_hash(draft, place + 1, previous)
    entries.insert(place, AuditEntry(**values, number=place + 1, previous=previous, hash=hash_))
    assert not check_chain(entries, last=count).whole


@given(CHAINS, st.data())
def test_another_order_shows(entries: list[AuditEntry], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(entries))
    assume(shuffled != entries)
    assert not check_chain(shuffled, last=len(entries)).whole


def test_entries_are_chained_in_the_journal(journal: Journal) -> None:
    one = journal.append_audit(DRAFT)
    two = journal.append_audit(replace(DRAFT, at=AT + timedelta(hours=1), allowed=False))
    assert (one.number, one.previous, two.number, two.previous) == (1, GENESIS, 2, one.hash)
    assert list(journal.audit_entries()) == [one, two]
    assert one.details == DRAFT.details
    assert journal.audit_head() == (2, two.hash)
    report = journal.verify_chain()
    assert (report.entries, report.head, report.faults) == (2, two.hash, ())


def test_an_empty_chain_is_whole(journal: Journal) -> None:
    assert journal.verify_chain().whole
    assert journal.audit_head() == (0, GENESIS)


Tamper = Callable[[Any], None]


def sql(statement: str) -> Tamper:
    return lambda cursor: cursor.execute(statement)


@pytest.mark.parametrize(
    "tamper",
    [
        sql("UPDATE journal_audit SET actor = 'ben' WHERE number = 2"),
        sql("UPDATE journal_audit SET details = '{}' WHERE number = 1"),
        sql("UPDATE journal_audit SET allowed = NOT allowed WHERE number = 3"),
        sql("DELETE FROM journal_audit WHERE number = 1"),
        sql("DELETE FROM journal_audit WHERE number = 2"),
        sql("DELETE FROM journal_audit WHERE number = 4"),
        sql("DELETE FROM journal_audit"),
        sql("UPDATE journal_audit SET number = 9 WHERE number = 4"),
    ],
)
def test_tampering_in_the_database_shows(journal: Journal, tamper: Tamper) -> None:
    for n in range(4):
        journal.append_audit(replace(DRAFT, resource_key=f"t{n}"))
    with journal.connection.cursor() as cursor:
        tamper(cursor)
    report = journal.verify_chain()
    assert report.faults
    assert all(f.sentence.endswith(".") for f in report.faults)


def test_entries_are_chosen_by_any_part(journal: Journal) -> None:
    journal.append_audit(DRAFT)
    journal.append_audit(replace(DRAFT, actor="ben", action="release.make", allowed=False))
    journal.append_audit(replace(DRAFT, resource_kind="release", resource_key="r1"))
    chosen: list[tuple[dict[str, Any], list[int]]] = [
        ({"actor": "ben"}, [2]),
        ({"action": "table.read"}, [1, 3]),
        ({"allowed": False}, [2]),
        ({"resource_kind": "release"}, [3]),
        ({"resource_key": "t1", "actor": "anna"}, [1]),
    ]
    for wanted, numbers in chosen:
        assert [e.number for e in journal.audit_entries(**wanted)] == numbers


def test_details_that_are_no_json_are_refused_and_leave_no_gap(journal: Journal) -> None:
    with pytest.raises(TypeError):
        journal.append_audit(replace(DRAFT, details={"at": AT}))
    assert journal.append_audit(DRAFT).number == 1


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        replace(DRAFT, at=datetime(2012, 1, 1))


def test_checkpoints_come_back(journal: Journal) -> None:
    one = Checkpoint(number=1, hash="a", at=AT, public_key="b", signature="c")
    journal.add_checkpoint(one)
    journal.add_checkpoint(replace(one, number=2))
    assert journal.checkpoints() == [one, replace(one, number=2)]
