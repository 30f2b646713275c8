"""The covering problem: the cheapest cells that hit every explanation, solved part by part.

Parts that share no cell are solved apart, and only when they have got new cuts.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

import highspy
import numpy as np

from piperoll.protect.relations import Ints
from piperoll.protect.solver import model, quiet, start_at


Cut = frozenset[int]
_WARM = 200


@dataclass
class _Part:
    cuts: list[Cut]
    chosen: frozenset[int]
    bound: float
    value: float


@dataclass
class Cover:
    """Cuts collected so far and their cheapest hitting set.

    Attributes:
        cost: Positive, one a cell.
        gap: Relative gap each part may be left with.
        nodes: Most nodes of a branch-and-bound search of one part.
    """

    cost: np.ndarray
    gap: float = 0.0
    nodes: int = 20_000
    cuts: dict[Cut, None] = field(default_factory=dict)
    _of_cell: dict[int, int] = field(default_factory=dict)
    _parts: dict[int, list[Cut]] = field(default_factory=dict)
    _solved: dict[int, _Part] = field(default_factory=dict)
    _relaxed: dict[int, tuple[Ints, np.ndarray, float]] = field(default_factory=dict)
    _next: int = 0

    def add(self, cuts: Iterable[Cut]) -> list[Cut]:
        """Take in cuts that are new; returns those."""
        new = []
        for cut in cuts:
            if cut in self.cuts:
                continue
            self.cuts[cut] = None
            new.append(cut)
            self._place(cut)
        return new

    def _place(self, cut: Cut) -> None:
        """Put a cut into its part, joining the parts it connects."""
        parts = sorted({self._of_cell[cell] for cell in cut if cell in self._of_cell})
        if not parts:
            parts = [self._next]
            self._parts[self._next] = []
            self._next += 1
        largest = max(parts, key=lambda part: (len(self._parts[part]), -part))
        for part in parts:
            if part != largest:
                moved = self._parts.pop(part)
                self._solved.pop(part, None)
                self._relaxed.pop(part, None)
                self._parts[largest] += moved
                for other in moved:
                    self._of_cell.update(dict.fromkeys(other, largest))
        self._of_cell.update(dict.fromkeys(cut, largest))
        self._parts[largest].append(cut)
        self._solved.pop(largest, None)
        self._relaxed.pop(largest, None)

    def solve(self, incumbent: Iterable[int]) -> tuple[frozenset[int], float]:
        """The cheapest hitting set found, and a lower bound of any hitting set's cost.

        Args:
            incumbent: Cells known to hit every cut, where the search begins.
        """
        known = frozenset(incumbent)
        chosen: set[int] = set()
        bound = 0.0
        for number in sorted(self._parts):
            part = self._solved.get(number)
            if part is None:
                part = self._solve(self._parts[number], known)
                self._solved[number] = part
            chosen |= part.chosen
            bound += part.bound
        return frozenset(chosen), bound

    def relax(self) -> tuple[np.ndarray, float]:
        """The cheapest shares of cells that hit every cut once in all, and their cost: quick, and a lower bound."""
        share, bound = np.zeros(len(self.cost)), 0.0
        for number in sorted(self._parts):
            part = self._relaxed.get(number)
            if part is None:
                cuts = minimal(self._parts[number])
                cells, lp = self._model(cuts, integer=False)
                solver = quiet()
                solver.passModel(lp)
                solver.run()
                point = np.array(solver.getSolution().col_value)
                below = self._dual_bound(cuts, cells, np.array(solver.getSolution().row_dual))
                part = self._relaxed[number] = (cells, point, below)
            share[part[0]] = part[1]
            bound += part[2]
        return share, bound

    def _dual_bound(self, cuts: list[Cut], cells: Ints, dual: np.ndarray) -> float:
        """What duals prove, made feasible first: no tolerance of the solver's is in it."""
        price = np.maximum(dual, 0.0)
        lengths = [len(cut) for cut in cuts]
        position = {cell: at for at, cell in enumerate(cells.tolist())}
        column = np.array([position[cell] for cut in cuts for cell in sorted(cut)], np.int64)
        charged = np.bincount(column, np.repeat(price, lengths), minlength=len(cells))
        # A cell chosen in full may be charged more than it costs; the rest is given back.
        return float(price.sum() - np.maximum(charged - self.cost[cells], 0.0).sum())

    def _model(self, cuts: list[Cut], integer: bool) -> tuple[Ints, highspy.HighsLp]:
        cells = np.array(sorted(set().union(*cuts)), np.int64)
        position = {cell: at for at, cell in enumerate(cells.tolist())}
        start = np.cumsum([0] + [len(cut) for cut in cuts])
        column = np.array([position[cell] for cut in cuts for cell in sorted(cut)], np.int64)
        lp = model(
            self.cost[cells],
            np.zeros(len(cells)),
            np.ones(len(cells)),
            (start, column, np.ones(len(column))),
            np.ones(len(cuts)),
            np.full(len(cuts), highspy.kHighsInf),
            integer=integer,
        )
        return cells, lp

    def _solve(self, cuts: list[Cut], incumbent: frozenset[int]) -> _Part:
        cuts = minimal(cuts)
        if len(cuts) == 1:
            best = min(cuts[0], key=lambda cell: (self.cost[cell], cell))
            return _Part(cuts, frozenset([best]), float(self.cost[best]), float(self.cost[best]))
        cells, lp = self._model(cuts, integer=True)
        # A start helps large parts; small ones are solved as quickly without.
        warm = len(cuts) > _WARM and all(cut & incumbent for cut in cuts)
        point, bound = self._run(lp, np.isin(cells, sorted(incumbent)).astype(float) if warm else None)
        picked = frozenset(cells[point > 0.5].tolist())
        value = float(self.cost[cells][point > 0.5].sum())
        # A bound of floating point is taken a hair lower, so that it stays a bound.
        bound = min(bound - 1e-6 * max(1.0, value), value)
        return _Part(cuts, picked, max(bound, 0.0), value)

    def _run(self, lp: highspy.HighsLp, first: np.ndarray | None) -> tuple[np.ndarray, float]:
        solver = quiet()
        solver.setOptionValue("mip_rel_gap", self.gap)
        solver.setOptionValue("mip_max_nodes", self.nodes)
        solver.passModel(lp)
        if first is not None:
            start_at(solver, first)
        solver.run()
        point = np.array(solver.getSolution().col_value)
        if len(point) != lp.num_col_:  # stopped before anything was found
            point = np.ones(lp.num_col_) if first is None else first
        return np.round(point), float(solver.getInfo().mip_dual_bound)


