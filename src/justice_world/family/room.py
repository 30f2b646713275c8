"""The family courts' systems together, month by month."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from justice_world.family import care, forced_marriage
from justice_world.family.cases import Adults, D, begin
from justice_world.family.course import run
from justice_world.family.courts import read_courts
from justice_world.family.familyman import Counters, record
from justice_world.family.volumes import cases
from justice_world.population.residents import CHILDREN, FIRST
from justice_world.rooms import Month, Serials, Setting, one, split
from justice_world.shelf import Shelf
from piperoll.periods import Period
from piperoll.simulate.world import Delivery


FAMILYMAN_FROM, FORCED_FROM, CARE_FROM = (Period.parse(each) for each in ("2010-01", "2008-11", "2012-04"))
KEYS = {
    "case": ("case_number",), "event": ("event",), "event_field": ("event", "field_model", "item"),
    "case_field": ("case_number", "field_model"), "party": ("party",), "role": ("role",), "address": ("address",),
}  # fmt: skip
FORCED = {
    "fmpo_case": ("case_number",), "fmpo_application": ("case_number", "application_seq"),
    "fmpo_disposal": ("case_number", "order_seq"),
}  # fmt: skip


class Family:
    """Family cases that begin from ``first`` to ``last``; earlier ones are not in this world.

    Cases are a share of the true number; forced marriage cases are few and come whole.
    """

    def __init__(self, setting: Setting) -> None:
        register, streams, scale = setting.register, setting.streams, setting.share
        first, last = setting.persons, setting.last
        self._places = setting.places
        self._population = setting.population
        self._streams = streams
        self._courts = read_courts(register, self._places, streams)
        self._scale, self._first = scale, first
        self._last = int(np.datetime64(last.end).astype(np.int64))
        self._serials, self._others, self._adults, self._counters = Serials(), Serials(), Adults(), Counters()
        self._shelves = {name: Shelf() for name in (*KEYS, *FORCED)}
        self._care = pl.DataFrame()

    def month(self, month: Period, sent: Sequence[Delivery] = ()) -> Month:
        """What the three systems send for a month, and the truth behind it."""
        deliveries: list[Delivery] = []
        truth: dict[str, pl.DataFrame] = {}
        if month.start < self._first.start:
            return deliveries, truth
        if month.start >= FORCED_FROM.start:
            begun = forced_marriage.begin(month, self._courts, self._others, self._streams, self._population)
            told = begun["fmpo_application"]
            truth["forced_marriage_people"] = told.select(
                "case_number", "application_seq", "person", "household", "^true_.*$"
            )
            for name, rows in begun.items():
                self._shelves[name].put(rows)
            for name, order in FORCED.items():
                rows = self._shelves[name].take(month)
                deliveries.append(one(f"fmpo.{name}", "HMCTS", month, rows, *order))
        if month.start >= FAMILYMAN_FROM.start:
            truth |= self._begin(month)
            for name, order in KEYS.items():
                rows = self._shelves[name].take(month)
                deliveries.append(one(f"familyman.{name}", "HMCTS", month, rows, *order))
        if month.start >= CARE_FROM.start and self._care.width:
            rng = self._streams.of("care monitoring", month)
            suppliers = sorted(set(self._courts.region.tolist()))
            rows = care.snapshot(self._care, month, rng)
            listed = care.hearings(self._care, month, rng).join(
                rows, on="case_number", how="semi", maintain_order="left"
            )
            deliveries += split("cms_care.care_case", month, rows, suppliers, "case_number")
            deliveries += split("cms_care.care_hearing", month, listed, suppliers, "case_number", "hearing_seq")
            before = int(np.datetime64(month.start).astype(np.int64))
            self._care = self._care.filter(pl.col("ends") >= before)
        return deliveries, truth

    def _begin(self, month: Period) -> dict[str, pl.DataFrame]:
        """Draw the cases of a month and put everything they lead to on the shelves; gives their truth."""
        rng = self._streams.of("family cases", month)
        begun = begin(
            month, cases(month, self._scale, rng), self._courts, self._population, self._serials, self._adults, rng
        )
        # Of couples who divorce few have legal aid.
        parties = begun.parties.filter(pl.Series(begun.letter != D).gather(begun.parties["case"]))
        person = parties["person"].drop_nulls().unique().sort().to_numpy()
        self._population.parties = person[(person >= FIRST) & (person < CHILDREN)]
        happened, proceedings = run(month, begun, self._streams.of("family course", month))
        tables, parties, _ = record(
            begun, happened, self._courts, self._places, self._counters, self._last,
            self._streams.of("familyman", month),
        )  # fmt: skip
        for name, rows in tables.items():
            self._shelves[name].put(rows)
        keyed = care.key(begun, proceedings, self._courts, self._places, self._streams.of("care keyed", month))
        self._care = pl.concat([self._care, keyed]) if self._care.width else keyed
        return {
            "family_parties": parties,
            "family_events": happened.select(
                pl.col("case").replace_strict(np.arange(len(begun.number)), begun.number, return_dtype=pl.String)
                .alias("case_number"),
                "model", pl.col("day").cast(pl.Int32).cast(pl.Date), "types", pl.col("order").cast(pl.Int64),
            ),
            "care_cases": care.truth(keyed),
        }  # fmt: skip
