"""The seam between what the register's SQL says and what runs it: DuckDB, or Spark where one machine is not enough.

An engine holds named tables: the datasets of a vintage are there when it is given out, `piperoll.derive.run` adds code
lists, merges and models, and `piperoll.tabulate` its own small tables; then it answers queries with frames. All SQL
that it is given is DuckDB's. What is above it does not know which engine it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

from piperoll.derive.cache import cached, keep, quoted
from piperoll.derive.plan import Planned
from piperoll.errors import UserError
from piperoll.register.model.register import Register
from piperoll.store.codetables import create_from_lists
from piperoll.store.duck import quote_name
from piperoll.store.stream import Stream


if TYPE_CHECKING:
    import polars as pl


class Engine(Protocol):
    """Runs SQL over named tables."""

    def lists(self, name: str, data: Mapping[str, Sequence[Any]], kinds: Mapping[str, str]) -> None:
        """Make or replace a small table from lists of equal length, each of a DuckDB type."""
        ...

    def merged(self, register: Register, key: str, fingerprint: str, cache: Path | None) -> None:
        """Make the merge's records a table ``merged__<key>``.

        Raises:
            UserError: ``PR-D021`` to ``PR-D026`` if the merge cannot be made.
        """
        ...

    def model(self, planned: Planned, key: str, cache: Path | None) -> tuple[int, bool]:
        """Make a model a table of its name: how many rows it has, and whether an earlier result was taken.

        Args:
            planned: The model; all it reads is there.
            key: Hash of its text and of everything it reads, by which ``cache`` keeps its result; may be empty.

        Raises:
            UserError: ``PR-D009`` when it fails while it runs.
        """
        ...

    def frame(self, sql: str, where: str = "") -> pl.DataFrame:
        """The answer to a query, of the types that DuckDB gives its columns; rows in no order unless it asks for one.

        Args:
            where: Place of the register that an error names.
        """
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class Duck:
    """DuckDB: a connection that has the datasets' views, and ``came`` if merges are read."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    def lists(self, name: str, data: Mapping[str, Sequence[Any]], kinds: Mapping[str, str]) -> None:
        """See `Engine.lists`."""
        create_from_lists(self.con, name, data, kinds)

    def merged(self, register: Register, key: str, fingerprint: str, cache: Path | None) -> None:
        """See `Engine.merged`; made anew each time."""
        # Who reads no merge need not import the SQL parser.
        from piperoll.derive.merges.view import create_merged

        create_merged(self.con, register, key)

    def model(self, planned: Planned, key: str, cache: Path | None) -> tuple[int, bool]:
        """See `Engine.model`."""
        name, sql = planned.name, planned.model.sql.rstrip().rstrip(";")
        reused = False
        try:
            if cache is None or not key:
                self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS\n{sql}').fetchall()
            else:
                path = cached(cache, name, key)
                reused = path.is_file()
                if not reused:
                    keep(self.con, f"{sql}\n", path)
                scan = f"read_parquet('{quoted(path)}')"
                self.con.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT * FROM {scan}').fetchall()
            rows = self.con.execute(f"SELECT count(*) FROM {quote_name(name)}").fetchall()[0][0]
        except duckdb.Error as error:
            raise failed(planned, type(error).__name__) from None
        return int(rows), reused

    def frame(self, sql: str, where: str = "") -> pl.DataFrame:
        """See `Engine.frame`."""
        import polars as pl

        return pl.DataFrame(Stream(self.con.sql(sql)))

    def close(self) -> None:
        """Close the connection."""
        self.con.close()


def failed(planned: Planned, kind: str) -> UserError:
    """The error of a model that failed while it ran: its message may hold a value, so only its kind is told."""
    return UserError(
        "PR-D009",
        f"the model {planned.name} failed while it ran ({kind}).",
        where=planned.model.where,
        fix="Look for a CAST or a division that some rows do not allow.",
    )


def engine_of(given: duckdb.DuckDBPyConnection | Engine) -> Engine:
    """An engine as it is; a DuckDB connection as one."""
    return Duck(given) if isinstance(given, duckdb.DuckDBPyConnection) else given
