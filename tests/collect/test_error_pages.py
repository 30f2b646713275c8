"""Each code of collect's own (001 to 049) has a page, and each page a code."""

from __future__ import annotations

import re
from pathlib import Path


ROOT = Path(__file__).parents[2]


def test_codes_and_pages_agree() -> None:
    sources = [*(ROOT / "src" / "piperoll" / "collect").glob("*.py"), *(ROOT / "src" / "piperoll" / "cli").glob("*.py")]
    used = {code for path in sources for code in re.findall(r"PR-C0[0-4]\d", path.read_text(encoding="utf-8"))}
    pages = {path.stem for path in (ROOT / "docs" / "errors").glob("PR-C0[0-4]?.md")}
    assert used == pages
    for code in sorted(pages):
        text = (ROOT / "docs" / "errors" / f"{code}.md").read_text(encoding="utf-8")
        assert text.startswith(f"# {code}: ") and "\n## When it occurs\n" in text and "\n## How to fix\n" in text
