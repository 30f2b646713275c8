"""The walk over a whole problem: bounds, the leaves that can give, and turns for as long as they pay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass

import numpy as np

from piperoll.protect.proof.forms import Forms
from piperoll.protect.proof.near import Near
from piperoll.protect.proof.pool import Pool
from piperoll.protect.proof.state import DOWN, HIGH, LOW, UP, WIDE
from piperoll.protect.proof.swaps import Swaps
from piperoll.protect.proof.walk import walk
from piperoll.protect.relations import Ints


# Steps of searches that exchange leaves, and whether they begin from neighbours' tables; then those that go on.
SWAPS = ((10_000, False), (20_000, False), (20_000, True), (40_000, True), (80_000, True))
LONGEST, PAYS_SWAPPED, IDLE_SWAPPED = 200_000, 0.08, 4
# Steps of a search and leaves looked at in each, turn by turn; the last goes on.
TURNS = ((30, 20), (40, 40), (60, 60), (60, 60), (60, 60), (120, 60), (120, 60), (120, 60), (250, 60))
MOST = 80  # turns
LONG = (800, 60)  # of searches from neighbours' tables, when the others no longer pay
PAYS, PAYS_ABROAD = 0.15, 0.04  # share of searches that must get further
IDLE = 2  # turns that may not pay
AFRESH = 5  # every so many turns searches begin from the true table
SAVE = 5  # turns between two savings
SEEDS = (88172645463325252, 6364136223846793005)  # of each hand

Old = tuple[np.ndarray, np.ndarray, np.ndarray, int]  # begin, leaf, change, how many


@dataclass(frozen=True)
class Wish:
    """What is looked for.

    Attributes:
        open: Gives the cells that still lack a table.
        needs: Below, above, span, and the bounds of cells, a row each (see `walk`).
        save: Called now and then.
    """

    open: Callable[[], Ints]
    needs: Callable[[Ints], Ints]
    save: Callable[[], None] = lambda: None


class Walker:
    """Searches ready to be run.

    Args:
        bounds: Least and greatest change of each form.
        leaf_low, leaf_high: Of each leaf.
    """

    def __init__(self, forms: Forms, pool: Pool, bounds: tuple[Ints, Ints], leaf_low: Ints, leaf_high: Ints) -> None:
        self.forms, self.pool = forms, pool
        self._state = state_of(bounds)
        self.leaf_side = leaf_side(forms)
        self.form_side = givers(forms, leaf_low, leaf_high)
        self.swap_side: tuple[np.ndarray, ...] | None = None
        self._hands = [_Hand(self._state.copy(), seed) for seed in SEEDS]

    def within(self, pool: Pool, bounds: tuple[Ints, Ints]) -> Walker:
        """The same with other tables and narrower bounds. Leaves that cannot give any more are tried in vain."""
        other = copy(self)
        other.pool, other._state = pool, state_of(bounds)
        other._hands = [_Hand(other._state.copy(), seed) for seed in SEEDS]
        return other

    def run(self, wish: Wish) -> None:
        """Turn after turn over the cells that are open, by changing single leaves."""
        idle = 0
        for turn in _while_open(wish):
            steps, choices = TURNS[min(turn, len(TURNS) - 1)]
            found = self._turn(wish, (steps, choices, _patience(turn)))
            if turn % SAVE == SAVE - 1:
                wish.save()
            idle = idle + 1 if found < PAYS else 0
            if idle == IDLE:
                return

    def abroad(self, wish: Wish, near: Near) -> None:
        """The same from tables of cells near those that remain open."""
        idle = 0
        for turn in _while_open(wish):
            found = self._turn(wish, (*LONG, _patience(turn)), (near, turn))
            idle = idle + 1 if found < PAYS_ABROAD else 0
            if idle == IDLE:
                return

    def exchange(self, wish: Wish, near: Near, rows: Swaps) -> None:
        """A few turns of searches that exchange leaves (see `piperoll.protect.proof.exchange`)."""
        for turn, (steps, abroad) in zip(_while_open(wish), SWAPS, strict=False):
            self._swapped(wish, rows, steps, (near, turn) if abroad else None)

    def persist(self, wish: Wish, near: Near, rows: Swaps) -> None:
        """Long searches that exchange leaves, for as long as they pay."""
        idle = 0
        for turn in _while_open(wish):
            found = self._swapped(wish, rows, LONGEST, (near, turn))
            idle = idle + 1 if found < PAYS_SWAPPED else 0
            if idle == IDLE_SWAPPED:
                return

    def _swapped(self, wish: Wish, rows: Swaps, steps: int, near: tuple[Near, int] | None) -> float:
        self.swap_side = rows.arrays
        found = self._turn(wish, (steps, 0, 2), near)
        self.swap_side = None
        wish.save()
        return found

    def _turn(self, wish: Wish, how: tuple[int, int, int], near: tuple[Near, int] | None = None) -> float:
        """Search once for each open cell; returns which share of them got further.

        Args:
            how: Steps, choices and patience (see `walk`).
            near: Gives tables to begin from.
        """
        cells = wish.open()
        if not len(cells):
            return 0.0
        needs = wish.needs(cells)
        bases = np.zeros((len(cells), 2), np.int64) if near is None else near[0].tables(cells, near[1])
        pool, forms = self.pool, self.forms
        aims = np.column_stack([forms.form[cells], forms.sign[cells]]).astype(np.int64)
        needs = np.ascontiguousarray(needs)
        closed = np.ones(len(self._state), np.bool_)
        closed[aims[:, 0]] = False
        # Always shared out alike, on however many cores: the same input gives the same tables.
        shares = [slice(number, None, len(self._hands)) for number in range(len(self._hands))]
        old = (pool.begin, pool.leaf, pool.by, pool.count)

        def search(hand: _Hand, share: slice) -> int:
            return hand.run(self, aims[share], needs[share], bases[share], closed, pool, old, how)

        with ThreadPoolExecutor(len(self._hands)) as threads:
            reached = sum(threads.map(search, self._hands, shares))
        for hand in self._hands:
            pool.merge(hand.reach, hand.reached_by, hand.begin[: hand.count + 1], hand.leaf, hand.by, int(old[3]))
        return reached / len(cells)


def _while_open(wish: Wish) -> Iterator[int]:
    """Numbers of turns, for as long as any cell is open."""
    for turn in range(MOST):
        if not len(wish.open()):
            return
        yield turn


def _patience(turn: int) -> int:
    """Whether searches go on from tables (1) or begin from the true one (2)."""
    return 2 if turn % AFRESH == AFRESH - 1 else 1


class _Hand:
    """One of those among whom the cells of a turn are shared out; each has its own state, and finds its own tables."""

    def __init__(self, state: np.ndarray, seed: int) -> None:
        self.state, self.seed = state, np.array([seed], np.uint64)
        self.begin, self.count = np.zeros(8192, np.int64), 0
        self.leaf, self.by = np.zeros(131072, np.int32), np.zeros(131072, np.int32)
        self.reach = self.reached_by = np.zeros((0, 2), np.int32)

    def run(
        self, walker: Walker, aims: Ints, needs: Ints, bases: Ints, closed: np.ndarray, pool: Pool, old: Old,
        how: tuple[int, int, int],
    ) -> int:  # fmt: skip
        """Look at all cells of a share; returns how many got further."""
        self.count, done, reached = 0, 0, 0
        self.reach, self.reached_by = pool.reach.copy(), pool.reached_by.copy()
        while True:
            self.count, looked, more = walk(
                self.state, walker.leaf_side, walker.form_side, walker.swap_side, aims[done:], needs[done:],
                bases[done:], closed,
                self.reach, self.reached_by, old, (self.begin, self.leaf, self.by), self.count, *how, self.seed,
            )  # fmt: skip
            done, reached = done + looked, reached + more
            if done == len(aims):
                return reached
            self.begin, self.leaf, self.by = (
                np.concatenate([a, np.zeros_like(a)]) for a in (self.begin, self.leaf, self.by)
            )


def state_of(bounds: tuple[Ints, Ints]) -> np.ndarray:
    """A row a form with its bounds, as `walk` takes them."""
    state = np.zeros((len(bounds[0]), 4), np.int32)
    state[:, LOW], state[:, HIGH] = (np.clip(side, -WIDE, WIDE) for side in bounds)
    return state


def leaf_side(forms: Forms) -> tuple[Ints, Ints, Ints]:
    """Forms of each leaf: (begin, form, coefficient)."""
    columns = forms.by_leaf
    return columns.indptr.astype(np.int64), columns.indices.astype(np.int32), columns.data.astype(np.int32)


def givers(forms: Forms, leaf_low: Ints, leaf_high: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Leaves with room to take each form down, and up: (begin, leaf, coefficient), and how many leaves it has."""
    entries = forms.matrix.tocoo()
    count = forms.matrix.shape[0]
    begins, leaves, signs = [], [], []
    for side in (DOWN, UP):
        higher = (entries.data > 0) == (side == UP)
        able = np.where(higher, leaf_high[entries.col] > 0, leaf_low[entries.col] < 0)
        rows = entries.row[able]
        order = np.argsort(rows, kind="stable")
        begins.append(np.searchsorted(rows[order], np.arange(count + 1)))
        leaves.append(entries.col[able][order])
        signs.append(entries.data[able][order])
    longest = max(map(len, leaves))
    filled = [[np.pad(part, (0, longest - len(part))) for part in side] for side in (leaves, signs)]
    return (
        np.array(begins, np.int64),
        np.array(filled[0], np.int32),
        np.array(filled[1], np.int32),
        np.diff(forms.matrix.indptr).astype(np.int32),
    )
