"""Where adding up row by row does not see everything: linear programs over the hidden cells, component by component.

Each program moves a primary cell as far as is asked by the least change. A move seen once is good for every pattern and
every insider that it fits (see `piperoll.protect.inference.seen`), so a later look asks for little. A cell that cannot
be moved far enough is explained by the dual solution: the published cells with a weight. Duals come in floating point;
they are made whole numbers over a small denominator and the conclusion is checked with those, so that an explanation
never claims more than holds.
Source: Fischetti and Salazar (2001), sections 3 and 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from piperoll.protect.attacker import Insider, Mask
from piperoll.protect.inference.program import Component, Program
from piperoll.protect.inference.seen import NEAR, Seen
from piperoll.protect.problem import Problem
from piperoll.protect.relations import BIG, Ints
from piperoll.protect.requirement import Requirement
from piperoll.protect.suppress.violations import Leak, Watch


DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 24, 60)
# Moves through cells that someone knows in full help that someone least.
_KNOWN_IN_FULL = 3.0
_TINY = 1e-9
_NOTHING: Mapping[int, tuple[int, int]] = {}


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


def within(problem: Problem, loose: Mask, along: int) -> Mask:
    """Rows all of whose loose cells have the same code of a dimension."""
    system = problem.relations
    codes = np.zeros(system.cells, np.int64)
    codes[: len(system.names.codes)] = system.names.codes[:, along]
    entry = loose[system.cell]
    row, code = system.row_of[entry], codes[system.cell[entry]]
    least, most = np.full(system.rows, BIG), np.full(system.rows, -BIG)
    np.minimum.at(least, row, code)
    np.maximum.at(most, row, code)
    return least >= most


@dataclass(frozen=True)
class _Sight:
    """What one attacker sees: bounds while shown and while hidden, what is hidden, moves that can be ruled out."""

    name: str
    asked: Requirement
    shown: tuple[Ints, Ints]
    free: tuple[Ints, Ints]
    hidden: Mask
    clash: frozenset[int] = frozenset()

    def need(self, cell: int) -> tuple[int, int, int]:
        """How far down, up and in all the cell has to go."""
        return int(self.asked.below[cell]), int(self.asked.above[cell]), int(self.asked.span[cell])


class Audit:
    """Looks at patterns of one problem by linear programming; remembers moves, and components found safe.

    Args:
        along: Position of a dimension: rows that join cells of different codes are left out, so that the table falls
            apart into a slice for each code. What is found in a slice holds; some of what the whole tells is not found.

    Attributes:
        programs: How many linear programs were solved.
    """

    def __init__(self, problem: Problem, along: int | None = None) -> None:
        self.problem = problem
        self._along = along
        self.programs = 0
        self._safe: set[bytes] = set()
        self._seen = Seen(problem.relations, problem.values)
        self._weights = np.ones(problem.relations.cells)
        self._concerned: dict[int, list[int]] = {}
        watch = Watch(problem)
        self._own = [watch.own(insider) for insider in problem.knowledge.insiders]
        for number, (insider, own) in enumerate(zip(problem.knowledge.insiders, self._own, strict=True)):
            self._weights[list(insider.alone)] = _KNOWN_IN_FULL
            for cell in own:
                self._concerned.setdefault(cell, []).append(number)

    def leaks(self, pattern: Mask, cells: Ints | None = None) -> list[Leak]:
        """Primary cells known too well, each with an explanation; those that insiders see where there are no others.

        Args:
            cells: Those that are looked at, by outsiders alone; all, if not given.
        """
        problem = self.problem
        hidden = problem.hidden(pattern)
        held = problem.relations.known(~hidden)
        low, high = problem.knowledge.bounds(hidden)
        if self._along is not None:
            held = held & within(problem, low < high, self._along)
        self._seen.keep_to(low, high, held)
        out: list[Leak] = []
        for part in components(problem, hidden, held):
            if cells is not None:
                asked = np.intersect1d(part.cells, cells)
                if len(asked):
                    program, sight = Program(problem, part, low, high, self._weights), self._sight(hidden)
                    out += [leak for cell in asked.tolist() for leak in self._look(program, sight, cell)]
                    self.programs += program.runs
                continue
            # The same cells may be looser or hang together by fewer rows in another pattern.
            key = part.cells.tobytes() + part.rows.tobytes() + hidden[part.cells].tobytes()
            if key in self._safe:
                continue
            program = Program(problem, part, low, high, self._weights)
            found = self._component(program, hidden)
            self.programs += program.runs
            if not found:
                self._safe.add(key)
            out += found
        return out

    def _component(self, program: Program, hidden: Mask) -> list[Leak]:
        cells = program.part.cells
        targets = cells[self.problem.primary[cells]].tolist()
        sight = self._sight(hidden)
        out = []
        for cell in targets:
            out += self._look(program, sight, cell)
        if out or not self._own:
            return out
        inside = sorted({number for cell in cells.tolist() for number in self._concerned.get(cell, ())})
        for number in inside:
            own = self._own[number]
            # What no move runs into is open to this insider as it is to everyone.
            clash = self._seen.clashing(own)
            moved = self._seen.cells_of(clash)
            asked = set(moved[self.problem.primary[moved]].tolist()) | (own.keys() & set(targets))
            asked -= set(self.problem.knowledge.insiders[number].alone)
            asked &= program.at.keys()
            if not asked:
                continue
            sight = self._sight(hidden, self.problem.knowledge.insiders[number], own, clash)
            with program.known(own):
                for cell in sorted(asked):
                    out += self._look(program, sight, cell)
        return out

    def _sight(
        self,
        hidden: Mask,
        insider: Insider | None = None,
        own: Mapping[int, tuple[int, int]] = _NOTHING,
        clash: frozenset[int] = frozenset(),
    ) -> _Sight:
        knowledge = self.problem.knowledge
        shown, free = (knowledge.shown_low, knowledge.shown_high), (knowledge.hidden_low, knowledge.hidden_high)
        if insider is None:
            return _Sight("", self.problem.requirement, shown, free, hidden)
        least, most = (np.array([bounds[side] for bounds in own.values()], np.int64) for side in (0, 1))
        cells = np.array(list(own), np.int64)
        shown, free = (_narrowed(both, cells, least, most) for both in (shown, free))
        return _Sight(insider.name, self.problem.for_insiders, shown, free, hidden, clash)

    def _look(self, program: Program, sight: _Sight, cell: int) -> list[Leak]:
        """Leaks of one cell for one attacker."""
        below, above, span = sight.need(cell)
        least, most = self._reach(cell, sight)
        if least <= -below and most >= above and most - least >= span:
            return []
        out = []
        for side, by in ((0, -below), (1, above)):
            if not least <= by <= most and not self._goes(program, cell, by):
                out.append(self._short(program, sight, cell, side))
        if out:
            return out
        least, most = self._reach(cell, sight)
        if most - least >= span:
            return []
        # From the one end seen so far to the other; or all of it on one side.
        if any(self._goes(program, cell, by) for by in dict.fromkeys((span + least, most - span, span, -span))):
            return []
        leak = self._narrow(program, sight, cell)
        return [leak] if leak.high - leak.low < span else []

    def _reach(self, cell: int, sight: _Sight) -> tuple[int, int]:
        """How far down and up the cell was seen to go, in whole numbers."""
        if sight.clash:
            least, most = self._seen.reach(cell, sight.clash, sight.need(cell))
        else:
            least, most = float(self._seen.least[cell]), float(self._seen.most[cell])
        return int(np.ceil(least - NEAR)), int(np.floor(most + NEAR))

    def _goes(self, program: Program, cell: int, by: int) -> bool:
        move = program.move(cell, by)
        if move is None:
            return False
        self._seen.add(*move)
        cells, change = move
        if program.fits(cells, -change):
            self._seen.add(cells, -change)
        return True

    def _short(self, program: Program, sight: _Sight, cell: int, side: int) -> Leak:
        """Why a cell does not go as far as asked on one side, when the program just said so."""
        rows, x, (below, above, _) = program.part.rows, int(self.problem.values[cell]), sight.need(cell)
        aim = x + above - 1 if side else x - below + 1
        dual = program.refusal
        if dual is not None:
            # Scaled so that the cell itself has a weight of one.
            own = sum(float(dual[k]) * self._coef(row, cell) for k, row in enumerate(rows.tolist()) if dual[k])
            dual = dual / own if abs(own) > _TINY else None
        end = aim
        if dual is None:
            by, dual, _ = program.furthest(cell, 1 if side else -1)
            end = x + int(np.floor(by + NEAR) if side else np.ceil(by - NEAR))
        blamed = self._blame(rows, dual, cell, side, aim, sight) if dual is not None else set()
        least, most = self._reach(cell, sight)
        low, high = (min(end, x + least), end) if side else (end, max(end, x + most))
        return Leak(cell, frozenset(blamed), low, high, frozenset(rows.tolist()), sight.name)

    def _coef(self, row: int, cell: int) -> int:
        system = self.problem.relations
        entries = system.entries(row)
        return int(system.coef[entries][system.cell[entries] == cell].sum())

    def _narrow(self, program: Program, sight: _Sight, cell: int) -> Leak:
        """How far a cell goes on both sides, and why no further."""
        rows, ends, blamed = program.part.rows, [], set()
        for side, sign in ((0, -1), (1, 1)):
            by, dual, move = program.furthest(cell, sign)
            if np.isinf(by):
                ends.append(BIG)
                continue
            ends.append(int(self.problem.values[cell]) + int(np.floor(by + NEAR) if side else np.ceil(by - NEAR)))
            if move is not None and not sight.name:
                self._seen.add(*move)
            if dual is not None:
                blamed |= self._blame(rows, dual, cell, side, ends[side], sight)
        return Leak(cell, frozenset(blamed), ends[0], ends[1], frozenset(rows.tolist()), sight.name)

    def _blame(self, rows: Ints, dual: np.ndarray, cell: int, side: int, aim: int, sight: _Sight) -> set[int]:
        """Published cells that the dual's conclusion needs, most of what it does not need let go."""
        system, hidden = self.problem.relations, sight.hidden
        rows, dual = rows[np.abs(dual) > _TINY], dual[np.abs(dual) > _TINY]
        entries = np.concatenate([np.arange(system.start[r], system.start[r + 1]) for r in rows.tolist()] or [rows])
        owner = np.repeat(np.arange(len(rows)), system.start[rows + 1] - system.start[rows])
        touched, column = np.unique(system.cell[entries], return_inverse=True)
        for scale in DENOMINATORS:
            whole = np.round(dual * scale).astype(np.int64)
            if np.abs(whole - dual * scale).max(initial=0.0) < 1e-5:
                # scale * y[cell] = sum of weight * y over all cells + sum of whole * row, whatever the rows come to.
                weight = np.zeros(len(touched), np.int64)
                np.subtract.at(weight, column, system.coef[entries] * whole[owner])
                weight[touched == cell] += scale
                told = self._let_go(rows, whole, (touched, weight), scale, side, aim, sight)
                if told is not None:
                    return told
        summed = np.bincount(column, system.coef[entries] * dual[owner], minlength=len(touched))
        return self._guards(rows) | {
            int(c) for c, weight in zip(touched, summed, strict=True) if abs(weight) > _TINY and not hidden[c]
        }

    def _let_go(
        self, rows: Ints, whole: Ints, weights: tuple[Ints, Ints], scale: int, side: int, aim: int, sight: _Sight
    ) -> set[int] | None:
        """Published cells that a conclusion in whole numbers needs; None if it does not hold."""
        used, weight = (array[weights[1] != 0] for array in weights)
        hidden, lower = sight.hidden[used], side == 0
        pull = (weight > 0) == lower
        shown = np.where(pull, sight.shown[0][used], sight.shown[1][used])
        free = np.where(pull, sight.free[0][used], sight.free[1][used])
        reached = int((weight * np.where(hidden, free, shown)).sum()) + self._given(rows, whole, lower)
        # The other bound must be refuted: y <= aim - 1 (or y >= aim + 1) in scaled integers.
        spare = reached - scale * (aim - 1) - 1 if lower else scale * (aim + 1) - 1 - reached
        if spare < 0:
            return None
        lost = np.abs(weight * (free - shown))
        blamed = self._guards(rows[whole != 0])
        for k in sorted(np.flatnonzero(~hidden).tolist(), key=lambda k: (int(lost[k]), int(used[k]))):
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


def _narrowed(both: tuple[Ints, Ints], cells: Ints, least: Ints, most: Ints) -> tuple[Ints, Ints]:
    low, high = both[0].copy(), both[1].copy()
    low[cells], high[cells] = np.maximum(low[cells], least), np.minimum(high[cells], most)
    return low, high
