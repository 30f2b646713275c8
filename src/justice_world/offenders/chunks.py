"""The chunks of the population: each drawn whole, with what all systems will send about its people."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.offenders.areas import Areas, served
from justice_world.offenders.community import assessments, programmes, supervision
from justice_world.offenders.crown import try_sent
from justice_world.offenders.custody import police, prisons
from justice_world.offenders.draws import age
from justice_world.offenders.kept import Kept
from justice_world.offenders.magistrates import Heard, hear
from justice_world.offenders.predictors import Scales
from justice_world.offenders.window import END, START
from justice_world.population.addresses import geography
from justice_world.population.contacts import Contacts, Rows
from justice_world.population.meet import identities
from justice_world.population.names import read_names
from justice_world.population.people import CHUNK
from justice_world.population.rates import Rates
from justice_world.population.write import WORKERS, Drawn, draw_whole, people_truth
from piperoll.simulate.streams import Streams


Parts = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]

_ADULTS = ("probation", "iaps", "oasys")
# Of what the population has, what England and Wales had in 2011 (docs/reference/magnitudes.md): the Crown Court's
# defendants, orders begun, programmes of them begun, and receptions of women.
CROWN, ORDERS, PROGRAMMES, WOMEN = 0.84, 0.65, 0.31, 0.2
# Fewer are drawn before a process of its own has read its names.
_WORTH_PROCESSES = 6


@dataclass(frozen=True)
class Chunks:
    """All ``size`` people in chunks, whose records go to ``kept``; a process may draw some of them."""

    size: int
    streams: Streams
    areas: Areas
    scales: Scales
    kept: Kept

    def draw(self) -> Parts:
        """Draw every chunk and keep its records.

        Returns:
            Who the people are, and who of them was under 18 and when sentenced (see `youths`), in order of chunks.
        """
        with self._workers() as pool:
            made = list(pool.map(self._make, range(self._count)))
        people, young, sentenced = (pl.concat(parts) for parts in zip(*made, strict=True))
        return people, young, sentenced

    @property
    def _count(self) -> int:
        return -(-self.size // CHUNK)

    def _workers(self) -> Executor:
        if self._count < _WORTH_PROCESSES:
            read_names()
            geography()
            return ThreadPoolExecutor(WORKERS)
        # Not forked: threads of the frames' library would hold locks for ever in the copy.
        return ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn"))

    def _make(self, chunk: int) -> Parts:
        names, count = read_names(), min(self.size - chunk * CHUNK, CHUNK)
        drawn = draw_whole(chunk, count, names, self.streams, Rates(), 1.0, END)
        drawn = known(drawn, self.streams.of("known", chunk))
        places, areas = served(drawn.people), self.areas
        rng = self.streams.of("offenders", chunk)
        shown = self.kept.shown
        heard = hear(drawn, places, areas, rng, shown)
        tried = try_sent(drawn, heard, places, areas, rng, chunk, self._count)
        self.kept.put(
            chunk,
            {
                "mc_case": heard.cases, "mc_defendant": heard.defendants, "mc_offence": heard.offences,
                "cc_case": tried.cases, "cc_defendant": tried.defendants, "cc_count": tried.counts,
                "links": tried.links, "mc_hearing": heard.hearings, "fines_account": heard.fines,
                "cc_hearing": tried.hearings, "linked_case": tried.linked,
                **police(drawn, places, rng, chunk, shown),
                **prisons(drawn, rng),
                **supervision(drawn, places, areas, rng, chunk, shown),
                **programmes(drawn, places, areas, rng),
                **assessments(drawn, places, areas, rng, self.scales),
            },
        )  # fmt: skip
        return people_truth(drawn.people, names), *youths(drawn, heard, names.codes)


def youths(drawn: Drawn, heard: Heard, codes: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who of a chunk was under 18 in these years and has a PNC record, and when which of them was sentenced."""
    people = drawn.people
    rows = np.flatnonzero(people.numbers.arrested & (age(people.born, np.full(len(people), START)) < 18))
    young = identities(people, rows, np.full(len(rows), START), codes)
    there = np.isin(heard.person, rows) & (age(people.born[heard.person], heard.ended) < 18)
    person = people.chunk * CHUNK + heard.person[there]
    return young, pl.DataFrame({"person": person, "day": heard.ended[there]}).sort("day", "person")


def known(drawn: Drawn, rng: np.random.Generator) -> Drawn:
    """A chunk without what happens after its last day, and without more than the systems had of each in these years.

    The population puts on its last day whatever would come later, so that no record is lost to it; in deliveries these
    rows would make a month like no other. The Crown Court has those cases that magistrates have sent, though it may end
    them later; the police know their last occasion as it is. Who is under 18 is supervised by a youth offending team,
    and not by a probation trust.
    """
    keep = {source: rows.day < END - 1 for source, rows in drawn.contacts.rows.items()}
    heard = drawn.contacts.rows["libra"].episode[keep["libra"]]
    keep["crest"] = np.isin(drawn.contacts.rows["crest"].episode, heard)
    for source in _ADULTS:
        rows = drawn.contacts.rows[source]
        keep[source] &= age(drawn.people.born[rows.person], rows.day) >= 18
    _thin(drawn, keep, rng)
    keep["pnc"] = np.ones(len(drawn.contacts.rows["pnc"].day), bool)
    happened = {
        source: Rows(each.person[mask], each.episode[mask], each.day[mask], each.second[mask])
        for (source, each), mask in zip(drawn.contacts.rows.items(), keep.values(), strict=True)
    }
    return Drawn(
        drawn.people,
        Contacts(drawn.contacts.person, drawn.contacts.day, happened),
        drawn.episodes,
        {source: records.filter(pl.Series(keep[source])) for source, records in drawn.records.items()},
        {source: truth.filter(pl.Series(keep[source])) for source, truth in drawn.truth.items()},
    )


def _thin(drawn: Drawn, keep: dict[str, np.ndarray], rng: np.random.Generator) -> None:
    """Leave out at random what there is too much of, so that what hangs together goes together."""
    rows = drawn.contacts.rows
    for source, share in (("crest", CROWN), ("probation", ORDERS), ("iaps", PROGRAMMES)):
        keep[source] &= rng.random(len(rows[source].day)) < share
    women = drawn.people.woman[rows["nomis"].person]
    keep["nomis"] &= ~women | (rng.random(len(women)) < WOMEN)
    # A programme is a requirement of an order, and who is assessed is in prison or on probation.
    keep["iaps"] &= np.isin(rows["iaps"].episode, rows["probation"].episode[keep["probation"]])
    under = [rows[source].episode[keep[source]] for source in ("probation", "nomis")]
    keep["oasys"] &= np.isin(rows["oasys"].episode, np.concatenate(under))
