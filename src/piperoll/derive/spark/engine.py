"""The engine that runs the register's SQL on Spark (`piperoll.derive.engine.Engine`)."""

from __future__ import annotations

import shutil
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from piperoll.derive.cache import cached, keep
from piperoll.derive.catalogue import Columns, merged_columns, merged_name
from piperoll.derive.engine import failed
from piperoll.derive.models import DIALECT
from piperoll.derive.plan import Planned
from piperoll.derive.spark.kinds import DECIMALS, holds, spark_type
from piperoll.derive.spark.refuse import FIX
from piperoll.derive.spark.rewrite import carried
from piperoll.derive.spark.shapes import Shapes
from piperoll.errors import Problem, Problems, UserError
from piperoll.register.model.register import Register
from piperoll.store.duck import Connection, DuckError, quote_name


if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import DataFrame, SparkSession


class Spark:
    """Spark, in a session of its own.

    Args:
        session: From `piperoll.derive.spark.open_session`; this engine's alone.
        work: Directory for what is kept until it is closed.
        duck: Opens a DuckDB connection over the datasets that merges read, with ``came``: pairing the records of two
            systems is no SQL that Spark has, and is done there. Its rows are then Spark's.
    """

    def __init__(self, session: SparkSession, work: Path, duck: Callable[[], Connection] | None = None) -> None:
        self.session = session
        self._work = work / f"engine-{uuid.uuid4().hex}"
        self._duck = duck
        self._shapes = Shapes()

    # --- tables that are given ----------------------------------------------------------------------------------------

    def lists(self, name: str, data: Mapping[str, Sequence[Any]], kinds: Mapping[str, str]) -> None:
        """See `Engine.lists`."""
        import pyarrow as pa
        from pyspark.sql.functions import broadcast

        schema = ", ".join(f"`{each}` {spark_type(kinds[each])}" for each in data)
        table = pa.table({each: pa.array(values, _arrow(kinds[each])) for each, values in data.items()})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # about pandas, which is not used here
            frame = self.session.createDataFrame(table, schema)
        broadcast(frame).createOrReplaceTempView(f"`{name}`")
        self._shapes.declare(name, kinds)

    def files(self, name: str, paths: Sequence[str | Path], kinds: Mapping[str, str], file: str = "") -> None:
        """Make Parquet files of one schema a table.

        Args:
            kinds: Columns and their types in Spark's words, as they are in the files.
            file: A further column, with the name of each row's file.
        """
        from pyspark.sql.functions import col

        schema = ", ".join(f"`{each}` {kind}" for each, kind in kinds.items())
        frame = self.session.read.schema(schema).parquet(*map(str, paths))
        columns = {each: _duck(kind) for each, kind in kinds.items()}
        if file:
            frame = frame.withColumn(file, col("_metadata.file_name"))
            columns[file] = "VARCHAR"
        frame.createOrReplaceTempView(f"`{name}`")
        self._shapes.declare(name, columns)

    def view(self, name: str, sql: str, where: str) -> None:
        """Make a query of the engine's own (DuckDB's SQL) a table."""
        frame, columns = self._query(sql, where)
        frame.createOrReplaceTempView(f"`{name}`")
        self._shapes.declare(name, columns)

    # --- the engine ---------------------------------------------------------------------------------------------------

    def merged(self, register: Register, key: str, fingerprint: str, cache: Path | None) -> None:
        """See `Engine.merged`: by DuckDB."""
        from piperoll.derive.merges.view import create_merged

        name = merged_name(key)
        path = cached(cache or self._work, name, fingerprint or key)
        if not (fingerprint and path.is_file()):
            assert self._duck is not None
            con = self._duck()
            try:
                create_merged(con, register, key)
                keep(con, f"SELECT * FROM {quote_name(name)}", path)
            finally:
                con.close()
        kinds = {each: spark_type(kind) for each, kind in merged_columns(register.merges[key]).items()}
        self.files(name, [path], kinds)

    def model(self, planned: Planned, key: str, cache: Path | None) -> tuple[int, bool]:
        """See `Engine.model`. Results are kept beside DuckDB's, as a directory of Parquet files.

        Raises:
            Problems: ``PR-T030`` for what Spark would not run as DuckDB does.
        """
        import pyarrow.parquet as pq

        name, sql = planned.name, planned.model.sql.rstrip().rstrip(";")
        target = cached(cache, name, key).with_suffix(".spark") if cache is not None and key else self._work / name
        reused = target.is_dir() and bool(key) and cache is not None
        with _told(lambda kind: failed(planned, kind)):
            if reused:
                columns = self._shapes.of(sql)
            else:
                frame, columns = self._query(sql, planned.model.where, planned.model.query)
                _keep(frame, target)
            self.files(name, [target], {each: spark_type(kind) for each, kind in columns.items()})
        return sum(pq.read_metadata(path).num_rows for path in target.glob("*.parquet")), reused

    def frame(self, sql: str, where: str = "") -> pl.DataFrame:
        """See `Engine.frame`."""
        import polars as pl

        place = where or "a query"

        def error(kind: str) -> UserError:
            return UserError("PR-S031", f"a query failed on Spark ({kind}).", where=place, fix=FIX)

        with _told(error):
            frame, _ = self._query(sql, place)
            found = pl.from_arrow(frame.toArrow())
        assert isinstance(found, pl.DataFrame)
        return found

    def close(self) -> None:
        """Let go of everything but Spark itself, which the process keeps."""
        for name in self._shapes.tables:
            self.session.catalog.dropTempView(name)
        self._shapes.close()
        shutil.rmtree(self._work, ignore_errors=True)

    # --- how ----------------------------------------------------------------------------------------------------------

    def _query(self, sql: str, where: str, parsed: Any = None) -> tuple[DataFrame, Columns]:
        """A query's answer, not run yet, and the types that DuckDB gives its columns; Spark's are made the same."""
        import sqlglot

        query = parsed if parsed is not None else sqlglot.parse_one(sql, read=DIALECT)
        text = carried(query, self._shapes.tables, where)
        try:
            columns = self._shapes.of(sql)
        except DuckError as error:
            message = f"DuckDB does not understand it ({type(error).__name__})."
            raise Problems([Problem("PR-T030", message, where=where, fix=FIX)]) from None
        frame = self.session.sql(text)
        given = {each.name: each.dataType.simpleString() for each in frame.schema.fields}
        problems = []
        for (name, wanted), was in zip(columns.items(), given.values(), strict=True):
            if not spark_type(wanted) or not holds(was, spark_type(wanted)):
                message = f"the column {name} is {wanted} in DuckDB and {was.upper()} in Spark."
                problems.append(Problem("PR-T030", message, where=where, fix=f"Write a CAST. {FIX}"))
        if problems:
            raise Problems(problems)
        shown = [frame[f"`{was}`"].cast(spark_type(kind)).alias(name)
                 for was, (name, kind) in zip(given, columns.items(), strict=True)]  # fmt: skip
        return frame.select(*shown), columns


