"""Tables in docs/performance.md: each benchmark owns the section of its title."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


DOC = Path(__file__).parent.parent / "docs" / "performance.md"


def put(title: str, lines: Sequence[str], doc: Path = DOC) -> None:
    """Put a section (``## TITLE``) into the document, in place of the one before; at the end if it is new."""
    heading = f"## {title}\n"
    before, found, after = doc.read_text(encoding="utf-8").partition(heading)
    _, more, rest = after.partition("\n## ")
    text = before.rstrip("\n") + "\n\n" + heading + "\n" + "\n".join(lines).strip("\n") + "\n"
    doc.write_text(text + (f"\n## {rest}" if found and more else ""), encoding="utf-8")
