"""Compile the kernels of the proof and of linkage, kept beside the code: the first use need not wait for it."""

from __future__ import annotations

import numpy as np
import polars as pl

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


def link_kernels() -> None:
    """Link four records in all the ways there are."""
    from piperoll.link import link_frames

    frame = pl.DataFrame({
        "id": ["1", "2", "3", "4"], "forename": ["Ann", "Anne", "Bob", "Ann"], "surname": ["Lee", "Lee", "Ash", "Ash"],
        "dob": ["1980-02-03", "1980-03-02", "1971-05-05", None], "postcode": ["QA1 1AA", "QA1 1AB", None, "QA1 1AA"],
        "number": ["A1", "A2", None, "A1"],
    })  # fmt: skip
    fields = {"forename": None, "surname": None, "dob": None, "postcode": None, "number": {"kind": "identifier"}}
    spec = {"record": "id", "fields": fields, "never": [{"when": "different(number)", "unless_weight": 15}]}
    first = link_frames(spec, {"a": frame.head(3)})
    link_frames(spec, {"a": frame}, before=first)
    found = link_frames({**spec, "mode": "link"}, {"a": frame, "b": frame})
    found.population.search({"forename": "Ann", "surname": "Lee", "dob": "1980-02-03"})
    found.report()


if __name__ == "__main__":
    main()
    link_kernels()
