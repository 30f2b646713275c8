"""Good deliveries, one for each reader, and ways to spoil them: by their bytes, their text, or inside their archive.

Each mutation takes the bytes of a good file and a generator and gives those of a bad one. `ROW` mutations change one
value and leave the number of rows as it is, so that a test can count with them.
"""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq


HEADER = ("status", "case_number", "kind", "opened", "amount", "party_name", "party_born", "postcode", "urgent")
SECRETS = ("Canarina", "1971-03-02", "QX9 7ZZ", "QQ777")  # stand in every good file: nothing printed may hold them
ROWS = 40
Mutation = Callable[[bytes, random.Random], bytes]


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
}


# --- by bytes: for every reader ----------------------------------------------------------------------------------------


def _flip(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 3, 30))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(1, len(data))]


def _cut_front(data: bytes, rng: random.Random) -> bytes:
    return data[rng.randrange(1, len(data)) :]


def _drop_block(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randrange(1, 400) :]


def _double_block(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start : start + rng.randrange(1, 400)] * rng.choice((2, 3, 50)) + data[start:]


def _swap_halves(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(1, len(data))
    return data[at:] + data[:at]


def _fill(data: bytes, rng: random.Random) -> bytes:
    start, fill = rng.randrange(len(data)), rng.choice((b"\x00", b"\xff", b"\x1a", b'"', b"\n", b"\r", b"<", b","))
    count = rng.choice((1, 16, 2000))
    return data[:start] + fill * count + data[start + rng.choice((0, count)) :]


def _noise(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + rng.randbytes(rng.choice((1, 20, 3000))) + data[start:]


def _mark(data: bytes, rng: random.Random) -> bytes:
    return rng.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"PK\x03\x04", b"PAR1")) + data


def _appended(data: bytes, rng: random.Random) -> bytes:
    return data + rng.choice(
        (b"\x00" * 512, b"PK\x05\x06" + b"\x00" * 18, b"PAR1", b"<html>", rng.randbytes(100), data)
    )


def _nothing(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.choice((0, 0, 1, 4, 8))]


BYTES: dict[str, Mutation] = {
    "bits flipped": _flip, "end cut off": _cut, "start cut off": _cut_front, "block lost": _drop_block,
    "block repeated": _double_block, "halves swapped": _swap_halves, "bytes filled": _fill, "noise put in": _noise,
    "wrong mark in front": _mark, "appended": _appended, "hardly a byte": _nothing,
}  # fmt: skip


# --- by text: for delimited text ---------------------------------------------------------------------------------------

HOSTILE = (
    "=cmd|' /C calc'!A0", "'; DROP TABLE cases; --", "<script>alert(1)</script>", "../../etc/passwd", "{{7*7}}", "\u202eabc",
    "\u200b", "\x00", "%s%n", "$(reboot)", "NaN", "1e999", "-", "99999999999999999999999", "0000-00-00", "=1+1",
)  # fmt: skip


def _lines(data: bytes) -> list[str]:
    return data.decode().split("\n")


