"""A leak in words: what is known, and from which published numbers."""

from __future__ import annotations

from piperoll.protect.problem import Problem
from piperoll.protect.relations import BIG
from piperoll.protect.suppress.violations import Leak


MOST = 10


def sentence(problem: Problem, leak: Leak) -> str:
    """``Q1 is exactly 7, known from: year (28 to 32).``"""
    names = problem.relations.names
    who = f"{leak.insider} knows that " if leak.insider else ""
    text = f"{who}[{names.of(leak.cell)}] is {between(leak.low, leak.high)}"
    if not leak.cells:
        return text + "."
    knowledge = problem.knowledge
    shown = [
        f"[{names.of(cell)}] ({between(int(knowledge.shown_low[cell]), int(knowledge.shown_high[cell]))})"
        for cell in sorted(leak.cells)[:MOST]
    ]
    more = f" and {len(leak.cells) - MOST} more" if len(leak.cells) > MOST else ""
    return f"{text}, known from {', '.join(shown)}{more}."


def between(low: int, high: int) -> str:
    """A range in words."""
    if high >= BIG // 2:
        return f"{low} or more"
    if low == high:
        return f"exactly {low}"
    return f"{low} or {high}" if high == low + 1 else f"{low} to {high}"
