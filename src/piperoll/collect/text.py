"""Delimited and fixed width text: encoding, delimiter, quotes and header found, and told where not as agreed."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from piperoll.collect.columns import Columns, match, require
from piperoll.collect.encodings import find_encoding, rewrite
from piperoll.collect.limits import Limits
from piperoll.collect.prepared import Prepared
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset


DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars", "^": "carets", "~": "tildes"}
QUOTES = {'"': "double quotes", "'": "single quotes"}
HEADER_SEARCH = 20
HEAD = 1 << 20
FIXED_BATCH = 50_000
PLAIN = "Deliver one plain text file, not packed, whose first line names the columns."


@dataclass(frozen=True)
class Told:
    """What the person who delivers says of the file, beyond its contract."""

    encoding: str = ""
    delimiter: str = ""


@dataclass(frozen=True)
class _Form:
    delimiter: str
    quote: str
    skip: int  # physical lines up to and with the header
    columns: Columns
    row: int  # number of the header's record


def read_text(path: Path, work: Path, dataset: Dataset, told: str, limits: Limits, said: Told) -> Prepared:
    """Make a text file ready to be checked.

    Args:
        path: The file; it is not changed.
        work: Where a rewritten copy goes if one is needed.
        dataset: Whose contract tells what is agreed.
        told: Name of the file for people.
        limits: Of columns and header.
        said: What the person who delivers says of it.

    Raises:
        UserError: PR-C006, PR-C008 to PR-C011 and PR-C090.
    """
    form = dataset.file
    encoding = find_encoding(path, said.encoding or form.encoding, told, said=bool(said.encoding))
    notes = [encoding.note] if encoding.note else []
    if encoding.rewrite:
        rewritten = work / "text.utf8"
        rewrite(path, encoding, rewritten, told)
        path = rewritten
    newline = _newline(path)
    if newline == "\r":
        path = _without_returns(path, work)
        notes.append("The lines end in a carriage return alone.")
        newline = "\n"
    if form.columns:
        return _fixed(path, work, dataset, told, tuple(notes))
    head = _head(path, told, limits)
    found = _find_form(head, dataset, said.delimiter or form.delimiter, told, limits)
    if found.delimiter != (said.delimiter or form.delimiter):
        notes.append(f"Values are divided by {DELIMITERS[found.delimiter]}, not {_word(form.delimiter)} as agreed.")
    if found.quote != '"':
        notes.append(f"Values are quoted with {QUOTES[found.quote]}.")
    if found.row != form.header_row and dataset.anonymised:
        why = "Something stands above the header, and of an anonymised dataset nothing is taken but its table."
        raise UserError("PR-C090", why, where=told, fix=PLAIN)
    if found.row != form.header_row:
        notes.append(f"The header stands in row {found.row}, not {form.header_row} as agreed.")
    require(found.columns, dataset, told)
    return Prepared(
        path=path,
        kind="csv",
        columns=found.columns.names,
        mapping=found.columns.mapping,
        extra=found.columns.extra,
        file=told,
        skip=found.skip,
        first_row=found.row + 1,
        delimiter=found.delimiter,
        quote=found.quote,
        newline=newline,
        notes=(*notes, *found.columns.notes),
    )


def _find_form(head: str, dataset: Dataset, agreed: str, told: str, limits: Limits) -> _Form:
    """The delimiter, quote and header row under which the header says what the contract asks."""
    at = dataset.file.header_row
    first = _try(head, agreed, '"', at, dataset)
    if first and not first.columns.missing and first.columns.exact:
        return _within(first, told, limits)
    tries = [
        found
        for delimiter in dict.fromkeys((agreed, *DELIMITERS))
        for quote in QUOTES
        for row in (at, *(r for r in range(1, HEADER_SEARCH + 1) if r != at))
        if (found := _try(head, delimiter, quote, row, dataset)) and found.columns.score
    ]
    whole = [t for t in tries if not t.columns.missing]
    best = _best(whole or tries)
    if best and (best.delimiter in DELIMITERS or best.delimiter == agreed):
        return _within(best, told, limits)
    if first is None:
        message = f"There is no row {at}, where the header should stand."
        raise UserError("PR-C010", message, where=told, fix="Deliver the file with its header.")
    return _within(first, told, limits)


def _best(tries: list[_Form]) -> _Form | None:
    """The one with the most known columns, written as agreed; the first tried where several have as many."""
    return max(tries, key=lambda t: (t.columns.score, t.columns.exact), default=None)


def _within(form: _Form, told: str, limits: Limits) -> _Form:
    if len(form.columns.names) > limits.columns:
        message = f"The header names more than {limits.columns} columns."
        raise UserError("PR-C009", message, where=told, fix="Deliver the columns of the contract alone.")
    return form


def _try(head: str, delimiter: str, quote: str, row: int, dataset: Dataset) -> _Form | None:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, quotechar=quote, strict=False)
    try:
        for number, record in enumerate(reader, 1):
            if number == row:
                return _Form(delimiter, quote, reader.line_num, match(record, dataset), row) if record else None
    except csv.Error:
        return None
    return None


def _head(path: Path, told: str, limits: Limits) -> str:
    """The start of the file as text: enough for its header."""
    with path.open("rb") as file:
        raw = file.read(HEAD)
    if len(raw) == HEAD and b"\n" not in raw[: limits.header_bytes]:
        message = f"The first line is longer than {limits.header_bytes} bytes."
        raise UserError("PR-C009", message, where=told, fix="Each record needs a line of its own.")
    if not raw.strip():
        fix = "If there is nothing to deliver, say so: --nil, or `nil: true` in the manifest."
        raise UserError("PR-C006", "The file is empty: it has no text.", where=told, fix=fix)
    return raw.decode("utf-8", "ignore")


def _newline(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(HEAD)
    if b"\n" not in raw:
        return "\r" if b"\r" in raw else "\n"
    return "\r\n" if raw[max(0, raw.index(b"\n") - 1) :].startswith(b"\r\n") else "\n"


def _without_returns(path: Path, work: Path) -> Path:
    out = work / "text.lines"
    with path.open("rb") as source, out.open("wb") as target:
        while block := source.read(HEAD):
            target.write(block.replace(b"\r", b"\n"))
    return out


def _word(delimiter: str) -> str:
    return DELIMITERS.get(delimiter, f"`{delimiter}`")


def _fixed(path: Path, work: Path, dataset: Dataset, told: str, notes: tuple[str, ...]) -> Prepared:
    """Fixed width: cut each line at the contract's places. A header is left out where there is one.

    A line too short for a column has it empty; one that goes on beyond the last column is told.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    declared = {f.name for f in dataset.fields}
    places = {name: place for name, place in dataset.file.columns.items() if name in declared}
    names = tuple(places)
    columns = match(names, dataset)
    require(columns, dataset, told)
    last = max(start + length - 1 for start, length in places.values())
    schema = pa.schema([*((name, pa.string()) for name in names), ("_row", pa.int64())])
    out = work / "fixed.parquet"
    at = dataset.file.header_row
    beyond = 0
    with pq.ParquetWriter(out, schema) as writer, path.open("r", encoding="utf-8", newline="\n") as lines:
        batch: list[list[str | int]] = []
        for number, line in enumerate(lines, 1):
            text = line.rstrip("\r\n")
            cut: list[str | int] = [_cut(text, place) for place in places.values()]
            if number < at or not text.strip() or (number == at and _is_header(cut, names)):
                continue
            beyond += bool(text[last:].strip())
            batch.append([*cut, number])
            if len(batch) == FIXED_BATCH:
                _write(writer, schema, batch)
        _write(writer, schema, batch)
    if beyond:
        notes = (
            *notes,
            f"Lines that go on beyond the last agreed column, and of which the rest was not read: {beyond}.",
        )
    return Prepared(
        path=out,
        kind="parquet",
        columns=names,
        mapping=columns.mapping,
        file=told,
        first_row=at,
        notes=(*notes, *columns.notes),
    )


def _is_header(cut: list[str | int], names: tuple[str, ...]) -> bool:
    return sum(
        str(c).casefold() == n.casefold()[: len(str(c))] and bool(c) for c, n in zip(cut, names, strict=True)
    ) * 2 > len(names)


def _cut(text: str, place: tuple[int, int]) -> str:
    start, length = place
    return text[start - 1 : start - 1 + length].strip()


def _write(writer: object, schema: object, batch: list[list[str | int]]) -> None:
    import pyarrow as pa

    if batch:
        arrays = list(zip(*batch, strict=True))
        writer.write_table(pa.table([pa.array(a) for a in arrays], schema=schema))  # type: ignore[attr-defined]
        batch.clear()
