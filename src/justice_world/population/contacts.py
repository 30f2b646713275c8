"""What brings people into the seven sources: episodes of offending and what each leads to.

A few people have many episodes and most have one. An episode of someone arrested may go to court, from there to the
Crown Court, to prison or to probation, and so on; each such step is a row of the source that knows of it. Police hold
one record for each PNC identifier.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from justice_world.population.people import END, START, People


SOURCES = ("libra", "crest", "pnc", "nomis", "probation", "iaps", "oasys")
_EPISODES = (0.40, 3.9)  # shape and scale of a person's rate of further episodes in four years
_A_YEAR = 0.64  # episodes of a person, the first one included: what that comes to
_MOST = 40
_LAG = {"libra": 25, "crest": 150, "nomis": 170, "probation": 160, "iaps": 260, "oasys": 190}


@dataclass(frozen=True)
class Rows:
    """Rows of one source: whose, of which episode (number within the chunk), and on which day since 1970.

    Attributes:
        second: Rows that come from the record under a person's second PNC identifier.
    """

    person: np.ndarray
    episode: np.ndarray
    day: np.ndarray
    second: np.ndarray


@dataclass(frozen=True)
class Contacts:
    """The person and day of each episode of a chunk, and the rows of each source in an order that tells nothing."""

    person: np.ndarray
    day: np.ndarray
    rows: dict[str, Rows]


def draw_contacts(people: People, rng: np.random.Generator, end: int = END) -> Contacts:
    """What happens to a chunk of people from 2008 on.

    Everybody has an episode; with more years everybody has more others, so that each year is as full.

    Args:
        end: Day after the last, since 1970.
    """
    count, years = len(people), (end - START) / 365.25
    shape, scale = _EPISODES
    scale += (years - 4) * _A_YEAR / shape
    further = np.minimum(rng.poisson(rng.gamma(shape, scale, count)), round(_MOST * years / 4))
    further = np.where(people.numbers.arrested, further, np.minimum(further, round(3 * years / 4)))
    person = np.repeat(np.arange(count), 1 + further)
    episodes = np.arange(len(person))
    day = rng.integers(START, end, len(person))
    arrest = people.numbers.arrested[person]
    heavy = np.minimum(further[person] * 4 / years, 10)
    court = ~arrest | (rng.random(len(person)) < 0.52)
    crown = arrest & court & (rng.random(len(person)) < 0.15)
    prison = arrest & (rng.random(len(person)) < 0.05 + 0.022 * heavy)
    probation = arrest & (rng.random(len(person)) < 0.10 + 0.016 * heavy)
    programme = probation & (rng.random(len(person)) < 0.25)
    assessed = (prison | probation) & (rng.random(len(person)) < 0.55)
    again = assessed & (rng.random(len(person)) < 0.25)
    chosen = {
        "libra": episodes[court],
        "crest": episodes[crown],
        "nomis": episodes[prison],
        "probation": episodes[probation],
        "iaps": episodes[programme],
        "oasys": np.concatenate([episodes[assessed], episodes[again]]),
    }
    out = {}
    for source, chosen_rows in chosen.items():
        rows = rng.permutation(chosen_rows)
        when = np.minimum(day[rows] + rng.poisson(_LAG[source], len(rows)), end - 1)
        out[source] = Rows(person[rows], rows, when, np.zeros(len(rows), bool))
    out["pnc"] = _police(people, rng, person, day)
    return Contacts(person, day, {source: out[source] for source in SOURCES})


def _police(people: People, rng: np.random.Generator, person: np.ndarray, day: np.ndarray) -> Rows:
    """One row for each PNC identifier, of the person's last episode, or of the first under a second identifier."""
    first = np.searchsorted(person, np.arange(len(people)))
    last = np.searchsorted(person, np.arange(len(people)), side="right") - 1
    second = people.numbers.second_pnc.is_not_null().to_numpy()
    rows = np.concatenate([last[people.numbers.arrested], first[second]])
    other = np.concatenate([np.zeros(int(people.numbers.arrested.sum()), bool), np.ones(int(second.sum()), bool)])
    order = rng.permutation(len(rows))
    rows = rows[order]
    return Rows(person[rows], rows, day[rows], other[order])
