"""What a careless or hostile person types, sends as JSON, does out of turn, or attaches as a scan.

Each act takes the forms of an office, a good record of a number of its own, and a generator. It may succeed; what it
raises must be a user error.
"""

from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from piperoll.collect.entry import Forms, evidence, paper
from piperoll.collect.entry.content import read_values
from piperoll.errors import UserError
from tests.generative.mutations import BYTES, HOSTILE


PERIOD = "2012-05"
SECRETS = ("Canarina", "1971-03-02", "QX9 7ZZ", "QQ5")
Act = Callable[[Forms, int, random.Random, Path], object]


def record(number: int) -> dict[str, str]:
    """A good record of ``cases.case``."""
    return {
        "status": "N", "case_number": f"QQ5{number:05d}", "kind": "C", "opened": "2012-05-01", "amount": "10.00",
        "party_name": "Canarina 1", "party_born": "1971-03-02", "postcode": "QX9 7ZZ", "urgent": "true",
    }  # fmt: skip


def _deep(levels: int) -> Any:
    made: Any = "x"
    for _ in range(levels):
        made = [made]
    return made


ODD: tuple[Any, ...] = (
    *HOSTILE, None, 7, -0.0, 1e308, float("nan"), float("inf"), True, [], {}, ["Canarina"], {"a": {"b": 1}}, b"bytes", _deep(50),
    "\ud800", "x" * 10_001, "y" * 3_000_000, "\x00", "\r\n", " ", "\u00a0", "\ufeff", "9" * 400, "-" * 400, "2012-02-30",
    "01/05/2012", "\u0661\u0662", "\uff11\uff10", "\u0421", "Z" + "\u0301" * 2000, "{\"a\": 1}", "[1, 2]", "<b>Canarina</b>", "1,5", "&e8;",
)  # fmt: skip
NAMES = (
    "", " ", "case number", "Case No", "CASE_NUMBER", "c\u0430se_number", "case_number\x00", "\ud800", "_row", "_period", "__proto__",
    "x" * 2_000_000, "amount'; --", "\u202eamount", "values", "../amount",
)  # fmt: skip
WORDS = (
    "",
    " ",
    "\x00",
    "\ud800",
    "x" * 100_000,
    "\u202e",
    "'; --",
    "..",
    "\n\n",
    "n\u043erth",
    "NORTH ",
    "0",
    "-1",
    "E",
)
PERIODS = (
    "",
    "2012",
    "2012-13",
    "2012-5",
    "1066-01",
    "9999-12",
    "2012-05-01",
    "\u0662012-05",
    "2012Q2",
    "2012/13",
    "0000-00",
    "x" * 9000,
)
IDS = (
    "",
    "E0",
    "E-1",
    "E99999999999999999999999",
    "E1 ",
    "e1",
    "1",
    "E1.v1",
    "../E1",
    "E\u0661",
    "E1\x00",
    "\ud800",
    "E" + "9" * 5000,
)


def _saved(forms: Forms, given: dict[str, Any]) -> object:
    made = forms.open(PERIOD, given)
    forms.faults(made.id)
    return forms.save(made.id, made.revision)


# --- typed --------------------------------------------------------------------------------------------------------------


def _value(forms: Forms, number: int, rng: random.Random, _: Path) -> object:
    given: dict[str, Any] = record(number)
    for name in rng.sample(sorted(given), rng.choice((1, 1, 3))):
        given[name] = rng.choice(ODD)
    return _saved(forms, given)


def _corrected(forms: Forms, number: int, rng: random.Random, _: Path) -> object:
    """A saved record, corrected to something odd; the version before stays."""
    made = forms.open(PERIOD, record(number))
    saved = forms.save(made.id, made.revision)
    draft = forms.set(saved.id, {rng.choice(sorted(record(1))): rng.choice(ODD)}, saved.revision)
    return forms.save(draft.id, draft.revision, rng.choice(("misread", *WORDS)))


def _lacking(forms: Forms, number: int, rng: random.Random, _: Path) -> object:
    given = record(number)
    for name in rng.sample(sorted(given), rng.choice((1, 4, 9))):
        given[name] = "" if rng.random() < 0.5 else " "
    return _saved(forms, given)


def _name(forms: Forms, number: int, rng: random.Random, _: Path) -> object:
    given = record(number)
    old = rng.choice(sorted(given))
    given[rng.choice(NAMES)] = given.pop(old) if rng.random() < 0.5 else "1"
    return _saved(forms, given)


