"""Where a column of one model comes from: the columns of the tables it reads, by value and by which rows there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, build_scope

from piperoll.derive.models import DIALECT
from piperoll.derive.parse import line_of
from piperoll.derive.plan import Planned


Leaf = tuple[str, str]  # table, column


@dataclass(frozen=True)
class Origin:
    """What one column of a model is made of.

    Attributes:
        expression: As the model writes it, in the last step.
        line: Line of the file.
        leaves: Columns of the tables read whose values go into it, sorted.
    """

    expression: str
    line: int
    leaves: tuple[Leaf, ...]


def origin(planned: Planned, column: str) -> Origin:
    """Where a column comes from.

    Raises:
        KeyError: If the model has no such column.
    """
    branches = list(_branches(_root(planned)))
    # In the second and later branches of a UNION names may differ, and place counts.
    place = [each.alias_or_name for each in _selects(branches[0])].index(column) if column in planned.columns else None
    if place is None:
        raise KeyError(column)
    found = _selects(branches[0])[place]
    leaves = {leaf for scope in branches for leaf in _of_expression(scope, _selects(scope)[place])}
    shown = found.unalias() if isinstance(found, exp.Alias) else found
    written = next((each for each in planned.model.query.selects if each.alias_or_name == column), planned.model.query)
    return Origin(shown.sql(dialect=DIALECT), line_of(written), tuple(sorted(leaves)))


def row_origin(planned: Planned) -> tuple[Leaf, ...]:
    """Columns that decide which rows the model has (WHERE, JOIN, HAVING, GROUP BY, window order), sorted."""
    leaves: set[Leaf] = set()
    for scope in _root(planned).traverse():
        query = scope.expression
        clauses: list[exp.Expr] = []
        for part in ("where", "having", "group", "qualify"):
            if isinstance(query.args.get(part), exp.Expr):
                clauses.append(query.args[part])
        clauses += [join.args["on"] for join in query.args.get("joins") or () if join.args.get("on")]
        for clause in clauses:
            for column in _own_columns(clause):
                leaves |= set(_of_column(scope, column))
    return tuple(sorted(leaves))


def expression_columns(expression: exp.Expr) -> tuple[str, ...]:
    """Names of the columns an expression of publication.yaml uses, sorted."""
    return tuple(sorted({column.name for column in expression.find_all(exp.Column)}))


def _root(planned: Planned) -> Scope:
    root = build_scope(planned.qualified)
    assert root is not None
    return root


def _branches(scope: Scope) -> Iterable[Scope]:
    if scope.set_operation_scopes:
        return [leaf for branch in scope.set_operation_scopes for leaf in _branches(branch)]
    return [scope]


def _selects(scope: Scope) -> list[exp.Expr]:
    query = scope.expression
    assert isinstance(query, exp.Query)
    return list(query.selects)


def _of_expression(scope: Scope, expression: exp.Expr) -> Iterator[Leaf]:
    for column in _own_columns(expression):
        yield from _of_column(scope, column)


def _own_columns(expression: exp.Expr) -> Iterator[exp.Column]:
    """Columns of an expression, those in subqueries of it left to their own scope."""
    for node in expression.walk(prune=lambda each: isinstance(each, exp.Query) and each is not expression):
        if isinstance(node, exp.Column):
            yield node


def _of_column(scope: Scope | None, column: exp.Column) -> Iterator[Leaf]:
    while scope is not None and column.table not in scope.sources:
        scope = scope.parent
    if scope is None:
        return
    source = scope.sources[column.table]
    if isinstance(source, exp.Table):
        yield source.name, column.name
        return
    first = next(iter(_branches(source)))
    names = [each.alias_or_name for each in _selects(first)]
    if column.name not in names:
        return
    place = names.index(column.name)
    for branch in _branches(source):
        yield from _of_expression(branch, _selects(branch)[place])
