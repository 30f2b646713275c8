"""Go through the pairs of a blocking rule: drop those an earlier rule has, compare, weigh, keep what is above a bound.

Pairs are never listed as a whole. A task is a range of positions of a pairing; tasks run on threads (the kernel lets
go of the interpreter) and their results are taken in order, so that the number of threads changes nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from piperoll.link.compare.program import Coded, Program, compare
from piperoll.link.kernels import njit


BUFFER = 1024


class Weights(NamedTuple):
    """Match weights in bits.

    Attributes:
        level: float64 (comparisons, most levels): log2(m / u), one person against strangers; 0 for null.
        kin: float64 (comparisons, most levels): log2(r / u), relatives against strangers; 0 for null.
        tf_column: int32 (comparisons, most levels): column whose frequencies adjust the level; -1 for none.
        tf_start: int64 (comparisons, most levels): where its logarithms lie in ``tf_log``.
        tf_factor: float64 (comparisons, most levels): share of the adjustment that is made.
        tf_base: float64 (comparisons, most levels): log2 of the chance that two records agree exactly.
        tf_least: float64 (comparisons, most levels): log2 of the least frequency that is believed.
        tf_log: float64: log2 of the relative frequency of each value.
        prior: log2 of the odds that two records taken at random are of one person, against strangers.
        kin_prior: The same of relatives; minus infinity where none are thought of.
    """

    level: np.ndarray
    kin: np.ndarray
    tf_column: np.ndarray
    tf_start: np.ndarray
    tf_factor: np.ndarray
    tf_base: np.ndarray
    tf_least: np.ndarray
    tf_log: np.ndarray
    prior: float
    kin_prior: float


class Kept(NamedTuple):
    """Room for pairs: records int32, pattern int64, weight in bits float64."""

    left: np.ndarray
    right: np.ndarray
    pattern: np.ndarray
    weight: np.ndarray


@njit(cache=True, nogil=True)
def weigh(weights: Weights, codes: np.ndarray, levels: np.ndarray, k: int, i: int, j: int) -> float:
    """Match weight of pair ``k`` of a buffer of levels, in bits: one person against strangers or relatives.

    What all comparisons say is added up for one person and for relatives, both against strangers. How common a value
    is counts for both alike where relatives share it.
    """
    total, kin = weights.prior, weights.kin_prior
    for comparison in range(levels.shape[0]):
        at = levels[comparison, k]
        total += weights.level[comparison, at]
        kin += weights.kin[comparison, at]
        column = weights.tf_column[comparison, at]
        if column >= 0:
            x, y = codes[i, column], codes[j, column]
            if x < 0 or y < 0:  # of a value that only one of them has, its frequency
                x = y = max(x, y)
            if x >= 0:
                start = weights.tf_start[comparison, at]
                common = max(weights.tf_log[start + x], weights.tf_log[start + y], weights.tf_least[comparison, at])
                rare = weights.tf_factor[comparison, at] * (weights.tf_base[comparison, at] - common)
                total += rare
                if weights.kin[comparison, at] != 0.0:
                    kin += rare
    if kin > -40.0:
        total -= np.log2(1.0 + 2.0 ** min(kin, 1000.0))
    return total


@njit(cache=True, nogil=True)
def scan(
    rule: int,
    order: np.ndarray,
    begin: np.ndarray,
    end: np.ndarray,
    first: int,
    last: int,
    groups: np.ndarray,
    unique: bool,
    fresh: np.ndarray,
    program: Program,
    coded: Coded,
    weights: Weights,
    bound: float,
    kept_pairs: Kept,
) -> tuple[int, int]:
    """Pairs of positions ``first`` to ``last`` of a rule; gives how many were kept and how many were looked at.

    ``groups`` is int32 (records, rules); with ``unique`` a pair that an earlier rule brings together is left to it.
    ``fresh`` is bool (records,), or empty: only pairs with a fresh record are looked at.
    """
    comparisons = len(program.starts) - 1
    out_left, out_right, out_pattern, out_weight = kept_pairs
    left, right = np.empty(BUFFER, np.int32), np.empty(BUFFER, np.int32)
    levels = np.empty((comparisons, BUFFER), np.uint8)
    filled, kept, looked = 0, 0, 0
    x, y = first, begin[first] if first < last else 0
    while x < last or filled:
        while x < last and filled < BUFFER:
            stop = end[x]
            i = order[x]
            while y < stop and filled < BUFFER:
                j = order[y]
                y += 1
                seen = False
                if unique:
                    for earlier in range(rule):
                        if groups[i, earlier] == groups[j, earlier] and groups[i, earlier] >= 0:
                            seen = True
                            break
                if not seen and (len(fresh) == 0 or fresh[i] or fresh[j]):
                    left[filled], right[filled] = min(i, j), max(i, j)
                    filled += 1
            if y >= stop:
                x += 1
                if x < last:
                    y = begin[x]
        compare(program, coded, left, right, filled, levels)
        looked += filled
        for k in range(filled):
            weight = weigh(weights, coded.codes, levels, k, left[k], right[k])
            if weight >= bound:
                pattern = np.int64(0)
                for comparison in range(comparisons):
                    pattern += levels[comparison, k] * program.strides[comparison]
                out_left[kept], out_right[kept] = left[k], right[k]
                out_pattern[kept], out_weight[kept] = pattern, weight
                kept += 1
        filled = 0
    return kept, looked
