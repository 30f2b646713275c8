"""One population for all tests of this room, at the usual errors, and one without any."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from justice_world.population import Written, write_population
from justice_world.population.contacts import SOURCES


PEOPLE = 30_000


@dataclass(frozen=True)
class Population:
    """A directory with a population, read by source."""

    out: Path
    done: Written

    def records(self, source: str) -> pl.DataFrame:
        """The records of a source as anybody sees them."""
        return pl.read_parquet(self.out / f"{source}.parquet")

    def known(self, source: str) -> pl.DataFrame:
        """The records of a source with the person of each."""
        truth = pl.read_parquet(self.out / "truth" / f"{source}.parquet")
        return self.records(source).join(truth, on="record", how="left", validate="1:1")

    @property
    def people(self) -> pl.DataFrame:
        """The people themselves."""
        return pl.read_parquet(self.out / "truth" / "people.parquet")

    def all_known(self, *columns: str) -> pl.DataFrame:
        """Records of all sources with the person of each, in the columns given, null where a source has them not."""
        return pl.concat(
            [self.known(source).with_columns(pl.lit(source).alias("source")) for source in SOURCES], how="diagonal"
        ).select("source", "record", "person", *columns)


def _population(top: Path, errors: float) -> Population:
    return Population(top / "out", write_population(top / "out", people=PEOPLE, seed=11, errors=errors))


@pytest.fixture(scope="session")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Population:
    return _population(tmp_path_factory.mktemp("usual"), 1.0)


@pytest.fixture(scope="session")
def doubled(tmp_path_factory: pytest.TempPathFactory) -> Population:
    return _population(tmp_path_factory.mktemp("doubled"), 2.0)


@pytest.fixture(scope="session")
def flawless(tmp_path_factory: pytest.TempPathFactory) -> Population:
    return _population(tmp_path_factory.mktemp("flawless"), 0.0)
