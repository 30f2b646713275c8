"""Hearings of magistrates' courts and of the Crown Court, each in the month of its day.

Between the first listing and the end lie a few hearings more; what was listed as a trial was effective, cracked, not
effective or vacated about as often as trials are in published tables (Court Statistics Quarterly, 2011: in magistrates'
courts 44 per cent effective, 38 cracked, 17 ineffective; in the Crown Court 46, 40 and 14).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders.draws import choose, dates, kept, later, months, repeated, texts
from justice_world.offenders.window import Shown


TRIALS = 0.12  # of cases in magistrates' courts, about the share with a plea of not guilty
CROWN_TRIALS = 0.55  # of cases for trial
WARRANTS = 0.03  # of hearings that are not the last: the defendant did not come
_MAGISTRATES = {"EFFECTIVE": 0.42, "CRACKED": 0.36, "INEFFECTIVE": 0.16, "VACATED": 0.06}
_CROWN = {"EFFECTIVE": 0.43, "CRACKED": 0.37, "INEFFECTIVE": 0.13, "VACATED": 0.07}
_CRACKED = {"A": 0.4, "C": 0.2, "G": 0.2, "H": 0.14, "E": 0.06}
_INEFFECTIVE = {"O": 0.25, "T": 0.22, "X": 0.18, "K": 0.12, "Q": 0.11, "M": 0.07, "V": 0.05}
_FTA = {"4575": 0.6, "4576": 0.2, "4577": 0.1, "4585": 0.06, "4586": 0.04}


def in_magistrates(
    rng: np.random.Generator, cases: pl.DataFrame, listed: np.ndarray, ended: np.ndarray, shown: Shown
) -> pl.DataFrame:
    """``mc_hearing`` of cases whose first listing and end are these days, of the months shown."""
    many = 1 + (ended > listed) + np.where(ended > listed, rng.poisson(0.6, cases.height), 0)
    row, number = repeated(many)
    last = number == many[row] - 1
    day = later(listed[row], ended[row], number / np.maximum(many[row] - 1, 1))
    following = np.append(day[1:], 0)
    trial = (rng.random(cases.height) < TRIALS)[row] & (last | (rng.random(len(row)) < 0.1)) & (number > 0)
    outcome = np.where(
        last, choose(rng, {"EFFECTIVE": 0.55, "CRACKED": 0.45}, len(row)), choose(rng, _MAGISTRATES, len(row))
    )
    missed = ~last & (rng.random(len(row)) < WARRANTS)
    kind = np.where(number == 0, "FH", np.where(trial, "TRIAL", np.where(last, "SENT", "PTR")))
    minutes = np.where(
        trial & (outcome == "EFFECTIVE"), 60 + rng.integers(0, 240, len(row)), rng.integers(3, 40, len(row))
    )
    reason = _reasons(rng, outcome)
    result = np.where(missed, choose(rng, _FTA, len(row)), "4506")
    here = shown.rows(day)
    row, day, last = row[here], day[here], last[here]
    return pl.DataFrame({
        "case_no": cases["case_no"].gather(row),
        "hearing_no": number[here] + 1,
        "supplier": cases["supplier"].gather(row),
        "entered": months(day),
        "began": months(day),
        "court_code": cases["court_code"].gather(row),
        "hearing_date": dates(day),
        "hearing_type": texts(kind[here]),
        **_trials(trial[here], outcome[here], reason[here]),
        "result": texts(result[here], ~last),
        "duration_min": minutes[here],
        "adjourned_to": dates(following[here], ~last),
    })  # fmt: skip


def in_crown_court(
    rng: np.random.Generator, cases: pl.DataFrame, received: np.ndarray, days: tuple[np.ndarray, ...], end: int
) -> pl.DataFrame:
    """``cc_hearing``: the first hearing, the main one and the last, of cases with these days; none after ``end``."""
    first, main, ended = days
    row, number = repeated(np.full(cases.height, 3))
    day = np.stack([first, main, ended], axis=1).ravel()
    sentence = (cases["case_type"] == "SENTENCE").to_numpy()[row]
    trial = (rng.random(cases.height) < CROWN_TRIALS)[row] & ~sentence & (number == 1)
    outcome = choose(rng, _CROWN, len(row))
    kind = np.where(number == 0, "PCMH", np.where(trial, "TRIAL", "SENT"))
    hours = trial & (outcome == "EFFECTIVE")
    return pl.DataFrame({
        "court_code": cases["court_code"].gather(row),
        "case_no": cases["case_no"].gather(row),
        "hearing_no": number + 1,
        "supplier": cases["supplier"].gather(row),
        "entered": months(day),
        "began": months(received[row]),
        "hearing_date": dates(day),
        "hearing_type": texts(np.where(sentence, "SENT", kind)),
        **_trials(trial, outcome, _reasons(rng, outcome)),
        "duration_min": np.where(hours, rng.integers(120, 330, len(row)), rng.integers(5, 60, len(row))),
    }).filter(pl.Series(day <= end) & pl.Series((number < 2) | (day > main[row])))  # fmt: skip


def _reasons(rng: np.random.Generator, outcome: np.ndarray) -> np.ndarray:
    """Why a trial would have cracked, or not been effective."""
    count = len(outcome)
    return np.where(outcome == "CRACKED", choose(rng, _CRACKED, count), choose(rng, _INEFFECTIVE, count))


def _trials(trial: np.ndarray, outcome: np.ndarray, reason: np.ndarray) -> dict[str, pl.Series]:
    return {
        "listed_as_trial": pl.Series(trial),
        "trial_outcome": texts(outcome, trial),
        "trial_reason": kept(texts(reason), trial & np.isin(outcome, ("CRACKED", "INEFFECTIVE"))),
    }
