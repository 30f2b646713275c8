"""Code lists as tables ``codes__<list>``: code, label, parent, valid_from, valid_to, then attributes as text.

Rules of contracts read them at the door, models later; both see the same columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from piperoll.register.model.codes import CodeList
from piperoll.register.model.register import Register
from piperoll.store.duck import Connection


PREFIX = "codes__"
CODE_COLUMNS: dict[str, str] = {
    "code": "VARCHAR",
    "label": "VARCHAR",
    "parent": "VARCHAR",
    "valid_from": "DATE",
    "valid_to": "DATE",
}


def code_columns(codes: CodeList) -> dict[str, str]:
    """Columns of a code list's view: the fixed ones, then its attributes as text, sorted."""
    attributes = sorted({name for code in codes.codes for name in code.attributes})
    return {**CODE_COLUMNS, **{name: "VARCHAR" for name in attributes if name not in CODE_COLUMNS}}


def code_values(codes: CodeList) -> dict[str, list[Any]]:
    """The columns of a code list's table, in the list's own order."""
    return {
        name: [getattr(code, name) if name in CODE_COLUMNS else code.attributes.get(name) for code in codes.codes]
        for name in code_columns(codes)
    }


def create_code_tables(con: Connection, register: Register, lists: Iterable[str] | None = None) -> None:
    """Make a table for each code list (or only those named) in the connection; made again, it replaces."""
    for key in sorted(register.codes if lists is None else lists):
        codes = register.codes[key]
        create_from_lists(con, f"{PREFIX}{key}", code_values(codes), code_columns(codes))


def create_from_lists(con: Connection, name: str, data: Mapping[str, Sequence[Any]], kinds: Mapping[str, str]) -> None:
    """Make or replace a table from lists of equal length, each of a DuckDB type; works on a locked connection.

    For small tables: Arrow, which takes longer to import than these take to make, is not needed.
    """
    columns = ", ".join(f'unnest(?::{kinds[column]}[]) AS "{column}"' for column in data)
    values = [list(each) for each in data.values()]
    con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT {columns}', values).fetchall()
