"""Where two results differ about who is who."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from piperoll.errors import UserError


@dataclass(frozen=True)
class Difference:
    """Two results over records that both have.

    Attributes:
        records: Records that both have.
        alone: Records that only the first, only the second has.
        persons: Persons with such records in the first, in the second.
        same: Persons that have the same records in both.
        rows: Records of all other persons: ``file``, ``record``, ``person``, ``person_other``; sorted by person.
    """

    records: int
    alone: tuple[int, int]
    persons: tuple[int, int]
    same: int
    rows: pl.DataFrame

    @property
    def sentence(self) -> str:
        """What was found."""
        if not self.rows.height:
            agree = f"Both say the same of {self.records:,} records: {self.same:,} persons."
        else:
            agree = (
                f"Of {self.records:,} records that both have, {self.rows.height:,} are of persons that differ; "
                f"{self.same:,} of {self.persons[0]:,} and {self.persons[1]:,} persons are the same."
            )
        alone = f" Only the first has {self.alone[0]:,} records, only the second {self.alone[1]:,}."
        return agree + (alone if any(self.alone) else "")


def compare(one: pl.DataFrame, other: pl.DataFrame) -> Difference:
    """Compare two tables of ``file``, ``record``, ``person``. Names of persons do not matter, who is in them does."""
    both = one.join(other, on=["file", "record"], suffix="_other")
    alone = (one.height - both.height, other.height - both.height)
    sizes = both.with_columns(
        pl.len().over("person").alias("size"),
        pl.len().over("person_other").alias("size_other"),
        pl.len().over("person", "person_other").alias("shared"),
    )
    equal = (pl.col("size") == pl.col("shared")) & (pl.col("size_other") == pl.col("shared"))
    same = sizes.filter(equal)["person"].n_unique()
    rows = sizes.filter(~equal).select("file", "record", "person", "person_other")
    persons = (both["person"].n_unique(), both["person_other"].n_unique())
    return Difference(both.height, alone, persons, same, rows.sort("person", "person_other", "file", "record"))


def read_clusters(directory: Path) -> pl.DataFrame:
    """Who is who, from a directory that `piperoll link files` wrote.

    Raises:
        UserError: ``PR-L013`` if it is not such a directory.
    """
    try:
        return pl.read_parquet(directory / "clusters.parquet", columns=["file", "record", "person"])
    except (OSError, pl.exceptions.PolarsError):
        raise UserError("PR-L013", "there is no earlier result.", where=str(directory),
                        fix="Name a directory that `piperoll link files` wrote.") from None  # fmt: skip
