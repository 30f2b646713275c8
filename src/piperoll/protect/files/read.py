"""Tables from files nobody vouches for: read in a limited child, given back as columns of text.

A file beyond the limit of cells is refused by counting, before anything of it is kept.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from piperoll.collect.child import Children
from piperoll.collect.limits import Limits
from piperoll.collect.loose import BLOCK, plain_file, text_rows
from piperoll.errors import UserError


LIMITS = Limits(memory_mb=2048, cpu_seconds=300, wall_seconds=600, file_mb=4096, columns=200)
_AGAIN = "Give a CSV with a header: a column a dimension, and one of figures."


def read_tables(paths: Iterable[Path], cells: int, limits: Limits = LIMITS) -> dict[str, pl.DataFrame]:
    """Read CSV files (also gzipped), each in a limited child.

    Args:
        cells: Most rows of a file.

    Returns:
        By the file's name without its ending: all columns as text, empty where nothing stands.

    Raises:
        UserError: ``PR-P062`` for more rows, ``PR-P069`` for what is no table, ``PR-C001`` to ``PR-C010`` for what
            cannot be read safely.
    """
    out: dict[str, pl.DataFrame] = {}
    with tempfile.TemporaryDirectory(prefix="piperoll-table-") as made, Children({}, count=1) as children:
        for number, path in enumerate(paths):
            if not path.is_file():
                raise UserError("PR-P069", "there is no such file.", where=str(path), fix=_AGAIN)
            work = Path(made) / str(number)
            work.mkdir(mode=0o700)
            children.run({
                "kind": read_in_child, "path": str(path.resolve()), "told": path.name, "work": str(work),
                "limits": limits, "cells": cells,
            })  # fmt: skip
            name = path.name.removesuffix(".gz").rsplit(".", 1)[0]
            while name in out:
                name += "+"
            out[name] = pl.read_parquet(work / "table.parquet")
    return out


def read_in_child(shared: dict[str, Any], job: dict[str, Any]) -> Any:
    """The child's part: the table as Parquet in the directory of the job."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    told, work, limits = job["told"], Path(job["work"]), job["limits"]

    def refuse(message: str, fix: str) -> UserError:
        return UserError("PR-P069", message, where=told, fix=fix or _AGAIN)

    path, kind = plain_file(Path(job["path"]), told, work, limits)
    if kind != "text":
        raise refuse("the file is no text.", "")
    rows, writer = 0, None
    for batch in text_rows(path, told, work, limits, refuse, lambda plain: _few(plain, told, job["cells"])):
        rows += batch.num_rows
        if rows > job["cells"]:
            raise _many(told, job["cells"])
        if writer is None:
            schema = pa.schema([(name, pa.string()) for name in batch.schema.names])
            writer = pq.ParquetWriter(work / "table.parquet", schema, compression="zstd")
        writer.write_batch(batch)
    if writer is not None:
        writer.close()
    return {"rows": rows}


def _few(path: Path, told: str, cells: int) -> None:
    """Refuse by counting lines. Where quotes may hold line ends, rows are counted later, as they are read."""
    lines = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if b'"' in block:
                return
            lines += block.count(b"\n")
            if lines > cells + 1:
                raise _many(told, cells)


def _many(told: str, cells: int) -> UserError:
    return UserError(
        "PR-P062",
        f"the table has more than {cells:,} cells.",
        where=told,
        fix="Ask for less detail, protect it in parts that are published apart, or raise `limits.cells` "
        "(at most 5,000,000).",
    )
