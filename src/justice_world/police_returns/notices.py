"""Penalty notices for disorder: each is drawn with its outcome; forces send records, or counts of cohorts."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from justice_world.offenders.draws import age as whole_years
from justice_world.police_returns.forces import Forces
from justice_world.population.meet import Population, true, written
from justice_world.shelf import Shelf
from piperoll.periods import Period
from piperoll.register.model.codes import CodeList
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery


NOTICE, COUNT = "pnd.notice", "pnd.cohort_count"
# Notices issued a year in England and Wales (Criminal Justice Statistics Quarterly, Ministry of Justice).
ISSUED = {2008: 176_000, 2009: 170_000, 2010: 141_000, 2011: 127_500, 2012: 106_000, 2013: 84_000}
_OFFENCES = {
    "DA06": 0.30,
    "DA12": 0.26,
    "DA04": 0.21,
    "DA18": 0.10,
    "DA11": 0.05,
    "DA01": 0.015,
    "DA02": 0.01,
    "DA16": 0.01,
    "DA15": 0.012,
    "DB01": 0.013,
    "DB02": 0.01,
    "DB03": 0.004,
    "DB06": 0.002,
    "DA05": 0.002,
    "DA13": 0.002,
}
_OUTCOMES = {
    "PAID_IN_FULL": 0.51,
    "FINE_REGISTERED": 0.365,
    "COURT_HEARING_REQUESTED": 0.012,
    "CANCELLED": 0.055,
    "POTENTIAL_PROSECUTION": 0.02,
    "UNRESOLVED": 0.038,
}
# Share of people by band; under 16 only where the pilot ran, and under 18 until the age was raised.
_AGES = {
    "10-15": (10, 15, 0.03),
    "16-17": (16, 17, 0.07),
    "18-20": (18, 20, 0.21),
    "21-24": (21, 24, 0.21),
    "25-29": (25, 29, 0.16),
    "30-39": (30, 39, 0.17),
    "40-49": (40, 49, 0.11),
    "50-59": (50, 59, 0.03),
    "60+": (60, 85, 0.01),
}
WOMEN = 0.23
KNOWN = 0.35  # of recipients, who have a record on the PNC; an assumption
_ETHNICITY = {"1": 0.79, "2": 0.03, "3": 0.06, "4": 0.06, "5": 0.01, "6": 0.01}  # the rest is not known
PAID_LATE = 0.012  # of those paid in full, entered weeks after the days to pay
NO_AGE, NO_BIRTH, NO_POSTCODE = 0.02, 0.04, 0.10  # of records, where an officer left it empty
WRONG_AGE = 0.002  # of records, a year off the date of birth
FINAL = 6  # months after which an outcome is final


class Notices:
    """Notices of all forces at their published number.

    Args:
        register: Amounts, ages and days of offences are those of its code lists.
    """

    def __init__(self, register: Register, forces: Forces, streams: Streams, population: Population) -> None:
        self._forces, self._streams, self._population = forces, streams, population
        self._offences = register.codes["pnd_offence"]
        self._tier = {each.code: each.parent or "" for each in self._offences.codes}
        self._notifiable = {each.code: each.attributes.get("notifiable") == "Y" for each in self._offences.codes}
        self._amounts, self._youngest = register.codes["pnd_amount"], register.codes["pnd_minimum_age"]
        self._records, self._counted = (
            tuple(each.key for each in register.suppliers[key].suppliers)
            for key in ("pnd_record_forces", "pnd_count_forces")
        )
        self._changes = Shelf()
        self._cohorts: dict[dt.date, pl.DataFrame] = {}
        self._serial = 0

    def month(self, month: Period) -> tuple[list[Delivery], dict[str, pl.DataFrame]]:
        """What forces send for a month: new notices, new outcomes, and cohorts that are final now."""
        issued = self._issue(month)
        truth = issued.select("force_code", "notice_no", "issue_date", "offence_code", "age_band", "sex", "outcome",
                              "person", "household", "^true_.*$")  # fmt: skip
        single = issued.filter(pl.col("force_code").is_in(self._records))
        self._changes.put(_states(single, month))
        told = self._changes.take(month).with_columns(month=pl.lit(month.start)).sort("force_code", "notice_no")
        deliveries = [
            Delivery(NOTICE, force, month, rows)
            for force in self._records
            if (rows := told.filter(pl.col("force_code") == force)).height
        ]
        self._cohorts[month.start] = issued.filter(pl.col("force_code").is_in(self._counted))
        final = self._cohorts.pop(month.shift(-FINAL).start, issued.clear())
        counted = pl.concat([_cohort(self._cohorts[month.start], month, False), _cohort(final, month, True)])
        counted = counted.sort("force_code", "issue_month", "offence_code", "age_band", "sex", "ethnicity")
        deliveries += [
            Delivery(COUNT, force, month, rows)
            for force in self._counted
            if (rows := counted.filter(pl.col("force_code") == force)).height
        ]
        return deliveries, {"pnd_notices": truth}

    def _issue(self, month: Period) -> pl.DataFrame:
        """All notices of a month with what will become of them."""
        rng = self._streams.of("pnd", month)
        year = ISSUED[min(max(month.start.year, min(ISSUED)), max(ISSUED))]
        season = 1 + 0.08 * np.cos((month.start.month - 7) / 6 * np.pi)
        counts = rng.poisson(year / 12 * season * self._forces.share)
        total = int(counts.sum())
        place = np.repeat(np.arange(len(self._forces)), counts)
        day = np.datetime64(month.start) + np.sort(rng.integers(0, (month.end - month.start).days + 1, total))
        force = pl.Series(self._forces.codes).gather(place)
        offence = _draw(rng, self._valid(month), total)
        band = self._bands(rng, month, place, total)
        low, high = (np.array([_AGES[each][i] for each in band]) for i in (0, 1))
        on = day.astype(np.int64)
        wanted = (low + np.floor(rng.random(total) * (high - low + 1))).astype(np.int64)
        # The birthday was within the year before, and no year is longer than 365 days and a quarter.
        born = on - np.floor((wanted + 0.01 + 0.98 * rng.random(total)) * 365.25).astype(np.int64)
        woman = rng.random(total) < WOMEN
        who = self._recipients(rng, month, on, woman, born, (low, high))
        told = written(rng, who, on)
        age = whole_years(who["born"].to_numpy(), on)
        serial = pl.Series((self._serial + np.arange(total)) % 10**8).cast(pl.String).str.zfill(8)
        self._serial += total
        outcome = _draw(rng, _OUTCOMES, total)
        after = _delays(rng, outcome, total)
        tier = np.array([self._tier[each] for each in offence], dtype=object)
        frame = pl.DataFrame(
            {
                "force_code": force,
                "notice_no": force + "01" + serial,
                "issue_date": pl.Series(day.astype("datetime64[D]")),
                "offence_code": pl.Series(offence.tolist(), dtype=pl.String),
                "tier": pl.Series(tier.tolist(), dtype=pl.String),
                "sex": pl.Series(np.where(woman, "2", "1").tolist(), dtype=pl.String),
                "age": age,
                "age_band": pl.Series(band.tolist(), dtype=pl.String),
                "ethnicity": pl.Series(
                    _draw(rng, {**_ETHNICITY, "": 1 - sum(_ETHNICITY.values())}, total).tolist(), dtype=pl.String
                ),
                "name": told["forename"] + " " + told["surname"],
                "dob": told["dob"],
                "postcode": who["postcode"],
                "person": who["person"],
                "household": who["household"],
                **{each.name: each for each in true(who)},
                "outcome": pl.Series(outcome.tolist(), dtype=pl.String),
                "outcome_date": pl.Series((day + after).astype("datetime64[D]")),
            }
        )
        return self._particulars(frame, month, rng)

    def _recipients(
        self, rng: np.random.Generator, month: Period, on: np.ndarray, woman: np.ndarray, born: np.ndarray,
        band: tuple[np.ndarray, np.ndarray],
    ) -> pl.DataFrame:  # fmt: skip
        """People of these ages; somebody of about the age is taken only if of the same band."""
        nobody = self._population.adults(rng, month, woman, born, 0.0, whole=True)
        some = self._population.some_known(rng, month, nobody, KNOWN * self._population.share)
        years = whole_years(some["born"].to_numpy(), on)
        fits = pl.Series((band[0] <= years) & (years <= band[1]))
        return pl.select(pl.when(fits).then(some[name]).otherwise(nobody[name]).alias(name) for name in nobody.columns)

    def _particulars(self, frame: pl.DataFrame, month: Period, rng: np.random.Generator) -> pl.DataFrame:
        """Amount, date of birth and what an officer leaves out."""
        total = frame.height
        amount = {
            (tier, child): self._amount(tier, child, month) for tier in ("UPPER", "LOWER") for child in (True, False)
        }
        child = pl.col("age_band") == "10-15"
        born = pl.col("dob")
        paid = pl.lit(None, dtype=pl.Int64)
        for (tier, young), value in amount.items():
            paid = pl.when((pl.col("tier") == tier) & (child == young)).then(pl.lit(value)).otherwise(paid)
        gone = {
            name: pl.Series(rng.random(total) < share)
            for name, share in (("age", NO_AGE), ("dob", NO_BIRTH), ("postcode", NO_POSTCODE))
        }
        off = pl.Series(rng.random(total) < WRONG_AGE)
        return frame.with_columns(
            amount=paid,
            dob=pl.when(~gone["dob"]).then(pl.when(off).then(born - pl.duration(days=366)).otherwise(born)),
            postcode=pl.when(~gone["postcode"]).then("postcode"),
            ethnicity=pl.when(pl.col("ethnicity") != "").then(pl.col("ethnicity")),
            notifiable=pl.col("offence_code").replace_strict(self._notifiable, return_dtype=pl.Boolean),
        ).with_columns(age=pl.when(~gone["age"]).then(pl.col("age")))

    def _valid(self, month: Period) -> dict[str, float]:
        """Offences that are in the scheme all month, with their shares."""
        found = {
            code: share
            for code, share in _OFFENCES.items()
            if (each := self._offences.get(code)) is not None and each.valid(month.start) and each.valid(month.end)
        }
        return {code: share / sum(found.values()) for code, share in found.items()}

    def _amount(self, tier: str, child: bool, month: Period) -> int:
        for each in self._amounts.codes:
            if each.parent == tier and each.valid(month.start):
                return int(
                    each.attributes.get("child_amount", each.attributes["amount"])
                    if child
                    else each.attributes["amount"]
                )
        return 0

    def _bands(self, rng: np.random.Generator, month: Period, place: np.ndarray, total: int) -> np.ndarray:
        """Age bands; nobody is younger than the force may give a notice to on any day of the month."""
        national, pilots = _youngest(self._youngest, month)
        least = np.array([min(national, pilots.get(code, national)) for code in self._forces.codes])[place]
        names = np.array(list(_AGES), dtype=object)
        weights = np.array([share for _, _, share in _AGES.values()])
        out = np.empty(total, dtype=object)
        for age in np.unique(least):
            allowed = np.array([low >= age for low, _, _ in _AGES.values()]) * weights
            here = np.flatnonzero(least == age)
            edges = np.cumsum(allowed / allowed.sum())
            out[here] = names[np.searchsorted(edges[:-1], rng.random(len(here)), side="right")]
        return out


def _youngest(codes: CodeList, month: Period) -> tuple[int, dict[str, int]]:
    valid = [each for each in codes.codes if each.valid(month.start) or each.valid(month.end)]
    national = max((int(each.attributes["minimum"]) for each in valid if "force" not in each.attributes), default=16)
    whole = [each for each in valid if each.valid(month.start) and each.valid(month.end)]
    return national, {
        each.attributes["force"]: int(each.attributes["minimum"]) for each in whole if "force" in each.attributes
    }


def _draw(rng: np.random.Generator, shares: dict[str, float], count: int) -> np.ndarray:
    edges = np.cumsum(list(shares.values()))
    return np.array(list(shares), dtype=object)[np.searchsorted(edges[:-1], rng.random(count), side="right")]


def _delays(rng: np.random.Generator, outcome: np.ndarray, count: int) -> np.ndarray:
    """Days from issue to outcome; unresolved ones are entered as that when the cohort is final."""
    days = rng.integers(5, 110, count)
    paid, fined = outcome == "PAID_IN_FULL", outcome == "FINE_REGISTERED"
    days = np.where(paid, rng.integers(0, 22, count), np.where(fined, rng.integers(28, 75, count), days))
    return np.where(paid & (rng.random(count) < PAID_LATE), rng.integers(37, 90, count), days)


def _states(rows: pl.DataFrame, month: Period) -> pl.DataFrame:
    """Records as they are sent: when issued, and again in the month of the outcome, if that is another."""
    known = (
        pl.when(pl.col("outcome") == "UNRESOLVED")
        .then(pl.lit(month.shift(FINAL).start))
        .otherwise(pl.col("outcome_date").dt.truncate("1mo"))
    )
    frame = rows.with_columns(known=known)
    outcome = pl.when(pl.col("known") == month.start).then(pl.col("outcome"))
    first = frame.with_columns(
        outcome=outcome,
        outcome_date=pl.when(pl.col("known") == month.start).then(pl.col("outcome_date")),
        entered=pl.lit(month.start),
    )
    again = frame.filter(pl.col("known") > month.start).with_columns(
        outcome_date=pl.when(pl.col("outcome") != "UNRESOLVED").then(pl.col("outcome_date")), entered=pl.col("known")
    )
    return pl.concat([first, again]).drop("known")


_COLUMNS = {
    "PAID_IN_FULL": "paid_in_full",
    "FINE_REGISTERED": "fine_registered",
    "COURT_HEARING_REQUESTED": "court_hearing_requested",
    "CANCELLED": "cancelled",
    "POTENTIAL_PROSECUTION": "potential_prosecution",
    "EDUCATION_COURSE": "education_course",
    "UNRESOLVED": "unresolved",
}


def _cohort(rows: pl.DataFrame, month: Period, final: bool) -> pl.DataFrame:
    """Counts of the notices issued in one month, with the outcomes known at the end of ``month``."""
    by = ("force_code", "issue_month", "offence_code", "age_band", "sex", "ethnicity")
    known = pl.lit(final) | ((pl.col("outcome") != "UNRESOLVED") & (pl.col("outcome_date") <= month.end))
    return (
        rows.with_columns(
            issue_month=pl.col("issue_date").dt.truncate("1mo"), ethnicity=pl.col("ethnicity").fill_null("0")
        )
        .group_by(by)
        .agg(
            pl.len().cast(pl.Int64).alias("issued"),
            *(
                ((pl.col("outcome") == code) & known).sum().cast(pl.Int64).alias(name)
                for code, name in _COLUMNS.items()
            ),
        )
        .with_columns(month=pl.lit(month.start))
    )
