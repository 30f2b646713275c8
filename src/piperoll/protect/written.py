"""The primary rules once more, on what was written: plain Python over cells read back from the bytes.

It shares no code with `primary` on purpose: a mistake there must not hide itself here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from piperoll.errors import Problem
from piperoll.register.model.policy import Policy


@dataclass(frozen=True)
class WrittenCell:
    """A cell as it stands in a file.

    Attributes:
        where: File and row.
        measure: Name of the measure.
        kind: Kind of the measure.
        national: Whether it is of the national level.
        value: Text of the number; empty where none is shown.
        status: Marks as written, for example ``[c]`` or ``[r][e]``.
    """

    where: str
    measure: str
    kind: str
    national: bool
    value: str
    status: str


def check_written(cells: Iterable[WrittenCell], policy: Policy) -> tuple[Problem, ...]:
    """Every cell that breaks the policy, as problems ``PR-P010`` to ``PR-P013``; empty if none does."""
    return tuple(problem for cell in cells for problem in _check(cell, policy))


def _check(cell: WrittenCell, policy: Policy) -> Iterator[Problem]:
    if policy.applies == "subnational" and cell.national:
        return
    if not cell.value.strip():
        if not cell.status.strip():
            yield Problem("PR-P013", "a cell shows neither a number nor a mark.", cell.where, cell.measure)
        return
    if "[c]" in cell.status:
        yield Problem("PR-P010", "a cell marked confidential shows a number.", cell.where, cell.measure)
        return
    if cell.kind in policy.national_only:
        yield Problem("PR-P012", f"a {cell.kind} is shown below the national level.", cell.where, cell.measure)
        return
    if cell.kind not in ("count", "sum"):
        return
    try:
        number = Decimal(cell.value.replace(",", ""))
    except InvalidOperation:
        yield Problem("PR-P013", "a cell shows something that is not a number.", cell.where, cell.measure)
        return
    if policy.round_to and number % policy.round_to:
        yield Problem("PR-P011", f"a count is not a multiple of {policy.round_to}.", cell.where, cell.measure)
    if _could_not_be_shown(number, policy):
        yield Problem("PR-P010", f"a count stands for fewer than {policy.suppress_below}.", cell.where, cell.measure)


def _could_not_be_shown(number: Decimal, policy: Policy) -> bool:
    """Whether every count that would be shown as ``number`` is one the policy suppresses."""
    if policy.suppress_below is None:
        return False
    base = policy.round_to or 1
    # Nearest with ties upwards: shown as `number` are the counts from number - base/2 to just below number + base/2.
    smallest, largest = int(number) - base // 2, int(number) + (base - 1) // 2
    if largest >= policy.suppress_below:
        return False
    return policy.suppress_zero or not smallest <= 0 <= largest
