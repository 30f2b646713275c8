"""All tables of a publication as one disclosure problem, found from their definitions.

Every count of every table is a cell of one system: the codes of a dimension add up to the code above them at each
level that a table shows, quarters to years; a count restricted to a part of another (`where`) is no larger, and counts
whose parts make up the whole in every cell add up to it. What was published before is a part of it (`Earlier`), also
where it cannot be counted any more (`piperoll.protect.unknown`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

import numpy as np
import polars as pl

from piperoll.periods import Period
from piperoll.protect.attacker import Attacker, Mask, Shown
from piperoll.protect.earlier import unheard
from piperoll.protect.engine import pose
from piperoll.protect.knowledge_of import tightened
from piperoll.protect.primary import COUNTS, refuse_negative
from piperoll.protect.problem import Problem
from piperoll.protect.relations import BIG, Ints, Relations
from piperoll.protect.requirement import Requirement
from piperoll.protect.suppress.violations import Watch
from piperoll.protect.system import TOP, System, Way, variables
from piperoll.protect.tables import Table
from piperoll.protect.unknown import complete, unknown_of
from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import Measure, Publication
from piperoll.register.model.register import Register
from piperoll.tabulate import Hierarchy as Levels


PERIOD = "period"


@dataclass(frozen=True)
class Earlier:
    """What the ledger holds of cells, by identity.

    Attributes:
        shown: Figures that were published.
        hidden: Cells that were suppressed; they stay so.
    """

    shown: Mapping[str, float]
    hidden: frozenset[str]


NOTHING = Earlier({}, frozenset())


@dataclass(frozen=True)
class Joint:
    """The problem, and which cell each of its variables is.

    Attributes:
        identities: Of each variable; empty for cells that only complete a sum.
        system: The definitions that its relations follow from.
        told: Variables that the tables show; others stand beside.
    """

    problem: Problem
    identities: tuple[str, ...]
    system: System
    told: Mask

    def limited(self, width: int) -> int:
        """Small counts that are known better than ``width`` asks, whatever is suppressed."""
        return int((self.problem.requirement.span[self.problem.primary & self.told] < width).sum())

    def named(self, pattern: Mask) -> frozenset[str]:
        """Identities of the cells of a pattern."""
        return frozenset(self.identities[cell] for cell in np.flatnonzero(pattern).tolist() if self.identities[cell])

    def hidden(self, pattern: Mask) -> frozenset[str]:
        """The same, with the cells that stay hidden since they were hidden before."""
        return self.named((pattern | self.problem.unpublished) & self.told)


def joint(
    register: Register,
    publication: Publication,
    cells: Mapping[str, pl.DataFrame],
    policy: Policy,
    earlier: Earlier = NOTHING,
) -> Joint | None:
    """The problem of protecting these tables together; None if no cell is primary.

    Args:
        cells: Frames of `piperoll.tabulate`, by table. Frames with a column ``_told`` hold cells that stand beside:
            where it is false, a cell is shown only if it was published before (`piperoll.protect.earlier`).

    Raises:
        UserError: ``PR-P040`` to ``PR-P046`` if the cells contradict each other or the policy, among them ``PR-P043``
            for sums below zero.
    """
    for frame in cells.values():
        refuse_negative(frame, policy)
    apart = fractional(cells.values())
    counted = {name: _counted(frame, apart) for name, frame in cells.items()}
    counted = {name: frame for name, frame in counted.items() if frame.height}
    if policy.suppress_below is None or not counted:
        return None
    bases = _bases(cells.values())
    heard = _heard(counted, earlier)
    found = _joint(register, publication, counted, policy, earlier, bases, heard)
    if found is None and heard:
        # What was published agrees with nothing: it stands for other counts than these, and binds nothing.
        found = _joint(register, publication, counted, policy, earlier, bases, frozenset())
    return found if found is not None and found.problem.primary.any() else None


def _joint(
    register: Register,
    publication: Publication,
    counted: Mapping[str, pl.DataFrame],
    policy: Policy,
    earlier: Earlier,
    bases: Collection[str],
    heard: frozenset[str],
) -> Joint | None:
    """The problem with the cells in ``heard``, which cannot be counted; None if no counts for them agree with it."""
    axes = _axes(register, publication, counted)
    flat = {name: _canonical(frame, axes) for name, frame in counted.items()}
    filled = {name: _filled(frame, axes, flat) for name, frame in flat.items()}
    ways = {name: tuple(_hierarchies(axis, filled)) for name, axis in axes.items()}
    ways[PERIOD] = _years(filled.values())
    system = System(ways, {name: axis.named for name, axis in axes.items()})
    tables, frames = [], []
    for name, frame in filled.items():
        for measure in frame["measure"].unique(maintain_order=True):
            there = pl.col("value").is_not_null()
            part = frame.filter(
                (pl.col("measure") == measure) & (there | pl.col("identity").is_in(list(heard)) if heard else there)
            )
            if not part.height:
                continue
            columns = [axis for axis in axes if axis in part.columns and part[axis].is_not_null().any()]
            tables.append(Table(f"{name}:{measure}", part.select(*columns, PERIOD), measure))
            frames.append(part)
    linked = system.linked(tables)
    size = linked.relations.cells
    values = linked.gather(
        {t.name: f["value"].fill_null(0).cast(pl.Int64).to_numpy() for t, f in zip(tables, frames, strict=True)}
    )
    identities, exempt, zero, told = [""] * size, np.zeros(size, bool), np.ones(size, bool), np.zeros(size, bool)
    lost = np.zeros(size, bool)
    for table, frame in zip(tables, frames, strict=True):
        ids = linked.ids[table.name]
        own = frame["identity"].to_list()
        for variable, identity in zip(ids.tolist(), own, strict=True):
            identities[variable] = identity or identities[variable]
        exempt[ids] |= ~frame["_subject"].to_numpy()
        zero[ids] &= frame["identity"].eq("").to_numpy()
        told[ids] |= (frame["_told"] & frame["value"].is_not_null()).to_numpy()
        lost[ids] |= frame["value"].is_null().to_numpy()
    system = _with_parts(system, publication, variables(tables, linked.ids), values, lost)
    relations = system.linked(tables).relations if system.parts else linked.relations
    problem = _pose(relations, values, identities, exempt | zero, told | zero, bases, policy, earlier, lost)
    return Joint(problem, tuple(identities), system, told | zero) if problem is not None else None


def _pose(
    relations: Relations,
    values: Ints,
    identities: Sequence[str],
    exact: Mask,
    told: Mask,
    bases: Collection[str],
    policy: Policy,
    earlier: Earlier,
    lost: Mask,
) -> Problem | None:
    least = policy.suppress_below or 0
    shown = Shown.EXACT if policy.round_to is None else Shown.ROUNDED
    attacker = Attacker(shown, policy.round_to or 1, least)
    unknown, out = None, np.zeros(len(values), bool)
    if lost.any():
        unknown = unknown_of(lost, identities, exact, earlier.shown, attacker, policy)
        completed = complete(relations, values, unknown)
        if completed is None:
            return None
        values, out = completed
        unknown = unknown.only(out)
    small = values < least
    if not policy.suppress_zero:
        small &= values > 0
    was_hidden = np.array([identity in earlier.hidden for identity in identities], bool) & ~out
    # Which hidden count was the small one nobody can say now: each may be.
    primary = np.where(lost, was_hidden, small) & ~exact
    exact = exact & ~lost
    # A figure published otherwise before was revised: hiding the new one takes nothing back.
    figures = np.where(exact, values, attacker.figure(values))
    before = np.array([earlier.shown.get(identity, -1.0) for identity in identities])
    taken = np.where(lost, out, before == figures)
    beside = ~(told | taken)
    exact = exact & ~beside
    kept_hidden = (was_hidden | beside) & ~primary & ~exact
    knowledge = attacker.know(values, primary, exact=exact, unpublished=kept_hidden)
    knowledge = tightened(knowledge, values, primary, exact, identities, bases, policy)
    knowledge = unheard(knowledge, primary & beside & ~was_hidden)
    knowledge = knowledge if unknown is None else unknown.known(knowledge)
    requirement = Requirement.width(len(values), policy.width)
    forced = (exact | taken) & ~primary & ~kept_hidden
    problem = pose(relations, values, primary, knowledge, requirement, forced=forced, unpublished=kept_hidden)
    return replace(problem, requirement=_possible(problem))


def _possible(problem: Problem) -> Requirement:
    """The requirement, with no more width than is left when all that may be hidden is hidden.

    Figures that have to be shown (exact totals, what is out already) can narrow a small count whatever is done.
    """
    widest, _, _ = Watch(problem).bounds(problem.free())
    span = np.minimum(problem.requirement.span, widest.high - widest.low)
    return replace(problem.requirement, span=np.where(problem.primary, span, problem.requirement.span))


def _heard(counted: Mapping[str, pl.DataFrame], earlier: Earlier) -> frozenset[str]:
    """Cells that cannot be counted, but of which something was published: a whole figure, or that they are hidden."""
    null: set[str] = set()
    for frame in counted.values():
        null.update(frame.filter(pl.col("value").is_null())["identity"].to_list())
    if not null:
        return frozenset()
    for frame in counted.values():
        null.difference_update(frame.filter(pl.col("value").is_not_null())["identity"].to_list())
    shown = {i: earlier.shown[i] for i in null if i in earlier.shown}
    whole = {i for i, figure in shown.items() if figure.is_integer() and 0 <= figure < BIG // 4}
    return frozenset(whole | {i for i in null if i in earlier.hidden and i not in shown})


def fractional(frames: Iterable[pl.DataFrame]) -> frozenset[str]:
    """Measures that add up, but to figures that are no whole numbers (pounds and pence): no part of the problem.

    The threshold of a policy, its base and its width are numbers of cases. They say nothing of pence.
    """
    found: set[str] = set()
    for frame in frames:
        parts = frame.filter(pl.col("kind").is_in(COUNTS) & (pl.col("value") != pl.col("value").floor()))
        found.update(parts["measure"].unique().to_list())
    return frozenset(found)


def _counted(frame: pl.DataFrame, apart: Collection[str]) -> pl.DataFrame:
    """Counts and whole sums, each cell once; those that cannot be known (a supplier is missing) stand with no value.

    How many are different in all does not follow from how many are in the parts.
    """
    adds_up = pl.col("kind").is_in([each for each in COUNTS if each != "distinct"])
    adds_up &= ~pl.col("measure").is_in(list(apart))
    return frame.filter(adds_up).unique("identity", keep="first", maintain_order=True)


@dataclass(frozen=True)
class _Axis:
    """A dimension in canonical codes: ways up through the levels that a table shows."""

    levels: Levels
    canonical: Mapping[str, str]

    @property
    def named(self) -> dict[str, str]:
        """Codes that stand for another."""
        return {code: other for code, other in self.canonical.items() if code != other}


def _axes(register: Register, publication: Publication, cells: Mapping[str, pl.DataFrame]) -> dict[str, _Axis]:
    present = {name for frame in cells.values() for name in frame.columns}
    axes = {}
    for dimension in publication.dimensions:
        if dimension.name in present and not dimension.steps:
            levels = Levels(register, dimension)
            named = {code: TOP if canonical is None else canonical for code, canonical in levels.canonical.items()}
            axes[dimension.name] = _Axis(levels, named)
    return axes


def _canonical(frame: pl.DataFrame, axes: Mapping[str, _Axis]) -> pl.DataFrame:
    kept = [name for name in axes if name in frame.columns]
    told = pl.lit(True) if "_told" not in frame.columns else pl.col("_told")
    renamed = [pl.col(name).replace(dict(axes[name].canonical)).alias(name) for name in kept]
    subject = pl.lit(True) if "_subject" not in frame.columns else pl.col("_subject")
    return frame.with_columns(*renamed).select(
        "identity", "measure", PERIOD, "value", subject.alias("_subject"), told.alias("_told"),
        *kept, *(f"{name}_level" for name in kept),
    )  # fmt: skip


def _ways(axis: _Axis, codes: set[str]) -> dict[str, tuple[str, ...]]:
    """Children of each code among the codes that a table shows: levels it leaves out are passed over."""
    children: dict[str, dict[str, None]] = {}
    for path in axis.levels.paths.values():
        shown = list(dict.fromkeys(c for c in (axis.canonical.get(code, code) for code in path) if c in codes))
        for code, parent in pairwise(shown):
            children.setdefault(parent, {})[code] = None
    return {parent: tuple(below) for parent, below in children.items()}


def _hierarchies(axis: _Axis, frames: Mapping[str, pl.DataFrame]) -> Iterable[Way]:
    """One for each set of codes that a table shows."""
    name = axis.levels.dimension.name
    found = dict.fromkeys(frozenset(f[name].unique().to_list()) for f in frames.values() if name in f.columns)
    for codes in found:
        yield _ways(axis, set(codes))


def _filled(frame: pl.DataFrame, axes: Mapping[str, _Axis], frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """A table with the codes that it leaves out since nothing was counted under them: known zeros complete its sums."""
    parts = [frame]
    for name in axes:
        if name not in frame.columns:
            continue
        mine = set(frame[name].unique().to_list())
        levels = frame[f"{name}_level"].unique().to_list()
        others = [
            f.filter(pl.col(f"{name}_level").is_in(levels))[name].unique().to_list()
            for f in frames.values()
            if name in f.columns
        ]
        lacking = sorted({code for codes in others for code in codes} - mine)
        if lacking:
            dropped = (name, f"{name}_level", "identity", "value", "_subject", "_told")
            counted = frame.filter(pl.col("value").is_not_null())
            base = counted.select(pl.exclude(dropped)).unique(maintain_order=True)
            zeros = base.join(pl.DataFrame({name: lacking}), how="cross").with_columns(
                pl.lit("").alias("identity"),
                pl.lit(0.0).alias("value"),
                pl.lit(False).alias("_subject"),
                pl.lit(True).alias("_told"),
                pl.lit("").alias(f"{name}_level"),
            )
            parts.append(zeros.select(frame.columns))
    return pl.concat(parts) if len(parts) > 1 else frame


def _years(frames: Iterable[pl.DataFrame]) -> tuple[Way, ...]:
    """Quarters (and months) under the years and quarters that are made of them; years that overlap are ways apart."""
    periods = {Period.parse(text) for frame in frames for text in frame[PERIOD].unique().to_list()}
    ways: dict[tuple[str, int], dict[str, tuple[str, ...]]] = {("year", 1): {}}
    for period in sorted(periods, key=str):
        for kind in ("quarter", "month"):
            parts = [p for p in periods if p.kind == kind and period.start <= p.start and p.end <= period.end]
            if period not in parts and sum(p.months for p in parts) == period.months:
                calendar = period.kind in ("year", "quarter")
                way = ("year", 1) if calendar else (period.kind, period.start.month)
                children = tuple(str(p) for p in sorted(parts, key=lambda p: p.start))
                ways.setdefault(way, {})[str(period)] = children
                break
    return tuple(ways.values())


def _with_parts(
    system: System, publication: Publication, variable: Mapping[str, Mapping[str, int]], values: Ints, lost: Mask
) -> System:
    """Counts that are parts of other counts by their definitions: no larger; together the whole, where that shows."""
    measures = {m.name: m for m in publication.measures}
    if lost.any():
        variable = {name: {k: v for k, v in cells.items() if not lost[v]} for name, cells in variable.items()}
    families = list(_families(measures, variable))
    return replace(
        system,
        parts=tuple((whole, part) for whole, parts in families for part in parts),
        sums=tuple((whole, some) for whole, parts in families for some in _partitions(whole, parts, variable, values)),
    )


def _families(measures: Mapping[str, Measure], variable: Mapping[str, object]) -> Iterable[tuple[str, tuple[str, ...]]]:
    for name in variable:
        whole = measures[name]
        if whole.where:
            continue
        parts = tuple(
            other
            for other in variable
            if measures[other].where
            and (measures[other].model, measures[other].period_column, measures[other].kind)
            == (whole.model, whole.period_column, whole.kind)
        )
        if parts:
            yield name, parts


def _partitions(
    whole: str, parts: Sequence[str], variable: Mapping[str, Mapping[str, int]], values: Ints
) -> Iterable[tuple[str, ...]]:
    """Sets of parts that make up the whole in every cell. Anyone sees so from the national figures."""
    for size in range(2, len(parts) + 1):
        for some in combinations(parts, size):
            common = [k for k in variable[whole] if all(k in variable[part] for part in some)]
            if common and all(
                values[variable[whole][k]] == sum(int(values[variable[part][k]]) for part in some) for k in common
            ):
                yield some


def _bases(frames: Iterable[pl.DataFrame]) -> frozenset[str]:
    """Identities of the earlier counts of percentage changes: whether the change is given tells something of them."""
    found: set[str] = set()
    for frame in frames:
        told = (pl.col("kind") == "change") & ~pl.col("support") & (pl.col("base") != "") & pl.col("n").is_not_null()
        found.update(frame.filter(told)["base"].to_list())
    return frozenset(found)


__all__ = ["NOTHING", "Earlier", "Joint", "fractional", "joint"]
