"""Clean deliveries hold to every contract: types, codes, keys, references and rules, judged by plain SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from piperoll.register.model.contract import Dataset, Field
from tests.justice_world.conftest import Simulated


DATASETS = ("caseman.claim", "caseman.claim_event", "caseman.insolvency_petition", "pcol.pcol_claim")


def _duck_type(field: Field) -> str:
    kind = field.type
    if kind.startswith("dec"):
        return kind.replace("dec", "DECIMAL")
    plain = {"int": "BIGINT", "date": "DATE", "datetime": "TIMESTAMP", "bool": "BOOLEAN"}
    return plain.get(kind, "VARCHAR")


@pytest.fixture(scope="module")
def con(clean: Simulated) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    districts = clean.register.codes["postcode_district"]
    lookup = pl.DataFrame(
        [{"district": c.code, "property_la": c.attributes["local_authority"]} for c in districts.codes]
    )
    con.register("lookup", lookup.to_arrow())
    listed = clean.table("files").filter(pl.col("file") != "")
    for key in DATASETS:
        dataset = clean.register.dataset(key)
        paths = [
            clean.out / name.partition(".zip")[0] if ".zip" not in name else _unzipped(clean.out, name)
            for name in listed.filter(pl.col("dataset") == key)["file"]
        ]
        columns = ", ".join(f"CAST({f.name} AS {_duck_type(f)}) AS {f.name}" for f in dataset.fields)
        la = ", property_la" if any(d.name == "property_la" for d in dataset.derive) else ""
        join = "LEFT JOIN lookup ON district = split_part(property_postcode, ' ', 1)" if la else ""
        view = key.replace(".", "__")
        con.execute(
            f"CREATE TABLE {view}_rows AS SELECT row_number() OVER () AS _row, filename AS _file, {columns}{la} "
            "FROM read_csv($paths, all_varchar=true, header=true, filename=true, delim=',', quote='\"', escape='\"') "
            f"{join}",
            {"paths": [str(path) for path in paths]},
        ).fetchall()
    con.execute("CREATE VIEW caseman__claim_event AS FROM caseman__claim_event_rows").fetchall()
    for view in ("caseman__claim", "pcol__pcol_claim"):
        con.execute(
            f"CREATE VIEW {view} AS SELECT * FROM {view}_rows "
            "QUALIFY row_number() OVER (PARTITION BY claim_number ORDER BY _file DESC) = 1"
        ).fetchall()
    return con


def _unzipped(out: Path, told: str) -> Path:
    import zipfile

    folder, archive, member = told.split("/")
    target = out.parent / "unzipped" / folder
    with zipfile.ZipFile(out / folder / archive) as opened:
        assert opened.namelist() == [member]
        opened.extractall(target)
    return target / member


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    found = con.execute(sql).fetchall()
    return int(found[0][0])


def _cases(what: str) -> list[tuple[str, str]]:
    from pathlib import Path as P

    from piperoll.register import load

    register = load(P(__file__).parents[2] / "justice")
    return [(key, getattr(each, what)) for key in DATASETS for each in register.dataset(key).rules]


@pytest.mark.parametrize(("key", "rule_id"), _cases("id"))
def test_every_rule_accepts_every_row(key: str, rule_id: str, clean: Simulated, con: duckdb.DuckDBPyConnection) -> None:
    rule = next(each for each in clean.register.dataset(key).rules if each.id == rule_id)
    view = key.replace(".", "__")
    if rule.check is not None:
        assert _count(con, f"SELECT count(*) FROM {view}_rows WHERE ({rule.check}) IS FALSE") == 0
    else:
        assert rule.sql is not None
        con.execute(f"CREATE OR REPLACE VIEW this AS FROM {view}_rows").fetchall()
        assert _count(con, f"SELECT count(*) FROM ({rule.sql})") == 0


@pytest.mark.parametrize("key", DATASETS)
def test_fields_are_there_and_codes_are_known(key: str, clean: Simulated, con: duckdb.DuckDBPyConnection) -> None:
    dataset, view = clean.register.dataset(key), key.replace(".", "__") + "_rows"
    assert _count(con, f"SELECT count(*) FROM {view}") > 300
    for field in dataset.fields:
        if field.null == "never":
            assert _count(con, f"SELECT count(*) FROM {view} WHERE {field.name} IS NULL") == 0, field.name
        if field.required_when:
            broken = f"SELECT count(*) FROM {view} WHERE ({field.required_when}) AND {field.name} IS NULL"
            assert _count(con, broken) == 0, field.name
        if field.codes:
            known = {each.code for each in clean.register.codes[field.codes].codes}
            used = {row[0] for row in con.execute(f"SELECT DISTINCT {field.name} FROM {view}").fetchall()} - {None}
            assert used <= known, field.name
        if field.pattern:
            broken = f"SELECT count(*) FROM {view} WHERE NOT regexp_full_match({field.name}, '{field.pattern}')"
            assert _count(con, broken) == 0, field.name
        if field.type.startswith("str("):
            limit = int(field.type[4:-1])
            assert _count(con, f"SELECT count(*) FROM {view} WHERE length({field.name}) > {limit}") == 0, field.name


@pytest.mark.parametrize("key", DATASETS)
def test_keys_and_cut_off(key: str, clean: Simulated, con: duckdb.DuckDBPyConnection) -> None:
    dataset: Dataset = clean.register.dataset(key)
    view, columns = key.replace(".", "__") + "_rows", ", ".join(dataset.key)
    scope = "" if dataset.mode == "events" else "_file, "
    assert (
        _count(
            con, f"SELECT count(*) FROM (SELECT {columns} FROM {view} GROUP BY {scope}{columns} HAVING count(*) > 1)"
        )
        == 0
    )
    named = "regexp_extract(_file, '_(\\d{4}-\\d{2}|\\d{4}Q\\d)[.]csv', 1)"
    if dataset.period == "quarter":
        named = f"left({named}, 4) || '-' || lpad(CAST(3 * CAST(right({named}, 1) AS INT) AS VARCHAR), 2, '0')"
    late = f"SELECT count(*) FROM {view} WHERE {dataset.cut_off} > last_day(CAST({named} || '-01' AS DATE))"
    assert dataset.cut_off is None or _count(con, late) == 0


def test_every_event_belongs_to_a_claim_in_the_store(con: duckdb.DuckDBPyConnection) -> None:
    orphans = (
        "SELECT count(*) FROM caseman__claim_event e ANTI JOIN "
        "(FROM caseman__claim WHERE record_status <> 'D') c USING (claim_number)"
    )
    assert _count(con, orphans) == 0


def test_no_event_comes_before_its_claim(con: duckdb.DuckDBPyConnection) -> None:
    early = (
        "SELECT count(*) FROM caseman__claim_event_rows e JOIN "
        "(SELECT claim_number, min(_file) AS f FROM caseman__claim_rows GROUP BY ALL) c USING (claim_number) "
        "WHERE regexp_extract(e._file, '\\d{4}-\\d{2}') < regexp_extract(c.f, '\\d{4}-\\d{2}')"
    )
    assert _count(con, early) == 0


def test_online_claims_are_in_both_systems_alike(con: duckdb.DuckDBPyConnection) -> None:
    online = _count(con, "SELECT count(*) FROM pcol__pcol_claim")
    same = _count(
        con,
        "SELECT count(*) FROM pcol__pcol_claim p JOIN caseman__claim c USING (claim_number) "
        "WHERE c.issue_channel = 'PCOL' AND p.issue_date = c.issue_date AND p.property_postcode = c.property_postcode "
        "AND p.court_code = c.court_code AND p.defendant_name = c.defendant_name",
    )
    assert online == same > 300
    assert _count(con, "SELECT count(*) FROM caseman__claim WHERE issue_channel = 'PCOL'") == online
