"""Witnesses: other tables that agree with everything published, found from the true one.

For each primary cell the search needs tables in which it is low enough and high enough. Every table found counts for
all cells it changes. Most are found by walking (`piperoll.protect.proof.walk`), the rest by integer programs over the
leaves of a few units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

import highspy
import numpy as np

from piperoll.protect.attacker import Mask
from piperoll.protect.problem import Problem
from piperoll.protect.proof.blocks import Blocks
from piperoll.protect.proof.forms import Forms, forms
from piperoll.protect.proof.near import Near
from piperoll.protect.proof.pool import Pool, Table, stacked
from piperoll.protect.proof.swaps import Swaps, swaps
from piperoll.protect.proof.walker import Walker, Wish
from piperoll.protect.relations import BIG, Ints
from piperoll.protect.solver import model, quiet, start_at, stop_after
from piperoll.protect.suppress.violations import Watch


# How programs grow: siblings (`WHOLE`: everything), whether to aim in every unit at once or at one cell, nodes.
WHOLE = 10**6
STEPS = ((6, True, 20), (1000, True, 20), (40, False, 50), (WHOLE, False, 20))
PATIENCE = 4
ITERATIONS = 20_000  # of the simplex method in one program
MOST = 1200  # leaves of the largest program
EFFORT = 20_000  # leaves of all programs of a run together
FEW = 200  # open cells that programs are tried for
RIGID = 0.05  # share of cells that single leaves leave open, above which leaves are exchanged
REACH = 60
TOGETHER = 4000  # tables checked at once

Save = Callable[[Pool], None]


class Search:
    """Looks for witnesses of one pattern, for the outsider or for one insider.

    Args:
        tables: Found for this pattern, or for an earlier one, given by ``of``.
        of: The search that found them, if it was for another pattern; with ``own`` the outsider's for this pattern,
            much of which serves for the insider too.
        own: Bounds an insider adds, by cell.
        pool: Tables that fit, instead.
    """

    def __init__(
        self,
        problem: Problem,
        pattern: Mask,
        tables: Iterable[Table] = (),
        of: Search | None = None,
        own: dict[int, tuple[int, int]] | None = None,
        pool: Pool | None = None,
    ) -> None:
        self.problem, self.pattern, self.own = problem, pattern, own or {}
        outside = of._around if of is not None and own is not None else _Around(problem, pattern)
        self._around: _Around = outside
        self.hidden, self.held = outside.hidden, outside.held
        low, high = outside.of(own or {})
        self.low, self.high = _changes(problem, low, high)
        same = of is not None and bool((of.held == self.held).all())
        self.forms: Forms = of.forms if of is not None and same else forms(problem.relations, self.held)
        self.bounds = self.forms.bounds(self.low, self.high, *outside.rows)
        leaves = self.forms.leaves
        self.leaf_low, self.leaf_high = self.low[leaves], self.high[leaves]
        self._like = of._walker if of is not None and own is not None else None
        given = list(tables)
        given = given if of is None or same else self._moved(given, of.forms)
        self.pool = pool or Pool(self.forms, self._fitting(given))
        self.programs, self._effort = 0, 0
        self.rigid: bool = of is not None and of.rigid
        self._settled: dict[int, int] = {}

    def looser(self, pattern: Mask) -> Search | None:
        """The search for a pattern in which more is suppressed; its tables are those of this one, which all fit.

        Returns:
            None if less is suppressed somewhere, or fewer rows hold.
        """
        if (self.pattern & ~pattern).any():
            return None
        search = Search(self.problem, pattern, (), self, pool=self.pool)
        return search if search.forms is self.forms else None

    @property
    def rows(self) -> tuple[Ints, Ints]:
        """Least and greatest change of the sum of each relation."""
        return self._around.rows

    def loosest(self) -> tuple[Ints, Ints]:
        """Bounds of the change of each cell if all that may be suppressed were."""
        low, high = self._around.loosest(self.problem, self.own)
        return _changes(self.problem, low, high)

    @cached_property
    def blocks(self) -> Blocks:
        """Parts of the table for programs."""
        return Blocks(self.problem.relations, self.low < self.high, self.held, self.high - self.low)

    @cached_property
    def unit(self) -> Ints:
        """Unit of each leaf."""
        return self.blocks.unit_of[self.forms.leaves]

    @cached_property
    def _swaps(self) -> Swaps:
        return swaps(self.problem.relations, self.held, self.forms)

    @property
    def rows_of_leaves(self) -> tuple[np.ndarray, ...] | None:
        """What exchanges need, if single leaves do not get far."""
        return self._swaps.arrays if self.rigid else None

    @cached_property
    def _by_unit(self) -> tuple[Ints, Ints]:
        """Leaves by unit, and the unit of each."""
        order = np.argsort(self.unit, kind="stable")
        return order, self.unit[order]

    @cached_property
    def _walker(self) -> Walker:
        if self._like is not None:
            return self._like.within(self.pool, self.bounds)
        return Walker(self.forms, self.pool, self.bounds, self.leaf_low, self.leaf_high)

    def _moved(self, tables: list[Table], old: Forms) -> list[Table]:
        """Tables of other forms, as changes of these leaves."""
        out = []
        for begin in range(0, len(tables), TOGETHER):
            changes = old.changes(stacked(tables[begin : begin + TOGETHER], len(old.leaves)))[:, self.forms.leaves]
            changes.eliminate_zeros()
            out += [
                (changes.indices[a:b].astype(np.int64), changes.data[a:b])
                for a, b in zip(changes.indptr[:-1], changes.indptr[1:], strict=True)
            ]
        return out

    def _fitting(self, tables: list[Table]) -> list[Table]:
        """Those of the tables that agree with this pattern."""
        out = []
        for begin in range(0, len(tables), TOGETHER):
            some = tables[begin : begin + TOGETHER]
            sums = (stacked(some, len(self.forms.leaves)) @ self.forms.by_leaf.T).tocoo()
            off = (sums.data < self.bounds[0][sums.col]) | (sums.data > self.bounds[1][sums.col])
            bad = np.zeros(len(some), bool)
            bad[sums.row[off]] = True
            out += [table for table, wrong in zip(some, bad.tolist(), strict=True) if not wrong]
        return out

    def open(self, cells: Ints) -> Ints:
        """Which of the primary cells still lack a witness."""
        low, high, requirement = self.pool.low(cells), self.pool.high(cells), self.problem.requirement
        short = (low > -requirement.below[cells]) | (high < requirement.above[cells])
        return cells[short | (high - low < requirement.span[cells])]

    def walk(self, targets: Ints, save: Save | None = None) -> None:
        """Search without a solver for as long as it pays."""
        wish = self._wish(targets, save)
        self._walker.run(wish)
        if self.rigid or len(wish.open()) > max(FEW, RIGID * len(targets)):
            self.rigid = True
            self._walker.exchange(wish, Near(self.problem.relations, self.pool), self._swaps)
        else:
            self._walker.abroad(wish, Near(self.problem.relations, self.pool))
        wish.save()

    def persist(self, targets: Ints, save: Save | None = None) -> Ints:
        """Go on where single leaves do not get far; returns the cells that remain open."""
        self._walker.persist(self._wish(targets, save), Near(self.problem.relations, self.pool), self._swaps)
        return self.open(targets)

    def _wish(self, targets: Ints, save: Save | None) -> Wish:
        movable = targets[self.low[targets] < self.high[targets]]
        requirement = self.problem.requirement
        sides = (requirement.below, requirement.above, requirement.span, self.low, self.high)
        return Wish(
            lambda: self.open(movable),
            lambda cells: np.column_stack([side[cells] for side in sides]).astype(np.int64),
            lambda: None if save is None else save(self.pool),
        )

    def run(self, targets: Ints, save: Save | None = None) -> Ints:
        """Search by walking, then in ever larger programs; returns the cells that remain open.

        Args:
            save: Gets the tables now and then.
        """
        self.walk(targets, save)
        if len(self.open(targets)) > FEW:
            return self.open(targets)
        for siblings, each, nodes in STEPS:
            left = self.open(targets)
            tried: set[int] = set()
            for seed in left.tolist():
                if self._effort > EFFORT:
                    return self.open(targets)
                if seed in tried or self.low[seed] == self.high[seed] or not len(self.open(np.array([seed]))):
                    continue
                inside, leaves, whole = self._part(seed, siblings)
                aims = np.intersect1d(left, inside) if each else np.array([seed])
                self._effort += len(leaves)
                self._block(Program(self, leaves, nodes), aims, whole=whole)
                if save is not None and each:
                    save(self.pool)
                tried.update(aims.tolist() if siblings > 6 else [seed])
        return self.open(targets)

    def _part(self, seed: int, siblings: int) -> tuple[Ints, Ints, bool]:
        """Cells, leaves of a part around a cell, and whether it is everything that can change."""
        able = np.flatnonzero(self.leaf_low < self.leaf_high)
        if siblings >= WHOLE and len(able) <= MOST:
            return np.flatnonzero(self.low < self.high), able, True
        units = self.blocks.group(seed, min(siblings, 1000))
        if siblings >= WHOLE:
            units = self.blocks.wider(units, MOST)
        leaves = self.leaves_of([*units, *self.under(seed)])
        inside = np.concatenate([self.blocks.cells[unit] for unit in units if unit in self.blocks.cells])
        return inside, leaves, False

    def under(self, cell: int) -> list[int]:
        """Units of the leaves of a cell, if they are few."""
        form = self.forms.form[cell]
        entries = self.forms.matrix.indices[self.forms.matrix.indptr[form] : self.forms.matrix.indptr[form + 1]]
        return np.unique(self.unit[entries]).tolist() if len(entries) <= MOST else []

    def leaves_of(self, units: Iterable[int]) -> Ints:
        """Leaves of units that can change, in order."""
        order, unit_of = self._by_unit
        found = [order[slice(*np.searchsorted(unit_of, [unit, unit + 1]))] for unit in dict.fromkeys(units)]
        leaves = np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)
        return leaves[self.leaf_low[leaves] < self.leaf_high[leaves]]

    def settled(self, cell: int) -> bool:
        """Whether the largest search proved that the cell goes no further than found."""
        one, bits, requirement = np.array([cell]), self._settled.get(cell, 0), self.problem.requirement
        low, high = int(self.pool.low(one)[0]), int(self.pool.high(one)[0])
        down = bits & 1 or low <= max(-requirement.below[cell], self.low[cell])
        up = bits & 2 or high >= min(requirement.above[cell], self.high[cell])
        return bool(down and up)

    def _block(self, program: Program, targets: Ints, whole: bool = False) -> None:
        """Programs in one block, each with an aim in every unit, until all are witnessed or nothing moves any more."""
        failures, turn = 0, 0
        # One aim has two directions, and asking twice changes nothing.
        patience = PATIENCE if len(targets) > 1 else 2
        while failures < patience:
            still = self.open(targets)
            wanted = self._wanted(still, turn)
            if not wanted:
                return
            found = program.reach(wanted)
            self.programs += 1
            if whole and program.optimal and len(wanted) == 1:
                for cell, goal in wanted.items():
                    self._settled[cell] = self._settled.get(cell, 0) | (1 if goal < 0 else 2)
            turn += 1
            failures = (
                0
                if found is not None and self.pool.add(*found) and len(self.open(still)) < len(still)
                else failures + 1
            )

    def _wanted(self, cells: Ints, turn: int) -> dict[int, int]:
        """One cell of each unit with the signed difference to go for; another choice in each turn."""
        out: dict[int, int] = {}
        by_unit: dict[int, list[int]] = {}
        for cell in cells.tolist():
            by_unit.setdefault(int(self.blocks.unit_of[cell]), []).append(cell)
        for unit, found in by_unit.items():
            # Spread by a fixed multiplier, so that turns differ and runs do not.
            pick = (turn * 7919 + unit * 104729) % (2 * len(found))
            cell, sign = found[pick // 2], 1 - 2 * (pick % 2)
            goal = self.goal(cell, sign) or self.goal(cell, -sign)
            if goal:
                out[cell] = goal
        return out

    def goal(self, cell: int, sign: int) -> int:
        """How far the cell has still to go in a direction; 0 if it need not or cannot."""
        requirement, one = self.problem.requirement, np.array([cell])
        below, above, span = (int(a[cell]) for a in (requirement.below, requirement.above, requirement.span))
        low, high = int(self.pool.low(one)[0]), int(self.pool.high(one)[0])
        if sign < 0:
            goal = max(min(-below, high - span), int(self.low[cell]))
            return goal if goal < low else 0
        goal = min(max(above, low + span), int(self.high[cell]))
        return goal if goal > high else 0


def _changes(problem: Problem, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Bounds of cells as bounds of their changes, no further than anyone has to look."""
    needs = problem.requirement
    return (
        np.maximum(low - problem.values, -REACH - needs.below - needs.span),
        np.minimum(high - problem.values, REACH + needs.above + needs.span),
    )


