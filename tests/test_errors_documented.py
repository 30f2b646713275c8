"""Each error code has a page that says when it occurs and how to mend it, and each page a code."""

from __future__ import annotations

import re
from pathlib import Path

from piperoll.errors import EXIT_STATUS


ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "errors"
CODE = re.compile(r"\bPR-[A-Z]\d{3}\b")


def used() -> dict[str, str]:
    """Codes written in the sources, with a file that has each."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix in (".py", ".html", ".yaml", ".sql"):
            for code in CODE.findall(path.read_text(encoding="utf-8")):
                found.setdefault(code, path.relative_to(ROOT).as_posix())
    return found


def test_each_code_has_a_page() -> None:
    pages = {path.stem for path in PAGES.glob("PR-*.md")}
    assert {code: path for code, path in used().items() if code not in pages} == {}


def test_each_page_has_a_code_that_is_used() -> None:
    assert sorted({path.stem for path in PAGES.glob("*.md")} - set(used()) - {"index"}) == []


def test_each_page_says_when_and_how() -> None:
    for path in sorted(PAGES.glob("PR-*.md")):
        text = path.read_text(encoding="utf-8")
        parts = re.fullmatch(
            rf"# {path.stem}: \S.*\n\n(?s:.*)## When it occurs\n\n(?s:(.+?))\n\n## How to fix\n\n(?s:(.+))", text
        )
        assert parts, path.name
        assert min(len(part.split()) for part in parts.groups()) >= 2, path.name


def test_each_room_has_an_exit_status_of_its_own() -> None:
    letters = {code[3] for code in used()}
    assert letters <= set(EXIT_STATUS)
    assert len(set(EXIT_STATUS.values())) == len(EXIT_STATUS)
    assert set(EXIT_STATUS.values()) <= set(range(10, 28))
