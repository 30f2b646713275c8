"""Good deliveries of the same forty rows, one for each kind of file that is read."""

from __future__ import annotations

import gzip
import io
import shutil
import struct
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq


HEADER = ("status", "case_number", "kind", "opened", "amount", "party_name", "party_born", "postcode", "urgent")
SECRETS = ("Canarina", "1971-03-02", "QX9 7ZZ", "QQ777")  # stand in every good file: nothing printed may hold them
ROWS = 40


def rows() -> list[tuple[str, ...]]:
    """Rows of a good delivery of ``cases.case``."""
    return [
        ("N", f"QQ777{n:03d}", "A", f"2012-01-{n % 28 + 1:02d}", f"{n}.50", f"Canarina {n}", "1971-03-02", "QX9 7ZZ",
         "true") for n in range(ROWS)
    ]  # fmt: skip


def text(encoding: str = "utf-8", delimiter: str = ",", end: str = "\n") -> bytes:
    """As delimited text."""
    return end.join([*(delimiter.join(each) for each in (HEADER, *rows())), ""]).encode(encoding)


def workbook() -> bytes:
    """As XLSX."""
    book = openpyxl.Workbook()
    for each in (HEADER, *rows()):
        book.active.append(each)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def open_document() -> bytes:
    """As ODS, of the least parts that a reader wants."""
    cells = "".join(
        "<table:table-row>"
        + "".join(f'<table:table-cell office:value-type="string"><text:p>{v}</text:p></table:table-cell>' for v in row)
        + "</table:table-row>"
        for row in (HEADER, *rows())
    )
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{names} office:version="1.3"><office:body>'
        f'<office:spreadsheet><table:table table:name="Data">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    return archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": b'<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:'
            b'opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type='
            b'"application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        }
    )


def parquet() -> bytes:
    """As Parquet, every column text."""
    out = io.BytesIO()
    pq.write_table(pa.table(dict(zip(HEADER, map(list, zip(*rows(), strict=True)), strict=True))), out)
    return out.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    """A zip archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(zipfile.ZipInfo(name, (2012, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


WIDTHS = (2, 9, 2, 11, 8, 20, 11, 9, 6)


def fixed() -> bytes:
    """As fixed width text: each value at its contract's place, no header."""
    lines = ("".join(f"{value:<{wide}}" for value, wide in zip(row, WIDTHS, strict=True)) for row in rows())
    return "".join(f"{line}\n" for line in lines).encode()


def places() -> dict[str, list[int]]:
    """Where each column of `fixed` stands, as a contract says it: first place and length."""
    return {
        name: [1 + sum(WIDTHS[:at]), wide] for at, (name, wide) in enumerate(zip(HEADER, WIDTHS, strict=True))
    }  # fmt: skip


@cache
def old_workbook() -> bytes:
    """As XLS, which LibreOffice makes of the XLSX; b'' where it is not installed."""
    office = shutil.which("soffice")
    if office is None:
        return b""
    with tempfile.TemporaryDirectory(prefix="piperoll-xls-") as made:
        source = Path(made) / "cases.xlsx"
        source.write_bytes(workbook())
        profile = f"-env:UserInstallation=file://{made}/profile"
        command = [office, profile, "--headless", "--convert-to", "xls", "--outdir", made, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        return source.with_suffix(".xls").read_bytes()


def _record(kind: int, data: bytes = b"") -> bytes:
    """A record of a binary workbook (MS-XLSB 2.1.4): its kind and its length in groups of seven bits."""
    out = bytearray()
    for value in (kind, len(data)):
        number = value
        while number > 0x7F:
            out.append(number & 0x7F | 0x80)
            number >>= 7
        out.append(number)
    return bytes(out) + data


def _wide(words: str) -> bytes:
    return struct.pack("<I", len(words)) + words.encode("utf-16-le")


def binary_workbook() -> bytes:
    """As XLSB, of the least records that a reader wants: LibreOffice reads this format and writes it not."""
    lines = [HEADER, *rows()]
    sheet = bytearray(_record(129) + _record(148, struct.pack("<4I", 0, len(lines) - 1, 0, len(HEADER) - 1)))
    sheet += _record(145)
    for number, line in enumerate(lines):
        sheet += _record(0, struct.pack("<2IH3sI", number, 0, 300, bytes(3), 0))
        for at, value in enumerate(line):
            sheet += _record(6, struct.pack("<2I", at, 0) + _wide(value))
    sheet += _record(146) + _record(130)
    book = _record(131) + _record(143) + _record(156, struct.pack("<2I", 0, 1) + _wide("rId1") + _wide("Data"))
    office = "http://schemas.openxmlformats.org"
    relation = (
        f'<?xml version="1.0"?><Relationships xmlns="{office}/package/2006/relationships"><Relationship Id="rId1" Type='
        f'"{office}/officeDocument/2006/relationships/{{}}" Target="{{}}"/></Relationships>'
    )
    kinds = (
        f'<?xml version="1.0"?><Types xmlns="{office}/package/2006/content-types"><Default Extension="bin" ContentType='
        '"application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
    )
    return archive(
        {
            "[Content_Types].xml": kinds.encode(),
            "_rels/.rels": relation.format("officeDocument", "xl/workbook.bin").encode(),
            "xl/workbook.bin": book + _record(144) + _record(132),
            "xl/_rels/workbook.bin.rels": relation.format("worksheet", "worksheets/sheet1.bin").encode(),
            "xl/worksheets/sheet1.bin": bytes(sheet),
        }
    )


# By reader; an archive is told the name of its member, which says what it is.
GOOD: dict[str, Callable[[str], bytes]] = {
    "csv": lambda name: text(),
    "tab": lambda name: text(delimiter="\t"),
    "latin": lambda name: text("cp1252", ";", "\r\n"),
    "utf16": lambda name: text("utf-16"),
    "gzip": lambda name: gzip.compress(text(), mtime=0),
    "zip": lambda name: archive({f"{name}.csv": text()}),
    "xlsx": lambda name: workbook(),
    "ods": lambda name: open_document(),
    "parquet": lambda name: parquet(),
    "fixed": lambda name: fixed(),
    "xls": lambda name: old_workbook(),
    "xlsb": lambda name: binary_workbook(),
}
