"""Every model and table of every publication on DuckDB and on Spark: equal, row by row and cell by cell.

The world is that of `tests.publications.sent`. Counts are equal to the last; of what is no whole number 12 digits are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from piperoll.derive import inputs_of, plan, run
from piperoll.derive.catalogue import dataset_columns, source_name
from piperoll.derive.engine import Duck, Engine
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.publication import Publication, Table
from piperoll.register.model.register import Register
from piperoll.tabulate import tabulate
from piperoll.tabulate.spans import edition_of
from tests.publications.sent import Sent
from tests.sparks import opened, quiet


pytestmark = quiet

DECLARED = (Path(__file__).parents[2] / "justice" / "publications").glob("*/publication.yaml")
PUBLICATIONS = sorted(path.parent.name for path in DECLARED if "\nmodels:" in path.read_text(encoding="utf-8"))
# For `make test-slow`: few, with merges, medians, progressions and people followed for years.
SAMPLE = ("mortgage_and_landlord_possession", "foi_implementation", "safety_in_custody")
LAST = Period.parse("2012Q2")
CLOSE = 1e-12


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spark")


@pytest.fixture
def engines(request: pytest.FixtureRequest, sent: Sent, work: Path) -> Iterator[tuple[Publication, Engine, Engine]]:
    """A publication, and both engines with its models made."""
    from piperoll.derive.spark.kinds import spark_type

    register = sent.register
    publication = register.publications[request.param]
    spark = opened(work, duck=lambda: sent.given(publication))
    datasets = inputs_of(plan(register, publication), register)
    con = sent.given(publication)
    duck = Duck(con)
    try:
        for key in datasets:
            path = work / f"{key}.parquet"
            if not path.exists():
                con.execute(f"COPY \"{source_name(key)}\" TO '{path}' (FORMAT parquet)").fetchall()
            kinds = {each: spark_type(kind) for each, kind in dataset_columns(register.dataset(key)).items()}
            spark.files(source_name(key), [path], kinds)
        run(duck, register, publication)
        # Models that publications share are made once.
        run(spark, register, publication, cache=work / "cache", fingerprints=dict.fromkeys(datasets, "sent"))
        yield publication, duck, spark
    finally:
        duck.close()
        spark.close()


@pytest.mark.slow
@pytest.mark.parametrize("engines", SAMPLE, indirect=True)
def test_a_sample(engines: tuple[Publication, Engine, Engine], sent: Sent) -> None:
    publication, duck, spark = engines
    check(sent.register, publication, duck, spark)


@pytest.mark.slow
@pytest.mark.spark
@pytest.mark.parametrize("engines", PUBLICATIONS, indirect=True)
def test_models_and_tables(engines: tuple[Publication, Engine, Engine], sent: Sent) -> None:
    publication, duck, spark = engines
    check(sent.register, publication, duck, spark)


def check(register: Register, publication: Publication, duck: Engine, spark: Engine) -> None:
    """Every model's rows and every table's cells."""
    for each in plan(register, publication):
        mine, theirs = (engine.frame(f'SELECT * FROM "{each.name}"') for engine in (duck, spark))
        same(in_order(mine), in_order(theirs), each.name)
    for table in publication.tables:
        mine, theirs = (_cells(engine, register, publication, table) for engine in (duck, spark))
        if isinstance(mine, str) or isinstance(theirs, str):
            assert mine == theirs, table.name
        else:
            same(mine, theirs, table.name)


def _cells(engine: Engine, register: Register, publication: Publication, table: Table) -> pl.DataFrame | str:
    """Cells of the last edition, or the code of the error."""
    try:
        return tabulate(engine, register, publication, table, edition_of(table, LAST))
    except UserError as error:
        return error.sentence


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows sorted, by what is equal to the last digit first."""
    floats = [name for name, kind in frame.schema.items() if kind.is_float()]
    return frame.sort([*(name for name in frame.columns if name not in floats), *floats], nulls_last=True)


def same(mine: pl.DataFrame, theirs: pl.DataFrame, what: str) -> None:
    """Frames of the same columns, types and rows."""
    assert theirs.schema == mine.schema, what
    assert theirs.height == mine.height, what
    for name, kind in mine.schema.items():
        if kind.is_float():
            pair = pl.DataFrame({"a": mine[name], "b": theirs[name]})
            off = (pl.col("a") - pl.col("b")).abs() > CLOSE * pl.max_horizontal(pl.col("a").abs(), pl.col("b").abs())
            apart = pair.filter((pl.col("a").is_null() != pl.col("b").is_null()) | off)
            assert not apart.height, f"{what}.{name}: {apart.head()}"
        else:
            pairs = pl.DataFrame({"a": mine[name], "b": theirs[name]})
            assert mine[name].equals(theirs[name]), (
                f"{what}.{name}: {pairs.filter(pl.col('a').ne_missing(pl.col('b')))}"
            )


def test_a_difference_is_seen() -> None:
    one = pl.DataFrame({"n": [1, 2], "v": [1.0, None]})
    same(one, one.clone(), "same")
    same(one, one.with_columns(v=pl.Series([1.0 + 1e-14, None])), "close")
    for other in (
        one.with_columns(n=pl.Series([1, 3])),
        one.with_columns(v=pl.Series([1.0 + 1e-11, None])),
        one.with_columns(v=pl.Series([1.0, 0.0])),
        one.with_columns(pl.col("n").cast(pl.Int32)),
        one.head(1),
    ):
        with pytest.raises(AssertionError):
            same(one, other, "other")
    con = duckdb.connect()
    assert in_order(con.sql("SELECT * FROM (VALUES (2, 0.5), (1, 0.25)) AS v(n, x)").pl())["n"].to_list() == [1, 2]
    con.close()
