"""Checks on the workbook model, before anything is written."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from piperoll.errors import Problem
from piperoll.present.workbook import Cell, Column, Table, Workbook


_SHEET_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}\Z")
# What a spreadsheet would read as a cell: A1, XFD7, and R, C, R1C1 of the other notation.
_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}[0-9]+\Z|[Rr][0-9]*(?:[Cc][0-9]*)?\Z|[Cc][0-9]*\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?\Z")
_ADDRESS = re.compile(r"(https?://|mailto:)[^\s\"<>]{1,2000}\Z")
_COLUMN_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_STEM = re.compile(r"[a-z0-9][a-z0-9_.-]*\Z")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_RESERVED = {"cover", "contents", "notes", "symbols", "contents_list", "notes_list", "symbols_list"}
_LONGEST = 32_000  # characters; a spreadsheet cell holds 32,767, its markers included
_LONGEST_HEADER = 255  # characters that XLSX allows for the name of a table's column
_LARGEST = 10**15  # spreadsheets keep fifteen digits
_MOST_ROWS = 1_000_000
_TOLD = 20  # findings of one kind told per table


def problems_of(book: Workbook) -> tuple[Problem, ...]:
    """Every finding on the model, in the order of the sheets."""
    return tuple(_book(book)) + tuple(p for table in _every(book) for p in _table(book, table))


def _every(book: Workbook) -> tuple[Table, ...]:
    return (*book.annexes, *book.tables)


def _book(book: Workbook) -> Iterator[Problem]:
    for field in ("title", "author", "language"):
        if not getattr(book, field).strip():
            yield Problem("PR-Y002", f"The workbook has no {field}.", "workbook", field, f"Add a {field}.")
    if book.language.strip() and not _LANGUAGE.match(book.language):
        yield Problem("PR-Y002", "The language is not a tag.", "workbook", "language", "Write en, en-GB or cy-GB.")
    if not book.tables:
        yield Problem("PR-Y003", "The workbook has no table.", "workbook", "tables", "Add one.")
    for name, n in sorted(Counter(t.name.lower() for t in _every(book)).items()):
        if n > 1:
            yield Problem("PR-Y004", f"{n} tables are named alike.", name, "name", "Name each apart.")
    for stem, n in sorted(Counter(t.stem for t in book.tables).items()):
        if n > 1:
            yield Problem("PR-Y004", f"{n} tables share a file name.", stem, "slug", "Give each a slug.")
    keys = Counter(note.key for note in book.notes)
    for key, n in sorted(keys.items()):
        if n > 1:
            yield Problem("PR-Y005", f"The note is given {n} times.", "notes", key, "Keep one.")
        if key not in book.note_numbers:
            yield Problem(
                "PR-Y006",
                "No table refers to this note.",
                "notes",
                key,
                "Refer to it or drop it.",
            )
    for key in book.note_numbers:
        if key not in keys:
            yield Problem("PR-Y007", "A table refers to a note that is not there.", "notes", key, "Add it.")
    yield from _texts(book)


def _texts(book: Workbook) -> Iterator[Problem]:
    cover = book.cover
    texts = [book.title, book.author, *cover.summary, cover.source, cover.next_update, cover.status]
    texts += [cover.revisions, cover.quality, cover.licence, *(n.text for n in book.notes)]
    if cover.contact:
        texts += [cover.contact.name, cover.contact.email, cover.contact.phone]
    texts += [book.identifier, *book.keywords, *(s.meaning for s in book.extra_shorthand)]
    texts += [link.text for link in cover.links] + [x for head, lines in cover.more for x in (head, *lines)]
    if any(_bad_text(text) for text in texts):
        yield Problem("PR-Y008", "A text on the cover or a note has a control character.", "Cover", fix="Remove it.")
    email = f"mailto:{cover.contact.email}" if cover.contact and cover.contact.email else ""
    for href in (*(link.href for link in cover.links), *([email] if email else [])):
        if not _ADDRESS.match(href):
            yield Problem(
                "PR-Y009", "A link does not lead to a web or mail address.", "Cover", "links",
                "Write an address that begins https:// or mailto: and holds no spaces.",
            )  # fmt: skip


def _table(book: Workbook, table: Table) -> Iterator[Problem]:
    where = table.name
    if not _SHEET_NAME.match(table.name) or _CELL_LIKE.match(table.name) or table.name.lower() in _RESERVED:
        yield Problem(
            "PR-Y010", "The name cannot be that of a worksheet and its table.", where, "name",
            "Use up to 31 letters, digits and underscores, beginning with a letter: Table_1.",
        )  # fmt: skip
    if not _STEM.match(table.stem):
        yield Problem(
            "PR-Y011", "The file name of the CSV is not plain.", where, "slug",
            "Use lower-case letters, digits, hyphens and underscores.",
        )  # fmt: skip
    if not table.title.strip():
        yield Problem("PR-Y002", "The table has no title.", where, "title", "Say what, where and when.")
    if not table.columns or not table.rows:
        yield Problem("PR-Y012", "The table has no columns or no rows.", where, fix="Leave it out, or show [x] in it.")
        return
    if len(table.rows) > _MOST_ROWS:
        yield Problem(
            "PR-Y013", f"The table has {len(table.rows):,} rows; a worksheet holds 1,048,576.", where,
            fix="Split it, or publish it as CSV alone.",
        )  # fmt: skip
    yield from _columns(book, table)
    if any(_bad_text(text) for text in (table.title, table.source, *table.lines)):
        yield Problem("PR-Y008", "A text above the table has a control character.", where, fix="Remove it.")
    lengths = {len(row) for row in table.rows} - {len(table.columns)}
    if lengths:
        yield Problem(
            "PR-Y014", f"A row has {min(lengths)} cells for {len(table.columns)} columns.", where,
            fix="Give each row one cell for each column.",
        )  # fmt: skip
        return
    yield from _cells(book, table)


def _columns(book: Workbook, table: Table) -> Iterator[Problem]:
    for what, texts in (
        ("name", [c.name for c in table.columns]),
        ("label", [book.header(c).lower() for c in table.columns]),
    ):
        for text, n in sorted(Counter(texts).items()):
            if n > 1:
                yield Problem(
                    "PR-Y015", f"{n} columns share a {what}.", table.name, text.split("\n")[0],
                    "Make each header unique.",
                )  # fmt: skip
    for column in table.columns:
        if not _COLUMN_NAME.match(column.name):
            yield Problem(
                "PR-Y016", "The name of the column is not plain.", table.name, column.name,
                "Use lower-case letters, digits and underscores.",
            )  # fmt: skip
        header = book.header(column)
        if not column.label.strip() or _bad_text(header) or len(header) > _LONGEST_HEADER:
            yield Problem(
                "PR-Y017", "The header is empty, too long or has a control character.", table.name, column.name,
                f"Give it a label; with unit and notes it may have {_LONGEST_HEADER} characters.",
            )  # fmt: skip
    names = {c.name for c in table.columns}
    for key in table.key:
        if key not in names:
            yield Problem("PR-Y018", "The key names no column.", table.name, key, "Name a column.")
    if table.primary_key and set(table.primary_key) <= names:
        at = [i for i, c in enumerate(table.columns) if c.name in table.primary_key]
        seen = Counter(tuple(_value(row[i]) for i in at) for row in table.rows if len(row) > max(at))
        repeated = sum(1 for n in seen.values() if n > 1)
        if repeated:
            yield Problem(
                "PR-Y019", f"{repeated:,} key values stand in more than one row.", table.name,
                ", ".join(table.primary_key), "Name the columns that identify a row.",
            )  # fmt: skip


def _cells(book: Workbook, table: Table) -> Iterator[Problem]:
    told: Counter[tuple[str, str]] = Counter()
    key = set(table.primary_key)
    for number, row in enumerate(table.rows, 1):
        for column, item in zip(table.columns, row, strict=True):
            finding = _cell(book, column, item, column.name in key)
            if finding:
                code, message, fix = finding
                told[code, column.name] += 1
                if told[code, column.name] <= _TOLD:
                    yield Problem(code, message, f"{table.name} row {number}", column.name, fix)
    for (code, name), n in sorted(told.items()):
        if n > _TOLD:
            yield Problem(code, f"... and {n - _TOLD:,} more cells of the same kind.", table.name, name)


def _cell(book: Workbook, column: Column, item: object, in_key: bool) -> tuple[str, str, str] | None:
    value, marks = (item.value, item.marks) if isinstance(item, Cell) else (item, ())
    if marks:
        for mark in marks:
            if mark not in book.symbols:
                return "PR-Y020", f"The marker [{mark}] is not explained.", "Use a marker of the register."
        replacing = [mark for mark in marks if book.symbols[mark].replaces]
        if value is not None and replacing:
            return (
                "PR-Y021",
                f"The cell shows a value beside [{replacing[0]}], which stands in place of one.",
                "Withhold the value or drop the marker.",
            )
    if value is None or value == "":
        if not marks or in_key:
            return "PR-Y022", "The cell is blank.", "Show why in brackets: [x], [z], [c] or [low]."
        return None
    return _type(column, value)


def _type(column: Column, value: object) -> tuple[str, str, str] | None:
    if column.kind == "text":
        if not isinstance(value, str):
            return "PR-Y023", "A text column holds something else.", "Write text, or change the kind."
        if _bad_text(value) or value.strip() != value:
            return "PR-Y008", "The text has a control character, or spaces around it.", "Remove them."
        return None
    if column.kind == "date":
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            return "PR-Y023", "A date column holds something else.", "Write dates, or change the kind."
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return "PR-Y023", "A number column holds something else.", "Write numbers, or change the kind."
    if not isinstance(value, int) and not math.isfinite(value):
        return "PR-Y023", "The number is not finite.", "Show [z] or [x] where nothing can be computed."
    if not -_LARGEST < value < _LARGEST:
        return "PR-Y023", "The number is larger than a spreadsheet can keep exactly.", "Use a larger unit."
    if column.kind == "integer" and value != int(value):
        return "PR-Y023", "An integer column holds a fraction.", "Round it first, or use the kind decimal."
    return None


def _value(item: object) -> object:
    return item.value if isinstance(item, Cell) else item


def _bad_text(text: str) -> bool:
    return bool(_CONTROL.search(text)) or len(text) > _LONGEST
