"""Which column of a published table holds what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from piperoll.errors import Problem
from piperoll.register.model.publication import Publication


PERIOD, MEASURE, VALUE, STATUS = "period", "measure", "value", "status"


@dataclass(frozen=True)
class Columns:
    """Columns of a table.

    Attributes:
        codes: Dimension -> column with its codes. A dimension without one stands at its whole.
        figures: Measure -> columns of its figure and of its marks (or None); empty for a tidy table, whose rows name
            the measure.
        tidy: Whether a row is a cell.
    """

    codes: Mapping[str, str]
    figures: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    tidy: bool = False
    status: str | None = None


def columns_of(publication: Publication, where: str, names: Sequence[str]) -> Columns | list[Problem]:
    """The columns of a table by their names, or what is wrong with them."""
    there = set(names)
    tidy = MEASURE in there and VALUE in there
    measures = {measure.name for measure in publication.measures}
    codes: dict[str, str] = {}
    known = {PERIOD, "period_name"} | ({MEASURE, VALUE, STATUS} if tidy else set())
    for dimension in publication.dimensions:
        coded = f"{dimension.name}_code"
        column = coded if coded in there else dimension.name
        known |= {dimension.name, coded, f"{dimension.name}_level"}
        if column in there:
            codes[dimension.name] = column
    figures = {}
    if not tidy:
        for measure in publication.measures:
            status = f"{measure.name}_status"
            known |= {measure.name, status}
            if measure.name in there:
                figures[measure.name] = (measure.name, status if status in there else None)
    problems = []
    if PERIOD not in there:
        problems.append(_wrong(where, PERIOD, "there is no column of periods.", "Name it `period`."))
    if not tidy and not figures:
        fix = f"Give columns `measure` and `value`, or a column for a measure: {', '.join(sorted(measures))}."
        problems.append(_wrong(where, VALUE, "there is no column of figures.", fix))
    for name in names:
        if name not in known:
            near = get_close_matches(name, sorted(known | measures), n=1)
            fix = f"Did you mean `{near[0]}`?" if near else "Leave the column out, or correct its name."
            problems.append(_wrong(where, name, f"`{publication.key}` has no dimension or measure of this name.", fix))
    return problems or Columns(codes, figures, tidy, STATUS if STATUS in there else None)


def _wrong(where: str, column: str, message: str, fix: str) -> Problem:
    return Problem("PR-E040", message, where, column, fix)
