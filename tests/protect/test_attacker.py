"""What each attacker takes for granted, and what that lets them work out."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.protect import (
    Attacker,
    Dimension,
    Hierarchy,
    Insider,
    Problem,
    Requirement,
    Shown,
    Table,
    attack,
    link,
    pose,
    prove,
    secure,
    singletons,
)
from piperoll.protect.proof.checker import check
from piperoll.protect.relations import BIG, Ints


def row_of(counts: list[int], attacker: Attacker, *, width: int = 4, figures: Ints | None = None) -> Problem:
    parts = tuple(f"part {k}" for k in range(1, len(counts)))
    part = Dimension("part", (Hierarchy("all", {"total": parts}),), top="none")
    linked = link([part], [Table("t", pl.DataFrame({"part": ["total", *parts]}))])
    values = np.array(counts, np.int64)
    primary = values < 8
    knowledge = attacker.know(values, primary, figures=figures)
    return pose(linked.relations, values, primary, knowledge, Requirement.width(len(values), width))


def known(problem: Problem, *hidden: int) -> list[tuple[int, int]]:
    pattern = np.isin(np.arange(problem.relations.cells), hidden)
    found = attack(problem, pattern)
    assert all(each.exact for each in found)
    return [(each.low, each.high) for each in found]


@pytest.mark.parametrize(
    ("attacker", "shown", "small", "other"),
    [
        (Attacker(Shown.EXACT, threshold=None), (23, 23), (0, BIG), (0, BIG)),
        (Attacker(Shown.EXACT), (23, 23), (0, 7), (8, BIG)),
        (Attacker(), (23, 27), (0, 7), (8, BIG)),
        (Attacker(knows_status=False), (23, 27), (0, BIG), (0, BIG)),
        (Attacker(Shown.CONTROLLED), (21, 29), (0, 7), (8, BIG)),
    ],
    ids=["classical", "exact", "rounded", "one symbol", "controlled"],
)
def test_bounds_of_one_cell(
    attacker: Attacker, shown: tuple[int, int], small: tuple[int, int], other: tuple[int, int]
) -> None:
    values, primary = np.array([23, 3]), np.array([False, True])
    knowledge = attacker.know(
        values, primary, figures=np.array([25, 5]) if attacker.shown is Shown.CONTROLLED else None
    )
    assert (knowledge.shown_low[0], knowledge.shown_high[0]) == shown
    assert (knowledge.hidden_low[0], knowledge.hidden_high[0]) == other
    assert (knowledge.hidden_low[1], knowledge.hidden_high[1]) == small


@pytest.mark.parametrize("status", [True, False])
def test_a_shown_figure_is_never_a_small_count(status: bool) -> None:
    # With one symbol too: what is small is not shown, whoever can tell the symbols apart.
    low, high = Attacker(base=10, knows_status=status).of_shown(np.array([10, 20]))
    assert (low.tolist(), high.tolist()) == ([8, 15], [14, 24])


@given(st.integers(0, 60), st.sampled_from([2, 3, 5, 10]), st.integers(0, 12), st.booleans(), st.booleans())
def test_bounds_are_the_counts_that_look_the_same(
    count: int, base: int, threshold: int, status: bool, exempt: bool
) -> None:
    attacker = Attacker(base=base, threshold=threshold, knows_status=status)
    primary = np.array([count < threshold and not exempt])
    knowledge = attacker.know(np.array([count]), primary)
    alike = [n for n in range(200) if attacker.figure(np.array([n]))[0] == attacker.figure(np.array([count]))[0]]
    if count >= threshold:
        alike = [n for n in alike if n >= threshold]
    if not primary[0]:
        assert (knowledge.shown_low[0], knowledge.shown_high[0]) == (min(alike), max(alike))
        # Hiding never narrows.
        assert knowledge.hidden_low[0] <= min(alike)
        assert knowledge.hidden_high[0] >= max(alike)
    else:
        assert (knowledge.hidden_low[0], knowledge.hidden_high[0]) == (0, threshold - 1 if status else BIG)


def test_two_symbols_tell_more_than_one() -> None:
    # 15 with two hidden parts, 8 and 7: marks say that one is small and the other is not.
    counts = [15, 8, 7]
    assert known(row_of(counts, Attacker(Shown.EXACT)), 1) == [(0, 7)]
    assert known(row_of(counts, replace(Attacker(Shown.EXACT), knows_status=False)), 1) == [(0, 15)]


def test_controlled_rounding_leaves_more_open_than_plain_rounding() -> None:
    # 29 = 22 + 7, by plain rounding 30 and 20, by controlled rounding 30 = 25 + 5.
    assert known(row_of([29, 22, 7], Attacker())) == [(6, 7)]
    problem = row_of([29, 22, 7], Attacker(Shown.CONTROLLED), figures=np.array([30, 25, 5]))
    assert known(problem) == [(0, 7)]


def test_controlled_rounding_of_a_small_count_that_is_shown() -> None:
    attacker = Attacker(Shown.CONTROLLED, threshold=None)
    knowledge = attacker.know(np.array([3]), np.array([False]), figures=np.array([0]))
    assert (knowledge.shown_low[0], knowledge.shown_high[0]) == (0, 4)


def test_the_prior_of_another_publication_narrows_both_states() -> None:
    knowledge = Attacker().know(
        np.array([23, 3]), np.array([False, True]), prior=(np.array([23, 2]), np.array([24, 5]))
    )
    assert (knowledge.shown_low.tolist(), knowledge.shown_high.tolist())[0][0] == 23
    assert (knowledge.shown_high[0], knowledge.hidden_high[0]) == (24, 24)
    assert (knowledge.hidden_low[1], knowledge.hidden_high[1]) == (2, 5)


def test_unpublished_cells_have_no_status() -> None:
    knowledge = Attacker().know(np.array([23, 3]), np.array([False, False]), unpublished=np.array([True, True]))
    assert knowledge.hidden_low.tolist() == [0, 0]
    assert knowledge.hidden_high.tolist() == [BIG, BIG]


def test_knowledge_of_two_policies_side_by_side() -> None:
    values, none = np.array([23, 24]), np.zeros(2, bool)
    mixed = Attacker(Shown.EXACT).know(values, none).where(np.array([True, False]), Attacker().know(values, none))
    assert mixed.shown_low.tolist() == [23, 23]
    assert mixed.shown_high.tolist() == [23, 27]


# --- insiders ---------------------------------------------------------------------------------------------------------


def test_singletons_are_the_primary_ones() -> None:
    values = np.array([1, 1, 2, 10])
    found = singletons(values, np.array([True, False, True, False]))
    assert [(who.own, who.alone) for who in found] == [(((0, 1),), (0,))]
    assert singletons(values, np.array([True, True, True, False]), ["x", "y"])[1].name == "y"


def test_one_case_in_a_total_is_the_case_in_its_part() -> None:
    # 1 = 1 + 0: whoever is the one of the total knows the parts; the other total of one has an owner of its own.
    parts = {"T": ("A", "B", "C"), "A": ("a", "b"), "B": ("c", "d")}
    names = ["T", "A", "B", "C", "a", "b", "c", "d"]
    part = Dimension("part", (Hierarchy("all", parts),))
    relations = link([part], [Table("t", pl.DataFrame({"part": names}))]).relations
    values = np.array([22, 1, 1, 20, 1, 0, 0, 1])
    first, second = singletons(values, values < 8, relations=relations)
    assert (first.own, first.alone) == (((1, 1), (4, 1)), (1, 4, 5))
    assert (second.own, second.alone) == (((2, 1), (7, 1)), (2, 6, 7))
    assert first.name == "the only case in cell 1"
    assert [who.alone for who in singletons(values, values < 8)] == [(1,), (2,), (4,), (7,)]


def test_less_may_be_asked_for_insiders() -> None:
    # 9 = 3 + 5 + 1 with 13 known: the one case's owner knows 3 + 5 = 8 as soon as 9 follows.
    counts, primary = [29, 20, 3, 5, 1], np.array([False, False, True, True, True])
    relations = row_of(counts, Attacker()).relations
    values = np.array(counts)
    attacker = Attacker(Shown.EXACT, threshold=None, insiders=singletons(values, primary))
    need = Requirement.width(5, 9)
    asked = pose(relations, values, primary, attacker, need)
    less = pose(relations, values, primary, attacker, need, inside=Requirement.width(5, 8))
    assert secure(asked).pattern.any()
    outcome = secure(less)
    assert not outcome.pattern.any()
    certificate, _ = prove(less, outcome)
    assert check(certificate.data)["insiders"] == 1
    with pytest.raises(ValueError, match="more is asked for insiders"):
        pose(relations, values, primary, attacker, need, inside=Requirement.width(5, 10))


def exact_row(counts: list[int], insiders: tuple[Insider, ...], width: int) -> Problem:
    return row_of(counts, Attacker(Shown.EXACT, threshold=None, insiders=insiders), width=width)


def test_a_singleton_works_out_the_other_hidden_part() -> None:
    # 10 = 6 + 3 + 1: the total and 6 shown leave 4 for two hidden parts, open to all but the one case's owner.
    primary = np.array([False, False, True, True])
    counts = [13, 9, 3, 1]
    plain = exact_row(counts, (), 3)
    assert not secure(plain).pattern.any()
    watched = exact_row(counts, singletons(np.array(counts), primary), 3)
    outcome = secure(watched)
    assert outcome.pattern.any()
    certificate, outcome = prove(watched, outcome)
    assert check(certificate.data)["insiders"] == 1
    [leak] = [each for each in attack(watched, np.zeros(4, bool)) if each.cell == 2]
    assert (leak.low, leak.high) == (0, 4)
    assert "the only case in cell 3 knows that [part 2] is exactly 3" in leak.sentence


def test_an_insider_that_no_suppression_stops_is_named() -> None:
    landlord = Insider("a large landlord", ((2, 5), (0, 5)))
    problem = row_of([29, 22, 7], Attacker(insiders=(landlord,)))
    with pytest.raises(UserError) as refused:
        secure(problem)
    assert refused.value.code == "PR-P044"
    assert "a large landlord knows that [part 2] is" in refused.value.sentence


def test_an_insider_with_a_part_elsewhere_changes_nothing() -> None:
    harmless = Insider("someone", ((1, 3),))
    for who in ((), (harmless,)):
        assert secure(row_of([29, 22, 7], Attacker(insiders=who))).pattern.tolist() == [False, True, False]


def test_no_one_holds_more_of_a_cell_than_there_is() -> None:
    with pytest.raises(UserError, match="PR-P040"):
        row_of([29, 22, 7], Attacker(insiders=(Insider("someone", ((2, 8),)),)))


def test_many_insiders_are_looked_at_together_or_alone_alike() -> None:
    counts = [31, *[1] * 7, 24]
    primary = np.array(counts) < 8
    whole = singletons(np.array(counts), primary)
    outcome = secure(exact_row(counts, whole, 1))
    apart = [secure(exact_row(counts, (who,), 1)) for who in whole]
    assert all((outcome.pattern >= alone.pattern).all() for alone in apart)
    for who, pattern in itertools.product(whole, [outcome.pattern]):
        problem = exact_row(counts, (who,), 1)
        assert not [leak for leak in attack(problem, pattern) if "knows that" in leak.sentence]
