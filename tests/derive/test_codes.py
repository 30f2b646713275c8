"""Code lists as tables: what Arrow would make of them, made without it."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from piperoll.derive.cache import code_fingerprint, digest
from piperoll.derive.catalogue import code_columns
from piperoll.derive.codes import code_values, create_code_tables, create_from_lists, create_table
from piperoll.register.model.codes import Code, CodeList
from piperoll.store.duck import connect, lock


ARROW = {"VARCHAR": pa.string(), "DATE": pa.date32()}
LISTS = {
    "plain": CodeList("plain", "Plain", (Code("N", "North", attributes={"shelves": "12"}), Code("S", 'It\'s "south"'))),
    "dated": CodeList(
        "dated",
        "Dated",
        (
            Code("01", "é", "A", dt.date(2009, 4, 1), dt.date(2012, 3, 31), {"b": "x", "a": ""}),
            Code("01", "two\nlines", "B", dt.date(2012, 4, 1)),
        ),
    ),
    "empty": CodeList("empty", "Empty", ()),
}


def by_arrow(codes: CodeList) -> pa.Table:
    """The reference."""
    own = ("code", "label", "parent", "valid_from", "valid_to")
    columns = code_columns(codes)
    rows = [
        {name: getattr(each, name) if name in own else each.attributes.get(name) for name in columns}
        for each in codes.codes
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, ARROW[kind]) for name, kind in columns.items()]))


@pytest.fixture
def register(make):
    from dataclasses import replace

    return replace(make({})[0], codes=LISTS)


@pytest.mark.parametrize("key", LISTS)
def test_the_table_is_as_arrow_makes_it(key: str, register) -> None:
    con = connect()
    lock(con, [])
    create_code_tables(con, register)
    create_table(con, "reference", by_arrow(LISTS[key]))
    found, expected = (con.sql(f"SELECT * FROM {name}").to_arrow_table() for name in (f"codes__{key}", "reference"))
    con.close()
    assert found.equals(expected)
    assert found.num_rows == len(LISTS[key].codes)


@pytest.mark.parametrize("key", LISTS)
def test_the_fingerprint_is_as_arrow_writes_it(key: str, register) -> None:
    table = by_arrow(LISTS[key])
    assert code_fingerprint(register, key) == digest([repr(table.schema), repr(table.to_pylist())])
    assert list(code_values(LISTS[key])) == table.column_names


def test_only_those_named_are_made_and_made_again(register) -> None:
    con = connect()
    create_code_tables(con, register, ["plain"])
    create_code_tables(con, register, ["plain"])
    assert con.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [("codes__plain",)]
    con.close()


def test_lists_keep_their_order() -> None:
    con = connect()
    numbers = [(7 * n) % 5000 for n in range(5000)]
    create_from_lists(con, "t", {"n": numbers, "s": [str(n) for n in numbers]}, {"n": "INTEGER", "s": "VARCHAR"})
    assert con.execute("SELECT n, s FROM t").fetchall() == [(n, str(n)) for n in numbers]
    con.close()
