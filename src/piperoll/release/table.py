"""One table, or a part of it, as it may be shown: the answer to a question in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import polars as pl

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.journal import Release, Vintage
from piperoll.ledger.answers import check_told, enter, hidden_before, news, refused
from piperoll.ledger.figures import decimals_of, published_cells
from piperoll.periods import Period
from piperoll.present.csvw import csv_header, has_status
from piperoll.present.workbook import Table as SheetTable
from piperoll.protect import apply, permit
from piperoll.register.model.publication import Dimension, Publication, Table
from piperoll.register.model.register import Register
from piperoll.release.coverage import require_covered
from piperoll.release.layout import dimensions_of, sheet_table
from piperoll.release.status import marked
from piperoll.tabulate import Hierarchy, find_table
from piperoll.tabulate.hierarchy import TOTAL
from piperoll.tabulate.spans import edition_of
from piperoll.tabulate.vintage import cells_of, missing_of, require_delivered


Where = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Answer:
    """A table as it may be shown.

    Attributes:
        table: For people and machines.
        entry: What was entered into the ledger: None for a draft, and where everything had been told before.
        draft: Whether it is only to look at: not checked against the ledger, not recorded there.
        without: A sentence for each rule of coverage that was set aside (`piperoll.release.coverage`).
    """

    table: SheetTable
    entry: Release | None = None
    draft: bool = False
    without: tuple[str, ...] = ()


def answer(
    desk: Desk,
    publication: str,
    table: str,
    *,
    period: str | None = None,
    where: Where | None = None,
    vintage: Vintage | str | int | None = None,
    purpose: str = "",
    draft: bool = False,
) -> Answer:
    """A table as it may be given out, restricted to a period and to parts of dimensions.

    It is protected together with everything in the ledger, and what is new of it is entered there.

    Args:
        desk: Register, home and actor.
        publication: Key of the publication.
        table: Name or number of the table.
        period: One period, as written; default: every period the table shows in its latest edition.
        where: Dimension or level -> code or label: everything at or below it. A level alone, ``level=*``, keeps that
            level.
        vintage: As of which vintage.
        purpose: Who asked, and what for.
        draft: Only to look at: protected by the policy's rules for single cells, and not to be given out.

    Raises:
        UserError: ``PR-P001`` for a period the policy does not allow, ``PR-T005`` for an unknown table, ``PR-E020``
            for an unknown dimension or code, ``PR-E021`` if there are no data, ``PR-P073`` if the answer would give a
            small count away, ``PR-Q020`` where a rule of coverage blocks it.
    """
    declared = desk.publication(publication)
    definition = find_table(declared, table)
    policy = desk.register.policy_of(declared)
    asked = Period.parse(period) if period else None
    if asked is not None and policy is not None:
        permit(policy, asked)
    kept = _filters(desk.register, declared, definition, where or {})
    question = {"period": period or "", "where": kept}
    act = "table.read" if draft else "table.answer"
    audit = desk.permit(act, f"table {publication}/{definition.name}", purpose, question)
    moment = desk.vintage(vintage)
    parts, corrections = desk.parts(moment), desk.corrections(moment)
    if draft:
        desk.journal.append_audit(audit)
    if asked is not None:
        require_delivered(desk.register, declared, parts, asked, desk.cache)
    edition = _edition(definition, asked, parts)
    # Whether a figure is provisional follows from how far the deliveries have come, not from what is asked.
    reached = max(edition.end, _edition(definition, None, parts).end)
    within = Period.containing(reached, declared.period)
    missing = missing_of(desk.register, declared, parts, edition, desk.cache)
    without = () if draft else require_covered(desk, missing, edition)
    shown = [asked] if asked is not None else None
    cells = cells_of(desk, declared, edition, parts, corrections, missing, [definition], shown)[definition.name]
    for column, codes in kept.items():
        cells = cells.filter(pl.col(column).is_in(codes))
    places = decimals_of(declared)
    while True:
        before = desk.journal.last_entry()
        told = desk.journal.last_told(cells["identity"].unique().to_list())
        protected = apply(cells, policy, places, hidden_before(told))
        protected = marked(desk.register, declared, {definition.name: protected}, within, parts)[definition.name]
        found = sheet_table(desk.register, declared, definition, protected)
        if draft:
            return Answer(found, draft=True)
        new = news(published_cells(protected.filter(~pl.col("support")), places), told)
        try:
            check_told(desk, declared, policy, cells, new, parts, corrections)
        except UserError as error:
            refused(desk, audit, error)
            raise
        with desk.journal.write():
            # What was told meanwhile was not looked at: look again.
            if desk.journal.last_entry() == before:
                entry = enter(desk, declared, edition, moment, new, {**question, "table": definition.name}, audit)
                return Answer(found, entry, without=without)


def protected_table(
    desk: Desk,
    publication: str,
    table: str,
    *,
    period: str | None = None,
    where: Where | None = None,
    vintage: Vintage | str | int | None = None,
    purpose: str = "",
    draft: bool = False,
) -> pl.DataFrame:
    """`answer` as a frame: codes, labels, and for each measure its figure and ``<measure>_status``."""
    found = answer(
        desk, publication, table, period=period, where=where, vintage=vintage, purpose=purpose, draft=draft
    ).table
    columns: dict[str, list[object]] = {name: [] for name in csv_header(found)}
    for row in found.cells():
        for cell, column in zip(row, found.columns, strict=True):
            columns[column.name].append(cell.value)
            if has_status(found, column):
                columns[f"{column.name}_status"].append(" ".join(cell.marks))
    types = {c.name: pl.Float64 if c.numeric else pl.String for c in found.columns}
    return pl.DataFrame(columns, schema_overrides=types)


def _edition(table: Table, asked: Period | None, parts: Sequence[object]) -> Period:
    """The edition that answers: the last period of the table's kind within the one asked, or that has data."""
    if asked is not None:
        return edition_of(table, asked)
    periods = [Period.parse(part.period) for part in parts]  # type: ignore[attr-defined]
    if not periods:
        raise UserError("PR-E021", "nothing has been collected yet.", fix="Run `piperoll collect` first.")
    latest = max(period.end for period in periods)
    last = Period.containing(latest, table.period)
    return last if last.end <= latest else last.shift(-1)


