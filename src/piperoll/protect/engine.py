"""Protect, then prove: the engine behind one call each.

::

    problem = pose(relations, values, primary, attacker, requirement)
    outcome = secure(problem, seed=b"secret")      # pattern, cost, lower bound
    certificate, outcome = prove(problem, outcome) # bytes that `checker.check` accepts
    found = attack(problem, outcome.pattern)       # what an outsider can infer
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from piperoll.errors import UserError
from piperoll.protect.attacker import Attacker, Knowledge, Mask
from piperoll.protect.inference.linear import Audit
from piperoll.protect.inference.words import sentence
from piperoll.protect.problem import Problem
from piperoll.protect.proof.certificate import Certificate, compose
from piperoll.protect.proof.gather import Gathered, beside, gather, loosen, reasons
from piperoll.protect.proof.witness import Search
from piperoll.protect.relations import BIG, Ints, Relations
from piperoll.protect.requirement import Requirement
from piperoll.protect.suppress.hitting import Limits, Look, solve
from piperoll.protect.suppress.violations import Leak, Watch


JITTER = 0.002
FAR = 50
REPAIRS = 30
WHOLE = 30_000  # most cells of a table that linear programs look at as a whole


@dataclass(frozen=True)
class Again:
    """How a pattern was asked for, so that it can be asked for again when more is known."""

    cost: np.ndarray
    seed: bytes | None
    limits: Limits


@dataclass(frozen=True)
class Outcome:
    """A pattern and how good it is.

    Attributes:
        pattern: Cells suppressed besides the primaries.
        cost: Of the pattern, in the costs given (without the seed's jitter).
        lower_bound: No safe pattern costs less.
        gap: ``cost / lower_bound - 1``; 0 is optimal, infinite if no bound is known.
        rounds, cuts: How the search went.
        complete: False if it stopped at a limit; the pattern is safe all the same.
        again: How it was asked for.
    """

    pattern: Mask
    cost: float
    lower_bound: float
    gap: float
    rounds: int
    cuts: int
    complete: bool
    again: Again | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Inferred:
    """What an outsider can infer about a hidden cell.

    Attributes:
        low, high: It lies between them.
        exact: Whether these are the true limits of what is possible, not only bounds. A cell without an upper bound
            counts as such once it was seen `FAR` above the true count.
        cells: Published cells it follows from.
        sentence: The same in words.
    """

    cell: int
    low: int
    high: int
    exact: bool
    cells: frozenset[int]
    sentence: str


def pose(
    relations: Relations,
    values: Ints,
    primary: Mask,
    attacker: Attacker | Knowledge,
    requirement: Requirement,
    *,
    forced: Mask | None = None,
    unpublished: Mask | None = None,
    exact: Mask | None = None,
    inside: Requirement | None = None,
) -> Problem:
    """Put a problem together and check it.

    Args:
        inside: What must stay open to insiders, where that is less than ``requirement``; a contributor alone in a cell
            knows more than anyone, and may be meant only not to find out another's exactly.

    Raises:
        UserError: ``PR-P040`` for totals that do not add up or counts that contradict what is known, ``PR-P043`` for
            negative counts, ``PR-P045`` for a primary cell that has to be shown, ``PR-P046`` for too large numbers.
    """
    relations.check(values)
    nothing = np.zeros(relations.cells, bool)
    forced = nothing if forced is None else forced
    unpublished = nothing if unpublished is None else unpublished
    clash = np.flatnonzero(forced & primary)
    if len(clash):
        raise UserError(
            "PR-P045",
            f"{len(clash)} cells have to be shown and to be suppressed; first {relations.names.of(int(clash[0]))}.",
            fix="A cell published before cannot be taken back; let the policy except it, or do not force it.",
        )
    knowledge = attacker
    if isinstance(attacker, Attacker):
        knowledge = attacker.know(values, primary, exact=exact, unpublished=unpublished)
    assert isinstance(knowledge, Knowledge)
    _agrees(relations, values, primary | unpublished, knowledge)
    small = primary & ~unpublished
    if inside is not None and not inside.within(requirement, np.flatnonzero(small)):
        raise ValueError("more is asked for insiders than for everyone")
    return Problem(relations, values, small, knowledge, requirement, forced, unpublished, inside)


def _agrees(relations: Relations, values: Ints, hidden: Mask, knowledge: Knowledge) -> None:
    """What is known has to hold for the true counts, and no one has a larger part in a cell than it holds."""
    low, high = knowledge.bounds(hidden)
    wrong = np.flatnonzero((values < low) | (values > high))
    for insider in knowledge.insiders:
        wrong = np.union1d(wrong, [cell for cell, own in insider.own if own > values[cell]]).astype(np.int64)
    if len(wrong):
        raise UserError(
            "PR-P040",
            f"{len(wrong)} counts contradict what is known of them; first {relations.names.of(int(wrong[0]))}.",
            fix="Mark revised cells as a release of their own, or mend what is said to be known.",
        )


def costs(problem: Problem, power: float = 1.0) -> np.ndarray:
    """What suppressing a cell costs: its value to a power (0 counts cells), zeros as ones."""
    return np.maximum(problem.values, 1).astype(float) ** power


def jittered(problem: Problem, cost: np.ndarray, seed: bytes, most: float = JITTER) -> np.ndarray:
    """Costs raised by up to ``most`` of themselves, each by its own secret amount.

    The search is public and repeatable: without a secret an outsider could ask which values make it choose as it did.
    """
    names = problem.relations.names
    raised = cost.copy()
    for cell in np.flatnonzero(problem.free()).tolist():
        mark = hmac.new(seed, names.key(cell).encode(), hashlib.sha256).digest()
        raised[cell] *= 1 + most * int.from_bytes(mark[:6], "big") / 2**48
    return raised


def secure(
    problem: Problem,
    *,
    cost: np.ndarray | None = None,
    seed: bytes | None = None,
    limits: Limits | None = None,
    known: Sequence[Leak] = (),
) -> Outcome:
    """Find a safe pattern of little cost.

    Args:
        cost: One a cell, positive; by default the value.
        seed: Secret that breaks ties.
        limits: Where to stop.
        known: Leaks that were found otherwise; one of the cells of each is suppressed.

    Raises:
        UserError: ``PR-P044`` if no pattern is safe, in words: the published numbers that give a cell away.
    """
    limits = limits or Limits()
    plain = costs(problem) if cost is None else cost
    used = plain if seed is None else jittered(problem, plain, seed)
    watch = Watch(problem)
    looks: list[Look] = [lambda pattern: watch.leaks(pattern, every=False)]
    linear = limits.linear
    if linear is None and problem.relations.cells > WHOLE:
        # A program over so many cells takes up to half a minute; `prove` asks for slices, where it matters.
        linear = False
    elif linear is None:
        shown = ~problem.always_hidden
        linear = (
            bool((problem.knowledge.shown_low == problem.knowledge.shown_high)[shown].mean() > 0.5)
            if shown.any()
            else False
        )
    if linear:
        looks.append(Audit(problem).leaks)
    if known:
        looks.append(lambda pattern: [leak for leak in known if not pattern[list(leak.cells)].any()])

    def refuse(leak: Leak) -> None:
        raise UserError(
            "PR-P044",
            "no suppression makes this safe: " + sentence(problem, leak),
            fix="Ask for less detail, or take back one of the figures named, if it is not published yet.",
        )

    found = solve(problem, used, looks, limits, refuse, shares=linear)
    value = float(plain[found.pattern].sum())
    # The bound was proven with the jitter, which raises no cost by more than JITTER.
    bound = found.lower_bound if seed is None else found.lower_bound / (1 + JITTER)
    bound = min(bound, value)
    gap = _gap(value, bound)
    complete = found.rounds < limits.rounds
    again = Again(plain, seed, limits)
    return Outcome(found.pattern, value, bound, gap, found.rounds, found.cuts, complete, again)


def prove(
    problem: Problem,
    outcome: Outcome,
    *,
    cost: np.ndarray | None = None,
    checkpoint: Path | None = None,
    repairs: int = REPAIRS,
) -> tuple[Certificate, Outcome]:
    """Show by integer tables that the pattern is safe.

    Where none are found because none exist, that is proven, and the pattern is asked for again with this known; it
    stays the cheapest, or its gap is stated. Where neither can be shown, or many cells are open, tables are sought that
    break as few and as cheap published figures as can be, and those are suppressed as well.

    Args:
        cost: As given to `secure`.
        checkpoint: File in which tables found are kept, so that a search that was stopped goes on where it was.
        repairs: How often the pattern may be changed.

    Returns:
        The certificate, which is whole, and the outcome with the pattern that it proves.

    Raises:
        UserError: ``PR-P048`` if no whole proof was found, ``PR-P044`` if no pattern is safe.
    """
    again = outcome.again or Again(costs(problem) if cost is None else cost, None, Limits())
    known: list[Leak] = []
    found: Gathered | None = None
    bound, extra = outcome.lower_bound, np.zeros(problem.relations.cells, bool)
    for _ in range(repairs + 1):
        found = gather(problem, outcome.pattern, checkpoint, found)
        if not found.left:
            data = compose(problem, outcome.pattern, found.search.pool, found.insiders, outcome.lower_bound)
            return Certificate(data), outcome
        leaks = reasons(problem, outcome.pattern, found)
        pattern = outcome.pattern
        if leaks:
            known += leaks
            outcome = secure(problem, cost=again.cost, seed=again.seed, limits=again.limits, known=known)
            bound, pattern = max(bound, outcome.lower_bound), outcome.pattern
        else:
            more = loosen(problem, found, again.cost) or beside(problem, pattern, found.cells, again.cost)
            extra[sorted(more)] = True
        pattern = pattern | extra
        value = float(again.cost[pattern].sum())
        outcome = replace(outcome, pattern=pattern, cost=value, lower_bound=bound, gap=_gap(value, bound))
    assert found is not None
    first = problem.relations.names.of(found.cells[0])
    raise UserError(
        "PR-P048",
        f"safety was not proven for {len(found.left)} suppressed cells; the first is {first}.",
        fix="Ask for less detail, for less width, or allow more repairs.",
    )


def _gap(value: float, bound: float) -> float:
    """Relative gap; endless if something is paid and nothing is known of what it must cost."""
    if bound > 0:
        return value / bound - 1
    return 0.0 if value == 0 else math.inf


def attack(problem: Problem, pattern: Mask, *, exact: bool = True) -> list[Inferred]:
    """What an outsider can infer about each primary cell from what is published.

    Args:
        exact: Whether to look for tables that reach the bounds; else the bounds come from adding up alone.
    """
    watch = Watch(problem)
    fixpoint, _, _ = watch.bounds(pattern)
    targets = problem.targets
    reached = np.zeros(problem.relations.cells, bool)
    low, high = fixpoint.low.copy(), fixpoint.high.copy()
    if exact:
        wide = np.minimum(high - problem.values, FAR)
        deep = problem.values - low
        aim = Requirement(deep, wide, np.zeros_like(deep))
        search = Search(replace(problem, requirement=aim), pattern)
        left = set(search.run(targets).tolist())
        for cell in targets.tolist():
            # How far a limited cell goes beyond `FAR` is not looked for.
            near = high[cell] - problem.values[cell] <= FAR or high[cell] >= BIG // 2
            reached[cell] = cell not in left and near
            if cell in left and near and search.settled(cell):
                one = np.array([cell])
                low[cell] = problem.values[cell] + search.pool.low(one)[0]
                if high[cell] - problem.values[cell] <= FAR:
                    high[cell] = problem.values[cell] + search.pool.high(one)[0]
                reached[cell] = True
    leaks = {leak.cell: leak for leak in watch.leaks(pattern, every=False)}
    out = []
    for cell in targets.tolist():
        leak = leaks.get(cell) or Leak(cell, frozenset(), int(low[cell]), int(high[cell]))
        least, most = int(low[cell]), int(high[cell])
        told = leak if leak.insider else replace(leak, low=least, high=most)
        out.append(Inferred(cell, least, most, bool(reached[cell]), leak.cells, sentence(problem, told)))
    return out
