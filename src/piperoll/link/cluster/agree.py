"""Join records into persons by what all of them say of each other, not by chains of single links.

Two groups of records are joined where the records of each have, on average, a match in the other: the mean over records
of the best probability in the other group, taken both ways, is a half at least. And it must be sure enough that they
are one person: the chance that not all of these best matches are wrong, were they independent, reaches the threshold
(for two records alone that is the probability of their pair). Pairs that blocking did not find are compared here, too,
and a pair that can never be one person (a veto) keeps its groups apart for good. The pair of groups that agrees best is
joined first; ties go to the first records.

Connected components (what most tools stop at) join two persons by one wrong link; complete linkage parts a person at
one bad record. The mean of best matches is between: it asks each record for one good match, not for all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from piperoll.link.cluster.names import nearest, under_all
from piperoll.link.compare.program import Coded, Program, compare
from piperoll.link.kernels import njit
from piperoll.link.score.scan import Weights, weigh


MOST = 1.0 - 1e-12  # no probability is taken for certain


@njit(cache=True, nogil=True)
def components(count: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """First record of each record's connected component, int32 (count,)."""
    parent = np.arange(count).astype(np.int32)
    for k in range(len(left)):
        a, b = left[k], right[k]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a < b:
            parent[b] = a
        elif b < a:
            parent[a] = b
    for i in range(count):
        a = i
        while parent[a] != a:
            a = parent[a]
        parent[i] = a
    return parent


@njit(cache=True, nogil=True)
def _score(best: np.ndarray, size: np.ndarray, a: int, b: int) -> float:
    return 0.5 * (best[a, b] / size[a] + best[b, a] / size[b])


@njit(cache=True, nogil=True)
def _sure(doubt: np.ndarray, a: int, b: int) -> float:
    return 1.0 - np.exp(0.5 * (doubt[a, b] + doubt[b, a]))


@njit(cache=True, nogil=True)
def agree(chance: np.ndarray, apart: np.ndarray, join: float, least: float) -> np.ndarray:
    """Group number of each of k records, that of its first member.

    Args:
        chance: float64 (k, k), symmetric: probability that two records are of one person.
        apart: bool (k, k), symmetric: vetoes.
        join: Two groups are joined only if it is as sure as this that they are one person,
        least: and the mean of their best matches is this at least.
    """
    k = len(chance)
    label = np.arange(k)
    size = np.ones(k)
    near = chance.copy()  # near[i, B]: best probability of record i in group B
    best = chance.copy()  # best[A, B]: sum of near[i, B] over records i of A
    doubt = np.log(1.0 - np.minimum(chance, MOST))  # doubt[A, B]: sum of log(1 - near[i, B]) over records i of A
    veto = apart.copy()
    alive = np.ones(k, np.bool_)
    partner, value = np.full(k, -1), np.full(k, -1.0)
    for a in range(k):
        for b in range(k):
            if b != a and not veto[a, b] and _sure(doubt, a, b) >= join and _score(best, size, a, b) > value[a]:
                partner[a], value[a] = b, _score(best, size, a, b)
    while True:
        a, highest = -1, least
        for x in range(k):
            if alive[x] and value[x] >= highest and (a < 0 or value[x] > highest):
                a, highest = x, value[x]
        if a < 0:
            return label
        b = partner[a]
        a, b = min(a, b), max(a, b)
        alive[b] = False
        size[a] += size[b]
        for x in range(k):
            near[x, a] = max(near[x, a], near[x, b])
            best[a, x] += best[b, x]
            best[x, a] = 0.0
            doubt[a, x] += doubt[b, x]
            doubt[x, a] = 0.0
            veto[a, x] = veto[x, a] = veto[a, x] or veto[b, x]
            if label[x] == b:
                label[x] = a
        for x in range(k):
            best[label[x], a] += near[x, a]
            doubt[label[x], a] += np.log(1.0 - min(near[x, a], MOST))
        for x in range(k):
            if not alive[x]:
                continue
            if x == a or partner[x] == a or partner[x] == b:
                partner[x], value[x] = -1, -1.0
                for y in range(k):
                    open_to = alive[y] and y != x and not veto[x, y] and _sure(doubt, x, y) >= join
                    if open_to and _score(best, size, x, y) > value[x]:
                        partner[x], value[x] = y, _score(best, size, x, y)
            elif not veto[x, a] and _sure(doubt, x, a) >= join:
                score = _score(best, size, x, a)
                if score > value[x] or (score == value[x] and a < partner[x]):
                    partner[x], value[x] = a, score


class Near(NamedTuple):
    """Pairs whose weight is known, by their left record: right records and weights from ``start[left]`` on.

    Attributes:
        start: int64 (records + 1,).
        right: int32 (pairs,).
        weight: float64 (pairs,).
    """

    start: np.ndarray
    right: np.ndarray
    weight: np.ndarray


