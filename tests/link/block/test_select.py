"""Rules of the engine's own choice: what finds nothing new is left out, what finds people is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from piperoll.link.block.blocks import Block, block, empty_of, parts_of
from piperoll.link.block.select import SAMPLE, select, thin, tight
from piperoll.link.engine import blocks_named, blocks_of, link
from piperoll.link.estimate.train import random_levels, train, weigh_up
from piperoll.link.files.spec import read_linkage
from piperoll.link.prepare import Ready, prepare
from piperoll.link.score.run import Scanner
from tests.link.worlds import PEOPLE, people


def made(*rules: str, largest: int = 5_000) -> tuple[Ready, list[Block]]:
    frame = people(400, 5).with_columns(noise=people(400, 5)["id"].str.tail(1))
    fields = [*PEOPLE["fields"], {"name": "noise"}]
    ready = prepare({"a": frame}, read_linkage({**PEOPLE, "fields": fields, "block": {"rules": rules}}).linkage)
    return ready, parts_of([block(ready.records, rule, ready.mode, largest) for rule in ready.linkage.rules])


def chosen(*rules: str, most: float = 1e9) -> list[str]:
    ready, blocks = made(*rules)
    by_cost = sorted(blocks, key=lambda each: each.pairs)
    scanner = Scanner(ready.layout.coded, ready.program, by_cost, 1)
    first = Scanner(ready.layout.coded, ready.program, tight(by_cost, len(ready.records)), 1)
    weights = weigh_up(train(ready, first, random_levels(ready)), ready)
    return [by_cost[number].text for number in select(scanner, weights, most)]


def test_a_rule_that_finds_people_is_kept_and_one_that_finds_nobody_new_is_not() -> None:
    kept = chosen("surname, forename", "dob", "noise", "surname, forename, dob")
    assert "dob" in kept
    assert "surname, forename" in kept or "surname, forename, dob" in kept
    assert "noise" not in kept


def test_rules_that_cost_more_than_is_allowed_are_left_out() -> None:
    _, blocks = made("surname, forename", "dob", "forename")
    cost = {each.text: each.pairs for each in blocks}
    kept = chosen("surname, forename", "dob", "forename", most=cost["dob"] + cost["surname, forename"])
    assert sum(cost[text] for text in kept) <= cost["dob"] + cost["surname, forename"]
    assert chosen("dob", most=1) == []


def test_the_first_model_is_learnt_from_the_cheapest() -> None:
    ready, blocks = made("forename", "surname, dob", "dob")
    found = tight(blocks, len(ready.records))
    assert [each.pairs for each in found] == sorted(each.pairs for each in found)
    assert all(each.pairs <= 8 * len(ready.records) for each in found)
    assert "forename" not in {each.text for each in found}


def test_declared_rules_are_used_whatever_they_cost() -> None:
    ready, _ = made("noise", "dob", largest=5_000)
    assert [each.text for each in blocks_of(ready, random_levels(ready)).blocks] == ["noise", "dob"]


@pytest.mark.parametrize("largest", [5, 20, 5_000])
def test_blocks_of_a_model_are_those_it_was_learnt_with(largest: int) -> None:
    rules = ["surname, dob", "surname", "forename", "noise, surname", "dob"]
    spec = {**PEOPLE, "block": {"rules": rules, "largest": largest}}
    spec["fields"] = [*PEOPLE["fields"], {"name": "noise"}]
    frame = people(300, 6, copies=3)
    frame = frame.with_columns(noise=frame["id"].str.tail(1))
    linked = link({"a": frame}, read_linkage(spec).linkage)
    again = blocks_named(linked.ready, [each.text for each in linked.blocks]).blocks
    assert [(each.text, each.pairs) for each in again] == [(each.text, each.pairs) for each in linked.blocks]
    for one, other in zip(again, linked.blocks, strict=True):
        assert (np.asarray(one.groups) == np.asarray(other.groups)).all()
    assert len({each.text for each in linked.blocks}) == len(linked.blocks)
    assert bool(linked.divided) == (largest < 5_000)


def test_a_rule_that_costs_next_to_nothing_is_used_whatever_it_finds() -> None:
    _, blocks = made("surname, forename", "dob", "forename")
    few = [replace(each, pairs=pairs) for each, pairs in zip(blocks, (0, 400, 401), strict=True)]
    assert thin(few, [], 400) == [1]
    assert thin(few, [1], 400) == []
    many = [replace(each, pairs=pairs) for each, pairs in zip(blocks, (SAMPLE, SAMPLE + 1, 1), strict=True)]
    assert thin(many, [2], 10**6) == [0]


def test_what_was_thin_is_not_learnt_from_and_comes_last() -> None:
    free = {"record": "id", "fields": PEOPLE["fields"]}
    ready = prepare({"a": people(400, 5)}, read_linkage(free).linkage)
    seen = random_levels(ready)
    found = blocks_of(ready, seen)
    assert found.thin
    last = found.blocks[-found.thin :]
    assert all(0 < each.pairs <= len(ready.records) for each in last)
    linked = link({"a": people(400, 5)}, read_linkage(free).linkage)
    learner = Scanner(ready.layout.coded, ready.program, found.blocks[: -found.thin], 1)
    again = train(ready, learner, seen)
    assert [each.tolist() for each in again.chances.m] == [each.tolist() for each in linked.trained.chances.m]
    assert [each.text for each in linked.blocks] == [each.text for each in found.blocks]


def test_parts_and_rules_without_pairs_are_told() -> None:
    frame = people(40, 5)
    frame = frame.with_columns(
        noise=frame["id"], surname=pl.Series(["SMITH", "JONES"]).gather([0] * 20 + [1] * (frame.height - 20))
    )
    spec = {**PEOPLE, "fields": [*PEOPLE["fields"], {"name": "noise"}], "block": {"rules": ["noise", "surname"]}}
    ready = prepare({"a": frame}, read_linkage(spec).linkage)
    blocks = [block(ready.records, rule, ready.mode, 3) for rule in ready.linkage.rules]
    told = empty_of(blocks)
    assert told[0] == "noise"
    assert set(told) | {each.text for each in parts_of(blocks)} == {each.text for x in blocks for each in x.parts}
    assert "surname; noise" in told
