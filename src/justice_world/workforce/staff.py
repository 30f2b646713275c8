"""One body of staff: everybody who is or will be in post, with first and last day, drawn when the system begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.legal_aid.offices import choose, dates, ninos, pounds
from justice_world.people import persons
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams


@dataclass(frozen=True)
class Body:
    """What tells one body of staff from the other.

    Attributes:
        headcount: People in post, nationally (Office for National Statistics, Public Sector Employment, 2010, rounded).
        leaving: Share that leaves in a year; as many join, less the reduction of these years.
        declared: Share that declares each characteristic.
        grades: Grades with their shares.
    """

    name: str
    headcount: int
    number: int
    leaving: float
    declared: float
    grades: dict[str, float]
    roles: dict[str, float]
    hours: int


HRMS = Body(
    "oracle_hrms",
    47_000,
    200_000,
    0.07,
    0.82,
    {
        "OFFICER": 0.42,
        "SO": 0.09,
        "PO": 0.03,
        "OSG": 0.16,
        "AO": 0.10,
        "EO": 0.08,
        "HEO": 0.05,
        "SEO": 0.02,
        "GOV_E": 0.02,
        "GOV_F": 0.02,
        "GOV_A": 0.004,
        "AA": 0.006,
    },
    {"OPERATIONAL": 0.55, "SUPPORT": 0.17, "ADMIN": 0.2, "SPECIALIST": 0.05, "MANAGEMENT": 0.03},
    39,
)
PHOENIX = Body(
    "phoenix",
    28_000,
    7_000_000,
    0.09,
    0.74,
    {"AO": 0.42, "AA": 0.1, "EO": 0.2, "HEO": 0.12, "SEO": 0.06, "G7": 0.06, "G6": 0.03, "SCS": 0.01},
    {"COURTS": 0.6, "ADMIN": 0.2, "LEGAL": 0.08, "ANALYSIS": 0.02, "OTHER": 0.1},
    37,
)
LAST = np.datetime64("2014-01-01").astype(np.int64)
PART_TIME = 0.16
SECOND = 0.004  # of staff with a second assignment
LATE_LEAVER = 0.10  # of leavers in Phoenix, entered in the month after
NO_MANAGER = 0.008  # of line managers entered who are not among the staff
_PLACES = ("LEI", "BXI", "LDS", "WWI", "PVI", "BRI", "CFI", "MRI", "LPI", "DMI", "HQ01")
_REGIONS = (
    "E12000004",
    "E12000007",
    "E12000003",
    "E12000007",
    "E12000007",
    "E12000009",
    "W92000004",
    "E12000002",
    "E12000002",
    "E12000001",
    "E12000007",
)
_REASONS = {
    "RESIGNATION": 0.42,
    "RETIREMENT": 0.28,
    "VEDS": 0.1,
    "END_CONTRACT": 0.06,
    "DISMISSAL_CONDUCT": 0.05,
    "DISMISSAL_MEDICAL": 0.04,
    "TRANSFER": 0.04,
    "DEATH": 0.01,
}
_SALARIES = {
    "SCS": 85,
    "G6": 60,
    "G7": 49,
    "GOV_A": 70,
    "GOV_E": 40,
    "GOV_F": 34,
    "SEO": 37,
    "HEO": 31,
    "PO": 33,
    "SO": 30,
    "OFFICER": 26,
    "EO": 26,
    "OSG": 19,
    "AO": 19,
    "AA": 16,
}


class Staff:
    """People of one body by month."""

    def __init__(self, body: Body, register: Register, streams: Streams, scale: float, first: Period) -> None:
        self._body = body
        self._levels = {each.code: each.attributes["level"] for each in register.codes["staff_grade"].codes}
        self._streams = streams
        self._people = self._draw(streams.of("staff", body.name), scale, first)

    def _draw(self, rng: np.random.Generator, scale: float, first: Period) -> pl.DataFrame:
        body = self._body
        begin = np.datetime64(first.start).astype(np.int64)
        here = max(round(body.headcount * scale), 30)
        years = (LAST - begin) / 365.25
        joining = round(here * body.leaving * 0.8 * years)
        count = here + joining
        start = np.where(
            np.arange(count) < here,
            begin - 1 - rng.integers(0, 25 * 365, count),
            begin + rng.integers(0, max(int(LAST - begin), 1), count),
        )
        stays = rng.exponential(365.25 / body.leaving, count).astype(np.int64) + 30
        end = np.where(np.arange(count) < here, begin, start) + stays
        born = np.minimum(start, begin) - (19 * 366 + rng.integers(0, 25 * 365, count))
        # Nobody stays until 75.
        end = np.minimum(end, born + 70 * 365)
        grade = choose(rng, body.grades, count)
        place = rng.integers(0, len(_PLACES), count)
        part = rng.random(count) < PART_TIME
        fte = np.where(part, rng.choice([500, 600, 800], count), 1000)
        salary = grade.replace_strict(_SALARIES, return_dtype=pl.Int64).to_numpy() * 100_000 + rng.integers(
            0, 300_000, count
        )
        number = pl.Series(np.arange(body.number, body.number + count)).cast(pl.String)
        declare = {each: pl.Series(rng.random(count) < body.declared) for each in ("e", "d", "r", "o")}
        shown = lambda key, values: pl.select(pl.when(declare[key]).then(values)).to_series()  # noqa: E731
        gone = pl.Series(end < LAST + 365)
        frame = pl.DataFrame(
            {
                "employee_no": number,
                "full_name": persons(rng, count),
                "dob": dates(born),
                "nino": ninos(rng, count, 0.0),
                "sex": choose(rng, {"1": 0.62, "2": 0.38} if body is HRMS else {"1": 0.38, "2": 0.62}, count),
                "ethnicity": shown(
                    "e",
                    choose(
                        rng, {"W1": 0.86, "A1": 0.03, "A2": 0.02, "B1": 0.03, "B2": 0.02, "M1": 0.02, "W2": 0.02}, count
                    ),
                ),
                "disability": shown("d", choose(rng, {"NONE": 0.94, "DECLARED": 0.06}, count)),
                "religion": shown(
                    "r", choose(rng, {"CHRISTIAN": 0.55, "NONE": 0.3, "MUSLIM": 0.04, "OTHER": 0.11}, count)
                ),
                "sexual_orientation": shown(
                    "o", choose(rng, {"HETEROSEXUAL": 0.94, "GAY_LESBIAN": 0.04, "BISEXUAL": 0.02}, count)
                ),
                "nationality": pl.repeat("GBR", count, dtype=pl.String, eager=True),
                "grade": grade,
                "role_family": choose(rng, body.roles, count),
                "establishment": pl.Series(_PLACES).gather(place),
                "region": pl.Series(_REGIONS).gather(place),
                "contract": choose(rng, {"PERM": 0.95, "FTC": 0.04, "LOAN": 0.01}, count),
                "fte": pl.Series(fte).cast(pl.Decimal(10, 3)) / 1000,
                "hours": pl.Series(np.full(count, body.hours)),
                "salary": pounds(salary),
                "start_date": dates(start),
                "continuous_service": dates(start),
                "last_day": dates(end, gone.to_numpy()),
                "leave_reason": choose(rng, _REASONS, count),
                "late": rng.random(count) < (LATE_LEAVER if body is PHOENIX else 0.0),
                "second": rng.random(count) < SECOND,
            }
        )
        return frame.with_columns(fte=pl.col("fte").cast(pl.Decimal(4, 3)), person=pl.int_range(pl.len()))

    def _there(self, month: Period) -> pl.DataFrame:
        """Who is in post on some day of the month, and who left in the one before and is entered late."""
        told = (
            pl.when(pl.col("late"))
            .then(pl.col("last_day").dt.offset_by("1mo").dt.truncate("1mo"))
            .otherwise(pl.col("last_day"))
        )
        return self._people.with_columns(told=told).filter(
            (pl.col("start_date") <= month.end) & (pl.col("told").is_null() | (pl.col("told") >= month.start))
        )

    def month(self, month: Period) -> pl.DataFrame:
        """Rows of the month's extract: in post at its end, or leaving in it."""
        rng = self._streams.of("staff", self._body.name, month)
        rows = self._there(month)
        leaves = pl.col("told").is_not_null() & (pl.col("told") <= month.end)
        rows = rows.with_columns(
            month=pl.lit(month.start),
            assignment_no=pl.col("employee_no") + "-1",
            primary_assignment=pl.lit(True),
            leave_date=pl.when(leaves).then(pl.col("last_day")),
            leave_reason=pl.when(leaves).then(pl.col("leave_reason")),
        )
        more = rows.filter(pl.col("second") & pl.col("leave_date").is_null() & (pl.col("fte") < 1)).with_columns(
            assignment_no=pl.col("employee_no") + "-2",
            primary_assignment=pl.lit(False),
            fte=pl.lit("0.200").cast(pl.Decimal(4, 3)),
        )
        rows = pl.concat([rows, more])
        if self._body is PHOENIX:
            rows = self._own(rng, month, rows)
        return rows.drop("told", "late", "second", "last_day", "person").sort("employee_no", "assignment_no")

    def _own(self, rng: np.random.Generator, month: Period, rows: pl.DataFrame) -> pl.DataFrame:
        """What only the Ministry's own system has."""
        count = rows.height
        managers = rows.filter(pl.col("leave_date").is_null())["employee_no"]
        manager = managers.gather(rng.integers(0, managers.len(), count))
        gone = pl.Series(rng.random(count) < NO_MANAGER)
        at = np.datetime64(month.start, "s") - rng.integers(0, 700 * 86_400, count).astype("timedelta64[s]")
        return rows.with_columns(
            business_group=choose(rng, {"HMCTS": 0.78, "HQ": 0.15, "OPG": 0.03, "OTHER": 0.04}, count),
            location=pl.lit(None, dtype=pl.String),
            line_manager_no=pl.when(gone).then(pl.lit("99999999")).otherwise(manager),
            self_service_last_update=pl.Series(at.astype("datetime64[ms]")),
            occupation=pl.lit(None, dtype=pl.String),
            responsibility_level=pl.col("grade").replace_strict(self._levels, return_dtype=pl.String),
        )

    def truth(self, month: Period) -> pl.DataFrame:
        """Who joined or left in the month, by their true days."""
        inside = lambda name: pl.col(name).is_between(month.start, month.end)  # noqa: E731
        found = self._people.filter(inside("start_date") | inside("last_day"))
        return found.select(pl.lit(self._body.name).alias("system"), "employee_no", "person", "start_date", "last_day")
