"""Searches that change several leaves at once, so that the sums over them stay as they are.

In a table with many totals one leaf stands in many sums, and changing it alone puts most of them out of bounds. A
change up of one leaf and down of another in the same row leaves the row's total alone; done along several divisions at
once (force and offence and age), it leaves alone all totals over any of these. While any form is out of bounds, one
such form is taken at random, and a random exchange that mends it is made unless that puts more out of bounds than it
mends. The walk goes on among tables that are equally far from right, and seldom to one that is a little worse.

The exchanges are the basic moves of Markov bases of contingency tables: Diaconis and Sturmfels (1998), Algebraic
algorithms for sampling from conditional distributions, Annals of Statistics 26(1).
"""

from __future__ import annotations

import numba
import numpy as np

from piperoll.protect.proof.state import (
    BACK,
    BY,
    HIGH,
    LOW,
    MOST_OUT,
    PRICE,
    SCALE,
    TOGETHER,
    below,
    draw,
    mark,
    off,
    over,
)


AIM = 8  # what counts for each unit that the aim is missed by; other forms count 1
SELDOM = 400  # one in so many times a change for the worse by one is made
ALONG = 6  # of eight: how often an exchange goes along a row
PICKS = 4  # of a partner, until one is found that can give
STUCK = 1  # most leaves of an exchange that cannot give
ENTRIES = 4096  # most sums that change at once
HOPELESS = 40 * SCALE  # how far for the worse a change is weighed at all


@numba.njit(cache=True)
def _weigh(state, soft, form, by, aim):  # type: ignore[no-untyped-def]
    """Change a form; returns how much more is out of bounds, and how much more must be paid (see `stretch`)."""
    weight = AIM * SCALE if form == aim else SCALE
    now = state[form, BY]
    state[form, BY] = then = now + by
    worse = weight * (off(state, form, then) - off(state, form, now))
    if soft is not None and soft[form, PRICE] > 0:
        worse += soft[form, PRICE] * (over(soft, form, then) - over(soft, form, now))
    return worse


@numba.njit(cache=True)
def _corners(state, leaf, by, mask, swap_side, corner, seed):  # type: ignore[no-untyped-def]
    """The leaves of an exchange from one leaf along the rows of a mask; returns how many, 0 if there is no such."""
    row_at, place_at, start, row_leaf, begin, form_of = swap_side[:6]
    corner[0] = leaf
    count = 1
    stuck = _stuck(state, form_of[begin[leaf]], by)
    for slot in range(row_at.shape[1]):
        if not mask >> slot & 1:
            continue
        row = row_at[leaf, slot]
        wide = start[row + 1] - start[row]
        place = 0
        for _pick in range(PICKS):
            place = below(seed, wide - 1)
            if place >= place_at[leaf, slot]:
                place += 1
            if not _stuck(state, form_of[begin[row_leaf[start[row] + place]]], -by):
                break
        for at in range(count):
            # The same way along the same kind of row from each corner; else it would not be even.
            other = row_at[corner[at], slot]
            if other < 0 or start[other + 1] - start[other] != wide:
                return 0
            corner[count + at] = row_leaf[start[other] + place]
            stuck += _stuck(state, form_of[begin[corner[count + at]]], by if _odd(at) else -by)
        bit = 1
        for along in range(slot):
            if mask >> along & 1:
                for at in range(count):
                    if row_at[corner[count + at], along] != row_at[corner[count + (at ^ bit)], along]:
                        return 0
                bit *= 2
        count *= 2
        if stuck > STUCK:
            return 0
    return count


@numba.njit(cache=True)
def _stuck(state, form, by):  # type: ignore[no-untyped-def]
    """Whether a leaf cannot go that way any more."""
    now = state[form, BY]
    return now >= state[form, HIGH] if by > 0 else now <= state[form, LOW]


@numba.njit(cache=True)
def _odd(number):  # type: ignore[no-untyped-def]
    """Whether a number below 32 has an odd number of bits."""
    number ^= number >> 4
    number ^= number >> 2
    return (number ^ number >> 1) & 1


