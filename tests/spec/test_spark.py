"""The same models and table queries on Spark give what DuckDB gives. Needs pyspark and Java; slow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
import sqlglot

from piperoll.derive import plan, run
from piperoll.derive.catalogue import dataset_columns, source_name
from piperoll.derive.examples import read_examples
from piperoll.derive.subset import to_spark
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.tabulate.define import axes_of, find_table
from piperoll.tabulate.query import ENDS, PERIODS, _paths, count_query, months_of, way


pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

POSSESSION = "mortgage_and_landlord_possession"
RULES = sorted((Path(__file__).parents[2] / "justice" / "publications" / POSSESSION / "rules").glob("*.md"))
TYPES = {"VARCHAR": "STRING", "TIMESTAMP": "TIMESTAMP", "BOOLEAN": "BOOLEAN", "DATE": "DATE", "BIGINT": "BIGINT"}


@pytest.fixture(scope="module")
def spark() -> Iterator[object]:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    yield session
    session.stop()


def typed(value: str, kind: str) -> object:
    if value == "":
        return None
    if kind == "DATE":
        return dt.date.fromisoformat(value)
    if kind == "TIMESTAMP":
        return dt.datetime.fromisoformat(value)
    return int(value) if kind == "BIGINT" else value


def plain(rows: list[tuple[object, ...]]) -> list[tuple[str, ...]]:
    """Rows as sorted text, numbers alike whatever their type."""
    return sorted(tuple(f"{float(v):.6f}" if isinstance(v, int | float) else str(v) for v in row) for row in rows)


@pytest.fixture(scope="module")
def given() -> dict[str, list[dict[str, str]]]:
    """The rows of every example in one store, each example's claims renamed apart."""
    rows: dict[str, list[dict[str, str]]] = {}
    for number, example in enumerate(each for path in RULES for each in read_examples(path)):
        for dataset, lines in example.given.items():
            rows.setdefault(dataset, []).extend(
                {**line, "claim_number": f"{number}-{line['claim_number']}"} for line in lines
            )
    return rows


def test_spark_gives_what_duckdb_gives(spark, justice: Register, store_of, given) -> None:
    publication = justice.publications[POSSESSION]
    con = store_of(justice, publication.inputs, given)
    planned = plan(justice, publication)
    run(con, justice, publication, planned=planned)
    for dataset in publication.inputs:
        columns = {n: TYPES.get(t, t) for n, t in dataset_columns(justice.dataset(dataset)).items()}
        rows = [tuple(typed(r.get(n, ""), t) for n, t in columns.items()) for r in given.get(dataset, [])]
        schema = ", ".join(f"`{n}` {t}" for n, t in columns.items())
        spark.createDataFrame(rows, schema).createOrReplaceTempView(source_name(dataset))
    for each in planned:
        frame = spark.sql(to_spark(each.model.query))
        frame.createOrReplaceTempView(each.name)
        names = ", ".join(each.columns)
        mine = con.execute(f"SELECT {names} FROM {each.name}").fetchall()
        theirs = [tuple(row) for row in frame.select(*each.columns).collect()]
        assert plain(mine) == plain(theirs), each.name
        assert mine
    shown = [Period.parse(text) for text in ("2012Q1", "2012Q2", "2011", "2012")]
    known = {measure.name: measure for measure in publication.measures}
    for table, names in (
        ("claims", ["claims"]),
        ("orders", ["orders", "orders_outright"]),
        ("timeliness", ["mean_weeks_to_order"]),
        ("timeliness", ["median_weeks_to_order"]),
        ("progression", ["reached_order"]),
    ):
        axes = axes_of(justice, publication, find_table(publication, table))
        measures = [known[name] for name in names]
        for place, axis in enumerate(a for a in axes if not a.elapsed):
            paths = pa.table(_paths(axis.hierarchy))
            con.execute(f"DROP TABLE IF EXISTS _axis_{place}")
            con.register("paths", paths)
            con.execute(f"CREATE TABLE _axis_{place} AS SELECT * FROM paths").fetchall()
            con.unregister("paths")
            schema = ", ".join(f"`{name}` STRING" for name in paths.column_names)
            lines = [tuple(row.values()) for row in paths.to_pylist()]
            spark.createDataFrame(lines, schema).createOrReplaceTempView(f"_axis_{place}")
        months = pa.table(months_of(shown, ends=way(measures[0]) == ENDS))
        con.execute(f"DROP TABLE IF EXISTS {PERIODS}")
        con.register("months", months)
        con.execute(f"CREATE TABLE {PERIODS} AS SELECT * FROM months").fetchall()
        con.unregister("months")
        lines = [tuple(row.values()) for row in months.to_pylist()]
        spark.createDataFrame(lines, "period STRING, y BIGINT, m BIGINT").createOrReplaceTempView(PERIODS)
        sql = count_query(measures[0].model, measures[0].period_column, axes, measures, shown)
        theirs = spark.sql(sqlglot.transpile(sql, read="duckdb", write="spark")[0]).collect()
        mine = con.execute(sql).fetchall()
        assert plain(mine) == plain([tuple(row) for row in theirs]), table
        assert mine
