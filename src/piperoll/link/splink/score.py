"""Pairs scored by a Splink model as Splink scores them: levels by DuckDB, whatever SQL they are; weights from chances.

::

    score_pairs("model.json", {"people": people}, pairs)    # weight, probability, gamma of each comparison
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from math import log2
from pathlib import Path
from typing import Any

import polars as pl

from piperoll.errors import UserError
from piperoll.link.splink.model import SplinkComparison, SplinkModel, read_model, untrained
from piperoll.register.shape import nearest
from piperoll.store.duck import Connection, DuckError, connect, leave, quote_name


AT_ONCE = 500_000  # pairs


def score_pairs(
    settings: Path | str | Mapping[str, Any] | SplinkModel,
    frames: Mapping[str, pl.DataFrame],
    pairs: pl.DataFrame,
    *,
    frequencies: Mapping[str, pl.DataFrame] | None = None,
    memory_mb: int = 2048,
) -> pl.DataFrame:
    """Score ``pairs`` of records.

    Args:
        frames: Records, by name of their file; in each, the column that the model names tells records apart.
        pairs: ``record_l`` and ``record_r``, and with more than one frame ``file_l`` and ``file_r``. Conditions that
            treat the two differently see them so; Splink itself puts the lesser name on the left.
        frequencies: By column, a table of its values (under the column's name) and their shares (``tf_`` and its
            name), in place of those in ``frames``.
        memory_mb: What DuckDB may use, in MiB.

    Returns:
        The pairs in their order, with ``weight`` (bits), ``probability`` and ``gamma_`` for each comparison.

    Raises:
        UserError: ``PR-L003`` a column that is not there, ``PR-L004`` records named twice, ``PR-L021`` SQL that is not
            run, ``PR-L023`` no settings, ``PR-L025`` a level without chances, ``PR-L026`` pairs of unknown records,
            ``PR-L027`` SQL that fails on these columns.
    """
    model = read_model(settings)
    check_trained(model)
    records, adjusted, names = gathered(model, frames, frequencies or {})
    scored = weighed(model, records, adjusted, _numbered(model, names, len(frames) > 1, pairs), memory_mb)
    keys = [name for name in ("file_l", "record_l", "file_r", "record_r") if name in pairs.columns]
    return pl.concat([pairs.select(keys), scored], how="horizontal")


def check_trained(model: SplinkModel) -> None:
    """Refuse a model with levels that have no chances.

    Raises:
        UserError: ``PR-L025``.
    """
    for comparison in model.comparisons:
        for each in comparison.levels:
            if not each.null and (each.m is None or each.u is None):
                raise untrained(each)


def weighed(
    model: SplinkModel, records: pl.DataFrame, adjusted: list[str], numbered: pl.DataFrame, memory_mb: int
) -> pl.DataFrame:
    """``weight``, ``probability`` and ``gamma_`` of pairs of `gathered` records, in their order.

    Args:
        numbered: ``pair`` (0 and up), ``l`` and ``r``: the ``n`` of both.
    """
    parts = _levels(model, records, adjusted, numbered, memory_mb)
    weights = [_weight(each) for each in model.comparisons]
    weight = pl.sum_horizontal(pl.lit(log2(model.prior / (1 - model.prior))), *weights, ignore_nulls=False)
    chance = 1.0 / (1.0 + (pl.lit(2.0) ** -pl.col("weight").clip(-1000.0, 1000.0)))
    gammas = [f"gamma_{each.name}" for each in model.comparisons]
    scored = parts.with_columns(weight.alias("weight")).with_columns(chance.alias("probability"))
    return scored.select("weight", "probability", *gammas)


def gathered(
    model: SplinkModel,
    frames: Mapping[str, pl.DataFrame],
    frequencies: Mapping[str, pl.DataFrame],
    more: Set[str] = frozenset(),
) -> tuple[pl.DataFrame, list[str], pl.DataFrame]:
    """All records under one another.

    Args:
        more: Columns that are needed besides those of the model.

    Returns:
        Their columns with ``n``, those that are adjusted with their frequencies as ``tf_``; which are adjusted;
        ``file`` and ``record`` of each.
    """
    records, adjusted = _records(model, frames, frequencies, more)
    return records, adjusted, _names(model, frames)


def _records(
    model: SplinkModel, frames: Mapping[str, pl.DataFrame], frequencies: Mapping[str, pl.DataFrame], more: Set[str]
) -> tuple[pl.DataFrame, list[str]]:
    known = {each.lower() for each in model.columns}
    wanted = sorted(model.columns | {each for each in more if each.lower() not in known})
    parts = []
    for name, frame in frames.items():
        at = {each.lower(): each for each in frame.columns}
        for column in wanted:
            if column.lower() not in at:
                fix = nearest(column, frame.columns) or f"Its columns are {', '.join(frame.columns[:30])}."
                raise UserError("PR-L003", f"there is no column `{column}`.", where=name, fix=fix)
        parts.append(frame.select(pl.col(at[column.lower()]).alias(column) for column in wanted))
    records = pl.concat(parts, how="vertical_relaxed")
    adjusted = sorted({each.tf_column for one in model.comparisons for each in one.levels if each.tf_column})
    for column in adjusted:
        records = records.with_columns(_frequency(records[column], frequencies.get(column)).alias(f"tf_{column}"))
    return records.with_row_index("n"), adjusted


def _frequency(values: pl.Series, given: pl.DataFrame | None) -> pl.Series:
    """Share of each record's value among all values; null for null."""
    name = values.name
    if given is None:
        total = max(len(values) - values.null_count(), 1)
        return values.to_frame().select(
            pl.when(pl.col(name).is_not_null()).then(pl.len().over(name) / total)).to_series()  # fmt: skip
    table = given.select(pl.col(name).cast(values.dtype), pl.col(f"tf_{name}").cast(pl.Float64).alias("share"))
    return values.to_frame().join(table.unique(name), on=name, how="left", maintain_order="left")["share"]


