"""How often each kind of fault happens."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

import yaml

from piperoll.errors import UserError


@dataclass(frozen=True)
class FaultPlan:
    """Chances of each kind of fault.

    Attributes:
        transposed, mistyped, missing_value, encoding_value: A row, one value of which goes wrong so.
        wrong_value: A row, one value of which is another row's.
        wrong_order: A row in which two dates are exchanged, or its only one is put years back.
        duplicated_row: A row that stands there twice.
        stale_row: A row after which an old record of the last delivery comes again.
        truncated_row: A row cut off in the middle.
        shifted_row: A row with a value too many or too few, so that the columns shift.
        late, missing, twice: A delivery that comes a month or two late, never, or a second time.
        truncated_file: A delivery cut off in the middle; most come whole a month later.
        corrected: A delivery full of mistakes, followed by a good one.
        encoding_file: A delivery written in Windows-1252; most come again as agreed a month later.
    """

    transposed: float = 0.0
    mistyped: float = 0.0
    missing_value: float = 0.0
    encoding_value: float = 0.0
    wrong_value: float = 0.0
    wrong_order: float = 0.0
    duplicated_row: float = 0.0
    stale_row: float = 0.0
    truncated_row: float = 0.0
    shifted_row: float = 0.0
    late: float = 0.0
    missing: float = 0.0
    twice: float = 0.0
    truncated_file: float = 0.0
    corrected: float = 0.0
    encoding_file: float = 0.0

    @property
    def empty(self) -> bool:
        """Whether nothing goes wrong."""
        return self == NONE


ROW_KINDS = tuple(each.name for each in fields(FaultPlan))[:10]
FILE_KINDS = tuple(each.name for each in fields(FaultPlan))[10:]
NONE = FaultPlan()
DEFAULT = FaultPlan(
    transposed=0.0006, mistyped=0.0006, missing_value=0.0005, encoding_value=0.0002, wrong_value=0.0003,
    wrong_order=0.0004, duplicated_row=0.0003, stale_row=0.0002, truncated_row=0.00005, shifted_row=0.00005,
    late=0.010, missing=0.002, twice=0.005, truncated_file=0.002, corrected=0.003, encoding_file=0.002,
)  # fmt: skip
# A delivery full of mistakes has so many more of them.
CARELESS = 8.0


def careless(plan: FaultPlan) -> FaultPlan:
    """The plan of a delivery that a corrected one will follow."""
    rows = {kind: min(1.0, getattr(plan, kind) * CARELESS) for kind in ROW_KINDS}
    return replace(plan, **rows)


def read_plan(text: str) -> FaultPlan:
    """``default``, ``none``, or the plan in a YAML file of chances by kind.

    Raises:
        UserError: ``PR-M005`` if the file cannot be read, names an unknown kind, or has a chance that is none.
    """
    if text in ("default", "none"):
        return DEFAULT if text == "default" else NONE
    known = ", ".join((*ROW_KINDS, *FILE_KINDS))
    fix = f"Write `kind: chance` on a line each; chances lie from 0 to 1, kinds are {known}."
    try:
        read = yaml.safe_load(Path(text).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError("PR-M005", "The fault plan cannot be read.", where=text, fix=fix) from error
    if not isinstance(read, dict):
        raise UserError("PR-M005", "The fault plan holds no chances by kind.", where=text, fix=fix)
    for kind, chance in read.items():
        if kind not in (*ROW_KINDS, *FILE_KINDS):
            raise UserError("PR-M005", f"{kind!r} is no kind of fault.", where=text, fix=fix)
        if isinstance(chance, bool) or not isinstance(chance, int | float) or not 0 <= chance <= 1:
            raise UserError("PR-M005", f"The chance of {kind} does not lie from 0 to 1.", where=text, fix=fix)
    if sum(read.get(kind, 0) for kind in ROW_KINDS) > 1 or sum(read.get(kind, 0) for kind in FILE_KINDS) > 1:
        raise UserError("PR-M005", "The chances of a row or of a file add up to more than 1.", where=text, fix=fix)
    return FaultPlan(**{kind: float(chance) for kind, chance in read.items()})
