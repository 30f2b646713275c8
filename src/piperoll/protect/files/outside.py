"""What anybody can infer from published tables: possible values of each hidden cell, and what they follow from.

::

    found = attack_table({"by_type": frame, "by_area": other}, {"dimensions": {...}, "published": {"as": "rounded"}})
    found.seen[0].sentence                          # "[A, theft] is exactly 3, known from [A] (78), ..."
    found.below                                     # those known better than the requirement allows

Only what is published goes in. Values are bounded by adding up row by row, as far as that goes; for tables that are not
too large integer programs then look for whole tables that reach the bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import highspy
import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.protect.attacker import Knowledge, Mask
from piperoll.protect.engine import attack as narrow
from piperoll.protect.files.public import OTHER, SHOWN, Public, bounds, read_public
from piperoll.protect.files.rule import MARGIN_PERCENT, default_width
from piperoll.protect.files.run import Given, Progress, figure_words, interval_words, loaded
from piperoll.protect.files.spec import Spec
from piperoll.protect.inference.explain import Explainer, events
from piperoll.protect.inference.linear import Audit
from piperoll.protect.inference.propagate import HIGH, LOW, Fixpoint, Propagator
from piperoll.protect.problem import Problem
from piperoll.protect.relations import BIG, Ints
from piperoll.protect.requirement import Requirement
from piperoll.protect.solver import model, quiet


# Up to this many cells the integer programs are run unless told otherwise.
SMALL_TABLE = 500
MOST_NAMED = 10
NODES = 20_000


@dataclass(frozen=True)
class Seen:
    """A hidden cell from outside.

    Attributes:
        cell: Its variable. name: Its codes. tables: That hide it.
        low, high: Its possible values, in units; ``high`` is None where there is no upper bound.
        exact: Whether tables that reach both were found, so that nobody can know more.
        known_from: Names of the published cells it follows from.
        below: Whether this is less than the requirement asks for.
        sentence: All of it in words.
    """

    cell: int
    name: str
    tables: tuple[str, ...]
    low: int
    high: int | None
    exact: bool
    known_from: tuple[str, ...]
    below: bool
    sentence: str


@dataclass(frozen=True)
class Attack:
    """What an attack found.

    Attributes:
        seen: Every hidden cell, in the order of the tables.
        notes: What was noticed about the tables.
        looked: How it was looked, as a sentence.
        public: The tables as read.
    """

    seen: tuple[Seen, ...]
    notes: tuple[str, ...]
    looked: str
    public: Public

    @property
    def below(self) -> tuple[Seen, ...]:
        """Cells known better than the requirement allows."""
        return tuple(each for each in self.seen if each.below)

    @property
    def summary(self) -> str:
        """One sentence."""
        count, below = len(self.seen), len(self.below)
        exact = sum(each.low == each.high for each in self.seen if each.below)
        if not below:
            return f"{count:,} hidden cells; none is known better than the requirement allows."
        return f"{count:,} hidden cells; {below:,} known better than the requirement allows, {exact:,} of them exactly."

    def frame(self) -> pl.DataFrame:
        """A row a hidden cell: cell, tables, low, high, exact, below, known_from, sentence."""
        scale = 10**self.public.cells.places
        return pl.DataFrame(
            {
                "cell": [each.name for each in self.seen],
                "tables": [", ".join(each.tables) for each in self.seen],
                "low": [each.low if scale == 1 else each.low / scale for each in self.seen],
                "high": [each.high if scale == 1 or each.high is None else each.high / scale for each in self.seen],
                "exact": [each.exact for each in self.seen],
                "below": [each.below for each in self.seen],
                "known_from": ["; ".join(each.known_from) for each in self.seen],
                "sentence": [each.sentence for each in self.seen],
            },
            schema_overrides={
                "low": pl.Float64 if scale > 1 else pl.Int64,
                "high": pl.Float64 if scale > 1 else pl.Int64,
            },
        )


def attack_table(
    tables: pl.DataFrame | Mapping[str, pl.DataFrame],
    spec: Given,
    *,
    exact: bool | None = None,
    progress: Progress = lambda _: None,
) -> Attack:
    """Infer what can be inferred.

    Args:
        tables: A published table, or several by name that may be put together.
        spec: Dimensions, how figures are published, threshold, requirement.
        exact: Whether to look for tables that reach the bounds; by default where there are at most 500 cells.

    Raises:
        UserError: ``PR-P066`` if what is published contradicts itself, and those of reading.
    """
    read = loaded(spec)
    frames = {"table": tables} if isinstance(tables, pl.DataFrame) else dict(tables)
    progress("Reading")
    public = read_public(read, frames)
    low, high = bounds(public)
    progress("Adding up")
    propagator = Propagator(public.relations)
    fixpoint = propagator.run(low, high, history=True)
    hidden = public.hidden
    free_high = np.where(hidden, high, BIG)
    free_low = np.where(hidden, low, 0)
    explainer = Explainer(
        public.relations, (low, high), (free_low, free_high), hidden & ~public.shown, events(fixpoint.history)
    )
    _consistent(public, fixpoint, explainer, (low, high))
    targets = np.flatnonzero(hidden)
    judged = targets[_judged(public, fixpoint)[targets]]
    wanted = exact if exact is not None else public.relations.cells <= SMALL_TABLE
    linear = read.spec.published.as_ == "exact"
    reached: dict[int, tuple[int, int, bool, tuple[int, ...] | None]] = {}
    looked = "Bounds come from adding up row by row: nobody who adds up can know less, somebody might know more."
    if len(judged) and (wanted or linear):
        progress("Looking for tables")
        values = _some_table(public, fixpoint)
        if values is None:
            looked += " No whole table was found within the nodes of the search."
        else:
            reached = _narrowed(public, values, (low, high), judged, wanted)
            looked = (
                "Bounds come from adding up and from integer programs: those marked exact are the limits of what is "
                "possible."
                if wanted
                else "Bounds come from adding up and from linear programs over the hidden cells."
            )
    seen = [_seen(public, int(cell), fixpoint, explainer, reached.get(int(cell)), (low, high)) for cell in targets]
    return Attack(tuple(seen), tuple(public.notes), looked, public)


def _consistent(public: Public, fixpoint: Fixpoint, explainer: Explainer, given: tuple[Ints, Ints]) -> None:
    wrong = np.flatnonzero(fixpoint.low > fixpoint.high)
    if not len(wrong):
        return
    cell, low, high = _crossing(fixpoint, given)
    why = explainer.why((cell, LOW, low), (cell, HIGH, high))
    told = _figures(public, sorted(why), None)
    raise UserError(
        "PR-P066",
        f"what is published contradicts itself: [{public.relations.names.of(cell)}] would be at least "
        f"{figure_words(low, public.cells.places)} and at most {figure_words(high, public.cells.places)}, from {told}.",
        fix="Say how figures are `published` (exact, rounded to which base), which totals leave hidden cells out "
        "(`totals: shown`), or mend the hierarchy.",
    )


def _crossing(fixpoint: Fixpoint, given: tuple[Ints, Ints]) -> tuple[int, int, int]:
    """The first cell whose bounds cross, with these; afterwards they only run away from each other."""
    low, high = given[0].copy(), given[1].copy()
    for lower, upper in fixpoint.history:
        low[lower.cells], high[upper.cells] = lower.bounds, upper.bounds
        crossed = np.flatnonzero(low > high)
        if len(crossed):
            break
    cell = int(np.flatnonzero(low > high)[0])
    return cell, int(low[cell]), int(high[cell])


def _judged(public: Public, fixpoint: Fixpoint) -> Mask:
    """Hidden cells that the requirement is about: not those known to be hidden for the sake of others."""
    out = public.hidden
    for state in public.state.values():
        out &= state != OTHER
    spec = public.cells.loaded.spec
    threshold = spec.rule.threshold if spec.counts else None
    if threshold is not None:
        out &= fixpoint.low < threshold
    return out


def too_narrow(low: int, high: int, spec: Spec) -> bool:
    """Whether no value from ``low`` to ``high`` would be protected as required by knowing that it lies there."""
    need = spec.requirement
    if high >= BIG // 2:
        return False
    if need.around is not None:
        return high < need.around if low == 0 else high - low < 2 * need.around
    percents = (need.lower_percent, need.upper_percent, need.sliding_percent)
    if any(percent is not None for percent in percents) or (need.width is None and not spec.counts):
        given = any(percent is not None for percent in percents)
        lower, upper, sliding = (
            Fraction(str(p or 0)) / 100 for p in (percents if given else (MARGIN_PERCENT,) * 2 + (0,))
        )
        # A value x is protected if x (1 - lower) >= low and x (1 + upper) <= high.
        least = Fraction(low) if lower >= 1 else low / (1 - lower)
        return least > high / (1 + upper) or high - low < sliding * least or low == high
    return high - low < (need.width if need.width is not None else default_width(spec))


def _some_table(public: Public, fixpoint: Fixpoint) -> Ints | None:
    """Any whole table that agrees with everything published."""
    relations = public.relations
    low, high = fixpoint.low, np.minimum(fixpoint.high, BIG)
    open_ = low < high
    if not open_.any():
        return low.copy()
    number = np.cumsum(open_) - 1
    entry = open_[relations.cell]
    fixed = np.zeros(relations.rows, np.int64)
    np.add.at(fixed, relations.row_of[~entry], (relations.coef * low[relations.cell])[~entry])
    lengths = np.bincount(relations.row_of[entry], minlength=relations.rows)
    start = np.concatenate([[0], np.cumsum(lengths)])
    solver = quiet()
    solver.setOptionValue("mip_max_nodes", NODES)
    rows = (start, number[relations.cell[entry]], relations.coef[entry])
    lp = model(
        np.zeros(int(open_.sum())), low[open_], high[open_], rows, relations.low - fixed, relations.high - fixed, True
    )
    solver.passModel(lp)
    solver.run()
    status = solver.getModelStatus()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        raise UserError(
            "PR-P066",
            "what is published contradicts itself: no table of whole numbers agrees with all of it.",
            fix="Say how figures are `published` (exact, rounded to which base), and look at the hierarchies.",
        )
    values = low.copy()
    point = np.round(np.array(solver.getSolution().col_value)).astype(np.int64)
    if len(point) != int(open_.sum()):
        return None
    values[open_] = point
    sums = relations.sums(values)
    good = ((values >= low) & (values <= high)).all() and ((sums >= relations.low) & (sums <= relations.high)).all()
    return values if good else None


def _narrowed(
    public: Public, values: Ints, given: tuple[Ints, Ints], judged: Ints, whole: bool
) -> dict[int, tuple[int, int, bool, tuple[int, ...] | None]]:
    """For cells looked at more closely: bounds, whether they are reached, and the published cells blamed, if told."""
    count = public.relations.cells
    mask = np.zeros(count, bool)
    mask[judged] = True
    low, high = given
    free_low, free_high = np.where(mask, low, np.minimum(low, 0)), np.where(mask, high, BIG)
    hidden = public.hidden & ~public.shown
    unpublished = ~(public.shown | hidden)
    knowledge = Knowledge(low, high, np.where(hidden, low, free_low), np.where(hidden, high, free_high))
    need = public.cells.loaded.spec.requirement
    width = need.width or (
        2 * need.around
        if need.around
        else default_width(public.cells.loaded.spec)
        if public.cells.loaded.spec.counts
        else 1
    )
    forced = np.zeros(count, bool)
    problem = Problem(
        public.relations, values, mask & hidden, knowledge, Requirement.width(count, width), forced,
        unpublished | (hidden & ~mask),
    )  # fmt: skip
    nothing = np.zeros(count, bool)
    out: dict[int, tuple[int, int, bool, tuple[int, ...] | None]] = {}
    if public.cells.loaded.spec.published.as_ == "exact":
        for leak in Audit(problem).leaks(nothing):
            out[leak.cell] = (leak.low, leak.high, False, tuple(sorted(leak.cells)))
    if whole:
        for each in narrow(problem, nothing, exact=True):
            blamed = out[each.cell][3] if each.cell in out else tuple(sorted(each.cells)) or None
            low_, high_ = each.low, each.high
            if each.cell in out:
                low_, high_ = max(low_, out[each.cell][0]), min(high_, out[each.cell][1])
            out[each.cell] = (low_, high_, each.exact, blamed)
    return out


def _seen(
    public: Public,
    cell: int,
    fixpoint: Fixpoint,
    explainer: Explainer,
    closer: tuple[int, int, bool, tuple[int, ...] | None] | None,
    given: tuple[Ints, Ints],
) -> Seen:
    spec, names = public.cells.loaded.spec, public.relations.names
    low, high, exact = int(fixpoint.low[cell]), int(fixpoint.high[cell]), low_is_high(fixpoint, cell)
    wanted = [(cell, LOW, low)] if low > 0 else []
    wanted += [(cell, HIGH, high)] if high < BIG // 2 else []
    why: Sequence[int] = sorted(explainer.why(*wanted)) if wanted else ()
    if closer is not None:
        if (closer[0], closer[1]) != (low, high) and closer[0] >= low and closer[1] <= high:
            why = closer[3] if closer[3] is not None else why
            low, high = closer[0], closer[1]
        exact = exact or closer[2]
    below = bool(_judged_one(public, cell, low)) and too_narrow(low, high, spec)
    sentence = f"[{names.of(cell)}] is {interval_words(low, high, public.cells.places)}"
    shown = public.figures(cell)
    if shown:
        sentence += f": hidden in one table, it is {figure_words(shown[0][1], public.cells.places)} in `{shown[0][0]}`."
    elif why:
        sentence += f", known from {_figures(public, why, given)}."
    else:
        sentence += "."
    tables = tuple(name for name, state in public.state.items() if state[cell] > SHOWN)
    from_ = tuple(names.of(each) for each in why)
    return Seen(cell, names.of(cell), tables, low, None if high >= BIG // 2 else high, exact, from_, below, sentence)


def low_is_high(fixpoint: Fixpoint, cell: int) -> bool:
    """Whether adding up leaves one value: then nothing narrower is possible."""
    return bool(fixpoint.low[cell] == fixpoint.high[cell])


def _judged_one(public: Public, cell: int, low: int) -> bool:
    spec = public.cells.loaded.spec
    if any(state[cell] == OTHER for state in public.state.values()):
        return False
    return not (spec.counts and spec.rule.threshold is not None and low >= spec.rule.threshold)


def _figures(public: Public, cells: Sequence[int], given: tuple[Ints, Ints] | None) -> str:
    """Published cells with their figures: ``[A] (78), [A, x] (30, so 28 to 32)``."""
    places, out = public.cells.places, []
    for cell in list(cells)[:MOST_NAMED]:
        figures = public.figures(cell)
        told = " and ".join(dict.fromkeys(figure_words(figure, places) for _, figure in figures)) or "hidden"
        if given is not None and figures and given[0][cell] != given[1][cell]:
            told += f", so {interval_words(int(given[0][cell]), int(given[1][cell]), places)}"
        told += "".join(
            f"; its {figure_words(f, places)} in `{name}` leaves hidden cells out"
            for name, f in public.dropped.get(cell, ())
        )
        out.append(f"[{public.relations.names.of(cell)}] ({told})")
    more = f" and {len(cells) - MOST_NAMED:,} more" if len(cells) > MOST_NAMED else ""
    return ", ".join(out) + more


def with_seen(found: Attack, seen: Sequence[Seen]) -> Attack:
    """The same attack with other cells in it (a part, for a picture)."""
    return replace(found, seen=tuple(seen))
