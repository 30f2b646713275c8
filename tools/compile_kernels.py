"""Compile the kernels of the proof, which are kept beside the code: the first release need not wait for it."""

from __future__ import annotations

import numpy as np

from piperoll.protect import Attacker, Requirement, Shown, pose
from piperoll.protect.engine import costs
from piperoll.protect.proof.gather import gather, loosen
from piperoll.protect.relations import Names, join, row


def main() -> None:
    """Prove a table of two rows and two columns, of which one inner count is small and nothing else is hidden."""
    names = Names((), (), np.zeros((0, 0), np.int32), tuple("abcdefghi"))
    sums = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8)]
    relations = join(names, [row(cells, [1, 1, -1]) for cells in sums])
    values = np.array([2, 20, 22, 30, 40, 70, 32, 60, 92])
    attacker = Attacker(Shown.EXACT, base=1, threshold=8)
    problem = pose(relations, values, values < 8, attacker, Requirement.width(len(values)))
    some = np.zeros(len(values), bool)
    some[1] = True
    loosen(problem, gather(problem, some, None, None), costs(problem))
    gather(problem, problem.free(), None, None)


if __name__ == "__main__":
    main()
