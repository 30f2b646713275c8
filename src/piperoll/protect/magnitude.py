"""Primary rules for tables of amounts (expenditure, fines): from contributions to cells with protection levels.

::

    cells = examine(contributions, ["region", "kind"], "amount", [Percent(10), Frequency(3)],
                    contributor="firm", holding="owner", unit="0.01")

What comes out has the levels that secondary suppression needs: the interval that anybody can infer for a sensitive cell
must reach from ``total - lower_level`` to ``total + upper_level``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

import polars as pl

from piperoll.errors import UserError
from piperoll.protect.magnitude_rules import Dominance, Frequency, Percent, PriorPosterior, Rule
from piperoll.protect.upwards import Hierarchy, with_parents


__all__ = ["Dominance", "Frequency", "Percent", "PriorPosterior", "Rule", "examine"]

_WIDE, _OUT = pl.Int128, pl.Int64
_LARGEST = 2**53


def examine(
    contributions: pl.DataFrame,
    by: Sequence[str],
    value: str,
    rules: Sequence[Rule],
    *,
    contributor: str,
    holding: str | None = None,
    hierarchies: Mapping[str, Hierarchy] | None = None,
    unit: int | str | Decimal = 1,
) -> pl.DataFrame:
    """Add contributions up to cells and apply the rules.

    Contributions of one contributor to a cell are added up first; where ``holding`` names the owner, those of one owner
    are, since firms of one owner know each other's figures and stand or fall together. A contributor without an owner
    is its own.

    Args:
        contributions: A row a contribution.
        by: Columns that make a cell.
        value: Column of the amount, not negative.
        rules: Each on its own makes a cell sensitive; the levels of a cell are the largest that a rule asks.
        contributor: Column that tells contributors apart.
        holding: Column of the owner.
        hierarchies: For a column of ``by``, each code's parent: its totals are made too.
        unit: What amounts are whole multiples of: 1 for pounds, ``"0.01"`` for pence.

    Returns:
        A row a cell, in order of ``by``: those columns; in units, Int64: ``total``, ``n`` (contributors), ``top_1`` ...
        (the largest contributions, 0 where there are fewer); ``primary``; ``rules`` (those broken, as text);
        ``lower_level`` and ``upper_level`` (0 where the cell is not sensitive; the lower never below a total of 0).

    Raises:
        UserError: PR-P100 for a negative amount, PR-P101 for one that is missing, no number or no whole number of
            units, PR-P102 for no rule or a rule that means nothing, PR-P103 for a hierarchy with a cycle, PR-P104 for a
            missing column.
    """
    if not rules:
        raise UserError("PR-P102", "no rule is given.", fix="Give at least one, for example the p-percent rule.")
    needed = [*by, value, contributor, *([holding] if holding else [])]
    missing = [name for name in needed if name not in contributions.columns]
    if missing:
        raise UserError(
            "PR-P104",
            f"the contributions have no column {', '.join(f'`{name}`' for name in missing)}.",
            fix=f"Their columns are {', '.join(f'`{name}`' for name in contributions.columns)}.",
        )
    frame = contributions.select(
        *by, _owner=_owner(contributor, holding), _amount=_in_units(contributions, value, unit)
    )
    for name, parents in (hierarchies or {}).items():
        frame = with_parents(frame, name, parents)
    tops = max(2, *(rule.tops for rule in rules))
    cells = (
        frame.group_by(*by, "_owner")
        .agg(pl.col("_amount").sum())
        .group_by(*by)
        .agg(
            total=pl.col("_amount").sum(),
            n=pl.len().cast(_WIDE),
            _tops=pl.col("_amount").top_k(tops).sort(descending=True),
        )
        .sort(*by)
        .with_columns(
            pl.col("_tops").list.get(place, null_on_oob=True).fill_null(0).alias(f"top_{place + 1}")
            for place in range(tops)
        )
        .drop("_tops")
    )
    return _judged(cells, by, rules, tops)


def _judged(cells: pl.DataFrame, by: Sequence[str], rules: Sequence[Rule], tops: int) -> pl.DataFrame:
    zero = pl.lit(0, _WIDE)
    levels, broken = [], []
    for place, rule in enumerate(rules):
        excess, divisor = rule.excess()
        # Upwards to whole units: a level is a least.
        level = (excess + (divisor - 1)) // divisor
        levels.append(pl.when(excess > 0).then(level).otherwise(zero).alias(f"_level_{place}"))
        broken.append(pl.when(excess > 0).then(pl.lit(rule.name)).alias(f"_rule_{place}"))
    names = [f"_level_{place}" for place in range(len(rules))]
    frame = cells.with_columns(*levels, *broken).with_columns(upper_level=pl.max_horizontal(*names))
    return frame.select(
        *by,
        pl.col("total", "n", *(f"top_{place + 1}" for place in range(tops))).cast(_OUT),
        primary=pl.col("upper_level") > 0,
        rules=pl.concat_str(*(f"_rule_{place}" for place in range(len(rules))), separator="; ", ignore_nulls=True),
        lower_level=pl.min_horizontal("upper_level", "total").cast(_OUT),
        upper_level=pl.col("upper_level").cast(_OUT),
    )


def _owner(contributor: str, holding: str | None) -> pl.Expr:
    own = pl.concat_str(pl.lit("c:"), pl.col(contributor).cast(pl.String))
    if holding is None:
        return own
    return pl.coalesce(pl.concat_str(pl.lit("h:"), pl.col(holding).cast(pl.String)), own)


def _in_units(frame: pl.DataFrame, value: str, unit: int | str | Decimal) -> pl.Series:
    """Amounts as whole numbers of units, checked. Of a wrong one its row is told, never its value."""
    try:
        step = Decimal(str(unit))
    except InvalidOperation:
        step = Decimal(0)
    if not step.is_finite() or step <= 0:
        raise UserError("PR-P102", f"the unit is {unit!r}; it must be above 0.", fix='Write 1, or "0.01" for pence.')
    column = frame.get_column(value)
    if not column.dtype.is_numeric():
        raise UserError(
            "PR-P101",
            f"the amounts are {column.dtype}, not numbers.",
            where=f"column `{value}`",
            fix="Cast them first.",
        )
    if not frame.height:
        return pl.Series("_amount", [], dtype=_WIDE)
    wrong = column.is_null() | (column.is_nan() if column.dtype.is_float() else pl.Series([False])).fill_null(False)
    _refuse(
        wrong, value, "PR-P101", "amounts are missing", "Say 0 where nothing was paid; leave out who did not answer."
    )
    _refuse(
        column < 0,
        value,
        "PR-P100",
        "amounts are negative",
        "Dominance and p-percent measure a contributor's share of the total; with negative amounts the total may be "
        "smaller than a contribution, so a share says nothing, and a cell that is wide open would pass. Put refunds "
        "and payments in tables of their own, or protect the table of their absolute amounts and apply its pattern.",
    )
    if column.dtype.is_integer() and step == 1:
        return column.cast(_WIDE).rename("_amount")
    numbers = column.cast(pl.Float64) / float(step)
    whole = numbers.round()
    # Beyond 2^53 a float is no longer a whole number of pence that can be told from its neighbour.
    far = ((numbers - whole).abs() > 1e-6 * numbers.abs().clip(1, 1e5)) | (whole > _LARGEST)
    _refuse(far, value, "PR-P101", f"amounts are no whole multiples of {unit}", "Give a smaller unit, or round first.")
    return whole.cast(_WIDE).rename("_amount")


def _refuse(wrong: pl.Series, column: str, code: str, what: str, fix: str) -> None:
    rows = wrong.arg_true()
    if len(rows):
        raise UserError(code, f"{len(rows)} {what}.", where=f"column `{column}`, first in row {rows[0] + 1}", fix=fix)
