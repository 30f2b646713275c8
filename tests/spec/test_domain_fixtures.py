"""Numbers that anyone can check, through the register as it is declared: vectors, dates, balances and published figures.

Formulas, constants and conditions are never written again here: a rule's SQL, a model, a code list or a merge of
`justice/` is run, and what comes out is held against what is known from elsewhere. Further ones that a test of its own
holds are listed at the end, so that each can be found.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlglot
from sqlglot import exp

from piperoll.collect.prepared import CheckResult
from piperoll.derive import plan, run
from piperoll.derive.merges import load_came
from piperoll.derive.merges.declared import datasets_of, lists_of
from piperoll.derive.merges.run import run_merge
from piperoll.journal import PublishedCell, parse_identity
from piperoll.periods import Period
from piperoll.present.words import change_words
from piperoll.register.identifiers import check_character
from piperoll.register.model.publication import MainPoint
from piperoll.register.model.register import Register
from piperoll.release.bulletin import main_points
from piperoll.release.revisions import compare, mark
from piperoll.release.sentences import Referee, Tables, Teller
from piperoll.store.codetables import create_code_tables
from piperoll.store.duck import connect
from piperoll.store.parts import Part
from piperoll.tabulate import Missing, excluding, tabulate
from tests.justice.rulebench import Bench, Case, cases


ROOT = Path(__file__).parents[2]
ENGLAND_AND_WALES = "K04000001"


@pytest.fixture(scope="module")
def bench(justice: Register, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(justice, tmp_path_factory.mktemp("fixtures"))


@pytest.fixture(scope="module")
def blocks(justice: Register) -> dict[str, Case]:
    """Clean rows of every dataset, to write others like them."""
    return {case.dataset: case for case in reversed(list(cases(justice)))}


def found_by(bench: Bench, case: Case, rows: list[dict[str, Any]], **slot: str) -> CheckResult:
    return bench.check((), replace(case.clean, rows=tuple(rows), **slot))


def told(result: CheckResult, rule: str) -> int:
    """Rows of which a rule tells."""
    return sum(each.count for each in result.findings if each.rule == rule)


# ---- OGRS3: the vectors that two published worked examples give ----

VECTORS = {
    "a man of 27 with 8 sanctions before": (
        {"sex": "1", "age": 27, "first": 16, "previous": 8, "offence": "MOTORING"}, (0.47528, 0.65026)
    ),
    "a woman of 45 for the first time": (
        {"sex": "2", "age": 45, "first": 45, "previous": 0, "offence": "VIOLENCE"}, (0.05331, 0.10362)
    ),
}  # fmt: skip


def chances(justice: Register, terms: Mapping[str, Any]) -> tuple[float, ...]:
    """What the contract's rule makes of the terms: the two percentages that it rounds, before it does."""
    (rule,) = [each for each in justice.dataset("oasys.assessment").rules if each.id == "OASYS-V03"]
    query = sqlglot.parse_one(rule.sql, dialect="duckdb")
    rounded = [each.this for each in query.args["where"].find_all(exp.Round)]
    asked = exp.select(*(part.copy() for part in rounded)).from_(query.args["from_"].this.copy())
    con = connect(threads=1)
    create_code_tables(con, justice, ["ogrs3_offence", "ogrs3_age_sex", "oasys_limits"])
    con.execute(
        "CREATE TABLE this AS SELECT 1 AS _row, NULL::INT AS ogrs3_1yr, NULL::INT AS ogrs3_2yr, $sex AS sex, $age AS "
        "predictor_age, $age AS conviction_age, $first AS first_sanction_age, $previous AS previous_sanctions, "
        "$offence AS ogrs3_offence",
        dict(terms),
    ).fetchall()
    (row,) = con.execute(asked.sql(dialect="duckdb")).fetchall()
    con.close()
    return tuple(float(each) / 100 for each in row)


@pytest.mark.parametrize("who", VECTORS)
def test_reconviction_scores_are_those_of_the_worked_examples(justice: Register, who: str) -> None:
    terms, expected = VECTORS[who]
    assert chances(justice, terms) == pytest.approx(expected, abs=0.000005)


