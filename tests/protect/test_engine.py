"""Patterns: what is chosen, what may not be, the secret seed, limits; and leaks known from practice."""

from __future__ import annotations

import itertools
import math

import numpy as np
import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.protect import (
    Attacker,
    Dimension,
    Hierarchy,
    Limits,
    Problem,
    Requirement,
    Shown,
    Table,
    attack,
    check,
    link,
    pose,
    prove,
    secure,
)
from piperoll.protect.engine import JITTER, costs, jittered
from piperoll.protect.inference.linear import Audit
from piperoll.protect.suppress.master import Cover, greedy, minimal
from tests.protect.worlds import is_safe


CLASSICAL = Attacker(Shown.EXACT, threshold=None)


def lattice(rows: int, columns: int, draw: int, attacker: Attacker = CLASSICAL, most: int = 30) -> Problem:
    """A grid with totals and counts drawn by a seed."""
    places, kinds = [f"r{k}" for k in range(rows)], [f"c{k}" for k in range(columns)]
    frame = pl.DataFrame(list(itertools.product(["R", *places], ["C", *kinds])), schema=["place", "kind"], orient="row")
    dimensions = [
        Dimension("place", (Hierarchy("all", {"R": tuple(places)}),)),
        Dimension("kind", (Hierarchy("all", {"C": tuple(kinds)}),)),
    ]
    inner = np.random.default_rng(draw).integers(0, most, (rows, columns))
    values = np.block([[inner.sum(), inner.sum(0)], [inner.sum(1)[:, None], inner]]).ravel()
    linked = link(dimensions, [Table("t", frame)])
    return pose(linked.relations, values, values < 8, attacker, Requirement.width(len(values)))


def equal_parts() -> Problem:
    """A total of four equal parts and one small one: any of the equal ones will do."""
    parts = ("a", "b", "c", "d", "e")
    linked = link(
        [Dimension("part", (Hierarchy("all", {"T": parts}),), top="-")],
        [Table("t", pl.DataFrame({"part": ["T", *parts]}))],
    )
    values = np.array([87, 20, 20, 20, 20, 7])
    return pose(linked.relations, values, values < 8, Attacker(Shown.EXACT), Requirement.width(6))


# --- the seed ---------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_pattern() -> None:
    problem = lattice(5, 4, 3)
    one, two = secure(problem, seed=b"secret"), secure(problem, seed=b"secret")
    assert (one.pattern == two.pattern).all()
    assert (one.cost, one.lower_bound, one.rounds, one.cuts) == (two.cost, two.lower_bound, two.rounds, two.cuts)


def test_another_seed_chooses_otherwise_where_the_cost_is_the_same() -> None:
    problem = equal_parts()
    chosen = {tuple(np.flatnonzero(secure(problem, seed=bytes([k])).pattern)) for k in range(12)}
    assert len(chosen) > 1
    assert all(len(cells) == 1 and cells[0] in (1, 2, 3, 4) for cells in chosen)


@pytest.mark.parametrize("draw", range(4))
def test_no_seed_changes_safety_nor_what_it_costs_by_more_than_the_jitter(draw: int) -> None:
    problem = lattice(4, 3, draw)
    plain = secure(problem)
    assert plain.gap < 1e-5
    for seed in (b"", b"one", b"two"):
        outcome = secure(problem, seed=seed)
        certificate, proven = prove(problem, outcome)
        assert (proven.pattern == outcome.pattern).all()
        check(certificate.data)
        assert outcome.lower_bound <= plain.cost + 1e-6
        assert plain.cost <= outcome.cost + 1e-6 <= plain.cost * (1 + JITTER) + 1e-5


def test_the_jitter_depends_on_seed_and_cell_and_is_small() -> None:
    problem = equal_parts()
    cost = costs(problem)
    one, two = jittered(problem, cost, b"one"), jittered(problem, cost, b"two")
    free = problem.free()
    assert ((one >= cost) & (one <= cost * (1 + JITTER))).all()
    assert (one[~free] == cost[~free]).all()
    assert len(set(one[1:5])) == 4
    assert (one[free] != two[free]).all()


# --- what may be hidden -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", range(4))
def test_forced_cells_are_never_hidden(draw: int) -> None:
    problem = lattice(4, 3, draw)
    free = secure(problem).pattern
    assert free.any()
    forced = np.zeros(len(free), bool)
    forced[np.flatnonzero(free)[0]] = True
    tied = pose(problem.relations, problem.values, problem.primary, CLASSICAL, problem.requirement, forced=forced)
    outcome = secure(tied)
    assert not (outcome.pattern & forced).any()
    assert outcome.cost >= secure(problem).cost - 1e-6
    check(prove(tied, outcome)[0].data)


