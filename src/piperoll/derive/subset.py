"""The SQL subset: what DuckDB and Spark both run, with equal results. A lint says where a model leaves it.

A whitelist, because what is new in a dialect must be refused until someone has looked. Left out on purpose, although
both engines know them: CONCAT (nulls differ), DATE_TRUNC (a date here, a timestamp there), DATE_DIFF in other units
than days (boundaries crossed against whole months), division with a decimal literal (Spark keeps six places: cast to
DOUBLE), string aggregation and LIMIT without an order (rows differ).
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from piperoll.derive.models import DIALECT
from piperoll.derive.parse import line_of
from piperoll.errors import Problem


SPARK = "spark"

STRUCTURE = (
    exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.With, exp.CTE,
    exp.Subquery, exp.Union, exp.Except, exp.Intersect, exp.Distinct, exp.GroupingSets, exp.Cube, exp.Rollup,
    exp.Table, exp.TableAlias, exp.Alias, exp.Column, exp.Identifier, exp.Star, exp.Paren, exp.Tuple,
    exp.Values, exp.Literal, exp.Boolean, exp.Null, exp.Interval, exp.Var, exp.DataType, exp.DataTypeParam,
    exp.Window, exp.WindowSpec, exp.Filter, exp.Limit, exp.Hint,
)  # fmt: skip
OPERATORS = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between,
    exp.Like, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.DPipe, exp.Case, exp.If, exp.Exists,
    exp.NullSafeEQ, exp.NullSafeNEQ,
)  # fmt: skip
FUNCTIONS = (
    exp.Coalesce, exp.Nullif, exp.Cast, exp.Greatest, exp.Least, exp.Abs, exp.Floor, exp.Ceil, exp.Round, exp.Upper,
    exp.Lower, exp.Trim, exp.Substring, exp.Length, exp.Extract, exp.DateDiff, exp.Count, exp.Sum, exp.Min,
    exp.Max, exp.Avg, exp.Median, exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.FirstValue,
    exp.Grouping,
)  # fmt: skip
ALLOWED = frozenset((*STRUCTURE, *OPERATORS, *FUNCTIONS))
TYPES = frozenset(("BIGINT", "INT", "SMALLINT", "DOUBLE", "DECIMAL", "VARCHAR", "TEXT", "DATE", "TIMESTAMP", "BOOLEAN"))
EXTRACTED = frozenset(("YEAR", "QUARTER", "MONTH", "DAY"))
FIX = "Write it with what both engines share; docs/reference/sql.md lists that."


def check_subset(query: exp.Expr, where: str) -> list[Problem]:
    """Constructs of a query outside of the subset, each with file and line (``PR-D004``); empty if there is none."""
    problems = [
        Problem("PR-D004", f"{what} is not in the SQL subset.", where=f"{where}:{line_of(node)}", fix=FIX)
        for node, what in _outside(query)
    ]
    return problems or list(_not_carried(query, where))


def _outside(query: exp.Expr) -> Iterator[tuple[exp.Expr, str]]:
    for node in query.walk(bfs=False):
        if type(node) not in ALLOWED:
            yield node, _name(node)
        elif isinstance(node, exp.Table):
            if not isinstance(node.this, exp.Identifier):
                yield node, f"a table function ({_name(node.this)})"
            elif node.db:
                yield node, f"a name with a schema or database ({node.db}.{node.name})"
            elif any(node.args.get(part) for part in ("sample", "pivots", "laterals", "joins", "when")):
                yield node, "a table with PIVOT, SAMPLE or the like"
        elif isinstance(node, exp.Star) and any(node.args.values()):
            yield node, "* with EXCLUDE, REPLACE or RENAME"
        elif isinstance(node, exp.DataType) and node.this.name not in TYPES:
            yield node, f"type {node.this.name}"
        elif isinstance(node, exp.DateDiff) and (node.text("unit") or "DAY").upper() != "DAY":
            yield node, f"DATE_DIFF in units of {node.text('unit').lower()}"
        elif isinstance(node, exp.Extract) and node.name.upper() not in EXTRACTED:
            yield node, f"EXTRACT of {node.name.lower()}"
        elif isinstance(node, exp.Div) and any(_is_decimal(side) for side in (node.this, node.expression)):
            yield node, "division with a decimal literal"
        elif isinstance(node, exp.Limit) and not (node.parent and node.parent.args.get("order")):
            yield node, "LIMIT without ORDER BY"
        elif isinstance(node, exp.With) and node.args.get("recursive"):
            yield node, "WITH RECURSIVE"
        elif isinstance(node, exp.Join) and _join_outside(node):
            yield node, f"a {_join_outside(node)} join"
        elif isinstance(node, exp.Group) and node.args.get("all"):
            yield node, "GROUP BY ALL"
        elif isinstance(node, exp.Select) and (node.args.get("distinct") and node.args["distinct"].args.get("on")):
            yield node, "DISTINCT ON"


def _is_decimal(node: exp.Expr) -> bool:
    node = node.unnest()
    return isinstance(node, exp.Literal) and not node.is_string and "." in node.name


def _join_outside(join: exp.Join) -> str:
    if join.method:
        return join.method.upper()
    return join.kind.upper() if join.kind.upper() not in ("", "INNER", "OUTER", "CROSS") else ""


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return f"function {node.name}"
    if isinstance(node, exp.Func):
        return f"function {node.meta.get('name') or node.sql_name()}"
    return node.key.upper().replace("_", " ")


def to_spark(query: exp.Expr) -> str:
    """The same query in Spark's dialect.

    Raises:
        SqlglotError: If it cannot be said there.
    """
    return query.sql(dialect=SPARK, unsupported_level=sqlglot.ErrorLevel.RAISE)


def _not_carried(query: exp.Expr, where: str) -> Iterator[Problem]:
    try:
        sqlglot.parse_one(to_spark(query), read=SPARK)
    except SqlglotError as error:
        reason = str(error).splitlines()[0]
        yield Problem("PR-D004", f"this cannot be said in Spark: {reason}.", where=f"{where}:1", fix=FIX)


def parse_condition(text: str, where: str) -> exp.Expr | Problem:
    """Parse a condition or expression of publication.yaml (`Measure.where`, `Measure.value`) within the subset."""
    parsed = _bracketed(text)
    if parsed is None:
        return Problem("PR-D002", f"{text!r} is not a SQL expression.", where=where, fix="Correct it.")
    if isinstance(parsed, exp.Query):
        return Problem("PR-D003", f"{text!r} is a query, and an expression is wanted.", where=where)
    outside = next(_outside(parsed), None)
    if outside is not None:
        return Problem("PR-D004", f"{outside[1]} is not in the SQL subset.", where=where, fix=FIX)
    return parsed


def _bracketed(text: str) -> exp.Expr | None:
    """One expression, parsed between brackets: a column may be called as a statement is (comment, load, show)."""
    try:
        statements = sqlglot.parse(f"SELECT (\n{text}\n)", read=DIALECT)
    except SqlglotError:
        return None
    query = statements[0]
    if len(statements) > 1 or not isinstance(query, exp.Select) or len(query.expressions) != 1:
        return None
    only = {name for name, value in query.args.items() if value} == {"expressions"}
    held = query.expressions[0]
    inner = held.this if only and type(held) in (exp.Paren, exp.Subquery) else None
    return inner if isinstance(inner, exp.Expr) else None


def reference() -> str:
    """The subset as a page of documentation, in Markdown."""
    written = {"DATEDIFF": "DATE_DIFF"}
    names = {each.sql_name() for each in FUNCTIONS if issubclass(each, exp.Func)}
    functions = sorted(written.get(name, name) for name in names)
    parts = {
        "Functions": ", ".join(f"`{name}`" for name in functions),
        "Types": ", ".join(f"`{name}`" for name in sorted(TYPES)),
        "Parts of a date (`EXTRACT`)": ", ".join(f"`{name}`" for name in sorted(EXTRACTED)),
        "Clauses": "SELECT, WITH, FROM, JOIN (inner, left, right, full, cross), WHERE, GROUP BY with GROUPING SETS, "
        "CUBE and ROLLUP, HAVING, ORDER BY, LIMIT with an order, UNION, EXCEPT, INTERSECT, subqueries, EXISTS, window "
        "functions with OVER, FILTER",
        "Operators": "AND, OR, NOT, comparisons, IS NULL, IS NOT DISTINCT FROM, IN, BETWEEN, LIKE, arithmetic, `||`, "
        "CASE, dates and INTERVAL",
    }
    lines = ["# The SQL subset", "", (__doc__ or "").strip(), ""]
    for title, text in parts.items():
        lines += [f"## {title}", "", text + ".", ""]
    lines += ["`DATE_DIFF` counts days only. A model is one SELECT in a file of its own; what it reads are datasets"]
    lines += ["(`source__dataset`), code lists (`codes__list`) and other models, by the name of their file."]
    return "\n".join(lines)