@numba.njit(cache=True)
def _try(state, soft, swap_side, corner, count, mask, by, aim, notes):  # type: ignore[no-untyped-def]
    """Make an exchange; returns how much more is out of bounds, and how many sums were changed."""
    begin, form_of, coef, above, alike = swap_side[4:]
    forms, changes, places = notes
    first = corner[0]
    base, wide = begin[first], begin[first + 1] - begin[first]
    some = 0
    for k in range(wide):
        if not above[base + k] & mask:
            places[some] = k
            some += 1
    worse, changed = 0, 0
    for at in range(count):
        amount = -by if _odd(at) else by
        leaf = corner[at]
        same = alike[leaf] == alike[first]
        for k in range(some if same else begin[leaf + 1] - begin[leaf]):
            entry = begin[leaf] + (places[k] if same else k)
            if not same and above[entry] & mask:
                continue
            form, change = form_of[entry], coef[entry] * amount
            worse += _weigh(state, soft, form, change, aim)
            forms[changed], changes[changed] = form, change
            changed += 1
            if worse > HOPELESS or changed == len(forms):
                return HOPELESS + 1, changed
    return worse, changed


@numba.njit(cache=True)
def exchange(state, soft, swap_side, form_side, work, count, used, steps, aim, seed):  # type: ignore[no-untyped-def]
    """Go on until nothing is out of bounds; returns (whether, leaves changed).

    Args:
        state: A row a form (see `walk`).
        soft: A row a form: the price of leaving its soft bounds, and these; or None.
        swap_side: Rows of leaves, and the sums of each leaf (see `Swaps.arrays`).
        form_side: As for `walk`.
        work: As for `walk`.
        aim: The form that is to go far.
    """
    out, changed, by_leaf, last, _ = work
    starts, leaf_of, sign_of, _ = form_side
    row_at, begin, form_of, above = swap_side[0], swap_side[4], swap_side[5], swap_side[7]
    corner = np.zeros(TOGETHER, np.int64)
    notes = np.zeros(ENTRIES, np.int64), np.zeros(ENTRIES, np.int64), np.zeros(ENTRIES, np.int64)
    forms, changes, _ = notes
    for place in range(used):
        last[changed[place]] = -BACK  # known
    for _step in range(steps):
        if count == 0 or count > MOST_OUT:
            break
        if used + TOGETHER >= len(changed):
            used = _packed(changed, by_leaf, last, used)
            if used + TOGETHER >= len(changed):
                break
        form = out[below(seed, count)]
        up = state[form, BY] < state[form, LOW]
        side = 1 if up else 0
        first, wide = starts[side, form], starts[side, form + 1] - starts[side, form]
        if wide == 0:
            continue
        at = first + below(seed, wide)
        leaf, by = leaf_of[side, at], (1 if up else -1) * (1 if sign_of[side, at] > 0 else -1)
        barred = 0
        for entry in range(begin[leaf], begin[leaf + 1]):
            if form_of[entry] == form:
                barred = above[entry]
                break
        mask, size, bits = 0, 1, draw(seed)
        for slot in range(row_at.shape[1]):
            if row_at[leaf, slot] >= 0 and not barred >> slot & 1 and size < TOGETHER:
                if bits & np.uint64(7) < ALONG:
                    mask |= 1 << slot
                    size *= 2
                bits >>= np.uint64(3)
        size = _corners(state, leaf, by, mask, swap_side, corner, seed)
        if size == 0:
            continue
        worse, sums = _try(state, soft, swap_side, corner, size, mask, by, aim, notes)
        if worse > SCALE or (worse > 0 and below(seed, SELDOM) > 0):
            for k in range(sums):
                state[forms[k], BY] -= changes[k]
            continue
        for k in range(sums):
            count = mark(state, out, count, forms[k])
        for k in range(size):
            other = corner[k]
            if last[other] == -BACK - 1:
                changed[used] = other
                used += 1
                last[other] = -BACK
            by_leaf[other] += -by if _odd(k) else by
    return count == 0, used


@numba.njit(cache=True)
def _packed(changed, by_leaf, last, used):  # type: ignore[no-untyped-def]
    """Forget leaves that are as they were; returns how many are left."""
    kept = 0
    for place in range(used):
        leaf = changed[place]
        if by_leaf[leaf] != 0:
            changed[kept] = leaf
            kept += 1
        else:
            last[leaf] = -BACK - 1
    return kept
