"""Answers and imports stand in the ledger beside releases, and each entry is sealed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from piperoll.journal import Journal, PublishedCell, cell_identity, cells_hash
from tests.journal.test_ledger import ACT, FIRST, HACKNEY, WHOLE


ASKED = replace(FIRST, id="", edition="", kind="answer", purpose="A council")


def test_an_answer_gets_its_number_and_its_seal(journal: Journal) -> None:
    cells = [PublishedCell(WHOLE, "t1", "100"), PublishedCell(HACKNEY, "t1", "", "[c]")]
    journal.record_release(FIRST, cells[:1])
    given = journal.record_told(ASKED, cells, ACT)
    taken = journal.record_told(replace(ASKED, kind="import"), [PublishedCell(WHOLE, "t1", "90")])
    assert [given.id, taken.id] == ["possession/2012Q2/A1", "possession/2012Q2/I1"]
    assert given.cells_sha256 == cells_hash(reversed(cells))
    assert journal.releases() == [FIRST] and journal.entries() == [FIRST, given, taken]
    assert journal.entries("answer") == [given]
    assert journal.count_told() == {FIRST.id: (1, 0), given.id: (2, 1), taken.id: (1, 0)}
    (entry,) = journal.audit_entries()
    assert (entry.details["entry"], entry.details["cells"]) == (given.id, given.cells_sha256)
    with pytest.raises(ValueError, match="kind is 'release'"):
        journal.record_told(FIRST, cells)


def test_what_was_told_last_counts(journal: Journal) -> None:
    other = cell_identity("orders", {}, "2012Q3")
    first = journal.record_told(ASKED, [PublishedCell(WHOLE, "t1", "100"), PublishedCell(HACKNEY, "t1", "", "[c]")])
    journal.record_told(ASKED, [PublishedCell(WHOLE, "t1", "105", "[r]"), PublishedCell(other, "t1", "7")])
    names = [WHOLE.text, HACKNEY.text, "claims|la=none||2012Q2"]
    assert journal.last_told(names) == {WHOLE.text: ("105", "[r]"), HACKNEY.text: ("", "[c]")}
    assert journal.last_told(names, first.id)[WHOLE.text] == ("100", "")
    assert journal.last_told([]) == {}
    assert journal.told_periods(["claims", "orders"]) == {"2012Q2", "2012Q3"}
    assert journal.told_periods(["claims", "orders"], first.id) == {"2012Q2"}
    assert journal.told_periods(["none"]) == set()
    assert journal.last_entry() > 0


def test_seals_hold_until_something_is_changed(journal: Journal) -> None:
    journal.record_release(FIRST, [PublishedCell(WHOLE, "t1", "1")])  # without a seal, as it was done at first
    given = journal.record_told(ASKED, [PublishedCell(WHOLE, "t1", "100")], ACT)
    assert journal.check_seals() == (2, [])
    with journal.connection.cursor() as cursor:
        cursor.execute("UPDATE journal_published SET value = '101' WHERE value = '100'")
    assert [(each.entry, each.sentence) for each in journal.check_seals()[1]] == [
        (given.id, "its cells are not those that were recorded.")
    ]
