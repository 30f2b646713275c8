"""The tutorial works: every command in it runs, in order, in an empty directory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial" / "first-release.md"
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[str, str]]:
    """Kind and text of each block of code."""
    return BLOCK.findall(TUTORIAL.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each block printed; blocks share a directory and what they export."""
    folder = tmp_path_factory.mktemp("tutorial")
    tools = folder.parent / f"{folder.name}-bin"
    tools.mkdir()
    command = tools / "piperoll"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m piperoll "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    python = tools / "python3"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    lines = ["set -eu"]
    for number, (kind, text) in enumerate(blocks()):
        body = text if kind == "sh" else f"python3 - <<'END_OF_PYTHON'\n{text}END_OF_PYTHON\n"
        lines += [f"{{\n{body}\n}} > said{number}.txt 2>&1 || exit 1"]
    run = subprocess.run(
        ["bash", "-c", "\n".join(lines)],
        cwd=folder,
        env={"PATH": f"{tools}:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8", **_kept()},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    found = [(folder / f"said{n}.txt") for n in range(len(blocks()))]
    texts = [path.read_text(encoding="utf-8") if path.exists() else "" for path in found]
    assert run.returncode == 0, "\n".join([run.stderr, *texts[-3:]])
    return texts


def _kept() -> dict[str, str]:
    return {name: os.environ[name] for name in ("VIRTUAL_ENV", "COVERAGE_PROCESS_START") if name in os.environ}


def one(said: list[str], words: str) -> str:
    """What the block with these words printed."""
    (found,) = [text for (_, block), text in zip(blocks(), said, strict=True) if words in block]
    return found


def test_every_block_is_run(said: list[str]) -> None:
    fences = TUTORIAL.read_text(encoding="utf-8").count("\n```") // 2
    assert len(said) == fences >= 10


def test_the_draft_hides_identifiers_and_marks_guesses(said: list[str]) -> None:
    assert "1,200 rows: 8 fields (2 direct identifiers, 1 reference numbers)" in one(said, "piperoll init")
    confirmed = one(said, "CONFIRM.md")
    assert "`surname` is class D" in confirmed
    assert "Coombe" not in confirmed


def test_all_rows_are_kept(said: list[str]) -> None:
    assert "1,200 in = 1,200 valid + 0 refused" in one(said, "export PIPEROLL_REGISTER")


def test_bad_rows_are_refused_with_their_place(said: list[str]) -> None:
    assert "1,200 in = 1,198 valid + 2 refused" in one(said, "second_try.csv\npiperoll")
    refused = one(said, "piperoll refused")
    assert "row 2 received: G-V01" in refused
    assert "row 3 kind: G-V02" in refused
    assert "is withdrawn" in refused


def test_the_edition_verifies_and_a_changed_one_does_not(said: list[str]) -> None:
    assert one(said, "piperoll release").rstrip().endswith("verified")
    changed = one(said, "tampered")
    assert "NOT VERIFIED" in changed
    assert "PR-E012" in changed
    assert changed.rstrip().endswith("It does not verify.")


def test_small_counts_are_not_shown(said: list[str]) -> None:
    assert "[c]" in one(said, "piperoll table")


def test_a_figure_leads_back_to_its_delivery(said: list[str]) -> None:
    traced = one(said, "piperoll trace")
    assert "complaints.record supplier 2012Q2  accepted, 1,200 rows in" in traced


def test_python_gives_frames(said: list[str]) -> None:
    printed = one(said, "import piperoll\n\ncomplaints")
    assert "'reference'" in printed
    assert "'surname'" not in printed
    assert "shape:" in printed
