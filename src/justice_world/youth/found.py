"""Who a young person with a team is: an offender of the criminal courts first, and a resident where there is none."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders import Offenders
from justice_world.population.identifiers import pnc_ids
from justice_world.population.meet import NEAR, Population
from justice_world.population.residents import YEAR
from piperoll.periods import Period
from piperoll.simulate.days import years


YOUNGEST, OLDEST = 10.4, 17.95  # years on the day that brings somebody to a team


class Found:
    """Takes each young offender once, in order of births.

    Args:
        offenders: Of whom the young ones are there as soon as they are drawn.
    """

    def __init__(self, offenders: Offenders, population: Population) -> None:
        self._offenders, self._population = offenders, population
        self._free = pl.DataFrame()
        self._loaded = False
        self._made = 0

    def named(self, persons: np.ndarray) -> pl.DataFrame:
        """These young offenders, in this order; nobody takes them afterwards."""
        free = self._load()
        if not free.width:
            return free
        wanted = pl.DataFrame({"person": persons}, schema={"person": pl.Int64})
        found = wanted.join(free, on="person", how="inner", maintain_order="left").select(free.columns)
        self._free = free.join(found.select("person"), on="person", how="anti", maintain_order="left")
        return found

    def take(
        self, rng: np.random.Generator, month: Period, woman: np.ndarray, born: np.ndarray, on: np.ndarray,
        court: np.ndarray,
    ) -> pl.DataFrame:  # fmt: skip
        """People of this sex born about these days; see `identities`.

        Args:
            on: Days on which they come to a team.
            court: Who is before a court, and so is an offender though the age be another, as long as there are some.
        """
        who = self._residents(rng, month, woman, born)
        free = self._load()
        if not free.width:
            return who
        place = np.full(len(born), -1)
        sexes, births = free["woman"].to_numpy(), free["born"].to_numpy()
        for sex in (False, True):
            rows, mine = np.flatnonzero(woman == sex), np.flatnonzero(sexes == sex)
            rows = rows[np.lexsort((born[rows], ~court[rows]))][: len(mine)]
            rows = rows[np.argsort(born[rows], kind="stable")]
            place[rows] = mine[_apart(np.searchsorted(births[mine], born[rows]), len(mine))]
        years = (on - births[place]) / YEAR
        fits = (place >= 0) & (years > YOUNGEST) & (years < OLDEST)
        fits &= court | (np.abs(births[place] - born) <= NEAR)
        taken = place[fits]
        order = np.arange(len(born))
        order[fits] = len(born) + np.arange(len(taken))
        found = pl.concat([who, free[taken].select(who.columns)])[order]
        left = np.ones(free.height, bool)
        left[taken] = False
        self._free = free.filter(pl.Series(left))
        return found

    def _load(self) -> pl.DataFrame:
        if not self._loaded and self._offenders.young.width:
            self._free = self._offenders.young.sort("born", "person")
            self._loaded = True
        return self._free

    def _residents(self, rng: np.random.Generator, month: Period, woman: np.ndarray, born: np.ndarray) -> pl.DataFrame:
        """Others, who have a number of the PNC too: one that nobody else has, of the year they were 12."""
        who = self._population.adults(rng, month, woman, born, 0.0)
        number = self._made + np.arange(len(born))
        self._made += len(born)
        year = years(born) + 12
        # Every seventh serial below a million stays clear of those of adults, who are numbered by other years mostly.
        return who.with_columns(pnc_id=pnc_ids(year, (number * 7 + 5) % 1_000_000)).drop("authority")


def _apart(place: np.ndarray, size: int) -> np.ndarray:
    """Places in rising order, moved as little as is needed for no two to be the same; there are at most ``size``."""
    step = np.arange(len(place))
    up = np.maximum.accumulate(place - step) + step
    return np.minimum(up, size - len(place) + step)
