"""One changed character in the ledger shows, whether a release is held against it or it against itself."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from piperoll.ledger.seal import check_ledger
from piperoll.release.entered import check_release
from piperoll.release.table import answer
from piperoll.workspace import Workspace
from tests.searches import IRISH, NAME, Released, deliverer, searches


Change = Callable[[sqlite3.Connection], object]


@pytest.fixture
def copy(released: Released, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A copy of the home in which the edition was made, to be tampered with."""
    monkeypatch.setenv("PIPEROLL_NOW", "2020-11-01T09:30:00+00:00")
    released.desk.journal.close()
    shutil.copytree(released.desk.home, tmp_path / "home")
    return Workspace(released.desk.register.root, tmp_path / "home")


def sqlite(home: Path, change: Change) -> None:
    (path,) = home.glob("*.sqlite3")
    with sqlite3.connect(path) as database:
        change(database)
    database.close()


def last_character(column: str, table: str, where: str) -> Change:
    sql = f"UPDATE {table} SET {column} = substr({column}, 1, length({column}) - 1) || '7' WHERE rowid = ({where})"
    return lambda database: database.execute(sql)


SHOWN = "SELECT rowid FROM journal_published WHERE value LIKE '%0' ORDER BY rowid DESC LIMIT 1"
CHANGES: dict[str, Change] = {
    "a figure": last_character("value", "journal_published", SHOWN),
    "a mark": lambda database: database.execute(
        "UPDATE journal_published SET marks = '[x]' WHERE rowid = "
        "(SELECT rowid FROM journal_published WHERE marks = '[c]' LIMIT 1)"
    ),
    "a code": lambda database: database.execute(
        "UPDATE journal_cell SET codes = replace(codes, 'ethnicity=white', 'ethnicity=whitf') "
        "WHERE codes = 'ethnicity=white'"
    ),
    "a period": lambda database: database.execute("UPDATE journal_cell SET period = '2020-17' WHERE period = '2020-07'"),
    "a cell": lambda database: database.execute(f"DELETE FROM journal_published WHERE rowid = ({SHOWN})"),
    "the hash": last_character("cells_sha256", "journal_release", "SELECT number FROM journal_release"),
}  # fmt: skip


def test_an_untouched_ledger_holds(copy: Workspace, released: Released) -> None:
    report = check_ledger(copy)
    assert report.holds and report.checks[0].looked_at > 100
    checks = check_release(copy, released.directory)
    assert [each.name for each in checks] == ["ledger", "ledger and tables"]
    assert [each.problems for each in checks] == [(), ()]
    assert checks[1].looked_at == report.checks[0].looked_at


@pytest.mark.parametrize("what", CHANGES)
def test_one_changed_character_shows(copy: Workspace, released: Released, what: str) -> None:
    sqlite(copy.home, CHANGES[what])
    found = check_ledger(copy)
    assert not found.holds
    assert {each.code for each in found.problems} == {"PR-E045"}
    assert found.problems[0].where == released.made.release.id
    assert any(each.problems for each in check_release(copy, released.directory))


def test_figure_and_hash_changed_together_show_by_manifest_and_chain(copy: Workspace, released: Released) -> None:
    from piperoll.journal import cells_hash

    sqlite(copy.home, CHANGES["a figure"])
    forged = cells_hash(copy.journal.published_cells(released.made.release.id))
    sqlite(copy.home, lambda database: database.execute("UPDATE journal_release SET cells_sha256 = ?", [forged]))
    assert "that the audit chain tells of" in check_ledger(copy).problems[0].message
    problems = [each.message for check in check_release(copy, released.directory) for each in check.problems]
    assert problems[0] == "its cells in the ledger are not those that were entered."
    assert any(each.startswith("the ledger holds another figure for") for each in problems)
    sqlite(
        copy.home, lambda database: database.execute("UPDATE journal_audit SET details = replace(details, 'a', 'b')")
    )
    assert check_ledger(copy).checks[1].problems


def test_an_entry_that_is_gone_shows(copy: Workspace, tmp_path: Path) -> None:
    deliverer(copy, tmp_path)(records=searches(dt.date(2020, 4, 3), {IRISH: 50}), period="2020Q2")
    given = answer(copy, NAME, "arrests", period="2020-04", where={"total": "*"})
    assert given.entry is not None and check_ledger(copy).holds
    number = f"(SELECT number FROM journal_release WHERE id = '{given.entry.id}')"

    def remove(database: sqlite3.Connection) -> None:
        database.execute(f"DELETE FROM journal_published WHERE release_id = {number}")
        database.execute("DELETE FROM journal_release WHERE id = ?", [given.entry.id])

    sqlite(copy.home, remove)
    (problem,) = check_ledger(copy).problems
    assert (problem.where, problem.message) == (given.entry.id, "the audit chain tells of it, and it is gone.")


def test_a_release_of_another_home_or_changed_since(copy: Workspace, released: Released, tmp_path: Path) -> None:
    other = Workspace(copy.register.root, tmp_path / "other")
    (check,) = check_release(other, released.directory)
    assert check.problems[0].message == "the ledger of this home does not hold this release."
    shutil.copytree(released.directory, tmp_path / "out")
    path = tmp_path / "out" / "tables" / "arrests.csv"
    lines = path.read_bytes().decode().split("\r\n")
    assert lines[1].count(",") > 3
    path.write_text("\r\n".join([lines[0], *lines[2:]]), encoding="utf-8", newline="")
    problems = check_release(copy, tmp_path / "out")[1].problems
    assert problems and all("which the ledger holds" in each.message for each in problems)
