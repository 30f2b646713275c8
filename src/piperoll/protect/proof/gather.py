"""All tables that a proof needs, for the outsider and for each insider."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from piperoll.protect.attacker import Insider, Mask
from piperoll.protect.problem import Problem
from piperoll.protect.proof.certificate import Known, clashing
from piperoll.protect.proof.checkpoint import Checkpoint
from piperoll.protect.proof.loosen import loosened
from piperoll.protect.proof.narrow import explain
from piperoll.protect.proof.pool import Pool, Table
from piperoll.protect.proof.sliced import sliced
from piperoll.protect.proof.witness import Search
from piperoll.protect.relations import Ints
from piperoll.protect.suppress.violations import Leak, Watch


FEW = 60  # open cells that are explained one by one

Inside = dict[str, tuple[Known, tuple[int, ...], Pool]]


@dataclass
class Gathered:
    """What was found for one pattern.

    Attributes:
        search: The outsider's.
        insiders: For each what it knows, the cells that it knows in full, and its tables.
        left: Cells that remain open, and to whom, with the search for it.
        leaks: Explanations of some of them, where the search looked for any before it went on.
    """

    search: Search
    insiders: Inside = field(default_factory=dict)
    left: list[tuple[int, Insider | None, Search]] = field(default_factory=list)
    leaks: list[Leak] = field(default_factory=list)

    @property
    def cells(self) -> list[int]:
        return [cell for cell, _, _ in self.left]


def gather(problem: Problem, pattern: Mask, checkpoint: Path | None, before: Gathered | None) -> Gathered:
    """Search for tables.

    Args:
        before: What was found for an earlier pattern, most of which is good for this one too.
    """
    kept = Checkpoint(checkpoint, problem, pattern)
    if before is None:
        search = Search(problem, pattern, kept.tables())
    else:
        used = before.search.pool.used
        search = before.search.looser(pattern) or Search(problem, pattern, used(problem.targets), before.search)
    open_cells = search.run(problem.targets, kept.save)
    out = Gathered(search)
    if search.rigid and len(open_cells):
        # Long searches are in vain where a cell cannot move; that is looked for first.
        out.leaks = sliced(problem, pattern, open_cells)
        if not out.leaks:
            open_cells = search.persist(problem.targets, kept.save)
    out.left += [(cell, None, search) for cell in open_cells.tolist()]
    _insiders(problem, pattern, out, before)
    return out


def _insiders(problem: Problem, pattern: Mask, out: Gathered, before: Gathered | None) -> None:
    """Search for tables that agree with what each insider knows, where the outsider's do not."""
    insiders, watch, search, pool = problem.knowledge.insiders, Watch(problem), out.search, out.search.pool
    if not insiders:
        return
    asked, targets, shared = as_insider(problem), problem.targets, _Shared()
    if before is not None and before.search.forms is search.forms:
        for _, _, own in before.insiders.values():
            shared.add(targets, own)
    changes = (pool.matrix() @ pool.forms.sums[targets].T.tocsr()).tocsc()
    low_by, high_by = pool.low_by(targets), pool.high_by(targets)
    knowns = [watch.own(insider) for insider in insiders]
    for insider, known, clash in zip(insiders, knowns, clashing(problem, knowns, pool), strict=True):
        bad = np.zeros(pool.count, bool)
        bad[clash] = True
        ruled_out = np.flatnonzero((bad[low_by] | bad[high_by]) & ~np.isin(targets, insider.alone))
        own = pool
        if len(ruled_out):
            fitting = [pool.table(at) for at in _furthest(changes[:, ruled_out], bad)]
            inner = Search(asked, pattern, fitting + shared.of(targets[ruled_out]), search, known)
            own = inner.pool
            out.left += [(cell, insider, inner) for cell in inner.run(targets[ruled_out]).tolist()]
            shared.add(targets[ruled_out], own)
        out.insiders[insider.name] = (known, insider.alone, own)


class _Shared:
    """Tables found for insiders, by the cells that they take furthest; they may do for others who know the same."""

    def __init__(self) -> None:
        self._tables: list[Table] = []
        self._of: dict[int, dict[int, None]] = {}

    def of(self, cells: Ints) -> list[Table]:
        numbers = dict.fromkeys(number for cell in cells.tolist() for number in self._of.get(cell, ()))
        return [self._tables[number] for number in numbers]

    def add(self, cells: Ints, pool: Pool) -> None:
        found: dict[int, int] = {}
        for cell, *ends in zip(cells.tolist(), pool.low_by(cells).tolist(), pool.high_by(cells).tolist(), strict=True):
            for table in ends:
                if table == 0:
                    continue
                if table not in found:
                    found[table] = len(self._tables)
                    self._tables.append(pool.table(table))
                self._of.setdefault(cell, {})[found[table]] = None


def _furthest(changes: sp.csc_matrix, bad: Mask) -> list[int]:
    """Tables (rows), bad ones left aside, that take a cell (column) further down or up than all others."""
    entries = changes.tocoo()
    good = ~bad[entries.row]
    table, cell, by = entries.row[good], entries.col[good], entries.data[good]
    order = np.lexsort((table, by, cell))
    table, cell = table[order], cell[order]
    turns = np.flatnonzero(np.diff(cell)) + 1
    ends = np.concatenate([[0], turns, turns - 1, [len(cell) - 1]]) if len(cell) else turns
    return np.unique(table[ends]).tolist()


def as_insider(problem: Problem) -> Problem:
    """The problem with what must stay open to insiders."""
    return replace(problem, requirement=problem.for_insiders)


def reasons(problem: Problem, pattern: Mask, found: Gathered) -> list[Leak]:
    """Explanations of cells that no table can take far enough, where that is proven."""
    if found.leaks or len(found.left) > FEW:
        return found.leaks
    return [leak for leak in _reasons(problem, pattern, found) if leak is not None]


def _reasons(problem: Problem, pattern: Mask, found: Gathered) -> Iterator[Leak | None]:
    for cell, insider, search in found.left:
        own = None if insider is None else Watch(problem).own(insider)
        asked = problem if insider is None else as_insider(problem)
        yield explain(asked, pattern, search.blocks, cell, own, "" if insider is None else insider.name)


def loosen(problem: Problem, found: Gathered, cost: np.ndarray) -> set[int]:
    """Cells to suppress so that those that remain open can move, to everyone to whom they are open.

    Args:
        cost: Of suppressing each cell.
    """
    chosen = np.zeros(problem.relations.cells, bool)
    for search in dict.fromkeys(search for _, _, search in found.left):
        cells = np.array([cell for cell, _, own in found.left if own is search], np.int64)
        chosen[loosened(search, cells, cost, chosen)] = True
    return set(np.flatnonzero(chosen).tolist())


def beside(problem: Problem, pattern: Mask, cells: list[int], cost: np.ndarray) -> set[int]:
    """For each cell the cheapest one in a row with it that may still be suppressed."""
    system, free = problem.relations, problem.free() & ~pattern
    start, entry = system.by_cell
    out: set[int] = set()
    for cell in cells:
        rows = system.row_of[entry[start[cell] : start[cell + 1]]]
        near = {int(c) for r in rows for c in system.cell[system.entries(int(r))] if free[c]}
        if near and not near & out:
            out.add(min(near, key=lambda c: (cost[c], c)))
    return out


__all__ = ["Gathered", "as_insider", "beside", "gather", "loosen", "reasons"]
