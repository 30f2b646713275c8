"""Predictors of reoffending in an assessment: their terms drawn, and the values that these give.

Formulas are those of the Offender Group Reconviction Scale, version 3, and of OASys's general and violence predictors,
in retired public code of HMPPS (github.com/ministryofjustice/hmpps-arns-risk-actuarial-api).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders.draws import kept, texts
from piperoll.register.model.register import Register


# Shares are ours.
_FLAGS = {"no_fixed_abode": 0.1, "unemployed": 0.55, "psychiatric_treatment": 0.08, "victim_impact": 0.6}
_AGES = np.array([12, 14, 16, 18, 21, 25, 30, 35, 40, 50])
_VIOLENCE_AGES = np.array([20, 22, 24, 26, 31, 36, 41, 46, 51])


class Scales:
    """The weights of the register's lists."""

    def __init__(self, register: Register) -> None:
        ages = register.codes["ogrs3_age_sex"].codes
        self.age_sex = np.array(
            [[float(each.attributes["score"]) for each in ages if each.attributes["sex"] == sex] for sex in ("1", "2")]
        )
        offences = register.codes["ogrs3_offence"].codes
        self.offences = [each.code for each in offences]
        self.weights = np.array([float(each.attributes["weight"]) for each in offences])
        self.violence = np.array([int(each.attributes["points"]) for each in register.codes["ovp_age"].codes])


def predict(
    rng: np.random.Generator, age: np.ndarray, female: np.ndarray, complete: np.ndarray, scales: Scales
) -> dict[str, pl.Series]:
    """Terms and predictors of people of these ages; the two predictors of OASys where the assessment is complete."""
    count = len(age)
    first = np.maximum(np.minimum(age, 10 + rng.geometric(0.09, count)), 10)
    previous = np.where(first < age, rng.geometric(0.18, count) - 1, 0)
    offence = rng.integers(0, len(scales.offences), count)
    score = scales.age_sex[female.astype(int), np.searchsorted(_AGES, age, side="right")]
    score = score + 1.25112 * np.log((1 + previous) / (10.0 + age - first))
    score = score + np.where(previous == 0, 0.12614, 0.46306) + scales.weights[offence]
    one, two = _percent(score + 1.40256), _percent(score + 2.1217)
    violent = np.minimum(rng.poisson(1.0, count), previous + 1)
    other = np.maximum(previous + 1 - violent, 0)
    flags = {name: rng.random(count) < share for name, share in _FLAGS.items()}
    items = {name: rng.binomial(most, share, count) for name, most, share in
             (("activities", 2, 0.4), ("temper", 2, 0.4), ("attitudes", 2, 0.35), ("drugs", 4, 0.3),
              ("alcohol", 4, 0.35), ("thinking", 12, 0.4))}  # fmt: skip
    steps = np.array([0, 3, 5])
    general = (
        np.rint(0.6 * two) + 5 * flags["no_fixed_abode"] + 5 * flags["unemployed"] + steps[items["activities"]]
        + _round(3.75 * items["drugs"]) + _round(5 / 6 * items["thinking"]) + steps[items["attitudes"]]
    )  # fmt: skip
    violence = (
        np.where(violent < 5, np.array([0, 4, 7, 9, 11])[np.minimum(violent, 4)], np.minimum(violent, 18) + 7)
        + np.searchsorted([2, 4, 10, 20], other, side="left")
        + (other > 2)
        + 5 * (previous > 0) + 5 * ~female + scales.violence[np.searchsorted(_VIOLENCE_AGES, age, side="right")]
        + 4 * ~flags["victim_impact"] + 4 * flags["no_fixed_abode"] + 4 * flags["unemployed"]
        + np.ceil(2.5 * items["alcohol"]) + 4 * flags["psychiatric_treatment"]
        + 3 * items["temper"] + 3 * items["attitudes"]
    )  # fmt: skip
    oasys = {
        **flags, **{f"item_{name}": values for name, values in items.items()},
        "ogp_1yr": _percent(0.0616 * general - 3.6832), "ogp_2yr": _percent(0.0616 * general - 3.0795),
        "ovp_1yr": _percent(0.0722 * violence - 4.5215), "ovp_2yr": _percent(0.0722 * violence - 3.8773),
        "violent_sanctions": violent, "other_sanctions": other,
    }  # fmt: skip
    return {
        "ogrs3_1yr": pl.Series(one),
        "ogrs3_2yr": pl.Series(two),
        "predictor_age": pl.Series(age),
        "conviction_age": pl.Series(age),
        "first_sanction_age": pl.Series(first),
        "previous_sanctions": pl.Series(previous),
        "ogrs3_offence": texts(np.array(scales.offences, dtype=object)[offence]),
        **{name: kept(pl.Series(values), complete) for name, values in oasys.items()},
    }


def _percent(score: np.ndarray) -> np.ndarray:
    return np.rint(100 / (1 + np.exp(-score))).astype(np.int64)


def _round(values: np.ndarray) -> np.ndarray:
    """Halves upwards, as the formula's code has it."""
    return np.floor(values + 0.5)
