"""The workbook as an OpenDocument spreadsheet, written directly: a zip of five XML parts.

ODF 1.3 (OASIS). Tables are marked as database ranges with a header row, headings use named styles, every part
has fixed times and order. A marker beside a number belongs to its number style: people read ``1,234 [r]``,
the stored value stays 1234.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from piperoll.present import odsparts
from piperoll.present.layout import Line, Sheet, sheets_of
from piperoll.present.workbook import Cell, Column, Workbook, plain, shown
from piperoll.present.zips import write_zip


MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_MM_PER_CHARACTER = 2.35  # of Arial 12, on average


def write_ods(book: Workbook) -> bytes:
    """The workbook as the bytes of an ODS file.

    Raises:
        Problems: If the model breaks the guidance (``PR-Y0..``).
    """
    book.require()
    sheets = sheets_of(book)
    parts = (
        ("mimetype", MIMETYPE.encode()),
        ("META-INF/manifest.xml", odsparts.manifest(MIMETYPE).encode()),
        ("meta.xml", odsparts.meta(book).encode()),
        ("settings.xml", odsparts.settings([s.name for s in sheets]).encode()),
        ("styles.xml", odsparts.styles(book.language).encode()),
        ("content.xml", _content(sheets).encode()),
    )
    return write_zip(parts, stored=frozenset({"mimetype"}))


class _Styles:
    """Automatic styles, named in the order of first use."""

    def __init__(self) -> None:
        self.xml: list[str] = []
        self._widths: dict[int, str] = {}
        self._numbers: dict[tuple[str, int, tuple[str, ...]], str] = {}

    def width(self, characters: int) -> str:
        if characters not in self._widths:
            name = f"co{len(self._widths) + 1}"
            self._widths[characters] = name
            self.xml.append(odsparts.column_style(name, characters * _MM_PER_CHARACTER))
        return self._widths[characters]

    def number(self, column: Column, marks: tuple[str, ...]) -> str:
        key = ("date" if column.kind == "date" else "number", column.shown_places, marks)
        if key not in self._numbers:
            name = f"nu{len(self._numbers) + 1}"
            self._numbers[key] = name
            self.xml.append(odsparts.number_style(name, key[0], key[1], marks))
        return self._numbers[key]


def _content(sheets: tuple[Sheet, ...]) -> str:
    styles = _Styles()
    tables = [_sheet(sheet, styles) for sheet in sheets]
    ranges = [_range(sheet) for sheet in sheets if sheet.table]
    return odsparts.content("".join(styles.xml), "".join(tables), "".join(ranges))


def _sheet(sheet: Sheet, styles: _Styles) -> str:
    out = [f'<table:table table:name={quoteattr(sheet.name)} table:style-name="ta1">']
    for width in sheet.widths:
        name = styles.width(width)
        out.append(f'<table:table-column table:style-name="{name}" table:default-cell-style-name="Default"/>')
    wrap = sheet.table is None
    out.extend(f'<table:table-row table:style-name="ro1">{_line(line, wrap)}</table:table-row>' for line in sheet.lines)
    if sheet.table is not None:
        columns = sheet.table.columns
        headers = "".join(
            _text(header, "Header" if column.kind == "text" else "Header_20_right")
            for header, column in zip(sheet.headers, columns, strict=True)
        )
        out.append(
            "<table:table-header-rows>"
            f'<table:table-row table:style-name="ro1">{headers}</table:table-row></table:table-header-rows>'
        )
        for i, row in enumerate(sheet.table.cells()):
            cells = [_cell(cell, column, styles) for cell, column in zip(row, columns, strict=True)]
            if sheet.links:
                cells[0] = _link(shown(row[0], columns[0]), f"#{sheet.links[i]}", "Link")
            out.append(f'<table:table-row table:style-name="ro1">{"".join(cells)}</table:table-row>')
    out.append("</table:table>")
    return "".join(out)


def _range(sheet: Sheet) -> str:
    assert sheet.table is not None
    top = len(sheet.lines) + 1
    last = f"{letters(len(sheet.table.columns) - 1)}{top + len(sheet.table.rows)}"
    address = quoteattr(f"{sheet.name}.A{top}:{sheet.name}.{last}")
    return (
        f"<table:database-range table:name={quoteattr(sheet.table_name)} table:target-range-address={address}"
        ' table:contains-header="true" table:display-filter-buttons="false"/>'
    )


def letters(column: int) -> str:
    """Letters of a column counted from 0: ``A``, ``Z``, ``AA``."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _line(line: Line, wrap: bool) -> str:
    if line.href:
        return _link(line.text, line.href, "Link")
    style = {"title": "Heading_20_1", "heading": "Heading_20_2", "text": "Text" if wrap else "Line"}[line.style]
    return _text(line.text, style)


def _link(text: str, href: str, style: str) -> str:
    target = f"#{href[1:]}.A1" if href.startswith("#") else href
    return (
        f'<table:table-cell office:value-type="string" table:style-name="{style}"><text:p>'
        f'<text:a xlink:type="simple" xlink:href={quoteattr(target)}>{_escaped(text)}</text:a>'
        "</text:p></table:table-cell>"
    )


def _text(text: str, style: str) -> str:
    paragraphs = "".join(f"<text:p>{_escaped(part)}</text:p>" for part in text.split("\n"))
    kind = f'office:value-type="string" table:style-name="{style}"'
    return f"<table:table-cell {kind}>{paragraphs}</table:table-cell>"


def _cell(cell: Cell, column: Column, styles: _Styles) -> str:
    value = cell.value
    if value is None or isinstance(value, str):
        return _text(shown(cell, column), "Text" if column.kind == "text" else "Marker")
    style = styles.number(column, cell.marks)
    text = _escaped(shown(cell, column))
    if isinstance(value, dt.date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()[:10]}"'
    else:
        assert isinstance(value, int | float | Decimal)
        kind = f'office:value-type="float" office:value="{plain(value, column)}"'
    return f'<table:table-cell {kind} table:style-name="{style}"><text:p>{text}</text:p></table:table-cell>'


def _escaped(text: str) -> str:
    """XML text; a run of spaces is kept by ``text:s``, which ODF needs for it."""
    safe = escape(text)
    while "  " in safe:
        before, _, after = safe.partition("  ")
        run = 2 + len(after) - len(after.lstrip(" "))
        safe = f'{before} <text:s text:c="{run - 1}"/>{after.lstrip(" ")}'
    return safe
