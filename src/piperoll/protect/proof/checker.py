"""Checks a certificate of disclosure control: integers and the standard library only, no solver, no trust.

    python checker.py CERTIFICATE [SHA256]

A certificate holds the relations an outsider knows, the bounds the published figures leave for each cell, the true
table, and for each primary cell two further tables. It is good if every table keeps to every relation and bound and the
two of each cell lie far enough apart. Insiders' tables must agree with what the insider knows as well.

Some rows are named as definitions: a total is the sum of its parts. A table gives the changes of the other cells, its
leaves; those of the totals follow, so that these rows hold by themselves.
"""

import hashlib
import heapq
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
    sums = []
    for number, (cells, coefs, least, most) in enumerate(rows):
        _whole([len(cells) == len(coefs), *(0 <= c < count for c in cells)], f"row {number} is malformed")
        sums.append(sum(k * values[c] for c, k in zip(cells, coefs, strict=True)))
        _whole([least <= sums[-1] <= most], f"the true table breaks row {number}")
    _whole((a <= v <= b for a, v, b in zip(low, values, high, strict=True)), "the true table breaks a bound")
    definitions = Definitions(rows, read["define"], count)
    others: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for number in set(range(len(rows))) - set(read["define"]):
        for cell, coef in zip(*rows[number][:2], strict=True):
            others[cell].append((number, coef))
    wanted = _wanted(read)
    tables = []
    for number, (leaves, by) in enumerate(read["tables"]):
        table = definitions.changes(dict(zip(leaves, by, strict=True)), number)
        for cell, more in table.items():
            _whole([low[cell] <= values[cell] + more <= high[cell]], f"table {number} breaks the bound of cell {cell}")
        moved: dict[int, int] = {}
        for cell, more in table.items():
            for row, coef in others[cell]:
                moved[row] = moved.get(row, 0) + coef * more
        for row, more in moved.items():
            _whole([rows[row][2] <= sums[row] + more <= rows[row][3]], f"table {number} breaks row {row}")
        tables.append({cell: more for cell, more in table.items() if cell in wanted.get(number, wanted[-1])})
    required, pairs = read["required"], {cell: (a, b) for cell, a, b in read["pairs"]}
    _whole([sorted(cell for cell, *_ in required) == sorted(pairs)], "not every primary cell has its tables")
    for need in required:
        _apart(need, pairs[need[0]], tables, "")
    for insider in read["insiders"]:
        _insider(insider, read.get("inside", required), pairs, tables, values)
    return {"cells": len(required), "tables": len(tables), "insiders": len(read["insiders"])}


class Definitions:
    """Rows that say that a total is the sum of its parts, in an order in which parts come before their totals."""

    def __init__(self, rows: list, define: list, count: int) -> None:
        self._rank = [-1] * count
        self._above: list[list[int]] = [[] for _ in range(count)]
        self._known: dict[int, dict[int, int]] = {}
        for rank, number in enumerate(define):
            cells, coefs, least, most = rows[number]
            total = cells[coefs.index(-1)]
            parts = [cell for cell in cells if cell != total]
            _whole(
                [
                    least == most,
                    sorted(coefs) == [-1] + [1] * len(parts),
                    self._rank[total] < 0,
                    not self._above[total],
                ],
                f"row {number} defines no total",
            )
            self._rank[total] = rank
            for cell in parts:
                self._above[cell].append(total)

    def changes(self, leaves: dict[int, int], number: int) -> dict[int, int]:
        """Changes of all cells from those of the leaves."""
        out: dict[int, int] = {}
        for leaf, by in leaves.items():
            good = type(leaf) is type(by) is int and 0 <= leaf < len(self._rank) and self._rank[leaf] < 0
            _whole([good], f"table {number} is malformed")
            if leaf not in self._known:
                self._known[leaf] = self._sums(leaf)
            for cell, times in self._known[leaf].items():
                out[cell] = out.get(cell, 0) + times * by
        return out

    def _sums(self, leaf: int) -> dict[int, int]:
        """How often a leaf is in each cell. Cells are taken by rank, so that all parts of a total have been added."""
        times, queue = {leaf: 1}, [(-1, leaf)]
        while queue:
            _, cell = heapq.heappop(queue)
            for total in self._above[cell]:
                if total not in times:
                    times[total] = 0
                    heapq.heappush(queue, (self._rank[total], total))
                times[total] += times[cell]
        return times


def _wanted(read: dict) -> dict[int, set[int]]:
    """Cells of each table that are looked at again, by its number; -1 for tables that are in no pair."""
    everyone = {cell for insider in read["insiders"] for cell, *_ in insider["known"]}
    wanted = {-1: everyone}
    for cell, *pair in [*read["pairs"], *(each for insider in read["insiders"] for each in insider["pairs"])]:
        for number in pair:
            wanted.setdefault(number, set(everyone)).add(cell)
    return wanted


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
