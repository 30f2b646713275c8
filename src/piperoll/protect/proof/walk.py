"""Witnesses without a solver: change one leaf after another until all sums are within their bounds.

A search begins with the wish that a cell go so far, unfulfilled. While any form is out of bounds, one such form is
taken at random, and of the leaves in it the one whose change puts the least else out of bounds is changed. A change is
not soon taken back; after so many steps the search is given up. Every table found counts for all cells it changes.
Source of the idea: Selman, Kautz and Cohen (1994), Noise strategies for improving local search.
"""

from __future__ import annotations

import numba

from piperoll.protect.proof.exchange import exchange
from piperoll.protect.proof.state import (
    BACK,
    BY,
    DOWN,
    HIGH,
    LOW,
    MOST_OUT,
    PRICE,
    SCALE,
    UP,
    below,
    change,
    clear,
    demand,
    load,
    mark,
    missing,
    off,
    over,
    workplace,
)


UNDOING = 8  # of those changed so far, how many are looked at
PENALTY = 400  # for taking a change back soon
NARROW = 19  # of twenty: how often the form with the fewest leaves is mended
NOISE = 15  # most random addition to a score


@numba.njit(cache=True)
def _score(state, soft, begin, form_of, coef, leaf, by):  # type: ignore[no-untyped-def]
    """How much more is out of bounds after a change of a leaf; and how much more must be paid (see `stretch`)."""
    worse = 0
    for at in range(begin[leaf], begin[leaf + 1]):
        form = form_of[at]
        now = state[form, BY]
        then = now + coef[at] * by
        worse += SCALE * (off(state, form, then) - off(state, form, now))
        if soft is not None and soft[form, PRICE] > 0:
            worse += soft[form, PRICE] * (over(soft, form, then) - over(soft, form, now))
    return worse


@numba.njit(cache=True)
def _within(begin, form_of, coef, leaf, form):  # type: ignore[no-untyped-def]
    """Coefficient of a leaf in a form; 0 if it is not in it."""
    for at in range(begin[leaf], begin[leaf + 1]):
        if form_of[at] == form:
            return coef[at]
    return 0


@numba.njit(cache=True)
def _search(state, soft, leaf_side, form_side, work, count, used, steps, choices, seed):  # type: ignore[no-untyped-def]
    """Go on until nothing is out of bounds; returns (whether, leaves changed).

    Args:
        soft: A row a form: the price of leaving its soft bounds, and these; or None.
        work: What is out of bounds, leaves changed, their changes, when last, and which way (see `workplace`).
        count: How many forms are out of bounds.
        used: How many leaves are changed.
    """
    begin, form_of, coef = leaf_side
    out, changed, by_leaf, last, way = work
    starts, leaf_of, sign_of, width = form_side
    for step in range(steps):
        if count == 0:
            break
        if count > MOST_OUT or used + 1 >= len(changed):
            break
        form = out[below(seed, count)]
        if below(seed, 20) < NARROW:
            for place in range(count):
                other = out[place]
                if width[other] < width[form]:
                    form = other
        now = state[form, BY]
        lacking = state[form, LOW] - now if now < state[form, LOW] else state[form, HIGH] - now
        side = UP if lacking > 0 else DOWN
        first, end = starts[side, form], starts[side, form + 1]
        best, best_by, best_score = -1, 0, 2**60
        wide = end - first
        take = min(wide, choices)
        # A form that no leaf can give to is mended by undoing, wherever that may be.
        undoing = UNDOING if wide else used
        for choice in range(take + min(undoing, used)):
            if choice < take:
                at = first + (choice if wide <= choices else below(seed, wide))
                leaf, sign = leaf_of[side, at], sign_of[side, at]
            else:
                leaf = changed[below(seed, used) if wide else choice]
                sign = _within(begin, form_of, coef, leaf, form)
                if sign == 0:
                    continue
            amount = (1 if lacking > 0 else -1) * (1 if sign > 0 else -1)
            if below(seed, 10) < 3:
                amount = lacking // sign
                if amount == 0:
                    continue
            score = _score(state, soft, begin, form_of, coef, leaf, amount) + below(seed, NOISE)
            if step - last[leaf] <= BACK and way[leaf] * amount < 0:
                score += PENALTY
            if score < best_score:
                best, best_by, best_score = leaf, amount, score
        if best < 0:
            continue
        if last[best] == -BACK - 1 and by_leaf[best] == 0:
            changed[used] = best
            used += 1
        by_leaf[best] += best_by
        last[best] = step
        way[best] = 1 if best_by > 0 else -1
        count = change(state, out, count, begin, form_of, coef, best, best_by)
    return count == 0, used


