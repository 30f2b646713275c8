"""The types that DuckDB gives the columns of a query: asked of DuckDB itself, over empty tables."""

from __future__ import annotations

from collections.abc import Mapping

from piperoll.derive.catalogue import Columns
from piperoll.store.duck import DuckError, connect, lock, quote_name


class Shapes:
    """Names and types of all tables of an engine.

    Attributes:
        tables: Columns by table.
    """

    def __init__(self) -> None:
        self.tables: dict[str, Columns] = {}
        self._con = connect()
        lock(self._con, [])

    def declare(self, name: str, columns: Mapping[str, str]) -> None:
        """Make or replace a table."""
        if self.tables.get(name) == columns:
            return
        self.tables[name] = dict(columns)
        shown = ", ".join(f"{quote_name(each)} {kind}" for each, kind in columns.items())
        self._con.execute(f"CREATE OR REPLACE TABLE {quote_name(name)} ({shown})").fetchall()

    def of(self, sql: str) -> Columns:
        """Columns of a query's answer, in order.

        Raises:
            DuckError: If it cannot be bound.
        """
        found = {row[0]: str(row[1]) for row in self._con.execute(f"DESCRIBE {sql}").fetchall()}
        # What is null in every row has no type; as a table it has DuckDB's.
        return {name: "INTEGER" if kind.strip('"') == "NULL" else kind for name, kind in found.items()}

    def close(self) -> None:
        """Close the connection."""
        self._con.close()


__all__ = ["DuckError", "Shapes"]
