"""What youth offending teams and the Youth Justice Board send, month by month."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from justice_world.offenders.draws import dates
from justice_world.rooms import Month, Setting, codes, day, owed
from justice_world.youth import themis
from justice_world.youth.courses import Courses
from justice_world.youth.custody import Custody
from justice_world.youth.young import Young
from piperoll.periods import Period
from piperoll.simulate.world import Delivery


TABLES = ("yp", "offence", "disposal", "asset", "intervention", "remand")
SYSTEMS = {"sachs": "SACHS", "easset": "EASSET"}


class Youth:
    """Themis is of true size; YJMIS, SACHS and eAsset are of a share of one population of young people."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._young = Young(setting)
        self._courses = Courses(self._young, setting.streams, setting.share)
        self._custody = Custody(setting.register, setting.streams, self._young)
        self._drawn: dict[Period, dict[str, pl.DataFrame]] = {}
        self._next = setting.persons
        self._returns: list[pl.DataFrame] = []
        self._year: list[pl.DataFrame] = []

    def month(self, month: Period, sent: Sequence[Delivery] = ()) -> Month:
        """Snapshots each month, returns with the quarter and the financial year that it ends."""
        deliveries = self._themis(month)
        if month.start < self._setting.persons.start:
            return deliveries, {}
        # The day of a snapshot may lie in the month after: that is drawn first.
        self._draw(month.shift(1))
        truth: dict[str, pl.DataFrame] = {}
        for source, system in SYSTEMS.items():
            if owed(self._setting.register, f"{source}.custody_snapshot", month):
                deliveries += self._snapshot(source, system, month, truth)
        quarter = Period.containing(month.start, "quarter")
        if month.end == quarter.end and owed(self._setting.register, "yjmis.yp", quarter):
            deliveries += self._yjmis(quarter, truth)
        return deliveries, truth

    def _draw(self, last: Period) -> None:
        if self._next == self._setting.persons and not self._young.known.width:
            self._custody.begin(self._next, self._setting.share)
        while self._next.start <= last.start:
            tables = self._courses.month(self._next)
            self._custody.take(self._next, tables)
            self._drawn[self._next] = tables
            self._next = self._next.shift(1)

    def _themis(self, month: Period) -> list[Delivery]:
        quarter = Period.containing(month.start, "quarter")
        register = self._setting.register
        if month.end != quarter.end or not owed(register, "themis.yot_return", quarter):
            return []
        rows = themis.quarter(quarter, register, self._setting.streams)
        found = [Delivery("themis.yot_return", "YJB", quarter, rows)]
        self._returns.append(rows)
        year = Period.containing(month.start, "financial_year")
        if month.end == year.end:
            if len(self._returns) == 4:
                found.append(Delivery("themis.annual_return", "YJB", year, themis.annual(year, self._returns)))
            self._returns = []
        return found

    def _snapshot(self, source: str, system: str, month: Period, truth: dict[str, pl.DataFrame]) -> list[Delivery]:
        declared = self._setting.register.dataset(f"{source}.custody_snapshot").snapshot
        on = declared.day(month) if declared else month.end
        rows = self._custody.snapshot(system, month, on)
        truth[f"{source}_people"] = rows.select("system", "reporting_month", "yp_id", "person", "^true_.*$")
        return [
            Delivery(f"{source}.bed_capacity", "YJB", month, self._custody.capacity(system, month)),
            Delivery(f"{source}.custody_snapshot", "YJB", month, rows),
        ]

    def _yjmis(self, quarter: Period, truth: dict[str, pl.DataFrame]) -> list[Delivery]:
        register = self._setting.register
        months = [each for each in quarter.within("month") if each in self._drawn]
        drawn = [self._drawn.pop(each) for each in months]
        for early in [each for each in self._drawn if each.start < quarter.start]:
            del self._drawn[early]
        if not drawn:
            return []
        tables = {name: pl.concat([each[name] for each in drawn]) for name in TABLES}
        tables["yp"] = tables["yp"].sort("updated_date", maintain_order=True).unique(
            ("yot", "yp_ref"), keep="last", maintain_order=True
        ).sort("yot", "yp_ref")  # fmt: skip
        truth["young_records"] = tables["yp"].select(
            pl.lit(str(quarter)).alias("period"), "yot", "yp_ref", "person", "^true_.*$"
        )
        found = [Delivery(f"yjmis.{name}", "YJB", quarter, rows) for name, rows in tables.items()]
        teams = codes(register, "yot", Period.containing(quarter.end, "month"))
        rng = self._setting.streams.of("returns", quarter)
        counted = tables["offence"].group_by("yot").agg(offences=pl.len().cast(pl.Int64))
        listed = pl.DataFrame({
            "yot": teams, "quarter": [str(quarter)] * len(teams),
            "received_on": dates(day(quarter, last=True) + rng.integers(20, 55, len(teams))),
        }).join(counted, on="yot", how="left").with_columns(pl.col("offences").fill_null(0))  # fmt: skip
        found.append(Delivery("yjmis.return_list", "YJB", quarter, listed.sort("yot")))
        self._year.append(tables["offence"].select("yot", "offence_type"))
        year = Period.containing(quarter.start, "financial_year")
        if quarter.end == year.end:
            found += self._totals(year, np.array(teams, dtype=object))
        return found

    def _totals(self, year: Period, teams: np.ndarray) -> list[Delivery]:
        """Each team's own totals of the year, of groups with any offence and of all."""
        offences = pl.concat(self._year)
        self._year = []
        groups = offences.group_by("yot", dim1="offence_type").agg(count=pl.len().cast(pl.Int64))
        every = pl.DataFrame({"yot": teams.tolist()}, schema={"yot": pl.String}).join(
            offences.group_by("yot").agg(count=pl.len().cast(pl.Int64)), on="yot", how="left"
        )
        every = every.select("yot", pl.lit("ALL").alias("dim1"), pl.col("count").fill_null(0))
        rows = pl.concat([groups.select("yot", "dim1", "count"), every]).with_columns(
            year=pl.lit(str(year)), measure=pl.lit("OFFENCES")
        )
        parts = rows.sort("yot", "dim1").partition_by("yot", as_dict=True, maintain_order=True)
        return [Delivery("yjmis.aggregate_return", str(team), year, mine) for (team,), mine in parts.items()]
