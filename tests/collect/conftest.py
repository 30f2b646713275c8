"""A small register, a home, and makers of files for it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from piperoll.collect.limits import Limits
from piperoll.register import load
from piperoll.register.model.register import Register


TINY = Path(__file__).parents[1] / "registers" / "tiny"
NOW = dt.datetime(2012, 11, 8, 9, 30, tzinfo=dt.UTC)
CASE = "status,case_number,kind,opened,amount,party_name,party_born,postcode,urgent"


@pytest.fixture(scope="session")
def tiny() -> Register:
    return load(TINY)


@pytest.fixture
def limits() -> Limits:
    return Limits(memory_mb=1024, wall_seconds=60, cpu_seconds=60)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    made.mkdir()
    return made
