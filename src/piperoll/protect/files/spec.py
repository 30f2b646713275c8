"""What a table specification may say: YAML at the boundary, frozen dataclasses inside.

::

    loaded = load_spec(Path("claims.yaml"))
    loaded.spec.rule.threshold, loaded.place("rule", "threshold")   # 8, ("claims.yaml:12", "rule.threshold")

Everything that is wrong with a specification is told in one run, with line, key and the nearest valid name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import yaml

from piperoll.errors import Problem, Problems, UserError
from piperoll.register.nodes import Node, dotted, parse
from piperoll.register.shape import build, nearest


MOST_CELLS = 5_000_000
CELLS = 1_000_000


@dataclass(frozen=True)
class HierarchySpec:
    """One way to divide a dimension; exactly one of the four ways to say it.

    Attributes:
        parents: Columns of the table that hold the code's parent, its parent's parent and so on.
        tree: Codes under codes, as deep as wanted: ``{EW: {NE: [A, B], NW: [C]}}``.
        file: A tau-Argus hierarchy (``.hrc``), or a CSV with the columns ``levels`` and ``codes``.
        levels: Lines such as ``@@ NE``: as many @ as the code is deep (a dimList of sdcTable, GaussSuppression).
    """

    name: str
    parents: tuple[str, ...] = ()
    tree: dict[str, Any] | None = None
    file: str = ""
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class DimensionSpec:
    """A dimension.

    Attributes:
        column: Its column in the tables; by default its name.
        total: The code that stands for everything.
        label: Its name for readers.
        hierarchies: They need not nest in each other. Without any, all codes are parts of the total.
    """

    name: str
    column: str = ""
    total: str = ""
    label: str = ""
    hierarchies: tuple[HierarchySpec, ...] = ()


@dataclass(frozen=True)
class DominanceSpec:
    """Sensitive where the n largest contributions make up more than k per cent."""

    n: int
    k: float


@dataclass(frozen=True)
class RuleSpec:
    """Which cells are hidden for their own sake.

    Attributes:
        threshold: Counts (or numbers of contributors, where ``frequency`` is given) below it.
        zero: Whether zeros count as below.
        frequency: Column with the number of contributors.
        dominance, p_percent: Rules for amounts; they need the largest contributions.
        largest: Columns with the largest contributions, falling.
        contributor: Column that tells contributors apart, where each row is a contribution.
        status: Column that says which cells are hidden, in the words of ``hidden``.
        hidden: Such words.
    """

    threshold: int | None = None
    zero: bool = True
    frequency: str = ""
    dominance: DominanceSpec | None = None
    p_percent: float | None = None
    largest: tuple[str, ...] = ()
    contributor: str = ""
    status: str = ""
    hidden: tuple[str, ...] = ("c", "[c]", "u", "primary")


@dataclass(frozen=True)
class PublishedSpec:
    """How figures are published; ``exact`` selects cells that are neither rounded nor hidden for being small."""

    as_: Literal["exact", "rounded", "controlled"] = "exact"
    base: int = 5
    exact: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class AttackerSpec:
    """What an outsider is taken to know: which cells are hidden for being small, the only case of a cell its own."""

    knows_status: bool = True
    singletons: bool = False


@dataclass(frozen=True)
class RequirementSpec:
    """What must stay open: a width of the possible values, or a distance from the true one.

    Attributes:
        where_possible: Ask for less where no pattern gives that width (two counts below 5 that make 5 or more
            are both at least 1, whatever else is hidden); never for less than two possible values.
    """

    width: int | None = None
    around: int | None = None
    lower_percent: float | None = None
    upper_percent: float | None = None
    sliding_percent: float | None = None
    where_possible: bool = False


@dataclass(frozen=True)
class LimitsSpec:
    """Where to stop: rounds and nodes of the search, relative gap, cells; and whether to prove."""

    rounds: int = 200
    nodes: int = 20_000
    gap: float = 0.0
    cells: int = CELLS
    proof: bool = True


@dataclass(frozen=True)
class TableSpec:
    """A further table of the same release; ``totals: shown`` where its totals leave the hidden cells out."""

    name: str
    file: str = ""
    totals: Literal["all", "shown"] = "all"


@dataclass(frozen=True)
class Spec:
    """A specification.

    Attributes:
        value: Column of the figures.
        totals: Whether totals are in the file or to be made.
        missing: What a cell that is not in the file means.
        unit: What figures are whole multiples of.
        costs: ``value``, ``count``, ``root``, or a column.
        headline: Selects cells that are never suppressed: by dimension, codes, or the name of a level.
        show, hide: Selects cells forced to be published, or hidden for reasons of their own.
        status: Column of marks in a published table.
        seed: Secret that breaks ties; made and kept inside if not given.
    """

    dimensions: tuple[DimensionSpec, ...]
    value: str = "value"
    title: str = ""
    source: str = ""
    totals: Literal["in_file", "compute"] = "in_file"
    missing: Literal["refuse", "zero"] = "refuse"
    unit: str = "1"
    rule: RuleSpec = field(default_factory=RuleSpec)
    published: PublishedSpec = field(default_factory=PublishedSpec)
    attacker: AttackerSpec = field(default_factory=AttackerSpec)
    requirement: RequirementSpec = field(default_factory=RequirementSpec)
    costs: str = "value"
    headline: tuple[dict[str, Any], ...] = ()
    show: tuple[dict[str, Any], ...] = ()
    hide: tuple[dict[str, Any], ...] = ()
    status: str = "status"
    seed: str = ""
    limits: LimitsSpec = field(default_factory=LimitsSpec)
    tables: tuple[TableSpec, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether figures are counts of people or cases, not amounts."""
        rule = self.rule
        return not (rule.frequency or rule.dominance or rule.p_percent is not None or rule.contributor)

    @property
    def base(self) -> int:
        """Of rounding; 1 where figures are exact."""
        return 1 if self.published.as_ == "exact" else self.published.base


