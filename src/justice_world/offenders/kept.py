"""Rows of all months, kept in files until their month: a chunk of people is drawn whole, and systems send by month."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl

from justice_world.offenders.window import Shown
from piperoll.periods import Period


_PARTS = 48  # of a file, of which a month reads those in which its rows lie


class Kept:
    """Tables in Arrow files of a directory: one file for each table and chunk, in order of ``entered``.

    A month reads its part of each file, so that memory holds one month and not six years. Processes may put chunks at
    the same time.

    Args:
        first, last: Months of the world: what enters in others is not kept, nor what began before the first.

    Attributes:
        shown: The days of these months; who draws may leave out what would not be kept.
    """

    def __init__(self, directory: Path, first: Period, last: Period) -> None:
        self._directory, self._first, self._last = directory, first.start, last.start
        self.shown = Shown(*(int(np.datetime64(each).astype(np.int64)) for each in (first.start, last.end)))
        self._places: dict[str, list[tuple[Path, dict[dt.date, tuple[int, int]]]]] = {}

    def put(self, chunk: int, tables: dict[str, pl.DataFrame]) -> None:
        """Keep the tables of a chunk; each has ``entered`` and ``began``, the first days of months."""
        for name, rows in tables.items():
            mine = pl.col("entered").is_between(self._first, self._last) & (pl.col("began") >= self._first)
            wanted = rows.filter(mine).sort("entered", maintain_order=True)
            path = self._directory / f"{name}-{chunk:04d}.arrow"
            wanted.write_ipc(path, compression="lz4", record_batch_size=max(wanted.height // _PARTS, 512))

    def take(self, table: str, *months: Period) -> pl.DataFrame:
        """The rows of a table that are of these months in a row, by chunk; all chunks have been put."""
        if table not in self._places:
            paths = sorted(self._directory.glob(f"{table}-*.arrow"))
            self._places[table] = [(path, _places(path)) for path in paths]
        found = []
        for path, places in self._places[table]:
            mine = [places[each.start] for each in months if each.start in places]
            start, count = (mine[0][0], sum(each for _, each in mine)) if mine else (0, 0)
            found.append(pl.scan_ipc(path).slice(start, count))
        return pl.concat(found).collect()


def _places(path: Path) -> dict[dt.date, tuple[int, int]]:
    """By month: its first row in a file, and how many."""
    counts = pl.scan_ipc(path).select("entered").collect().to_series().rle().struct.unnest()
    firsts = counts["len"].cum_sum() - counts["len"]
    return dict(zip(counts["value"], zip(firsts, counts["len"], strict=True), strict=True))
