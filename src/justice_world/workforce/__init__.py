"""Staff of the Prison Service and of the Ministry, as their two systems for human resources hold them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from justice_world.rooms import Month, Setting
from justice_world.workforce.staff import HRMS, PHOENIX, Staff
from piperoll.periods import Period
from piperoll.simulate.world import Delivery


FIRST = Period.parse("2008-01")
NSSC, MOJHR = "NSSC", "MOJHR"
# Working days lost to sickness a year on average in the Prison Service (annual reports of NOMS give about 9 to 10).
SPELLS = 1.3  # a year and person
_REASONS = np.array(
    ["MENTAL", "MUSCULO", "RESPIRATORY", "DIGESTIVE", "INJURY", "CIRCULATORY", "NERVOUS", "OTHER", "UNKNOWN"]
)
_REASON_SHARES = (0.12, 0.17, 0.22, 0.2, 0.06, 0.03, 0.04, 0.12, 0.04)
# Of staff in a year who go through a process of the equalities report.
_PROCESSES = {"CONDUCT": 0.035, "GRIEVANCE": 0.04, "PROMOTION": 0.03, "TEMPORARY_COVER": 0.05}


class Workforce:
    """A share of the 75,000 staff of two bodies, drawn once; each month tells who is in post and who left."""

    def __init__(self, setting: Setting) -> None:
        register, streams, scale, first = setting.register, setting.streams, setting.share, setting.persons
        self._first = max(first, FIRST, key=lambda month: month.start)
        self._streams = streams
        self._prisons = Staff(HRMS, register, streams, scale, self._first)
        self._ministry = Staff(PHOENIX, register, streams, scale, self._first)
        self._absent = pl.DataFrame(schema={"employee_no": pl.String, "until": pl.Date})

    def month(self, month: Period, sent: Sequence[Delivery] = ()) -> Month:
        """What the two systems send for a month, and the truth behind it; nothing before the first."""
        if month.start < self._first.start:
            return [], {}
        prisons, ministry = self._prisons.month(month), self._ministry.month(month)
        there = prisons.filter(pl.col("leave_date").is_null() | (pl.col("leave_date") >= month.end))
        headcount = there["employee_no"].n_unique()
        control = pl.DataFrame({"month": [month.start], "headcount": [headcount]})
        deliveries = [
            Delivery("oracle_hrms.payroll_control", NSSC, month, control),
            Delivery("oracle_hrms.staff", NSSC, month, prisons),
            Delivery("oracle_hrms.absence", NSSC, month, self._absences(month, there)),
            Delivery("phoenix.staff", MOJHR, month, ministry),
        ]
        if month.start.month == 3:
            year = Period.containing(month.start, "financial_year")
            deliveries.append(Delivery("oracle_hrms.equality_count", NSSC, year, self._counts(year, there)))
        truth = pl.concat([self._prisons.truth(month), self._ministry.truth(month)])
        return deliveries, {"staff": truth}

    def _absences(self, month: Period, there: pl.DataFrame) -> pl.DataFrame:
        """Spells that began in the month, one a person at most, of people who are back from their last."""
        rng = self._streams.of("absence", month)
        staff = there.filter(pl.col("primary_assignment")).join(
            self._absent, on="employee_no", how="left", maintain_order="left"
        )
        free = staff.filter(pl.col("until").is_null() | (pl.col("until") < month.start))
        chosen = free.filter(pl.Series(rng.random(free.height) < SPELLS / 12))
        count = chosen.height
        start = np.datetime64(month.start) + rng.integers(0, 28, count)
        start = np.maximum(start, chosen["start_date"].to_numpy().astype("datetime64[D]"))
        long = rng.random(count) < 0.08
        length = np.where(long, rng.integers(28, 120, count), np.minimum(rng.geometric(0.3, count), 27))
        end = start + length - 1
        worked = np.minimum(np.busday_count(start, end + 1), length)
        frame = pl.DataFrame(
            {
                "employee_no": chosen["employee_no"],
                "start_date": pl.Series(start.astype("datetime64[D]")),
                "end_date": pl.Series(end.astype("datetime64[D]")),
                "days_lost": pl.Series(worked).cast(pl.Decimal(6, 1)),
                "reason": pl.Series(
                    _REASONS[rng.choice(len(_REASONS), count, p=_REASON_SHARES)].tolist(), dtype=pl.String
                ),
                "long_term": length >= 28,
            }
        )
        ends = frame.select("employee_no", pl.col("end_date").alias("until"))
        self._absent = pl.concat([self._absent.filter(pl.col("until") >= month.start), ends])
        return frame.sort("employee_no")

    def _counts(self, year: Period, there: pl.DataFrame) -> pl.DataFrame:
        """Staff who went through each process, by characteristic; who declared nothing has a group, too."""
        rng = self._streams.of("equalities", year)
        born = year.end.year - there["dob"].dt.year()
        staff = there.filter(pl.col("primary_assignment")).with_columns(
            AGE=pl.when(born.gather(np.flatnonzero(there["primary_assignment"].to_numpy())) < 40)
            .then(pl.lit("UNDER_40"))
            .otherwise(pl.lit("40+")),
            SEX=pl.col("sex"),
            ETHNICITY=pl.col("ethnicity").fill_null("NS"),
            DISABILITY=pl.col("disability").fill_null("NOT_DECLARED"),
            RELIGION=pl.col("religion").fill_null("NOT_DECLARED"),
            SEXUAL_ORIENTATION=pl.col("sexual_orientation").fill_null("NOT_DECLARED"),
        )
        parts = []
        for process, share in _PROCESSES.items():
            taken = staff.filter(pl.Series(rng.random(staff.height) < share))
            parts += [
                taken.group_by(pl.col(kind).alias("group_code"))
                .agg(pl.len().cast(pl.Int64).alias("staff"))
                .with_columns(process=pl.lit(process), characteristic=pl.lit(kind))
                for kind in ("SEX", "ETHNICITY", "DISABILITY", "RELIGION", "SEXUAL_ORIENTATION", "AGE")
            ]
        columns = ["process", "characteristic", "group_code", "staff"]
        return pl.concat([each.select(columns) for each in parts]).sort(columns[:3])
