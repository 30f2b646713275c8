"""The cheapest safe pattern, by implicit hitting sets.

Every explanation of a leak is a set of published cells of which at least one must be suppressed, whatever else is. The
cheapest set that hits all explanations found so far costs no more than any safe pattern; if it is itself safe, it is
optimal. Else its own leaks give more explanations. In between, patterns are made safe greedily: that finds many
explanations at once, and leaves a safe pattern at any time.
Source of the idea: Moreno-Centeno and Karp (2013), The implicit hitting set approach, Operations Research 61(2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from piperoll.protect.attacker import Mask
from piperoll.protect.problem import Problem
from piperoll.protect.suppress.master import Cover, Cut, greedy, total
from piperoll.protect.suppress.violations import Leak


@dataclass(frozen=True)
class Limits:
    """Where to stop; never seconds, so that the same input gives the same answer.

    Attributes:
        rounds: Most solutions of the covering problem.
        gap: Relative gap at which the pattern is good enough.
        nodes: Most nodes in one branch-and-bound search.
        linear: Whether to look with linear programming too; None decides by whether figures are shown exactly and the
            table is not too large for it.
    """

    rounds: int = 200
    gap: float = 0.0
    nodes: int = 20_000
    linear: bool | None = None


@dataclass(frozen=True)
class Found:
    """A safe pattern, the lower bound of what any costs, and how it went."""

    pattern: Mask
    cost: float
    lower_bound: float
    rounds: int
    cuts: int


# How often a safe pattern is slimmed and made safe again in each round.
_POLISH = 3
# Explanations from shares: patterns of the cells with more than each of these, while there are cuts that the shares hit
# by less than SHORT, and until the bound has risen by less than STILL for more than IDLE rounds.
_LEVELS = (0.0, 0.3, 0.6)
_RELAXED, _SHORT, _STILL, _IDLE = 40, 0.99, 1e-4, 2

Look = Callable[[Mask], list[Leak]]
Refuse = Callable[[Leak], None]


def solve(
    problem: Problem, cost: np.ndarray, looks: list[Look], limits: Limits, refuse: Refuse, *, shares: bool = False
) -> Found:
    """Find a safe pattern.

    Args:
        looks: Attacks from the quickest to the strongest; one is asked only when those before it find nothing.
        refuse: Called with a leak that no suppression can close; must raise.
        shares: Whether to learn from shares of cells first, which pays where patterns do not settle it at once.
    """
    cells = problem.relations.cells
    free = problem.free()
    cover = Cover(cost, gap=limits.gap / 2, nodes=limits.nodes)
    best: frozenset[int] | None = None
    bound = 0.0

    def mask(chosen: Iterable[int]) -> Mask:
        out = np.zeros(cells, bool)
        out[sorted(chosen)] = True
        return out

    def cuts_of(chosen: Iterable[int]) -> list[Cut]:
        pattern = mask(chosen)
        for look in looks:
            leaks = look(pattern)
            if leaks:
                cuts: dict[Cut, None] = {}
                for leak in leaks:
                    cut = frozenset(c for c in leak.cells if free[c])
                    if not cut:
                        refuse(leak)
                    cuts[cut] = None
                return list(cuts)
        return []

    def relaxed() -> float:
        """Learn explanations from shares, which are found far quicker than patterns; returns a lower bound."""
        below = idle = 0.0
        for _ in range(_RELAXED):
            share, now = cover.relax()
            idle = 0 if now > below * (1 + _STILL) else idle + 1
            below = max(below, now)
            new: list[Cut] = []
            for level in _LEVELS:
                new += [cut for cut in cuts_of(np.flatnonzero(share > level).tolist()) if _hit(share, cut) < _SHORT]
            if not cover.add(new) or idle > _IDLE:
                break
        return below

    chosen: frozenset[int] = frozenset()
    rounds = 0
    while True:
        cuts = cuts_of(chosen)
        if not cuts:
            best = chosen if best is None or total(cost, chosen) < total(cost, best) else best
            break
        cover.add(cuts)
        extended = set(chosen)
        for _ in range(_POLISH):
            while cuts:
                extended |= greedy(cuts, cost)
                cuts = cuts_of(extended)
                cover.add(cuts)
            if best is None or total(cost, extended) < total(cost, best):
                best = frozenset(extended)
            slim = _slim(extended, cover, cost)
            if slim == extended:
                break
            # Slimmer may be unsafe again; then it teaches new explanations.
            extended = slim
            cuts = cuts_of(extended)
            cover.add(cuts)
        while cuts:
            extended |= greedy(cuts, cost)
            cuts = cuts_of(extended)
            cover.add(cuts)
        if best is None or total(cost, extended) < total(cost, best):
            best = frozenset(extended)
        if total(cost, best) <= bound * (1 + limits.gap) or rounds >= limits.rounds:
            break
        if shares and not rounds:
            bound = relaxed()
        chosen, below = cover.solve(best)
        bound = max(bound, below)
        rounds += 1
        if total(cost, best) <= bound * (1 + limits.gap):
            break
    final = mask(best)
    value = total(cost, best)
    return Found(final, value, min(bound, value), rounds, len(cover.cuts))


def _hit(share: np.ndarray, cut: Cut) -> float:
    return float(share[sorted(cut)].sum())


def _slim(chosen: set[int], cover: Cover, cost: np.ndarray) -> set[int]:
    """The pattern without cells that no explanation known so far needs."""
    needed = [cut & chosen for cut in cover.cuts]
    return greedy([frozenset(cut) for cut in needed], cost)