@numba.njit(cache=True, nogil=True)
def walk(  # type: ignore[no-untyped-def]
    state,
    leaf_side,
    form_side,
    swap_side,
    cells,
    needs,
    bases,
    closed,
    reach,
    by_table,
    old,
    tables,
    count,
    steps,
    choices,
    patience,
    seed,
):
    """Search once for each of some cells that still lack a witness.

    Args:
        state: A row a form: 0, bounds, 0.
        leaf_side: Forms of each leaf: (begin, form, coefficient).
        form_side: Leaves of each form that can go down (row 0) and up (row 1) with it: (begin, leaf, coefficient).
        cells: A row a cell: its form and sign.
        bases: Of each cell a table to begin from that took one near it far; 0 for none.
        needs: A row a cell: how far down, how far up, and how far apart in all it has to go; and its bounds.
        closed: Forms of which nothing more need be found.
        reach: A row a form: least and greatest change found so far.
        by_table: In which table.
        old: Tables found before: (begin, leaf, change, how many).
        tables: Where new tables go: (begin, leaf, change); they are numbered on from the old ones.
        count: New tables so far.
        steps: Most steps of a search.
        choices: Leaves looked at in each.
        patience: Whether to go on from the table that took the cell furthest (1), or from the true one (2).
        seed: State of the generator.

    Returns:
        New tables now, how many cells were looked at, and how many got further. It ends early when no more room is left
        for tables: looked at is then less than all.
    """
    begin, form_of, _ = leaf_side
    old_begin, old_leaf, old_by, before = old
    table_begin, table_leaf, table_by = tables
    work = workplace(len(begin) - 1, len(state))
    out, changed, by_leaf, _, _ = work
    reached = 0
    for looked in range(len(cells)):
        if count + 2 > len(table_begin) or table_begin[count] + len(changed) >= len(table_leaf):
            return count, looked, reached
        form, sign = cells[looked]
        down, up, lower, higher, low, high = missing(needs[looked], reach, form, sign)
        if not lower and not higher:
            continue
        if lower and higher:
            lower = below(seed, 2) == 0
        goal = down if lower else up
        base = bases[looked, 0 if lower else 1]
        if base == 0:
            if swap_side is None:
                step = 1 + below(seed, 2)
                goal = max(goal, low - step) if lower else min(goal, high + step)
            if patience == 1:
                base = by_table[form, 0] if (lower == (sign > 0)) else by_table[form, 1]
        used, wrong = 0, 0
        if base >= before:
            first, end = table_begin[base - before], table_begin[base - before + 1]
            used, wrong = load(state, leaf_side, work, table_leaf, table_by, first, end)
        elif base > 0:
            used, wrong = load(state, leaf_side, work, old_leaf, old_by, old_begin[base], old_begin[base + 1])
        bounds = demand(state, form, goal * sign)
        wrong = mark(state, out, wrong, form)
        if swap_side is None:
            good, used = _search(state, None, leaf_side, form_side, work, wrong, used, steps, choices, seed)
        else:
            good, used = exchange(state, None, swap_side, form_side, work, wrong, used, steps, form, seed)
        state[form, LOW], state[form, HIGH] = bounds
        if good:
            reached += 1
            at = table_begin[count]
            for place in range(used):
                leaf = changed[place]
                if by_leaf[leaf] != 0:
                    table_leaf[at], table_by[at] = leaf, by_leaf[leaf]
                    at += 1
                    for entry in range(begin[leaf], begin[leaf + 1]):
                        other = form_of[entry]
                        if closed[other]:
                            continue
                        value = state[other, BY]
                        if value < reach[other, 0]:
                            reach[other, 0], by_table[other, 0] = value, before + count
                        if value > reach[other, 1]:
                            reach[other, 1], by_table[other, 1] = value, before + count
            count += 1
            table_begin[count] = at
        clear(state, leaf_side, work, used, form)
    return count, len(cells), reached
