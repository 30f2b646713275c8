"""The register whose rules are tried, and small stores of rows given by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pytest

from piperoll.derive.catalogue import dataset_columns, merged_columns, source_name
from piperoll.register import load
from piperoll.register.model.register import Register
from piperoll.store.duck import connect, quote_name


JUSTICE = Path(__file__).parents[2] / "justice"


@pytest.fixture(scope="session")
def justice() -> Register:
    return load(JUSTICE)


def store_of(
    register: Register, datasets: Sequence[str], given: Mapping[str, Sequence[Mapping[str, object]]]
) -> duckdb.DuckDBPyConnection:
    """A connection with a table for each dataset or merge, holding the rows given; columns not given are null."""
    con = connect()
    for key in datasets:
        merge = register.merges.get(key.removeprefix("merged."))
        columns = (
            merged_columns(merge) if merge and key.startswith("merged.") else dataset_columns(register.dataset(key))
        )
        name = quote_name(source_name(key))
        con.execute(f"CREATE TABLE {name} ({', '.join(f'{quote_name(c)} {t}' for c, t in columns.items())})")
        for row in given.get(key, ()):
            unknown = set(row) - set(columns)
            assert not unknown, f"{key} has no {unknown}"
            names = ", ".join(quote_name(each) for each in row)
            con.execute(
                f"INSERT INTO {name} ({names}) VALUES ({', '.join('?' for _ in row)})",
                [None if value == "" else value for value in row.values()],
            ).fetchall()
    return con


@pytest.fixture(name="store_of")
def store_fixture():
    return store_of