@pytest.mark.parametrize("who", VECTORS)
def test_a_score_may_be_a_point_off_and_no_more(justice: Register, bench: Bench, blocks: dict, who: str) -> None:
    terms, (one, two) = VECTORS[who]
    base = {
        **blocks["oasys.assessment"].clean.rows[2], "sex": terms["sex"], "previous_sanctions": terms["previous"],
        "predictor_age": terms["age"], "conviction_age": terms["age"], "first_sanction_age": terms["first"],
        "ogrs3_offence": terms["offence"],
    }  # fmt: skip
    scores = [(round(100 * one) + a, round(100 * two) + b) for a, b in ((0, 0), (1, -1), (-1, 1), (2, 0), (0, -2))]
    rows = [{**base, "assessment_id": f"V{n}", "ogrs3_1yr": a, "ogrs3_2yr": b} for n, (a, b) in enumerate(scores, 1)]
    assert told(found_by(bench, blocks["oasys.assessment"], rows), "OASYS-V03") == 2


def test_every_age_and_offence_has_one_weight(justice: Register) -> None:
    assert len(justice.codes["ogrs3_offence"].codes) == 20
    for sex in ("1", "2"):
        spans = [
            (int(each.attributes["age_from"]), int(each.attributes["age_to"]))
            for each in justice.codes["ogrs3_age_sex"].codes
            if each.attributes["sex"] == sex
        ]
        assert [age for a, b in spans for age in range(a, b + 1)] == list(range(10, 121))


# ---- Freedom of information: twenty working days, counted by a calendar written out by hand ----

DAY = dt.timedelta(1)
NO_WORK = {  # anywhere in the United Kingdom: 2 January, St Patrick, 12 July, August in Scotland, St Andrew among them
    dt.date.fromisoformat(day)
    for day in """2012-01-02 2012-01-03 2012-03-19 2012-04-06 2012-04-09 2012-05-07 2012-06-04 2012-06-05 2012-07-12
        2012-08-06 2012-08-27 2012-11-30 2012-12-25 2012-12-26 2013-01-01 2013-01-02""".split()
}
DEADLINES = {  # received: counted as received, draft due, answer due
    "2012-03-22": ("2012-03-22", "2012-04-05", "2012-04-23"),  # Easter
    "2012-06-30": ("2012-07-02", "2012-07-17", "2012-07-31"),  # a Saturday, and 12 July
    "2012-12-24": ("2012-12-24", "2013-01-11", "2013-01-25"),  # Christmas, New Year and 2 January
    "2012-08-06": ("2012-08-07", "2012-08-21", "2012-09-05"),  # a bank holiday in Scotland alone
    "2012-11-16": ("2012-11-16", "2012-12-03", "2012-12-17"),  # St Andrew's Day
}


def works(day: dt.date) -> bool:
    return day.weekday() < 5 and day not in NO_WORK


def after(day: dt.date, days: int) -> dt.date:
    """So many working days after a day."""
    while days:
        day += DAY
        days -= works(day)
    return day


def requests(blocks: dict) -> list[dict[str, Any]]:
    """A request received on each day of 2012, with its dates."""
    base = {**blocks["foi.foi_case"].clean.rows[0], "date_responded": None, "outcome": None, "info_held": None,
            "refusal_reason": None, "exemptions": None}  # fmt: skip
    rows = []
    for number in range(366):
        received = dt.date(2012, 1, 1) + number * DAY
        counted = received if works(received) else after(received, 1)
        rows.append({**base, "number": f"FOI/{number + 1}", "received_date": received, "deemed_receipt_date": counted,
                     "internal_deadline": after(counted, 10), "external_deadline": after(counted, 20)})  # fmt: skip
    return rows


def test_bank_holidays_are_those_of_any_part_of_the_kingdom(justice: Register) -> None:
    listed = {dt.date.fromisoformat(each.code) for each in justice.codes["uk_bank_holiday"].codes}
    span = {day for day in listed if dt.date(2012, 1, 2) <= day <= dt.date(2013, 1, 31) and day.weekday() < 5}
    assert span == NO_WORK


