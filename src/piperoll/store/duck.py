"""The one place that opens DuckDB.

Written to the API that DuckDB 1.5 and 2.0 share: read with ``con.sql(q).pl()``, ``.to_arrow_table()`` or
`piperoll.store.stream`, and drain every ``execute``.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb


Connection = duckdb.DuckDBPyConnection
DuckError = duckdb.Error
BinderException = duckdb.BinderException
CatalogException = duckdb.CatalogException
ConversionException = duckdb.ConversionException
ParserException = duckdb.ParserException


def connect(
    database: Path | None = None, *, memory_mb: int = 2048, threads: int = 2, temp: Path | None = None
) -> Connection:
    """Open a connection with bounded memory.

    Args:
        database: Database file; in memory if None.
        memory_mb: What DuckDB may use, in MiB, before it spills to ``temp``.
        threads: Threads it may use.
        temp: Directory for spilled data; without one an in-memory database does not spill.
    """
    con = duckdb.connect(str(database) if database else ":memory:")
    con.execute(f"SET memory_limit='{int(memory_mb)}MiB'")
    con.execute(f"SET threads={int(threads)}")
    # No extension may be fetched, and the answer may not depend on the machine's zone.
    con.execute("SET autoinstall_known_extensions=false")
    con.execute("SET autoload_known_extensions=false")
    con.execute("SET TimeZone='UTC'")
    con.execute("SET enable_progress_bar=false")
    con.execute("SET preserve_insertion_order=true")
    # A view over hundreds of files is bound more than once; a file that changed is read anew all the same.
    con.execute("SET parquet_metadata_cache=true")
    # `type_pushdown` (2.0) may push a TRY_CAST over a CSV down into its reader, where it fails instead of giving
    # null; `in_clause` makes a join of a long IN, and a join does not keep the rows in order.
    known = {row[0] for row in con.execute("SELECT name FROM duckdb_optimizers()").fetchall()}
    off = ",".join(sorted(known & {"type_pushdown", "in_clause"}))
    con.execute(f"SET disabled_optimizers='{off}'")
    if temp is not None:
        temp.mkdir(parents=True, exist_ok=True)
        con.execute(f"SET temp_directory={quote_text(str(temp))}")
    return con


def lock(con: Connection, directories: Iterable[Path], *, settings: bool = True) -> None:
    """Confine a connection before SQL of a register runs on it.

    From here on it reads files under ``directories`` alone, and no setting can be changed. Without ``settings``
    the settings stay open (not those of the files: external access cannot be switched on again while the database
    runs); SQL of a register must then be known to be one SELECT.
    """
    allowed = ", ".join(quote_text(str(Path(each).resolve())) for each in directories)
    con.execute(f"SET allowed_directories=[{allowed}]")
    con.execute("SET enable_external_access=false")
    if settings:
        con.execute("SET lock_configuration=true")


def quote_name(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
