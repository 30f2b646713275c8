"""The engine against trying every table: hierarchies, links, releases, percentages, insiders, controlled rounding."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.protect.engine import attack, costs, prove, secure
from piperoll.protect.inference.linear import Audit
from piperoll.protect.problem import Problem
from piperoll.protect.proof.checker import check
from piperoll.protect.suppress.violations import Leak, Watch
from tests.protect import worlds
from tests.protect.worlds import every_table, interval, is_safe, known_too_well, some_pattern


QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
# 21 tests of so many make thousands of tables; more on a machine with an hour to spare.
EXAMPLES = int(os.environ.get("PIPEROLL_EXAMPLES", "150"))
LONG = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
KINDS = {
    "hierarchies": worlds.hierarchies(),
    "links": worlds.links(),
    "releases": worlds.releases(),
    "percentages": worlds.percentages(),
    "insiders": worlds.insiders(),
    "controlled": worlds.controlled(),
}


def intervals_equal(problem: Problem, seed: int) -> None:
    """What the attack says is possible is what is possible."""
    pattern = some_pattern(problem, seed)
    tables = every_table(problem, pattern)
    assume(tables is not None)
    fixpoint, _, _ = Watch(problem).bounds(pattern)
    for cell in range(problem.relations.cells):
        low, high = interval(tables, cell)
        assert fixpoint.low[cell] <= low <= high <= fixpoint.high[cell]
    for found in attack(problem, pattern):
        low, high = interval(tables, found.cell)
        assert found.exact
        assert found.low == low
        # Where nothing limits a cell the enumeration has to stop somewhere.
        assert found.high == high or high >= problem.values[found.cell] + worlds.BEYOND // 2


def explanations_stand(problem: Problem, seed: int) -> None:
    """Hiding every cell but those of an explanation leaves the leak: some of them must be hidden in any safe pattern."""
    pattern = some_pattern(problem, seed)
    insider = {who.name: who for who in problem.knowledge.insiders}
    leaks: list[Leak] = [*Watch(problem).leaks(pattern), *Audit(problem).leaks(pattern)]
    seen = set()
    for leak in leaks:
        most = problem.free().copy()
        most[list(leak.cells)] = False
        key = (leak.cell, leak.insider, most.tobytes())
        if key in seen:
            continue
        seen.add(key)
        tables = every_table(problem, most, insider.get(leak.insider))
        if tables is not None:
            assert known_too_well(problem, tables, leak.cell, bool(leak.insider)), leak


def safe_and_cheapest(problem: Problem) -> None:
    """What is called safe is safe; what is refused has no safe pattern; no safe pattern costs less than the bound."""
    cost, free = costs(problem), np.flatnonzero(problem.free())
    try:
        outcome = secure(problem)
    except UserError as error:
        assert error.code == "PR-P044"
        assert not is_safe(problem, problem.free())
        return
    certificate, proven = prove(problem, outcome)
    assert not (proven.pattern & ~problem.free()).any()
    check(certificate.data)
    assert is_safe(problem, proven.pattern) is not False
    if len(free) > 8:
        return
    best = np.inf
    for chosen in itertools.product([False, True], repeat=len(free)):
        pattern = np.zeros(problem.relations.cells, bool)
        pattern[free] = chosen
        if cost[pattern].sum() < best:
            verdict = is_safe(problem, pattern)
            if verdict is None:
                return
            if verdict:
                best = cost[pattern].sum()
    assert outcome.lower_bound <= best + 1e-6
    assert proven.cost >= best - 1e-6
    if outcome.complete and (proven.pattern == outcome.pattern).all():
        assert proven.cost == pytest.approx(best)


EACH = pytest.mark.parametrize("kind", KINDS)


def run(check_one: Callable[..., None], how: settings, *strategies: st.SearchStrategy) -> None:
    how(given(*strategies)(check_one))()


@EACH
def test_intervals_equal_enumeration(kind: str) -> None:
    run(intervals_equal, QUICK, KINDS[kind], st.integers(0, 1000))


@EACH
def test_explanations_stand_whatever_else_is_hidden(kind: str) -> None:
    run(explanations_stand, QUICK, KINDS[kind], st.integers(0, 1000))


@EACH
def test_safe_is_safe_and_nothing_costs_less_than_the_bound(kind: str) -> None:
    run(safe_and_cheapest, QUICK, KINDS[kind])


@pytest.mark.slow
@EACH
def test_intervals_equal_enumeration_at_length(kind: str) -> None:
    run(intervals_equal, LONG, KINDS[kind], st.integers(0, 1000))


@pytest.mark.slow
@EACH
def test_explanations_stand_whatever_else_is_hidden_at_length(kind: str) -> None:
    run(explanations_stand, LONG, KINDS[kind], st.integers(0, 1000))


@pytest.mark.slow
@EACH
def test_safe_is_safe_and_nothing_costs_less_than_the_bound_at_length(kind: str) -> None:
    run(safe_and_cheapest, LONG, KINDS[kind])
