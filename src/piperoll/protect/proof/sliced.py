"""Cells that cannot move far enough within a slice of the table, proven by linear programs.

A slice is what one code of a dimension leaves of a table: one police force, one year. It has few enough cells for a
linear program a cell, and what cannot be in a slice cannot be in the whole.
"""

from __future__ import annotations

import numpy as np

from piperoll.protect.attacker import Mask
from piperoll.protect.inference.linear import Audit
from piperoll.protect.problem import Problem
from piperoll.protect.relations import Ints
from piperoll.protect.suppress.violations import Leak


LARGEST = 3000  # cells of a slice
ASKED = 2000  # cells that are looked at, spread over all


def sliced(problem: Problem, pattern: Mask, cells: Ints) -> list[Leak]:
    """Explanations of some of the cells, as found in slices along one dimension after another, the smallest first."""
    asked = np.sort(cells)
    asked = asked[np.unique(np.linspace(0, len(asked) - 1, min(ASKED, len(asked))).astype(np.int64))]
    found: list[Leak] = []
    for along in _dimensions(problem):
        found += Audit(problem, along).leaks(pattern, asked)
        asked = np.setdiff1d(asked, [leak.cell for leak in found])
    return found


def _dimensions(problem: Problem) -> list[int]:
    """Dimensions whose largest slice is small enough, by its size."""
    codes = problem.relations.names.codes
    if len(codes) < problem.relations.cells:
        return []
    sizes = [int(np.unique(column, return_counts=True)[1].max(initial=0)) for column in codes.T]
    return [int(at) for at in np.argsort(sizes, kind="stable") if 0 < sizes[at] <= LARGEST]
