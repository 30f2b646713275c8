"""A national database in a real PostgreSQL, read through its ODBC driver, and a home that knows of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.collect.database.remote import REMOTE, TABLES, Remote
from tests.servers import Postgres, postgres, require_driver


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    require_driver()
    with postgres() as made:
        yield made


@pytest.fixture
def national(server: Postgres) -> Postgres:
    """The database with empty tables."""
    server.sql(TABLES)
    return server


@pytest.fixture
def remote(national: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Remote:
    monkeypatch.setenv("PIPEROLL_NOW", "2012-04-02T09:30:00+00:00")
    return Remote(tmp_path, national.connection())


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Path]:
    """A copy of the register with texts replaced in its source."""

    def make(*pairs: tuple[str, str]) -> Path:
        copy = tmp_path / "edited"
        shutil.copytree(REMOTE, copy)
        path = copy / "sources" / "programmes.yaml"
        text = path.read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        return copy

    return make
