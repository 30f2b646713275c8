"""Rows and columns of a sheet that nobody sees: the reader's library gives their cells like any others."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from piperoll.collect.limits import MIB, Limits


MOST = 1 << 20  # rows and columns beyond this are no spreadsheet's
_TAG = re.compile(rb"<[^<>]+>")
_ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TRUE = (b"1", b"true")


@dataclass(frozen=True)
class Hidden:
    """Numbers from 1 of rows and columns that are hidden or filtered out, in order."""

    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()


def hidden(path: Path, sheet: str, limits: Limits) -> Hidden:
    """What is hidden in one sheet of a workbook (XLSX and ODS; of XLS and XLSB nothing is known)."""
    if not zipfile.is_zipfile(path):
        return Hidden()
    try:
        with zipfile.ZipFile(path) as archive:
            if "xl/workbook.xml" in archive.namelist():
                part = _part_of(archive, sheet, limits)
                return _xlsx(_tags(archive, part, limits)) if part else Hidden()
            if "content.xml" in archive.namelist():
                return _ods(_tags(archive, "content.xml", limits), sheet)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError):
        pass  # the reader says what is wrong with it
    return Hidden()


def _tags(archive: zipfile.ZipFile, part: str, limits: Limits) -> Iterator[tuple[bytes, dict[bytes, bytes]]]:
    """Start and end tags of a part with their attributes, in order; texts are passed over."""
    left, done = b"", 0
    with archive.open(part) as file:
        while (block := file.read(MIB)) and done < limits.file_mb * MIB:
            done += len(block)
            data = left + block
            cut = data.rfind(b"<")
            left = data[cut:] if cut >= 0 and b">" not in data[cut:] else b""
            left = left if len(left) < MIB else b""
            for hit in _TAG.finditer(data, 0, len(data) - len(left)):
                body = hit[0][1:-1]
                name = re.split(rb"[\s/]", body.lstrip(b"/"), maxsplit=1)[0]
                closing = body.startswith(b"/")
                attributes = {} if closing else {a[1]: a[2] or a[3] for a in _ATTRIBUTE.finditer(body)}
                yield (b"/" if closing else b"") + name.rsplit(b":", 1)[-1], attributes


def _part_of(archive: zipfile.ZipFile, sheet: str, limits: Limits) -> str:
    """Name of the part that holds a sheet of an XLSX workbook, or ''."""
    target = ""
    for name, attributes in _tags(archive, "xl/workbook.xml", limits):
        if name == b"sheet" and html.unescape(attributes.get(b"name", b"").decode("utf-8", "replace")) == sheet:
            target = next((v.decode() for k, v in attributes.items() if k.endswith(b":id")), "")
    for name, attributes in _tags(archive, "xl/_rels/workbook.xml.rels", limits) if target else ():
        if name == b"Relationship" and attributes.get(b"Id", b"").decode() == target:
            found = attributes.get(b"Target", b"").decode("utf-8", "replace")
            part = found.lstrip("/") if found.startswith("/") else f"xl/{found}"
            return part if part in archive.namelist() else ""
    return ""


def _xlsx(tags: Iterator[tuple[bytes, dict[bytes, bytes]]]) -> Hidden:
    rows: list[int] = []
    columns: set[int] = set()
    number = 0
    for name, attributes in tags:
        if name == b"row":
            number = int(attributes.get(b"r", b"%d" % (number + 1)))
            if attributes.get(b"hidden") in _TRUE:
                rows.append(number)
        elif name == b"col" and attributes.get(b"hidden") in _TRUE:
            first, last = int(attributes.get(b"min", b"1")), int(attributes.get(b"max", b"1"))
            columns.update(range(first, min(last, MOST, first + 16384) + 1))
    return Hidden(tuple(rows), tuple(sorted(columns)))


def _ods(tags: Iterator[tuple[bytes, dict[bytes, bytes]]], sheet: str) -> Hidden:
    rows: list[int] = []
    columns: list[int] = []
    row = column = 0
    here = False
    for name, attributes in tags:
        if name == b"table":
            here = html.unescape(attributes.get(b"table:name", b"").decode("utf-8", "replace")) == sheet
            row = column = 0
        elif name == b"/table":
            here = False
        elif here and name in (b"table-row", b"table-column"):
            key = b"table:number-rows-repeated" if name == b"table-row" else b"table:number-columns-repeated"
            count = min(int(attributes.get(key, b"1")), MOST)
            unseen = attributes.get(b"table:visibility") in (b"collapse", b"filter")
            if name == b"table-row":
                rows += range(row + 1, row + count + 1) if unseen and count < MOST // 4 else ()
                row += count
            else:
                columns += range(column + 1, column + count + 1) if unseen and count < MOST // 4 else ()
                column += count
    return Hidden(tuple(rows), tuple(columns))
