"""From tables to relations: one variable for each distinct cell, one row for each total of each hierarchy.

::

    geography = Dimension("geography", (Hierarchy("regions", {"EW": ("NE", "NW"), "NE": ("A", "B"), ...}),))
    linked = link([geography, quarter], [Table("claims", frame)])
    linked.relations, linked.ids["claims"]          # variable of each row of `frame`

Two tables show the same cell when measure and codes agree; the code of a dimension that stands for everything (its
`top`) is left out, so that a table by place and the margin of a table by place and type meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.protect.relations import BIG, Ints, Names, Relations, Rows, join


MEASURE = "measure"


@dataclass(frozen=True)
class Hierarchy:
    """A way to divide a dimension: the parts of each code that has parts. A code has one parent at most."""

    name: str
    children: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Dimension:
    """A dimension and its hierarchies, which need not nest in each other (regions, court areas).

    Attributes:
        top: The code that stands for everything, left out of a cell's identity. By default the one code that every
            hierarchy ends in; none if there is no such code.
    """

    name: str
    hierarchies: tuple[Hierarchy, ...] = ()
    top: str | None = None

    def ends_in(self) -> str | None:
        """The top as given, or as found.

        Raises:
            UserError: ``PR-P042`` if a hierarchy has a cycle or gives a code two parents.
        """
        roots = [_roots(self.name, hierarchy) for hierarchy in self.hierarchies]
        if self.top is not None or not roots:
            return self.top
        common = set.intersection(*map(set, roots))
        return roots[0][0] if len(common) == 1 and all(len(found) == 1 for found in roots) else None


@dataclass(frozen=True)
class Table:
    """Cells of a table.

    Attributes:
        name: For errors and for `Linked.ids`.
        cells: A row a cell, a string column for each dimension.
        measure: Cells of different measures are never the same.
        release: Set for a release whose figures may have been revised since: its cells are its own.
    """

    name: str
    cells: pl.DataFrame
    measure: str = ""
    release: str = ""


@dataclass(frozen=True)
class Linked:
    """Tables put together: ``ids[table][k]`` is the variable of row k of that table."""

    relations: Relations
    ids: Mapping[str, Ints]

    def gather(self, values: Mapping[str, Ints]) -> Ints:
        """One value a variable from the values of each table; 0 for cells that stand in no table.

        Raises:
            UserError: ``PR-P040`` if two tables give the same cell two values, ``PR-P047`` if a table has none.
        """
        out = np.zeros(self.relations.cells, np.int64)
        seen = np.zeros(self.relations.cells, bool)
        for table, given in values.items():
            ids = self.ids[table]
            clash = np.flatnonzero(seen[ids] & (out[ids] != given))
            if len(clash):
                name = self.relations.names.of(int(ids[clash[0]]))
                raise UserError(
                    "PR-P040",
                    f"table `{table}` gives {len(clash)} cells another value than a table before it; first {name}.",
                    where=table,
                    fix="Mark revised cells as a release of their own, or mend the table.",
                )
            out[ids], seen[ids] = given, True
        lost = [name for name in self.ids if name not in values]
        if lost:
            raise UserError(
                "PR-P047", f"table `{lost[0]}` is given without its values.", where=lost[0], fix="Give a value a cell."
            )
        return out


def link(dimensions: Sequence[Dimension], tables: Sequence[Table], more: Sequence[str] = ()) -> Linked:
    """Relations over tables.

    Args:
        dimensions: Every dimension of the tables; a column that is none of them is an error.
        more: Names of further cells that take no part in totals, for example percentages that may be left out.

    Raises:
        UserError: ``PR-P041`` for a cell that stands twice in a table or a column that is no dimension,
            ``PR-P042`` for a hierarchy with a cycle.
    """
    columns = (MEASURE, *(dimension.name for dimension in dimensions))
    tops = [None, *(dimension.ends_in() for dimension in dimensions)]
    labels, coded = _code(columns, dimensions, tables)
    sizes = [len(found) for found in labels]
    keys = []
    for table, codes in zip(tables, coded, strict=True):
        plain = codes.copy()
        for position, top in enumerate(tops):
            if top is not None and top in labels[position]:
                plain[plain[:, position] == labels[position].index(top), position] = -1
        keys.append(plain)
        _refuse_twice(table, plain, labels)
    together = np.concatenate(keys) if keys else np.zeros((0, len(columns)), np.int32)
    number, first = _number(together, sizes)
    names = Names(columns, tuple(map(tuple, labels)), together[first], tuple(more))
    ids: dict[str, Ints] = {}
    pieces: list[Rows] = []
    begin = 0
    for table, codes in zip(tables, coded, strict=True):
        ids[table.name] = number[begin : begin + len(codes)]
        begin += len(codes)
    # Over all tables at once: a total in one and its parts in another add up as well.
    for position, dimension in enumerate(dimensions, start=1):
        codes, top = together[first].copy(), tops[position]
        if top is not None and top in labels[position]:
            codes[codes[:, position] == -1, position] = labels[position].index(top)
        pieces += _totals(codes, position, dimension, labels[position], sizes)
    return Linked(join(names, pieces), ids)


def _roots(dimension: str, hierarchy: Hierarchy) -> list[str]:
    parent: dict[str, str] = {}
    for above, below in hierarchy.children.items():
        for code in below:
            if below.count(code) > 1:
                raise UserError(
                    "PR-P042",
                    f"hierarchy `{hierarchy.name}` names `{code}` twice under `{above}`.",
                    where=dimension,
                    fix="Name each part once.",
                )
            if code in parent:
                raise UserError(
                    "PR-P042",
                    f"hierarchy `{hierarchy.name}` puts `{code}` under both `{parent[code]}` and `{above}`.",
                    where=dimension,
                    fix="Give each code one parent; put another division into a hierarchy of its own.",
                )
            parent[code] = above
    for code in hierarchy.children:
        seen, at = {code}, code
        while at in parent:
            at = parent[at]
            if at in seen:
                raise UserError(
                    "PR-P042",
                    f"hierarchy `{hierarchy.name}` goes round in a circle at `{at}`.",
                    where=dimension,
                    fix="No code can be a part of itself.",
                )
            seen.add(at)
    return [code for code in hierarchy.children if code not in parent]


def _code(
    columns: Sequence[str], dimensions: Sequence[Dimension], tables: Sequence[Table]
) -> tuple[list[list[str]], list[np.ndarray]]:
    """Codes as numbers: labels of each column, and one matrix a table, -1 where it lacks the column."""
    for table in tables:
        unknown = [column for column in table.cells.columns if column not in columns[1:]]
        if unknown:
            raise UserError(
                "PR-P041", f"column `{unknown[0]}` is no dimension.", where=table.name, fix="Declare it, or drop it."
            )
    labels: list[list[str]] = [
        sorted({f"{table.measure}{'@' if table.release else ''}{table.release}" for table in tables})
    ]
    for dimension in dimensions:
        found: set[str] = set()
        for hierarchy in dimension.hierarchies:
            found |= set(hierarchy.children) | {code for below in hierarchy.children.values() for code in below}
        for table in tables:
            if dimension.name in table.cells.columns:
                found |= set(table.cells[dimension.name].cast(pl.String).unique().to_list())
        labels.append(sorted(found))
    coded = []
    for table in tables:
        codes = np.full((table.cells.height, len(columns)), -1, np.int32)
        codes[:, 0] = labels[0].index(f"{table.measure}{'@' if table.release else ''}{table.release}")
        for position, dimension in enumerate(dimensions, start=1):
            if dimension.name in table.cells.columns:
                column = table.cells[dimension.name].cast(pl.String).cast(pl.Enum(labels[position]))
                codes[:, position] = column.to_physical().to_numpy()
        coded.append(codes)
    return labels, coded


def _key(codes: np.ndarray, sizes: Sequence[int], skip: int = -1) -> Ints:
    """One number for each row of codes, equal for equal rows; made dense again before it could overflow."""
    key, span = np.zeros(len(codes), np.int64), 1
    for position, size in enumerate(sizes):
        if position == skip:
            continue
        if span * (size + 1) >= 2**62:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            span = len(codes) + 1
        key = key * (size + 1) + codes[:, position] + 1
        span *= size + 1
    return key


def _number(codes: np.ndarray, sizes: Sequence[int]) -> tuple[Ints, Ints]:
    """Variables in order of first appearance: the number of each row, and the row each was first seen in."""
    _, first, inverse = np.unique(_key(codes, sizes), return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[inverse], first[order]


def _refuse_twice(table: Table, codes: np.ndarray, labels: list[list[str]]) -> None:
    keys, first, counts = np.unique(
        _key(codes, [len(found) for found in labels]), return_index=True, return_counts=True
    )
    if len(keys) < len(codes):
        at = codes[first[counts > 1].min()]
        name = ", ".join(labels[p][code] for p, code in enumerate(at) if code >= 0 and p)
        raise UserError(
            "PR-P041", f"the cell [{name}] stands more than once.", where=table.name, fix="Give each cell one row."
        )


def _totals(
    codes: np.ndarray, position: int, dimension: Dimension, labels: list[str], sizes: Sequence[int]
) -> Iterator[Rows]:
    """Rows along one dimension. A total that lacks some part is at least the sum of the others."""
    rest = np.unique(_key(codes, sizes, skip=position), return_inverse=True)[1].astype(np.int64)
    width = len(labels)
    key = rest * width + codes[:, position]
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    number = {label: at for at, label in enumerate(labels)}
    by_code = np.argsort(codes[:, position], kind="stable")
    edges = np.searchsorted(codes[by_code, position], np.arange(width + 1))
    for hierarchy in dimension.hierarchies:
        for parent, children in hierarchy.children.items():
            at = number[parent]
            above = by_code[edges[at] : edges[at + 1]]
            if not len(above) or not children:
                continue
            wanted = rest[above][:, None] * width + np.array([number[child] for child in children])
            found = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
            there = ordered[found] == wanted
            held = there.sum(axis=1)
            for some, low in ((held == len(children), 0), ((held > 0) & (held < len(children)), -BIG)):
                if not some.any():
                    continue
                count, length = int(some.sum()), held[some] + 1
                take = np.column_stack([np.ones(count, bool), there[some]])
                cells = np.column_stack([above[some], order[found[some]]])
                sign = np.ones(take.shape, np.int64)
                sign[:, 0] = -1
                yield Rows(
                    np.concatenate([[0], np.cumsum(length)]),
                    cells[take],
                    sign[take],
                    np.full(count, low, np.int64),
                    np.zeros(count, np.int64),
                    f"{dimension.name} ({hierarchy.name})",
                )