@njit(cache=True, nogil=True)
def by_left(count: int, left: np.ndarray, right: np.ndarray, weight: np.ndarray) -> Near:
    """Pairs in the order of their left records."""
    start = np.zeros(count + 1, np.int64)
    for k in range(len(left)):
        start[left[k] + 1] += 1
    for i in range(count):
        start[i + 1] += start[i]
    fill = start[:count].copy()
    to, of = np.empty(len(left), np.int32), np.empty(len(left))
    for k in range(len(left)):
        at = fill[left[k]]
        to[at], of[at] = right[k], weight[k]
        fill[left[k]] += 1
    return Near(start, to, of)


class Rules(NamedTuple):
    """What keeps records apart, and what holds them together.

    Attributes:
        never: One comparison a veto, with level 1 where it applies unless the weight is at least ``unless`` of it.
        unless: float64 (vetoes,).
        file: int16 (records,): file of each record.
        single: bool (files,): files in which nobody is twice.
        earlier: Empty, or int32 (records,): records of one number above -1 were one person before; their links hold
            down to a weight of ``fracture``.
        join, least: See `agree`.
        names: Empty, or int64 (records + 1,): rows of further names of each record; a veto counts if it applies under
            all names of both.
    """

    never: Program
    unless: np.ndarray
    file: np.ndarray
    single: np.ndarray
    earlier: np.ndarray
    fracture: float
    join: float
    least: float
    names: np.ndarray


@njit(cache=True, nogil=True)
def resolve(
    members: np.ndarray,
    starts: np.ndarray,
    first: int,
    last: int,
    place: np.ndarray,
    near: Near,
    program: Program,
    rules: Rules,
    coded: Coded,
    weights: Weights,
    label: np.ndarray,
) -> None:
    """Persons of components ``first`` to ``last``: writes for each record the first record of its person.

    ``members[starts[c]:starts[c + 1]]`` are the records of component ``c``, rising; ``place`` is int64 (records,):
    where each record stands in ``members``, -1 for nowhere. Weights that are not in ``near`` are worked out.
    """
    widest = 1
    for c in range(first, last):
        widest = max(widest, starts[c + 1] - starts[c])
    vetoes, once_only = len(rules.unless), False
    for each in rules.single:
        once_only |= each
    strongest = -np.inf
    for v in range(vetoes):
        strongest = max(strongest, rules.unless[v])
    left, right = np.empty(widest, np.int32), np.empty(widest, np.int32)
    levels = np.empty((len(program.starts) - 1, widest), np.uint8)
    against = np.zeros((max(vetoes, 1), widest), np.uint8)
    file, earlier = rules.file, rules.earlier
    for c in range(first, last):
        own = members[starts[c] : starts[c + 1]]
        k = len(own)
        if k == 2 and rules.join <= rules.least and not vetoes and not once_only:
            label[own[1]] = own[0]  # a pair that is joined by itself: nobody else to ask
            continue
        weight, apart = np.full((k, k), np.nan), np.zeros((k, k), np.bool_)
        for a in range(k):
            for at in range(near.start[own[a]], near.start[own[a] + 1]):
                there = place[near.right[at]]
                if starts[c] <= there < starts[c + 1]:
                    weight[a, there - starts[c]] = near.weight[at]
        lowest = 1.0
        for a in range(k - 1):
            count = 0
            for b in range(a + 1, k):
                if np.isnan(weight[a, b]):
                    left[count], right[count] = own[a], own[b]
                    count += 1
            if count:
                compare(program, coded, left, right, count, levels)
                x = 0
                for b in range(a + 1, k):
                    if np.isnan(weight[a, b]):
                        weight[a, b] = weigh(weights, coded.codes, levels, x, left[x], right[x])
                        if len(rules.names):
                            weight[a, b] = nearest(program, coded, weights, rules.names, left[x], right[x])
                        x += 1
            count = 0
            for b in range(a + 1, k):
                if weight[a, b] < strongest:  # no veto speaks against a heavier one
                    left[count], right[count] = own[a], own[b]
                    count += 1
            if count:
                compare(rules.never, coded, left, right, count, against)
                if len(rules.names):
                    under_all(rules.never, coded, rules.names, left, right, count, against)
            x = 0
            for b in range(a + 1, k):
                w = weight[a, b]
                i, j = own[a], own[b]
                if file[i] == file[j] and rules.single[file[i]]:
                    apart[a, b] = True
                if w < strongest:
                    for v in range(vetoes):
                        if against[v, x] == 1 and w < rules.unless[v]:
                            apart[a, b] = True
                    x += 1
                chance = 1.0 / (1.0 + 2.0 ** -min(max(w, -60.0), 60.0))
                once = len(earlier) > 0 and earlier[i] >= 0 and earlier[i] == earlier[j]
                if once and w >= rules.fracture:
                    chance = max(chance, rules.join)
                weight[a, b] = weight[b, a] = chance
                apart[b, a] = apart[a, b]
                lowest = 0.0 if apart[a, b] else min(lowest, chance)
        if lowest >= max(rules.join, rules.least):  # all agree with all: in whatever order, they are joined
            for x in range(k):
                label[own[x]] = own[0]
            continue
        for a in range(k):
            weight[a, a] = 0.0
        found = agree(weight, apart, rules.join, rules.least)
        for x in range(k):
            label[own[x]] = own[found[x]]