@dataclass(frozen=True)
class Loaded:
    """A specification and where it came from.

    Attributes:
        name: Of the file, for errors.
        directory: That files named in it are sought in.
    """

    spec: Spec
    node: Node
    name: str
    directory: Path

    def place(self, *path: str | int) -> tuple[str, str]:
        """``file:line`` and dotted key of a value."""
        _, line, steps = self.node.find(path)
        return f"{self.name}:{line}", dotted(self.node, steps)

    def problem(self, message: str, fix: str, *path: str | int, code: str = "PR-P060") -> Problem:
        """A finding at a value."""
        where, key = self.place(*path)
        return Problem(code, message, where, key, fix)

    def error(self, message: str, fix: str, *path: str | int, code: str = "PR-P070") -> UserError:
        """A mistake at a value."""
        return Problems([self.problem(message, fix, *path, code=code)])

    def file(self, name: str, *path: str | int) -> Path:
        """A file named in the specification, beside it or below.

        Raises:
            UserError: ``PR-P065`` if it is not there.
        """
        found = self.directory / name
        if not found.is_file():
            raise self.error(f"There is no file `{name}`.", "Give its name as seen from here.", *path, code="PR-P065")
        return found

    def changed(self, **parts: Any) -> Loaded:
        """The same with other parts of the specification."""
        return replace(self, spec=replace(self.spec, **parts))


def load_spec(path: Path) -> Loaded:
    """Read a specification.

    Raises:
        Problems: ``PR-P060`` for everything that is wrong with it.
    """
    try:
        if path.stat().st_size > 64 << 20:
            raise UserError(
                "PR-P060", "the specification is larger than 64 MB.", where=path.name, fix="Use an .hrc file."
            )
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        kind = "is no UTF-8 text" if isinstance(error, UnicodeDecodeError) else "cannot be read"
        raise UserError("PR-P060", f"the specification {kind}.", where=path.name, fix="Write it as YAML.") from None
    return read_spec(text, path.name, path.parent)


def read_spec(content: str | Mapping[str, Any], name: str = "specification", directory: Path | None = None) -> Loaded:
    """The same from text, or from a mapping with the keys of the YAML."""
    text = content if isinstance(content, str) else yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True)
    node, problems = parse(text, name)
    if node is None or problems:
        raise Problems(_coded(problem) for problem in problems)
    built = build(Spec, node, name)
    if built.problems or built.value is None:
        raise Problems(_coded(problem) for problem in built.problems)
    loaded = Loaded(built.value, built.node, name, directory or Path())
    problems = list(_mistakes(loaded))
    if problems:
        raise Problems(problems)
    return loaded


