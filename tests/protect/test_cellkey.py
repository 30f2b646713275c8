"""Cell key perturbation: record keys, counting, and the published description written out plainly."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.protect.cellkey import derive_keys, perturb
from piperoll.protect.ptable import PTable, from_frame
from piperoll.protect.ptable_entropy import make


SECRET = b"sixteen bytes or more"
NOISE = make(3, 1.0)


def test_record_keys_stay_the_same_whatever_the_order() -> None:
    ids = pl.Series(["a", "b", "c"])
    keys = derive_keys(ids, SECRET)
    assert derive_keys(ids.reverse(), SECRET).to_list() == keys.reverse().to_list()
    assert derive_keys(ids, b"another secret of mine").to_list() != keys.to_list()
    assert keys.dtype == pl.UInt32


def test_record_keys_are_spread_evenly() -> None:
    keys = derive_keys(pl.Series(range(20_000)), SECRET, 16).to_list()
    assert set(keys) == set(range(16))
    # 1,250 expected in each; five standard deviations are 171.
    assert all(abs(count - 1250) < 171 for count in Counter(keys).values())


@pytest.mark.parametrize(
    ("ids", "secret", "key_range", "words"),
    [
        ([1, 2], b"short", 256, "5 bytes"),
        ([1, None], SECRET, 256, "1 records have no id"),
        ([1, 1, 2], SECRET, 256, "1 ids are there more than once"),
        ([1], SECRET, 1, "key range is 1"),
    ],
)
def test_keys_that_cannot_be_derived(ids: list[int | None], secret: bytes, key_range: int, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        derive_keys(pl.Series(ids), secret, key_range)
    assert caught.value.code == "PR-P112"
    assert "short" not in caught.value.sentence


def records(rows: list[tuple[str, str, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"area": pl.String, "kind": pl.String, "record_key": pl.Int64}, orient="row")


def plain(
    rows: list[tuple[str, ...]], keys: list[int], pvalues: dict[tuple[int, int], int], width: int
) -> list[tuple[object, ...]]:
    """The method specification of the ONS, step by step."""
    counts: Counter[tuple[str, ...]] = Counter(rows)
    sums: Counter[tuple[str, ...]] = Counter()
    for row, key in zip(rows, keys, strict=True):
        sums[row] += key
    out: list[tuple[object, ...]] = []
    for row in sorted(counts):
        count, ckey = counts[row], sums[row] % width
        pcv = count if count <= 750 else (count - 1) % 250 + 501
        out.append((*row, count, ckey, pvalues[pcv, ckey], count + pvalues[pcv, ckey]))
    return out


@given(
    rows=st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("xyz"), st.integers(0, 7)), min_size=1, max_size=60),
    seed=st.integers(0, 5),
)
def test_equals_the_published_description(rows: list[tuple[str, str, int]], seed: int) -> None:
    random = np.random.default_rng(seed)
    changes = random.integers(-1, 6, (750, 8))
    table = PTable(1, changes, cycle=250, unbiased=False)
    pvalues = {(pcv + 1, key): int(changes[pcv, key]) for pcv in range(750) for key in range(8)}
    found = perturb(records(rows), ["area", "kind"], table)
    assert found.rows() == plain([row[:2] for row in rows], [row[2] for row in rows], pvalues, 8)


def test_counts_beyond_the_last_row() -> None:
    changes = np.zeros((750, 4), dtype=np.int64)
    changes[500:, :] = np.arange(250)[:, None]
    table = PTable(1, changes, cycle=250, unbiased=False)
    found = perturb(records([("A", "x", 0)] * 1003), ["area"], table)
    assert found.rows() == [("A", 1003, 0, 2, 1005)]


def test_the_same_records_are_perturbed_the_same_in_every_table() -> None:
    rows = [("A", "x", key * 37 % 256) for key in range(40)] + [("B", "x", 9), ("B", "y", 11)]
    frame = records(rows)
    by_both = perturb(frame, ["area", "kind"], NOISE)
    by_area = perturb(frame, ["area"], NOISE)
    one = by_both.filter(area="A", kind="x")["published"][0]
    assert by_area.filter(area="A")["published"][0] == one


def test_totals_along_hierarchies_are_counted_and_perturbed_on_their_own() -> None:
    frame = records([("a1", "x", 5), ("a2", "x", 250), ("b1", "x", 7)])
    parents = {"area": {"a1": "a", "a2": "a", "a": "all", "b1": "all"}}
    found = {row[0]: row for row in perturb(frame, ["area"], NOISE, hierarchies=parents).iter_rows()}
    assert found["a"][1:3] == (2, 255)
    assert found["all"][1:3] == (3, 6)
    assert found["all"][4] == 3 + int(NOISE.changes[3, 6])


def test_without_dimensions_all_are_counted() -> None:
    assert perturb(records([("A", "x", 200), ("B", "x", 100)]), [], NOISE).rows()[0][:2] == (2, 44)


def test_small_results_are_left_out_below_a_threshold() -> None:
    frame = records([("A", "x", 1)] * 12 + [("B", "x", 1)] * 3)
    table = from_frame(pl.DataFrame({"count": [0], "change": [0], "probability": [1.0]}))
    assert perturb(frame, ["area"], table, threshold=10)["published"].to_list() == [12, None]


def test_over_many_cells_nothing_is_added_or_lost() -> None:
    random = np.random.default_rng(3)
    size = 40_000
    frame = pl.DataFrame({"cell": random.integers(0, 4000, size), "record_key": random.integers(0, 256, size)})
    found = perturb(frame, ["cell"], NOISE)
    mean, spread = found["change"].mean(), found["change"].std()
    assert isinstance(mean, float)
    assert isinstance(spread, float)
    assert abs(mean) < 5 * spread / len(found) ** 0.5
    assert found["published"].min() >= 0
    assert (found["published"] != found["count"]).mean() > 0.3


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([1, None], "1 records have no key"),
        ([1, 256], "1 record keys lie outside 0 to 255"),
        ([1, -1], "1 record keys lie outside"),
        ([1.0, 2.0], "Float64, not whole numbers"),
    ],
)
def test_keys_that_do_not_fit(keys: list[object], words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        perturb(pl.DataFrame({"area": ["A", "A"], "record_key": keys}), ["area"], NOISE)
    assert caught.value.code == "PR-P112"


def test_a_missing_key_column() -> None:
    with pytest.raises(UserError, match="no column `record_key`"):
        perturb(pl.DataFrame({"area": ["A"]}), ["area"], NOISE)
