"""Blocking rules over records: what each brings together, and so what it costs, before a pair is looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from piperoll.link.block.groups import Mode, Pairing, combine, group, pair_up
from piperoll.link.encode.records import Records
from piperoll.link.spec.model import Rule


@dataclass(frozen=True)
class Block:
    """A rule over some records.

    Attributes:
        groups: int32 (records,): number of each record's group, -1 for none.
        pairing: Its pairs.
    """

    rule: Rule
    groups: np.ndarray
    pairing: Pairing

    @property
    def pairs(self) -> int:
        """Pairs it brings together, whether or not an earlier rule does so, too."""
        return self.pairing.pairs


def block(records: Records, rule: Rule, mode: Mode) -> Block:
    """Bring together what a rule brings together."""
    groups, count = group(combine([records.columns.key(term) for term in rule.terms]))
    return Block(rule, groups, pair_up(groups, count, records.file, mode))
