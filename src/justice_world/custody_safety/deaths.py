"""Deaths: who dies of what, and what the database knows of it at the end of each month."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders.draws import choose, dates, kept, texts
from justice_world.population.identifiers import padded
from justice_world.rooms import day
from piperoll.periods import Period


# A prisoner and month: 192 deaths in 2011 among 86,000, of which 57 were self-inflicted (Safety in Custody Statistics).
_RATE = 0.00019
_CAUSES = {"NATURAL": 0.63, "SELF_INFLICTED": 0.30, "OTHER_AWAITING": 0.04, "OTHER_NON_NATURAL": 0.02, "HOMICIDE": 0.01}
_METHODS = {"HANGING": 0.90, "CUTTING": 0.03, "OVERDOSE": 0.03, "SUFFOCATION": 0.03, "OTHER": 0.01}
_INQUESTS = {"NATURAL": {"NATURAL": 0.95, "OTHER": 0.05}, "SELF_INFLICTED": {"SUICIDE": 0.6, "NARRATIVE": 0.25,
             "MISADVENTURE": 0.1, "OPEN": 0.05}, "HOMICIDE": {"UNLAWFUL_KILLING": 1.0}}  # fmt: skip
_LATER = {"ACCIDENT": 0.4, "NARRATIVE": 0.3, "OPEN": 0.3}
_NO_METHOD = 0.01  # self-inflicted deaths whose method is not entered
_ONE_SOURCE = 0.02  # of final records


def who_dies(month: Period, held: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Of the stock, who dies in a month, with ``died`` (day)."""
    first, last = day(month), day(month, last=True)
    came = np.maximum(held["since"].to_numpy(), first)
    leaves = np.minimum(held["leaves"].to_numpy(), last)
    chosen = (rng.random(held.height) < _RATE) & (leaves >= came)
    on = came + (rng.random(held.height) * (leaves - came + 1)).astype(np.int64)
    return held.with_columns(died=pl.Series(on)).filter(pl.Series(chosen)).sort("noms_no")


def record(dead: pl.DataFrame, start: int, rng: np.random.Generator) -> pl.DataFrame:
    """All that will ever be known of deaths; ``report_day`` and ``inquest_day`` say from when on."""
    count, died = dead.height, dead["died"].to_numpy()
    cause = choose(rng, _CAUSES, count)
    own = cause == "SELF_INFLICTED"
    method = choose(rng, _METHODS, count)
    hanged = own & (method == "HANGING")
    conclusion = np.array([
        choose(rng, _INQUESTS.get(each, _LATER), 1)[0] for each in cause
    ], dtype=object)  # fmt: skip
    place = np.where(
        own, choose(rng, {"CELL_SINGLE": 0.6, "CELL_SHARED": 0.2, "SEGREGATION": 0.08, "HOSPITAL": 0.12}, count),
        choose(rng, {"HOSPITAL": 0.55, "CELL_SINGLE": 0.2, "HEALTHCARE": 0.15, "HOSPICE": 0.1}, count),
    )  # fmt: skip
    celled = np.char.startswith(place.astype(str), "CELL")
    served = died - dead["came"].to_numpy()
    status = choose(rng, {"SENTENCED": 0.7, "REMAND": 0.18, "CONVICTED_UNSENTENCED": 0.05, "RECALL": 0.07}, count)
    return dead.select(
        "noms_no", "surname", "forenames", "dob", "sex", "ethnicity", "nationality", "establishment", "person",
        death_id="D" + padded(start + np.arange(count), 8),
        date_of_death=dates(died),
        time_of_death=padded(rng.integers(0, 24, count), 2) + ":" + padded(rng.integers(0, 60, count), 2),
        location=texts(place),
        days_in_custody=served,
        days_in_establishment=died - dead["since"].to_numpy(),
        custody_status=texts(status),
        main_offence=texts(choose(rng, {"VIOLENCE": 0.3, "SEXUAL": 0.25, "ROBBERY": 0.12, "BURGLARY": 0.1, "DRUGS": 0.1,
                                        "OTHER": 0.13}, count)),
        sentence_length=texts(choose(rng, {"UP_TO_6M": 0.05, "12M_TO_4Y": 0.35, "4Y_AND_OVER": 0.4,
                                           "INDETERMINATE": 0.2}, count), np.isin(status, ("SENTENCED", "RECALL"))),
        apparent_cause=texts(cause),
        method=texts(method, own & (rng.random(count) >= _NO_METHOD)),
        ligature=texts(choose(rng, {"BEDDING": 0.6, "SHOELACES": 0.15, "CLOTHING": 0.15, "BELT": 0.1}, count), hanged),
        ligature_point=texts(choose(rng, {"WINDOW": 0.5, "BED": 0.2, "DOOR": 0.15, "PIPES": 0.15}, count), hanged),
        acct_open=kept(pl.Series(rng.random(count) < 0.25), own),
        cell_occupancy=kept(pl.Series(np.where(place == "CELL_SHARED", 2, 1)), celled),
        ppo_ref=padded(start + np.arange(count), 4) + "/" + dates(died).dt.strftime("%y"),
        report_day=pl.Series(died + rng.integers(150, 330, count)),
        inquest_day=pl.Series(died + rng.integers(200, 900, count)),
        conclusion=texts(conclusion),
        settled=texts(np.where(cause == "OTHER_AWAITING", "OTHER_NON_NATURAL", cause)),
        sparse=pl.Series(rng.random(count) < _ONE_SOURCE),
    )  # fmt: skip


def known(deaths: pl.DataFrame, month: Period) -> pl.DataFrame:
    """The database at the end of a month."""
    end = day(month, last=True)
    reported, held = pl.col("report_day") <= end, pl.col("inquest_day") <= end
    return deaths.with_columns(
        ppo_report_date=pl.when(reported).then(pl.col("report_day").cast(pl.Int32).cast(pl.Date)),
        inquest_held=held,
        inquest_date=pl.when(held).then(pl.col("inquest_day").cast(pl.Int32).cast(pl.Date)),
        inquest_conclusion=pl.when(held).then("conclusion"),
        final_cause=pl.when(reported | held).then("settled"),
        classification_status=pl.when(reported | held).then(pl.lit("FINAL")).otherwise(pl.lit("PROVISIONAL")),
        sources=pl.when("sparse").then(pl.lit("CASEWORK")).otherwise(
            pl.concat_str(pl.lit("NOMIS IIS AO"), pl.when(reported).then(pl.lit(" PPO")).otherwise(pl.lit("")),
                          pl.when(held).then(pl.lit(" CORONER")).otherwise(pl.lit("")))
        ),
    ).sort("death_id")  # fmt: skip
