"""Requests to the Ministry, month by month: received, answered, reviewed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from justice_world.offenders.draws import choose, dates, kept, months, texts
from justice_world.people import pools
from justice_world.rooms import Month, Setting, listed, one, spread
from justice_world.shelf import Shelf
from piperoll.periods import Period
from piperoll.simulate.world import Delivery


FROM = Period.parse("2010-01")
# Requests a year to the Ministry: Freedom of Information statistics, central government, 2010 to 2013.
YEARLY = {2010: 3_250, 2011: 3_750, 2012: 4_050, 2013: 4_300}
KINDS = {"FOI": 0.97, "EIR": 0.03}
REQUESTERS = {
    "member_of_the_public": 0.42, "journalist": 0.14, "offender": 0.16, "academic_business_charity": 0.1,
    "what_do_they_know": 0.11, "solicitor": 0.05, "staff_judiciary": 0.02,
}  # fmt: skip
UNITS = {"NOMS": 0.36, "HMCTS": 0.28, "JPG": 0.13, "CORP": 0.11, "LSC": 0.05, "OPG": 0.03, "JUD": 0.02, "TNA": 0.01,
         "DACU": 0.01}  # fmt: skip
SUBJECTS = ("Cost of court buildings", "Prison staffing", "Use of interpreters", "Legal aid contracts",
            "Prison regimes", "Sentencing data", "Expenses", "Judicial appointments", "Court closures",
            "Complaints about staff", "Probation contracts", "Information technology")  # fmt: skip
OUTCOMES = {"granted": 0.5, "part": 0.2, "refused": 0.24, "clarify": 0.06}
REASONS = {"exempt": 0.62, "cost": 0.3, "notmet": 0.04, "vex": 0.03, "repeat": 0.01}
EXEMPTIONS = {"s40": 0.4, "s21": 0.14, "s43": 0.08, "s31": 0.08, "s44": 0.07, "s32": 0.06, "s35": 0.05, "s36": 0.04,
              "s42": 0.04, "s38": 0.02, "s24": 0.01, "s41": 0.01}  # fmt: skip
REVIEWS = {"upheld": 0.7, "part_upheld": 0.18, "overturned": 0.12}
QUALIFIED = ("s43", "s31", "s35", "s36", "s42", "s38", "s24")
EXTENDED, STOPPED = 0.035, 0.03  # for the public interest test; for a fee or a clarification
WEEKEND = 0.07  # of requests come by e-mail on no working day
MEDIAN, LATE = 15.0, 0.14  # working days; share of answers that take longer than the Act allows
REVIEWED, NEVER = 0.05, 0.01
# Slips: a deadline reckoned by the bank holidays of England and Wales alone, an extension without its exemption noted.
OWN_CALENDAR, NO_EXEMPTION = 0.02, 0.05


class Requests:
    """Requests received from ``first`` to ``last``; they are few and come whole, whatever the scale."""

    def __init__(self, setting: Setting) -> None:
        register, streams, first = setting.register, setting.streams, setting.persons
        self._streams = streams
        self._first = max(first, FROM, key=lambda each: each.start)
        self._holidays = np.array([each.code for each in listed(register, "uk_bank_holiday").codes], "datetime64[D]")
        self._own = np.array(
            [c.code for c in listed(register, "uk_bank_holiday").codes if "England" in c.attributes["nations"]],
            "datetime64[D]",
        )
        limits = {c.code: int(c.attributes["working_days"]) for c in listed(register, "foi_limit").codes}
        self._external, self._internal = limits["EXTERNAL"], limits["INTERNAL"]
        self._number = 60_000
        self._shelf, self._reviews = Shelf(), Shelf()

    def month(self, month: Period, sent: Sequence[Delivery] = ()) -> Month:
        """What the unit sends for a month, and the truth behind it."""
        if month.start < self._first.start:
            return [], {}
        rng = self._streams.of("requests", month)
        year = min(max(month.start.year, min(YEARLY)), max(YEARLY))
        days = np.arange(np.datetime64(month.start), np.datetime64(month.end) + 1)
        open_days = days[np.is_busday(days, holidays=self._holidays)]
        count = int(rng.poisson(YEARLY[year] * len(open_days) / 250))
        any_day = rng.random(count) < WEEKEND
        came = np.where(
            any_day, days[rng.integers(0, len(days), count)], open_days[rng.integers(0, len(open_days), count)]
        )
        fresh = self._requests(np.sort(came), rng)
        waiting = self._reviews.take(month)
        cases = pl.concat([fresh, self._review(waiting, rng)]) if waiting.height else fresh
        self._reviews.put(self._asked(fresh, rng))
        self._put(cases)
        # Received and answered in one month, a request is sent once, as it is at the month's end.
        rows = (
            self._shelf.take(month)
            .sort("number", "step")
            .unique("number", keep="last", maintain_order=True)
            .drop("step")
        )
        truth = cases.select("number", "received_date", "date_responded", "days_taken", "external_deadline")
        return [one("foi.foi_case", "DACU", month, rows, "number")], {"foi_requests": truth}

    def _requests(self, came: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
        count = len(came)
        return self._cases(came, texts(choose(rng, KINDS, count)), pl.Series([None] * count, dtype=pl.String), rng)

    def _cases(self, came: np.ndarray, kind: pl.Series, of: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
        count = len(came)
        deemed = np.busday_offset(came, 0, roll="forward", holidays=self._holidays)
        outcome = choose(rng, OUTCOMES, count).astype(str)
        reason = choose(rng, REASONS, count).astype(str)
        refused = np.isin(outcome, ("part", "refused"))
        reason = np.where(refused, np.where((outcome == "part") & (reason != "cost"), "exempt", reason), "")
        exempt = reason == "exempt"
        cited = choose(rng, EXEMPTIONS, count).astype(str)
        extended = exempt & np.isin(cited, QUALIFIED) & (rng.random(count) < EXTENDED / 0.06)
        lost = extended & (rng.random(count) < NO_EXEMPTION)
        cited = np.where(lost, "s40", cited)
        more = exempt & (rng.random(count) < 0.25) & (cited != "s40")
        cited = np.where(more, np.char.add("s40 ", cited), cited)
        extension = np.where(extended, np.where(rng.random(count) < 0.6, 20, 10), 0)
        stopped = np.where(rng.random(count) < STOPPED, rng.integers(2, 25, count), 0)
        limit = self._external + extension + stopped
        taken = np.minimum(spread(rng, MEDIAN, 0.45, count), limit)
        late = rng.random(count) < LATE
        taken = np.where(late, limit + 1 + spread(rng, 9, 0.9, count), np.maximum(taken, 1))
        answered = np.busday_offset(deemed, taken, holidays=self._holidays)
        # A request that nobody answers is given up for good.
        never = rng.random(count) < NEVER
        wrong = rng.random(count) < OWN_CALENDAR
        forenames, surnames = pools()
        given, family = forenames.draw(rng, count), surnames.draw(rng, count)
        mail = rng.random(count) < 0.85
        number = "FOI/" + pl.Series(np.arange(self._number + 1, self._number + 1 + count)).cast(pl.String)
        self._number += count
        held = choose(rng, {"HELD": 0.78, "NOT_HELD": 0.14, "PART_HELD": 0.07, "NOT_CONFIRMED": 0.01}, count)
        review = kind.str.contains("_IR_").to_numpy()
        days = deemed.astype(np.int64)
        return pl.DataFrame({
            "number": number, "type": kind, "received_date": dates(came.astype(np.int64)),
            "deemed_receipt_date": dates(days), "first_deadline": dates(self._due(deemed, self._external, wrong)),
            "external_deadline": dates(self._due(deemed, limit, wrong)),
            "internal_deadline": dates(self._due(deemed, self._internal, wrong)),
            "extension_wd": extension, "date_responded": dates(answered.astype(np.int64), ~never),
            "requester_type": texts(choose(rng, REQUESTERS, count)), "requester_name": given + " " + family,
            "email": kept(given.str.to_lowercase() + "." + family.str.to_lowercase() + "@example.org", mail),
            "postal_address": kept("PO Box " + pl.Series(rng.integers(1, 999, count)).cast(pl.String), ~mail),
            "subject": pl.Series(np.array(SUBJECTS)[rng.integers(0, len(SUBJECTS), count)].astype(str)),
            "message": "Please send me what you hold about this. " + given + " " + family,
            "info_held": texts(held), "outcome": pl.Series(outcome),
            "refusal_reason": kept(pl.Series(reason), reason != ""),
            "exemptions": kept(pl.Series(cited), exempt), "clock_stopped_days": stopped,
            "transferred_to": kept(pl.Series(["Another department"] * count), rng.random(count) < 0.01),
            "internal_review_of": of,
            "appeal_outcome": kept(texts(choose(rng, REVIEWS, count)), review),
            "responding_unit": texts(choose(rng, UNITS, count)),
            "reason_late": kept(texts(choose(rng, {"CLEARANCE": 0.4, "WORKLOAD": 0.25, "COMPLEX": 0.15, "CONSULT": 0.1,
                                                   "MISROUTED": 0.05, "OTHER": 0.05}, count)), late & ~never),
            "round_robin": rng.random(count) < 0.06, "routine": rng.random(count) < 0.08,
            "days_taken": kept(pl.Series(taken), ~never),
        })  # fmt: skip

    def _due(self, deemed: np.ndarray, limit: np.ndarray | int, wrong: np.ndarray) -> np.ndarray:
        right = np.busday_offset(deemed, limit, holidays=self._holidays)
        own = np.busday_offset(deemed, limit, roll="forward", holidays=self._own)
        due: np.ndarray = np.where(wrong, own, right).astype("datetime64[D]").astype(np.int64)
        return due

    def _asked(self, fresh: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        """Who will ask for an internal review of which request, and when."""
        some = fresh.filter(pl.Series(rng.random(fresh.height) < REVIEWED) & pl.col("date_responded").is_not_null())
        day = some["date_responded"].to_numpy().astype("datetime64[D]").astype(np.int64) + rng.integers(
            1, 40, some.height
        )
        late = (some["date_responded"] > some["external_deadline"]).to_numpy()
        kind = np.where(late & (rng.random(some.height) < 0.6), "FOI_IR_TIMELINESS", "FOI_IR_COMPLIANCE")
        return pl.DataFrame({
            "of": some["number"], "day": day, "kind": pl.Series(kind.astype(str)), "entered": months(day)
        })  # fmt: skip

    def _review(self, waiting: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        waiting = waiting.sort("day", "of")
        came = waiting["day"].to_numpy().astype("datetime64[D]")
        return self._cases(came, waiting["kind"], waiting["of"], rng)

    def _put(self, cases: pl.DataFrame) -> None:
        """Shelve each request as it is at first, and as it is once answered."""
        later = ("date_responded", "info_held", "outcome", "refusal_reason", "exemptions", "appeal_outcome",
                 "reason_late", "transferred_to")  # fmt: skip
        first = cases.with_columns(
            *(pl.lit(None, dtype=cases.schema[name]).alias(name) for name in later),
            external_deadline=pl.col("first_deadline"), extension_wd=pl.lit(0, dtype=pl.Int64),
            clock_stopped_days=pl.lit(0, dtype=pl.Int64), step=pl.lit(0),
            entered=pl.col("received_date").dt.month_start(),
        )  # fmt: skip
        last = cases.filter(pl.col("date_responded").is_not_null()).with_columns(
            step=pl.lit(1), entered=pl.col("date_responded").dt.month_start()
        )
        self._shelf.put(pl.concat([first, last.select(first.columns)]).drop("first_deadline", "days_taken"))
