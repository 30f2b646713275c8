"""Train a linkage on its own records: chances, prior, frequencies; and say what could not be trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from piperoll.link.block.groups import Mode
from piperoll.link.compare.program import Program, compare
from piperoll.link.encode.records import Records
from piperoll.link.estimate.chances import Chances, Known, Tally, beside, estimate, prior_shares
from piperoll.link.prepare import Ready
from piperoll.link.score.run import Scanner, tasks, together
from piperoll.link.score.scan import Weights
from piperoll.link.spec.defaults import kind_of
from piperoll.link.spec.model import Linkage


SAMPLE = 500_000  # pairs at random, for u
EACH_RULE = 200_000  # pairs of a rule, for m
LEAST_U = 1e-9
LEAST_GIVEN = 1e-300  # chances that are given and below count as this


@dataclass(frozen=True)
class Trained:
    """What was learnt.

    Attributes:
        prior: Chance that two records taken at random are of one person.
        kin: Chance that they are of relatives.
        pairs: How many pairs there are of records that were learnt from.
    """

    chances: Chances
    prior: float
    kin: float
    pairs: int


def all_pairs(records: Records, mode: Mode, among: np.ndarray | None = None) -> int:
    """How many pairs could be compared; ``among`` is bool (records,): of some records alone."""
    file = records.file if among is None else records.row_file[among]
    sizes = np.bincount(file, minlength=len(records.files)).astype(object)
    total = int(sizes.sum())
    inside = sum(int(size) * (int(size) - 1) // 2 for size in sizes)
    return total * (total - 1) // 2 - (inside if mode == "link" else 0)


def train(ready: Ready, scanner: Scanner, seen: list[np.ndarray]) -> Trained:
    """Estimate u, m and the prior from the records, with the pairs that the blocks of ``scanner`` find.

    Args:
        seen: What `random_levels` gave for these records.
    """
    linkage = ready.linkage
    pairs = all_pairs(ready.records, ready.mode, ready.learners)
    exact = [_exact(ready, number) for number in range(len(linkage.comparisons))]
    tallies, unique = _tallies(ready, scanner)
    known = Known(tuple(_fixed(each.said, "m") for each in linkage.comparisons), shared_of(linkage))
    fixed_u = [_fixed(each.said, "u") for each in linkage.comparisons]
    share = np.zeros(2)
    chances: Chances | None = None
    for _ in range(3):
        u = [
            beside(_u(seen[c], exact[c], share[0], None if chances is None else chances.m[c]), given)
            for c, given in enumerate(fixed_u)
        ]
        chances = estimate(tallies, u, known, chances)
        share = prior_shares(chances, unique, pairs)
    assert chances is not None
    given = linkage.declared.prior
    return Trained(chances, float(share[0]) if given is None else given, float(share[1]), pairs)


def shared_of(linkage: Linkage) -> frozenset[int]:
    """Comparisons on which relatives agree or nearly: surname, address and dates; none without surname and address."""
    kinds = {each.name: kind_of(each) for each in linkage.fields}
    by = [kinds[each.exact.field] if each.exact else "text" for each in linkage.comparisons]
    names = {c for c, kind in enumerate(by) if kind == "surname"}
    homes = {c for c, kind in enumerate(by) if kind in ("postcode", "place")}
    if not names or not homes:
        return frozenset()
    return frozenset(names | homes | {c for c, kind in enumerate(by) if kind == "date"})


def _fixed(said: Sequence, which: str) -> np.ndarray | None:
    """Chances that are given, NaN for a level whose chance is not; None where none is."""
    values = [getattr(each.spec, which) for each in said]
    if all(each is None for each in values):
        return None
    return np.maximum(np.array(values, float), LEAST_GIVEN)


def random_levels(ready: Ready, want: int = SAMPLE) -> list[np.ndarray]:
    """How many of the pairs taken at random have each level of each comparison, the null level first.

    The order of records is that of fingerprints, as good as random: each is paired with those that come next.
    """
    records, layout, program, mode = ready.records, ready.layout, ready.program, ready.mode
    own = np.flatnonzero(ready.learners).astype(np.int32)
    count = len(own)
    want = min(want, all_pairs(records, mode, ready.learners))
    levels = np.zeros((len(program.sizes), 1 << 16), np.uint8)
    out = [np.zeros(int(size)) for size in program.sizes]
    taken, step = 0, 1
    while taken < want and step <= count // 2:
        left = np.arange(count if 2 * step != count else step, dtype=np.int32)
        right = ((left + step) % count).astype(np.int32)
        if mode == "link":
            across = records.file[own[left]] != records.file[own[right]]
            left, right = left[across], right[across]
        left, right = own[left], own[right]
        left, right = np.minimum(left, right)[: want - taken], np.maximum(left, right)[: want - taken]
        for start in range(0, len(left), levels.shape[1]):
            size = min(levels.shape[1], len(left) - start)
            compare(program, layout.coded, left[start : start + size], right[start : start + size], size, levels)
            for c, each in enumerate(out):
                out[c] = each + np.bincount(levels[c, :size], minlength=len(each))
        taken += len(left)
        step += 1
    return out


def _exact(ready: Ready, number: int) -> float | None:
    """Share of all pairs with both values that agree exactly, from how often each value occurs."""
    records, layout = ready.records, ready.layout
    term = ready.linkage.comparisons[number].exact
    if term is None or term not in layout.dense:
        return None
    dense = layout.dense[term]
    counts = dense.counts.astype(float)
    agree, total = float((counts * counts).sum()), float(counts.sum() ** 2)
    if ready.mode != "link":
        return (agree - counts.sum()) / max(total - counts.sum(), 1.0)
    codes = np.where(ready.learners, layout.coded.codes[:, dense.column], -1)
    for file in range(len(records.files)):
        mine = codes[(records.row_file == file) & (codes >= 0)] - dense.start
        own = np.bincount(mine, minlength=len(counts)).astype(float)
        agree -= float((own * own).sum())
        total -= float(own.sum() ** 2)
    return agree / max(total, 1.0)


def _u(seen: np.ndarray, exact: float | None, prior: float, m: np.ndarray | None) -> np.ndarray:
    """u from what random pairs show, less the pairs of one person among them."""
    found = seen[1:] + 0.5 / len(seen)
    u = found / found.sum()
    if exact is not None and len(u) > 1:
        rest = u[1:] / u[1:].sum()
        u = np.concatenate([[exact], (1 - exact) * rest])
    if m is not None and prior:
        u = np.maximum((u - prior * m) / (1 - prior), 0.05 * u)
    u = np.maximum(u, LEAST_U)
    return u / u.sum()


def _tallies(ready: Ready, scanner: Scanner) -> tuple[list[Tally], Tally]:
    """Patterns by rule; and of all candidates, each counted once."""
    program, weights = ready.program, flat(ready.program)
    out, unique_patterns, unique_counts = [], [], []
    for number, each in enumerate(scanner.blocks):
        every = max(1, -(-each.pairs // EACH_RULE))
        chosen = tasks(number, each, EACH_RULE // 10)[::every]
        scale = each.pairs / max(sum(task.pairs for task in chosen), 1)
        pairs = together(list(scanner.run(chosen, weights, -np.inf, unique=False)))
        pairs = pairs.where(ready.learners[pairs.left] & ready.learners[pairs.right])
        patterns, counts = np.unique(pairs.pattern, return_counts=True)
        blocked = frozenset(c for c, x in enumerate(ready.linkage.comparisons) if x.fields & each.rule.fields)
        out.append(Tally(program.levels(patterns), counts.astype(float), blocked))
        patterns, counts = np.unique(pairs.pattern[scanner.first_found(pairs)], return_counts=True)
        unique_patterns.append(patterns)
        unique_counts.append(counts * scale)
    patterns, position = np.unique(np.concatenate(unique_patterns or [np.zeros(0, np.int64)]), return_inverse=True)
    counts = np.bincount(position, weights=np.concatenate(unique_counts or [np.zeros(0)]), minlength=len(patterns))
    return out, Tally(program.levels(patterns), counts, frozenset())


def flat(program: Program) -> Weights:
    """Weights that are all zero."""
    shape = (len(program.sizes), int(program.sizes.max(initial=1)))
    none, start = np.full(shape, -1, np.int32), np.zeros(shape, np.int64)
    return Weights(np.zeros(shape), np.zeros(shape), none, start, np.zeros(shape), np.zeros(shape),
                   np.full(shape, -np.inf), np.zeros(1), 0.0, -np.inf)  # fmt: skip


def weigh_up(trained: Trained, ready: Ready) -> Weights:
    """Weights for the scan: logarithms of m over u, adjustments for frequency, prior odds."""
    layout, linkage, program = ready.layout, ready.linkage, ready.program
    base = flat(program)
    logs: list[np.ndarray] = [np.zeros(1)]
    starts: dict = {}
    used = 1
    for c, comparison in enumerate(linkage.comparisons):
        m, u = trained.chances.m[c], trained.chances.u[c]
        base.level[c, 1 : len(m) + 1] = np.log2(m / u)
        if trained.chances.r:
            base.kin[c, 1 : len(m) + 1] = np.log2(trained.chances.r[c] / u)
        for number, level in enumerate(comparison.said, start=1):
            term = comparison.adjusted(level)
            if term is None or term not in layout.dense:
                continue
            dense = layout.dense[term]
            if term not in starts:
                share = dense.counts / max(dense.counts.sum(), 1)
                logs.append(np.log2(np.maximum(share, 1e-12)))
                starts[term] = used
                used += len(share)
            base.tf_column[c, number] = dense.column
            base.tf_start[c, number] = starts[term] - dense.start
            base.tf_factor[c, number] = level.spec.tf
            exact = float(u[comparison.equal_at(term)].sum())  # a level may ask for more than the column
            base.tf_base[c, number] = np.log2(exact if level.spec.tf_from is None else level.spec.tf_from)
            if level.spec.tf_least > 0:
                base.tf_least[c, number] = np.log2(level.spec.tf_least)
    strangers = 1 - trained.prior - trained.kin
    return base._replace(
        tf_log=np.concatenate(logs),
        prior=float(np.log2(trained.prior / strangers)),
        kin_prior=float(np.log2(trained.kin / strangers)) if trained.chances.r else -np.inf,
    )
