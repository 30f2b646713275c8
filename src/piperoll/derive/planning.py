"""Orders the models of a publication by what they read, and checks every table and column they name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from piperoll.derive.catalogue import Columns
from piperoll.derive.models import DIALECT, Model
from piperoll.derive.parse import line_of, outer_tables, parse_models
from piperoll.derive.plan import Planned
from piperoll.derive.subset import check_subset
from piperoll.errors import Problem, Problems
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register


def make(
    register: Register,
    publication: Publication,
    texts: Mapping[str, str | None],
    views: Mapping[str, Columns],
) -> tuple[Planned, ...]:
    """Plan the models of these texts over the views they may read; see `piperoll.derive.plan.plan`."""
    models = parse_models(register, publication, texts)
    problems = [
        Problem(
            "PR-D008",
            f"the model {name} has the name of a view that is there already.",
            where=model.where,
            fix="Rename the file.",
        )
        for name, model in models.items()
        if name in views
    ]
    for model in models.values():
        problems += check_subset(model.query, model.where)
        problems += _unknown_tables(model, [*views, *models])
    if problems:
        raise Problems(problems)
    schema = dict(views)
    planned: list[Planned] = []
    for model in order(models):
        done = _qualify(model, schema)
        if isinstance(done, Problem):
            problems.append(done)
            schema[model.name] = {select.alias_or_name: "VARCHAR" for select in model.query.selects}
        else:
            schema[model.name] = done.columns
            planned.append(done)
    if problems:
        raise Problems(problems)
    return tuple(planned)


def order(models: Mapping[str, Model]) -> list[Model]:
    """Models so that each comes after those it reads.

    Raises:
        Problems: ``PR-D006`` if they read one another in a circle.
    """
    done: dict[str, Model] = {}
    path: list[str] = []

    def visit(name: str) -> None:
        if name in done:
            return
        if name in path:
            circle = [*path[path.index(name) :], name]
            raise Problems(
                [
                    Problem(
                        "PR-D006",
                        f"models read one another in a circle: {' -> '.join(circle)}.",
                        where=models[name].where,
                        fix="Move what they share into a model that reads neither.",
                    )
                ]
            )
        path.append(name)
        for reference in models[name].references:
            if reference in models:
                visit(reference)
        path.pop()
        done[name] = models[name]

    for name in sorted(models):
        visit(name)
    return list(done.values())


def _unknown_tables(model: Model, known: list[str]) -> list[Problem]:
    problems = []
    for table in outer_tables(model.query):
        if isinstance(table.this, exp.Identifier) and table.name not in known:
            near = get_close_matches(table.name, known, 1, 0.6)
            hint = f" Did you mean {near[0]}?" if near else ""
            problems.append(
                Problem(
                    "PR-D005",
                    f"there is no dataset, code list or model named {table.name}.{hint}",
                    where=f"{model.where}:{line_of(table)}",
                    fix="Datasets are written source__dataset, code lists codes__list, models by their file's name; "
                    "`inputs` in publication.yaml, if given, limits the datasets.",
                )
            )
    return problems


def qualified(model: Model, schema: Mapping[str, Columns]) -> exp.Query:
    """A model's query with every column written as ``table.column``, stars expanded and types noted.

    Raises:
        OptimizeError: If it names a column that is not there, or not clear.
    """
    query = qualify(model.query.copy(), schema=dict(schema), dialect=DIALECT, quote_identifiers=False, identify=False)
    annotate_types(query, schema=dict(schema), dialect=DIALECT)
    assert isinstance(query, exp.Query)
    return query


def _qualify(model: Model, schema: Mapping[str, Columns]) -> Planned | Problem:
    try:
        query = qualified(model, schema)
    except OptimizeError as error:
        return _unknown_column(model, str(error), schema)
    columns: Columns = {}
    for select in query.selects:
        name = select.alias_or_name
        if name in columns or not name:
            return Problem(
                "PR-D008",
                f"the model gives two columns named {name}." if name else "a column of the model has no name.",
                where=f"{model.where}:{line_of(select)}",
                fix="Give each column a name of its own (AS).",
            )
        columns[name] = _type(select)
    planned = Planned(model, columns, dict(schema))
    vars(planned)["qualified"] = query  # so that it is not made twice
    return planned


def _type(select: exp.Expr) -> str:
    """DuckDB's name of a column's type; text where it is not known."""
    name = select.type.sql(dialect=DIALECT) if select.type else "UNKNOWN"
    return {"TEXT": "VARCHAR", "UNKNOWN": "VARCHAR", "NULL": "VARCHAR"}.get(name, name)


def _unknown_column(model: Model, message: str, schema: Mapping[str, Columns]) -> Problem:
    found = re.search(r"[Cc]olumn:? '?\"?(\w+)", message)
    name = found[1] if found else ""
    holders = [table for table in model.references if name in schema.get(table, {})]
    columns = [node for node in model.query.find_all(exp.Column) if node.name == name]
    line = line_of(columns[0]) if columns else 1
    if len(holders) > 1:
        return Problem(
            "PR-D007",
            f"the column {name} is in {' and in '.join(sorted(holders))}.",
            where=f"{model.where}:{line}",
            fix="Write table.column.",
        )
    known = sorted({column for table in model.references for column in schema.get(table, {})})
    near = get_close_matches(name, known, 1, 0.6)
    hint = f" Did you mean {near[0]}?" if near else ""
    return Problem(
        "PR-D007",
        f"no table read there has a column {name}.{hint}" if name else f"a column is not clear: {message}.",
        where=f"{model.where}:{line}",
        fix="Names, dates of birth and addresses are not in the store; numbers are there as tokens.",
    )
