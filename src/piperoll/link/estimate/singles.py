"""Whether anybody is twice in a file, told by the file's own records.

Where only records of different files are linked, each file is often free of duplicates, and nobody says so. It is
tried: how many pairs within a file, under the rules that are used, are almost surely of one person? Where hardly any
are, a person is taken to be there once, so that the best match of several is the match.
"""

from __future__ import annotations

import numpy as np

from piperoll.link.block.blocks import Block
from piperoll.link.block.groups import count_pairs, group
from piperoll.link.prepare import Ready
from piperoll.link.score.run import Scanner, tasks, together
from piperoll.link.score.scan import Weights


SURE = 0.99  # a pair of this probability is counted
FEW = 0.005  # of a file's records: so many such pairs are hardly any
SAMPLE = 50_000  # pairs of a rule that are tried


def single_files(ready: Ready, blocks: list[Block], weights: Weights, threads: int = 0) -> np.ndarray:
    """bool (files,): whether hardly any records of a file are of one person."""
    records = ready.records
    bound = float(np.log2(SURE / (1 - SURE)))
    out = np.zeros(len(records.files), bool)
    for file in range(len(records.files)):
        own = records.row_file == file
        inside = []
        for each in blocks:
            groups, count = group(np.where(own, each.groups, -1).astype(np.int64))
            pairs = count_pairs(groups, count, records.row_file, "dedupe")
            if pairs:
                inside.append(Block(each.rule, each.text, groups, count, records.row_file, "dedupe", False, pairs))
        scanner = Scanner(ready.layout.coded, ready.program, inside, threads, whose=records.whose)
        found = 0.0
        for number, each in enumerate(scanner.blocks):
            chosen = tasks(number, each, SAMPLE // 10)[:: max(1, -(-each.pairs // SAMPLE))]
            scale = each.pairs / max(sum(task.pairs for task in chosen), 1)
            found += scale * len(together(list(scanner.run(chosen, weights, bound))))
        out[file] = found <= FEW * max(int(own.sum()), 1)
    return out
