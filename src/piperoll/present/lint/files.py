"""Which linter a file gets, by its name."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import python_calamine

from piperoll.errors import Problem, UserError
from piperoll.present.lint.archive import Archive
from piperoll.present.lint.csvfile import check_csv
from piperoll.present.lint.html import check_html
from piperoll.present.lint.model import ReadBook, Unreadable
from piperoll.present.lint.readods import read_ods
from piperoll.present.lint.readxlsx import read_xlsx
from piperoll.present.lint.register import found
from piperoll.present.lint.sheets import check_book


_READERS = {".ods": read_ods, ".xlsx": read_xlsx}
METADATA = "-metadata.json"
SUFFIXES = (".csv", ".html", ".ods", ".xlsx")


def lint_bytes(name: str, data: bytes, metadata: bytes | None = None) -> tuple[Problem, ...]:
    """Findings on the bytes of a file.

    Args:
        name: File name; its suffix says what it is.
        data: Its bytes.
        metadata: Of a CSV: the bytes of its CSVW metadata.

    Raises:
        UserError: ``PR-Y060`` if no linter knows such files.
    """
    suffix = Path(name).suffix.lower()
    if suffix in _READERS:
        problems: Iterator[Problem] = _spreadsheet(suffix, data)
    elif suffix == ".html":
        problems = check_html(data)
    elif suffix == ".csv":
        problems = check_csv(name, data, metadata)
    else:
        raise UserError(
            "PR-Y060", "No linter knows files of this kind.", where=name, fix=f"Use one of {', '.join(SUFFIXES)}."
        )
    return tuple(Problem(p.code, p.message, f"{name} {p.where}".strip(), p.key, p.fix) for p in problems)


def lint_file(path: Path) -> tuple[Problem, ...]:
    """Findings on a file; a CSV is checked against the ``<name>.csv-metadata.json`` beside it.

    Raises:
        UserError: ``PR-Y060`` if no linter knows such files, ``PR-Y061`` if it cannot be read.
    """
    beside = path.with_name(path.name + METADATA)
    try:
        data = path.read_bytes()
        metadata = beside.read_bytes() if path.suffix.lower() == ".csv" and beside.exists() else None
    except OSError as error:
        raise UserError(
            "PR-Y061", "The file cannot be read.", where=str(path), fix="Check its path and permissions."
        ) from error
    return lint_bytes(path.name, data, metadata)


def lint_book(name: str, book: ReadBook, data: bytes) -> tuple[Problem, ...]:
    """Findings on a spreadsheet that was read already (`read_spreadsheet`)."""
    found_ = (*check_book(book), *_second_reader(book, data))
    return tuple(Problem(p.code, p.message, f"{name} {p.where}".strip(), p.key, p.fix) for p in found_)


def lint_directory(directory: Path) -> tuple[Problem, ...]:
    """Findings on every spreadsheet, page and CSV in a directory and below, in the order of their paths."""
    paths = sorted(p for p in directory.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    return tuple(problem for path in paths for problem in lint_file(path))


def read_spreadsheet(suffix: str, data: bytes) -> ReadBook:
    """A spreadsheet as the linter sees it.

    Raises:
        Unreadable: If it is not one.
    """
    try:
        return _READERS[suffix](Archive(data))
    except (IndexError, KeyError, ValueError, RecursionError) as error:
        raise Unreadable("its parts do not fit together") from error


def _spreadsheet(suffix: str, data: bytes) -> Iterator[Problem]:
    try:
        book = read_spreadsheet(suffix, data)
    except Unreadable as reason:
        yield found("PR-Y100", f"The file cannot be read: {reason}.", "")
        return
    yield from check_book(book)
    yield from _second_reader(book, data)


def _second_reader(book: ReadBook, data: bytes) -> Iterator[Problem]:
    """calamine, which shares no code with the linter, must see the same worksheets and the same numbers."""
    try:
        other = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = list(other.sheet_names)
        values = [other.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names]
    except Exception:  # calamine's errors share no base class
        yield found("PR-Y133", "Another reader cannot open the file.", "")
        return
    if names != [sheet.name for sheet in book.sheets]:
        yield found("PR-Y133", "Another reader sees other worksheets.", "")
        return
    for sheet, rows in zip(book.sheets, values, strict=True):
        theirs = {
            (r, c): float(value)
            for r, row in enumerate(rows)
            for c, value in enumerate(row)
            if isinstance(value, int | float) and not isinstance(value, bool)
        }
        mine = {place: float(cell.value) for place, cell in sheet.cells.items() if cell.value}
        if theirs != mine:
            yield found("PR-Y133", "Another reader sees other numbers.", sheet.name)
