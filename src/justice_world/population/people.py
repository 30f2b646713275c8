"""Who the people are: sex, birth, origin, names, household, twins, and the numbers they are given for life.

Four of five are men (men were 80 to 85 % of those sentenced in the years simulated, Statistics on Women and the
Criminal Justice System, Ministry of Justice); ages in 2010 are most often about 19 to 25. A chunk of people is drawn
whole from streams of its own, so that a population is the same however it is divided into files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.population.addresses import Homes, geography, lives
from justice_world.population.called import Who, draw_alias, draw_called
from justice_world.population.names import DECADES, FIRST_DECADE, Names
from justice_world.population.numbers import PER_CHUNK, Numbers, deal_numbers
from justice_world.population.rates import Rates
from piperoll.simulate.streams import Streams


CHUNK = PER_CHUNK
START = int(np.datetime64("2008-01-01").astype(np.int64))
END = int(np.datetime64("2012-01-01").astype(np.int64))
_EARLIEST, _LATEST = 1925, 1998
_MEN = 0.85  # of those who are nobody's partner; partners are of the other sex
_SIZES = (0.62, 0.21, 0.11, 0.06)  # households with 1, 2, 3, 4 people in the population
_TWINS = 0.015
_HEAD, _SIBLING, _CHILD, _PARTNER = range(4)
_FIRST_OF_JANUARY = ("somali", "arab", "muslim")  # where many births are registered as of the first of January
_JANUARY = 0.06


@dataclass(frozen=True)
class People:
    """A chunk of people; a person is a position, a name is one in ``texts``, -1 is none.

    Attributes:
        chunk: Number of the chunk; person ``i`` is number ``chunk * CHUNK + i`` of the population.
        texts: Vocabulary of names, with the double-barrelled ones of this chunk.
        parts: For each name its halves, -1 where it has none.
        woman, origin, ethnicity: Of each; the last two positions in `Names`.
        born: Days since 1970.
        household, twin_of: Positions; the household's is its first person's, and -1 is no twin.
        forename, middle, surname: As from the start.
        later: Surname from day ``renamed`` on.
        alias_forename, alias_surname: A second name that police and prisons know of.
        homes: Where they live when.
        numbers: What they are numbered by.
    """

    chunk: int
    texts: pl.Series
    parts: np.ndarray
    woman: np.ndarray
    origin: np.ndarray
    ethnicity: np.ndarray
    born: np.ndarray
    household: np.ndarray
    twin_of: np.ndarray
    forename: np.ndarray
    middle: np.ndarray
    surname: np.ndarray
    later: np.ndarray
    renamed: np.ndarray
    alias_forename: np.ndarray
    alias_surname: np.ndarray
    homes: Homes
    numbers: Numbers

    def __len__(self) -> int:
        return len(self.born)


def draw_people(names: Names, streams: Streams, chunk: int, count: int, rates: Rates, end: int = END) -> People:
    """The people of one chunk.

    Args:
        count: How many, at most `CHUNK`.
        end: Day after the last of their lives that is told of, since 1970.
    """
    longer = (end - START) / (END - START)
    rng = streams.of("people", chunk)
    head, role = _households(rng, count)
    origin = np.searchsorted(np.cumsum(names.shares)[:-1], rng.random(count), side="right")[head]
    woman = (rng.random(count) >= _MEN) & (role != _PARTNER)
    woman = np.where(role == _PARTNER, ~woman[head], woman)
    year = np.clip(np.rint(1998 - rng.gamma(1.9, 9.0, count)).astype(np.int64), _EARLIEST, _LATEST)
    year, role = _ages(rng, year, head, role)
    born = _birthdays(rng, year)
    january = np.isin(origin, names.origin(*_FIRST_OF_JANUARY)) & (rng.random(count) < _JANUARY)
    born = np.where(january, _first_days(year), born)
    twin_of = _twins(rng, role, head)
    twin = twin_of >= 0
    born[twin] = born[twin_of[twin]]
    alike = twin & (rng.random(count) < 0.66)
    woman[alike] = woman[twin_of[alike]]
    who = Who(origin, woman, np.clip((year - FIRST_DECADE) // 10, 0, DECADES - 1))
    called = draw_called(names, rng, who, head, role == _PARTNER, role == _CHILD)
    also = streams.of("other names", chunk)
    renamed = woman & (also.random(count) < rates.renamed * longer) & (born < end - 18 * 365)
    alias_forename, alias_surname = draw_alias(names, also, who, called, rates.alias)
    return People(
        chunk=chunk,
        texts=called.texts,
        parts=called.parts,
        woman=woman,
        origin=origin,
        ethnicity=names.ethnicities.draw(rng, origin),
        born=born,
        household=head,
        twin_of=twin_of,
        forename=called.forename,
        middle=called.middle,
        surname=called.surname,
        later=np.where(renamed, names.surnames.draw(also, who.group), called.surname),
        renamed=np.where(renamed, also.integers(START - 300, end, count), START - 1),
        alias_forename=alias_forename,
        alias_surname=alias_surname,
        homes=lives(streams.of("homes", chunk), geography().homes(rng, count)[head], START, end, rates.moves * longer),
        numbers=deal_numbers(streams.of("numbers", chunk), chunk, year, rates, _year(end) - 1),
    )


def _year(day: int) -> int:
    return int(np.int64(day).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)) + 1970


def _households(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The first person of each one's household, and each one's role."""
    sizes = 1 + np.searchsorted(np.cumsum(_SIZES)[:-1], rng.random(count), side="right")
    household = np.repeat(np.arange(count), sizes)[:count]
    head = np.searchsorted(household, household)
    role = np.searchsorted([0.45, 0.80], rng.random(count), side="right") + 1
    return head, np.where(head == np.arange(count), _HEAD, role)


def _ages(
    rng: np.random.Generator, year: np.ndarray, head: np.ndarray, role: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Years of birth that fit the roles; who cannot be a child of the head, being too old, is a sibling."""
    count = len(year)
    apart = rng.integers(18, 39, count)
    role = np.where((role == _CHILD) & (year[head] + 18 > _LATEST - 3), _SIBLING, role)
    year = np.where(role == _CHILD, np.minimum(year[head] + apart, _LATEST), year)
    near = np.where(role == _SIBLING, 1 + rng.integers(0, 8, count), rng.integers(0, 6, count))
    near = np.where(rng.random(count) < 0.5, -near, near)
    beside = np.isin(role, (_SIBLING, _PARTNER))
    return np.clip(np.where(beside, year[head] + near, year), _EARLIEST, _LATEST), role


def _birthdays(rng: np.random.Generator, year: np.ndarray) -> np.ndarray:
    first = _first_days(year)
    return first + (rng.random(len(year)) * (_first_days(year + 1) - first)).astype(np.int64)


def _first_days(year: np.ndarray) -> np.ndarray:
    return (year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)


def _twins(rng: np.random.Generator, role: np.ndarray, head: np.ndarray) -> np.ndarray:
    """For some who stand second in a household as a sibling, their head as twin; elsewhere -1."""
    may = (role == _SIBLING) & (head == np.arange(len(role)) - 1)
    chosen = may & (rng.random(len(role)) < _TWINS / 2 / max(may.mean(), 1e-9))
    return np.where(chosen, head, -1)
