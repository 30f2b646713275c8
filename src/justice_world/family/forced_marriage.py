"""Forced marriage protection orders: cases, applications and what the court did, at their true, small number."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.family.cases import LETTERS, F
from justice_world.family.courts import Courts
from justice_world.family.volumes import FORCED_MARRIAGE, near
from justice_world.offenders.draws import choose, dates, kept, months, texts
from justice_world.population.meet import Population, true, written
from justice_world.rooms import Serials, spread
from piperoll.periods import Period
from piperoll.simulate.calendars import working_days
from piperoll.simulate.streams import Streams


ACT = np.datetime64("2008-11-25").astype(np.int64)
# Court Statistics Quarterly: four in ten applications are for somebody of 17 or under, about half are made by the
# person to be protected, and there are more orders than applications.
CHILDREN, UNKNOWN_AGE = 0.42, 0.04
APPLICANTS = {"PTBP": 0.44, "REL3P": 0.34, "OTH3P": 0.17, "OTHER": 0.05}
COUNTRIES = {"GB": 0.52, "PK": 0.24, "BD": 0.06, "IN": 0.05, "AF": 0.04, "IQ": 0.03, "SO": 0.02, "TR": 0.02, "XX": 0.02}
WOMEN = 0.86  # of those to be protected
NOT_DESIGNATED = 0.02  # of applications that are made elsewhere and transferred later
AGAIN = 0.25  # of cases with a second application
_FIRST_SERIAL = 50_000  # numbers of the office, apart from those of FamilyMan


def begin(
    month: Period, courts: Courts, serials: Serials, streams: Streams, population: Population
) -> dict[str, pl.DataFrame]:
    """Cases, applications and disposals that begin in a month, each row with ``entered``, the month it is sent.

    Applications have also who is to be protected.
    """
    rng = streams.of("forced marriage", month)
    days = working_days(month).astype(np.int64)
    days = days[days >= ACT]
    count = int(rng.poisson(near(FORCED_MARRIAGE, month.start.year) / (1 + AGAIN) * len(days) / 253))
    place = courts.designated[rng.integers(0, len(courts.designated), count)]
    elsewhere = rng.random(count) < NOT_DESIGNATED
    place = np.where(elsewhere, rng.integers(0, len(courts.codes), count), place)
    start = np.sort(days[rng.integers(0, len(days), count)]) if len(days) else np.zeros(0, np.int64)
    size = len(courts.codes) * len(LETTERS)
    serial = _FIRST_SERIAL + serials.give(month.start.year, place * len(LETTERS) + F, size)
    number = courts.letters.gather(place) + f"{month.start.year % 100:02d}F" + pl.Series(serial).cast(pl.String)
    code = courts.codes.gather(place)
    ends = start + 20 + spread(rng, 100, 0.8, count)
    case = pl.DataFrame({
        "case_number": number, "court_code": code, "start_date": dates(start), "conclude_date": dates(ends)
    })  # fmt: skip
    shut = months(ends)
    at_once = shut == months(start)
    opened = case.with_columns(entered=months(start), conclude_date=pl.when(at_once).then("conclude_date"))
    closed = case.with_columns(entered=shut).filter(~at_once)
    return {
        "fmpo_case": pl.concat([opened, closed]),
        "fmpo_application": _applications(number, code, start, ends, population, month, rng),
        "fmpo_disposal": _disposals(number, start, ends, rng),
    }


def _applications(
    number: pl.Series, code: pl.Series, start: np.ndarray, ends: np.ndarray, population: Population, month: Period,
    rng: np.random.Generator,
) -> pl.DataFrame:  # fmt: skip
    case = np.concatenate([np.arange(len(start)), np.flatnonzero(rng.random(len(start)) < AGAIN)])
    count = len(case)
    second = np.arange(count) >= len(start)
    day = np.where(second, np.minimum(start[case] + rng.integers(5, 60, count), ends[case]), start[case])
    child = rng.random(len(start)) < CHILDREN
    young = child[case]
    years = np.where(child, rng.uniform(12.0, 16.5, len(start)), rng.uniform(18.5, 30.0, len(start)))
    born = (start - np.rint(years * 365.25)).astype(np.int64)
    who = population.adults(rng, month, rng.random(len(start)) < WOMEN, born, 0.0, whole=True)
    told = written(rng, who, start)
    unknown = (rng.random(len(start)) < UNKNOWN_AGE)[case]
    group = np.where(unknown, "UNKNOWN", np.where(young, "17_OR_UNDER", "OVER_17"))
    applicant = choose(rng, APPLICANTS, count).astype(str)
    return pl.DataFrame({
        "case_number": number.gather(case), "application_seq": np.where(second, 2, 1), "court_code": code.gather(case),
        "application_date": dates(day), "applicant_type": pl.Series(applicant), "subject_age_group": pl.Series(group),
        "subject_name": (told["forename"] + " " + told["surname"]).gather(case),
        "subject_dob": kept(told["dob"].gather(case), ~unknown & (rng.random(count) < 0.85)),
        "subject_sex": texts(np.where(who["woman"].to_numpy(), "2", "1")).gather(case),
        "subject_nationality": kept(texts(choose(rng, COUNTRIES, len(start))).gather(case), rng.random(count) < 0.8),
        "without_notice": rng.random(count) < 0.7, "respondent_count": 1 + rng.binomial(4, 0.3, count),
        "leave_required": kept(pl.Series(applicant == "OTH3P"), rng.random(count) < 0.9), "entered": months(day),
        "person": who["person"].gather(case), "household": who["household"].gather(case),
        **{each.name: each.gather(case) for each in true(who)},
    })  # fmt: skip


def _disposals(number: pl.Series, start: np.ndarray, ends: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    """One to three disposals a case: mostly an order at once, varied or extended later."""
    many = 1 + rng.binomial(2, 0.45, len(start))
    case = np.repeat(np.arange(len(start)), many)
    seq = np.arange(len(case)) - np.repeat(np.cumsum(many) - many, many) + 1
    day = np.where(seq == 1, start[case] + rng.integers(0, 4, len(case)), 0)
    later = start[case] + ((ends - start)[case] * (seq / 4)).astype(np.int64)
    day = np.minimum(np.where(seq == 1, day, np.maximum(later, start[case] + 4)), ends[case])
    first = choose(rng, {"ORDER_MADE": 0.88, "UNDERTAKING": 0.04, "REFUSED": 0.03, "WITHDRAWN": 0.05}, len(case))
    shares = {"ORDER_MADE": 0.45, "ORDER_EXTENDED": 0.2, "VARIED": 0.15, "DISCHARGED": 0.1, "OTHER": 0.1}
    kind = np.where(seq == 1, first, choose(rng, shares, len(case))).astype(str)
    made = kind == "ORDER_MADE"
    return pl.DataFrame({
        "case_number": number.gather(case), "order_seq": seq, "disposal_date": dates(day),
        "disposal_type": pl.Series(kind),
        "power_of_arrest": kept(pl.Series(np.where(rng.random(len(case)) < 0.85, "Y", "N")), made),
        "end_date": dates(day + 365, made & (rng.random(len(case)) < 0.7)), "entered": months(day),
    })  # fmt: skip
