"""Which further cells would have to be suppressed for an open cell to go as far as it must.

An integer program over the leaves around the cell in which a published figure may be left out at its cost. If nothing
has to be left out, its solution is a witness; else the figures left out are the least that is enough here.
"""

from __future__ import annotations

from itertools import pairwise

import highspy
import numpy as np

from piperoll.protect.attacker import Mask
from piperoll.protect.problem import Problem
from piperoll.protect.proof.witness import Program, Search
from piperoll.protect.relations import Ints
from piperoll.protect.solver import endless, quiet, stop_after


SIBLINGS = (0, 6)
NODES = 200
ITERATIONS = 30_000
FAR = 60  # how far a figure that is left out may go


def widen(problem: Problem, pattern: Mask, search: Search, cell: int, cost: np.ndarray, chosen: set[int]) -> set[int]:
    """Cells to suppress for one open cell.

    Args:
        cost: One a cell.
        chosen: Cells that have been chosen already, which cost nothing more.

    Returns:
        Nothing if a witness was found without, or if no set of cells around is enough.
    """
    free = problem.free() & ~pattern
    out: set[int] = set()
    for sign in (1, -1):
        goal = search.goal(cell, sign)
        if not goal:
            continue
        for siblings in SIBLINGS:
            units = [*search.blocks.group(cell, siblings), *search.under(cell)]
            leaves = search.leaves_of(units)
            # With siblings beside, also the totals above have to be kept to.
            found = _Elastic(search, leaves, free, problem, inside=siblings == 0).solve(cell, goal, cost, chosen | out)
            if found is None:
                continue
            cells, table = found
            if not cells and siblings and table is not None:
                search.pool.add(*table)
            if cells or siblings:
                out |= cells
                break
    return out


class _Elastic(Program):
    """A program in which bounds of published figures may be given up.

    Args:
        free: Cells that may be suppressed.
        inside: Whether to look only at forms of these leaves alone; others are taken to give way.
    """

    def __init__(self, search: Search, leaves: Ints, free: Mask, problem: Problem, inside: bool) -> None:
        super().__init__(search, leaves, NODES)
        # What is added up follows from the rows, and loosens with what is suppressed.
        self.low, self.high = search.given[0][self.forms], search.given[1][self.forms]
        if inside:
            whole = np.diff(search.forms.matrix.indptr)[self.forms] == np.diff(self.rows.indptr)
            self.forms, self.rows = self.forms[whole], self.rows[np.flatnonzero(whole)]
            self.low, self.high = self.low[whole], self.high[whole]
        count = len(search.hidden)
        members = np.flatnonzero(np.isin(search.forms.form[:count], self.forms) & free)
        self.members: dict[int, list[int]] = {}
        for member in members.tolist():
            self.members.setdefault(int(search.forms.form[member]), []).append(member)
        self.problem = problem

    def solve(
        self, cell: int, goal: int, cost: np.ndarray, chosen: set[int]
    ) -> tuple[set[int], tuple[Ints, Ints] | None] | None:
        """Cells to suppress and a table, or None if there is no way."""
        search, knowledge, values = self.search, self.problem.knowledge, self.problem.values
        low, high = endless(self.low), endless(self.high)
        form, sign = int(search.forms.form[cell]), int(search.forms.sign[cell])
        at = int(np.searchsorted(self.forms, form))
        if at == len(self.forms) or self.forms[at] != form:
            return None
        if goal * sign > 0:
            low[at] = goal * sign
        else:
            high[at] = goal * sign
        leaves = len(self.leaves)
        lp = highspy.HighsLp()
        rows = [(self.rows.indices[a:b], self.rows.data[a:b]) for a, b in pairwise(self.rows.indptr.tolist())]
        prices: list[float] = []
        start, index, value, row_low, row_high = [0], [], [], [], []
        gave: list[tuple[int, list[int]]] = []

        def put(columns: Ints, coefs: Ints, more: list[tuple[int, float]], least: float, most: float) -> None:
            index.extend(columns.tolist() + [column for column, _ in more])
            value.extend(coefs.tolist() + [coef for _, coef in more])
            start.append(len(index))
            row_low.append(least)
            row_high.append(most)

        infinite = highspy.kHighsInf
        for number, (columns, coefs) in enumerate(rows):
            cells = self.members.get(int(self.forms[number]))
            if number == at or not cells:
                put(columns, coefs, [], low[number], high[number])
                continue
            least = min(int(knowledge.hidden_low[c] - values[c]) for c in cells)
            switch = leaves + len(prices)
            prices.append(sum(float(cost[c]) for c in cells if c not in chosen))
            gave.append((switch, cells))
            slack_low = float(max(low[number] - max(least, -FAR), 0.0) if low[number] > -infinite else 0.0)
            put(columns, coefs, [(switch, slack_low)], low[number], infinite)
            put(columns, coefs, [(switch, -float(FAR))], -infinite, high[number])
        total = leaves + len(prices)
        lp.num_col_, lp.num_row_ = total, len(row_low)
        lp.col_cost_ = np.concatenate([np.zeros(leaves), np.array(prices)])
        lp.col_lower_ = np.concatenate([np.full(leaves, -float(FAR)), np.zeros(len(prices))])
        lp.col_upper_ = np.concatenate([np.full(leaves, float(FAR)), np.ones(len(prices))])
        lp.row_lower_, lp.row_upper_ = np.array(row_low), np.array(row_high)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = np.array(start, np.int32), np.array(index, np.int32)
        lp.a_matrix_.value_ = np.array(value, float)
        lp.integrality_ = [highspy.HighsVarType.kInteger] * total
        solver = quiet()
        solver.setOptionValue("mip_max_nodes", NODES)
        solver.setOptionValue("mip_rel_gap", 0.1)
        stop_after(solver, ITERATIONS)
        solver.passModel(lp)
        solver.run()
        point = np.array(solver.getSolution().col_value)
        if len(point) != total or solver.getInfo().primal_solution_status != highspy.kSolutionStatusFeasible:
            return None
        cells = {c for switch, some in gave if point[switch] > 0.5 for c in some}
        by = np.round(point[:leaves]).astype(np.int64)
        sums = self.rows @ by
        kept = not cells and bool((sums >= self.low).all() and (sums <= self.high).all())
        changed = by != 0
        return cells, (self.leaves[changed], by[changed]) if kept else None
