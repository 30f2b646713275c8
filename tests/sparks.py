"""Spark for tests: started once in a process, compiled quickly rather than well, and ended with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest


if TYPE_CHECKING:
    from piperoll.derive.spark import Spark

# Most of a small query's time is the Java machine's compiler.
OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData"
# What py4j leaves open when it goes.
quiet = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning", "ignore:.*:ResourceWarning")


def opened(work: Path, **given: object) -> Spark:
    """Spark as an engine, empty; the test is skipped where it is not installed."""
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    from piperoll.derive.spark import Spark, open_session

    prepare()
    return Spark(open_session(work), work, **given)  # type: ignore[arg-type]


def prepare() -> None:
    """Before Spark is first opened in a process."""
    # Not by JAVA_TOOL_OPTIONS: every other Java program that a test runs would hear of it, and say so.
    os.environ.setdefault("PYSPARK_SUBMIT_ARGS", f"--driver-java-options '{OPTIONS}' pyspark-shell")


def anew() -> None:
    """Let what opens Spark next start a Java machine of its own: one that runs takes no further libraries."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession() or SparkSession._instantiatedSession
    if active is not None:
        active.stop()
    if SparkContext._gateway is not None:
        SparkContext._gateway.shutdown()
        SparkContext._gateway = SparkContext._jvm = None
