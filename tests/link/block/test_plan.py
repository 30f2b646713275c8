"""What each rule costs, before a pair is looked at."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import polars as pl
import pytest

from piperoll.link.api import link_frames
from piperoll.link.block.plan import Group, key_words, plan, plan_frame, plan_text
from piperoll.link.files.spec import read_linkage
from piperoll.link.prepare import Ready, prepare
from tests.link.people import people


FIELDS: dict[str, Any] = {"forename": None, "surname": None, "dob": None, "postcode": None}
RULES = ["surname", "dob", "forename, outward(postcode)", "unordered(forename, surname)"]
RECORDS = people(150, 2, slips=0.2).with_columns(dob=pl.lit("19") + pl.col("dob").str.slice(2))


def ready(**more: Any) -> Ready:
    linkage = read_linkage({"record": "id", "fields": FIELDS, **more}).linkage
    return prepare({"records": RECORDS}, linkage)


def counted(*columns: pl.Expr) -> list[int]:
    """Sizes of groups of two and more, the largest first."""
    sizes = RECORDS.select(*columns).drop_nulls().group_by(pl.all()).len()["len"]
    return sorted((each for each in sizes if each > 1), reverse=True)


KEYS = {
    "surname": [pl.col("surname")],
    "dob": [pl.col("dob")],
    "forename, outward(postcode)": [pl.col("forename"), pl.col("postcode").str.split(" ").list.first()],
    "unordered(forename, surname)": [pl.concat_list("forename", "surname").list.sort().list.join("+")],
}


def test_pairs_and_groups_are_those_that_are_counted() -> None:
    costs = plan(ready(block={"rules": RULES}))
    assert [each.rule.text for each in costs] == RULES
    for each in costs:
        sizes = counted(*KEYS[each.rule.text])
        pairs = sum(size * (size - 1) // 2 for size in sizes)
        assert (each.pairs, each.groups) == (pairs, len(sizes))
        assert [worst.records for worst in each.worst] == sizes[:3]
        assert each.share == pytest.approx(sum(n * (n - 1) // 2 for n in sizes[:3]) / pairs)


def test_pairs_are_those_that_are_compared() -> None:
    made = ready(block={"rules": ["surname"]})
    (cost,) = plan(made)
    names = RECORDS["surname"].to_list()
    assert cost.pairs == sum(one == other for one, other in combinations(names, 2))
    linked = link_frames({"record": "id", "fields": FIELDS, "block": {"rules": ["surname"]}}, RECORDS).linked
    assert [each.pairs for each in linked.blocks] == [cost.pairs]


def test_a_group_is_known_by_one_of_its_records() -> None:
    made = ready(block={"rules": RULES})
    for cost in plan(made)[:1]:
        for worst in cost.worst:
            name = RECORDS["surname"][int(made.records.rows[worst.record])]
            assert key_words(made, cost.rule, worst.record) == name
            assert (RECORDS["surname"] == name).sum() == worst.records
    assert Group(5, 0).pairs == 10


def test_what_is_too_large_is_divided_and_said() -> None:
    (whole,) = plan(ready(block={"rules": ["surname"]}))
    made = ready(block={"rules": ["surname"], "largest": 5})
    (cost,) = plan(made)
    assert cost.pairs < whole.pairs
    assert cost.blocks.divided is not None
    assert cost.blocks.divided.groups == sum(each > 5 for each in counted(pl.col("surname")))
    assert cost.worst == whole.worst
    assert "divided" in plan_text(made, [cost])
    assert plan_frame([cost])["divided"].to_list() == [True]


def test_the_table_has_a_row_a_rule() -> None:
    costs = plan(ready(block={"rules": RULES}))
    frame = plan_frame(costs)
    assert frame["rule"].to_list() == RULES
    assert frame["pairs"].to_list() == [each.pairs for each in costs]
    assert frame["largest_group"].to_list() == [each.worst[0].records for each in costs]
    assert not frame["divided"].any()


def test_a_rule_that_brings_nothing_together() -> None:
    lone = RECORDS.unique("surname", keep="first", maintain_order=True)
    linkage = read_linkage({"record": "id", "fields": FIELDS, "block": {"rules": ["surname"]}}).linkage
    made = prepare({"records": lone}, linkage)
    (cost,) = plan(made)
    assert (cost.pairs, cost.groups, cost.worst, cost.share) == (0, 0, (), 0.0)
    assert plan_frame([cost])["largest_group"].to_list() == [0]
    assert "largest group 0" in plan_text(made, [cost], keys=True)


def values() -> set[str]:
    return {each for name in FIELDS for value in RECORDS[name] for each in (value, value.replace("-", ""))}


def test_the_text_says_figures_and_no_value() -> None:
    made = ready(block={"rules": RULES})
    costs = plan(made)
    text = plan_text(made, costs)
    lines = text.splitlines()
    assert lines[0] == "300 records. Pairs each rule brings together, and how many that is a record:"
    assert [line.split("  ")[1].strip() for line in lines[1:5]] == RULES
    told = [f"{costs[0].pairs:,}", f"{costs[0].pairs / 300:.1f}", "largest", "group", f"{costs[0].worst[0].records}"]
    assert lines[1].split()[-5:] == told
    assert lines[-1].startswith(f"Together {sum(each.pairs for each in costs):,} pairs")
    assert not {each for each in values() if each in text}


def test_keys_are_named_where_they_are_asked_for() -> None:
    made = ready(block={"rules": RULES})
    costs = plan(made)
    text = plan_text(made, costs, keys=True)
    worst = costs[0].worst[0]
    assert f"{worst.records:,} records: {key_words(made, costs[0].rule, worst.record)}" in text
    both = costs[3].worst[0]
    forename, surname = key_words(made, costs[3].rule, both.record).split(", ")
    assert RECORDS.filter(pl.col("forename") == forename, pl.col("surname") == surname).height > 0


def test_without_declared_rules_it_says_how_they_are_chosen() -> None:
    made = ready()
    costs = plan(made)
    assert len(costs) > 10
    text = plan_text(made, costs)
    pairs = [int(line.split("  largest")[0].split()[-2].replace(",", "")) for line in text.splitlines()[1:-1]]
    assert pairs == sorted(each.pairs for each in costs)
    assert "No rule is declared" in text
    assert not {each for each in values() if each in text}
