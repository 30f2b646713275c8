"""Aggregate returns of all teams as Themis holds them, of true size."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders.draws import dates
from justice_world.rooms import codes, day
from justice_world.youth.courses import OFFENCES, OUTCOMES
from justice_world.youth.young import weights
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams


# Offences that led to a disposal in a financial year, rounded (Annual Workload Data, Youth Justice Board).
_OFFENCES = {2002: 268_500, 2003: 287_900, 2004: 287_900, 2005: 301_900, 2006: 295_100, 2007: 278_000, 2008: 244_600}
_DISPOSALS, _REMANDS, _PEOPLE = 0.74, 0.36, 0.5  # for each offence
_REMAND = {"BAIL": 0.62, "CONDITIONAL_BAIL": 0.24, "RLA": 0.03, "SECURE": 0.03, "CUSTODY": 0.08}
_AGES = {"10": 0.01, "11": 0.02, "12": 0.05, "13": 0.10, "14": 0.17, "15": 0.22, "16": 0.23, "17": 0.20}
_GIRLS = 0.2
_PERFORMANCE = {"KPI_WARNINGS": 82, "KPI_CUSTODY": 5.5, "KPI_SECURE_REMAND": 9, "KPI_VICTIMS": 82, "KPI_PARENTING": 95,
                "KPI_ASSET": 96, "KPI_DTO_PLANS": 85, "KPI_ETE": 72, "KPI_ACCOMMODATION": 94,
                "KPI_MENTAL_HEALTH": 88}  # fmt: skip
_SENT_BACK = 0.01  # teams whose return is out for verification
_AGAIN = 0.06  # teams whose return is a later version


def quarter(period: Period, register: Register, streams: Streams) -> pl.DataFrame:
    """The returns of a quarter, a row a cell."""
    rng = streams.of("themis", period)
    teams = codes(register, "yot", Period.containing(period.end, "month"))
    year = Period.containing(period.start, "financial_year").start.year
    size = _OFFENCES[min(max(year, 2002), 2008)] / 4 * weights(teams, streams)
    parts = [
        _spread(teams, "OFFENCES", OFFENCES, rng.poisson(size), rng),
        _spread(teams, "DISPOSALS", OUTCOMES, rng.poisson(size * _DISPOSALS), rng),
        _spread(teams, "REMANDS", _REMAND, rng.poisson(size * _REMANDS), rng),
        _people(teams, rng.poisson(size * _PEOPLE), rng),
    ]
    for measure, middle in _PERFORMANCE.items():
        values = np.clip(middle + rng.normal(0, min(middle, 100 - middle) / 3, len(teams)), 0, 100)
        parts.append(_cells(teams, measure, "ALL", "ALL").with_columns(percent=pl.Series(np.rint(values * 10) / 10)))
    state = pl.DataFrame({
        "yot": teams,
        "uploaded_on": dates(day(period, last=True) + rng.integers(15, 45, len(teams))),
        "version": np.where(rng.random(len(teams)) < _AGAIN, 2, 1),
        "sent_back": rng.random(len(teams)) < _SENT_BACK,
    })  # fmt: skip
    rows = pl.concat(parts, how="diagonal").join(state, on="yot", how="left").with_columns(
        quarter=pl.lit(str(period)),
        source_return_id=pl.col("yot") + "-" + str(period),
        verified_on=pl.when(~pl.col("sent_back")).then(pl.col("uploaded_on") + pl.duration(days=10)).cast(pl.Date),
        status=pl.when("sent_back").then(pl.lit("RETURNED_FOR_VERIFICATION")).otherwise(pl.lit("VERIFIED")),
        percent=pl.col("percent").cast(pl.Decimal(6, 1)),
    )  # fmt: skip
    return rows.sort("yot", "measure", "dim1", "dim2")


def annual(year: Period, quarters: list[pl.DataFrame]) -> pl.DataFrame:
    """The year's returns: totals of the quarters by first dimension."""
    counted = pl.concat(quarters).filter(pl.col("count").is_not_null())
    return (
        counted.group_by("yot", "measure", "dim1").agg(pl.col("count").sum())
        .with_columns(year=pl.lit(str(year))).sort("yot", "measure", "dim1")
    )  # fmt: skip


def _cells(teams: list[str], measure: str, first: str, second: str) -> pl.DataFrame:
    return pl.DataFrame({"yot": teams}).with_columns(
        measure=pl.lit(measure), dim1=pl.lit(first), dim2=pl.lit(second), dim3=pl.lit("ALL"),
        count=pl.lit(None, dtype=pl.Int64), percent=pl.lit(None, dtype=pl.Float64),
    )  # fmt: skip


def _spread(
    teams: list[str], measure: str, shares: dict[str, float], totals: np.ndarray, rng: np.random.Generator
) -> pl.DataFrame:
    chances = np.array(list(shares.values())) / sum(shares.values())
    counts = rng.multinomial(totals, chances)
    cells = [
        _cells(teams, measure, name, "ALL").with_columns(count=pl.Series(counts[:, i])) for i, name in enumerate(shares)
    ]
    return pl.concat([*cells, _cells(teams, measure, "ALL", "ALL").with_columns(count=pl.Series(totals))])


def _people(teams: list[str], totals: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    girls = rng.binomial(totals, _GIRLS)
    parts = []
    for sex, of_sex in (("2", girls), ("1", totals - girls)):
        counts = rng.multinomial(of_sex, np.array(list(_AGES.values())))
        parts += [
            _cells(teams, "SANCTIONED", sex, f"AGE_{age}").with_columns(count=pl.Series(counts[:, i]))
            for i, age in enumerate(_AGES)
        ]
    return pl.concat([*parts, _cells(teams, "SANCTIONED", "ALL", "ALL").with_columns(count=pl.Series(totals))])
