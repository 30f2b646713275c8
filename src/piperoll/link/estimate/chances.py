"""How often levels occur among pairs of one person (m) and among others (u): Fellegi and Sunter (1969), by EM.

The chances are estimated without labels. u comes from pairs taken at random. m comes from the pairs that blocking rules
find: under each rule, what the rule itself is about tells nothing and is left out; all rules together are one
likelihood with the same m (a composite likelihood), each with its own share of matches.
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
        m, u: One float64 array a comparison.
        trained: Whether m could be estimated.
        shares: Of each tally, the share of pairs of one person.
        rounds: Rounds of EM.
    """

    m: tuple[np.ndarray, ...]
    u: tuple[np.ndarray, ...]
    trained: tuple[bool, ...]
    shares: tuple[float, ...] = ()
    rounds: int = 0


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


def estimate_m(
    tallies: Sequence[Tally],
    u: Sequence[np.ndarray],
    fixed: Sequence[np.ndarray | None],
    before: Chances | None = None,
) -> Chances:
    """m by EM over counted patterns, u given.

    Args:
        fixed: Chances that are not estimated, or None.
        before: Where to begin.
    """
    sizes = [len(each) + 1 for each in u]
    begin = starting_m(sizes) if before is None else before.m
    m = [start if given is None else given for start, given in zip(begin, fixed, strict=True)]
    log_u = [np.concatenate([[0.0], np.log(each)]) for each in u]
    used = [t for t in tallies if t.counts.sum() > 0]
    shares = np.full(len(used), 0.5) if before is None else np.array(before.shares)
    seen = np.zeros(len(u))
    rounds = 0
    for rounds in range(1, ROUNDS + 1):
        log_m = [np.concatenate([[0.0], np.log(each)]) for each in m]
        sums = [np.full(len(each), FEW / len(each)) for each in m]
        seen[:] = 0
        moved = 0.0
        for position, tally in enumerate(used):
            odds = np.full(len(tally.counts), np.log(shares[position]) - np.log1p(-shares[position]))
            for c in range(len(m)):
                if c not in tally.blocked:
                    odds += (log_m[c] - log_u[c])[tally.levels[:, c]]
            weight = tally.counts / (1.0 + np.exp(-np.clip(odds, -700, 700)))
            share = float(np.clip(weight.sum() / tally.counts.sum(), 1e-9, 1 - 1e-6))
            moved = max(moved, abs(share - shares[position]))
            shares[position] = share
            for c in range(len(m)):
                if c not in tally.blocked:
                    found = np.bincount(tally.levels[:, c], weights=weight, minlength=sizes[c])[1:]
                    sums[c] += found
                    seen[c] += found.sum()
        for c in range(len(m)):
            if fixed[c] is None and seen[c] > 0:
                new = sums[c] / sums[c].sum()
                moved = max(moved, float(np.abs(new - m[c]).max()))
                m[c] = new
        if moved < CLOSE:
            break
    return Chances(tuple(m), tuple(u), tuple(bool(each > 1) for each in seen), tuple(shares), rounds)
