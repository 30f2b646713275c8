"""The checks of a CSV against its CSVW metadata that a validator may leave out: missing columns above all."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from piperoll.errors import Problem
from piperoll.present.lint.register import found


_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?\Z")
_INTEGER = re.compile(r"[-+]?\d+\Z")
# The one pattern that is evaluated: a list of codes. Whoever sends a file could send an expression without end.
_STATUS_CODES = re.compile(r"\(([a-z0-9]+(?:\|[a-z0-9]+)*)\)\( \(\1\)\)\*\Z")
_WANTED = ("dc:title", "dc:description", "dc:publisher", "dc:license")
_TOLD = 5
csv.field_size_limit(1 << 24)


def check_csv(name: str, data: bytes, metadata: bytes | None) -> Iterator[Problem]:
    """Every finding on a CSV and its metadata."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        yield found("PR-Y179", "The file is not UTF-8.", "")
        return
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        yield found("PR-Y179", "The file holds control characters.", "")
        return
    try:
        document = json.loads(metadata or b"")
        columns = document["tableSchema"]["columns"]
        names = [column["name"] for column in columns]
    except (ValueError, KeyError, TypeError, RecursionError):
        yield found("PR-Y170", "The metadata are missing or cannot be read.", "")
        return
    yield from _described(name, document)
    for column in columns:
        datatype = column.get("datatype", "string")
        pattern = datatype.get("format") if isinstance(datatype, dict) and datatype.get("base") == "string" else None
        if pattern and not _STATUS_CODES.match(str(pattern)):
            yield found("PR-Y170", "The metadata hold a pattern that is no list of codes.", "metadata", column["name"])
            return
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        yield found("PR-Y172", "The quoting of the file is broken.", "")
        return
    if not rows or rows[0] != names:
        yield found("PR-Y171", "The header is not the columns of the metadata.", "row 1")
        return
    yield from _rows(rows[1:], columns, names, document["tableSchema"].get("primaryKey", []))


def _described(name: str, document: dict[str, Any]) -> Iterator[Problem]:
    for wanted in _WANTED:
        if not document.get(wanted):
            yield found("PR-Y177", "The metadata lack a property.", "metadata", wanted)
    if not document["tableSchema"].get("primaryKey"):
        yield found("PR-Y177", "The metadata name no primary key.", "metadata", "primaryKey")
    if document.get("url") != name.rsplit("/", 1)[-1]:
        yield found("PR-Y170", "The metadata are of another file.", "metadata", "url")


def _rows(
    rows: list[list[str]], columns: list[dict[str, Any]], names: list[str], key: list[str] | str
) -> Iterator[Problem]:
    tests = [_test(column.get("datatype", "string")) for column in columns]
    required = [bool(column.get("required")) for column in columns]
    status = {i: names.index(f"{n}_status") for i, n in enumerate(names) if f"{n}_status" in names}
    at = [names.index(part) for part in ([key] if isinstance(key, str) else key) if part in names]
    told: Counter[tuple[str, str]] = Counter()
    seen: set[tuple[str, ...]] = set()

    def finding(code: str, message: str, row: int, column: str) -> Iterator[Problem]:
        told[code, column] += 1
        if told[code, column] <= _TOLD:
            yield found(code, message, f"row {row}", column)

    for number, row in enumerate(rows, 2):
        if len(row) != len(names):
            yield from finding("PR-Y172", f"The row has {len(row)} values for {len(names)} columns.", number, "")
            continue
        for i, value in enumerate(row):
            if not value:
                if required[i]:
                    yield from finding("PR-Y173", "A required value is empty.", number, names[i])
                elif i in status and not row[status[i]]:
                    yield from finding("PR-Y176", "A value is missing without a status.", number, names[i])
            elif not tests[i](value):
                yield from finding("PR-Y174", "A value is not of its datatype.", number, names[i])
            elif _FORMULA.match(value) and not _NUMBER.match(value):
                yield from finding("PR-Y178", "A text would run as a formula.", number, names[i])
        if at:
            identity = tuple(row[i] for i in at)
            if identity in seen:
                yield from finding("PR-Y175", "The primary key stands twice.", number, "primaryKey")
            seen.add(identity)


def _test(datatype: Any) -> Callable[[str], bool]:
    base = datatype.get("base", "string") if isinstance(datatype, dict) else datatype
    pattern = datatype.get("format") if isinstance(datatype, dict) else None
    if base == "integer":
        return lambda value: bool(_INTEGER.match(value))
    if base in ("decimal", "number"):
        return lambda value: bool(_NUMBER.match(value))
    if base == "date":
        return _is_date
    if base == "string" and pattern:
        listed = _STATUS_CODES.match(str(pattern))
        codes = set(listed[1].split("|")) if listed else set()
        return lambda value: codes.issuperset(value.split(" "))
    return lambda value: True


def _is_date(value: str) -> bool:
    try:
        return dt.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
