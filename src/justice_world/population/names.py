"""What people are called, by the tradition they come from, their sex and their decade of birth.

Common names and their weights are read from ``data/population``; the long tail is composed from the parts that
surnames are made of (Ash-ford, Thorn-bury, Wil-kinson), and from other spellings of forenames. With them a million
people have some tens of thousands of surnames, of which the commoner follow the published frequencies and the rest
fall off as one over the rank.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
import polars as pl

from piperoll.simulate.pools import GroupedPool


FIRST_DECADE, DECADES = 1920, 8
TAIL_RANK = 1500  # the tail's k-th name has a weight of 1 / (TAIL_RANK + k), so that none outdoes a listed name
VARIANT_SHARE = 0.02  # of a name's bearers spell it in each of its other spellings
SPELLINGS = (
    ("ph", "f"), ("([^e])y$", r"\1ie"), ("ie$", "y"), ("ey$", "y"), ("ck", "k"), ("^C(?=[aolr])", "K"), ("ll", "l"),
    ("nn", "n"), ("([aeiou])n([aeiou])", r"\1nn\2"), ("th", "t"), ("ai", "ay"), ("ae", "ay"), ("ee", "i"),
    ("a$", "ah"), ("lyn$", "lynn"), ("([rlnd])i([nelc])", r"\1y\2"), ("ei", "ie"), ("oh", "o"), ("ou", "u"),
    ("^J(?=[aeo])", "Dj"), ("^S(?=[ao])", "Sh"), ("([ae])d$", r"\1t"), ("x", "ks"), ("z", "s"), ("ss", "s"),
)  # fmt: skip


@dataclass(frozen=True)
class Names:
    """A vocabulary of names and what is drawn from it; a name is its position.

    Attributes:
        texts: Every name once, fore- and surnames together, so that the two can be mistaken for each other.
        origins: Traditions; an origin is its position.
        shares: Of the population.
        forenames: Groups ``(origin * 2 + woman) * 8 + decade``.
        surnames: Groups ``origin * 2 + woman``.
        feminine: For each name the form that women bear (Kowalska), itself mostly.
        masculine: The other way.
        nick_start, nick_count, nicks: Short forms of each name: ``nicks[start : start + count]``.
        ethnicities: Codes (16+1) drawn by origin.
        codes: What `ethnicities` gives positions of.
        appearance: Officer-identified code of each origin.
    """

    texts: pl.Series
    origins: tuple[str, ...]
    shares: np.ndarray
    forenames: GroupedPool
    surnames: GroupedPool
    feminine: np.ndarray
    masculine: np.ndarray
    nick_start: np.ndarray
    nick_count: np.ndarray
    nicks: np.ndarray
    ethnicities: GroupedPool
    codes: tuple[str, ...]
    appearance: np.ndarray

    def origin(self, *keys: str) -> np.ndarray:
        """Positions of the traditions named."""
        return np.array([self.origins.index(key) for key in keys])

    def position(self, name: str) -> int:
        """Position of a name.

        Raises:
            KeyError: If nobody bears it.
        """
        found = self.texts.index_of(name)
        if found is None:
            raise KeyError(name)
        return found

    def nickname(self, rng: np.random.Generator, names: np.ndarray) -> np.ndarray:
        """A short form of each name, or the name where it has none."""
        count = self.nick_count[names]
        place = self.nick_start[names] + (rng.random(len(names)) * count).astype(np.int64)
        return np.where(count > 0, self.nicks[np.minimum(place, len(self.nicks) - 1)], names)


def _rows(name: str) -> list[dict[str, str]]:
    with resources.files("justice_world").joinpath(f"data/population/{name}.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


_THREE_EQUAL = re.compile(r"(.)\1\1")


class _Vocabulary(dict[str, int]):
    def __missing__(self, name: str) -> int:
        self[name] = len(self)
        return self[name]


@lru_cache(maxsize=1)
def read_names() -> Names:
    """The names of the simulated population."""
    origins = _rows("origins")
    keys = tuple(row["origin"] for row in origins)
    known = _Vocabulary()
    pairs = [(known[row["name"]], known[row["nickname"]]) for row in _rows("nicknames")]
    forenames = _forenames(keys, known)
    surnames, women = _surnames(origins, known)
    feminine = np.arange(len(known))
    for man, woman in women.items():
        feminine[man] = woman
    masculine = np.arange(len(known))
    masculine[list(women.values())] = list(women)
    pairs.sort()
    start = np.searchsorted([name for name, _ in pairs], np.arange(len(known)))
    codes = tuple(sorted({each.split(":")[0] for row in origins for each in row["ethnicities"].split()}))
    return Names(
        texts=pl.Series("name", list(known)),
        origins=keys,
        shares=np.array([float(row["share"]) for row in origins]),
        forenames=forenames,
        surnames=surnames,
        feminine=feminine,
        masculine=masculine,
        nick_start=start,
        nick_count=np.bincount([name for name, _ in pairs], minlength=len(known)),
        nicks=np.array([short for _, short in pairs]),
        ethnicities=GroupedPool([_weighted(row["ethnicities"].split(), codes) for row in origins]),
        codes=codes,
        appearance=np.array([int(row["appearance"]) for row in origins]),
    )


def _weighted(texts: list[str], codes: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    parts = [each.split(":") for each in texts]
    return np.array([codes.index(code) for code, _ in parts]), np.array([float(weight) for _, weight in parts])


def _forenames(origins: tuple[str, ...], known: _Vocabulary) -> GroupedPool:
    decades = [str(FIRST_DECADE + 10 * number + 4) for number in range(DECADES)]
    listed: dict[tuple[str, str], dict[str, np.ndarray]] = defaultdict(dict)
    for row in _rows("forenames"):
        listed[row["origin"], row["sex"]][row["name"]] = np.array([float(row[decade]) for decade in decades])
    groups = []
    for origin in origins:
        for sex in "MF":
            own = listed[origin, sex]
            for name in list(own):
                for other in spellings(name):
                    own[other] = own.get(other, 0) + own[name] * VARIANT_SHARE
            codes, weights = np.array([known[name] for name in own]), np.array(list(own.values()))
            groups += [(codes, weights[:, decade]) for decade in range(DECADES)]
    return GroupedPool(groups)


def spellings(name: str) -> list[str]:
    """Other ways in which parents spell a forename, by rule: at most five, each another than ``name``."""
    found = dict.fromkeys(re.sub(pattern, new, name, count=1) for pattern, new in SPELLINGS)
    return [each for each in found if each != name][:5]


def _surnames(origins: list[dict[str, str]], known: _Vocabulary) -> tuple[GroupedPool, dict[int, int]]:
    listed: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for row in _rows("surnames"):
        for sex in row["sex"] or "MF":
            listed[row["origin"], sex][row["name"]] = float(row["per_100000"])
    elements: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in _rows("elements"):
        elements[row["tradition"], row["part"]].append(row["text"])
    women: dict[int, int] = {}
    groups = []
    for row in origins:
        tail = _tail(row["elements"], elements)
        for sex in "MF":
            own = dict(listed[row["origin"], sex])
            rest = max(100_000 - sum(own.values()), 0.0)
            scale = rest / sum(tail.values()) if tail else 0.0
            for name, weight in tail.items():
                own[name] = own.get(name, 0.0) + weight * scale
            codes = np.array([known[name] for name in own])
            if row["origin"] == "polish" and sex == "F":
                for code, name in zip(codes, own, strict=True):
                    if name.endswith(("ski", "cki")):
                        women[int(code)] = known[name[:-1] + "a"]
                codes = np.array([women.get(int(code), code) for code in codes])
            groups.append((codes, np.array(list(own.values()))))
    return GroupedPool(groups), women


def _tail(mixture: str, elements: dict[tuple[str, str], list[str]]) -> dict[str, float]:
    """Composed surnames with their weights, by tradition in the shares given (``english:46 patronym:20``)."""
    out: dict[str, float] = {}
    for part in mixture.split():
        tradition, share = part.split(":")
        names = list(compose(elements[tradition, "first"], elements[tradition, "last"]))
        # An order that is neither the alphabet's nor chance's: a fixed shuffle.
        order = np.random.default_rng(len(names)).permutation(len(names))
        weights = 1.0 / (TAIL_RANK + np.arange(len(names)))
        for place, weight in zip(order.tolist(), weights * float(share) / weights.sum(), strict=True):
            out[names[place]] = out.get(names[place], 0.0) + weight
    return out


def compose(first: Iterable[str], last: Iterable[str]) -> Iterable[str]:
    """Every first part with every last part, once each; three equal letters in a row become two."""
    lasts = list(last)
    found = {_THREE_EQUAL.sub(r"\1\1", head + end): None for head in first for end in lasts}
    return (name for name in found if 4 <= len(name) <= 16)
