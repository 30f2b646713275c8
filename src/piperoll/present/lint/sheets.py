"""The checklist for spreadsheets, on the linter's model. Each function is one concern; each finding one code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from piperoll.errors import Problem
from piperoll.present.lint.model import ReadBook, ReadCell, ReadSheet, ReadTable
from piperoll.present.lint.register import found


_MARKERS = re.compile(r"\[([a-z]{1,4})\]")
_ONLY_MARKERS = re.compile(r"(?:\[[a-z]{1,4}\])+\Z")
_NOTE = re.compile(r"\[note ([^\]]+)\]")
_SYMBOLS = re.compile(r"(?:[-–—.*:~^†‡§#?]+|(n/?a|nil|null|nan|none))\Z", re.IGNORECASE)
_GROUPED = re.compile(r"[-−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?%?\Z")
_DIGITS = re.compile(r"[-−]?\d+(?:\.\d+)?%?\Z")
_QUARTER = re.compile(r"\bQ[1-4][ /,]*(?:19|20)\d\d\b|\b(?:19|20)\d\d[ /,]*Q[1-4]\b")
_DEFAULT_NAME = re.compile(r"(?:sheet|table|feuille|tabelle) ?\d+\Z", re.IGNORECASE)
_SMALLEST = 12.0


def check_book(book: ReadBook) -> Iterator[Problem]:
    """Every finding on a spreadsheet."""
    yield from _document(book)
    for sheet in book.sheets:
        yield from _state(sheet)
        yield from _format(sheet)
        if sheet.cells and not sheet.hidden:
            yield from _structure(sheet, sheet is book.sheets[0])
            for table in sheet.tables:
                yield from _cells(sheet, table)
    yield from _shorthand(book)
    yield from _notes(book)
    yield from _contents(book)


def _document(book: ReadBook) -> Iterator[Problem]:
    for code, value, what in (
        ("PR-Y101", book.title, "title"),
        ("PR-Y102", book.language, "language"),
        ("PR-Y103", book.author, "author"),
    ):
        if not value:
            yield found(code, f"The document has no {what}.", "document")
    if book.macros:
        yield found("PR-Y104", "The document holds macros.", "document")
    for name, n in Counter(sheet.name.lower() for sheet in book.sheets).items():
        if n > 1:
            yield found("PR-Y108", f"{n} worksheets share a name.", "document")
        elif _DEFAULT_NAME.match(name):
            yield found("PR-Y108", "The worksheet has the name it was born with.", name)
    if book.sheets and book.active not in ("", book.sheets[0].name):
        yield found("PR-Y109", "The document opens at another worksheet than the first.", "document")
    names = [table.name.lower() for sheet in book.sheets for table in sheet.tables]
    for name, n in Counter(names).items():
        if n > 1 or not name or re.fullmatch(r"(__anonymous|table\d+\Z).*", name):
            yield found("PR-Y113", "A table has no name of its own.", "document", name)


def _state(sheet: ReadSheet) -> Iterator[Problem]:
    if sheet.hidden:
        yield found("PR-Y105", "The worksheet is hidden.", sheet.name)
    if sheet.hidden_lines:
        yield found("PR-Y106", f"{sheet.hidden_lines} rows or columns are hidden.", sheet.name)
    if not sheet.cells:
        yield found("PR-Y107", "The worksheet is blank.", sheet.name)
    if sheet.cursor != (0, 0):
        yield found("PR-Y109", "The cursor is not in A1.", sheet.name)
    if sheet.merged:
        yield found("PR-Y111", f"{sheet.merged} areas of cells are merged.", sheet.name)
    if sheet.filters or any(table.filters for table in sheet.tables):
        yield found("PR-Y122", "The worksheet has filters.", sheet.name)
    if sheet.frozen:
        yield found("PR-Y123", "Panes are frozen.", sheet.name)


def _format(sheet: ReadSheet) -> Iterator[Problem]:
    small = filled = formulas = 0
    for cell in sheet.cells.values():
        small += cell.look.size < _SMALLEST
        filled += cell.look.filled
        formulas += cell.kind in ("formula", "error")
    if small:
        yield found("PR-Y125", f"{small:,} cells are smaller than 12 points.", sheet.name)
    if filled:
        yield found("PR-Y127", f"{filled:,} cells have a background colour.", sheet.name)
    hidden = sum(1 for cell in sheet.cells.values() if cell.value and not _as_stored(cell))
    if hidden:
        yield found("PR-Y134", f"{hidden:,} numbers are stored otherwise than they are shown.", sheet.name)
    if formulas:
        yield found("PR-Y128", f"{formulas:,} cells hold formulas.", sheet.name)


def _as_stored(cell: ReadCell) -> bool:
    shown = cell.text.replace(",", "")
    if shown == cell.value:
        return True
    shown = _MARKERS.sub("", shown).replace("−", "-").strip()
    try:
        return Decimal(shown) == Decimal(cell.value)
    except InvalidOperation:
        return not _DIGITS.match(shown)


def _structure(sheet: ReadSheet, first: bool) -> Iterator[Problem]:
    title = sheet.cells.get((0, 0))
    if title is None or title.kind != "text" or not title.text.strip():
        yield found("PR-Y110", "Cell A1 is not a title.", sheet.name)
    if len(sheet.tables) != 1:
        if not (first and not sheet.tables):
            yield found("PR-Y112", f"The worksheet has {len(sheet.tables)} marked-up tables.", sheet.name)
        return
    table = sheet.tables[0]
    outside = [(r, c) for r, c in sheet.cells if r >= table.top and not _within(table, r, c)]
    if outside:
        yield found("PR-Y117", f"{len(outside):,} cells stand below or beside the table.", sheet.name)
    above = {(r, c) for r, c in sheet.cells if r < table.top}
    if table.left or above != {(r, 0) for r in range(table.top)}:
        yield found("PR-Y118", "The text above the table has gaps, or does not stand in column A.", sheet.name)


def _within(table: ReadTable, r: int, c: int) -> bool:
    return table.top <= r <= table.bottom and table.left <= c <= table.right


def _cells(sheet: ReadSheet, table: ReadTable) -> Iterator[Problem]:
    columns = range(table.left, table.right + 1)
    headers = [sheet.cells.get((table.top, c)) for c in columns]
    texts = [cell.text.strip().lower() if cell else "" for cell in headers]
    if not table.header or "" in texts or len(set(texts)) < len(texts):
        yield found("PR-Y114", "The header row is missing, has a blank or repeats a text.", sheet.name)
    blank_in_column: Counter[int] = Counter()
    words: Counter[int] = Counter()
    marked: Counter[int] = Counter()
    rows = table.bottom - table.top
    blank_rows = blank = unwrapped = symbols = 0
    kinds: dict[int, Counter[str]] = {c: Counter() for c in columns}
    for r in range(table.top + 1, table.bottom + 1):
        empty = 0
        for c in columns:
            cell = sheet.cells.get((r, c))
            if cell is None or not cell.text.strip():
                empty += 1
                blank_in_column[c] += 1
                continue
            unwrapped += cell.kind == "text" and not cell.look.wrap and not cell.link
            if cell.kind == "text" and (symbol := _SYMBOLS.match(cell.text.strip())):
                words[c] += symbol[1] is not None
                symbols += symbol[1] is None
            kinds[c][_sort(cell)] += 1
            marked[c] += bool(_ONLY_MARKERS.match(cell.text.strip()))
        blank_rows += empty == len(columns)
        blank += empty if empty < len(columns) else 0
    unwrapped += sum(1 for cell in headers if cell and not cell.look.wrap)
    blank_columns = [c for c in columns if rows and blank_in_column[c] == rows]
    if blank_rows or blank_columns:
        yield found(
            "PR-Y115", f"{blank_rows} rows and {len(blank_columns)} columns of the table are blank.", sheet.name
        )
    if blank - len(blank_columns) * (rows - blank_rows) > 0:
        yield found("PR-Y116", f"{blank:,} cells of the table are blank.", sheet.name)
    if unwrapped:
        yield found("PR-Y124", f"{unwrapped:,} cells of the table do not wrap.", sheet.name)
    # A column without any figure or shorthand holds names or codes, and "None" is one.
    symbols += sum(count for c, count in words.items() if kinds[c]["number"] or kinds[c]["grouped"] or marked[c])
    if symbols:
        yield found("PR-Y129", f"{symbols:,} cells hold a symbol in place of a value.", sheet.name)
    wrong = sum(k["grouped"] + (k["digits"] if k["number"] or k["grouped"] else 0) for k in kinds.values())
    if wrong:
        yield found("PR-Y126", f"{wrong:,} numbers are stored as text.", sheet.name)


def _sort(cell: ReadCell) -> str:
    if cell.kind == "number":
        return "number"
    if cell.kind == "text":
        text = _MARKERS.sub("", cell.text).strip()
        if _GROUPED.match(text):
            return "grouped"
        if _DIGITS.match(text):
            return "digits"
    return "other"


def _shorthand(book: ReadBook) -> Iterator[Problem]:
    """A marker is explained by a row of a Symbols worksheet, or by words after it above the table."""
    explained: set[str] = set()
    for sheet in book.sheets:
        if sheet.name.lower() in ("symbols", "shorthand", "notes"):
            for (r, c), cell in sheet.cells.items():
                if c == 0 and _ONLY_MARKERS.match(cell.text) and (r, 1) in sheet.cells:
                    explained.update(_MARKERS.findall(cell.text))
    for sheet in book.sheets:
        if not sheet.tables:
            continue
        table = sheet.tables[0]
        above = " ".join(cell.text for (r, _), cell in sheet.cells.items() if r < table.top)
        here = set(re.findall(r"\[([a-z]{1,4})\] (?:=|means|is|[a-z])", above))
        used = {
            marker
            for (r, c), cell in sheet.cells.items()
            if r >= table.top and "[" in cell.text and (cell.kind != "text" or c > 0)
            for marker in _MARKERS.findall(cell.text)
            if _ONLY_MARKERS.search(cell.text)
        }
        for marker in sorted(used - explained - here):
            yield found("PR-Y119", "Shorthand is used and not explained.", sheet.name, f"[{marker}]")


def _notes(book: ReadBook) -> Iterator[Problem]:
    listed: list[str] = []
    referred: dict[str, str] = {}
    for sheet in book.sheets:
        if sheet.name.lower() == "notes":
            listed += [
                match[1]
                for (_, c), cell in sorted(sheet.cells.items())
                if c == 0
                and (match := re.fullmatch(r"\[?note ([^\]]+?)\]?", cell.text.strip(), re.IGNORECASE))
                and match[1].lower() != "number"
            ]
            continue
        for cell in sheet.cells.values():
            if "[note " in cell.text and sheet.name.lower() != "contents":
                for note in _NOTE.findall(cell.text):
                    referred.setdefault(note, sheet.name)
    for note, where in referred.items():
        if note not in listed:
            yield found("PR-Y120", "A note is referred to that is not on the Notes worksheet.", where, note)
    for note in listed:
        if note not in referred:
            yield found("PR-Y121", "No table refers to this note.", "Notes", note)


def _contents(book: ReadBook) -> Iterator[Problem]:
    names = {sheet.name for sheet in book.sheets}
    contents = next((s for s in book.sheets if s.name.lower() in ("contents", "table of contents")), None)
    if contents:
        told = {cell.text.strip() for cell in contents.cells.values()}
        for sheet in book.sheets:
            if sheet.tables and sheet is not contents and sheet.name not in told:
                yield found("PR-Y130", "The contents do not name this worksheet.", sheet.name)
    elif len([s for s in book.sheets if s.tables]) > 1:
        yield found("PR-Y130", "There is no Contents worksheet.", "document")
    for sheet in book.sheets:
        for cell in sheet.cells.values():
            if cell.link and not _leads(cell.link, names):
                yield found("PR-Y131", "A link leads nowhere.", sheet.name)
        if any(c.kind == "text" and "Q" in c.text and _QUARTER.search(c.text) for c in sheet.cells.values()):
            yield found("PR-Y132", "A quarter is written by its number.", sheet.name)


def _leads(link: str, names: set[str]) -> bool:
    if not link.startswith("#"):
        return bool(re.match(r"(https?://|mailto:)\S+\Z", link))
    target = re.split(r"[.!](?=\$?[A-Z]+\$?\d+\Z)", link[1:])[0]
    return target.strip("'$") in names
