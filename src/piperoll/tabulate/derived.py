"""Rates, shares and percentage changes, from counts that are cells themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from piperoll.register.model.publication import Measure
from piperoll.tabulate.identity import quote_code
from piperoll.tabulate.spans import earlier


if TYPE_CHECKING:
    from piperoll.tabulate.assemble import Frame


def add_derived(frame: Frame, cells: pl.DataFrame) -> pl.DataFrame:
    """Counted cells and those derived from them; where a part is not known, neither is what is made of it."""
    parts = [cells]
    for measure in frame.measures.values():
        if measure.kind == "change":
            parts.append(_change(frame, cells, measure))
        elif measure.kind == "share":
            parts.append(_share(frame, cells, measure))
        elif measure.kind == "rate":
            parts.append(_rate(frame, cells, measure))
    return pl.concat([part.select(cells.columns) for part in parts])


def _rows(frame: Frame, cells: pl.DataFrame, measure: str | None) -> pl.DataFrame:
    rows = [str(each) for each in frame.rows]
    return cells.filter((pl.col("measure") == measure) & pl.col("period").is_in(rows))


def _as(frame: Frame, cells: pl.DataFrame, measure: Measure, value: pl.Expr, n: pl.Expr) -> pl.DataFrame:
    """Cells of a derived measure from those of the count it is made of, with ``_`` columns of the base."""
    other = pl.col("_value")
    unknown = pl.col("marks").list.contains("x") | pl.col("_marks").list.contains("x")
    made = pl.when(unknown).then(None).otherwise(value)
    made_of = quote_code(measure.of or measure.numerator or "")
    name = pl.concat_str(pl.lit(quote_code(measure.name)), pl.col("identity").str.slice(len(made_of)))
    return cells.with_columns(
        pl.lit(measure.name).alias("measure"),
        pl.lit(measure.kind).alias("kind"),
        made.alias("value"),
        n.alias("n"),
        pl.when(unknown)
        .then(pl.lit(["x"]))
        .when(value.is_null() | other.is_null())
        .then(pl.lit(["z"]))
        .otherwise(pl.lit([], dtype=pl.List(pl.String)))
        .alias("marks"),
        pl.col("identity").alias("of"),
        pl.col("_identity").alias("base"),
        pl.col("missing").list.set_union(pl.col("_missing")).list.sort().alias("missing"),
        name.alias("identity"),
        pl.lit(float(measure.per)).alias("per"),
    )


def _with_base(left: pl.DataFrame, right: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    base = right.select(
        *keys, *(pl.col(name).alias(f"_{name}") for name in ("value", "n", "marks", "missing", "identity"))
    )
    return left.join(base, on=keys, how="left", maintain_order="left")


def _change(frame: Frame, cells: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    before = {str(each): str(earlier(each, measure)) for each in frame.rows}
    later = _rows(frame, cells, measure.of).with_columns(
        pl.col("period").replace_strict(before, return_dtype=pl.String).alias("_before")
    )
    base = cells.filter(pl.col("measure") == measure.of).rename({"period": "_before"})
    keys = ["_before", *frame.columns]
    joined = _with_base(later, base, keys)
    value = pl.when(pl.col("_value") != 0).then(100.0 * (pl.col("value") - pl.col("_value")) / pl.col("_value"))
    return _as(frame, joined, measure, value, pl.col("_n"))


def _share(frame: Frame, cells: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    joined = _with_base(
        _rows(frame, cells, measure.numerator),
        _rows(frame, cells, measure.denominator),
        ["period", *frame.columns],
    )
    value = pl.when(pl.col("_value") != 0).then(100.0 * pl.col("value") / pl.col("_value"))
    return _as(frame, joined, measure, value, pl.col("_n"))


def _rate(frame: Frame, cells: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    """A rate over a measure, or over an attribute of a code list summed up its hierarchy."""
    rows = _rows(frame, cells, measure.numerator)
    name = measure.denominator or ""
    if name.startswith("codes:"):
        joined = _with_attribute(frame, rows, name.removeprefix("codes:"))
    else:
        joined = _with_base(rows, _rows(frame, cells, name), ["period", *frame.columns])
    value = pl.when(pl.col("_value") > 0).then(pl.col("value") / pl.col("_value") * float(measure.per))
    made = _as(frame, joined, measure, value, pl.col("n"))
    return made.with_columns(pl.col("_value").alias("denominator"))


def _with_attribute(frame: Frame, rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """The denominator: of a place, the attribute summed over its parts; without a place in the table, over all.

    No denominator at all (what is not known has no households) has no meaning, ``z``; one with a part missing is not
    available, ``x``.
    """
    listed, _, attribute = name.partition(".")
    empty = pl.lit([], dtype=pl.List(pl.String))
    for axis in frame.axes:
        levels = axis.hierarchy.dimension.levels
        if levels and levels[0].codes == listed:
            sums = axis.hierarchy.attribute(listed, attribute)
            known = {code: value for code, value in sums.items() if value is not None}
            parts = [code for code, value in sums.items() if value is None]
            return rows.with_columns(
                pl.col(axis.name).replace_strict(known, default=None, return_dtype=pl.Float64).alias("_value"),
                pl.when(pl.col(axis.name).is_in(parts)).then(pl.lit(["x"])).otherwise(empty).alias("_marks"),
                empty.alias("_missing"),
                pl.lit("").alias("_identity"),
            )
    codes = frame.register.codes[listed].codes
    numbers = [code.attributes.get(attribute) for code in codes]
    total = sum(float(each) for each in numbers if each) if all(numbers) else None
    return rows.with_columns(
        pl.lit(total, dtype=pl.Float64).alias("_value"),
        (empty if total is not None else pl.lit(["x"])).alias("_marks"),
        empty.alias("_missing"),
        pl.lit("").alias("_identity"),
    )
