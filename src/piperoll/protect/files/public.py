"""What published tables say: for each cell its figure, or that it is hidden; and totals that leave hidden cells out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.protect.attacker import Attacker, Mask, Shown
from piperoll.protect.files.cells import Cells, complete, decimals, dimension_columns, no_column, numbers, texts
from piperoll.protect.files.hierarchies import dimensions
from piperoll.protect.files.spec import Loaded
from piperoll.protect.relations import BIG, Ints, Relations
from piperoll.protect.tables import Table, link


ABSENT, SHOWN, HIDDEN, SMALL, OTHER = range(5)
SMALL_MARKS = ("primary", "small", "low")
OTHER_MARKS = ("secondary", "other")


@dataclass
class Public:
    """Published tables, linked.

    Attributes:
        cells: Codes and relations; ``added`` marks cells no table holds although its totals are there.
        state: For each table `ABSENT` to `OTHER`, one a variable.
        figure: For each table the figure as published, in units; 0 where none is.
        notes: Sentences on totals that leave hidden cells out.
        dropped: For each such total the table and its figure there.
    """

    cells: Cells
    state: dict[str, Ints]
    figure: dict[str, Ints]
    notes: list[str] = field(default_factory=list)
    dropped: dict[int, list[tuple[str, int]]] = field(default_factory=dict)

    @property
    def relations(self) -> Relations:
        return self.cells.linked.relations

    @property
    def hidden(self) -> Mask:
        """Cells that some table hides."""
        out = np.zeros(self.relations.cells, bool)
        for state in self.state.values():
            out |= state >= HIDDEN
        return out

    @property
    def shown(self) -> Mask:
        """Cells that some table shows."""
        out = np.zeros(self.relations.cells, bool)
        for state in self.state.values():
            out |= state == SHOWN
        return out

    def figures(self, cell: int) -> list[tuple[str, int]]:
        """Where and as what a cell is shown."""
        return [(name, int(self.figure[name][cell])) for name, state in self.state.items() if state[cell] == SHOWN]


def read_public(loaded: Loaded, tables: Mapping[str, pl.DataFrame]) -> Public:
    """Read published tables: a figure, or a mark in its place or in the column of marks.

    Raises:
        UserError: ``PR-P063`` for a column, ``PR-P064`` for a figure, ``PR-P061`` for a code that no hierarchy knows.
    """
    spec = loaded.spec
    plain = {name: texts(frame) for name, frame in tables.items()}
    for name, frame in plain.items():
        if spec.value not in frame.columns:
            raise no_column(spec.value, name, frame)
    found, levels = dimensions(loaded, list(plain.values()))
    rows: dict[str, pl.DataFrame] = {}
    for name, frame in plain.items():
        codes = dimension_columns(loaded, name, frame)
        value, status = frame[spec.value], _marks(frame, spec.status, spec.value)
        numeric = value.str.contains(r"^-?[\d,]*\.?\d+$|^-?[\d,]+\.?$")
        text = pl.select(pl.when(numeric & ~_hiding(status)).then(value).otherwise(pl.lit(""))).to_series()
        figure = numbers(text, decimals(loaded), f"{name}, column `{spec.value}`")
        if (figure < 0).any():
            raise UserError("PR-P043", "a published figure is below zero.", where=name, fix="Attack counts or amounts.")
        state = (
            pl.DataFrame({"figure": figure, "status": status})
            .select(
                pl.when(pl.col("figure").is_not_null()).then(SHOWN)
                .when(pl.col("status").is_in(SMALL_MARKS)).then(SMALL)
                .when(pl.col("status").is_in(OTHER_MARKS)).then(OTHER)
                .otherwise(HIDDEN).cast(pl.Int64)
            )
            .to_series()
        )  # fmt: skip
        whole = codes.with_columns(_figure=figure, _state=state)
        rows[name], _ = complete(whole, found, spec.limits.cells, name)
    frames = {name: frame.select(d.name for d in found if d.name in frame.columns) for name, frame in rows.items()}
    linked = link(found, [Table(name, frame) for name, frame in frames.items()])
    count = linked.relations.cells
    cells = Cells(loaded, found, levels, frames, linked, np.zeros(count, np.int64))
    public = Public(cells, {}, {})
    for name, frame in rows.items():
        public.state[name] = cells.spread({name: frame["_state"].fill_null(ABSENT).to_numpy()}, ABSENT)
        public.figure[name] = cells.spread({name: frame["_figure"].fill_null(0).to_numpy()})
    _totals_of_shown(public)
    return public


def _marks(frame: pl.DataFrame, status: str, value: str) -> pl.Series:
    """The mark of each row without brackets, in small letters: from its column, else from the figure's place."""
    column = frame[status] if status in frame.columns else pl.Series([""] * frame.height)
    bare = column.str.to_lowercase().str.strip_chars("[]() ")
    inside = frame[value].str.to_lowercase().str.strip_chars("[]() ")
    letters = inside.str.contains(r"^[a-z*.:~-]+$")
    return pl.select(pl.when(bare != "").then(bare).when(letters).then(inside).otherwise(pl.lit(""))).to_series()


