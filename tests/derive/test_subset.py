"""The SQL subset: what is refused, where, and that what is allowed is carried to Spark."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from piperoll.derive.parse import parse
from piperoll.derive.subset import check_subset, parse_condition, to_spark
from piperoll.errors import Problem


def check(sql: str) -> list[Problem]:
    query = parse(sql, "m.sql")
    assert isinstance(query, exp.Query), query
    return check_subset(query, "m.sql")


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("SELECT a FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY a) = 1", "QUALIFY"),
        ("SELECT list_contains(l, 1) AS x FROM t", "function"),
        ("SELECT my_own(a) AS x FROM t", "function my_own"),
        ("SELECT * FROM read_csv('x.csv')", "table function"),
        ("SELECT * FROM read_parquet('/etc/x')", "table function"),
        ("SELECT * FROM other.t", "schema"),
        ("SELECT * EXCLUDE (a) FROM t", "EXCLUDE"),
        ("SELECT CONCAT(a, b) AS x FROM t", "function"),
        ("SELECT DATE_TRUNC('month', d) AS x FROM t", "function"),
        ("SELECT DATE_DIFF('month', d, e) AS x FROM t", "units of month"),
        ("SELECT EXTRACT(ISODOW FROM d) AS x FROM t", "EXTRACT of isodow"),
        ("SELECT CAST(a AS UUID) AS x FROM t", "type UUID"),
        ("SELECT CAST(a AS STRUCT(b INT)) AS x FROM t", "type STRUCT"),
        ("SELECT TRY_CAST(a AS INT) AS x FROM t", "function"),
        ("SELECT a FROM t LIMIT 3", "LIMIT without ORDER BY"),
        ("WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM r) SELECT x FROM r", "RECURSIVE"),
        ("SELECT a FROM t ASOF JOIN u ON t.d >= u.d", "ASOF"),
        ("SELECT a FROM t SEMI JOIN u ON t.d = u.d", "SEMI join"),
        ("SELECT a, COUNT(*) AS n FROM t GROUP BY ALL", "GROUP BY ALL"),
        ("SELECT DISTINCT ON (a) a, b FROM t", "DISTINCT ON"),
        ("SELECT a // 2 AS x FROM t", "DIV"),
        ("SELECT a / 7.0 AS x FROM t", "division with a decimal literal"),
        ("SELECT (1.5) / a AS x FROM t", "division with a decimal literal"),
        ("SELECT [1, 2] AS x FROM t", "ARRAY"),
        ("SELECT UNNEST(l) AS x FROM t", ""),
        ("SELECT a FROM t USING SAMPLE 10", ""),
        ("SELECT RANDOM() AS x FROM t", "function"),
        ("SELECT CURRENT_DATE AS x FROM t", "function"),
        ("SELECT a FROM t WHERE a SIMILAR TO 'x'", ""),
        ("SELECT STRING_AGG(a, ',') AS x FROM t", ""),
        ("PIVOT t ON a USING SUM(b)", ""),
    ],
)
def test_what_leaves_the_subset_is_named(sql: str, named: str) -> None:
    query = parse(sql, "m.sql")
    problems = [query] if isinstance(query, Problem) else check_subset(query, "m.sql")
    assert problems
    assert problems[0].code in ("PR-D003", "PR-D004")
    assert any(named in problem.message for problem in problems), problems


def test_each_refusal_names_its_line() -> None:
    problems = check("SELECT\n  a,\n  my_own(b) AS c\nFROM t\nWHERE\n  list_contains(l, 1)\n")
    assert [problem.where for problem in problems] == ["m.sql:3", "m.sql:6"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a, COALESCE(b, 0) AS b FROM t WHERE c IN (1, 2) AND d BETWEEN DATE '2012-01-01' AND DATE '2012-12-31'",
        "SELECT DATE_DIFF('day', d, e) AS days FROM t",
        "WITH x AS (SELECT a, ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) AS p FROM t) SELECT * FROM x WHERE p = 1",
        "SELECT COUNT(*) FILTER (WHERE a > 1) AS n, CAST(SUM(b) AS BIGINT) AS s, MEDIAN(b) AS m FROM t GROUP BY c",
        "SELECT a FROM t UNION ALL SELECT a FROM u",
        "SELECT t.a FROM t LEFT JOIN u ON u.a = t.a FULL OUTER JOIN v ON v.a = t.a CROSS JOIN w",
        "SELECT CASE WHEN a IS NULL THEN 'x' ELSE UPPER(TRIM(b)) || '-' END AS c FROM t",
        "SELECT EXTRACT(YEAR FROM d) AS y, d + INTERVAL '3' MONTH AS later FROM t",
        "SELECT a FROM t WHERE EXISTS (SELECT 1 AS one FROM u WHERE u.a = t.a) ORDER BY a LIMIT 3",
        "SELECT a IS NOT DISTINCT FROM b AS same FROM t",
        "SELECT c, d, GROUPING(c) AS g, SUM(b) AS s FROM t GROUP BY GROUPING SETS ((c, d), (c))",
    ],
)
def test_what_both_engines_share_is_allowed_and_carried(sql: str) -> None:
    assert check(sql) == []
    sqlglot.parse_one(to_spark(parse(sql, "m.sql")), read="spark")


def test_conditions_are_within_the_subset_too() -> None:
    assert isinstance(parse_condition("kind = 'A' AND CAST(days AS DOUBLE) / 7 > 2.5", "p.yaml"), exp.Expr)
    for text, code in (("kind = = 1", "PR-D002"), ("SELECT 1", "PR-D003"), ("my_own(kind)", "PR-D004")):
        found = parse_condition(text, "p.yaml")
        assert isinstance(found, Problem)
        assert found.code == code


@pytest.mark.parametrize("text", ["comment IS NULL", "show = 1", "load > 2 -- of the lorry", "(use)", '"force" = 3'])
def test_a_column_may_be_called_as_a_statement_is(text: str) -> None:
    found = parse_condition(text, "p.yaml")
    assert isinstance(found, exp.Expr) and not isinstance(found, exp.Command)
    assert len(list(found.find_all(exp.Column))) == 1


@pytest.mark.parametrize(
    "text", ["a) OR (b", "a), (b", "a) AS x, (b", "a) FROM (SELECT 1", "a); DROP TABLE b; (c", "a, b", ""]
)
def test_only_one_whole_expression_is_one(text: str) -> None:
    found = parse_condition(text, "p.yaml")
    assert isinstance(found, Problem) and found.code == "PR-D002"


def test_a_condition_cannot_smuggle_in_a_query() -> None:
    found = parse_condition("a IN (SELECT b FROM read_csv('/etc/passwd'))", "p.yaml")
    assert isinstance(found, Problem)
    assert found.code == "PR-D004"
