"""From weighed pairs to persons."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from piperoll.link.cluster.agree import Near, Rules, by_left, components, resolve
from piperoll.link.cluster.names import further_names
from piperoll.link.compare.program import Program
from piperoll.link.score.run import Pairs, Scanner
from piperoll.link.score.scan import Weights


WIDEST = 2_000  # records of a component that are looked at all with all; a larger one is cut first
AGREE = 0.5  # mean of best matches from which groups of records are one person
CHUNK = 4_000_000  # pairs whose codes are compared at once
STEP = 2.0  # bits by which the bound rises to cut it


@dataclass(frozen=True)
class Vetoes:
    """What keeps two records apart: one comparison each, with level 1 where it applies.

    Attributes:
        unless: float64: not where the weight is at least this.
        file: int16 (records,): of each record.
        single: bool (files,): files in which nobody is twice.
    """

    program: Program
    unless: np.ndarray
    file: np.ndarray
    single: np.ndarray


@dataclass(frozen=True)
class Persons:
    """Who is who.

    Attributes:
        label: int32 (records,): the first record of each record's person.
        cut: Components of more than `WIDEST` records, which were cut at a higher weight: their sizes.
    """

    label: np.ndarray
    cut: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many persons."""
        return int((self.label == np.arange(len(self.label))).sum())


def weight_of(probability: float) -> float:
    """Match weight of a probability, in bits."""
    return float(np.log2(probability) - np.log2(1 - probability))


def least_weight(join: float) -> float:
    """Match weight from which a pair may help to join records: that of a half, or of the threshold if it is lower."""
    return weight_of(min(join, AGREE))


@dataclass(frozen=True)
class Earlier:
    """Who was who in the run before.

    Attributes:
        first: int32 (records,): first record of each record's earlier person; -1 for a new record.
        fracture: Match weight down to which links within an earlier person hold.
    """

    first: np.ndarray
    fracture: float


def persons(
    scanner: Scanner, pairs: Pairs, weights: Weights, vetoes: Vetoes, join: float, earlier: Earlier | None = None
) -> Persons:
    """Join records into persons; ``join`` is the probability from which two records are joined.

    With ``earlier`` persons, those to whom no new record leads stay as they were; others are put together anew.
    """
    count = scanner.records
    label = np.arange(count, dtype=np.int32)
    bound = least_weight(join)
    near = pairs.weight >= bound
    before = np.zeros(0, np.int32) if earlier is None else earlier.first
    if earlier is not None:
        together = (before[pairs.left] >= 0) & (before[pairs.left] == before[pairs.right])
        near |= together & (pairs.weight >= earlier.fracture)
    left, right, weight = pairs.left, pairs.right, pairs.weight
    if not near.all():
        left, right, weight = left[near], right[near], weight[near]
    if earlier is not None:
        live = _reached(before, left, right)
        label[~live] = before[~live]
        keep = live[left]
        left, right, weight = left[keep], right[keep], weight[keep]
    fracture = bound if earlier is None else earlier.fracture
    names = further_names(scanner.whose, count)
    rules = Rules(vetoes.program, vetoes.unless, vetoes.file, vetoes.single, before, fracture, join, AGREE, names)
    known = by_left(count, pairs.left, pairs.right, pairs.weight)
    cut: list[int] = []
    while len(left):
        root = components(count, left, right)
        sizes = np.bincount(root, minlength=count)
        wide = sizes[root] > WIDEST
        if wide.any():
            left, right, weight, found = _collapse(scanner, left, right, weight, wide, label)
            if found:
                continue
        cut += [int(size) for size in sizes[sizes > WIDEST]]
        members, starts = _by_component(root, (sizes[root] > 1) & ~wide)
        _resolve(scanner, members, starts, known, rules, weights, label)
        bound += STEP
        again = wide[left] & (weight >= bound)
        left, right, weight = left[again], right[again], weight[again]
    for _ in range(2):  # a record that became one with another goes where that one went
        label = label[label]
    return Persons(label, tuple(cut))


def _reached(before: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Records that hang together with a new one, by links or because they were one person."""
    old = np.flatnonzero(before >= 0).astype(np.int32)
    root = components(len(before), np.concatenate([left, before[old]]), np.concatenate([right, old]))
    live = np.zeros(len(before), bool)
    live[root[before < 0]] = True
    return live[root]


def _collapse(
    scanner: Scanner, left: np.ndarray, right: np.ndarray, weight: np.ndarray, wide: np.ndarray, label: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, bool]:
    """Records of large components that are the same in everything and linked become one; and whether there were any."""
    codes, inside = scanner.coded.codes, wide[left]
    near = np.flatnonzero(inside)
    same = np.zeros(len(near), bool)
    for start in range(0, len(near), CHUNK):  # the codes of all pairs would be larger than those of all records
        some = near[start : start + CHUNK]
        same[start : start + CHUNK] = (codes[left[some]] == codes[right[some]]).all(axis=1)
    if not same.any():
        return left, right, weight, False
    alike = near[same]
    root = components(len(label), left[alike], right[alike])
    label[:] = root[label]
    one, other, heavy = root[left[near]], root[right[near]], weight[near]
    low, high = np.minimum(one, other), np.maximum(one, other)
    keep = np.flatnonzero(low != high)
    key = low[keep].astype(np.int64) << 32 | high[keep]
    order = np.lexsort((-heavy[keep], key))
    first = np.concatenate([[True], key[order][1:] != key[order][:-1]]) if len(order) else np.zeros(0, bool)
    kept = keep[order[first]]
    out = [(left, low), (right, high), (weight, heavy)]
    left, right, weight = (np.concatenate([whole[~inside], some[kept]]) for whole, some in out)
    return left, right, weight, True


def _by_component(root: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    records = np.flatnonzero(chosen).astype(np.int32)
    members = records[np.argsort(root[records], kind="stable")]
    if not len(members):
        return members, np.zeros(1, np.int64)
    starts = np.flatnonzero(np.concatenate([[True], root[members[1:]] != root[members[:-1]]]))
    return members, np.concatenate([starts, [len(members)]]).astype(np.int64)


def _resolve(
    scanner: Scanner, members: np.ndarray, starts: np.ndarray, near: Near, rules: Rules, weights: Weights,
    label: np.ndarray,
) -> None:  # fmt: skip
    """Batches of components on threads; a component is in one batch, so that no two write of the same record."""
    total = len(starts) - 1
    if total <= 0:
        return
    place = np.full(len(label), -1, np.int64)
    place[members] = np.arange(len(members))
    work = np.cumsum(np.diff(starts).astype(float) ** 2)
    edges = np.searchsorted(work, np.linspace(0, work[-1], 8 * scanner.threads + 1)[1:-1])
    edges = np.unique(np.concatenate([[0], edges, [total]]))

    def one(first: int, last: int) -> None:
        resolve(members, starts, first, last, place, near, scanner.program, rules, scanner.coded, weights, label)

    with ThreadPoolExecutor(scanner.threads) as pool:
        for each in [pool.submit(one, int(a), int(b)) for a, b in pairwise(edges)]:
            each.result()