def _hiding(status: pl.Series) -> pl.Series:
    """Marks that take back the figure beside them; others (``r``, ``p``) only say something about it."""
    return status.is_in(["c", "u", "x", *SMALL_MARKS, *OTHER_MARKS])


def bounds(public: Public) -> tuple[Ints, Ints]:
    """What the published figures alone leave for each cell, before anything is added up.

    Raises:
        UserError: ``PR-P066`` if two tables contradict each other about a cell.
    """
    cells, count = public.cells, public.relations.cells
    spec = cells.loaded.spec
    threshold = spec.rule.threshold if spec.counts else None
    attacker = Attacker(Shown(spec.published.as_), spec.base, threshold, spec.attacker.knows_status)
    exact = cells.select("published", "exact")
    low, high = np.zeros(count, np.int64), np.full(count, BIG)
    for name, state in public.state.items():
        figure = public.figure[name]
        least, most = attacker.of_shown(figure)
        if not spec.rule.zero and threshold is not None:
            # A count below the threshold is shown only if it is zero.
            most = np.where((figure == 0) & (most < threshold), 0, most)
        least, most = np.where(exact, figure, least), np.where(exact, figure, most)
        shown = state == SHOWN
        low, high = np.where(shown, np.maximum(low, least), low), np.where(shown, np.minimum(high, most), high)
        if threshold is not None and spec.attacker.knows_status:
            small, other = state == SMALL, state == OTHER
            low = np.where(small & (not spec.rule.zero), np.maximum(low, 1), low)
            high = np.where(small, np.minimum(high, threshold - 1), high)
            low = np.where(other & spec.rule.zero, np.maximum(low, threshold), low)
    wrong = np.flatnonzero(low > high)
    if len(wrong):
        cell = int(wrong[0])
        told = " and ".join(f"{figure:,} in `{name}`" for name, figure in public.figures(cell))
        raise UserError(
            "PR-P066",
            f"the tables contradict each other: [{public.relations.names.of(cell)}] is {told}.",
            fix="Say how figures are `published` (exact, rounded to which base), or attack the tables apart.",
        )
    return low, high


def _totals_of_shown(public: Public) -> None:
    """Take away totals that are sums of the shown cells alone: they say nothing about the hidden ones.

    Tools that blank out cells and then add up again make such totals. They are recognised where the specification says
    so, or where another table gives the same cell another figure.
    """
    said = {table.name for table in public.cells.loaded.spec.tables if table.totals == "shown"}
    names = list(public.state)
    clashing = {name: np.zeros(public.relations.cells, bool) for name in names}
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            both = (public.state[one] == SHOWN) & (public.state[other] == SHOWN)
            differ = both & (public.figure[one] != public.figure[other])
            clashing[one] |= differ
            clashing[other] |= differ
    for name in names:
        if name not in said and not clashing[name].any():
            continue
        partial = _partial(public.relations, public.state[name], public.figure[name])
        if name not in said and not (partial & clashing[name]).any():
            continue
        chosen = np.flatnonzero(partial).tolist()
        for cell in chosen:
            public.dropped.setdefault(cell, []).append((name, int(public.figure[name][cell])))
        public.state[name][partial] = ABSENT
        if chosen:
            first = chosen[0] if name in said else int(np.flatnonzero(partial & clashing[name])[0])
            public.notes.append(
                f"Totals of `{name}` leave its hidden cells out: [{public.relations.names.of(first)}] is "
                f"{int(public.figure[name][first]):,} there, the sum of the parts it shows."
            )


def _partial(relations: Relations, state: Ints, figure: Ints) -> Mask:
    """Shown totals that are the sum of their shown parts although a part is hidden, or is such a total itself."""
    partial = np.zeros(relations.cells, bool)
    if not relations.rows:
        return partial
    parent = relations.coef < 0
    total = np.zeros(relations.rows, np.int64)
    total[relations.row_of[parent]] = relations.cell[parent]
    part = np.where(parent, 0, np.where(state[relations.cell] == SHOWN, figure[relations.cell], 0))
    sums = np.add.reduceat(part, relations.start[:-1])
    absent = np.add.reduceat(((state[relations.cell] == ABSENT) & ~parent).astype(int), relations.start[:-1])
    while True:
        lacking = ((state[relations.cell] >= HIDDEN) | partial[relations.cell]) & ~parent
        rows = np.add.reduceat(lacking.astype(int), relations.start[:-1]) > 0
        found = total[rows & (absent == 0) & (state[total] == SHOWN) & (figure[total] == sums)]
        if partial[found].all():
            return partial
        partial[found] = True
