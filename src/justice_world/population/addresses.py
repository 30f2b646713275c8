"""Where people live: towns, postcode districts and postcodes that no map has, and the homes a person had in turn.

Areas begin with Q, V or X, which Royal Mail gives to no place. Towns differ in size; each has a few districts, each
district some hundreds of postcodes. A postcode is ``district * UNITS + unit``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl


UNITS = 600
MOVES = 3
NEVER = 1 << 40
_AREAS = [first + second for second in "ABCDEFGHKLMNOPRSTUWXY" for first in "QVX"]
_TOWNS = 315
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_IN_DISTRICT, _IN_TOWN = 0.31, 0.40  # of moves: same district; another of the same town; the rest go elsewhere
_STEMS = ("Ash", "Brad", "Cal", "Dun", "East", "Fen", "Grim", "Hal", "Ing", "Kirk", "Lang", "Mar", "Nor", "Oak", "Pen",
          "Rad", "Stan", "Thorn", "Up", "Wal", "Wick")  # fmt: skip
_ENDS = ("bridge", "bury", "combe", "field", "ford", "gate", "ham", "hurst", "ley", "minster", "mouth", "port", "stead",
         "ton", "well")  # fmt: skip


@dataclass(frozen=True)
class Geography:
    """Towns and their districts, side by side.

    Attributes:
        towns: Names.
        districts: Outward codes.
        town: Town of each district.
        first, count: Where each town's districts begin, and how many they are.
        edges: Upper edges of the districts' shares of the population.
        inward: Inward codes; a district uses every sixth of them.
    """

    towns: pl.Series
    districts: pl.Series
    town: np.ndarray
    first: np.ndarray
    count: np.ndarray
    edges: np.ndarray
    inward: pl.Series

    def homes(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Postcodes for ``count`` households."""
        district = np.searchsorted(self.edges, np.minimum(rng.random(count), 1 - 1e-12), side="right")
        return district * UNITS + rng.integers(0, UNITS, count)

    def moved(self, rng: np.random.Generator, homes: np.ndarray) -> np.ndarray:
        """Another postcode for each home, mostly not far away."""
        district = homes // UNITS
        chance = rng.random(len(homes))
        town = self.town[district]
        beside = self.first[town] + (rng.random(len(homes)) * self.count[town]).astype(np.int64)
        far = self.homes(rng, len(homes)) // UNITS
        district = np.where(chance < _IN_DISTRICT, district, np.where(chance < _IN_DISTRICT + _IN_TOWN, beside, far))
        return district * UNITS + rng.integers(0, UNITS, len(homes))

    def postcodes(self, homes: np.ndarray) -> pl.Series:
        """Written out, with a space."""
        district = homes // UNITS
        return self.districts.gather(district) + " " + self.inward.gather(homes % UNITS * 6 + district % 6)

    def town_names(self, homes: np.ndarray) -> pl.Series:
        """The town of each home."""
        return self.towns.gather(self.town[homes // UNITS])

    def forces(self, homes: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """The police force (of ``codes``) of each home's town."""
        return codes[self.town[homes // UNITS] % len(codes)]


@lru_cache(maxsize=1)
def geography() -> Geography:
    """The country in which the population lives."""
    names = [stem + end for end in _ENDS for stem in _STEMS][:_TOWNS]
    weights = 1.0 / (6.0 + np.arange(_TOWNS)) ** 0.8
    count = np.clip(np.rint(weights / weights.mean() * 8).astype(np.int64), 2, 18)
    first = np.cumsum(count) - count
    town = np.repeat(np.arange(_TOWNS), count)
    number = np.arange(len(town)) - first[town]
    per_area = _TOWNS // len(_AREAS)
    codes = [
        f"{_AREAS[place // per_area]}{10 + place % per_area * 18 + at}" for place, at in zip(town, number, strict=True)
    ]
    shares = np.cumsum((weights / count)[town])
    return Geography(
        towns=pl.Series("town", names),
        districts=pl.Series("postcode", codes),
        town=town,
        first=first,
        count=count,
        edges=shares / shares[-1],
        inward=pl.Series("inward", [f"{digit}{a}{b}" for a in _LETTERS for b in _LETTERS for digit in range(10)]),
    )


@dataclass(frozen=True)
class Homes:
    """The homes of people in turn.

    Attributes:
        postcode: people x (MOVES + 1).
        until: people x MOVES: day on which each home but the last is left, ``NEVER`` if it is not.
    """

    postcode: np.ndarray
    until: np.ndarray

    def at(self, person: np.ndarray, day: np.ndarray) -> np.ndarray:
        """The postcode of each person on a day."""
        return self.postcode[person, (day[:, None] >= self.until[person]).sum(axis=1)]


def lives(rng: np.random.Generator, first: np.ndarray, start: int, end: int, moves: float) -> Homes:
    """Homes from day ``start`` to ``end``, beginning with ``first``.

    Some move often and most hardly ever: a person's mean number of moves is itself a gamma variate of shape .6 about
    ``moves``.
    """
    people = len(first)
    often = rng.poisson(rng.gamma(0.6, moves / 0.6, people))
    days = np.sort(rng.integers(start, end, (people, MOVES)), axis=1)
    # Days are kept from the last backwards, so that one move may fall anywhere in the time.
    until = np.full((people, MOVES), NEVER)
    for number in range(1, MOVES + 1):
        some = np.flatnonzero(np.minimum(often, MOVES) == number)
        until[some, :number] = np.sort(rng.permuted(days[some], axis=1)[:, :number], axis=1)
    here = [first]
    for _ in range(MOVES):
        here.append(geography().moved(rng, here[-1]))
    return Homes(np.stack(here, axis=1), until)
