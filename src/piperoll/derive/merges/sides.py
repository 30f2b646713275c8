"""The sides of a merge as tables of a connection, each record named once."""

from __future__ import annotations

import duckdb

from piperoll.errors import UserError
from piperoll.register.model.merge import Merge
from piperoll.store.duck import Connection
from piperoll.store.types import value_type


DOCS = "see docs/how-to/merge-systems.md"
TYPES = {"record": "VARCHAR", "day": "DATE", "place": "VARCHAR"}


def where_of(merge: Merge) -> str:
    """The file as errors name it."""
    return f"merges/{merge.key}.yaml"


def run_sql(con: Connection, merge: Merge, what: str, sql: str) -> None:
    """Run a statement that holds SQL of the declaration.

    Raises:
        UserError: ``PR-D021`` if it fails.
    """
    try:
        con.execute(sql).fetchall()
    except duckdb.Error as error:
        # The message of a failed conversion holds the value itself, so only its kind is told.
        said = f"{what} failed while it ran ({type(error).__name__})."
        fix = "Look for a name that is not there, or for a CAST or a division that some rows do not allow."
        raise UserError("PR-D021", said, where=where_of(merge), fix=fix) from None


def load_sides(con: Connection, merge: Merge) -> None:
    """Make ``side_<name>`` for each side, with the columns of all: what a side does not give is null.

    Raises:
        UserError: ``PR-D021`` if a side's SELECT fails or lacks a column, ``PR-D022`` if it names a record twice, or
            not at all.
    """
    given: dict[str, set[str]] = {}
    for side in merge.sides:
        table = f"given_{side.name}"
        sql = f'CREATE TEMP TABLE "{table}" AS SELECT * FROM ({side.sql}\n)'
        run_sql(con, merge, f"the SELECT of the side {side.name}", sql)
        given[side.name] = {str(name) for name, *_ in con.execute(f'DESCRIBE "{table}"').fetchall()}
        lacking = [name for name in ("record", "day", *merge.pairs.equal) if name not in given[side.name]]
        if lacking:
            said = f"the SELECT of the side {side.name} gives no {', '.join(lacking)}."
            raise UserError("PR-D021", said, where=where_of(merge), fix=f"Select it there; {DOCS}.")
    types = TYPES | {each.name: value_type(each.type) for each in merge.fields}
    for side in merge.sides:
        columns = ", ".join(
            (f'CAST("{name}" AS {kind})' if name in given[side.name] else f"CAST(NULL AS {kind})") + f' AS "{name}"'
            for name, kind in types.items()
        )
        sql = f'CREATE TEMP TABLE "side_{side.name}" AS SELECT {columns} FROM "given_{side.name}"'
        run_sql(con, merge, f"the SELECT of the side {side.name}", sql)
        con.execute(f'DROP TABLE "given_{side.name}"').fetchall()
        _named_once(con, merge, side.name)


def _named_once(con: Connection, merge: Merge, side: str) -> None:
    ((rows, named, once, dated),) = con.execute(
        f'SELECT count(*), count("record"), count(DISTINCT "record"), count("day") FROM "side_{side}"'
    ).fetchall()
    if not rows == named == once == dated:
        said = (
            f"of the {rows:,} records of the side {side}, {rows - named:,} have no `record`, {named - once:,} a "
            f"`record` that another has, too, and {rows - dated:,} no `day`."
        )
        raise UserError("PR-D022", said, where=where_of(merge), fix="Let its SELECT give each record once, with a day.")
