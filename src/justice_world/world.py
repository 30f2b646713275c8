"""The justice world: month by month, what happens in it and what its systems send.

A month's county court claims are drawn whole, with everything that will become of them; what lies ahead waits in a
`Shelf` until the month in which a system sends it. All other systems are `justice_world.systems`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from justice_world.county_court import caseman, claims, insolvency, money, pcol, possession
from justice_world.county_court.events import Events
from justice_world.county_court.volumes import local_shares
from justice_world.places import Places
from justice_world.shelf import Shelf
from justice_world.systems import Systems
from piperoll.periods import Period, span
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import NOBODY, Batch, Delivery, Form, Persons


# What a supplier sends packed: Wales compresses its extracts, the North West zips its petitions.
PACKED: dict[tuple[str, str], Form] = {
    ("caseman.claim", "WAL"): "csv.gz",
    ("caseman.claim_event", "WAL"): "csv.gz",
    ("caseman.insolvency_petition", "NW"): "zip",
}


class JusticeWorld:
    """England and Wales from month ``first`` to ``last``; claims issued earlier are not in it.

    Args:
        register: Whose contracts and code lists the world speaks.
        scale: Share of the true volumes, about 1 for possession claims at their published magnitude.
        persons: Share of the about 10 million people of the criminal courts, and from when on systems deliver.
    """

    def __init__(
        self, register: Register, places: Places, seed: int, scale: float, first: Period, last: Period,
        persons: Persons = NOBODY,
    ) -> None:  # fmt: skip
        self.register = register
        self.places = places
        self.streams = Streams(seed)
        self.scale, self.persons = scale, persons
        self.first = first
        self.last = last
        self.months = span(first, last)
        self._end = np.datetime64(last.start)
        self._shares = local_shares(places, self.streams)
        self._numbers = claims.Numbers(places)
        self._claims, self._events, self._online = Shelf(), Shelf(), Shelf()

    def batches(self) -> Iterator[Batch]:
        """Months in order, each with its deliveries and the truth behind them."""
        if not self.persons.share:
            yield from self._county_court()
            return
        with tempfile.TemporaryDirectory(prefix="piperoll-simulate-") as directory:
            first = max(self.first, self.persons.first or self.first, key=lambda month: month.start)
            months = (self.first, self.last, first)
            systems = Systems(self.register, self.streams, self.persons.share, months, Path(directory))
            for batch in self._county_court():
                deliveries, truth = systems.month(batch.period, batch.deliveries)
                yield Batch(batch.period, (*batch.deliveries, *deliveries), {**batch.truth, **truth})

    def _county_court(self) -> Iterator[Batch]:
        petitions: list[pl.DataFrame] = []
        for month in self.months:
            truth = {"claims": self._issue(month)}
            events = self._events.take(month)
            truth["events"] = events.select(
                "claim_number", "event_seq", "event_type", "event_date", "event_court", "supplier", "outcome",
                "outcome_date", pl.lit(str(month)).alias("entered"),
            )  # fmt: skip
            presented = insolvency.petitions(month, self.scale, self.places, self.streams)
            truth["petitions"] = presented.drop("debtor_name")
            petitions.append(presented)
            deliveries = [
                *self._split("caseman.claim", month, self._claims.take(month), "claim_number"),
                *self._split("caseman.claim_event", month, events, "claim_number", "event_seq"),
            ]
            quarter = Period.containing(month.start, "quarter")
            if month.end == quarter.end:
                deliveries += self._split("caseman.insolvency_petition", quarter, pl.concat(petitions), "petition_no")
                petitions = []
            if month.start >= claims.ONLINE_FROM.start:
                online = self._online.take(month).sort("claim_number")
                deliveries.append(Delivery("pcol.pcol_claim", "pcol_service", month, online))
            yield Batch(month, tuple(deliveries), truth)

    def _issue(self, month: Period) -> pl.DataFrame:
        """Draw the claims of ``month`` and put everything they lead to on the shelves; gives their truth."""
        owed = claims.possession_claims(month, self.scale, self.places, self._shares, self.streams)
        other = money.money_claims(month, self.scale, self.places, self.streams)
        issued = self._numbers.give(pl.concat([owed, other.select(owed.columns)]), self.streams.of("numbers", month))
        events = Events()
        course = possession.run(issued, self.streams.of("possession", month), events)
        money.run(issued, self.streams.of("money", month), events)
        recorded = caseman.record(issued, self.places, self.streams.of("caseman", month), self._end)
        entered = events.ordered(self.streams.of("entry", month), issued["amount_claimed"])
        entered = entered.filter(
            (pl.col("entered") <= pl.lit(self.last.start))
            & ~pl.col("claim").is_in(pl.Series(recorded.deleted, dtype=pl.Int64).implode())
        )
        held = caseman.record_events(entered, issued, self.places, self.streams.of("event courts", month))
        self._claims.put(recorded.states)
        self._events.put(held)
        self._online.put(pcol.record(issued, course, self.places, self.streams.of("pcol", month), self._end))
        return recorded.truth

    def _split(self, dataset: str, month: Period, rows: pl.DataFrame, *order: str) -> Iterator[Delivery]:
        """A delivery for each court region, empty ones too."""
        rows = rows.sort("supplier", *order)
        for supplier in sorted(set(self.places.court_region.tolist())):
            mine = rows.filter(pl.col("supplier") == supplier)
            yield Delivery(dataset, supplier, month, mine, PACKED.get((dataset, supplier), "csv"))