def test_deadlines_of_requests_are_the_tenth_and_twentieth_working_day(bench: Bench, blocks: dict) -> None:
    rows = requests(blocks)
    by_day = {str(row["received_date"]): row for row in rows}
    for received, dates in DEADLINES.items():
        row = by_day[received]
        assert tuple(str(row[f]) for f in ("deemed_receipt_date", "internal_deadline", "external_deadline")) == dates
    case = blocks["foi.foi_case"]
    right = found_by(bench, case, rows, period="2012-12")
    assert right.rows_kept == 366 and not {each.rule for each in right.findings} & {"FOI-V07", "FOI-V08", "FOI-V09"}
    for name, rule in (
        ("deemed_receipt_date", "FOI-V07"),
        ("external_deadline", "FOI-V08"),
        ("internal_deadline", "FOI-V09"),
    ):
        wrong = [{**row, name: after(row[name], 1)} for row in rows]
        assert told(found_by(bench, case, wrong, period="2012-12"), rule) == 366


def test_an_answer_on_the_twentieth_working_day_is_within_twenty(justice: Register, store_of, blocks: dict) -> None:
    rows = requests(blocks)[::7]
    answered = []
    for late in (0, 1):
        for row in rows:
            given = after(row["external_deadline"], late)
            answered.append({**row, "number": f"{row['number']}-{late}", "date_responded": given, "outcome": "granted",
                             "info_held": "HELD", "routine": False})  # fmt: skip
    publication = justice.publications["foi_implementation"]
    columns = set(answered[0]) - {"requester_name", "email", "postal_address", "message"}
    given = {"foi.foi_case": [{name: row[name] for name in columns} for row in answered]}
    con = store_of(justice, publication.inputs, given)
    run(con, justice, publication)
    found = con.execute("SELECT number, days_taken, within_20 FROM requests").fetchall()
    assert len(found) == len(answered)
    for number, days, within in found:
        assert (days, within) == ((20, True) if number.endswith("-0") else (21, False))


# ---- Failure to appear warrants: a balance that is wrong by three, and a force that could not send ----

CLEVELAND = {"force_code": "17", "month": "2012-06-01", "category": "A", "opening": 190, "received": 60, "executed": 30,
             "withdrawn": 5, "revision": 0}  # fmt: skip


@pytest.mark.parametrize(("closing", "kept"), [(212, 0), (215, 1)])
def test_a_return_that_does_not_balance_is_refused_whole(bench: Bench, blocks: dict, closing: int, kept: int) -> None:
    result = found_by(
        bench, blocks["fta.fta_return"], [{**CLEVELAND, "closing": closing}], supplier="17", period="2012-06"
    )
    assert result.rows_kept == kept
    assert told(result, "FTA-V01") == 1 - kept


def test_without_west_midlands_there_is_no_zero_and_the_total_says_so(justice: Register, store_of) -> None:
    publication = justice.publications["criminal_justice_statistics_quarterly"]
    forces = [each.key for each in justice.suppliers["police_forces"].suppliers]
    assert len(forces) == 43
    rows = [
        {"force_code": force, "month": f"2012-0{month}-01", "category": "A", "opening": 10, "received": int(force),
         "executed": 1, "withdrawn": 0, "closing": 9 + int(force), "revision": 0}
        for force in forces if force != "20" for month in (4, 5, 6)
    ]  # fmt: skip
    planned = plan(justice, publication)
    con = store_of(justice, publication.inputs, {"fta.fta_return": rows})
    run(con, justice, publication, models=["warrants"])
    gone = [Missing("20", "fta.fta_return", f"2012-0{month}") for month in (4, 5, 6)]
    cells = tabulate(con, justice, publication, "warrants", "2012Q2", missing=gone, planned=planned)
    quarter = cells.filter(period="2012Q2", category="all", measure="warrants_received")
    found = {row["force"]: (row["value"], row["marks"]) for row in quarter.iter_rows(named=True)}
    assert found["20"] == (None, ["x"])
    assert {force: found[force][0] for force in forces if force != "20"} == {
        force: 3.0 * int(force) for force in forces if force != "20"
    }
    assert found[ENGLAND_AND_WALES] == (3.0 * sum(int(force) for force in forces if force != "20"), [])
    assert excluding(justice, cells).startswith("excluding West Midlands")


# ---- SACHS and eAsset: the day of the snapshot, the switch, and a difference of three in a hundred ----

FRIDAYS = """2012-02-03 2012-03-02 2012-03-30 2012-04-27 2012-06-01 2012-06-29 2012-08-03 2012-08-31 2012-09-28
    2012-11-02 2012-11-30 2012-12-28""".split()


