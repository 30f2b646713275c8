"""People and organisations by name; all organisations are invented."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from justice_world.places import Places
from piperoll.simulate.pools import Pool, read_pool


_FIRST = ("Northgate", "Harbour", "Kestrel", "Pennine", "Albion", "Severn", "Beacon", "Oakwell", "Castlegate", "Wyvern",
          "Marlowe", "Ridgeway", "Tamarisk", "Longmere", "Fenland", "Highcross", "Ashdown", "Brunel", "Calder",
          "Dovecote", "Eastmoor", "Foxhall", "Greenacre", "Hartwell", "Ironbridge")  # fmt: skip
_LENDERS = ("Building Society", "Home Loans Ltd", "Mortgages plc", "Bank plc")
_HOUSING = ("Housing Association", "Homes", "Housing Trust", "Community Homes Ltd", "Tai Cymdeithas")
_AGENTS = ('Lettings, Sales & "Homes" Ltd', "Properties Ltd", "Estates, Lettings & Co", "Residential LLP")
_DEALERS = ("Finance Ltd", "Water plc", "Energy plc", "Stores Ltd", "Credit, Collection & Co", "Telecom plc")


def _organisations(endings: tuple[str, ...]) -> Pool:
    texts = [f"{first} {ending}" for ending in endings for first in _FIRST]
    return Pool(texts, 1.0 / (1.0 + np.arange(len(texts))) ** 0.8)


LENDERS, HOUSING = _organisations(_LENDERS), _organisations(_HOUSING)
AGENTS, DEALERS = _organisations(_AGENTS), _organisations(_DEALERS)


@lru_cache(maxsize=1)
def pools() -> tuple[Pool, Pool]:
    """Forenames and surnames."""
    return read_pool("justice_world", "data/forenames.csv"), read_pool("justice_world", "data/surnames.csv")


def persons(rng: np.random.Generator, count: int) -> pl.Series:
    """Full names of adults."""
    forenames, surnames = pools()
    return forenames.draw(rng, count) + " " + surnames.draw(rng, count)


def councils(places: Places) -> pl.Series:
    """The council of each authority, by position."""
    return places.names + " Council"


def births(rng: np.random.Generator, on: np.ndarray, missing: float) -> pl.Series:
    """Dates of birth of people aged 18 to 90 on given days; a share of them not known."""
    years = np.clip(18 + rng.gamma(3.2, 8.0, len(on)), 18, 90)
    days = on - np.rint(years * 365.25 + rng.integers(0, 365, len(on)) * 0.1).astype(np.int64) - 1
    known = pl.Series(rng.random(len(on)) >= missing)
    return pl.select(pl.when(known).then(pl.Series(days))).to_series()


@dataclass(frozen=True)
class Claimants:
    """Who claims: a name, whether an organisation, and its sector, row by row."""

    name: pl.Series
    organisation: np.ndarray
    sector: pl.Series


def claimants(rng: np.random.Generator, subtype: str, authority: np.ndarray, places: Places) -> Claimants:
    """Claimants of possession claims of one kind against homes in the authorities given."""
    count = len(authority)
    chance = rng.random(count)
    if subtype == "MORTGAGE":
        return Claimants(LENDERS.draw(rng, count), np.ones(count, bool), _filled("MORT_LENDER", count))
    if subtype == "SOCIAL":
        council = chance < 0.55
        name = _choose(council, councils(places).gather(authority), HOUSING.draw(rng, count))
        sector = _choose(council, _filled("LOCAL_AUTH", count), _filled("RSL", count))
        return Claimants(name, np.ones(count, bool), sector)
    company = chance < (0.35 if subtype == "PRIVATE" else 0.45)
    name = _choose(company, AGENTS.draw(rng, count), persons(rng, count))
    return Claimants(name, company, _filled("PRIVATE", count))


def _filled(text: str, count: int) -> pl.Series:
    return pl.repeat(text, count, eager=True, dtype=pl.String)


def _choose(mask: np.ndarray, yes: pl.Series, no: pl.Series) -> pl.Series:
    return pl.select(pl.when(pl.Series(mask)).then(yes).otherwise(no)).to_series()
