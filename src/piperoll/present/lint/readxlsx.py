"""XLSX as the linter's model, read from its XML parts."""

from __future__ import annotations

import posixpath
import re
from decimal import Decimal
from xml.etree import ElementTree as ET

from piperoll.present.lint.archive import Archive
from piperoll.present.lint.model import Kind, Look, ReadBook, ReadCell, ReadSheet, ReadTable, Unreadable


_M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_P = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_KINDS: dict[str, Kind] = {"s": "text", "str": "text", "inlineStr": "text", "b": "boolean", "e": "error"}
_PLAIN_NUMBER = re.compile(r"(?:#,##)?0(\.0+)?")
_QUOTED = re.compile(r'"([^"]*)"')


def read_xlsx(archive: Archive) -> ReadBook:
    """The spreadsheet.

    Raises:
        Unreadable: If a part is missing or broken.
    """
    book = ReadBook(macros=any("vbaproject" in name.lower() for name in archive.names))
    if "docProps/core.xml" in archive.names:
        core = archive.xml("docProps/core.xml")
        book.title = (core.findtext(f"{_DC}title") or "").strip()
        book.author = (core.findtext(f"{_DC}creator") or "").strip()
        book.language = (core.findtext(f"{_DC}language") or "").strip()
    root = archive.xml("xl/workbook.xml")
    targets = _relations(archive, "xl/workbook.xml")
    strings = _strings(archive)
    looks, formats = _styles(archive)
    listed = root.findall(f"{_M}sheets/{_M}sheet")
    for entry in listed:
        path = targets.get(entry.get(f"{_R}id", ""), "")
        sheet = ReadSheet(entry.get("name", ""), hidden=entry.get("state", "visible") != "visible")
        _sheet(archive, path, sheet, strings, looks, formats)
        book.sheets.append(sheet)
    view = root.find(f"{_M}bookViews/{_M}workbookView")
    at = int(view.get("activeTab", "0")) if view is not None else 0
    book.active = book.sheets[at].name if 0 <= at < len(book.sheets) else ""
    return book


def _relations(archive: Archive, part: str) -> dict[str, str]:
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    if path not in archive.names:
        return {}
    out = {}
    for entry in archive.xml(path).findall(f"{_P}Relationship"):
        target = entry.get("Target", "")
        if entry.get("TargetMode") != "External":
            target = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
        out[entry.get("Id", "")] = target
    return out


def _strings(archive: Archive) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.names:
        return []
    return ["".join(t.text or "" for t in si.iter(f"{_M}t")) for si in archive.xml("xl/sharedStrings.xml")]


def _styles(archive: Archive) -> tuple[list[Look], list[str]]:
    if "xl/styles.xml" not in archive.names:
        return [Look()], [""]
    root = archive.xml("xl/styles.xml")
    named = {f.get("numFmtId", ""): f.get("formatCode", "") for f in root.iter(f"{_M}numFmt")}
    sizes = []
    for font in root.findall(f"{_M}fonts/{_M}font"):
        size = font.find(f"{_M}sz")
        sizes.append(float(size.get("val", "11")) if size is not None else 11.0)
    fills = []
    for fill in root.findall(f"{_M}fills/{_M}fill"):
        pattern = fill.find(f"{_M}patternFill")
        fills.append(pattern is None or pattern.get("patternType", "none") != "none")
    looks, formats = [], []
    for xf in root.findall(f"{_M}cellXfs/{_M}xf"):
        alignment = xf.find(f"{_M}alignment")
        wrap = alignment is not None and alignment.get("wrapText") in ("1", "true")
        fill_id, font_id = int(xf.get("fillId", "0")), int(xf.get("fontId", "0"))
        looks.append(Look(wrap, fills[fill_id], sizes[font_id]))
        formats.append(named.get(xf.get("numFmtId", "0"), ""))
    return looks or [Look()], formats or [""]


def _sheet(
    archive: Archive, path: str, sheet: ReadSheet, strings: list[str], looks: list[Look], formats: list[str]
) -> None:
    root = archive.xml(path)
    relations = _relations(archive, path)
    links = {}
    for link in root.iter(f"{_M}hyperlink"):
        target = relations.get(link.get(f"{_R}id", ""), "") or f"#{link.get('location', '')}"
        links[_place(link.get("ref", "A1").split(":")[0])] = target
    view = root.find(f"{_M}sheetViews/{_M}sheetView")
    if view is not None:
        pane = view.find(f"{_M}pane")
        sheet.frozen = pane is not None and pane.get("state", "").startswith("frozen")
        selection = view.find(f"{_M}selection")
        if selection is not None:
            sheet.cursor = _place(selection.get("activeCell", "A1"))
    sheet.merged = sum(1 for _ in root.iter(f"{_M}mergeCell"))
    sheet.filters = root.find(f"{_M}autoFilter") is not None
    columns = root.findall(f"{_M}cols/{_M}col")
    sheet.hidden_lines = sum(1 for c in columns if c.get("hidden") in ("1", "true") or c.get("width") == "0")
    for row in root.iter(f"{_M}row"):
        if row.get("hidden") in ("1", "true"):
            sheet.hidden_lines += 1
        for c in row:
            place = _place(c.get("r", ""))
            cell = _cell(c, strings, looks, formats, links.get(place, ""))
            if cell:
                sheet.cells[place] = cell
    for part in root.findall(f"{_M}tableParts/{_M}tablePart"):
        sheet.tables.append(_table(archive.xml(relations.get(part.get(f"{_R}id", ""), ""))))


def _cell(c: ET.Element, strings: list[str], looks: list[Look], formats: list[str], link: str) -> ReadCell | None:
    style = int(c.get("s", "0"))
    kind: Kind = _KINDS.get(c.get("t", "n"), "number")
    raw = c.findtext(f"{_M}v")
    if c.get("t") == "inlineStr":
        raw = "".join(t.text or "" for t in c.iter(f"{_M}t"))
    if raw is None and c.find(f"{_M}f") is None:
        return None
    text = raw or ""
    try:
        if c.get("t") == "s":
            text = strings[int(text)]
        look, pattern = looks[style], formats[style]
    except (IndexError, ValueError) as error:
        raise Unreadable("a cell points to a text or format that is not there") from error
    if c.find(f"{_M}f") is not None:
        return ReadCell("formula", text, look, link, text if kind == "number" else "")
    elif kind == "number":
        if re.search(r"[dmyh]", _QUOTED.sub("", pattern)):
            kind = "date"
        value = text if kind == "number" else ""
        places = _PLAIN_NUMBER.fullmatch(_QUOTED.sub("", pattern).strip())
        if value and places:
            text = f"{Decimal(value):,.{len(places[1] or '.') - 1}f}"
        text += "".join(_QUOTED.findall(pattern))
        return ReadCell(kind, text, look, link, value)
    return ReadCell(kind, text, look, link)


def _table(root: ET.Element) -> ReadTable:
    first, _, last = root.get("ref", "A1:A1").partition(":")
    (top, left), (bottom, right) = _place(first), _place(last or first)
    filters = root.find(f"{_M}autoFilter") is not None
    header = root.get("headerRowCount", "1") != "0"
    return ReadTable(root.get("displayName", ""), top, left, bottom, right, header, filters)


def _place(ref: str) -> tuple[int, int]:
    """``C7`` as (6, 2)."""
    column = row = 0
    for character in ref:
        if "A" <= character <= "Z":
            column = column * 26 + ord(character) - 64
        elif "0" <= character <= "9":
            row = row * 10 + ord(character) - 48
        elif character != "$":
            raise Unreadable("a cell has no readable address")
    return row - 1, column - 1
