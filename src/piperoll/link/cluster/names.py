"""Records with further names: pairs of them under the names that agree best, and vetoes under all of them."""

from __future__ import annotations

import numpy as np

from piperoll.link.compare.program import Coded, Program, compare
from piperoll.link.kernels import njit
from piperoll.link.score.scan import Weights, weigh


def further_names(whose: np.ndarray, records: int) -> np.ndarray:
    """int64 (records + 1,): rows ``[k]`` to ``[k + 1] - 1`` are further names of record ``k``; empty if none has any.

    Args:
        whose: Empty, or int32 (rows,): whose each row is, the records first, then further names record by record.
    """
    if not len(whose):
        return np.zeros(0, np.int64)
    counts = np.bincount(whose[records:], minlength=records)
    return records + np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


@njit(cache=True, nogil=True)
def rows_of(names: np.ndarray, record: int) -> np.ndarray:
    """Rows of a record: itself, then its further names."""
    out = np.empty(1 + names[record + 1] - names[record], np.int32)
    out[0] = record
    for k in range(1, len(out)):
        out[k] = names[record] + k - 1
    return out


@njit(cache=True, nogil=True)
def _pairs(names: np.ndarray, i: int, j: int) -> tuple[np.ndarray, np.ndarray]:
    """All rows of one record with all of the other."""
    ours, theirs = rows_of(names, i), rows_of(names, j)
    count = len(ours) * len(theirs)
    left, right = np.empty(count, np.int32), np.empty(count, np.int32)
    for k in range(count):
        a, b = ours[k // len(theirs)], theirs[k % len(theirs)]
        left[k], right[k] = min(a, b), max(a, b)
    return left, right


@njit(cache=True, nogil=True)
def nearest(program: Program, coded: Coded, weights: Weights, names: np.ndarray, i: int, j: int) -> float:
    """Match weight of two records under the names that agree best."""
    left, right = _pairs(names, i, j)
    levels = np.empty((len(program.starts) - 1, len(left)), np.uint8)
    compare(program, coded, left, right, len(left), levels)
    best = -np.inf
    for k in range(len(left)):
        best = max(best, weigh(weights, coded.codes, levels, k, left[k], right[k]))
    return best


@njit(cache=True, nogil=True)
def under_all(
    never: Program, coded: Coded, names: np.ndarray, one: np.ndarray, other: np.ndarray, count: int, out: np.ndarray
) -> None:
    """Take back, in ``out``, uint8 (vetoes, pairs), vetoes that do not apply under some names of the records."""
    for x in range(count):
        left, right = _pairs(names, one[x], other[x])
        if len(left) == 1:
            continue
        levels = np.empty((len(never.starts) - 1, len(left)), np.uint8)
        compare(never, coded, left, right, len(left), levels)
        for v in range(len(levels)):
            for k in range(len(left)):
                if levels[v, k] == 0:
                    out[v, x] = 0
