"""What young people do and what becomes of it: offences, disposals, remands, assessments, month by month."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders.draws import choose, dates, kept, texts
from justice_world.population.identifiers import letters, padded
from justice_world.population.residents import YEAR
from justice_world.rooms import day
from justice_world.youth.young import TRUE, Young
from piperoll.periods import Period
from piperoll.simulate.streams import Streams


# Disposals of a financial year (Youth Justice Statistics, Youth Justice Board and Ministry of Justice).
DISPOSALS = {2007: 210_700, 2008: 184_900, 2009: 155_900, 2010: 126_600, 2011: 93_700, 2012: 70_000}
_NEW = 0.5  # of disposals those of people without one before
_FURTHER = 0.28  # offences beside the principal one
OFFENCES = {"THEFT": 0.20, "VIOLENCE": 0.20, "DAMAGE": 0.12, "PUBLIC_ORDER": 0.11, "MOTORING": 0.10,
            "BREACH_ORDER": 0.06, "DRUGS": 0.07, "BURGLARY_DOMESTIC": 0.03, "BURGLARY_OTHER": 0.02,
            "ROBBERY": 0.025, "VEHICLE": 0.025,
            "BREACH_BAIL": 0.015, "SEXUAL": 0.01, "FRAUD": 0.008, "ARSON": 0.005, "RACIAL": 0.006,
            "BREACH_DISCHARGE": 0.004, "DANGEROUS_DRIVING": 0.001, "OTHER": 0.011}  # fmt: skip
OUTCOMES = {"REPRIMAND": 0.25, "FINAL_WARNING": 0.14, "REFERRAL": 0.19, "REPARATION": 0.03, "DISCHARGE": 0.06,
            "FINE": 0.06, "BIND_OVER": 0.01, "YRO": 0.215, "DTO": 0.042, "S90_91": 0.0025, "S226": 0.0002,
            "S228": 0.0003}  # fmt: skip
_TIERS = {"REPRIMAND": "PRE_COURT", "FINAL_WARNING": "PRE_COURT", "YRO": "COMMUNITY", "DTO": "CUSTODY",
          "S90_91": "CUSTODY", "S226": "CUSTODY", "S228": "CUSTODY"}  # fmt: skip
_DTO = {4: 0.4, 6: 0.2, 8: 0.15, 10: 0.05, 12: 0.12, 18: 0.05, 24: 0.03}
_REMANDS = {"BAIL": 0.15, "CONDITIONAL_BAIL": 0.36, "RLA": 0.05, "SECURE": 0.05, "CUSTODY": 0.39}
_REMANDED = 0.16  # of those before a court
Tables = dict[str, pl.DataFrame]


class Courses:
    """Draws months in order; positions are those of records in `Young`."""

    def __init__(self, young: Young, streams: Streams, share: float) -> None:
        self._young, self._streams, self._share = young, streams, share
        self._given = {"O": 0, "D": 0, "A": 0}

    def month(self, month: Period) -> Tables:
        """Tables of YJMIS for what was disposed of in a month, each with ``place`` (position of the record)."""
        rng = self._streams.of("young", month)
        year = Period.containing(month.start, "financial_year").start.year
        count = int(rng.poisson(self._share * DISPOSALS[min(max(year, 2007), 2012)] / 12))
        outcome_day = rng.integers(day(month), day(month, last=True) + 1, count)
        lag = rng.integers(12, 110, count)
        outcome = choose(rng, OUTCOMES, count)
        tier = np.array([_TIERS.get(each, "FIRST_TIER") for each in outcome], dtype=object)
        court = tier != "PRE_COURT"
        place, outcome_day = self._who(month, outcome_day, lag, court, rng)
        rows = self._young.known[place]
        rows = rows.with_columns(yot=self._young.teams(rows["yot"], month.start))
        offended = outcome_day - lag
        each = 1 + rng.poisson(_FURTHER, count)
        of = np.repeat(np.arange(count), each)
        first = np.concatenate([[0], np.cumsum(each)[:-1]]).astype(np.int64) if count else each
        refs = self._number("O", len(of))
        who = {"yot": rows["yot"], "yp_ref": rows["yp_ref"], "place": pl.Series(place, dtype=pl.Int64)}
        at = kept("B" + padded(rng.integers(1, 64, count), 2) + letters(place % 676, 2) + "00", court)
        birth = dates(rows["born"].to_numpy())
        months = np.where(tier == "CUSTODY", rng.integers(24, 60, count), rng.integers(3, 13, count))
        months = np.where(outcome == "DTO", rng.choice(list(_DTO), count, p=list(_DTO.values())), months)
        timed = np.isin(tier, ("COMMUNITY", "CUSTODY")) | (outcome == "REFERRAL")
        tables = {
            "offence": pl.DataFrame({
                "offence_ref": refs,
                **{name: column.gather(of) for name, column in who.items()},
                "dob": birth.gather(of),
                "offence_type": texts(choose(rng, OFFENCES, len(of))),
                "gravity": np.clip(rng.binomial(7, 0.32, len(of)) + 1, 1, 8),
                "offence_date": dates(offended[of]),
                "plea": texts(choose(rng, {"G": 0.85, "NG": 0.15}, len(of)), court[of]),
            }),
            "disposal": pl.DataFrame({
                "disposal_ref": self._number("D", count),
                **who,
                "offence_ref": refs.gather(first),
                "offences": each,
                "outcome": texts(outcome),
                "tier": texts(tier),
                "outcome_date": dates(outcome_day),
                "court_code": at,
                "order_months": kept(pl.Series(months), timed),
            }),
            "remand": pl.DataFrame({
                **who,
                "decided_on": dates(offended + (rng.random(count) * lag * 0.5).astype(np.int64)),
                "decision": texts(choose(rng, _REMANDS, count)),
                "court_code": at,
                "ends": dates(outcome_day),
            }).filter(pl.Series(court & (rng.random(count) < _REMANDED))),
            "intervention": pl.DataFrame({
                **who,
                "kind": texts(np.where(court, "ORDER", np.where(outcome == "FINAL_WARNING", outcome, "PREVENTION"))),
                "started_on": dates(outcome_day),
                "ended_on": dates(outcome_day + rng.integers(30, 300, count), rng.random(count) < 0.5),
            }).filter(pl.Series(rng.random(count) < 0.6)),
            "asset": self._assessed(who, outcome_day, court & (rng.random(count) < 0.8), rng),
            "yp": rows.select("yot", "yp_ref", "pnc_id", "surname", "forename", "ethnicity", "postcode", "care_status",
                              "person", *TRUE, dob=birth, sex=pl.when("woman").then(pl.lit("2")).otherwise(pl.lit("1")),
                              updated_date=dates(outcome_day)),
        }  # fmt: skip
        for name, key in (
            ("remand", ("yot", "yp_ref", "decided_on")),
            ("intervention", ("yot", "yp_ref", "kind", "started_on")),
        ):
            tables[name] = tables[name].unique(key, keep="first", maintain_order=True)
        return tables

    def _who(
        self, month: Period, on: np.ndarray, lag: np.ndarray, court: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Who each disposal is on, and its day: that of the court's case where magistrates sentenced somebody young.

        The others are of new people, and of known ones who are still under 18 and were over 10 by then.
        """
        place, on = self._of_courts(month, on, court, rng)
        open_ = np.flatnonzero(place < 0)
        if self._young.known.width:
            born = self._young.known["born"].to_numpy()
            old = (day(month) - born) / YEAR
            able = np.flatnonzero((old > 10.5) & (old < 17.8))
            again = open_[(rng.random(len(open_)) >= _NEW) & (len(able) > 5)]
            place[again] = able[rng.integers(0, len(able), len(again))] if len(able) else -1
        fresh = np.flatnonzero(place < 0)
        ages = np.clip(18.0 - rng.gamma(2.2, 0.95, len(fresh)), 10.4, 17.99)
        place[fresh] = self._young.add(month, ages, (on - lag)[fresh], court[fresh], rng)
        return place, on

    def _of_courts(
        self, month: Period, on: np.ndarray, court: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Disposals of a court given to those whom magistrates sentenced in the month, as far as there are so many."""
        place, on = np.full(len(on), -1, dtype=np.int64), on.copy()
        cases = self._young.sentenced(day(month), day(month, last=True))
        where = self._young.of_courts(month, cases["person"].to_numpy(), rng)
        there = np.flatnonzero(where >= 0)
        if len(there):
            born = self._young.known["born"].to_numpy()[where[there]]
            there = there[(day(month) - 110 - born) / YEAR > 10.1]
        there = rng.permutation(there)
        rows = np.flatnonzero(court)[: len(there)]
        place[rows], on[rows] = where[there[: len(rows)]], cases["day"].to_numpy()[there[: len(rows)]]
        return place, on

    def _assessed(
        self, who: dict[str, pl.Series], on: np.ndarray, mask: np.ndarray, rng: np.random.Generator
    ) -> pl.DataFrame:
        scores = {f"score_{n:02d}": rng.binomial(4, rng.uniform(0.05, 0.6, len(on))) for n in range(1, 13)}
        frame = pl.DataFrame({
            "assessment_ref": self._number("A", len(on)),
            **who,
            "assessed_on": dates(on),
            "stage": texts(choose(rng, {"PRE_SENTENCE": 0.5, "START": 0.5}, len(on))),
            **scores,
            "total": sum(scores.values(), np.zeros(len(on), dtype=np.int64)),
        })  # fmt: skip
        return frame.filter(pl.Series(mask))

    def _number(self, letter: str, count: int) -> pl.Series:
        start = self._given[letter]
        self._given[letter] += count
        return letter + padded(start + 1 + np.arange(count), 9)
