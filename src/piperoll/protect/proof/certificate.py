"""Certificates: what `piperoll.protect.proof.checker` needs to see that a pattern is safe, as canonical JSON.

A certificate holds the true table and stays inside; a release carries its SHA-256 and the verdict.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from piperoll.protect.attacker import Mask
from piperoll.protect.problem import Problem
from piperoll.protect.proof.pool import Pool
from piperoll.protect.relations import Ints
from piperoll.protect.requirement import Requirement


FORMAT = "piperoll certificate 3"
# What is done with a cell: shown, suppressed for its own sake, so that others stay open, or shown by no release.
SHOWN, PRIMARY, SECONDARY, UNPUBLISHED = "spcu"

# Bounds of cells that an insider knows.
Known = dict[int, tuple[int, int]]


@dataclass(frozen=True)
class Certificate:
    """A proof as bytes.

    Attributes:
        data: Canonical JSON.
    """

    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def canonical(content: dict[str, object]) -> bytes:
    """One way of writing for each content, with a seal over all of it."""
    members = {key: f"{_text(key)}:{_text(value)}" for key, value in content.items()}
    seal = hashlib.sha256(_object(members)).hexdigest()
    return _object(members | {"seal": f'"seal":"{seal}"'}) + b"\n"


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _object(members: Mapping[str, str]) -> bytes:
    return f"{{{','.join(members[key] for key in sorted(members))}}}".encode()


def pattern_digest(problem: Problem, pattern: Mask) -> str:
    """SHA-256 of what is hidden."""
    state = np.where(problem.primary, 1, np.where(pattern, 2, 0)).astype("u1")
    return hashlib.sha256(state.tobytes()).hexdigest()


def states(problem: Problem, pattern: Mask) -> str:
    """What is done with each cell, a letter each."""
    of_cell = np.where(problem.unpublished, UNPUBLISHED, np.where(pattern, SECONDARY, SHOWN))
    return "".join(np.where(problem.primary, PRIMARY, of_cell).tolist())


def compose(
    problem: Problem,
    pattern: Mask,
    pool: Pool,
    insiders: Mapping[str, tuple[Known, tuple[int, ...], Pool]],
    lower_bound: float | None,
) -> bytes:
    """Write a certificate from what the searches found.

    Args:
        insiders: For each its name, known bounds, cells known in full, and own tables.
    """
    system = problem.relations
    hidden = problem.hidden(pattern)
    held = system.known(~hidden)
    low, high = problem.knowledge.bounds(hidden)
    kept = np.flatnonzero(held)
    entries = held[system.row_of]
    # A requirement that nothing asks for (all zero) needs no tables; such a cell is not listed.
    requirement = problem.requirement
    asked = requirement.below + requirement.above + requirement.span > 0
    cells = [cell for cell in problem.targets.tolist() if asked[cell]]
    tables: list[list[list[int]]] = []
    place: dict[bytes, int] = {}

    def number(found: Pool, at: int) -> int:
        leaves, by = found.table(at)
        changed = found.forms.leaves[leaves]
        table = changed.tobytes() + by.tobytes()
        if table not in place:
            place[table] = len(tables)
            tables.append([changed.tolist(), by.tolist()])
        return place[table]

    def paired(found: Pool, some: list[int]) -> list[list[int]]:
        one = np.array(some, np.int64)
        both = zip(some, found.low_by(one).tolist(), found.high_by(one).tolist(), strict=True)
        return [[cell, number(found, low), number(found, high)] for cell, low, high in both]

    pairs = paired(pool, cells)
    inside = []
    clashes = clashing(problem, [known for known, _, _ in insiders.values()], pool)
    for (name, (known, alone, found)), clash in zip(insiders.items(), clashes, strict=True):
        instead = paired(found, _other(cells, alone, pool, clash))
        bounds = [[cell, *limits] for cell, limits in sorted(known.items())]
        inside.append({"name": name, "known": bounds, "alone": sorted(alone), "pairs": instead})
    content: dict[str, object] = {}
    if problem.inside is not None:
        content["inside"] = _needs(problem.inside, cells)
    return canonical(
        content
        | {
            "format": FORMAT,
            "relations": system.digest,
            "pattern": pattern_digest(problem, pattern),
            "names": system.names.keys(),
            "states": states(problem, pattern),
            "lower_bound": None if lower_bound is None else f"{lower_bound:.3f}",
            "values": problem.values.tolist(),
            "low": low.tolist(),
            "high": high.tolist(),
            "start": np.concatenate([[0], np.cumsum(np.diff(system.start)[kept])]).tolist(),
            "cell": system.cell[entries].tolist(),
            "coef": system.coef[entries].tolist(),
            "row_low": system.low[kept].tolist(),
            "row_high": system.high[kept].tolist(),
            "define": np.searchsorted(kept, pool.forms.defining).tolist(),
            "required": _needs(requirement, cells),
            "pairs": pairs,
            "tables": tables,
            "insiders": inside,
        }
    )


def _other(cells: list[int], alone: tuple[int, ...], pool: Pool, clash: Ints) -> list[int]:
    """Cells with general tables among those that the insider can rule out."""
    some = np.array(cells, np.int64)
    ruled_out = np.isin(pool.low_by(some), clash) | np.isin(pool.high_by(some), clash)
    return [c for c, out in zip(cells, ruled_out.tolist(), strict=True) if out and c not in alone]


def clashing(problem: Problem, knowns: Sequence[Known], pool: Pool) -> Iterator[Ints]:
    """For each of several insiders the numbers of the tables that what it knows rules out."""
    every = np.unique([cell for known in knowns for cell in known]).astype(np.int64)
    changes = (pool.matrix() @ pool.forms.sums[every].T.tocsr()).tocsc()
    for known in knowns:
        cells = np.array(sorted(known), np.int64)
        least, most = (np.array([known[cell][side] for cell in cells.tolist()], np.int64) for side in (0, 1))
        mine = changes[:, np.searchsorted(every, cells)].tocoo()
        value = problem.values[cells][mine.col] + mine.data
        yield np.unique(mine.row[(value < least[mine.col]) | (value > most[mine.col])]).astype(np.int64)


def _needs(requirement: Requirement, cells: list[int]) -> list[list[int]]:
    asked = ((c, int(requirement.below[c]), int(requirement.above[c]), int(requirement.span[c])) for c in cells)
    return [list(need) for need in asked if any(need[1:])]