def _filters(register: Register, publication: Publication, table: Table, where: Where) -> dict[str, list[str]]:
    """Column of the cells -> values kept."""
    kept: dict[str, list[str]] = {}
    dimensions = dimensions_of(publication, table)
    for key, given in where.items():
        values = [given] if isinstance(given, str) else list(given)
        dimension = _dimension(dimensions, key)
        if values == ["*"]:
            kept[f"{dimension.name}_level"] = [key]
            continue
        codes = [code for value in values for code in _codes(Hierarchy(register, dimension), dimension, key, value)]
        kept[dimension.name] = sorted(set(codes) & set(kept.get(dimension.name, codes)))
    return kept


def _dimension(dimensions: Sequence[Dimension], key: str) -> Dimension:
    known: dict[str, Dimension] = {}
    for dimension in dimensions:
        known[dimension.name] = dimension
        for level in dimension.levels:
            known.setdefault(level.name, dimension)
    with_total = [dimension for dimension in dimensions if dimension.total is not None]
    if len(with_total) == 1:
        known.setdefault(TOTAL, with_total[0])
    if key in known:
        return known[key]
    near = get_close_matches(key, known, n=1)
    raise UserError(
        "PR-E020",
        f"the table has no dimension or level `{key}`.",
        fix=f"Did you mean `{near[0]}`?" if near else f"It has: {', '.join(known)}.",
    )


def _codes(hierarchy: Hierarchy, dimension: Dimension, key: str, value: str) -> set[str]:
    """The code that ``value`` names (as code or label) and every code below it."""
    steps = [step for step in hierarchy.steps if key in (dimension.name, step.name)]
    wanted = value.strip().casefold()
    found = {
        code
        for step in steps
        for code in step.codes
        if wanted in (code.casefold(), step.labels.get(code, code).casefold())
    }
    if not found:
        labels = {name.casefold(): name for step in steps for name in (*step.codes, *step.labels.values())}
        near = get_close_matches(wanted, labels, n=1, cutoff=0.5)
        raise UserError(
            "PR-E020",
            f"`{key}` has no `{value}`.",
            fix=f"Did you mean `{labels[near[0]]}`?" if near else "See `piperoll register show` for its code lists.",
        )
    below = {code for path in hierarchy.paths.values() if found & set(path) for code in path[: _depth(path, found)]}
    return found | below


def _depth(path: Sequence[str], found: set[str]) -> int:
    """How many codes of a path lie below the coarsest one found."""
    return max(place for place, code in enumerate(path) if code in found)
