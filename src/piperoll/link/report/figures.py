"""Figures of a linkage that say nothing of any one record: sizes, thresholds, diagnostics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from piperoll.link.cluster.bridges import find_bridges
from piperoll.link.cluster.persons import weight_of
from piperoll.link.engine import Linked


CHUNK = 4_000_000  # pairs or records that are looked at at once, so that figures need no memory to speak of


@dataclass(frozen=True)
class Sizes:
    """How many persons have 1, 2, 3 ... records: ``count[k]`` have ``k``, int64."""

    count: np.ndarray

    @property
    def persons(self) -> int:
        """All persons."""
        return int(self.count.sum())

    @property
    def largest(self) -> int:
        """Records of the largest person."""
        return len(self.count) - 1


@dataclass(frozen=True)
class At:
    """What a threshold would give, pairs taken one by one.

    Attributes:
        probability: The threshold.
        pairs: Pairs from there up.
        precision, recall: As the model expects them; see `expected`.
    """

    probability: float
    pairs: int
    precision: float
    recall: float


@dataclass(frozen=True)
class Diagnosis:
    """How well persons hang together.

    Attributes:
        loose: Persons of three records and more in which fewer than half of all pairs would be joined by themselves.
        bridges: Links without which a person of three records or more would fall into parts.
        against: Pairs that would be joined by themselves but belong to two persons.
        cut: Sizes of groups too large to be looked at all with all.
    """

    loose: int
    bridges: int
    against: int
    cut: tuple[int, ...]


def sizes(linked: Linked) -> Sizes:
    """Records of persons."""
    records = np.bincount(linked.persons.label, minlength=1)
    return Sizes(np.bincount(records[records > 0]))


THRESHOLDS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999)


def expected(linked: Linked, thresholds: tuple[float, ...] = THRESHOLDS) -> list[At]:
    """What thresholds would give, from the model's own probabilities.

    Precision is the mean probability of the pairs above; recall their sum, of all matches that the model expects (the
    prior times all pairs). Both are right as far as the model is: they are no evidence that it is.
    """
    bounds = np.array([-np.inf, *sorted(weight_of(each) for each in thresholds)])
    counts, chances = np.zeros(len(bounds), np.int64), np.zeros(len(bounds))
    for start in range(0, len(linked.pairs), CHUNK):
        weight = linked.pairs.weight[start : start + CHUNK]
        band = np.searchsorted(bounds, weight, side="right") - 1
        counts += np.bincount(band, minlength=len(bounds))
        chances += np.bincount(band, 1.0 / (1.0 + np.exp2(-weight)), len(bounds))
    counts, sums = counts[::-1].cumsum()[::-1], chances[::-1].cumsum()[::-1]
    every = max(linked.trained.prior * linked.trained.pairs, sums[0], 1e-9)
    out = []
    for each in thresholds:
        at = int(np.searchsorted(bounds, weight_of(each)))
        out.append(
            At(each, int(counts[at]), float(sums[at] / counts[at]) if counts[at] else 1.0, float(sums[at] / every))
        )
    return out


def diagnosis(linked: Linked) -> Diagnosis:
    """Loose persons, bridges, links against."""
    label, pairs = linked.persons.label, linked.pairs
    near = pairs.weight >= weight_of(linked.join)
    same = label[pairs.left] == label[pairs.right]
    inside = near & same
    count = np.bincount(label, minlength=len(label))
    edges = np.bincount(label[pairs.left[inside]], minlength=len(label))
    many = count >= 3
    loose = int((many & (edges < 0.25 * count * (count - 1))).sum())
    against = int((near & ~same).sum())
    del near, same, edges, count
    first = label[pairs.left]
    inside &= many[first]
    found = 0
    for start in range(0, len(label), CHUNK):  # a person lies whole in the chunk of its first record
        chosen = inside & (first >= start) & (first < start + CHUNK)
        found += _bridges(pairs.left[chosen], pairs.right[chosen])
    return Diagnosis(loose, found, against, linked.persons.cut)


def _bridges(left: np.ndarray, right: np.ndarray) -> int:
    """How many of some links are bridges."""
    if not len(left):
        return 0
    nodes, codes = np.unique(np.concatenate([left, right]), return_inverse=True)
    return int(find_bridges(len(nodes), codes[: len(left)].astype(np.int64), codes[len(left) :].astype(np.int64)).sum())
