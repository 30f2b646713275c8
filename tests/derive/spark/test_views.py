"""A vintage for Spark holds the rows that it holds for DuckDB, whatever the mode of delivery."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from piperoll.derive.engine import Duck
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset, Deletion, Field, Mode
from piperoll.register.model.register import Register, Source
from piperoll.store import Correction, ObjectStore, Part, connect
from piperoll.store.vintage import create_views
from tests.sparks import opened, quiet


pytestmark = [pytest.mark.slow, quiet]
FIELDS = (
    Field("k", "str(3)", "L"),
    Field("v", "int", "M"),
    Field("gone", "bool", "A"),
    Field("money", "dec(8,2)", "M"),
    Field("day", "date", "T"),
    Field("at", "datetime", "T"),
    Field("later", "code", "A"),
)
DATASET = Dataset("claim", "Claims", "events", ("k",), FIELDS, deleted=Deletion("gone", "true"))
MOMENT = dt.datetime(2012, 3, 25, 1, 30, 0, 250_000)


class Bench:
    """A store, and both engines over it."""

    def __init__(self, root: Path, work: Path) -> None:
        self.root, self.store, self.count = root, ObjectStore(root / "store"), 0
        self.duck, self.spark = Duck(connect()), opened(work)

    def part(self, period: str, rows: list[tuple[str, int, bool]], mode: Mode = "events", **columns: pa.Array) -> Part:
        """A delivery; ``columns`` instead of those that a file has by itself, or beside them."""
        self.count += 1
        held: dict[str, Any] = {
            "k": pa.array([row[0] for row in rows], pa.string()),
            "v": pa.array([row[1] for row in rows], pa.int64()),
            "gone": pa.array([row[2] for row in rows], pa.bool_()),
            "money": pa.array([Decimal(row[1]) / 4 for row in rows], pa.decimal128(8, 2)),
            "day": pa.array([MOMENT.date()] * len(rows), pa.date32()),
            "at": pa.array([MOMENT] * len(rows), pa.timestamp("us")),
            "_row": pa.array(range(2, len(rows) + 2), pa.int64()),
        } | columns
        path = self.root / "part"
        pq.write_table(pa.table({name: values for name, values in held.items() if values is not None}), path)
        return Part("s.claim", "x", period, self.count, self.store.put(path), mode, f"d{self.count}")

    def same(self, mode: Mode, parts: list[Part], *corrections: Correction) -> list[tuple[Any, ...]]:
        """Key, number and mark of each row, after all columns were found to be equal."""
        from piperoll.derive.spark import create_views as create_spark_views

        source = Source("s", "S", datasets=(replace(DATASET, mode=mode),))
        register = Register(self.root, "r", "R", "", {"s": source}, {}, {}, {}, {})
        create_views(self.duck.con, register, self.store, parts, corrections)
        create_spark_views(self.spark, register, self.store, parts, corrections, ["s.claim"])
        duck, spark = (engine.frame("SELECT * FROM s__claim") for engine in (self.duck, self.spark))
        assert spark.schema == duck.schema
        assert sorted(spark.rows(), key=repr) == sorted(duck.rows(), key=repr)
        return sorted(duck.select("k", "v", "_mark").rows())


@pytest.fixture
def bench(tmp_path: Path, work: Path) -> Iterator[Bench]:
    made = Bench(tmp_path, work)
    yield made
    made.duck.close()
    made.spark.close()


def test_nothing_delivered_has_columns_and_no_rows(bench: Bench) -> None:
    assert bench.same("events", []) == []


def test_events_add_up_and_the_same_file_may_come_twice(bench: Bench) -> None:
    parts = [bench.part("2012-01", [("a", 1, False), ("b", 2, True)]), bench.part("2012-02", [("c", 3, False)])]
    again = replace(parts[0], period="2012-03", sequence=9, delivery="d9")
    assert bench.same("events", [*parts, again]) == [
        ("a", 1, None), ("a", 1, None), ("b", 2, None), ("b", 2, None), ("c", 3, None),
    ]  # fmt: skip


def test_of_increments_the_last_state_and_no_deletion(bench: Bench) -> None:
    first = [("a", 1, False), ("b", 1, False), ("c", 1, False)]
    second = [("b", 2, False), ("c", 2, True), ("b", 3, False)]
    parts = [bench.part("2012-02", second, "increment"), bench.part("2012-01", first, "increment")]
    assert bench.same("increment", parts) == [("a", 1, None), ("b", 3, None)]


def test_of_full_files_the_latest(bench: Bench) -> None:
    parts = [bench.part("2012-02", [("a", 2, False)], "full"), bench.part("2012-01", [("a", 1, False)], "full")]
    assert bench.same("full", parts) == [("a", 2, None)]


def test_files_of_an_older_contract_are_read_as_declared_now(bench: Bench) -> None:
    older = bench.part(
        "2012-01", [("a", 1, False)], v=pa.array([7], pa.int32()), money=pa.array([Decimal("1.5")], pa.decimal128(6, 1)),
        at=None, later=pa.array(["X"], pa.string()),
    )  # fmt: skip
    assert bench.same("events", [older, bench.part("2012-02", [("b", 2, False)])]) == [("a", 7, None), ("b", 2, None)]


def test_overrides_are_in_place_and_leave_their_mark(bench: Bench) -> None:
    parts = [bench.part("2012-01", [("a", 1, False), ("b", 2, False), ("c", 3, False)])]
    corrections = [
        Correction("s.claim", {"k": "a"}, "v", "10", "r", 2),
        Correction("s.claim", {"k": "a"}, "v", "11", "e", 1),
        Correction("s.claim", {"k": "b"}, "money", "3.5", "e", 3),
        Correction("s.claim", {"k": "b"}, "gone", "true", "r", 4),
        Correction("s.claim", {"k": "c"}, "day", None, "r", 5),
    ]
    assert bench.same("events", parts, *corrections) == [("a", 10, "r"), ("b", 2, "r"), ("c", 3, "r")]


def test_an_override_that_fits_no_more_is_refused(bench: Bench) -> None:
    with pytest.raises(UserError, match="PR-S004"):
        bench.same("events", [bench.part("2012-01", [("a", 1, False)])], Correction("s.claim", {"k": "a"}, "no", "1"))


def test_a_file_that_is_gone_is_told(bench: Bench) -> None:
    part = bench.part("2012-01", [("a", 1, False)])
    bench.store.require(part.object).unlink()
    with pytest.raises(UserError, match="PR-S001"):
        bench.same("events", [part])


def test_a_type_that_spark_is_not_given_is_named(bench: Bench) -> None:
    from piperoll.derive.spark.views import create_view

    part = bench.part("2012-01", [("a", 1, False)], odd=pa.array([b"x"], pa.binary()))
    with pytest.raises(UserError, match=r"PR-S031 .*binary"):
        create_view(bench.spark, "s.claim", DATASET, bench.store, [part], [])
