"""Names of persons stay through merges and splits, are never used again, and do not depend on the order of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from piperoll.link.cluster.identity import Named, name_persons, spelled


def firsts(groups: list[int]) -> np.ndarray:
    """First record of each record's group."""
    return np.array([groups.index(each) for each in groups], np.int32)


def texts(count: int) -> pl.Series:
    return pl.Series([f"record {k}" for k in range(count)], dtype=pl.String)


def some(count: int) -> Callable[[np.ndarray], pl.Series]:
    return texts(count).gather


def renamed(groups: list[int], before: list[str | None], used: tuple[str, ...] = ()) -> Named:
    return name_persons(firsts(groups), some(len(groups)), pl.Series(before, dtype=pl.String), used)


def told(named: Named) -> set[tuple[str, str, str | None]]:
    return set(named.changes.iter_rows())


def test_a_name_is_p_and_thirteen_letters_that_are_not_mistaken() -> None:
    named = name_persons(firsts([0, 1, 0]), some(3))
    assert named.person[0] == named.person[2] != named.person[1]
    assert named.person.str.contains("^P[0-9A-HJKMNP-TV-Z]{13}$").all()
    assert told(named) == {("new", named.person[0], None), ("new", named.person[1], None)}


def test_spelled_is_base_32_by_hand() -> None:
    numbers = np.array([0, 31, 32, 2**64 - 1], np.uint64)
    assert spelled(numbers).to_list() == ["P" + "0" * 13, "P" + "0" * 12 + "Z", "P" + "0" * 11 + "10", "PF" + "Z" * 12]
    assert spelled(numbers[:0]).to_list() == []


def test_without_a_run_before_used_names_are_not_given_again() -> None:
    first = name_persons(firsts([0, 1]), some(2)).person.to_list()
    again = name_persons(firsts([0, 1]), some(2), used=first[:1]).person.to_list()
    assert again[0] not in first
    assert again[1] == first[1]


def test_nobody_changes_where_nothing_does() -> None:
    named = renamed([0, 0, 1], ["P1", "P1", "P2"])
    assert named.person.to_list() == ["P1", "P1", "P2"]
    assert named.changes.height == 0


def test_a_merger_keeps_the_name_of_most_records() -> None:
    named = renamed([0, 0, 0], ["P2", "P1", "P1"])
    assert named.person.to_list() == ["P1"] * 3
    assert told(named) == {("merged", "P2", "P1")}


def test_of_equals_the_first_keeps_its_name() -> None:
    named = renamed([0, 0], ["P9", "P1"])
    assert named.person.to_list() == ["P9", "P9"]


def test_a_split_leaves_the_name_to_the_larger_part() -> None:
    named = renamed([0, 1, 1], ["P1", "P1", "P1"])
    assert named.person[1] == named.person[2] == "P1"
    fresh = named.person[0]
    assert fresh != "P1"
    assert told(named) == {("split", fresh, "P1")}  # split from, not new


def test_a_part_that_joins_others_is_told_as_a_split() -> None:
    named = renamed([0, 0, 1, 1, 1], ["P1", "P1", "P1", "P2", "P2"])
    assert named.person.to_list() == ["P1", "P1", "P2", "P2", "P2"]
    assert told(named) == {("split", "P2", "P1")}


def test_new_records_join_or_are_new() -> None:
    named = renamed([0, 0, 1], ["P1", None, None])
    assert named.person.to_list()[:2] == ["P1", "P1"]
    assert told(named) == {("new", named.person[2], None)}


def test_a_group_of_several_names_one_of_which_lives_elsewhere() -> None:
    # P1 has most of its records in the second group, so that the first keeps P2
    named = renamed([0, 0, 1, 1], ["P1", "P2", "P1", "P1"])
    assert named.person.to_list() == ["P2", "P2", "P1", "P1"]
    assert told(named) == {("split", "P2", "P1")}


def test_a_name_that_ended_is_not_given_again() -> None:
    # the first record gave its person its name; now it stands apart, so that a new one must be made for it
    first = name_persons(firsts([0, 0, 0]), some(3)).person.to_list()
    named = renamed([0, 1, 1], first)
    assert named.person[1] == first[0]
    assert named.person[0] != first[0]
    again = renamed([0, 1, 1], first, used=(named.person[0],))
    assert again.person[0] not in {first[0], named.person[0]}


GROUPS = st.lists(st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(0, 5))), min_size=1, max_size=24)


@given(GROUPS, st.sets(st.integers(0, 9), max_size=4))
def test_rules_hold_for_any_regrouping(rows: list[tuple[int, int | None]], ended: set[int]) -> None:
    groups, before = [group for group, _ in rows], [None if was is None else f"P{was}" for _, was in rows]
    used = tuple(f"P{each}" for each in ended)
    named = renamed(groups, before, used)
    person = named.person.to_list()
    old = {each for each in before if each is not None}

    # one name a group, one group a name
    assert len({(group, name) for group, name in zip(groups, person, strict=True)}) == len(set(groups))
    assert len(set(person)) == len(set(groups))
    # a name is an old one of the group's own records, or was never used
    for group in set(groups):
        name = next(p for g, p in zip(groups, person, strict=True) if g == group)
        own = Counter(was for g, was in zip(groups, before, strict=True) if g == group and was is not None)
        assert name in own or name not in old | set(used)
        if name in own:
            share = {
                g: sum(was == name for h, was in zip(groups, before, strict=True) if h == g) for g in set(groups)
            }  # fmt: skip
            assert own[name] == max(share.values())  # the largest share keeps it
            at_home = [was for was in own if own[was] == max(
                Counter(g for g, w in zip(groups, before, strict=True) if w == was).values())]  # fmt: skip
            assert own[name] >= min(own[was] for was in at_home)
    # an old name is kept, or merged into what its largest share is of now
    merged = {name: into for change, name, into in told(named) if change == "merged"}
    kept = old & set(person)
    assert kept | set(merged) == old
    assert not kept & set(merged)
    assert set(merged.values()) <= kept
    # those told as new or split are the names that records bear, and splits come from where records were
    for change, name, other in told(named):
        if change == "new":
            assert name not in old
            assert other is None
            assert all(was is None for p, was in zip(person, before, strict=True) if p == name)
        if change == "split":
            assert other in {was for p, was in zip(person, before, strict=True) if p == name}
            assert name != other
    fresh = set(person) - old
    assert fresh == {name for change, name, _ in told(named) if change in ("new", "split")} - old


@given(GROUPS, st.randoms(use_true_random=False))
def test_names_without_a_run_before_are_those_of_the_records(rows: list, random) -> None:
    groups = [group for group, _ in rows]
    named = name_persons(firsts(groups), some(len(groups)))
    # a label need not be the first of its group: names come from the records that the labels point to
    order = list(range(len(groups)))
    random.shuffle(order)
    label = firsts(groups)
    place = {old: new for new, old in enumerate(order)}
    turned = np.array([place[int(label[k])] for k in order], np.int32)
    again = name_persons(turned, texts(len(groups)).gather(order).gather)
    assert again.person.to_list() == named.person.gather(order).to_list()
