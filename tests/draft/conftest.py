"""Look at texts as files, without a child."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from piperoll.collect.limits import Limits
from piperoll.draft.look import look_at
from piperoll.draft.seen import Seen


Look = Callable[..., Seen]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Write a text or bytes to a file and look at it."""
    count = iter(range(1000))

    def seen(text: str | bytes, name: str = "file.csv") -> Seen:
        folder = tmp_path / f"look{next(count)}"
        work = folder / "work"
        work.mkdir(parents=True)
        path = folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return look_at(path, work, name, Limits())

    return seen