def minimal(cuts: Iterable[Cut]) -> list[Cut]:
    """Cuts that contain no other cut, in order of first appearance."""
    kept: list[Cut] = []
    by_cell: dict[int, list[Cut]] = {}
    order = {cut: at for at, cut in enumerate(cuts)}
    for cut in sorted(order, key=lambda c: (len(c), order[c])):
        if any(other <= cut for cell in cut for other in by_cell.get(cell, ())):
            continue
        kept.append(cut)
        by_cell.setdefault(min(cut), []).append(cut)
    return sorted(kept, key=order.__getitem__)


def greedy(cuts: Iterable[Cut], cost: np.ndarray) -> set[int]:
    """A hitting set: again and again the cell that is cheapest for the cuts it hits; then what is not needed goes."""
    open_cuts = dict.fromkeys(cuts)
    by_cell: dict[int, list[Cut]] = {}
    for cut in open_cuts:
        for cell in cut:
            by_cell.setdefault(cell, []).append(cut)
    alive = {cell: len(found) for cell, found in by_cell.items()}
    queue = [(float(cost[cell]) / count, cell, count) for cell, count in alive.items()]
    heapq.heapify(queue)
    chosen: list[int] = []
    while open_cuts:
        _, best, count = heapq.heappop(queue)
        if count != alive[best]:
            # Stale: it hits fewer than when it was put in.
            if alive[best]:
                heapq.heappush(queue, (float(cost[best]) / alive[best], best, alive[best]))
            continue
        chosen.append(best)
        for cut in by_cell[best]:
            if cut in open_cuts:
                del open_cuts[cut]
                for cell in cut:
                    alive[cell] -= 1
    hits: dict[Cut, int] = {}
    for cell in chosen:
        for cut in by_cell[cell]:
            hits[cut] = hits.get(cut, 0) + 1
    kept = set(chosen)
    for cell in sorted(chosen, key=lambda c: (-cost[c], c)):
        if all(hits[cut] > 1 for cut in by_cell[cell]):
            kept.discard(cell)
            for cut in by_cell[cell]:
                hits[cut] -= 1
    return kept


def total(cost: np.ndarray, cells: Iterable[int]) -> float:
    chosen: Ints = np.array(sorted(cells), np.int64)
    return float(cost[chosen].sum())
