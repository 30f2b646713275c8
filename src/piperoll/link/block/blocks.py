"""Blocking rules over records: what each brings together, and so what it costs, before a pair is looked at.

A group of more records than a linkage allows is not compared all with all. Its records are brought together again under
the same rule and one further field at a time, and what is still too large by all fields of the linkage: such records
are the same in everything, and each is compared with the next alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from piperoll.link.block.groups import Mode, Pairing, combine, count_pairs, group, pair_up
from piperoll.link.encode.records import Records
from piperoll.link.spec.model import Rule
from piperoll.link.spec.terms import Term


@dataclass(frozen=True)
class Block:
    """A rule over some records.

    Attributes:
        text: The rule, with the further field, after a semicolon, where large groups are divided.
        groups: int32 (records,): number of each record's group, -1 for none.
        count: How many groups.
        chain: Whether each record is compared with the next of its group alone.
        pairs: How many pairs it brings together, whether or not an earlier rule does so, too.
    """

    rule: Rule
    text: str
    groups: np.ndarray
    count: int
    files: np.ndarray
    mode: Mode
    chain: bool
    pairs: int

    def pairing(self) -> Pairing:
        """Who is compared with whom."""
        groups = np.ascontiguousarray(self.groups)
        return pair_up(groups, self.count, self.files, self.mode, chain=self.chain)


@dataclass(frozen=True)
class Divided:
    """A rule whose largest groups were divided.

    Attributes:
        groups: How many groups.
        largest: Records of the largest.
        pairs: Pairs that all of them would have brought together.
    """

    rule: Rule
    groups: int
    largest: int
    pairs: int


@dataclass(frozen=True)
class Blocks:
    """All of a rule: itself, and the parts into which its largest groups were divided."""

    parts: tuple[Block, ...]
    divided: Divided | None = None

    @property
    def pairs(self) -> int:
        """Pairs of all parts."""
        return sum(each.pairs for each in self.parts)


def block(records: Records, rule: Rule, mode: Mode, largest: int) -> Blocks:
    """Bring together what a rule brings together; groups of more than ``largest`` records are divided."""
    groups, count = group(combine([records.columns.key(term) for term in rule.terms]))
    sizes = np.bincount(groups[groups >= 0], minlength=count)
    wide = np.flatnonzero(sizes > largest)
    if not len(wide):
        return Blocks((_made(rule, rule.text, groups, count, records, mode),))
    within = np.isin(groups, wide)
    told = Divided(rule, len(wide), int(sizes.max()), int((sizes[wide] * (sizes[wide] - 1) // 2).sum()))
    key = np.where(within, groups, -1)
    rest = groups.copy()
    rest[within] = -1
    parts = [_made(rule, rule.text, *_again(rest), records, mode), *_parts(records, rule, key, mode, largest)]
    empty = np.zeros(0, np.int32)  # no group is looked at where there is no pair
    return Blocks(tuple(each if each.pairs else replace(each, groups=empty) for each in parts), told)


def _parts(records: Records, rule: Rule, key: np.ndarray, mode: Mode, largest: int) -> Iterator[Block]:
    """Groups under one further field each; what is still too large, or has no further field known, under all."""
    fields = [Term(name) for name in records.columns.fields if Term(name) not in rule.terms]
    left = key >= 0
    for term in fields:
        left &= records.columns.key(term) < 0
    for term in fields:
        groups, count = group(combine([key, records.columns.key(term)]))
        sizes = np.bincount(groups[groups >= 0], minlength=count + 1)  # one more, for -1
        wide = (groups >= 0) & (sizes[groups] > largest)
        left |= wide
        groups[wide] = -1
        yield _made(rule, f"{rule.text}; {term}", *_again(groups), records, mode)
    if left.any():
        known = [records.columns.key(term) + 1 for term in fields]  # not known is the same as not known here
        groups, count = group(combine([np.where(left, key, -1), *known]))
        yield _made(rule, f"{rule.text}; all else the same", groups, count, records, mode, chain=True)


def _again(groups: np.ndarray) -> tuple[np.ndarray, int]:
    return group(groups.astype(np.int64))


def _made(
    rule: Rule, text: str, groups: np.ndarray, count: int, records: Records, mode: Mode, *, chain: bool = False
) -> Block:
    files = records.row_file
    pairs = count_pairs(groups, count, files, mode, chain=chain)
    return Block(rule, text, groups, count, files, mode, chain, pairs)


def parts_of(rules: Sequence[Blocks]) -> list[Block]:
    """Parts of all rules with pairs in them, rule by rule."""
    return [part for each in rules for part in each.parts if part.pairs]


def empty_of(rules: Sequence[Blocks]) -> tuple[str, ...]:
    """Texts of the parts that bring nothing together, rule by rule: with more records they may."""
    return tuple(part.text for each in rules for part in each.parts if not part.pairs)
