"""Records entered by hand in the journal: revisions, history, second keyings, what was sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from piperoll.journal import Entry, EntryVersion, Journal, Keying, Sending


AT = datetime(2012, 11, 8, 9, 30, tzinfo=UTC)
NEW = Entry(
    source="cases", dataset="case", supplier="north", period="2012-05", made_by="a", made_at=AT, changed_by="a",
    changed_at=AT,
)  # fmt: skip


def test_an_entry_has_its_number_and_grows_by_revisions(journal: Journal) -> None:
    one, two = journal.add_entry(NEW), journal.add_entry(replace(NEW, supplier="south"))
    assert (one.id, two.id, one.revision) == ("E1", "E2", 0)
    version = EntryVersion(version=1, act="saved", by="a", at=AT, item="E1.v1", fields=("kind", "amount"))
    changed = journal.update_entry(replace(one, state="saved", version=1, draft=""), version)
    assert changed.revision == 1 and journal.entry(" e1 ") == changed
    assert journal.entry_versions("E1") == [version] and journal.entry_versions("E2") == []
    with pytest.raises(ValueError, match="changed since"):
        journal.update_entry(one)
    with pytest.raises(ValueError, match="changed since"):
        journal.update_entry(replace(one, id="E9"))
    assert journal.entered("cases", "case", "north") == [changed]
    assert journal.entered("cases", "case", "north", "2012-06") == []
    assert [journal.entry(name) for name in ("E9", "", "x", "E" + "9" * 30)] == [None] * 4


def test_of_two_changes_one_counts_and_the_other_leaves_nothing(journal: Journal) -> None:
    entry = journal.add_entry(NEW)
    journal.update_entry(replace(entry, draft="E1.d1"))
    version = EntryVersion(version=1, act="saved", by="b", at=AT)
    with pytest.raises(ValueError, match="changed since"):
        journal.update_entry(replace(entry, state="saved", version=1), version)
    found = journal.entry("E1")
    assert found is not None and (found.state, found.draft) == ("draft", "E1.d1")
    assert journal.entry_versions("E1") == []


def test_second_keyings_wait_until_they_are_resolved(journal: Journal) -> None:
    journal.add_entry(replace(NEW, way="paper"))
    keying = Keying(number=1, version=1, by="b", at=AT, item="E1.k1", differs=("amount",))
    journal.add_keying("E1", keying)
    assert journal.keyings("E1") == [keying] and keying.open
    journal.resolve_keying("E1", 1, "c", AT, "the form says so")
    (found,) = journal.keyings("E1")
    assert not found.open and (found.resolved_by, found.reason, found.resolved_at) == ("c", "the form says so", AT)
    assert not Keying(number=2, version=1, by="b", at=AT, item="E1.k2").open


def test_what_was_sent_is_noted_before_and_completed_after(journal: Journal) -> None:
    one, two = journal.add_entry(NEW), journal.add_entry(NEW)
    slot = {"source": "cases", "dataset": "case", "supplier": "north", "period": "2012-05"}
    sending = Sending(sha256="a" * 64, **slot, by="a", at=AT, records=((one.id, 1), (two.id, 3)))
    for _ in range(2):
        journal.begin_sending(sending)
    assert journal.sendings(*slot.values()) == [sending]
    journal.finish_sending(sending, "d1", accepted=False)
    assert [e.delivery for e in journal.entered("cases", "case", "north")] == ["", ""]
    journal.finish_sending(sending, "d1", accepted=True)
    assert [(e.sent_version, e.delivery) for e in journal.entered("cases", "case", "north")] == [(1, "d1"), (3, "d1")]
    later = replace(sending, sha256="b" * 64, records=((two.id, 4),))
    journal.begin_sending(later)
    journal.finish_sending(later, "d2", accepted=True)
    assert [(e.sent_version, e.delivery) for e in journal.entered("cases", "case", "north")] == [(0, ""), (4, "d2")]
    assert [s.delivery for s in journal.sendings(*slot.values())] == ["d1", "d2"]


@pytest.mark.parametrize("wrong", [{"state": "lost"}, {"way": "smoke"}, {"made_at": AT.replace(tzinfo=None)}])
def test_an_entry_is_of_known_kinds(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"expected one of|time zone"):
        replace(NEW, **wrong)


def test_entries_are_part_of_a_journals_content(new_journal: Callable[[], Journal]) -> None:
    one, other = new_journal(), new_journal()
    for each in (one, other):
        each.add_entry(NEW)
    assert one.content_digest() == other.content_digest()
    other.update_entry(replace(NEW, id="E1", draft="E1.d1"))
    assert one.content_digest() != other.content_digest()
