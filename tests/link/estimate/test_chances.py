"""EM finds the chances that patterns were simulated with; what it must leave alone it does."""

from __future__ import annotations

import numpy as np
import pytest

from piperoll.link.estimate.chances import Chances, Known, Tally, classes, estimate, prior_shares, starting_m


M = [np.array([0.9, 0.06, 0.04]), np.array([0.85, 0.15]), np.array([0.8, 0.1, 0.1]), np.array([0.95, 0.05])]
U = [np.array([0.02, 0.08, 0.9]), np.array([0.01, 0.99]), np.array([0.005, 0.095, 0.9]), np.array([0.3, 0.7])]
KIN = [np.array([0.85, 0.1, 0.05]), np.array([0.75, 0.25]), U[2], U[3]]


def tally(
    chances: list[list[np.ndarray]], counts: list[int], seed: int, null: float = 0.1, blocked: int | None = None
) -> Tally:
    """Patterns of pairs of several classes; a tenth of values is not known; the blocked comparison is at its best level."""
    random = np.random.default_rng(seed)
    rows = []
    for each, count in zip(chances, counts, strict=True):
        columns = [1 + random.choice(len(p), count, p=p) for p in each]
        levels = np.stack(columns, axis=1)
        levels[random.random(levels.shape) < null] = 0
        rows.append(levels)
    levels = np.concatenate(rows)
    if blocked is not None:
        levels[:, blocked] = 1
    patterns, count = np.unique(levels, axis=0, return_counts=True)
    return Tally(
        patterns.astype(np.uint8), count.astype(float), frozenset() if blocked is None else frozenset({blocked})
    )


def close(found: tuple[np.ndarray, ...], expected: list[np.ndarray], within: float) -> None:
    for one, other in zip(found, expected, strict=True):
        assert one.sum() == pytest.approx(1)
        assert np.abs(one - other).max() < within, (one, other)


@pytest.mark.parametrize("seed", range(3))
def test_m_is_recovered_from_simulated_patterns(seed: int) -> None:
    tallies = [tally([M, U], [8_000, 24_000], seed, blocked=0), tally([M, U], [8_000, 8_000], seed + 50, blocked=2)]
    found = estimate(tallies, U, Known((None,) * 4))
    close(found.m, M, 0.02)
    assert found.trained == (True,) * 4
    assert found.shares[:, 0] == pytest.approx([0.25, 0.5], abs=0.02)
    assert found.r == ()
    assert 1 < found.rounds < 200


@pytest.mark.parametrize("seed", range(3))
def test_relatives_are_told_from_one_person(seed: int) -> None:
    tallies = [tally([M, KIN, U], [8_000, 8_000, 24_000], seed)]
    found = estimate(tallies, U, Known((None,) * 4, frozenset({0, 1})))
    close(found.m, M, 0.05)
    close(found.r, KIN, 0.05)
    assert found.shares[0] == pytest.approx([0.2, 0.2], abs=0.03)
    alone = estimate(tallies, U, Known((None,) * 4))
    # without them, pairs of relatives pass for one person, or people for less like themselves
    assert abs(alone.shares[0, 0] - 0.2) > abs(found.shares[0, 0] - 0.2)


def test_what_no_rule_leaves_open_is_named_as_not_trained() -> None:
    found = estimate([tally([M, U], [2_000, 6_000], 1, blocked=0)], U, Known((None,) * 4))
    assert found.trained == (False, True, True, True)
    assert found.m[0] == pytest.approx(starting_m([4])[0])


def test_fixed_chances_are_kept_and_help() -> None:
    fixed = np.array([0.5, 0.3, 0.2])
    found = estimate([tally([M, U], [2_000, 6_000], 1)], U, Known((fixed, None, None, None)))
    assert (found.m[0] == fixed).all()
    assert found.trained[0]


