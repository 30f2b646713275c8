"""Which records are of one thing: at most one of each side, the nearest first, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from piperoll.derive.merges.sides import run_sql
from piperoll.register.model.merge import Merge
from piperoll.store.duck import Connection


def group(con: Connection, merge: Merge) -> None:
    """Make ``grouped``: a row a thing, with ``<side>_record`` for each side, empty where the side has none of it.

    Side after side is taken in: a record joins the thing that one of the sides before it holds, the side trusted most
    first, then by `Pairing.nearest`, then by the names of the two; or it is a thing of its own. Each record is in
    exactly one thing.
    """
    first = merge.sides[0].name
    con.execute(f'CREATE TEMP TABLE grouped AS SELECT "record" AS "{first}_record" FROM "side_{first}"').fetchall()
    for number, side in enumerate(merge.sides[1:], start=1):
        earlier = [each.name for each in merge.sides[:number]]
        found = pl.concat([_candidates(con, merge, name, side.name, place) for place, name in enumerate(earlier)])
        kept = one_to_one(found)
        con.register("joined", kept.to_arrow())
        thing = thing_of(earlier)
        rows = ", ".join(f'g."{name}_record"' for name in earlier)
        empty = ", ".join(f'NULL AS "{name}_record"' for name in earlier)
        con.execute(
            "CREATE OR REPLACE TEMP TABLE grouped AS "
            f'SELECT {rows}, j.record AS "{side.name}_record" FROM grouped AS g '
            f"LEFT JOIN joined AS j ON j.thing = {thing} "
            f'UNION ALL SELECT {empty}, s."record" FROM "side_{side.name}" AS s '
            'WHERE NOT EXISTS (SELECT 1 FROM joined AS j WHERE j.record = s."record")'
        ).fetchall()
        con.unregister("joined")


def one_to_one(candidates: pl.DataFrame) -> pl.DataFrame:
    """Of possible pairs those that hold, each thing and each record once: by ``place``, ``distance``, and names.

    Args:
        candidates: ``thing``, ``record`` (texts), ``place`` (of the side through which it was found, 0 is the most
            trusted) and ``distance`` (null last).

    Returns:
        ``thing`` and ``record``, sorted: the first pair of all, then the first of what is left, and so on. A pair that
        comes first for both its thing and its record is taken at once, since nothing before it can take either.
    """
    order = ["place", "distance", "thing", "record"]
    left = candidates.sort(order, nulls_last=True).unique(["thing", "record"], keep="first", maintain_order=True)
    taken = []
    while left.height:
        left = left.with_row_index("turn")
        both = left.filter(
            (pl.col("turn") == pl.col("turn").min().over("thing"))
            & (pl.col("turn") == pl.col("turn").min().over("record"))
        )
        taken.append(both.select("thing", "record"))
        left = left.drop("turn").join(both, on="thing", how="anti", maintain_order="left")
        left = left.join(both, on="record", how="anti", maintain_order="left")
    empty = pl.DataFrame(schema={"thing": pl.String, "record": pl.String})
    return pl.concat([empty, *taken]).sort("thing", "record")


def _candidates(con: Connection, merge: Merge, earlier: str, later: str, place: int) -> pl.DataFrame:
    pairs = merge.pairs
    equal = " AND ".join(f'a."{name}" = b."{name}"' for name in pairs.equal)
    names = [each.name for each in merge.sides]
    thing = thing_of(names[: names.index(later)])
    sql = (
        f'CREATE OR REPLACE TEMP TABLE candidates AS SELECT {thing} AS thing, b."record" AS record, '
        f"CAST({place} AS INTEGER) AS place, CAST({pairs.nearest or '0'} AS DOUBLE) AS distance "
        f'FROM "side_{earlier}" AS a JOIN "side_{later}" AS b ON {equal} '
        f'JOIN grouped AS g ON g."{earlier}_record" = a."record"' + (f" WHERE ({pairs.when}\n)" if pairs.when else "")
    )
    run_sql(con, merge, "the condition under `pairs`", sql)
    return con.sql("SELECT * FROM candidates").pl()


def thing_of(sides: Sequence[str]) -> str:
    """What names a thing of ``grouped AS g``: the most trusted side that holds it, and that side's name for it."""
    named = ", ".join(f"'{place} ' || g.\"{name}_record\"" for place, name in enumerate(sides))
    return f"coalesce({named})"
