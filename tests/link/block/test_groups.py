"""Keys become groups, groups become pairs; what is counted is what comes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.link.block.groups import Mode, combine, count_pairs, group, pair_up


@given(st.lists(st.tuples(*[st.integers(-1, 3)] * 3), max_size=20))
def test_keys_are_equal_where_rows_are(rows: list[tuple[int, ...]]) -> None:
    columns = np.array(rows, np.int32).reshape(-1, 3)
    key = combine(list(columns.T))
    for a, b in itertools.product(range(len(rows)), repeat=2):
        known = min(rows[a]) >= 0 and min(rows[b]) >= 0
        assert (key[a] == key[b] >= 0) == (known and rows[a] == rows[b])


def test_keys_whose_ranges_do_not_fit_are_ranked_first() -> None:
    top = 2**31 - 2
    rows = [
        (0, top, top, 5),
        (top, 0, top, 5),
        (top, top, top, 5),
        (top, top, top, 5),
        (top, top, top, 4),
        (-1, top, 0, 5),
    ]
    key = combine([np.array(each, np.int32) for each in zip(*rows, strict=True)])
    assert key[2] == key[3]
    assert key[5] == -1
    assert len(set(key.tolist())) == 5
    assert (key[:5] >= 0).all()


@given(st.lists(st.sampled_from([-5, -1, 0, 1, 7, 2**40, 2**62, 2**62 + 1]), max_size=40))
def test_groups_are_those_with_the_same_key_and_company(keys: list[int]) -> None:
    groups, count = group(np.array(keys, np.int64))
    shared = [key for key in dict.fromkeys(keys) if key >= 0 and keys.count(key) > 1]
    assert count == len(shared)
    assert groups.tolist() == [shared.index(key) if key in shared else -1 for key in keys]


@given(
    st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 2)), max_size=25),
    st.sampled_from(["dedupe", "link", "both"]),
    st.booleans(),
)
def test_pairs_are_counted_as_they_come(rows: list[tuple[int, int]], mode: Mode, chain: bool) -> None:
    groups, count = group(np.array([row[0] for row in rows], np.int64))
    files = np.array([row[1] for row in rows], np.int16)
    pairing = pair_up(groups, count, files, mode, chain=chain)
    pairs = [(int(pairing.order[x]), int(pairing.order[y])) for x in range(len(pairing.order))
             for y in range(pairing.begin[x], pairing.end[x])]  # fmt: skip
    assert len(pairs) == pairing.pairs == count_pairs(groups, count, files, mode, chain=chain)
    wanted = {
        (a, b) for a, b in itertools.combinations(range(len(rows)), 2)
        if groups[a] == groups[b] >= 0 and (mode != "link" or files[a] != files[b])
    }  # fmt: skip
    found = {(min(pair), max(pair)) for pair in pairs}
    assert len(found) == len(pairs)
    assert found <= wanted if chain else found == wanted
    if chain and mode != "link":
        assert len(found) == sum(int((groups == g).sum()) - 1 for g in range(count))


@pytest.mark.parametrize("mode", ["dedupe", "link", "both"])
def test_a_group_of_many_is_counted_without_its_pairs(mode: Mode) -> None:
    groups, files = np.zeros(100_000, np.int32), (np.arange(100_000) % 2).astype(np.int16)
    expected = 50_000**2 if mode == "link" else 100_000 * 99_999 // 2
    assert count_pairs(groups, 1, files, mode) == expected
