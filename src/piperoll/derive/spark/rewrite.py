"""DuckDB's SQL as Spark's, with DuckDB's meaning.

sqlglot carries names and syntax. What has the same name and another meaning is written out here, by the types of the
expression (`piperoll.derive.spark.kinds`); what cannot be, `piperoll.derive.spark.refuse` refuses by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from piperoll.derive.catalogue import Columns
from piperoll.derive.models import DIALECT
from piperoll.derive.spark.kinds import DATE, DECIMAL, DOUBLE, INTERVAL, WHOLE, kind, kind_of
from piperoll.derive.spark.refuse import FIX, refusals
from piperoll.errors import Problem, Problems
from piperoll.store.duck import connect


# Spaces of Unicode's category Zs, which DuckDB's TRIM takes off; Spark's takes the first alone.
SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
# DuckDB's LIKE has no escape, and Spark's has the backslash unless told another: one that no text of the store holds.
ESCAPE = "\x01"
_EXACT = "1000000000000000"  # below 2^53, and every double above it is whole


def carried(query: exp.Expr, schema: Mapping[str, Columns], where: str) -> str:
    """A query in Spark's dialect that gives there what it gives in DuckDB.

    Args:
        query: DuckDB's; not changed.
        schema: Columns and types by table.
        where: File that refusals name.

    Raises:
        Problems: ``PR-T030`` for each construct that Spark has not, or would run otherwise.
    """
    try:
        typed = qualify(query.copy(), schema=dict(schema), dialect=DIALECT, quote_identifiers=False, identify=False)
        annotate_types(typed, schema=dict(schema), dialect=DIALECT)
        if problems := refusals(typed, where):
            raise Problems(problems)
        return _rewritten(typed).sql(dialect="spark", identify=True, unsupported_level=sqlglot.ErrorLevel.RAISE)
    except SqlglotError as error:
        reason = str(error).splitlines()[0]
        message = f"this cannot be said in Spark: {reason}."
        raise Problems([Problem("PR-T030", message, where=where, fix=FIX)]) from None


def _rewritten(query: exp.Expr) -> exp.Expr:
    # Children first: a rule sees the types of what DuckDB was given, and wraps what was written anew.
    for node in reversed(list(query.walk(bfs=False))):
        rule = RULES.get(type(node))
        made = rule(node) if rule else None
        if made is not None:
            made.type = node.type
            node.replace(made)
    return query


def _cast(node: exp.Expr, to: str) -> exp.Cast:
    return exp.cast(node, to, dialect="spark", copy=True)


def _call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=[each.copy() for each in arguments])


def _number(text: str) -> exp.Expr:
    return exp.Literal.number(text)


def _case(condition: exp.Expr, then: exp.Expr, otherwise: exp.Expr) -> exp.Case:
    return exp.Case().when(condition, then, copy=False).else_(otherwise, copy=False)


def _divide(node: exp.Expr) -> exp.Expr:
    """Always of doubles, and by zero the infinity (or no number) that DuckDB gives."""
    over, by = _cast(node.this, "DOUBLE"), _cast(node.expression, "DOUBLE")
    quotient = exp.Div(this=over, expression=by)
    divisor = node.expression.unnest()
    if isinstance(divisor, exp.Cast):
        divisor = divisor.this
    if isinstance(divisor, exp.Literal) and not divisor.is_string and float(divisor.name) != 0:
        return exp.Paren(this=quotient)
    endless = exp.Mul(this=over.copy(), expression=_cast(exp.Literal.string("Infinity"), "DOUBLE"))
    return _case(exp.EQ(this=by.copy(), expression=_number("0")), endless, quotient)


def _whole_step(node: exp.Expr) -> exp.Expr | None:
    """FLOOR and CEIL of doubles stay doubles, and keep what has no digits behind the point."""
    if kind(node.this) == DECIMAL:
        return None
    value = _cast(node.this, "DOUBLE")
    step = _cast(type(node)(this=value.copy()), "DOUBLE")
    return _case(exp.LT(this=exp.Abs(this=value.copy()), expression=_number(_EXACT)), step, value)


def _made_of(node: Any) -> exp.Expr | None:
    """CAST: DuckDB rounds to whole numbers and decimals, and Spark cuts off, or rounds what it has written out."""
    was, wanted = kind(node.this), kind_of(node.to)
    if wanted == WHOLE and was == DOUBLE:
        return exp.Cast(this=_call("RINT", node.this), to=node.to.copy())
    if wanted == WHOLE and was == DECIMAL:
        return exp.Cast(this=_call("ROUND", node.this, _number("0")), to=node.to.copy())
    if wanted == DECIMAL and was == DOUBLE:
        parts = [each.name for each in node.to.expressions] or ["18", "3"]
        scale = int(parts[1]) if len(parts) > 1 else 0
        shifted = exp.Mul(this=_cast(node.this, "DOUBLE"), expression=_cast(_number("1" + "0" * scale), "DOUBLE"))
        whole = _cast(_call("ROUND", shifted), "DECIMAL(38, 0)")
        unit = _number(f"0.{'0' * (scale - 1)}1") if scale else _number("1")
        return exp.Cast(this=exp.Mul(this=whole, expression=unit), to=node.to.copy())
    return None


def _average(node: exp.Expr) -> exp.Expr | None:
    if kind(node.this) != DECIMAL or isinstance(node.this, exp.Distinct):
        return None
    return exp.Avg(this=_cast(node.this, "DOUBLE"))


def _days(node: exp.Expr) -> exp.Expr:
    """Midnights between: Spark's own unit of days counts whole ones of 24 hours."""
    return _call("DATEDIFF", _cast(node.this, "DATE"), _cast(node.expression, "DATE"))


