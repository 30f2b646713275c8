"""Runs that go on from one before: who joins whom, what is told of it, and that a run over all would say the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.link.api import Result, link_frames
from tests.link.people import people


# Nothing is counted: under one model, what a pair weighs does not depend on which other records there are.
FIXED = """
record: id
fields:
  forename:
  surname:
  dob:
  postcode:
block:
  rules: [surname, dob, postcode]
compare:
  forename:
    levels:
      - {when: forename, m: 0.9, u: 0.06}
      - {when: jaro_winkler(forename) >= 0.85, m: 0.08, u: 0.02}
      - {when: else, m: 0.02, u: 0.92}
  surname:
    levels:
      - {when: surname, m: 0.9, u: 0.05}
      - {when: jaro_winkler(surname) >= 0.85, m: 0.08, u: 0.02}
      - {when: else, m: 0.02, u: 0.93}
  dob:
    levels:
      - {when: dob, m: 0.9, u: 0.0001}
      - {when: digits(dob) <= 1, m: 0.09, u: 0.002}
      - {when: else, m: 0.01, u: 0.9979}
  postcode:
    levels:
      - {when: postcode, m: 0.8, u: 0.001}
      - {when: else, m: 0.2, u: 0.999}
prior: 0.002
"""
CHOSEN = {key: value for key, value in yaml.safe_load(FIXED).items() if key != "block"}  # rules of the engine's own
Row = tuple[str, str, str, str, str]
ANN, ANN_TOO = ("1", "ANN", "SMITH", "1980-01-02", "AB1 2CD"), ("2", "ANN", "SMITH", "1980-01-02", "AB1 2CD")
BOB = ("5", "BOB", "JONES", "1955-05-06", "EF3 4GH")


def frame(rows: Sequence[Row]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=["id", "forename", "surname", "dob", "postcode"], orient="row")


def run(rows: Sequence[Row], before: Result | None = None) -> Result:
    return link_frames(FIXED, frame(rows), before=before, threads=1)


def over_all(rows: Sequence[Row], first: Result) -> Result:
    """A run that knows nothing of persons before, and has the model of ``first``."""
    return link_frames(FIXED, frame(rows), model=first.model, threads=1)


def person(result: Result) -> dict[str, str]:
    return dict(result.clusters.select("record", "person").iter_rows())


def partition(clusters: pl.DataFrame) -> set[frozenset[tuple[str, str]]]:
    groups: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for file, record, name in clusters.select("file", "record", "person").iter_rows():
        groups[name].add((file, record))
    return {frozenset(each) for each in groups.values()}


def test_without_a_run_before_all_are_new() -> None:
    result = run([ANN, ANN_TOO, BOB])
    assert result.changes["change"].to_list() == ["new", "new"]
    assert set(result.changes["person"]) == set(person(result).values())


def test_no_new_record_is_no_change() -> None:
    first = run([ANN, ANN_TOO, BOB])
    again = run([BOB, ANN_TOO, ANN], first)
    assert again.clusters.equals(first.clusters)
    assert again.changes.height == 0
    assert run([ANN, ANN_TOO, BOB], again).changes.height == 0


def test_a_new_record_joins_its_person() -> None:
    first = run([ANN, BOB])
    second = run([ANN, ANN_TOO, BOB], first)
    assert person(second) == {**person(first), "2": person(first)["1"]}
    assert second.changes.height == 0


def test_a_new_person_is_told() -> None:
    first = run([ANN])
    second = run([ANN, BOB], first)
    assert person(second)["1"] == person(first)["1"]
    assert second.changes.rows() == [("new", person(second)["5"], None)]


# Two records of one woman who moved and married, too far apart to be joined; the third knows both.
MAIDEN = ("1", "ANNABEL", "SMITH", "1980-01-02", "AB1 2CD")
MARRIED = ("2", "ANNABEL", "HOLLOWAY", "1980-01-07", "ZZ9 8YX")
BRIDGE = ("3", "ANNABEL", "HOLLOWAY", "1980-01-02", "AB1 2CD")
BRIDGE_TOO = ("4", "ANNABEL", "SMITH", "1980-01-07", "ZZ9 8YX")


def test_a_record_between_two_persons_makes_them_one_and_says_so() -> None:
    first = run([MAIDEN, MARRIED])
    assert len(set(person(first).values())) == 2
    second = run([MAIDEN, MARRIED, BRIDGE, BRIDGE_TOO], first)
    assert partition(second.clusters) == partition(over_all([MAIDEN, MARRIED, BRIDGE, BRIDGE_TOO], first).clusters)
    assert len(set(person(second).values())) == 1
    (kept,) = set(person(second).values())
    (gone,) = set(person(first).values()) - {kept}
    assert kept in person(first).values()
    assert second.changes.rows() == [("merged", gone, kept)]


def test_persons_without_records_end_and_their_names_with_them() -> None:
    first = run([ANN, ANN_TOO, BOB])
    second = run([ANN, ANN_TOO], first)
    assert second.changes.rows() == [("ended", person(first)["5"], None)]
    # come back as a new record, he is given a name that nobody ever had
    third = run([ANN, ANN_TOO, BOB], second)
    assert person(third)["5"] not in set(person(first).values())
    assert third.changes.rows() == [("new", person(third)["5"], None)]
    # and so again
    fourth = run([ANN, ANN_TOO, BOB], run([ANN, ANN_TOO], third))
    assert person(fourth)["5"] not in {*person(first).values(), *person(third).values()}


def test_a_person_who_loses_one_record_stays() -> None:
    first = run([ANN, ANN_TOO, BOB])
    second = run([ANN_TOO, BOB], first)
    assert person(second) == {"2": person(first)["2"], "5": person(first)["5"]}
    assert second.changes.height == 0


@pytest.mark.parametrize("seed", range(6))
def test_in_parts_it_finds_who_a_run_over_all_finds(seed: int) -> None:
    every = people(60, seed, twice=0.7, slips=0.25).select("id", "forename", "surname", "dob", "postcode")
    order = every.sample(fraction=1, shuffle=True, seed=seed)
    first = result = link_frames(FIXED, order.head(40), threads=1)
    for part in (order.head(75), order):
        result = link_frames(FIXED, part, before=result, threads=1)
    whole = link_frames(FIXED, every, model=first.model, threads=1)
    assert partition(result.clusters) == partition(whole.clusters)
    assert any(len(each) > 1 for each in partition(whole.clusters))


POOL = (ANN, ANN_TOO, ("6", *BOB[1:]), BOB, ("7", "BOB", "JONES", "1955-05-07", "EF3 4GH"),
        ("8", "ROB", "JONES", "1955-05-06", "XY1 1AA"), ("9", "ANN", "SMYTH", "1980-01-02", "AB1 2CD"),
        ("10", "CLARE", "PATEL", "1999-12-31", "AB1 2CD"))  # fmt: skip


@settings(max_examples=25)
@given(st.lists(st.sampled_from(POOL), unique=True), st.lists(st.sampled_from(POOL), unique=True))
def test_names_stay_where_records_come_and_go(one: list[Row], other: list[Row]) -> None:
    first = run(one)
    second = run(other, first)
    was, now = person(first), person(second)
    assert partition(second.clusters) == partition(over_all(other, first).clusters)
    assert second.clusters.equals(run(other[::-1], first).clusters)
    new = {name for change, name, _ in second.changes.iter_rows() if change == "new"}
    assert new.isdisjoint(was.values())
    assert set(now.values()) - set(was.values()) - new <= {
        name for change, name, _ in second.changes.iter_rows() if change == "split"
    }
    told = {name for change, name, _ in second.changes.iter_rows() if change in ("ended", "merged")}
    assert told == set(was.values()) - set(now.values())
    ended = {name for change, name, _ in second.changes.iter_rows() if change == "ended"}
    assert ended == {name for name in was.values() if not any(was[r] == name and r in now for r in was)}


def rules(result: Result) -> list[str]:
    return [each["rule"] for each in result.model["rules"]]


def test_a_rule_of_the_engines_own_that_was_empty_is_looked_under_when_records_come() -> None:
    far = [(str(k), f"{a}NN", f"{b}MITH", f"19{k}-01-02", f"{a}B{k} 1AB") for k, (a, b) in enumerate(("KQ", "PZ"), 30)]
    first = link_frames(CHOSEN, frame(far), threads=1)
    assert first.linked.blocks == [] and len(rules(first)) == len(set(rules(first))) > 20
    assert {each["pairs"] for each in first.model["rules"]} == {0}
    again = [*far, ("90", *far[0][1:]), ("91", far[1][1], "OTHER", *far[1][3:])]
    second = link_frames(CHOSEN, frame(again), before=first, threads=1)
    assert person(second)["90"] == person(first)["30"]
    assert person(second)["91"] == person(first)["31"]
    assert partition(second.clusters) == partition(link_frames(CHOSEN, frame(again), model=first.model).clusters)


def test_rules_are_remembered_from_run_to_run() -> None:
    every = people(60, 3, twice=0.8, slips=0.2).select("id", "forename", "surname", "dob", "postcode")
    first = link_frames(CHOSEN, every.head(1), threads=1)
    second = link_frames(CHOSEN, every.head(2), before=first, threads=1)
    third = link_frames(CHOSEN, every, before=second, threads=1)
    assert set(rules(first)) == set(rules(second)) == set(rules(third))
    used = [sum(each["pairs"] > 0 for each in result.model["rules"]) for result in (first, second, third)]
    assert 0 == used[0] < used[1] <= used[2]


def test_a_rule_whose_groups_grow_too_large_is_looked_under_in_parts() -> None:
    spec = {**CHOSEN, "block": {"largest": 8}}
    every = people(150, 4, twice=0.8, slips=0.2).select("id", "forename", "surname", "dob", "postcode")
    first = link_frames(spec, every.head(20), threads=1)
    assert first.model["divided"] == []
    second = link_frames(spec, every, before=first, threads=1)
    assert second.model["divided"]
    parts = {text.partition(";")[0] for text in rules(second) if ";" in text}
    assert parts == set(second.model["divided"]) <= set(rules(first))
    third = link_frames(spec, every, before=second, threads=1)
    assert rules(third) == rules(second)
    assert partition(third.clusters) == partition(second.clusters)


@pytest.mark.parametrize("seed", range(4))
def test_in_random_parts_rules_of_the_engines_own_find_who_a_run_over_all_finds(seed: int) -> None:
    every = people(50, seed + 10, twice=0.8, slips=0.3).select("id", "forename", "surname", "dob", "postcode")
    order = every.sample(fraction=1, shuffle=True, seed=seed)
    first = result = link_frames(CHOSEN, order.head(8 + 10 * seed), threads=1)
    for count in (55 + seed, order.height):
        result = link_frames(CHOSEN, order.head(count), before=result, threads=1)
    whole = link_frames(CHOSEN, every, model=first.model, threads=1)
    assert partition(result.clusters) == partition(whole.clusters)
    assert partition(result.clusters) == partition(link_frames(CHOSEN, every, model=result.model).clusters)
    keys = ["record_l", "record_r", "weight"]
    assert result.pairs.select(keys).equals(whole.pairs.select(keys))
    assert any(len(each) > 1 for each in partition(whole.clusters))


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.permutations(POOL), st.integers(1, len(POOL)), st.integers(1, len(POOL)))
def test_any_split_with_rules_of_the_engines_own(order: list[Row], one: int, other: int) -> None:
    first = result = link_frames(CHOSEN, frame(order[: min(one, other)]), threads=1)
    for part in (order[: max(one, other)], order):
        result = link_frames(CHOSEN, frame(part), before=result, threads=1)
    whole = link_frames(CHOSEN, frame(order), model=first.model, threads=1)
    assert partition(result.clusters) == partition(whole.clusters)
    keys = ["record_l", "record_r", "weight"]
    assert result.pairs.select(keys).equals(whole.pairs.select(keys))
