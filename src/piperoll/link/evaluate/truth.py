"""Evaluate a linkage against a column that says who is who."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from piperoll.link.cluster.persons import weight_of
from piperoll.link.encode.values import encode
from piperoll.link.engine import Linked
from piperoll.link.evaluate.agreement import Agreement, Score, agreement, within
from piperoll.link.report.figures import THRESHOLDS, At


BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 0.999, 1.0)
MOST_GROUPS = 40


@dataclass(frozen=True)
class Evaluation:
    """What a linkage got right.

    Attributes:
        groups: For each declared column its values with records and B-cubed score; the largest 40.
        points: Precision and recall of pairs by threshold.
        reliability: Bins of probability: from, to, pairs, mean probability, share that is true.
    """

    agreement: Agreement
    groups: Mapping[str, list[tuple[str, int, Score]]]
    points: tuple[At, ...]
    reliability: tuple[tuple[float, float, int, float, float], ...]


def column(linked: Linked, frames: Mapping[str, pl.DataFrame], name: str) -> pl.Series:
    """A column of the files as text, in the order of the records."""
    records = linked.ready.records
    parts = [frames[file][name].cast(pl.String) for file in records.files]
    starts = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    return pl.concat(parts).gather(starts[records.file] + records.rows)


def evaluate(linked: Linked, frames: Mapping[str, pl.DataFrame]) -> Evaluation | None:
    """Compare with the declared truth; None if none is declared."""
    declared = linked.ready.linkage.declared
    if not declared.truth:
        return None
    known = encode(column(linked, frames, declared.truth)).codes.astype(np.int64)
    found = linked.persons.label
    whole = agreement(found, known)
    groups = {}
    for name in declared.groups:
        values = encode(column(linked, frames, name).fill_null("(not given)"))
        scores = within(found, known, values.codes)
        counts = values.counts()
        order = sorted(scores, key=lambda each: (-counts[each], values.distinct[each]))[:MOST_GROUPS]
        groups[name] = [(str(values.distinct[each]), int(counts[each]), scores[each]) for each in order]
    weight = linked.pairs.weight
    left, right = known[linked.pairs.left], known[linked.pairs.right]
    use = (left >= 0) & (right >= 0)
    true = (left == right)[use]
    weight = weight[use]
    return Evaluation(whole, groups, tuple(_points(weight, true, whole.true_pairs)), tuple(_bins(weight, true)))


def _points(weight: np.ndarray, true: np.ndarray, every: int) -> list[At]:
    out = []
    for each in THRESHOLDS:
        above = weight >= weight_of(each)
        right = int(true[above].sum())
        count = int(above.sum())
        out.append(At(each, count, right / count if count else 1.0, right / every if every else 1.0))
    return out


def _bins(weight: np.ndarray, true: np.ndarray) -> list[tuple[float, float, int, float, float]]:
    chance = 1.0 / (1.0 + np.exp2(-weight))
    place = np.clip(np.searchsorted(BINS, chance, side="right") - 1, 0, len(BINS) - 2)
    out = []
    for k in range(len(BINS) - 1):
        mine = place == k
        if mine.any():
            out.append((BINS[k], BINS[k + 1], int(mine.sum()), float(chance[mine].mean()), float(true[mine].mean())))
    return out
