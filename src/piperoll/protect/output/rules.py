"""What an output is checked against, and what a check says. Data only."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from piperoll.errors import UserError
from piperoll.protect.magnitude_rules import Dominance, Percent


class Verdict(Enum):
    """Outcome of a check; the worst of several holds."""

    PASS = "pass"
    REVIEW = "review"
    FAIL = "fail"

    @property
    def weight(self) -> int:
        """Larger is worse."""
        return ("pass", "review", "fail").index(self.value)


@dataclass(frozen=True)
class Rules:
    """Thresholds of an output check. Defaults are those that UK research data services commonly ask for.

    They are ACRO's defaults too where it has them (threshold 10, dominance of the two largest above 90 per cent,
    p = 10, at least 10 degrees of freedom); the *Handbook on Statistical Disclosure Control for Outputs* (SDAP, version
    1.0, 2019) tells why each matters.

    Attributes:
        threshold: Counts above zero and below this fail.
        zeros_disclose: Whether a zero is to be looked at.
        dominance: (n, k) of the dominance rule.
        percent: p of the p-percent rule.
        freedom: Least degrees of freedom of a model.
        width: A hidden small count must keep more possible values than this.
        rows: A sheet of more rows than this, each with a key of its own, looks like records of persons.
        text: Characters from which on a cell is free text.
        decimals: Places of a percentage that are too many.
    """

    threshold: int = 10
    zeros_disclose: bool = True
    dominance: tuple[int, float] = (2, 90)
    percent: float = 10
    freedom: int = 10
    width: int = 4
    rows: int = 30
    text: int = 120
    decimals: int = 1

    def __post_init__(self) -> None:
        if self.threshold < 1 or self.width < 1 or self.freedom < 1 or self.rows < 1:
            raise UserError(
                "PR-P132", "a threshold of the output check is below 1.", fix="Give whole numbers of at least 1."
            )
        # Refuse parameters that mean nothing in the words of the rules themselves.
        Dominance(self.dominance[0], self.dominance[1])
        Percent(self.percent)


@dataclass(frozen=True)
class Finding:
    """What one check says of one table (or sheet, or file).

    Attributes:
        check: Name of the check.
        verdict: Its outcome.
        file, sheet, table: Where; ``sheet`` is empty for text files, ``table`` names its range (``A3:E9``).
        sentence: What was found.
        cure: What to do about it; empty where it passes.
        places: Cells concerned (``B4``), at most `PLACES`.
        count: How many there are in all.
    """

    check: str
    verdict: Verdict
    file: str
    sheet: str = ""
    table: str = ""
    sentence: str = ""
    cure: str = ""
    places: tuple[str, ...] = ()
    count: int = 0

    def to_json(self) -> dict[str, Any]:
        """As JSON-like data."""
        return asdict(self) | {"verdict": self.verdict.value, "places": list(self.places)}


PLACES = 25


@dataclass(frozen=True)
class Place:
    """Where a check looks: makes findings with that place filled in."""

    file: str
    sheet: str = ""
    table: str = ""

    def finding(
        self, check: str, verdict: Verdict, sentence: str, cure: str = "", places: tuple[str, ...] | list[str] = ()
    ) -> Finding:
        """A finding here."""
        told = tuple(places)
        return Finding(
            check, verdict, self.file, self.sheet, self.table, sentence, cure, told[:PLACES], len(told)
        )  # fmt: skip

    def passed(self, check: str, sentence: str) -> Finding:
        """A check that found nothing."""
        return self.finding(check, Verdict.PASS, sentence)


@dataclass(frozen=True)
class Released:
    """A figure that is out already, or hidden on purpose in something that is out.

    Attributes:
        codes: Dimension to code, totals left out; a period is the dimension ``period``.
        value: As published; None where it is hidden.
        source: Where it was released, for people.
        measure: Its name; empty for a plain count.
        base: What it was rounded to; 1 where it is exact.
    """

    codes: tuple[tuple[str, str], ...]
    value: int | None
    source: str
    measure: str = ""
    base: int = 1
