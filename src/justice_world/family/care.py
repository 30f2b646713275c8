"""The care monitoring system: care cases keyed a second time, with errors of its own, and their hearings."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.family.cases import CHILD, Begun
from justice_world.family.course import CARE_ENDS, Care
from justice_world.family.courts import Courts
from justice_world.offenders.draws import choose, dates, kept, months
from justice_world.places import Places
from piperoll.periods import Period


FROM = int(np.datetime64("2012-04-02").astype(np.int64))  # the first day of application that the system holds
# Keyed a second time by hand: cases never keyed, a slip in the case number, dates a few days off, children miscounted.
NEVER, WRONG_NUMBER, WRONG_DATE, WRONG_CHILDREN = 0.01, 0.008, 0.04, 0.015
DELAYED = 0.4  # of cases with a reason for delay; of these three in ten have a second
UPDATED = 0.6  # of open cases that somebody enters something about in a month
JUDGES_A_COURT = 8
_REASONS = np.array(["EXPERT", "ASSESSMENT", "KINSHIP_LATE", "JUDICIAL_AVAIL", "PARTY", "OTHER"])
_FINAL = {1: "CARE", 2: "SUPERVISION", 14: "SGO", 29: "CAO"}
_KINDS = list(CARE_ENDS)


def key(begun: Begun, care: Care, courts: Courts, places: Places, rng: np.random.Generator) -> pl.DataFrame:
    """Care cases as they are keyed, with what lies ahead as days since 1970 (``-1`` for never)."""
    keyed = np.flatnonzero((begun.received[care.case] >= FROM) & (rng.random(len(care.case)) >= NEVER))
    case = care.case[keyed]
    count = len(case)
    children = begun.parties.filter(pl.col("kind") == CHILD).group_by("case").agg(
        pl.len().cast(pl.Int64).alias("children"), pl.col("dob").max().alias("youngest"), pl.col("given").null_count()
    )  # fmt: skip
    mine = pl.DataFrame({"case": case}).join(children, on="case", how="left", maintain_order="left")
    off = np.where(rng.random(count) < WRONG_DATE, rng.integers(-3, 4, count), 0)
    applied = np.maximum(begun.received[case] + off, FROM)
    issued = np.maximum(care.issued[keyed], applied)
    ends = np.maximum(
        care.ends[keyed] + np.where(rng.random(count) < WRONG_DATE, rng.integers(-2, 6, count), 0), issued + 1
    )
    how, order = care.how[keyed], care.order[keyed]
    types = care.types[keyed]
    kind = np.where(types == "SO", "SUPERVISION", np.where(types == "CRO,SO", "CARE_AND_SUPERVISION", "CARE"))
    final = pl.Series(order).replace_strict(_FINAL, default="NO_ORDER")
    withdrawn = how == _KINDS.index("withdrawn")
    reasons = _REASONS[rng.integers(0, len(_REASONS), count)]
    second = _REASONS[rng.integers(0, len(_REASONS), count)]
    both = np.char.add(np.char.add(reasons, " "), second)
    delay = np.where((rng.random(count) < 0.3) & (second != reasons), both, reasons)
    tier = choose(rng, {"CC": 0.55, "FPC": 0.42, "HC": 0.03}, count)
    judge = courts.codes.gather(begun.court[case]) + pl.Series(rng.integers(1, JUDGES_A_COURT + 1, count)).cast(
        pl.String
    )
    cured = mine["children"].to_numpy() + np.where(rng.random(count) < WRONG_CHILDREN, 1, 0)
    return pl.DataFrame({
        "true_number": begun.number.gather(case), "case_number": _slips(begun.number.gather(case), rng),
        "court": begun.court[case], "court_code": courts.codes.gather(begun.court[case]),
        "supplier": pl.Series(courts.region[begun.court[case]].astype(str)),
        "application_date": dates(applied), "issue_date": dates(issued, rng.random(count) >= 0.01),
        "application_type": pl.Series(kind.astype(str)),
        "applicant_la": places.authorities.gather(begun.authority[case]),
        "number_of_children": cured, "youngest_child_dob": pl.select(
            pl.when(pl.Series(mine["youngest"].to_numpy().astype("datetime64[D]").astype(np.int64) <= applied))
            .then(mine["youngest"])
        ).to_series(),
        "timetable_target_date": dates(issued + 182, rng.random(count) < 0.7),
        "allocated_judge_id": "J" + judge, "allocated_tier": pl.Series(tier.tolist(), dtype=pl.String),
        "interim": np.where(care.interim[keyed] > 0, np.clip(care.interim[keyed], issued, ends), -1),
        "experts": rng.poisson(1.1, count),
        "delay": kept(pl.Series(delay.astype(str)), rng.random(count) < DELAYED),
        "applied": applied, "issued": issued, "ends": ends, "withdrawn": withdrawn,
        "final": pl.select(pl.when(pl.Series(withdrawn)).then(pl.lit("WITHDRAWN")).otherwise(final)).to_series(),
        "conference": np.minimum(issued + rng.integers(20, 60, count), ends - 1),
        "resolution": np.minimum(issued + ((ends - issued) * 0.75).astype(np.int64), ends - 1),
        "hearing": np.minimum(issued + ((ends - issued) * 0.95).astype(np.int64), ends - 1),
        "first": np.minimum(issued + rng.integers(5, 15, count), ends - 1),
    })  # fmt: skip


def _slips(number: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Case numbers, a few with one digit of the serial wrong."""
    wrong = pl.Series(rng.random(len(number)) < WRONG_NUMBER)
    digit = pl.Series(rng.integers(0, 10, len(number))).cast(pl.String)
    return pl.select(pl.when(wrong).then(number.str.slice(0, 9) + digit).otherwise(number)).to_series()


