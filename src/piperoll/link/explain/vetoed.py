"""Which pairs a veto keeps apart."""

from __future__ import annotations

import numpy as np

from piperoll.link.compare.program import Coded, Program, compare


def vetoed(
    program: Program, unless: np.ndarray, coded: Coded, left: np.ndarray, right: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """bool (pairs,): whether a veto applies to a pair, which is not overwhelming.

    Args:
        program: One comparison a veto, with level 1 where it applies.
        unless: float64 (vetoes,): not where the weight is at least this.
        left, right: int32 (pairs,), left below right.
        weight: float64 (pairs,).
    """
    out = np.zeros(len(left), bool)
    if not len(unless) or not len(left):
        return out
    levels = np.empty((len(unless), len(left)), np.uint8)
    compare(program, coded, left.astype(np.int32), right.astype(np.int32), len(left), levels)
    applies = (levels == 1) & (weight[None, :] < unless[:, None])
    return np.asarray(applies.any(axis=0))
