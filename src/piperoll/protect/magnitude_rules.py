"""Rules that say which cells of a magnitude table give a contributor away, and how far each must be blurred.

Notation: a cell's total is X, its contributions in falling order x1 >= x2 >= ...; all are whole numbers of a unit.
Formulas of rules and of upper protection levels: Hundepool, Domingo-Ferrer, Franconi, Giessing, Lenz, Naylor, Schulte
Nordholt, Seri, de Wolf, *Handbook on Statistical Disclosure Control*, version 1.2 (ESSnet SDC, 2010), section 4.2, and
*Statistical Disclosure Control* (Wiley, 2012), chapter 4. Each level is the least that the interval of the total must
reach beyond X so that no contributor can be estimated closer than the rule allows.

Arithmetic is exact: percentages are fractions, comparisons are between integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Protocol

import polars as pl

from piperoll.errors import UserError


Number = int | float | str | Decimal
_WIDE = pl.Int128


class Rule(Protocol):
    """A rule, as expressions over the columns ``total``, ``n`` and ``top_1`` ... of a cell (all in units, Int128)."""

    @property
    def name(self) -> str:
        """As it is written beside a cell: ``p=10``."""
        ...

    @property
    def tops(self) -> int:
        """How many of the largest contributions it looks at."""
        ...

    def excess(self) -> tuple[pl.Expr, int]:
        """A whole number and its divisor: their quotient is the upper level; the cell is sensitive where it is > 0."""
        ...


@dataclass(frozen=True)
class Dominance:
    """(n, k): sensitive where the n largest make up more than k per cent of the total.

    Upper level: 100/k (x1 + ... + xn) - X.
    """

    n: int
    k: Number

    def __post_init__(self) -> None:
        _whole(self.n, "n of the dominance rule", 1)
        _percent(self.k, "k of the dominance rule", 0, 100)

    @property
    def name(self) -> str:
        """``(2,85)``."""
        return f"({self.n},{self.k})"

    @property
    def tops(self) -> int:
        """The n largest."""
        return self.n

    def excess(self) -> tuple[pl.Expr, int]:
        """100/k (x1 + ... + xn) - X."""
        share = _percent(self.k, "k", 0, 100)
        return _top(1, self.n) * share.denominator - pl.col("total") * share.numerator, share.numerator


@dataclass(frozen=True)
class Percent:
    """p per cent: sensitive where a contributor can estimate another's contribution to within p per cent of it.

    The closest estimate is that of the largest by the second largest: X - x2 - x1 < p/100 x1. A coalition of c
    contributors adds its contributions: X - x1 - (x2 + ... + x(c+1)) < p/100 x1.

    Upper level: p/100 x1 - (X - x1 - x2), with the coalition's in place of x2.
    """

    p: Number
    coalition: int = 1

    def __post_init__(self) -> None:
        _percent(self.p, "p of the p-percent rule", 0, None)
        _whole(self.coalition, "coalition of the p-percent rule", 1)

    @property
    def name(self) -> str:
        """``p=10``, or ``p=10, coalition of 2``."""
        return f"p={self.p}" + (f", coalition of {self.coalition}" if self.coalition > 1 else "")

    @property
    def tops(self) -> int:
        """The largest, and the coalition."""
        return self.coalition + 1

    def excess(self) -> tuple[pl.Expr, int]:
        """p/100 x1 - (X - x1 - coalition)."""
        return _prior_posterior(_percent(self.p, "p", 0, None), self.coalition + 1)


@dataclass(frozen=True)
class PriorPosterior:
    """(p, q): as p per cent, where everybody is taken to know each contribution to within q per cent beforehand.

    Sensitive where X - x1 - x2 < p/q x1. Upper level: p/q x1 - (X - x1 - x2). With q = 100 it is the p-percent rule.
    """

    p: Number
    q: Number

    def __post_init__(self) -> None:
        p = _percent(self.p, "p of the (p,q) rule", 0, None)
        if _percent(self.q, "q of the (p,q) rule", 0, None) <= p:
            raise _parameter("q of the (p,q) rule is not larger than p", "What is known before is less than after.")

    @property
    def name(self) -> str:
        """``(p=10, q=50)``."""
        return f"(p={self.p}, q={self.q})"

    @property
    def tops(self) -> int:
        """The two largest."""
        return 2

    def excess(self) -> tuple[pl.Expr, int]:
        """p/q x1 - (X - x1 - x2)."""
        ratio = _percent(self.p, "p", 0, None) / _percent(self.q, "q", 0, None)
        return _prior_posterior(ratio, 2)


@dataclass(frozen=True)
class Frequency:
    """Fewer than ``least`` contributors: sensitive, whatever the shares.

    The Handbook derives no level for this rule, since it says nothing of shares; as in tau-Argus, the level is a share
    of the total: ``margin`` per cent.
    """

    least: int
    margin: Number = 20

    def __post_init__(self) -> None:
        _whole(self.least, "least number of contributors", 1)
        _percent(self.margin, "margin of the frequency rule", 0, None)

    @property
    def name(self) -> str:
        """``n<3``."""
        return f"n<{self.least}"

    @property
    def tops(self) -> int:
        """None."""
        return 0

    def excess(self) -> tuple[pl.Expr, int]:
        """margin/100 X where there are too few contributors; else 0."""
        share = _percent(self.margin, "margin", 0, None)
        few = (pl.col("n") < self.least) & (pl.col("n") > 0)
        # A cell of total zero has no margin; it is sensitive all the same, by one unit.
        level = pl.max_horizontal(pl.col("total") * share.numerator, pl.lit(share.denominator, _WIDE))
        return pl.when(few).then(level).otherwise(pl.lit(0, _WIDE)), share.denominator


def _prior_posterior(ratio: Fraction, known: int) -> tuple[pl.Expr, int]:
    rest = pl.col("total") - _top(1, known)
    return pl.col("top_1") * ratio.numerator - rest * ratio.denominator, ratio.denominator


def _top(first: int, last: int) -> pl.Expr:
    total = pl.col(f"top_{first}")
    for place in range(first + 1, last + 1):
        total = total + pl.col(f"top_{place}")
    return total


def _percent(value: Number, what: str, above: int, most: int | None) -> Fraction:
    """A percentage as an exact fraction of one; 12.5 is 1/8."""
    try:
        number = Fraction(Decimal(str(value)))
    except (InvalidOperation, ValueError, OverflowError):
        raise _parameter(f"{what} is {value!r}, no number", "Write a percentage, such as 10 or 12.5.") from None
    if number <= above or (most is not None and number > most):
        limits = f"above {above}" + (f" and at most {most}" if most is not None else "")
        raise _parameter(f"{what} is {value}; it must be {limits}", "It is a percentage: 85 means 85 per cent.")
    return number / 100


def _whole(value: int, what: str, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise _parameter(f"{what} is {value!r}; it must be a whole number of at least {least}", "")


def _parameter(message: str, fix: str) -> UserError:
    return UserError("PR-P102", f"{message}.", fix=fix)
