"""Perturbation tables: both forms, what is refused, and tables of greatest entropy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.protect.ptable import PTable, check, from_frame, lay_out, load
from piperoll.protect.ptable_entropy import make, possible_changes, probabilities


def chances(*rows: tuple[int, int, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["count", "change", "probability"], orient="row")


FAIR = chances((0, 0, 1.0), (1, -1, 0.5), (1, 1, 0.5), (2, -2, 0.25), (2, 0, 0.5), (2, 2, 0.25))


def lookup(rows: dict[int, list[int]]) -> pl.DataFrame:
    cells = [(count, key, change) for count, row in rows.items() for key, change in enumerate(row)]
    return pl.DataFrame(cells, schema=["pcv", "ckey", "pvalue"], orient="row")


def test_probabilities_are_laid_out_over_the_keys() -> None:
    table = from_frame(FAIR, key_range=16)
    assert table.changes.shape == (3, 16)
    assert np.bincount(table.changes[1] + 2, minlength=5).tolist() == [0, 8, 0, 8, 0]
    assert np.bincount(table.changes[2] + 2, minlength=5).tolist() == [4, 0, 8, 0, 4]
    assert table.variance.tolist() == [0, 1, 2]
    assert (table.largest, table.last, table.key_range) == (2, 2, 16)


def test_the_layout_has_no_bias_where_rounding_each_share_would() -> None:
    changes = np.array([-1, 0, 3])
    wanted = np.array([0.3, 0.6, 0.1])
    keys = lay_out(changes, wanted, 256)
    assert keys.sum() == 256
    assert keys @ changes == 0
    assert np.abs(keys - wanted * 256).max() < 2.5
    assert np.round(wanted * 256) @ changes != 0


def test_counts_beyond_the_last_row_take_the_last_rows_in_turn() -> None:
    table = from_frame(lookup({count: [0, 0] for count in range(1, 751)}), cycle=250)
    counts = np.array([0, 1, 500, 501, 750, 751, 1000, 1001, 1250, 1251])
    # As the ONS specification has it: subtract 1, modulo 250, add 501; and a count of 0 has no row.
    assert (table.rows(counts) + table.first).tolist() == [0, 1, 500, 501, 750, 501, 750, 501, 750, 501]
    assert table.look_up(np.array([0]), np.array([1])).tolist() == [0]


@given(count=st.integers(751, 10**9))
def test_rows_of_large_counts_equal_the_published_formula(count: int) -> None:
    table = PTable(1, np.zeros((750, 2), dtype=np.int64), cycle=250)
    assert table.rows(np.array([count]))[0] + 1 == (count - 1) % 250 + 501


def test_a_table_that_rounds_is_read_when_it_is_said_to() -> None:
    rows = {c: [-c if c < 10 else [0, -1, -2, 2, 1][c % 5]] * 4 for c in range(1, 31)}
    with pytest.raises(UserError, match=r"a count of 1 is moved by -1\.0000 on average"):
        from_frame(lookup(rows))
    table = from_frame(lookup(rows), unbiased=False, cycle=5)
    counts = np.array([3, 9, 10, 12, 13, 30, 31, 44])
    assert (counts + table.look_up(counts, np.zeros(8, dtype=int))).tolist() == [0, 0, 10, 10, 15, 30, 30, 45]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (chances((0, 0, 1.0), (1, -1, 0.5), (1, 1, 0.4)), "of a count of 1 do not add up to 1"),
        (chances((0, 0, 1.0), (1, -1, 0.6), (1, 1, 0.4)), "a count of 1 is moved by -0.2000 on average"),
        (chances((0, 0, 1.0), (1, -2, 0.5), (1, 2, 0.5)), "a count of 1 could become negative"),
        (chances((0, -1, 0.5), (0, 1, 0.5)), "a count of 0 could become negative"),
        (chances((0, 0, 1.0), (1, 0, 0.5), (1, 0, 0.5)), "name a change twice"),
        (chances((0, 0, 1.0), (1, -1, 1.5), (1, 1, -0.5)), "do not add up to 1"),
        (chances((0, 0, 1.0), (2, 0, 1.0)), "do not follow one another"),
        (chances((-1, 0, 1.0)), "do not follow one another"),
        (lookup({1: [0, 0], 2: [0]}), "each count with each cell key once"),
        (lookup({1: [-1, 0, 0]}), "moved by -0.3333"),
        (lookup({1: [-2, 2]}), "could become negative"),
        (pl.concat([lookup({1: [0, 0]}), lookup({1: [0, 0]})]), "each count with each cell key once"),
    ],
)
def test_tables_without_a_property_are_refused(frame: pl.DataFrame, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        from_frame(frame)
    assert caught.value.code == "PR-P111"


def test_zeros_rise_only_when_it_is_said() -> None:
    rising = chances((0, 0, 0.9), (0, 1, 0.1))
    with pytest.raises(UserError, match="cases that nobody counted"):
        from_frame(rising, unbiased=False)
    assert from_frame(rising, unbiased=False, zeros_rise=True, key_range=10).changes.sum() == 1


def test_a_cycle_longer_than_the_table_is_refused() -> None:
    with pytest.raises(UserError, match="the cycle is 9"):
        from_frame(FAIR, cycle=9)


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"count": [1], "noise": [0]}),
        lookup({}),
        pl.DataFrame({"pcv": ["one"], "ckey": [0], "pvalue": [0]}),
        pl.DataFrame({"pcv": [1], "ckey": [None], "pvalue": [0]}),
        pl.DataFrame({"count": [1], "change": ["up"], "probability": [1.0]}),
        pl.DataFrame({"count": [1], "change": [0], "probability": [None]}),
    ],
)
def test_what_is_no_p_table_is_refused(frame: pl.DataFrame) -> None:
    with pytest.raises(UserError, match="PR-P110"):
        from_frame(frame)


def test_files(tmp_path: Path) -> None:
    csv = tmp_path / "p.csv"
    FAIR.write_csv(csv)
    written = tmp_path / "p.yaml"
    written.write_text(
        "key_range: 8\nrows:\n  - {count: 0, change: 0, probability: 1}\n"
        "  - {count: 1, change: -1, probability: 0.5}\n  - {count: 1, change: 1, probability: 0.5}\n"
    )
    assert load(csv, key_range=16).key_range == 16
    assert load(written).changes.tolist() == [[0] * 8, [-1] * 4 + [1] * 4]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.yaml", "rows: 5"),
        ("p.yaml", "key_range: many\nrows: []"),
        ("p.yaml", "colour: red\nrows: []"),
        ("p.yaml", "{"),
        ("p.csv", ""),
        ("absent.csv", None),
    ],
)
def test_files_that_are_none(tmp_path: Path, name: str, text: str | None) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(UserError, match="PR-P110") as caught:
        load(tmp_path / name)
    assert caught.value.where == name


# --- greatest entropy -------------------------------------------------------------------------------------------------


def test_possible_changes() -> None:
    assert possible_changes(1, 3, 0).tolist() == [-1, 0, 1, 2, 3]
    assert possible_changes(1, 3, 2).tolist() == [-1, 2, 3]
    assert possible_changes(9, 2, 1).tolist() == [-2, -1, 0, 1, 2]


def test_the_distribution_is_of_the_exponential_family() -> None:
    changes = np.arange(-3, 4)
    found = probabilities(changes, 1.2)
    assert found.sum() == pytest.approx(1)
    assert found @ changes == pytest.approx(0, abs=1e-8)
    assert found @ changes**2 == pytest.approx(1.2, abs=1e-7)
    # log p is a quadratic in v: its third differences are nothing.
    assert np.abs(np.diff(np.log(found), 3)).max() < 1e-6


def test_no_other_distribution_of_that_variance_has_a_greater_entropy() -> None:
    changes = possible_changes(2, 4, 1)
    found = probabilities(changes, 3.0)

    def entropy(p: np.ndarray) -> float:
        return float(-(p[p > 0] * np.log(p[p > 0])).sum())

    # Moves that keep sum, mean and variance.
    directions = np.linalg.svd(np.vstack([np.ones(len(changes)), changes, changes**2]))[2][3:]
    assert len(directions) == len(changes) - 3
    for direction in directions:
        for step in (-0.01, 0.01):
            other = found + step * direction
            if (other >= 0).all():
                assert entropy(other) < entropy(found)


def test_a_count_that_leaves_no_room_takes_the_least_variance() -> None:
    # 1 may become 0 or 3 or 4: mean 0 takes -1 with 2/3 and +2 with 1/3, a variance of 2.
    found = probabilities(possible_changes(1, 3, 2), 1.0)
    assert found == pytest.approx([2 / 3, 1 / 3, 0])


@settings(max_examples=25, deadline=None)
@given(
    largest=st.integers(1, 6), share=st.floats(0.15, 0.6), hidden=st.integers(0, 3), keys=st.sampled_from([256, 1024])
)
def test_tables_made_have_every_property(largest: int, share: float, hidden: int, keys: int) -> None:
    hidden = min(hidden, largest - 1)
    variance = share * largest
    table = make(largest, variance, hidden=hidden, key_range=keys)
    check(table)
    assert table.changes.sum(axis=1).tolist() == [0] * (table.last + 1)
    assert table.largest <= largest
    results = np.arange(table.last + 1)[:, None] + table.changes
    assert results.min() >= 0
    assert not ((results >= 1) & (results <= hidden)).any()
    assert not table.changes[0].any()
    assert table.variance[-1] == pytest.approx(variance, abs=largest**2 * 12 / keys)


@pytest.mark.parametrize(
    "what", [(0, 1.0, 0, 256), (3, 0.0, 0, 256), (3, 99.0, 0, 256), (3, 1.0, 3, 256), (3, 1.0, 0, 1)]
)
def test_tables_that_cannot_be(what: tuple[int, float, int, int]) -> None:
    largest, variance, hidden, keys = what
    with pytest.raises(UserError, match="PR-P113"):
        make(largest, variance, hidden=hidden, key_range=keys)


def test_no_change_with_a_mean_of_nothing() -> None:
    with pytest.raises(UserError, match="PR-P113 no change leaves"):
        probabilities(np.array([1, 2]), 1.0)
