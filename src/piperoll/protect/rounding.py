"""Controlled rounding: multiples of a base that still add up, as near to the counts as such can be.

Each count is rounded to one of the two multiples around it (zero-restricted: a multiple of the base stays as it is),
and every total is the sum of its rounded parts. Among all such tables one with the least sum of distances is found, by
mixed integer programming (Salazar-Gonzalez, "Controlled rounding and cell perturbation", *Mathematical Programming*
105, 2006; Handbook on Statistical Disclosure Control, chapter 5). Tables of two dimensions always have one; with three
dimensions or links between tables there may be none, and then counts may move K multiples further.

It may be joined with a threshold: counts below it are not published, and the others come out as at least ``floor``.
Rounded parts of hidden cells are made too, and stay inside: anybody can work them out where one alone is hidden.
Conventional rounding, each count to its nearest multiple, is `piperoll.protect.primary.round_to_base`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from piperoll.errors import UserError
from piperoll.protect import solver
from piperoll.protect.relations import Ints, Relations


_LARGEST = 1 << 40
# The sum of distances is a whole number: less than one from the bound is optimal.
_UNDER_ONE = 0.999


@dataclass(frozen=True)
class Limits:
    """When to stop: nodes of the search in all, and multiples beyond the two nearest. Never seconds."""

    nodes: int = 20_000
    steps: int = 2


@dataclass(frozen=True, eq=False)
class Rounded:
    """A rounded table.

    Attributes:
        values: Int64, a multiple of the base for each cell.
        distance: Sum of distances from the counts.
        bound: No table rounded within the same steps has a smaller sum.
        steps: How many multiples beyond the two nearest were allowed (0: zero-restricted).
        nodes: Nodes of the search.
        moved: Cells that are not at one of their two nearest multiples.
    """

    values: Ints
    distance: int
    bound: int
    steps: int
    nodes: int
    moved: int
    base: int = field(default=5)

    @property
    def gap(self) -> float:
        """Share of the distance that a better table might save: 0 where it is optimal."""
        return (self.distance - self.bound) / self.distance if self.distance else 0.0

    @property
    def optimal(self) -> bool:
        """Whether no table within the same steps is nearer."""
        return self.distance == self.bound

    @property
    def sentence(self) -> str:
        """What was done, for the notes of a release."""
        how = "to one of the two nearest multiples" if not self.steps else f"up to {self.steps} multiples further"
        end = "no closer table exists" if self.optimal else f"at most {self.gap:.2%} of the distance could be saved"
        return f"Counts are rounded to multiples of {self.base}, {how}, so that totals are sums of their parts; {end}."


def additive(relations: Relations) -> sparse.csr_matrix:
    """The relations that say that a total is the sum of its parts: always known, and equal to nothing.

    What percentages, rates and revisions tell is about the counts themselves; rounding need not keep it.
    """
    matrix = sparse.csr_matrix((relations.coef, relations.cell, relations.start), (relations.rows, relations.cells))
    plain = (relations.low == 0) & (relations.high == 0) & (np.diff(relations.guard_start) == 0)
    return matrix[np.flatnonzero(plain)]


def round_tables(
    relations: Relations,
    values: Ints,
    base: int,
    *,
    threshold: int | None = None,
    floor: int | None = None,
    fixed: Ints | None = None,
    limits: Limits | None = None,
) -> Rounded:
    """Round all cells of linked tables together (`piperoll.protect.tables.link`); arguments as of `controlled`.

    Raises:
        UserError: PR-P040 or PR-P043 where the values contradict the relations, and those of `controlled`.
    """
    relations.check(values)
    return controlled(values, additive(relations), base, threshold=threshold, floor=floor, fixed=fixed, limits=limits)


def controlled(
    values: Ints,
    rows: sparse.csr_matrix,
    base: int,
    *,
    threshold: int | None = None,
    floor: int | None = None,
    fixed: Ints | None = None,
    limits: Limits | None = None,
) -> Rounded:
    """Round a table so that it still adds up.

    Args:
        values: Counts, Int64, 0 or more; they satisfy ``rows``.
        rows: Integer matrix, a row a relation: ``rows @ values`` is 0 (a total has -1, its parts 1).
        base: Above 1.
        threshold: Counts below it are not published: they may be rounded to anything near; others are at least `floor`.
        floor: Smallest multiple that may be published; default: the first multiple of the base that is at least the
            threshold (10 for a threshold of 8 and base 5).
        fixed: For cells already published rounded, that value; -1 for others.
        limits: Of the search.

    Returns:
        A table that adds up, optimal or with the gap stated; the same for the same arguments.

    Raises:
        UserError: PR-P122 for counts that are negative, too large or do not add up, a base below 2, or fixed values
            that are no multiples; PR-P120 when no such table exists within the steps; PR-P121 when none was found
            within the nodes.
    """
    limits = limits or Limits()
    counts = np.asarray(values, dtype=np.int64)
    _check(counts, rows, base, fixed)
    least = _least(counts, base, threshold, floor)
    nodes, searched_all = 0, True
    for steps in range(limits.steps + 1):
        model = _model(counts, rows, base, steps, least, fixed)
        if model is None:
            continue
        found = _solve(model, limits.nodes - nodes)
        nodes += found.nodes
        if found.status == "found":
            out = base * (model.low + _whole(found.columns, len(counts)))
            bound = min(int(np.ceil(found.bound - 1e-6)), distance := int(np.abs(out - counts).sum()))
            return Rounded(out, distance, bound, steps, nodes, _moved(out, counts, base), base)
        searched_all = searched_all and found.status == "none"
        if nodes >= limits.nodes:
            break
    if searched_all:
        raise UserError(
            "PR-P120",
            f"no table of multiples of {base} adds up with every count within {limits.steps} multiples of the nearest.",
            fix="Allow more steps, leave out a link between tables, or do not join the rounding with a threshold.",
        )
    raise UserError(
        "PR-P121",
        f"no rounded table was found within {limits.nodes:,} nodes.",
        fix="Raise the limit of nodes, or round the table in parts.",
    )


@dataclass(frozen=True, eq=False)
class _Model:
    """Variables: z, w (up beyond the upper multiple), u (down beyond the lower): y = low + z + w - u."""

    low: Ints
    matrix: sparse.csr_matrix
    right: NDArray[np.float64]
    upper: NDArray[np.float64]
    cost: NDArray[np.float64]
    offset: float
    steps: int


@dataclass(frozen=True, eq=False)
class _Found:
    status: str
    columns: NDArray[np.float64]
    bound: float
    nodes: int


def _least(counts: Ints, base: int, threshold: int | None, floor: int | None) -> Ints:
    """The smallest number of multiples that each cell may have."""
    least = np.zeros(len(counts), dtype=np.int64)
    if threshold is not None:
        smallest = floor if floor is not None else -(-threshold // base) * base
        least[counts >= threshold] = -(-smallest // base)
    return least


def _model(
    counts: Ints, rows: sparse.csr_matrix, base: int, steps: int, least: Ints, fixed: Ints | None
) -> _Model | None:
    """None where a cell's own limits leave it nothing."""
    low, high = counts // base, -(-counts // base)
    low, high = np.maximum(low, least), np.maximum(high, least)
    down = np.minimum(steps, low - least)
    up = np.full_like(low, steps)
    if fixed is not None:
        given = fixed >= 0
        at = fixed // base
        if ((at < low - down) | (at > high + up))[given].any():
            return None
        low, high = np.where(given, at, low), np.where(given, at, high)
        down, up = np.where(given, 0, down), np.where(given, 0, up)
    size = len(counts)
    here = np.abs(base * low - counts).astype(np.float64)
    inside = np.where(high > low, np.abs(base * high - counts) - here, 0.0)
    outside_up = np.abs(base * (high + 1) - counts) - np.abs(base * high - counts)
    outside_down = np.abs(base * (low - 1) - counts) - here
    parts = [sparse.csr_matrix(rows)]
    upper, cost = [high - low], [inside]
    if steps:
        parts += [parts[0], -parts[0]]
        upper += [up, down]
        cost += [outside_up, outside_down]
    matrix = sparse.hstack(parts, format="csr") if len(parts) > 1 else parts[0]
    right = -(parts[0] @ low).astype(np.float64)
    assert len(cost) * size == matrix.shape[1]
    return _Model(
        low,
        matrix,
        right,
        np.concatenate(upper).astype(np.float64),
        np.concatenate(cost),
        float(here.sum()),
        steps,
    )


