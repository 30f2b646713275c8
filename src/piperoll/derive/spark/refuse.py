"""What Spark would run with another meaning than DuckDB: refused by name, with its place, and never run approximately.

After the subset (`piperoll.derive.subset`), which is about names; this is about the types of what they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlglot import exp

from piperoll.derive.models import DIALECT
from piperoll.derive.parse import line_of
from piperoll.derive.spark.kinds import DATE, DECIMAL, DOUBLE, NUMBERS, TEXT, TIMESTAMP, WHOLE, kind, kind_of
from piperoll.errors import Problem


FIX = "Write it so that both mean the same (docs/explanation/scale.md), or run it with `--engine duckdb`."
UNITS = frozenset(("YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"))
COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)


def refusals(query: exp.Expr, where: str) -> list[Problem]:
    """Each such construct of a typed query (``PR-T030``); empty if it may run."""
    problems = []
    placed = where.endswith(".sql")
    for node in query.walk(bfs=False):
        for said in _said(node):
            text = node.sql(dialect=DIALECT)
            shown = text if len(text) <= 80 else f"{text[:77]}..."
            message = f"`{shown}`: {said}."
            place = f"{where}:{line_of(node)}" if placed else where
            problems.append(Problem("PR-T030", message, where=place, fix=FIX))
    return problems


def _said(node: exp.Expr) -> Iterator[str]:
    check = CHECKS.get(type(node))
    if check is not None:
        yield from check(node)
    if isinstance(node, COMPARED):
        yield from _mixed([node.this, node.expression])


def _cast(node: Any) -> Iterator[str]:
    was, wanted = kind(node.this), kind_of(node.to)
    if not wanted:
        yield f"{node.to.sql(dialect=DIALECT)} is no type that both have"
    elif not was and wanted in (TEXT, WHOLE, DECIMAL) and not _null(node.this):
        yield "what is cast has no type that is known here, and the two round and write numbers differently"
    elif wanted == TEXT and was == DOUBLE:
        yield "the two write doubles differently"


def _joined(node: exp.Expr) -> Iterator[str]:
    if any(kind(each) in (DOUBLE, "") and not _null(each) for each in (node.this, node.expression)):
        yield "the two write doubles differently: cast to text what is known to be none"


def _null(node: exp.Expr) -> bool:
    return isinstance(node.unnest(), exp.Null)


def _round(node: exp.Expr) -> Iterator[str]:
    places = node.args.get("decimals")
    if places is not None and places.name != "0" and kind(node.this) not in (WHOLE, DECIMAL):
        yield "Spark rounds the double's decimal digits, and DuckDB the double: cast it to DECIMAL first"


def _part(node: exp.Expr) -> Iterator[str]:
    if not _count(node.args.get("start"), 1):
        yield "a start that is no whole number from 1 on counts differently in the two"
    length = node.args.get("length")
    if length is not None and not _count(length, 0):
        yield "a length that is no whole number counts differently in the two"


def _count(node: exp.Expr | None, least: int) -> bool:
    return isinstance(node, exp.Literal) and node.name.isdecimal() and int(node.name) >= least


def _difference(node: exp.Expr) -> Iterator[str]:
    if TIMESTAMP in (kind(node.this), kind(node.expression)) and kind(node.expression) in (DATE, TIMESTAMP):
        yield "the two give intervals of different parts"


def _extract(node: exp.Expr) -> Iterator[str]:
    if kind(node.expression) not in (DATE, TIMESTAMP):
        yield "parts of what is no date or timestamp differ"


def _interval(node: exp.Expr) -> Iterator[str]:
    unit = node.text("unit").upper().removesuffix("S")
    if unit not in UNITS:
        yield f"an interval of {unit or 'no unit'} is not Spark's"


def _middle(node: exp.Expr) -> Iterator[str]:
    if kind(node.this) not in (WHOLE, DOUBLE):
        yield "only whole numbers and doubles have the same middle in the two"


def _counted(node: exp.Expr) -> Iterator[str]:
    what = node.this
    if isinstance(what, exp.Distinct) and (
        len(what.expressions) != 1 or isinstance(what.expressions[0].unnest(), exp.Tuple)
    ):
        yield "combinations with nulls are counted differently: count one column"


def _frame(node: exp.Expr) -> Iterator[str]:
    if node.args.get("exclude") or node.text("kind").upper() == "GROUPS":
        yield "Spark has no such frame"


def _sets(node: Any) -> Iterator[str]:
    if node.args.get("by_name"):
        yield "Spark has no set operation by name: write the columns in one order"
    for left, right in zip(node.left.selects, node.right.selects, strict=False):
        yield from _mixed([left.unalias(), right.unalias()])


def _choice(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.Case):
        results = [each.args["true"] for each in node.args.get("ifs") or ()]
        if node.args.get("default") is not None:
            results.append(node.args["default"])
        yield from _mixed(results)
        if node.this is not None:
            yield from _mixed([node.this, *(each.this for each in node.args.get("ifs") or ())])
        return
    yield from _mixed([node.this, *node.expressions])


def _between(node: exp.Expr) -> Iterator[str]:
    yield from _mixed([node.this, node.args["low"], node.args["high"]])


def _in(node: exp.Expr) -> Iterator[str]:
    yield from _mixed([node.this, *node.expressions])


def _mixed(nodes: list[exp.Expr]) -> Iterator[str]:
    kinds = {kind(each) for each in nodes if each is not None}
    if TEXT in kinds and kinds & NUMBERS:
        yield "text and numbers together: DuckDB and Spark make the one the other's type by different rules"


CHECKS: dict[type[exp.Expr], Callable[[Any], Iterator[str]]] = {
    exp.Cast: _cast,
    exp.DPipe: _joined,
    exp.Round: _round,
    exp.Substring: _part,
    exp.Sub: _difference,
    exp.Extract: _extract,
    exp.Interval: _interval,
    exp.Median: _middle,
    exp.PercentileCont: _middle,
    exp.Count: _counted,
    exp.WindowSpec: _frame,
    exp.Union: _sets,
    exp.Except: _sets,
    exp.Intersect: _sets,
    exp.Case: _choice,
    exp.Coalesce: _choice,
    exp.Nullif: lambda node: _mixed([node.this, node.expression]),
    exp.Greatest: _choice,
    exp.Least: _choice,
    exp.Between: _between,
    exp.In: _in,
}
