"""Parses SQL models, and says what each refers to."""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.optimizer.scope import traverse_scope

from piperoll.derive.models import DIALECT, Model
from piperoll.errors import Problem, Problems
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register


def parse_models(register: Register, publication: Publication, texts: Mapping[str, str | None]) -> dict[str, Model]:
    """Parse the models that a publication names, from their texts (`piperoll.derive.models.model_texts`).

    Raises:
        Problems: ``PR-D001`` a file is missing, ``PR-D002`` it is not SQL, ``PR-D003`` it is not one SELECT; all of
            them at once.
    """
    problems: list[Problem] = []
    models: dict[str, Model] = {}
    for name, text in texts.items():
        where = register.model_file(publication.key, name)
        path = register.root / where
        if text is None:
            problems.append(
                Problem(
                    "PR-D001",
                    f"the SQL model {name} cannot be read.",
                    where=where,
                    fix="Add the file as UTF-8 text, or take the name out of `models` in publication.yaml.",
                )
            )
            continue
        parsed = parse(text, where)
        if isinstance(parsed, Problem):
            problems.append(parsed)
        else:
            models[name] = Model(name, path, where, text, references(parsed))
            vars(models[name])["query"] = parsed  # so that it is not parsed twice
    if problems:
        raise Problems(problems)
    return models


def parse(text: str, where: str) -> exp.Query | Problem:
    """Parse one SELECT; a problem with ``file:line`` if it is not one."""
    try:
        statements = [each for each in sqlglot.parse(text, read=DIALECT) if each is not None]
    except (ParseError, TokenError) as error:
        details = getattr(error, "errors", None) or [{}]
        line = details[0].get("line") or 1
        near = details[0].get("highlight") or ""
        reason = details[0].get("description") or "it ends too early or a quote is not closed"
        return Problem(
            "PR-D002",
            f"this is not SQL: {reason}{f' near {near!r}' if near else ''}.",
            where=f"{where}:{line}",
            fix="Correct the statement; the place named is where reading stopped.",
        )
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        return Problem(
            "PR-D003",
            f"a model is exactly one SELECT, and this file holds {len(statements)} statements"
            if len(statements) != 1
            else f"a model is exactly one SELECT, and this is {statements[0].key.upper()}",
            where=f"{where}:1",
            fix="Leave one SELECT; each further step is a model (a file) of its own.",
        )
    return statements[0]


def references(query: exp.Expr) -> tuple[str, ...]:
    """Names of the tables a query reads, without those it defines itself (WITH)."""
    return tuple(sorted({table.name for table in outer_tables(query)}))


def outer_tables(query: exp.Expr) -> list[exp.Table]:
    """Tables read that are not defined by a WITH in whose scope they stand."""
    found: dict[int, exp.Table] = {}
    for scope in traverse_scope(query):
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                found[id(source)] = source
    return list(found.values())


def line_of(node: exp.Expr) -> int:
    """Line of an expression in its file: its own or that of its first part that knows it (1 if none does)."""
    for part in node.walk():
        line = part.meta.get("line")
        if line:
            return int(line)
    return 1