def test_unpublished_cells_are_hidden_at_no_cost() -> None:
    problem = equal_parts()
    unpublished = np.array([False, True, False, False, False, False])
    loose = pose(
        problem.relations,
        problem.values,
        problem.primary,
        Attacker(Shown.EXACT),
        problem.requirement,
        unpublished=unpublished,
    )
    outcome = secure(loose)
    assert outcome.cost == 0
    assert loose.hidden(outcome.pattern).tolist() == [False, True, False, False, False, True]


def test_costs_decide() -> None:
    problem = equal_parts()
    cost = np.array([1.0, 5, 5, 5, 5, 5])
    assert np.flatnonzero(secure(problem, cost=cost).pattern).tolist() == [0]
    assert np.flatnonzero(secure(problem, cost=np.where(np.arange(6) == 3, 0.5, cost)).pattern).tolist() == [3]
    assert costs(problem, 0).tolist() == [1] * 6


def test_nothing_small_nothing_hidden() -> None:
    problem = lattice(2, 2, 0)
    calm = pose(problem.relations, problem.values + 0, np.zeros(9, bool), Attacker(threshold=None), problem.requirement)
    outcome = secure(calm)
    assert (outcome.pattern.any(), outcome.cost, outcome.gap, outcome.complete) == (False, 0.0, 0.0, True)
    assert check(prove(calm, outcome)[0].data) == {"cells": 0, "tables": 0, "insiders": 0}
    assert attack(calm, outcome.pattern) == []


def test_a_limit_of_rounds_leaves_a_safe_pattern_and_no_false_bound() -> None:
    for draw in range(6):
        problem = lattice(4, 3, draw)
        best, early = secure(problem), secure(problem, limits=Limits(rounds=0))
        assert early.lower_bound <= best.cost + 1e-6
        assert early.cost >= best.cost - 1e-6
        assert early.cost > 0
        assert early.gap == math.inf
        assert not early.complete
        check(prove(problem, early)[0].data)


def test_a_gap_may_be_allowed() -> None:
    problem = lattice(5, 4, 1)
    best, near = secure(problem), secure(problem, limits=Limits(gap=0.2))
    assert best.cost <= near.cost <= 1.2 * near.lower_bound + 1e-6


@pytest.mark.parametrize("attacker", [Attacker(), Attacker(Shown.EXACT), Attacker(Shown.EXACT, threshold=None)])
def test_small_grids_are_safe_by_trying_every_table(attacker: Attacker) -> None:
    tried = 0
    for draw in range(12):
        problem = lattice(2, 2, draw, attacker, most=14)
        try:
            certificate, outcome = prove(problem, secure(problem))
        except UserError as error:
            assert error.code == "PR-P044"
            continue
        check(certificate.data)
        verdict = is_safe(problem, outcome.pattern)
        assert verdict is not False
        tried += verdict is True
    assert tried >= 6


def test_what_is_unlimited_is_said_to_be() -> None:
    problem = equal_parts()
    open_row = pose(
        problem.relations, problem.values, problem.primary, Attacker(Shown.EXACT, threshold=None), Requirement.width(6)
    )
    pattern = np.array([True, True, False, False, False, False])
    [found] = attack(open_row, pattern)
    assert found.exact
    assert (found.low, "or more" in found.sentence) == (0, True)


def test_a_limit_far_away_is_not_called_exact() -> None:
    linked = link(
        [Dimension("part", (Hierarchy("all", {"T": ("a", "b")}),), top="-")],
        [Table("t", pl.DataFrame({"part": ["T", "a", "b"]}))],
    )
    values = np.array([300, 150, 150])
    problem = pose(
        linked.relations,
        values,
        np.array([False, True, True]),
        Attacker(Shown.EXACT, threshold=None),
        Requirement.width(3),
    )
    for found in attack(problem, np.zeros(3, bool)):
        assert (found.low, found.high, found.exact) == (0, 300, False)


def test_bounds_alone_are_never_called_exact() -> None:
    problem = lattice(3, 3, 2)
    for loose, tight in zip(
        attack(problem, np.zeros(16, bool), exact=False), attack(problem, np.zeros(16, bool)), strict=True
    ):
        assert not loose.exact
        assert loose.low <= tight.low <= tight.high <= loose.high


# --- leaks ------------------------------------------------------------------------------------------------------------


TYPES = ("x", "y", "z")


def acro(shown_total: int | None) -> Problem:
    """A researcher's table of types, whose margin leaves out what is hidden; then perhaps the margin itself."""
    kind = Dimension("type", (Hierarchy("all", {"All": TYPES}),))
    tables = [Table("crosstab", pl.DataFrame({"area": ["A"] * 3, "type": TYPES}))]
    values = {"crosstab": np.array([40, 35, 3])}
    if shown_total is not None:
        tables.append(Table("margin", pl.DataFrame({"area": ["A"]})))
        values["margin"] = np.array([shown_total])
    linked = link([Dimension("area"), kind], tables)
    counts = linked.gather(values)
    exactly = Attacker(Shown.EXACT, threshold=10)
    return pose(
        linked.relations, counts, counts < 10, exactly, Requirement.width(len(counts)),
        forced=np.isin(np.arange(len(counts)), [0, 1]),
    )  # fmt: skip


