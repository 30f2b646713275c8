"""The one place that opens DuckDB.

Written to the API that DuckDB 1.5 and 2.0 share: read with ``con.sql(q).pl()``, ``.to_arrow_table()`` or
`piperoll.store.stream`, and drain every ``execute``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
    if _ready and database is None and threads == 1:
        con = _ready.pop()
        _handed_out.append(con)
    else:
        con = _open(database)
    con.execute(f"SET memory_limit='{int(memory_mb)}MiB'")
    con.execute(f"SET threads={int(threads)}")
    if temp is not None:
        temp.mkdir(parents=True, exist_ok=True)
        con.execute(f"SET temp_directory={quote_text(str(temp))}")
    return con


def make_ready(count: int, prepare: Callable[[Connection], None] = lambda con: None) -> None:
    """Open connections to be handed out by `connect`, where it is asked for one thread and a database in memory.

    Opening one takes longer than checking a small file. A process that forks opens them before: none has a thread of
    its own, so that a child may use them. Where this DuckDB has threads that cannot be switched off, none is made.

    Args:
        count: How many.
        prepare: Makes in each what whoever uses it would make.
    """
    with duckdb.connect() as con:
        known = con.execute("SELECT count(*) FROM duckdb_settings() WHERE name = 'async_threads'").fetchall()[0][0]
    while known and len(_ready) < count:
        con = _open(None, {"threads": 1, "async_threads": 0})
        prepare(con)
        _ready.append(con)


_ready: list[Connection] = []
_handed_out: list[Connection] = []


def leave(con: Connection) -> None:
    """Close a connection, unless it was made ready before a fork: its process ends soon, and all goes at once then.

    Taking a database apart costs several per cent of checking a small file. What is left open is bounded by what was
    made ready.
    """
    if not any(con is each for each in _handed_out):
        con.close()


def _open(database: Path | None, config: dict[str, bool | int | float | str | list[str]] | None = None) -> Connection:
    con = duckdb.connect(str(database) if database else ":memory:", config=config or {})
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


def filled(con: Connection, statement: str) -> int:
    """Run a CREATE TABLE ... AS; how many rows the table has."""
    return int(con.execute(statement).fetchall()[0][0])


def quote_name(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
