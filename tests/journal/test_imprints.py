"""Imprints of editions in the journal: written once, by edition; a withdrawal keeps its place. Both databases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from piperoll.errors import UserError
from piperoll.journal import Imprint, Release


AT = dt.datetime(2012, 7, 1, 9, 0, tzinfo=dt.UTC)
FIRST = Release(
    id="p/2012Q2/1", publication="p", period="2012Q2", edition="1", vintage=7, definitions_hash="f" * 64,
    manifest_sha256="a" * 64, at=AT, by="anna",
)  # fmt: skip
SECOND = replace(FIRST, id="p/2012Q2/2", edition="2", manifest_sha256="b" * 64)
OTHER = replace(FIRST, id="q/2012Q2/1", publication="q", manifest_sha256="c" * 64)
SAID = Imprint(
    release=SECOND.id, published="2012-08-10", basis="d" * 64, corrects=FIRST.id, what="Twice counted.", reason="A slip.",
    tables=("claims", "orders"), figures=12, unlisted=3,
)  # fmt: skip


def test_what_is_said_of_an_edition_is_kept(journal: Any) -> None:
    for each in (FIRST, SECOND, OTHER):
        journal.record_release(each)
    assert journal.record_imprint(SAID) == SAID
    plain = Imprint(release=OTHER.id, published="2012-08-09")
    journal.record_imprint(plain)
    assert journal.imprints() == {SECOND.id: SAID, OTHER.id: plain}
    assert journal.imprints("p") == {SECOND.id: SAID} and journal.imprints("r") == {}


def test_what_was_said_first_stays(sqlite_journal: Any) -> None:
    sqlite_journal.record_release(FIRST)
    sqlite_journal.record_release(SECOND)
    sqlite_journal.record_imprint(SAID)
    assert sqlite_journal.record_imprint(replace(SAID, what="Nothing.")) == SAID
    with pytest.raises(UserError, match="PR-J013"):
        sqlite_journal.record_imprint(replace(SAID, release="p/2013Q1/1"))


def test_an_edition_and_its_imprint_are_there_together_or_not_at_all(sqlite_journal: Any) -> None:
    with pytest.raises(UserError, match="PR-J013"), sqlite_journal.write():
        sqlite_journal.record_release(FIRST)
        sqlite_journal.record_imprint(SAID)
    assert sqlite_journal.releases() == [] and sqlite_journal.imprints() == {}


def test_a_withdrawal_keeps_after_how_many_entries_it_was(journal: Any) -> None:
    journal.record_release(FIRST)
    journal.record_release(OTHER)
    journal.set_release_status(FIRST.id, "withdrawn")
    journal.record_release(SECOND)
    journal.set_release_status(FIRST.id, "withdrawn")  # once more changes nothing
    assert journal.imprints("p") == {FIRST.id: Imprint(release=FIRST.id, published="2012-07-01", withdrawn_after=2)}
    journal.record_imprint(SAID)
    journal.set_release_status(SECOND.id, "withdrawn")
    assert journal.imprints("p")[SECOND.id] == replace(SAID, withdrawn_after=3)
