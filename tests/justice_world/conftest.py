"""One clean simulation, small but whole, for all tests of this room."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from piperoll.periods import Period
from piperoll.register import load
from piperoll.register.model.register import Register
from piperoll.simulate import build, read_plan, simulate


ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Simulated:
    out: Path
    truth: Path
    register: Register

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.truth / f"{name}.parquet")


@pytest.fixture(scope="session")
def register() -> Register:
    return load(ROOT / "justice")


@pytest.fixture(scope="session")
def clean(register: Register, tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    top = tmp_path_factory.mktemp("clean")
    world = build("justice", register, 7, 0.02, Period.parse("2006-01"), Period.parse("2008-06"))
    simulate(world, register, top / "out", top / "truth", read_plan("none"), 7)
    return Simulated(top / "out", top / "truth", register)
