"""What the seven systems send holds to the register's contracts, judged by plain SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from piperoll.register import load
from piperoll.register.identifiers import check_character
from piperoll.register.model.contract import Dataset, Rule
from piperoll.register.model.register import Register
from tests.justice_world.offenders.conftest import SOURCES, Sent


JUSTICE = load(Path(__file__).parents[3] / "justice")
DATASETS = {f"{key}.{each.name}": each for key in SOURCES for each in JUSTICE.sources[key].datasets}
RULES = [(key, rule.id) for key, dataset in DATASETS.items() for rule in dataset.rules]
# Of rows that errors of systems and persons bring before a rule that warns.
TOLD = 0.03


@pytest.fixture(scope="module")
def con(sent: Sent) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    for key, dataset in DATASETS.items():
        view = key.replace(".", "__")
        missing = {each.name: each.missing for each in dataset.fields if each.missing}
        rows = sent.rows(key).with_columns(
            pl.when(~pl.col(name).is_in(list(texts))).then(pl.col(name)).alias(name) for name, texts in missing.items()
        )
        con.register(f"{view}_rows", rows.to_arrow())
        con.execute(
            f"CREATE TABLE {view} AS SELECT * FROM {view}_rows "
            f"QUALIFY row_number() OVER (PARTITION BY {', '.join(dataset.key)} ORDER BY _row DESC) = 1"
        ).fetchall()
    return con


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.execute(sql).fetchall()[0][0])


@pytest.mark.parametrize("key", DATASETS)
def test_fields_are_of_their_type_and_codes(key: str, con: duckdb.DuckDBPyConnection) -> None:
    view = key.replace(".", "__") + "_rows"
    rows = _count(con, f"SELECT count(*) FROM {view}")
    assert rows > 1000
    for field in DATASETS[key].fields:
        name = field.name
        if field.null == "never" or name in DATASETS[key].key:
            assert _count(con, f"SELECT count(*) FROM {view} WHERE {name} IS NULL") == 0, name
        if field.required_when:
            broken = f"SELECT count(*) FROM {view} WHERE ({field.required_when}) AND {name} IS NULL"
            assert _count(con, broken) == 0, name
        if field.pattern:
            broken = f"SELECT count(*) FROM {view} WHERE NOT regexp_full_match({name}, '{field.pattern}')"
            assert _count(con, broken) == 0, name
        if field.type.startswith("str("):
            assert _count(con, f"SELECT count(*) FROM {view} WHERE length({name}) > {field.type[4:-1]}") == 0, name
        for bound, wrong in ((field.min, "<"), (field.max, ">")):
            limit = f"DATE '{bound}'" if field.type == "date" else bound
            if bound is not None:
                assert _count(con, f"SELECT count(*) FROM {view} WHERE {name} {wrong} {limit}") == 0, name
        if field.codes:
            _codes(con, view, name, field.codes, field.codes_at)


def _codes(con: duckdb.DuckDBPyConnection, view: str, name: str, codes: str, at: str | None) -> None:
    known = {each.code: each for each in JUSTICE.codes[codes].codes}
    days = f"min({at}), max({at})" if at else "NULL, NULL"
    for code, first, last in con.execute(
        f"SELECT {name}, {days} FROM {view} WHERE {name} IS NOT NULL GROUP BY 1"
    ).fetchall():
        assert code in known, name
        start, end = known[code].valid_from, known[code].valid_to
        assert not (start and first and first < start) and not (end and last and last > end), (name, code)


@pytest.mark.parametrize("key", DATASETS)
def test_keys_and_cut_off(key: str, con: duckdb.DuckDBPyConnection, sent: Sent) -> None:
    dataset = DATASETS[key]
    scope = () if dataset.mode == "events" else ("_period", "_supplier")
    rows = sent.rows(key)
    assert not rows.select(*scope, *dataset.key).is_duplicated().any()
    for delivery in sent.deliveries:
        if delivery.dataset == key and dataset.cut_off:
            assert delivery.frame[dataset.cut_off].max() <= delivery.period.end, delivery.period  # type: ignore[operator]


@pytest.mark.parametrize("key", [key for key, dataset in DATASETS.items() if dataset.references])
def test_parents_come_before_or_with_their_children(key: str, sent: Sent) -> None:
    for reference in DATASETS[key].references:
        order = list(reference.fields)
        first = sent.rows(reference.to).group_by(order).agg(pl.col("_period").min().alias("parent"))
        children = sent.rows(key).join(first, on=order, how="left")
        assert children["parent"].null_count() == 0
        assert (children["parent"] <= children["_period"]).all()


@pytest.mark.parametrize(("key", "rule_id"), RULES)
def test_rules(key: str, rule_id: str, con: duckdb.DuckDBPyConnection) -> None:
    dataset: Dataset = DATASETS[key]
    rule: Rule = next(each for each in dataset.rules if each.id == rule_id)
    view = key.replace(".", "__") + "_rows"
    if rule.check is not None:
        failing = _count(con, f"SELECT count(*) FROM {view} WHERE ({rule.check}) IS FALSE")
    else:
        con.execute(f"CREATE OR REPLACE VIEW this AS FROM {view}").fetchall()
        failing = _count(con, f"SELECT count(DISTINCT _row) FROM ({rule.sql})")
    share = failing / _count(con, f"SELECT count(*) FROM {view}")
    if rule.severity in ("E", "B"):
        assert failing == 0
    elif rule.severity == "R":
        assert share <= rule.tolerance
    else:
        assert share < TOLD


BROKEN = {
    "LIBRA-V01": "first_listing_date = charge_date - 1",
    "LIBRA-V01A": "offence_start = charge_date + 1",
    "LIBRA-V02": "final_result = NULL",
    "LIBRA-V03": "youth = true, dob = '1980-01-01'",
    "LIBRA-V04": "is_company = true",
    "LIBRA-V10": "dob = '1980-02-31'",
    "LIBRA-V11": "postcode = 'none'",
    "LIBRA-V12": "final_result = '4048', committed_to_cc_date = NULL",
    "LIBRA-V13": "offence_end = offence_start - 1",
    "CREST-V01": "first_hearing_date = receipt_date - 1",
    "CREST-V02": "plea = 'NG', verdict = NULL, disposal_date = DATE '2010-01-01', result = '1002'",
    "CREST-V03": "result = '1002', custody_days = NULL, life = false",
    "CREST-V09": "main_hearing_start = DATE '2010-01-02', main_hearing_end = DATE '2010-01-01'",
    "CREST-V10": "dob = receipt_date - 3650",
    "CREST-V11": "offence_end = offence_start - 1",
    "PNC-V10": "date_of_death = dob - 1",
    "PNC-V11": "postcode = 'none'",
    "NOMIS-V09": "ethnicity = 'NS'",
    "NOMIS-V11": "dob = updated_date - 3000",
    "NOMIS-V12": "postcode = 'none'",
    "PROBATION-V01": "start_date = sentence_date - 1",
    "PROBATION-V03": "requirements = 'UNPAID_WORK', unpaid_hours = 30",
    "PROBATION-V07": "trust = CASE trust WHEN 'LDN' THEN 'WLS' ELSE 'LDN' END",
    "PROBATION-V09": "dob = start_date - 6000",
    "IAPS-V01": "completion_date = DATE '2010-01-01', start_date = DATE '2010-01-02'",
    "IAPS-V02": "status = 'COMPLETED', start_date = NULL",
    "IAPS-V04": "crn = 'Z999999'",
    "IAPS-V05": "programme = 'TSP', ogrs_score = 49, targeting_met = true",
    "IAPS-V06": "dob = '1980-13-01'",
    "OASYS-V02": "status = 'COMPLETE', score_08_drugs = NULL",
    "OASYS-V04": "status = 'OPEN'",
    "OASYS-V05": "harm_community = 'VERY_HIGH', manager_signed = false",
    "OASYS-V06": "noms_no = 'Z9999ZZ', crn = NULL",
    "OASYS-V07": "completed = initiated - 1",
    "OASYS-V08": "ogrs3_1yr = 51, ogrs3_2yr = 50",
}


@pytest.mark.parametrize(("key", "rule_id"), RULES)
def test_every_rule_catches_its_fault(key: str, rule_id: str, con: duckdb.DuckDBPyConnection) -> None:
    rule = next(each for each in DATASETS[key].rules if each.id == rule_id)
    view = key.replace(".", "__")
    con.execute(f"CREATE OR REPLACE TABLE broken AS FROM {view} ORDER BY _row LIMIT 4000").fetchall()
    if rule_id == "IAPS-V03":  # as if nobody in Wales had sent anything
        con.execute("INSERT INTO broken SELECT broken.* FROM broken, range(4)").fetchall()
        con.execute("UPDATE broken SET trust = 'LDN' WHERE trust = 'WLS'").fetchall()
    else:
        con.execute(f"UPDATE broken SET {BROKEN[rule_id]}").fetchall()
    if rule.check is not None:
        wanted = "SELECT count(*) FROM broken"
        if rule_id == "OASYS-V05":
            wanted += " WHERE harm_custody IS NOT NULL"
        found = _count(con, f"SELECT count(*) FROM broken WHERE ({rule.check}) IS FALSE")
        assert found >= 0.9 * _count(con, wanted) > 0
        return
    con.execute("CREATE OR REPLACE VIEW this AS FROM broken").fetchall()
    found = _count(con, f"SELECT count(DISTINCT _row) FROM ({rule.sql})")
    assert found > (rule.tolerance or 0.5) * _count(con, "SELECT count(DISTINCT _row) FROM broken")


def test_an_extract_of_all_trusts_is_asked_for_only_where_it_is_large(con: duckdb.DuckDBPyConnection) -> None:
    rule = next(each for each in DATASETS["iaps.requirement"].rules if each.id == "IAPS-V03")
    con.execute(
        "CREATE OR REPLACE VIEW this AS SELECT * FROM iaps__requirement WHERE trust <> 'WLS' LIMIT 500"
    ).fetchall()
    assert _count(con, f"SELECT count(*) FROM ({rule.sql})") == 0


# --- identifiers ------------------------------------------------------------------------------------------------------


def test_identifiers_of_one_kind_share_one_domain(register: Register) -> None:
    domains: dict[str, set[str]] = {}
    for key, dataset in DATASETS.items():
        for field in dataset.fields:
            if field.check:
                assert field.cls == "L" and field.domain == field.check, (key, field.name)
                domains.setdefault(field.domain, set()).add(key.split(".")[0])
    assert domains == {
        "pnc_id": set(SOURCES),
        "cro": {"pnc", "nomis_iis", "crest"},
        "asn": {"pnc", "libra", "crest"},
        "ptiurn": {"libra", "crest"},
        "noms_no": {"nomis_iis", "probation", "oasys"},
        "prison_number": {"nomis_iis"},
        "crn": {"probation", "iaps", "oasys"},
    }


def test_only_a_sources_own_number_refuses_its_row() -> None:
    refusing = {
        (key, field.name)
        for key, dataset in DATASETS.items()
        for field in dataset.fields
        if field.check and field.check_severity == "E"
    }
    assert refusing == {
        ("pnc.pnc_person", "pnc_id"), ("pnc.pnc_occasion", "pnc_id"), ("nomis_iis.prisoner", "noms_no"),
        ("probation.supervision", "crn"), ("iaps.requirement", "crn"),
    }  # fmt: skip


@pytest.mark.parametrize("key", DATASETS)
def test_names_births_and_homes_stay_in_the_vault(key: str) -> None:
    for field in DATASETS[key].fields:
        direct = field.name in ("dob", "postcode", "town") or "name" in field.name.removesuffix("_no")
        assert (field.cls == "D") == direct, field.name
    derived = {each.name for each in DATASETS[key].derive}
    names = {each.name for each in DATASETS[key].fields}
    assert ("dob" not in names) or {"birth_year", "birth_month", "age"} <= derived
    assert ("postcode" not in names) or "postcode_district" in derived


@pytest.mark.parametrize("key", DATASETS)
def test_check_letters_hold_but_for_slips(key: str, sent: Sent) -> None:
    for field in DATASETS[key].fields:
        if field.check:
            declared = JUSTICE.identifiers[field.check]
            values = sent.rows(key)[field.name].drop_nulls()
            wrong = sum(not check_character(declared, each) for each in values[:3000]) / min(len(values), 3000)
            assert wrong == 0 if field.check_severity == "E" else wrong < 0.01, field.name
