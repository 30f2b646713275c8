"""What the checker takes for the definition of a total, and tables that it refuses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import numpy as np
import pytest

from piperoll.protect.proof.certificate import canonical
from piperoll.protect.proof.checker import Definitions, Faulty, check


Row = tuple[list[int], list[int], int, int]

HALF: Row = ([0, 1, 4], [1, 1, -1], 0, 0)
OTHER: Row = ([2, 3, 5], [1, 1, -1], 0, 0)
ALL: Row = ([4, 5, 6], [1, 1, -1], 0, 0)
ROWS = [HALF, OTHER, ALL]


def refused(rows: list[Row], define: list[int], row: int, cells: int = 7) -> None:
    with pytest.raises(Faulty, match=f"^row {row} defines no total$"):
        Definitions(rows, define, cells)


def test_totals_of_totals_follow_from_the_leaves() -> None:
    definitions = Definitions(ROWS, [0, 1, 2], 7)
    assert definitions.changes({}, 0) == {}
    assert definitions.changes({0: 2}, 0) == {0: 2, 4: 2, 6: 2}
    moved = definitions.changes({0: 2, 1: -2, 3: 5}, 0)
    assert moved == {0: 2, 1: -2, 3: 5, 4: 0, 5: 5, 6: 5}
    # Sums of a leaf are kept, and are the same the next time.
    assert definitions.changes({0: 1}, 1) == {0: 1, 4: 1, 6: 1}


def test_a_leaf_counts_as_often_as_it_is_in_a_total() -> None:
    # 2 = 0 + 1, 3 = 0 + 2, 4 = 2 + 3: cell 0 is three times in cell 4.
    rows = [([0, 1, 2], [1, 1, -1], 0, 0), ([0, 2, 3], [1, 1, -1], 0, 0), ([2, 3, 4], [1, 1, -1], 0, 0)]
    definitions = Definitions(rows, [0, 1, 2], 5)
    assert definitions.changes({0: 1}, 0) == {0: 1, 2: 1, 3: 2, 4: 3}
    assert definitions.changes({1: 1}, 0) == {1: 1, 2: 1, 3: 1, 4: 2}


@pytest.mark.parametrize(
    "row",
    [
        ([0, 1, 4], [1, 2, -1], 0, 0),
        ([0, 1, 4], [1, -1, -1], 0, 0),
        ([0, 1, 4], [1, 0, -1], 0, 0),
        ([0, 1, 4], [1, 1, -1], 0, 1),
        ([0, 1, 4], [1, 1, -1], -1, 0),
        ([0, 4, 4], [1, 1, -1], 0, 0),
        ([0, 1, 4, 4], [1, 1, 1, -1], 0, 0),
    ],
)
def test_what_is_no_sum_of_parts_defines_nothing(row: Row) -> None:
    refused([row, OTHER, ALL], [0, 1, 2], 0)


def test_a_row_without_a_total_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="list"):
        Definitions([([0, 1], [1, 1], 0, 0)], [0], 2)


def test_a_definition_before_those_of_its_parts_is_refused() -> None:
    # Once cell 4 counts as a part of 6, it is too late to define it.
    refused(ROWS, [2, 0, 1], 0)
    refused(ROWS, [0, 2, 1], 1)


def test_a_definition_given_twice_is_refused() -> None:
    refused(ROWS, [0, 0], 0)
    refused(ROWS, [0, 1, 2, 2], 2)


def test_two_definitions_of_a_total_are_refused() -> None:
    refused([HALF, ([2, 3, 4], [1, 1, -1], 0, 0)], [0, 1], 1)


def test_totals_in_a_circle_are_refused() -> None:
    refused([([0, 1], [1, -1], 0, 0), ([1, 0], [1, -1], 0, 0)], [0, 1], 1)
    refused([HALF, ([4, 1, 0], [1, 1, -1], 0, 0)], [0, 1], 1)


def test_a_constant_beside_the_parts_changes_nothing() -> None:
    # The sum is 3 more than the total, in every table alike.
    assert Definitions([([0, 1, 2], [1, 1, -1], 3, 3)], [0], 3).changes({1: 4}, 0) == {1: 4, 2: 4}


@pytest.mark.parametrize("leaf", [4, 6, 7, -1, 99, True, 0.0, "0", None])
def test_a_table_may_change_leaves_alone(leaf: object) -> None:
    definitions = Definitions(ROWS, [0, 1, 2], 7)
    with pytest.raises(Faulty, match=r"^table 8 is malformed$"):
        definitions.changes({leaf: 1}, 8)  # type: ignore[dict-item]


@pytest.mark.parametrize("by", [True, 1.0, "1", None])
def test_a_change_is_a_whole_number(by: object) -> None:
    definitions = Definitions(ROWS, [0, 1, 2], 7)
    with pytest.raises(Faulty, match=r"^table 3 is malformed$"):
        definitions.changes({0: by}, 3)  # type: ignore[dict-item]


def test_sums_are_as_by_matrices_in_random_trees() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        cells, rows, define = 12, [], []
        sums = np.eye(cells, dtype=np.int64)
        for total in range(4, cells):
            parts = sorted(rng.choice(total, rng.integers(1, 4), replace=False).tolist())
            if rng.integers(3):
                define.append(len(rows))
                sums[total] = sums[parts].sum(axis=0)
            rows.append(([*parts, total], [1] * len(parts) + [-1], 0, 0))
        totals = {rows[number][0][-1] for number in define}
        leaves = [cell for cell in range(cells) if cell not in totals]
        by = rng.integers(-5, 6, len(leaves))
        told = Definitions(rows, define, cells).changes(dict(zip(leaves, by.tolist(), strict=True)), 0)
        assert [told.get(cell, 0) for cell in range(cells)] == (sums[:, leaves] @ by).tolist()


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
    "a definition that is no sum": (put("define", 0, 1, 2, 3), "the certificate cannot be read: ValueError"),
    "a definition of another kind": (lambda r: r["coef"].__setitem__(1, 2), "the true table breaks row 0"),
    "out of order": (put("define", 2, 0, 1), "row 0 defines no total"),
    "given twice": (put("define", 0, 1, 2, 1), "row 1 defines no total"),
    "no such row": (put("define", 0, 1, 2, 9), "the certificate cannot be read: IndexError"),
    "a table that changes a total": (table([0, 4], [1, 1]), "table 1 is malformed"),
    "a cell beyond the last": (table([0, 7], [1, -1]), "table 1 is malformed"),
    "a cell counted from the end": (table([0, -6], [1, -1]), "table 1 is malformed"),
    "leaves without changes": (table([0, 1], [1]), "the certificate cannot be read: ValueError"),
    "changes that are lists": (table([0, 1], [[1], -1]), "table 1 is malformed"),
    "a total that is shown": (table([0], [1]), "table 1 breaks the bound of cell 6"),
    "a bound": (table([0, 1], [5, -5]), "table 1 breaks the bound of cell 1"),
    "a row that defines nothing": (table([0, 1, 2, 3], [4, -4, 1, -1]), "table 1 breaks row 3"),
    "a definition left out": (lambda r: r.update(define=[0, 1]), "table 1 breaks row 2"),
    "too near": (table([2, 3], [1, -1]), "the tables of cell 0 lie too near"),
    "a row whose cell is not there": (lambda r: r["cell"].__setitem__(9, 7), "row 3 is malformed"),
    "a row whose cell is counted from the end": (lambda r: r["cell"].__setitem__(9, -7), "row 3 is malformed"),
    "a pair without its requirement": (lambda r: r["required"].pop(), "not every primary cell has its tables"),
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
        ([[6, 0, 57]], [], [[0, 0, -1]], "the tables of cell 0 lie too near the landlord"),
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