def _shift(node: exp.Expr) -> exp.Expr | None:
    """A date and days is a date; a date and an interval is a timestamp in DuckDB."""
    left, right = kind(node.this), kind(node.expression)
    minus = isinstance(node, exp.Sub)
    if left == right == DATE and minus:
        return _days(node)
    if left == DATE and right == WHOLE:
        return _call("DATE_SUB" if minus else "DATE_ADD", node.this, _cast(node.expression, "INT"))
    if left == WHOLE and right == DATE and not minus:
        return _call("DATE_ADD", node.expression, _cast(node.this, "INT"))
    if left == DATE and right == INTERVAL:
        return type(node)(this=_cast(node.this, "TIMESTAMP_NTZ"), expression=node.expression.copy())
    if left == INTERVAL and right == DATE and not minus:
        return exp.Add(this=_cast(node.expression, "TIMESTAMP_NTZ"), expression=node.this.copy())
    return None


def _trim(node: exp.Expr) -> exp.Expr | None:
    if node.args.get("expression") is not None:
        return None
    made = node.copy()
    made.set("expression", exp.Literal.string(SPACES))
    if not made.args.get("position"):
        made.set("position", "BOTH")
    return made


def _like(node: exp.Expr) -> exp.Expr:
    return exp.Escape(this=node.copy(), expression=exp.Literal.string(ESCAPE))


def _letters(node: exp.Expr) -> exp.Expr:
    """UPPER and LOWER letter by letter, as DuckDB does: Spark makes SS of one sharp s, and knows newer letters."""
    given, made = letters("upper" if isinstance(node, exp.Upper) else "lower")
    return _call("TRANSLATE", node.this, exp.Literal.string(given), exp.Literal.string(made))


@lru_cache
def letters(function: str) -> tuple[str, str]:
    """All letters that DuckDB's ``upper`` or ``lower`` changes, and what it makes of them, in the same order."""
    con = connect()
    try:
        # All code points but the halves of pairs.
        points = "SELECT unnest(range(1, 55296)) AS i UNION ALL SELECT unnest(range(57344, 1114112))"
        letter = f"SELECT chr(i::INTEGER) AS c FROM ({points})"
        rows = con.execute(f"SELECT c, {function}(c) FROM ({letter}) WHERE {function}(c) <> c ORDER BY c").fetchall()
    finally:
        con.close()
    return "".join(c for c, _ in rows), "".join(to for _, to in rows)


def _percentile(node: exp.Expr) -> exp.Expr:
    """Exact, between the two nearest; by way of Spark's `percentile`."""
    return _call("PERCENTILE", node.this, node.expression)


RULES: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr | None]] = {
    exp.Div: _divide,
    exp.Floor: _whole_step,
    exp.Ceil: _whole_step,
    exp.Cast: _made_of,
    exp.Avg: _average,
    exp.DateDiff: _days,
    exp.Add: _shift,
    exp.Sub: _shift,
    exp.Trim: _trim,
    exp.Like: _like,
    exp.Upper: _letters,
    exp.Lower: _letters,
    exp.PercentileCont: _percentile,
}
