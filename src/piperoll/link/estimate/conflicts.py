"""Identifiers of which a person has one, told by the records.

A number that hardly ever differs between records of one person (a person's number, not a case's) keeps two persons
apart when it does differ, however alike their records are in pairs: all pairs of two groups are held against it, not
one by one. It gives way to overwhelming evidence. Linkages that declare what never is (`never`) decide for themselves.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from piperoll.link.cluster.persons import Vetoes
from piperoll.link.compare.program import EDITS_SWAPS, NULL, Clause, Condition, assemble
from piperoll.link.estimate.train import Trained
from piperoll.link.prepare import Ready
from piperoll.link.spec.defaults import kind_of


HARDLY = 0.01  # chance that it differs among records of one person
UNLESS = 15.0  # bits: production systems join two numbers on about this much (ministryofjustice/hmpps-person-match)


def learnt_vetoes(ready: Ready, trained: Trained) -> tuple[Vetoes, tuple[str, ...]]:
    """Vetoes with those of such identifiers, and the names of their comparisons; as they are where any is declared."""
    kinds = {each.name: kind_of(each) for each in ready.linkage.fields}
    found = []
    for number, comparison in enumerate(ready.linkage.comparisons):
        term, m = comparison.exact, trained.chances.m[number]
        one = term is not None and not term.function and kinds[term.field] == "identifier"
        if term is not None and one and trained.chances.trained[number] and m[-1] < HARDLY:
            found.append((comparison.name, ready.layout.at[term]))
    if not found or ready.linkage.vetoes:
        return ready.vetoes, ()
    clauses = [
        [Clause(1, (Condition(NULL, at, negated=True), Condition(EDITS_SWAPS, at, t=1, negated=True))), Clause(0, ())]
        for _, at in found
    ]
    never = assemble(clauses, [2] * len(found))
    return replace(ready.vetoes, program=never, unless=np.full(len(found), UNLESS)), tuple(name for name, _ in found)
