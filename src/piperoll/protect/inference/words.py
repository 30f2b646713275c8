"""A leak in words: what is published, as it is published, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from piperoll.protect.problem import Problem
from piperoll.protect.relations import BIG
from piperoll.protect.suppress.violations import Leak


MOST = 10
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def sentence(problem: Problem, leak: Leak) -> str:
    """``[year] is published as 30 and all four parts of it are hidden ([Q1], [Q2], [Q3] and [Q4]): each is 7.``"""
    names = problem.relations.names
    who = f"{leak.insider} knows that " if leak.insider else ""
    said = between(leak.low, leak.high)
    told = f"{who}[{names.of(leak.cell)}] is {said}"
    if not leak.cells:
        why = "" if leak.insider else " by the sums alone," if leak.rows else " by the rule alone,"
        return f"{told},{why} whatever is hidden."
    published = _published(problem, _ordered(problem, leak))
    parts = _all_hidden(problem, leak)
    if parts:
        listed = join([f"[{names.of(cell)}]" for cell in parts]) if len(parts) <= MOST else ""
        every = "both" if len(parts) == 2 else f"all {_number(len(parts))}"
        hidden = f"{every} parts of it are hidden{f' ({listed})' if listed else ''}"
        return f"{published} and {hidden}: {who}each is {said.removeprefix('exactly ')}."
    return f"{published}: {told}."


def _ordered(problem: Problem, leak: Leak) -> list[int]:
    """The published cells of a leak, totals before their parts."""
    relations = problem.relations
    totals: set[int] = set()
    for row in leak.rows:
        entries = relations.entries(row)
        totals |= set(relations.cell[entries][relations.coef[entries] < 0].tolist())
    return sorted(leak.cells, key=lambda cell: (cell not in totals, cell))


def _published(problem: Problem, cells: Sequence[int]) -> str:
    """``[total] is published as 30, [part 1] as 20 and 3 more``."""
    names = problem.relations.names
    told = [f"[{names.of(cell)}] {'is published ' if not at else ''}as {figure(problem, cell)}"
            for at, cell in enumerate(cells[:MOST])]  # fmt: skip
    if len(cells) > MOST:
        told.append(f"{len(cells) - MOST:,} more")
    return join(told)


def figure(problem: Problem, cell: int) -> str:
    """What is published for a cell; a range where no single figure is."""
    knowledge = problem.knowledge
    if knowledge.figures is not None:
        return f"{int(knowledge.figures[cell]):,}"
    return between(int(knowledge.shown_low[cell]), int(knowledge.shown_high[cell]))


def _all_hidden(problem: Problem, leak: Leak) -> list[int]:
    """Parts of the one total a leak follows from, if all are hidden and the same is known of each."""
    relations, knowledge = problem.relations, problem.knowledge
    if len(leak.rows) != 1 or len(leak.cells) != 1 or leak.insider:
        return []
    row = next(iter(leak.rows))
    entries = relations.entries(row)
    cells, coefs = relations.cell[entries], relations.coef[entries]
    parts = cells[coefs == 1]
    plain = relations.low[row] == relations.high[row] == 0 and len(parts) == len(cells) - 1 > 1
    total = set(cells[coefs == -1].tolist())
    if not plain or total != set(leak.cells) or not problem.always_hidden[parts].all():
        return []
    alike = all(len(np.unique(bound[parts])) == 1 for bound in (knowledge.hidden_low, knowledge.hidden_high))
    return parts.tolist() if alike else []


def between(low: int, high: int) -> str:
    """A range in words."""
    if high >= BIG // 2:
        return f"{low:,} or more"
    if low == high:
        return f"exactly {low:,}"
    return f"{low:,} or {high:,}" if high == low + 1 else f"{low:,} to {high:,}"


def join(words: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"
