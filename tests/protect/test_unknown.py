"""Cells that cannot be counted: some counts that agree stand for them, and a reader knows no more than the figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.protect.attacker import Attacker, Knowledge, Shown
from piperoll.protect.relations import BIG, Ints, Relations
from piperoll.protect.tables import Dimension, Hierarchy, Table, link
from piperoll.protect.unknown import Unknown, complete, unknown_of
from piperoll.register.model.policy import Policy
from tests.protect.small import grid, values_of


EXACT = Attacker(Shown.EXACT, 1, 5)
ROUNDED = Attacker(Shown.ROUNDED, 5, 5)
QUARTERS = ("Q1", "Q2", "Q3", "Q4")
POLICY = Policy(key="counts", title="Counts", suppress_below=5, suppress_zero=False)


def year() -> Relations:
    import polars as pl

    way = Hierarchy("quarters", {"Y": QUARTERS})
    return link(
        [Dimension("period", (way,), top="Y")], [Table("t", pl.DataFrame({"period": ["Y", *QUARTERS]}))]
    ).relations


def names(relations: Relations, period: str = "2019") -> list[str]:
    return [f"claims|n={cell}||{period}" for cell in range(relations.cells)]


def known_of(lost: list[bool], figures: dict[int, float], attacker: Attacker = EXACT, **policy: object) -> Unknown:
    relations = year()
    ids = names(relations)
    shown = {ids[cell]: value for cell, value in figures.items()}
    nothing = np.zeros(len(lost), bool)
    return unknown_of(np.array(lost), ids, nothing, shown, attacker, replace(POLICY, **policy))


def test_one_quarter_that_follows_from_the_year() -> None:
    known = known_of([True, True, False, False, True], {0: 100.0, 1: 40.0})
    found = complete(year(), np.array([0, 0, 30, 27, 0]), known)
    assert found is not None
    assert found[0].tolist() == [100, 40, 30, 27, 3]
    assert found[1].tolist() == [True, True, False, False, False]


def test_several_that_are_unknown_get_counts_that_agree() -> None:
    known = known_of([True, False, True, True, True], {0: 100.0, 4: 12.0})
    found = complete(year(), np.array([0, 40, 0, 0, 0]), known)
    assert found is not None
    total, first, *rest = found[0].tolist()
    assert (total, first, rest[-1]) == (100, 40, 12) and sum(rest) == 60 and min(rest) >= 0


def test_a_figure_that_contradicts_the_counts_is_set_aside_and_the_others_bind() -> None:
    known = known_of([True, True, False, False, False], {0: 90.0, 1: 40.0})
    found = complete(year(), np.array([0, 0, 30, 27, 9]), known)
    assert found is not None
    values, held = found
    assert values[0] == values[1:].sum()
    # One of the two is wrong, and nobody can say which.
    assert held.sum() == 1 and not held[2:].any()


def test_counts_that_contradict_each_other_are_no_counts() -> None:
    relations = year()
    known = known_of([False, True, False, False, False], {})
    assert complete(relations, np.array([10, 0, 30, 27, 9]), known) is None


@pytest.mark.parametrize(
    ("figures", "attacker", "policy", "bounds"),
    [
        ({0: 100.0}, EXACT, {}, (100, 100)),
        ({0: 100.0}, ROUNDED, {}, (98, 102)),
        ({0: 5.0}, ROUNDED, {}, (5, 7)),
        ({0: 0.0}, ROUNDED, {}, (0, 0)),
        ({0: 0.0}, ROUNDED, {"suppress_zero": True}, (0, 2)),
        # 41 is no multiple of five: that period was not rounded.
        ({0: 100.0, 1: 41.0}, ROUNDED, {}, (100, 100)),
    ],
)
def test_what_a_figure_stands_for(
    figures: dict[int, float], attacker: Attacker, policy: dict[str, object], bounds: tuple[int, int]
) -> None:
    known = known_of([True, True, True, False, False], figures, attacker, **policy)
    assert (known.low[0], known.high[0]) == bounds
    assert (known.low[2], known.high[2]) == (0, BIG)
    assert known.shown.tolist() == [cell in figures for cell in range(5)]


def test_a_figure_that_the_policy_does_not_concern_is_the_count() -> None:
    ids = names(year())
    lost = np.array([True, True, False, False, False])
    exact = np.array([True, False, False, False, False])
    known = unknown_of(lost, ids, exact, {ids[0]: 100.0, ids[1]: 40.0}, ROUNDED, POLICY)
    assert (known.low[:2].tolist(), known.high[:2].tolist()) == ([100, 38], [100, 42])


def test_a_reader_knows_the_figures_and_nothing_of_what_is_hidden() -> None:
    known = known_of([True, True, True, False, False], {0: 100.0, 1: 40.0}).only(np.array([1, 0, 0, 0, 0], bool))
    plain = Knowledge(*(np.full(5, n, np.int64) for n in (7, 8, 5, 9)), figures=np.full(5, 7))
    found = known.known(plain)
    assert found.shown_low.tolist() == [100, 0, 0, 7, 7] and found.shown_high.tolist() == [100, BIG, BIG, 8, 8]
    assert found.hidden_low.tolist() == [0, 0, 0, 5, 5] and found.hidden_high.tolist() == [BIG, BIG, BIG, 9, 9]
    assert found.figures is not None and found.figures.tolist() == [100, 7, 7, 7, 7]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_true_figures_of_any_cells_always_agree(data: st.DataObject) -> None:
    dimensions, frame = grid(3, 2, data.draw(st.booleans()))
    leaves = {(f"r{r}", f"c{c}"): data.draw(st.integers(0, 30)) for r in range(3) for c in range(2)}
    linked = link(dimensions, [Table("t", frame)])
    truth: Ints = linked.gather({"t": values_of(frame, dimensions, leaves)})
    size = linked.relations.cells
    lost = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    out = lost & np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    attacker = data.draw(st.sampled_from([EXACT, ROUNDED]))
    ids = names(linked.relations)
    shown = {ids[cell]: float(attacker.figure(truth)[cell]) for cell in np.flatnonzero(out).tolist()}
    # Below the threshold nothing is shown, but for what the policy does not concern.
    exempt = out & (truth < 5)
    shown |= {ids[cell]: float(truth[cell]) for cell in np.flatnonzero(exempt).tolist()}
    known = unknown_of(lost, ids, exempt, shown, attacker, POLICY)
    found = complete(linked.relations, np.where(lost, 0, truth), known)
    assert found is not None
    values, held = found
    linked.relations.check(values)
    assert (values[~lost] == truth[~lost]).all() and (held == out).all()
    assert ((known.low <= truth) & (truth <= known.high))[lost].all()
