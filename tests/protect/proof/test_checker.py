"""What the checker makes of certificates that somebody has tampered with: it refuses them, or they hold all the same."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.protect.proof import checker
from piperoll.protect.proof.certificate import canonical
from piperoll.protect.proof.checker import Faulty, check


REACH = 8  # how far from the true table others are looked for
Path = tuple[str | int, ...]


def content() -> dict:
    """3 = 0 + 1 and 4 = 3 + 2; the total is shown, a row limits 0 and 2, and somebody knows cell 2."""
    return {
        "values": [2, 1, 2, 3, 5],
        "low": [0, 0, 0, 0, 5],
        "high": [4, 4, 4, 9, 5],
        "start": [0, 3, 6, 8],
        "cell": [0, 1, 3, 2, 3, 4, 0, 2],
        "coef": [1, 1, -1, 1, 1, -1, 2, 1],
        "row_low": [0, 0, 1],
        "row_high": [0, 0, 9],
        "define": [0, 1],
        "required": [[0, 1, 1, 3], [1, 1, 1, 2]],
        "inside": [[0, 1, 1, 2], [1, 1, 1, 2]],
        "pairs": [[0, 1, 2], [1, 0, 1]],
        "tables": [[[0, 1], [1, -1]], [[0, 1, 2], [-2, 2, 0]], [[0, 1, 2], [1, 0, -1]], [[0, 1], [-1, 1]]],
        "insiders": [{"name": "the landlord", "known": [[2, 2, 3]], "alone": [2], "pairs": [[0, 3, 0]]}],
    }


def accepted(read: dict) -> bool:
    try:
        return check(canonical(read))["cells"] >= 0
    except Faulty:
        return False


def places(read: object, at: Path = ()) -> Iterator[Path]:
    """Where the numbers are."""
    if isinstance(read, int):
        yield at
    elif isinstance(read, list):
        for place, each in enumerate(read):
            yield from places(each, (*at, place))
    elif isinstance(read, dict):
        for key, each in read.items():
            yield from places(each, (*at, key))


def at(read: dict, path: Path) -> int:
    found: object = read
    for step in path:
        found = found[step]
    assert isinstance(found, int)
    return found


def changed(read: dict, path: Path, value: object) -> dict:
    out = copy.deepcopy(read)
    inner: object = out
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return out


PLACES = list(places(content()))


def possible(read: dict) -> np.ndarray:
    """All tables near the true one that keep to bounds and rows, a row each, by trying."""
    values = np.array(read["values"])
    axes = [
        range(max(low, value - REACH), min(high, value + REACH) + 1)
        for low, value, high in zip(read["low"], values.tolist(), read["high"], strict=True)
    ]
    tried = np.array(list(itertools.product(*axes)), np.int64).reshape(-1, len(values))
    for (a, b), low, high in zip(itertools.pairwise(read["start"]), read["row_low"], read["row_high"], strict=True):
        sums = tried[:, read["cell"][a:b]] @ np.array(read["coef"][a:b], np.int64)
        tried = tried[(sums >= low) & (sums <= high)]
    return tried


def holds(read: dict) -> bool:
    """Whether what the certificate says is true, whatever tables it gives."""
    tables = possible(read)
    if read["values"] not in tables.tolist():
        return False
    if not all(_open(tables, read["values"], need) for need in read["required"]):
        return False
    for insider in read["insiders"]:
        known = np.ones(len(tables), bool)
        for cell, low, high in insider["known"]:
            known &= (tables[:, cell] >= low) & (tables[:, cell] <= high)
        needs = [need for need in read["inside"] if need[0] not in insider["alone"]]
        if not all(_open(tables[known], read["values"], need) for need in needs):
            return False
    return True


def _open(tables: np.ndarray, values: list[int], need: list[int]) -> bool:
    cell, below, above, span = need
    if not len(tables):
        return False
    least, most = int(tables[:, cell].min()), int(tables[:, cell].max())
    return least <= values[cell] - below and most >= values[cell] + above and most - least >= span


def test_the_example_is_accepted_and_holds() -> None:
    assert check(canonical(content())) == {"cells": 2, "tables": 4, "insiders": 1}
    assert holds(content())


@pytest.mark.parametrize("path", PLACES, ids=lambda path: "-".join(map(str, path)))
def test_one_changed_number_is_refused_or_the_certificate_holds(path: Path) -> None:
    before = at(content(), path)
    for value in {before + by for by in (-7, -2, -1, 1, 2, 7)} | {-before, 0, 1, -1} - {before}:
        read = changed(content(), path, value)
        assert not accepted(read) or holds(read), value


def test_some_changes_do_no_harm_and_most_are_refused() -> None:
    told = [accepted(changed(content(), path, at(content(), path) + by)) for path in PLACES for by in (-1, 1)]
    assert 10 < sum(told) < len(told) / 3


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.integers(-3, 6)), min_size=2, max_size=4))
def test_several_changed_numbers_are_refused_or_the_certificate_holds(changes: list[tuple[Path, int]]) -> None:
    read = content()
    for path, value in changes:
        read = changed(read, path, value)
    assert not accepted(read) or holds(read)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.integers(-3, 3)), max_size=3), min_size=4, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=3),
)
def test_tables_made_up_at_random_prove_nothing_false(tables: list, numbers: list[tuple[int, int]]) -> None:
    """Requirements that hold are asked with all manner of tables, those that do not hold as well."""
    for span in (1, 3, 6, 9):
        read = content()
        read["tables"] = [[list(dict(table)), list(dict(table).values())] for table in tables]
        read["required"] = [[0, 0, 0, span], [1, 0, 0, span]]
        read["inside"] = [[0, 0, 0, min(span, 2)]]
        read["pairs"] = [[cell, *pair] for cell, pair in enumerate(numbers[:2])]
        read["insiders"][0]["pairs"] = [[0, *numbers[2]]]
        assert not accepted(read) or holds(read)


# --- numbers ----------------------------------------------------------------------------------------------------------


NO_NUMBERS = [True, False, None, "1", "", [], [1], {}, {"1": 1}, 1.0, 0.5, float("nan"), float("inf"), -float("inf")]
TOO_LARGE = [sign * size for size in (2**50 + 1, 2**62, 2**63 - 1, 2**63, 2**64, 10**30, 10**4000) for sign in (1, -1)]


@pytest.mark.parametrize("path", PLACES, ids=lambda path: "-".join(map(str, path)))
def test_each_number_is_a_whole_number_within_limits(path: Path) -> None:
    for value in [*NO_NUMBERS, *TOO_LARGE]:
        with pytest.raises(Faulty):
            check(canonical(changed(content(), path, value)))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1.5, 1e300])
def test_fractions_are_refused_wherever_they_are(value: float) -> None:
    for read in ({**content(), "note": value}, {**content(), "note": {"more": [value]}}):
        with pytest.raises(Faulty, match="something else than whole numbers"):
            check(canonical(read))


@pytest.mark.parametrize("key", sorted(content()))
def test_each_list_is_a_list(key: str) -> None:
    for value in (None, 3, "34", True, {"0": 3}, [[[1]]], [None], [{}], [[]]):
        with pytest.raises(Faulty):
            check(canonical({**content(), key: value}))


@pytest.mark.parametrize("key", sorted(set(content()) - {"inside"}))
def test_each_list_is_there(key: str) -> None:
    with pytest.raises(Faulty, match="KeyError"):
        check(canonical({name: value for name, value in content().items() if name != key}))


def test_a_list_of_another_length_is_refused() -> None:
    for key in ("values", "low", "high", "start", "cell", "coef", "row_low", "row_high"):
        for shorter in (content()[key][:-1], [*content()[key], content()[key][-1]]):
            with pytest.raises(Faulty):
                check(canonical({**content(), key: shorter}))


def test_nothing_at_all_proves_nothing() -> None:
    nothing = {key: [] for key in content()} | {"start": [0]}
    assert check(canonical(nothing)) == {"cells": 0, "tables": 0, "insiders": 0}
    assert check(canonical(content() | {"required": [], "pairs": [], "inside": [], "insiders": []}))["cells"] == 0


# --- sums that would wrap round ---------------------------------------------------------------------------------------


def refused_as_too_large(read: dict) -> None:
    with pytest.raises(Faulty, match=r"^numbers are too large to be added$"):
        check(canonical(read))


def single(values: list[int], rows: list[tuple[list[int], list[int], int, int]], tables: list) -> dict:
    """All cells within the widest bounds; cell 0 is primary."""
    ends = [0, *itertools.accumulate(len(cells) for cells, *_ in rows)]
    return {
        "values": values,
        "low": [-(2**50)] * len(values),
        "high": [2**50] * len(values),
        "start": ends,
        "cell": [cell for cells, *_ in rows for cell in cells],
        "coef": [coef for _, coefs, *_ in rows for coef in coefs],
        "row_low": [low for *_, low, _ in rows],
        "row_high": [high for *_, high in rows],
        "define": [],
        "required": [[0, 0, 0, 1]],
        "pairs": [[0, 0, 1]],
        "tables": tables,
        "insiders": [],
    }


def test_the_sum_of_a_row_does_not_wrap_round() -> None:
    # 2**22 * 2**50 is nothing in 64 bits.
    tables = [[[], []], [[0], [1]]]
    refused_as_too_large(single([2**50 - 1, 2**50], [([1], [2**22], 0, 0)], tables))
    assert _fault(single([0, 2**39], [([1], [2**22], 2**50, 2**50)], tables)) == "the true table breaks row 0"
    assert accepted(single([0, 2**28], [([1], [2**22], 2**50, 2**50)], tables))


def test_the_change_of_a_row_does_not_wrap_round() -> None:
    # 2**14 * 2**50 is nothing in 64 bits, too.
    row = ([0], [2**14], 0, 0)
    refused_as_too_large(single([0], [row], [[[], []], [[0], [2**50]]]))
    with pytest.raises(Faulty, match="table 1 breaks row 0"):
        check(canonical(single([0], [row], [[[], []], [[0], [2**40]]])))


def doubled(times: int, by: int) -> dict:
    """A total with cell 0 in it 2**times times: 1 = 0, 2 = 0, 3 = 1 + 2, 4 = 3, 5 = 3, 6 = 4 + 5, and so on."""
    rows: list[tuple[list[int], list[int], int, int]] = []
    for first in range(0, 3 * times, 3):
        rows += [([first, first + side], [1, -1], 0, 0) for side in (1, 2)]
        rows.append(([first + 1, first + 2, first + 3], [1, 1, -1], 0, 0))
    read = single([0] * (3 * times + 1), rows, [[[], []], [[0], [by]]])
    read["low"][-1] = read["high"][-1] = 0
    read["define"] = list(range(len(rows)))
    return read


def test_the_change_of_a_total_does_not_wrap_round() -> None:
    # The total is shown as it is, and 2**14 times 2**50 would leave it so.
    refused_as_too_large(doubled(14, 2**50))
    refused_as_too_large(doubled(14, -(2**50)))
    with pytest.raises(Faulty, match="table 1 breaks the bound of cell 42"):
        check(canonical(doubled(14, 2**20)))
    with pytest.raises(Faulty, match="a total has too many leaves"):
        check(canonical(doubled(64, 1)))


def test_limits_at_their_greatest_are_read() -> None:
    read = single([0, 0], [([0, 1], [2**10, -(2**10)], -(2**50), 2**50)], [[[], []], [[0, 1], [2**50, 2**50]]])
    read["required"] = [[0, 0, 2**50, 2**50]]
    assert accepted(read)
    read["required"] = [[0, 0, 2**50, 2**50 - 1]]
    assert accepted(read)
    read["tables"][1][1] = [2**50 - 1, 2**50 - 1]
    assert not accepted(read)


# --- bytes ------------------------------------------------------------------------------------------------------------


def test_a_truncated_file_is_refused() -> None:
    data = canonical(content())
    for length in range(len(data)):
        with pytest.raises(Faulty):
            check(data[:length])


DEEP = 200_000


@pytest.mark.parametrize(
    "make",
    [
        lambda data: b"[" * DEEP,
        lambda data: b"[" * DEEP + b"]" * DEEP,
        lambda data: b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"\n",
        lambda data: data.replace(b'"values":[', b'"values":[' + b"[" * DEEP + b"]" * DEEP + b",", 1),
        lambda data: data.replace(b'"values":[', b'"values":[' + b"9" * 5000 + b",", 1),
        lambda data: data.replace(b'"values":[2', b'"values":[-0', 1),
        lambda data: data.replace(b'"values":[2', b'"values":[+2', 1),
        lambda data: data.replace(b'"values":[2', b'"values":[2e0', 1),
        lambda data: data.replace(b'"values":[2', b'"values":[02', 1),
        lambda data: data.replace(b'"values":[', b'"values":[ ', 1),
        lambda data: data.replace(b'"values":', b'"values":[],"values":', 1),
        lambda data: data.replace(b'"seal":"', b'"seal":"0', 1),
        lambda data: data.replace(b'"seal":', b'"seal":"","seal":', 1),
        lambda data: data.replace(b"landlord", b"l\\u0061ndlord", 1),
        lambda data: data.decode().encode("utf-16"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data + b"\n",
        lambda data: data + b"\0",
        lambda data: data.rstrip(b"\n"),
    ],
)
def test_what_is_written_otherwise_is_refused(make: Callable[[bytes], bytes]) -> None:
    data = canonical(content())
    other = make(data)
    assert other != data
    with pytest.raises(Faulty):
        check(other)


@pytest.mark.parametrize("seal", [None, 1, True, [], {}, {"seal": "0"}, "", "0" * 64])
def test_another_seal_is_refused(seal: object) -> None:
    data = json.dumps({**content(), "seal": seal}, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    with pytest.raises(Faulty, match="seal does not fit"):
        check(data)


def test_a_file_that_is_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = canonical(content())
    monkeypatch.setattr(checker, "LONG", len(data))
    with pytest.raises(Faulty, match="too long"):
        check(data)
    monkeypatch.setattr(checker, "LONG", len(data) + 1)
    assert check(data)["cells"] == 2


@pytest.mark.parametrize("work", [1, 2, 7, 30])
def test_it_makes_no_difference_how_many_tables_are_looked_at_at_once(
    work: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = changed(content(), ("tables", 2, 1, 1), 1)
    known = changed(content(), ("insiders", 0, "pairs"), [])
    row = changed(content(), ("tables", 3, 1), [-2, 2]) | {"row_low": [0, 0, 3]}
    monkeypatch.setattr(checker, "WORK", work)
    assert check(canonical(content())) == {"cells": 2, "tables": 4, "insiders": 1}
    assert _fault(tables) == "table 2 breaks the bound of cell 4"
    assert _fault(row) == "table 1 breaks row 2"
    assert _fault(known) == "cell 0 has a table that the landlord can rule out"


def _fault(read: dict) -> str:
    with pytest.raises(Faulty) as fault:
        check(canonical(read))
    return str(fault.value)
