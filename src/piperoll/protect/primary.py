"""Primary rules: suppress small counts, round the others, and make derived figures from what is shown.

Below the national level a rate, share or percentage change is made again from the published rounded counts, since one
made from exact counts gives those counts away (an exact percentage to one decimal place identifies both counts of most
pairs with a base under 100).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import polars as pl

from piperoll.errors import UserError
from piperoll.register.model.policy import Policy


COUNTS = ("count", "sum", "stock", "distinct")
DERIVED = ("rate", "share", "change")
REASONS = {
    "small": "fewer than the policy's threshold",
    "secondary": "would give a smaller figure away",
    "base": "fewer cases in the earlier period than the policy asks for",
    "source": "made from a figure that is not shown",
    "national_only": "given for the national level only",
    "undefined": "no meaning: the base is zero",
}


def round_to_base(value: int | float, base: int | None) -> int | float:
    """The multiple of ``base`` nearest to ``value``, ties upwards; ``value`` itself without a base.

    >>> [round_to_base(v, 5) for v in (8, 12, 13, 29)]
    [10, 10, 15, 30]
    """
    return value if base is None else math.floor(value / base + 0.5) * base


def apply(
    cells: pl.DataFrame,
    policy: Policy | None,
    decimals: Mapping[str, int] | None = None,
    secondary: Collection[str] = (),
) -> pl.DataFrame:
    """Suppress small counts and those named, round the others, and make derived figures from what is shown.

    Args:
        cells: As `piperoll.tabulate` makes them: a row a cell, with every cell that a derived one is made from.
        policy: None shows everything exactly.
        decimals: Places of each measure; default none.
        secondary: Identities of counts that are suppressed so that others cannot be worked out.

    Raises:
        UserError: ``PR-P043`` for sums below zero.

    Returns:
        The same rows with ``shown`` (float, null where nothing is shown), ``marks`` (with ``c`` where suppressed, ``z``
        where a figure has no meaning) and ``reason`` (a key of `REASONS`, or empty).
    """
    refuse_negative(cells, policy)
    places = decimals or {}
    concerned = subject(policy)
    frame = cells.with_columns(_subject=concerned, _known=pl.col("value").is_not_null())
    frame = _counts(frame, policy, secondary)
    frame = _derived(frame, policy)
    rounded = [
        pl.when(pl.col("measure") == measure).then(_half_up(pl.col("shown"), digits))
        for measure, digits in places.items()
    ]
    if rounded:
        frame = frame.with_columns(shown=pl.coalesce(*rounded, pl.col("shown")))
    marks = pl.when(pl.col("_mark") != "").then(
        pl.concat_list(pl.col("marks"), pl.col("_mark")).list.unique().list.sort()
    )
    return frame.with_columns(marks=marks.otherwise(pl.col("marks"))).drop("_subject", "_known", "_mark")


def refuse_negative(cells: pl.DataFrame, policy: Policy | None) -> None:
    """Refuse sums below zero where small figures are hidden: a part of a whole can then be larger than it.

    Raises:
        UserError: ``PR-P043``.
    """
    if policy is None or policy.suppress_below is None:
        return
    wrong = cells.filter(pl.col("kind").is_in(COUNTS) & (pl.col("value") < 0))
    if wrong.height:
        raise UserError(
            "PR-P043",
            f"{wrong['identity'].n_unique():,} counts are below zero; the first is {wrong['identity'][0]}.",
            fix="Give counts, or magnitudes that cannot be negative.",
        )


def subject(policy: Policy | None) -> pl.Expr:
    if policy is None:
        return pl.lit(False)
    return pl.lit(True) if policy.applies == "all" else ~pl.col("national")


def _counts(frame: pl.DataFrame, policy: Policy | None, secondary: Collection[str]) -> pl.DataFrame:
    """Counts and sums: suppressed below the threshold or where named, else rounded; everything else exact for now."""
    value, protected = pl.col("value"), pl.col("_subject") & pl.col("kind").is_in(COUNTS)
    small, shown = pl.lit(False), value
    if policy is not None and policy.suppress_below is not None:
        small = value < policy.suppress_below
        if not policy.suppress_zero:
            small = small & (value != 0)
    if policy is not None and policy.round_to is not None:
        shown = (value / policy.round_to + 0.5).floor() * policy.round_to
    national_only = pl.lit(False)
    if policy is not None and policy.national_only:
        national_only = pl.col("_subject") & pl.col("kind").is_in(list(policy.national_only))
    small = (protected & small).fill_null(False)
    named = pl.col("identity").is_in(list(secondary)) & pl.col("kind").is_in(COUNTS) if secondary else pl.lit(False)
    hidden = small | named
    return frame.with_columns(
        shown=pl.when(hidden | national_only).then(None).when(protected).then(shown).otherwise(value),
        _mark=pl.when((hidden | national_only) & pl.col("_known")).then(pl.lit("c")).otherwise(pl.lit("")),
        reason=pl.when(national_only)
        .then(pl.lit("national_only"))
        .when(small)
        .then(pl.lit("small"))
        .when(named)
        .then(pl.lit("secondary"))
        .otherwise(pl.lit("")),
    )


def _derived(frame: pl.DataFrame, policy: Policy | None) -> pl.DataFrame:
    """Rates, shares and changes of protected cells: from the counts as shown, and hidden with any of those.

    A mark ``z`` made from exact counts (a base of zero) is taken away first: beside a suppressed base it would say that
    the base is zero.
    """
    if policy is None:
        return frame
    counts = frame.select("identity", _shown="shown", _hidden="_mark").unique(
        "identity", keep="first", maintain_order=True
    )
    joined = frame.join(
        counts.rename({"_shown": "_of", "_hidden": "_of_mark"}), left_on="of", right_on="identity", how="left"
    ).join(
        counts.rename({"_shown": "_base", "_hidden": "_base_mark"}),
        left_on="base",
        right_on="identity",
        how="left",
    )
    of, base, kind = pl.col("_of"), pl.col("_base"), pl.col("kind")
    exact = pl.lit(policy.change_from == "exact")
    made = (
        pl.when(exact)
        .then(pl.col("value"))
        .when(kind == "rate")
        .then(of / pl.col("denominator") * pl.col("per"))
        .when((kind == "share") & (base != 0))
        .then(of / base * 100)
        .when((kind == "change") & (base != 0))
        .then((of - base) / base * 100)
    )
    target = _target(pl.col("_subject") & kind.is_in(DERIVED))
    hidden = target & (pl.col("_of_mark").eq_missing("c") | pl.col("_base_mark").eq_missing("c"))
    undefined = target & ~hidden & made.is_null()
    out = joined.with_columns(
        shown=pl.when(hidden).then(None).when(target).then(made).otherwise(pl.col("shown")),
        marks=pl.when(target).then(pl.col("marks").list.set_difference(["z"])).otherwise(pl.col("marks")),
        _mark=pl.when(hidden).then(pl.lit("c")).when(undefined).then(pl.lit("z")).otherwise(pl.col("_mark")),
        reason=pl.when(hidden)
        .then(pl.lit("source"))
        .when(undefined)
        .then(pl.lit("undefined"))
        .otherwise(pl.col("reason")),
    ).drop("_of", "_base", "_of_mark", "_base_mark")
    return _base_rule(out, policy)


def _target(subject: pl.Expr) -> pl.Expr:
    """Protected cells, but not those that are not available in the first place."""
    return subject & ~pl.col("marks").list.contains("x")


def _base_rule(frame: pl.DataFrame, policy: Policy | None) -> pl.DataFrame:
    """A percentage change needs enough cases in the earlier period, counted exactly."""
    if policy is None or policy.change_minimum_base is None:
        return frame
    few = _target(pl.col("_subject") & (pl.col("kind") == "change")) & (
        pl.col("n") < policy.change_minimum_base
    ).fill_null(False)
    return frame.with_columns(
        shown=pl.when(few).then(None).otherwise(pl.col("shown")),
        marks=pl.when(few).then(pl.col("marks").list.set_difference(["z"])).otherwise(pl.col("marks")),
        _mark=pl.when(few).then(pl.lit("c")).otherwise(pl.col("_mark")),
        reason=pl.when(few & (pl.col("reason") == "")).then(pl.lit("base")).otherwise(pl.col("reason")),
    )


def _half_up(value: pl.Expr, digits: int) -> pl.Expr:
    """Half away from zero at ``digits`` places; a billionth of slack absorbs binary fractions (0.285 -> 0.29)."""
    scale = 10**digits
    # The last `round` only tidies the binary fraction that the division leaves.
    return (value.sign() * (value.abs() * scale + 0.5 + 1e-9).floor() / scale).round(digits)
