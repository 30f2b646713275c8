"""Cells that no table takes far enough, proven by integer programs; and which published cells make it so.

Only a part of the relations is looked at: what a part leaves possible contains what the whole does. So if a cell is
too narrow in the part, it is too narrow; and the published cells of the part whose being shown matters are an
explanation, as those of `piperoll.protect.inference.explain` are.
"""

from __future__ import annotations

from collections.abc import Mapping

import highspy
import numpy as np

from piperoll.protect.attacker import Mask
from piperoll.protect.problem import Problem
from piperoll.protect.proof.blocks import Blocks
from piperoll.protect.relations import BIG, Ints
from piperoll.protect.solver import model, quiet
from piperoll.protect.suppress.violations import Leak


NODES = 500
PARTS = (0, 40, 400)  # siblings in the part looked at; 0: the unit alone, without totals above
MOST = 600  # cells of the largest part
NEAR = 1e-6


def explain(
    problem: Problem,
    pattern: Mask,
    blocks: Blocks,
    cell: int,
    own: Mapping[int, tuple[int, int]] | None = None,
    insider: str = "",
) -> Leak | None:
    """Why a cell is too narrow; None if that was not proven.

    Args:
        own: Bounds that an insider knows whatever is hidden.
    """
    for siblings in PARTS:
        units = blocks.group(cell, siblings)
        cells, rows = blocks.block(units, above=siblings > 0)
        if len(cells) > MOST:
            return None
        part = _Part(problem, pattern, cells, rows, own or {})
        found = part.range(cell, frozenset())
        if found is None or not part.narrow(cell, *found):
            continue
        freed: set[int] = set()
        # Those that are hidden at the least cost are kept in the explanation as long as possible.
        for other in sorted(part.shown, key=lambda c: (-int(problem.values[c]), c)):
            tried = part.range(cell, freed | {other})
            if tried is not None and part.narrow(cell, *tried):
                freed.add(other)
        return Leak(cell, frozenset(part.blamed - freed), *found, frozenset(rows.tolist()), insider)
    return None


class _Part:
    """A part of the relations; every cell beside it may be anything its bounds allow."""

    def __init__(
        self, problem: Problem, pattern: Mask, cells: Ints, rows: Ints, own: Mapping[int, tuple[int, int]]
    ) -> None:
        self.problem = problem
        system, hidden = problem.relations, problem.hidden(pattern)
        # Rows as a whole: also with cells that have no room, which are part of the explanation.
        inside = np.zeros(system.cells, bool)
        inside[cells] = True
        whole = [r for r in rows.tolist() if self._within(inside, system.cell[system.entries(r)], hidden)]
        entries = np.concatenate([np.arange(system.start[r], system.start[r + 1]) for r in whole] or [rows[:0]])
        self.cells = np.unique(np.concatenate([cells, system.cell[entries]]))
        column = np.searchsorted(self.cells, system.cell[entries])
        lengths = np.array([system.start[r + 1] - system.start[r] for r in whole], np.int64)
        self.rows = (np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), column, system.coef[entries])
        self.limits = system.low[whole], system.high[whole]
        low, high = problem.knowledge.bounds(hidden)
        self.low, self.high = low[self.cells].copy(), high[self.cells].copy()
        self.free_low = problem.knowledge.hidden_low[self.cells].copy()
        self.free_high = problem.knowledge.hidden_high[self.cells].copy()
        for known, (least, most) in own.items():
            at = int(np.searchsorted(self.cells, known))
            if at < len(self.cells) and self.cells[at] == known:
                for lower, upper in ((self.low, self.high), (self.free_low, self.free_high)):
                    lower[at], upper[at] = max(lower[at], least), min(upper[at], most)
        guards = {int(c) for r in whole for c in system.guards(r) if not hidden[c]}
        wider = ((self.free_low < self.low) | (self.free_high > self.high)) & ~hidden[self.cells]
        self.blamed = {int(c) for c in self.cells[wider]} | guards
        self.shown = sorted(self.blamed - guards)

    @staticmethod
    def _within(inside: Mask, cells: Ints, hidden: Mask) -> bool:
        """Whether all that is hidden in a row is in the part; other rows are left out."""
        return not (~inside[cells] & hidden[cells]).any()

    def range(self, cell: int, freed: frozenset[int] | set[int]) -> tuple[int, int] | None:
        """The least and greatest possible count when also ``freed`` cells are hidden; None if that was not settled."""
        low, high = self.low.copy(), self.high.copy()
        at = np.searchsorted(self.cells, sorted(freed))
        low[at], high[at] = self.free_low[at], self.free_high[at]
        target = int(np.searchsorted(self.cells, cell))
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(len(self.cells))
            cost[target] = sign
            solver = quiet()
            solver.setOptionValue("mip_max_nodes", NODES)
            solver.passModel(model(cost, low, high, self.rows, *self.limits, integer=True))
            solver.run()
            if solver.getModelStatus() == highspy.HighsModelStatus.kUnboundedOrInfeasible:
                ends.append(float(BIG))
            elif solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return None
            else:
                ends.append(sign * solver.getInfo().mip_dual_bound)
        return int(np.ceil(ends[0] - NEAR)), int(np.floor(min(ends[1], BIG) + NEAR))

    def narrow(self, cell: int, low: int, high: int) -> bool:
        """Whether this is less than has to stay possible."""
        one = np.array([cell])
        least, most = np.full(1, low), np.full(1, high)
        requirement, values = self.problem.requirement, self.problem.values
        need = (requirement.below[one], requirement.above[one], requirement.span[one])
        return bool(
            (least > values[one] - need[0]).any()
            or (most < values[one] + need[1]).any()
            or (most - least < need[2]).any()
        )
