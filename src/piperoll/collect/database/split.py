"""From the rows of an extract to one Parquet file for each supplier: the same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from piperoll.collect.database.extract import Read
from piperoll.collect.database.windows import Window


if TYPE_CHECKING:
    import pyarrow as pa


GROUP_ROWS = 16_384  # of a row group; however the parts were cut, the files are the same


@dataclass(frozen=True)
class Split:
    """Files by supplier's key with their rows, and rows of nobody known (None where the value is empty)."""

    files: dict[str, tuple[Path, int]]
    strange: int
    strangers: int


def split(
    read: Read,
    column: str,
    suppliers: Mapping[str, str],
    windows: Mapping[str, Window],
    watermark: str,
    mode: str,
    work: Path,
) -> Split:
    """Write each supplier's rows within its window into a file of its own.

    Args:
        read: What was read.
        column: That says whose a row is; '' where all are of the one supplier.
        suppliers: How a supplier may be written (folded) -> its key.
        windows: Of each key; suppliers that are not in it get no file.
        watermark: Column, or ''.
        mode: Of the dataset.
        work: An empty directory.
    """
    strange, unknown = 0, set()
    files: dict[str, _File] = {}
    with ExitStack() as stack:
        for table in read.parts.tables():
            names = {name.casefold(): name for name in table.column_names}
            left = table.drop_columns([name for name in read.helpers if name in table.column_names])
            if column:
                values = ["" if v is None else str(v) for v in table.column(names[column.casefold()]).to_pylist()]
                keys = [suppliers.get(fold(value), "") for value in values]
                lost = [value for value, key in zip(values, keys, strict=True) if not key]
                strange += len(lost)
                unknown |= set(lost)
            else:
                keys = [next(iter(windows))] * table.num_rows
            marks = table.column(names[watermark.casefold()]).to_pylist() if watermark else [None] * table.num_rows
            rows: dict[str, list[int]] = {}
            for number, (key, mark) in enumerate(zip(keys, marks, strict=True)):
                if key in windows and within(mark, windows[key], mode):
                    rows.setdefault(key, []).append(number)
            for key, numbers in rows.items():
                if key not in files:
                    files[key] = stack.enter_context(_File(work / f"{key}.parquet", left.schema))
                files[key].add(left.take(numbers))
    return Split({key: (files[key].path, files[key].rows) for key in sorted(files)}, strange, len(unknown))


def within(mark: Any, window: Window, mode: str) -> bool:
    """Whether a row's watermark lies in a window, as the query has it."""
    if mark is None:
        return True
    if window.after is not None and (mark < window.after or (mark == window.after and mode != "increment")):
        return False
    return window.upto is None or mark <= window.upto


def fold(text: str) -> str:
    """A supplier's name without regard to case and spaces around it."""
    return " ".join(text.casefold().split())


class _File:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        import pyarrow.parquet as pq

        self.path = path
        self.rows = 0
        self._writer = pq.ParquetWriter(path, schema)
        self._held: pa.Table | None = None

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        if self._held is not None and self._held.num_rows:
            self._writer.write_table(self._held)
        self._writer.close()

    def add(self, table: pa.Table) -> None:
        import pyarrow as pa

        self.rows += table.num_rows
        held = table if self._held is None else pa.concat_tables([self._held, table])
        while held.num_rows >= GROUP_ROWS:
            self._writer.write_table(held.slice(0, GROUP_ROWS).combine_chunks())
            held = held.slice(GROUP_ROWS)
        self._held = held.combine_chunks()
