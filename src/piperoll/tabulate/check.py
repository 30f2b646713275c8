"""Checks a publication's measures, dimensions and tables against its models, before anything is counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from piperoll.derive.conditions import condition
from piperoll.derive.plan import Planned, plan
from piperoll.errors import Problem, Problems, UserError
from piperoll.register.model.publication import Measure, Publication, Table
from piperoll.register.model.register import Register
from piperoll.tabulate.define import axes_of, check_fits, closure
from piperoll.tabulate.query import Axis


def check_publication(register: Register, publication: Publication) -> list[Problem]:
    """Everything wrong with the models, measures and tables of a publication; empty if nothing is."""
    if not (publication.models or publication.tables):
        return []
    try:
        planned = plan(register, publication)
    except Problems as error:
        return list(error.problems)
    problems: list[Problem] = []
    for table in publication.tables:
        try:
            axes = axes_of(register, publication, table)
            measures = closure(publication, table.measures)
            check_fits(table, axes, measures.values())
        except UserError as error:
            problems.append(
                Problem(error.code, error.message, where=error.where, key=f"tables.{table.name}", fix=error.fix)
            )
            continue
        problems += check_table(publication, table, axes, measures.values(), planned)
    return list(dict.fromkeys(problems))


def check_table(
    publication: Publication,
    table: Table,
    axes: Sequence[Axis],
    measures: Iterable[Measure],
    planned: Iterable[Planned],
) -> list[Problem]:
    """Names of models and columns that a table's measures and dimensions use and that are not there (``PR-T009``)."""
    where = f"publications/{publication.key}/publication.yaml"
    models = {each.name: each.columns for each in planned}
    problems: list[Problem] = []
    for measure in measures:
        if measure.model is None:
            continue
        key = f"measures.{measure.name}"
        if measure.model not in models:
            problems.append(_unknown("model", measure.model, models, where, key))
            continue
        columns = models[measure.model]
        for text in (measure.where, measure.value):
            parsed = condition(text, where) if text else None
            if isinstance(parsed, Problem):
                problems.append(Problem(parsed.code, parsed.message, where=where, key=key, fix=parsed.fix))
            elif parsed is not None:
                unknown = [name for name in parsed.columns if name not in columns]
                problems += [_unknown("column", name, columns, where, key) for name in unknown]
        if measure.period_column and measure.period_column not in columns:
            problems.append(_unknown("column", measure.period_column, columns, where, key))
        for axis in axes:
            column = axis.hierarchy.dimension.column
            if not axis.elapsed and column not in columns:
                problems.append(_unknown("column", column, columns, where, f"tables.{table.name}.rows.{axis.name}"))
    return problems


def _unknown(what: str, name: str, known: Iterable[str], where: str, key: str) -> Problem:
    known = sorted(known)
    near = get_close_matches(name, known, 1, 0.6)
    hint = f" Did you mean {near[0]}?" if near else ""
    return Problem(
        "PR-T009", f"there is no {what} {name}.{hint}", where=where, key=key, fix=f"Known are: {', '.join(known)}."
    )
