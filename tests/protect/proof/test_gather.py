"""Tables for insiders: the short ways, against doing it all anew for each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.protect import Attacker, Insider, Problem, Requirement, Shown, pose, singletons
from piperoll.protect.attacker import Mask
from piperoll.protect.proof.certificate import clashing, compose
from piperoll.protect.proof.checker import check
from piperoll.protect.proof.forms import forms
from piperoll.protect.proof.gather import Gathered, _furthest, _Shared, as_insider, gather
from piperoll.protect.proof.pool import Pool
from piperoll.protect.proof.witness import Search
from piperoll.protect.suppress.violations import Watch
from tests.protect import worlds
from tests.protect.proof.systems import grid


MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def crowded(seed: int = 0, side: int = 7) -> Problem:
    """A table of small counts with many who are the only case in a cell."""
    system = grid(side, side)
    relations, rng = system.relations, np.random.default_rng(seed)
    found = forms(relations, system.held)
    leaves = rng.choice([0, 1, 1, 2, 3, 9, 20], len(found.leaves))
    values = found.sums[: relations.cells] @ leaves
    primary = values < 4
    attacker = Attacker(Shown.EXACT, threshold=None, insiders=singletons(values, primary, relations=relations))
    return pose(relations, values, primary, attacker, Requirement.width(len(values), 2))


def whole(problem: Problem) -> Mask:
    """The pattern that hides all it may but the grand total."""
    pattern = problem.free().copy()
    pattern[np.argmax(problem.values)] = False
    return pattern


def ruled_out(problem: Problem, found: Gathered, insider: Insider) -> set[int]:
    """Cells with a table that the insider can rule out, by looking at each."""
    pool, own = found.search.pool, Watch(problem).own(insider)
    cells = pool.forms.changes(pool.matrix()).toarray() + problem.values
    out = set()
    for target in set(problem.targets.tolist()) - set(insider.alone):
        one = np.array([target])
        for number in (int(pool.low_by(one)[0]), int(pool.high_by(one)[0])):
            if any(not least <= cells[number, cell] <= most for cell, (least, most) in own.items()):
                out.add(target)
    return out


def sound(problem: Problem, found: Gathered) -> None:
    """Every table of every insider agrees with what is published and with what the insider knows."""
    for name, (known, _, pool) in found.insiders.items():
        insider = next(who for who in problem.knowledge.insiders if who.name == name)
        out = ruled_out(problem, found, insider)
        assert (pool is not found.search.pool) == bool(out)
        if not out:
            continue
        cells = pool.forms.changes(pool.matrix()).toarray() + problem.values
        for cell, (least, most) in known.items():
            assert (cells[:, cell] >= least).all()
            assert (cells[:, cell] <= most).all()
        low, high = problem.knowledge.bounds(found.search.hidden)
        assert ((cells >= low) & (cells <= high)).all()
        system = problem.relations
        for row in np.flatnonzero(found.search.held).tolist():
            entries = system.entries(row)
            sums = cells[:, system.cell[entries]] @ system.coef[entries]
            assert ((sums >= system.low[row]) & (sums <= system.high[row])).all()
        need, left = problem.for_insiders, {cell for cell, who, _ in found.left if who is insider}
        for cell in out - left:
            one = np.array([cell])
            down, up = int(pool.low(one)[0]), int(pool.high(one)[0])
            assert down <= -need.below[cell]
            assert up >= need.above[cell]
            assert up - down >= need.span[cell]


@MANY
@given(worlds.insiders(), st.integers(0, 1000))
def test_tables_of_insiders_agree_with_all_they_know(problem: Problem, seed: int) -> None:
    sound(problem, gather(problem, worlds.some_pattern(problem, seed, 0.6), None, None))


@MANY
@given(worlds.insiders(), st.integers(0, 1000))
def test_bounds_of_an_insider_are_those_found_anew(problem: Problem, seed: int) -> None:
    pattern = worlds.some_pattern(problem, seed)
    outside = Search(problem, pattern)
    before = outside.low.copy(), outside.high.copy(), outside.bounds[0].copy(), outside.bounds[1].copy()
    for insider in problem.knowledge.insiders:
        own = Watch(problem).own(insider)
        short = Search(as_insider(problem), pattern, (), outside, own)
        anew = Search(as_insider(problem), pattern, (), None, own)
        assert short.forms is outside.forms
        for name in ("low", "high", "hidden", "held", "leaf_low", "leaf_high", "unit"):
            assert (getattr(short, name) == getattr(anew, name)).all()
        for name in ("bounds",):
            for one, other in zip(getattr(short, name), getattr(anew, name), strict=True):
                assert (one == other).all()
        for one, other in zip(short.blocks.cells.items(), anew.blocks.cells.items(), strict=True):
            assert one[0] == other[0]
            assert (one[1] == other[1]).all()
    after = outside.low, outside.high, *outside.bounds
    assert all((one == other).all() for one, other in zip(before, after, strict=True))


@MANY
@given(worlds.insiders(), st.integers(0, 1000))
def test_an_insider_who_knows_nothing_more_has_the_bounds_of_all(problem: Problem, seed: int) -> None:
    pattern = worlds.some_pattern(problem, seed)
    outside = Search(problem, pattern)
    inner = Search(problem, pattern, (), outside, {})
    assert (inner.low == outside.low).all()
    assert (inner.high == outside.high).all()


def test_many_insiders_are_proven_and_the_checker_agrees() -> None:
    problem = crowded()
    assert len(problem.knowledge.insiders) > 9
    pattern = whole(problem)
    found = gather(problem, pattern, None, None)
    sound(problem, found)
    assert not found.left
    assert sum(pool is not found.search.pool for _, _, pool in found.insiders.values()) > 5
    told = check(compose(problem, pattern, found.search.pool, found.insiders, None))
    assert told["insiders"] == len(problem.knowledge.insiders)


def test_the_same_problem_gives_the_same_tables() -> None:
    problem = crowded(3)
    pattern = whole(problem)
    made = []
    for _ in range(2):
        found = gather(problem, pattern, None, None)
        made.append(compose(problem, pattern, found.search.pool, found.insiders, None))
    assert made[0] == made[1]


def test_tables_of_insiders_serve_for_a_wider_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = crowded(1)
    pattern = whole(problem)
    narrow = pattern.copy()
    narrow[np.flatnonzero(pattern)[-1]] = False
    before = gather(problem, narrow, None, None)
    assert not before.left
    ran: list[int] = []
    walk = Search.walk

    def counted(self: Search, *given: object) -> None:
        ran.append(len(self.open(given[0])))
        walk(self, *given)

    monkeypatch.setattr(Search, "walk", counted)
    again = gather(problem, pattern, None, before)
    sound(problem, again)
    assert not again.left
    assert len(ran) > 5
    assert not any(ran)


@MANY
@given(worlds.insiders(), st.integers(0, 1000))
def test_tables_that_are_ruled_out_are_found_for_all_at_once(problem: Problem, seed: int) -> None:
    search = Search(problem, worlds.some_pattern(problem, seed, 0.7))
    search.run(problem.targets)
    watch = Watch(problem)
    knowns = [watch.own(insider) for insider in problem.knowledge.insiders]
    cells = search.forms.changes(search.pool.matrix()).toarray() + problem.values
    told = list(clashing(problem, knowns, search.pool))
    assert len(told) == len(knowns)
    for known, numbers in zip(knowns, told, strict=True):
        plain = [
            number
            for number, table in enumerate(cells.tolist())
            if any(not least <= table[cell] <= most for cell, (least, most) in known.items())
        ]
        assert numbers.tolist() == plain


def test_one_who_knows_of_no_cell_rules_nothing_out() -> None:
    problem = crowded()
    search = Search(problem, whole(problem))
    search.run(problem.targets)
    target = int(problem.targets[0])
    exact = {target: (int(problem.values[target]),) * 2}
    nothing, something = clashing(problem, [{}, exact], search.pool)
    assert nothing.tolist() == []
    assert len(something)
    assert [found.tolist() for found in clashing(problem, [{}], search.pool)] == [[]]
    assert list(clashing(problem, [], search.pool)) == []


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6))
def test_of_each_cell_the_furthest_table_that_is_not_bad_is_kept(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tables, cells = int(rng.integers(1, 9)), int(rng.integers(1, 6))
    changes = rng.integers(-3, 4, (tables, cells)) * (rng.random((tables, cells)) < 0.6)
    changes[0] = 0
    bad = rng.random(tables) < 0.3
    bad[0] = False
    kept = _furthest(sp.csc_matrix(changes), bad)
    assert not bad[kept].any()
    assert kept == sorted(set(kept))
    left = np.vstack([changes[kept], np.zeros((1, cells), np.int64)])
    assert (left.min(axis=0) == changes[~bad].min(axis=0)).all()
    assert (left.max(axis=0) == changes[~bad].max(axis=0)).all()
    assert len(kept) <= 2 * cells


def test_tables_are_shared_by_the_cells_they_take_furthest() -> None:
    problem = crowded()
    search = Search(problem, whole(problem))
    search.run(problem.targets)
    shared = _Shared()
    assert shared.of(problem.targets) == []
    shared.add(problem.targets, search.pool)
    for cell in problem.targets.tolist():
        one = np.array([cell])
        again = Pool(search.forms, shared.of(one))
        assert again.low(one) == search.pool.low(one)
        assert again.high(one) == search.pool.high(one)
    every = shared.of(problem.targets)
    assert len(every) <= search.pool.count - 1
    assert all(len(leaves) for leaves, _ in every)


def test_less_may_be_asked_for_insiders() -> None:
    problem = crowded(2)
    inside = Requirement.width(len(problem.values), 1)
    less = replace(problem, inside=inside)
    assert as_insider(less).requirement is inside
    assert as_insider(problem).requirement is problem.requirement
    found = gather(less, whole(less), None, None)
    sound(less, found)
