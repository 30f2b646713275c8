"""A careful reader of CSV for files that the fast one cannot number: slow, exact, and never stopped by a bad line.

A record is a line, or as many lines as its quotes need. Where quotes do not come out, the line on which the record
began is broken, and reading goes on with the next line, so that one stray quote costs one line and not the rest of
the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from piperoll.collect.prepared import Prepared


BATCH = 20_000
LONGEST_RECORD = 200  # lines a quoted value may run over


def rewrite(prepared: Prepared, target: Path) -> list[tuple[int, str]]:
    """Write the good records as texts with ``_row`` to a Parquet file.

    Returns:
        Row number and text of each broken line.
    """
    names = list(prepared.columns)
    schema = pa.schema([*((name, pa.string()) for name in names), ("_row", pa.int64())])
    broken: list[tuple[int, str]] = []
    held: list[list[str]] = []
    numbers: list[int] = []

    def flush(writer: pq.ParquetWriter) -> None:
        columns = [pa.array(each, pa.string()) for each in zip(*held, strict=True)] if held else []
        if held:
            writer.write_table(pa.table([*columns, pa.array(numbers, pa.int64())], schema=schema))
        held.clear()
        numbers.clear()

    with (
        prepared.path.open(encoding="utf-8", errors="replace", newline="") as file,
        pq.ParquetWriter(target, schema) as writer,
    ):
        for _ in range(prepared.skip):
            file.readline()
        for row, (values, text) in enumerate(records(file, prepared), prepared.first_row):
            if values is None or len(values) != len(names):
                broken.append((row, text))
                continue
            held.append(values)
            numbers.append(row)
            if len(held) == BATCH:
                flush(writer)
        flush(writer)
    return broken


def records(file: TextIO, prepared: Prepared) -> Iterator[tuple[list[str] | None, str]]:
    """Each record's values (None if it is broken) and its text. Empty lines are none."""
    quote, waiting = prepared.quote, []  # type: str, list[str]

    def following() -> str:
        return waiting.pop(0) if waiting else file.readline()

    while line := following():
        text = line.rstrip("\r\n")
        if not text:
            continue
        if not quote or quote not in text:
            yield text.split(prepared.delimiter), text
            continue
        taken = [line]
        values = _parse(line, prepared)
        while values is None and len(taken) < LONGEST_RECORD and "".join(taken).count(quote) % 2:
            more = following()
            if not more:
                break
            taken.append(more)
            values = _parse("".join(taken), prepared)
        if values is None:
            waiting[:0] = taken[1:]
            yield None, text
        else:
            yield values, "".join(taken).rstrip("\r\n")


def _parse(text: str, prepared: Prepared) -> list[str] | None:
    """The values of one record, or None if its quotes do not come out."""
    lines = text.rstrip("\r\n").splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=prepared.delimiter, quotechar=prepared.quote, doublequote=True, strict=True)
    try:
        found = list(reader)
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None
