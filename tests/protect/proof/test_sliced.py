"""Cells that cannot move within a slice, against the whole table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.protect import Problem
from piperoll.protect.attacker import Mask
from piperoll.protect.inference.linear import Audit, within
from piperoll.protect.proof import gather as gathering
from piperoll.protect.proof import sliced as slicing
from piperoll.protect.proof.gather import gather, reasons
from piperoll.protect.proof.sliced import sliced
from piperoll.protect.proof.witness import Search
from piperoll.protect.suppress.violations import Watch
from tests.protect.proof.test_loosen import posed, table
from tests.protect.worlds import some_pattern


MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def cubes(draw: st.DrawFn) -> Problem:
    sizes = tuple(draw(st.lists(st.integers(2, 3), min_size=2, max_size=3)))
    counts = st.sampled_from([0, 1, 3, 7, 8, 12, 40])
    leaves = draw(st.lists(counts, min_size=int(np.prod(sizes)), max_size=int(np.prod(sizes))))
    return posed(sizes, leaves, draw(st.sampled_from([1, 5])))


def but(problem: Problem, cells: frozenset[int]) -> Mask:
    """Everything suppressed that may be, but some cells."""
    pattern = problem.free()
    pattern[sorted(cells)] = False
    return pattern


@MANY
@given(cubes(), st.integers(0, 1000))
def test_what_a_slice_tells_the_whole_tells_too(problem: Problem, seed: int) -> None:
    pattern = some_pattern(problem, seed)
    leaks = sliced(problem, pattern, problem.targets)
    told = {leak.cell for leak in Audit(problem).leaks(pattern)}
    assert {leak.cell for leak in leaks} <= told
    for leak in leaks:
        # Suppressing everything else does not help.
        assert not pattern[sorted(leak.cells)].any()
        assert leak.cell in {other.cell for other in Audit(problem).leaks(but(problem, leak.cells))}


@MANY
@given(cubes(), st.integers(0, 1000))
def test_rows_of_a_slice_join_cells_of_one_code(problem: Problem, seed: int) -> None:
    pattern, system = some_pattern(problem, seed), problem.relations
    low, high = problem.knowledge.bounds(problem.hidden(pattern))
    for along in range(1, system.names.codes.shape[1]):
        inside = within(problem, low < high, along)
        for number in range(system.rows):
            cells = system.cell[system.entries(number)]
            codes = {int(system.names.codes[cell, along]) for cell in cells if low[cell] < high[cell]}
            assert inside[number] == (len(codes) <= 1)


def test_a_slice_finds_what_adding_up_does_not() -> None:
    problem = posed((2, 3, 3), [12, 7, 3, 9, 3, 9, 7, 7, 9, 1, 40, 40, 12, 9, 7, 9, 7, 1], base=5)
    pattern = np.zeros(problem.relations.cells, bool)
    pattern[[3, 11, 12, 19, 21, 29, 32, 35, 46, 47]] = True
    by_rows = {leak.cell for leak in Watch(problem).leaks(pattern)}
    assert {leak.cell for leak in sliced(problem, pattern, problem.targets)} - by_rows


def test_only_the_cells_asked_for_are_looked_at() -> None:
    problem = posed((3, 3), [1, 2, 30, 3, 40, 50, 60, 70, 80])
    nothing = np.zeros(problem.relations.cells, bool)
    every = {leak.cell for leak in sliced(problem, nothing, problem.targets)}
    assert every
    one = min(every)
    assert {leak.cell for leak in sliced(problem, nothing, np.array([one]))} == {one}


def test_many_cells_are_looked_at_here_and_there(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = posed((3, 3), [1, 20, 30, 40, 3, 60, 70, 80, 5])
    nothing = np.zeros(problem.relations.cells, bool)
    assert len({leak.cell for leak in sliced(problem, nothing, problem.targets)}) == 3
    monkeypatch.setattr(slicing, "ASKED", 2)
    told = {leak.cell for leak in sliced(problem, nothing, problem.targets)}
    assert len(told) == 2
    assert told <= set(problem.targets.tolist())


def test_slices_that_are_too_large_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slicing, "LARGEST", 0)
    problem = posed((3, 3), [1, 2, 30, 3, 40, 50, 60, 70, 80])
    assert sliced(problem, np.zeros(problem.relations.cells, bool), problem.targets) == []


def test_cells_without_codes_have_no_slices() -> None:
    problem = table()
    assert sliced(problem, np.zeros(problem.relations.cells, bool), problem.targets) == []


def test_where_slices_tell_nothing_the_search_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = posed((3, 3), [1, 20, 30, 40, 3, 60, 70, 80, 5])
    pattern = problem.free()
    went: list[int] = []

    def rigid(self: Search, targets: np.ndarray, save: object = None) -> np.ndarray:
        self.rigid = True
        return targets

    monkeypatch.setattr(Search, "run", rigid)
    monkeypatch.setattr(Search, "persist", lambda self, targets, save: went.append(len(targets)) or targets[:0])
    monkeypatch.setattr(gathering, "FEW", 0)
    assert gather(problem, pattern, None, None).left == []
    assert went == [len(problem.targets)]
    # Where they do, their reasons count, and no long search is made.
    nothing = np.zeros(problem.relations.cells, bool)
    found = gather(problem, nothing, None, None)
    assert len(went) == 1
    assert found.left
    assert reasons(problem, nothing, found) == found.leaks != []
