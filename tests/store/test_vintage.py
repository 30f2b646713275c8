"""Vintages: what each mode of delivery comes to, as views."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset, Deletion, Derivation, Field, Mode
from piperoll.register.model.register import Register, Source
from piperoll.store import Correction, ObjectStore, Part, connect, create_views, duck_type, lock, store_schema


DATASET = Dataset(
    "claim",
    "Claims",
    "events",
    ("k",),
    (
        Field("k", "str(3)", "L"),
        Field("v", "int", "M"),
        Field("secret", "str", "D"),
        Field("gone", "bool", "A"),
        Field("money", "dec(8,2)", "M"),
    ),
    derive=(Derivation("la", "lookup", "secret"),),
    deleted=Deletion("gone", "true"),
)


class Bench:
    def __init__(self, root: Path) -> None:
        self.store = ObjectStore(root / "store")
        self.root, self.count = root, 0
        self.con = connect()

    def part(self, mode: Mode, period: str, rows: list[tuple[str, int, bool]], supplier: str = "x") -> Part:
        self.count += 1
        columns: dict[str, Any] = {
            "k": pa.array([r[0] for r in rows], pa.string()),
            "v": pa.array([r[1] for r in rows], pa.int64()),
            "gone": pa.array([r[2] for r in rows], pa.bool_()),
            "_row": pa.array(range(2, len(rows) + 2), pa.int64()),
        }
        path = self.root / "part"
        pq.write_table(pa.table(columns), path)
        sha = self.store.put(path)
        return Part("s.claim", supplier, period, self.count, sha, mode, f"d{self.count}")

    def rows(self, mode: Mode, parts: list[Part], *corrections: Correction, columns: str = "k, v") -> list[Any]:
        dataset = dataclasses.replace(DATASET, mode=mode)
        register = Register(self.root, "r", "R", "", {"s": Source("s", "S", datasets=(dataset,))}, {}, {}, {}, {})
        create_views(self.con, register, self.store, parts, corrections)
        return self.con.execute(f"SELECT {columns} FROM s__claim ORDER BY ALL").fetchall()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_types() -> None:
    assert store_schema(DATASET) == {
        "k": "VARCHAR", "v": "BIGINT", "gone": "BOOLEAN", "money": "DECIMAL(8,2)", "la": "VARCHAR", "_row": "BIGINT",
    }  # fmt: skip
    assert duck_type(Field("n", "int", "L")) == "VARCHAR"
    assert [duck_type(Field("n", t, "A")) for t in ("date", "datetime", "code")] == [
        "DATE",
        "TIMESTAMP",
        "VARCHAR",
    ]


def test_no_parts_is_an_empty_view_of_the_right_types(bench: Bench) -> None:
    assert bench.rows("events", []) == []
    found = {r[0]: r[1] for r in bench.con.execute("DESCRIBE s__claim").fetchall()}
    place = dict.fromkeys(("_supplier", "_period", "_delivery", "_mark"), "VARCHAR")
    assert found == {**store_schema(DATASET), **place}
    bench.rows("events", [bench.part("events", "2012-01", [("a", 1, False)])])
    assert {r[0]: r[1] for r in bench.con.execute("DESCRIBE s__claim").fetchall()} == found


def test_events_add_up_and_later_deliveries_supersede(bench: Bench) -> None:
    parts = [
        bench.part("events", "2012-01", [("a", 1, False)]),
        bench.part("events", "2012-02", [("a", 2, False)]),
        bench.part("events", "2012-01", [("a", 3, False), ("b", 4, False)]),
        bench.part("events", "2012-01", [("a", 5, False)], supplier="y"),
    ]
    assert bench.rows("events", parts) == [("a", 2), ("a", 3), ("a", 5), ("b", 4)]
    assert bench.rows("events", parts[:2]) == [("a", 1), ("a", 2)]
    assert bench.rows("events", parts[:1], columns="_supplier, _period, _delivery, _row, _mark, la") == [
        ("x", "2012-01", "d1", 2, None, None)
    ]


def test_snapshots_stand_side_by_side(bench: Bench) -> None:
    parts = [bench.part("snapshot", m, [("a", i, False)]) for i, m in enumerate(("2012-01", "2012-02"))]
    assert bench.rows("snapshot", parts, columns="_period, v") == [("2012-01", 0), ("2012-02", 1)]


def test_full_is_the_latest_of_each_supplier(bench: Bench) -> None:
    parts = [
        bench.part("full", "2012-02", [("a", 1, False)]),
        bench.part("full", "2012-01", [("a", 2, False)]),
        bench.part("full", "2012-01", [("a", 3, False)], supplier="y"),
    ]
    assert bench.rows("full", parts) == [("a", 1), ("a", 3)]


def test_increments_come_to_last_states(bench: Bench) -> None:
    parts = [
        bench.part("increment", "2012-01", [("a", 1, False), ("b", 1, False), ("c", 1, False)]),
        bench.part("increment", "2012-02", [("a", 2, False), ("b", 2, True)]),
        bench.part("increment", "2012-01", [("a", 9, False), ("b", 9, False)]),
        bench.part("increment", "2012-03", [("b", 3, False)]),
    ]
    assert bench.rows("increment", parts[:2]) == [("a", 2), ("c", 1)]
    assert bench.rows("increment", parts[:3]) == [("a", 2)]
    assert bench.rows("increment", parts) == [("a", 2), ("b", 3)]


def test_same_bytes_of_two_suppliers(bench: Bench) -> None:
    parts = [bench.part("events", "2012-01", [("a", 1, False)], supplier=s) for s in ("x", "y")]
    assert parts[0].object == parts[1].object
    assert bench.rows("events", parts, columns="_supplier, v") == [("x", 1), ("y", 1)]


def test_corrections(bench: Bench) -> None:
    parts = [bench.part("events", "2012-01", [("a", 1, False), ("b", 2, False)])]
    overrides = [
        Correction("s.claim", {"k": "a"}, "v", "7", "e", 1),
        Correction("s.claim", {"k": "a"}, "v", "8", "r", 2),
        Correction("s.claim", {"k": "b"}, "gone", None, "e", 3),
        Correction("s.claim", {"k": "none"}, "v", "1", "e", 4),
        Correction("s.other", {"x": "none"}, "z", "1", "e", 4),
    ]
    found = bench.rows("events", parts, *overrides, columns="k, v, gone, _mark")
    assert found == [("a", 8, False, "r"), ("b", 2, None, "e")]
    with pytest.raises(UserError, match="PR-S004"):
        bench.rows("events", parts, Correction("s.claim", {"k": "a"}, "secret", "7"))


def test_increment_needs_a_key_in_the_store(bench: Bench) -> None:
    dataset = dataclasses.replace(DATASET, mode="increment", key=("secret",))
    register = Register(bench.root, "r", "R", "", {"s": Source("s", "S", datasets=(dataset,))}, {}, {}, {}, {})
    part = bench.part("increment", "2012-01", [("a", 1, False)])
    with pytest.raises(UserError, match="PR-S005"):
        create_views(bench.con, register, bench.store, [part])


def test_lost_object_is_told(bench: Bench) -> None:
    part = bench.part("events", "2012-01", [("a", 1, False)])
    bench.store.path(part.object).unlink()
    with pytest.raises(UserError, match="PR-S001"):
        bench.rows("events", [part])


def test_locked_connection_reads_the_store_and_nothing_else(bench: Bench, tmp_path: Path) -> None:
    part = bench.part("events", "2012-01", [("a", 1, False)])
    bench.rows("events", [part])
    (tmp_path / "elsewhere.csv").write_text("a\n1\n")
    lock(bench.con, [bench.store.root])
    assert bench.con.execute("SELECT v FROM s__claim").fetchall() == [(1,)]
    for sql in (f"SELECT * FROM read_csv('{tmp_path / 'elsewhere.csv'}')", "SET threads=1"):
        with pytest.raises(Exception, match=r"(?i)(permission|disabled|lock)"):
            bench.con.execute(sql).fetchall()


def test_a_file_that_changed_is_read_anew(tmp_path: Path) -> None:
    con = connect()
    path = tmp_path / "a.parquet"
    seen = []
    for table in (pa.table({"a": [1, 2]}), pa.table({"b": ["x", "y", "z"]})):
        pq.write_table(table, path)
        con.execute(f"CREATE OR REPLACE VIEW v AS SELECT * FROM read_parquet('{path}')")
        seen.append(con.sql("SELECT * FROM v").fetchall())
    con.close()
    assert seen == [[(1,), (2,)], [("x",), ("y",), ("z",)]]


def test_each_row_of_many_parts_has_its_own_place(bench: Bench) -> None:
    months = [f"{2000 + n // 12}-{n % 12 + 1:02d}" for n in range(40)]
    parts = [bench.part("events", month, [("a", n, False)], f"s'{n}") for n, month in enumerate(months)]
    found = bench.rows("events", parts, columns="v, _period, _supplier, _delivery")
    assert found == [(n, month, f"s'{n}", f"d{n + 1}") for n, month in enumerate(months)]
    types = dict(bench.con.execute('SELECT column_name, column_type FROM (DESCRIBE "_places__s__claim")').fetchall())
    assert types == {**dict.fromkeys(("file", "_supplier", "_period", "_delivery"), "VARCHAR"), "_rank": "INTEGER"}
