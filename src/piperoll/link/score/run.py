"""Scan blocks in tasks on threads, with results in the order of the tasks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from piperoll.link.block.blocks import Block
from piperoll.link.block.groups import Pairing
from piperoll.link.compare.program import Coded, Program
from piperoll.link.kernels import njit
from piperoll.link.score.scan import Kept, Weights, scan


TASK = 400_000  # pairs of a task, at most, but for a record with more


@dataclass(frozen=True)
class Pairs:
    """Pairs of records.

    Attributes:
        left, right: int32, left below right.
        pattern: int64.
        weight: float64, bits.
        rule: int16: the first rule that finds it.
    """

    left: np.ndarray
    right: np.ndarray
    pattern: np.ndarray
    weight: np.ndarray
    rule: np.ndarray

    def __len__(self) -> int:
        return len(self.left)

    def where(self, mask: np.ndarray | slice) -> Pairs:
        """Some of them."""
        return Pairs(self.left[mask], self.right[mask], self.pattern[mask], self.weight[mask], self.rule[mask])


def together(parts: Sequence[Pairs]) -> Pairs:
    """Parts one after another."""
    if not parts:
        return Pairs(*(np.zeros(0, kind) for kind in (np.int32, np.int32, np.int64, np.float64, np.int16)))
    return Pairs(*(np.concatenate([getattr(each, name) for each in parts]) for name in Pairs.__annotations__))


def folded(pairs: Pairs, whose: np.ndarray) -> Pairs:
    """Pairs of records from pairs of rows, each under the names that agree best; ``whose`` as in `Scanner`."""
    if not len(whose):
        return pairs
    one, other = whose[pairs.left], whose[pairs.right]
    left, right = np.minimum(one, other), np.maximum(one, other)
    key = left.astype(np.int64) << 32 | right
    order = np.lexsort((pairs.right, pairs.left, pairs.rule, -pairs.weight, key))
    best = order[np.concatenate([[True], key[order][1:] != key[order][:-1]])[: len(order)]]
    best.sort()  # in the order in which they were found
    return Pairs(left[best], right[best], pairs.pattern[best], pairs.weight[best], pairs.rule[best])


@dataclass(frozen=True)
class Task:
    """Positions ``first`` to ``last`` of the pairing of a block."""

    block: int
    pairing: Pairing
    first: int
    last: int
    pairs: int

    @property
    def name(self) -> str:
        """The same in every run over the same records."""
        return f"{self.block:03d}-{self.first:010d}"


def tasks(number: int, block: Block, size: int = TASK) -> list[Task]:
    """Cut a block, the ``number``-th, into tasks of about ``size`` pairs."""
    pairing = block.pairing()
    ends = np.cumsum(pairing.end.astype(np.int64) - pairing.begin)
    out, first = [], 0
    while first < len(ends):
        before = int(ends[first - 1]) if first else 0
        last = max(int(np.searchsorted(ends, before + size, side="right")), first + 1)
        if ends[last - 1] > before:
            out.append(Task(number, pairing, first, last, int(ends[last - 1]) - before))
        first = last
    return out


class Scanner:
    """Everything a scan needs but the weights.

    Args:
        threads: How many at once; all cores by default.
        fresh: bool (rows,): only pairs with such a record are looked at; by default all.
        whose: Empty, or int32 (rows,): whose each row is, where records have further names. Pairs are of rows; `folded`
            makes them pairs of records.
    """

    def __init__(
        self,
        coded: Coded,
        program: Program,
        blocks: Sequence[Block],
        threads: int = 0,
        fresh: np.ndarray | None = None,
        whose: np.ndarray | None = None,
    ) -> None:
        self.whose = np.zeros(0, np.int32) if whose is None else whose
        self.coded, self.program, self.blocks = coded, program, list(blocks)
        self.fresh = np.zeros(0, np.bool_) if fresh is None else fresh
        records = len(coded.codes)
        self.groups = np.full((records, max(len(self.blocks), 1)), -1, np.int32)
        for number, each in enumerate(self.blocks):
            self.groups[:, number] = each.groups
            self.blocks[number] = replace(each, groups=self.groups[:, number])  # the only copy that is kept
        self.threads = threads or len(os.sched_getaffinity(0))

    def tasks(self) -> Iterator[Task]:
        """All tasks, block by block; a pairing lives as long as its tasks."""
        for number, each in enumerate(self.blocks):
            yield from tasks(number, each)

    def run(self, chosen: Iterable[Task], weights: Weights, bound: float, *, unique: bool = True) -> Iterator[Pairs]:
        """Pairs of each task whose weight is at least ``bound``."""
        with ThreadPoolExecutor(self.threads) as pool:
            waiting = []
            for task in chosen:
                waiting.append(pool.submit(self._one, task, weights, bound, unique))
                if len(waiting) > 2 * self.threads:
                    yield waiting.pop(0).result()
            for each in waiting:
                yield each.result()

    def _one(self, task: Task, weights: Weights, bound: float, unique: bool) -> Pairs:
        size = task.pairs
        room = Kept(np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int64), np.empty(size))
        pairing = task.pairing
        kept, _ = scan(
            task.block, pairing.order, pairing.begin, pairing.end, task.first, task.last, self.groups, unique,
            self.fresh, self.program, self.coded, weights, bound, room,
        )  # fmt: skip
        rule = np.full(kept, task.block, np.int16)
        left, right, pattern, weight = (each[:kept].copy() if kept < size else each for each in room)
        pairs = Pairs(left, right, pattern, weight, rule)
        return pairs.where(self.whose[left] != self.whose[right]) if len(self.whose) else pairs

    @property
    def records(self) -> int:
        """How many records there are; they are the first rows."""
        return int(self.whose.max()) + 1 if len(self.whose) else len(self.coded.codes)

    def release(self) -> None:
        """Let go of who is in which group: all pairs have been looked at."""
        self.groups = self.groups[:0].copy()
        self.blocks = [replace(each, groups=each.groups[:0].copy()) for each in self.blocks]

    def first_found(self, pairs: Pairs) -> np.ndarray:
        """Whether no rule before its own finds the pair."""
        return _first_found(self.groups, pairs.left, pairs.right, pairs.rule)


@njit(cache=True, nogil=True)
def _first_found(groups: np.ndarray, left: np.ndarray, right: np.ndarray, rule: np.ndarray) -> np.ndarray:
    out = np.ones(len(left), np.bool_)
    for k in range(len(left)):
        for earlier in range(rule[k]):
            g = groups[left[k], earlier]
            if g >= 0 and g == groups[right[k], earlier]:
                out[k] = False
                break
    return out
