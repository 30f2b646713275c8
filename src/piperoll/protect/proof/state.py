"""What a search changes: leaves, and the forms in which they stand, with those that are out of bounds kept apart."""

from __future__ import annotations

import numba
import numpy as np


MOST_OUT = 500
TABLE = 4096  # leaves that a search can change
TOGETHER = 32  # leaves that change at once at most
BACK = 10  # steps in which a change is not taken back

# Columns of the state of a form: its change, its bounds, and where it stands among those out of bounds, plus one.
BY, LOW, HIGH, PLACE = 0, 1, 2, 3
# Of the soft bounds of a form in place of its change: what it costs to break them.
PRICE = 0
WIDE = 2**28  # stands for no bound
SCALE = 16  # of scores: of one unit out of bounds
DOWN, UP = 0, 1


@numba.njit(cache=True)
def draw(seed: np.ndarray) -> np.uint64:
    """The next number of a xorshift generator (Marsaglia 2003)."""
    x = seed[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    seed[0] = x
    return x >> np.uint64(11)


@numba.njit(cache=True)
def below(seed: np.ndarray, count: int) -> int:
    return np.int64(draw(seed) % np.uint64(count))  # type: ignore[return-value]


@numba.njit(cache=True)
def off(state: np.ndarray, form: int, by: int) -> int:
    """How far out of bounds a form would be."""
    if by < state[form, LOW]:
        return state[form, LOW] - by
    if by > state[form, HIGH]:
        return by - state[form, HIGH]
    return 0


@numba.njit(cache=True)
def over(soft: np.ndarray, form: int, by: int) -> int:
    """Whether a form is out of its soft bounds."""
    return 1 if by < soft[form, LOW] or by > soft[form, HIGH] else 0


@numba.njit(cache=True)
def mark(state: np.ndarray, out: np.ndarray, count: int, form: int) -> int:
    """Put a form among those out of bounds, or take it away; returns how many there are."""
    wrong = off(state, form, state[form, BY]) > 0
    place = state[form, PLACE] - 1
    if wrong and place < 0:
        out[count] = form
        state[form, PLACE] = count + 1
        return count + 1
    if not wrong and place >= 0:
        last = out[count - 1]
        out[place] = last
        state[last, PLACE] = place + 1
        state[form, PLACE] = 0
        return count - 1
    return count


@numba.njit(cache=True)
def change(state, out, count, begin, form_of, coef, leaf, by):  # type: ignore[no-untyped-def]
    """Change a leaf and with it its forms; returns how many forms are out of bounds."""
    for at in range(begin[leaf], begin[leaf + 1]):
        form = form_of[at]
        state[form, BY] += coef[at] * by
        count = mark(state, out, count, form)
    return count


@numba.njit(cache=True)
def workplace(leaves, forms):  # type: ignore[no-untyped-def]
    """Forms out of bounds; leaves changed; of each leaf its change, the step in which, and which way."""
    return (
        np.zeros(forms, np.int32),
        # A search that has changed every leaf may go on.
        np.zeros(min(leaves, TABLE) + TOGETHER + 2, np.int32),
        np.zeros(leaves, np.int32),
        np.full(leaves, -BACK - 1, np.int32),
        np.zeros(leaves, np.int8),
    )


@numba.njit(cache=True)
def load(state, leaf_side, work, table_leaf, table_by, first, end):  # type: ignore[no-untyped-def]
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
        wrong = change(state, out, wrong, begin, form_of, coef, leaf, amount)
    return used, wrong


@numba.njit(cache=True)
def clear(state, leaf_side, work, used, form):  # type: ignore[no-untyped-def]
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
def missing(need, reach, form, sign):  # type: ignore[no-untyped-def]
    """How far a cell has to go down and up, whether it still has to, and how far it went down and up."""
    below, above, span, floor, roof = need
    low, high = (reach[form, 0], reach[form, 1]) if sign > 0 else (-reach[form, 1], -reach[form, 0])
    down, up = max(min(-below, high - span), floor), min(max(above, low + span), roof)
    return down, up, down < low, up > high, low, high


@numba.njit(cache=True)
def demand(state, form, goal):  # type: ignore[no-untyped-def]
    """Ask of a form that it go so far; returns its bounds from before."""
    low, high = state[form, LOW], state[form, HIGH]
    if goal > 0:
        state[form, LOW] = max(low, goal)
    else:
        state[form, HIGH] = min(high, goal)
    return low, high
