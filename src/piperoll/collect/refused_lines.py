"""The texts of a few refused rows, cut out of the file by line instead of reading the whole of it once more.

That holds only where every record is one line. It is never assumed: the hash of each row's texts must be the one that
was taken when the row was staged, or nothing is given and the file is read again by DuckDB.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from piperoll.collect.check_rows import raw_name
from piperoll.collect.check_stage import Stage
from piperoll.collect.check_types import null_text
from piperoll.store.duck import quote_name


MOST = 100_000  # rows; more are as well read by DuckDB
_BLOCK = 1 << 22
_LONGEST = 1 << 20  # bytes of a line


def refused_texts(staged: Stage) -> pa.Table | None:
    """The refused rows of a CSV: every mapped column as text (null where empty), ``_row`` and ``_place``, by place.

    Returns:
        None if they are too many, or cannot be told this way for certain.
    """
    prepared = staged.prepared
    if prepared.kind != "csv":
        return None
    found = staged.con.execute(
        f"SELECT _place, _row FROM _failing_rows WHERE NOT ({staged.good}) ORDER BY _place LIMIT {MOST + 1}"
    ).fetchall()
    if len(found) > MOST:
        return None
    wanted = [row - prepared.first_row + prepared.skip for _, row in found]
    lines = lines_at(prepared.path, wanted)
    if lines is None:
        return None
    rows = _parse(lines, prepared.delimiter, prepared.quote, len(prepared.columns))
    if rows is None:
        return None
    at = {name: place for place, name in enumerate(prepared.columns)}
    texts = {
        name: pa.array([row[at[column]] or None for row in rows], pa.string())
        for name, column in prepared.mapping.items()
    }
    places, numbers = ([each[i] for each in found] for i in (0, 1))
    table = pa.table({**texts, "_row": pa.array(numbers, pa.int64()), "_place": pa.array(places, pa.int64())})
    return table if _the_same(staged, table) else None


def lines_at(path: Path, wanted: Sequence[int]) -> list[bytes] | None:
    """The lines of these numbers (from 0, ascending), without what ends them; None if the file has fewer."""
    found: list[bytes] = []
    number, rest = 0, b""
    with path.open("rb") as file:
        while len(found) < len(wanted):
            block = file.read(_BLOCK)
            data = rest + block
            if not data:
                return None
            ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
            if not block:
                ends = np.append(ends, len(data))
            while len(found) < len(wanted) and wanted[len(found)] - number < len(ends):
                place = wanted[len(found)] - number
                start = int(ends[place - 1]) + 1 if place else 0
                found.append(data[start : int(ends[place])].removesuffix(b"\r"))
            number += len(ends)
            rest = data[int(ends[-1]) + 1 :] if len(ends) else data
            if len(rest) > _LONGEST:
                return None
    return found


def _parse(lines: list[bytes], delimiter: str, quote: str, columns: int) -> list[list[str]] | None:
    try:
        texts = [line.decode() for line in lines]
        if quote:
            rows = list(csv.reader(texts, delimiter=delimiter, quotechar=quote, strict=True))
        else:
            rows = [text.split(delimiter) for text in texts]
    except (csv.Error, UnicodeDecodeError):
        return None
    return rows if len(rows) == len(lines) and all(len(row) == columns for row in rows) else None


def _the_same(staged: Stage, table: pa.Table) -> bool:
    """Whether these are the texts that were staged: the hashes of all fields of each row agree."""
    raws = []
    for each in staged.dataset.fields:
        there = each.name in staged.prepared.mapping
        text = null_text(quote_name(each.name), each.missing) if there else "CAST(NULL AS VARCHAR)"
        raws.append(f"{text} AS {raw_name(each.name)}")
    hashed = f"hash({', '.join(raw_name(each.name) for each in staged.dataset.fields)})"
    cursor = staged.con.cursor()
    cursor.register("_cut", table)
    try:
        agreeing = cursor.execute(
            f"SELECT count(*) FROM (SELECT _place, {hashed} AS h"
            f" FROM (SELECT _place, {', '.join(raws)} FROM _cut)) AS c"
            " JOIN _stage AS s ON s.rowid = c._place WHERE s._h = c.h"
        ).fetchall()[0][0]
    finally:
        cursor.unregister("_cut")
    return bool(agreeing == table.num_rows)
