"""The numbers that people are given for life, and the few that are given twice or to the wrong person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.population import identifiers
from justice_world.population.rates import Rates


_ARRESTED = 0.80  # the rest come to court by summons alone and have no PNC record
_CRO = 0.62
_TOGETHER = 0.80  # of CRO numbers, those given with the PNC identifier and bearing its serial
_SMALL_FILE = 0.08  # of the other CRO numbers
_SECOND_CRN = 0.02  # people with a second probation trust, which gives its own reference
_STRIDE = 80_000_000
PER_CHUNK = 50_000  # people in a chunk


@dataclass(frozen=True)
class Numbers:
    """Numbers of a chunk of people, null for those who have none.

    Attributes:
        arrested: Who has a PNC record.
        pnc, second_pnc: Identifiers of those; a second one of a few.
        others_pnc: Somebody else's, under which records of a few are filed in error.
        cro: Of those whose fingerprints were taken.
        prison, nomis, second_nomis, crn, second_crn: For whoever will need one.
    """

    arrested: np.ndarray
    pnc: pl.Series
    second_pnc: pl.Series
    others_pnc: pl.Series
    cro: pl.Series
    prison: pl.Series
    nomis: pl.Series
    second_nomis: pl.Series
    crn: pl.Series
    second_crn: pl.Series


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
    pnc = _only(arrested, identifiers.pnc_ids(year, serial))
    stolen = np.flatnonzero(arrested & (rng.random(count) < rates.others_number))
    holders = np.flatnonzero(arrested)
    others = np.full(count, -1)
    if len(holders) > 1:
        # Some other holder: never the person's own place among them.
        place = np.searchsorted(holders, stolen)
        others[stolen] = holders[(place + rng.integers(1, len(holders), len(stolen))) % len(holders)]
    index = chunk * PER_CHUNK + np.arange(count)
    small = apart & (rng.random(count) < _SMALL_FILE)
    return Numbers(
        arrested=arrested,
        pnc=pnc,
        second_pnc=_only(second, identifiers.pnc_ids(second_year, second_serial)),
        others_pnc=_only(others >= 0, pnc.gather(np.maximum(others, 0))),
        cro=_only(cro, identifiers.cro_numbers(cro_year, np.where(apart, apart_serial, serial), small)),
        prison=identifiers.prison_numbers(index),
        nomis=identifiers.noms_numbers(index),
        second_nomis=_only(rng.random(count) < rates.second_number, identifiers.noms_numbers(index + _STRIDE)),
        crn=identifiers.case_references(index),
        second_crn=_only(rng.random(count) < _SECOND_CRN, identifiers.case_references(index + 13_000_000)),
    )


def _only(rows: np.ndarray, values: pl.Series) -> pl.Series:
    return pl.select(pl.when(pl.Series(rows)).then(values)).to_series()