@pytest.mark.parametrize("key", ["easset.custody_snapshot", "sachs.custody_snapshot"])
def test_the_snapshot_is_of_the_friday_nearest_to_the_months_end(justice: Register, key: str) -> None:
    snapshot = justice.dataset(key).snapshot
    assert snapshot is not None
    assert [str(snapshot.day(Period.parse(f"2012-{month:02}"))) for month in range(1, 13)] == FRIDAYS


def held(month: int, system: str, people: range) -> list[dict[str, Any]]:
    return [
        {"system": system, "snapshot_date": FRIDAYS[month - 1], "reporting_month": f"2012-{month:02}",
         "yp_id": f"{10_000_000 + n}", "sex": "1", "home_yot": "Y001", "establishment": "HII",
         "accommodation": "YOI_U18", "legal_basis": "DTO", "age": 16, "admitted": "2012-01-10"}
        for n in people
    ]  # fmt: skip


def overlap(people: int, lacking: int) -> dict[str, list[dict[str, Any]]]:
    """Young people in SACHS to July, and in eAsset from March, which lacks some of them until July."""
    sachs = [row for month in range(1, 8) for row in held(month, "SACHS", range(people))]
    easset = [row for month in range(3, 13) for row in held(month, "EASSET", range(people - (month < 8) * lacking))]
    return {"sachs.custody_snapshot": sachs, "easset.custody_snapshot": easset}


def test_the_series_of_2012_switches_after_july(justice: Register, store_of) -> None:
    publication = justice.publications["monthly_youth_custody_brief"]
    con = store_of(justice, publication.inputs, overlap(5, 1))
    run(con, justice, publication)
    series = con.execute("SELECT month, MIN(system), MAX(system), COUNT(*) FROM youth_custody GROUP BY 1 ORDER BY 1")
    expected = [(dt.date(2012, m, 1), *(["SACHS" if m <= 7 else "EASSET"] * 2), 5) for m in range(1, 13)]
    assert series.fetchall() == expected


def test_three_in_a_hundred_are_explained_month_by_month(justice: Register) -> None:
    merge = justice.merges["youth_custody"]
    rows = overlap(100, 3)
    con = connect(threads=1)
    for key in datasets_of(justice, merge):
        data = pl.DataFrame(rows[key]).with_columns(
            pl.col("snapshot_date", "admitted").str.to_date(),
            _row=pl.int_range(pl.len()),
            offence_group=pl.lit("THEFT"),
        )
        con.register("data", data.to_arrow())
        con.execute(f'CREATE TABLE "{key.replace(".", "__")}" AS SELECT * FROM data').fetchall()
    create_code_tables(con, justice, lists_of(merge))
    came = [
        Part(key, "YJB", f"2012-{month:02}", 12 * n + month, f"o{n}{month}", "snapshot", f"d{n}{month}")
        for n, key in enumerate(rows) for month in range(1, 13)
    ]  # fmt: skip
    load_came(con, came)
    made = run_merge(con, merge)
    con.close()
    gaps = made.differences.group_by("side", "kind", "reason").len().rows()
    assert gaps == [("easset", "missing", "not_entered_yet", 3 * 5)]  # March to July, and nothing without a reason


# ---- Timeliness: the columns and the figures of the second quarter of 2010 ----

STAGES = ("offence to charge", "charge to first listing", "first listing to completion", "offence to completion")
PUBLISHED = {"measured": 393_594, "mean": (94, 32, 32, 159), "median": (63, 27, 0, 130)}
# As many defendants whose stages have these means and medians: rows, then days of the three stages.
PARTS = ((177_117, 0, 58, 72), (39_360, 63, 27, 0), (177_117, 195, 8, 0))
MEASURES = ("to_charge", "to_listing", "to_completion", "in_all")


def test_the_columns_are_those_published(justice: Register) -> None:
    """Defendants, then mean and median of each stage, by year or quarter and court; the region has a table of its own."""
    publication = justice.publications["court_timeliness"]
    labels = {each.name: each.label.lower() for each in publication.measures}
    table = next(each for each in publication.tables if each.name == "timeliness")
    shown = [labels[name] for name in table.measures]
    assert [each for each in shown if each.endswith(", mean")] == [f"{stage}, mean" for stage in STAGES]
    assert [each for each in shown if each.endswith(", median")] == [f"{stage}, median" for stage in STAGES]
    assert "defendants measured" in shown and table.also_years and "court" in table.rows
    assert {"region", "court"} == set(next(each for each in publication.tables if each.name == "regions").rows)


