"""The systems of tribunals together, month by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl

from justice_world.rooms import Month, Serials, Setting, one
from justice_world.shelf import Shelf
from justice_world.tribunals.cases import complaints, hearings, received
from justice_world.tribunals.kinds import KINDS, SYSTEMS
from piperoll.periods import Period
from piperoll.simulate.world import Delivery


FROM = Period.parse("2010-04")
BEFORE = 9  # months of cases that were received before the first month and are disposed of later
# Offices correct their stocks: mostly not at all, sometimes by little, rarely by more than the rule allows.
CORRECTED, MUCH = 0.15, 0.01
DISAGREE = 0.004  # of claims whose own date of disposal is another than that of their last complaint
CASE = (
    "source_system", "case_ref", "chamber_jurisdiction", "office_code", "receipt_date", "accepted_date", "appeal_type",
    "multiple_ref", "complaint_count", "respondent_body", "claimant_name", "claimant_dob", "claimant_postcode",
    "nationality", "representative", "interpreter_language", "disposal_date", "disposal_stage", "outcome",
    "appeal_to_upper",
)  # fmt: skip
ENDS = ("disposal_date", "disposal_stage", "outcome", "appeal_to_upper", "interpreter_language")
SCHEMA = {
    "trib_case": ("case_ref",), "trib_complaint": ("case_ref", "jurisdiction_code"),
    "trib_hearing": ("case_ref", "hearing_no"),
}  # fmt: skip


class Tribunals:
    """Cases of tribunals from ``first`` to ``last``, and what was outstanding before."""

    def __init__(self, setting: Setting) -> None:
        streams, scale = setting.streams, setting.share
        first, last = setting.persons, setting.last
        self._population = setting.population
        self._streams, self._scale = streams, scale
        self._first = max(first, FROM, key=lambda each: each.start)
        self._last = last
        self._serials = Serials()
        self._shelves = {name: Shelf() for name in SCHEMA}
        self._counts: dict[tuple[str, str, dt.date], list[int]] = {}
        self._stock: dict[tuple[str, str], int] = {}
        self._begun = False

    def month(self, month: Period, sent: Sequence[Delivery] = ()) -> Month:
        """What the systems send for a month, and the truth behind it."""
        if month.start < self._first.start:
            return [], {}
        if not self._begun:
            for step in range(BEFORE, 0, -1):
                self._receive(self._first.shift(-step))
            for (system, jurisdiction, day), (came, gone) in self._counts.items():
                if day < self._first.start:
                    key = system, jurisdiction
                    self._stock[key] = self._stock.get(key, 0) + came - gone
            self._begun = True
        truth = {"tribunal_cases": self._receive(month)}
        deliveries: list[Delivery] = []
        for name, order in SCHEMA.items():
            rows = self._shelves[name].take(month)
            for system in SYSTEMS:
                mine = rows.filter(pl.col("source_system") == system)
                if mine.height or name == "trib_case":
                    deliveries.append(one(f"tribunals.{name}", system, month, mine, *order))
        stock = self._stocks(month)
        truth["tribunal_stock"] = stock.select("source_system", "chamber_jurisdiction", "month", "true_outstanding")
        for system in SYSTEMS:
            mine = stock.filter(pl.col("source_system") == system)
            deliveries.append(one("tribunals.trib_stock", system, month, mine, "chamber_jurisdiction"))
        return deliveries, truth

    def _receive(self, month: Period) -> pl.DataFrame:
        """Draw the cases of a month, shelve what the systems will send, count; gives their truth."""
        parts = []
        for number, kind in enumerate(KINDS):
            rng = self._streams.of("tribunals", month, kind.jurisdiction)
            parts.append(received(month, kind, self._scale, self._population, self._serials, number, rng).select(
                *CASE, "came", "gone", "person", "household", "^true_.*$"
            ))  # fmt: skip
        cases = pl.concat(parts)
        rng = self._streams.of("tribunal course", month)
        known = cases["came"].is_between(self._first.start, self._last.start)
        shut = pl.col("gone").is_between(self._first.start, self._last.start)
        slip = pl.Series(rng.random(cases.height) < DISAGREE) & (cases["chamber_jurisdiction"] == "ET")
        ended = pl.when(slip & (pl.col("disposal_date") > pl.col("receipt_date"))).then(
            pl.max_horizontal(pl.col("disposal_date") - pl.duration(days=3), "receipt_date", pl.col("gone"))
        ).otherwise("disposal_date")  # fmt: skip
        opened = cases.filter(known & (pl.col("came") < pl.col("gone"))).with_columns(
            *(pl.lit(None, dtype=cases.schema[name]).alias(name) for name in ENDS), entered=pl.col("came")
        )
        closed = cases.with_columns(disposal_date=ended).filter(shut).with_columns(entered=pl.col("gone"))
        self._shelves["trib_case"].put(pl.concat([opened, closed]).select(*CASE, "entered"))
        self._complain(cases.filter(pl.col("chamber_jurisdiction") == "ET"), rng)
        listed = hearings(cases.with_columns(known=known), rng)
        late = cases.filter(~known).select("source_system", "case_ref", shown="gone")
        # Of a case received before the first month nothing is known until the month in which it ends.
        listed = listed.join(late, on=("source_system", "case_ref"), how="left", maintain_order="left").filter(
            (pl.col("shown").is_null() | (pl.col("entered") == pl.col("shown")))
            & pl.col("entered").is_between(self._first.start, self._last.start)
        )
        self._shelves["trib_hearing"].put(listed.drop("shown"))
        self._count(cases, month)
        return cases.select(
            "source_system",
            "case_ref",
            "chamber_jurisdiction",
            "receipt_date",
            "disposal_date",
            "outcome",
            "person",
            "household",
            "^true_.*$",
        )

    def _complain(self, claims: pl.DataFrame, rng: np.random.Generator) -> None:
        made = complaints(claims, rng)
        first, last = self._first.start, self._last.start
        opened = made.filter(pl.col("came").is_between(first, last) & (pl.col("came") < pl.col("gone"))).with_columns(
            outcome=pl.lit(None, dtype=pl.String), disposal_date=pl.lit(None, dtype=pl.Date), entered=pl.col("came")
        )
        closed = made.filter(pl.col("gone").is_between(first, last)).with_columns(entered=pl.col("gone"))
        self._shelves["trib_complaint"].put(pl.concat([opened, closed]).drop("came", "gone"))

    def _count(self, cases: pl.DataFrame, month: Period) -> None:
        keys = ("source_system", "chamber_jurisdiction")
        for place, column in enumerate(("came", "gone")):
            for system, jurisdiction, day, count in cases.group_by(*keys, column).len().sort(*keys, column).iter_rows():
                found = self._counts.setdefault((system, jurisdiction, day), [0, 0])
                found[place] += count

    def _stocks(self, month: Period) -> pl.DataFrame:
        rng = self._streams.of("tribunal stocks", month)
        rows = []
        for kind in KINDS:
            for system in ("ETHOS", "CASEFLOW") if kind.jurisdiction == "ET" else (kind.system,):
                key = system, kind.jurisdiction
                came, gone = self._counts.pop((*key, month.start), [0, 0])
                before = self._stock.get(key, 0)
                true = before + came - gone
                chance = rng.random()
                share = 0.004 * rng.random() if chance < CORRECTED else 0.0
                share = 0.04 if chance < MUCH else share
                told = max(true + round(true * share), 0)
                self._stock[key] = told
                signed = kind.system == "MANUAL"
                who = "U100" if signed else None
                rows.append((system, kind.jurisdiction, month.start, came, gone, told, signed, who, true))
        return pl.DataFrame(rows, orient="row", schema={
            "source_system": pl.String, "chamber_jurisdiction": pl.String, "month": pl.Date, "receipts": pl.Int64,
            "disposals": pl.Int64, "outstanding": pl.Int64, "signed_off": pl.Boolean, "signed_off_by": pl.String,
            "true_outstanding": pl.Int64,
        })  # fmt: skip
