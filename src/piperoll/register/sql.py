"""What SQL of a register names, found by parsing and never by running it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope


# columns of a relation; None where they cannot be told
Columns = frozenset[str] | None

_FORBIDDEN_FUNCTIONS = ("read_", "glob", "parquet_", "sniff_csv", "getenv", "query", "query_table")


@dataclass(frozen=True)
class Fault:
    """Something wrong in a text of SQL.

    Attributes:
        kind: ``parse`` (not SQL, or not a query), ``table`` or ``column`` (a name that is not there).
        message: What is wrong.
        name: The name not found, and ``names`` what is there.
        line: Line within the text, from 1.
    """

    kind: str
    message: str
    name: str = ""
    names: tuple[str, ...] = ()
    line: int = 1


def condition(text: str, columns: Iterable[str]) -> list[Fault]:
    """Faults of an expression over the columns of one row."""
    tree = _parse(text, expression=True)
    if isinstance(tree, Fault):
        return [tree]
    if next(tree.find_all(exp.Query, exp.AggFunc, exp.Window), None) is not None:
        return [Fault("parse", "This is to be judged row by row, so it cannot select, count or rank.")]
    known = {each.casefold() for each in columns}
    faults = _functions(tree)
    for column in _columns(tree):
        # a.b.c on a plain column would be a struct's field; contracts have none
        name = column.parts[0].name
        if name.casefold() not in known:
            faults.append(_absent("column", name, columns, column))
    return _once(faults)


@lru_cache(maxsize=1024)  # a model that publications share is looked at for each
def names_in(text: str) -> frozenset[str]:
    """Tables that a query reads, its own common table expressions apart; empty if it is not SQL."""
    tree = _parse(text)
    if isinstance(tree, Fault):
        return frozenset()
    return frozenset(table.name for scope in traverse_scope(tree) for table in _tables(scope))


def query(text: str, tables: Mapping[str, Columns]) -> tuple[Columns, list[Fault]]:
    """Faults of a query over ``tables``.

    Args:
        text: One SELECT.
        tables: Columns by name of relation; None for a relation whose columns are not known.

    Returns:
        Columns of the result, None where they cannot be told, and the faults.
    """
    tree = _parse(text)
    if isinstance(tree, Fault):
        return None, [tree]
    faults = _functions(tree)
    known = {name.casefold(): columns for name, columns in tables.items()}
    results: dict[int, Columns] = {}
    scopes = traverse_scope(tree)
    for scope in scopes:
        results[id(scope)] = _scope(scope, known, tables, results, faults)
    return (results[id(scopes[-1])] if scopes else None), _once(faults)


@lru_cache(maxsize=1024)  # a rule is looked at twice, and nothing changes the trees
def _parse(text: str, *, expression: bool = False) -> exp.Expr | Fault:
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
        if len(trees) != 1 or trees[0] is None:
            return Fault("parse", "Expected one piece of SQL, not none and not several.")
        tree = trees[0]
        if expression:
            tree = sqlglot.parse_one(f"SELECT 1 WHERE ({text}\n)", dialect="duckdb").args["where"].this
    except SqlglotError as error:
        details = getattr(error, "errors", None) or [{}]
        said = str(details[0].get("description") or "it cannot be read").rstrip(".")
        # the parser's own terms for its classes help nobody
        said = "something is missing" if "<class" in said else said
        return Fault("parse", f"This is not SQL: {said}.", line=int(details[0].get("line") or 1))
    except RecursionError:
        return Fault("parse", "This SQL is nested too deeply to be read.")
    if not expression and not isinstance(tree, exp.Query):
        return Fault("parse", "Expected a SELECT.")
    return tree


def _functions(tree: exp.Expr) -> list[Fault]:
    """Functions and tables that reach outside the data are not a register's to use."""
    faults = []
    for each in tree.find_all(exp.Func):
        name = (each.name if isinstance(each, exp.Anonymous) else each.sql_name()).casefold()
        if name.startswith(_FORBIDDEN_FUNCTIONS):
            faults.append(Fault("parse", f"The function {name} reaches outside the data.", line=_line(each)))
    return faults


def _columns(tree: exp.Expr) -> list[exp.Column]:
    """Columns of an expression, but not the parameters of its lambdas."""
    out = []
    for column in tree.find_all(exp.Column):
        parent = column.find_ancestor(exp.Lambda)
        bound: set[str] = set()
        while parent is not None:
            bound |= {each.name for each in parent.expressions}
            parent = parent.find_ancestor(exp.Lambda)
        if column.parts[0].name not in bound:
            out.append(column)
    return out


