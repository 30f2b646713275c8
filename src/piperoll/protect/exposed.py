"""How well hidden cells are known by adding up: what a choice is for, counted."""

from __future__ import annotations

import numpy as np

from piperoll.protect.attacker import Mask
from piperoll.protect.problem import Problem
from piperoll.protect.relations import Ints
from piperoll.protect.suppress.violations import Watch


def possible(problem: Problem, pattern: Mask | None = None) -> Ints:
    """How many values remain possible for each primary cell when ``pattern`` is hidden besides (by default nothing)."""
    bounds = _bounds(problem, pattern)
    return (bounds[1] - bounds[0] + 1)[problem.targets]


def too_well(problem: Problem, pattern: Mask | None = None) -> int:
    """Primary cells known better than the requirement asks."""
    low, high = _bounds(problem, pattern)
    return int(problem.requirement.broken(problem.values, low, high, problem.targets).sum())


def _bounds(problem: Problem, pattern: Mask | None) -> tuple[Ints, Ints]:
    hidden = np.zeros(problem.relations.cells, bool) if pattern is None else pattern
    found = Watch(problem).bounds(hidden)[0]
    return found.low, found.high
