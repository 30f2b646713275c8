"""ODS as the linter's model, read from its XML parts."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from piperoll.present.lint.archive import Archive
from piperoll.present.lint.model import Kind, Look, ReadBook, ReadCell, ReadSheet, ReadTable, Unreadable


_URN = "{urn:oasis:names:tc:opendocument:xmlns"
_O, _T = f"{_URN}:office:1.0}}", f"{_URN}:table:1.0}}"
_X, _S = f"{_URN}:text:1.0}}", f"{_URN}:style:1.0}}"
_FO, _META, _C = f"{_URN}:xsl-fo-compatible:1.0}}", f"{_URN}:meta:1.0}}", f"{_URN}:config:1.0}}"
_DC, _XL = "{http://purl.org/dc/elements/1.1/}", "{http://www.w3.org/1999/xlink}"
_P = f"{_X}p"
_KINDS: dict[str, Kind] = {
    "string": "text", "float": "number", "percentage": "number", "currency": "number",
    "date": "date", "time": "date", "boolean": "boolean",
}  # fmt: skip
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_MOST_CELLS = 20_000_000


def read_ods(archive: Archive) -> ReadBook:
    """The spreadsheet.

    Raises:
        Unreadable: If a part is missing or broken.
    """
    book = ReadBook(macros=any(re.match(r"(Basic|Scripts)/.", name) for name in archive.names))
    if "meta.xml" in archive.names:
        meta = archive.xml("meta.xml")
        book.title = (meta.findtext(f".//{_DC}title") or "").strip()
        book.language = (meta.findtext(f".//{_DC}language") or "").strip()
        author = meta.findtext(f".//{_META}initial-creator") or meta.findtext(f".//{_DC}creator") or ""
        book.author = author.strip()
    content = archive.xml("content.xml")
    looks = _Looks([archive.xml("styles.xml")] if "styles.xml" in archive.names else [], content)
    spreadsheet = content.find(f"{_O}body/{_O}spreadsheet")
    if spreadsheet is None:
        raise Unreadable("it holds no spreadsheet")
    for table in spreadsheet.findall(f"{_T}table"):
        book.sheets.append(_sheet(table, looks))
    _ranges(spreadsheet, book)
    if "settings.xml" in archive.names:
        _views(archive.xml("settings.xml"), book)
    return book


class _Looks:
    """The looks of cell styles, their parents followed."""

    def __init__(self, before: list[ET.Element], content: ET.Element) -> None:
        self._styles: dict[str, ET.Element] = {}
        self.hidden: set[str] = set()
        self._default: ET.Element | None = None
        for root in (*before, content):
            for style in root.iter(f"{_S}style"):
                family, name = style.get(f"{_S}family"), style.get(f"{_S}name", "")
                if family == "table-cell":
                    self._styles[name] = style
                elif family == "table":
                    properties = style.find(f"{_S}table-properties")
                    if properties is not None and properties.get(f"{_T}display") == "false":
                        self.hidden.add(name)
            for style in root.iter(f"{_S}default-style"):
                if style.get(f"{_S}family") == "table-cell":
                    self._default = style
        self._made: dict[str, Look] = {}

    def get(self, name: str) -> Look:
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> Look:
        chain: list[ET.Element] = []
        seen = set()
        while name in self._styles and name not in seen:
            seen.add(name)
            chain.append(self._styles[name])
            name = self._styles[name].get(f"{_S}parent-style-name", "Default")
        if self._default is not None:
            chain.append(self._default)
        size = self._first(chain, "text-properties", f"{_FO}font-size") or "10pt"
        background = self._first(chain, "table-cell-properties", f"{_FO}background-color")
        wrap = self._first(chain, "table-cell-properties", f"{_FO}wrap-option") == "wrap"
        points = float(size[:-2]) if re.fullmatch(r"[\d.]+pt", size) else 12.0
        return Look(wrap, background not in ("", "transparent"), points)

    @staticmethod
    def _first(chain: list[ET.Element], part: str, attribute: str) -> str:
        for style in chain:
            properties = style.find(f"{_S}{part}")
            if properties is not None and properties.get(attribute):
                return properties.get(attribute, "")
        return ""


def _sheet(table: ET.Element, looks: _Looks) -> ReadSheet:
    sheet = ReadSheet(table.get(f"{_T}name", ""))
    sheet.hidden = table.get(f"{_T}style-name", "") in looks.hidden
    defaults: list[str] = []
    for column in table.iter(f"{_T}table-column"):
        if column.get(f"{_T}visibility", "visible") != "visible":
            sheet.hidden_lines += 1
        times = min(int(column.get(f"{_T}number-columns-repeated", "1")), _MOST_COLUMNS)
        defaults += [column.get(f"{_T}default-cell-style-name", "Default")] * times
    r = 0
    for row in table.iter(f"{_T}table-row"):
        times = min(int(row.get(f"{_T}number-rows-repeated", "1")), _MOST_ROWS - r)
        if row.get(f"{_T}visibility", "visible") != "visible":
            sheet.hidden_lines += 1
        cells = list(_row(row, sheet, looks, defaults))
        if len(cells) * times + len(sheet.cells) > _MOST_CELLS:
            raise Unreadable("it repeats rows without end")
        if cells:
            for again in range(times):
                for c, cell in cells:
                    sheet.cells[r + again, c] = cell
        r += times
    return sheet


def _row(row: ET.Element, sheet: ReadSheet, looks: _Looks, defaults: list[str]) -> list[tuple[int, ReadCell]]:
    out = []
    c = 0
    for element in row:
        if element.tag not in (f"{_T}table-cell", f"{_T}covered-table-cell"):
            continue
        times = min(int(element.get(f"{_T}number-columns-repeated", "1")), _MOST_COLUMNS - c)
        spans = (element.get(f"{_T}number-columns-spanned", "1"), element.get(f"{_T}number-rows-spanned", "1"))
        sheet.merged += spans != ("1", "1")
        style = element.get(f"{_T}style-name") or (defaults[c] if c < len(defaults) else "Default")
        cell = _cell(element, looks.get(style))
        if cell:
            out += [(c + i, cell) for i in range(times)]
        c += times
    return out


def _cell(element: ET.Element, look: Look) -> ReadCell | None:
    kind = _KINDS.get(element.get(f"{_O}value-type", ""))
    formula = element.get(f"{_T}formula") is not None
    if kind is None and not formula:
        return None
    paragraphs = element.findall(_P)
    plain = len(paragraphs) == 1 and not len(paragraphs[0])
    text = paragraphs[0].text or "" if plain else "\n".join(_said(p) for p in paragraphs)
    link = None if plain else element.find(f".//{_X}a")
    href = link.get(f"{_XL}href", "") if link is not None else ""
    value = element.get(f"{_O}value", "") if kind == "number" else ""
    return ReadCell("formula" if formula else kind or "text", text, look, href, value)


def _said(paragraph: ET.Element) -> str:
    parts = [paragraph.text or ""]
    for child in paragraph:
        if child.tag == f"{_X}s":
            parts.append(" " * min(int(child.get(f"{_X}c", "1")), 1000))
        else:
            parts.append(_said(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _ranges(spreadsheet: ET.Element, book: ReadBook) -> None:
    sheets = {sheet.name: sheet for sheet in book.sheets}
    for entry in spreadsheet.iter(f"{_T}database-range"):
        address = entry.get(f"{_T}target-range-address", "")
        found = re.fullmatch(r"'?([^'.]+)'?\.\$?([A-Z]+)\$?(\d+):(?:'?[^'.]*'?\.)?\$?([A-Z]+)\$?(\d+)", address)
        if not found or found[1].lstrip("$") not in sheets:
            continue
        sheet = sheets[found[1].lstrip("$")]
        filters = entry.get(f"{_T}display-filter-buttons") == "true" or entry.find(f"{_T}filter") is not None
        sheet.tables.append(
            ReadTable(
                entry.get(f"{_T}name", ""),
                int(found[3]) - 1,
                _column(found[2]),
                int(found[5]) - 1,
                _column(found[4]),
                entry.get(f"{_T}contains-header", "true") != "false",
                filters,
            )
        )


def _column(letters: str) -> int:
    n = 0
    for letter in letters:
        n = n * 26 + ord(letter) - 64
    return n - 1


def _views(settings: ET.Element, book: ReadBook) -> None:
    sheets = {sheet.name: sheet for sheet in book.sheets}
    for item in settings.iter(f"{_C}config-item"):
        if item.get(f"{_C}name") == "ActiveTable":
            book.active = item.text or ""
    for entry in settings.iter(f"{_C}config-item-map-entry"):
        sheet = sheets.get(entry.get(f"{_C}name", ""))
        if sheet is None:
            continue
        items = {i.get(f"{_C}name", ""): i.text or "" for i in entry.findall(f"{_C}config-item")}
        sheet.cursor = (int(items.get("CursorPositionY", "0")), int(items.get("CursorPositionX", "0")))
        modes = (items.get("HorizontalSplitMode", "0"), items.get("VerticalSplitMode", "0"))
        sheet.frozen = "2" in modes
