"""Providers' offices, who sends for them, and small draws that the systems of legal aid share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.people import births, persons
from piperoll.periods import Period
from piperoll.simulate.streams import Streams


OFFICES = 4_500  # of providers with a contract, in England and Wales
FEWEST = 60
LSC, LAA, LAA_FROM = "LSC", "LAA", Period.parse("2013-04")
_LETTERS = np.array(list("ABCDEFGHJKLMNPQRSTUVWXYZ"))
NINO_FIRST, NINO_SECOND, NINO_LAST = (
    np.array(list(each)) for each in ("ACEHJLMOPRSWXY", "ABCEGHJKLMNPRSTWXYZ", "ABCD")
)
NO_POSTCODE = 0.06  # of clients: no fixed home, or not asked
NO_NINO = 0.12
_DISTRICTS = tuple(f"{a}{b}{n}" for a in "QVX" for b in "ABCDE" for n in (10, 11, 12))


@dataclass(frozen=True)
class Offices:
    """Account numbers, and how much work each office does (adds up to 1)."""

    accounts: pl.Series
    work: np.ndarray

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Positions of the offices that do ``count`` pieces of work."""
        return np.searchsorted(np.cumsum(self.work)[:-1], rng.random(count), side="right")


def read_offices(scale: float, streams: Streams) -> Offices:
    """Offices at a scale; a few large ones do much of the work."""
    rng = streams.of("legal aid", "offices")
    count = max(round(OFFICES * scale), FEWEST)
    number = np.arange(count)
    serial = (number * 7 + 101) % 1000
    accounts = [
        f"{n % 10}{_LETTERS[n // 1000 % len(_LETTERS)]}{s:03d}{_LETTERS[n % len(_LETTERS)]}"
        for n, s in zip(number.tolist(), serial.tolist(), strict=True)
    ]
    work = rng.gamma(0.8, 1.0, count)
    return Offices(pl.Series(accounts), work / work.sum())


def supplier(month: Period) -> str:
    """Whose systems send for a month."""
    return LAA if month.start >= LAA_FROM.start else LSC


def days(rng: np.random.Generator, month: Period, count: int) -> np.ndarray:
    """Days of a month, as days since 1970, drawn evenly."""
    return _day(month.start) + rng.integers(0, (month.end - month.start).days + 1, count)


def _day(day: object) -> int:
    return int(np.datetime64(str(day), "D").astype(np.int64))


def last_day(month: Period) -> int:
    """The last day of a month, as days since 1970."""
    return _day(month.end)


def dates(values: np.ndarray, keep: np.ndarray | None = None) -> pl.Series:
    """Days since 1970 as dates, null where ``keep`` is false."""
    found = pl.Series(values.astype(np.int64).astype("datetime64[D]"))
    return found if keep is None else pl.select(pl.when(pl.Series(keep)).then(found)).to_series()


def choose(rng: np.random.Generator, shares: dict[str, float], count: int) -> pl.Series:
    """Texts, each with its share; the empty text is null."""
    edges = np.cumsum(list(shares.values()))
    place = np.searchsorted(edges[:-1] / edges[-1], rng.random(count), side="right")
    found = pl.Series(list(shares), dtype=pl.String).gather(place)
    return pl.select(pl.when(found != "").then(found)).to_series()


def money(rng: np.random.Generator, middle: float, count: int, most: float) -> np.ndarray:
    """Pounds and pence about ``middle``, at most ``most``; as whole pence."""
    return np.minimum(np.rint(100 * middle * np.exp(0.5 * rng.standard_normal(count))), 100 * most).astype(np.int64)


def pounds(pence: np.ndarray, keep: np.ndarray | None = None) -> pl.Series:
    """Whole pence as pounds with two places, null where ``keep`` is false."""
    found = (pl.Series(pence.astype(np.int64)).cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(12, 2))
    return found if keep is None else pl.select(pl.when(pl.Series(keep)).then(found)).to_series()


@dataclass(frozen=True)
class Clients:
    """Invented people: name, date of birth (days since 1970), National Insurance number, postcode."""

    name: pl.Series
    born: np.ndarray
    nino: pl.Series
    postcode: pl.Series


def clients(rng: np.random.Generator, on: np.ndarray) -> Clients:
    """Adults on the days given."""
    count = len(on)
    name = persons(rng, count)
    born = births(rng, on, 0.0).to_numpy().astype(np.int64)
    area = pl.Series(_DISTRICTS).gather(rng.integers(0, len(_DISTRICTS), count))
    inward = pl.Series(rng.integers(0, 10, count)).cast(pl.String) + "AB"
    place = pl.select(pl.when(pl.Series(rng.random(count) >= NO_POSTCODE)).then(area + " " + inward)).to_series()
    return Clients(name, born, ninos(rng, count), place)


def ninos(rng: np.random.Generator, count: int, missing: float = NO_NINO) -> pl.Series:
    """National Insurance numbers of the right form, some not known."""
    first, second, last = (
        pl.Series(letters[rng.integers(0, len(letters), count)].tolist(), dtype=pl.String)
        for letters in (NINO_FIRST, NINO_SECOND, NINO_LAST)
    )
    digits = pl.Series(rng.integers(1, 1_000_000, count)).cast(pl.String).str.zfill(6)
    return pl.select(pl.when(pl.Series(rng.random(count) >= missing)).then(first + second + digits + last)).to_series()