class _Around:
    """What the outsider knows of the bounds under one pattern, from which insiders' bounds follow.

    Attributes:
        hidden, held: Cells that are hidden, and rows that hold.
        rows: Least and greatest change of the sum of each relation.
    """

    def __init__(self, problem: Problem, pattern: Mask) -> None:
        watch = Watch(problem)
        self._propagator = watch.propagator
        self._fixpoint, self.hidden, self.held = watch.bounds(pattern)
        system = problem.relations
        sums = system.sums(problem.values)
        low = np.where(system.low <= -BIG // 2, -BIG, system.low - sums)
        self.rows = low, np.where(system.high >= BIG // 2, BIG, system.high - sums)

    def of(self, own: dict[int, tuple[int, int]]) -> tuple[Ints, Ints]:
        """Bounds of all cells for one who knows some better."""
        low, high = self._fixpoint.low, self._fixpoint.high
        if not own:
            return low, high
        low, high = low.copy(), high.copy()
        for cell, (least, most) in own.items():
            low[cell], high[cell] = max(low[cell], least), min(high[cell], most)
        tighter = self._propagator.run(low, high, self.held, np.array(sorted(own)))
        return tighter.low, tighter.high

    def loosest(self, problem: Problem, own: dict[int, tuple[int, int]]) -> tuple[Ints, Ints]:
        """Bounds if all that may be suppressed were, while the same rows hold."""
        low, high = problem.knowledge.bounds(problem.hidden(problem.free()))
        for cell, (least, most) in own.items():
            low[cell], high[cell] = max(low[cell], least), min(high[cell], most)
        reached = self._propagator.run(low, high, self.held)
        return reached.low, reached.high


class Program:
    """An integer program over some leaves, ready to be run for several aims; all other leaves keep their values."""

    def __init__(self, search: Search, leaves: Ints, nodes: int) -> None:
        self.search, self.leaves = search, leaves
        part = search.forms.by_leaf[:, leaves].tocsr()
        self.forms = np.flatnonzero(np.diff(part.indptr))
        self.rows = part[self.forms]
        self.low, self.high = search.bounds[0][self.forms], search.bounds[1][self.forms]
        self.optimal = False
        self.solver = quiet()
        self.solver.setOptionValue("mip_max_nodes", nodes)
        stop_after(self.solver, ITERATIONS)
        self.solver.setOptionValue("mip_heuristic_effort", 0.2)

    def reach(self, wanted: dict[int, int]) -> Table | None:
        """A table that goes towards the aims, or None."""
        search, low, high = self.search, self.low.copy(), self.high.copy()
        cost = np.zeros(len(self.leaves))
        for cell, goal in wanted.items():
            at = int(np.searchsorted(self.forms, search.forms.form[cell]))
            if at == len(self.forms) or self.forms[at] != search.forms.form[cell]:
                continue
            sign = int(search.forms.sign[cell])
            span = slice(self.rows.indptr[at], self.rows.indptr[at + 1])
            cost[self.rows.indices[span]] += self.rows.data[span] * sign * (1.0 if goal < 0 else -1.0)
            if goal * sign < 0:
                low[at] = max(low[at], goal * sign)
            else:
                high[at] = min(high[at], goal * sign)
        rows = (self.rows.indptr.astype(np.int64), self.rows.indices.astype(np.int64), self.rows.data)
        self.solver.clearModel()
        least, most = search.leaf_low[self.leaves], search.leaf_high[self.leaves]
        self.solver.passModel(model(cost, least, most, rows, low, high, integer=True))
        start_at(self.solver, np.zeros(len(self.leaves)))
        self.solver.run()
        self.optimal = self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        point = np.array(self.solver.getSolution().col_value)
        if len(point) != len(self.leaves):
            return None
        by = np.round(point).astype(np.int64)
        sums = self.rows @ by
        # What comes from the solver is checked in integers before it counts.
        if (sums < low).any() or (sums > high).any() or (by < least).any() or (by > most).any():
            return None
        changed = by != 0
        return (self.leaves[changed], by[changed]) if changed.any() else None
