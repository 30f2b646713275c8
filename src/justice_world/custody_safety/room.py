"""What incident reporting and the deaths database send, month by month."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from justice_world.custody_safety.deaths import known, record, who_dies
from justice_world.custody_safety.incidents import happen, recorded
from justice_world.custody_safety.stock import Stock
from justice_world.offenders.draws import kept
from justice_world.population.identifiers import padded
from justice_world.rooms import Month, Setting, codes, owed, rows_of
from justice_world.shelf import Shelf
from piperoll.periods import Period
from piperoll.simulate.world import Delivery


SYSTEMS = {"IRS": "IRS", "NOMIS": "NOM"}  # and how their numbers begin
_PAPER = 0.7  # of records in IRS that come from a paper form


class CustodySafety:
    """Incidents and deaths of the prisoners whom the prison systems hold."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._stock = Stock()
        self._incidents, self._people, self._answers = Shelf(), Shelf(), Shelf()
        self._deaths = pl.DataFrame()
        self._happened = 0
        self._given = dict.fromkeys(SYSTEMS, 0)

    def month(self, month: Period, sent: Sequence[Delivery] = ()) -> Month:
        """Incidents reported in a month, the prisons' counts of them, and all deaths known at its end."""
        setting = self._setting
        if month.start < setting.persons.start or not owed(setting.register, "irs.incident", month):
            return [], {}
        prisoners, bookings, movements = (
            rows_of(sent, f"nomis_iis.{name}") for name in ("prisoner", "booking", "movement")
        )
        if self._deaths.width and prisoners.width:
            prisoners = prisoners.join(self._deaths, on="noms_no", how="anti")
        held = self._stock.month(month, prisoners, bookings, movements)
        truth: dict[str, pl.DataFrame] = {}
        if held.width:
            self._happen(month, held, truth)
        deliveries = self._reported(month, truth)
        if self._deaths.width:
            deliveries.append(Delivery("deaths.death", "NOMS", month, known(self._deaths, month)))
        return deliveries, truth

    def _happen(self, month: Period, held: pl.DataFrame, truth: dict[str, pl.DataFrame]) -> None:
        """Draw what happens in the month, and put it where its reports will be sent from."""
        streams = self._setting.streams
        dead = who_dies(month, held, streams.of("deaths", month))
        happened = happen(month, held, dead, self._happened, streams.of("incidents", month))
        self._happened += happened.incidents.height
        when = happened.incidents.select("incident", "entered")
        self._incidents.put(happened.incidents)
        self._people.put(happened.people.join(when, on="incident", how="left"))
        self._answers.put(happened.answers.join(when, on="incident", how="left"))
        truth["incidents"] = happened.incidents.drop("entered")
        truth["incident_people"] = happened.people.select("incident", "seq", "person", "noms_no", "role")
        fresh = record(dead, self._deaths.height + 1, streams.of("death records", month))
        truth["deaths"] = fresh.select("death_id", "person", "noms_no", "date_of_death", "apparent_cause")
        self._deaths = pl.concat([self._deaths, fresh]) if self._deaths.width else fresh
        self._stock.without(dead)

    def _reported(self, month: Period, truth: dict[str, pl.DataFrame]) -> list[Delivery]:
        """Records of the month's reports in both systems, and the merged count of each prison."""
        prisons = codes(self._setting.register, "prison", month)
        rng = self._setting.streams.of("reports", month)
        incidents = self._incidents.take(month)
        if not incidents.width:
            return []
        rows = recorded(incidents, prisons, month, rng)
        rows = pl.concat([self._numbered(rows.filter(pl.col("system") == each), each) for each in SYSTEMS])
        keyed = (rows["system"] == "IRS").to_numpy() & (rng.random(rows.height) < _PAPER)
        rows = rows.with_columns(
            form_ref=kept("F" + padded(rng.integers(1, 999_999_999, rows.height), 9), keyed),
            keyed_on=kept(rows["reported_on"] + pl.Series(rng.integers(0, 9, rows.height) * 86_400_000_000).cast(
                pl.Duration("us")), keyed).cast(pl.Date),
        )  # fmt: skip
        truth["incident_records"] = rows.select("incident_no", "incident", "system")
        names = rows.select("incident", "system", "incident_no")
        people = self._people.take(month).join(names, on="incident", how="inner").sort("incident_no", "seq")
        answers = self._answers.take(month).join(names, on="incident", how="inner").sort("incident_no", "question_id")
        found = []
        for system in SYSTEMS:
            for name, table in (("incident", rows), ("participant", people), ("response", answers)):
                found.append(Delivery(f"irs.{name}", system, month, table.filter(pl.col("system") == system)))
        found.append(Delivery("irs.establishment_month", "NOMS", month, _counted(rows, prisons, month)))
        return found

    def _numbered(self, rows: pl.DataFrame, system: str) -> pl.DataFrame:
        start = self._given[system]
        self._given[system] += rows.height
        return rows.with_columns(incident_no=SYSTEMS[system] + padded(start + 1 + np.arange(rows.height), 8))


def _counted(rows: pl.DataFrame, prisons: list[str], month: Period) -> pl.DataFrame:
    counts = rows.group_by("establishment").agg(
        from_irs=(pl.col("system") == "IRS").sum(), from_nomis=(pl.col("system") == "NOMIS").sum(),
        in_both=(pl.col("both") & (pl.col("system") == "NOMIS")).sum(),
    )  # fmt: skip
    every = pl.DataFrame({"establishment": sorted({*prisons, *rows["establishment"]})})
    return every.join(counts, on="establishment", how="left").with_columns(
        pl.col("from_irs", "from_nomis", "in_both").fill_null(0).cast(pl.Int64), month=pl.lit(str(month))
    ).with_columns(nil_return=pl.col("from_irs") + pl.col("from_nomis") == 0)  # fmt: skip
