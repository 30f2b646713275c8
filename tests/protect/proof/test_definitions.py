"""What the checker takes for the definition of a total, and tables that it refuses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import numpy as np
import pytest
import scipy.sparse as sp

from piperoll.protect.proof.certificate import canonical
from piperoll.protect.proof.checker import Faulty, check, leaf_sums


Row = tuple[list[int], list[int], int, int]

HALF: Row = ([0, 1, 4], [1, 1, -1], 0, 0)
OTHER: Row = ([2, 3, 5], [1, 1, -1], 0, 0)
ALL: Row = ([4, 5, 6], [1, 1, -1], 0, 0)
ROWS = [HALF, OTHER, ALL]


def sums(rows: list[Row], define: list[int], cells: int = 7) -> np.ndarray:
    """How often each leaf (a column) is in each cell (a row)."""
    matrix = np.zeros((len(rows), cells), np.int64)
    for number, (where, coefs, *_) in enumerate(rows):
        matrix[number, where] = coefs
    return leaf_sums(sp.csr_array(matrix), np.array(define, np.int64)).toarray()


def refused(rows: list[Row], define: list[int], sentence: str, cells: int = 7) -> None:
    with pytest.raises(Faulty, match=f"^{sentence}$"):
        sums(rows, define, cells)


def test_totals_of_totals_follow_from_the_leaves() -> None:
    told = sums(ROWS, [0, 1, 2])
    assert not told[:, [4, 5, 6]].any()
    assert (told[:4, :4] == np.eye(4)).all()
    assert told[4, :4].tolist() == [1, 1, 0, 0]
    assert told[5, :4].tolist() == [0, 0, 1, 1]
    assert told[6, :4].tolist() == [1, 1, 1, 1]
    assert (told == sums(ROWS, [1, 0, 2])).all()


def test_a_leaf_counts_as_often_as_it_is_in_a_total() -> None:
    # 2 = 0 + 1, 3 = 0 + 2, 4 = 2 + 3: cell 0 is three times in cell 4.
    rows = [([0, 1, 2], [1, 1, -1], 0, 0), ([0, 2, 3], [1, 1, -1], 0, 0), ([2, 3, 4], [1, 1, -1], 0, 0)]
    assert sums(rows, [0, 1, 2], 5)[:, :2].tolist() == [[1, 0], [0, 1], [1, 1], [2, 1], [3, 2]]


def test_a_total_of_nothing_does_not_move() -> None:
    assert sums([([0], [-1], 0, 0)], [0], 2).tolist() == [[0, 0], [0, 1]]


@pytest.mark.parametrize(
    "row",
    [
        ([0, 1, 4], [1, 2, -1], 0, 0),
        ([0, 1, 4], [1, -1, -1], 0, 0),
        ([0, 1, 4], [1, 1, 1], 0, 0),
        ([0, 1, 4], [-1, -1, 1], 0, 0),
        ([0, 1, 4], [1, 1, -2], 0, 0),
    ],
)
def test_what_is_no_sum_of_parts_defines_nothing(row: Row) -> None:
    refused([row, OTHER, ALL], [0, 1, 2], "row 0 defines no total")
    refused([OTHER, row, ALL], [1], "row 1 defines no total")


def test_a_coefficient_of_nothing_is_no_part() -> None:
    matrix = sp.csr_array((np.array([1, 0, -1]), np.array([0, 1, 4]), np.array([0, 3])), (1, 5))
    with pytest.raises(Faulty, match=r"^row 0 defines no total$"):
        leaf_sums(matrix, np.array([0]))


def test_a_definition_before_those_of_its_parts_is_refused() -> None:
    refused(ROWS, [2, 0, 1], "row 2 comes before a part is defined")
    refused(ROWS, [0, 2, 1], "row 2 comes before a part is defined")


def test_a_definition_given_twice_is_refused() -> None:
    refused(ROWS, [0, 0], "row 0 defines a total once more")
    refused(ROWS, [0, 1, 2, 2], "row 2 defines a total once more")


def test_two_definitions_of_a_total_are_refused() -> None:
    refused([HALF, ([2, 3, 4], [1, 1, -1], 0, 0)], [0, 1], "row 1 defines a total once more")


def test_totals_in_a_circle_are_refused() -> None:
    refused([([0, 1], [1, -1], 0, 0), ([1, 0], [1, -1], 0, 0)], [0, 1], "row 0 comes before a part is defined")
    refused([HALF, ([4, 1, 0], [1, 1, -1], 0, 0)], [0, 1], "row 0 comes before a part is defined")


def test_totals_that_hold_more_leaves_than_can_be_counted_are_refused() -> None:
    # Each is the sum of the two before; the 47th number of this kind is beyond 2**30, the 93rd beyond 2**63.
    rows: list[Row] = [([at, at + 1, at + 2], [1, 1, -1], 0, 0) for at in range(200)]
    assert sums(rows[:40], list(range(40)), 42)[-1].sum() == 267_914_296
    refused(rows, list(range(200)), "a total has too many leaves", 202)


def test_sums_are_as_by_matrices_in_random_trees() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        cells, rows, define = 12, [], []
        expected = np.eye(cells, dtype=np.int64)
        for total in range(4, cells):
            parts = sorted(rng.choice(total, rng.integers(1, 4), replace=False).tolist())
            if rng.integers(3):
                define.append(len(rows))
                expected[total] = expected[parts].sum(axis=0)
            rows.append(([*parts, total], [1] * len(parts) + [-1], 0, 0))
        assert (sums(rows, define, cells) == expected).all()


# --- whole certificates -----------------------------------------------------------------------------------------------


def content() -> dict:
    """Two halves of two cells each; those of the first half are primary, and no half is shown."""
    values = [3, 4, 20, 30, 7, 50, 57]
    return {
        "values": values,
        "low": [0, 0, 0, 0, 0, 0, 57],
        "high": [99, 99, 99, 99, 99, 99, 57],
        "start": [0, 3, 6, 9, 11],
        "cell": [0, 1, 4, 2, 3, 5, 4, 5, 6, 0, 2],
        "coef": [1, 1, -1, 1, 1, -1, 1, 1, -1, 1, 1],
        "row_low": [0, 0, 0, 20],
        "row_high": [0, 0, 0, 26],
        "define": [0, 1, 2],
        "required": [[0, 1, 1, 2], [1, 1, 1, 2]],
        "pairs": [[0, 0, 1], [1, 1, 0]],
        "tables": [[[0, 1], [-1, 1]], [[0, 1], [1, -1]]],
        "insiders": [],
    }


def told(change: Callable[[dict], object] = lambda _: None) -> dict[str, int]:
    read = content()
    change(read)
    return check(canonical(read))


def put(key: str, *values: object) -> Callable[[dict], object]:
    return lambda read: read.__setitem__(key, list(values))


def table(leaves: list, by: list) -> Callable[[dict], object]:
    return lambda read: read["tables"].__setitem__(1, [leaves, by])


def test_the_whole_of_it_is_accepted() -> None:
    assert told() == {"cells": 2, "tables": 2, "insiders": 0}
    assert told(put("define", 1, 0, 2)) == told()
    # Without definitions all cells are leaves, and all rows are looked at.
    assert told(put("define")) == told()


FALSE: dict[str, tuple[Callable[[dict], object], str]] = {
    "a definition that is no sum": (put("define", 0, 1, 2, 3), "row 3 defines no total"),
    "a definition of another kind": (lambda r: r["coef"].__setitem__(1, 2), "the true table breaks row 0"),
    "out of order": (put("define", 2, 0, 1), "row 2 comes before a part is defined"),
    "given twice": (put("define", 0, 1, 2, 1), "row 1 defines a total once more"),
    "no such row": (put("define", 0, 1, 2, 9), "define holds a number that is out of range"),
    "a row counted from the end": (put("define", 0, 1, -2), "define holds a number that is out of range"),
    "a table that changes a total": (table([0, 4], [1, 1]), "table 1 changes a total by itself"),
    "a cell beyond the last": (table([0, 7], [1, -1]), "tables holds a number that is out of range"),
    "a cell counted from the end": (table([0, -6], [1, -1]), "tables holds a number that is out of range"),
    "leaves without changes": (table([0, 1], [1]), "table 1 has not as many leaves as changes"),
    "changes that are lists": (table([0, 1], [[1], -1]), "tables holds something else than whole numbers"),
    "changes that are lists of lists": (table([[0], [1]], [1, -1]), "tables holds something else than whole numbers"),
    "a leaf changed twice": (table([0, 1, 0], [1, -1, 0]), "table 1 changes a leaf twice"),
    "a total that is shown": (table([0], [1]), "table 1 breaks the bound of cell 6"),
    "a bound": (table([0, 1], [5, -5]), "table 1 breaks the bound of cell 1"),
    "a row that defines nothing": (table([0, 1, 2, 3], [4, -4, 1, -1]), "table 1 breaks row 3"),
    "a definition left out": (lambda r: r.update(define=[0, 1]), "table 1 breaks row 2"),
    "a definition with room": (lambda r: r["row_high"].__setitem__(1, 1), "row 1 defines no total"),
    "too near": (table([2, 3], [1, -1]), "the tables of cell 0 lie too near"),
    "a row whose cell is not there": (
        lambda r: r["cell"].__setitem__(9, 7),
        "cell holds a number that is out of range",
    ),
    "a row whose cell is counted from the end": (
        lambda r: r["cell"].__setitem__(9, -7),
        "cell holds a number that is out of range",
    ),
    "a row with a cell twice": (lambda r: r["cell"].__setitem__(10, 0), "row 3 holds a cell twice"),
    "rows that overlap": (put("start", 0, 3, 2, 9, 11), "row 1 ends before it starts"),
    "entries before the first row": (put("start", 1, 3, 6, 9, 11), "relations have entries of no row"),
    "entries after the last row": (put("start", 0, 3, 6, 9, 10), "relations have entries of no row"),
    "no start": (put("start"), "relations differ in length"),
    "a pair without its requirement": (lambda r: r["required"].pop(), "not every primary cell has its tables"),
    "a requirement twice": (lambda r: r["required"].append(r["required"][0]), "required names a cell twice"),
    "a pair twice": (lambda r: r["pairs"].append([0, 0, 0]), "pairs names a cell twice"),
    "a pair of three": (lambda r: r["pairs"][0].append(0), "pairs is malformed"),
    "a table that is not there": (lambda r: r["pairs"][0].__setitem__(2, 2), "pairs names a table that is not there"),
    "no definitions": (lambda r: r.pop("define"), "the certificate cannot be read: KeyError"),
}


@pytest.mark.parametrize("name", FALSE)
def test_each_fault_is_told_by_its_sentence(name: str) -> None:
    change, sentence = FALSE[name]
    read = content()
    if name == "a definition left out":
        # Without its definition the grand total is a leaf, and its row a row like others.
        read["tables"][1] = [[0, 1, 2], [1, -1, 2]]
        read["row_high"][3] = 99
    change(read)
    with pytest.raises(Faulty) as fault:
        check(canonical(read))
    assert str(fault.value) == sentence


def test_a_true_seal_is_asked_for_first() -> None:
    read = content()
    sealed = json.loads(canonical(read))
    sealed["define"] = [2, 0, 1]
    with pytest.raises(Faulty, match="seal"):
        check(json.dumps(sealed, sort_keys=True, separators=(",", ":")).encode() + b"\n")
    data = canonical(content())
    assert check(data, hashlib.sha256(data).hexdigest())["tables"] == 2


@pytest.mark.parametrize(
    ("known", "alone", "pairs", "sentence"),
    [
        ([[2, 0, 20]], [], [], None),
        ([[0, 3, 99]], [], [], "cell 0 has a table that the landlord can rule out"),
        ([[0, 3, 3]], [0], [], "cell 1 has a table that the landlord can rule out"),
        ([[0, 3, 3]], [0, 1], [], None),
        ([[4, 7, 7]], [], [], None),
        ([[6, 0, 57]], [], [[0, 1, 1]], "the tables of cell 0 lie too near the landlord"),
        ([[6, 0, 57]], [], [[0, 0, -1]], "pairs of the landlord names a table that is not there"),
        ([[6, 0, 57]], [], [[0, 0, 2]], "pairs of the landlord names a table that is not there"),
        ([[6, 0, 57]], [], [[0, 0, 1], [0, 0, 1]], "pairs of the landlord names a cell twice"),
        ([[6, 0, 57]], [], [[2, 0, 1]], "the landlord has tables of cell 2, which needs none"),
        ([[6, 0, 57]], [7], [], "alone of the landlord holds a number that is out of range"),
        ([[6, 0, 57]], [-1], [], "alone of the landlord holds a number that is out of range"),
        ([[0, 3, 3], [0, 0, 99]], [0], [], "what the landlord knows names a cell twice"),
        ([[7, 3, 3]], [0], [], "what the landlord knows names a cell that is not there"),
        ([[0, 4, 5]], [0, 1], [], "the landlord knows cell 0 otherwise than it is"),
    ],
)
def test_an_insider_sees_the_totals_that_follow(known: list, alone: list, pairs: list, sentence: str | None) -> None:
    insider = {"name": "the landlord", "known": known, "alone": alone, "pairs": pairs}
    change = put("insiders", insider)
    if sentence is None:
        assert told(change)["insiders"] == 1
        return
    with pytest.raises(Faulty) as fault:
        told(change)
    assert str(fault.value) == sentence


@pytest.mark.parametrize("names", [["a", "a"], ["a", 1], [None], [["a"]], [{}]])
def test_insiders_have_names_of_their_own(names: list) -> None:
    insiders = [{"name": name, "known": [], "alone": [], "pairs": []} for name in names]
    with pytest.raises(Faulty):
        told(put("insiders", *insiders))


def test_what_insiders_are_called_is_no_pattern_for_a_sentence() -> None:
    insider = {"name": "{0.real} {} {x}", "known": [[0, 3, 3]], "alone": [0], "pairs": []}
    with pytest.raises(Faulty) as fault:
        told(put("insiders", insider))
    assert str(fault.value) == "cell 1 has a table that {0.real} {} {x} can rule out"


@pytest.mark.parametrize(
    ("inside", "sentence"),
    [
        ([[0, 1, 1, 2]], None),
        ([[0, 1, 1, 3]], "the tables of cell 0 lie too near the landlord"),
        ([[1, 1, 2, 2]], "the tables of cell 1 lie too near the landlord"),
        ([[1, 0, 0, 0]], "the tables of cell 1 lie too near the landlord"),
        ([[2, 1, 1, 2]], "cell 2 has no tables"),
        ([[0, 1, 1, 2], [0, 1, 1, 2]], "inside names a cell twice"),
        ([[-7, 1, 1, 2]], "inside names a cell that is not there"),
    ],
)
def test_less_may_be_asked_for_insiders(inside: list, sentence: str | None) -> None:
    insider = {"name": "the landlord", "known": [], "alone": [], "pairs": []}

    def change(read: dict) -> None:
        read.update(insiders=[insider], inside=inside)

    if sentence is None:
        assert told(change)["insiders"] == 1
        return
    with pytest.raises(Faulty) as fault:
        told(change)
    assert str(fault.value) == sentence
