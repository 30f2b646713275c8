"""Tables in which a cell moves although some published figures do not allow it, as few and cheap ones as can be found.

A search as in `piperoll.protect.proof.walk`, but figures may leave their bounds at a price. When nothing else is out
of bounds, one after another of those that left theirs, the dearest first, is held to its bounds again, and the search
goes on; what it cannot mend cheaper is left as it was. Of several searches the cheapest counts.
The idea of paying for what is violated is that of elastic programming: Chinneck (2008), Feasibility and Infeasibility
in Optimization, chapter 6.
"""

from __future__ import annotations

import numba
import numpy as np

from piperoll.protect.proof.exchange import exchange
from piperoll.protect.proof.state import (
    BACK,
    BY,
    HIGH,
    LOW,
    PLACE,
    PRICE,
    clear,
    demand,
    load,
    mark,
    missing,
    over,
    workplace,
)
from piperoll.protect.proof.walk import _search


BROKEN = 256  # most figures of one table that are looked at
PAID = -1  # price of what is paid for already


@numba.njit(cache=True)
def _paid(state, soft, cost, leaf_side, work, used, broken):  # type: ignore[no-untyped-def]
    """What a table costs, and how many figures it breaks; these go into ``broken``."""
    begin, form_of, _ = leaf_side
    _, changed, by_leaf, _, _ = work
    paid, count = 0.0, 0
    for place in range(used):
        leaf = changed[place]
        if by_leaf[leaf] == 0:
            continue
        for entry in range(begin[leaf], begin[leaf + 1]):
            form = form_of[entry]
            if soft[form, PRICE] > 0 and state[form, PLACE] == 0 and over(soft, form, state[form, BY]):
                paid += cost[form]
                if count < len(broken):
                    state[form, PLACE] = -1
                    broken[count] = form
                    count += 1
    for at in range(count):
        state[broken[at], PLACE] = 0
    return paid, count


@numba.njit(cache=True)
def _keep(work, used, leaf, by):  # type: ignore[no-untyped-def]
    """Copy what a search changed; returns how many leaves."""
    _, changed, by_leaf, _, _ = work
    length = 0
    for place in range(used):
        if by_leaf[changed[place]] != 0:
            leaf[length], by[length] = changed[place], by_leaf[changed[place]]
            length += 1
    return length


@numba.njit(cache=True)
def _dearest(broken, count, tried, tries, cost):  # type: ignore[no-untyped-def]
    """The dearest figure that was not tried yet; -1 if there is none."""
    best = -1
    for at in range(count):
        known = False
        for k in range(tries):
            known = known or tried[k] == broken[at]
        if not known and (best < 0 or cost[broken[at]] > cost[best]):
            best = broken[at]
    return best


@numba.njit(cache=True)
def _mend(state, soft, leaf_side, form_side, swap_side, work, count, used, steps, choices, aim, seed):  # type: ignore[no-untyped-def]
    """Search by changing single leaves, or by exchanging where rows of leaves are given."""
    if swap_side is None:
        return _search(state, soft, leaf_side, form_side, work, count, used, steps, choices, seed)
    return exchange(state, soft, swap_side, form_side, work, count, used, steps, aim, seed)


@numba.njit(cache=True)
def _cheaper(state, soft, cost, leaf_side, form_side, swap_side, work, used, steps, choices, mends, kept, notes, seed):  # type: ignore[no-untyped-def]
    """Hold broken figures to their bounds for as long as that makes a good table cheaper.

    Args:
        kept: Where the cheapest table goes: (leaf, change).
        notes: Room for figures: (broken, broken by another table, tried, held with their bounds).

    Returns:
        Its price, how many leaves it changes, and how many the search has changed.
    """
    _, changed, _, last, _ = work
    broken, others, tried, held = notes
    price, count = _paid(state, soft, cost, leaf_side, work, used, broken)
    length = _keep(work, used, kept[0], kept[1])
    tries, holds = 0, 0
    while tries < mends:
        dearest = _dearest(broken, count, tried, tries, cost)
        if dearest < 0:
            break
        tried[tries] = dearest
        tries += 1
        held[holds, 0], held[holds, 1], held[holds, 2] = dearest, state[dearest, LOW], state[dearest, HIGH]
        holds += 1
        state[dearest, LOW] = max(state[dearest, LOW], soft[dearest, LOW])
        state[dearest, HIGH] = min(state[dearest, HIGH], soft[dearest, HIGH])
        for place in range(used):
            last[changed[place]] = -BACK  # known, and free to be changed back
        wrong = mark(state, work[0], 0, dearest)
        good, used = _mend(
            state, soft, leaf_side, form_side, swap_side, work, wrong, used, steps, choices, dearest, seed
        )
        paid, more = np.inf, 0
        if good:
            paid, more = _paid(state, soft, cost, leaf_side, work, used, others)
        if paid < price:
            price, count = paid, more
            broken[:] = others
            length = _keep(work, used, kept[0], kept[1])
        else:
            holds -= 1
            state[dearest, LOW], state[dearest, HIGH] = held[holds, 1], held[holds, 2]
            clear(state, leaf_side, work, used, dearest)
            used, _ = load(state, leaf_side, work, kept[0], kept[1], 0, length)
    while holds > 0:
        holds -= 1
        state[held[holds, 0], LOW], state[held[holds, 0], HIGH] = held[holds, 1], held[holds, 2]
    return price, length, used


