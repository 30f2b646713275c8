"""The linear program of one component: how far a hidden cell can be moved, and by what least change.

Variables are what each hidden cell goes up and what it goes down. The least change that moves a cell as far as asked
touches few cells, so it stays possible in many other patterns. The furthest that a cell goes comes with the dual
solution, which says why it goes no further.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import highspy
import numpy as np

from piperoll.protect.problem import Problem
from piperoll.protect.relations import BIG, Ints
from piperoll.protect.solver import endless, model, quiet


DUAL, PRIMAL = 1, 4
WHOLE = 1e-6


@dataclass(frozen=True)
class Component:
    """Hidden cells that hang together, and the rows among them."""

    cells: Ints
    rows: Ints


class Program:
    """Moves within a component.

    Args:
        low, high: Bounds of all cells.
        weights: What a unit of change costs, one a cell of the table.

    Attributes:
        refusal: Where the last move was not possible, a multiplier for each row: their sum contradicts the move.
    """

    def __init__(self, problem: Problem, part: Component, low: Ints, high: Ints, weights: np.ndarray) -> None:
        system, values = problem.relations, problem.values
        self.part, self.runs = part, 0
        self.refusal: np.ndarray | None = None
        self.at = {cell: k for k, cell in enumerate(part.cells.tolist())}
        count = len(part.cells)
        entries = np.concatenate(
            [np.arange(system.start[r], system.start[r + 1]) for r in part.rows.tolist()] or [part.rows]
        )
        owner = np.repeat(np.arange(len(part.rows)), system.start[part.rows + 1] - system.start[part.rows])
        inside = np.full(system.cells, -1, np.int64)
        inside[part.cells] = np.arange(count)
        column, coef = inside[system.cell[entries]], system.coef[entries]
        now = np.bincount(owner, coef * values[system.cell[entries]], minlength=len(part.rows)).astype(np.int64)
        row_low = np.where(system.low[part.rows] <= -BIG // 2, -BIG, system.low[part.rows] - now)
        row_high = np.where(system.high[part.rows] >= BIG // 2, BIG, system.high[part.rows] - now)
        keep = column >= 0
        owner, column, coef = owner[keep], column[keep], coef[keep]
        start = np.concatenate([[0], np.cumsum(2 * np.bincount(owner, minlength=len(part.rows)))])
        both = np.column_stack([column, column + count]).ravel(), np.column_stack([coef, -coef]).ravel()
        self._up = np.where(high[part.cells] >= BIG // 2, BIG, high[part.cells] - values[part.cells])
        self._down = values[part.cells] - low[part.cells]
        self._values = values[part.cells]
        self._weight = np.tile(weights[part.cells], 2)
        self._solver = quiet()
        for name, value in (("solver", "simplex"), ("presolve", "off")):
            self._solver.setOptionValue(name, value)
        room = np.concatenate([self._up, self._down])
        self._solver.passModel(
            model(self._weight, np.zeros(2 * count), room, (start, *both), row_low, row_high, integer=False)
        )
        self._sums = bool((row_low == row_high).all())
        self._numbers = np.arange(2 * count, dtype=np.int32)

    @contextmanager
    def known(self, own: Mapping[int, tuple[int, int]]) -> Iterator[None]:
        """For as long as it lasts, with what an insider knows."""
        before = self._up, self._down
        up, down = self._up.copy(), self._down.copy()
        mine = [(self.at[cell], *bounds) for cell, bounds in sorted(own.items()) if cell in self.at]
        for at, least, most in mine:
            up[at], down[at] = min(up[at], most - self._values[at]), min(down[at], self._values[at] - least)
        self._up, self._down = up, down
        for at, _, _ in mine:
            self._room(at)
        yield
        self._up, self._down = before
        for at, _, _ in mine:
            self._room(at)

    def _room(self, at: int) -> None:
        count = len(self._up)
        up, down = endless(self._up[at : at + 1])[0], endless(self._down[at : at + 1])[0]
        self._solver.changeColBounds(at, 0.0, up)
        self._solver.changeColBounds(count + at, 0.0, down)

    def fits(self, cells: Ints, by: np.ndarray) -> bool:
        """Whether a move that is possible the other way round is possible so."""
        at = np.array([self.at[cell] for cell in cells.tolist()], np.int64)
        return self._sums and bool((by <= self._up[at]).all() and (-by <= self._down[at]).all())

    def move(self, cell: int, by: int) -> tuple[Ints, np.ndarray] | None:
        """The least change that moves a cell by ``by``: cells and what each changes by; None if there is none."""
        at, count = self.at[cell], len(self._up)
        self.refusal = None
        if not -self._down[at] <= by <= self._up[at]:
            return None
        there, back = (at, count + at) if by > 0 else (count + at, at)
        self._solver.changeColBounds(there, abs(by), abs(by))
        self._solver.changeColBounds(back, 0.0, 0.0)
        self._solver.setOptionValue("simplex_strategy", DUAL)
        # From nothing moved: undoing the move before takes longer than beginning anew.
        self._solver.setBasis()
        self._solver.run()
        self.runs += 1
        found, self.refusal = None, None
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            _, has, ray = self._solver.getDualRay()  # type: ignore[attr-defined]
            self.refusal = np.array(ray) if has else None
        elif status == highspy.HighsModelStatus.kOptimal:
            point = np.array(self._solver.getSolution().col_value)
            change = point[:count] - point[count:]
            near = np.round(change)
            change = np.where(np.abs(change - near) < WHOLE, near, change)
            moved = np.flatnonzero(change)
            found = self.part.cells[moved], change[moved]
        self._room(at)
        return found

    def furthest(self, cell: int, sign: int) -> tuple[float, np.ndarray | None, tuple[Ints, np.ndarray] | None]:
        """The furthest that a cell goes down (-1) or up (1).

        Returns:
            By how much (infinite if nothing stops it), the rows' dual values of it, and the move.
        """
        at, count = self.at[cell], len(self._up)
        cost = np.zeros(2 * count)
        cost[at], cost[count + at] = -sign, sign
        self._solver.changeColsCost(2 * count, self._numbers, cost)
        self._solver.setOptionValue("simplex_strategy", PRIMAL)
        self._solver.run()
        self.runs += 1
        out: tuple[float, np.ndarray | None, tuple[Ints, np.ndarray] | None] = (sign * np.inf, None, None)
        if self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            solution = self._solver.getSolution()
            point = np.array(solution.col_value)
            change = point[:count] - point[count:]
            moved = np.flatnonzero(np.abs(change) > WHOLE)
            out = float(change[at]), np.array(solution.row_dual) * -sign, (self.part.cells[moved], change[moved])
        self._solver.changeColsCost(2 * count, self._numbers, self._weight)
        return out