def _names(model: SplinkModel, frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """``file`` and ``record`` of all records."""
    known = []
    for name, frame in frames.items():
        if model.record not in frame.columns:
            fix = nearest(model.record, frame.columns) or f"Its columns are {', '.join(frame.columns[:30])}."
            raise UserError("PR-L003", f"there is no column `{model.record}`.", where=name, fix=fix)
        ids = frame[model.record].cast(pl.String)
        if ids.n_unique() != len(ids) or ids.null_count():
            raise UserError("PR-L004", "records bear the same name, or none.", where=name,
                            fix=f"Name each record differently in `{model.record}`.")  # fmt: skip
        known.append(pl.DataFrame({"file": pl.repeat(name, len(ids), dtype=pl.String, eager=True), "record": ids}))
    return pl.concat(known)


def _numbered(model: SplinkModel, names: pl.DataFrame, several: bool, pairs: pl.DataFrame) -> pl.DataFrame:
    """Positions of both records of each pair among all records."""
    table = names.with_row_index("n")
    out = {}
    for side in ("l", "r"):
        at = [f"record_{side}"]
        if several:
            at.insert(0, f"file_{side}")
        missing = [each for each in at if each not in pairs.columns]
        if missing:
            raise UserError("PR-L026", f"the pairs have no column `{missing[0]}`.",
                            fix="Give `record_l`, `record_r`; of several files `file_l`, `file_r`, too.")  # fmt: skip
        sought = pairs.select(pl.col(at).cast(pl.String))
        on = [each[:-2] for each in at]
        joined = sought.join(table.select(*on, "n"), left_on=at, right_on=on, how="left", maintain_order="left")
        if joined["n"].null_count():
            raise UserError("PR-L026", f"{joined['n'].null_count():,} pairs name a record that is in no file.",
                            fix=f"Name records as `{model.record}` does.")  # fmt: skip
        out[side] = joined["n"]
    return pl.DataFrame(out).with_row_index("pair")


def _levels(
    model: SplinkModel, records: pl.DataFrame, adjusted: list[str], pairs: pl.DataFrame, memory_mb: int
) -> pl.DataFrame:
    """``gamma_`` of each comparison, and frequencies of both records, of each pair in order."""
    columns = [name for name in records.columns if name != "n"]
    sides = ", ".join(
        f"{side}.{quote_name(name)} AS {quote_name(f'{name}_{side}')}" for name in columns for side in "lr"
    )
    said = [_case(each) for each in model.comparisons]
    said += [quote_name(f"tf_{name}_{side}") for name in adjusted for side in "lr"]
    with opened(records, memory_mb, model.name) as con:
        out = []
        for first in range(0, max(len(pairs), 1), AT_ONCE):
            con.register("given_pairs", pairs.slice(first, AT_ONCE).to_arrow())
            query = (
                f'SELECT {", ".join(said)} FROM (SELECT p.pair AS "pair", {sides} FROM given_pairs p '
                'JOIN records l ON l.n = p.l JOIN records r ON r.n = p.r) ORDER BY "pair"'
            )
            out.append(con.sql(query).pl())
            con.unregister("given_pairs")
        return pl.concat(out)


@contextmanager
def opened(records: pl.DataFrame, memory_mb: int, where: str) -> Iterator[Connection]:
    """A connection with the table ``records`` and nothing else: no files, no settings, no network.

    Raises:
        UserError: ``PR-L027`` for what fails in it.
    """
    con = connect(memory_mb=memory_mb)
    try:
        con.register("given_records", records.to_arrow())
        con.execute("CREATE TABLE records AS SELECT * FROM given_records").fetchall()
        con.unregister("given_records")
        con.execute("SET enable_external_access=false")
        con.execute("SET python_enable_replacements=false")
        con.execute("SET lock_configuration=true")
        yield con
    except DuckError as error:
        kind = type(error).__name__
        raise UserError("PR-L027", f"DuckDB cannot work out the model's SQL on these columns ({kind}).", where=where,
                        fix="Do the columns have the types that the model's SQL expects: text, dates, lists?",
                        ) from None  # fmt: skip
    finally:
        leave(con)


def _case(comparison: SplinkComparison) -> str:
    whens = []
    for gamma, level in zip(comparison.gammas, comparison.levels, strict=True):
        if level.tree is None:
            whens.append(f"ELSE {gamma}")
            break
        whens.append(f"WHEN {level.sql} THEN {gamma}")
    return f"CAST(CASE {' '.join(whens)} END AS TINYINT) AS {quote_name(f'gamma_{comparison.name}')}"


def _weight(comparison: SplinkComparison) -> pl.Expr:
    """Match weight of the level of a comparison, adjusted for frequency, in bits."""
    gamma = pl.col(f"gamma_{comparison.name}")
    out = pl.lit(None, pl.Float64)
    for number, level in zip(comparison.gammas, comparison.levels, strict=True):
        weight = pl.lit(0.0)
        if not level.null:
            assert level.m is not None and level.u is not None
            weight = pl.lit(log2(level.m / level.u))
            if level.tf_column:
                both = [pl.col(f"tf_{level.tf_column}_{side}") for side in "lr"]
                common = pl.max_horizontal(*both)
                rare = log2(comparison.tf_base(level)) - common.clip(lower_bound=level.tf_least).log(2)
                weight += pl.when(common.is_not_null()).then(level.tf_weight * rare).otherwise(0.0)
        out = pl.when(gamma == number).then(weight).otherwise(out)
    return out
