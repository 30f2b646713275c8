"""Requests for interpreters, quarter by quarter in snapshots of everything so far, and complaints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from justice_world.offenders.draws import choose, dates, kept, texts
from justice_world.rooms import Month, Setting, listed, numbers, one
from piperoll.periods import Period
from piperoll.simulate.world import Delivery


START = np.datetime64("2012-01-30").astype(np.int64)
FROM = Period.parse("2012-01")
# Requests completed: about 155,000 in the first twelve months, 162,300 in 2013 (statistics on the use of language
# services in courts and tribunals).
YEARLY = {2012: 152_000, 2013: 162_000}
# Success by month since the start: a bad beginning, then about nine in ten; the same bulletins.
SUCCESS = (0.65, 0.67, 0.82, 0.95, 0.95, 0.94, 0.93, 0.91, 0.9, 0.89, 0.88, 0.88)
LATER = 0.88
CANCELLED, NO_CUSTOMER = 0.11, 0.025
COMPLAINTS = 0.05  # complaints a request: about 6,600 of 162,300 in 2013, more in the first months
REQUESTERS = {
    "CRIMINAL_MC": 0.45,
    "CRIMINAL_CC": 0.13,
    "TRIBUNAL": 0.3,
    "CIVIL_FAMILY": 0.07,
    "NOMS": 0.02,
    "OTHER": 0.03,
}
LANGUAGES = {
    "POL": 0.145, "URD": 0.095, "RON": 0.09, "PAN": 0.06, "LIT": 0.05, "POR": 0.04, "CMN": 0.05, "ARA": 0.06,
    "BEN": 0.04, "VIE": 0.03, "TAM": 0.05, "FAS": 0.04, "SOM": 0.03, "TUR": 0.03, "RUS": 0.03, "FRA": 0.02, "SPA": 0.02,
    "ALB": 0.02, "CZE": 0.02, "SLO": 0.02, "HUN": 0.01, "LAV": 0.01, "BUL": 0.01, "TIR": 0.01, "AMH": 0.005,
    "BSL": 0.01, "OTH": 0.005,
}  # fmt: skip
OFF_CONTRACT = 0.03
# The contractor reports on itself: outcomes are put in late, and some are changed afterwards, mostly for the better.
UNKNOWN, CHANGED, WRONG_CATEGORY, LOST = 0.004, 0.004, 0.003, 0.04
_DONE = ("FULFILLED", "CUSTOMER_DID_NOT_ATTEND", "CANCELLED_BY_CUSTOMER", "SUPPLIER_DID_NOT_ATTEND",
         "NOT_FULFILLED_BY_SUPPLIER")  # fmt: skip


class Interpreters:
    """Requests from 30 January 2012 on; all of them, whatever the scale, since they are of no persons."""

    def __init__(self, setting: Setting) -> None:
        register, streams, first = setting.register, setting.streams, setting.persons
        self._streams, self._first = streams, max(first, FROM, key=lambda each: each.start)
        self._category = {c.code: c.attributes["category"] for c in listed(register, "language").codes}
        self._requests: list[pl.DataFrame] = []
        self._complaints: list[pl.DataFrame] = []
        self._number, self._complained = 1_000_000, 0

    def month(self, month: Period, sent: Sequence[Delivery] = ()) -> Month:
        """What the contractor sends for the quarter that a month ends, and the truth behind it."""
        if month.start < self._first.start:
            return [], {}
        made = self._make(month)
        self._requests.append(made.drop("true_status"))
        self._complain(made, month)
        truth = {"interpreter_requests": made.select("request_id", "required_date", "true_status")}
        quarter = Period.containing(month.start, "quarter")
        if month.end != quarter.end:
            return [], truth
        rng = self._streams.of("interpreters' snapshot", quarter)
        held = pl.concat(self._requests)
        self._requests = [self._changed(held, rng)]
        rows = self._requests[0]
        unknown = pl.Series(rng.random(rows.height) < UNKNOWN) & (rows["required_date"] >= quarter.start)
        done = ~unknown & (rows["required_date"] <= quarter.end)
        rows = rows.with_columns(
            status=pl.when(done).then("status"), completed_date=pl.when(done).then("completed_date")
        )
        every = pl.concat(self._complaints)
        inside = every.filter(pl.col("received_date").is_between(quarter.start, quarter.end))
        self._complaints = [every.filter(pl.col("received_date") > quarter.end)]
        inside = inside.with_columns(
            proven=pl.when(pl.col("resolved_date") <= quarter.end).then("proven"),
            resolved_date=pl.when(pl.col("resolved_date") <= quarter.end).then("resolved_date"),
        )
        return [
            one("language.lang_request", "contractor", quarter, rows, "request_id"),
            one("language.lang_complaint", "contractor", quarter, inside, "complaint_id"),
        ], truth

    def _make(self, month: Period) -> pl.DataFrame:
        rng = self._streams.of("interpreters", month)
        first = max(int(np.datetime64(month.start).astype(np.int64)), int(START))
        days = np.arange(first, int(np.datetime64(month.end).astype(np.int64)) + 1)
        days = days[(days + 3) % 7 < 5]
        year = min(max(month.start.year, min(YEARLY)), max(YEARLY))
        count = int(rng.poisson(YEARLY[year] * len(days) / 261))
        day = days[rng.integers(0, len(days), count)] if len(days) else np.zeros(0, np.int64)
        asked = np.maximum(day - rng.integers(0, 21, count), START)
        seconds = asked * 86_400 + rng.integers(8 * 3600, 18 * 3600, count)
        age = (month.start.year - 2012) * 12 + month.start.month - 1
        success = SUCCESS[age] if age < len(SUCCESS) else LATER
        failed = (1 - success) * (1 - CANCELLED)
        shares = {
            "FULFILLED": 1 - CANCELLED - NO_CUSTOMER - failed, "CUSTOMER_DID_NOT_ATTEND": NO_CUSTOMER,
            "CANCELLED_BY_CUSTOMER": CANCELLED, "SUPPLIER_DID_NOT_ATTEND": failed * 0.4,
            "NOT_FULFILLED_BY_SUPPLIER": failed * 0.6,
        }  # fmt: skip
        true = choose(rng, shares, count)
        language = choose(rng, {code: share for code, share in LANGUAGES.items() if share}, count)
        category = pl.Series([self._category[each] for each in language], dtype=pl.String)
        wrong = pl.Series(rng.random(count) < WRONG_CATEGORY)
        kind = choose(rng, REQUESTERS, count)
        held = (true == "FULFILLED") | (true == "CUSTOMER_DID_NOT_ATTEND")
        early = (true == "CANCELLED_BY_CUSTOMER") & (asked < day)
        request = numbers(self._number + 1, count, 8)
        self._number += count
        return pl.DataFrame({
            "request_id": request, "requested_at": pl.Series((seconds * 1_000_000).astype("datetime64[us]")),
            "required_date": dates(day), "completed_date": dates(np.where(early, day - 1, day)),
            "requester_org": texts(kind) + " " + pl.Series(rng.integers(1, 80, count)).cast(pl.String),
            "requester_type": texts(kind), "language": texts(language),
            "language_category": pl.select(
                pl.when(wrong & (category != "RARE")).then(pl.lit("RARE")).otherwise(category)
            ).to_series(),
            "service": pl.repeat("FACE_TO_FACE", count, eager=True, dtype=pl.String),
            "duration_booked_min": 60 * (1 + rng.binomial(5, 0.25, count)),
            "travel_miles": kept(pl.Series(np.rint(rng.gamma(1.6, 28, count)).astype(np.int64)), held),
            "tier": texts(choose(rng, {"1": 0.6, "2": 0.3, "3": 0.1}, count)), "status": texts(true),
            "off_contract": rng.random(count) < OFF_CONTRACT,
            "case_ref": kept(
                "R" + pl.Series(rng.integers(100_000, 999_999, count)).cast(pl.String), rng.random(count) < 0.8
            ),
            "interpreter_id": kept("I" + pl.Series(rng.integers(1000, 3500, count)).cast(pl.String), held),
            "true_status": texts(true),
        })  # fmt: skip

    def _changed(self, held: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        """Outcomes that the contractor has changed: a few failures become visits to which the customer did not come."""
        failed = held["status"].is_in(_DONE[3:])
        change = pl.Series(rng.random(held.height) < CHANGED * 5) & failed
        return held.with_columns(status=pl.when(change).then(pl.lit(_DONE[1])).otherwise("status"))

    def _complain(self, made: pl.DataFrame, month: Period) -> None:
        rng = self._streams.of("interpreters' complaints", month)
        bad = made["true_status"].is_in(_DONE[3:]).to_numpy()
        chance = np.where(bad, 5.0, 0.5) * COMPLAINTS
        place = np.flatnonzero(rng.random(made.height) < chance)
        count = len(place)
        day = made["required_date"].to_numpy().astype("datetime64[D]").astype(np.int64)[place]
        received = day + rng.integers(0, 25, count)
        shares = {"NO_INTERPRETER_AVAILABLE": 0.45, "DID_NOT_ATTEND": 0.2, "LATE": 0.14, "OPERATIONAL": 0.09,
                  "TIMESHEET": 0.06, "QUALITY": 0.04, "OTHER": 0.02}  # fmt: skip
        self._complaints.append(pl.DataFrame({
            "complaint_id": "C" + numbers(self._complained + 1, count, 7),
            "request_id": kept(made["request_id"].gather(place), rng.random(count) >= LOST),
            "received_date": dates(received), "category": texts(choose(rng, shares, count)),
            "proven": pl.Series(rng.random(count) < 0.6), "resolved_date": dates(received + rng.integers(1, 60, count)),
        }))  # fmt: skip
        self._complained += count
