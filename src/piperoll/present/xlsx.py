"""The workbook as XLSX (XlsxWriter), accessible and the same bytes each time.

Text is always written as a string cell, never as a formula, so that a name beginning with ``=`` is only text.
A marker beside a number is part of the cell's number format: people read ``1,234 [r]``, machines read 1234.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
import zipfile
from decimal import Decimal
from typing import Any

import xlsxwriter

from piperoll.present.layout import Line, Sheet, lines_needed, sheets_of
from piperoll.present.symbols import brackets
from piperoll.present.words import rounded
from piperoll.present.workbook import Cell, Column, Workbook, shown
from piperoll.present.zips import write_zip


_UNDATED = dt.date(2000, 1, 1)
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_format_properties": {"font_name": "Arial", "font_size": 12, "font_scheme": ""},
}
SIZES = {"title": 16, "heading": 14, "text": 12}
_BLUE = "#0563C1"


def write_xlsx(book: Workbook) -> bytes:
    """The workbook as the bytes of an XLSX file.

    Raises:
        Problems: If the model breaks the guidance (``PR-Y0..``).
    """
    book.require()
    out = io.BytesIO()
    target = xlsxwriter.Workbook(out, copy.deepcopy(OPTIONS))  # XlsxWriter changes what it is given
    published = book.cover.published or _UNDATED
    target.set_properties(
        {
            "title": book.title,
            "author": book.author,
            "company": book.author,
            "subject": book.identifier,
            "keywords": ", ".join(book.keywords),
            "created": dt.datetime(published.year, published.month, published.day, 9, 30),
        }
    )
    formats = Formats(target)
    for sheet in sheets_of(book):
        _sheet(target.add_worksheet(sheet.name), sheet, formats)
    target.close()
    return settled(out.getvalue(), book.language)


class Formats:
    """Cell formats, made once each, in the order of first use."""

    def __init__(self, target: Any) -> None:
        self._target = target
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def get(self, **properties: object) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            base = {"font_name": "Arial", "font_size": 12, "valign": "top", "font_scheme": ""}
            self._made[key] = self._target.add_format({**base, **properties})
        return self._made[key]

    def number(self, column: Column, marks: tuple[str, ...]) -> Any:
        if column.kind == "date":
            pattern = "d mmmm yyyy"
        else:
            pattern = "#,##0" + ("." + "0" * column.shown_places if column.shown_places else "")
        if marks:
            pattern += f'" {brackets(marks)}"'
        return self.get(num_format=pattern, align="right", indent=1)


def _sheet(ws: Any, sheet: Sheet, formats: Formats) -> None:
    ws.set_landscape()
    ws.set_paper(9)  # A4
    ws.fit_to_pages(1, 0)
    widths = sheet.widths
    for i, width in enumerate(widths):
        ws.set_column(i, i, width)
    for r, line in enumerate(sheet.lines):
        _line(ws, r, line, formats, wrap=sheet.table is None)
        lines = 1 if sheet.table else lines_needed(line.text, widths[0])
        _height(ws, r, lines, SIZES[line.style])
    if sheet.table is None:
        return
    top, columns = len(sheet.lines), sheet.table.columns
    text = formats.get(text_wrap=True, align="left")
    marked = formats.get(text_wrap=True, align="right", indent=1)
    headers = [
        {"header": header, "header_format": formats.get(bold=True, text_wrap=True, **_side(column))}
        for header, column in zip(sheet.headers, columns, strict=True)
    ]
    bottom = top + len(sheet.table.rows)
    ws.add_table(
        top, 0, bottom, len(columns) - 1,
        {"name": sheet.table_name, "columns": headers, "autofilter": False, "style": None},
    )  # fmt: skip
    _height(ws, top, max(lines_needed(h, w) for h, w in zip(sheet.headers, widths, strict=True)), 12)
    for r, row in enumerate(sheet.table.cells(), top + 1):
        texts = [c.value for c in row]
        _height(
            ws, r, max(lines_needed(t, w) if isinstance(t, str) else 1 for t, w in zip(texts, widths, strict=True)), 12
        )
        for i, (cell, column) in enumerate(zip(row, columns, strict=True)):
            value = cell.value
            if i == 0 and sheet.links:
                _link(ws, r, f"#{sheet.links[r - top - 1]}", shown(cell, column), formats, wrap=True)
            elif value is None or isinstance(value, str):
                ws.write_string(r, i, shown(cell, column), text if column.kind == "text" else marked)
            elif isinstance(value, dt.date):
                ws.write_datetime(r, i, value, formats.number(column, cell.marks))
            else:
                ws.write_number(r, i, _stored(cell, column), formats.number(column, cell.marks))


def _height(ws: Any, r: int, lines: int, points: int) -> None:
    """Give a row the height its text needs; not every program finds it out when it opens the file."""
    if lines > 1 or points > 12:
        ws.set_row(r, round(lines * points * 1.3 + 2))


def _side(column: Column) -> dict[str, object]:
    """Text to the left, numbers to the right, with room before the text of the next column."""
    return {"align": "left"} if column.kind == "text" else {"align": "right", "indent": 1}


def _stored(cell: Cell, column: Column) -> Decimal | int:
    """The number exactly as shown: no hidden decimals behind a rounded figure.

    A Decimal, for XlsxWriter writes the sixteenth digit of a float: 8.140000000000001.
    """
    value = cell.value
    assert isinstance(value, int | float | Decimal)
    if isinstance(value, int):
        return value
    shown_value = rounded(value, column.shown_places)
    return int(shown_value) if column.shown_places == 0 else shown_value


def _line(ws: Any, r: int, line: Line, formats: Formats, *, wrap: bool) -> None:
    if line.href:
        _link(ws, r, line.href, line.text, formats, wrap=wrap)
        return
    bold = line.style != "text"
    ws.write_string(r, 0, line.text, formats.get(bold=bold, font_size=SIZES[line.style], text_wrap=wrap))


def _link(ws: Any, r: int, href: str, text: str, formats: Formats, *, wrap: bool) -> None:
    look = formats.get(font_color=_BLUE, underline=1, text_wrap=wrap)
    target = f"internal:'{href[1:]}'!A1" if href.startswith("#") else href
    ws.write_url(r, 0, target, look, string=text)


def settled(data: bytes, language: str) -> bytes:
    """What XlsxWriter wrote, with its language and the fixed times: the same bytes each time."""
    parts = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            if name == "docProps/core.xml":
                told = f"<dc:language>{language}</dc:language>".encode()
                part = part.replace(b"</cp:coreProperties>", told + b"</cp:coreProperties>")
            parts.append((name, part))
    return write_zip(parts)
