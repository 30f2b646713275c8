"""Training on records: what strangers agree on, what is left out of it, what is fixed, what is not trained."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from piperoll.link import tables
from piperoll.link.engine import link
from piperoll.link.estimate.train import _u, all_pairs, random_levels, shared_of
from piperoll.link.files.spec import read_linkage
from piperoll.link.prepare import prepare
from tests.link.worlds import PEOPLE, people


@pytest.mark.parametrize(("mode", "expected"), [("dedupe", 45), ("both", 45), ("link", 25)])
def test_pairs_that_could_be_compared(mode: Any, expected: int) -> None:
    frame = people(20, 1, copies=1)
    linkage = read_linkage(PEOPLE).linkage
    ready = prepare({"a": frame[:5], "b": frame[5:10]}, linkage)
    assert all_pairs(ready.records, mode) == expected


@pytest.mark.parametrize("mode", ["both", "link"])
def test_u_of_random_pairs_is_that_of_all_pairs_where_all_are_looked_at(mode: str) -> None:
    frame = people(60, 2, copies=1)
    ready = prepare({"a": frame[:25], "b": frame[25:]}, read_linkage({**PEOPLE, "mode": mode}).linkage)
    seen = random_levels(ready)
    # every pair once
    assert [int(each.sum()) for each in seen] == [all_pairs(ready.records, ready.mode)] * 4
    few = random_levels(ready, 100)
    assert [int(each.sum()) for each in few] == [100] * 4


def test_one_person_among_random_pairs_is_taken_off() -> None:
    m, u, prior = np.array([0.9, 0.1]), np.array([0.01, 0.99]), 0.02
    mixed = (1 - prior) * u + prior * m
    seen = np.concatenate([[0.0], 1e9 * mixed])
    assert _u(seen, None, 0.0, None) == pytest.approx(mixed, rel=1e-6)
    assert _u(seen, None, prior, m) == pytest.approx(u, rel=1e-6)
    assert _u(seen, float(mixed[0]), prior, m) == pytest.approx(u, rel=1e-6)
    assert (_u(np.array([5.0, 0.0, 0.0]), None, 0.5, m) > 0).all()


def test_relatives_are_thought_of_where_there_are_surname_and_address() -> None:
    linkage = read_linkage(PEOPLE).linkage
    names = [each.name for each in linkage.comparisons]
    assert {names[c] for c in shared_of(linkage)} == {"surname", "postcode", "dob"}
    assert shared_of(read_linkage({"fields": [{"name": "surname"}, {"name": "dob"}]}).linkage) == frozenset()


def test_chances_given_for_some_levels_are_those_of_the_model() -> None:
    levels = [{"when": "surname", "m": 0.7}, {"when": "jaro_winkler(surname) >= 0.85", "u": 0.2}, {"when": "else"}]
    spec = {**PEOPLE, "compare": [{"name": "surname", "levels": levels}, {"name": "forename"}, {"name": "dob"}]}
    model = tables.model(link({"a": people(200, 3)}, read_linkage(spec).linkage))
    same, near, other = model["comparisons"][0]["levels"][1:]
    assert (same["m"], near["u"]) == (0.7, 0.2)
    assert same["m"] + near["m"] + other["m"] == pytest.approx(1)
    assert same["u"] + near["u"] + other["u"] == pytest.approx(1)
    # by themselves they are learnt otherwise
    free = {**spec, "compare": [{"name": "surname", "levels": [{"when": each["when"]} for each in levels]}]}
    learnt = tables.model(link({"a": people(200, 3)}, read_linkage(free).linkage))["comparisons"][0]["levels"]
    assert abs(learnt[1]["m"] - 0.7) > 0.02
    assert abs(learnt[2]["u"] - 0.2) > 0.02


def test_fixed_chances_are_those_of_the_model_and_others_are_learnt() -> None:
    levels = [{"when": "surname", "m": 0.7, "u": 0.01}, {"when": "else", "m": 0.3, "u": 0.99}]
    spec = {**PEOPLE, "compare": [{"name": "surname", "levels": levels}, {"name": "forename"}, {"name": "dob"}]}
    linked = link({"a": people(200, 3)}, read_linkage(spec).linkage)
    chances = linked.trained.chances
    assert (chances.m[0].tolist(), chances.u[0].tolist()) == ([0.7, 0.3], [0.01, 0.99])
    assert chances.m[1][0] != 0.7


def test_a_comparison_that_no_rule_leaves_open_is_named() -> None:
    spec = {**PEOPLE, "block": {"rules": ["dob"]}}
    told = tables.model(link({"a": people(200, 3)}, read_linkage(spec).linkage))
    assert told["not_trained"] == ["dob"]
    spec["block"] = {"rules": ["dob", "surname, forename"]}
    assert tables.model(link({"a": people(200, 3)}, read_linkage(spec).linkage))["not_trained"] == []


def test_records_that_come_again_and_again_teach_no_more_than_three() -> None:
    frame = people(150, 4)
    copies = pl.concat([frame, *[frame[:1].with_columns(id=pl.lit(f"x{k}")) for k in range(300)]])
    few = pl.concat([frame, *[frame[:1].with_columns(id=pl.lit(f"x{k}")) for k in range(5)]])
    one, other = (link({"a": each}, read_linkage(PEOPLE).linkage) for each in (few, copies))
    for a, b in zip(one.trained.chances.m, other.trained.chances.m, strict=True):
        assert a == pytest.approx(b, abs=0.1)
    assert other.persons.count == pytest.approx(one.persons.count, abs=3)
    assert np.unique(other.persons.label[other.ready.records.ids.str.starts_with("x").to_numpy()]).size == 1
