"""What rules may say at the door: code lists, the slot of the delivery, and numbers for generic checks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from piperoll.collect.order import levels
from piperoll.register.model.codes import Code, CodeList
from piperoll.register.model.contract import Reference, Rule
from tests.collect.check_tools import DATASET, Bench, register, rows, text


LIMITS = CodeList("limits", "Limits", (Code("MOST", "Most", attributes={"value": 10}),))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_rule_reads_code_lists(bench: Bench) -> None:
    sql = (
        "SELECT t._row FROM this AS t JOIN codes__limits AS l ON l.code = 'MOST'"
        " WHERE t.amount > CAST(l.value AS DOUBLE)"
    )
    dataset = replace(DATASET, rules=(Rule("SRC-V01", "W", "is more", sql=sql),))
    whole = register(dataset, limits=LIMITS)
    data = text(rows({"amount": "9.99"}, {"amount": "10.00"}, {"amount": "10.01"}))
    found = [each for each in bench.check(data, dataset, whole).findings if each.rule == "SRC-V01"]
    assert [(each.severity, each.count, each.rows) for each in found] == [("W", 1, (4,))]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("_period = '2012-04' AND _supplier = 'x' AND _delivery = 'd1'", 2),
        ("_period = '2012-05'", 0),
        ("_supplier = 'y'", 0),
    ],
)
def test_a_rule_knows_the_slot(bench: Bench, condition: str, expected: int) -> None:
    dataset = replace(DATASET, rules=(Rule("SRC-V01", "W", "is so", sql=f"SELECT _row FROM this WHERE {condition}"),))
    result = bench.check(text(rows({}, {})), dataset, register(dataset))
    assert sum(each.count for each in result.findings if each.rule == "SRC-V01") == expected


def test_a_generic_rule_adds_no_finding_of_its_own(bench: Bench) -> None:
    dataset = replace(DATASET, rules=(Rule("SRC-V01", "E", "is no colour", generic="G-V02", fields=("colour",)),))
    result = bench.check(text(rows({}, {"colour": "X"})), dataset, register(dataset))
    assert [(each.rule, each.severity, each.field) for each in result.findings] == [("G-V02", "E", "colour")]
    assert (result.rows_kept, result.rows_refused) == (1, 1)


def test_what_rules_read_comes_before_them() -> None:
    def named(name: str, *reads: str, refers: str = ""):
        sql = " ".join(f"JOIN src__{each}" for each in reads)
        return replace(
            DATASET,
            name=name,
            rules=(Rule(f"{name}-1", "W", "is so", sql=f"SELECT _row FROM this {sql}"),),
            references=(Reference(("ref",), f"src.{refers}", ("ref",)),) if refers else (),
        )

    found = levels(register(named("a", "b"), named("b"), named("c", "a", refers="b")))
    assert found == {"src.b": 0, "src.a": 1, "src.c": 2}
    # A circle: the reference counts, the SQL does not.
    found = levels(register(named("a", "b"), named("b", refers="a")))
    assert found == {"src.a": 0, "src.b": 1}
    # A dataset that reads itself is not above itself.
    assert levels(register(named("a", "a"))) == {"src.a": 0}
