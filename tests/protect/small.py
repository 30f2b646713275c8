"""Small random tables and a brute-force attacker, for tests of the engine."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
from hypothesis import strategies as st

from piperoll.protect.attacker import Attacker, Mask, Shown
from piperoll.protect.engine import pose
from piperoll.protect.problem import Problem
from piperoll.protect.relations import BIG
from piperoll.protect.requirement import Requirement
from piperoll.protect.tables import Dimension, Hierarchy, Table, link


def grid(rows: int, columns: int, second: bool = False) -> tuple[list[Dimension], pl.DataFrame]:
    """A table with totals; with ``second`` the rows have another, non-nested division too."""
    places = [f"r{k}" for k in range(rows)]
    divisions = [Hierarchy("all", {"R": tuple(places)})]
    codes = ["R", *places]
    if second:
        divisions = [
            Hierarchy("all", {"R": tuple(places)}),
            Hierarchy("areas", {"R": ("a0", "a1"), "a0": tuple(places[:-1]), "a1": tuple(places[-1:])}),
        ]
        codes += ["a0", "a1"]
    kinds = [f"c{k}" for k in range(columns)]
    dimensions = [
        Dimension("place", tuple(divisions), top="R"),
        Dimension("kind", (Hierarchy("all", {"C": tuple(kinds)}),), top="C"),
    ]
    pairs = list(itertools.product(codes, ["C", *kinds]))
    return dimensions, pl.DataFrame(pairs, schema=["place", "kind"], orient="row")


def values_of(frame: pl.DataFrame, dimensions: list[Dimension], leaves: dict[tuple[str, str], int]) -> np.ndarray:
    """Value of each row of a grid from its leaves."""

    def under(code: str, dimension: Dimension) -> list[str]:
        for hierarchy in dimension.hierarchies:
            if code in hierarchy.children:
                return [leaf for part in hierarchy.children[code] for leaf in under(part, dimension)]
        return [code]

    out = []
    for place, kind in frame.iter_rows():
        cells = itertools.product(under(place, dimensions[0]), under(kind, dimensions[1]))
        out.append(sum(leaves[cell] for cell in cells))
    return np.array(out, np.int64)


@st.composite
def problems(draw: st.DrawFn, most: int = 5) -> Problem:
    """A posed problem: a small grid, an attacker and a requirement."""
    rows, columns = draw(st.sampled_from([(2, 2), (2, 3), (3, 2)]))
    dimensions, frame = grid(rows, columns, draw(st.booleans()))
    leaves = {(f"r{r}", f"c{c}"): draw(st.integers(0, most)) for r, c in itertools.product(range(rows), range(columns))}
    linked = link(dimensions, [Table("t", frame)])
    values = linked.gather({"t": values_of(frame, dimensions, leaves)})
    attacker = draw(
        st.sampled_from(
            [
                Attacker(base=3, threshold=4),
                Attacker(base=3, threshold=4, knows_status=False),
                Attacker(Shown.EXACT, threshold=None),
                Attacker(Shown.EXACT, threshold=4),
            ]
        )
    )
    primary = values < 4
    width = draw(st.integers(1, 3))
    exact = attacker.shown is Shown.EXACT
    requirement = (
        Requirement.around(values, 1) if exact and draw(st.booleans()) else Requirement.width(len(values), width)
    )
    return pose(linked.relations, values, primary, attacker, requirement)


def enumerate_tables(problem: Problem, pattern: Mask, ceiling: int = 25) -> np.ndarray | None:
    """Every table that agrees with what is published, by plain enumeration over the leaves; None if too many.

    Unbounded cells are cut off at ``ceiling``, far above anything that the requirement asks for.
    """
    system = problem.relations
    hidden = problem.hidden(pattern)
    low, high = problem.knowledge.bounds(hidden)
    endless = high >= BIG // 2
    high = np.where(endless, ceiling, high)
    parents = {int(system.cell[system.entries(r)][system.coef[system.entries(r)] < 0][0]) for r in range(system.rows)}
    free = [c for c in range(system.cells) if c not in parents]
    sizes = np.array([int(high[c] - low[c] + 1) for c in free], float)
    if sizes.prod() > 400_000:
        return None
    axes = [np.arange(low[c], high[c] + 1) for c in free]
    mesh = np.meshgrid(*axes, indexing="ij")
    tables = np.zeros((mesh[0].size, system.cells), np.int64)
    for cell, axis in zip(free, mesh, strict=True):
        tables[:, cell] = axis.ravel()
    known = set(free)
    rows = list(range(system.rows))
    while len(known) < system.cells:
        for r in rows:
            cells, coefs = system.cell[system.entries(r)], system.coef[system.entries(r)]
            above = int(cells[coefs < 0][0])
            parts = cells[coefs > 0]
            if above not in known and all(int(c) in known for c in parts):
                tables[:, above] = tables[:, parts].sum(axis=1)
                known.add(above)
    good = ((tables >= low) & (tables <= np.where(endless, BIG, high))).all(axis=1)
    tables = tables[good]
    for r in rows:
        entries = system.entries(r)
        sums = tables[:, system.cell[entries]] @ system.coef[entries]
        tables = tables[(sums >= system.low[r]) & (sums <= system.high[r])]
    return tables


def limits(tables: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return tables.min(axis=0), tables.max(axis=0)
