"""A journal opens anywhere, many at once, and says in a sentence when it cannot."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections

from piperoll import journal as room
from piperoll.errors import UserError
from piperoll.journal import Delivery, Finding, Journal, PublishedCell, Release, cell_identity, migrate, open_journal


AT = datetime(2012, 11, 8, 9, 30, tzinfo=UTC)
Make = Callable[..., Delivery]
PAGES = Path(__file__).parents[2] / "docs" / "errors"


def test_two_journals_in_one_process_are_apart(new_journal: Callable[[], Journal], make_delivery: Make) -> None:
    one, other = new_journal(), new_journal()
    one.commit_delivery(make_delivery())
    assert len(one.deliveries()) == 1
    assert other.deliveries() == []


def test_a_journal_opened_twice_is_one(new_address: Callable[[], str], make_delivery: Make) -> None:
    address = new_address()
    one = open_journal(address)
    one.commit_delivery(make_delivery())
    other = open_journal(address)
    assert other.deliveries() == one.deliveries()
    one.close()
    assert len(other.deliveries()) == 1, "a closed connection opens again"
    other.close()


def test_the_folder_is_made(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "new" / "home" / "journal.sqlite3")
    assert journal.vendor == "sqlite"
    journal.close()


def test_sqlite_lets_readers_read_while_one_writes(sqlite_journal: Journal) -> None:
    with sqlite_journal.connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)


@pytest.mark.parametrize(
    "address",
    ["", "mysql://me:secret-word@host/db", "postgresql://me:secret-word@host", "postgresql://[::1/db", "a\x00b"],
)
def test_an_address_that_is_not_understood(address: str) -> None:
    with pytest.raises(UserError, match="PR-J001") as caught:
        open_journal(address)
    assert "secret-word" not in str(caught.value)


def test_a_folder_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"PR-J001.*is a folder"):
        open_journal(tmp_path)


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database\n" * 200)
    with pytest.raises(UserError, match=r"PR-J002.*not a database"):
        open_journal(path)
    assert path.read_text() == "not a database\n" * 200


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"PR-J002.*folder"):
        open_journal(tmp_path / "file" / "journal.sqlite3")


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="PR-J002") as caught:
        open_journal(f"postgresql://me:secret-word@/db?host={tmp_path}")
    assert "secret-word" not in str(caught.value)


def test_the_label_of_a_journal_hides_the_password(journal: Journal) -> None:
    assert "secret-word" not in repr(journal)


def test_a_journal_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    open_journal(path).close()
    with sqlite3.connect(path) as database:
        row = ("journal", "9999_future", "2030-01-01")
        database.execute("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, ?)", row)
    database.close()
    with pytest.raises(UserError, match=r"PR-J003.*9999_future"):
        open_journal(path)


def test_migrations_are_read_only_where_one_is_wanting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned: list[str] = []
    plan = migrate._plan
    monkeypatch.setattr(migrate, "_plan", lambda each, label: (planned.append(label), plan(each, label))[1])
    path = tmp_path / "journal.sqlite3"
    open_journal(path).close()
    assert planned == [str(path)]
    open_journal(path).close()
    assert planned == [str(path)]
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM django_migrations WHERE app = 'journal'").fetchone()[0] > 0
        database.execute("UPDATE django_migrations SET app = 'another'")
    database.close()
    with pytest.raises(UserError, match="PR-J002"):  # its tables are there, and would be made again
        open_journal(path)
    assert planned == [str(path)] * 2


def test_migrations_and_models_agree(sqlite_journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    # The command looks at the default database only.
    monkeypatch.setitem(connections.databases, "default", connections.databases[sqlite_journal.alias])
    call_command("makemigrations", "journal", check=True, dry_run=True, verbosity=0)
    connections["default"].close()
    del connections["default"]


def test_settings_are_kept_as_json(journal: Journal) -> None:
    assert journal.get_state("a", "nothing") == "nothing"
    for value in ({"b": [1, None, "ä"]}, 3, None, "text"):
        journal.set_state("a", value)
        assert journal.get_state("a", "nothing") == value
    with pytest.raises(TypeError):
        journal.set_state("a", AT)


def test_a_busy_journal_says_so(sqlite_journal: Journal, make_delivery: Make) -> None:
    path = sqlite_journal.label
    sqlite_journal.deliveries()
    with sqlite_journal.connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UserError, match="PR-J004"):
        sqlite_journal.commit_delivery(make_delivery())
    assert sqlite_journal.deliveries() == [], "readers are not kept waiting"
    other.execute("ROLLBACK")
    other.close()
    assert sqlite_journal.commit_delivery(make_delivery()).sequence == 1


def test_content_is_equal_but_for_the_clock(new_journal: Callable[[], Journal], make_delivery: Make) -> None:
    one, other, third = new_journal(), new_journal(), new_journal()
    later = datetime(2013, 1, 1, tzinfo=UTC)
    finding = [Finding(rule="r", sentence="s")]
    one.commit_delivery(make_delivery(), finding)
    other.commit_delivery(make_delivery(received_at=later), finding)
    third.commit_delivery(make_delivery(rows_in=1), finding)
    assert one.content() == other.content()
    assert one.content_digest() == other.content_digest() != third.content_digest()
    assert one.content()["journal_delivery"]


def test_content_is_equal_in_both_databases(journal: Journal, sqlite_journal: Journal, make_delivery: Make) -> None:
    for each in (journal, sqlite_journal):
        each.commit_delivery(make_delivery(receipt={"b": 1, "a": "ä"}))
        each.withdraw_delivery(make_delivery().id, AT, "anna", "Wrong.")
    assert journal.content_digest() == sqlite_journal.content_digest()


def test_content_names_what_a_row_points_at(journal: Journal) -> None:
    release = Release(
        id="p/2012/1",
        publication="p",
        period="2012",
        edition="1",
        vintage=0,
        definitions_hash="",
        manifest_sha256="",
        at=AT,
        by="anna",
    )
    with pytest.raises(RuntimeError), journal.write():
        journal.record_release(release, [PublishedCell(cell_identity("m", {}, "2011"), "t", "1")])
        raise RuntimeError
    journal.record_release(release, [PublishedCell(cell_identity("m", {"a": "b"}, "2012"), "t", "1")])
    content = journal.content()
    assert content["journal_published"] == [("p/2012/1", "m", "a=b", "", "2012", "t", "1", "")]
    assert content["journal_cell"] == [("m", "a=b", "", "2012")]


def test_a_nested_transaction_counts_as_one(journal: Journal, make_delivery: Make) -> None:
    with pytest.raises(RuntimeError), journal.write():
        journal.commit_delivery(make_delivery())
        journal.set_state("a", 1)
        raise RuntimeError
    assert journal.deliveries() == []
    assert journal.get_state("a") is None


def test_only_what_is_there_can_be_imported() -> None:
    assert room.Journal is Journal
    with pytest.raises(AttributeError, match="nothing"):
        _ = room.nothing
    assert all(hasattr(room, name) for name in room.__all__)


def test_every_code_of_this_room_has_a_page() -> None:
    source = Path(room.__file__).parent
    text = "".join(path.read_text() for path in sorted(source.glob("*.py")))
    import re

    codes = set(re.findall(r"PR-J\d{3}", text))
    assert len(codes) >= 13
    for code in sorted(codes):
        page = (PAGES / f"{code}.md").read_text()
        assert page.startswith(f"# {code}: ")
        assert "\n## When it occurs\n" in page
        assert "\n## How to fix\n" in page


def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.sqlite3")
    before = journal.content()
    with journal.connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    says = r"PR-J016 .*journal.sqlite3: the journal cannot be written \(.*full\)"
    with pytest.raises(UserError, match=says) as caught, journal.write(), journal.connection.cursor() as cursor:
        cursor.execute("CREATE TABLE filler AS SELECT zeroblob(100000)")
    assert "run this again" in str(caught.value)
    assert journal.content() == before
    journal.close()
