"""Lineage: from a table's column to the contract's fields, for a small register and for possession."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from piperoll.derive import lineage, plan
from piperoll.derive.columns import origin, row_origin
from piperoll.errors import UserError
from piperoll.register import load
from piperoll.register.model.publication import Dimension, Level, Measure, Table


POSSESSION = "mortgage_and_landlord_possession"
JUSTICE = Path(__file__).parents[2] / "justice"


def the(make, sql: str, **others: str):
    register, publication = make({"m": sql, **others})
    return next(each for each in plan(register, publication) if each.name == "m")


@pytest.mark.parametrize(
    ("sql", "column", "leaves"),
    [
        ("SELECT lent AS x FROM desk__loan", "x", ["desk__loan.lent"]),
        ("SELECT COALESCE(l.lent, g.on_day) AS x FROM desk__loan AS l CROSS JOIN desk__given_back AS g", "x",
         ["desk__given_back.on_day", "desk__loan.lent"]),
        ("WITH a AS (SELECT lent AS d, fee FROM desk__loan), b AS (SELECT d AS e FROM a) SELECT e AS x FROM b", "x",
         ["desk__loan.lent"]),
        ("SELECT s.q AS x FROM (SELECT * FROM (SELECT branch AS q, lent FROM desk__loan)) AS s", "x",
         ["desk__loan.branch"]),
        ("SELECT lent AS x FROM desk__loan UNION ALL SELECT on_day FROM desk__given_back", "x",
         ["desk__given_back.on_day", "desk__loan.lent"]),
        ("WITH u AS (SELECT lent AS d, loan_no FROM desk__loan UNION ALL SELECT on_day, loan_no FROM desk__given_back) "
         "SELECT d AS x FROM u", "x", ["desk__given_back.on_day", "desk__loan.lent"]),
        ("SELECT ROW_NUMBER() OVER (PARTITION BY branch ORDER BY lent) AS x FROM desk__loan", "x",
         ["desk__loan.branch", "desk__loan.lent"]),
        ("SELECT COUNT(*) AS x FROM desk__loan", "x", []),
        ("SELECT CASE WHEN branch = 'N' THEN fee END AS x FROM desk__loan", "x",
         ["desk__loan.branch", "desk__loan.fee"]),
    ],
)  # fmt: skip
def test_a_column_comes_from(make, sql: str, column: str, leaves: list[str]) -> None:
    assert [".".join(leaf) for leaf in origin(the(make, sql), column).leaves] == leaves


def test_rows_come_from_conditions_joins_groups_and_steps(make) -> None:
    model = the(
        make,
        "WITH a AS (SELECT loan_no, ROW_NUMBER() OVER (ORDER BY fee) AS place FROM desk__loan WHERE branch = 'N') "
        "SELECT a.loan_no FROM a JOIN desk__given_back AS g ON g.loan_no = a.loan_no WHERE a.place = 1 "
        "GROUP BY a.loan_no HAVING MAX(g.on_day) > DATE '2012-01-01'",
    )
    assert [".".join(leaf) for leaf in row_origin(model)] == [
        "desk__given_back.loan_no",
        "desk__given_back.on_day",
        "desk__loan.branch",
        "desk__loan.fee",
        "desk__loan.loan_no",
    ]


def test_a_column_knows_its_line(make) -> None:
    model = the(make, "SELECT\n  loan_no,\n  fee * 2 AS x\nFROM desk__loan")
    assert origin(model, "x").line == 3
    with pytest.raises(KeyError):
        origin(model, "nope")


def small(make):
    return make(
        {"m": "SELECT lent, ward, branch, fee FROM desk__loan WHERE fee > 0"},
        dimensions=(Dimension("place", "Place", "ward", (Level("branch", "branch"),)),),
        measures=(
            Measure("loans", "Loans", "count", model="m", period_column="lent", where="branch = 'N'"),
            Measure("change", "Change", "change", of="loans"),
            Measure("per_shelf", "Rate", "rate", numerator="loans", denominator="codes:branch.shelves"),
        ),
        tables=(Table("t", "1", "T", ("loans", "change", "per_shelf"), {"place": ("branch",)}),),
    )


def test_a_counted_measure(make) -> None:
    tree = lineage(*small(make), "t", "loans")
    assert tree.fields() == ("desk.loan.branch", "desk.loan.fee", "desk.loan.lent")
    roles = {(node.role, node.name) for node in tree.walk()}
    assert {("condition", "m.branch"), ("period", "m.lent"), ("rows", "desk.loan.fee")} <= roles


def test_derived_measures_rest_on_their_parts(make) -> None:
    register, publication = small(make)
    change = lineage(register, publication, "t", "change")
    assert [node.role for node in change.made_of[0].made_of] == ["value", "earlier"]
    rate = lineage(register, publication, "t", "per_shelf")
    assert [(n.role, n.name) for n in rate.made_of[0].made_of] == [
        ("numerator", "loans"),
        ("denominator", "branch.shelves"),
    ]


def test_a_dimension_leads_to_the_identifier_it_was_computed_from(make) -> None:
    tree = lineage(*small(make), "t", "place")
    last = [node for node in tree.walk() if node.role == "derived from"]
    assert [(node.name, node.note) for node in last] == [("desk.loan.postcode", "class D, in the vault alone")]
    assert "computed at the door by lookup in ward" in "\n".join(tree.lines())


@pytest.mark.parametrize(
    ("table", "column", "says"), [("u", "loans", "no table"), ("t", "lones", "Did you mean loans")]
)
def test_what_is_not_there(make, table: str, column: str, says: str) -> None:
    with pytest.raises(UserError, match=says) as caught:
        lineage(*small(make), table, column)
    assert caught.value.code == "PR-D010"


def test_json_keeps_the_tree(make) -> None:
    tree = lineage(*small(make), "t", "loans")
    plain = json.loads(json.dumps(tree.to_dict()))
    count = lambda node: 1 + sum(count(each) for each in node.get("made_of", ()))  # noqa: E731
    assert count(plain) == len(list(tree.walk()))


def test_every_column_of_the_possession_tables_leads_to_fields() -> None:
    register = load(JUSTICE)
    publication = register.publications[POSSESSION]
    for table in publication.tables:
        for column in table.measures:
            fields = lineage(register, publication, table.name, column).fields()
            assert "caseman.claim.claim_type" in fields, (table.name, column)
    area = lineage(register, publication, "claims", "geography").fields()
    assert area == (
        "caseman.claim.property_la",
        "caseman.claim.property_postcode",
        "pcol.pcol_claim.property_la",
        "pcol.pcol_claim.property_postcode",
    )
