"""From counts to cells: every combination of codes, derived measures, identities, marks, order."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from piperoll.derive.plan import Planned
from piperoll.periods import Period
from piperoll.register.model.publication import Measure, Publication, Table
from piperoll.register.model.register import Register
from piperoll.tabulate.cells import CELL_SCHEMA
from piperoll.tabulate.derived import add_derived
from piperoll.tabulate.identity import quote_code
from piperoll.tabulate.missing import (
    Gaps,
    Missing,
    areas_unknown,
    datasets_of,
    everyone_missing,
    followed_until,
)
from piperoll.tabulate.query import Axis


@dataclass(frozen=True)
class Frame:
    """Everything a table's cells depend on beside the counts."""

    register: Register
    publication: Publication
    table: Table
    axes: tuple[Axis, ...]
    measures: dict[str, Measure]
    rows: tuple[Period, ...]
    support: tuple[Period, ...]
    edition: Period
    missing: tuple[Missing, ...]
    planned: tuple[Planned, ...]

    @property
    def keys(self) -> list[str]:
        """Columns that say which cell of a measure it is."""
        return ["period", *(axis.name for axis in self.axes)]

    @property
    def columns(self) -> list[str]:
        """Code and level columns of the dimensions."""
        return [name for axis in self.axes for name in (axis.name, f"{axis.name}_level")]

    @property
    def periods(self) -> tuple[Period, ...]:
        """Periods shown and those only needed."""
        return (*self.rows, *self.support)


def assemble(frame: Frame, counts: pl.DataFrame) -> pl.DataFrame:
    """Cells of a table from what was counted (`piperoll.tabulate.query.count`)."""
    combinations = _combinations(frame, counts)
    cells = _counted(frame, combinations, counts)
    cells = _missing(frame, cells)
    cells = add_derived(frame, cells)
    shown = pl.col("measure").is_in(list(frame.table.measures)) & ~pl.col("period").is_in(
        [str(each) for each in frame.support]
    )
    cells = cells.with_columns(
        pl.lit(frame.table.name).alias("table"),
        (~shown).alias("support"),
        pl.col("marks").list.sort(),
    )
    return _ordered(frame, cells).select(
        *(pl.col(name).cast(kind) for name, kind in CELL_SCHEMA.items()), *frame.columns
    )


def _combinations(frame: Frame, counts: pl.DataFrame) -> pl.DataFrame:
    """Every code of every level shown, crossed, with the part of the identity they make.

    A code that is no longer valid is there only if something was counted under it.
    """
    first = min(each.start for each in frame.rows)
    last = max(each.end for each in frame.rows)
    whole = pl.DataFrame(
        {"_parts": [[]], "national": [True], "_place": [False]}, schema_overrides={"_parts": pl.List(pl.String)}
    )
    for number, axis in sorted(enumerate(frame.axes), key=lambda pair: pair[1].name):
        has_national = any(step.national for step in axis.hierarchy.steps)
        rows = []
        for rank, level in enumerate(axis.levels):
            step = axis.hierarchy.step(level)
            valid = set(axis.hierarchy.valid(level, first, last))
            counted = set(counts.filter(pl.col(f"{axis.name}_level") == level)[axis.name].unique())
            for place, code in enumerate(step.codes):
                if code not in valid and code not in counted:
                    continue
                canonical = axis.hierarchy.canonical.get(code, code)
                part = None if canonical is None else f"{quote_code(axis.name)}={quote_code(canonical)}"
                rows.append(
                    (
                        code,
                        level,
                        rank,
                        place,
                        part,
                        step.national or not has_national,
                        has_national and part is not None,
                    )
                )
        names = [axis.name, f"{axis.name}_level", f"_rank{number}", f"_place{number}", "_part", "_national", "_below"]
        codes = pl.DataFrame(rows, schema=names, orient="row", schema_overrides={"_part": pl.String})
        whole = whole.join(codes, how="cross").with_columns(
            pl.when(pl.col("_part").is_null())
            .then(pl.col("_parts"))
            .otherwise(pl.concat_list("_parts", "_part"))
            .alias("_parts"),
            pl.col("national") & pl.col("_national"),
            pl.col("_place") | pl.col("_below"),
        )
        whole = whole.drop("_part", "_national", "_below")
    return whole.with_columns(
        pl.col("_parts").list.join(";").alias("_codes"),
        pl.when("_place")
        .then(pl.lit(frame.publication.geography_version))
        .otherwise(pl.lit(""))
        .alias("geography_version"),
    ).drop("_parts", "_place")


