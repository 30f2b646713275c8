"""Spark as the second engine: the same SQL, models and counts where a vintage is more than one machine holds.

Needs the packages of ``requirements/spark.in`` and a Java runtime; nothing of it is imported before it is asked for.

    session   opens Spark, or says what is missing
    rewrite   DuckDB's SQL as Spark's, with DuckDB's meaning; refuses what would mean something else
    shapes    the types that DuckDB gives the columns of a query, by which Spark's are held
    views     the datasets of a vintage, from the store's Parquet
    engine    the engine
"""

from piperoll.derive.spark.engine import Spark
from piperoll.derive.spark.session import open_session
from piperoll.derive.spark.views import create_views


__all__ = ["Spark", "create_views", "open_session"]