def snapshot(cases: pl.DataFrame, month: Period, rng: np.random.Generator) -> pl.DataFrame:
    """The state at the end of a month of every case open in it: the contract's columns and ``supplier``."""
    first, last = _days(month)
    here = cases.filter((pl.col("applied") <= last) & (pl.col("ends") >= first))
    end = pl.lit(last)
    ended = (pl.col("ends") <= end) & ~pl.col("withdrawn")
    away = (pl.col("ends") <= end) & pl.col("withdrawn")
    steps = ("applied", "issued", "first", "interim", "conference", "resolution", "hearing", "ends")
    latest = pl.max_horizontal(pl.when(pl.col(name) <= end).then(pl.col(name)) for name in steps)
    some = pl.Series(rng.random(here.height) < UPDATED)
    day = pl.max_horizontal(latest, pl.Series(rng.integers(first, last + 1, here.height)))
    touched = (
        pl.when(some | (latest >= first)).then(pl.when(ended | away).then(latest).otherwise(day)).otherwise(latest)
    )
    return here.with_columns(
        current_stage=pl.when(ended).then(pl.lit("CONCLUDED")).when(away).then(pl.lit("WITHDRAWN"))
        .when(pl.col("hearing") <= end).then(pl.lit("FINAL_HEARING")).when(pl.col("resolution") <= end)
        .then(pl.lit("IRH")).when(pl.col("conference") <= end).then(pl.lit("CMC")).otherwise(pl.lit("ISSUED")),
        issue_date=pl.when(pl.col("issued") <= end).then("issue_date"),
        ico_first_date=_date(pl.when((pl.col("interim") > 0) & (pl.col("interim") <= end)).then("interim")),
        experts_instructed=pl.when(pl.col("conference") <= end).then("experts"),
        delay_reason=pl.when(pl.col("resolution") <= end).then("delay"),
        final_order_date=_date(pl.when(ended).then("ends")),
        final_order_type=pl.when(ended | away).then("final"),
        last_updated=_date(touched),
    ).select(
        "case_number", "court_code", "application_date", "issue_date", "application_type", "applicant_la",
        "number_of_children", "youngest_child_dob", "timetable_target_date", "allocated_judge_id", "allocated_tier",
        "ico_first_date", "experts_instructed", "current_stage", "delay_reason", "final_order_date",
        "final_order_type", "last_updated", "supplier",
    ).unique("case_number", keep="first", maintain_order=True)  # fmt: skip


_HEARINGS = (("first", "FIRST"), ("conference", "CMC"), ("resolution", "IRH"), ("hearing", "FINAL"))


def hearings(cases: pl.DataFrame, month: Period, rng: np.random.Generator) -> pl.DataFrame:
    """Hearings listed in a month: the contract's columns and ``supplier``."""
    first, last = _days(month)
    parts = []
    for number, (column, kind) in enumerate(_HEARINGS, start=1):
        here = cases.filter(pl.col(column).is_between(first, last) & (pl.col("applied") <= last)).with_columns(
            hearing_seq=pl.lit(number, dtype=pl.Int64), hearing_type=pl.lit(kind), listed_date=_date(pl.col(column))
        )
        parts.append(here)
    rows = pl.concat(parts)
    outcome = choose(rng, {"EFFECTIVE": 0.78, "ADJOURNED": 0.15, "VACATED": 0.07}, rows.height)
    reason = pl.Series(_REASONS[rng.integers(0, len(_REASONS), rows.height)].astype(str))
    return rows.with_columns(
        outcome=pl.Series(outcome.tolist(), dtype=pl.String),
        adjourn_reason=pl.when(pl.Series(outcome != "EFFECTIVE")).then(reason),
    ).select(
        "case_number", "hearing_seq", "hearing_type", "listed_date", "outcome", "adjourn_reason", "supplier"
    ).unique(("case_number", "hearing_seq"), keep="first", maintain_order=True)  # fmt: skip


def truth(cases: pl.DataFrame) -> pl.DataFrame:
    """Which case of FamilyMan each number keyed stands for."""
    return cases.select(
        "case_number", "true_number", "supplier", months(cases["applied"].to_numpy()).alias("month"),
        _date(pl.col("ends")).alias("ends"), "final",
    )  # fmt: skip


def _date(days: pl.Expr) -> pl.Expr:
    return days.cast(pl.Int32).cast(pl.Date)


def _days(month: Period) -> tuple[int, int]:
    return tuple(int(np.datetime64(day).astype(np.int64)) for day in (month.start, month.end))  # type: ignore[return-value]
