"""Hierarchies as people have them: inline trees, tau-Argus files, lists of levels, columns of parents.

Sources of the formats: tau-Argus User's Manual (``.hrc``: a code a line, leading ``@`` for each level); the dimList of
the R packages sdcTable and GaussSuppression (``levels`` of ``@`` signs, ``codes``; its first line is the total).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import polars as pl

from piperoll.errors import UserError
from piperoll.protect.files.spec import DimensionSpec, HierarchySpec, Loaded
from piperoll.protect.tables import Dimension, Hierarchy
from piperoll.register.shape import nearest


Children = dict[str, tuple[str, ...]]


def read_hrc(text: str, total: str, where: str = "", lead: str = "@") -> Children:
    """A tau-Argus hierarchy.

    Args:
        text: A code a line; each ``@`` before it is a level further down. The total is not in it.
        total: Code of the total, above the codes without a sign.

    Raises:
        UserError: ``PR-P065`` with the line.
    """
    pairs = []
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare:
            code = bare.lstrip(lead)
            pairs.append((number, len(bare) - len(code) + 1, code.strip()))
    return _nested([(0, 0, total), *pairs], where)


def read_levels(lines: Iterable[tuple[str, str]], where: str = "") -> Children:
    """A dimList: pairs of levels (``@``, ``@@``) and code; the first is the total."""
    pairs = [(number, len(signs.strip()), code.strip()) for number, (signs, code) in enumerate(lines, start=1)]
    return _nested(pairs, where)


def _nested(pairs: Sequence[tuple[int, int, str]], where: str) -> Children:
    children: dict[str, list[str]] = {}
    above: list[tuple[int, str]] = []
    for number, depth, code in pairs:
        place = f"{where}:{number}" if where else f"line {number}"
        if not code:
            raise UserError("PR-P065", "a line holds no code.", where=place, fix="Write the code after the signs.")
        if above and depth > above[-1][0] + 1:
            message = f"`{code}` is {depth - above[-1][0]} levels below the line before it."
            raise UserError("PR-P065", message, where=place, fix="Go down one level at a time.")
        while above and above[-1][0] >= depth:
            above.pop()
        if not above and children:
            raise UserError("PR-P065", f"`{code}` is a second total.", where=place, fix="Give one total at the top.")
        if above:
            children.setdefault(above[-1][1], []).append(code)
        else:
            children[code] = []
        above.append((depth, code))
    return {code: tuple(below) for code, below in children.items() if below}


def of_tree(tree: Mapping[str, Any]) -> Children:
    """An inline tree: mappings of codes to further mappings or lists of codes; a code may be spelt out in parts."""
    children: dict[str, dict[str, None]] = {}

    def walk(code: str, below: Any) -> None:
        found = children.setdefault(code, {})
        if isinstance(below, Mapping):
            for part, further in below.items():
                found[str(part)] = None
                if further is not None:
                    walk(str(part), further)
        elif isinstance(below, list | tuple):
            for part in below:
                if isinstance(part, Mapping):
                    walk(code, part)
                else:
                    found[str(part)] = None
        else:
            found[str(below)] = None

    for code, below in tree.items():
        walk(str(code), below)
    return {code: tuple(below) for code, below in children.items() if below}


def of_parents(frame: pl.DataFrame, code: str, parents: Sequence[str], total: str) -> tuple[Children, dict[str, str]]:
    """From columns of a table: each code's parent in the first, that one's parent in the next.

    Returns:
        The hierarchy, and the level (column) of each code.
    """
    level = {}
    columns = [code, *parents]
    edges: dict[str, dict[str, None]] = {}
    tops: dict[str, None] = {}
    for record in frame.select(columns).unique(maintain_order=True).sort(columns).iter_rows():
        chain = [(column, value) for column, value in zip(columns, record, strict=True) if value]
        chain = [pair for at, pair in enumerate(chain) if at == 0 or pair[1] != chain[at - 1][1]]
        for (_, part), (column, above) in pairwise(chain):
            edges.setdefault(above, {})[part] = None
            level[above] = column
        tops[chain[-1][1]] = None
    parts = {part for below in edges.values() for part in below}
    roots = [top for top in tops if top not in parts and top != total]
    if total and roots:
        edges.setdefault(total, {}).update(dict.fromkeys(roots))
    return {above: tuple(below) for above, below in edges.items()}, level


def dimensions(
    loaded: Loaded, frames: Sequence[pl.DataFrame]
) -> tuple[list[Dimension], dict[str, dict[str, set[str]]]]:
    """The dimensions of tables, and for each the codes of its named levels.

    Args:
        frames: String columns, named as in the files.

    Raises:
        UserError: ``PR-P042`` a hierarchy with a cycle or two parents of a code, ``PR-P063`` a column not there,
            ``PR-P065`` a file that cannot be read as a hierarchy.
    """
    found, levels = [], {}
    for position, spec in enumerate(loaded.spec.dimensions):
        column = spec.column or spec.name
        having = [frame for frame in frames if column in frame.columns]
        codes = sorted({code for frame in having for code in frame[column].unique().to_list() if code})
        hierarchies: list[Hierarchy] = []
        named: dict[str, set[str]] = {}
        for at, way in enumerate(spec.hierarchies):
            children, level = _one(loaded, spec, way, having, column, ("dimensions", position, "hierarchies", at))
            hierarchies.append(Hierarchy(way.name, children))
            for code, name in level.items():
                named.setdefault(name, set()).add(code)
        if not hierarchies and spec.total:
            hierarchies = [Hierarchy("all", {spec.total: tuple(code for code in codes if code != spec.total)})]
        dimension = Dimension(spec.name, tuple(hierarchies), spec.total or None)
        dimension.ends_in()
        for hierarchy in hierarchies:
            _no_cycle(spec.name, hierarchy)
        found.append(dimension)
        levels[spec.name] = named
        _known(loaded, spec, position, dimension, codes)
    return found, levels


def _no_cycle(where: str, hierarchy: Hierarchy) -> None:
    """With the total given the engine asks for no roots, so cycles and second parents are looked for here."""
    Dimension(where, (hierarchy,)).ends_in()


def _one(
    loaded: Loaded, spec: DimensionSpec, way: HierarchySpec, frames: Sequence[pl.DataFrame], column: str, key: Any
) -> tuple[Children, dict[str, str]]:
    if way.tree is not None:
        return of_tree(way.tree), {}
    if way.levels:
        lines = [
            (line.strip()[: len(line.strip()) - len(line.strip().lstrip("@"))], line.strip().lstrip("@"))
            for line in way.levels
        ]
        return read_levels(lines, loaded.place(*key)[0]), {}
    if way.file:
        path = loaded.file(way.file, *key, "file")
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise UserError("PR-P065", "the hierarchy is no UTF-8 text.", where=way.file, fix="Save it so.") from None
        if path.suffix.casefold() == ".csv":
            rows = list(csv.DictReader(io.StringIO(text)))
            if rows and not {"levels", "codes"} <= rows[0].keys():
                message = "a dimList has the columns `levels` and `codes`."
                raise UserError("PR-P065", message, where=way.file, fix="Name them so.")
            return read_levels([(row["levels"], row["codes"]) for row in rows], way.file), {}
        return read_hrc(text, spec.total or "Total", way.file), {}
    missing = [name for name in way.parents if not any(name in frame.columns for frame in frames)]
    if missing:
        names = {name for frame in frames for name in frame.columns}
        fix = nearest(missing[0], names) or f"Columns are {', '.join(sorted(names))}."
        raise loaded.error(f"There is no column `{missing[0]}`.", fix, *key, "parents", code="PR-P063")
    having = [frame for frame in frames if set(way.parents) <= set(frame.columns)]
    columns = [column, *way.parents]
    return of_parents(pl.concat([frame.select(columns) for frame in having]), column, way.parents, spec.total)


def _known(loaded: Loaded, spec: DimensionSpec, position: int, dimension: Dimension, codes: Sequence[str]) -> None:
    """Refuse codes of a table that a hierarchy does not know: they would be left out of its totals in silence."""
    for hierarchy in dimension.hierarchies:
        known = set(hierarchy.children) | {code for below in hierarchy.children.values() for code in below}
        # A further division may begin at codes of its own; the first one holds every code.
        strange = [code for code in codes if code not in known]
        if strange and hierarchy is dimension.hierarchies[0]:
            elsewhere = {c for other in dimension.hierarchies[1:] for c in other.children}
            strange = [code for code in strange if code not in elsewhere]
            if strange:
                raise loaded.error(
                    f"{len(strange)} codes of the table are not in hierarchy `{hierarchy.name}`; first `{strange[0]}`.",
                    nearest(strange[0], known) or "Add them to the hierarchy.",
                    "dimensions", position, code="PR-P061",
                )  # fmt: skip