def _solve(model: _Model, nodes: int) -> _Found:
    import highspy

    highs = solver.quiet()
    options: dict[str, Any] = {
        "parallel": "off",
        # The first linear program all but rounds itself; the jump never found what it did not.
        "mip_heuristic_run_feasibility_jump": False,
        "mip_max_nodes": max(0, nodes),
        "mip_rel_gap": 0.0,
        "mip_abs_gap": _UNDER_ONE,
        "mip_feasibility_tolerance": 1e-7,
    }
    for name, value in options.items():
        highs.setOptionValue(name, value)
    columns, matrix = len(model.cost), model.matrix
    rows = (matrix.indptr, matrix.indices, matrix.data)
    lp = solver.model(model.cost, np.zeros(columns), model.upper, rows, model.right, model.right, integer=True)
    lp.offset_ = model.offset
    highs.passModel(lp)
    highs.run()
    status: Any = highs.getModelStatus()
    info = highs.getInfo()
    done = max(0, int(info.mip_node_count))
    nothing = np.zeros(0)
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return _Found("none", nothing, 0.0, done)
    found = np.round(np.array(highs.getSolution().col_value))
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible or len(found) != columns:
        return _Found("open", nothing, 0.0, done)
    # In integers, since a solver has tolerances: a table that does not quite add up is none.
    if (matrix.astype(np.int64) @ found.astype(np.int64) != model.right.astype(np.int64)).any():
        return _Found("open", nothing, 0.0, done)
    return _Found("found", found, float(info.mip_dual_bound), done)


def _whole(columns: NDArray[np.float64], size: int) -> Ints:
    blocks = columns.astype(np.int64).reshape(-1, size)
    out: Ints = blocks[0] if len(blocks) == 1 else blocks[0] + blocks[1] - blocks[2]
    return out


def _moved(out: Ints, counts: Ints, base: int) -> int:
    return int((np.abs(out - counts) >= base).sum())


def _check(counts: Ints, rows: sparse.csr_matrix, base: int, fixed: Ints | None) -> None:
    if base < 2:
        raise UserError("PR-P122", f"the base is {base}.", fix="Round to multiples of 2 or more.")
    if rows.shape[1] != len(counts):
        raise ValueError(f"{len(counts)} counts and relations over {rows.shape[1]} cells")
    if len(counts) and (counts.min() < 0 or counts.max() > _LARGEST):
        raise UserError("PR-P122", "a count is negative, or beyond 2^40.", fix="Only counts can be rounded so.")
    off = np.flatnonzero(rows.astype(np.int64) @ counts)
    if len(off):
        raise UserError(
            "PR-P122",
            f"{len(off)} totals are not the sum of their parts (the first is relation {int(off[0]) + 1}).",
            fix="Round a table that adds up before rounding.",
        )
    if fixed is not None and (fixed[fixed >= 0] % base).any():
        raise UserError("PR-P122", f"a value already published is no multiple of {base}.", fix="Take the same base.")