def _tables(scope: Scope) -> list[exp.Table]:
    return [each for each in scope.tables if isinstance(scope.sources.get(each.alias_or_name), exp.Table)]


def _scope(
    scope: Scope,
    known: Mapping[str, Columns],
    tables: Mapping[str, Columns],
    results: Mapping[int, Columns],
    faults: list[Fault],
) -> Columns:
    # selected_sources leaves out common table expressions that this scope defines but does not read
    sources: dict[str, Columns] = {}
    for name, (_, source) in scope.selected_sources.items():
        if isinstance(source, Scope):
            columns = results.get(id(source))
        elif source.name.casefold() in known and not source.db:
            columns = known[source.name.casefold()]
        elif not source.name:
            columns = None
        else:
            faults.append(_absent("table", source.name, tables, source))
            columns = None
        sources[name.casefold()] = _renamed(columns, source)
    if isinstance(scope.expression, exp.SetOperation):  # its branches are scopes of their own
        return _result(scope, sources, results)
    outer = scope.parent if scope.is_subquery or scope.is_udtf else None
    _judge(scope, sources, outer, results, known, faults)
    return _result(scope, sources, results)


def _renamed(columns: Columns, source: exp.Expr | Scope) -> Columns:
    names = source.args.get("alias") if isinstance(source, exp.Table) else None
    given = names.args.get("columns") if names is not None else None
    return frozenset(each.name for each in given) if given else columns


def _judge(
    scope: Scope,
    sources: Mapping[str, Columns],
    outer: Scope | None,
    results: Mapping[int, Columns],
    known: Mapping[str, Columns],
    faults: list[Fault],
) -> None:
    if scope.expression.find(exp.Unnest, exp.Pivot) is not None or outer is not None:
        # a correlated or unnested name is judged by the engine; here only what is certain
        everything: dict[str, Columns] = {**sources}
        while outer is not None:
            for name, (_, source) in outer.selected_sources.items():
                everything.setdefault(name.casefold(), _of(source, results, known))
            outer = outer.parent
        sources = everything
        if scope.expression.find(exp.Unnest, exp.Pivot) is not None:
            return
    aliases = {each.alias.casefold() for each in _selects(scope) if each.alias}
    for column in _columns(scope.expression):
        # a subquery's own columns are judged with it
        if column.find_ancestor(exp.Select, exp.SetOperation) is not scope.expression:
            continue
        name, table = column.name.casefold(), column.table.casefold()
        if table:
            if table not in sources:
                faults.append(_absent("table", column.table, sources, column))
            elif (there := sources[table]) is not None and name not in {"*", *_folded(there)}:
                faults.append(_absent("column", column.name, there, column))
            continue
        if name in aliases or any(there is None or name in _folded(there) for there in sources.values()):
            continue
        names = {each for there in sources.values() for each in there or ()}
        if sources:
            faults.append(_absent("column", column.name, names, column))


def _of(source: exp.Expr | Scope, results: Mapping[int, Columns], known: Mapping[str, Columns]) -> Columns:
    if isinstance(source, Scope):
        return results.get(id(source))
    return known.get(source.name.casefold())


def _result(scope: Scope, sources: Mapping[str, Columns], results: Mapping[int, Columns]) -> Columns:
    if isinstance(scope.expression, exp.SetOperation):
        names = [each.alias_or_name for each in _selects(scope)]
        return None if "*" in names or "" in names else frozenset(names)
    out: set[str] = set()
    for each in _selects(scope):
        if not (isinstance(each, exp.Star) or (isinstance(each, exp.Column) and each.is_star)):
            # what has no name cannot be referred to
            if isinstance(each, exp.Alias | exp.Column):
                out.add(each.alias_or_name)
            continue
        wanted = [each.table.casefold()] if isinstance(each, exp.Column) and each.table else list(sources)
        for name in wanted:
            there = sources.get(name)
            if there is None:
                return None
            out |= there
    return frozenset(out)


def _selects(scope: Scope) -> list[exp.Expr]:
    return list(getattr(scope.expression, "selects", []))


def _folded(names: Iterable[str]) -> set[str]:
    return {each.casefold() for each in names}


def _absent(kind: str, name: str, names: Iterable[str], at: exp.Expr) -> Fault:
    return Fault(kind, f"There is no {kind} `{name}` here.", name, tuple(sorted(names)), _line(at))


def _line(at: exp.Expr) -> int:
    for each in at.walk():
        if each.meta.get("line"):
            return int(each.meta["line"])
    return 1


def _once(faults: list[Fault]) -> list[Fault]:
    seen: dict[tuple[str, str, str], Fault] = {}
    for each in faults:
        seen.setdefault((each.kind, each.message, each.name), each)
    return list(seen.values())
