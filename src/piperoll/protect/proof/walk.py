"""Witnesses without a solver: change one leaf after another until all sums are within their bounds.

A search begins with the wish that a cell go so far, unfulfilled. While any form is out of bounds, one such form is
taken at random, and of the leaves in it the one whose change puts the least else out of bounds is changed. A change is
not soon taken back; after so many steps the search is given up. Every table found counts for all cells it changes.
Source of the idea: Selman, Kautz and Cohen (1994), Noise strategies for improving local search.
"""

from __future__ import annotations

import numba
import numpy as np


UNDOING = 8  # of those changed so far, how many are looked at
BACK = 10  # steps in which a change is not taken back
PENALTY = 400  # for doing so
NARROW = 19  # in twenty steps, how often the form of the fewest leaves is mended first
NOISE = 15  # most random addition to a score
SCALE = 16  # of scores

# Columns of the state of a form: its change, its bounds, and where it stands among those out of bounds, plus one.
BY, LOW, HIGH, PLACE = 0, 1, 2, 3
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
def _score(state, begin, form_of, coef, leaf, by):  # type: ignore[no-untyped-def]
    """How much more is out of bounds after a change of a leaf."""
    worse = 0
    for at in range(begin[leaf], begin[leaf + 1]):
        form = form_of[at]
        now = state[form, BY]
        worse += _off(state, form, now + coef[at] * by) - _off(state, form, now)
    return worse


@numba.njit(cache=True)
def _within(begin, form_of, coef, leaf, form):  # type: ignore[no-untyped-def]
    """Coefficient of a leaf in a form; 0 if it is not in it."""
    for at in range(begin[leaf], begin[leaf + 1]):
        if form_of[at] == form:
            return coef[at]
    return 0


@numba.njit(cache=True)
def _search(state, out, count, changed, used, by_leaf, last, way, leaf_side, form_side, steps, choices, most, seed):  # type: ignore[no-untyped-def]
    """Go on until nothing is out of bounds; returns (whether, forms out of bounds, leaves changed)."""
    begin, form_of, coef = leaf_side
    starts, leaf_of, sign_of, width = form_side
    for step in range(steps):
        if count == 0:
            break
        if count > most or used + 1 >= len(changed):
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
        for choice in range(take + UNDOING):
            if choice < take:
                at = first + (choice if wide <= choices else _below(seed, wide))
                leaf, sign = leaf_of[side, at], sign_of[side, at]
            else:
                if used == 0:
                    break
                leaf = changed[_below(seed, used)]
                sign = _within(begin, form_of, coef, leaf, form)
                if sign == 0:
                    continue
            amount = (1 if lacking > 0 else -1) * (1 if sign > 0 else -1)
            if _below(seed, 10) < 3:
                amount = lacking // sign
                if amount == 0:
                    continue
            score = SCALE * _score(state, begin, form_of, coef, leaf, amount) + _below(seed, NOISE)
            if step - last[leaf] <= BACK and way[leaf] * amount < 0:
                score += PENALTY
            if score < best_score:
                best, best_by, best_score = leaf, amount, score
        if best < 0:
            break
        if last[best] == -BACK - 1 and by_leaf[best] == 0:
            changed[used] = best
            used += 1
        by_leaf[best] += best_by
        last[best] = step
        way[best] = 1 if best_by > 0 else -1
        count = _change(state, out, count, begin, form_of, coef, best, best_by)
    return count == 0, count, used


@numba.njit(cache=True, nogil=True)
def walk(  # type: ignore[no-untyped-def]
    state,
    leaf_side,
    form_side,
    cells,
    needs,
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
    begin, form_of, coef = leaf_side
    old_begin, old_leaf, old_by, before = old
    table_begin, table_leaf, table_by = tables
    leaves = len(begin) - 1
    by_leaf = np.zeros(leaves, np.int32)
    last = np.full(leaves, -BACK - 1, np.int32)
    way = np.zeros(leaves, np.int8)
    # One place more than leaves: a search that has changed every leaf may go on.
    changed = np.zeros(min(leaves + 2, 4096), np.int32)
    out = np.zeros(len(state), np.int32)
    reached = 0
    for looked in range(len(cells)):
        if count + 2 > len(table_begin) or table_begin[count] + len(changed) >= len(table_leaf):
            return count, looked, reached
        form, sign = cells[looked]
        below, above, span, floor, roof = needs[looked]
        low, high = (reach[form, 0], reach[form, 1]) if sign > 0 else (-reach[form, 1], -reach[form, 0])
        down, up = max(min(-below, high - span), floor), min(max(above, low + span), roof)
        lower, higher = down < low, up > high
        if not lower and not higher:
            continue
        if lower and higher:
            lower = _below(seed, 2) == 0
        goal = down if lower else up
        base = 0
        step = 1 + _below(seed, 2)
        goal = max(goal, low - step) if lower else min(goal, high + step)
        if patience == 1:
            base = by_table[form, 0] if (lower == (sign > 0)) else by_table[form, 1]
        used, wrong = 0, 0
        if base > 0:
            mine = base >= before
            first = table_begin[base - before] if mine else old_begin[base]
            end = table_begin[base - before + 1] if mine else old_begin[base + 1]
            # Tables of programs may be larger than what a search can hold; then it begins from the true one.
            end = end if end - first + 1 < len(changed) else first
            for at in range(first, end):
                leaf = table_leaf[at] if mine else old_leaf[at]
                amount = table_by[at] if mine else old_by[at]
                by_leaf[leaf] = amount
                changed[used] = leaf
                used += 1
                wrong = _change(state, out, wrong, begin, form_of, coef, leaf, amount)
        bound_low, bound_high = state[form, LOW], state[form, HIGH]
        if (goal * sign) > 0:
            state[form, LOW] = max(bound_low, goal * sign)
        else:
            state[form, HIGH] = min(bound_high, goal * sign)
        wrong = _place(state, out, wrong, form)
        good, wrong, used = _search(
            state, out, wrong, changed, used, by_leaf, last, way, leaf_side, form_side, steps, choices, 64, seed
        )
        state[form, LOW], state[form, HIGH] = bound_low, bound_high
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
        for place in range(used):
            leaf = changed[place]
            for entry in range(begin[leaf], begin[leaf + 1]):
                state[form_of[entry], BY], state[form_of[entry], PLACE] = 0, 0
            by_leaf[leaf], last[leaf], way[leaf] = 0, -BACK - 1, 0
        state[form, PLACE] = 0
    return count, len(cells), reached