# --- sent as JSON -------------------------------------------------------------------------------------------------------


def _json(forms: Forms, number: int, rng: random.Random, work: Path) -> object:
    good = json.dumps(record(number))
    data = rng.choice(
        ("[" * 100_000, '{"a":' * 100_000, "", "null", "[]", '"x"', "7", "NaN", good + good, good[:-1], good[:-1] + ", }",
         good.replace('"10.00"', "1" * 5000), good.replace('"10.00"', "1e999"), good.replace('"10.00"', "{}"),
         good[:-1] + ', "amount": "11.00"}', good.replace('"10.00"', '"\\ud800"'), good.replace('"10.00"', '"\\u0000"'),
         good.replace('"10.00"', "[" * 50_000 + "]" * 50_000), "\ufeff" + good, good.replace('"N"', "null"),
         good.replace('"10.00"', "10.00"), good.replace('"true"', "true"), "{" + " " * 3_000_000 + good[1:])
    )  # fmt: skip
    return _read(forms, data.encode(rng.choice(("utf-8", "utf-8", "utf-16", "utf-32"))), work)


def _json_bytes(forms: Forms, number: int, rng: random.Random, work: Path) -> object:
    change = rng.choice(list(BYTES.values()))
    return _read(forms, change(json.dumps(record(number)).encode(), rng), work)


def _read(forms: Forms, data: bytes, work: Path) -> object:
    path = work / "record.json"
    path.write_bytes(data)
    return _saved(forms, read_values(path))


# --- out of turn --------------------------------------------------------------------------------------------------------


def _place(forms: Forms, number: int, rng: random.Random, _: Path) -> object:
    """An office, a dataset or a period that is none, or is another's."""
    which = rng.randrange(3)
    if which == 0:
        return _saved(Forms(forms.place, forms.key, rng.choice(("south", *WORDS))), record(number))
    if which == 1:
        return Forms(
            forms.place, rng.choice(("cases", "cases.", ".case", "cases.CASE", "stock.held", *WORDS)), forms.office
        )
    made = forms.open(rng.choice(PERIODS), record(number))
    return forms.save(made.id, made.revision)


def _record_of(forms: Forms, number: int, rng: random.Random, _: Path) -> object:
    """A record that is none, is another office's, or is at another revision."""
    made = forms.open(PERIOD, record(number))
    theirs = Forms(forms.place, forms.key, "south")
    revision = rng.choice((made.revision, 0, -1, 10**30, made.revision + 1))
    entry_id = rng.choice((made.id, *IDS))
    act = rng.randrange(6)
    if act == 0:
        return theirs.read(made.id, "t")
    if act == 1:
        return forms.read(entry_id, rng.choice(("t", *WORDS)), rng.choice((None, 0, -1, 10**30, 1)))
    if act == 2:
        return forms.withdraw(entry_id, revision, rng.choice(("not ours", *WORDS)))
    if act == 3:
        return forms.history(entry_id)
    if act == 4:
        return forms.save(entry_id, revision, rng.choice(WORDS))
    return forms.set(entry_id, record(number), revision)


def _again(forms: Forms, number: int, rng: random.Random, _: Path) -> object:
    """The same record twice, or one taken back and gone on with."""
    made = forms.open(PERIOD, record(number))
    saved = forms.save(made.id, made.revision)
    if rng.random() < 0.5:
        return _saved(forms, record(number))
    gone = forms.withdraw(saved.id, saved.revision, "not ours")
    return forms.set(gone.id, {"amount": "1"}, gone.revision)


# --- from paper ---------------------------------------------------------------------------------------------------------


def _form(forms: Forms, number: int, rng: random.Random, _: Path) -> object:
    reference = rng.choice((f"F/{number}", *WORDS, *(each for each in ODD if isinstance(each, str))))
    made = forms.open(PERIOD, record(number), reference=reference, dated=rng.choice(("2012-05-02", *PERIODS, *WORDS)))
    return _undone(forms, made.id)


