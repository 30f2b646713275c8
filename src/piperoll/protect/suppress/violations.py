"""What a pattern leaves open: for each attacker and each primary cell known too well, the explanations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from piperoll.protect.attacker import Insider, Mask
from piperoll.protect.inference.explain import Events, Explainer, events
from piperoll.protect.inference.propagate import HIGH, LOW, Fixpoint, Improved, Propagator, batches
from piperoll.protect.problem import Problem
from piperoll.protect.relations import Ints


TOGETHER = 64


@dataclass(frozen=True)
class Leak:
    """A primary cell known too well.

    Attributes:
        cell: Which.
        cells: Published cells that give it away; suppressing none of them leaves it so.
        low, high: What it is known to lie between.
        rows: Relations that were used.
        insider: Who sees it, if it takes one.
    """

    cell: int
    cells: frozenset[int]
    low: int
    high: int
    rows: frozenset[int] = field(default=frozenset())
    insider: str = ""


class Watch:
    """Looks at patterns of one problem by propagation."""

    def __init__(self, problem: Problem, propagator: Propagator | None = None) -> None:
        self.problem = problem
        self.propagator = propagator or Propagator(problem.relations)
        self._before: tuple[Ints, Ints, Mask] | None = None
        # For insiders who learned nothing when last looked at: the cells that what they can add up depends on.
        self._quiet: dict[int, Ints] = {}

    def bounds(self, pattern: Mask, *, history: bool = False) -> tuple[Fixpoint, Mask, Mask]:
        """Bounds that the outsider without own contributions reaches; with what is hidden and which rows hold."""
        problem = self.problem
        hidden = problem.hidden(pattern)
        held = problem.relations.known(~hidden)
        low, high = problem.knowledge.bounds(hidden)
        return self.propagator.run(low, high, held, history=history), hidden, held

    def leaks(self, pattern: Mask, *, every: bool = True) -> list[Leak]:
        """Leaks of a pattern. With ``every`` also those only insiders see; else those only if there are no others."""
        problem = self.problem
        fixpoint, hidden, held = self.bounds(pattern, history=True)
        targets = problem.targets
        broken = targets[problem.requirement.broken(problem.values, fixpoint.low, fixpoint.high, targets)]
        base = events(fixpoint.history)
        found: list[Leak] = []
        if len(broken):
            explainer = self._explainer(hidden, base)
            for cell in broken.tolist():
                found += self._explain(explainer, cell, fixpoint.low[cell], fixpoint.high[cell], "")
        if problem.knowledge.insiders and (every or not found):
            found += self._insiders(fixpoint, hidden, held, base)
        return found

    def _explainer(self, hidden: Mask, base: Events, more: Events | None = None, own: dict | None = None) -> Explainer:
        knowledge = self.problem.knowledge
        free = (knowledge.hidden_low, knowledge.hidden_high)
        return Explainer(self.problem.relations, knowledge.bounds(hidden), free, hidden, base, more, own)

    def _explain(self, explainer: Explainer, cell: int, low: int, high: int, insider: str) -> list[Leak]:
        at = int(self.problem.values[cell])
        requirement = self.problem.for_insiders if insider else self.problem.requirement
        low, high = int(low), int(high)
        below, above, span = (int(a[cell]) for a in (requirement.below, requirement.above, requirement.span))
        wanted: list[tuple[tuple[int, int, int], ...]] = []
        if low > at - below:
            wanted.append(((cell, LOW, at - below + 1),))
        if high < at + above:
            wanted.append(((cell, HIGH, at + above - 1),))
        if high - low < span:
            # What is more than needed may be given up at either end.
            spare = span - 1 - (high - low)
            wanted.append(((cell, LOW, low - spare), (cell, HIGH, high)))
            if spare:
                wanted.append(((cell, LOW, low), (cell, HIGH, high + spare)))
        leaks = []
        for bounds in wanted:
            rows: set[int] = set()
            cells = explainer.why(*bounds, rows=rows)
            leaks.append(Leak(cell, cells, low, high, frozenset(rows), insider))
        return leaks

    def _insiders(self, fixpoint: Fixpoint, hidden: Mask, held: Mask, base: Events) -> Iterator[Leak]:
        problem, cells = self.problem, self.problem.relations.cells
        primary = problem.primary
        sweeps = len(fixpoint.history)
        insiders = problem.knowledge.insiders
        asked = self._stirred(fixpoint, held)
        for part in batches(len(asked), TOGETHER):
            some = [insiders[number] for number in asked[part]]
            own = [self.own(insider) for insider in some]
            low, high = np.tile(fixpoint.low, len(some)), np.tile(fixpoint.high, len(some))
            changed = []
            for copy, known in enumerate(own):
                for cell, (least, most) in known.items():
                    at = copy * cells + cell
                    if least > low[at] or most < high[at]:
                        low[at], high[at] = max(low[at], least), min(high[at], most)
                        changed.append(at)
            reached = self.propagator.run(low, high, held, np.array(sorted(changed), np.int64), history=True)
            # A cell the insider has a part in is known better already, before anything is added up.
            moved = np.union1d(reached.touched, np.array(changed, np.int64))
            copies = moved // cells
            for copy, insider in enumerate(some):
                mine = moved[copies == copy] - copy * cells
                touched = mine[primary[mine]]
                touched = touched[~np.isin(touched, insider.alone)]
                at_low, at_high = (side[copy * cells : (copy + 1) * cells] for side in (reached.low, reached.high))
                broken = touched[problem.for_insiders.broken(problem.values, at_low, at_high, touched)]
                if not len(broken):
                    self._quiet[asked[part][copy]] = self._around(np.union1d(mine, list(own[copy])).astype(np.int64))
                    continue
                more = events(_of_copy(reached.history, copy, cells), sweeps + 2)
                explainer = self._explainer(hidden, base, more, own[copy])
                for cell in broken.tolist():
                    yield from self._explain(explainer, cell, at_low[cell], at_high[cell], insider.name)

    def _stirred(self, fixpoint: Fixpoint, held: Mask) -> list[int]:
        """Insiders for whom something is otherwise than when they were last looked at and learned nothing."""
        number = len(self.problem.knowledge.insiders)
        if self._before is None or not np.array_equal(self._before[2], held):
            self._quiet.clear()
        else:
            other = (self._before[0] != fixpoint.low) | (self._before[1] != fixpoint.high)
            for insider in [k for k, around in self._quiet.items() if other[around].any()]:
                del self._quiet[insider]
        self._before = fixpoint.low, fixpoint.high, held
        return [k for k in range(number) if k not in self._quiet]

    def _around(self, cells: Ints) -> Ints:
        """Cells of every row that holds any of the cells."""
        system = self.problem.relations
        start, entry = system.by_cell
        rows = np.unique(system.row_of[np.concatenate([entry[start[c] : start[c + 1]] for c in cells] or [cells])])
        found = [system.cell[system.entries(row)] for row in rows.tolist()]
        return np.unique(np.concatenate([cells, *found]))

    def own(self, insider: Insider) -> dict[int, tuple[int, int]]:
        """Bounds an insider adds."""
        values, most = self.problem.values, self.problem.knowledge.hidden_high
        known = {cell: (part, int(most[cell])) for cell, part in insider.own}
        known.update({cell: (int(values[cell]), int(values[cell])) for cell in insider.alone})
        return known


def _of_copy(history: tuple[tuple[Improved, Improved], ...], copy: int, cells: int) -> list[tuple[Improved, Improved]]:
    out = []
    for sides in history:
        mine = []
        for side in sides:
            take = side.cells // cells == copy
            mine.append(Improved(side.cells[take] - copy * cells, side.rows[take], side.bounds[take]))
        out.append((mine[0], mine[1]))
    return out


def patterns(cells: int, chosen: Ints | list[int]) -> Mask:
    """A mask from cell numbers."""
    mask = np.zeros(cells, bool)
    mask[chosen] = True
    return mask
