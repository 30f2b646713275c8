"""The command ``piperoll statement``."""

from __future__ import annotations

from pathlib import Path

import pytest

from piperoll.cli import main


ROOT = Path(__file__).parents[2]


def run(tmp_path: Path, *arguments: str) -> int:
    options = ["--register", str(ROOT / "justice"), "--home", str(tmp_path / "home")]
    with pytest.raises(SystemExit) as stop:
        main([*options, "statement", *arguments])
    return int(str(stop.value.code))


def test_writes_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(tmp_path, "--out", str(out), "--as-of", "2013-06-30") == 0
    assert (out / "caseman.html").is_file()
    said = capsys.readouterr().out
    assert "34 sources as of 2013-06-30" in said
    assert str(out / "index.html") in said


def test_the_act_is_recorded(tmp_path: Path) -> None:
    assert run(tmp_path, "--out", str(tmp_path / "out")) == 0
    from piperoll.workspace import Workspace

    entries = Workspace(ROOT / "justice", tmp_path / "home").journal.audit_entries()
    assert "statement.render" in [each.action for each in entries]


def test_since_itself_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "--out", str(tmp_path / "out"), "--since", str(ROOT / "justice")) == 0
    assert "nothing" in capsys.readouterr().out


def test_a_day_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "--out", str(tmp_path / "out"), "--as-of", "June 2013") == 21
    said = capsys.readouterr().err
    assert "PR-X006" in said
    assert "docs/errors/PR-X006.md" in said


@pytest.mark.parametrize("number", range(1, 7))
def test_each_code_has_a_page(number: int) -> None:
    text = (ROOT / "docs" / "errors" / f"PR-X00{number}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# PR-X00{number}: ")
    assert "## When it occurs" in text
    assert "## How to fix" in text
