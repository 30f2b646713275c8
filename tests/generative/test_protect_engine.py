"""The engine against plain enumeration on small random tables."""

from __future__ import annotations

import itertools
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.protect.engine import attack, costs, prove, secure
from piperoll.protect.problem import Problem
from piperoll.protect.proof.checker import check
from piperoll.protect.suppress.violations import Watch
from tests.protect.small import enumerate_tables, limits, problems


QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
# 21 tests of so many make thousands of tables; more on a machine with an hour to spare.
EXAMPLES = int(os.environ.get("PIPEROLL_EXAMPLES", "150"))
LONG = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def safe(problem: Problem, pattern: np.ndarray) -> bool | None:
    tables = enumerate_tables(problem, pattern)
    if tables is None:
        return None
    low, high = limits(tables)
    cells = problem.targets
    return not problem.requirement.broken(problem.values, low, high, cells).any()


def intervals_equal_enumeration(problem: Problem, seed: int) -> None:
    pattern = (np.random.default_rng(seed).random(problem.relations.cells) < 0.3) & problem.free()
    tables = enumerate_tables(problem, pattern)
    assume(tables is not None)
    low, high = limits(tables)
    for found in attack(problem, pattern):
        assert found.exact
        assert found.low == low[found.cell], found
        # Unbounded cells are cut off in the enumeration.
        assert found.high == high[found.cell] or high[found.cell] >= 15, found


def bounds_hold(problem: Problem, seed: int) -> None:
    pattern = (np.random.default_rng(seed).random(problem.relations.cells) < 0.3) & problem.free()
    tables = enumerate_tables(problem, pattern)
    assume(tables is not None)
    low, high = limits(tables)
    fixpoint, _, _ = Watch(problem).bounds(pattern)
    assert (fixpoint.low <= low).all()
    assert (fixpoint.high >= high).all()


def safe_and_best(problem: Problem) -> None:
    cost = costs(problem)
    free = np.flatnonzero(problem.free())
    try:
        outcome = secure(problem)
    except UserError as error:
        assert error.code == "PR-P044"
        verdict = safe(problem, problem.free())
        assert not verdict
        return
    certificate, proven = prove(problem, outcome)
    verdict = safe(problem, proven.pattern)
    assert check(certificate.data)["cells"] <= len(problem.targets)
    assert verdict is not False
    if len(free) <= 8:
        best = np.inf
        for chosen in itertools.product([False, True], repeat=len(free)):
            pattern = np.zeros(problem.relations.cells, bool)
            pattern[free] = chosen
            if cost[pattern].sum() < best:
                verdict = safe(problem, pattern)
                if verdict is None:
                    return
                if verdict:
                    best = cost[pattern].sum()
        assert proven.lower_bound <= best + 1e-6
        assert proven.cost >= best - 1e-6


@QUICK
@given(problems(), st.integers(0, 1000))
def test_bounds_hold_for_every_table(problem: Problem, seed: int) -> None:
    bounds_hold(problem, seed)


@QUICK
@given(problems(), st.integers(0, 1000))
def test_intervals_equal_enumeration(problem: Problem, seed: int) -> None:
    intervals_equal_enumeration(problem, seed)


@QUICK
@given(problems(most=6))
def test_patterns_are_safe_and_bounds_true(problem: Problem) -> None:
    safe_and_best(problem)


@pytest.mark.slow
@LONG
@given(problems(), st.integers(0, 1000))
def test_bounds_hold_for_every_table_at_length(problem: Problem, seed: int) -> None:
    bounds_hold(problem, seed)


@pytest.mark.slow
@LONG
@given(problems(), st.integers(0, 1000))
def test_intervals_equal_enumeration_at_length(problem: Problem, seed: int) -> None:
    intervals_equal_enumeration(problem, seed)


@pytest.mark.slow
@LONG
@given(problems(most=6))
def test_patterns_are_safe_and_bounds_true_at_length(problem: Problem) -> None:
    safe_and_best(problem)
