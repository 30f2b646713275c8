"""Ways to spoil good deliveries: by their bytes, their text, their columns, or inside their archive.

Each mutation takes the bytes of a good file and a generator and gives those of a bad one. `ROW` mutations change one
value and leave the number of rows as it is, so that a test can count with them.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

from tests.generative.good import GOOD, HEADER, ROWS, archive, text


Mutation = Callable[[bytes, random.Random], bytes]


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


# --- by columns: for fixed width text -----------------------------------------------------------------------------------


def _line(change: Callable[[str, random.Random], str]) -> Mutation:
    """Change one line, or one in two of them."""

    def mutated(data: bytes, rng: random.Random) -> bytes:
        lines = _lines(data)
        chosen = rng.choice((range(rng.randrange(ROWS), ROWS, 2), [rng.randrange(ROWS)]))
        for at in chosen:
            lines[at] = change(lines[at], rng)
        return "\n".join(lines).encode("utf-8", "surrogatepass")

    return mutated


def _overwritten(line: str, rng: random.Random) -> str:
    """A hostile value at a column's place; the line is as long as it was."""
    value = rng.choice([each for each in HOSTILE if "\x00" not in each])
    start = rng.choice((2, 11, 13, 24, 32, 52, 63, 72))
    return (line[:start] + value + line[start + len(value) :])[: len(line)]


def _shifted(line: str, rng: random.Random) -> str:
    at = rng.randrange(len(line))
    return line[:at] + rng.choice((" ", "  ", "\t", "\u3000")) + line[at:]


def _pulled(line: str, rng: random.Random) -> str:
    at = rng.randrange(len(line))
    return line[:at] + line[at + rng.choice((1, 2, 9)) :]


def _shortened(line: str, rng: random.Random) -> str:
    return line[: rng.randrange(1, len(line))]


def _lengthened(line: str, rng: random.Random) -> str:
    return line + rng.choice(("x", "0" * 80, line, "y" * 2_000_000))


def _wide_signs(line: str, rng: random.Random) -> str:
    """Letters that take two to four bytes, or none of the width: places are counted in characters."""
    return line.replace("Canarina", rng.choice(("Çanarina", "Canari\u0301na", "Canar\U0001f426na", "Ca\u200bnarina")))


def _header_line(data: bytes, rng: random.Random) -> bytes:
    said = rng.choice((",".join(HEADER), "".join(f"{each:<9}"[:9] for each in HEADER), "-" * 78, "CASES 2012", ""))
    lines = _lines(data)
    at = rng.choice((0, 0, 20, len(lines) - 1))
    return "\n".join([*lines[:at], said, *lines[at:]]).encode()


def _other_encoding(data: bytes, rng: random.Random) -> bytes:
    words = data.decode().replace("Canarina", "Çanarina")
    return words.encode(rng.choice(("cp1252", "utf-16", "utf-16-le", "utf-32", "cp037", "utf-8-sig")))


FIXED_ROW: dict[str, Mutation] = {"hostile value": _line(_overwritten)}
FIXED: dict[str, Mutation] = {
    **FIXED_ROW, "columns shifted": _line(_shifted), "columns pulled up": _line(_pulled),
    "line too short": _line(_shortened), "line too long": _line(_lengthened), "wide letters": _line(_wide_signs),
    "header put in": _header_line, "another encoding": _other_encoding, "line ends changed": _ends,
}  # fmt: skip


# --- by records: for binary workbooks -----------------------------------------------------------------------------------

SECTOR = 512


def _numbers(data: bytes, rng: random.Random) -> bytes:
    """Lengths, counts and addresses overwritten with the extremes that a reader may believe."""
    out = bytearray(data)
    extreme = rng.choice(
        (b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"\x00\x00\x00\x00", b"\xfe\xff")
    )
    for _ in range(rng.choice((1, 5, 40))):
        at = rng.randrange(len(out) - 4)
        out[at : at + len(extreme)] = extreme
    return bytes(out)


def _compound_head(data: bytes, rng: random.Random) -> bytes:
    """The head of the compound file: sizes of sectors, how many tables there are, where they begin."""
    at = rng.choice((0x18, 0x1A, 0x1C, 0x1E, 0x20, 0x2C, 0x30, 0x38, 0x3C, 0x40, 0x44, 0x48, 0x4C))
    return data[:at] + rng.choice((b"\x00\x00", b"\xff\xff", b"\x40\x00", b"\x01\x00")) + data[at + 2 :]


def _compound_chain(data: bytes, rng: random.Random) -> bytes:
    """A chain of sectors that comes back to itself, or leads out of the file."""
    out = bytearray(data)
    table = SECTOR * (1 + int.from_bytes(data[0x4C:0x50], "little"))
    for at in rng.sample(range(table, table + 4 * (len(data) // SECTOR), 4), rng.choice((1, 4))):
        out[at : at + 4] = rng.choice((0, 1, 2, len(data), 0xFFFFFFFE, 0xFFFFFFFD)).to_bytes(4, "little")
    return bytes(out)


def _sectors(data: bytes, rng: random.Random) -> bytes:
    """Sectors in another order, or one of them twice."""
    parts = [data[at : at + SECTOR] for at in range(0, len(data), SECTOR)]
    a, b = rng.randrange(1, len(parts)), rng.randrange(1, len(parts))
    parts[a], parts[b] = (parts[b], parts[a]) if rng.random() < 0.5 else (parts[a], parts[a])
    return b"".join(parts)


def _protected(data: bytes, rng: random.Random) -> bytes:
    """The first record of the globals says that the rest is enciphered (MS-XLS 2.4.117), or is older than it is."""
    at = data.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    following = rng.choice(
        (b"\x2f\x00\x06\x00\x00\x00\x59\xb3\x0a\x9a", b"\x09\x08\x08\x00\x00\x05\x05\x00", b"\xff" * 12)
    )
    return data[: at + 20] + following + data[at + 20 + len(following) :]


RECORDS: dict[str, Mutation] = {"numbers overwritten": _numbers}
COMPOUND: dict[str, Mutation] = {
    **RECORDS, "head of the compound file": _compound_head, "chain of sectors": _compound_chain,
    "sectors exchanged": _sectors, "record of protection": _protected,
}  # fmt: skip


# --- which goes with which ----------------------------------------------------------------------------------------------

FAMILIES: dict[str, dict[str, dict[str, Mutation]]] = {
    "by bytes": dict.fromkeys(GOOD, BYTES),
    "by text or columns": {"csv": TEXT, "fixed": FIXED},
    "inside the archive": {
        "zip": ARCHIVE, "xlsx": ARCHIVE, "ods": ARCHIVE,
        "xlsb": {name: each for name, each in ARCHIVE.items() if name not in ("XML entities", "cells far away")},
    },
    "by records": {"xls": COMPOUND, "xlsb": {f"within: {name}": _inside(each) for name, each in RECORDS.items()}},
}  # fmt: skip


def kinds() -> list[tuple[str, str, str, Mutation]]:
    """Each reader with each mutation that fits it: reader, family, name, mutation."""
    return [
        (reader, family, name, change)
        for reader in GOOD
        for family, readers in FAMILIES.items()
        for name, change in readers.get(reader, {}).items()
    ]
