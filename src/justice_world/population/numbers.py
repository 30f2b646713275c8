"""The numbers that people are given for life, and the few that are given twice or to the wrong person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from justice_world.population import identifiers
from justice_world.population.rates import Rates


_ARRESTED = 0.80  # the rest come to court by summons alone and have no PNC record
_CRO = 0.62
_TOGETHER = 0.80  # of CRO numbers, those given with the PNC identifier and bearing its serial
_SMALL_FILE = 0.08  # of the other CRO numbers
_SECOND_CRN = 0.02  # people with a second probation trust, which gives its own reference
_STRIDE, _OTHERS = 80_000_000, 13_000_000  # to second prison numbers, and to second references
PER_CHUNK = 50_000  # people in a chunk


@dataclass(frozen=True)
class Numbers:
    """Numbers of a chunk of people, null for those who have none; written out when they are asked for.

    Attributes:
        first: Place of the chunk's first person in the population.
        arrested: Who has a PNC record.
        pnc, second_pnc: Identifiers of those; a second one of a few.
        others_pnc: Somebody else's, under which records of a few are filed in error.
        taken: Year, serial, whether there is a small file, and who they are, of those whose fingerprints were taken.
        again_nomis, again_crn: Who gets a second number.
    """

    first: int
    arrested: np.ndarray
    pnc: pl.Series
    second_pnc: pl.Series
    others_pnc: pl.Series
    taken: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
    again_nomis: np.ndarray
    again_crn: np.ndarray

    @property
    def _index(self) -> np.ndarray:
        return self.first + np.arange(len(self.arrested))

    @cached_property
    def cro(self) -> pl.Series:
        """Of those whose fingerprints were taken."""
        year, serial, small, who = self.taken
        return _only(who, lambda rows: identifiers.cro_numbers(year[rows], serial[rows], small[rows]))

    @cached_property
    def prison(self) -> pl.Series:
        """The old prison number of whoever will need one."""
        return identifiers.prison_numbers(self._index)

    @cached_property
    def nomis(self) -> pl.Series:
        """The prison number of whoever will need one."""
        return identifiers.noms_numbers(self._index)

    @cached_property
    def second_nomis(self) -> pl.Series:
        """A second prison number of a few."""
        return _only(self.again_nomis, lambda rows: identifiers.noms_numbers(self._index[rows] + _STRIDE))

    @cached_property
    def crn(self) -> pl.Series:
        """The case reference of whoever will need one."""
        return identifiers.case_references(self._index)

    @cached_property
    def second_crn(self) -> pl.Series:
        """The reference that a second trust gives to a few."""
        return _only(self.again_crn, lambda rows: identifiers.case_references(self._index[rows] + _OTHERS))


def deal_numbers(rng: np.random.Generator, chunk: int, birth_year: np.ndarray, rates: Rates, last_year: int) -> Numbers:
    """Numbers of a chunk of people born in these years, given in ``last_year`` or before."""
    count = len(birth_year)
    arrested = rng.random(count) < _ARRESTED
    year = birth_year + 11 + np.rint(rng.gamma(1.6, 5.0, count)).astype(np.int64)
    year = np.where(year > last_year, np.maximum(last_year - rng.integers(0, 8, count), birth_year + 11), year)
    year = np.clip(year, 1951, last_year)
    second = arrested & (rng.random(count) < rates.second_number)
    second_year = np.minimum(np.maximum(year, 1990) + rng.integers(0, 12, count), last_year)
    cro = arrested & (rng.random(count) < _CRO)
    apart = cro & (rng.random(count) >= _TOGETHER)
    cro_year = np.where(apart, np.minimum(year + rng.integers(0, 5, count), last_year), year)
    wanted = (arrested, second, apart)
    dealt = identifiers.serials(chunk, np.concatenate([year[arrested], second_year[second], cro_year[apart]]))
    serial, second_serial, apart_serial = (np.zeros(count, np.int64) for _ in wanted)
    start = 0
    for rows, out in zip(wanted, (serial, second_serial, apart_serial), strict=True):
        size = int(rows.sum())
        out[rows] = dealt[start : start + size]
        start += size
    pnc = _only(arrested, lambda rows: identifiers.pnc_ids(year[rows], serial[rows]))
    stolen = np.flatnonzero(arrested & (rng.random(count) < rates.others_number))
    holders = np.flatnonzero(arrested)
    others = np.full(count, -1)
    if len(holders) > 1:
        # Some other holder: never the person's own place among them.
        place = np.searchsorted(holders, stolen)
        others[stolen] = holders[(place + rng.integers(1, len(holders), len(stolen))) % len(holders)]
    small = apart & (rng.random(count) < _SMALL_FILE)
    return Numbers(
        first=chunk * PER_CHUNK,
        arrested=arrested,
        pnc=pnc,
        second_pnc=_only(second, lambda rows: identifiers.pnc_ids(second_year[rows], second_serial[rows])),
        others_pnc=_only(others >= 0, lambda rows: pnc.gather(others[rows])),
        taken=(cro_year, np.where(apart, apart_serial, serial), small, cro),
        again_nomis=rng.random(count) < rates.second_number,
        again_crn=rng.random(count) < _SECOND_CRN,
    )


def _only(who: np.ndarray, made: Callable[[np.ndarray], pl.Series]) -> pl.Series:
    """What is made of the rows of those in ``who``, null for all others."""
    rows = np.flatnonzero(who)
    values = made(rows)
    place = np.full(len(who), len(rows))
    place[rows] = np.arange(len(rows))
    return values.extend_constant(None, 1).gather(place)
