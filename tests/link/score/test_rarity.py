"""Frequencies adjust a level where at least one of the values is known."""

from __future__ import annotations

import polars as pl
import pytest

from piperoll.link.engine import link
from piperoll.link.explain.population import Population
from piperoll.link.files.spec import read_linkage


SPEC = {
    "record": "id", "fields": [{"name": "surname"}, {"name": "postcode"}, {"name": "town"}],
    "block": {"rules": ["surname", "town"]},
    "compare": [
        {"name": "home", "tf": "postcode", "levels": [{"when": "null(postcode) and null(town)", "null": True},
            {"when": "postcode", "tf": 1.0}, {"when": "town", "tf": 0.5}, {"when": "else", "tf": 0.5}]},
        {"name": "surname"},
    ],
}  # fmt: skip


def test_a_value_that_is_not_known_is_neither_rare_nor_common() -> None:
    rows = [("1", "SMITH", None, "YORK"), ("2", "SMITH", "AB1 2CD", "YORK"), ("3", "SMITH", None, "YORK"), ("4", "HALL", "AB1 2CE", "YORK"),
            ("5", "HALL", "AB1 2CE", "LEEDS"), ("6", "WOOD", "AB3 2CE", "LEEDS")]  # fmt: skip
    linked = link(
        {"a": pl.DataFrame(rows, schema=["id", "surname", "postcode", "town"], orient="row")},
        read_linkage(SPEC).linkage,
    )
    population = Population.of(linked)
    for one, other, known in (
        ("1", "2", True),
        ("1", "3", False),
        ("2", "4", True),
        ("4", "5", True),
        ("5", "6", True),
    ):
        rare = population.pair(population.row(one), population.row(other))[1].rare[0, 0]
        assert bool(rare) == known, (one, other)
    for k in range(len(linked.pairs)):
        total = population.pair(int(linked.pairs.left[k]), int(linked.pairs.right[k]))[1].total[0]
        assert linked.pairs.weight[k] == pytest.approx(total, abs=1e-9)
