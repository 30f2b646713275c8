"""Failure to appear warrants: the stock of each force and category, month by month, and what its return says."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from justice_world.people import births, persons
from justice_world.police_returns.forces import Forces
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery


RETURN, WARRANT = "fta.fta_return", "fta.warrant"
CATEGORIES = ("A", "B", "C")
# Warrants received a month in 2008, in England and Wales, and how that falls each year: assumptions, as no published
# count was at hand.
RECEIVED, FALL = 9_000, 0.06
_SHARES = np.array([0.13, 0.52, 0.35])
# Months that a warrant of the category stays open on average; the more serious, the sooner it is executed.
_OPEN = np.array([1.8, 2.9, 3.8])
WITHDRAWN = 0.03  # of those received, by the courts
RECOUNTED = 0.004  # of returns whose opening stock is corrected, with a reason
BY_PAPER = 0.45  # of forces, which count forms by hand
TOTALS = 0.30  # of forces whose spreadsheet has a line of totals
# The force that could not supply figures, and since when (Criminal Justice Statistics Quarterly Update to June 2012).
SILENT, SILENT_FROM = "20", dt.date(2012, 4, 1)
WHY_SILENT = "The force's new system cannot give figures on these warrants yet."


class Warrants:
    """Stocks of all forces, carried from month to month.

    Args:
        scale: Share of single warrants that forces with a warrant system send beside their return.
        first: First month, at whose beginning stocks are what flows keep them at.
    """

    def __init__(self, register: Register, forces: Forces, streams: Streams, scale: float, first: Period) -> None:
        self._forces, self._streams, self._scale = forces, streams, scale
        group = register.suppliers.get("fta_warrant_forces")
        self._single = tuple(each.key for each in group.suppliers) if group else ()
        rng = streams.of("fta", "forces")
        count = len(forces)
        self._paper = rng.random(count) < BY_PAPER
        self._totals = rng.random(count) < TOTALS
        self._pace = np.exp(0.25 * rng.standard_normal((count, 3)))
        self._stock = rng.poisson(self._expected(first) * _OPEN * self._pace)
        self._open = pl.DataFrame(schema=_OPEN_WARRANT)
        self._serial = 0

    def _expected(self, month: Period) -> np.ndarray:
        years = (month.start.year - 2008) + (month.start.month - 1) / 12
        return RECEIVED * (1 - FALL) ** years * self._forces.share[:, None] * _SHARES

    def month(self, month: Period) -> tuple[list[Delivery], dict[str, pl.DataFrame]]:
        """Returns of a month, one a force, and single warrants of some; the truth is every stock and flow."""
        rng = self._streams.of("fta", month)
        expected = self._expected(month) * (0.9 if month.start.month in (8, 12) else 1.0)
        opening = self._stock
        received = rng.poisson(expected)
        there = opening + received
        # A stock of s that r a month flow into stays as it is where r of s + r flow out.
        executed = rng.binomial(there, np.clip((1 - WITHDRAWN) / (1 + _OPEN * self._pace), 0.08, 0.9))
        withdrawn = np.minimum(rng.binomial(received, WITHDRAWN), there - executed)
        recounted = rng.random(opening.shape) < RECOUNTED
        change = np.where(recounted, np.rint(opening * rng.normal(0, 0.04, opening.shape)).astype(np.int64), 0)
        change = np.maximum(change, executed + withdrawn - there)
        closing = there + change - executed - withdrawn
        self._stock = closing
        rows = self._rows(month, opening + change, received, executed, withdrawn, closing, change != 0, rng)
        truth = rows.select(
            "force_code", "month", "category", "opening", "received", "executed", "withdrawn", "closing"
        )
        deliveries = [self._return(code, place, rows, month) for place, code in enumerate(self._forces.codes)]
        singles, known = self._warrants(month, received)
        return [*deliveries, *singles], {"fta_stocks": truth, "fta_warrants": known}

    def _rows(
        self,
        month: Period,
        opening: np.ndarray,
        received: np.ndarray,
        executed: np.ndarray,
        withdrawn: np.ndarray,
        closing: np.ndarray,
        corrected: np.ndarray,
        rng: np.random.Generator,
    ) -> pl.DataFrame:
        count = len(self._forces)
        force = np.repeat(np.arange(count), 3)
        sent = np.datetime64(month.end, "s") + rng.integers(3 * 86400, 20 * 86400, count).astype("timedelta64[s]")
        method = np.where(self._paper, "MANUAL_PAPER", "IT_SYSTEM")
        by = persons(self._streams.of("fta", "submitters"), count)
        wrong = pl.Series(corrected.ravel())
        frame = pl.DataFrame(
            {
                "force_code": pl.Series(self._forces.codes).gather(force),
                "month": pl.repeat(month.start, len(force), dtype=pl.Date, eager=True),
                "category": list(CATEGORIES) * count,
                "opening": opening.ravel(),
                "received": received.ravel(),
                "executed": executed.ravel(),
                "withdrawn": withdrawn.ravel(),
                "closing": closing.ravel(),
                "collection_method": pl.Series(method[force].tolist()),
                "submitted_at": pl.Series(sent[force].astype("datetime64[ms]")),
                "submitter": by.gather(force),
                "revision": np.zeros(len(force), np.int64),
            }
        )
        return frame.with_columns(
            correction_reason=pl.when(wrong).then(
                pl.lit("Warrants were counted anew; the month before is not corrected.")
            ),
            comment=pl.lit(None, dtype=pl.String),
        )

    def _return(self, code: str, place: int, rows: pl.DataFrame, month: Period) -> Delivery:
        mine = rows.filter(pl.col("force_code") == code)
        if code == SILENT and month.start >= SILENT_FROM:
            return Delivery(RETURN, code, month, mine.clear(), not_available=WHY_SILENT)
        if self._totals[place]:
            total = mine.with_columns(pl.lit("ALL").alias("category"), pl.col(*_COUNTS).sum())
            reason = pl.lit(
                "See the categories." if mine["correction_reason"].null_count() < 3 else None, dtype=pl.String
            )
            total = total.head(1).with_columns(correction_reason=reason)
            mine = pl.concat([mine, total])
        return Delivery(RETURN, code, month, mine)

    def _warrants(self, month: Period, received: np.ndarray) -> tuple[list[Delivery], pl.DataFrame]:
        """Single warrants of the forces that have a system: a share of those received, and what becomes of them."""
        rng = self._streams.of("fta", "single", month)
        places = [self._forces.codes.index(code) for code in self._single]
        counts = rng.binomial(received[places], self._scale)
        total = int(counts.sum())
        at = np.repeat(np.arange(counts.size), counts.ravel())
        force = pl.Series(self._single, dtype=pl.String).gather(at // 3)
        day = np.datetime64(month.start) + rng.integers(0, (month.end - month.start).days + 1, total)
        serial = pl.Series(np.arange(self._serial, self._serial + total)).cast(pl.String).str.zfill(6)
        self._serial = (self._serial + total) % 1_000_000
        new = pl.DataFrame(
            {
                "force_code": force,
                "warrant_ref": force + f"/{month.start.year}/" + serial,
                "defendant_name": persons(rng, total),
                "dob": births(rng, day.astype("datetime64[D]").astype(np.int64), 0.04).cast(pl.Int32).cast(pl.Date),
                "court_code": "B" + force + "AA" + pl.Series(rng.integers(0, 20, total)).cast(pl.String).str.zfill(2),
                "issue_date": pl.Series(day.astype("datetime64[D]")),
                "category": pl.Series(CATEGORIES).gather(at % 3),
            },
            schema=_OPEN_WARRANT,
        )
        held = pl.concat([self._open, new])
        kind = np.searchsorted(CATEGORIES, held["category"].to_numpy().astype(str))
        ends = rng.random(held.height) < 1 / (1 + _OPEN[kind])
        fate = np.where(~ends, "OUTSTANDING", np.where(rng.random(held.height) < WITHDRAWN, "WITHDRAWN", "EXECUTED"))
        last = np.datetime64(month.end) - rng.integers(0, 28, held.height)
        end = pl.Series(np.maximum(last, held["issue_date"].to_numpy().astype("datetime64[D]")))
        rows = held.with_columns(
            status=pl.Series(fate.tolist(), dtype=pl.String),
            executed_date=pl.select(pl.when(pl.Series(fate == "EXECUTED")).then(end)).to_series().cast(pl.Date),
            withdrawn_date=pl.select(pl.when(pl.Series(fate == "WITHDRAWN")).then(end)).to_series().cast(pl.Date),
        )
        self._open = held.filter(pl.Series(fate == "OUTSTANDING"))
        told = rows.filter((pl.col("issue_date") >= month.start) | (pl.col("status") != "OUTSTANDING"))
        told = told.sort("force_code", "warrant_ref")
        parts = [(code, told.filter(pl.col("force_code") == code)) for code in self._single]
        return [Delivery(WARRANT, code, month, part) for code, part in parts if part.height], told.drop(
            "defendant_name", "dob"
        )


_COUNTS = ("opening", "received", "executed", "withdrawn", "closing")
_OPEN_WARRANT = {
    "force_code": pl.String,
    "warrant_ref": pl.String,
    "defendant_name": pl.String,
    "dob": pl.Date,
    "court_code": pl.String,
    "issue_date": pl.Date,
    "category": pl.String,
}
