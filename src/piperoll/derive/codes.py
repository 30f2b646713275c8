"""Tables that models read beside datasets: code lists (see `piperoll.store.codetables`), and tables of Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from piperoll.store.codetables import code_values, create_code_tables, create_from_lists


if TYPE_CHECKING:
    import pyarrow as pa


__all__ = ["code_values", "create_code_tables", "create_from_lists", "create_table"]


def create_table(con: duckdb.DuckDBPyConnection, name: str, data: pa.Table) -> None:
    """Make or replace a table from Arrow data; works on a locked connection."""
    con.register("_arrow", data)
    try:
        con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM _arrow').fetchall()
    finally:
        con.unregister("_arrow")