def _value(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    at = rng.randrange(1, ROWS + 1)
    cells = lines[at].split(",")
    cells[rng.randrange(len(cells))] = rng.choice([each for each in HOSTILE if "\x00" not in each])
    lines[at] = ",".join(cells)
    return "\n".join(lines).encode()


def _quote(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    at = rng.randrange(len(lines) - 1)
    place = rng.randrange(len(lines[at]))
    lines[at] = lines[at][:place] + '"' + lines[at][place:]
    return "\n".join(lines).encode()


def _more_cells(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    at = rng.randrange(len(lines) - 1)
    lines[at] += "," * rng.choice((1, 5, 3000))
    return "\n".join(lines).encode()


def _fewer_cells(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    at = rng.randrange(len(lines) - 1)
    lines[at] = ",".join(lines[at].split(",")[: rng.randrange(len(HEADER))])
    return "\n".join(lines).encode()


def _long(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    at = rng.randrange(len(lines) - 1)
    return "\n".join([*lines[:at], lines[at] + "x" * rng.choice((500, 70_000, 3_000_000)), *lines[at + 1 :]]).encode()


def _header(data: bytes, rng: random.Random) -> bytes:
    first, *rest = _lines(data)
    names = first.split(",")
    which = rng.randrange(5)
    if which == 0:
        rng.shuffle(names)
    elif which == 1:
        names[rng.randrange(len(names))] = names[rng.randrange(len(names))]
    elif which == 2:
        names[rng.randrange(len(names))] = rng.choice(HOSTILE)
    elif which == 3:
        return "\n".join(rest).encode()
    else:
        return "\n".join([*rest[:5], first, *rest[5:]]).encode()
    return "\n".join([",".join(names), *rest]).encode()


def _ends(data: bytes, rng: random.Random) -> bytes:
    return data.replace(b"\n", rng.choice((b"\r", b"\r\n", b"\n\n", b"\n\r", b"\x0b", b"\xe2\x80\xa8")))


def _order(data: bytes, rng: random.Random) -> bytes:
    first, *rest = _lines(data)
    rng.shuffle(rest)
    return "\n".join([first, *rest]).encode()


ROW: dict[str, Mutation] = {"hostile value": _value}
TEXT: dict[str, Mutation] = {
    **ROW, "quote put in": _quote, "cells too many": _more_cells, "cells too few": _fewer_cells,
    "endless field": _long, "header changed": _header, "line ends changed": _ends, "rows in another order": _order,
}  # fmt: skip


# --- inside an archive: for zip, XLSX and ODS --------------------------------------------------------------------------

ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(9))
OUTSIDE = '<!ENTITY e8 SYSTEM "file:///etc/passwd">'


def _members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        return {each: made.read(each) for each in made.namelist()}


def _inside(change: Mutation) -> Mutation:
    """Change the largest member, and pack all again as a sound archive."""

    def mutated(data: bytes, rng: random.Random) -> bytes:
        members = _members(data)
        name = max(members, key=lambda each: len(members[each]))
        return archive({**members, name: change(members[name], rng)})

    return mutated


def _entity(data: bytes, rng: random.Random) -> bytes:
    declared = f"<!DOCTYPE x [{rng.choice((ENTITIES, OUTSIDE))}]>".encode()
    start = data.find(b"?>") + 2
    return data[:start] + declared + data[start:].replace(b"Canarina", b"&e8;", 3)


def _deep(data: bytes, rng: random.Random) -> bytes:
    at = data.rfind(b"</")
    return data[:at] + b"<a>" * rng.choice((100, 50_000)) + data[at:]


def _wide(data: bytes, rng: random.Random) -> bytes:
    return data.replace(b'r="B', rng.choice((b'r="XFD', b'r="ZZZZZZ', b'r="-')), 3).replace(
        b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="999999999" ', 3
    )


def _bomb(data: bytes, rng: random.Random) -> bytes:
    members = _members(data)
    name = max(members, key=lambda each: len(members[each]))
    return archive({**members, name: members[name] + b" " * rng.choice((30_000_000, 400_000_000))})


def _path(data: bytes, rng: random.Random) -> bytes:
    evil = rng.choice(
        ("../../../../tmp/slipped.csv", "/etc/slipped.csv", "a\\..\\slipped.csv", "x" * 300, "CON", "\u202evsc.x")
    )
    return archive({**_members(data), evil: text()})


def _lacking(data: bytes, rng: random.Random) -> bytes:
    members = _members(data)
    members.pop(rng.choice(sorted(members)))
    return archive(members)


def _many(data: bytes, rng: random.Random) -> bytes:
    return archive({**_members(data), **{f"more/{n}.csv": b"a\n" for n in range(rng.choice((30, 20_000)))}})


def _nested(data: bytes, rng: random.Random) -> bytes:
    for n in range(rng.choice((1, 12))):
        data = archive({f"{n}.zip": data})
    return data


ARCHIVE: dict[str, Mutation] = {
    **{f"within: {name}": _inside(change) for name, change in BYTES.items()},
    "XML entities": _inside(_entity), "XML a thousand deep": _inside(_deep), "cells far away": _inside(_wide),
    "bomb": _bomb, "path of a member": _path, "member lacking": _lacking, "members without end": _many,
    "archives in archives": _nested,
}  # fmt: skip


def kinds() -> list[tuple[str, str, Mutation]]:
    """Each reader with each mutation that fits it: reader, name, mutation."""
    found = []
    for reader in GOOD:
        named = dict(BYTES)
        if reader == "csv":
            named |= TEXT
        if reader in ("zip", "xlsx", "ods"):
            named |= ARCHIVE
        found += [(reader, name, change) for name, change in named.items()]
    return found
