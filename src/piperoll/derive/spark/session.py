"""Opens Spark: in this process's own Java machine (``local[2]``), or as a driver of the cluster that is named."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from piperoll.errors import UserError


if TYPE_CHECKING:
    from pyspark.sql import SparkSession


MASTER = "PIPEROLL_SPARK"
MEMORY = "PIPEROLL_SPARK_MEMORY"
LOCAL = "local[2]"
CURE = "Install the packages of requirements/spark.in and a Java runtime (Debian: default-jre-headless)."


def open_session(work: Path, *, master: str = "", memory: str = "") -> SparkSession:
    """A session with temporary views of its own; Spark itself is started once in a process.

    Args:
        work: Directory for what Spark spills and shuffles, made for its owner alone.
        master: Spark's name of the cluster; default: the environment's ``PIPEROLL_SPARK``, else two threads here. The
            machines of a cluster must see the home at the same path.
        memory: Of the driver, as Spark writes it; default: ``PIPEROLL_SPARK_MEMORY``, else 2g.

    Raises:
        UserError: ``PR-S030`` if pyspark or Java is missing, or Spark does not start.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        message = f"the package `{error.name or 'pyspark'}` is not installed, and Spark was asked for."
        raise UserError("PR-S030", message, fix=CURE) from None
    if SparkSession.getActiveSession() is None and not _java():
        raise UserError("PR-S030", "there is no Java runtime, and Spark needs one.", fix=CURE)
    master = master or os.environ.get(MASTER, "") or LOCAL
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    builder = SparkSession.builder.master(master).appName("piperoll")
    for name, value in settings(work, master, memory or os.environ.get(MEMORY, "") or "2g").items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate().newSession()
    except Exception as error:
        # Whatever Java says of it names files and machines, and no cure.
        message = f"Spark does not start ({type(error).__name__})."
        fix = f"Look at `java -version` (17 or 21), and at {MASTER} and {MEMORY} if they are set."
        raise UserError("PR-S030", message, where=master, fix=fix) from None
    for name, value in MEANING.items():
        session.conf.set(name, value)
    return session


# What SQL means. A query must fail rather than overflow, lose digits or take a text for null.
MEANING = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.caseSensitive": "false",
    "spark.sql.crossJoin.enabled": "true",
    "spark.sql.groupByOrdinal": "true",
    "spark.sql.orderByOrdinal": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
}


def settings(work: Path, master: str, memory: str) -> dict[str, str]:
    """What Spark is started with."""
    found = {
        **MEANING,
        "spark.driver.memory": memory,
        "spark.log.level": "OFF",  # a failed conversion's message holds the value itself
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(work),
        "spark.sql.warehouse.dir": str(work / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.driver.extraJavaOptions": "-Duser.timezone=UTC -Dfile.encoding=UTF-8",
        "spark.executor.extraJavaOptions": "-Duser.timezone=UTC -Dfile.encoding=UTF-8",
        "spark.sql.parquet.compression.codec": "zstd",
        # A vintage is many small files: they are listed here and packed by tens of megabytes, not a task for each.
        "spark.sql.sources.parallelPartitionDiscovery.threshold": "100000",
        "spark.sql.files.openCostInBytes": "65536",
    }
    if master.startswith("local"):
        found |= {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.shuffle.partitions": "4",
        }
    return found


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which(str(Path(home) / "bin" / "java") if home else "java") is not None
