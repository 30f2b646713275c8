"""A linkage from beginning to end: which rules, training, scoring, persons.

::

    linked = link(frames, linkage)
    linked.persons.label            # for each record (in canonical order) the first record of its person
    linked.pairs                    # what was kept, weighed
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from piperoll.link.before import Before, earlier_pairs, earlier_persons, first_records, named_records, under_best_names
from piperoll.link.block.blocks import Block, Blocks, Divided, block, empty_of, parts_of
from piperoll.link.block.select import LEAST_PAIRS, select, thin, tight
from piperoll.link.cluster.identity import Named, name_persons
from piperoll.link.cluster.persons import Earlier, Persons, least_weight, persons, weight_of
from piperoll.link.estimate.conflicts import learnt_vetoes
from piperoll.link.estimate.singles import single_files
from piperoll.link.estimate.train import Trained, random_levels, train, weigh_up
from piperoll.link.model import Model, read_model, written
from piperoll.link.prepare import Ready, prepare
from piperoll.link.score.run import TASK, Pairs, Scanner, together
from piperoll.link.score.scan import Weights
from piperoll.link.score.spill import Spill
from piperoll.link.spec.model import Linkage


Progress = Callable[[str], None]


MANY = 5_000_000  # records from which memory counts: what can be made again is let go of once it was used


def silent(_: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Chosen:
    """Blocks that are used.

    Attributes:
        divided: Rules whose largest groups were divided.
        empty: Rules that bring nothing together among these records, and may do so among more.
        thin: How many blocks, the last, are not learnt from: they brought nothing new, and cost next to nothing.
    """

    blocks: list[Block]
    divided: tuple[Divided, ...] = ()
    empty: tuple[str, ...] = ()
    thin: int = 0


@dataclass(frozen=True)
class Linked:
    """What came of a linkage.

    Attributes:
        blocks: Rules that were used.
        join: Probability from which records were joined.
        named: Names of persons, and what changed since the run before.
        divided: Rules whose largest groups were divided.
        conflicts: Identifiers that were found to be one to a person: two different ones are two people.
        empty: Rules that brought nothing together here; the model remembers them for more records.
    """

    ready: Ready
    scanner: Scanner
    trained: Trained
    weights: Weights
    pairs: Pairs
    persons: Persons
    join: float
    named: Named
    divided: tuple[Divided, ...] = ()
    conflicts: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()

    def renamed(self, before: Before) -> Linked:
        """The same persons under the names that they had in a run before."""
        known = earlier_persons(self.ready.records, before)
        named = name_persons(self.persons.label, named_records(self.ready.records), known, before.ever)
        return replace(self, named=named)

    @property
    def blocks(self) -> Sequence[Block]:
        """Rules that were used, with their groups."""
        return self.scanner.blocks


def link(
    frames: Mapping[str, pl.DataFrame],
    linkage: Linkage,
    *,
    model: Model | None = None,
    threads: int = 0,
    progress: Progress = silent,
    spill: Spill | None = None,
    before: Before | None = None,
) -> Linked:
    """Link the records of ``frames``, by file name.

    Args:
        model: Rules and chances of an earlier run; by default they are learnt here.
        threads: How many at once; all cores by default. They change nothing in what comes out.
        progress: Told what is being done; no value of a record is.
        spill: Where pairs are kept, so that a run that is stopped can go on.
        before: A run before, whose records and more these are: only new records are compared, under its model, and
            persons keep their names.

    Raises:
        UserError: ``PR-L003``, ``PR-L004`` for the files, ``PR-L007`` where pairs cannot be kept.
    """
    progress("Cleaning")
    ready = prepare(frames, linkage)
    return link_ready(ready, model=model, threads=threads, progress=progress, spill=spill, before=before)


def link_ready(
    ready: Ready,
    *,
    model: Model | None = None,
    threads: int = 0,
    progress: Progress = silent,
    spill: Spill | None = None,
    before: Before | None = None,
) -> Linked:
    """`link`, of records that are coded already: whoever coded them may have let go of the frames."""
    linkage = ready.linkage
    join = join_of(linkage)
    if model is None and before is not None:
        model = before.model
    if model is None and spill is not None and (told := spill.remembered("model")) is not None:
        model = read_model(told, linkage)
    known = None if before is None else earlier_persons(ready.records, before)
    fresh = None if known is None else known.is_null().to_numpy()
    if model is None:
        chosen, scanner, trained = _learnt(ready, threads, progress)
        if spill is not None:
            spill.remember("model", written(linkage, trained, scanner.blocks, ready.mode, join, *_told(chosen)))
    else:
        trained = model.trained
        chosen = blocks_named(ready, model.rules, model.divided)
        rows = fresh[ready.records.whose] if fresh is not None and len(ready.records.whose) else fresh
        scanner = Scanner(ready.layout.coded, ready.program, chosen.blocks, threads, rows, ready.records.whose)
    divided, empty = chosen.divided, chosen.empty
    del chosen
    if len(ready.records) > MANY:
        ready.records.columns.forget()
    weights = weigh_up(trained, ready)
    pairs = score(ready, scanner, weights, progress, spill)
    earlier = None
    if before is not None and known is not None:
        bound = _bound(linkage)
        pairs = together([earlier_pairs(ready.records, before, scanner, weights, bound), pairs])
        earlier = Earlier(first_records(known), _fracture(linkage))
    progress("Joining")
    if ready.mode == "link" and not linkage.declared.one_each and len(ready.records.files) > 1:
        single = single_files(ready, list(scanner.blocks), weights, threads)
        ready = replace(ready, vetoes=replace(ready.vetoes, single=single))
    if len(ready.records) > MANY:
        scanner.release()
    vetoes, conflicts = learnt_vetoes(ready, trained)
    ready = replace(ready, vetoes=vetoes)
    found = persons(scanner, pairs, weights, ready.vetoes, join, earlier)
    used = () if before is None else before.ever
    named = name_persons(found.label, named_records(ready.records), known, used)
    return Linked(ready, scanner, trained, weights, pairs, found, join, named, divided,
                  conflicts, empty)  # fmt: skip


def learn(
    frames: Mapping[str, pl.DataFrame], linkage: Linkage, *, threads: int = 0, progress: Progress = silent
) -> dict[str, Any]:
    """Rules and chances alone, as in model.json; no pair is kept."""
    progress("Cleaning")
    ready = prepare(frames, linkage)
    chosen, scanner, trained = _learnt(ready, threads, progress)
    return written(linkage, trained, scanner.blocks, ready.mode, join_of(linkage), *_told(chosen))


def _learnt(ready: Ready, threads: int, progress: Progress) -> tuple[Chosen, Scanner, Trained]:
    """Rules, their scanner, and chances, learnt from the records."""
    seen = random_levels(ready)
    chosen = blocks_of(ready, seen, threads, progress)
    scanner = Scanner(ready.layout.coded, ready.program, chosen.blocks, threads, whose=ready.records.whose)
    progress("Learning")
    learner = scanner
    if chosen.thin:
        learner = Scanner(ready.layout.coded, ready.program, chosen.blocks[: -chosen.thin], threads,
                          whose=ready.records.whose)  # fmt: skip
    return chosen, scanner, train(ready, learner, seen)


def _told(chosen: Chosen) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return chosen.empty, tuple(each.rule.text for each in chosen.divided)


def _fracture(linkage: Linkage) -> float:
    declared = linkage.declared.thresholds.fracture_weight
    return weight_of(join_of(linkage)) if declared is None else declared


def _bound(linkage: Linkage) -> float:
    """Match weight from which pairs are kept."""
    return min(linkage.declared.thresholds.keep, least_weight(join_of(linkage)), _fracture(linkage))


def blocks_named(ready: Ready, texts: Sequence[str], divided: Sequence[str] = ()) -> Chosen:
    """Blocks of the rules with these texts, in their order; of all rules where they are declared.

    Args:
        texts: Rules, and parts of rules whose largest groups were divided.
        divided: Rules that were; of others all parts are used, as they may have grown since.
    """
    if all(rule.given for rule in ready.linkage.rules):
        return every_block(ready)
    wanted = {text: place for place, text in enumerate(texts)}
    largest = ready.linkage.declared.block.largest
    made = []
    for rule in ready.linkage.rules:
        if not any(text == rule.text or text.startswith(f"{rule.text}; ") for text in wanted):
            continue
        each = block(ready.records, rule, ready.mode, largest)
        if rule.text in wanted and rule.text not in divided:
            wanted |= {part.text: wanted[rule.text] for part in each.parts}
        made.append(replace(each, parts=tuple(part for part in each.parts if part.text in wanted)))
    chosen = _chosen(made)
    return replace(chosen, blocks=sorted(chosen.blocks, key=lambda each: wanted[each.text]))


def every_block(ready: Ready) -> Chosen:
    """Blocks of all rules that there are, in their order."""
    largest = ready.linkage.declared.block.largest
    return _chosen([block(ready.records, rule, ready.mode, largest) for rule in ready.linkage.rules])


def _chosen(made: Sequence[Blocks]) -> Chosen:
    return Chosen(parts_of(made), tuple(each.divided for each in made if each.divided), empty_of(made))


def join_of(linkage: Linkage) -> float:
    """Probability from which two records are joined."""
    declared = linkage.declared.thresholds
    return declared.join if declared.join_weight is None else float(1 / (1 + 2.0**-declared.join_weight))


def blocks_of(ready: Ready, seen: list[np.ndarray], threads: int = 0, progress: Progress = silent) -> Chosen:
    """Blocks of the declared rules; or of those of the engine's own that are worth it."""
    progress("Blocking")
    declared = ready.linkage.declared.block
    every = every_block(ready)
    if all(rule.given for rule in ready.linkage.rules):
        return every
    by_cost = sorted(every.blocks, key=lambda each: each.pairs)
    first = tight(by_cost, len(ready.records)) or by_cost[:1]
    if not first:
        return every
    progress("Learning which rules find most")
    learner = Scanner(ready.layout.coded, ready.program, first, threads, whose=ready.records.whose)
    model = weigh_up(train(ready, learner, seen), ready)
    most = max(declared.pairs_each * len(ready.records), LEAST_PAIRS)
    trial = Scanner(ready.layout.coded, ready.program, by_cost, threads, whose=ready.records.whose)
    kept = select(trial, model, most, progress)
    more = thin(by_cost, kept, len(ready.records))
    return replace(every, blocks=[by_cost[number] for number in [*kept, *more]], thin=len(more))


def score(
    ready: Ready, scanner: Scanner, weights: Weights, progress: Progress = silent, spill: Spill | None = None
) -> Pairs:
    """Pairs of all blocks whose weight is worth keeping, rule by rule."""
    bound = _bound(ready.linkage)
    total, done, parts = max(sum(each.pairs for each in scanner.blocks), 1), 0, []
    if spill is not None:
        for tasks in spill.fill(scanner, weights, bound):
            progress(f"Comparing: about {min(100 * tasks * TASK // total, 99)} %")
        return under_best_names(scanner, weights, spill.load())
    for part in scanner.run(scanner.tasks(), weights, bound):
        parts.append(part)
        done += TASK
        progress(f"Comparing: about {min(100 * done // total, 99)} %")
    return under_best_names(scanner, weights, together(parts))
