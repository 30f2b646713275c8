"""Restricted patients: a stock in hospital, admissions, discharges and recalls."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders.draws import choose, dates, texts
from justice_world.population.identifiers import padded
from justice_world.rooms import codes, day
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams


# About 4,000 in hospital and 1,500 admissions a year (Offender Management Statistics, Ministry of Justice, 2010).
_STOCK, _ADMISSIONS = 4_000, 1_500
_LEAVES = 0.031  # a month: as many as are admitted or recalled
_RECALLED = 0.008  # of those conditionally discharged, a month
_SECTIONS = {"S37_41": 0.62, "S47_49": 0.24, "S48_49": 0.09, "S5_CPIA": 0.04, "S45A": 0.01}
_WAYS = {"CONDITIONAL": 0.42, "REMISSION_TO_PRISON": 0.38, "TRANSFER": 0.08, "DEATH": 0.06, "ABSOLUTE": 0.06}
_OFFENCES = {"VIOLENCE": 0.62, "SEXUAL": 0.12, "ROBBERY": 0.07, "BURGLARY": 0.03, "OTHER": 0.16}
_BANDS = {"18_20": 0.03, "21_39": 0.55, "40_59": 0.36, "60_PLUS": 0.06}
_ETHNIC = {"W1": 0.66, "B1": 0.12, "B2": 0.08, "A1": 0.04, "A2": 0.03, "W9": 0.04, "NS": 0.03}


class Patients:
    """The stock, from month to month; nobody in it is one of the people of other sources."""

    def __init__(self, register: Register, streams: Streams, share: float, first: Period) -> None:
        self._register, self._streams, self._share = register, streams, share
        self._given = 0
        rng = streams.of("restricted stock")
        count = int(rng.poisson(_STOCK * share))
        self._held = self._admit(first, day(first) - 1 - rng.exponential(1500, count).astype(np.int64), rng)
        self._out = self._held.clear()
        self._new = self._held

    def _admit(self, month: Period, days: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
        count = len(days)
        hospitals = codes(self._register, "secure_hospital", month)
        number = padded(self._given + np.arange(count), 7)
        self._given += count
        none = pl.repeat(None, count, dtype=pl.Date, eager=True)
        return pl.DataFrame({
            "patient_id": "M" + number,
            "section": texts(choose(rng, _SECTIONS, count)),
            "hospital": pl.Series(hospitals, dtype=pl.String).gather(rng.integers(0, len(hospitals), count)),
            "admission_date": dates(np.maximum(days, -3000)),
            "discharge_type": pl.repeat(None, count, dtype=pl.String, eager=True),
            "discharge_date": none,
            "recalled_to_hospital": none,
            "offence_group": texts(choose(rng, _OFFENCES, count)),
            "sex": texts(np.where(rng.random(count) < 0.88, "1", "2")),
            "ethnicity": texts(choose(rng, _ETHNIC, count)),
            "age_band": texts(choose(rng, _BANDS, count)),
        })  # fmt: skip

    def month(self, month: Period) -> pl.DataFrame:
        """Records made or changed in a month."""
        rng = self._streams.of("restricted", month)
        first, length = day(month), (month.end - month.start).days + 1
        sent = [self._new]
        self._new = self._held.clear()
        leaving = rng.random(self._held.height) < _LEAVES
        gone = self._held.filter(pl.Series(leaving))
        left = gone.with_columns(
            discharge_type=texts(choose(rng, _WAYS, gone.height)),
            discharge_date=dates(first + rng.integers(0, length, gone.height)),
        )
        # Those who conditionally left in earlier months may be recalled, which is an admission of its own.
        back = rng.random(self._out.height) < _RECALLED
        recalled = self._out.filter(pl.Series(back)).with_columns(
            recalled_to_hospital=dates(first + rng.integers(0, length, int(back.sum())))
        )
        again = recalled.with_columns(
            admission_date=pl.col("recalled_to_hospital"),
            **{name: pl.lit(None, dtype=recalled[name].dtype) for name in
               ("discharge_type", "discharge_date", "recalled_to_hospital")},
        )  # fmt: skip
        count = int(rng.poisson(_ADMISSIONS * self._share / 12))
        admitted = self._admit(month, first + rng.integers(0, length, count), rng)
        self._out = pl.concat([
            self._out.filter(pl.Series(~back)), left.filter(pl.col("discharge_type") == "CONDITIONAL"),
        ])  # fmt: skip
        self._held = pl.concat([self._held.filter(pl.Series(~leaving)), admitted, again])
        sent += [left, recalled, again, admitted]
        rows = pl.concat(sent).unique(("patient_id", "admission_date"), keep="last", maintain_order=True)
        return rows.sort("patient_id", "admission_date")

    def stock(self, day_of_count: Period) -> pl.DataFrame:
        """Who is in hospital at the end of a period."""
        return self._held.unique("patient_id", keep="last", maintain_order=True).select(
            pl.lit(day_of_count.end).alias("snapshot_date"), "patient_id", "section", "hospital", "sex", "age_band"
        ).sort("patient_id")  # fmt: skip
