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
            value can be, and the left record's frequency alone counts.
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
        start = weights.tf_start[c, at[own]]
        common = weights.tf_log[start + left[own, column[own]]].astype(float)
        here = known[column[own]]
        other = weights.tf_log[start[here] + right[own[here], column[own[here]]]]
        common[here] = np.maximum(common[here], other)
        rare[c, own] = weights.tf_factor[c, at[own]] * (weights.tf_base[c, at[own]] - common)
        share = weights.kin[c, at]
        kin = kin + share + np.where(share != 0.0, rare[c], 0.0)
    before = weights.prior + level.sum(axis=0) + rare.sum(axis=0)
    less = np.where(kin > -40.0, np.log2(1.0 + np.exp2(np.minimum(kin, 1000.0))), 0.0)
    return Parts(weights.prior, level, rare, -less, before - less)
