"""The truth, written apart from the deliveries: Parquet tables that grow month by month."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq


class TruthWriter:
    """Writes one Parquet file a table into a directory, in a thread; the same rows give the same bytes."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._thread = ThreadPoolExecutor(1)
        self._waiting: list[Future[None]] = []
        self._open: dict[str, pq.ParquetWriter] = {}
        self._schema: dict[str, pa.Schema] = {}

    def add(self, table: str, rows: pl.DataFrame) -> None:
        """Have rows appended to a table, which is made on first use."""
        self._waiting.append(self._thread.submit(self._append, table, rows))

    def settle(self) -> None:
        """Wait until all that was added is written, so that memory holds no more than that.

        Raises:
            OSError: What could not be written.
        """
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each.result()

    def _append(self, table: str, rows: pl.DataFrame) -> None:
        arrow = rows.to_arrow()
        if table not in self._open:
            fields = [pa.field(f.name, _plain(f.type)) for f in arrow.schema]
            self._schema[table] = pa.schema(fields)
            self._open[table] = pq.ParquetWriter(
                self.directory / f"{table}.parquet", self._schema[table], compression="snappy"
            )
        self._open[table].write_table(arrow.cast(self._schema[table]))

    def __enter__(self) -> TruthWriter:
        self.directory.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.settle()
        finally:
            self._thread.shutdown()
            for each in self._open.values():
                each.close()


def _plain(kind: pa.DataType) -> pa.DataType:
    large = pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    return pa.string() if large else kind
