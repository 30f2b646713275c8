"""HiGHS, set up so that the same model gives the same answer: one thread, fixed seed, limits in nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import highspy
import numpy as np

from piperoll.protect.relations import BIG, Ints


def quiet() -> highspy._core._Highs:
    """A solver that prints nothing and uses one thread."""
    # The class above this one prints a banner before it can be told to be quiet.
    solver = highspy._core._Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 0)
    return solver


def model(
    cost: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    rows: tuple[Ints, Ints, np.ndarray],
    row_low: np.ndarray,
    row_high: np.ndarray,
    integer: bool,
) -> highspy.HighsLp:
    """A model in HiGHS' form; ``rows`` are (start, column, coefficient); bounds at BIG are none."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(row_low)
    lp.col_cost_ = cost.astype(float)
    lp.col_lower_, lp.col_upper_ = endless(low), endless(high)
    lp.row_lower_, lp.row_upper_ = endless(row_low), endless(row_high)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    start, column, coefficient = rows
    lp.a_matrix_.start_ = start.astype(np.int32)
    lp.a_matrix_.index_ = column.astype(np.int32)
    lp.a_matrix_.value_ = coefficient.astype(float)
    if integer:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * len(cost)
    return lp


def endless(bounds: np.ndarray) -> np.ndarray:
    """Floats, infinite where a bound is none."""
    out = np.asarray(bounds, dtype=float).copy()
    out[out >= BIG // 2] = highspy.kHighsInf
    out[out <= -BIG // 2] = -highspy.kHighsInf
    return out


def start_at(solver: highspy._core._Highs, values: Sequence[float] | np.ndarray) -> None:
    """Give a feasible point to begin with."""
    solution = highspy.HighsSolution()
    solution.col_value = np.asarray(values, dtype=float).tolist()
    solver.setSolution(solution)


def stop_after(solver: highspy._core._Highs, iterations: int) -> None:
    """Stop a branch-and-bound search after so many simplex iterations: a limit of work that is no limit of time."""

    def look(kind: Any, _text: str, told: Any, answer: Any, _own: Any) -> None:
        if int(kind) == int(interrupt) and told.simplex_iteration_count > iterations:
            answer.user_interrupt = True

    interrupt = highspy.cb.HighsCallbackType.kCallbackMipInterrupt
    solver.setCallback(look, None)
    solver.startCallback(interrupt)
