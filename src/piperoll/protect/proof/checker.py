"""Checks a certificate of disclosure control: integers and the standard library only, no solver, no trust.

    python checker.py CERTIFICATE [SHA256]

A certificate holds the relations an outsider knows, the bounds the published figures leave for each cell, the true
table, and for each primary cell two further tables. It is good if every table keeps to every relation and bound and the
two of each cell lie far enough apart. Insiders' tables must agree with what the insider knows as well.
"""

import hashlib
import json
import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path


class Faulty(Exception):
    """The certificate does not prove what it says."""


def check(data: bytes, digest: str | None = None) -> dict[str, int]:
    """Check a certificate.

    Args:
        data: Its bytes.
        digest: SHA-256 that the bytes must have, as hexadecimal digits.

    Returns:
        How many primary cells, tables and insiders it covers.

    Raises:
        Faulty: With what is wrong.
    """
    if digest is not None and hashlib.sha256(data).hexdigest() != digest:
        raise Faulty("the certificate is not the one that was recorded")
    try:
        read = json.loads(data)
        if json.dumps(read, sort_keys=True, separators=(",", ":")).encode() + b"\n" != data:
            raise Faulty("the certificate is not in its canonical form")
        seal = read.pop("seal")
        if hashlib.sha256(json.dumps(read, sort_keys=True, separators=(",", ":")).encode()).hexdigest() != seal:
            raise Faulty("the certificate was changed: its seal does not fit")
        return _check(read)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise Faulty(f"the certificate cannot be read: {type(error).__name__}") from None


def _check(read: dict) -> dict[str, int]:
    values, low, high = read["values"], read["low"], read["high"]
    count = len(values)
    _whole([count == len(low) == len(high)], "bounds and values differ in length")
    rows = [
        (read["cell"][a:b], read["coef"][a:b], least, most)
        for (a, b), least, most in zip(pairwise(read["start"]), read["row_low"], read["row_high"], strict=True)
    ]
    of_cell: list[list[int]] = [[] for _ in range(count)]
    for number, (cells, coefs, least, most) in enumerate(rows):
        _whole([len(cells) == len(coefs), *(0 <= c < count for c in cells)], f"row {number} is malformed")
        total = sum(k * values[c] for c, k in zip(cells, coefs, strict=True))
        _whole([least <= total <= most], f"the true table breaks row {number}")
        for cell in cells:
            of_cell[cell].append(number)
    _whole((a <= v <= b for a, v, b in zip(low, values, high, strict=True)), "the true table breaks a bound")
    tables = [dict(zip(cells, by, strict=True)) for cells, by in read["tables"]]
    for number, table in enumerate(tables):
        for cell, by in table.items():
            _whole([type(cell) is type(by) is int, 0 <= cell < count], f"table {number} is malformed")
            _whole([low[cell] <= values[cell] + by <= high[cell]], f"table {number} breaks the bound of cell {cell}")
        for row in {r for cell in table for r in of_cell[cell]}:
            cells, coefs, least, most = rows[row]
            total = sum(k * (values[c] + table.get(c, 0)) for c, k in zip(cells, coefs, strict=True))
            _whole([least <= total <= most], f"table {number} breaks row {row}")
    required, pairs = read["required"], {cell: (a, b) for cell, a, b in read["pairs"]}
    _whole([sorted(cell for cell, *_ in required) == sorted(pairs)], "not every primary cell has its tables")
    for need in required:
        _apart(need, pairs[need[0]], tables, "")
    for insider in read["insiders"]:
        _insider(insider, read.get("inside", required), pairs, tables, values)
    return {"cells": len(required), "tables": len(tables), "insiders": len(read["insiders"])}


def _insider(insider: dict, required: list, pairs: dict, tables: list, values: list) -> None:
    """The same, among the tables that agree with what the insider knows."""
    name, instead = insider["name"], {cell: (a, b) for cell, a, b in insider["pairs"]}
    known = {cell: (least, most) for cell, least, most in insider["known"]}
    clash = {
        number
        for number, table in enumerate(tables)
        if any(not a <= values[c] + table.get(c, 0) <= b for c, (a, b) in known.items())
    }
    for need in required:
        cell = need[0]
        if cell in insider["alone"]:
            continue
        pair = instead.get(cell, pairs[cell])
        _whole([not clash & set(pair)], f"cell {cell} has a table that {name} can rule out")
        _apart(need, pair, tables, name)


def _apart(need: list, pair: tuple[int, int], tables: list, name: str) -> None:
    cell, below, above, span = need
    down, up = (tables[number].get(cell, 0) for number in pair)
    good = down <= -below and up >= above and up - down >= span and below >= 0 and above >= 0
    _whole([good, min(pair) >= 0, below + above + span > 0], f"the tables of cell {cell} lie too near {name}".rstrip())


def _whole(facts: Iterable[object], otherwise: str) -> None:
    if not all(facts):
        raise Faulty(otherwise)


if __name__ == "__main__":
    try:
        print(check(Path(sys.argv[1]).read_bytes(), *sys.argv[2:3]))
    except Faulty as fault:
        sys.exit(str(fault))
