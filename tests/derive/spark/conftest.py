"""Both engines over the same tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from piperoll.derive.engine import Duck, Engine
from piperoll.store.duck import connect
from tests.sparks import opened


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Spark spills."""
    return tmp_path_factory.mktemp("spark")


@pytest.fixture
def engines(work: Path) -> Iterator[tuple[Engine, Engine]]:
    """DuckDB and Spark, both empty."""
    both = Duck(connect()), opened(work)
    yield both
    for each in both:
        each.close()