def _counted(frame: Frame, combinations: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """Counted measures at every period and combination: a zero is a zero; no cases have no mean.

    A sum over rows none of which has a number is no zero: it is not available.
    """
    periods = pl.DataFrame({"period": [str(each) for each in frame.periods]})
    measures = pl.DataFrame(
        [(m.name, m.kind) for m in frame.measures.values() if m.kind not in ("rate", "share", "change")],
        schema=["measure", "kind"],
        orient="row",
    )
    full = periods.join(measures, how="cross").join(combinations, how="cross")
    cells = full.join(counts, on=[*frame.keys[:1], *frame.columns, "measure"], how="left")
    additive = pl.col("kind").is_in(["count", "sum", "stock", "distinct"])
    n = pl.col("n").fill_null(0)
    value = pl.when(additive).then(pl.col("value").fill_null(0.0)).otherwise(pl.col("value"))
    value = pl.when(pl.col("kind") == "progression").then(100.0 * value / n).otherwise(value)
    known = pl.col("known").fill_null(True)
    value = pl.when((additive & known) | (n > 0)).then(value).otherwise(None)
    mark = (
        pl.when(~known)
        .then(pl.lit(["x"]))
        .when(additive | (n > 0))
        .then(pl.lit([], dtype=pl.List(pl.String)))
        .otherwise(pl.lit(["z"]))
    )
    return _with_identity(
        _censored(
            frame,
            cells.with_columns(
                value.alias("value"),
                n.alias("n"),
                mark.alias("marks"),
                pl.lit("").alias("of"),
                pl.lit("").alias("base"),
                pl.lit(None, dtype=pl.Float64).alias("denominator"),
                pl.lit(None, dtype=pl.Float64).alias("per"),
            ),
        )
    )


def _with_identity(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.with_columns(
        pl.concat_str(
            pl.col("measure").replace({name: quote_code(name) for name in cells["measure"].unique()}),
            "_codes",
            pl.col("geography_version").replace(
                {name: quote_code(name) for name in cells["geography_version"].unique()}
            ),
            "period",
            separator="|",
        ).alias("identity")
    )


def _censored(frame: Frame, cells: pl.DataFrame) -> pl.DataFrame:
    """Progressions that have not been followed long enough are not available, whatever has been counted so far."""
    within = next((axis for axis in frame.axes if axis.elapsed), None)
    if within is None:
        return cells
    known = pl.DataFrame(
        [
            (str(period), str(n))
            for period in frame.periods
            for n in within.hierarchy.dimension.steps
            if Period.containing(period.end, "quarter").shift(n).end <= frame.edition.end
        ],
        schema={"period": pl.String, within.name: pl.String},
        orient="row",
    ).with_columns(pl.lit(True).alias("_known"))
    cells = cells.join(known, on=["period", within.name], how="left")
    return cells.with_columns(
        pl.when("_known").then("value").otherwise(None).alias("value"),
        pl.when("_known").then("marks").otherwise(pl.lit(["x"])).alias("marks"),
    ).drop("_known")


def _missing(frame: Frame, cells: pl.DataFrame) -> pl.DataFrame:
    """Mark what missing deliveries leave unknown, and name the suppliers that the whole leaves out."""
    none = pl.lit([], dtype=pl.List(pl.String))
    cells = cells.with_columns(none.alias("missing"))
    if not frame.missing:
        return cells
    parts = []
    gaps = Gaps.of(frame.missing)
    steps = next((max(a.hierarchy.dimension.steps) for a in frame.axes if a.elapsed), 0)
    datasets = {m.name: datasets_of(frame.planned, m.model, frame.register) for m in frame.measures.values() if m.model}
    for (period_text, name), part in cells.group_by("period", "measure", maintain_order=True):
        period = Period.parse(str(period_text))
        measure = frame.measures[str(name)]
        # Of a stock the last month alone tells.
        begun = period.end.replace(day=1) if measure.kind == "stock" else period.start
        end = followed_until(period, measure.followed)
        if steps:
            end = min(followed_until(period, steps), frame.edition.end)
        gone = gaps.suppliers(datasets[str(name)], begun, end)
        if not gone:
            parts.append(part)
            continue
        unknown = areas_unknown(frame.publication, frame.axes, gone)
        lost = pl.lit(everyone_missing(frame.register, frame.publication, gaps, datasets[str(name)], begun, end))
        for axis, codes in unknown.items():
            lost = lost | pl.col(axis).is_in(sorted(codes))
        parts.append(
            part.with_columns(
                pl.lit(list(gone)).alias("missing"),
                pl.when(lost).then(None).otherwise(pl.col("value")).alias("value"),
                pl.when(lost).then(pl.lit(["x"])).otherwise(pl.col("marks")).alias("marks"),
            )
        )
    return pl.concat(parts)


def _ordered(frame: Frame, cells: pl.DataFrame) -> pl.DataFrame:
    measures = {name: place for place, name in enumerate(frame.measures)}
    order = {name: place for place, name in enumerate(frame.table.measures)} | {
        name: place + 1000 for name, place in measures.items() if name not in frame.table.measures
    }
    periods = {str(each): place for place, each in enumerate(frame.periods)}
    axes = range(len(frame.axes))
    return cells.sort(
        pl.col("measure").replace_strict(order, return_dtype=pl.Int64),
        pl.col("period").replace_strict(periods, return_dtype=pl.Int64),
        *(pl.col(f"{column}{number}") for number in axes for column in ("_rank", "_place")),
    )
