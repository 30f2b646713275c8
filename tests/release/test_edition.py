"""An edition from the store to its files, twice over, revised, and verified."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
from pathlib import Path

import pytest

from piperoll.errors import UserError
from piperoll.protect import STATEMENT_OF_LIMITS
from piperoll.release import make, verify
from piperoll.release.manifest import MANIFEST, files_of
from piperoll.workspace import Workspace
from tests.searches import Deliver


NAME = "stop_and_search"


def rows(directory: Path, table: str = "searches") -> list[dict[str, str]]:
    with (directory / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_edition_is_whole_and_verifies(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver()
    made = make(desk, NAME, "2020Q3", tmp_path / "out")
    report = verify(tmp_path / "out")
    assert report.problems == ()
    assert report.release == made.release.id == f"{NAME}/2020Q3/1"
    names = set(files_of(tmp_path / "out"))
    assert {"index.html", f"{NAME}_2020Q3.ods", f"{NAME}_2020Q3.xlsx", "charts/by_month.svg"} <= names
    assert {check.name for check in report.checks if check.looked_at} == {check.name for check in report.checks}


def test_counts_are_as_the_policy_says(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver()
    make(desk, NAME, "2020Q3", tmp_path / "out")
    shown = rows(tmp_path / "out")
    months = {row["period"]: row for row in shown if all(row[f"{d}_code"] == "all" for d in ("object", "age"))}
    assert sorted(months) == ["2020-07", "2020-08", "2020-09"]
    assert abs(sum(int(row["searches"]) for row in months.values()) - 3000) <= 3 * 2
    hidden = [row for row in shown if row["searches_status"] == "c"]
    assert hidden
    assert all(row["searches"] == "" for row in hidden)
    assert all(int(row["searches"]) % 5 == 0 for row in shown if row["searches"])


def test_the_same_inputs_give_the_same_bytes(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver()
    first = make(desk, NAME, "2020Q3", tmp_path / "one")
    second = make(desk, NAME, "2020Q3", tmp_path / "two")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert (tmp_path / "one" / MANIFEST).read_bytes() == (tmp_path / "two" / MANIFEST).read_bytes()
    assert first.release.id == second.release.id
    assert len(desk.journal.releases(publication=NAME)) == 1


def test_a_corrected_delivery_revises_and_says_so(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver()
    make(desk, NAME, "2020Q3", tmp_path / "one")
    old = rows(tmp_path / "one")
    deliver(extra=400)
    made = make(desk, NAME, "2020Q3", tmp_path / "two")
    assert made.release.edition == "2"
    assert made.revisions.against == f"{NAME}/2020Q3/1"
    new = rows(tmp_path / "two")
    changed = [
        b for a, b in zip(old, new, strict=True) if a["searches"] and b["searches"] and a["searches"] != b["searches"]
    ]
    assert changed
    assert all("r" in row["searches_status"].split() for row in changed)
    same = [b for a, b in zip(old, new, strict=True) if a["searches"] == b["searches"]]
    assert not any("r" in row["searches_status"].split() for row in same)
    assert "They are marked [r]" in (tmp_path / "two" / "index.html").read_text(encoding="utf-8")
    # The first edition can still be made again, from its vintage, to the byte.
    again = make(desk, NAME, "2020Q3", tmp_path / "again", vintage=1)
    assert again.release.edition == "1"
    assert files_of(tmp_path / "again") == files_of(tmp_path / "one")


def test_the_manifest_says_what_was_not_ruled_out(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver()
    make(desk, NAME, "2020Q3", tmp_path / "out", together=False)
    content = json.loads((tmp_path / "out" / MANIFEST).read_text(encoding="utf-8"))
    assert content["disclosure"]["statement"] == STATEMENT_OF_LIMITS
    assert len(content["inputs"]) == 1
    assert content["published"] == (dt.date(2020, 9, 30) + dt.timedelta(days=75)).isoformat()


def test_every_cell_shown_is_in_the_ledger_once(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver()
    made = make(desk, NAME, "2020Q3", tmp_path / "out")
    listed = list(desk.journal.published_cells(made.release.id))
    by_table = [(cell.table, cell.identity.text) for cell in listed]
    assert len(by_table) == len(set(by_table))
    assert len([cell for cell in listed if cell.table == "searches"]) == len(rows(tmp_path / "out"))
    # A cell of two tables is one cell: the ledger has fewer identities than lines.
    assert desk.journal.count_cells() < len(listed)


def test_a_place_that_holds_something_else_is_left_alone(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("do not touch", encoding="utf-8")
    with pytest.raises(UserError, match="PR-E004"):
        make(desk, NAME, "2020Q3", tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text(encoding="utf-8") == "do not touch"


@pytest.mark.slow
def test_another_release_is_not_written_over(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver(period="2020Q3")
    deliver(period="2020Q4", seed=2)
    make(desk, NAME, "2020Q3", tmp_path / "out")
    held = (tmp_path / "out" / MANIFEST).read_bytes()
    with pytest.raises(UserError, match=r"PR-E004 .*holds the release stop_and_search/2020Q3"):
        make(desk, NAME, "2020Q4", tmp_path / "out")
    assert (tmp_path / "out" / MANIFEST).read_bytes() == held


def test_a_period_without_deliveries_is_refused(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="PR-E021 nothing has been collected yet"):
        make(desk, NAME, "2020Q3", tmp_path / "out")
    deliver(period="2020Q3")
    with pytest.raises(UserError, match=r"PR-E021 .*nothing has been delivered for 2020Q4 yet.*is for 2020Q3"):
        make(desk, NAME, "2020Q4", tmp_path / "out")
    assert not (tmp_path / "out").exists() and desk.journal.releases() == []


def test_a_missing_supplier_is_not_a_zero(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver(period="2020Q3")
    deliver(period="2021Q1", seed=2)
    made = make(desk, NAME, "2020Q4", tmp_path / "out")
    assert made.missing == ("met",)
    shown = rows(tmp_path / "out")
    assert {row["searches_status"] for row in shown} == {"x"}
    assert {row["searches"] for row in shown} == {""}
    book = json.loads((tmp_path / "out" / MANIFEST).read_text(encoding="utf-8"))
    assert "Metropolitan Police Service" in book["tables"][0]["title"]


@pytest.mark.parametrize(("period", "code"), [("2020/21", "PR-P001"), ("spring", "PR-W001")])
def test_periods_that_are_not_provided(
    desk: Workspace, deliver: Deliver, tmp_path: Path, period: str, code: str
) -> None:
    deliver()
    with pytest.raises(UserError, match=code):
        make(desk, NAME, period, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unknown_publication_is_named_with_the_nearest(desk: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Did you mean `stop_and_search`"):
        make(desk, "stop_and_serch", "2020Q3", tmp_path / "out")


def test_the_act_is_in_the_audit_chain(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver()
    make(desk, NAME, "2020Q3", tmp_path / "out")
    entries = [entry for entry in desk.journal.audit_entries() if entry.action == "release.make"]
    assert [(e.resource_key, e.allowed) for e in entries] == [(f"{NAME}/2020Q3", True)]


def test_what_the_journal_refuses_leaves_the_edition_in_its_place(
    desk: Workspace, deliver: Deliver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver()
    make(desk, NAME, "2020Q3", tmp_path / "out")
    held = files_of(tmp_path / "out")
    deliver(extra=400)

    def refuse(*given: object) -> None:
        raise UserError("PR-J012", "release has been recorded with other contents.")

    with monkeypatch.context() as patch:
        patch.setattr(type(desk.journal), "record_release", refuse)
        with pytest.raises(UserError, match="PR-J012"):
            make(desk, NAME, "2020Q3", tmp_path / "out")
    assert files_of(tmp_path / "out") == held and beside(tmp_path) == []
    assert len(desk.journal.releases()) == 1
    assert make(desk, NAME, "2020Q3", tmp_path / "out").release.edition == "2"
    assert files_of(tmp_path / "out") != held and beside(tmp_path) == []


def test_stopped_before_it_is_in_place_the_same_edition_is_made_again(
    desk: Workspace, deliver: Deliver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger may hold what no one has read; files that it does not know must not be there."""
    deliver()
    make(desk, NAME, "2020Q3", tmp_path / "out")
    held = files_of(tmp_path / "out")
    deliver(extra=400)
    plain = os.replace

    def once(old: Path, new: Path) -> None:
        if new == tmp_path / "out" and not old.name.endswith(".old"):
            raise PermissionError("no")
        plain(old, new)

    with monkeypatch.context() as patch:
        patch.setattr("piperoll.release.edition.os.replace", once)
        with pytest.raises(PermissionError):
            make(desk, NAME, "2020Q3", tmp_path / "out")
    assert files_of(tmp_path / "out") == held and beside(tmp_path) == []
    recorded = desk.journal.releases()
    assert [each.edition for each in recorded] == ["1", "2"]
    made = make(desk, NAME, "2020Q3", tmp_path / "out")
    assert made.release == recorded[1] and desk.journal.releases() == recorded
    assert verify(tmp_path / "out").holds


def beside(place: Path) -> list[str]:
    """Directories that a release left behind."""
    return [path.name for path in place.iterdir() if path.name.startswith(".")]
