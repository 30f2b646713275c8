"""What a merge made: the records, the differences with their reasons, and the account of every record."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from piperoll.derive.merges.pairs import thing_of
from piperoll.derive.merges.sides import run_sql, where_of
from piperoll.errors import UserError
from piperoll.register.model.merge import Merge
from piperoll.store.duck import Connection


@dataclass(frozen=True)
class Reconciled:
    """The account of a side in a month.

    Attributes:
        month: ``2012-03``.
        side: Name of the side.
        rows: Records of the side.
        paired: Those that another side holds, too.
        alone: Those that no other side should hold.
        explained: Those that another side lacks, for reasons that the declaration gives.
        unexplained: Those that another side lacks, and nobody knows why.

    ``rows = paired + alone + explained + unexplained``, where a record that two sides lack counts once, as unexplained
    if one of them is.
    """

    month: str
    side: str
    rows: int
    paired: int
    alone: int
    explained: int
    unexplained: int


@dataclass(frozen=True)
class Made:
    """A merge that ran.

    Attributes:
        records: Merged records: ``month``, ``day``, ``place``, the fields, ``in_<side>``; sorted.
        differences: One a difference: ``month``, ``place``, ``kind`` (``missing``, ``differs``), ``side`` (which lacks
            it, or which is not followed), ``field``, ``reason`` (id; empty if there is none).
        reconciled: By month and side.
        merged: Records by month.
    """

    merge: Merge
    records: pl.DataFrame = field(repr=False)
    differences: pl.DataFrame = field(repr=False)
    reconciled: tuple[Reconciled, ...]
    merged: dict[str, int]

    @property
    def unexplained(self) -> float:
        """Share of the compared records with a difference that no reason explains."""
        compared = self.records.filter("compared").height
        different = self.differences.filter(pl.col("reason") == "")["thing"].n_unique()
        return different / compared if compared else 0.0

    @property
    def within(self) -> bool:
        """Whether no more is unexplained than the declaration allows."""
        return self.unexplained <= self.merge.unexplained


def made_of(con: Connection, merge: Merge) -> Made:
    """Compare, explain and account for the things of ``grouped``.

    Raises:
        UserError: ``PR-D021`` if a condition fails, ``PR-D023`` if the account does not come out even.
    """
    _wide(con, merge)
    _different(con, merge)
    records = con.sql("SELECT * FROM m ORDER BY month, place, thing").pl()
    differences = con.sql("SELECT * FROM explained ORDER BY month, place, thing, kind, side, field").pl()
    made = Made(merge, records, differences, _account(records, differences, merge), _merged(records))
    _require_even(con, made)
    return made


def _wide(con: Connection, merge: Merge) -> None:
    """``m``: the merged record beside what each side says."""
    sides = [each.name for each in merge.sides]
    columns = [f"{thing_of(sides)} AS thing"]
    columns += [_kept(name, sides) for name in ("day", "place")]
    columns += [_kept(each.name, [*each.first, *(s for s in sides if s not in each.first)]) for each in merge.fields]
    columns += [f'g."{name}_record" IS NOT NULL AS "in_{name}"' for name in sides]
    said = ("record", "day", "place", *(each.name for each in merge.fields))
    columns += [f'"{side}"."{name}" AS "{side}_{name}"' for side in sides for name in said]
    joins = " ".join(f'LEFT JOIN "side_{name}" AS "{name}" ON "{name}"."record" = g."{name}_record"' for name in sides)
    con.execute(f"CREATE TEMP TABLE wide AS SELECT {', '.join(columns)} FROM grouped AS g {joins}").fetchall()
    month = "strftime(day, '%Y-%m')"
    span = [f"{month} {sign} '{end}'" for sign, end in ((">=", merge.from_), ("<=", merge.to)) if end]
    con.execute(
        f"CREATE TEMP TABLE m AS SELECT thing, {month} AS month, ({' AND '.join(span) or 'true'}) AS compared, "
        "* EXCLUDE (thing) FROM wide"
    ).fetchall()


def _kept(name: str, sides: list[str]) -> str:
    values = ", ".join(f'"{side}"."{name}"' for side in sides)
    return f'coalesce({values}) AS "{name}"'


def _different(con: Connection, merge: Merge) -> None:
    """``explained``: every difference of the months compared, with the first reason that holds."""
    con.execute("CREATE TEMP TABLE differences (thing VARCHAR, kind VARCHAR, side VARCHAR, field VARCHAR)").fetchall()
    for side in merge.sides:
        if side.expected:
            sql = (
                f"INSERT INTO differences SELECT thing, 'missing', '{side.name}', '' FROM m "
                f'WHERE compared AND NOT "in_{side.name}" AND ({side.expected}\n)'
            )
            run_sql(con, merge, f"the condition `expected` of the side {side.name}", sql)
    for each in merge.fields:
        if each.compare:
            for place, later in enumerate(merge.sides):
                for earlier in merge.sides[:place]:
                    pair = f'SELECT thing, "{earlier.name}_{each.name}" AS a, "{later.name}_{each.name}" AS b FROM m'
                    sql = (
                        f"INSERT INTO differences SELECT thing, 'differs', '{later.name}', '{each.name}' "
                        f"FROM ({pair} WHERE compared) AS v WHERE a IS NOT NULL AND b IS NOT NULL "
                        f"AND NOT coalesce(({each.same or 'a = b'}\n), false)"
                    )
                    run_sql(con, merge, f"the condition `same` of the field {each.name}", sql)
    cases = "".join(
        f" WHEN d.kind = '{each.of}'"
        + (f" AND d.side = '{each.side}'" if each.side else "")
        + (f" AND d.field = '{each.field}'" if each.field else "")
        + f" AND ({each.when or 'true'}\n) THEN '{each.id}'"
        for each in merge.reasons
    )
    reason = f"CASE{cases} ELSE '' END" if cases else "''"
    sql = (
        f"CREATE TEMP TABLE explained AS SELECT DISTINCT d.thing, m.month, m.place, d.kind, d.side, d.field, "
        f"{reason} AS reason FROM differences AS d JOIN m ON m.thing = d.thing"
    )
    run_sql(con, merge, "a condition under `reasons`", sql)


def _account(records: pl.DataFrame, differences: pl.DataFrame, merge: Merge) -> tuple[Reconciled, ...]:
    lacked = (
        differences.filter(pl.col("kind") == "missing")
        .group_by("thing")
        .agg(unexplained=(pl.col("reason") == "").any())
    )
    sides = [pl.col(f"in_{each.name}") for each in merge.sides]
    counted = records.with_columns(many=pl.sum_horizontal(*sides)).join(lacked, on="thing", how="left")
    lines = []
    for side in merge.sides:
        mine = counted.filter(pl.col(f"in_{side.name}"))
        alone = pl.col("many") == 1
        lacking = alone & pl.col("unexplained").is_not_null()
        months = mine.group_by("month").agg(
            rows=pl.len(),
            paired=(~alone).sum(),
            alone=(alone & pl.col("unexplained").is_null()).sum(),
            explained=(lacking & ~pl.col("unexplained").fill_null(value=True)).sum(),
            unexplained=(lacking & pl.col("unexplained").fill_null(value=False)).sum(),
        )
        lines += [Reconciled(side=side.name, **row) for row in months.iter_rows(named=True)]
    order = {each.name: place for place, each in enumerate(merge.sides)}
    return tuple(sorted(lines, key=lambda each: (each.month, order[each.side])))


def _merged(records: pl.DataFrame) -> dict[str, int]:
    return dict(records.group_by("month").len().sort("month").iter_rows())


def _require_even(con: Connection, made: Made) -> None:
    """Every record of every side is in one merged record, and each is accounted for."""
    uneven = []
    for side in made.merge.sides:
        ((rows,),) = con.execute(f'SELECT count(*) FROM "side_{side.name}"').fetchall()
        mine = [each for each in made.reconciled if each.side == side.name]
        told = sum(each.rows for each in mine)
        parts = sum(each.paired + each.alone + each.explained + each.unexplained for each in mine)
        if not rows == told == parts == made.records[f"{side.name}_record"].drop_nulls().n_unique():
            uneven.append(f"{side.name} ({rows:,} records, {told:,} told, {parts:,} accounted for)")
    if uneven or made.records["thing"].n_unique() != made.records.height:
        said = f"the account does not come out even: {', '.join(uneven) or 'a record stands twice'}."
        raise UserError("PR-D023", said, where=where_of(made.merge), fix="This is a mistake of Piperoll: report it.")
