"""Numbers and directions in words, generated from the numbers and never written by hand.

The slip this guards against was published once: "increased from 2,473 to 2,289". Here the verb is
computed from the two numbers *as they are shown*: when rounding makes them equal, nothing has increased.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal


Real = int | float | Decimal
Direction = Literal["increased", "decreased", "unchanged"]
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def rounded(value: Real, places: int = 0) -> Decimal:
    """``value`` to ``places`` decimals, halves away from zero as readers expect; never minus zero."""
    step = Decimal(1).scaleb(-places)
    result = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def number(value: Real, places: int = 0) -> str:
    """``2473`` as ``2,473``; negative numbers with a hyphen, which spreadsheets and screen readers know."""
    if places == 0 and isinstance(value, int):
        return f"{value:,}"
    return f"{rounded(value, places):,}"


def percent(value: Real, places: int = 0) -> str:
    """``7.44`` as ``7%`` (the value is already a percentage)."""
    return f"{number(value, places)}%"


def counted(n: int, singular: str, plural: str = "") -> str:
    """``1 table``, ``2 tables``, ``no tables``."""
    many = plural or singular + "s"
    return f"{'no' if n == 0 else number(n)} {singular if n == 1 else many}"


def small(n: int) -> str:
    """Numbers below ten in words within a sentence, the rest in digits."""
    return _SMALL[n] if 0 <= n < len(_SMALL) else number(n)


def joined(parts: Sequence[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


@dataclass(frozen=True)
class Change:
    """What happened between two shown numbers.

    Attributes:
        earlier: The first number, as shown.
        later: The second number, as shown.
        direction: ``increased``, ``decreased`` or ``unchanged``.
        difference: Size of the difference of the shown numbers, never negative.
        percent: Size in per cent of the earlier number; None where that is 0 or less.
    """

    earlier: Decimal
    later: Decimal
    direction: Direction
    difference: Decimal
    percent: Decimal | None


def change(earlier: Real, later: Real, places: int = 0) -> Change:
    """Compare two numbers as they will be shown, to ``places`` decimals."""
    a, b = rounded(earlier, places), rounded(later, places)
    direction: Direction = "unchanged" if a == b else "increased" if b > a else "decreased"
    share = abs(b - a) / a * 100 if a > 0 else None
    return Change(a, b, direction, abs(b - a), share)


def change_words(
    subject: str,
    earlier: Real,
    later: Real,
    *,
    from_when: str = "",
    to_when: str = "",
    places: int = 0,
    percent_places: int = 0,
    plural: bool = True,
    with_percent: bool = True,
    unit: str = "",
) -> str:
    """A sentence on a change, without its full stop.

    ``change_words("Mortgage claims", 2473, 2289, from_when="Apr to Jun 2011")`` is
    ``Mortgage claims decreased by 7%, from 2,473 in Apr to Jun 2011 to 2,289``.

    Args:
        subject: What changed; opens the sentence.
        earlier: The first number.
        later: The second number.
        from_when: Period of the first number, in words.
        to_when: Period of the second number, in words.
        places: Decimals shown of the numbers.
        percent_places: Decimals shown of the percentage.
        plural: Whether the subject is plural (``were unchanged`` or ``was unchanged``).
        with_percent: Say the percentage. Pass False where policy does not allow one.
        unit: Put directly after each number, for example ``%``.
    """
    c = change(earlier, later, places)
    first = number(c.earlier, places) + unit + (f" in {from_when}" if from_when else "")
    second = number(c.later, places) + unit + (f" in {to_when}" if to_when else "")
    if c.direction == "unchanged":
        span = f" between {from_when} and {to_when}" if from_when and to_when else ""
        verb = "were" if plural else "was"
        return f"{subject} {verb} unchanged{span}, at {number(c.later, places)}{unit}"
    size = ""
    if with_percent and c.percent is not None and not unit:
        shown = rounded(c.percent, percent_places)
        size = f" by {percent(shown, percent_places)}," if shown else " by less than 1%,"
        if not shown and percent_places:
            size = f" by less than {percent(Decimal(1).scaleb(-percent_places), percent_places)},"
    return f"{subject} {c.direction}{size} from {first} to {second}"


def trend_words(values: Sequence[Real | None], labels: Sequence[str], places: int = 0, unit: str = "") -> str:
    """A series in words: where it starts and ends, its highest and lowest points; for chart descriptions.

    Missing values are named as missing, never skipped in silence.
    """
    known = [(rounded(v, places), label) for v, label in zip(values, labels, strict=True) if v is not None]
    missing = [label for v, label in zip(values, labels, strict=True) if v is None]
    gap = f"; no figure for {joined(missing)}" if 0 < len(missing) <= 3 else ""
    if len(missing) > 3:
        gap = f"; no figure for {len(missing)} of {len(labels)} periods"
    if not known:
        return "no figures"
    (start, start_label), (end, end_label) = known[0], known[-1]
    if len(known) == 1:
        return f"{number(start, places)}{unit} in {start_label}{gap}"
    verb = change(start, end, places).direction
    if verb == "unchanged":
        text = f"the same at the start ({start_label}) and the end ({end_label}), {number(end, places)}{unit}"
    else:
        text = (
            f"{verb} from {number(start, places)}{unit} in {start_label} to {number(end, places)}{unit} in {end_label}"
        )
    top = max(known, key=lambda item: item[0])
    low = min(known, key=lambda item: item[0])
    if top[0] not in (start, end):
        text += f"; highest {number(top[0], places)}{unit} in {top[1]}"
    if low[0] not in (start, end):
        text += f"; lowest {number(low[0], places)}{unit} in {low[1]}"
    return text + gap
