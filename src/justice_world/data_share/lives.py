"""What the share tells of a chunk of offenders: events, benefits and employment from 2000 to 2010, by month.

Months are counted from January 2000 as 0. Shares follow what has been told of the real share: 3.6 million offenders; a
third in employment that employers notify, and over half on out-of-work benefits, about the time of a sentence
(Ministry of Justice, Department for Work and Pensions and HM Revenue and Customs, November 2011). Of the rest the
magnitudes are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from justice_world.offenders.draws import age, choose, repeated


YEARS = range(2000, 2011)
MONTHS = 12 * len(YEARS)
OPEN = MONTHS  # last month of a spell that goes on after the share
_EVENTS, _MOST_EVENTS = 0.32, 30  # chance that an event is the last; events of one person
_KINDS = {"CAUTION": 0.32, "NON_CUSTODIAL": 0.56, "CUSTODY": 0.12}
_SERVED = 5.0  # mean months of custody beyond the first
_SPELLS, _LASTS = 4.5, 11.0  # mean spells on benefits a person, and months of each
_BENEFITS = {"JSA": 0.52, "IS": 0.2, "IB": 0.14, "DLA": 0.09, "CA": 0.05}
_ESA_FROM = (
    2008 - 2000
) * 12 + 9  # Employment and Support Allowance took the place of Incapacity Benefit, October 2008
_STOPPED = 0.93  # claims that end with a sentence to custody, or are not begun while it is served
_EMPLOYED = (0.12, 0.62)  # in a tax year, of those least and most often employed
_WEEKS = {"UNDER_13": 0.34, "13_25": 0.2, "26_38": 0.16, "39_PLUS": 0.3}


@dataclass(frozen=True)
class Spells:
    """Things that happened to people, by person and then by month.

    Attributes:
        person: Row of the person.
        kind: Code.
        first, last: Months.
    """

    person: np.ndarray
    kind: np.ndarray
    first: np.ndarray
    last: np.ndarray

    def of(self, keep: np.ndarray) -> Spells:
        """Those of them to keep."""
        return Spells(self.person[keep], self.kind[keep], self.first[keep], self.last[keep])

    def ordered(self) -> Spells:
        """By person, month, and kind."""
        return self.of(np.lexsort((self.kind.astype(str), self.first, self.person)))

    def numbers(self) -> np.ndarray:
        """Of each one among those of its person, from 1."""
        return np.arange(len(self.person)) - np.searchsorted(self.person, self.person) + 1


def offending(rng: np.random.Generator, born: np.ndarray) -> Spells:
    """Cautions, sentences and releases of people born on these days: each aged 10 at least, and one at least each."""
    count = np.minimum(rng.geometric(_EVENTS, len(born)), _MOST_EVENTS)
    person, _ = repeated(count)
    first = rng.integers(0, MONTHS, len(person))
    kind = choose(rng, _KINDS, len(person))
    served = 1 + np.rint(rng.exponential(_SERVED, len(person))).astype(np.int64)
    last = np.where(kind == "CUSTODY", first + served, first)
    sent = Spells(person, kind, first, last)
    sent = sent.of(age(born[person], days(first)) >= 10)
    # A release is an event of its own, in the month in which the custody ends.
    out = sent.of((sent.kind == "CUSTODY") & (sent.last < MONTHS))
    released = Spells(out.person, np.full(len(out.person), "RELEASE", object), out.last, out.last)
    both = (np.concatenate([getattr(each, name) for each in (sent, released)]) for name in _FIELDS)
    return Spells(*both).ordered()


def benefits(rng: np.random.Generator, size: int, events: Spells) -> Spells:
    """Spells on benefits of ``size`` people, of each one after another; custody ends most of them."""
    person, _ = repeated(rng.poisson(_SPELLS, size))
    first = rng.integers(0, MONTHS, len(person))
    last = first + np.rint(rng.exponential(_LASTS, len(person))).astype(np.int64)
    kind = choose(rng, _BENEFITS, len(person))
    kind[(kind == "IB") & (first >= _ESA_FROM)] = "ESA"
    found = Spells(person, kind, first, last).ordered()
    follows = np.append(found.person[1:] == found.person[:-1], False)
    until = np.where(follows, np.append(found.first[1:], 0) - 1, OPEN)
    found = Spells(found.person, found.kind, found.first, np.minimum(found.last, until))
    found = found.of(found.last >= found.first)
    stopped = rng.random(len(found.person)) < _STOPPED
    custody = events.of(events.kind == "CUSTODY")
    place = np.searchsorted(_when(custody.person, custody.first), _when(found.person, found.last), side="right") - 1
    # The last sentence before the spell would end: it falls into the spell, or the spell began while it was served.
    near = np.maximum(place, 0)
    same = (place >= 0) & (len(custody.person) > 0)
    if len(custody.person):
        same &= custody.person[near] == found.person
        inside = same & stopped & (custody.first[near] >= found.first)
        during = same & stopped & (custody.first[near] < found.first) & (custody.last[near] > found.first)
        found = Spells(found.person, found.kind, found.first, np.where(inside, custody.first[near], found.last))
        found = found.of(~during)
    return Spells(found.person, found.kind, found.first, np.where(found.last >= MONTHS, OPEN, found.last))


def employment(rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Person, first year of the tax year, and weeks in bands, where employers notified any."""
    often = _EMPLOYED[0] + (_EMPLOYED[1] - _EMPLOYED[0]) * rng.random(size)
    person = np.repeat(np.arange(size), len(YEARS))
    year = np.tile(np.array(YEARS), size)
    there = rng.random(len(person)) < often[person]
    return person[there], year[there], choose(rng, _WEEKS, int(there.sum()))


def days(month: np.ndarray) -> np.ndarray:
    """The first day of each month, since 1970."""
    out: np.ndarray = (month + 360).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return out


_FIELDS = ("person", "kind", "first", "last")


def _when(person: np.ndarray, month: np.ndarray) -> np.ndarray:
    """A number that orders people, and months of each."""
    out: np.ndarray = person * (4 * MONTHS) + month
    return out
