"""What was decided for a later month waits here."""

from __future__ import annotations

import datetime as dt

import polars as pl

from piperoll.periods import Period


class Shelf:
    """Rows kept by the month (first day) in their column ``entered``."""

    def __init__(self) -> None:
        self._waiting: dict[dt.date, list[pl.DataFrame]] = {}
        self._empty = pl.DataFrame()

    def put(self, rows: pl.DataFrame) -> None:
        """Keep rows until their month."""
        if self._empty.width == 0:
            self._empty = rows.clear()
        for (month,), part in rows.partition_by("entered", as_dict=True, maintain_order=True).items():
            assert isinstance(month, dt.date)
            self._waiting.setdefault(month, []).append(part)

    def take(self, month: Period) -> pl.DataFrame:
        """The rows of ``month``, which leave the shelf."""
        parts = self._waiting.pop(month.start, [])
        return pl.concat(parts) if parts else self._empty