def _keyed(forms: Forms, number: int, rng: random.Random, _: Path) -> object:
    """Keyed a second time, by the same person or another, with something odd; then decided oddly."""
    made = forms.open(PERIOD, record(number), reference=f"F/{number}", dated="2012-05-02")
    saved = forms.save(made.id, made.revision)
    given: dict[str, Any] = record(number) | {rng.choice(sorted(record(1))): rng.choice(("11.00", *ODD))}
    try:
        second = Forms(
            forms.place, forms.key, forms.office, clerk=rng.choice(("Bea", "Bea", "\x00", "\ud800", "x" * 9000))
        )
        paper.key_again(second, saved.id, given, saved.revision)
        decided = {
            name: rng.choice(("first", "second", "first", "", "\ud800"))
            for name in (*paper.open_keying(forms, saved.id).differs, *rng.choice(((), ("amount",), ("x" * 9000,))))
        }
        return paper.resolve(second, saved.id, decided, forms.entry(saved.id).revision, rng.choice(("so", *WORDS)))
    finally:
        _undone(forms, saved.id)


def _undone(forms: Forms, entry_id: str) -> object:
    """A form keyed once would keep the period from being delivered."""
    found = forms.entry(entry_id)
    if found.checked or found.state == "withdrawn":
        return found
    return forms.withdraw(found.id, found.revision, "for the test")


# --- scans --------------------------------------------------------------------------------------------------------------


def picture() -> bytes:
    """A PNG of one point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">2I5B", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00\x00")) + chunk(b"IEND", b"")


def page() -> bytes:
    """A PDF of one empty page."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n% Canarina signed\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40) + b"\xff\xd9"
TIFF = b"II*\x00\x08\x00\x00\x00" + bytes(60)
SCANS = (
    picture(),
    page(),
    JPEG,
    TIFF,
    b"MM\x00*" + bytes(60),
    b"GIF89a" + bytes(40),
    b"<svg onload='alert(1)'/>",
    b"MZ" + bytes(80),
)


def _scan(change: Callable[[bytes, random.Random], bytes]) -> Act:
    def act(forms: Forms, number: int, rng: random.Random, work: Path) -> object:
        made = forms.open(PERIOD, record(number), reference=f"F/{number}", dated="2012-05-02")
        path, back = work / "scan", work / "back"
        path.write_bytes(change(rng.choice(SCANS), rng))
        back.unlink(missing_ok=True)
        try:
            entry = evidence.attach(forms, made.id, path, made.revision)
            evidence.export(forms, entry.id, back, "to compare")
            assert back.read_bytes() == path.read_bytes(), "a scan is read back as it came"
            return entry
        finally:
            _undone(forms, made.id)

    return act


def _hostile_scan(data: bytes, rng: random.Random) -> bytes:
    return rng.choice(
        (data, data[:-1], data * 2, data[:8] + bytes(21 << 20) + data[8:], page()[:-7] + b"/JS(app.alert(1))" + page()[-7:],
         picture()[:8] + struct.pack(">I", 0xFFFFFFFF) + picture()[12:], b" " + data, page() + b"MZ" + bytes(90), b"")
    )  # fmt: skip


def _no_file(forms: Forms, number: int, rng: random.Random, work: Path) -> object:
    """A path that leads to no scan."""
    made = forms.open(PERIOD, record(number), reference=f"F/{number}", dated="2012-05-02")
    path = rng.choice(
        (work, work / "none", Path("/dev/null"), work / ("x" * 300), work / "a\x00b", Path("/proc/self/mem"))
    )
    with suppress(UserError):
        evidence.attach(forms, made.id, path, made.revision)
    return _undone(forms, made.id)


FAMILIES: dict[str, dict[str, Act]] = {
    "values": {"value": _value, "value, again": _value, "value of a correction": _corrected, "values lacking": _lacking},
    "names of fields": {"name": _name},
    "JSON": {"JSON": _json, "JSON, again": _json, "JSON by bytes": _json_bytes},
    "acts out of turn": {"office, dataset, period": _place, "record, revision": _record_of, "done twice": _again},
    "forms on paper": {"reference and date": _form, "keyed twice": _keyed},
    "scans": {
        "hostile scan": _scan(_hostile_scan), "no file": _no_file,
        **{f"scan: {name}": _scan(change) for name, change in BYTES.items()},
    },
}  # fmt: skip


def kinds() -> list[tuple[str, str, str, Act]]:
    """Each act: ``entry``, family, name, act."""
    return [("entry", family, name, act) for family, acts in FAMILIES.items() for name, act in acts.items()]
