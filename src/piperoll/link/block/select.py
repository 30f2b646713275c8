"""Which of the engine's own rules are worth their pairs: learnt from the records, without labels.

A model is trained on the rules that bring fewest pairs together (`tight`). Then each other rule is tried on a sample of
its pairs: how many matches does the model expect among those that no rule so far has found? Rules are taken in the
order of their cost as long as they find enough that is new. A rule that found nothing new and costs next to nothing is
used all the same (`thin`): what few pairs say of it says little of the records that are yet to come.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from piperoll.link.block.blocks import Block
from piperoll.link.score.run import Pairs, Scanner, tasks, together
from piperoll.link.score.scan import Weights


LEAST_PAIRS = 20_000_000  # so many may be looked at even for few records: it takes seconds
SAMPLE = 50_000  # pairs of a rule that are tried
NEW = 0.0002  # of all matches so far: a rule that finds fewer new ones is left out
RETURN = 1 / 5_000  # new matches a pair: a rule that finds fewer is left out
TIGHT = 8.0  # pairs a record of a rule for the first model, at most
THIN = 1.0  # pairs a record that cost next to nothing, if they are no more than are tried


def tight(blocks: Sequence[Block], records: int) -> list[Block]:
    """Blocks for the first model, the cheapest first."""
    return [each for each in sorted(blocks, key=lambda each: each.pairs) if 0 < each.pairs <= TIGHT * records]


def select(
    scanner: Scanner, weights: Weights, most: float, progress: Callable[[str], None] = lambda _: None
) -> list[int]:
    """Positions, among the blocks of ``scanner``, of rules to use; their pairs are ``most`` together at most.

    The blocks of ``scanner`` come in the order of their cost, so that those before a block are those cheaper.
    """
    kept: list[int] = []
    found, total = 0.0, 0
    for number, each in enumerate(scanner.blocks):
        if not each.pairs or total + each.pairs > most:
            continue
        progress(f"Trying {each.text}")
        new = _new(scanner, number, kept, weights)
        if new < NEW * found or new < RETURN * each.pairs:
            continue
        kept.append(number)
        found += new
        total += each.pairs
    return kept


def thin(blocks: Sequence[Block], kept: Sequence[int], records: int) -> list[int]:
    """Positions of rules that are not kept and cost next to nothing: all of their pairs were tried."""
    most = min(SAMPLE, THIN * records)
    return [number for number, each in enumerate(blocks) if number not in kept and 0 < each.pairs <= most]


def _new(scanner: Scanner, number: int, kept: Sequence[int], weights: Weights) -> float:
    """Matches expected among the pairs of a block that no kept block has."""
    block = scanner.blocks[number]
    every = max(1, -(-block.pairs // SAMPLE))
    part = tasks(number, block, max(SAMPLE // 20, 1))[::every]
    sample = together(list(scanner.run(part, weights, -np.inf, unique=False)))
    if not len(sample):
        return 0.0
    fresh = ~_in_any(scanner.groups[:, list(kept)], sample)
    chance = 1.0 / (1.0 + np.exp2(-np.clip(sample.weight[fresh], -60, 60)))
    return float(chance.sum()) * block.pairs / len(sample)


def _in_any(groups: np.ndarray, pairs: Pairs) -> np.ndarray:
    left, right = groups[pairs.left], groups[pairs.right]
    return ((left == right) & (left >= 0)).any(axis=1)
