"""Clerical samples: who is drawn, and what verdicts say of all pairs."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.link.evaluate.clerical import EDGES, Estimate, draw, judge


def pairs(weights: list[float]) -> pl.DataFrame:
    count = len(weights)
    return pl.DataFrame({
        "file_l": ["a"] * count, "record_l": [f"{k:05d}" for k in range(count)], "file_r": ["b"] * count,
        "record_r": [f"{k:05d}" for k in range(count)], "weight": weights,
        "same_person": [each >= 4.0 for each in weights],
    })  # fmt: skip


# --- drawing ----------------------------------------------------------------------------------------------------------


def test_each_stratum_gives_as_many_as_it_can() -> None:
    drawn = draw(pairs([-1.0] * 3 + [1.0] * 40 + [25.0] * 7), 5)
    told = drawn.group_by("stratum", "in_stratum").len().sort("stratum")
    assert told.rows() == [(0, 3, 3), (1, 40, 5), (8, 7, 5)]
    assert drawn.n_unique("record_l") == drawn.height


@pytest.mark.parametrize(
    ("weight", "stratum"), [(-0.01, 0), (0.0, 1), (1.99, 1), (2.0, 2), (13.99, 6), (14.0, 7), (20.0, 8), (900.0, 8)]
)
def test_strata_begin_at_their_edges(weight: float, stratum: int) -> None:
    assert draw(pairs([weight]), 1)["stratum"].to_list() == [stratum]
    assert len(EDGES) == 10


def test_the_same_seed_draws_the_same_whatever_the_order_of_rows() -> None:
    every = pairs(list(np.linspace(-4, 30, 500)))
    drawn = draw(every, 9, seed=4)
    assert draw(every.sample(fraction=1, shuffle=True, seed=2), 9, seed=4).equals(drawn)
    assert not draw(every, 9, seed=5).equals(drawn)


def test_a_draw_is_fair() -> None:
    every = pairs([1.0] * 20)
    times = np.zeros(20)
    for seed in range(400):
        times[[int(each) for each in draw(every, 5, seed=seed)["record_l"]]] += 1
    # 400 draws of 5 in 20: 100 each, with a standard deviation of about 9
    assert times.sum() == 2000
    assert 55 < times.min() < times.max() < 145


def test_no_pairs_give_no_sample() -> None:
    drawn = draw(pairs([]).cast({"weight": pl.Float64}), 5)
    assert drawn.height == 0
    assert {"stratum", "in_stratum"} <= set(drawn.columns)


# --- judging ----------------------------------------------------------------------------------------------------------


def judged(rows: list[tuple[int, int, bool, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["stratum", "in_stratum", "same_person", "verdict"], orient="row")


def test_estimates_are_those_worked_out_by_hand() -> None:
    rows = [(1, 100, False, "match")] + [(1, 100, False, "non-match")] * 3
    rows += [(5, 40, True, "match")] * 3 + [(5, 40, True, "no")]
    rows += [(8, 60, True, "yes")] * 4
    found = judge(judged(rows))
    # put together: 40 pairs of which 3/4 are right, 60 of which all are
    precision = (40 * 0.75 + 60) / 100
    assert found.precision.value == pytest.approx(precision)
    # of one person: 30 and 60 that are together, and a quarter of 100 that are not
    assert found.recall.value == pytest.approx(90 / 115)
    # variance of a share, of one success and one failure more, less what was judged of the stratum
    middle = (4 / 6) * (2 / 6) / 3 * (1 - 4 / 40)
    top = (5 / 6) * (1 / 6) / 3 * (1 - 4 / 60)
    half = 1.959964 * (0.4**2 * middle + 0.6**2 * top) ** 0.5
    assert found.precision.low == pytest.approx(precision - half)
    assert found.precision.high == 1.0
    low = (2 / 6) * (4 / 6) / 3 * (1 - 4 / 100)
    ratio = 90 / 115
    error = ((100 * ratio) ** 2 * low + (40 * (1 - ratio)) ** 2 * middle + (60 * (1 - ratio)) ** 2 * top) / 115**2
    assert found.recall.low == pytest.approx(max(0.0, ratio - 1.959964 * error**0.5))
    assert found.strata.rows() == [(1, False, 100.0, 4, 1), (5, True, 40.0, 4, 3), (8, True, 60.0, 4, 4)]


def test_a_stratum_of_both_kinds_is_divided_as_its_sample_is() -> None:
    rows = [(4, 80, True, "match")] * 3 + [(4, 80, False, "match")]
    found = judge(judged(rows))
    assert found.strata["pairs"].to_list() == [20.0, 60.0]
    assert found.recall.value == pytest.approx(0.75)


def test_all_judged_leaves_no_doubt() -> None:
    found = judge(judged([(8, 2, True, "match"), (8, 2, True, "non-match"), (1, 1, False, "no")]))
    assert found.precision == Estimate(0.5, 0.5, 0.5)
    assert found.recall.value == 1.0


def test_rows_without_a_verdict_are_not_counted() -> None:
    rows = [(8, 10, True, "Match "), (8, 10, True, None), (8, 10, True, " "), (8, 10, True, "N")]
    found = judge(judged(rows))
    assert found.strata.rows() == [(8, True, 10.0, 2, 1)]
    assert found.precision.value == 0.5


def test_nothing_put_together_has_no_precision() -> None:
    found = judge(judged([(1, 10, False, "no"), (1, 10, False, "no")]))
    assert np.isnan(found.precision.value)
    assert (found.precision.low, found.precision.high) == (0.0, 1.0)
    assert np.isnan(found.recall.value)


@pytest.mark.parametrize(("verdict", "told"), [("perhaps", "1 verdicts are neither"), (None, "no verdict"),
                                               ("", "no verdict")])  # fmt: skip
def test_what_is_no_verdict_is_refused(verdict: str | None, told: str) -> None:
    with pytest.raises(UserError, match=told) as caught:
        judge(judged([(8, 10, True, "match")] * (verdict == "perhaps") + [(8, 10, True, verdict)]).cast(
            {"verdict": pl.String}))  # fmt: skip
    assert caught.value.code == "PR-L019"


def test_an_estimate_is_told_with_its_interval() -> None:
    assert str(Estimate(0.98765, 0.9, 1.0)) == "0.9877 (0.9000 to 1.0000)"


def test_intervals_hold_the_truth_nearly_always() -> None:
    rng = np.random.default_rng(11)
    weight = rng.uniform(-4, 24, 20_000)
    match = rng.random(20_000) < 1 / (1 + 2.0 ** -(weight - 5))
    every = pairs(weight.tolist()).with_columns(match=match)
    together = every["same_person"].to_numpy()
    precision, recall = match[together].mean(), match[together].sum() / match.sum()
    words = pl.when("match").then(pl.lit("match")).otherwise(pl.lit("non-match")).alias("verdict")
    hits = np.zeros(2)
    for seed in range(100):
        found = judge(draw(every, 50, seed=seed).with_columns(words))
        hits += [found.precision.low <= precision <= found.precision.high,
                 found.recall.low <= recall <= found.recall.high]  # fmt: skip
        assert found.precision.high - found.precision.low < 0.12
        assert found.recall.high - found.recall.low < 0.12
    assert (hits >= 88).all(), hits  # 95 are meant
