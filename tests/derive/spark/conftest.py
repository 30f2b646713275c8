"""Both engines over the same tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from piperoll.derive.engine import Duck, Engine
from piperoll.store.duck import connect


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Spark spills."""
    return tmp_path_factory.mktemp("spark")


@pytest.fixture
def engines(work: Path) -> Iterator[tuple[Engine, Engine]]:
    """DuckDB and Spark, both empty."""
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    from piperoll.derive.spark import Spark, open_session

    both = Duck(connect()), Spark(open_session(work), work)
    yield both
    for each in both:
        each.close()
