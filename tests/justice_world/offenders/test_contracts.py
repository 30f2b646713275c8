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
from piperoll.store.codetables import create_code_tables
from tests.justice_world.offenders.conftest import SOURCES
from tests.justice_world.roombench import Sent, count, wrong


pytestmark = pytest.mark.slow
JUSTICE = load(Path(__file__).parents[3] / "justice")
DATASETS = {
    f"{key}.{each.name}": each
    for key in (*SOURCES, "linked")
    for each in JUSTICE.sources[key].datasets
    if each.owed_from and not each.anonymised  # which another room sends
}
RULES = [(key, rule.id) for key, dataset in DATASETS.items() for rule in dataset.rules]
# Of these a person, a court or a prison has few.
SMALL = {"pnc.pnc_merge", "iaps.requirement", "nomis_iis.hdc", "linked.match_rate"}
MONTHLY = {"libra.fines_account", "crest.cc_workload", "linked.match_rate"}  # tell of the same things each month
# Of rows that errors of systems and persons bring before a rule that warns.
TOLD = 0.03


@pytest.fixture(scope="module")
def con(sent: Sent) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    create_code_tables(con, JUSTICE)
    for key, dataset in DATASETS.items():
        view = key.replace(".", "__")
        missing = {each.name: each.missing for each in dataset.fields if each.missing}
        rows = sent.rows(key).with_columns(
            pl.when(~pl.col(name).is_in(list(texts))).then(pl.col(name)).alias(name) for name, texts in missing.items()
        )
        con.register(f"{view}_sent", rows.to_arrow())
        born = "year(try_cast(dob AS DATE)) AS birth_year, month(try_cast(dob AS DATE)) AS birth_month"
        more = f", {born}" if any(each.name == "dob" for each in dataset.fields) else ""
        con.execute(f"CREATE TABLE {view}_rows AS SELECT *{more} FROM {view}_sent").fetchall()
        last = f"QUALIFY row_number() OVER (PARTITION BY {', '.join(dataset.key)} ORDER BY _row DESC) = 1"
        con.execute(f"CREATE TABLE {view} AS FROM {view}_rows {last if dataset.mode == 'increment' else ''}").fetchall()
    con.execute(
        "CREATE TABLE fta__fta_return (force_code VARCHAR, month DATE, category VARCHAR, received BIGINT)"
    ).fetchall()
    return con


@pytest.mark.parametrize("key", DATASETS)
def test_fields_are_of_their_type_and_codes(key: str, con: duckdb.DuckDBPyConnection) -> None:
    view = key.replace(".", "__") + "_rows"
    rows = count(con, f"SELECT count(*) FROM {view}")
    assert rows > (1000 if key not in SMALL else 10)
    for field in DATASETS[key].fields:
        name = field.name
        for broken in wrong(field, DATASETS[key].key):
            assert count(con, f"SELECT count(*) FROM {view} WHERE {broken}") == 0, broken
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
    scope = () if dataset.mode == "events" and key not in MONTHLY else ("_period", "_supplier")
    rows = sent.rows(key)
    assert not rows.select(*scope, *dataset.key).is_duplicated().any()
    for delivery in sent.deliveries:
        if delivery.dataset == key and dataset.cut_off:
            assert delivery.frame[dataset.cut_off].max() <= delivery.period.end, delivery.period


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
    own = key.replace(".", "__")
    view = f"{own}_rows"
    if rule.check is not None:
        failing, rows = (
            count(con, f"SELECT count(*) FROM {view} WHERE ({rule.check}) IS FALSE"),
            count(con, f"SELECT count(*) FROM {view}"),
        )
    elif rule.sql is not None:
        failing = rows = 0
        for supplier, period in _slots(con, view):
            slot = f"_supplier = '{supplier}' AND _period = '{period}'"
            con.execute(f"CREATE OR REPLACE VIEW this AS FROM {view} WHERE {slot}").fetchall()
            # Its own dataset is seen as it was then.
            con.execute(
                f"CREATE OR REPLACE TEMP VIEW {own} AS FROM {view} WHERE _period <= '{period}'"
                + (
                    f" QUALIFY row_number() OVER (PARTITION BY {', '.join(dataset.key)} ORDER BY _row DESC) = 1"
                    if dataset.mode == "increment"
                    else ""
                )
            ).fetchall()
            failing += count(con, f"SELECT count(DISTINCT _row) FROM ({rule.sql})")
            rows += count(con, "SELECT count(*) FROM this")
            con.execute(f"DROP VIEW temp.{own}").fetchall()
    else:
        assert rule.generic in ("G-V01", "G-V02")  # of types, codes and check letters, which are judged apart
        return
    assert rows
    if rule.severity in ("E", "B"):
        assert failing == 0
    elif rule.severity == "R":
        assert failing / rows <= rule.tolerance
    else:
        assert failing < TOLD * rows + 2  # slots are few, and some have hardly a row


def _slots(con: duckdb.DuckDBPyConnection, view: str) -> list[tuple[str, str]]:
    """Some slots: of up to five suppliers a middle one and the last; of a sole supplier more."""
    periods = [each for (each,) in con.execute(f"SELECT DISTINCT _period FROM {view} ORDER BY 1").fetchall()]
    suppliers = [each for (each,) in con.execute(f"SELECT DISTINCT _supplier FROM {view} ORDER BY 1").fetchall()]
    chosen = periods[3::5] if len(suppliers) == 1 else [periods[len(periods) // 2], periods[-1]]
    return [(supplier, period) for supplier in suppliers[:5] for period in chosen]


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
        ("pnc.pnc_person", "pnc_id"), ("pnc.pnc_occasion", "pnc_id"), ("pnc.pnc_offence", "pnc_id"),
        ("pnc.pnc_disposal", "pnc_id"), ("pnc.pnc_merge", "old_pnc_id"), ("pnc.pnc_merge", "new_pnc_id"),
        ("nomis_iis.prisoner", "noms_no"), ("nomis_iis.booking", "noms_no"), ("nomis_iis.snapshot_population", "noms_no"),
        ("probation.supervision", "crn"), ("probation.caseload", "crn"), ("iaps.requirement", "crn"),
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