@numba.njit(cache=True, nogil=True)
def stretch(state, soft, cost, leaf_side, form_side, swap_side, cells, needs, bases, reach, old, tables, limits, seed):  # type: ignore[no-untyped-def]
    """Find a table for each of some cells that cannot move, and pay for it.

    Args:
        state, leaf_side, form_side, swap_side, cells, needs: As for `walk`; bounds are those that hold whatever is
            suppressed.
        soft: A row a form: what a search reckons for leaving its soft bounds, and these. What is paid becomes `PAID`.
        cost: Of each form, what is paid.
        bases: For each cell several tables to begin from, down and up; 0 for the true one.
        reach: A row a form: least and greatest change found so far; made wider.
        old: The tables of ``bases``: (begin, leaf, change).
        tables: Where new tables go, one for a cell at most: (begin, leaf, change).
        limits: Searches for a cell, steps of each, leaves looked at in each step, and figures held to their bounds.

    Returns:
        New tables, and how many cells were looked at; fewer than all if no more room is left.
    """
    begin, form_of, _ = leaf_side
    table_begin, table_leaf, table_by = tables
    searches, steps, choices, mends = limits
    work = workplace(len(begin) - 1, len(state))
    out, changed = work[0], work[1]
    room = len(changed)
    kept = np.zeros(room, np.int32), np.zeros(room, np.int32)
    best = np.zeros(room, np.int32), np.zeros(room, np.int32)
    notes = (
        np.zeros(BROKEN, np.int32),
        np.zeros(BROKEN, np.int32),
        np.zeros(mends + 1, np.int32),
        np.zeros((mends + 1, 3), np.int32),
    )
    count = 0
    for looked in range(len(cells)):
        if count + 2 > len(table_begin) or table_begin[count] + room >= len(table_leaf):
            return count, looked
        form, sign = cells[looked]
        down, up, lower, higher, _, _ = missing(needs[looked], reach, form, sign)
        least, length = np.inf, 0
        for turn in range(searches if lower or higher else 0):
            falls = lower and (turn % 2 == 0 or not higher)
            base = bases[looked, turn % bases.shape[1], 0 if falls else 1]
            used, wrong = 0, 0
            if base > 0:
                used, wrong = load(state, leaf_side, work, old[1], old[2], old[0][base], old[0][base + 1])
            bounds = demand(state, form, (down if falls else up) * sign)
            wrong = mark(state, out, wrong, form)
            good, used = _mend(
                state, soft, leaf_side, form_side, swap_side, work, wrong, used, steps, choices, form, seed
            )
            if good:
                paid, some, used = _cheaper(
                    state,
                    soft,
                    cost,
                    leaf_side,
                    form_side,
                    swap_side,
                    work,
                    used,
                    steps,
                    choices,
                    mends,
                    kept,
                    notes,
                    seed,
                )
                if paid < least:
                    least, length = paid, some
                    best[0][:some], best[1][:some] = kept[0][:some], kept[1][:some]
            state[form, LOW], state[form, HIGH] = bounds
            clear(state, leaf_side, work, used, form)
            if least == 0:
                break
        if length == 0:
            continue
        at = table_begin[count]
        table_leaf[at : at + length], table_by[at : at + length] = best[0][:length], best[1][:length]
        used, _ = load(state, leaf_side, work, best[0], best[1], 0, length)
        for place in range(length):
            for entry in range(begin[best[0][place]], begin[best[0][place] + 1]):
                other = form_of[entry]
                value = state[other, BY]
                if soft[other, PRICE] > 0 and over(soft, other, value):
                    soft[other, PRICE] = PAID
                reach[other, 0], reach[other, 1] = min(reach[other, 0], value), max(reach[other, 1], value)
        clear(state, leaf_side, work, used, form)
        count += 1
        table_begin[count] = at + length
    return count, len(cells)
