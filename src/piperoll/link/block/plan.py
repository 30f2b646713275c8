"""What a linkage would cost, before a pair is looked at: each rule, its pairs, its largest groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from piperoll.link.block.blocks import Blocks, block
from piperoll.link.block.groups import combine, group
from piperoll.link.prepare import Ready
from piperoll.link.spec.model import Rule
from piperoll.link.spec.terms import UNORDERED, Term


WORST = 3  # largest groups that are told of each rule


@dataclass(frozen=True)
class Group:
    """A group of a rule: how many records agree, and on what.

    Attributes:
        record: Position of one of its records.
    """

    records: int
    record: int

    @property
    def pairs(self) -> int:
        """Pairs of its records."""
        return self.records * (self.records - 1) // 2


@dataclass(frozen=True)
class Cost:
    """A rule, what it brings together, and its largest groups."""

    rule: Rule
    pairs: int
    groups: int
    worst: tuple[Group, ...]
    blocks: Blocks

    @property
    def share(self) -> float:
        """Share of the rule's pairs that its largest groups bring, those that would be divided among them."""
        every = self.pairs + (self.blocks.divided.pairs if self.blocks.divided else 0)
        return sum(each.pairs for each in self.worst) / every if every else 0.0


def plan(ready: Ready) -> list[Cost]:
    """All rules of a linkage with what they cost, in the order in which they are used."""
    out = []
    for rule in ready.linkage.rules:
        groups, count = group(combine([ready.records.columns.key(term) for term in rule.terms]))
        sizes = np.bincount(groups[groups >= 0], minlength=count)
        first = np.full(count, len(groups), np.int64)
        inside = np.flatnonzero(groups >= 0)
        np.minimum.at(first, groups[inside], inside)
        order = np.argsort(-sizes, kind="stable")[:WORST]
        worst = tuple(Group(int(sizes[g]), int(first[g])) for g in order)
        made = block(ready.records, rule, ready.mode, ready.linkage.declared.block.largest)
        out.append(Cost(rule, made.pairs, count, worst, made))
    return out


def key_words(ready: Ready, rule: Rule, record: int) -> str:
    """What the records of a group agree on. It names people: for those who may see identifiers."""
    words = []
    for term in rule.terms:
        if term.function == UNORDERED:
            words += [_value(ready, Term(name), record) for name in term.fields]
        else:
            words.append(_value(ready, term, record))
    return ", ".join(words)


def _value(ready: Ready, term: Term, record: int) -> str:
    values = ready.records.columns[term]
    return str(values.distinct[int(values.codes[record])])


def plan_frame(costs: list[Cost]) -> pl.DataFrame:
    """The plan as a table: of each rule its pairs, groups, largest group and the share of the largest."""
    return pl.DataFrame({
        "rule": [each.rule.text for each in costs],
        "pairs": [each.pairs for each in costs],
        "groups": [each.groups for each in costs],
        "largest_group": [each.worst[0].records if each.worst else 0 for each in costs],
        "share_of_largest": [each.share for each in costs],
        "divided": [each.blocks.divided is not None for each in costs],
    })  # fmt: skip


def plan_text(ready: Ready, costs: list[Cost], *, keys: bool = False) -> str:
    """The plan for the command line.

    Args:
        keys: Whether to say what the largest groups agree on.
    """
    records = len(ready.records)
    width = max((len(each.rule.text) for each in costs), default=4)
    given = all(each.rule.given for each in costs)
    out = [f"{records:,} records. Pairs each rule brings together, and how many that is a record:"]
    for each in costs if given else sorted(costs, key=lambda each: each.pairs):
        largest = each.worst[0].records if each.worst else 0
        note = "  divided" if each.blocks.divided else ""
        out.append(f"  {each.rule.text:<{width}}  {each.pairs:>16,}  {each.pairs / max(records, 1):>9.1f}  "
                   f"largest group {largest:,}{note}")  # fmt: skip
        if keys:
            for worst in each.worst:
                words = key_words(ready, each.rule, worst.record)
                out.append(f"  {'':<{width}}  {worst.pairs:>16,}  {worst.records:,} records: {words}")
    total = sum(each.pairs for each in costs)
    if given:
        out.append(f"Together {total:,} pairs, {total / max(records, 1):.1f} a record; pairs of several rules are "
                   "compared once.")  # fmt: skip
    else:
        most = ready.linkage.declared.block.pairs_each
        out.append(f"No rule is declared: of these the engine takes those that find most, the cheapest first, up to "
                   f"{most:g} pairs a record or 20 million, whichever is more.")  # fmt: skip
    return "\n".join(out)
