"""Match two inputs by keys in order, each record once: for sources that share numbers of cases.

::

    steps: ["ptiurn, surname, dob", "asn, dob", {key: "forename, surname, dob", within: offence_date, days: 30}]

A step joins records, not matched before, that agree on all terms of its key, where one of each input does. Where
several do, the dates of ``within`` decide, if they leave one nearest pair; else nobody is matched by that step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.link.block.groups import combine
from piperoll.link.encode.records import Records
from piperoll.link.spec.terms import NotUnderstood, Term, parse_rule
from piperoll.register.model.linkage import StepSpec


@dataclass(frozen=True)
class Matches:
    """Pairs of records, one of each input.

    Attributes:
        left, right: int64: records.
        step: int64: position of the step that matched them.
        ambiguous: For each step, records of the first input that agreed with several, or with one that others did.
    """

    left: np.ndarray
    right: np.ndarray
    step: np.ndarray
    ambiguous: tuple[int, ...]


def cascade(records: Records, steps: Sequence[StepSpec]) -> Matches:
    """Match the records of two files.

    Raises:
        UserError: ``PR-L017`` if there are not two, or a step means nothing.
    """
    if len(records.files) != 2:
        raise UserError("PR-L017", "steps match two inputs.", fix="Name two inputs, or link by weights.")
    free = np.ones(len(records), bool)
    left, right, number, ambiguous = [], [], [], []
    for position, step in enumerate(steps):
        pairs, unsure = _step(records, step, free)
        free[pairs["left"].to_numpy()] = False
        free[pairs["right"].to_numpy()] = False
        left.append(pairs["left"].to_numpy())
        right.append(pairs["right"].to_numpy())
        number.append(np.full(pairs.height, position))
        ambiguous.append(unsure)
    empty = [np.zeros(0, np.int64)]
    one, other, at = (np.concatenate(each or empty).astype(np.int64) for each in (left, right, number))
    return Matches(one, other, at, tuple(ambiguous))


def _step(records: Records, step: StepSpec, free: np.ndarray) -> tuple[pl.DataFrame, int]:
    try:
        terms = parse_rule(step.key)
        key = combine([records.columns.key(term) for term in terms])
        dates = records.columns[Term(step.within)] if step.within else None
        if step.within and not records.columns.is_date(Term(step.within)):
            raise NotUnderstood(f"`{step.within}` is no date.", "Name a field of `kind: date`.")
    except NotUnderstood as error:
        raise UserError("PR-L017", error.message, where=step.key, fix=error.fix) from None
    except KeyError:
        known = ", ".join(records.columns.fields)
        raise UserError("PR-L017", "a field is not there.", where=step.key, fix=f"Fields are {known}.") from None
    frame = pl.DataFrame({"row": np.arange(len(records)), "key": key, "file": records.file})
    if dates is not None:
        day = (
            dates.distinct.cast(pl.String)
            .str.to_date("%Y%m%d", strict=False)
            .gather(pl.Series(dates.codes).replace(-1, None))
        )
        frame = frame.with_columns(day=day)
    frame = frame.filter(pl.Series(free) & (pl.col("key") >= 0))
    sides = [frame.filter(pl.col("file") == k).drop("file") for k in range(2)]
    pairs = sides[0].join(sides[1], on="key", suffix="_other").rename({"row": "left", "row_other": "right"})
    if dates is not None:
        apart = (pl.col("day") - pl.col("day_other")).dt.total_days().abs()
        pairs = pairs.with_columns(apart=apart).filter(pl.col("apart") <= step.days)
        nearest = (pl.col("apart") == pl.col("apart").min().over("left")) & (
            pl.col("apart") == pl.col("apart").min().over("right")
        )
        met = pairs["left"].n_unique()
        pairs = pairs.filter(nearest)
    else:
        met = pairs["left"].n_unique()
    alone = (pl.len().over("left") == 1) & (pl.len().over("right") == 1)
    pairs = pairs.filter(alone).select("left", "right").sort("left", "right")
    return pairs, met - pairs.height
