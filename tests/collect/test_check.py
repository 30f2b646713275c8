"""Checking a delivery: what is refused, what is kept, and that nothing is lost on the way."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from piperoll.collect.prepared import History, Prepared
from piperoll.errors import UserError
from piperoll.register.model.codes import IdentifierCheck
from piperoll.register.model.contract import Dataset, Field, Reference, Rule, Volume
from piperoll.store import ObjectStore, Part
from tests.collect.check_tools import DATASET, GOOD, Bench, register, rows, text


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def _kinds(bench: Bench) -> list[tuple[int, str, str, str]]:
    return [(p["row"], p["field"], p["rule"], p["kind"]) for p in bench.places()]


def test_good_row_is_split(bench: Bench) -> None:
    result = bench.check(text(rows({})))
    assert (result.rows_in, result.rows_kept, result.refused) == (1, 1, "")
    (kept,) = bench.kept()
    assert "name" not in kept and "postcode" not in kept and "born" not in kept
    assert kept["ref"] == bench.keyring.token("R0", "claim")
    assert (kept["la"], kept["age"], kept["birth_year"], kept["birth_month"]) == ("W2", 32, 1980, 4)
    assert (kept["outward"], kept["has_name"], kept["_row"]) == ("CF10", True, 2)
    (secret,) = bench.identifiers()
    assert secret == {
        "ref": "R0", "name": "Canary Smith", "born": dt.date(1980, 4, 12), "postcode": "CF10 1AA", "_row": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "rule", "kind"),
    [
        ({"ref": ""}, "G-V01", "empty: empty"),
        ({"ref": "1AA000012"}, "G-V01", "length: text"),
        ({"ref": "abc"}, "G-V01", "pattern: letters"),
        ({"day": "2012-4-1"}, "G-V01", "type: date"),
        ({"day": "1989-12-31"}, "G-V01", "range: date"),
        ({"day": "2013-05-01"}, "G-V05", "future: date"),
        ({"colour": "X"}, "G-V02", "code: letters"),
        ({"court": "AA", "day": "2012-04-16"}, "G-V02", "code day: letters"),
        ({"court": "BB", "day": "2012-04-09"}, "G-V02", "code day: letters"),
        ({"amount": "1.234"}, "G-V01", "type: decimal number"),
        ({"amount": "-1"}, "G-V01", "range: whole number"),
        ({"count": "1e2"}, "G-V01", "type: text"),
        ({"count": " 12 "}, "G-V01", "type: text with spaces around it"),
        ({"count": "101"}, "G-V01", "range: whole number"),
        ({"org": "maybe"}, "G-V01", "type: letters"),
        ({"name": "x" * 21}, "G-V01", "length: letters"),
    ],
)
def test_one_mistake_is_found_and_named(bench: Bench, change: dict[str, str], rule: str, kind: str) -> None:
    result = bench.check(text(rows({}, change, {})))
    assert (result.rows_kept, result.rows_refused) == (2, 1)
    field = next(iter(change)) if len(change) == 1 or rule == "G-V05" else "court"
    assert (3, field, rule, kind) in _kinds(bench)
    assert {p[0] for p in _kinds(bench)} == {3}
    (refused,) = bench.refused()
    assert refused["_row"] == 3 and rule in refused["_rules"]
    for name, value in change.items():
        assert (refused[name] or "") == value


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "n/k"}, {"colour": ""}, {"amount": "7"}, {"amount": "0012.5"}, {"count": "-0"},
        {"at": "2012-04-12T10:00"}, {"at": "2012-04-12 10:00:00.25"}, {"org": "Y"}, {"court": "AA"},
        {"count": "100"}, {"name": "É" * 20},
    ],
)  # fmt: skip
def test_exact_forms_are_accepted(bench: Bench, change: dict[str, str]) -> None:
    assert bench.check(text(rows(change))).rows_refused == 0


def test_duplicates(bench: Bench) -> None:
    data = [
        {**GOOD, "ref": "A"}, {**GOOD, "ref": "A"}, {**GOOD, "ref": "B"},
        {**GOOD, "ref": "B", "name": "Other"}, {**GOOD, "ref": "C"}, {**GOOD, "ref": "A"},
    ]  # fmt: skip
    result = bench.check(text(data))
    assert [each["_row"] for each in bench.kept()] == [2, 6]
    assert [(p[0], p[3]) for p in _kinds(bench)] == [
        (3, "duplicate"), (4, "conflict"), (5, "conflict"), (7, "duplicate"),
    ]  # fmt: skip
    assert result.rows_refused == 4
    assert [i["_row"] for i in bench.identifiers()] == [2, 6]


def test_broken_lines_keep_numbers_right(bench: Bench) -> None:
    lines = text(rows({}, {}, {"count": "x"}, {}, {"count": "y"})).splitlines()
    lines.insert(2, "too,few")
    lines.insert(5, lines[4] + ",extra")
    result = bench.check("\n".join(lines) + "\n")
    assert (result.rows_in, result.rows_kept) == (7, 3)
    assert [(p[0], p[3].partition(":")[0]) for p in _kinds(bench)] == [
        (3, "line"), (5, "type"), (6, "line"), (8, "type"),
    ]  # fmt: skip
    assert {r["_row"]: r["_line"] for r in bench.refused() if r["_line"]} == {3: "too,few", 6: lines[5]}


def test_broken_quotes_cost_their_line_alone(bench: Bench) -> None:
    good = text(rows({}, {}, {}, {})).splitlines()
    lines = [
        good[0],
        good[1],
        good[2].replace("Canary", '"Ca"nary'),
        "",
        good[3].replace("Canary Smith", '"A\nB"'),
        good[4],
    ]
    lines.insert(5, '9,"never closed')
    result = bench.check("\n".join(lines))
    assert (result.rows_in, result.rows_kept) == (5, 3)
    assert [each["_row"] for each in bench.kept()] == [2, 4, 6]
    assert [p[0] for p in _kinds(bench)] == [3, 5]
    assert "A\nB" in {i["name"] for i in bench.identifiers()}


def test_nothing_at_all(bench: Bench) -> None:
    result = bench.check(text([]))
    assert (result.rows_in, result.rows_kept, result.findings) == (0, 0, ())
    assert bench.kept() == []


def test_all_refused(bench: Bench) -> None:
    result = bench.check(text(rows({"day": "x"}, {"day": "y"})))
    assert (result.rows_kept, result.rows_refused) == (0, 2)
    assert len(bench.refused()) == 2 and bench.identifiers() == []


def test_undeclared_column(bench: Bench) -> None:
    data = text([{**GOOD, "more": "1"}], [*GOOD, "more"])
    result = bench.check(data)
    assert [(f.rule, f.severity) for f in result.findings] == [("G-V01", "R")]
    assert "`more`" in result.queries[0].sentence
    strict = dataclasses.replace(DATASET, extra_columns="refuse")
    assert [f.severity for f in bench.check(data, strict).findings] == ["B"]


def test_absent_column_is_null(bench: Bench) -> None:
    names = [n for n in GOOD if n not in ("colour", "born")]
    result = bench.check(text([{n: GOOD[n] for n in names}], names))
    assert result.rows_kept == 1 and result.nulls["colour"] == 1.0
    assert bench.kept()[0]["age"] is None


def test_rules_and_questions(bench: Bench) -> None:
    rules = (
        Rule("X-1", "E", "the amount is missing", check="colour <> 'R' OR amount IS NOT NULL", fields=("amount",)),
        Rule("X-2", "W", "odd count", check="count < 50", question="{n} rows of {period} ({share}) of {supplier}: rows {rows}?"),
        Rule("X-3", "E", "twice the name", sql="SELECT _row FROM this WHERE count = 7"),
        Rule("X-4", "W", "few", sql="SELECT _row FROM this WHERE count = 60", tolerance=0.5, question="?"),
    )  # fmt: skip
    dataset = dataclasses.replace(DATASET, rules=rules)
    result = bench.check(text(rows({"amount": ""}, {"count": "60"}, {"count": "7"}, {}, {})), dataset)
    assert [(f.rule, f.severity, f.rows) for f in result.findings] == [
        ("X-1", "E", (2,)), ("X-2", "W", (3,)), ("X-3", "E", (4,)), ("X-4", "W", (3,)),
    ]  # fmt: skip
    assert [q.sentence for q in result.queries] == ["1 rows of Apr 2012 (20.0%) of Office X: rows 3?"]
    context = bench.context(dataset, settled=frozenset({result.queries[0].key}))
    again = bench.check(text(rows({"amount": ""}, {"count": "60"}, {"count": "7"}, {}, {})), dataset, None, context)
    assert again.queries == ()


def test_check_letters_are_proven_as_the_register_declares_them(bench: Bench) -> None:
    check = IdentifierCheck(
        "seven", pattern="(?P<number>[0-9]{1,6})(?P<check>[A-G])", letters="ABCDEFG", numbers=("number",)
    )
    fields = tuple(
        dataclasses.replace(f, pattern=None, check="seven") if f.name == "ref" else f for f in DATASET.fields
    )
    dataset = dataclasses.replace(DATASET, fields=fields)
    whole = dataclasses.replace(register(dataset), identifiers={"seven": check})
    result = bench.check(text(rows({"ref": "10D"}, {"ref": "10E"}, {"ref": "XD"})), dataset, whole)
    assert result.rows_kept == 1
    assert [(f.rule, f.field, f.rows) for f in result.findings] == [("G-V01", "ref", (3, 4))]


def test_rules_are_judged_on_rows_that_could_be_read(bench: Bench) -> None:
    dataset = dataclasses.replace(DATASET, rules=(Rule("X-1", "E", "m", check="amount IS NOT NULL"),))
    result = bench.check(text(rows({"amount": "abc"}, {"amount": ""})), dataset)
    assert [(f.rule, f.rows) for f in result.findings] == [("G-V01", (2,)), ("X-1", (3,))]


def test_reference_to_another_dataset(bench: Bench) -> None:
    event = Dataset(
        "event", "Events", "events", ("ref", "n"),
        (Field("ref", "str(8)", "L", null="never", domain="claim"), Field("n", "int", "A", null="never")),
        references=(Reference(("ref",), "src.claim", ("ref",)),),
    )  # fmt: skip
    whole = register(DATASET, event)
    bench.check(text(rows({}, {})))
    store = ObjectStore(bench.root / "store")
    sha = store.put(bench.out / "store.parquet")
    part = Part("src.claim", "x", "2012-04", 1, sha, "events", "d0")
    context = bench.context(event, parts=(part,))
    result = bench.check("ref,n\nR0,1\nR9,1\nR1,1\n", event, whole, context)
    assert [(f.rule, f.rows) for f in result.findings] == [("G-V10", (3,))]
    assert result.rows_kept == 2
    none = bench.check("ref,n\nR0,1\n", event, whole, bench.context(event))
    assert none.rows_kept == 0


def test_sql_rule_sees_own_dataset_with_this_delivery(bench: Bench) -> None:
    rule = Rule(
        "X-1",
        "E",
        "known",
        sql="SELECT t._row FROM this t JOIN src__claim c USING (ref) WHERE c._period < '2012-04'",
    )
    dataset = dataclasses.replace(DATASET, rules=(rule,))
    bench.check(text(rows({})), dataset)
    sha = ObjectStore(bench.root / "store").put(bench.out / "store.parquet")
    part = Part("src.claim", "x", "2012-03", 1, sha, "events", "d0")
    result = bench.check(text(rows({}, {})), dataset, None, bench.context(dataset, parts=(part,)))
    assert [(f.rule, f.rows) for f in result.findings] == [("X-1", (2,))]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (Rule("X", "E", "m", check="no_such_field = 1"), "PR-C051"),
        (Rule("X", "E", "m", check="colour IN (SELECT 'R')"), "PR-C051"),
        (Rule("X", "E", "m", sql="SELECT 1 AS one FROM this"), "PR-C052"),
        (Rule("X", "E", "m", sql="SELECT CAST(colour AS INT) AS _row FROM this"), "PR-C052"),
        (Rule("X", "E", "m", sql="SELECT DATE '2012-04-01' AS _row FROM this WHERE false"), "PR-C052"),
        (Rule("X", "E", "m", sql="SELECT 1 AS _row FROM read_text('/etc/hostname')"), "PR-C052"),
    ],
)
def test_contract_that_does_not_run(bench: Bench, rule: Rule, code: str) -> None:
    dataset = dataclasses.replace(DATASET, rules=(rule,))
    with pytest.raises(UserError) as caught:
        bench.check(text(rows({"colour": "R"})), dataset)
    assert caught.value.code == code and "Canary" not in str(caught.value)


def test_unknown_code_list(bench: Bench) -> None:
    dataset = dataclasses.replace(DATASET, fields=(*DATASET.fields, Field("z", "code", "A", codes="none")))
    with pytest.raises(UserError, match="PR-C050"):
        bench.check(text(rows({})), dataset)


def test_volume_and_missingness(bench: Bench) -> None:
    dataset = dataclasses.replace(DATASET, volume=Volume(0.4, 0.2, 5))
    months = [f"2011-{m:02d}" for m in range(4, 13)] + ["2012-01", "2012-02", "2012-03"]
    history = History({"2011-04": 10, "2012-03": 11}, {m: {"colour": 0.0, "amount": 0.5} for m in months})
    context = bench.context(dataset, history=history)
    result = bench.check(text(rows(*[{"colour": ""} for _ in range(20)])), dataset, None, context)
    assert [(f.rule, f.field) for f in result.findings] == [
        ("G-V07", ""), ("G-V07", ""), ("G-V08", "amount"), ("G-V08", "colour"),
    ]  # fmt: skip
    assert "100% more than the 10 of Apr 2011" in result.findings[0].sentence
    assert len({q.key for q in result.queries}) == 4
    small = bench.check(text(rows({})), dataset, None, bench.context(dataset, history=History({"2011-04": 3})))
    assert small.findings == ()


def test_sentinel_births_are_asked_about(bench: Bench) -> None:
    result = bench.check(text(rows({"born": "1900-01-01"}, {}, {"born": "1850-01-01"})))
    assert [(f.rule, f.rows) for f in result.findings] == [("G-V06", (4,)), ("G-V06", (2,))]
    assert len(result.queries) == 1 and result.rows_kept == 3


def test_no_value_leaves_in_words(bench: Bench) -> None:
    result = bench.check(text(rows({"born": "CANARY"}, {"postcode": "CANARYCANARY"}, {"ref": "CANARY-REF"})))
    assert "CANARY" not in str(result).upper() and "CANARY" not in str(bench.places()).upper()
    for path in bench.out.iterdir():
        assert b"Canary Smith" not in path.read_bytes() and b"CANARY" not in path.read_bytes()


def test_windows_newlines_and_delimiter(bench: Bench) -> None:
    data = text(rows({}, {"count": "x"})).replace(",", ";").replace("\n", "\r\n")
    names = tuple(GOOD)
    path = bench.root / "w.csv"
    path.write_text(data, newline="")
    prepared = Prepared(path, "csv", names, {n: n for n in names}, delimiter=";", newline="\r\n")
    result = bench.check(prepared)
    assert (result.rows_kept, result.rows_refused) == (1, 1)


def test_parquet_keeps_given_rows(bench: Bench) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = rows({}, {"count": "x"}, {})
    table = pa.table({n: [r[n] for r in data] for n in GOOD} | {"_row": [5, 9, 12]})
    pq.write_table(table, bench.root / "t.parquet")
    prepared = Prepared(bench.root / "t.parquet", "parquet", tuple(GOOD), {n: n for n in GOOD})
    bench.check(prepared)
    assert [k["_row"] for k in bench.kept()] == [5, 12]
    assert [r["_row"] for r in bench.refused()] == [9]
    assert [i["_row"] for i in bench.identifiers()] == [5, 12]


@pytest.mark.parametrize(("severity", "kept"), [("E", ["R0", "R2"]), ("W", ["R0", "R1", "R2"])])
def test_a_wrong_check_letter_refuses_the_row_or_is_told(bench: Bench, severity: str, kept: list[str]) -> None:
    declared = IdentifierCheck(
        "police", pattern=r"(?P<serial>[0-9]{3})(?P<check>[A-Z])", letters="ZABC", numbers=("serial",)
    )
    police = Field("police", "str(4)", "L", check="police", check_severity=severity, domain="police")
    dataset = dataclasses.replace(DATASET, fields=(*DATASET.fields, police))
    data = rows({"police": "001A"}, {"police": "001B"}, {"police": ""})
    whole = dataclasses.replace(register(dataset), identifiers={"police": declared})
    result = bench.check(text(data, [each.name for each in dataset.fields]), dataset, whole)
    assert [each["ref"] for each in bench.identifiers()] == kept
    assert [(f.rule, f.severity, f.field, f.rows) for f in result.findings] == [("G-V01", severity, "police", (3,))]
    assert not result.queries


@pytest.mark.parametrize("end", ["\u2028", "\x0b", "\r\u2028"])
def test_rows_read_as_names_of_columns_are_not_told(home, cases, end: str) -> None:
    """Where the ends of lines are lost, the whole file is its header; what stands in it are people."""
    row = "N,AB000001,A,2012-05-01,10.00,Zoe Canary,1980-01-01,AB1 2CD,true"
    receipt = home.take("cases_case_north_2012-05.csv", cases(row, row.replace("000001", "000002")).replace("\n", end))
    said = [*receipt.reasons, *(each.sentence for each in (*receipt.findings, *receipt.queries))]
    assert not receipt.accepted and said
    assert [text for text in said if "Canary" in text or "AB1 2CD" in text or "1980-01-01" in text] == []


def test_a_column_more_is_named(home, cases) -> None:
    row = "N,AB000001,A,2012-05-01,10.00,Zoe Canary,1980-01-01,AB1 2CD,true,x"
    text = cases(row).replace("urgent\n", "urgent,telephone_2\n")
    receipt = home.take("cases_case_north_2012-05.csv", text)
    assert any("`telephone_2`" in each.sentence for each in receipt.findings)