@pytest.mark.parametrize("given", [[0.9, np.nan, np.nan], [np.nan, np.nan, 0.3], [0.5, 0.1, np.nan]])
def test_chances_given_for_some_levels_are_kept_and_the_others_share_the_rest_as_learnt(given: list[float]) -> None:
    tallies, fixed = [tally([M, U], [8_000, 24_000], 1)], np.array(given)
    free = estimate(tallies, U, Known((None,) * 4))
    found = estimate(tallies, U, Known((fixed, None, None, None)))
    said = ~np.isnan(fixed)
    assert found.m[0][said].tolist() == fixed[said].tolist()
    assert found.m[0].sum() == pytest.approx(1)
    close(found.m[1:], M[1:], 0.03)
    ratio = found.m[0][~said] / found.m[0][~said].sum()
    assert ratio == pytest.approx(free.m[0][~said] / free.m[0][~said].sum(), abs=0.05)


def test_given_chances_are_the_likeliest_that_leave_them_as_they_are() -> None:
    """Nothing that could be learnt instead of what is learnt makes the patterns likelier."""
    one, fixed = tally([M, U], [4_000, 6_000], 3), np.array([0.7, np.nan, np.nan])
    found = estimate([one], U, Known((fixed, None, None, None)))

    def likelihood(first: np.ndarray) -> float:
        total = 0.0
        for levels, count in zip(one.levels, one.counts, strict=True):
            both = [found.shares[0, 0], 1 - found.shares[0, 0]]
            for c, level in enumerate(levels):
                if level:
                    both[0] *= (first if c == 0 else found.m[c])[level - 1]
                    both[1] *= U[c][level - 1]
            total += count * np.log(sum(both))
        return total

    best = likelihood(found.m[0])
    for moved in (0.01, -0.01):
        assert likelihood(found.m[0] + np.array([0, moved, -moved])) < best


def test_nothing_to_learn_from_leaves_what_one_began_with() -> None:
    empty = Tally(np.zeros((0, 4), np.uint8), np.zeros(0), frozenset())
    found = estimate([empty], U, Known((None,) * 4))
    assert found.trained == (False,) * 4
    for one, other in zip(found.m, starting_m([4, 3, 4, 3]), strict=True):
        assert one == pytest.approx(other)
    assert prior_shares(found, empty, 1000)[0] == pytest.approx(1e-6)


def test_a_level_never_seen_is_not_impossible() -> None:
    levels = np.array([[1, 1, 1, 1], [3, 2, 3, 2]], np.uint8)
    found = estimate([Tally(levels, np.array([500.0, 5_000.0]), frozenset())], U, Known((None,) * 4))
    assert all((each > 0).all() for each in found.m)


@pytest.mark.parametrize("sizes", [[2], [3], [9], [4, 2, 7]])
def test_chances_to_begin_with_fall_and_sum_to_one(sizes: list[int]) -> None:
    for size, each in zip(sizes, starting_m(sizes), strict=True):
        assert (len(each), each.sum()) == (size - 1, pytest.approx(1))
        assert len(each) == 1 or each[0] > 0.8
        assert (np.diff(each[:-1]) < 0).all()


def test_classes_are_bayes() -> None:
    one, kin, share = np.array([0.0, 3.0, -900.0, 900.0]), np.array([0.0, -2.0, -900.0, -900.0]), np.array([0.2, 0.3])
    p, q = classes(one, kin, share)
    for k in range(2):
        a, b, c = 0.2 * np.exp(one[k]), 0.3 * np.exp(kin[k]), 0.5
        assert (p[k], q[k]) == (pytest.approx(a / (a + b + c)), pytest.approx(b / (a + b + c)))
    assert p[2:] == pytest.approx([0, 1])


def test_the_prior_is_the_share_among_all_pairs() -> None:
    pairs, matches = 1_000_000, 400
    chances = Chances(tuple(M), tuple(U), (), (True,) * 4, np.zeros((1, 2)))
    # candidates have all matches and the strangers most like them
    every = tally([M, U], [matches, pairs - matches], 3, null=0.0)
    found = prior_shares(chances, every, pairs)
    assert found[0] == pytest.approx(matches / pairs, rel=0.25)
    assert found[1] == 0
