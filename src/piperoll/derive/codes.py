"""Code lists as tables ``codes__<list>``: code, label, parent, valid_from, valid_to, then attributes as text."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from piperoll.derive.catalogue import code_columns
from piperoll.register.model.codes import CodeList
from piperoll.register.model.register import Register


_ARROW = {"VARCHAR": pa.string(), "DATE": pa.date32()}


def code_frame(codes: CodeList) -> pa.Table:
    """A code list as an Arrow table, in the list's own order."""
    columns = code_columns(codes)
    own = ("code", "label", "parent", "valid_from", "valid_to")
    data = {
        name: [getattr(code, name) if name in own else code.attributes.get(name) for code in codes.codes]
        for name in columns
    }
    schema = pa.schema([(name, _ARROW[kind]) for name, kind in columns.items()])
    return pa.table(data, schema=schema)


def create_code_tables(con: duckdb.DuckDBPyConnection, register: Register, lists: Iterable[str] | None = None) -> None:
    """Make a table for each code list (or only those named) in the connection; made again, it replaces."""
    for key in sorted(register.codes if lists is None else lists):
        create_table(con, f"codes__{key}", code_frame(register.codes[key]))


def create_table(con: duckdb.DuckDBPyConnection, name: str, data: pa.Table) -> None:
    """Make or replace a table from Arrow data; works on a locked connection."""
    con.register("_arrow", data)
    try:
        con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM _arrow').fetchall()
    finally:
        con.unregister("_arrow")
