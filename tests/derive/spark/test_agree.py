"""What the two engines would say differently of the same SQL, were it carried over by name alone."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from piperoll.derive.engine import Engine
from piperoll.errors import Problems, UserError
from tests.sparks import quiet


pytestmark = quiet

KINDS = {
    "i": "BIGINT", "j": "BIGINT", "x": "DOUBLE", "m": "DECIMAL(12,2)", "s": "VARCHAR", "d": "DATE", "e": "DATE",
    "ts": "TIMESTAMP", "te": "TIMESTAMP", "b": "BOOLEAN",
}  # fmt: skip
# Summer time begins in London on 25 March 2012 at one; 29 February; ties; what Unicode calls a space; what LIKE does not.
ROWS = [
    (7, 2, 0.5, "1.25", " a ", "2012-01-31", "2011-11-30", "2012-03-25T01:30:00", "2012-03-26T00:30:00", True),
    (-7, 2, 1.5, "2.50", "\u00a0b\u3000", "2012-02-29", "2012-02-28", "2012-03-25T00:30:00", "2012-03-25T02:30:00", False),
    (5, 0, 2.5, "-2.50", "c\t", "2011-12-31", "2012-12-31", "2012-10-28T01:30:00.250000", "2012-10-28T23:59:59", None),
    (-5, 0, -2.5, "0.01", "a\\b", "2012-08-31", "2012-08-01", "1899-12-31T23:59:59", "2012-01-01T00:00:00", True),
    (0, 0, 1e16, "9999999999.99", "50%", "1900-02-28", "1904-02-29", "2012-01-01T12:00:00", None, False),
    (9, 4, 123456.789, "-0.05", "", "2012-03-31", "2012-05-31", None, "2012-01-01T00:00:00", True),
    (9, 4, 0.1, "0.05", "A_b", "2012-10-31", None, "2012-06-30T23:00:00", "2012-07-01T00:30:00", None),
    (None, 3, None, None, None, None, "2012-01-01", None, None, None),
    (3, None, -0.0, "7.00", "é", "2012-01-31", "2012-01-31", "2012-01-31T00:00:00", "2012-01-31T00:00:00", True),
]  # fmt: skip


def _column(place: int, kind: str) -> list[Any]:
    made = {"DATE": dt.date.fromisoformat, "TIMESTAMP": dt.datetime.fromisoformat, "DECIMAL(12,2)": Decimal}
    take = made.get(kind, lambda value: value)
    return [None if row[place] is None else take(row[place]) for row in ROWS]


TABLE: dict[str, list[Any]] = {name: _column(place, kind) for place, (name, kind) in enumerate(KINDS.items())}

SAME = {
    "division of whole numbers": "SELECT i, j, i / j AS q, i / 4 AS r, CAST(i AS DOUBLE) / 2 AS h FROM t",
    "division of decimals keeps its digits": "SELECT m / 3 AS q, m / (m + m) AS r, 1 / m AS inverse FROM t",
    "remainder": "SELECT i % 4 AS r, -i % 3 AS s FROM t",
    "a decimal's scale": "SELECT m * m AS p, m + i AS q, m - 1 AS r, m * 1.5 AS s, CAST(m AS DECIMAL(12,1)) AS n FROM t WHERE m < 1000",
    "a double made a decimal": "SELECT CAST(x AS DECIMAL(38,10)) AS a, CAST(x * i AS DECIMAL(20,1)) AS c FROM t WHERE x < 1000000",
    "whole numbers made of others": "SELECT CAST(x AS BIGINT) AS a, CAST(m AS BIGINT) AS c, CAST(b AS INT) AS f FROM t",
    "steps down and up": "SELECT FLOOR(x) AS a, CEIL(x) AS c, FLOOR(m) AS f, FLOOR(i / 4) AS g, CAST(FLOOR(i / 4) AS INT) AS k FROM t WHERE j IS NOT NULL",
    "rounding": "SELECT ROUND(x) AS a, ROUND(m, 1) AS c, ROUND(CAST(x AS DECIMAL(20,6)), 2) AS f FROM t WHERE x < 1000000",
    "nulls come last": "SELECT i, ROW_NUMBER() OVER (ORDER BY i, x) AS up, ROW_NUMBER() OVER (ORDER BY i DESC, x DESC) AS down FROM t",
    "an order and a limit": "SELECT s, i FROM t ORDER BY s DESC, i LIMIT 4",
    "days between": "SELECT DATE_DIFF('day', d, e) AS a, DATE_DIFF('day', ts, te) AS c, e - d AS f, d - 31 AS g, d + 31 AS h FROM t",
    "months later": "SELECT d + INTERVAL '1' MONTH AS a, d + INTERVAL '3' MONTH AS c, d - INTERVAL '1' MONTH AS f, CAST(d + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE) AS g FROM t",
    "hours later": "SELECT ts + INTERVAL '74' HOUR AS a, ts + CAST(i AS INT) * INTERVAL '1' HOUR AS c, te <= ts + INTERVAL '1' DAY AS f FROM t",
    "parts of a date": "SELECT EXTRACT(YEAR FROM d) AS y, EXTRACT(QUARTER FROM ts) AS q, EXTRACT(MONTH FROM ts) AS n, EXTRACT(DAY FROM te) AS k FROM t",
    "no zone moves a moment": "SELECT CAST(ts AS DATE) AS a, CAST(ts AS VARCHAR) AS c, ts < te AS f, ts = d AS g FROM t",
    "middles": "SELECT b, MEDIAN(x) AS a, MEDIAN(i) AS c, QUANTILE_CONT(x, 0.9) AS f, AVG(m) AS g, AVG(i) AS h FROM t GROUP BY b",
    "sums": "SELECT b, SUM(i) AS a, SUM(m) AS c, COUNT(*) AS f, COUNT(s) AS g, COUNT(DISTINCT i) AS h, MAX(s) AS k FROM t GROUP BY b",
    "sums of some": "SELECT b, SUM(i) FILTER (WHERE x > 1) AS a, COUNT(*) FILTER (WHERE m < 0) AS c FROM t GROUP BY b",
    "every letter": "SELECT c, UPPER(c) AS a, LOWER(c) AS f, LENGTH(TRIM(c)) AS g FROM letters",
    "spaces": "SELECT s, TRIM(s) AS a, LENGTH(s) AS c, '[' || TRIM(s) || ']' AS f FROM t",
    "parts of a text": "SELECT SUBSTRING(s, 1, 2) AS a, SUBSTRING(s, 2) AS c, SUBSTRING(s, 9, 1) AS f FROM t",
    "patterns": "SELECT s, s LIKE 'a\\%' AS a, s LIKE '%\\b' AS c, s LIKE '50%' AS f, s LIKE '_\\_' AS g, s NOT LIKE '%' || s AS h FROM t",
    "order of texts is of their bytes": "SELECT s, s < 'a' AS a, s BETWEEN 'A' AND 'a' AS c FROM t",
    "quotes": "SELECT s || '''' AS a, 'a\\n\"' AS c, NULLIF(s, '') || 'x' AS f FROM t",
    "nothing is distinct from nothing": "SELECT i, i IS NOT DISTINCT FROM j AS a, i IS DISTINCT FROM NULL AS c, i = NULL AS f FROM t",
    "the greatest of what is there": "SELECT GREATEST(i, j) AS a, LEAST(i, NULL, j) AS c, COALESCE(i, j, 0) AS f, NULLIF(j, 0) AS g FROM t",
    "not in what has nulls": "SELECT i, i IN (1, 7, NULL) AS a, i NOT IN (SELECT j FROM t WHERE j > 2) AS c FROM t WHERE i IS NOT NULL",
    "sets of groups": "SELECT s, b, GROUPING(s) AS g, SUM(i) AS n FROM t GROUP BY GROUPING SETS ((s, b), (b), ())",
    "one list under another": "SELECT i AS v, 'i' AS k FROM t UNION ALL SELECT j, 'j' FROM t EXCEPT SELECT 9, 'i' FROM t",
    "a choice": "SELECT CASE i % 4 WHEN 0 THEN '-' WHEN 1 THEN s ELSE NULL END AS a, CASE WHEN b THEN 1 ELSE 0.5 END AS c FROM t",
    "rows like these": "SELECT i FROM t WHERE EXISTS (SELECT 1 AS one FROM t AS u WHERE u.j = t.i - 5) AND b",
    "the row before": "SELECT s, LAG(i) OVER (PARTITION BY b ORDER BY x) AS a, FIRST_VALUE(s) OVER (PARTITION BY b ORDER BY x DESC) AS c, SUM(i) OVER (ORDER BY x) AS f FROM t",
    "texts read": "SELECT CAST('2012-02-29' AS DATE) AS a, CAST('1.25' AS DECIMAL(5,1)) AS c, CAST('12' AS BIGINT) AS f, CAST(d AS VARCHAR) AS g, CAST(m AS VARCHAR) AS h FROM t",
    "words for true and false": "SELECT CAST(v.w AS BOOLEAN) AS a FROM (VALUES ('true'), ('T'), ('yes'), ('n'), ('0'), (NULL)) AS v(w)",
    "a list of values": "SELECT v.a, v.c FROM (VALUES (1, 'x'), (2, NULL)) AS v(a, c)",
    "nulls of no type": "SELECT CAST(NULL AS DATE) AS c, CASE WHEN i > 5 THEN NULL ELSE d END AS a, NULL IS NULL AS f FROM t",
}  # fmt: skip


@pytest.mark.parametrize("sql", SAME.values(), ids=SAME.keys())
def test_the_two_agree(sql: str, engines: tuple[Engine, Engine]) -> None:
    duck, spark = (_asked(engine, sql) for engine in engines)
    assert spark.columns == duck.columns
    assert spark.dtypes == duck.dtypes
    assert _rows(spark) == _rows(duck)
    assert duck.height


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELECT SUM(i * 1000000000000000000) AS a FROM t WHERE i > 0", "ARITHMETIC_OVERFLOW"),
        ("SELECT CAST(s AS BIGINT) AS a FROM t", "CAST_INVALID_INPUT"),
        ("SELECT m * m * m * m * m * m AS a FROM t", ""),
        ("SELECT i % j AS a FROM t", "REMAINDER_BY_ZERO"),
    ],
)
def test_what_fails_says_its_kind_and_no_value(sql: str, kind: str, engines: tuple[Engine, Engine]) -> None:
    with pytest.raises(UserError) as caught:
        _asked(engines[1], sql)
    assert caught.value.code == "PR-S031"
    assert kind in caught.value.message
    assert "50%" not in str(caught.value)


def test_what_would_mean_something_else_is_refused_before_it_runs(engines: tuple[Engine, Engine]) -> None:
    with pytest.raises(Problems) as caught:
        _asked(engines[1], "SELECT CAST(x AS VARCHAR) AS a FROM t")
    assert [each.code for each in caught.value.problems] == ["PR-T030"]


LETTERS = [chr(each) for each in range(1, 0x11000) if not 0xD800 <= each < 0xE000]


def _asked(engine: Engine, sql: str) -> Any:
    engine.lists("t", TABLE, KINDS)
    if "FROM letters" in sql:
        engine.lists("letters", {"c": LETTERS}, {"c": "VARCHAR"})
    return engine.frame(sql, "m.sql")


def _rows(frame: Any) -> list[tuple[Any, ...]]:
    return sorted((tuple(map(_plain, row)) for row in frame.iter_rows()), key=repr)


def _plain(value: Any) -> Any:
    """Numbers that are none are told apart from nulls, and sums of doubles need not agree in their last digit."""
    if isinstance(value, float):
        return "nan" if math.isnan(value) else float(f"{value:.14g}") + 0.0
    return value


def test_small_tables_may_be_empty(engines: tuple[Engine, Engine]) -> None:
    empty: Mapping[str, list[Any]] = {name: [] for name in KINDS}
    for engine in engines:
        engine.lists("t", empty, KINDS)
        assert engine.frame("SELECT COUNT(*) AS n, SUM(i) AS s FROM t").rows() == [(0, None)]
        assert engine.frame("SELECT s FROM t").height == 0
