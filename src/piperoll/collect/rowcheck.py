"""What one check is. A check has a bit in the masks of the staged rows, given by its place in the list."""

from __future__ import annotations

from dataclasses import dataclass


BITS = 62  # bits used of a BIGINT mask


@dataclass(frozen=True)
class RowCheck:
    """One thing that can be wrong with a row.

    Attributes:
        rule: Rule id.
        severity: E, W, B or R.
        field: Field or fields concerned.
        kind: Kind of mistake: ``type``, ``empty``, ``required``, ``length``, ``pattern``, ``letter``, ``range``,
            ``code``, ``code day``, ``rule``, ``future``, ``sentinel``, ``duplicate``, ``conflict``,
            ``parent``.
        wrong: SQL condition that is true for a failing row (null passes); '' for checks over several rows.
        message: What is wrong: ``is empty``, or a contract's own sentence.
        question: For the supplier, if any.
        gated: Judge only rows whose texts are all of their types.
        share: Told only if at least this share of the rows fails.
        tolerance: Share of rows that may fail before the severity applies.
    """

    rule: str
    severity: str
    field: str
    kind: str
    wrong: str
    message: str
    question: str = ""
    gated: bool = False
    share: float = 0.0
    tolerance: float = 0.0


def masks(checks: list[RowCheck], first: int, gate: str = "") -> dict[int, list[str]]:
    """For each mask column the CASEs of its bits, for checks numbered from ``first``."""
    found: dict[int, list[str]] = {}
    for number, check in enumerate(checks, first):
        condition = f"{gate} AND ({check.wrong})" if gate and check.gated else check.wrong
        word, bit = divmod(number, BITS)
        found.setdefault(word, []).append(f"CASE WHEN {condition} THEN {1 << bit} ELSE 0 END")
    return found
