"""The engine agrees with the plain reference, row by row, on random tables and contracts."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.register.model.contract import Dataset, Derivation, Field
from tests.collect import reference_check as reference
from tests.collect.check_tools import CODES, Bench, register, text


AWKWARD = {
    "int": ["1", "-0", "007", "+1", " 1", "1 ", "1e3", "1.0", "9223372036854775807", "9223372036854775808", "--1",
            "1_000", "0x10", "٣"],
    "dec(6,2)": ["1", "1.5", "1.50", "1.505", ".5", "5.", "-0.01", "9999.99", "10000", "1,5", "1e1", "NaN", " 1"],
    "date": ["2012-04-12", "2012-4-12", "2012-02-30", "12/04/2012", "2012-04-12 ", "infinity", "0001-01-01",
             "2012-04-12 (BC)", "epoch", "20120412", "2012-02-29", "9999-12-31", "2012-04-12 00:00:00"],
    "datetime": ["2012-04-12 10:00:00", "2012-04-12T10:00", "2012-04-12 24:00:00", "2012-04-12", "2012-04-12 10:00:60",
                 "2012-04-12 10:00:00.123456", "2012-02-30 10:00", "2012-04-12 10:00:00Z", "infinity"],
    "bool": ["true", "F", "YES", "0", "2", "on", " true", "nein"],
    "code": ["R", "r", "AA", "BB", "CC", "X", " R"],
    "str(3)": ["abc", "abcd", "éü ", "'\"", "a,b", "x\ny"],
    "str": ["abc", "n/k", "-", "\u00a0", "a;b"],
}  # fmt: skip
VALUE = {"int": 5, "dec(6,2)": 5, "date": dt.date(2000, 1, 1)}


@st.composite
def fields(draw: st.DrawFn, number: int) -> Field:
    kind = draw(st.sampled_from(sorted(AWKWARD)))
    extra: dict[str, Any] = {}
    if kind == "code":
        extra["codes"] = draw(st.sampled_from(["colour", "court"]))
    if kind in VALUE and draw(st.booleans()):
        extra[draw(st.sampled_from(["min", "max"]))] = VALUE[kind]
    if kind == "date" and draw(st.integers(0, 3)) == 0:
        extra = {"format": "%d/%m/%Y"}
    if kind.startswith("str") and draw(st.booleans()):
        extra["pattern"] = "[a-z]+"
    return Field(
        f"f{number}", kind, draw(st.sampled_from(["A", "D", "L"])), null=draw(st.sampled_from(["never", "allowed"])),
        missing=draw(st.sampled_from([(), ("n/k", "-")])), **extra,
    )  # fmt: skip


@st.composite
def contracts(draw: st.DrawFn) -> Dataset:
    made = [draw(fields(i)) for i in range(draw(st.integers(1, 5)))]
    day = next((f.name for f in made if f.type == "date"), None)
    made = [dataclasses.replace(f, codes_at=day) if f.codes else f for f in made]
    cut_off = day if draw(st.booleans()) else None
    return Dataset("t", "T", "events", (made[0].name,), tuple(made), cut_off=cut_off)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Dataset, list[dict[str, str]]]:
    dataset = draw(contracts())
    row = st.fixed_dictionaries(
        {f.name: st.one_of(st.sampled_from(AWKWARD[f.type]), st.just(""), st.just("n/k")) for f in dataset.fields}
    )
    return dataset, draw(st.lists(row, max_size=12))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
def test_engine_agrees_with_reference(table: tuple[Dataset, list[dict[str, str]]]) -> None:
    dataset, data = table
    if len(dataset.fields) == 1:  # a lone empty value is an empty line, which is no record
        data = [row for row in data if row[dataset.fields[0].name]]
    whole = register(dataset)
    expected = reference.check_rows(data, dataset, whole, "2012-04")
    with tempfile.TemporaryDirectory() as root:
        bench = Bench(Path(root))
        result = bench.check(text(data, [f.name for f in dataset.fields]), dataset, whole)
        found: list[set[tuple[str, str, str]]] = [set() for _ in data]
        for place in bench.places():
            found[place["row"] - 2].add((place["rule"], place["field"], place["kind"].partition(":")[0]))
        assert found == expected
        assert [each["_row"] - 2 for each in bench.kept()] == [i for i, each in enumerate(expected) if not each]
        assert [each["_row"] - 2 for each in bench.refused()] == [i for i, each in enumerate(expected) if each]
        assert result.rows_in == len(data)


@pytest.mark.parametrize("kind", sorted(AWKWARD))
def test_awkward_texts_one_by_one(tmp_path: Path, kind: str) -> None:
    dataset = Dataset(
        "t", "T", "events", ("k",), (Field("k", "int", "A"), Field("v", kind, "A", codes="colour" if kind == "code" else None)),
    )  # fmt: skip
    data = [{"k": str(i), "v": value} for i, value in enumerate(AWKWARD[kind])]
    bench = Bench(tmp_path)
    bench.check(text(data, ["k", "v"]), dataset)
    expected = [not each for each in reference.check_rows(data, dataset, register(dataset), "2012-04")]
    kept = {each["k"]: each["v"] for each in bench.kept()}
    assert [str(i) in map(str, kept) for i in range(len(data))] == expected
    for i, row in enumerate(data):
        if i in kept and kind not in ("code", "str", "str(3)"):
            assert kept[i] == reference.parse(dataset.fields[1], row["v"])[1]


DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2030, 12, 31))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(DAYS, DAYS), min_size=1, max_size=60))
def test_age_is_counted_on_birthdays(pairs: list[tuple[dt.date, dt.date]]) -> None:
    pairs = [(born, at) for born, at in pairs if born <= at] + [(dt.date(1980, 2, 29), dt.date(2011, 2, 28))]
    dataset = Dataset(
        "t", "T", "events", ("k",),
        (Field("k", "int", "A"), Field("born", "date", "D"), Field("at", "date", "T")),
        derive=(Derivation("age", "age_at", "born", at="at", type="int"),),
    )  # fmt: skip
    data = [{"k": str(i), "born": str(b), "at": str(a)} for i, (b, a) in enumerate(pairs)]
    with tempfile.TemporaryDirectory() as root:
        bench = Bench(Path(root))
        bench.check(text(data, ["k", "born", "at"]), dataset)
        assert [each["age"] for each in bench.kept()] == [reference.age(b, a) for b, a in pairs]


AREA = CODES["area"].codes


@settings(max_examples=10, deadline=None)
@given(st.lists(st.text("CFMcf10 9A", max_size=8), max_size=40))
def test_longest_start_wins(values: list[str]) -> None:
    dataset = Dataset(
        "t", "T", "events", ("k",), (Field("k", "int", "A"), Field("p", "str", "D")),
        derive=(Derivation("la", "lookup", "p", codes="area", attribute="la"),),
    )  # fmt: skip
    data = [{"k": str(i), "p": value} for i, value in enumerate(values)]
    expected = []
    for value in values:
        fits = [c for c in AREA if value.upper().startswith(c.code)]
        expected.append(max(fits, key=lambda c: len(c.code)).attributes["la"] if fits else None)
    with tempfile.TemporaryDirectory() as root:
        bench = Bench(Path(root))
        bench.check(text(data, ["k", "p"]), dataset)
        assert [each["la"] for each in bench.kept()] == expected
