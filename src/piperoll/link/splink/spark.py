"""A linkage run as Splink on Spark: the same specification and model where one machine is not enough.

Needs the packages of ``requirements/spark.in`` and a Java runtime. Splink's package has the Java functions that its SQL
calls, so that nothing is fetched. Persons are Splink's: all records that pairs above the threshold connect.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from piperoll.errors import UserError
from piperoll.link.cluster.persons import weight_of
from piperoll.link.engine import Progress, join_of, learn, silent
from piperoll.link.files.read import read_files
from piperoll.link.files.run import free, whole
from piperoll.link.files.spec import Loaded
from piperoll.link.splink.columns import SOURCE, UNIQUE, prepare_columns
from piperoll.link.splink.files import rules_and_chances
from piperoll.link.splink.write import write_settings


def link_on_spark(
    loaded: Loaded,
    model: Path,
    paths: Sequence[Path],
    out: Path,
    *,
    threads: int = 2,
    without: Sequence[str] = (),
    progress: Progress = silent,
) -> int:
    """Link files into the new directory ``out``: clusters.parquet and pairs.parquet; how many persons there are.

    Args:
        model: The model.json of a run of Piperoll with the same specification.
        threads: Of Spark, in this process.
        without: What is left out of the linkage, as in `write_settings`.

    Raises:
        UserError: ``PR-L028`` without Splink, Spark or Java; ``PR-L022`` for what Splink lacks; ``PR-L003`` to
            ``PR-L007`` and ``PR-L012`` for files, directory and model.
    """
    free(out)
    _needed()
    rules, trained, mode = rules_and_chances(loaded.linkage, model)
    settings = write_settings(loaded.linkage, trained, dialect="spark", rules=rules, mode=mode, without=without)
    join = join_of(loaded.linkage)
    keep = min(loaded.declared.thresholds.keep, weight_of(join))
    with tempfile.TemporaryDirectory(prefix="piperoll-spark-") as made:
        progress("Cleaning")
        work = Path(made)
        with read_files(paths, loaded.declared) as frames:
            names = list(frames)
            for number, frame in enumerate(prepare_columns(frames, loaded.linkage, rules).values()):
                frame.write_parquet(work / f"{number}.parquet")
        progress("Comparing")
        pairs, clusters = _run(settings, names, work, threads, keep, join)

        def write(into: Path) -> None:
            clusters.write_parquet(into / "clusters.parquet")
            pairs.write_parquet(into / "pairs.parquet")

        whole(out, write)
    return clusters["person"].n_unique()


def _needed() -> None:
    try:
        import pyspark  # noqa: F401
        import splink  # noqa: F401
    except ImportError as error:
        raise UserError("PR-L028", f"the package `{error.name}` is not installed.",
                        fix="Install those of requirements/spark.in, and a Java runtime.") from None  # fmt: skip


def _run(
    settings: dict[str, Any], names: Sequence[str], work: Path, threads: int, keep: float, join: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs and persons, by Splink."""
    from pyspark.sql import SparkSession
    from splink import Linker, SparkAPI
    from splink.backends.spark import similarity_jar_location

    for rule in settings["blocking_rules_to_generate_predictions"]:
        rule.pop("sql_dialect", None)
    try:
        spark = (
            SparkSession.builder.master(f"local[{threads}]")
            .config("spark.jars", similarity_jar_location())
            .config("spark.sql.shuffle.partitions", str(2 * threads))
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.local.dir", str(work / "local"))
            .getOrCreate()
        )
    except Exception as error:
        raise UserError("PR-L028", f"Spark does not start ({type(error).__name__}).",
                        fix="Install a Java runtime, such as Debian's default-jre-headless.") from None  # fmt: skip
    try:
        spark.sparkContext.setLogLevel("OFF")
        spark.sparkContext.setCheckpointDir(str(work / "checkpoints"))
        api = SparkAPI(spark_session=spark, num_partitions_on_repartition=2 * threads)
        tables = [
            api.register(spark.read.parquet(str(work / f"{number}.parquet")), dataset_display_name=f"file_{number}")
            for number in range(len(names))
        ]
        linker = Linker(tables if len(tables) > 1 else tables[0], settings)
        found = linker.inference.predict(threshold_match_weight=keep)
        persons = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold_match_probability=join)
        return _pairs(_taken(found), names), _clusters(_taken(persons), names)
    finally:
        spark.stop()


def _taken(table: Any) -> pl.DataFrame:
    frame = pl.from_arrow(table.as_spark_dataframe().toArrow())
    assert isinstance(frame, pl.DataFrame)
    return frame


def _pairs(found: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    files = {side: _file(found, f"{SOURCE}_{side}", names) for side in "lr"}
    told = found.select(
        file_l=files["l"], record_l=f"{UNIQUE}_l", file_r=files["r"], record_r=f"{UNIQUE}_r",
        weight="match_weight", probability="match_probability",
    )  # fmt: skip
    return told.sort(told.columns[4], *told.columns[:4], descending=[True, False, False, False, False])


def _clusters(found: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    return found.select(file=_file(found, SOURCE, names), record=UNIQUE, person="cluster_id").sort("file", "record")


def _file(frame: pl.DataFrame, column: str, names: Sequence[str]) -> pl.Expr:
    return pl.col(column) if column in frame.columns else pl.lit(names[0])


def on_spark(
    loaded: Loaded,
    model: Path | None,
    paths: Sequence[Path],
    out: Path,
    *,
    threads: int = 2,
    without: Sequence[str] = (),
    progress: Progress = silent,
) -> int:
    """`link_on_spark`; without a model, rules and chances are learnt here first, by Piperoll's engine."""
    if model is not None:
        return link_on_spark(loaded, model, paths, out, threads=threads, without=without, progress=progress)
    free(out)
    _needed()
    with tempfile.TemporaryDirectory(prefix="piperoll-spark-") as made:
        learnt = Path(made) / "model.json"
        with read_files(paths, loaded.declared) as frames:
            told = learn(frames, loaded.linkage, progress=progress)
        learnt.write_text(json.dumps(told), encoding="utf-8")
        return link_on_spark(loaded, learnt, paths, out, threads=threads, without=without, progress=progress)
