"""How often levels occur among pairs of one person (m), among relatives (r) and among strangers (u).

Fellegi and Sunter (1969), by EM, without labels. u comes from pairs taken at random. m comes from the pairs that
blocking rules find: under each rule, what the rule itself is about tells nothing and is left out; all rules together
are one likelihood with the same m (a composite likelihood), each with its own shares.

A third class stands for two people of one household: they share surname and address as one person does, and nothing
else. Without it, agreement on both counts as twice the evidence that it is. Its chances for what relatives share, and
for dates (brothers and sisters are near in age), are estimated; all others are those of strangers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


FEW = 0.5  # pseudo-count that keeps a level that was not seen from being impossible
ROUNDS = 200
CLOSE = 1e-4


@dataclass(frozen=True)
class Tally:
    """Patterns of the pairs that one rule finds.

    Attributes:
        levels: uint8 (patterns, comparisons).
        counts: float64 (patterns,).
        blocked: Comparisons that the rule decides.
    """

    levels: np.ndarray
    counts: np.ndarray
    blocked: frozenset[int]


@dataclass(frozen=True)
class Chances:
    """For each comparison, chances of its levels 1 and up; they sum to 1.

    Attributes:
        m, u, r: One float64 array a comparison; ``r`` is empty where no relatives are thought of.
        trained: Whether m could be estimated.
        shares: float64 (tallies, 2): of each tally, shares of pairs of one person and of relatives.
        rounds: Rounds of EM.
    """

    m: tuple[np.ndarray, ...]
    u: tuple[np.ndarray, ...]
    r: tuple[np.ndarray, ...]
    trained: tuple[bool, ...]
    shares: np.ndarray
    rounds: int = 0


@dataclass(frozen=True)
class Known:
    """What is not estimated.

    Attributes:
        m: Fixed chances of a comparison, NaN for a level that is estimated, or None where all are.
        shared: Comparisons that relatives may agree on; none for a model without relatives.
    """

    m: tuple[np.ndarray | None, ...]
    shared: frozenset[int] = frozenset()


def starting_m(sizes: Sequence[int]) -> list[np.ndarray]:
    """Chances to begin with: nine tenths for the best level, the rest falling by halves; 2 % for the last at least."""
    out = []
    for size in sizes:
        count = size - 1
        m = 0.1 * 0.5 ** np.arange(count)
        m[0] = 0.9
        m[-1] = max(m[-1], 0.02)
        out.append(m / m.sum())
    return out


def beside(free: np.ndarray, given: np.ndarray | None) -> np.ndarray:
    """Chances of a comparison of which some are given: the others share what these leave, as they stand to each other.

    Under EM that is the greatest likelihood with the given ones fixed.
    """
    if given is None:
        return free
    open_ = np.isnan(given)
    out = given.copy()
    out[open_] = (1.0 - given[~open_].sum()) * free[open_] / free[open_].sum()
    return out


def log_ratios(of: Sequence[np.ndarray], to: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Natural logarithms of ratios, with 0 for the null level in front."""
    return [np.concatenate([[0.0], np.log(a / b)]) for a, b in zip(of, to, strict=True)]


def odds(ratios: Sequence[np.ndarray], levels: np.ndarray, without: frozenset[int] = frozenset()) -> np.ndarray:
    """Sums of ``ratios`` over the comparisons of each pattern."""
    total = np.zeros(len(levels))
    for c, each in enumerate(ratios):
        if c not in without:
            total += each[levels[:, c]]
    return total


def classes(one: np.ndarray, kin: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of one person and of relatives, from log odds against strangers and prior shares of both."""
    rest = max(1.0 - share.sum(), 1e-12)
    a = np.log(max(share[0], 1e-300) / rest) + one
    b = np.log(max(share[1], 1e-300) / rest) + kin
    top = np.maximum(np.maximum(a, b), 0.0)
    ea, eb = np.exp(a - top), np.exp(b - top)
    total = ea + eb + np.exp(-top)
    return ea / total, eb / total


def estimate(tallies: Sequence[Tally], u: Sequence[np.ndarray], known: Known, before: Chances | None = None) -> Chances:
    """m and r by EM over counted patterns, u given.

    Args:
        before: Where to begin.
    """
    sizes = [len(each) + 1 for each in u]
    start = starting_m(sizes)
    m = [beside(a, b) for a, b in zip(before.m if before else start, known.m, strict=True)]
    kin = bool(known.shared)
    if before is not None and before.r:
        r = [each if c in known.shared else u[c] for c, each in enumerate(before.r)]
    else:
        r = [start[c] if c in known.shared else u[c] for c in range(len(u))]
    used = [each for each in tallies if each.counts.sum() > 0]
    shares = np.tile([0.4, 0.1 if kin else 0.0], (len(used), 1)) if before is None else before.shares.copy()
    seen = np.zeros(len(u))
    rounds = 0
    while rounds < ROUNDS:
        rounds += 1
        one, other = log_ratios(m, u), log_ratios(r, u)
        sums = [[np.full(size - 1, FEW / (size - 1)) for size in sizes] for _ in range(2)]
        seen[:] = 0
        moved = 0.0
        for position, tally in enumerate(used):
            p, q = classes(odds(one, tally.levels, tally.blocked), odds(other, tally.levels, tally.blocked),
                           shares[position])  # fmt: skip
            total = tally.counts.sum()
            weights = [tally.counts * p, tally.counts * q]
            share = np.array([max(weights[0].sum() / total, 1e-9), max(weights[1].sum() / total, 1e-9) if kin else 0])
            moved = max(moved, float(np.abs(share - shares[position]).max()))
            shares[position] = share
            for c in range(len(m)):
                if c in tally.blocked:
                    continue
                found = np.bincount(tally.levels[:, c], weights=weights[0], minlength=sizes[c])[1:]
                sums[0][c] += found
                seen[c] += found.sum()
                if c in known.shared:
                    sums[1][c] += np.bincount(tally.levels[:, c], weights=weights[1], minlength=sizes[c])[1:]
        for c in range(len(m)):
            if seen[c] > 0:
                new = beside(sums[0][c] / sums[0][c].sum(), known.m[c])
                moved = max(moved, float(np.abs(new - m[c]).max()))
                m[c] = new
            if c in known.shared:
                r[c] = sums[1][c] / sums[1][c].sum()
        if moved < CLOSE:
            break
    return Chances(tuple(m), tuple(u), tuple(r) if kin else (), tuple(bool(each > 1) for each in seen), shares, rounds)


def prior_shares(chances: Chances, unique: Tally, pairs: int) -> np.ndarray:
    """Shares of one person and of relatives among all pairs: the fixed point of what candidates say, others strangers.

    Returns:
        float64 (2,).
    """
    share = np.array([1e-6, 1e-6 if chances.r else 0.0])
    if not len(unique.counts) or not pairs:
        return share
    one = odds(log_ratios(chances.m, chances.u), unique.levels)
    kin = odds(log_ratios(chances.r, chances.u), unique.levels) if chances.r else np.zeros(len(one))
    share[0] = min(0.5, 1.0 / max(np.sqrt(pairs), 2.0))
    share[1] = share[0] / 10 if chances.r else 0.0
    for _ in range(200):
        p, q = classes(one, kin, share)
        new = np.array([np.clip((unique.counts * p).sum() / pairs, 1e-15, 0.5),
                        np.clip((unique.counts * q).sum() / pairs, 1e-15, 0.4) if chances.r else 0.0])  # fmt: skip
        close = bool((np.abs(new - share) <= 1e-6 * share).all())
        share = new
        if close:
            break
    return share
