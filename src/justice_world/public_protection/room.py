"""What MAPPA areas and the casework sections send, month by month."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from justice_world.public_protection.mappa import area_weights, returns
from justice_world.public_protection.patients import Patients
from justice_world.public_protection.recalls import Recalls
from justice_world.rooms import Month, Setting, owed, rows_of
from piperoll.periods import Period
from piperoll.simulate.world import Delivery


class PublicProtection:
    """MAPPA returns of counts are of true size; casework is on the people of the prison systems."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._weights = area_weights(setting.register)
        self._recalls = Recalls(setting.register, setting.streams)
        self._patients: Patients | None = None

    def month(self, month: Period, sent: Sequence[Delivery] = ()) -> Month:
        """MAPPA with the financial year that the month ends, casework each month."""
        deliveries: list[Delivery] = []
        truth: dict[str, pl.DataFrame] = {}
        year = Period.containing(month.start, "financial_year")
        if month.end == year.end and owed(self._setting.register, "mappa.area_return", year):
            deliveries += self._mappa(year)
        if month.start >= self._setting.persons.start and owed(self._setting.register, "ppud.offender", month):
            deliveries += self._casework(month, sent, truth)
        return deliveries, truth

    def _mappa(self, year: Period) -> list[Delivery]:
        tables = returns(year, self._weights, self._setting.streams)
        found = [Delivery("mappa.national_list", "NOMS", year, tables.pop("national_list"))]
        for name, rows in tables.items():
            for (area,), mine in rows.partition_by("area", as_dict=True, maintain_order=True).items():
                found.append(Delivery(f"mappa.{name}", str(area), year, mine))
        return found

    def _casework(self, month: Period, sent: Sequence[Delivery], truth: dict[str, pl.DataFrame]) -> list[Delivery]:
        setting, received = self._setting, rows_of(sent, "nomis_iis.prisoner")
        if self._patients is None:
            self._patients = Patients(setting.register, setting.streams, setting.share, month)
        found = []
        if received.width:
            tables = self._recalls.month(month, received, on_recall(rows_of(sent, "nomis_iis.booking"), month))
            offenders = tables["offender"]
            truth["casework_records"] = offenders.select(
                pl.lit(str(month)).alias("period"), "ppud_id", "person", "noms_no", "updated_date"
            )
            tables["offender"] = offenders.with_columns(noms_no="shown_no")
            found += [Delivery(f"ppud.{name}", "PPC", month, rows) for name, rows in tables.items()]
        found.append(Delivery("ppud.restricted_patient", "MHC", month, self._patients.month(month)))
        year = Period.containing(month.start, "year")
        if month.end == year.end and owed(setting.register, "ppud.restricted_population", year):
            found.append(Delivery("ppud.restricted_population", "MHC", year, self._patients.stock(year)))
        return found


def on_recall(bookings: pl.DataFrame, month: Period) -> pl.Series:
    """Numbers of those whose booking began in the month with a recall."""
    if not bookings.width:
        return pl.Series("noms_no", [], dtype=pl.String)
    began = pl.col("booking_begin").is_between(month.start, month.end)
    return bookings.filter(began, pl.col("admission_reason") == "L")["noms_no"]
