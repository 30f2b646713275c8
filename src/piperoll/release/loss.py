"""What disclosure control took from an edition: counts not shown, by table and level.

Counted from protected cells, so it tells no more than a reader can count who knows which hidden counts are small. What
that means in cases is worked out from published figures alone: the exact sum of hidden counts would be one more figure
to work them out from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from piperoll.protect.primary import COUNTS, DERIVED
from piperoll.register.model.publication import Dimension, Publication, Table
from piperoll.register.model.register import Register
from piperoll.release.layout import Names, dimensions_of
from piperoll.tabulate import Hierarchy


WITHHELD = ("small", "secondary")


@dataclass(frozen=True)
class Part:
    """One level of a table, or a whole table that has none.

    Attributes:
        table: Name of the table. number: Its number in the workbook.
        level: Level of the dimension that has a national one, in words; empty for the whole table.
        counts: Different counts, shown or hidden; those that cannot be known are left out.
        small: Hidden for being small. also: Hidden so that those cannot be worked out.
        cases: Share (0 to 1) of everything counted that the shown figures of the finest breakdown do not account for;
            None where it cannot be told.
    """

    table: str
    number: str
    level: str
    counts: int
    small: int
    also: int
    cases: float | None

    @property
    def hidden(self) -> int:
        """Counts not shown."""
        return self.small + self.also

    @property
    def share(self) -> float:
        """Share of the counts that are not shown, 0 to 1."""
        return self.hidden / self.counts if self.counts else 0.0


@dataclass(frozen=True)
class Loss:
    """What an edition lacks.

    Attributes:
        parts: Tables that hold counts, in order, each by level, coarsest first. Counts that stand in two
            tables count in both.
        counts, small, also: Of all tables, each different count once.
        derived, withheld: Percentages, rates and the like; how many of them are not shown.
    """

    parts: tuple[Part, ...]
    counts: int
    small: int
    also: int
    derived: int
    withheld: int

    def as_json(self) -> dict[str, Any]:
        """As the manifest holds it."""
        return {
            "counts": self.counts,
            "small": self.small,
            "also_hidden": self.also,
            "derived": self.derived,
            "derived_hidden": self.withheld,
            "by_table": [
                {
                    "table": part.table,
                    "level": part.level,
                    "counts": part.counts,
                    "small": part.small,
                    "also_hidden": part.also,
                    "share_of_counts": round(part.share, 4),
                    "share_of_cases": None if part.cases is None else round(part.cases, 2),
                }
                for part in self.parts
            ],
        }


def loss_of(register: Register, publication: Publication, cells: Mapping[str, pl.DataFrame]) -> Loss:
    """Count what is not shown.

    Args:
        cells: Protected cells of each table (`piperoll.protect.apply`).
    """
    parts: list[Part] = []
    frames = []
    for table in publication.tables:
        frame = cells[table.name].filter(~pl.col("support"))
        frames.append(frame.select("identity", "kind", "value", "reason", "marks"))
        parts += (part for part in _parts(register, publication, table, frame) if part.counts)
    everything = pl.concat(frames).unique("identity", keep="first", maintain_order=True)
    counts, small, also = _counted(everything)
    derived = everything.filter(pl.col("kind").is_in(DERIVED) & pl.col("value").is_not_null())
    withheld = derived.filter(pl.col("reason").is_in(["base", "source"])).height
    return Loss(tuple(parts), counts, small, also, derived.height, withheld)


def _counted(frame: pl.DataFrame) -> tuple[int, int, int]:
    known = frame.filter(pl.col("kind").is_in(COUNTS) & pl.col("value").is_not_null())
    known = known.unique("identity", keep="first", maintain_order=True)
    small, also = (known.filter(pl.col("reason") == reason).height for reason in WITHHELD)
    return known.height, small, also


def _parts(register: Register, publication: Publication, table: Table, frame: pl.DataFrame) -> Iterable[Part]:
    dimensions = dimensions_of(publication, table)
    split = _split(dimensions, table)
    total = _total(register, dimensions, table, frame)
    if split is None:
        yield _part(table, "", frame, _cases(register, dimensions, table, frame, None, total))
        return
    names = Names(register, (split,))
    for step in reversed(Hierarchy(register, split).steps):
        if step.name in table.rows[split.name]:
            level = frame.filter(pl.col(f"{split.name}_level") == step.name)
            cases = _cases(register, dimensions, table, level, split, total)
            yield _part(table, names.level(split, step.name), level, cases)


def _part(table: Table, level: str, frame: pl.DataFrame, cases: float | None) -> Part:
    return Part(table.name, table.number, level, *_counted(frame), cases)


def _split(dimensions: Sequence[Dimension], table: Table) -> Dimension | None:
    """The dimension that readers know the levels of: the one with a national level, where the table shows several."""
    for dimension in dimensions:
        if len(table.rows[dimension.name]) > 1 and any(level.national for level in dimension.levels):
            return dimension
    return None


def _total(register: Register, dimensions: Sequence[Dimension], table: Table, frame: pl.DataFrame) -> dict[str, float]:
    """Everything counted, by period, as the coarsest cells of the table show it; periods that they show whole."""
    top = _level(register, dimensions, table, frame, coarsest=True)
    by = top.group_by("period", maintain_order=True).agg(pl.col("shown").sum(), lost=pl.col("shown").null_count())
    return {period: shown for period, shown, lost in by.iter_rows() if not lost}


def _cases(
    register: Register,
    dimensions: Sequence[Dimension],
    table: Table,
    frame: pl.DataFrame,
    split: Dimension | None,
    total: Mapping[str, float],
) -> float | None:
    """Share of everything counted that the finest cells of ``frame`` do not show, over periods that nothing lacks."""
    finest = _level(register, [d for d in dimensions if d is not split], table, frame, coarsest=False)
    by = finest.group_by("period", maintain_order=True).agg(pl.col("shown").sum(), lost=pl.col("value").null_count())
    whole = {period: shown for period, shown, lost in by.iter_rows() if not lost and period in total}
    everything = sum(total[period] for period in whole)
    return min(1.0, max(0.0, 1 - sum(whole.values()) / everything)) if everything else None


def _level(
    register: Register, dimensions: Sequence[Dimension], table: Table, frame: pl.DataFrame, *, coarsest: bool
) -> pl.DataFrame:
    """Counts at the coarsest or the finest level of these dimensions, each once."""
    found = frame.filter(pl.col("kind").is_in(COUNTS))
    for dimension in dimensions:
        if dimension.steps:
            continue
        there = [s.name for s in Hierarchy(register, dimension).steps if s.name in table.rows[dimension.name]]
        found = found.filter(pl.col(f"{dimension.name}_level") == there[-1 if coarsest else 0])
    return found.unique("identity", keep="first", maintain_order=True)


__all__ = ["Loss", "Part", "loss_of"]
