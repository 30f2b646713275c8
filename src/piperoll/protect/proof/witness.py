"""Witnesses: other tables that agree with everything published, found by small integer programs from the true one.

For each primary cell the search needs tables in which it is low enough and high enough. Every table found counts for
all cells it changes. What comes from the solver is checked in integers before it counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import highspy
import numpy as np
import scipy.sparse as sp

from piperoll.protect.attacker import Mask
from piperoll.protect.problem import Problem
from piperoll.protect.proof.blocks import Blocks
from piperoll.protect.proof.kin import Kind, kinds
from piperoll.protect.proof.moves import Frame, search
from piperoll.protect.relations import BIG, Ints
from piperoll.protect.solver import model, quiet, start_at, stop_after
from piperoll.protect.suppress.violations import Watch


# How blocks grow: siblings (`WHOLE`: everything), with the totals above, whether to aim in every unit at once or at one
# cell, nodes.
WHOLE = 10**6
STEPS = ((6, False, True, 20), (1000, True, True, 20), (40, True, False, 50), (WHOLE, True, False, 20))
PATIENCE = 4
ITERATIONS = 20_000  # of the simplex method in one program
MOST = 1200  # cells of the largest program
REACH = 60
TURNS = 300  # of moves
TOGETHER = 2000  # jobs at once
ENTRIES = 1_000_000  # of arrays with a row a job
IDLE = 4  # turns that may not pay
PAYS = 0.01  # share of moves that must take a cell further for another turn


@dataclass
class Pool:
    """Tables found so far, as differences from the true one, and how far they take each cell.

    Attributes:
        tables: Cells and differences; the true table is number 0.
        low, high: Least and greatest difference of each cell.
        low_by, high_by: In which table.
    """

    cells: int
    tables: list[tuple[Ints, Ints]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.low, self.high = np.zeros(self.cells, np.int64), np.zeros(self.cells, np.int64)
        self.low_by, self.high_by = np.zeros(self.cells, np.int64), np.zeros(self.cells, np.int64)
        given, self.tables = self.tables, [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
        for cells, by in given:
            self.add(cells, by)

    def add(self, cells: Ints, by: Ints) -> bool:
        """Take in a table if it takes some cell further."""
        lower, higher = by < self.low[cells], by > self.high[cells]
        if not (lower.any() or higher.any()):
            return False
        number = len(self.tables)
        self.tables.append((cells, by))
        self.low[cells[lower]], self.low_by[cells[lower]] = by[lower], number
        self.high[cells[higher]], self.high_by[cells[higher]] = by[higher], number
        return True


class Search:
    """Looks for witnesses of one pattern, for the outsider or for one insider.

    Args:
        own: Bounds an insider adds, by cell.
    """

    def __init__(self, problem: Problem, pattern: Mask, pool: Pool, own: dict[int, tuple[int, int]] | None = None):
        self.problem, self.pool = problem, pool
        watch = Watch(problem)
        fixpoint, self.hidden, self.held = watch.bounds(pattern)
        low, high = fixpoint.low, fixpoint.high
        if own:
            low, high = low.copy(), high.copy()
            for cell, (least, most) in own.items():
                low[cell], high[cell] = max(low[cell], least), min(high[cell], most)
            tighter = watch.propagator.run(low, high, self.held, np.array(sorted(own)))
            low, high = tighter.low, tighter.high
        values = problem.values
        self.low = np.maximum(low - values, -REACH - problem.requirement.below - problem.requirement.span)
        self.high = np.minimum(high - values, REACH + problem.requirement.above + problem.requirement.span)
        sums = problem.relations.sums(values)
        self.row_low = np.where(problem.relations.low <= -BIG // 2, -BIG, problem.relations.low - sums)
        self.row_high = np.where(problem.relations.high >= BIG // 2, BIG, problem.relations.high - sums)
        self.blocks = Blocks(problem.relations, self.low < self.high, self.held, self.high - self.low)
        self.programs = 0
        self._settled: dict[int, int] = {}

    def fitting(self, tables: list[tuple[Ints, Ints]]) -> list[tuple[Ints, Ints]]:
        """Those of the tables that agree with this pattern."""
        system = self.problem.relations
        if not tables:
            return []
        start = np.concatenate([[0], np.cumsum([len(cells) for cells, _ in tables])])
        cells, by = (np.concatenate([table[side] for table in tables]) for side in (0, 1))
        changes = sp.csr_matrix((by, cells, start), shape=(len(tables), system.cells))
        rows = sp.csr_matrix((system.coef, system.cell, system.start), shape=(system.rows, system.cells))
        sums = (changes @ rows.T).tocoo()
        off = self.held[sums.col] & ((sums.data < self.row_low[sums.col]) | (sums.data > self.row_high[sums.col]))
        bad = np.zeros(len(tables), bool)
        bad[sums.row[off]] = True
        owner = np.repeat(np.arange(len(tables)), np.diff(start))
        bad[owner[(by < self.low[cells]) | (by > self.high[cells])]] = True
        return [table for table, wrong in zip(tables, bad.tolist(), strict=True) if not wrong]

    def open(self, cells: Ints) -> Ints:
        """Which of the primary cells still lack a witness."""
        pool, requirement = self.pool, self.problem.requirement
        short = (pool.low[cells] > -requirement.below[cells]) | (pool.high[cells] < requirement.above[cells])
        return cells[short | (pool.high[cells] - pool.low[cells] < requirement.span[cells])]

    def run(self, targets: Ints, save: Callable[[list[tuple[Ints, Ints]]], None] | None = None) -> Ints:
        """Search by moves, then in ever larger blocks; returns the cells that remain open.

        Args:
            save: Gets the tables now and then.
        """
        self.move(targets, save)
        for siblings, above, each, nodes in STEPS:
            left = self.open(targets)
            tried: set[int] = set()
            for seed in left.tolist():
                if seed in tried or self.low[seed] == self.high[seed] or not len(self.open(np.array([seed]))):
                    continue
                whole = siblings >= WHOLE and sum(map(len, self.blocks.cells.values())) <= MOST
                units = list(self.blocks.cells) if whole else self.blocks.group(seed, min(siblings, 1000))
                if siblings >= WHOLE and not whole:
                    units = self.blocks.wider(units, MOST)
                cells, rows = self.blocks.block(units, above)
                inside = np.intersect1d(cells, left) if each else np.array([seed])
                self._block(_Program(self, cells, rows, nodes), inside, whole=whole)
                if save is not None and each:
                    save(self.pool.tables)
                tried.update(inside.tolist() if siblings > len(units) else [seed])
        return self.open(targets)

    def move(self, targets: Ints, save: Callable[[list[tuple[Ints, Ints]]], None] | None = None) -> None:
        """Search without a solver, among units alike, as long as it pays."""
        wanted = np.zeros(self.problem.relations.cells, bool)
        wanted[targets[self.low[targets] < self.high[targets]]] = True
        system = self.problem.relations
        alike = [_Alike(kind, system.cells) for kind in kinds(system, self.held, self.problem.values, wanted)]
        random = np.random.default_rng(0)
        idle = 0
        for turn in range(TURNS):
            tried, reached = 0, 0
            for group in alike:
                cells = np.flatnonzero(wanted[group.kind.cells].ravel())
                size = max(1, min(TOGETHER, ENTRIES // len(group.kind.forms)))
                for begin in range(0, len(cells), size):
                    some = cells[begin : begin + size]
                    some = some[np.isin(group.kind.cells.ravel()[some], self.open(group.kind.cells.ravel()[some]))]
                    tried += len(some)
                    reached += self._turn(group, some, turn, random)
            if save is not None and reached and turn % 10 == 9:
                save(self.pool.tables)
            idle = idle + 1 if reached < PAYS * tried else 0
            if idle == IDLE or not tried:
                return

    def _turn(self, group: _Alike, some: Ints, turn: int, random: np.random.Generator) -> int:
        """One try for each of some cells of a kind; returns how many tables took a cell further."""
        kind, pool = group.kind, self.pool
        count = kind.cells.shape[1]
        units, places = np.divmod(some, count)
        cells = kind.cells[units, places]
        goals = self._goals(cells, random.integers(0, 2, len(some)) * 2 - 1, turn)
        partners = group.partners(units, random)
        # Go on from the table that took the cell furthest so far: what one sibling cannot give, several can.
        numbers = np.where(goals < 0, pool.low_by[cells], pool.high_by[cells]) * (turn >= 2 and turn % 4 != 3)
        bases = [pool.tables[number] for number in numbers.tolist()]
        ours, theirs = group.changes(bases, units), group.changes(bases, partners)
        low, high = kind.bounds(self.low, self.high, units, partners, ours, theirs)
        every = np.arange(len(some))
        goals = goals - ours[every, places]
        good, by = search(group.frame, low, high, places, goals, random)
        reached = 0
        for job in np.flatnonzero(good).tolist():
            base, change = bases[job], by[job, :count]
            beside = ~np.isin(group.unit[base[0]], (units[job], partners[job]))
            table = np.concatenate([base[0][beside], kind.cells[units[job]], kind.cells[partners[job]]])
            amount = np.concatenate([base[1][beside], ours[job] + change, theirs[job] - change])
            order = np.argsort(table)
            order = order[amount[order] != 0]
            reached += pool.add(table[order], amount[order])
        return reached

    def _goals(self, cells: Ints, sign: Ints, turn: int) -> Ints:
        """How far cells have still to go, in the direction given if they can; from the third turn on step by step."""
        pool, requirement = self.pool, self.problem.requirement
        below, above, span = (a[cells] for a in (requirement.below, requirement.above, requirement.span))
        least, most = pool.low[cells], pool.high[cells]
        down = np.maximum(np.minimum(-below, most - span), self.low[cells])
        up = np.minimum(np.maximum(above, least + span), self.high[cells])
        down, up = np.where(down < least, down, 0), np.where(up > most, up, 0)
        goal = np.where(sign < 0, np.where(down != 0, down, up), np.where(up != 0, up, down))
        if turn < 2:
            return goal
        step = 1 + turn % 2
        return np.where(goal < 0, np.maximum(goal, least - step), np.minimum(goal, most + step * (goal > 0)))

    def settled(self, cell: int) -> bool:
        """Whether the largest search proved that the cell goes no further than found."""
        bits, requirement = self._settled.get(cell, 0), self.problem.requirement
        down = bits & 1 or self.pool.low[cell] <= max(-requirement.below[cell], self.low[cell])
        up = bits & 2 or self.pool.high[cell] >= min(requirement.above[cell], self.high[cell])
        return bool(down and up)

    def _block(self, program: _Program, targets: Ints, whole: bool = False) -> None:
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
            goal = self._goal(cell, sign) or self._goal(cell, -sign)
            if goal:
                out[cell] = goal
        return out

    def _goal(self, cell: int, sign: int) -> int:
        """How far the cell has still to go in a direction; 0 if it need not or cannot."""
        pool, requirement = self.pool, self.problem.requirement
        below, above, span = (int(a[cell]) for a in (requirement.below, requirement.above, requirement.span))
        if sign < 0:
            goal = max(min(-below, int(pool.high[cell]) - span), int(self.low[cell]))
            return goal if goal < pool.low[cell] else 0
        goal = min(max(above, int(pool.low[cell]) + span), int(self.high[cell]))
        return goal if goal > pool.high[cell] else 0


class _Alike:
    """A kind made ready for moves.

    Attributes:
        unit, place: Of each cell in the kind; -1 elsewhere.
    """

    def __init__(self, kind: Kind, cells: int) -> None:
        self.kind, self.frame = kind, Frame.of(kind)
        self.unit, self.place = np.full(cells, -1, np.int64), np.full(cells, -1, np.int64)
        self.unit[kind.cells] = np.arange(len(kind.cells))[:, None]
        self.place[kind.cells] = np.arange(kind.cells.shape[1])
        self._order = np.argsort(kind.family, kind="stable")
        self._rank = np.empty_like(self._order)
        self._rank[self._order] = np.arange(len(kind.family))
        sizes = np.bincount(kind.family)
        self._size = sizes[kind.family]
        self._begin = (np.cumsum(sizes) - sizes)[kind.family]

    def partners(self, units: Ints, random: np.random.Generator) -> Ints:
        """A sibling of each unit, at random."""
        begin, size = self._begin[units], self._size[units]
        shift = 1 + (random.random(len(units)) * (size - 1)).astype(np.int64)
        return self._order[begin + (self._rank[units] - begin + shift) % size]

    def changes(self, tables: list[tuple[Ints, Ints]], units: Ints) -> Ints:
        """What tables change in a unit each, a row a table."""
        out = np.zeros((len(tables), self.kind.cells.shape[1]), np.int64)
        for row, ((cells, by), unit) in enumerate(zip(tables, units.tolist(), strict=True)):
            if len(cells):
                mine = self.unit[cells] == unit
                out[row, self.place[cells[mine]]] = by[mine]
        return out


class _Program:
    """An integer program over a block, ready to be run for several aims."""

    def __init__(self, search: Search, cells: Ints, rows: Ints, nodes: int) -> None:
        self.search, self.cells, self.rows = search, cells, rows
        system = search.problem.relations
        inside = np.full(system.cells, -1, np.int64)
        inside[cells] = np.arange(len(cells))
        entries = np.concatenate([np.arange(system.start[r], system.start[r + 1]) for r in rows.tolist()] or [rows])
        column = inside[system.cell[entries]]
        keep = column >= 0
        self.column, self.coef = column[keep], system.coef[entries][keep]
        lengths = system.start[rows + 1] - system.start[rows]
        owner = np.repeat(np.arange(len(rows)), lengths)[keep]
        self.start = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(rows)))])
        self.optimal = False
        self.solver = quiet()
        self.solver.setOptionValue("mip_max_nodes", nodes)
        stop_after(self.solver, ITERATIONS)
        self.solver.setOptionValue("mip_heuristic_effort", 0.2)

    def reach(self, wanted: dict[int, int]) -> tuple[Ints, Ints] | None:
        """Cells and differences of a table that goes towards the aims, or None."""
        search = self.search
        low, high = search.low[self.cells].copy(), search.high[self.cells].copy()
        cost = np.zeros(len(self.cells))
        for cell, goal in wanted.items():
            at = int(np.searchsorted(self.cells, cell))
            cost[at] = 1.0 if goal < 0 else -1.0
            low[at], high[at] = (max(low[at], goal), high[at]) if goal < 0 else (low[at], min(high[at], goal))
        limits = search.row_low[self.rows], search.row_high[self.rows]
        self.solver.clearModel()
        self.solver.passModel(model(cost, low, high, (self.start, self.column, self.coef), *limits, integer=True))
        start_at(self.solver, np.zeros(len(self.cells)))
        self.solver.run()
        self.optimal = self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        point = np.array(self.solver.getSolution().col_value)
        if len(point) != len(self.cells):
            return None
        by = np.round(point).astype(np.int64)
        sums = np.bincount(np.repeat(np.arange(len(self.rows)), np.diff(self.start)), self.coef * by[self.column])
        sums = np.round(sums).astype(np.int64)
        if (by < low).any() or (by > high).any() or (sums < limits[0]).any() or (sums > limits[1]).any():
            return None
        changed = by != 0
        return (self.cells[changed], by[changed]) if changed.any() else None
