"""Records and a linkage made ready: coded, laid out, with levels and vetoes as programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from piperoll.link.block.groups import Mode
from piperoll.link.cluster.persons import Vetoes
from piperoll.link.compare.program import Clause, Condition, Program, assemble
from piperoll.link.encode.copies import learners
from piperoll.link.encode.records import Layout, Records, in_order, lay_out, read_records
from piperoll.link.spec.model import Linkage
from piperoll.link.spec.terms import Clauses, Term


@dataclass(frozen=True)
class Ready:
    """A linkage over some records.

    Attributes:
        program: Of the comparisons.
        vetoes: Of the constraints.
        learners: bool (rows,): records to learn from; not those that come again and again, and no further names.
    """

    linkage: Linkage
    records: Records
    layout: Layout
    program: Program
    vetoes: Vetoes
    mode: Mode
    learners: np.ndarray


def prepare(frames: Mapping[str, pl.DataFrame], linkage: Linkage) -> Ready:
    """Code the records of ``frames`` (by file name) for ``linkage``; in which order they come changes nothing.

    Raises:
        UserError: ``PR-L003`` a column that is not there, ``PR-L004`` records named twice.
    """
    records = read_records(in_order(frames), linkage.fields, linkage.declared.record, linkage.checks)
    layout = lay_out(records, linkage.tests, linkage.tf)
    learnt = np.ones(len(layout.coded.codes), bool) if linkage.taught else learners(layout.coded.codes)
    learnt[len(records) :] = False  # a record teaches under one name: how common names are, and how often they change
    if not learnt.all():
        layout = layout.counted(learnt)
    comparisons = [
        [clause for number, level in zip(each.numbers, each.levels, strict=True)
         for clause in _clauses(layout.at, number, level.clauses)]
        for each in linkage.comparisons
    ]  # fmt: skip
    program = assemble(comparisons, [each.size for each in linkage.comparisons])
    never, unless = declared_vetoes(linkage, layout.at)
    single = np.array([name in linkage.declared.one_each for name in records.files])
    return Ready(
        linkage,
        records,
        layout,
        program,
        Vetoes(never, unless, records.file, single),
        linkage.mode(len(frames)),
        learnt,
    )


def declared_vetoes(linkage: Linkage, at: Mapping[Term, int]) -> tuple[Program, np.ndarray]:
    """What a linkage declares that never is, as a program, and the weight to which each gives way."""
    never = assemble([[*_clauses(at, 1, each.clauses), Clause(0, ())] for each in linkage.vetoes],
                     [2] * len(linkage.vetoes))  # fmt: skip
    return never, np.array([each.unless for each in linkage.vetoes], float)


def _clauses(at: Mapping[Term, int], level: int, clauses: Clauses) -> list[Clause]:
    out = []
    for tests in clauses.alternatives:
        conditions = []
        for test in tests:
            first, *rest = (at[column] for column in test.columns)
            conditions.append(Condition(test.op, first, rest[0] if rest else 0, test.number, test.negated))
        out.append(Clause(level, tuple(conditions)))
    return out
