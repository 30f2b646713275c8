"""What a reader found in a spreadsheet and could not settle by itself: told, or asked, with sheet, row and cure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from piperoll.periods import Period


NAMED = 5  # a sentence names at most so many rows


@dataclass(frozen=True)
class Remark:
    """A sentence about a file, with the code of its page; it holds no value of the data.

    Attributes:
        code: ``PR-C183`` to ``PR-C189``.
        severity: W told, R asked of the supplier.
        sentence: What was found, where, and what was made of it.
        fix: What to do about it: for R, what the supplier is asked for.
        field: Field concerned, or ''.
        count: How many rows, cells or ranges.
        rows: Their numbers as people count them.
    """

    code: str
    severity: Literal["W", "R"]
    sentence: str
    fix: str = ""
    field: str = ""
    count: int = 1
    rows: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """Code, sentence and cure."""
        return f"{self.code} {self.sentence}{' ' + self.fix if self.fix else ''}"


@dataclass(frozen=True)
class Expected:
    """What a file must be for the slot that it fills, so that one that says otherwise is noticed.

    Attributes:
        source, dataset: Of the slot.
        supplier: Its key.
        period: Of the slot.
        names: Every supplier of the dataset: key -> what it is and was called.
        codes: Code list -> its codes, for the lists that the dataset's fields use.
    """

    source: str
    dataset: str
    supplier: str
    period: Period
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    codes: dict[str, frozenset[str]] = field(default_factory=dict)


def at_rows(rows: Sequence[int]) -> str:
    """``row 4``, ``rows 4 to 9`` or ``rows 4, 6, 9 ...``."""
    if not rows:
        return "rows"
    if len(rows) == 1:
        return f"row {rows[0]}"
    if rows[-1] - rows[0] == len(rows) - 1 and list(rows) == list(range(rows[0], rows[-1] + 1)):
        return f"rows {rows[0]} to {rows[-1]}"
    return f"rows {', '.join(map(str, rows[:NAMED]))}{' ...' if len(rows) > NAMED else ''}"


def counted(number: int, noun: str) -> str:
    """``1 row``, ``2 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
