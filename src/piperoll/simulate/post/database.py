"""A supplier's database, as it stands at the end of a simulation: an SQLite file that ODBC reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from threading import Lock

import polars as pl

from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset
from piperoll.simulate.world import Delivery


SUFFIX = ".sqlite"
_TYPES = {"int": "BIGINT", "date": "DATE", "bool": "BOOLEAN", "datetime": "TIMESTAMP"}


class Database:
    """One database; its tables are written when everything has come, in the order of their names.

    Args:
        directory: Where its file will lie, named after the connection.
        tables: Datasets that are read from it, by key: the table of one without rows is there, and empty.
    """

    def __init__(self, directory: Path, tables: Mapping[str, Dataset]) -> None:
        self.directory = directory
        self.tables = tables
        self._lock = Lock()
        self._held: list[tuple[str, str, pl.DataFrame, Dataset]] = []

    def take(self, delivery: Delivery, rows: pl.DataFrame, dataset: Dataset) -> None:
        """Hold the rows of a delivery."""
        with self._lock:
            self._held.append((delivery.dataset, delivery.supplier, rows, dataset))

    def close(self) -> None:
        """Write the tables. Each row has the number of its change, where the contract steers by one.

        Raises:
            UserError: PR-M010 where an extract reads what a simulation cannot make.
        """
        come = {key for key, *_ in self._held}
        for key, dataset in self.tables.items():
            if key not in come:
                rows = pl.DataFrame(schema=dict.fromkeys((each.name for each in dataset.fields), pl.String))
                self._held.append((key, "", rows, dataset))
        for key, supplier, rows, dataset in sorted(self._held, key=lambda each: each[:2]):
            self._write(key, supplier, rows, dataset)

    def _write(self, key: str, supplier: str, rows: pl.DataFrame, dataset: Dataset) -> None:
        extract = dataset.extract
        assert extract is not None
        declared = {each.name: each.type for each in dataset.fields}
        decimal = next((name for name, kind in declared.items() if kind.startswith("dec")), "")
        if not extract.table or "." in extract.table or decimal:
            why = f"`{decimal}` is a decimal number, which SQLite has not" if decimal else "it does not read one table"
            message = f"The extract of {key} cannot be simulated: {why}."
            raise UserError("PR-M010", message, where=key, fix="Take the way `database` out of its `ways`.")
        columns = {name: _type(kind) for name, kind in declared.items()}
        if extract.supplier and extract.supplier not in columns:
            rows = rows.with_columns(pl.lit(supplier).alias(extract.supplier))
            columns[extract.supplier] = "VARCHAR(80)"
        with closing(sqlite3.connect(self.directory / f"{extract.database}{SUFFIX}")) as con:
            counted = bool(extract.watermark) and extract.watermark not in columns
            if counted:
                columns[extract.watermark] = "BIGINT NOT NULL"
            typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            con.execute(f"CREATE TABLE IF NOT EXISTS {extract.table} ({typed})")
            if counted:
                (begun,) = con.execute(f"SELECT count(*) FROM {extract.table}").fetchone()
                rows = rows.with_columns(pl.int_range(begun + 1, begun + 1 + pl.len()).alias(extract.watermark))
            times = [name for name, kind in rows.schema.items() if kind in (pl.Date, pl.Datetime)]
            plain = rows.select(list(columns)).with_columns(pl.col(times).dt.to_string("iso"))
            marks = ", ".join("?" * len(columns))
            con.executemany(f"INSERT INTO {extract.table} VALUES ({marks})", plain.iter_rows())
            con.commit()


def _type(kind: str) -> str:
    name, _, length = kind.partition("(")
    if name == "str":
        return f"VARCHAR({length.rstrip(')') or 255})"
    return _TYPES.get(name, "VARCHAR(40)")
