"""Records pair one to one, the nearest first, whatever order they come in."""

from __future__ import annotations

import random
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.derive.merges.pairs import one_to_one
from piperoll.register.model.merge import Pairing
from tests.derive.merges.bench import BASE, made, pairs, record, with_side


NEAR = replace(
    BASE, pairs=Pairing(("person",), when="abs(a.minute - b.minute) <= 5", nearest="abs(a.minute - b.minute)")
)


def test_equal_records_pair_and_the_others_stay_alone() -> None:
    found = made(BASE, new=[record("n1", "p"), record("n2", "q")], old=[record("o1", "q"), record("o2", "r")])
    assert pairs(found) == {("n1", None), ("n2", "o1"), (None, "o2")}


def test_an_empty_field_equals_nothing() -> None:
    found = made(BASE, new=[record("n1", None)], old=[record("o1", None)])
    assert pairs(found) == {("n1", None), (None, "o1")}


@pytest.mark.parametrize(("apart", "together"), [(0, True), (5, True), (6, False)])
def test_the_condition_has_its_edge(apart: int, together: bool) -> None:
    found = made(NEAR, new=[record("n1", "p", 10)], old=[record("o1", "p", 10 + apart)])
    assert pairs(found) == ({("n1", "o1")} if together else {("n1", None), (None, "o1")})


def test_the_nearest_is_taken_though_another_comes_first() -> None:
    found = made(NEAR, new=[record("n1", "p", 10), record("n2", "p", 14)], old=[record("o1", "p", 13)])
    assert pairs(found) == {("n1", None), ("n2", "o1")}


def test_of_records_equally_near_the_first_names_pair() -> None:
    found = made(NEAR, new=[record("n2", "p"), record("n1", "p")], old=[record("o2", "p"), record("o1", "p")])
    assert pairs(found) == {("n1", "o1"), ("n2", "o2")}


def test_a_third_side_joins_through_whichever_side_knows_it() -> None:
    three = replace(with_side(BASE, "last"), pairs=Pairing(("person",), when="abs(a.minute - b.minute) <= 1"))
    found = made(
        three,
        new=[record("n1", "p", 1)],
        old=[record("o1", "p", 2), record("o2", "q", 1)],
        last=[record("l1", "p", 3), record("l2", "q", 1), record("l3", "r", 1)],
    )
    # l1 is too far from n1, and is of one thing with it through o1.
    assert pairs(found) == {("n1", "o1", "l1"), (None, "o2", "l2"), (None, None, "l3")}


def test_the_side_trusted_most_has_the_first_word_on_who_joins() -> None:
    three = with_side(
        replace(BASE, pairs=Pairing(("person",), nearest="abs(a.minute - b.minute)", when="a.minute <> b.minute")),
        "last",
    )
    found = made(three, new=[record("n1", "p", 1)], old=[record("o1", "p", 1)], last=[record("l1", "p", 2)])
    # n1 and o1 do not pair; l1 might be of either.
    assert pairs(found) == {("n1", None, "l1"), (None, "o1", None)}


# --- against a plain reading of the rule ------------------------------------------------------------------------------


def plainly(candidates: list[tuple[int, float | None, str, str]]) -> set[tuple[str, str]]:
    """The first pair of all, then the first of what is left, one by one."""
    found: set[tuple[str, str]] = set()
    inf = float("inf")
    for _, _, thing, rec in sorted(candidates, key=lambda c: (c[0], inf if c[1] is None else c[1], c[2], c[3])):
        if all(thing != t and rec != r for t, r in found):
            found.add((thing, rec))
    return found


def frame(candidates: list[tuple[int, float | None, str, str]]) -> pl.DataFrame:
    schema = {"place": pl.Int32, "distance": pl.Float64, "thing": pl.String, "record": pl.String}
    return pl.DataFrame(candidates, schema=schema, orient="row")


CANDIDATES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.one_of(st.none(), st.integers(0, 4).map(float)),
        st.sampled_from("ABCDEF"),
        st.sampled_from("uvwxyz"),
    ),
    max_size=30,
)


@given(CANDIDATES, st.randoms(use_true_random=False))
def test_one_to_one_is_the_greedy_choice_in_any_order(
    candidates: list[tuple[int, float | None, str, str]], rng: random.Random
) -> None:
    expected = plainly(candidates)
    assert set(one_to_one(frame(candidates)).rows()) == expected
    rng.shuffle(candidates)
    assert set(one_to_one(frame(candidates)).rows()) == expected


RECORDS = st.lists(st.tuples(st.sampled_from("pqr"), st.integers(0, 9)), max_size=8)


@settings(max_examples=30)
@given(RECORDS, RECORDS, st.randoms(use_true_random=False))
def test_each_record_is_in_one_thing_in_any_order(
    new: list[tuple[str, int]], old: list[tuple[str, int]], rng: random.Random
) -> None:
    first = [record(f"n{i}", *each) for i, each in enumerate(new)]
    second = [record(f"o{i}", *each) for i, each in enumerate(old)]
    found = made(NEAR, new=first, old=second)
    for side, rows in (("new_record", first), ("old_record", second)):
        assert sorted(found.records[side].drop_nulls()) == sorted(each["record"] for each in rows)
    rng.shuffle(first)
    rng.shuffle(second)
    assert made(NEAR, new=first, old=second).records.equals(found.records)
