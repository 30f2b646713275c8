"""What stands beside an edition or an answer: cells that were published before, and cells that only complete sums.

A year that is out with three of its quarters tells the fourth. So figures to be told are protected together with the
cells of every period that shares a sum with theirs, whether those are told now or not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from piperoll.periods import Kind, Period


if TYPE_CHECKING:
    from piperoll.protect.attacker import Knowledge, Mask
    from piperoll.protect.problem import Problem
    from piperoll.protect.suppress.violations import Leak


_PARTS: tuple[Kind, ...] = ("quarter", "month")


def connected(own: Iterable[Period], known: Iterable[Period], last: dt.date | None = None) -> tuple[Period, ...]:
    """The periods that share a sum with these, over any number of steps; in order.

    Args:
        own: Periods of the figures to be told.
        known: Periods of what was told before.
        last: Last day of which anything is known; parts of a year after it complete nothing.

    Returns:
        Those of ``own``, of ``known`` as far as they hang together, and the parts of a whole that no one was told.
    """
    own, pool = set(own), set(known)
    found, todo = set(own), list(own)
    while todo:
        at = todo.pop()
        near = {other for other in pool - found if _holds(at, other) or _holds(other, at)}
        found |= near
        todo += near
    for whole in tuple(found):
        for kind in _PARTS:
            if any(part.kind == kind and _holds(whole, part) for part in found):
                found |= {part for part in whole.within(kind) if last is None or part.end <= last}
    return tuple(sorted(found, key=lambda period: (period.start, -period.months)))


def _holds(whole: Period, part: Period) -> bool:
    return whole != part and whole.start <= part.start and part.end <= whole.end


def unheard(knowledge: Knowledge, cells: Mask) -> Knowledge:
    """Knowledge of small counts that no one was told of: not even that they are small."""
    import numpy as np

    from piperoll.protect.relations import BIG

    return replace(
        knowledge,
        hidden_low=np.where(cells, 0, knowledge.hidden_low),
        hidden_high=np.where(cells, BIG, knowledge.hidden_high),
    )


def gives_away(problem: Problem, news: Mask) -> Leak | None:
    """What a reader works out of the figures if nothing more is suppressed: the worst leak, or None.

    Adding up and bounding; where figures are exact, linear programming too, as `piperoll.protect.engine.secure`.

    Args:
        news: Cells that are told now; what does not hang together with them was looked at when it was told.
    """
    import numpy as np

    from piperoll.protect.inference.linear import Audit
    from piperoll.protect.suppress.violations import Watch

    pattern = np.zeros(problem.relations.cells, bool)
    problem = _near(problem, news)
    leaks = Watch(problem).leaks(pattern)
    shown = ~problem.always_hidden
    knowledge = problem.knowledge
    if not leaks and shown.any() and (knowledge.shown_low == knowledge.shown_high)[shown].mean() > 0.5:
        leaks = Audit(problem).leaks(pattern)
    return min(leaks, key=lambda leak: (leak.high - leak.low, len(leak.cells), leak.cell), default=None)


def _near(problem: Problem, news: Mask) -> Problem:
    """The problem with those small counts alone that hang together with what is new.

    Cells hang together along sums; through a cell that is known exactly nothing goes on.
    """
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    relations, knowledge = problem.relations, problem.knowledge
    fixed = ~problem.always_hidden & (knowledge.shown_low == knowledge.shown_high)
    loose = ~fixed[relations.cell]
    rows, cells = relations.row_of[loose], relations.cell[loose]
    size = relations.cells + relations.rows
    edges = coo_array((np.ones(len(rows), bool), (cells, relations.cells + rows)), shape=(size, size))
    _, part = connected_components(edges, directed=False)
    met = np.unique(relations.row_of[news[relations.cell]])
    touched = np.zeros(part.max(initial=0) + 1, bool)
    touched[part[relations.cells + met]] = True
    touched[part[: relations.cells][news & ~fixed]] = True
    near = problem.primary & touched[part[: relations.cells]]
    return replace(problem, primary=near, unpublished=problem.unpublished | (problem.primary & ~near))
