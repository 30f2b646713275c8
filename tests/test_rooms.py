"""The rooms keep to their walls: imports, sizes of files, and what the engine may not know."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
LONGEST = 500


def test_each_room_imports_only_what_it_may() -> None:
    program = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert " 0 broken" in done.stdout


def test_files_stay_small() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {path.name: count for path, count in lines.items() if count > LONGEST} == {}
    counts = sorted(count for path, count in lines.items() if path.name != "__init__.py")
    assert counts[len(counts) // 2] <= 150


def test_the_engine_names_no_court_no_prison_and_no_ministry() -> None:
    forbidden = re.compile(
        r"\b(ministry of justice|hmcts|caseman|pcol|county court|bailiff|mortgage|magistrates|crown court|prison|noms|"
        r"nomis|oasys|libra|probation|possession claim)\b",
        re.IGNORECASE,
    )
    found = []
    for path in sorted((ROOT / "src" / "piperoll").rglob("*")):
        if path.suffix in (".py", ".html", ".css", ".sql") and "static" not in path.parts:
            text = path.read_text(encoding="utf-8")
            # What a sentence of help gives as an example is no knowledge; code and templates are.
            bare = re.sub(r'"""(?s:.*?)"""|#[^\n]*', "", text) if path.suffix == ".py" else text
            found += [f"{path.relative_to(ROOT)}: {word}" for word in forbidden.findall(bare)]
    assert found == []


def test_only_the_store_opens_duckdb() -> None:
    opening = re.compile(r"\bduckdb\.connect\(")
    found = [
        path.relative_to(ROOT / "src" / "piperoll").as_posix()
        for path in SOURCES
        if opening.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["store/duck.py"]


@pytest.mark.parametrize("folder", ["src", "justice", "examples", "docs", "tests", "tools", "benchmarks"])
def test_no_path_of_a_developers_machine_is_kept(folder: str) -> None:
    told = re.compile(r"(?<![\w.])/(?:work|home|root|Users)/[a-z]")
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".md", ".yaml", ".sql", ".html", ".txt", ".toml") and path != Path(__file__).resolve()
        for match in told.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_register_holds_no_python() -> None:
    for folder in ("justice", "examples"):
        assert not [path for path in (ROOT / folder).rglob("*.py*") if "__pycache__" not in path.parts]
