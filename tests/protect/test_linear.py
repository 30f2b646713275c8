"""Linear programs over hidden cells: least moves, furthest moves, and what is remembered of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from piperoll.protect.attacker import Mask
from piperoll.protect.inference.linear import Audit, components
from piperoll.protect.inference.program import Program
from piperoll.protect.inference.seen import Seen
from piperoll.protect.problem import Problem
from piperoll.protect.relations import BIG, Names, join, row
from piperoll.protect.suppress.violations import Leak, Watch
from tests.protect import worlds
from tests.protect.worlds import some_pattern


SOME = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
PROBLEMS = st.one_of(worlds.hierarchies(), worlds.links(), worlds.percentages(), worlds.insiders())


def programs(problem: Problem, pattern: Mask) -> list[Program]:
    hidden = problem.hidden(pattern)
    held = problem.relations.known(~hidden)
    low, high = problem.knowledge.bounds(hidden)
    weights = np.ones(problem.relations.cells)
    return [Program(problem, part, low, high, weights) for part in components(problem, hidden, held)]


def furthest(problem: Problem, pattern: Mask, cell: int, sign: int) -> float:
    """The same by another solver, over the whole table."""
    system, hidden = problem.relations, problem.hidden(pattern)
    held = np.flatnonzero(system.known(~hidden))
    matrix = np.zeros((len(held), system.cells))
    for at, one in enumerate(held.tolist()):
        matrix[at, system.cell[system.entries(one)]] = system.coef[system.entries(one)]
    low, high = problem.knowledge.bounds(hidden)
    top = [None if most >= BIG // 2 else int(most) for most in high.tolist()]
    cost = np.zeros(system.cells)
    cost[cell] = -sign
    limits = np.concatenate([system.high[held], -system.low[held]])
    both, real = np.vstack([matrix, -matrix]), np.abs(limits) < BIG // 2
    found = linprog(cost, both[real], limits[real], bounds=list(zip(low.tolist(), top, strict=True)))
    return sign * np.inf if found.status == 3 else float(found.x[cell]) - int(problem.values[cell])


@SOME
@given(PROBLEMS, st.integers(0, 1000))
def test_a_cell_goes_as_far_as_another_solver_says_and_moves_keep_to_everything(problem: Problem, seed: int) -> None:
    pattern, system = some_pattern(problem, seed), problem.relations
    hidden = problem.hidden(pattern)
    held = system.known(~hidden)
    low, high = problem.knowledge.bounds(hidden)
    for program in programs(problem, pattern):
        for cell in program.part.cells[problem.primary[program.part.cells]].tolist()[:2]:
            for sign in (-1, 1):
                end, _, _ = program.furthest(cell, sign)
                assert end == pytest.approx(furthest(problem, pattern, cell, sign), abs=1e-5)
                for by in (sign, 2 * sign):
                    move = program.move(cell, by)
                    assert (move is not None) == (abs(by) <= abs(end) + 1e-6)
                    if move is None:
                        continue
                    after = problem.values.astype(float)
                    after[move[0]] += move[1]
                    assert after[cell] == problem.values[cell] + by
                    assert ((after >= low - 1e-6) & (after <= high + 1e-6)).all()
                    sums = np.add.reduceat(system.coef * after[system.cell], system.start[:-1])
                    assert ((sums >= system.low - 1e-6) & (sums <= system.high + 1e-6))[held].all()


def told(leaks: list[Leak]) -> set[tuple[int, str]]:
    return {(leak.cell, leak.insider) for leak in leaks}


@SOME
@given(PROBLEMS, st.lists(st.integers(0, 1000), min_size=2, max_size=5))
def test_what_is_remembered_changes_no_verdict(problem: Problem, seeds: list[int]) -> None:
    audit, watch = Audit(problem), Watch(problem)
    for seed in seeds:
        pattern = some_pattern(problem, seed, share=0.4)
        assert told(audit.leaks(pattern)) == told(Audit(problem).leaks(pattern))
        fresh = Watch(problem).leaks(pattern)
        learned = {leak.insider for leak in watch.leaks(pattern)}
        assert learned == {leak.insider for leak in fresh}


@SOME
@given(worlds.insiders(), st.integers(0, 1000))
def test_programs_see_all_that_adding_up_sees(problem: Problem, seed: int) -> None:
    pattern = some_pattern(problem, seed)
    by_rows, by_programs = Watch(problem).leaks(pattern), Audit(problem).leaks(pattern)
    for leak in by_rows:
        # Insiders are asked where the outsider sees nothing.
        outside = any(not other.insider for other in by_programs)
        assert (leak.insider and outside) or (leak.cell, leak.insider) in told(by_programs)


# --- moves that were seen ---------------------------------------------------------------------------------------------


def four() -> tuple[Seen, np.ndarray]:
    """Total = a + b + c, and a second row that holds only while c is shown: b is at most 7."""
    names = Names((), (), np.zeros((0, 0), np.int32), ("T", "a", "b", "c"))
    relations = join(names, [row([0, 1, 2, 3], [-1, 1, 1, 1]), row([2], [1], 0, 7, guard=[3])])
    values = np.array([20, 6, 6, 8])
    return Seen(relations, values), values


ALL, SECOND = np.array([True, True]), np.array([True, False])
NOTHING, PLENTY = np.zeros(4, np.int64), np.full(4, BIG)


def test_a_move_is_possible_again_where_bounds_and_rows_allow() -> None:
    seen, values = four()
    seen.add(np.array([1, 2]), np.array([-2.0, 2.0]))
    seen.add(np.array([1, 3]), np.array([1.0, -1.0]))
    assert (seen.least.tolist(), seen.most.tolist()) == ([0, -2, 0, -1], [0, 1, 2, 0])
    seen.keep_to(NOTHING, PLENTY, SECOND)
    assert seen.most.tolist() == [0, 1, 2, 0]
    shown = np.array([20, 0, 0, 8])
    seen.keep_to(shown, np.where(np.arange(4) == 3, 8, BIG), SECOND)
    assert (seen.least.tolist(), seen.most.tolist()) == ([0, -2, 0, 0], [0, 0, 2, 0])
    # The row that holds now says that b is at most 7.
    seen.keep_to(NOTHING, PLENTY, ALL)
    assert seen.most.tolist() == [0, 1, 0, 0]
    assert values[2] + 2 > 7


def test_an_insider_rules_out_moves_of_what_is_the_own() -> None:
    seen, _ = four()
    seen.add(np.array([1, 2]), np.array([-2.0, 2.0]))
    seen.add(np.array([1, 3]), np.array([-1.0, 1.0]))
    seen.keep_to(NOTHING, PLENTY, SECOND)
    clash = seen.clashing({2: (6, 6)})
    assert clash == {0}
    assert seen.cells_of(clash).tolist() == [1, 2]
    assert seen.reach(1, clash, (9, 9, 9)) == (-1.0, 0.0)
    assert seen.reach(1, frozenset(), (1, 0, 0)) == (-2.0, 0.0)
    assert seen.clashing({2: (0, 7)}) == {0}
    assert seen.clashing({2: (0, 8), 3: (8, BIG)}) == frozenset()


def test_only_possible_moves_are_kept_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("piperoll.protect.inference.seen.MOST", 2)
    seen, _ = four()
    for by in (1.0, 2.0, 3.0):
        seen.add(np.array([1, 3]), np.array([-by, by]))
    high = np.array([BIG, BIG, BIG, 10])
    seen.keep_to(NOTHING, high, SECOND)
    assert seen.most[3] == 2
    seen.keep_to(NOTHING, high, SECOND)
    assert len(seen) == 2
    assert seen.most[3] == 2


def test_no_move_no_reach() -> None:
    seen, _ = four()
    seen.keep_to(NOTHING, PLENTY, ALL)
    assert seen.cells_of([]).tolist() == []
    assert seen.reach(0, frozenset(), (1, 1, 1)) == (0.0, 0.0)
