"""Small random problems of every kind, and an attacker that tries all tables; for tests of the engine.

The brute-force attacker shares nothing with the engine but the bounds and rows of the problem: it walks through the
cells, gives each every value it could have (or the one that a row leaves for it), and drops what breaks a row.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import polars as pl
from hypothesis import strategies as st

from piperoll.protect import derived
from piperoll.protect.attacker import Attacker, Insider, Mask, Shown, singletons
from piperoll.protect.engine import pose
from piperoll.protect.problem import Problem
from piperoll.protect.relations import BIG, Relations
from piperoll.protect.requirement import Requirement
from piperoll.protect.tables import Dimension, Hierarchy, Table, link
from tests.protect.small import grid, values_of


BEYOND = 12
MOST = 30_000


def every_table(
    problem: Problem, pattern: Mask, insider: Insider | None = None, beyond: int = BEYOND
) -> np.ndarray | None:
    """Every table that agrees with what is published (and with what an insider knows); None if too many to try.

    Cells without an upper bound are tried up to ``beyond`` more than they hold.
    """
    system = problem.relations
    hidden = problem.primary | problem.unpublished | pattern
    low, high = (side.copy() for side in problem.knowledge.bounds(hidden))
    if insider is not None:
        for cell, own in insider.own:
            low[cell] = max(low[cell], own)
        for cell in insider.alone:
            low[cell] = high[cell] = problem.values[cell]
    rows = []
    for r in range(system.rows):
        if any(hidden[guard] for guard in system.guard[system.guard_start[r] : system.guard_start[r + 1]]):
            continue
        entries = slice(system.start[r], system.start[r + 1])
        cells, coefs = system.cell[entries].tolist(), system.coef[entries].tolist()
        rows.append((dict(zip(cells, coefs, strict=True)), int(system.low[r]), int(system.high[r])))
    tables = np.zeros((1, system.cells), np.int64)
    done: set[int] = set()
    while len(done) < system.cells:
        cell, row = _next(system.cells, rows, done, low, high)
        if row is not None:
            coefs, least, _ = row
            rest = sum((k * tables[:, c] for c, k in coefs.items() if c != cell), np.zeros(len(tables), np.int64))
            tables[:, cell] = (least - rest) * coefs[cell]  # the coefficient is 1 or -1
        else:
            top = int(problem.values[cell]) + beyond if high[cell] >= BIG // 2 else int(high[cell])
            count = max(top - int(low[cell]) + 1, 0)
            if len(tables) * count > MOST:
                return None
            tables = np.repeat(tables, count, axis=0)
            tables[:, cell] = np.tile(np.arange(low[cell], low[cell] + count), len(tables) // max(count, 1))
        done.add(cell)
        keep = (tables[:, cell] >= low[cell]) & ((tables[:, cell] <= high[cell]) | (high[cell] >= BIG // 2))
        for coefs, least, most in rows:
            if cell in coefs and done >= coefs.keys():
                sums = sum(k * tables[:, c] for c, k in coefs.items())
                keep &= (sums >= least) & (sums <= most)
        tables = tables[keep]
    return tables


def _next(cells: int, rows: list, done: set[int], low: np.ndarray, high: np.ndarray) -> tuple[int, tuple | None]:
    """A cell that an equation leaves one value for, else the one with the fewest values."""
    for row in rows:
        coefs, least, most = row
        missing = [c for c in coefs if c not in done]
        if least == most and len(missing) == 1 and abs(coefs[missing[0]]) == 1:
            return missing[0], row
    parents = {c for coefs, least, most in rows if least == most == 0 for c, k in coefs.items() if k == -1}
    left = [c for c in range(cells) if c not in done]
    return min(left, key=lambda c: (c in parents, int(high[c] - low[c]), c)), None


def interval(tables: np.ndarray, cell: int) -> tuple[int, int]:
    return int(tables[:, cell].min()), int(tables[:, cell].max())


def known_too_well(problem: Problem, tables: np.ndarray, cell: int, insider: bool = False) -> bool:
    """The requirement, once more and by hand."""
    low, high = interval(tables, cell)
    need = problem.requirement if not insider or problem.inside is None else problem.inside
    at = int(problem.values[cell])
    return low > at - need.below[cell] or high < at + need.above[cell] or high - low < need.span[cell]


def is_safe(problem: Problem, pattern: Mask) -> bool | None:
    """Whether no attacker knows any primary cell too well; None if there are too many tables to try."""
    for who in (None, *problem.knowledge.insiders):
        tables = every_table(problem, pattern, who)
        if tables is None:
            return None
        alone = () if who is None else who.alone
        asked = [cell for cell in problem.targets.tolist() if cell not in alone]
        if any(known_too_well(problem, tables, cell, who is not None) for cell in asked):
            return False
    return True


def some_pattern(problem: Problem, seed: int, share: float = 0.3) -> Mask:
    return (np.random.default_rng(seed).random(problem.relations.cells) < share) & problem.free()


ROUNDED = Attacker(base=3, threshold=4)
ATTACKERS = (
    ROUNDED,
    replace(ROUNDED, knows_status=False),
    Attacker(Shown.EXACT, threshold=4),
    Attacker(Shown.EXACT, threshold=None),
)


def leaves_of(draw: st.DrawFn, rows: int, columns: int, most: int = 6) -> dict[tuple[str, str], int]:
    pairs = itertools.product(range(rows), range(columns))
    return {(f"r{r}", f"c{c}"): draw(st.integers(0, most)) for r, c in pairs}


@st.composite
def hierarchies(draw: st.DrawFn) -> Problem:
    """Two levels of places by two kinds; some cells forced, some exact."""
    below = {"R": ("P", "Q"), "P": ("r0", "r1"), "Q": ("r2", "r3")}
    dimensions = [
        Dimension("place", (Hierarchy("regions", below),)),
        Dimension("kind", (Hierarchy("all", {"C": ("c0", "c1")}),)),
    ]
    kinds = draw(st.sampled_from([["C"], ["C", "c0", "c1"]]))
    pairs = list(itertools.product(["R", "P", "Q", "r0", "r1", "r2", "r3"], kinds))
    frame = pl.DataFrame(pairs, schema=["place", "kind"], orient="row")
    leaves = leaves_of(draw, 4, 2)
    linked = link(dimensions, [Table("t", frame)])
    values = values_of(frame, dimensions, leaves)
    headline = np.array([place == "R" for place, _ in pairs])
    exact = headline if draw(st.booleans()) else None
    primary = (values < 4) & ~headline
    forced = headline & ~primary
    need = Requirement.width(len(values), draw(st.integers(1, 3)))
    attacker = draw(st.sampled_from(ATTACKERS))
    return pose(linked.relations, values, primary, attacker, need, forced=forced, exact=exact)


@st.composite
def links(draw: st.DrawFn) -> Problem:
    """A table by kind and one by quarter that share their totals; one of them may lack the totals."""
    dimensions = [
        Dimension("place", (Hierarchy("all", {"R": ("r0", "r1")}),)),
        Dimension("kind", (Hierarchy("all", {"C": ("c0", "c1")}),)),
        Dimension("quarter", (Hierarchy("year", {"Y": ("q0", "q1")}),)),
    ]
    places = ["R", "r0", "r1"]
    kinds = ["c0", "c1"] if draw(st.booleans()) else ["C", "c0", "c1"]
    by_kind = pl.DataFrame(list(itertools.product(places, kinds)), schema=["place", "kind"], orient="row")
    by_quarter = pl.DataFrame(
        list(itertools.product(places, ["Y", "q0", "q1"])), schema=["place", "quarter"], orient="row"
    )
    cube = {key: draw(st.integers(0, 3)) for key in itertools.product(("r0", "r1"), ("c0", "c1"), ("q0", "q1"))}

    def total(place: str, kind: str = "C", quarter: str = "Y") -> int:
        return sum(
            count for (p, k, q), count in cube.items() if place in ("R", p) and kind in ("C", k) and quarter in ("Y", q)
        )

    linked = link(dimensions, [Table("kinds", by_kind), Table("quarters", by_quarter)])
    values = linked.gather(
        {
            "kinds": np.array([total(p, kind=k) for p, k in by_kind.iter_rows()]),
            "quarters": np.array([total(p, quarter=q) for p, q in by_quarter.iter_rows()]),
        }
    )
    need = Requirement.width(len(values), draw(st.integers(1, 2)))
    return pose(linked.relations, values, values < 4, draw(st.sampled_from(ATTACKERS)), need)


@st.composite
def releases(draw: st.DrawFn) -> Problem:
    """A grid released before; then again with another cell published, or revised within a limit."""
    dimensions, frame = grid(2, 2)
    leaves = leaves_of(draw, 2, 2)
    values = values_of(frame, dimensions, leaves)
    attacker = draw(st.sampled_from(ATTACKERS[:3]))
    if draw(st.booleans()):
        # What was published then cannot be taken back; it may have been rounded another way.
        linked = link(dimensions, [Table("t", frame)])
        published = np.array([draw(st.booleans()) for _ in values]) & (values >= 4)
        then = replace(attacker, shown=Shown.ROUNDED, base=draw(st.sampled_from([2, 3, 5])))
        bounds = then.of_shown(then.figure(values))
        prior = np.where(published, bounds[0], 0), np.where(published, bounds[1], BIG)
        knowledge = attacker.know(values, values < 4, prior=prior)
        need = Requirement.width(len(values), draw(st.integers(1, 3)))
        return pose(linked.relations, values, values < 4, knowledge, need, forced=published)
    linked = link(dimensions, [Table("new", frame), Table("old", frame, release="first")])
    old = values_of(frame, dimensions, {key: max(0, v + draw(st.integers(-1, 1))) for key, v in leaves.items()})
    both = linked.gather({"new": values, "old": old})
    rows = [
        derived.revision(int(a), int(b), 2)
        for a, b, x, y in zip(linked.ids["old"], linked.ids["new"], old, values, strict=True)
        if abs(x - y) <= 2
    ]
    forced = np.zeros(len(both), bool)
    forced[linked.ids["old"]] = old >= 4
    need = Requirement.width(len(both), draw(st.integers(1, 2)))
    return pose(derived.extend(linked.relations, rows), both, both < 4, attacker, need, forced=forced)


def percent(numerator: int, denominator: int, places: int) -> Decimal:
    return (Decimal(100 * numerator) / denominator).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@st.composite
def percentages(draw: st.DrawFn) -> Problem:
    """A grid with shares of totals and changes between columns, exactly made, and the presence of changes."""
    dimensions, frame = grid(*draw(st.sampled_from([(2, 2), (3, 2)])))
    rows = frame.filter(pl.col("place") != "R")["place"].unique(maintain_order=True).to_list()
    leaves = leaves_of(draw, len(rows), 2, most=9)
    values = values_of(frame, dimensions, leaves)
    at = {pair: k for k, pair in enumerate(frame.iter_rows())}
    wanted = [("share", (place, "c0"), (place, "C")) for place in rows]
    wanted += [("change", (place, "c1"), (place, "c0")) for place in ["R", *rows]]
    kept, names = [], []
    for number, (kind, of, base) in enumerate(wanted):
        if draw(st.booleans()) and values[at[of]] >= 4 and values[at[base]] >= 4:
            kept.append((kind, at[of], at[base]))
            names.append(f"percentage {number}")
    linked = link(dimensions, [Table("t", frame)], more=names)
    places, minimum = draw(st.integers(0, 1)), 6
    more = []
    cells = len(values)
    for number, (kind, of, base) in enumerate(kept):
        x, y = int(values[of]), int(values[base])
        if kind == "share":
            more += derived.share(of, base, percent(x, y, places), cells + number)
            continue
        shown = y >= minimum
        more.append(derived.base_rule(base, of, minimum, shown, cells + number))
        if shown:
            more += derived.change(of, base, percent(x - y, y, places), cells + number)
    relations = derived.extend(linked.relations, more)
    all_values = np.concatenate([values, np.zeros(len(names), np.int64)])
    primary = (all_values < 4) & (np.arange(len(all_values)) < cells)
    need = Requirement.width(len(all_values), draw(st.integers(1, 3)))
    attacker = draw(st.sampled_from([ROUNDED, ROUNDED, ATTACKERS[1], ATTACKERS[2]]))
    # A percentage is shown or not: as a cell of its own it has no range.
    knowledge = attacker.know(all_values, primary)
    none = np.arange(len(all_values)) >= cells
    nothing = np.zeros(len(all_values), np.int64)
    knowledge = replace(
        knowledge,
        **{name: np.where(none, nothing, getattr(knowledge, name)) for name in _ARRAYS},
    )
    return pose(relations, all_values, primary, knowledge, need)


_ARRAYS = ("shown_low", "shown_high", "hidden_low", "hidden_high")


@st.composite
def insiders(draw: st.DrawFn) -> Problem:
    """A grid of which some know a part: singletons, and one with cases of their own in a row of cells."""
    dimensions, frame = grid(*draw(st.sampled_from([(2, 2), (2, 3)])))
    columns = [kind for kind in frame["kind"].unique(maintain_order=True) if kind != "C"]
    leaves = leaves_of(draw, 2, len(columns), most=5)
    values = values_of(frame, dimensions, leaves)
    attacker = draw(st.sampled_from(ATTACKERS))
    primary = values < 4
    own = {kind: draw(st.integers(0, min(2, leaves["r0", kind]))) for kind in columns}
    at = {pair: k for k, pair in enumerate(frame.iter_rows())}
    known = [(at[place, kind], own[kind]) for place in ("r0", "R") for kind in columns]
    known += [(at[place, "C"], sum(own.values())) for place in ("r0", "R")]
    landlord = Insider("the landlord", tuple((cell, part) for cell, part in known if part))
    linked = link(dimensions, [Table("t", frame)])
    alone = singletons(values, primary, relations=linked.relations if draw(st.booleans()) else None)
    who = alone if draw(st.booleans()) else (landlord,)
    need = Requirement.width(len(values), draw(st.integers(1, 2)))
    less = Requirement.width(len(values), 1) if draw(st.booleans()) else None
    return pose(linked.relations, values, primary, replace(attacker, insiders=who), need, inside=less)


@st.composite
def controlled(draw: st.DrawFn) -> Problem:
    """A grid whose figures were rounded up or down so that they still add up."""
    dimensions, frame = grid(2, 2)
    base = 3
    leaves = leaves_of(draw, 2, 2, most=7)
    values = values_of(frame, dimensions, leaves)
    options = []
    for ups in itertools.product((0, 1), repeat=4):
        moved = {key: (v // base + up) * base for (key, v), up in zip(leaves.items(), ups, strict=True)}
        figures = values_of(frame, dimensions, moved)
        if (np.abs(figures - values) < base).all():
            options.append(figures)
    figures = draw(st.sampled_from(options))
    primary = np.array([draw(st.booleans()) for _ in values]) & (values < 4)
    attacker = Attacker(Shown.CONTROLLED, base=base, threshold=None)
    need = Requirement.width(len(values), draw(st.integers(1, 4)))
    linked = link(dimensions, [Table("t", frame)])
    return pose(linked.relations, values, primary, attacker.know(values, primary, figures=figures), need)


EVERY_KIND = st.one_of(hierarchies(), links(), releases(), percentages(), insiders(), controlled())


def names(relations: Relations) -> list[str]:
    return [relations.names.of(cell) for cell in range(relations.cells)]
