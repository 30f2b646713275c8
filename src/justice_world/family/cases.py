"""Cases that begin in a month: their numbers, parties and children."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from justice_world.family.courts import Courts
from justice_world.places import Places
from justice_world.rooms import Serials
from piperoll.periods import Period
from piperoll.simulate.calendars import working_days
from piperoll.simulate.pools import Pool, read_pool


LETTERS = ("P", "C", "D", "F", "A")
P, C, D, F, A = range(5)
APPLICANT, RESPONDENT, CHILD = range(3)
APPLICANTS = np.array([1, 1, 1, 1, 2])  # by letter; in public law the local authority alone
RESPONDENTS = np.array([1, 2, 1, 1, 1])
# Children of a case: at least one, and more by chance; about 1.6 in private and 1.9 in public law (Judicial and Court
# Statistics 2011: 109,700 and 29,500 children in some 68,000 and 15,500 applications).
MORE_CHILDREN = {P: (4, 0.15), C: (5, 0.18), A: (2, 0.05)}
# What is not filled in: FamilyMan asks for neither, and clerks leave adults' particulars out.
ADULT_BIRTH_MISSING, CHILD_BIRTH_MISSING, SEX_MISSING = 0.35, 0.01, 0.2
CHILD_WRONG_DECADE = 0.001  # a year of birth ten or twenty years too early, which makes an adult of a child
SAME_NAME = 0.7  # of couples before the court for divorce or domestic violence
AGAIN = 0.06  # of adults in private law who were party to a case before
REMEMBERED = 20_000  # adults among whom those are found


@dataclass(frozen=True)
class Begun:
    """Cases of one month.

    Attributes:
        letter, court, received: By case; the letter as position in `LETTERS`, days since 1970.
        number: Case numbers.
        authority: Local authority of each case (position in places).
        parties: A row a party: ``case``, ``kind``, ``person`` (who it is, none for an organisation), names,
            ``company``, ``dob``, ``gender``, ``authority``.
    """

    letter: np.ndarray
    court: np.ndarray
    received: np.ndarray
    number: pl.Series
    authority: np.ndarray
    parties: pl.DataFrame


class Adults:
    """The last adults seen, of whom some come again."""

    def __init__(self) -> None:
        self._held = pl.DataFrame()
        self.people = 0

    def fill(self, rng: np.random.Generator, parties: pl.DataFrame, may: np.ndarray) -> pl.DataFrame:
        """Give every person a number, a few that of someone who was here before, with name, birth and sex."""
        person = parties["company"].is_null().to_numpy()
        again = may & person & (rng.random(parties.height) < AGAIN) & (self._held.height > 0)
        fresh = person & ~again
        number = np.where(person, self.people + np.cumsum(fresh), 0)
        self.people += int(fresh.sum())
        parties = parties.with_columns(person=pl.Series(number))
        if again.any():
            known = self._held[rng.integers(0, self._held.height, int(again.sum()))]
            place = np.zeros(parties.height, np.int64)
            place[again] = np.arange(known.height)
            mask = pl.Series(again)
            parties = parties.with_columns(
                pl.when(mask).then(known[name].gather(place)).otherwise(pl.col(name)).alias(name)
                for name in known.columns
            )
        names = ("person", "given", "family", "dob", "gender")
        adults = parties.filter(pl.Series(may & fresh)).select(names)
        self._held = pl.concat([self._held, adults]).tail(REMEMBERED) if self._held.width else adults
        return parties


@lru_cache(maxsize=1)
def names() -> tuple[Pool, Pool]:
    """Forenames and surnames."""
    return read_pool("justice_world", "data/forenames.csv"), read_pool("justice_world", "data/surnames.csv")


def begin(
    month: Period, counts: dict[str, int], courts: Courts, places: Places, serials: Serials, adults: Adults,
    rng: np.random.Generator,
) -> Begun:  # fmt: skip
    """Draw the cases of a month and everybody in them."""
    letter = np.repeat(np.arange(len(LETTERS)), [counts[each] for each in LETTERS])
    count = len(letter)
    court = np.where(letter == C, courts.draw(rng, count, True), courts.draw(rng, count, False))
    days = working_days(month).astype(np.int64)
    received = days[rng.integers(0, len(days), count)]
    year = month.start.year
    serial = serials.give(year, court * len(LETTERS) + letter, len(courts.codes) * len(LETTERS))
    number = (
        courts.letters.gather(court)
        + f"{year % 100:02d}"
        + pl.Series(LETTERS).gather(letter)
        + pl.Series(serial).cast(pl.String).str.zfill(5)
    )
    council = courts.home(rng, court, council=True)
    authority = np.where(letter == C, council, courts.home(rng, court))
    parties = _parties(letter, received, authority, places, adults, rng)
    return Begun(letter, court, received, number, authority, parties)


def _parties(
    letter: np.ndarray, received: np.ndarray, authority: np.ndarray, places: Places, adults: Adults,
    rng: np.random.Generator,
) -> pl.DataFrame:  # fmt: skip
    children = np.zeros(len(letter), np.int64)
    for which, (more, share) in MORE_CHILDREN.items():
        here = letter == which
        children[here] = 1 + rng.binomial(more, share, int(here.sum()))
    every = np.arange(len(letter))
    case = np.concatenate([
        np.repeat(every, APPLICANTS[letter]), np.repeat(every, RESPONDENTS[letter]), np.repeat(every, children)
    ])  # fmt: skip
    kind = np.repeat(
        [APPLICANT, RESPONDENT, CHILD],
        [APPLICANTS[letter].sum(), RESPONDENTS[letter].sum(), children.sum()],
    )
    order = np.argsort(case, kind="stable")
    case, kind = case[order], kind[order]
    count, of = len(case), letter[case]
    forenames, surnames = names()
    one, other = surnames.draw(rng, len(letter)), surnames.draw(rng, len(letter))
    married = ((letter == D) | (letter == F)) & (rng.random(len(letter)) < SAME_NAME)
    other = pl.select(pl.when(pl.Series(married)).then(one).otherwise(other)).to_series()
    # A child bears the respondent's name rather than the applicant's; so does the second parent in public law.
    first = pl.Series(np.where(kind == CHILD, rng.random(count) < 0.4, kind == APPLICANT))
    company = (kind == APPLICANT) & (of == C)
    child = kind == CHILD
    parties = pl.DataFrame({
        "case": case, "kind": kind,
        "given": forenames.draw(rng, count),
        "family": pl.select(pl.when(first).then(one.gather(case)).otherwise(other.gather(case))).to_series(),
        "company": pl.select(
            pl.when(pl.Series(company)).then(places.names.gather(authority[case]) + " Council")
        ).to_series(),
        "dob": _births(rng, child, of, received[case]),
        "gender": pl.Series(np.where(rng.random(count) < 0.5, "1", "2").astype(str)),
        "authority": authority[case],
    })  # fmt: skip
    parties = adults.fill(rng, parties, ~child & (of == P))
    keep = pl.col("company").is_null()
    known = pl.Series(rng.random(count) >= np.where(child, 0.02, SEX_MISSING))
    return parties.with_columns(
        pl.when(keep).then("given").alias("given"),
        pl.when(keep).then("family").alias("family"),
        pl.when(keep & pl.Series(rng.random(count) >= np.where(child, CHILD_BIRTH_MISSING, ADULT_BIRTH_MISSING)))
        .then("dob").alias("dob"),
        pl.when(keep & known).then("gender").alias("gender"),
        pl.when(keep).then("person").alias("person"),
    )  # fmt: skip


def _births(rng: np.random.Generator, child: np.ndarray, letter: np.ndarray, on: np.ndarray) -> pl.Series:
    """Dates of birth: babies are a fifth of the children in public law and adoption, adults are 18 to 65."""
    count = len(child)
    years = rng.uniform(0.0, 16.9, count)
    baby = np.isin(letter, (C, A)) & (rng.random(count) < 0.22)
    years = np.where(
        baby, rng.uniform(0.0, 1.0, count), np.where(letter == P, years, years * rng.uniform(0.3, 1, count))
    )
    years = np.where(rng.random(count) < CHILD_WRONG_DECADE, years + 20, years)
    grown = np.clip(18.2 + rng.gamma(3.0, 6.0, count), 18.2, 75)
    days = on - np.rint(np.where(child, years, grown) * 365.25).astype(np.int64) - 1
    return pl.Series(days.astype("datetime64[D]"))