def _coded(problem: Problem) -> Problem:
    return Problem("PR-P060", problem.message, problem.where, problem.key, problem.fix)


def _mistakes(loaded: Loaded) -> Iterator[Problem]:
    """What is well formed and means nothing."""
    spec, tell = loaded.spec, loaded.problem
    if not spec.dimensions:
        yield tell("No dimension is given.", "List the columns that divide the table.", "dimensions")
    names = [dimension.name for dimension in spec.dimensions]
    for position, dimension in enumerate(spec.dimensions):
        if names.index(dimension.name) != position:
            yield tell(f"`{dimension.name}` is given twice.", "Keep one.", "dimensions", position)
        if dimension.name == "measure":
            yield tell("`measure` is a word of the engine's own.", "Name it otherwise.", "dimensions", position)
        for at, hierarchy in enumerate(dimension.hierarchies):
            said = [hierarchy.parents, hierarchy.tree, hierarchy.file, hierarchy.levels]
            if sum(bool(way) for way in said) != 1:
                fix = "Give one of `parents`, `tree`, `file` and `levels`."
                yield tell("A hierarchy is said in one way.", fix, "dimensions", position, "hierarchies", at)
    for key in ("headline", "show", "hide"):
        yield from _selectors(loaded, names, getattr(spec, key), key)
    yield from _selectors(loaded, names, spec.published.exact, "published", "exact")
    rule, need = spec.rule, spec.requirement
    if not (spec.hide or rule.status or rule.threshold or rule.dominance or rule.p_percent is not None):
        yield tell("Nothing says which cells are to be hidden.", "Give a `threshold`, another rule, or `hide`.", "rule")
    for key, number, least in (
        ("threshold", rule.threshold, 1), ("p_percent", rule.p_percent, 0.001), ("width", need.width, 1),
        ("around", need.around, 1), ("lower_percent", need.lower_percent, 0), ("upper_percent", need.upper_percent, 0),
        ("sliding_percent", need.sliding_percent, 0),
    ):  # fmt: skip
        if number is not None and not least <= number < 2**31:
            where = "rule" if key in ("threshold", "p_percent") else "requirement"
            yield tell(f"`{key}` must be {least} or more.", "Write such a number.", where, key)
    if rule.dominance and not (rule.dominance.n >= 1 and 0 < rule.dominance.k < 100):
        yield tell("n is at least 1, and k between 0 and 100.", "Write such numbers.", "rule", "dominance")
    ways = [need.width, need.around, next((x for x in (need.lower_percent, need.upper_percent) if x), None)]
    if sum(way is not None for way in ways) > 1:
        yield tell("The requirement is said in two ways.", "Give `width`, `around` or percentages.", "requirement")
    if spec.published.as_ != "exact" and spec.published.base < 2:
        yield tell("The base of rounding is 2 or more.", "Write such a number.", "published", "base")
    if (rule.dominance or rule.p_percent is not None) and not (rule.largest or rule.contributor):
        fix = "Give the columns of the `largest` contributions, or the `contributor` of each row."
        yield tell("Dominance and p-percent need contributions.", fix, "rule")
    if rule.contributor and spec.totals != "compute":
        yield tell("Rows that are contributions hold no totals.", "Write `totals: compute`.", "rule", "contributor")
    if rule.largest and spec.totals == "compute":
        fix = "Give totals with their largest contributions, or a row a contribution and its `contributor`."
        yield tell("The largest contributions of totals cannot be made from those of parts.", fix, "rule", "largest")
    limits = spec.limits
    for key, number in (("rounds", limits.rounds), ("nodes", limits.nodes), ("cells", limits.cells)):
        if number < 1 or (key == "cells" and number > MOST_CELLS):
            most = f" to {MOST_CELLS:,}" if key == "cells" else " or more"
            yield tell(f"`{key}` is 1{most}.", "Write such a number.", "limits", key)


def _selectors(loaded: Loaded, names: list[str], selectors: tuple[dict[str, Any], ...], *key: str) -> Iterator[Problem]:
    for position, selector in enumerate(selectors):
        for name in selector:
            if name not in names:
                fix = nearest(name, names) or f"Dimensions are {', '.join(names)}."
                yield loaded.problem(f"`{name}` is no dimension.", fix, *key, position, name)
