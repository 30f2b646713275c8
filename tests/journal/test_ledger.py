"""A published cell has one identity, and its whole history can be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.journal import (
    AuditDraft,
    Journal,
    PublishedCell,
    Release,
    canonical_codes,
    cell_identity,
    parse_codes,
    parse_identity,
)


AT = datetime(2012, 11, 8, 9, 30, tzinfo=UTC)
FIRST = Release(
    id="possession/2012Q2/1",
    publication="possession",
    period="2012Q2",
    edition="1",
    vintage=7,
    definitions_hash="d" * 64,
    manifest_sha256="1" * 64,
    at=AT,
    by="anna",
    out="out/1",
)
SECOND = replace(FIRST, id="possession/2012Q3/1", period="2012Q3", manifest_sha256="2" * 64)
HACKNEY = cell_identity("claims", {"la": "E09000012", "type": "private"}, "2012Q2", "2012-04")
WHOLE = cell_identity("claims", {}, "2012Q2")
ACT = AuditDraft(
    at=AT,
    actor="anna",
    actor_kind="local",
    action="release.make",
    resource_kind="release",
    resource_key=FIRST.id,
    allowed=True,
    reason="May.",
)


def test_a_release_and_its_cells_come_back(journal: Journal) -> None:
    cells = [PublishedCell(WHOLE, "t1", "1,234"), PublishedCell(HACKNEY, "t2", "[c]", "c")]
    assert journal.record_release(FIRST, cells, ACT) == FIRST
    assert journal.release(FIRST.id) == FIRST
    assert list(journal.published_cells(FIRST.id)) == cells
    assert list(journal.published_cells(FIRST.id, "t2")) == cells[1:]
    assert [e.resource_key for e in journal.audit_entries()] == [FIRST.id]


def test_a_cell_keeps_one_identity_through_tables_and_releases(journal: Journal) -> None:
    journal.record_release(FIRST, [PublishedCell(WHOLE, "t1", "100"), PublishedCell(WHOLE, "t2", "100")])
    journal.record_release(SECOND, [PublishedCell(WHOLE, "t1", "105", "r"), PublishedCell(HACKNEY, "t1", "5")])
    assert journal.count_cells() == 2
    told = [(p.release, p.table, p.value, p.marks) for p in journal.cell_history(WHOLE)]
    assert told == [
        (FIRST.id, "t1", "100", ""),
        (FIRST.id, "t2", "100", ""),
        (SECOND.id, "t1", "105", "r"),
    ]
    other = replace(WHOLE, geography_version="2011-04")
    assert journal.cell_history(other) == []


def test_a_release_made_again_to_the_same_bytes_is_the_same(journal: Journal) -> None:
    journal.record_release(FIRST, [PublishedCell(WHOLE, "t1", "100")])
    again = replace(FIRST, at=datetime(2013, 1, 1, tzinfo=UTC), by="ben")
    assert journal.record_release(again, [PublishedCell(WHOLE, "t1", "100")]) == FIRST
    assert len(journal.cell_history(WHOLE)) == len(journal.releases()) == 1
    assert journal.find_release("possession", "2012Q2", "1" * 64) == FIRST
    assert journal.find_release("possession", "2012Q2", "3" * 64) is None


@pytest.mark.parametrize("change", [{"manifest_sha256": "9" * 64}, {"id": "another"}])
def test_an_edition_never_changes(journal: Journal, change: dict[str, str]) -> None:
    journal.record_release(FIRST, [PublishedCell(WHOLE, "t1", "100")])
    with pytest.raises(UserError, match="PR-J012"):
        journal.record_release(replace(FIRST, **change), [PublishedCell(WHOLE, "t1", "101")], ACT)
    assert [p.value for p in journal.cell_history(WHOLE)] == ["100"]
    assert list(journal.audit_entries()) == []


def test_a_cell_twice_in_a_table_is_a_mistake_and_leaves_nothing(journal: Journal) -> None:
    with pytest.raises(ValueError, match="1 cells appear more than once"):
        journal.record_release(FIRST, [PublishedCell(WHOLE, "t1", "1"), PublishedCell(WHOLE, "t1", "2")])
    assert journal.releases() == []
    assert journal.count_cells() == 0
    journal.record_release(FIRST, [PublishedCell(WHOLE, "t1", "1")])
    assert journal.count_cells() == 1


def test_a_release_moves_on(journal: Journal) -> None:
    journal.record_release(FIRST)
    assert journal.set_release_status(FIRST.id, "published", ACT).status == "published"
    assert journal.release(FIRST.id).status == "published"
    with pytest.raises(ValueError, match="status"):
        journal.set_release_status(FIRST.id, "lost")
    with pytest.raises(UserError, match="PR-J013"):
        journal.set_release_status("none", "published")
    with pytest.raises(UserError, match="PR-J013"):
        next(journal.published_cells("none"))


def test_releases_are_chosen_by_publication_and_period(journal: Journal) -> None:
    other = replace(FIRST, id="stops/2012Q2/1", publication="stops")
    for release in (FIRST, SECOND, other):
        journal.record_release(release)
    assert journal.releases() == [FIRST, SECOND, other]
    assert journal.releases(publication="possession") == [FIRST, SECOND]
    assert journal.releases(publication="possession", period="2012Q3") == [SECOND]


def test_many_cells_are_recorded_in_their_order(journal: Journal) -> None:
    cells = [
        PublishedCell(cell_identity("claims", {"la": f"E{n:08d}"}, "2012Q2", "2012-04"), "t1", str(n))
        for n in range(25_000)
    ]
    journal.record_release(FIRST, iter(cells))
    journal.record_release(SECOND, reversed(cells))
    assert journal.count_cells() == 25_000
    assert list(journal.published_cells(FIRST.id)) == cells
    assert list(journal.published_cells(SECOND.id)) == cells[::-1]


def test_signs_of_copy_and_sql_in_a_value_are_only_text(journal: Journal) -> None:
    odd = PublishedCell(cell_identity("a|b", {"x;y=%": "\\N\t'\n"}, "2012", "v|1"), "t'\"", "\\.", "%s")
    journal.record_release(FIRST, [odd])
    assert list(journal.published_cells(FIRST.id)) == [odd]
    assert len(journal.cell_history(odd.identity)) == 1


WORD = st.text(max_size=12)


@given(st.dictionaries(WORD, WORD, max_size=4), WORD, WORD)
def test_identities_are_read_back_from_their_text(codes: dict[str, str], measure: str, version: str) -> None:
    identity = cell_identity(measure, codes, "2011/12", version)
    assert parse_codes(identity.codes) == codes
    assert parse_identity(identity.text) == identity


@given(st.dictionaries(WORD, WORD, max_size=3), st.dictionaries(WORD, WORD, max_size=3))
def test_only_equal_codes_have_equal_text(one: dict[str, str], other: dict[str, str]) -> None:
    assert (canonical_codes(one) == canonical_codes(other)) == (one == other)


def test_a_text_that_is_no_identity_is_refused() -> None:
    with pytest.raises(ValueError, match="unpack"):
        parse_identity("claims|2012Q2")
