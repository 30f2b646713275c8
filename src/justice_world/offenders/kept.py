"""Rows of all months, kept in files until their month: a chunk of people is drawn whole, and systems send by month."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from piperoll.periods import Period


class Kept:
    """Tables in Parquet files of a directory: one file for each table and chunk, in order of ``entered``.

    A month's rows are found by the statistics of row groups, so that memory holds one month and not six years.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._columns: dict[str, list[str]] = {}

    def put(self, chunk: int, tables: dict[str, pl.DataFrame]) -> None:
        """Keep the tables of a chunk; each has ``entered``, the first day of a month."""
        for name, rows in tables.items():
            path = self._directory / f"{name}-{chunk:04d}.parquet"
            rows.sort("entered", maintain_order=True).write_parquet(
                path, compression="lz4", row_group_size=max(rows.height // 24, 512)
            )

    def take(self, table: str, *months: Period) -> pl.DataFrame:
        """The rows of a table that are of these months, by chunk."""
        days = [each.start for each in months]
        found = [
            pl.scan_parquet(path).filter(pl.col("entered").is_in(days))
            for path in sorted(self._directory.glob(f"{table}-*.parquet"))
        ]
        return pl.concat(found).collect()