@pytest.mark.slow
def test_393_594_defendants_have_the_published_means_and_medians(justice: Register, store_of) -> None:
    publication = justice.publications["court_timeliness"]
    con = store_of(justice, publication.inputs, {})
    for number, (rows, charge, listing, completion) in enumerate(PARTS):
        whole = charge + listing + completion
        con.execute(
            "INSERT INTO libra__mc_offence (case_no, def_id, seq, category, completion_date, first_listing_date, "
            "charge_date, offence_start, _supplier, _period, _row) SELECT $part || '-' || i, 1, 1, 'CS', d, d - $c::INT, "
            "d - $b::INT, d - $a::INT, 'LON', '2010-06', i FROM (SELECT i, DATE '2010-04-01' + (i % 91)::INT AS d "
            "FROM range($rows::BIGINT) AS t(i))",
            {"part": str(number), "c": completion, "b": completion + listing, "a": whole, "rows": rows},
        ).fetchall()
    run(con, justice, publication)
    cells = tabulate(con, justice, publication, "timeliness", "2010Q2").filter(period="2010Q2", court="all")
    found = dict(cells.select("measure", "value").iter_rows())
    assert found["measured"] == found["completed"] == PUBLISHED["measured"]
    for kind in ("mean", "median"):
        assert tuple(math.floor(found[f"{kind}_{name}"] + 0.5) for name in MEASURES) == PUBLISHED[kind]


# ---- Possession: the third quarter of 2023 as two bulletins gave it, and a sentence that one of them got wrong ----

PAIRS = {  # claim type and measure: as first published, a year later
    ("mortgage", "claims"): ("4185", "4188"), ("mortgage", "orders"): ("2923", "2923"),
    ("mortgage", "warrants"): ("2289", "2345"), ("mortgage", "repossessions"): ("622", "635"),
    ("mortgage", "median_weeks_to_repossession"): ("57.4", "57.8"),
    ("landlord", "claims"): ("24938", "24922"), ("landlord", "orders"): ("17977", "17987"),
    ("landlord", "warrants"): ("9753", "10044"), ("landlord", "repossessions"): ("6080", "6167"),
    ("landlord", "median_weeks_to_repossession"): ("23.0", "23.0"),
}  # fmt: skip
SLIP = (2473, 2289)  # mortgage warrants of a year before and of the quarter, which the bulletin said had increased


def test_the_revisions_of_a_year_are_found_sized_and_marked(justice: Register) -> None:
    declared = {each.name for each in justice.publications["mortgage_and_landlord_possession"].measures}
    assert {measure for _, measure in PAIRS} <= declared
    names = {key: f"{key[1]}|claim_type={key[0]}|2012|2023Q3" for key in PAIRS}
    first = [PublishedCell(parse_identity(names[key]), "national", was, "") for key, (was, _) in PAIRS.items()]
    frame = pl.DataFrame(
        {
            "identity": list(names.values()),
            "table": "national",
            "measure": [measure for _, measure in PAIRS],
            "period": "2023Q3",
            "shown": [float(now) for _, now in PAIRS.values()],
            "marks": [[] for _ in PAIRS],
        },
        schema_overrides={"marks": pl.List(pl.String)},
    )
    texts = {names[key]: now for key, (_, now) in PAIRS.items()}
    found = compare("mortgage_and_landlord_possession/2023Q3/1", first, frame, texts)
    changed = {key for key, (was, now) in PAIRS.items() if was != now}
    assert len(changed) == 8
    assert {each.identity: each.difference for each in found.revisions} == pytest.approx(
        {names[key]: float(PAIRS[key][1]) - float(PAIRS[key][0]) for key in changed}
    )
    marked = mark(frame, found.identities)
    assert set(marked.filter(pl.col("marks").list.contains("r"))["identity"]) == {names[key] for key in changed}
    sizes = {each.measure: (each.compared, each.revised, each.largest, each.mean_absolute) for each in found.summary}
    assert sizes["warrants"] == (2, 2, 291.0, pytest.approx((56 + 291) / 2))
    assert sizes["orders"] == (2, 1, 10.0, 10.0)
    assert sizes["median_weeks_to_repossession"][:2] == (2, 1)
    assert found.against_words == "edition 1 of Jul to Sep 2023"


