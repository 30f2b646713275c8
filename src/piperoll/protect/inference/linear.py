"""Where adding up row by row does not see everything: linear programs over the hidden cells, component by component.

Each program is a primary cell pushed up or down. Every solution counts for all cells of the component, so a cell that
has been seen far enough is not asked for again. A cell that cannot be pushed far enough is explained by the dual
solution: the published cells with a weight. Duals come in floating point; they are made whole numbers over a small
denominator and the conclusion is checked with those, so that an explanation never claims more than holds.
Source: Fischetti and Salazar (2001), sections 3 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from piperoll.protect.attacker import Mask
from piperoll.protect.problem import Problem
from piperoll.protect.relations import BIG, Ints
from piperoll.protect.solver import model, quiet
from piperoll.protect.suppress.violations import Leak


DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 24, 60)
NEAR = 1e-6


@dataclass(frozen=True)
class Component:
    """Hidden cells that hang together, and the rows among them."""

    cells: Ints
    rows: Ints


def components(problem: Problem, hidden: Mask, held: Mask) -> list[Component]:
    """Components with a primary cell in them, in order of their first cell."""
    system = problem.relations
    low, high = problem.knowledge.bounds(hidden)
    loose = low < high
    entry = loose[system.cell] & held[system.row_of]
    rows, cells = system.row_of[entry], system.cell[entry]
    size = system.cells + system.rows
    graph = sp.coo_matrix((np.ones(len(rows), np.int8), (cells, rows + system.cells)), shape=(size, size))
    label = connected_components(graph, directed=False)[1]
    wanted = np.unique(label[problem.targets])
    row_label = np.where(np.bincount(rows, minlength=system.rows) > 0, label[system.cells :], -1)
    order = np.argsort(label[: system.cells], kind="stable")
    order = order[loose[order]]
    found = []
    by_row = np.argsort(row_label, kind="stable")
    for one in wanted.tolist():
        a, b = np.searchsorted(label[order], [one, one + 1])
        c, d = np.searchsorted(row_label[by_row], [one, one + 1])
        if b > a:
            found.append(Component(order[a:b], by_row[c:d]))
    return sorted(found, key=lambda part: int(part.cells[0]))


class Audit:
    """Looks at patterns of one problem by linear programming; remembers components found safe."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._safe: set[bytes] = set()
        self.programs = 0

    def leaks(self, pattern: Mask) -> list[Leak]:
        """Primary cells known too well, each with an explanation."""
        problem = self.problem
        hidden = problem.hidden(pattern)
        held = problem.relations.known(~hidden)
        out: list[Leak] = []
        for part in components(problem, hidden, held):
            # The same cells may be looser or hang together by fewer rows in another pattern.
            key = part.cells.tobytes() + part.rows.tobytes() + hidden[part.cells].tobytes()
            if key in self._safe:
                continue
            found = self._component(part, hidden)
            if not found:
                self._safe.add(key)
            out += found
        return out

    def _component(self, part: Component, hidden: Mask) -> list[Leak]:
        problem, system = self.problem, self.problem.relations
        low, high = problem.knowledge.bounds(hidden)
        inside = np.full(system.cells, -1, np.int64)
        inside[part.cells] = np.arange(len(part.cells))
        entries = np.concatenate(
            [np.arange(system.start[r], system.start[r + 1]) for r in part.rows.tolist()] or [part.rows]
        )
        lengths = system.start[part.rows + 1] - system.start[part.rows]
        owner = np.repeat(np.arange(len(part.rows)), lengths)
        column = inside[system.cell[entries]]
        fixed = np.bincount(
            owner[column < 0],
            (system.coef[entries] * problem.values[system.cell[entries]])[column < 0],
            minlength=len(part.rows),
        ).astype(np.int64)
        keep = column >= 0
        start = np.concatenate([[0], np.cumsum(np.bincount(owner[keep], minlength=len(part.rows)))])
        row_low = np.where(system.low[part.rows] <= -BIG // 2, -BIG, system.low[part.rows] - fixed)
        row_high = np.where(system.high[part.rows] >= BIG // 2, BIG, system.high[part.rows] - fixed)
        matrix = sp.csr_matrix(
            (system.coef[entries], (owner, system.cell[entries])), shape=(len(part.rows), system.cells)
        )
        solver = quiet()
        for name, value in (("solver", "simplex"), ("presolve", "off")):
            solver.setOptionValue(name, value)
        solver.setOptionValue("simplex_strategy", 4)
        rows = (start, column[keep], system.coef[entries][keep])
        cost = np.zeros(len(part.cells))
        solver.passModel(model(cost, low[part.cells], high[part.cells], rows, row_low, row_high, integer=False))
        values = problem.values[part.cells]
        least, most = values.astype(float), values.astype(float)
        requirement = problem.requirement
        out = []
        for at in np.flatnonzero(problem.primary[part.cells]).tolist():
            cell = int(part.cells[at])
            below, above, span = (int(a[cell]) for a in (requirement.below, requirement.above, requirement.span))
            x = int(values[at])
            duals: list[np.ndarray | None] = [None, None]
            for side, sign in ((0, 1.0), (1, -1.0)):
                enough = least[at] <= x - below + NEAR if side == 0 else most[at] >= x + above - NEAR
                if enough and most[at] - least[at] >= span - NEAR:
                    continue
                solver.changeColCost(at, sign)
                solver.run()
                self.programs += 1
                if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                    solution = solver.getSolution()
                    point = np.array(solution.col_value)
                    least, most = np.minimum(least, point), np.maximum(most, point)
                    duals[side] = np.array(solution.row_dual) * sign
                elif side == 1:
                    most[at] = np.inf
                solver.changeColCost(at, 0.0)
            lowest, highest = np.ceil(least[at] - NEAR), np.floor(most[at] + NEAR)
            sides = [side for side, bad in ((0, lowest > x - below), (1, highest < x + above)) if bad]
            if sides:
                groups = [[side] for side in sides]
            elif highest - lowest < span:
                groups = [[0, 1]]
            else:
                continue
            for group in groups:
                cells: set[int] = set()
                for side in group:
                    dual = duals[side]
                    if dual is not None:
                        aim = (x - below + 1 if side == 0 else x + above - 1) if sides else int((lowest, highest)[side])
                        cells |= self._blame(matrix, part.rows, dual, cell, side, aim, hidden)
                out.append(
                    Leak(cell, frozenset(cells), int(lowest), int(min(highest, BIG)), frozenset(part.rows.tolist()))
                )
        return out

    def _blame(
        self, matrix: sp.csr_matrix, rows: Ints, dual: np.ndarray, cell: int, side: int, aim: int, hidden: Mask
    ) -> set[int]:
        """Published cells that the dual's conclusion needs, most of what it does not need let go."""
        knowledge = self.problem.knowledge
        for scale in DENOMINATORS:
            whole = np.round(dual * scale)
            if np.abs(whole - dual * scale).max(initial=0.0) < 1e-5:
                break
        else:
            weight = -(matrix.T @ dual)
            return self._guards(rows[np.abs(dual) > 1e-9]) | {
                int(c) for c in np.flatnonzero(np.abs(weight) > 1e-9) if not hidden[c]
            }
        # scale * y[cell] = sum of weight * y over all cells + sum of dual * row, whatever the rows come to.
        weight = -(matrix.T @ whole.astype(np.int64))
        weight[cell] += scale
        used = np.flatnonzero(weight)
        lower = side == 0
        pull = (weight[used] > 0) == lower
        shown = np.where(pull, knowledge.shown_low[used], knowledge.shown_high[used])
        free = np.where(pull, knowledge.hidden_low[used], knowledge.hidden_high[used])
        now = np.where(hidden[used], free, shown)
        reached = int((weight[used] * now).sum()) + self._given(rows, whole.astype(np.int64), lower)
        # The other bound must be refuted: y <= aim - 1 (or y >= aim + 1) in scaled integers.
        spare = reached - scale * (aim - 1) - 1 if lower else scale * (aim + 1) - 1 - reached
        lost = np.abs(weight[used] * (free - shown))
        blamed = self._guards(rows[whole != 0])
        for k in sorted(np.flatnonzero(~hidden[used]).tolist(), key=lambda k: (int(lost[k]), int(used[k]))):
            if lost[k] <= spare:
                spare -= int(lost[k])
            else:
                blamed.add(int(used[k]))
        return blamed

    def _guards(self, rows: Ints) -> set[int]:
        """Cells that must be shown for the rows to hold."""
        return {cell for row in rows.tolist() for cell in self.problem.relations.guards(row).tolist()}

    def _given(self, rows: Ints, dual: Ints, lower: bool) -> int:
        """What the limits of the rows bring: the low one where the dual pulls up."""
        system = self.problem.relations
        pull = (dual > 0) == lower
        limits = np.where(pull, system.low[rows], system.high[rows])
        return int((dual * np.where(dual == 0, 0, limits)).sum())
