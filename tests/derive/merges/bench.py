"""Two or three small systems whose records are merged in tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from piperoll.derive.merges import Made
from piperoll.derive.merges.run import load_came, run_merge
from piperoll.register.model.merge import Merge, MergedField, Pairing, Side
from piperoll.store.duck import connect
from piperoll.store.parts import Part


DAY = dt.date(2012, 4, 10)
SCHEMA = {
    "record": pl.String, "day": pl.Date, "place": pl.String, "person": pl.String, "minute": pl.Int64, "kind": pl.String,
}  # fmt: skip
SELECT = "SELECT record, day, place, person, minute, kind FROM {}_records"
FIELDS = (MergedField("person"), MergedField("minute", "int"), MergedField("kind", compare=True))
BASE = Merge(
    "both",
    "Records of both systems",
    (Side("new", "New system", SELECT.format("new")), Side("old", "Old system", SELECT.format("old"))),
    Pairing(("person",)),
    FIELDS,
)


def record(row: str, person: str | None, at: int = 0, kind: str | None = "X", day: dt.date = DAY) -> dict[str, Any]:
    """A record of one of the systems."""
    return {"record": row, "day": day, "place": "N", "person": person, "minute": at, "kind": kind}


def with_side(merge: Merge, name: str) -> Merge:
    """The merge with a further system, trusted least."""
    return replace(merge, sides=(*merge.sides, Side(name, f"{name.capitalize()} system", SELECT.format(name))))


def made(merge: Merge, parts: Sequence[Part] = (), **sides: list[dict[str, Any]]) -> Made:
    """Merge these records."""
    con = connect()
    try:
        for name, rows in sides.items():
            con.register("given", pl.DataFrame(rows, schema=SCHEMA, orient="row").to_arrow())
            con.execute(f"CREATE TEMP TABLE {name}_records AS SELECT * FROM given").fetchall()
        load_came(con, parts)
        return run_merge(con, merge)
    finally:
        con.close()


def pairs(found: Made) -> set[tuple[str | None, ...]]:
    """What was put together: the names of each thing's records, side by side."""
    return set(found.records.select(f"{each.name}_record" for each in found.merge.sides).rows())