def _keep(frame: DataFrame, target: Path) -> None:
    """Write a result: whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}.draft")
    try:
        frame.write.parquet(str(draft))
        if target.exists():
            return  # another process was faster, with the same
        draft.replace(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _told(error: Callable[[str], UserError]) -> Iterator[None]:
    """Spark's own errors hold values of the data, so only their kind is told."""
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as problem:
        kind = problem.getCondition() or type(problem).__name__
    except Py4JJavaError as problem:
        kind = str(problem.java_exception.getClass().getSimpleName())
    else:
        return
    raise error(kind) from None


def _arrow(kind: str) -> Any:
    import pyarrow as pa

    if found := DECIMALS.match(kind):
        return pa.decimal128(int(found[1]), int(found[2]))
    return {"VARCHAR": pa.string(), "DATE": pa.date32(), "BIGINT": pa.int64(), "BOOLEAN": pa.bool_(),
            "INTEGER": pa.int32(), "TIMESTAMP": pa.timestamp("us"), "DOUBLE": pa.float64()}[kind]  # fmt: skip


def _duck(spark: str) -> str:
    return {"STRING": "VARCHAR", "INT": "INTEGER", "TIMESTAMP_NTZ": "TIMESTAMP"}.get(spark, spark.replace(" ", ""))
