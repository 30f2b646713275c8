"""Every occasion on which the police dealt with somebody, under the number that the Police National Computer has."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from justice_world.offenders.draws import kept
from justice_world.offenders.window import END
from justice_world.population.addresses import geography
from justice_world.population.write import Drawn
from piperoll.simulate.days import first_days


# Of arrests that led to no court, those that were proven otherwise, by a caution, reprimand or warning; who is arrested
# and hears no more has no occasion. With it about three in ten adults reoffend within a year, as they did in 2011
# (Proven reoffending statistics, Ministry of Justice).
_PROVEN = 0.05
NUMBERED = 0.97  # of occasions, those with an arrest/summons number


@dataclass(frozen=True)
class Occasions:
    """Occasions by identity and day: arrays with a place for each.

    Attributes:
        identity: Row of the PNC's records whose number it is under.
        person, episode: Positions within the chunk.
        number: From 1 within the identity, in the order of days.
        own: Whether it is the one that the identity's record tells of.
    """

    identity: np.ndarray
    person: np.ndarray
    episode: np.ndarray
    day: np.ndarray
    number: np.ndarray
    own: np.ndarray

    def take(self, rows: np.ndarray) -> Occasions:
        """Some of them."""
        return Occasions(*(getattr(self, each.name)[rows] for each in fields(self)))


def occasions_of(drawn: Drawn, rng: np.random.Generator) -> Occasions:
    """What was proven of those who have a PNC number; under a second number the first, under the first all others."""
    rows, contacts = drawn.contacts.rows["pnc"], drawn.contacts
    place = np.arange(len(rows.person))
    main, other = (np.full(len(drawn.people), -1) for _ in range(2))
    main[rows.person[~rows.second]], other[rows.person[rows.second]] = place[~rows.second], place[rows.second]
    episode = np.arange(len(contacts.person))
    first = np.searchsorted(contacts.person, contacts.person) == episode
    under = np.where(first & (other[contacts.person] >= 0), other[contacts.person], main[contacts.person])
    proven = np.isin(episode, contacts.rows["libra"].episode) | (rng.random(len(episode)) < _PROVEN)
    there = (under >= 0) & (contacts.day < END) & proven
    # Each identity has the occasion that its record tells of, though another of the person has it, too.
    found = pl.DataFrame({
        "identity": np.concatenate([under[there], place]),
        "episode": np.concatenate([episode[there], rows.episode]),
    }).unique()  # fmt: skip
    found = found.with_columns(day=pl.Series(contacts.day[found["episode"].to_numpy()]))
    found = found.sort("identity", "day", "episode").with_columns(number=pl.int_range(1, pl.len() + 1).over("identity"))
    identity, episode = found["identity"].to_numpy(), found["episode"].to_numpy()
    own = rows.episode[identity] == episode
    return Occasions(identity, rows.person[identity], episode, found["day"].to_numpy(), found["number"].to_numpy(), own)


def told(drawn: Drawn, of: Occasions, numbered: np.ndarray) -> dict[str, pl.Series]:
    """Arrest/summons number, postcode and town of each occasion: as the record has its own, and right on the others.

    Args:
        numbered: Which of them have a number.
    """
    written = drawn.records["pnc"]
    home = drawn.people.homes.at(of.person, of.day)
    right = {
        "asn": drawn.episodes.asn.gather(of.episode),
        "postcode": geography().postcodes(home),
        "town": geography().town_names(home).str.to_uppercase(),
    }
    right["asn"] = kept(right["asn"], numbered)
    own = pl.Series(of.own)
    return {
        name: pl.select(pl.when(own).then(written[name].gather(of.identity)).otherwise(values)).to_series()
        for name, values in right.items()
    }


def months_of(of: Occasions) -> tuple[np.ndarray, np.ndarray]:
    """For each month in which an identity has occasions: the identity, and the day of the last of them."""
    month = first_days(of.day)
    last = np.ones(len(month), bool)
    last[:-1] = (of.identity[1:] != of.identity[:-1]) | (month[1:] != month[:-1])
    return of.identity[last], of.day[last]
