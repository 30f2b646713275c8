"""What a record makes of a name, a date of birth and a home: the errors of `Rates`, a source's column at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.population.names import Names
from justice_world.population.people import People
from justice_world.population.rates import Rates
from piperoll.simulate.errors import (
    Dates,
    first_of_january,
    miscode,
    misheard,
    mistype,
    off_by_years,
    one_digit,
    swapped,
)


@dataclass(frozen=True)
class Written:
    """The names on records."""

    forename: pl.Series
    middle: pl.Series
    surname: pl.Series


class Vocabulary:
    """Names by position, with what errors add to them."""

    def __init__(self, texts: pl.Series) -> None:
        self._parts, self._count = [texts], len(texts)

    def texts(self, codes: np.ndarray) -> pl.Series:
        """The names at these positions, null at -1."""
        known = pl.concat(self._parts) if len(self._parts) > 1 else self._parts[0]
        self._parts = [known]
        names = known.gather(np.maximum(codes, 0))
        return pl.select(pl.when(pl.Series(codes >= 0)).then(names)).to_series()

    def add(self, texts: pl.Series) -> np.ndarray:
        """Positions of more names."""
        self._parts.append(texts.rename(self._parts[0].name))
        self._count += len(texts)
        return np.arange(self._count - len(texts), self._count)


def names_written(
    people: People, names: Names, rng: np.random.Generator, person: np.ndarray, day: np.ndarray, rates: Rates
) -> Written:
    """Names as written for these people on these days: other names first, slips after them, swapped fields last."""
    count = len(person)
    forename, middle = people.forename[person], people.middle[person]
    surname = np.where(day >= people.renamed[person], people.later[person], people.surname[person])
    alias = (people.alias_forename[person] >= 0) & (rng.random(count) < rates.under_alias)
    forename = np.where(alias, people.alias_forename[person], forename)
    surname = np.where(alias, people.alias_surname[person], surname)
    rows = np.flatnonzero(rng.random(count) < rates.nickname)
    forename[rows] = names.nickname(rng, forename[rows])
    halves = people.parts[surname]
    half = (halves[:, 0] >= 0) & (rng.random(count) < rates.half)
    surname = np.where(half, np.where(rng.random(count) < 0.5, halves[:, 0], halves[:, 1]), surname)
    first = (middle >= 0) & (rng.random(count) < rates.middle_first)
    forename, middle = np.where(first, middle, forename), np.where(first, forename, middle)
    lost = rng.random(count) < rates.middle_lost
    added = np.flatnonzero((middle < 0) & (rng.random(count) < rates.middle_added))
    middle = np.where(lost, -1, middle)
    middle[added] = people.forename[rng.integers(0, len(people), len(added))]
    words = Vocabulary(people.texts)
    for codes, share in ((forename, 0.45), (surname, 0.55), (middle, 0.5)):
        for spoil, rate in ((misheard, rates.hearing), (mistype, rates.typing)):
            rows = np.flatnonzero((rng.random(count) < rate * share) & (codes >= 0))
            if len(rows):
                codes[rows] = words.add(_capital(spoil(rng, words.texts(codes[rows]))))
    turned = rng.random(count) < rates.swapped
    forename, surname = np.where(turned, surname, forename), np.where(turned, forename, surname)
    return Written(words.texts(forename), words.texts(middle), words.texts(surname))


def _capital(texts: pl.Series) -> pl.Series:
    """Names whose first letter a slip has made small, as a clerk would still write them."""
    small = texts.str.contains(r"^\p{Ll}")
    return pl.select(pl.when(small).then(texts.str.to_titlecase()).otherwise(texts)).to_series()


def births_written(
    people: People,
    rng: np.random.Generator,
    person: np.ndarray,
    rates: Rates,
    impossible: bool,
    may_miss: bool,
    sentinel: bool,
) -> pl.Series:
    """Dates of birth as written.

    Args:
        impossible: Whether the source takes 31 February.
        may_miss: Whether a date may be missing.
        sentinel: Whether the source writes 1900-01-01 where it has none.
    """
    dates = Dates.of(people.born[person])
    chance = rng.random(len(person))
    kinds = (rates.date_digit, rates.date_swapped, rates.date_january, rates.date_year, rates.date_far,
             rates.date_other)  # fmt: skip
    kind = np.searchsorted(np.cumsum(kinds), chance, side="right")
    for number in range(len(kinds)):
        rows = np.flatnonzero(kind == number)
        some = dates.take(rows)
        if number == 0:
            some = one_digit(rng, some, impossible)
        elif number == 1:
            some = swapped(some)
        elif number == 2:
            some = first_of_january(some)
        elif number == 3:
            some = off_by_years(rng, some)
        elif number == 4:
            some = off_by_years(rng, Dates(some.year, some.month, rng.integers(1, 29, len(rows))), 4)
        else:
            some = Dates.of(people.born[rng.integers(0, len(people), len(rows))])
        dates = dates.put(rows, some)
    texts = dates.texts()
    if not may_miss:
        return texts
    missing = pl.Series(rng.random(len(person)) < rates.date_missing)
    instead = pl.lit("1900-01-01") if sentinel else pl.lit(None, dtype=pl.String)
    return pl.select(pl.when(missing).then(instead).otherwise(texts)).to_series()


def codes_written(rng: np.random.Generator, values: pl.Series, keep: np.ndarray, rate: float) -> pl.Series:
    """Identifiers as written: null where ``keep`` is not, one character wrong in a share ``rate`` of the others."""
    values = pl.select(pl.when(pl.Series(keep)).then(values)).to_series()
    return spoil_some(rng, values, rate)


def spoil_some(rng: np.random.Generator, values: pl.Series, rate: float) -> pl.Series:
    """Codes with one character wrong in a share of those that are not null."""
    rows = np.flatnonzero((rng.random(len(values)) < rate) & values.is_not_null().to_numpy())
    if not len(rows):
        return values
    place = np.arange(len(values))
    place[rows] = len(values) + np.arange(len(rows))
    return pl.concat([values, miscode(rng, values.gather(rows)).rename(values.name)]).gather(place)


def sexes_written(people: People, rng: np.random.Generator, person: np.ndarray, rates: Rates) -> pl.Series:
    """1 male, 2 female, 0 not known, 9 not specified, or nothing."""
    woman = people.woman[person] ^ (rng.random(len(person)) < rates.sex_wrong)
    chance = rng.random(len(person)) / max(rates.sex_missing, 1e-12)
    code = np.searchsorted([0.5, 0.7, 1.0], chance, side="right")
    place = np.where(code < 3, code, 3 + woman)
    return pl.Series("sex", ["0", "9", None, "1", "2"], dtype=pl.String).gather(place)


def ethnicities_written(
    people: People, names: Names, rng: np.random.Generator, person: np.ndarray, rates: Rates, observed: bool
) -> pl.Series:
    """Self-defined codes (16+1), or the officer's code 1 to 6 (0 unknown) where ``observed``."""
    count = len(person)
    missing, other = rng.random(count) < rates.ethnicity_missing, rng.random(count) < rates.ethnicity_other
    if observed:
        seen = np.where(other, rng.integers(1, 7, count), names.appearance[people.origin[person]])
        return pl.Series("ethnicity", [str(code) for code in range(7)]).gather(np.where(missing, 0, seen))
    code = np.where(other, names.ethnicities.draw(rng, people.origin[person]), people.ethnicity[person])
    code = np.where(missing, names.codes.index("NS"), code)
    return pl.Series("ethnicity", list(names.codes)).gather(code)
