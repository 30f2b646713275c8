"""What each comparison of a pair says, and what the parts come to: the waterfall of its weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from piperoll.link.score.scan import Weights


@dataclass(frozen=True)
class Parts:
    """Weights of pairs in parts, in bits.

    Attributes:
        prior: Of two records taken at random.
        level: float64 (comparisons, pairs): of the level.
        rare: float64 (comparisons, pairs): on top, for how rare the values are.
        kin: float64 (pairs,): taken off, because relatives would agree as well.
        total: float64 (pairs,): of all together.
    """

    prior: float
    level: np.ndarray
    rare: np.ndarray
    kin: np.ndarray
    total: np.ndarray


def parts(weights: Weights, levels: np.ndarray, left: np.ndarray, right: np.ndarray, known: np.ndarray) -> Parts:
    """Parts of the weights of pairs.

    Args:
        levels: uint8 (comparisons, pairs).
        left, right: int32 (pairs, columns): codes of both records.
        known: bool (columns,): whether the right record's value is one of the population; if not, it is as rare as a
            value can be, and the left record's frequency alone counts. So it does where the right record has none.
    """
    count = levels.shape[1]
    level = np.zeros(levels.shape)
    rare = np.zeros(levels.shape)
    kin = np.full(count, weights.kin_prior)
    for c in range(len(levels)):
        at = levels[c]
        level[c] = weights.level[c, at]
        column = weights.tf_column[c, at]
        own = np.flatnonzero(column >= 0)
        of = column[own]
        one, other = left[own, of], np.where(known[of], right[own, of], -1)
        one, other = np.where(one < 0, other, one), np.where(other < 0, one, other)  # of a value that one has, its own
        own, one, other = own[one >= 0], one[one >= 0], other[one >= 0]
        start = weights.tf_start[c, at[own]]
        common = np.maximum(weights.tf_log[start + one], weights.tf_log[start + other]).astype(float)
        common = np.maximum(common, weights.tf_least[c, at[own]])
        rare[c, own] = weights.tf_factor[c, at[own]] * (weights.tf_base[c, at[own]] - common)
        share = weights.kin[c, at]
        kin = kin + share + np.where(share != 0.0, rare[c], 0.0)
    before = weights.prior + level.sum(axis=0) + rare.sum(axis=0)
    less = np.where(kin > -40.0, np.log2(1.0 + np.exp2(np.minimum(kin, 1000.0))), 0.0)
    return Parts(weights.prior, level, rare, -less, before - less)
