"""The arithmetic of the linkage benchmarks, against pairs counted one by one."""

from __future__ import annotations

from itertools import combinations

import link_score as score
import numpy as np
import polars as pl
import pytest


def _slow(found: np.ndarray, known: np.ndarray, files: np.ndarray | None) -> tuple[float, float]:
    right = made = true = 0
    for one, other in combinations(range(len(found)), 2):
        if files is not None and files[one] == files[other]:
            continue
        together, same = found[one] == found[other], known[one] == known[other]
        right, made, true = right + (together and same), made + together, true + same
    return right / made if made else 1.0, right / true if true else 1.0


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("linked", [False, True])
def test_pairs_are_those_counted_one_by_one(seed: int, linked: bool) -> None:
    rng = np.random.default_rng(seed)
    found, known = rng.integers(0, 12, 40), rng.integers(0, 10, 40)
    files = rng.integers(0, 3, 40) if linked else None
    told = score.quality(found, known, files)
    assert (told.pairs.precision, told.pairs.recall) == pytest.approx(_slow(found, known, files))
    assert told.largest == max(np.bincount(found))
    every = [True for a, b in combinations(range(40), 2)
             if known[a] == known[b] and (files is None or files[a] != files[b])]  # fmt: skip
    assert score.true_pairs(known, files) == len(every)


def test_a_pair_within_a_file_is_no_mistake_of_a_tool_that_links_files() -> None:
    found, known, files = np.array([0, 0, 0]), np.array([0, 1, 0]), np.array([0, 0, 1])
    told = score.quality(found, known, files)
    assert (told.pairs.precision, told.pairs.recall) == (0.5, 1.0)  # of 0-2 and 1-2 the first is right
    assert score.quality(found, known).pairs.precision == pytest.approx(1 / 3)


def test_nothing_found_is_precise_and_finds_nothing() -> None:
    told = score.quality(np.arange(4), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    assert (told.pairs.precision, told.pairs.recall, told.pairs.f1) == (1.0, 0.0, 0.0)


def _table(**labels: list[int]) -> pl.DataFrame:
    return pl.DataFrame({"record": ["a", "b", "c", "d"], **labels})


TRUTH = pl.DataFrame({"record": ["d", "c", "b", "a"], "file": ["y", "x", "y", "x"], "person": ["2", "2", "1", "1"]})


def test_labels_are_matched_with_the_truth_by_record_whatever_their_order() -> None:
    whole = {score.label_column("persons", 0.0): [7, 7, 9, 9]}
    grades = score.graded(_table(**whole), TRUTH, link=False)
    assert list(grades) == ["persons"]
    assert grades["persons"]["0.0000"]["bcubed_f1"] == 1.0
    assert score.graded(_table(**whole).reverse(), TRUTH, link=True)["persons"]["0.0000"]["pairs_f1"] == 1.0


@pytest.mark.parametrize("rows", [3, 5])
def test_labels_of_other_records_are_refused(rows: int) -> None:
    name = score.label_column("persons", 0.0)
    table = pl.DataFrame({"record": [*"abcde"][:rows], name: list(range(rows))})
    with pytest.raises(ValueError, match="not of the same records"):
        score.graded(table, TRUTH, link=False)


def test_the_better_way_counts_in_each_figure_and_the_best_is_over_all_weights() -> None:
    half, most, extra = "0.0000", score.label_column("", score.FIXED[0.95])[1:], "9.0000"
    told = {name: {key: {"pairs_f1": p, "bcubed_f1": b} for key, p, b in lines} for name, lines in {
        "components": [(half, 0.5, 0.9), (most, 0.8, 0.7), (extra, 0.95, 0.1)],
        "best": [(half, 0.6, 0.8), (most, 0.7, 0.75), (extra, 0.2, 0.2)],
    }.items()}  # fmt: skip
    assert score.summary(told) == {
        "pairs_f1@0.5": 0.6, "pairs_f1@0.95": 0.8, "pairs_f1@best": 0.95,
        "bcubed_f1@0.5": 0.9, "bcubed_f1@0.95": 0.75, "bcubed_f1@best": 0.9,
    }  # fmt: skip


def test_fixed_weights_are_those_of_their_probabilities_and_are_asked_for_once() -> None:
    assert [score.probability(weight) for weight in score.FIXED.values()] == pytest.approx([0.5, 0.95])
    assert len(set(score.ALL)) == len(score.ALL) == len(score.GRID) + 1  # 0 is on the grid
    assert len({score.label_column("persons", weight) for weight in score.ALL}) == len(score.ALL)


def test_mean_and_deviation_over_seeds() -> None:
    told = score.spread([1.0, 2.0, 4.0])
    assert (told.mean, told.count) == (pytest.approx(7 / 3), 3)
    assert told.deviation == pytest.approx(np.std([1.0, 2.0, 4.0], ddof=1))
    assert score.spread([0.5]).told() == {"mean": 0.5, "deviation": 0.0, "count": 1}
    with pytest.raises(ValueError, match="nothing"):
        score.spread([])


def test_a_ratio_needs_both() -> None:
    assert score.ratio(9.0, 2.0) == "4.5"
    assert score.ratio(9.0, 0.0) == score.ratio(0.0, 2.0) == ""