def test_a_hidden_count_and_then_the_total_is_refused() -> None:
    # ACRO 1.0.2 shows 40, 35, nothing and All 75, and then a second table with 78.
    first = acro(None)
    assert not secure(first).pattern.any()
    assert [(found.low, found.high) for found in attack(first, np.zeros(3, bool))] == [(0, 9)]
    both = acro(78)
    [found] = attack(both, np.zeros(4, bool))
    assert (found.low, found.high, found.exact) == (3, 3, True)
    assert found.sentence == "[A] is published as 78, [A, x] as 40 and [A, y] as 35: [A, z] is exactly 3."
    # The total may still be held back; once it has to be shown, there is no way.
    assert np.flatnonzero(secure(both).pattern).tolist() == [3]
    forced = both.forced | (np.arange(4) == 3)
    stuck = pose(
        both.relations, both.values, both.primary, Attacker(Shown.EXACT, threshold=10), both.requirement, forced=forced
    )
    with pytest.raises(UserError) as refused:
        secure(stuck)
    assert refused.value.code == "PR-P044"
    told = refused.value.sentence
    assert "[A] is published as 78, [A, x] as 40 and [A, y] as 35: [A, z] is exactly 3." in told


def test_a_year_and_all_quarters_hidden_is_refused_in_words() -> None:
    quarters = ("Q1", "Q2", "Q3", "Q4")
    linked = link(
        [Dimension("quarter", (Hierarchy("year", {"2012": quarters}),), top="-")],
        [Table("t", pl.DataFrame({"quarter": ["2012", *quarters]}))],
    )
    values = np.array([28, 7, 7, 7, 7])
    need = Requirement.width(5)
    year = np.arange(5) == 0
    with pytest.raises(UserError) as refused:
        secure(pose(linked.relations, values, values < 8, Attacker(), need, forced=year))
    told = "[2012] is published as 30 and all four parts of it are hidden ([Q1], [Q2], [Q3] and [Q4]): each is 7."
    assert f"no suppression makes this safe: {told}" in refused.value.sentence
    assert refused.value.exit_status == 19


def test_a_council_asks_twice() -> None:
    place = Dimension("place", (Hierarchy("regions", {"N": ("a", "b")}),))
    first = Table("first answer", pl.DataFrame({"place": ["a", "b"]}))
    linked = link([place], [first, Table("second answer", pl.DataFrame({"place": ["N"]}))])
    values = linked.gather({"first answer": np.array([22, 7]), "second answer": np.array([29])})
    alone = link([place], [first])
    answered = pose(alone.relations, values[:2], values[:2] < 8, Attacker(), Requirement.width(2))
    assert not secure(answered).pattern.any()
    ledger = np.array([True, False, False])
    need = Requirement.width(3)
    # The second figure is not given; that it must be leads to a refusal.
    assert secure(pose(linked.relations, values, values < 8, Attacker(), need, forced=ledger)).pattern[2]
    with pytest.raises(
        UserError, match=r"PR-P044.*safe: \[the total\] is published as 30 and \[a\] as 20: \[b\] is 6 or 7\."
    ):
        secure(pose(linked.relations, values, values < 8, Attacker(), need, forced=np.array([True, False, True])))


# --- parts of the search ----------------------------------------------------------------------------------------------


def test_an_audit_forgets_nothing_that_another_pattern_changes() -> None:
    problem = lattice(3, 3, 5, Attacker(Shown.EXACT, threshold=None))
    audit = Audit(problem)
    free = np.flatnonzero(problem.free())
    everything = problem.free()
    assert not Audit(problem).leaks(everything) or audit.leaks(everything)
    for seed in range(20):
        pattern = np.zeros(16, bool)
        pattern[np.random.default_rng(seed).choice(free, 3, replace=False)] = True
        remembered, fresh = audit.leaks(pattern), Audit(problem).leaks(pattern)
        assert {leak.cell for leak in remembered} == {leak.cell for leak in fresh}


def test_covers_are_cheapest_and_minimal() -> None:
    cost = np.array([3.0, 1.0, 1.0, 2.5])
    cuts = [frozenset({0, 1}), frozenset({0, 2}), frozenset({0, 3}), frozenset({0, 1, 3})]
    assert minimal(cuts) == cuts[:3]
    cover = Cover(cost)
    assert cover.add(cuts) == cuts
    assert cover.add(cuts[:1]) == []
    chosen, bound = cover.solve(greedy(cuts, cost))
    assert chosen == {0}
    assert bound == pytest.approx(3.0, abs=1e-4)
    assert bound <= 3.0
