"""What new figures give away, against every table that agrees with what is published."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.protect.attacker import Attacker
from piperoll.protect.earlier import gives_away, unheard
from piperoll.protect.engine import pose
from piperoll.protect.problem import Problem
from piperoll.protect.relations import BIG
from piperoll.protect.requirement import Requirement
from piperoll.protect.suppress.violations import Watch
from piperoll.protect.tables import Table, link
from tests.protect.small import enumerate_tables, grid, limits, problems, values_of


@settings(max_examples=60, deadline=None)
@given(problems())
def test_what_is_told_of_a_leak_is_true(problem: Problem) -> None:
    everything = np.ones(problem.relations.cells, bool)
    leak = gives_away(problem, everything)
    none = np.zeros(problem.relations.cells, bool)
    tables = enumerate_tables(problem, none)
    if tables is None:
        return
    low, high = limits(tables)
    if leak is not None:
        assert leak.low <= low[leak.cell] and high[leak.cell] <= leak.high
        assert problem.primary[leak.cell]
        assert problem.requirement.broken(problem.values, low, high, np.array([leak.cell])).all()
    else:
        assert Watch(problem).leaks(none) == []


@settings(max_examples=60, deadline=None)
@given(problems(), st.data())
def test_only_what_hangs_together_with_news_is_looked_at(problem: Problem, data: st.DataObject) -> None:
    size = problem.relations.cells
    assert gives_away(problem, np.zeros(size, bool)) is None
    news = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    some, every = gives_away(problem, news), gives_away(problem, np.ones(size, bool))
    # A leak that new figures have a part in is found: one of them is among the figures that tell.
    leaks = Watch(problem).leaks(np.zeros(size, bool))
    if any(news[list(leak.cells)].any() for leak in leaks):
        assert some is not None
    assert some is None or every is not None


def test_nobody_told_of_a_count_knows_that_it_is_small() -> None:
    dimensions, frame = grid(2, 2)
    leaves = {("r0", "c0"): 1, ("r0", "c1"): 9, ("r1", "c0"): 9, ("r1", "c1"): 9}
    linked = link(dimensions, [Table("t", frame)])
    values = linked.gather({"t": values_of(frame, dimensions, leaves)})
    primary = values < 4
    known = Attacker(base=3, threshold=4).know(values, primary)
    plain = pose(linked.relations, values, primary, known, Requirement.width(len(values), 3))
    quiet = pose(linked.relations, values, primary, unheard(known, primary), plain.requirement)
    none = np.zeros(len(values), bool)
    assert plain.knowledge.hidden_high[primary].max() == 3
    assert quiet.knowledge.hidden_high[primary].min() == BIG
    assert (quiet.knowledge.hidden_high[~primary] == plain.knowledge.hidden_high[~primary]).all()
    wide, narrow = Watch(quiet).bounds(none)[0], Watch(plain).bounds(none)[0]
    assert (wide.low <= narrow.low).all() and (wide.high >= narrow.high).all()
