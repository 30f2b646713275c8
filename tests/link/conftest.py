"""Linked people, and files of people, for tests of linkage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from piperoll.link.engine import Linked, link
from piperoll.link.files.spec import Loaded, read_linkage
from tests.link.worlds import PEOPLE, people


@pytest.fixture(scope="session")
def linked() -> Linked:
    """300 people with two records each at most, by declared rules."""
    return link({"a": people(300, 7)}, read_linkage({**PEOPLE, "truth": "who", "groups": ["forename"]}).linkage)


@pytest.fixture
def loaded() -> Callable[..., Loaded]:
    """A specification of people, with what is given on top."""

    def load(**more: Any) -> Loaded:
        return read_linkage({**PEOPLE, **more})

    return load


@pytest.fixture
def people_csv(tmp_path: Path) -> Path:
    """A file of 120 people."""
    path = tmp_path / "people.csv"
    people(120, 8).write_csv(path)
    return path