def test_a_fall_cannot_be_told_as_a_rise() -> None:
    said = change_words("Mortgage warrants", *SLIP)
    assert said == "Mortgage warrants decreased by 7%, from 2,473 to 2,289"


@pytest.mark.parametrize(("before", "now", "said", "never"), [
    (*SLIP, "decreased by 7%", "increas|rose"), (*SLIP[::-1], "increased by 8%", "decreas|fell"),
])  # fmt: skip
def test_no_main_point_can_say_what_the_bulletin_said(
    justice: Register, before: int, now: int, said: str, never: str
) -> None:
    """The publication's own main points, and that of mortgage warrants, over a table with the two figures of the slip."""
    publication = justice.publications["mortgage_and_landlord_possession"]
    (national,) = [each for each in publication.tables if each.name == "national"]
    warrants = MainPoint("warrants", "mortgage possession claims leading to warrants", {"claim_type": "mortgage"})
    points = (*publication.main_points, warrants)
    rows = [
        {"period": period, "period_name": period, "claim_type_code": code, "claim_type": code, "claim_type_level": "Group",
         **{name: str(value) for name in national.measures}, **{f"{name}_status": "" for name in national.measures}}
        for period, value in (("2022Q3", before), ("2023Q3", now)) for code in ("all", "mortgage", "landlord")
    ]  # fmt: skip
    narrow = replace(publication, tables=(national,), main_points=points)
    teller = Teller(Referee(justice, narrow, Period.parse("2023Q3"), Tables({"national": lambda: rows})))
    told = ["".join(each.text for each in sentences) for sentences in main_points(narrow, teller)]
    assert len(told) == len(points) == 6
    for point in told:
        assert said in point and not re.search(never, point)
        assert point.index(f"{before:,}") < point.index(f"{now:,}")


# ---- Identifiers with a check letter ----

IDENTIFIERS = {
    "pnc_id": ["1979/0163001B", "2003/0012345N", "2012/9876543E"],
    "cro": ["001234/08T", "265416/21G", "SF05/482703J"],
    "asn": ["1101ZD0100000410780J", "1243AA0100000001234C"],
}
LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in IDENTIFIERS.items() for value in values])
def test_of_23_letters_one_is_right(justice: Register, key: str, value: str) -> None:
    right = [letter for letter in LETTERS if check_character(justice.identifiers[key], value[:-1] + letter)]
    assert right == [value[-1]]


# ---- What other tests hold ----

HELD = {
    "a count of 8 is shown as 10, 12 as 10, 13 as 15; below 8 nothing": "tests/spec/test_disclosure.py::test_counts",
    "a change is shown from 30 cases on": "tests/spec/test_disclosure.py::test_changes",
    "a year is the sum of exact quarters, then rounded": "tests/spec/test_disclosure.py::test_years",
    "a month of possession figures is refused": "tests/spec/test_disclosure.py::test_periods",
    "what one row gives away is hidden besides": "tests/spec/test_disclosure.py::test_one_row",
    "exactly three sources have no statistics": "tests/statement/test_traps.py::test_16_three_sources_state_no_statistical_publication",
    "the disclosure rule of three texts is one object": "tests/statement/test_traps.py::test_7_the_disclosure_policy_is_one_object",
    "eAsset's placement service is said to use SACHS": "tests/statement/test_traps.py::test_3_easset_names_sachs_for_placements",
    "youth custody of 2012/13 is of two systems": "tests/statement/test_traps.py::test_5_the_youth_custody_series_straddles_two_systems",
    "NPIA, then the Home Office": "tests/statement/test_as_of.py::test_the_extract_comes_from_npia_then_from_the_home_office",
    "the median is the mean of the two in the middle": "tests/tabulate/test_definitions.py::test_the_median_is_the_true_one",
    "a direction is that of the numbers as shown": "tests/present/test_words.py::test_the_direction_is_that_of_the_numbers_as_shown",
    "why the two youth custody systems differ": "tests/justice/test_merges.py::test_what_becomes_of",
}  # fmt: skip


@pytest.mark.parametrize("what", HELD)
def test_what_another_test_holds_is_there(what: str) -> None:
    path, _, name = HELD[what].partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^def {name}\(", text, re.MULTILINE), HELD[what]
