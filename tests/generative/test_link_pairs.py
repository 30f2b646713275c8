"""Pairs that rules bring together are those of the rules' SQL, each at its first rule."""

from __future__ import annotations

import ast
import os
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.link.block.blocks import block, parts_of
from piperoll.link.estimate.train import flat
from piperoll.link.prepare import Ready
from piperoll.link.score.run import Scanner, together
from piperoll.store.duck import connect
from tests.link import plain
from tests.link.worlds import RECORDS, RULES, cleaned, frame, made_ready


EXAMPLES = int(os.environ.get("PIPEROLL_EXAMPLES", "10"))
MANY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
FILES = st.lists(st.lists(RECORDS, max_size=6), min_size=1, max_size=3)
MODES = st.sampled_from(["dedupe", "link", "both"])
COMPARE = [{"name": "c", "levels": [{"when": "surname"}, {"when": "else"}]}]


def key(text: str, record: dict[str, Any]) -> list[str | None]:
    """Values of a rule's terms, as text."""
    tree = ast.parse(text, mode="eval").body
    values = [plain.column(each, record) for each in (tree.elts if isinstance(tree, ast.Tuple) else [tree])]
    return [None if value is None else repr(value) for value in values]


def by_sql(ready: Ready, rules: list[str]) -> dict[tuple[int, int], int]:
    """For each pair that agrees on some rule, the first: a join of the table with itself."""
    records = cleaned(ready.records)
    terms = [key(rule, record) for record in records for rule in rules]
    width = max(len(each) for each in terms)
    with connect(threads=1) as con:
        con.execute(
            f"CREATE TABLE t (i INTEGER, file INTEGER, rule INTEGER, {', '.join(f'k{x} VARCHAR' for x in range(width))})"
        )
        for i, record in enumerate(records):
            for number, rule in enumerate(rules):
                values = key(rule, record)
                row = [i, int(ready.records.file[i]), number, *values, *[""] * (width - len(values))]
                con.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(row))})", row)
        agree = " AND ".join(f"l.k{x} = r.k{x}" for x in range(width))
        across = "AND l.file <> r.file" if ready.mode == "link" else ""
        rows = con.execute(
            f"SELECT l.i, r.i, min(l.rule) FROM t l JOIN t r ON l.rule = r.rule AND l.i < r.i AND {agree} {across} GROUP BY ALL"
        ).fetchall()
    return {(a, b): rule for a, b, rule in rows}


def by_blocks(ready: Ready, largest: int) -> tuple[dict[tuple[int, int], str], list[str]]:
    """For each pair the text of the part that finds it; pairs come once."""
    made = [block(ready.records, rule, ready.mode, largest) for rule in ready.linkage.rules]
    parts = parts_of(made)
    for part in parts:
        assert part.pairs == part.pairing().pairs > 0
    scanner = Scanner(ready.layout.coded, ready.program, parts, 2)
    found = together(list(scanner.run(scanner.tasks(), flat(ready.program), -np.inf)))
    out = {(int(a), int(b)): parts[r].text for a, b, r in zip(found.left, found.right, found.rule, strict=True)}
    assert len(out) == len(found)
    assert all(a < b for a, b in out)
    return out, [each.divided.rule.text for each in made if each.divided]


def ready_for(files: list[list[dict[str, Any]]], rules: list[str], mode: str) -> Ready:
    frames = {f"f{k}": frame(each) for k, each in enumerate(files)}
    return made_ready(frames, compare=COMPARE, block={"rules": rules}, mode=mode)


@MANY
@given(FILES.filter(any), RULES, MODES)
def test_pairs_are_those_of_the_rules_in_sql(files: list[list[dict[str, Any]]], rules: list[str], mode: str) -> None:
    ready = ready_for(files, rules, mode)
    found, divided = by_blocks(ready, 1000)
    assert divided == []
    assert found == {pair: rules[number] for pair, number in by_sql(ready, rules).items()}


@MANY
@given(FILES.filter(any), RULES, MODES, st.integers(2, 3), st.integers(0, 5))
def test_divided_groups_give_some_of_their_pairs_and_others_all(
    files: list[list[dict[str, Any]]], rules: list[str], mode: str, largest: int, copies: int
) -> None:
    files = [each + each[:1] * copies for each in files]
    ready = ready_for(files, rules, mode)
    records = cleaned(ready.records)
    wanted, (found, divided) = by_sql(ready, rules), by_blocks(ready, largest)
    assert found.keys() <= wanted.keys()
    assert set(divided) <= set(rules)
    sizes: dict[tuple[str, str], int] = {}
    for record in records:
        for rule in rules:
            sizes[rule, str(key(rule, record))] = sizes.get((rule, str(key(rule, record))), 0) + 1
    for pair, number in wanted.items():
        small = any(
            None not in key(rule, records[pair[0]]) and key(rule, records[pair[0]]) == key(rule, records[pair[1]])
            and sizes[rule, str(key(rule, records[pair[0]]))] <= largest
            for rule in rules[number:]
        )  # fmt: skip
        # of records that are the same in everything, each is compared with the next alone
        same = records[pair[0]] == records[pair[1]]
        assert pair in found or not small or same, (pair, rules[number])


@MANY
@given(st.lists(RECORDS, min_size=1, max_size=3), st.integers(4, 12), RULES)
def test_records_that_are_the_same_in_everything_hang_together_however_many(
    table: list[dict[str, Any]], copies: int, rules: list[str]
) -> None:
    ready = ready_for([[each for each in table for _ in range(copies)]], rules, "dedupe")
    found, _ = by_blocks(ready, 3)
    records = cleaned(ready.records)
    root = plain.parts(len(records), sorted(found))
    for pair in by_sql(ready, rules):
        if records[pair[0]] == records[pair[1]]:
            assert root[pair[0]] == root[pair[1]]
    assert len(found) <= len(by_sql(ready, rules))
