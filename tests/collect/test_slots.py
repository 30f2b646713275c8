"""Slots: from names, manifests and options; what is not owed; the order of a batch."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from piperoll.collect.manifest import parse_manifest, stated_of
from piperoll.collect.order import batch_name, by_quarter, levels, same_wave, waves
from piperoll.collect.slots import NOTHING_STATED, Slot, Stated, find_slot, not_owed
from piperoll.errors import UserError
from piperoll.register.model.contract import Rule
from piperoll.register.model.facts.atoms import When
from piperoll.register.model.facts.entry import Entry


TODAY = dt.date(2012, 11, 8)


def refused(tiny, name, stated=NOTHING_STATED) -> UserError:
    with pytest.raises(UserError) as caught:
        find_slot(tiny, name, stated, TODAY)
    return caught.value


@pytest.mark.parametrize(
    ("name", "slot"),
    [
        ("cases_case_north_2012-05.csv", Slot("cases", "case", "north", "2012-05")),
        ("CASES_CASE_NORTH_201205.CSV.GZ", Slot("cases", "case", "north", "2012-05")),
        ("cases_case_Southern Office_2012_05.xlsx", Slot("cases", "case", "south", "2012-05")),
        ("cases_event_south_2012-05.parquet", Slot("cases", "event", "south", "2012-05")),
        ("held_north_2012q1.ods", Slot("stock", "held", "north", "2012Q1")),
        ("places_2011-12.txt", Slot("stock", "place", "centre", "2011/12")),
    ],
)
def test_the_name_tells_the_slot(tiny, name, slot):
    assert find_slot(tiny, name, NOTHING_STATED, TODAY) == slot


def test_what_is_stated_tells_the_slot(tiny):
    said = Stated(dataset="cases.case", supplier="south", period="2012-05")
    assert find_slot(tiny, "export (3).csv", said, TODAY) == Slot("cases", "case", "south", "2012-05")
    said = Stated(source="stock", dataset="place", period="2011/12")
    assert find_slot(tiny, "x", said, TODAY).supplier == "centre", "the only one needs no name"
    said = Stated(supplier="Office of the South")
    assert find_slot(tiny, "cases_case_south_2012-05.csv", said, TODAY).supplier == "south"


@pytest.mark.parametrize(
    ("name", "said", "code", "words"),
    [
        ("letter.csv", {}, "PR-C022", "fits no dataset"),
        ("cases_cases_north_2012-05.csv", {}, "PR-C022", "cases_case_{supplier}"),
        ("x.csv", {"dataset": "cases.cas"}, "PR-C022", "Did you mean `case`?"),
        ("x.csv", {"source": "case"}, "PR-C022", "Did you mean `cases`?"),
        ("cases_case_norht_2012-05.csv", {}, "PR-C024", "Did you mean `north`?"),
        ("cases_case_north_2012Q1.csv", {}, "PR-C024", "no month"),
        ("cases_case_north_2012-13.csv", {}, "PR-C024", "no month"),
        ("x.csv", {"dataset": "cases.case", "supplier": "north"}, "PR-C024", "which period"),
        ("x.csv", {"dataset": "cases.case", "period": "2012-05"}, "PR-C024", "who delivers"),
        ("cases_case_north_2012-05.csv", {"period": "2012-06"}, "PR-C023", "`2012-06`"),
        ("cases_case_north_2012-05.csv", {"supplier": "south"}, "PR-C023", "`south`"),
        ("cases_case_north_2012-05.csv", {"mode": "full"}, "PR-C023", "`increment`"),
        ("cases_case_north_2010-12.csv", {}, "PR-C025", "from 2011-01"),
        ("cases_case_north_2013-01.csv", {}, "PR-C025", "not begun"),
        ("cases_case_west_2012-01.csv", {}, "PR-C025", "no longer exists"),
        ("x.csv", {"source": "cases", "dataset": "stock.held"}, "PR-C023", "Two sources"),
    ],
)
def test_what_is_not_clear_is_a_sentence(tiny, name, said, code, words):
    error = refused(tiny, name, Stated(**said))
    assert error.code == code and words in error.sentence


def test_hostile_names_are_only_names(tiny):
    for name in (
        "'; DROP TABLE x; --.csv",
        "../../etc/passwd",
        "a" * 5000,
        "cases_case_{supplier}_2012-05.csv",
        "\x1b[31m.csv",
        "cases_case_<script>_2012-05.csv",
    ):
        assert "\x1b" not in refused(tiny, name).message


def test_planned_and_closed_sources_owe_nothing(tiny):
    slot = Slot("cases", "case", "north", "2012-05")
    for when, why in [
        (When(state="planned"), "planned"),
        (When(state="ended"), "closed"),
        (When(starts="2012-06-01"), "planned"),
        (When(ends="2012-04-30"), "closed"),
        (When(starts="2012-05-15", ends="2012-05-20"), ""),
    ]:
        source = replace(tiny.sources["cases"], entry=Entry(lifecycle=when))
        register = replace(tiny, sources={**tiny.sources, "cases": source})
        assert why in not_owed(register, slot, TODAY) and bool(why) == bool(not_owed(register, slot, TODAY))


def test_parents_come_first_then_period_and_supplier(tiny):
    assert levels(tiny) == {"cases.case": 0, "cases.event": 1, "stock.held": 0, "stock.place": 0}
    slots = [
        Slot("cases", "event", "north", "2012-01"),
        Slot("cases", "case", "south", "2012-02"),
        Slot("cases", "case", "south", "2012-01"),
        Slot("cases", "case", "north", "2012-01"),
        Slot("cases", "case", "south", "2012-01"),
    ]
    got = [
        [(s.dataset, s.supplier, s.period, n) for s, n in wave]
        for wave in waves(tiny, [(s, i) for i, s in enumerate(slots)])
    ]
    assert got == [
        [("case", "north", "2012-01", 3), ("case", "south", "2012-01", 2), ("case", "south", "2012-02", 1)],
        [("case", "south", "2012-01", 4)],
        [("event", "north", "2012-01", 0)],
    ]
    assert batch_name(["a", "b"]) == batch_name(["b", "a"]) != batch_name(["a"])


def test_months_are_one_wave_only_where_no_check_looks_back(tiny):
    assert "cases.case" in by_quarter(tiny)
    case = next(d for d in tiny.sources["cases"].datasets if d.name == "case")

    def wide(changed):
        source = replace(tiny.sources["cases"], datasets=(changed,))
        return "cases.case" in by_quarter(replace(tiny, sources={"cases": source}))

    looks_back = Rule("X-V01", "W", "m", sql="SELECT t._row FROM this AS t JOIN cases__case AS c ON true")
    assert wide(case)
    assert not wide(replace(case, rules=(looks_back,)))
    assert not wide(replace(case, volume=replace(case.volume, previous_period=0.4)))
    assert not wide(replace(case, period="year"))
    january, february, april = (Slot("cases", "case", "north", f"2012-{m}") for m in ("01", "02", "04"))
    assert same_wave(january, february, frozenset({"cases.case"}))
    assert not same_wave(january, february, frozenset())
    assert not same_wave(january, april, frozenset({"cases.case"}))


def test_a_manifest(tiny):
    lines = parse_manifest(
        "files:\n- {file: a.csv, dataset: cases.case, supplier: north, period: 2012-05, mode: increment}\n"
        "- {dataset: stock.held, supplier: south, period: 2012Q1, nil: true}\n- {file: b.csv, period: 2012}\n",
        "manifest.yaml",
    )
    assert stated_of(lines[0]) == (
        "a.csv",
        Stated(dataset="cases.case", supplier="north", period="2012-05", mode="increment"),
    )
    assert stated_of(lines[1])[1].nil is True and stated_of(lines[2])[1].period == "2012"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("files: [", "valid YAML (line 1)"),
        ("just words", "no list"),
        ("files: [1]", "Line 1"),
        ("files: [{file: a, perod: 2012}]", "Did you mean `period`?"),
        ("files: [{period: 2012-05}]", "names no file"),
        ("files: [{file: a}, {file: a}]", "again"),
        ("files: [{file: a, nil: maybe}]", "true or false"),
        ("files: [{file: a, period: [1]}]", "not a text"),
        ("files: !!python/object/apply:os.system ['true']", "valid YAML"),
        ("[" * 5000, "valid YAML"),
    ],
)
def test_a_manifest_that_is_not_understood(text, words):
    with pytest.raises(UserError) as caught:
        parse_manifest(text, "m")
    assert caught.value.code == "PR-C018" and words in caught.value.sentence
