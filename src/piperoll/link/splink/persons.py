"""Persons from pairs that DuckDB weighed: the engine's way of joining, with what blocking did not find weighed, too."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from piperoll.link.cluster.agree import agree, components
from piperoll.link.cluster.persons import AGREE, STEP, least_weight


WIDEST = 500  # records of a component that are looked at all with all; a larger one is cut at a higher weight first
Weigh = Callable[[np.ndarray, np.ndarray], np.ndarray]


def join_pairs(
    count: int, left: np.ndarray, right: np.ndarray, weight: np.ndarray, join: float, weigh: Weigh
) -> np.ndarray:
    """First record of each record's person, int64 (count,); see `piperoll.link.cluster.agree` for what is joined.

    Args:
        left, right: int (pairs,), left below right, no pair twice.
        weight: float64 (pairs,), bits; -inf for what cannot be one person.
        join: Probability from which two records are joined.
        weigh: Gives the weights of further pairs.
    """
    label = np.arange(count)
    known = _sorted(left.astype(np.int64) * count + right, weight)
    bound = least_weight(join)
    links = weight >= bound
    one, other, bits = left[links].astype(np.int32), right[links].astype(np.int32), weight[links]
    while len(one):
        root = components(count, one, other)
        sizes = np.bincount(root, minlength=count)
        fits = (sizes[root] > 1) & (sizes[root] <= WIDEST)
        _settle(np.flatnonzero(fits), root, known, join, weigh, label)
        bound += STEP
        again = (sizes[root[one]] > WIDEST) & (bits >= bound)
        one, other, bits = one[again], other[again], bits[again]
    return label


def _sorted(keys: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(keys, kind="stable")
    return keys[order], weight[order]


def _settle(
    records: np.ndarray, root: np.ndarray, known: tuple[np.ndarray, np.ndarray], join: float, weigh: Weigh,
    label: np.ndarray,
) -> None:  # fmt: skip
    """Persons of whole components: writes the label of each of ``records``."""
    if not len(records):
        return
    records = records[np.argsort(root[records], kind="stable")]
    starts = np.flatnonzero(np.concatenate([[True], root[records[1:]] != root[records[:-1]]]))
    groups = np.split(records, starts[1:])
    pairs = [np.triu_indices(len(each), 1) for each in groups]
    left = np.concatenate([each[a] for each, (a, _) in zip(groups, pairs, strict=True)])
    right = np.concatenate([each[b] for each, (_, b) in zip(groups, pairs, strict=True)])
    weight = _weights(left, right, known, len(label), weigh)
    chance = 1.0 / (1.0 + np.exp2(-np.clip(weight, -60.0, 60.0)))
    chance[np.isneginf(weight)] = 0.0
    at = 0
    for each, (a, b) in zip(groups, pairs, strict=True):
        matrix = np.zeros((len(each), len(each)))
        matrix[a, b] = matrix[b, a] = chance[at : at + len(a)]
        at += len(a)
        label[each] = each[agree(matrix, np.zeros(matrix.shape, np.bool_), join, AGREE)]


def _weights(
    left: np.ndarray, right: np.ndarray, known: tuple[np.ndarray, np.ndarray], count: int, weigh: Weigh
) -> np.ndarray:
    """Weights of pairs: those that are known, and all others by ``weigh``."""
    keys, bits = known
    wanted = left.astype(np.int64) * count + right
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    here = keys[at] == wanted
    out = bits[at].astype(float)
    if not here.all():
        out[~here] = weigh(left[~here], right[~here])
    return out
