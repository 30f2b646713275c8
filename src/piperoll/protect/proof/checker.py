"""Checks a certificate of disclosure control: whole numbers, sums and comparisons only, no solver, no trust.

    python checker.py CERTIFICATE [SHA256]

It needs NumPy and SciPy's sparse matrices, and nothing else of this project.

A certificate holds the relations an outsider knows, the bounds the published figures leave for each cell, the true
table, and for each primary cell two further tables. It is good if every table keeps to every relation and bound and the
two of each cell lie far enough apart. Insiders' tables must agree with what the insider knows as well.

Some rows are named as definitions: a total is the sum of its parts. A table gives the changes of the other cells, its
leaves; those of the totals follow, so that these rows hold by themselves.

Numbers are integers of 64 bits. Those of the file are held within limits, and before sums are made the greatest that
they can be is worked out in Python's integers, which know no limit: nothing wraps round unseen.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import scipy.sparse as sp


SIZE = 2**50  # no count, bound or change of the file is larger
COEF = 2**22  # no coefficient is larger
TIMES = 2**30  # no cell has more leaves, each counted as often as it is in it
ROOM = 2**62  # all sums are smaller, so that two of them can be added
LONG = 2**32  # bytes, so that there are less than half as many numbers
WORK = 2**22  # entries of a matrix at a time


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
        _all(len(data) < LONG, "the certificate is too long")
        read = json.loads(data, parse_float=_fraction, parse_constant=_fraction)
        members = {key: f"{_canonical(key)}:{_canonical(value)}" for key, value in read.items()}
        if _object(members) + b"\n" != data:
            raise Faulty("the certificate is not in its canonical form")
        seal = read.pop("seal")
        del members["seal"]
        if hashlib.sha256(_object(members)).hexdigest() != seal:
            raise Faulty("the certificate was changed: its seal does not fit")
        return _check(read)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError) as error:
        raise Faulty(f"the certificate cannot be read: {type(error).__name__}") from None


def _fraction(_: str) -> None:
    raise Faulty("the certificate holds something else than whole numbers")


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _object(members: dict[str, str]) -> bytes:
    return f"{{{','.join(members[key] for key in sorted(members))}}}".encode()


def _check(read: dict) -> dict[str, int]:
    values, low, high = (numbers(read[key], key, -SIZE, SIZE) for key in ("values", "low", "high"))
    _all(len(values) == len(low) == len(high), "bounds and values differ in length")
    every = np.arange(len(values))
    _all((low <= values) & (values <= high), "the true table breaks the bound of cell {}", every)
    rows, least, most = _rows(read, len(values))
    _fits(rows, values)
    sums = rows @ values
    _all((least <= sums) & (sums <= most), "the true table breaks row {}", np.arange(len(sums)))
    define = numbers(read["define"], "define", 0, len(sums) - 1)
    _all(least[define] == most[define], "row {} defines no total", define)
    cells = leaf_sums(rows, define)
    tables = _tables(read["tables"], cells)
    _fits(cells, tables.data)
    # Of the other rows, those that no leaf changes hold in every table.
    _fits(rows, cells.data)
    other = np.setdiff1d(np.arange(len(sums)), define)
    other = other[(rows[other] @ cells != 0).sum(axis=1) > 0]
    of_leaf, of_cell = cells.T.tocsr(), rows[other].T.tocsr()
    for some in _blocks((tables != 0) @ np.diff(of_leaf.indptr).astype(np.int64)):
        moved = tables[some] @ of_leaf
        _keep(moved, (low, values, high), "table {} breaks the bound of cell {}", some.start, every)
        _fits(rows, moved.data)
        moved = moved @ of_cell
        _keep(moved, (least[other], sums[other], most[other]), "table {} breaks row {}", some.start, other)
    required = _of_cells(read["required"], "required", len(values), 4)
    inside = _of_cells(read["inside"], "inside", len(values), 4) if "inside" in read else required
    proof = Proof(values, cells, tables, _pairs(read["pairs"], "pairs", cells, tables))
    _all(np.array_equal(required[:, 0], proof.pairs[:, 0]), "not every primary cell has its tables")
    _all(np.isin(inside[:, 0], required[:, 0]), "cell {} has no tables", inside[:, 0])
    _apart(required, proof.far, "")
    names = [insider["name"] for insider in read["insiders"]]
    _all(set(map(type, names)) <= {str} and len(set(names)) == len(names), "insiders have no names of their own")
    for insider in read["insiders"]:
        proof.insider(insider, inside)
    return {"cells": len(required), "tables": tables.shape[0], "insiders": len(names)}


def _keep(moved: sp.csr_array, limits: tuple[np.ndarray, ...], otherwise: str, first: int, names: np.ndarray) -> None:
    """Tables, a row each, keep what moves within its limits; these are the least, the true and the greatest value."""
    at, place, by = _entries(moved)
    least, now, most = (each[place] for each in limits)
    _all((least <= now + by) & (now + by <= most), otherwise, at + first, names[place])


# --- what is read -----------------------------------------------------------------------------------------------------


def numbers(listed: list, name: str, least: int, most: int, width: int | None = None) -> np.ndarray:
    """Whole numbers from ``least`` to ``most``; with a width, lists of so many of them."""
    if width is not None:
        _all(all(type(row) is list and len(row) == width for row in listed), "{} is malformed", name)
        listed = list(chain.from_iterable(listed))
    # To Python, truth values are numbers too.
    _all(type(listed) is list and set(map(type, listed)) <= {int}, "{} holds something else than whole numbers", name)
    _all(not listed or least <= min(listed) <= max(listed) <= most, "{} holds a number that is out of range", name)
    array = np.array(listed, np.int64)
    return array if width is None else array.reshape(-1, width)


def _rows(read: dict, count: int) -> tuple[sp.csr_array, np.ndarray, np.ndarray]:
    """The relations, a row each with a column a cell, and their limits."""
    cell, coef = numbers(read["cell"], "cell", 0, count - 1), numbers(read["coef"], "coef", -COEF, COEF)
    start = numbers(read["start"], "start", 0, len(cell))
    least, most = (numbers(read[key], key, -SIZE, SIZE) for key in ("row_low", "row_high"))
    _all(len(cell) == len(coef) and len(least) == len(most) == len(start) - 1, "relations differ in length")
    _all(bool(start[0] == 0 and start[-1] == len(cell)), "relations have entries of no row")
    _all(np.diff(start) >= 0, "row {} ends before it starts", np.arange(len(least)))
    row = np.repeat(np.arange(len(least)), np.diff(start))
    _once(row * count + cell, "row {} holds a cell twice", row)
    return sp.csr_array((coef, cell, start), (len(least), count)), least, most


def leaf_sums(rows: sp.csr_array, define: np.ndarray) -> sp.csr_array:
    """How often each leaf is in each cell: a row a cell, a column a cell, of which only those of leaves are filled.

    Args:
        define: Rows in which one cell, the total, has -1 and the others, its parts, have 1; parts come before totals.
    """
    told, count = rows[define], rows.shape[1]
    rank = np.repeat(np.arange(len(define)), np.diff(told.indptr))
    part = told.data == 1
    totals, others = (np.bincount(rank[each], minlength=len(define)) for each in (told.data == -1, ~part))
    _all((totals == 1) & (others == 1), "row {} defines no total", define)
    total = told.indices[~part]
    _once(total, "row {} defines a total once more", define)
    rank_of = np.full(count, -1)
    rank_of[total] = np.arange(len(define))
    _all(rank_of[told.indices[part]] < rank[part], "row {} comes before a part is defined", define[rank[part]])
    below = sp.csr_array((told.data[part], (total[rank[part]], told.indices[part])), (count, count))
    leaves = np.flatnonzero(rank_of < 0)
    # Leaves in themselves, in totals of them, in totals of totals, until there is nothing above.
    step = out = sp.csr_array((np.ones(len(leaves), np.int64), (leaves, leaves)), (count, count))
    while step.nnz:
        step = below @ step
        out = out + step
        _all(_weight(out) <= TIMES, "a total has too many leaves")
    return out


def _tables(listed: list, cells: sp.csr_array) -> sp.csr_array:
    """The changes of the leaves, a row a table."""
    lengths = np.array([[len(leaves), len(by)] for leaves, by in listed], np.int64).reshape(-1, 2)
    _all(lengths[:, 0] == lengths[:, 1], "table {} has not as many leaves as changes", np.arange(len(listed)))
    leaf = numbers(list(chain.from_iterable(leaves for leaves, _ in listed)), "tables", 0, cells.shape[0] - 1)
    by = numbers(list(chain.from_iterable(by for _, by in listed)), "tables", -SIZE, SIZE)
    table = np.repeat(np.arange(len(listed)), lengths[:, 0])
    _all(cells.diagonal()[leaf] == 1, "table {} changes a total by itself", table)
    _once(table * cells.shape[0] + leaf, "table {} changes a leaf twice", table)
    out = sp.csr_array((by, leaf, np.concatenate([[0], np.cumsum(lengths[:, 0])])), (len(listed), cells.shape[0]))
    out.sort_indices()
    return out


def _of_cells(listed: list, name: str, count: int, width: int) -> np.ndarray:
    """Lists of a cell and further numbers, in the order of the cells, each of which has one."""
    read = numbers(listed, name, -SIZE, SIZE, width)
    _all((read[:, 0] >= 0) & (read[:, 0] < count), "{} names a cell that is not there", name)
    _once(read[:, 0], "{} names a cell twice", name)
    return read[np.argsort(read[:, 0])]


def _pairs(listed: list, name: str, cells: sp.csr_array, tables: sp.csr_array) -> np.ndarray:
    """Cells with the numbers of two tables."""
    read = _of_cells(listed, name, cells.shape[0], 3)
    _all((read[:, 1:] >= 0) & (read[:, 1:] < tables.shape[0]), "{} names a table that is not there", name)
    return read


# --- what it shows ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proof:
    """Tables, a row each, that keep to everything, and the two of each primary cell."""

    values: np.ndarray
    cells: sp.csr_array
    tables: sp.csr_array
    pairs: np.ndarray

    @cached_property
    def by_leaf(self) -> sp.csr_array:
        """The tables, a column each."""
        return self.tables.T.tocsr()

    @cached_property
    def far(self) -> np.ndarray:
        """How far the tables of each primary cell take it."""
        return self.moved(self.pairs)

    def moved(self, pairs: np.ndarray) -> np.ndarray:
        """How far each cell is from its true count in each of its two tables."""
        out = np.zeros((len(pairs), 2), np.int64)
        for side in (0, 1):
            cell, table = pairs[:, 0], pairs[:, side + 1]
            for some in _blocks(np.diff(self.cells.indptr)[cell] + np.diff(self.tables.indptr)[table]):
                out[some, side] = self.cells[cell[some]].multiply(self.tables[table[some]]).sum(axis=1)
        return out

    def insider(self, insider: dict, inside: np.ndarray) -> None:
        """The same, among the tables that agree with what the insider knows."""
        name, count = insider["name"], len(self.values)
        cell, least, most = _of_cells(insider["known"], f"what {name} knows", count, 3).T
        true = self.values[cell]
        _all((least <= true) & (true <= most), "{} knows cell {} otherwise than it is", name, cell)
        clash = np.zeros(self.tables.shape[0], bool)
        for some in _blocks((self.cells[cell] != 0) @ np.diff(self.by_leaf.indptr).astype(np.int64)):
            at, table, by = _entries(self.cells[cell[some]] @ self.by_leaf)
            at += some.start
            clash[table[(true[at] + by < least[at]) | (true[at] + by > most[at])]] = True
        pairs, far = self.pairs.copy(), self.far.copy()
        own = _pairs(insider["pairs"], f"pairs of {name}", self.cells, self.tables)
        _all(np.isin(own[:, 0], pairs[:, 0]), "{} has tables of cell {}, which needs none", name, own[:, 0])
        instead = np.searchsorted(pairs[:, 0], own[:, 0])
        pairs[instead], far[instead] = own, self.moved(own)
        alone = numbers(insider["alone"], f"alone of {name}", 0, count - 1)
        needs = inside[~np.isin(inside[:, 0], alone)]
        asked = np.searchsorted(pairs[:, 0], needs[:, 0])
        _all(~clash[pairs[asked, 1:]].any(axis=1), "cell {} has a table that {} can rule out", needs[:, 0], name)
        _apart(needs, far[asked], name)


def _apart(needs: np.ndarray, moved: np.ndarray, name: str) -> None:
    (cell, below, above, span), (down, up) = needs.T, moved.T
    asked = (below >= 0) & (above >= 0) & (below + above + span > 0)
    good = asked & (down <= -below) & (up >= above) & (up - down >= span)
    _all(good, f"the tables of cell {{}} lie too near{' {}' if name else ''}", cell, name)


# --- sums that do not wrap round --------------------------------------------------------------------------------------


def _weight(matrix: sp.csr_array) -> int:
    """The greatest that a sum over a row can be if what is summed is -1, 0 or 1."""
    return int(abs(matrix).sum(axis=1).max(initial=0))


def _fits(matrix: sp.csr_array, by: np.ndarray) -> None:
    """Refuse products that may not fit. The weights do: numbers of the matrix times their greatest is at most 2**61."""
    greatest = max(int(by.max(initial=0)), -int(by.min(initial=0)))
    _all(_weight(matrix) * greatest < ROOM, "numbers are too large to be added")


def _blocks(work: np.ndarray) -> Iterator[slice]:
    """Stretches with not too much work each."""
    edges = np.flatnonzero(np.diff(np.cumsum(work) // WORK)) + 1
    yield from (slice(a, b) for a, b in pairwise([0, *edges.tolist(), len(work)]))


def _entries(matrix: sp.csr_array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, column and value of each entry."""
    entries = matrix.tocoo()
    return entries.row, entries.col, entries.data


def _once(keys: np.ndarray, otherwise: str, *names: np.ndarray | str) -> None:
    good = np.zeros(len(keys), bool)
    good[np.unique(keys, return_index=True)[1]] = True
    _all(good, otherwise, *names)


def _all(good: np.ndarray | bool, otherwise: str, *names: np.ndarray | str) -> None:
    """Refuse the certificate at the first that is not good."""
    wrong = np.flatnonzero(np.logical_not(good))
    if len(wrong):
        raise Faulty(otherwise.format(*(name if isinstance(name, str) else name[wrong[0]] for name in names)))


if __name__ == "__main__":
    try:
        print(check(Path(sys.argv[1]).read_bytes(), *sys.argv[2:3]))
    except Faulty as fault:
        sys.exit(str(fault))
