"""The rows of a prepared file inside DuckDB, and the lines that are no rows.

A CSV is read in parallel and in order; the number of a row is its place. Lines with too few or too many
columns are kept out by the reader, which tells where they begin. If every line of the file is a record (nothing
quoted runs over lines), their line is their number and the other rows are numbered around them; if not, or if
quotes are broken, the file is read once more, carefully (`check_csv`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from piperoll.collect.check_csv import rewrite
from piperoll.collect.prepared import Prepared
from piperoll.store.duck import Connection, connect, quote_name, quote_text


_BLOCK = 1 << 22
MOST_BROKEN = 2000  # more broken lines than this are numbered by the careful reader


@dataclass(frozen=True)
class Broken:
    """A line that is no row: its row number, and its text as delivered."""

    row: int
    text: str


@dataclass(frozen=True)
class Numbering:
    """From the place of a row among the good ones (from 0) to its number.

    ``after``: for each broken line, in order, how many good rows come before it.
    """

    first: int
    after: tuple[int, ...] = ()

    def sql(self, place: str) -> str:
        """SQL of the number of the row at ``place``: a binary search over the broken lines written as CASEs."""
        return f"{place} + {self.first}" if not self.after else f"{place} + {self.first} + {self._steps(place)}"

    def number(self, place: int) -> int:
        """The same in Python."""
        return place + self.first + bisect_right(self.after, place)

    def _steps(self, place: str) -> str:
        def search(low: int, high: int) -> str:
            if low == high:
                return str(low)
            middle = (low + high) // 2
            less, more = search(low, middle), search(middle + 1, high)
            return f"CASE WHEN {place} < {self.after[middle]} THEN {less} ELSE {more} END"

        return f"({search(0, len(self.after))})"


def scan_sql(prepared: Prepared, columns: Mapping[str, str], *, rejects: bool = False, row: bool = False) -> str:
    """SELECT of texts from a prepared file, in the file's order.

    Args:
        prepared: The file.
        columns: Name in the result -> name in the file.
        rejects: For CSV: whether broken lines are noted in ``reject_errors``.
        row: For Parquet: whether ``_row`` is given too.
    """
    shown = [f"{quote_name(name)} AS {quote_name(given)}" for given, name in columns.items()]
    if prepared.kind == "parquet":
        shown += ["_row"] if row else []
        return f"SELECT {', '.join(shown) or '1'} FROM read_parquet({quote_text(str(prepared.path))})"
    names = ", ".join(f"{quote_text(name)}: 'VARCHAR'" for name in prepared.columns)
    quotes = quote_text(prepared.quote)
    newline = "\\r\\n" if prepared.newline == "\r\n" else "\\n"
    options = (
        f"auto_detect=false, header=false, skip={int(prepared.skip)}, delim={quote_text(prepared.delimiter)},"
        f" quote={quotes}, escape={quotes}, comment='', nullstr='', new_line={quote_text(newline)},"
        f" columns={{{names}}}, ignore_errors=true, max_line_size=16777216"
    )
    if rejects:
        options += ", store_rejects=true"
    return f"SELECT {', '.join(shown) or '1'} FROM read_csv({quote_text(str(prepared.path))}, {options})"


def broken_lines(con: Connection, prepared: Prepared, good: int) -> tuple[list[Broken], Numbering] | None:
    """The broken lines that the reader noted, and the numbering of the good rows around them.

    Returns:
        None if their numbers cannot be told this way, and the file must be read carefully.
    """
    noted = con.execute(
        "SELECT line_byte_position - 1 AS place, any_value(csv_line),"
        " bool_and(CAST(error_type AS VARCHAR) IN ('MISSING COLUMNS', 'TOO MANY COLUMNS'))"
        " FROM reject_errors GROUP BY place ORDER BY place"
    ).fetchall()
    if not noted:
        return [], Numbering(prepared.first_row)
    if len(noted) > MOST_BROKEN or not all(plain for _, _, plain in noted):
        return None
    lines, total = _lines(prepared.path, [place for place, _, _ in noted])
    if total != prepared.skip + good + len(noted):
        return None
    broken, after = [], []
    for k, ((_, text, _), line) in enumerate(zip(noted, lines, strict=True)):
        place = line - prepared.skip  # among all records, from 0
        broken.append(Broken(prepared.first_row + place, text or ""))
        after.append(place - k)
    return broken, Numbering(prepared.first_row, tuple(after))


def carefully(prepared: Prepared, work: Path) -> tuple[Prepared, list[Broken]]:
    """Read a CSV that DuckDB cannot number; the result is Parquet, numbered, and the broken lines."""
    path = work / "careful.parquet"
    broken = [Broken(row, text) for row, text in rewrite(prepared, path)]
    return replace(prepared, path=path, kind="parquet"), broken


def _lines(path: Path, places: Sequence[int]) -> tuple[list[int], int]:
    """Line (from 0) on which each byte place lies, and the number of lines in the file."""
    found: list[int] = []
    wanted = list(places)
    line, start, last = 0, 0, b"\n"
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            done = 0
            while wanted and wanted[0] < start + len(block):
                place = wanted.pop(0) - start
                line += block.count(b"\n", done, place)
                done = place
                found.append(line)
            line += block.count(b"\n", done)
            start += len(block)
            last = block[-1:]
    return found, line + (last != b"\n")


def read_texts(prepared: Prepared, work: Path) -> pa.Table:
    """A prepared CSV's mapped columns as texts under the contract's names, with ``_row``; broken lines left out.

    For files known to be small enough (a corrected file of refused rows).
    """
    columns = dict(prepared.mapping)
    con = connect(temp=work / "spill")
    try:
        if prepared.kind == "csv":
            table = con.sql(scan_sql(prepared, columns, rejects=True)).to_arrow_table()
            told = broken_lines(con, prepared, table.num_rows)
            if told is not None:
                numbers = [told[1].number(place) for place in range(table.num_rows)]
                return table.append_column("_row", pa.array(numbers, pa.int64()))
            prepared, _ = carefully(prepared, work)
        return con.sql(scan_sql(prepared, columns, row=True)).to_arrow_table()
    finally:
        con.close()
