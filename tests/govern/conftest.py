"""A journal for acts to be recorded in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from piperoll.journal import Journal, open_journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A new, empty journal."""
    journal = open_journal(tmp_path / "journal.sqlite3")
    yield journal
    journal.close()
