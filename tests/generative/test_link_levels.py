"""Levels of random comparisons over random tables are those of a plain reading of the language."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.link.compare.program import compare
from piperoll.store.duck import connect
from tests.link import plain
from tests.link.worlds import COMPARISONS, LONG, NAMES, NOTES, TABLES, all_pairs, cleaned, frame, made_ready


# more on a machine with an hour to spare
EXAMPLES = int(os.environ.get("PIPEROLL_EXAMPLES", "10"))
MANY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@MANY
@given(TABLES, COMPARISONS)
def test_levels_are_those_of_a_plain_reading(table: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> None:
    ready = made_ready({"a": frame(table)}, compare=wanted, block={"rules": ["surname"]})
    records = cleaned(ready.records)
    left, right = all_pairs(len(records))
    out = np.full((len(wanted), len(left)), 255, np.uint8)
    compare(ready.program, ready.layout.coded, left, right, len(left), out)
    for number, comparison in enumerate(wanted):
        levels = [(each["when"], each.get("null", False)) for each in comparison["levels"]]
        for k in range(len(left)):
            a, b = records[left[k]], records[right[k]]
            assert out[number, k] == plain.level(levels, a, b), (levels, a, b)


@MANY
@given(TABLES, COMPARISONS)
def test_levels_do_not_depend_on_which_record_is_left(
    table: list[dict[str, Any]], wanted: list[dict[str, Any]]
) -> None:
    ready = made_ready({"a": frame(table)}, compare=wanted, block={"rules": ["surname"]})
    left, right = all_pairs(len(table))
    one, other = (np.full((len(wanted), len(left)), 255, np.uint8) for _ in range(2))
    compare(ready.program, ready.layout.coded, left, right, len(left), one)
    compare(ready.program, ready.layout.coded, right, left, len(left), other)
    assert (one == other).all()
    assert (one < 255).all()


@MANY
@given(st.lists(st.tuples(st.text("ABCé 🙂", max_size=9), st.text("ABCé 🙂", max_size=9)), min_size=1, max_size=9))
def test_plain_edits_are_a_distance_and_plain_similarity_is_symmetric(pairs: list[tuple[str, str]]) -> None:
    for a, b in pairs:
        assert plain.jaro_winkler(a, b) == pytest.approx(plain.jaro_winkler(b, a), abs=0.12)
        for swaps in (False, True):
            distance = plain.edits(a, b, swaps)
            assert distance == plain.edits(b, a, swaps)
            assert (distance == 0) == (a == b)
            assert abs(len(a) - len(b)) <= distance <= max(len(a), len(b))
        assert plain.edits(a, b, True) <= plain.edits(a, b, False)


@MANY
@given(st.lists(st.tuples(st.text("ABCDE ", min_size=1, max_size=12), st.text("ABCDE ", min_size=1, max_size=12)),
                min_size=1, max_size=20))  # fmt: skip
def test_the_plain_similarity_and_distance_are_those_of_duckdb(pairs: list[tuple[str, str]]) -> None:
    with connect(threads=1) as con:
        for a, b in pairs:
            similar, edits, swaps = con.execute(
                "SELECT jaro_winkler_similarity($a, $b), levenshtein($a, $b), damerau_levenshtein($a, $b)",
                {"a": a, "b": b},
            ).fetchall()[0]
            assert similar == pytest.approx(plain.jaro_winkler(a, b), abs=1e-12), (a, b)
            assert edits == plain.edits(a, b, False)
            # DuckDB's may edit between letters that are exchanged; ours may not, and so is never less
            assert swaps <= plain.edits(a, b, True) <= edits


@pytest.mark.parametrize("threshold", [0.3123, 0.7017, 0.8513, 0.9219])
def test_similarity_of_every_two_odd_texts(threshold: float) -> None:
    texts = sorted({*NOTES, *NAMES, LONG * 2})
    table = [
        {"forename": None, "surname": None, "note": each, "dob": None, "postcode": None, "age": None} for each in texts
    ]
    told = [f"jaro_winkler(note) >= {threshold}", "damerau(note) <= 1", "levenshtein(note) <= 2", "damerau(note) <= 2",
            "begins(note)"]  # fmt: skip
    wanted = [{"name": f"c{k}", "levels": [{"when": each}, {"when": "else"}]} for k, each in enumerate(told)]
    ready = made_ready({"a": frame(table)}, compare=wanted, block={"rules": ["surname"]})
    records = cleaned(ready.records)
    left, right = all_pairs(len(records))
    out = np.zeros((len(told), len(left)), np.uint8)
    compare(ready.program, ready.layout.coded, left, right, len(left), out)
    seen = set()
    for k in range(len(left)):
        a, b = records[left[k]], records[right[k]]
        for c, each in enumerate(told):
            if a["note"] is None or b["note"] is None:
                assert out[c, k] == 0
            elif len(a["note"]) + len(b["note"]) < 200 or c == 0:
                assert out[c, k] == plain.level([(each, False), ("else", False)], a, b), (each, a, b)
            seen.add((c, int(out[c, k])))
    assert {(c, level) for c in range(len(told)) for level in (0, 1, 2)} <= seen
