"""Levels as a program of small conditions, run over pairs of coded records by one compiled kernel.

A comparison is an ordered list of clauses; a clause is a conjunction of conditions, and gives its level if all hold.
The first clause that holds decides; the last one holds always. So any comparison is data, and nothing is compiled for
a new one: a small job pays for what it does and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from piperoll.link.compare.dates import days_between, parts_alike, same_digits, turned
from piperoll.link.compare.strings import (
    edits_within,
    jaro,
    jaro_winkler,
    jaro_winkler_most,
    same_start,
    start_of_other,
)
from piperoll.link.kernels import njit


# What a condition asks of columns a and b and number t; a null in a text condition never holds.
ALWAYS, NULL, EQUAL, CROSSED, CROSSED_ONE = 0, 1, 2, 3, 4
JARO_WINKLER, EDITS, EDITS_SWAPS, START, INITIAL, JARO_WINKLER_CROSSED, JARO = 10, 11, 12, 13, 14, 15, 16
DATE_TURNED, DATE_DIGITS, DATE_PARTS, DATE_DAYS, DATE_BEFORE = 20, 21, 22, 23, 24
NUMBER_WITHIN = 30
SHARED, SHARED_PRODUCT = 40, 41

NULL_LEVEL = 0


@dataclass(frozen=True)
class Condition:
    """One condition: ``op`` of columns ``a`` and ``b`` (positions) and number ``t``, or the contrary."""

    op: int
    a: int = 0
    b: int = 0
    t: float = 0.0
    negated: bool = False


@dataclass(frozen=True)
class Clause:
    """Where all conditions hold the comparison has ``level``."""

    level: int
    conditions: tuple[Condition, ...]


class Coded(NamedTuple):
    """Records as numbers.

    Attributes:
        codes: int32 (records, columns): numbers of texts or of lists, dates YYYYMMDD, numbers; below zero for null.
        chars: uint16: the characters of all texts, end to end.
        offs: int64 (texts + 1,): where each begins.
        kinds: uint32 (texts,): which characters each has, modulo 32.
        lists: int32: the members of all lists, end to end, each list sorted.
        list_starts: int64 (lists + 1,): where each begins.
        alphabet: uint32: the characters' code points; see `piperoll.link.encode.values.spell`.
    """

    codes: np.ndarray
    chars: np.ndarray
    offs: np.ndarray
    kinds: np.ndarray
    lists: np.ndarray
    list_starts: np.ndarray
    alphabet: np.ndarray


class Program(NamedTuple):
    """Comparisons as arrays.

    Attributes:
        ops: int32 (rows, 6): op, a, b, negated, level, last of its clause.
        numbers: float64 (rows,): t.
        starts: int32 (comparisons + 1,): rows of each.
        sizes: int64 (comparisons,): levels of each, the null level included.
        strides: int64 (comparisons,): a pattern is the sum of level times stride.
    """

    ops: np.ndarray
    numbers: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray
    strides: np.ndarray

    def levels(self, patterns: np.ndarray) -> np.ndarray:
        """Levels (patterns, comparisons) uint8 of patterns."""
        return ((patterns[:, None] // self.strides[None, :]) % self.sizes[None, :]).astype(np.uint8)


def assemble(comparisons: Sequence[Sequence[Clause]], sizes: Sequence[int]) -> Program:
    """Put clauses into arrays.

    Raises:
        ValueError: If patterns would not fit 63 bits.
    """
    rows: list[tuple[int, ...]] = []
    numbers: list[float] = []
    starts = [0]
    for clauses in comparisons:
        for clause in clauses:
            conditions = clause.conditions or (Condition(ALWAYS),)
            for position, each in enumerate(conditions):
                last = int(position == len(conditions) - 1)
                rows.append((each.op, each.a, each.b, int(each.negated), clause.level, last))
                numbers.append(each.t)
        starts.append(len(rows))
    if np.prod(np.array(sizes, dtype=float)) >= 2.0**63:
        raise ValueError("too many comparisons with too many levels for one pattern")
    strides = np.concatenate([[1], np.cumprod(np.array(sizes[:-1], dtype=np.int64))]).astype(np.int64)
    return Program(
        np.array(rows, np.int32).reshape(-1, 6),
        np.array(numbers, np.float64),
        np.array(starts, np.int32),
        np.array(sizes, np.int64),
        strides[: len(sizes)],
    )


@njit(cache=True, nogil=True)
def shared(lists: np.ndarray, starts: np.ndarray, a: int, b: int) -> int:
    """How many values two sorted lists have in common."""
    i, j, count = starts[a], starts[b], 0
    while i < starts[a + 1] and j < starts[b + 1]:
        if lists[i] == lists[j]:
            count, i, j = count + 1, i + 1, j + 1
        elif lists[i] < lists[j]:
            i += 1
        else:
            j += 1
    return count


@njit(cache=True, nogil=True)
def compare(program: Program, coded: Coded, left: np.ndarray, right: np.ndarray, count: int, out: np.ndarray) -> None:
    """Write levels of the first ``count`` pairs ``left[k]``, ``right[k]`` into ``out``, uint8 (comparisons, pairs)."""
    ops, numbers, starts = program.ops, program.numbers, program.starts
    codes, chars, offs = coded.codes, coded.chars, coded.offs
    for comparison in range(len(starts) - 1):
        first, end = starts[comparison], starts[comparison + 1]
        for k in range(count):
            i, j = left[k], right[k]
            # the last similarity, or a bound of it, asked again for the next threshold
            known_a, known_b, known, certain = -1, -1, 0.0, False
            row = first
            while row < end:
                op, a, b, t = ops[row, 0], ops[row, 1], ops[row, 2], numbers[row]
                x, y = codes[i, a], codes[j, a]
                if op == EQUAL:
                    holds = x == y and x >= 0
                elif op == NULL:
                    holds = x < 0 or y < 0
                elif op == ALWAYS:
                    holds = True
                elif op == CROSSED:
                    holds = x >= 0 and y >= 0 and x == codes[j, b] and y == codes[i, b]
                elif op == CROSSED_ONE:
                    holds = (x >= 0 and x == codes[j, b]) or (y >= 0 and y == codes[i, b])
                elif op == DATE_BEFORE:  # either's a before the other's b
                    v, w = codes[i, b], codes[j, b]
                    holds = (x >= 0 and w >= 0 and x < w and days_between(x, w) > t) or (
                        y >= 0 and v >= 0 and y < v and days_between(y, v) > t
                    )
                elif op == JARO_WINKLER_CROSSED:
                    v, w = codes[i, b], codes[j, b]
                    holds = x >= 0 and y >= 0 and v >= 0 and w >= 0
                    holds = holds and (x == w or jaro_winkler(chars, offs, x, w) >= t)
                    holds = holds and (y == v or jaro_winkler(chars, offs, y, v) >= t)
                elif x < 0 or y < 0:
                    holds = False
                elif op == JARO_WINKLER:
                    if x != known_a or y != known_b:
                        known_a, known_b, certain = x, y, x == y
                        known = 1.0 if x == y else jaro_winkler_most(chars, offs, coded.kinds, x, y)
                    if not certain and known >= t:
                        known, certain = jaro_winkler(chars, offs, x, y), True
                    holds = known >= t
                elif op == JARO:
                    holds = x == y or jaro(chars, offs, x, y) >= t
                elif op == EDITS:
                    holds = x == y or edits_within(chars, offs, x, y, int(t), False)
                elif op == EDITS_SWAPS:
                    holds = x == y or edits_within(chars, offs, x, y, int(t), True)
                elif op == START:
                    holds = same_start(chars, offs, x, y, int(t))
                elif op == INITIAL:
                    holds = start_of_other(chars, offs, x, y, int(t))
                elif op == DATE_TURNED:
                    holds = turned(x, y)
                elif op == DATE_DIGITS:
                    holds = same_digits(x, y) >= 8 - int(t)
                elif op == DATE_PARTS:
                    holds = parts_alike(x, y, int(t))
                elif op == DATE_DAYS:
                    holds = days_between(x, y) <= t
                elif op == NUMBER_WITHIN:
                    holds = abs(np.int64(x) - np.int64(y)) <= t
                elif op == SHARED:
                    holds = shared(coded.lists, coded.list_starts, x, y) >= t
                elif op == SHARED_PRODUCT:
                    starting = coded.list_starts
                    holds = (starting[x + 1] - starting[x]) * (starting[y + 1] - starting[y]) <= t
                else:
                    holds = False
                if holds == (ops[row, 3] != 0):  # it fails: on to the next clause
                    while ops[row, 5] == 0:
                        row += 1
                    row += 1
                elif ops[row, 5] != 0:
                    out[comparison, k] = ops[row, 4]
                    break
                else:
                    row += 1
