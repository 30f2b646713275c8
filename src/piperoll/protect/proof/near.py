"""Tables to begin a search from: those that took cells in a row with this one far.

What one district needs to move is much like what another of the same region needs, and most of it (how the nation's
figures give way) is the same. So a search that fails from the true table may get there from a neighbour's.
"""

from __future__ import annotations

import numpy as np

from piperoll.protect.proof.pool import Pool
from piperoll.protect.relations import Ints, Relations


LOOKED = 8  # neighbours among which the one that went furthest is taken


class Near:
    """Chooses neighbours' tables, always the same for the same cells, turn and tables."""

    def __init__(self, relations: Relations, pool: Pool) -> None:
        self._system, self._pool = relations, pool

    def tables(self, cells: Ints, turn: int) -> Ints:
        """For each cell a table that took a neighbour down, and one that took one up; 0 where there is none."""
        system, random = self._system, np.random.default_rng(turn)
        start, entry = system.by_cell
        mine = start[cells + 1] - start[cells]
        inside = np.flatnonzero(mine)
        out = np.zeros((len(cells), 2), np.int64)
        if not len(inside):
            return out
        pick = random.integers(0, 2**31, (len(cells), LOOKED + 1))[inside]
        row = system.row_of[entry[start[cells[inside]] + pick[:, 0] % mine[inside]]]
        width = system.start[row + 1] - system.start[row]
        near = system.cell[system.start[row][:, None] + pick[:, 1:] % width[:, None]]
        other = near != cells[inside][:, None]
        flat = near.ravel()
        for side, reach, by in (
            (0, -self._pool.low(flat), self._pool.low_by(flat)),
            (1, self._pool.high(flat), self._pool.high_by(flat)),
        ):
            far = np.where(other, reach.reshape(near.shape), 0)
            best = far.argmax(axis=1)
            at = np.arange(len(inside))
            out[inside, side] = np.where(far[at, best] > 0, by.reshape(near.shape)[at, best], 0)
        return out
