"""Everybody else who lives in England and Wales: whoever is asked for is found by number, and nobody else is drawn.

A resident's number tells sex, day of birth and a serial; all else follows from the number and the seed, so that every
room that meets a number meets the same person, in whatever order rooms ask, and no memory is needed. About 700,000
children were born in a year (Office for National Statistics, births in England and Wales), which is 960 of either sex
a day. A woman and a man of one serial are a couple, with years between them that the serial tells; a mother's children
are numbered after her.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.places import Places
from justice_world.population.names import DECADES, FIRST_DECADE, Names, read_names
from piperoll.simulate.days import years
from piperoll.simulate.streams import Streams


BORN_A_DAY = 960  # of either sex
MOST_CHILDREN = 6  # in a family: serials in turn have one to this many
FIRST, CHILDREN = 10**9, 10**10  # numbers of residents begin here, and those of their children; offenders' lie below
YEAR = 365.25
_EPOCH = int(np.datetime64("1880-01-01").astype(np.int64))
_OF_A_MOTHER = 8
_TOGETHER, _MARRIED = 0.65, 0.72  # of couples, who live together; where she took his name
_FATHERS_NAME = 0.75  # of children of parents who live together but do not share a name
_DOUBLE_FIRST = 0.03  # of families, the two youngest are twins
_MIX = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)  # constants of SplitMix64 (Steele and others, 2014)


@dataclass(frozen=True)
class Residents:
    """The residents of one world.

    Attributes:
        size: People of either sex born on a day; of a whole country `BORN_A_DAY`.
    """

    streams: Streams
    places: Places
    names: Names
    size: int

    @classmethod
    def of(cls, streams: Streams, places: Places, share: float) -> Residents:
        """A share of the country's people, at least one family of each size for a day."""
        size = MOST_CHILDREN * max(round(BORN_A_DAY * share / MOST_CHILDREN), 1)
        return cls(streams, places, read_names(), min(size, BORN_A_DAY))

    def adults(self, rng: np.random.Generator, woman: np.ndarray, born: np.ndarray, whole: bool = False) -> np.ndarray:
        """Numbers of people of this sex born on these days (since 1970); of the ``whole`` country or the share."""
        return _number(woman, born, rng.integers(0, BORN_A_DAY if whole else self.size, len(born)))

    def mothers(self, rng: np.random.Generator, on: np.ndarray, age: np.ndarray, children: np.ndarray) -> np.ndarray:
        """Mothers of so many children on a day, all of them below 17.

        Args:
            age: Of the youngest in years, below 17 for an only child; of more it is less by what the eldest is ahead.
        """
        serial = children - 1 + MOST_CHILDREN * rng.integers(0, self.size // MOST_CHILDREN, len(on))
        eldest = self._spacing(serial)[np.arange(len(on)), np.maximum(children - 1, 0)]
        days = np.rint(age / 17 * (16.95 * YEAR - eldest)).astype(np.int64)
        return _number(np.ones(len(on), bool), on - days - 1 - self._motherhood(serial), serial)

    def partners(self, number: np.ndarray) -> np.ndarray:
        """The other one of each couple."""
        woman, born, serial = _parts(number)
        apart = self._apart(serial)
        return _number(~woman, np.where(woman, born - apart, born + apart), serial)

    def apart(self, number: np.ndarray) -> np.ndarray:
        """Days by which the woman of a couple is younger than the man."""
        return self._apart(_parts(number)[2])

    def children(self, mother: np.ndarray, place: np.ndarray) -> np.ndarray:
        """The number of a mother's child, from 0 for the youngest."""
        return CHILDREN + mother * _OF_A_MOTHER + place

    def who(self, number: np.ndarray, on: np.ndarray) -> pl.DataFrame:
        """Who people are on days since 1970.

        Gives ``person``, ``forename``, ``surname``, ``maiden`` (surname at birth), ``woman``, ``born`` (days),
        ``ethnicity`` (16+1), ``household`` (number of the mother or the woman, else the person's own), ``authority``
        (position) and ``postcode`` of the household's home.
        """
        child = number >= CHILDREN
        mother = np.where(child, (number - CHILDREN) // _OF_A_MOTHER, number)
        woman, born, serial = _parts(mother)
        place = np.where(child, (number - CHILDREN) % _OF_A_MOTHER, 0)
        later = self._motherhood(serial) - self._spacing(serial)[np.arange(len(serial)), place]
        own_woman = np.where(child, self._chance("girl", number) < 0.49, woman)
        own_born = np.where(child, born + later, born)
        couple = np.where(woman, mother, self.partners(mother))
        his = np.where(woman, self.partners(mother), mother)
        origin = np.searchsorted(np.cumsum(self.names.shares)[:-1], self._chance("origin", couple), side="right")
        wedding = _parts(couple)[1] + ((19 + 12 * self._chance("wedding", couple)) * YEAR).astype(np.int64)
        together = (self._chance("together", couple) < _TOGETHER) & (on >= wedding)
        married = (self._chance("married", couple) < _MARRIED) & (on >= wedding)
        hers = self._surname(couple, origin, True)
        fathers = self._surname(his, origin, False)
        maiden = np.where(woman, hers, fathers)
        surname = np.where(woman & married, fathers, maiden)
        after = np.where(married | (together & (self._chance("name", couple) < _FATHERS_NAME)), fathers, hers)
        group = (origin * 2 + own_woman) * DECADES
        decade = np.clip((years(own_born) - FIRST_DECADE) // 10, 0, DECADES - 1)
        household = np.where(child | woman | together, couple, number)
        forename = self.names.forenames.at(group + decade, self._chance("forename", number))
        edges = np.cumsum(self.places.households)
        authority = np.searchsorted(edges[:-1] / edges[-1], self._chance("authority", household), side="right")
        ethnicity = self.names.ethnicities.at(origin, self._chance("ethnicity", couple))
        return pl.DataFrame({
            "person": number,
            "forename": self.names.texts.gather(forename),
            "surname": self.names.texts.gather(np.where(child, after, surname)),
            "maiden": self.names.texts.gather(np.where(child, after, maiden)),
            "woman": own_woman,
            "born": own_born,
            "ethnicity": pl.Series(list(self.names.codes)).gather(ethnicity),
            "household": household,
            "authority": authority,
            "postcode": self.places.postcodes_at(authority, self._chance("home", household)),
        })  # fmt: skip

    def _surname(self, number: np.ndarray, origin: np.ndarray, woman: bool) -> np.ndarray:
        return self.names.surnames.at(origin * 2 + woman, self._chance("surname", number))

    def _apart(self, serial: np.ndarray) -> np.ndarray:
        """Between half a year less and nine years more."""
        return np.rint((9.5 * self._chance("apart", serial) ** 1.5 - 0.5) * YEAR).astype(np.int64)

    def _motherhood(self, serial: np.ndarray) -> np.ndarray:
        """Days from a mother's birth to that of her youngest: she was 17 to 35 at that of her eldest."""
        eldest = self._spacing(serial)[np.arange(len(serial)), serial % MOST_CHILDREN]
        return eldest + np.rint((17.5 + 17 * self._chance("motherhood", serial)) * YEAR).astype(np.int64)

    def _spacing(self, serial: np.ndarray) -> np.ndarray:
        """Days by which each child of a family is older than the youngest, people x `MOST_CHILDREN`."""
        steps = [np.zeros(len(serial))]
        for place in range(1, MOST_CHILDREN):
            step = (1.0 + 1.6 * self._chance(f"step {place}", serial)) * YEAR
            twins = (place == 1) & (self._chance("twins", serial) < _DOUBLE_FIRST)
            steps.append(steps[-1] + np.where(twins, 0.0, step))
        return np.rint(np.stack(steps, axis=1)).astype(np.int64)

    def _chance(self, what: str, number: np.ndarray) -> np.ndarray:
        """A share from 0 to 1 that belongs to each number, another one for each thing it decides."""
        digest = hashlib.sha256(f"{self.streams.seed}\x1f{what}".encode()).digest()
        first, second, third = (np.uint64(each) for each in _MIX)
        mixed = number.astype(np.uint64) * first + np.uint64(int.from_bytes(digest[:8], "big"))
        for shift, factor in ((30, second), (27, third)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * factor
        return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / 2.0**53


def _number(woman: np.ndarray, born: np.ndarray, serial: np.ndarray) -> np.ndarray:
    return FIRST + ((born - _EPOCH) * 2 + woman) * BORN_A_DAY + serial


def _parts(number: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whether a woman, day of birth, and serial."""
    day, serial = np.divmod(number - FIRST, BORN_A_DAY)
    return day % 2 == 1, day // 2 + _EPOCH, serial
