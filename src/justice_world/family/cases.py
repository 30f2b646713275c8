"""Cases that begin in a month: their numbers, parties and children."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.family.courts import Courts
from justice_world.offenders.draws import kept, texts
from justice_world.population.meet import Population, true, written
from justice_world.population.residents import Residents
from justice_world.rooms import Serials, within
from piperoll.periods import Period
from piperoll.simulate.calendars import working_days


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
# Of couples, the woman; about two in three petitions for divorce were hers (Office for National Statistics).
SHE_APPLIES = 0.6
BABIES = 0.22  # of the youngest children in public law and adoption, below one year
KNOWN = 0.3  # of men who live apart, who have a record on the PNC; an assumption
AGAIN = 0.06  # of couples before the court for divorce or domestic violence, who were before it already
REMEMBERED = 20_000  # couples among whom those are found


@dataclass(frozen=True)
class Begun:
    """Cases of one month.

    Attributes:
        letter, court, received: By case; the letter as position in `LETTERS`, days since 1970.
        number: Case numbers.
        authority: Local authority of each case (position in places).
        parties: A row a party: ``case``, ``kind``, ``person`` and ``household`` (none for an organisation), names,
            ``company``, ``dob``, ``gender``, ``authority``, and ``true_`` names and birth.
    """

    letter: np.ndarray
    court: np.ndarray
    received: np.ndarray
    number: pl.Series
    authority: np.ndarray
    parties: pl.DataFrame


class Adults:
    """Couples of the last cases, of whom some come again."""

    def __init__(self) -> None:
        self._held = np.zeros(0, np.int64)

    def again(self, rng: np.random.Generator, women: np.ndarray, may: np.ndarray) -> np.ndarray:
        """These women (numbers), a few who may be replaced by some who were here before."""
        if len(self._held):
            rows = np.flatnonzero(may & (rng.random(len(women)) < AGAIN))
            women = women.copy()
            women[rows] = self._held[rng.integers(0, len(self._held), len(rows))]
        self._held = np.concatenate([self._held, women[may]])[-REMEMBERED:]
        return women


def begin(
    month: Period, counts: dict[str, int], courts: Courts, population: Population, serials: Serials, adults: Adults,
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
    parties = _parties(letter, received, authority, population, adults, rng, month)
    return Begun(letter, court, received, number, authority, parties)


def _parties(
    letter: np.ndarray, received: np.ndarray, authority: np.ndarray, population: Population, adults: Adults,
    rng: np.random.Generator, month: Period,
) -> pl.DataFrame:  # fmt: skip
    """Everybody in the cases: a mother, the father of her children, and these; for an adoption a couple beside them."""
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
    count, of, child = len(case), letter[case], kind == CHILD
    place = within(case * 3 + kind)
    company = (kind == APPLICANT) & (of == C)
    mothers = _women(letter, received, children, population.residents, adults, rng)
    adopters = _couples(received, population.residents, rng)
    # Who applies: either of a couple; both adopters; against both parents, or the mother alone.
    she_applies = rng.random(len(letter)) < SHE_APPLIES
    woman = np.where(of == C, place == 0, (kind == APPLICANT) == she_applies[case])
    woman = np.where(of == A, (kind == RESPONDENT) | (place == 0), woman)
    her = np.where((of == A) & (kind == APPLICANT), adopters[case], mothers[case])
    number = np.where(woman, her, population.residents.partners(her))
    number = np.where(child, population.residents.children(mothers[case], place), number)
    on = received[case]
    who = population.residents.who(number, on)
    apart = who["household"].to_numpy() == number
    known = np.where(~child & ~company & apart & ~woman, KNOWN, 0.0)
    who = population.some_known(rng, month, who, known)
    told = written(rng, who, on)
    wrong = pl.Series(child & (rng.random(count) < CHILD_WRONG_DECADE))
    keep = pl.Series(~company)
    seen = keep & pl.Series(rng.random(count) >= np.where(child, 0.02, SEX_MISSING))
    dated = keep & pl.Series(rng.random(count) >= np.where(child, CHILD_BIRTH_MISSING, ADULT_BIRTH_MISSING))
    return pl.DataFrame({
        "case": case, "kind": kind, "authority": authority[case],
        "given": told["forename"], "family": told["surname"],
        "company": kept(population.places.names.gather(authority[case]) + " Council", company),
        "dob": pl.select(pl.when(wrong).then(told["dob"].dt.offset_by("-20y")).otherwise(told["dob"])).to_series(),
        "gender": texts(np.where(who["woman"].to_numpy(), "2", "1")),
        "person": who["person"], "household": who["household"],
        **{each.name: each for each in true(who)},
    }).with_columns(
        pl.when(keep).then(pl.col("given", "family", "person", "household", "^true_.*$")),
        pl.when(dated).then("dob"),
        pl.when(seen).then("gender"),
    )  # fmt: skip


def _women(
    letter: np.ndarray, received: np.ndarray, children: np.ndarray, residents: Residents, adults: Adults,
    rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """The woman of each case; babies are a fifth of the youngest children in public law and adoption."""
    count = len(letter)
    years = rng.uniform(0.0, 16.9, count)
    baby = np.isin(letter, (C, A)) & (rng.random(count) < BABIES)
    years = np.where(letter == P, years, years * rng.uniform(0.3, 1, count))
    years = np.where(baby, rng.uniform(0.0, 1.0, count), years)
    mothers = residents.mothers(rng, received, years, np.maximum(children, 1))
    women = np.where(children > 0, mothers, _couples(received, residents, rng))
    return adults.again(rng, women, np.isin(letter, (D, F)))


def _couples(received: np.ndarray, residents: Residents, rng: np.random.Generator) -> np.ndarray:
    """Women of couples both of whom are 18 or older."""
    years = np.clip(18.2 + rng.gamma(3.0, 6.0, len(received)), 19.0, 75)
    born = received - np.rint(years * 365.25).astype(np.int64)
    return residents.adults(rng, np.ones(len(received), bool), born)
