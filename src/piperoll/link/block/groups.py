"""Records that a blocking rule brings together: keys become groups, and groups become positions to pair.

::

    groups = group(key)                       # int32 (records,): number of the group, -1 alone or without a key
    pairing = pair_up(groups, files, mode)    # who is compared with whom, without listing pairs
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from piperoll.link.kernels import njit


Mode = Literal["dedupe", "link", "both"]
Ints = np.ndarray


@dataclass(frozen=True)
class Pairing:
    """Pairs of one rule: the record at position ``x`` with those at ``begin[x]`` to ``end[x] - 1``.

    Attributes:
        order: int32 (positions,): records, group by group.
        begin, end: int32 (positions,).
    """

    order: Ints
    begin: Ints
    end: Ints

    @property
    def pairs(self) -> int:
        """How many pairs that is, those of other rules included."""
        return int((self.end.astype(np.int64) - self.begin).sum())


def combine(columns: Sequence[Ints]) -> Ints:
    """One int64 key for several int columns, below zero where one of them is: equal keys for equal rows, exactly.

    Where the product of ranges would not fit, keys so far are ranked first.
    """
    key = np.asarray(columns[0]).astype(np.int64)
    missing = key < 0
    for column in columns[1:]:
        other = np.asarray(column)
        missing |= other < 0
        width = int(other.max(initial=0)) + 1
        if (int(key.max(initial=0)) + 1) * width >= 2**62:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
        key = key * width + other
    key[missing] = -1
    return key


@njit(cache=True, nogil=True)
def _group(key: np.ndarray, out: np.ndarray, table: np.ndarray, sizes: np.ndarray) -> int:
    mask = np.uint64(len(table) - 1)
    count = 0
    for i in range(len(key)):
        if key[i] < 0:
            out[i] = -1
            continue
        mixed = np.uint64(key[i]) * np.uint64(0x9E3779B97F4A7C15)
        at = (mixed ^ (mixed >> np.uint64(29))) & mask
        while True:
            seen = table[at]
            if seen < 0:
                table[at] = i
                out[i] = count
                sizes[count] = 1
                count += 1
                break
            if key[seen] == key[i]:
                out[i] = out[seen]
                sizes[out[i]] += 1
                break
            at = (at + np.uint64(1)) & mask
    return count


@njit(cache=True, nogil=True)
def _renumber(out: np.ndarray, sizes: np.ndarray, count: int) -> int:
    """Groups of two and more get numbers in a row, in order of their first record; others -1."""
    kept = 0
    for g in range(count):
        if sizes[g] > 1:
            sizes[g] = kept
            kept += 1
        else:
            sizes[g] = -1
    for i in range(len(out)):
        if out[i] >= 0:
            out[i] = sizes[out[i]]
    return kept


def group(key: Ints) -> tuple[Ints, int]:
    """Number of each record's group, int32, -1 for records alone or with a key below zero; and how many groups."""
    slots = 1 << max(4, int(2 * max(len(key), 1) - 1).bit_length())
    out = np.empty(len(key), np.int32)
    sizes = np.empty(len(key) + 1, np.int32)
    count = _group(key, out, np.full(slots, -1, np.int32), sizes)
    return out, _renumber(out, sizes, count)


@njit(cache=True, nogil=True)
def _arrange(
    groups: np.ndarray, count: int, files: np.ndarray, link: bool, chain: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    starts = np.zeros(count + 1, np.int64)
    for g in groups:
        if g >= 0:
            starts[g + 1] += 1
    for g in range(count):
        starts[g + 1] += starts[g]
    total = starts[count]
    order = np.empty(total, np.int32)
    fill = starts[:count].copy()
    for i in range(len(groups)):
        if groups[i] >= 0:
            order[fill[groups[i]]] = i
            fill[groups[i]] += 1
    begin, end = np.empty(total, np.int32), np.empty(total, np.int32)
    for g in range(count):
        first, last = starts[g], starts[g + 1]
        if link:  # by file, so that those of one file lie together and are passed over in one step
            part = order[first:last]
            order[first:last] = part[np.argsort(files[part], kind="mergesort")]
        following = last
        for x in range(last - 1, first - 1, -1):
            if not link or (x + 1 < last and files[order[x]] != files[order[x + 1]]):
                following = x + 1
            begin[x], end[x] = following, min(following + 1, last) if chain else last
    return order, begin, end


def pair_up(groups: Ints, count: int, files: Ints, mode: Mode, *, chain: bool = False) -> Pairing:
    """Who is compared with whom within ``count`` groups; ``files`` int16 (records,): the file of each.

    ``link``: only records of different files; ``dedupe`` and ``both``: all. With ``chain`` each with the next alone.
    """
    return Pairing(*_arrange(groups, count, files, mode == "link", chain))


def count_pairs(groups: Ints, count: int, files: Ints, mode: Mode, *, chain: bool = False) -> int:
    """How many pairs `pair_up` would give."""
    if chain:
        return pair_up(groups, count, files, mode, chain=True).pairs
    inside = groups >= 0
    sizes = np.bincount(groups[inside], minlength=count).astype(np.int64)
    total = int((sizes * (sizes - 1) // 2).sum())
    if mode == "link":
        kinds = int(files.max(initial=0)) + 1
        own = np.bincount(groups[inside].astype(np.int64) * kinds + files[inside], minlength=1).astype(np.int64)
        total -= int((own * (own - 1) // 2).sum())
    return total
