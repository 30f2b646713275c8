"""Suppressing more so that open cells can move: the tables hold, nothing is paid in vain, and what is forced stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.protect import Attacker, Problem, Requirement, Shown, pose
from piperoll.protect.attacker import Mask
from piperoll.protect.engine import costs
from piperoll.protect.proof import loosen
from piperoll.protect.proof.forms import forms
from piperoll.protect.proof.gather import gather
from piperoll.protect.proof.gather import loosen as loosen_all
from piperoll.protect.proof.loosen import Loosening, loosened
from piperoll.protect.proof.witness import Search
from piperoll.protect.relations import Ints
from tests.protect import worlds
from tests.protect.proof.systems import grid
from tests.protect.proof.test_swaps import cube


MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def table(seed: int = 0, side: int = 6, base: int = 5, forced: bool = False) -> Problem:
    """A table with few small counts, rounded; with ``forced`` its grand total has to be shown."""
    system = grid(side, side)
    relations, rng = system.relations, np.random.default_rng(seed)
    found = forms(relations, system.held)
    values = found.sums[: relations.cells] @ rng.choice([0, 2, 5, 9, 20, 50], len(found.leaves))
    primary = values < 8
    must = np.zeros(len(values), bool)
    must[np.argmax(values)] = forced
    attacker = Attacker(Shown.ROUNDED if base > 1 else Shown.EXACT, base=base, threshold=8)
    return pose(relations, values, primary, attacker, Requirement.width(len(values)), forced=must)


def posed(sizes: tuple[int, ...], leaves: list[int], base: int = 1) -> Problem:
    """A cube of counts, in the order of its leaves; below 8 suppressed, shown exactly unless rounded."""
    relations = cube(*sizes)
    counts = np.array(leaves).reshape(sizes)
    for axis in range(len(sizes)):
        counts = np.concatenate([counts, counts.sum(axis=axis, keepdims=True)], axis=axis)
    values = counts.ravel().astype(np.int64)
    attacker = Attacker(Shown.ROUNDED if base > 1 else Shown.EXACT, base=base, threshold=8, knows_status=base > 1)
    requirement = Requirement.width(len(values)) if base > 1 else Requirement.around(values)
    return pose(relations, values, values < 8, attacker, requirement)


def nothing(problem: Problem) -> Mask:
    return np.zeros(problem.relations.cells, bool)


def left_open(problem: Problem, pattern: Mask) -> tuple[Search, Ints]:
    search = Search(problem, pattern)
    return search, search.run(problem.targets)


def agree(problem: Problem, pattern: Mask, search: Search) -> None:
    """Every table of the search that a target needs keeps to what a pattern leaves open."""
    pool = search.pool
    numbers = np.unique(np.concatenate([pool.low_by(problem.targets), pool.high_by(problem.targets)]))
    cells = pool.forms.changes(pool.matrix())[numbers].toarray() + problem.values
    low, high = problem.knowledge.bounds(problem.hidden(pattern))
    assert ((cells >= low) & (cells <= high)).all()


@pytest.mark.slow
def test_cells_that_cannot_move_are_given_room() -> None:
    problem = table(base=1)
    search, left = left_open(problem, nothing(problem))
    assert len(left)
    more = loosened(search, left, costs(problem), nothing(problem))
    assert len(more)
    assert problem.free()[more].all()
    pattern = nothing(problem)
    pattern[more] = True
    assert not len(search.open(left))
    agree(problem, pattern, search)


@pytest.mark.slow
@pytest.mark.parametrize("base", [1, 5])
def test_room_is_given_by_exchanges_too(base: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loosen, "SWAPS", 5)
    problem = posed((4, 3, 3), [0, 30, 2, 40, 50, 60, 9, 20, 30, 7, 80, 12] * 3, base)
    search, left = left_open(problem, nothing(problem))
    assert len(left)
    search.rigid = True
    more = loosened(search, left, costs(problem), nothing(problem))
    assert len(more)
    pattern = nothing(problem)
    pattern[more] = True
    assert not len(search.open(left))
    agree(problem, pattern, search)


def test_nothing_is_paid_where_nothing_is_open() -> None:
    problem = table()
    pattern = problem.free()
    search, left = left_open(problem, pattern)
    assert not len(left)
    assert not len(loosened(search, left, costs(problem), nothing(problem)))


def test_what_has_to_be_shown_stays() -> None:
    problem = table(3, base=1, forced=True)
    search, left = left_open(problem, nothing(problem))
    assert len(left)
    more = loosened(search, left, costs(problem), nothing(problem))
    assert len(more)
    assert not problem.forced[more].any()
    pattern = nothing(problem)
    pattern[more] = True
    agree(problem, pattern, search)


def test_what_will_be_suppressed_anyway_is_not_paid_again() -> None:
    problem = table(base=1)
    search, left = left_open(problem, nothing(problem))
    chosen = problem.free()
    assert not len(loosened(search, left, costs(problem), chosen))
    assert not len(search.open(left))


def test_cheap_cells_are_preferred() -> None:
    problem = table(5, base=1)
    cost = np.ones(problem.relations.cells)
    dear = problem.free() & (np.arange(problem.relations.cells) % 2 == 0)
    told = []
    for price in (1.0, 50.0):
        search, left = left_open(problem, nothing(problem))
        assert len(left)
        more = loosened(search, left, np.where(dear, price, cost), nothing(problem))
        told.append(dear[more].mean())
    assert told[1] < told[0]


def test_every_cell_paid_for_is_broken_by_a_table() -> None:
    problem = table(7, base=1)
    search, left = left_open(problem, nothing(problem))
    one = Loosening(search, left, costs(problem), nothing(problem))
    one.pay()
    one.undo()
    more = one.suppressed()
    low, high = problem.knowledge.shown_low[more], problem.knowledge.shown_high[more]
    leaves = len(search.forms.leaves)
    broken = np.zeros(len(more), bool)
    for at, by in one.tables():
        change = np.zeros(leaves, np.int64)
        change[at] = by
        cells = search.forms.sums[more] @ change + problem.values[more]
        broken |= (cells < low) | (cells > high)
    assert len(more)
    assert broken.all()


def test_undoing_never_costs_more(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = {}
    for undone in (0, 100):
        monkeypatch.setattr(loosen, "UNDONE", undone)
        still, total = 0, 0.0
        for seed in range(6):
            problem = table(seed, base=1)
            search, left = left_open(problem, nothing(problem))
            more = loosened(search, left, costs(problem), nothing(problem))
            still += len(search.open(left))
            total += float(costs(problem)[more].sum())
        spent[undone] = still, total
    assert spent[100][0] == spent[0][0]
    assert spent[100][1] < spent[0][1]


def test_the_same_search_gives_the_same_cells() -> None:
    told = []
    for _ in range(2):
        problem = table(2, base=1)
        search, left = left_open(problem, nothing(problem))
        told.append(loosened(search, left, costs(problem), nothing(problem)).tolist())
    assert told[0] == told[1]


def test_more_cells_than_there_is_room_for_are_taken_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loosen, "ROOM", 3)
    monkeypatch.setattr(loosen, "TURNS", 60)
    problem = table(base=1)
    search, left = left_open(problem, nothing(problem))
    assert len(left) > 3
    loosened(search, left, costs(problem), nothing(problem))
    assert not len(search.open(left))


@MANY
@given(worlds.insiders(), st.integers(0, 1000))
def test_what_is_found_for_whom_it_is_open_to_agrees_with_what_they_know(problem: Problem, seed: int) -> None:
    pattern = worlds.some_pattern(problem, seed, 0.3)
    found = gather(problem, pattern, None, None)
    more = loosen_all(problem, found, costs(problem))
    assert not problem.always_hidden[sorted(more)].any()
    assert not problem.forced[sorted(more)].any()
    wider = pattern.copy()
    wider[sorted(more)] = True
    agree(problem, wider, found.search)
    for cell, insider, search in found.left:
        if insider is None:
            continue
        known = found.insiders[insider.name][0]
        pool, one = search.pool, np.array([cell])
        for number in (int(pool.low_by(one)[0]), int(pool.high_by(one)[0])):
            cells = pool.forms.changes(pool.matrix())[number].toarray().ravel() + problem.values
            assert all(least <= cells[at] <= most for at, (least, most) in known.items())
        agree(problem, wider, search)


@MANY
@given(worlds.insiders(), st.integers(0, 1000))
def test_the_search_for_a_looser_pattern_is_as_one_made_for_it(problem: Problem, seed: int) -> None:
    pattern = worlds.some_pattern(problem, seed, 0.3)
    wider = pattern | worlds.some_pattern(problem, seed + 1, 0.5)
    search = Search(problem, pattern)
    search.run(problem.targets)
    looser = search.looser(wider)
    anew = Search(problem, wider)
    if looser is None:
        assert (search.held != anew.held).any()
        return
    assert (looser.low == anew.low).all()
    assert (looser.high == anew.high).all()
    assert looser.pool is search.pool
    agree(problem, wider, looser)


def test_for_a_tighter_pattern_tables_have_to_be_looked_at_again() -> None:
    problem = table()
    pattern = problem.free()
    search = Search(problem, pattern)
    less = pattern.copy()
    less[np.flatnonzero(pattern)[0]] = False
    assert search.looser(less) is None


def test_loosest_bounds_are_those_of_everything_suppressed() -> None:
    problem = table()
    most = Search(problem, problem.free())
    search = Search(problem, nothing(problem))
    low, high = search.loosest()
    assert (low == most.low).all()
    assert (high == most.high).all()
    cell = int(problem.targets[0])
    value = int(problem.values[cell])
    inner = Search(problem, nothing(problem), (), search, {cell: (value, value)})
    low, high = inner.loosest()
    assert low[cell] == high[cell] == 0
    asked = replace(problem, requirement=Requirement.width(len(problem.values), 1))
    assert len(asked.targets) == len(problem.targets)
