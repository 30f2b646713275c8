"""HiGHS, set up so that the same model gives the same answer: one thread, fixed seed, limits in nodes."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from functools import lru_cache

import highspy
import numpy as np

from piperoll.protect.relations import BIG, Ints


class Solver(highspy.Highs):
    """HiGHS, and a second run where what it hands back is not what it says it found.

    HiGHS 1.16 may return the start of an integer program as its solution although it found a better one; then the
    objective it reports is not that of the point, and a run without the start gives the point.
    """

    _cost: np.ndarray | None = None
    _offset: float = 0.0

    def passModel(self, lp: highspy.HighsLp) -> highspy.HighsStatus:  # type: ignore[override]
        self._cost = np.array(lp.col_cost_) if len(lp.integrality_) else None
        self._offset = lp.offset_
        return super().passModel(lp)

    def run(self) -> highspy.HighsStatus:
        status = super().run()
        if self._cost is None:
            return status
        point = np.array(self.getSolution().col_value)
        if len(point) == len(self._cost):
            told = self.getInfo().objective_function_value - self._offset
            if abs(float(self._cost @ point) - told) > 1e-6 * max(1.0, abs(told)):
                self.clearSolver()
                status = super().run()
        return status


def quiet() -> highspy.Highs:
    """A solver that prints nothing and uses one thread."""
    _greet()
    solver = Solver()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 0)
    return solver


@lru_cache(maxsize=1)
def _greet() -> None:
    """Make the first solver of a process, which writes a greeting before it can be told not to, out of sight."""
    sys.stdout.flush()
    kept, nothing = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 1)
        highspy.Highs()
        ctypes.CDLL(None).fflush(None)
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)


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


def start_at(solver: highspy.Highs, values: Sequence[float] | np.ndarray) -> None:
    """Give a feasible point to begin with."""
    solution = highspy.HighsSolution()
    solution.col_value = np.asarray(values, dtype=float).tolist()
    solver.setSolution(solution)


def stop_after(solver: highspy.Highs, iterations: int) -> None:
    """Stop a branch-and-bound search after so many simplex iterations: a limit of work that is no limit of time."""

    def look(event: highspy.HighsCallbackEvent) -> None:
        if event.data_in is not None and event.data_out.simplex_iteration_count > iterations:
            event.data_in.user_interrupt = True

    solver.cbMipInterrupt.subscribe(look)
