"""A researcher's file as a grid of cells. The file is untrusted: it is opened in a limited child alone.

The child's answer is JSON, and is believed in nothing: `Book.from_json` checks it.
"""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from piperoll.collect.child import Children
from piperoll.collect.encodings import find_encoding, rewrite
from piperoll.collect.kinds import kind_of, read_head
from piperoll.collect.limits import Limits
from piperoll.collect.prepare import suffixed
from piperoll.collect.unpack import inspect_zip, is_workbook
from piperoll.errors import UserError
from piperoll.protect.output.remains import remains


Cell = str | int | float | None
LIMITS = Limits(memory_mb=1024, cpu_seconds=120, wall_seconds=240, file_mb=256, cells=600_000, columns=2_000)
DELIMITERS = ",;\t|"
_HEAD = 64


@dataclass(frozen=True)
class Sheet:
    """A sheet: rows from A1 on, each as long as its last cell. ``visible`` is false for a hidden sheet."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    visible: bool = True


@dataclass(frozen=True)
class Book:
    """A file: its sheets (a text file is one, without a name) and what a workbook carries beside them."""

    file: str
    sheets: tuple[Sheet, ...]
    remains: dict[str, int] = field(default_factory=dict)

    @classmethod
    def from_json(cls, file: str, data: Any) -> Book:
        """What the child answered, checked.

        Raises:
            UserError: PR-C003 if it is anything else.
        """
        try:
            sheets = tuple(
                Sheet(_text(s["name"]), tuple(tuple(_cell(c) for c in row) for row in s["rows"]), s["visible"] is True)
                for s in data["sheets"]
            )
            left = {_text(name): int(count) for name, count in data["remains"].items()}
        except (KeyError, TypeError, ValueError, AttributeError):
            raise UserError(
                "PR-C003", "The process that read the file gave no answer that makes sense.", where=file
            ) from None
        return cls(file, sheets, left)


def read(paths: Iterable[Path], limits: Limits = LIMITS) -> list[Book]:
    """Read files, each in a limited child.

    Raises:
        UserError: PR-P130 for a file that is not there or of a kind that is not read; PR-C001 to PR-C019 for one that
            cannot be read safely.
    """
    books = []
    with tempfile.TemporaryDirectory(prefix="piperoll-output-") as made, Children({}, count=1) as children:
        for number, path in enumerate(paths):
            if not path.is_file():
                fix = "Name CSV, XLSX, XLS or ODS files."
                raise UserError("PR-P130", "there is no such file.", where=str(path), fix=fix)
            work = Path(made) / str(number)
            work.mkdir(mode=0o700)
            job = {
                "kind": read_in_child,
                "path": str(path.resolve()),
                "told": path.name,
                "work": str(work),
                "limits": limits,
            }
            books.append(Book.from_json(path.name, children.run(job)))
    return books


def read_in_child(shared: dict[str, Any], job: dict[str, Any]) -> Any:
    """The child's part: a file as JSON-like data."""
    path, told, work, limits = Path(job["path"]), job["told"], Path(job["work"]), job["limits"]
    kind = kind_of(read_head(path, _HEAD), told)
    if kind == "zip" and is_workbook([m.filename for m in inspect_zip(path, told, limits)]):
        kind = "ole"
    if kind == "ole":
        return {"sheets": _sheets(suffixed(path, work), told, limits), "remains": remains(path, limits)}
    if kind != "text":
        message = "the file is neither text nor a workbook; an output is a table that people can look at."
        raise UserError("PR-P130", message, where=told, fix="Give CSV, XLSX, XLS or ODS.")
    return {"sheets": [{"name": "", "visible": True, "rows": _text_rows(path, work, told, limits)}], "remains": {}}


def _sheets(path: Path, told: str, limits: Limits) -> list[dict[str, Any]]:
    import python_calamine as calamine

    again = "Save it afresh, or export the sheet as CSV in UTF-8."
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        visible = {m.name: str(m.visible).endswith(".Visible") for m in book.sheets_metadata}
        charts = {m.name for m in book.sheets_metadata if not str(m.typ).endswith(".WorkSheet")}
        out, cells = [], 0
        for name in book.sheet_names:
            if name in charts:
                out.append({"name": name, "visible": visible.get(name, True), "rows": []})
                continue
            sheet = book.get_sheet_by_name(name)
            cells += sheet.height * sheet.width
            if cells > limits.cells:
                raise _large(told)
            left = sheet.start[1] if sheet.start else 0
            rows = [_trim([None] * left + [_plain(cell) for cell in row]) for row in sheet.iter_rows()]
            out.append({"name": name, "visible": visible.get(name, True), "rows": rows})
    except calamine.PasswordError:
        fix = "Ask for it without a password, over a channel that is safe."
        raise UserError("PR-C017", "The workbook is encrypted with a password.", where=told, fix=fix) from None
    except (calamine.CalamineError, OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        raise UserError("PR-C019", "The workbook is damaged, or no workbook.", where=told, fix=again) from None
    return out


def _text_rows(path: Path, work: Path, told: str, limits: Limits) -> list[list[Cell]]:
    try:
        encoding = find_encoding(path, "utf-8", told)
    except UserError:
        # What a spreadsheet on Windows saves as CSV; any bytes are text in it, or PR-C008 says why not.
        encoding = find_encoding(path, "windows-1252", told, said=True)
    if encoding.rewrite:
        rewritten = work / "text.utf8"
        rewrite(path, encoding, rewritten, told)
        path = rewritten
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    head = text[:65536].splitlines()[:50]
    delimiter = max(
        DELIMITERS,
        key=lambda d: (
            min((line.count(d) for line in head if line.strip()), default=0),
            sum(line.count(d) for line in head),
        ),
    )
    rows, cells = [], 0
    csv.field_size_limit(1 << 20)
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            cells += len(record)
            if cells > limits.cells:
                raise _large(told)
            rows.append(_trim([cell if cell.strip() else None for cell in record]))
    except csv.Error:
        raise UserError("PR-C010", "The file is no table of delimited values.", where=told) from None
    return rows


def _trim(row: list[Cell]) -> list[Cell]:
    while row and (row[-1] is None or row[-1] == ""):
        row.pop()
    return row


def _plain(cell: Any) -> Cell:
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        if not isfinite(cell):
            return "nan"
        return int(cell) if cell.is_integer() and abs(cell) < 1 << 53 else cell
    return cell if isinstance(cell, str) else str(cell)


def _large(told: str) -> UserError:
    message = "the file has too many cells for an output that somebody looks at."
    return UserError("PR-P130", message, where=told, fix="Give the tables alone, not the records they were made from.")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _cell(value: Any) -> Cell:
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool)):
        return value
    raise TypeError
