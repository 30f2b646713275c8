"""Large workbooks are looked at by processes of their own, with the same findings."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from piperoll.errors import Problem
from piperoll.release import manifest, verify, workbooks
from piperoll.release.workbooks import Looked, Workbooks, look, rows_of
from tests.searches import Released


@pytest.fixture
def copy(released: Released, tmp_path: Path) -> Path:
    target = tmp_path / "copy"
    shutil.copytree(released.directory, target)
    return target


def book(directory: Path) -> str:
    return next(path.name for path in directory.glob("*.ods"))


def _unreadable(directory: Path) -> None:
    (directory / book(directory)).write_bytes(b"PK no workbook")


def _figure(directory: Path) -> None:
    path = directory / "tables" / "searches.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.rstrip().endswith(",,c"))
    lines[at] = lines[at].rstrip()[: -len(",,c") + 1] + "3,\r\n"
    path.write_text("".join(lines), encoding="utf-8", newline="")


def _row(directory: Path) -> None:
    path = directory / "tables" / "searches.csv"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")


@pytest.mark.parametrize("change", [lambda directory: None, _unreadable, _figure, _row])
def test_processes_find_the_same(copy: Path, change: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch) -> None:
    change(copy)
    here = verify(copy)
    begun: list[str] = []
    begin = Workbooks._begin

    def counted(self: Workbooks, name: str) -> subprocess.Popen[str]:
        begun.append(name)
        return begin(self, name)

    monkeypatch.setattr(workbooks, "LARGE", 0)
    monkeypatch.setattr(Workbooks, "_begin", counted)
    assert verify(copy) == here
    assert sorted(begun) == sorted(manifest.read(copy)["workbooks"])


def test_small_workbooks_need_no_process(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workbooks, "_begin", lambda *_: pytest.fail("a process for a small workbook"))
    assert verify(copy).holds


def test_a_process_that_fails_is_made_good_here(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    def failing(self: Workbooks, name: str) -> subprocess.Popen[str]:
        begun.append(name)
        return subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"], stdout=subprocess.PIPE, text=True)

    monkeypatch.setattr(workbooks, "LARGE", 0)
    monkeypatch.setattr(Workbooks, "_begin", failing)
    report = verify(copy)
    assert report.holds
    assert len(begun) == 2
    assert next(check for check in report.checks if check.name == "agreement of formats").looked_at > 0


def test_no_process_is_left_behind(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[str]] = []

    def slow(self: Workbooks, name: str) -> subprocess.Popen[str]:
        process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdout=-1, text=True)
        started.append(process)
        return process

    monkeypatch.setattr(workbooks, "LARGE", 0)
    monkeypatch.setattr(Workbooks, "_begin", slow)
    with pytest.raises(KeyboardInterrupt), Workbooks(copy, [book(copy)]):
        raise KeyboardInterrupt
    assert [process.poll() is not None for process in started] == [True]


def test_findings_pass_between_processes_as_they_are() -> None:
    odd = Problem("PR-E014", 'a "figure"\nand ünïcode', "a/b.ods sheet", "key", "fix")
    looked = Looked((odd,), 3, (odd, odd))
    assert Looked.of_json(looked.as_json()) == looked


def test_a_workbook_is_held_against_the_rows_of_the_tables(copy: Path) -> None:
    content = manifest.read(copy)
    written = {table["name"]: rows_of(copy / table["csv"]) for table in content["tables"]}
    found = look(copy, book(copy), content, written)
    assert found.compared > 0
    assert not found.formats and not found.agreement
    content["tables"][0]["sheet"] = "No such sheet"
    (problem,) = look(copy, book(copy), content, written).agreement
    assert problem.code == "PR-E013" and "No such sheet" in problem.message


def test_rows_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    assert rows_of(tmp_path / "nothing.csv") == []
    (tmp_path / "latin.csv").write_bytes(b"a,b\r\n\xe9,1\r\n")
    assert rows_of(tmp_path / "latin.csv") == []
    (tmp_path / "long.csv").write_bytes(b"a,b\r\n1,2,3\r\n4\r\n")
    assert rows_of(tmp_path / "long.csv") == [{"a": "1", "b": "2"}, {"a": "4", "b": ""}]
