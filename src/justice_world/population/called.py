"""What each person of a chunk is called: families share names, sons are called after fathers, some names are double."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.population.names import DECADES, Names


_MIDDLE = {"british": 0.74, "irish": 0.66, "caribbean": 0.72, "african": 0.55, "hindu": 0.45, "muslim": 0.22}
_OTHER_MIDDLE = 0.15
_DOUBLE = 0.015  # a double-barrelled surname, in the traditions that have them
_DOUBLE_IN = ("british", "irish", "caribbean", "portuguese")
_SHARES, _PARTNER_SHARES = 0.92, 0.55  # of relatives, of partners, who bear the name of the first in the household
_SAME_NAMED = 0.10  # of sons who live with their father
_BY_SEX = ("muslim", "sikh")  # where a sister's surname is no brother's
_SECOND = 0.8  # of Sikhs without Singh or Kaur as a surname, who have it as their second name


@dataclass(frozen=True)
class Who:
    """Origin (position), whether a woman, and decade of birth (from 1920) of each person."""

    origin: np.ndarray
    woman: np.ndarray
    decade: np.ndarray

    @property
    def group(self) -> np.ndarray:
        """Positions in `Names.surnames`."""
        return self.origin * 2 + self.woman

    @property
    def fine(self) -> np.ndarray:
        """Positions in `Names.forenames`."""
        return self.group * DECADES + self.decade


@dataclass(frozen=True)
class Called:
    """Names of a chunk: the vocabulary with its double-barrelled names, their two halves, and who bears which."""

    texts: pl.Series
    parts: np.ndarray
    forename: np.ndarray
    middle: np.ndarray
    surname: np.ndarray


def draw_called(
    names: Names, rng: np.random.Generator, who: Who, head: np.ndarray, partner: np.ndarray, child: np.ndarray
) -> Called:
    """Names of people who live in households.

    Args:
        head: First person of each one's household; it comes before the others.
        partner, child: Who is that one's partner, or child; the rest are brothers and sisters.
    """
    count = len(head)
    forename = names.forenames.draw(rng, who.fine)
    again = names.forenames.draw(rng, who.fine)
    own = np.arange(count) != head
    forename = np.where(own & (forename == forename[head]), again, forename)
    called_after = child & ~who.woman & ~who.woman[head] & (rng.random(count) < _SAME_NAMED)
    forename = np.where(called_after, forename[head], forename)
    surname = names.surnames.draw(rng, who.group)
    texts, parts, surname = _double(names, rng, who, surname)
    same = own & (rng.random(count) < np.where(partner, _PARTNER_SHARES, _SHARES))
    same &= ~(np.isin(who.origin, names.origin(*_BY_SEX)) & (who.woman != who.woman[head]))
    surname = np.where(same, _sexed(names, surname[head], who.woman), surname)
    return Called(texts, parts, forename, _middle(names, rng, who, surname), surname)


def _sexed(names: Names, surname: np.ndarray, woman: np.ndarray) -> np.ndarray:
    single = surname < len(names.texts)
    plain = np.where(single, surname, 0)
    return np.where(single, np.where(woman, names.feminine[plain], names.masculine[plain]), surname)


def _double(
    names: Names, rng: np.random.Generator, who: Who, surname: np.ndarray
) -> tuple[pl.Series, np.ndarray, np.ndarray]:
    may = np.isin(who.origin, names.origin(*_DOUBLE_IN)) & (rng.random(len(surname)) < _DOUBLE)
    second = names.surnames.draw(rng, who.group)
    rows = np.flatnonzero(may & (second != surname))
    base = len(names.texts)
    parts = np.full((base + len(rows), 2), -1)
    parts[base:, 0], parts[base:, 1] = surname[rows], second[rows]
    joined = names.texts.gather(surname[rows]) + "-" + names.texts.gather(second[rows])
    out = surname.copy()
    out[rows] = base + np.arange(len(rows))
    return pl.concat([names.texts, joined]), parts, out


def _middle(names: Names, rng: np.random.Generator, who: Who, surname: np.ndarray) -> np.ndarray:
    chance = np.array([_MIDDLE.get(origin, _OTHER_MIDDLE) for origin in names.origins])[who.origin]
    middle = np.where(rng.random(len(surname)) < chance, names.forenames.draw(rng, who.fine), -1)
    singh, kaur = names.position("Singh"), names.position("Kaur")
    sikh = (who.origin == names.origin("sikh")[0]) & (surname != singh) & (surname != kaur)
    sikh &= rng.random(len(surname)) < _SECOND
    return np.where(sikh, np.where(who.woman, kaur, singh), middle)


def draw_alias(
    names: Names, rng: np.random.Generator, who: Who, called: Called, share: float
) -> tuple[np.ndarray, np.ndarray]:
    """Other forenames and surnames of a share of people, -1 for the rest.

    Half of them keep their forename, and half of the others shorten it.
    """
    count = len(who.origin)
    has = rng.random(count) < share
    other = names.forenames.draw(rng, who.fine)
    short = names.nickname(rng, called.forename)
    chance = rng.random(count)
    forename = np.where(chance < 0.5, called.forename, np.where(chance < 0.75, short, other))
    surname = names.surnames.draw(rng, who.group)
    return np.where(has, forename, -1), np.where(has, surname, -1)
