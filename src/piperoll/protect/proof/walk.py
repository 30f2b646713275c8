"""Witnesses without a solver: change one leaf after another until all sums are within their bounds.

A search begins with the wish that a cell go so far, unfulfilled. While any form is out of bounds, one such form is
taken at random, and of the leaves in it the one whose change puts the least else out of bounds is changed. A change is
not soon taken back; after so many steps the search is given up. Every table found counts for all cells it changes.
Source of the idea: Selman, Kautz and Cohen (1994), Noise strategies for improving local search.
"""

from __future__ import annotations

import numba
import numpy as np


MOST_OUT = 500
UNDOING = 8  # of those changed so far, how many are looked at
TABLE = 4096  # leaves that a search can change
BACK = 10
PENALTY = 400  # for doing so
NARROW = 19
NOISE = 15  # most random addition to a score
SCALE = 16  # of scores

# Columns of the state of a form: its change, its bounds, and where it stands among those out of bounds, plus one.
BY, LOW, HIGH, PLACE = 0, 1, 2, 3
# Of the soft bounds of a form in place of its change: what it costs to break them.
PRICE = 0
WIDE = 2**28  # stands for no bound
DOWN, UP = 0, 1


@numba.njit(cache=True)
def _random(seed: np.ndarray) -> np.uint64:
    """The next number of a xorshift generator (Marsaglia 2003)."""
    x = seed[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    seed[0] = x
    return x >> np.uint64(11)


@numba.njit(cache=True)
def _below(seed: np.ndarray, count: int) -> int:
    return np.int64(_random(seed) % np.uint64(count))  # type: ignore[return-value]


@numba.njit(cache=True)
def _off(state: np.ndarray, form: int, by: int) -> int:
    """How far out of bounds a form would be."""
    if by < state[form, LOW]:
        return state[form, LOW] - by
    if by > state[form, HIGH]:
        return by - state[form, HIGH]
    return 0


@numba.njit(cache=True)
def _place(state: np.ndarray, out: np.ndarray, count: int, form: int) -> int:
    """Put a form among those out of bounds, or take it away; returns how many there are."""
    off = _off(state, form, state[form, BY]) > 0
    place = state[form, PLACE] - 1
    if off and place < 0:
        out[count] = form
        state[form, PLACE] = count + 1
        return count + 1
    if not off and place >= 0:
        last = out[count - 1]
        out[place] = last
        state[last, PLACE] = place + 1
        state[form, PLACE] = 0
        return count - 1
    return count


@numba.njit(cache=True)
def _change(state, out, count, begin, form_of, coef, leaf, by):  # type: ignore[no-untyped-def]
    """Change a leaf and with it its forms; returns how many forms are out of bounds."""
    for at in range(begin[leaf], begin[leaf + 1]):
        form = form_of[at]
        state[form, BY] += coef[at] * by
        count = _place(state, out, count, form)
    return count


@numba.njit(cache=True)
def _score(state, soft, begin, form_of, coef, leaf, by):  # type: ignore[no-untyped-def]
    """How much more is out of bounds after a change of a leaf; and how much more must be paid (see `stretch`)."""
    worse = 0
    for at in range(begin[leaf], begin[leaf + 1]):
        form = form_of[at]
        now = state[form, BY]
        then = now + coef[at] * by
        worse += SCALE * (_off(state, form, then) - _off(state, form, now))
        if soft is not None and soft[form, PRICE] > 0:
            worse += soft[form, PRICE] * (_over(soft, form, then) - _over(soft, form, now))
    return worse


@numba.njit(cache=True)
def _over(soft: np.ndarray, form: int, by: int) -> int:
    """Whether a form is out of its soft bounds."""
    return 1 if by < soft[form, LOW] or by > soft[form, HIGH] else 0


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
        form = out[_below(seed, count)]
        if _below(seed, 20) < NARROW:
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
                at = first + (choice if wide <= choices else _below(seed, wide))
                leaf, sign = leaf_of[side, at], sign_of[side, at]
            else:
                leaf = changed[_below(seed, used) if wide else choice]
                sign = _within(begin, form_of, coef, leaf, form)
                if sign == 0:
                    continue
            amount = (1 if lacking > 0 else -1) * (1 if sign > 0 else -1)
            if _below(seed, 10) < 3:
                amount = lacking // sign
                if amount == 0:
                    continue
            score = _score(state, soft, begin, form_of, coef, leaf, amount) + _below(seed, NOISE)
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
        count = _change(state, out, count, begin, form_of, coef, best, best_by)
    return count == 0, used


@numba.njit(cache=True)
def _workplace(leaves, forms):  # type: ignore[no-untyped-def]
    """Forms out of bounds; leaves changed; of each leaf its change, the step in which, and which way."""
    return (
        np.zeros(forms, np.int32),
        # One place more than leaves: a search that has changed every leaf may go on.
        np.zeros(min(leaves + 2, TABLE), np.int32),
        np.zeros(leaves, np.int32),
        np.full(leaves, -BACK - 1, np.int32),
        np.zeros(leaves, np.int8),
    )


@numba.njit(cache=True)
def _load(state, leaf_side, work, table_leaf, table_by, first, end):  # type: ignore[no-untyped-def]
    """Take a table as the beginning; returns how many leaves it changes, and how many forms are out of bounds."""
    begin, form_of, coef = leaf_side
    out, changed, by_leaf, _, _ = work
    if end - first + 1 >= len(changed):
        # Tables of programs may be larger than what a search can hold; then it begins from the true one.
        return 0, 0
    used, wrong = 0, 0
    for at in range(first, end):
        leaf, amount = table_leaf[at], table_by[at]
        by_leaf[leaf] = amount
        changed[used] = leaf
        used += 1
        wrong = _change(state, out, wrong, begin, form_of, coef, leaf, amount)
    return used, wrong


@numba.njit(cache=True)
def _clear(state, leaf_side, work, used, form):  # type: ignore[no-untyped-def]
    """Make everything as it was before a search."""
    begin, form_of, _ = leaf_side
    _, changed, by_leaf, last, way = work
    for place in range(used):
        leaf = changed[place]
        for entry in range(begin[leaf], begin[leaf + 1]):
            state[form_of[entry], BY], state[form_of[entry], PLACE] = 0, 0
        by_leaf[leaf], last[leaf], way[leaf] = 0, -BACK - 1, 0
    state[form, PLACE] = 0


@numba.njit(cache=True)
def _missing(need, reach, form, sign):  # type: ignore[no-untyped-def]
    """How far a cell has to go down and up, whether it still has to, and how far it went down and up."""
    below, above, span, floor, roof = need
    low, high = (reach[form, 0], reach[form, 1]) if sign > 0 else (-reach[form, 1], -reach[form, 0])
    down, up = max(min(-below, high - span), floor), min(max(above, low + span), roof)
    return down, up, down < low, up > high, low, high


@numba.njit(cache=True)
def _demand(state, form, goal):  # type: ignore[no-untyped-def]
    """Ask of a form that it go so far; returns its bounds from before."""
    low, high = state[form, LOW], state[form, HIGH]
    if goal > 0:
        state[form, LOW] = max(low, goal)
    else:
        state[form, HIGH] = min(high, goal)
    return low, high


@numba.njit(cache=True, nogil=True)
def walk(  # type: ignore[no-untyped-def]
    state,
    leaf_side,
    form_side,
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
    work = _workplace(len(begin) - 1, len(state))
    out, changed, by_leaf, _, _ = work
    reached = 0
    for looked in range(len(cells)):
        if count + 2 > len(table_begin) or table_begin[count] + len(changed) >= len(table_leaf):
            return count, looked, reached
        form, sign = cells[looked]
        down, up, lower, higher, low, high = _missing(needs[looked], reach, form, sign)
        if not lower and not higher:
            continue
        if lower and higher:
            lower = _below(seed, 2) == 0
        goal = down if lower else up
        base = bases[looked, 0 if lower else 1]
        if base == 0:
            step = 1 + _below(seed, 2)
            goal = max(goal, low - step) if lower else min(goal, high + step)
            if patience == 1:
                base = by_table[form, 0] if (lower == (sign > 0)) else by_table[form, 1]
        used, wrong = 0, 0
        if base >= before:
            first, end = table_begin[base - before], table_begin[base - before + 1]
            used, wrong = _load(state, leaf_side, work, table_leaf, table_by, first, end)
        elif base > 0:
            used, wrong = _load(state, leaf_side, work, old_leaf, old_by, old_begin[base], old_begin[base + 1])
        bounds = _demand(state, form, goal * sign)
        wrong = _place(state, out, wrong, form)
        good, used = _search(state, None, leaf_side, form_side, work, wrong, used, steps, choices, seed)
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
        _clear(state, leaf_side, work, used, form)
    return count, len(cells), reached
