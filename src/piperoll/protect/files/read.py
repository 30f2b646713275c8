"""Tables from files nobody vouches for: read in a limited child, given back as columns of text.

A file beyond the limit of cells is refused by counting, before anything of it is kept.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from piperoll.collect.child import Children
from piperoll.collect.encodings import find_encoding, rewrite
from piperoll.collect.kinds import kind_of, read_head
from piperoll.collect.limits import Limits
from piperoll.collect.text import DELIMITERS
from piperoll.collect.unpack import unpack_gzip
from piperoll.errors import UserError


LIMITS = Limits(memory_mb=2048, cpu_seconds=300, wall_seconds=600, file_mb=4096, columns=200)
_HEAD = 1 << 20
_BLOCK = 4 << 20
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
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq

    path, told, work, limits = Path(job["path"]), job["told"], Path(job["work"]), job["limits"]
    kind = kind_of(read_head(path), told)
    if kind == "gzip":
        plain = work / "plain"
        unpack_gzip(path, plain, told, limits)
        path, kind = plain, kind_of(read_head(plain), told)
    if kind != "text":
        raise UserError("PR-P069", "the file is no text.", where=told, fix=_AGAIN)
    encoding = find_encoding(path, "utf-8", told)
    if encoding.rewrite or encoding.mark:
        rewrite(path, encoding, work / "utf8", told)
        path = work / "utf8"
    _few(path, told, job["cells"])
    names, delimiter = _header(path, told, limits)
    broken: list[int] = []

    def handle(row: Any) -> str:
        broken.append(row.number or 0)
        return "skip" if len(broken) < 2 else "error"

    rows = 0
    try:
        reader = pacsv.open_csv(
            path,
            pacsv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=names, skip_rows=1),
            pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=handle),
            pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False, check_utf8=True
            ),
        )
        schema = pa.schema([(name, pa.string()) for name in names])
        with pq.ParquetWriter(work / "table.parquet", schema, compression="zstd") as writer:
            for batch in reader:
                rows += batch.num_rows
                if rows > job["cells"]:
                    raise _many(told, job["cells"])
                writer.write_batch(batch)
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        raise UserError("PR-P069", "its lines are not all of one table.", where=told, fix=_AGAIN) from None
    if broken:
        message = "a line has more or fewer columns than the header."
        raise UserError("PR-P069", message, where=told, fix="Put quotes round texts with a delimiter in them.")
    if not rows:
        raise UserError("PR-P069", "the table has no rows.", where=told, fix=_AGAIN)
    return {"rows": rows}


def _few(path: Path, told: str, cells: int) -> None:
    """Refuse by counting lines. Where quotes may hold line ends, rows are counted later, as they are read."""
    lines = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
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


def _header(path: Path, told: str, limits: Limits) -> tuple[list[str], str]:
    with path.open("rb") as file:
        text = file.read(_HEAD).decode("utf-8", "ignore")
    line = next(csv.reader(io.StringIO(text), delimiter="\0"), [])
    bare = "".join(line)
    delimiter = max(DELIMITERS, key=lambda each: (bare.count(each), each == ","))
    try:
        names = [name.strip() for name in next(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True), [])]
    except csv.Error:
        names = []
    if not any(names) or len(names) > limits.columns:
        raise UserError("PR-P069", "its first line is no header.", where=told, fix=_AGAIN)
    twice = [name for at, name in enumerate(names) if name in names[:at] or not name]
    if twice:
        message = f"the header has the column `{twice[0]}` twice." if twice[0] else "a column has no name."
        raise UserError("PR-P069", message, where=told, fix="Name each column once.")
    return names, delimiter
