"""``piperoll check-output`` from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import piperoll
from piperoll.cli import main


TINY = Path(__file__).parents[1] / "registers" / "tiny"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stopped:
            main(["--register", str(TINY), "--home", str(tmp_path / "home"), "check-output", *map(str, words)])
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out + told.err

    return call


def test_the_leak_of_two_tables(tmp_path: Path, run: Run) -> None:
    cross, one_way = tmp_path / "cross.csv", tmp_path / "one_way.csv"
    cross.write_text("la,x,y,z,All\nA,40,35,,75\nB,20,30,15,65\n")
    one_way.write_text("la,count\nA,78\nB,65\n")
    status, told = run(cross)
    assert status == 0
    assert "REVIEW: " in told
    status, told = run(one_way, "--before", cross, "--out", tmp_path / "record")
    assert status == 19
    assert "The hidden count of z, la A is 3: 3 = 78 (one_way.csv B2) - 40 (cross.csv B2) - 35 (cross.csv C2)." in told
    assert "FAIL: " in told
    record = json.loads((tmp_path / "record" / "record.json").read_text(encoding="utf-8"))
    assert (record["verdict"], record["against"]) == ("fail", ["cross.csv"])
    assert "Must be changed" in (tmp_path / "record" / "record.md").read_text(encoding="utf-8")
    assert "Must be changed</strong> 1 finding" in (tmp_path / "record" / "record.html").read_text(encoding="utf-8")


def test_thresholds_are_options(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "a.csv"
    path.write_text("la,count\nA,7\nB,0\n")
    assert run(path)[0] == 19
    status, told = run(path, "--threshold", "5", "--no-zeros")
    assert (status, told.splitlines()[-1].split(":")[0]) == (0, "PASS")


def test_each_check_is_in_the_audit_chain(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "a.csv"
    path.write_text("la,count\nA,70\nB,80\n")
    run(path)
    entries = list(piperoll.open(TINY, tmp_path / "home").journal.audit_entries())
    assert [(e.action, e.details["files"]) for e in entries if e.action == "output.check"] == [("output.check", 1)]


@pytest.mark.parametrize(
    ("words", "status", "expected"),
    [
        (["none.csv"], 19, "PR-P130"),
        (["--dominance", "two", "a.csv"], 2, "is not N,K"),
        (["--about", "period", "a.csv"], 2, "is not NAME=CODE"),
        (["--threshold", "0", "a.csv"], 19, "PR-P132"),
        (["--release", "a/b/1", "a.csv"], 12, "PR-J013"),
        ([], 2, "Missing argument"),
    ],
)
def test_mistakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, words: list[str], status: int, expected: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("la,count\nA,70\nB,80\n")
    found, told = run(*words)
    assert (found, expected in told) == (status, True)


def test_a_record_that_cannot_be_written(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "a.csv"
    path.write_text("la,count\nA,70\nB,80\n")
    status, told = run(path, "--out", path)
    assert status == 19
    assert "PR-P131" in told
