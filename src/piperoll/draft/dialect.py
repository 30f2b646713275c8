"""How a text file is written: encoding, delimiter and the row of its header. Runs in the limited child alone."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from piperoll.collect.encodings import Encoding, find_encoding
from piperoll.collect.text import DELIMITERS
from piperoll.errors import UserError


HEAD = 1 << 20
RECORDS = 200
_VALUE = re.compile(r"[-+£$€]?[\d.,]+%?|true|false|null|n/?a", re.IGNORECASE)
# a day, an e-mail address, a telephone number, a postcode: never the name of a column
_PERSONAL = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\S+@\S+\.\S+|\+?[\d ()-]{9,}|[a-z]{1,2}\d[\da-z]? ?\d[a-z]{2}", re.IGNORECASE
)


@dataclass(frozen=True)
class Dialect:
    """Encoding by Python's name, delimiter, row of the header (from 1) and the header's texts, stripped."""

    encoding: str
    delimiter: str
    header_row: int
    header: tuple[str, ...]


def find_dialect(path: Path, told: str) -> Dialect:
    """Look at the start of a text file.

    Raises:
        UserError: ``PR-C008`` if it is no text, ``PR-I003`` without rows, ``PR-I004`` without a header.
    """
    encoding = _encoding(path, told)
    with path.open("rb") as file:
        file.seek(encoding.mark)
        raw = file.read(HEAD)
    text = raw.decode(encoding.name, "ignore")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    whole = len(raw) < HEAD
    delimiter, width, records = max(
        (_records(text, each, whole) for each in DELIMITERS), key=lambda found: _score(found[1], found[2])
    )
    for number, record in enumerate(records, 1):
        cells = tuple(cell.strip() for cell in record)
        if len(cells) == width and sum(map(bool, cells)) * 5 >= width * 4:
            _require_header(cells, records[number:], told)
            return Dialect(encoding.name, delimiter, number, cells)
    raise no_rows(told)


def no_rows(told: str) -> UserError:
    """There is a header at most."""
    fix = "Give a file with some rows: types and codes are told from values."
    return UserError("PR-I003", "The file has no rows, so nothing can be told from it.", where=told, fix=fix)


def _encoding(path: Path, told: str) -> Encoding:
    """UTF-8 where the bytes are that, else Windows-1252 as a guess to be confirmed."""
    try:
        return find_encoding(path, "utf-8", told)
    except UserError as error:
        if "NUL" in error.message:
            raise
        return find_encoding(path, "cp1252", told)


def _records(text: str, delimiter: str, whole: bool) -> tuple[str, int, list[list[str]]]:
    found: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            found.append(record)
            if len(found) > RECORDS:
                break
    except csv.Error:
        pass
    if not whole and found:
        found.pop()  # it may be cut off
    widths = Counter(len(each) for each in found if each)
    return delimiter, max(widths, key=lambda w: (widths[w], w), default=0), found


def _score(width: int, records: list[list[str]]) -> tuple[bool, int]:
    """Most records of one width, and of more than one column; then the most columns."""
    filled = [each for each in records if each]
    agree = sum(len(each) == width for each in filled)
    return width > 1 and agree * 10 >= len(filled) * 8, width


def _require_header(cells: tuple[str, ...], rows: list[list[str]], told: str) -> None:
    """Names, and not values: a row of data taken for a header would be written into the register."""
    values = sum(bool(_VALUE.fullmatch(cell)) for cell in cells)
    personal = any(_PERSONAL.fullmatch(cell) for cell in cells)
    below = sum(
        bool(cell) and any(len(row) > place and row[place].strip() == cell for row in rows)
        for place, cell in enumerate(cells)
    )
    if values * 2 > len(cells) or personal or below:
        message = "The first row looks like values and not like names of columns."
        raise UserError("PR-I004", message, where=told, fix="Put a header into the first row, and draft again.")
    seen = Counter(re.sub(r"[^0-9a-z]+", "_", cell.casefold()).strip("_") for cell in cells if cell)
    twice = sum(count > 1 for count in seen.values())
    if twice:
        message = f"{twice} names of columns stand more than once in the header."
        raise UserError("PR-I004", message, where=told, fix="Give each column a name of its own.")
