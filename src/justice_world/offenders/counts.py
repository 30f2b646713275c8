"""Stocks at the ends of days and months, counted from what began and ended: prisoners, caseloads, cases outstanding."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from justice_world.offenders.draws import dates, months, repeated
from justice_world.offenders.prison import CONVICTED
from justice_world.offenders.window import END, Shown
from piperoll.periods import Period
from piperoll.simulate.days import months as month_numbers


_KINDS = ("receptions", "releases", "transfers_in", "transfers_out")


class Prisoners:
    """Who is inside, month by month: counts of people on the days of counts, and of each prison by day."""

    def __init__(self) -> None:
        self._inside: pl.DataFrame | None = None

    def month(self, month: Period, arrived: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """``snapshot_population`` and ``daily_population`` of a month.

        Args:
            arrived: Parts of stays that begin in the month, in the form of `prison.segments`.
        """
        here = arrived if self._inside is None else pl.concat([self._inside, arrived])
        before = month.start - dt.timedelta(days=1)
        self._inside = here.filter(pl.col("to") > month.end)
        return _snapshots(here, month), _daily(here, month, before)


def days_of_count(month: Period) -> list[tuple[str, dt.date]]:
    """Kinds of count in a month and their days: each Friday, the last of them, and the last day of a quarter."""
    days = [month.start + dt.timedelta(days=number) for number in range((month.end - month.start).days + 1)]
    fridays = [each for each in days if each.isoweekday() == 5]
    found = [("WEEKLY", each) for each in fridays] + [("MONTHLY", fridays[-1])]
    if month.end.month % 3 == 0:
        found.append(("QUARTERLY", month.end))
    return found


def _snapshots(here: pl.DataFrame, month: Period) -> pl.DataFrame:
    found = []
    day = pl.col("snapshot_date")
    for kind, on in days_of_count(month):
        inside = here.filter((pl.col("from") <= on) & (pl.col("to") > on))
        found.append(inside.with_columns(snapshot_kind=pl.lit(kind), snapshot_date=pl.lit(on)))
    rows = pl.concat(found)
    months_of_term = pl.col("term") / 30.4
    under = (pl.col("sentenced") <= day) & (pl.col("sentenced") < pl.col("left"))
    convicted = (pl.col("sentenced") - pl.duration(days=CONVICTED) <= day) & (pl.col("sentenced") < pl.col("left"))
    birthday = (day.dt.month() * 100 + day.dt.day()) >= (pl.col("dob").dt.month() * 100 + pl.col("dob").dt.day())
    return rows.with_columns(
        custody_type=pl.when(under).then(pl.lit("SENTENCED"))
        .when(convicted).then(pl.lit("UNSENTENCED")).otherwise(pl.lit("UNTRIED")),
        sentence_length=pl.when(under).then(
            pl.when(months_of_term <= 6).then(pl.lit("UP_TO_6M")).when(months_of_term < 12).then(pl.lit("6M_TO_12M"))
            .when(months_of_term < 48).then(pl.lit("12M_TO_4Y")).otherwise(pl.lit("4Y_AND_OVER"))
        ),
        age=(day.dt.year() - pl.col("dob").dt.year() - 1 + birthday.cast(pl.Int32)).clip(10, 120),
    ).drop("dob", "from", "to", "sentenced", "left", "term", "came_by_transfer", "goes_by_transfer", "book_id").sort(
        "snapshot_kind", "snapshot_date", "noms_no"
    )  # fmt: skip


def _daily(here: pl.DataFrame, month: Period, before: dt.date) -> pl.DataFrame:
    """Each prison and day in both systems, which tell of the same people."""
    prisons = here["establishment"].unique().sort()
    days = pl.date_range(month.start, month.end, eager=True)
    grid = pl.DataFrame({"establishment": prisons}).join(pl.DataFrame({"day": days}), how="cross")
    inside = (pl.col("from") <= month.end) & (pl.col("to") >= month.start)
    flows = here.filter(inside)
    sides = (
        ("receptions", "from", ~pl.col("came_by_transfer")), ("transfers_in", "from", pl.col("came_by_transfer")),
        ("releases", "to", ~pl.col("goes_by_transfer")), ("transfers_out", "to", pl.col("goes_by_transfer")),
    )  # fmt: skip
    for name, column, which in sides:
        counted = (
            flows.filter(which)
            .group_by("establishment", pl.col(column).alias("day"))
            .agg(pl.len().cast(pl.Int64).alias(name))
        )
        grid = grid.join(counted, on=["establishment", "day"], how="left").with_columns(pl.col(name).fill_null(0))
    opening = (
        here.filter((pl.col("from") <= before) & (pl.col("to") > before))
        .group_by("establishment").agg(pl.len().cast(pl.Int64).alias("opening"))
    )  # fmt: skip
    change = pl.col("receptions") + pl.col("transfers_in") - pl.col("releases") - pl.col("transfers_out")
    counted = (
        grid.join(opening, on="establishment", how="left")
        .sort("establishment", "day")
        .with_columns(population=pl.col("opening").fill_null(0) + change.cum_sum().over("establishment"))
        .with_columns(deaths=pl.lit(0), escapes=pl.lit(0), recaptures=pl.lit(0), supplier=pl.lit("NOMS"))
        .drop("opening")
    )
    both = [counted.with_columns(system=pl.lit(system)) for system in ("IIS", "NOMIS")]
    return pl.concat(both).sort("system", "establishment", "day")


class Outstanding:
    """``cc_workload``: cases of each court and kind, those of the month before with what came and went."""

    def __init__(self) -> None:
        self._stock: dict[tuple[str, ...], int] = {}

    def month(self, month: Period, cases: pl.DataFrame) -> pl.DataFrame:
        """The return of a month whose extract has these ``cc_case``."""
        key = ["supplier", "court_code", "case_type"]
        came = pl.col("receipt_date").is_between(month.start, month.end)
        went = pl.col("disposal_date").is_between(month.start, month.end).fill_null(False)
        warrant = pl.col("bench_warrant")
        found = cases.group_by(key).agg(
            receipts=came.sum().cast(pl.Int64), disposals=went.sum().cast(pl.Int64),
            warrants_issued=(came & warrant).sum().cast(pl.Int64),
            warrants_executed=(went & warrant).sum().cast(pl.Int64),
        )  # fmt: skip
        moved = {row[:3]: row[3:] for row in found.rows()}
        rows = []
        for each in sorted({*self._stock, *moved}):
            receipts, disposals, issued, executed = moved.get(each, (0, 0, 0, 0))
            self._stock[each] = self._stock.get(each, 0) + receipts - disposals - issued + executed
            rows.append((*each, receipts, disposals, 0, 0, issued, executed, self._stock[each]))
        names = [
            "receipts",
            "disposals",
            "transfers_in",
            "transfers_out",
            "warrants_issued",
            "warrants_executed",
            "outstanding",
        ]
        return pl.DataFrame(
            rows, schema=[*((k, pl.String) for k in key), *((n, pl.Int64) for n in names)], orient="row"
        )


def caseload(orders: pl.DataFrame, began: np.ndarray, ended: np.ndarray, shown: Shown) -> pl.DataFrame:
    """``caseload``: each order at the end of each month shown in which it is supervised; those that end later too."""
    first = month_numbers(began)
    last = month_numbers(np.minimum(ended, END))
    row, number = repeated(np.maximum(last - first, 0))
    month = (first[row] + number).astype("datetime64[M]")
    as_at = (month + 1).astype("datetime64[D]").astype(np.int64) - 1
    here = shown.rows(as_at, began[row])
    row, as_at = row[here], as_at[here]
    names = ("trust", "supplier", "order_ref", "crn", "supervision_type", "start_date", "requirements")
    return pl.DataFrame({
        **{name: orders[name].gather(row) for name in names},
        "as_at": dates(as_at),
        "entered": months(as_at),
        "began": months(began[row]),
    })  # fmt: skip
