"""DuckDB's SQL in Spark's words, and what is refused by name; no Spark is needed to see that."""

from __future__ import annotations

import pytest

from piperoll.derive.parse import parse
from piperoll.derive.spark.kinds import holds, spark_type
from piperoll.derive.spark.rewrite import ESCAPE, carried, letters
from piperoll.errors import Problems


SCHEMA = {
    "t": {
        "i": "BIGINT", "x": "DOUBLE", "m": "DECIMAL(12,2)", "s": "VARCHAR", "d": "DATE", "at": "TIMESTAMP", "b": "BOOLEAN"
    }
}  # fmt: skip


def said(expression: str) -> str:
    """How an expression over ``t`` is said in Spark."""
    text = carried(parse(f"SELECT {expression} AS a FROM t", "m.sql"), SCHEMA, "m.sql")
    return text.removeprefix("SELECT ").removesuffix(" AS `a` FROM `t` AS `t`").replace("`t`.", "")


@pytest.mark.parametrize(
    ("expression", "spark"),
    [
        ("i / 7", "(CAST(`i` AS DOUBLE) / CAST(7 AS DOUBLE))"),
        ("m / CAST(12 AS DOUBLE)", "(CAST(`m` AS DOUBLE) / CAST(12 AS DOUBLE))"),
        ("CAST(x AS BIGINT)", "CAST(RINT(`x`) AS BIGINT)"),
        ("CAST(m AS INT)", "CAST(ROUND(`m`, 0) AS INT)"),
        ("CAST(i AS VARCHAR)", "CAST(`i` AS STRING)"),
        ("CAST(i AS DECIMAL(38,10))", "CAST(`i` AS DECIMAL(38, 10))"),
        ("AVG(i)", "AVG(`i`)"),
        ("AVG(m)", "AVG(CAST(`m` AS DOUBLE))"),
        ("MEDIAN(i)", "MEDIAN(`i`)"),
        ("QUANTILE_CONT(x, 0.9)", "PERCENTILE(`x`, 0.9)"),
        ("DATE_DIFF('day', d, at)", "DATEDIFF(CAST(`at` AS DATE), CAST(`d` AS DATE))"),
        ("d - CAST(s AS DATE)", "DATEDIFF(CAST(`d` AS DATE), CAST(`s` AS DATE))"),
        ("d - 3", "DATE_SUB(`d`, CAST(3 AS INT))"),
        ("3 + d", "DATE_ADD(`d`, CAST(3 AS INT))"),
        ("d + INTERVAL '3' MONTH", "CAST(`d` AS TIMESTAMP_NTZ) + INTERVAL '3' MONTH"),
        ("CAST(s AS TIMESTAMP)", "CAST(`s` AS TIMESTAMP_NTZ)"),
        ("i IS NOT DISTINCT FROM 3", "`i` IS NOT DISTINCT FROM 3"),
        ("COUNT(*) FILTER (WHERE i > 1)", "COUNT(*) FILTER(WHERE `i` > 1)"),
        ("ROW_NUMBER() OVER (ORDER BY i)", "ROW_NUMBER() OVER (ORDER BY `i` NULLS LAST)"),
        ("FLOOR(m)", "FLOOR(`m`)"),
        ("TRIM(s, 'x')", "TRIM('x' FROM `s`)"),
    ],
)
def test_the_same_in_sparks_words(expression: str, spark: str) -> None:
    assert said(expression) == spark


def test_division_by_what_may_be_zero_is_endless_as_in_duckdb() -> None:
    assert said("x / i").startswith("CASE WHEN CAST(`i` AS DOUBLE) = 0 THEN CAST(`x` AS DOUBLE) * ")
    assert "CASE" not in said("x / 2")
    assert "CASE" in said("x / 0")


def test_a_double_becomes_a_decimal_by_duckdbs_rounding() -> None:
    assert said("CAST(x AS DECIMAL(12,2))") == (
        "CAST(CAST(ROUND(CAST(`x` AS DOUBLE) * CAST(100 AS DOUBLE)) AS DECIMAL(38, 0)) * 0.01 AS DECIMAL(12, 2))"
    )


def test_trim_takes_off_what_unicode_calls_a_space() -> None:
    assert "\u00a0" in said("TRIM(s)")
    assert "\u3000" in said("TRIM(s)")


def test_letters_are_changed_one_by_one_as_in_duckdb() -> None:
    for function, pairs in (
        ("upper", {"a": "A", "\u00df": "\u1e9e", "\u00e9": "\u00c9"}),
        ("lower", {"\u0130": "i", "Z": "z"}),
    ):
        given, made = letters(function)
        assert len(given) == len(made) > 1000
        table = dict(zip(given, made, strict=True))
        assert {each: table[each] for each in pairs} == pairs
    assert said("UPPER(s)").startswith("TRANSLATE(`s`, 'abc")


def test_like_has_no_escape() -> None:
    assert ESCAPE == "\x01"
    assert said("s LIKE '%a\\_'") == "`s` LIKE '%a\\\\_' ESCAPE '\\001'"


REFUSED = {
    "CAST(x AS VARCHAR)": "the two write doubles differently",
    "s || x": "the two write doubles differently",
    "ROUND(x, 2)": "ROUND(t.x, 2)",
    "SUBSTRING(s, i)": "SUBSTRING(t.s, t.i)",
    "SUBSTRING(s, 0, 2)": "from 1 on",
    "SUBSTRING(s, 1, i)": "a length",
    "at - at": "intervals",
    "at - d": "intervals",
    "EXTRACT(DAY FROM INTERVAL '3' MONTH)": "no date or timestamp",
    "d + INTERVAL '1' QUARTER": "QUARTER",
    "MEDIAN(d)": "the same middle",
    "MEDIAN(m)": "the same middle",
    "COUNT(DISTINCT (i, s))": "combinations",
    "s = 1": "text and numbers",
    "i IN (1, '2')": "text and numbers",
    "i BETWEEN '1' AND '2'": "text and numbers",
    "COALESCE(s, 1)": "text and numbers",
    "GREATEST(i, s)": "text and numbers",
    "NULLIF(i, s)": "text and numbers",
    "CASE WHEN b THEN s ELSE 1 END": "text and numbers",
    "CASE s WHEN 1 THEN 2 END": "text and numbers",
    "CAST(s AS TIME)": "TIME",
    "SUM(i) OVER (ORDER BY i GROUPS 1 PRECEDING)": "frame",
}


@pytest.mark.parametrize(("expression", "reason"), REFUSED.items(), ids=REFUSED.keys())
def test_what_spark_would_take_otherwise_is_refused_by_name(expression: str, reason: str) -> None:
    with pytest.raises(Problems) as caught:
        said(expression)
    assert any(reason in each.message for each in caught.value.problems), caught.value
    assert {each.code for each in caught.value.problems} == {"PR-T030"}
    assert all(each.where == "m.sql:1" and "`" in each.message for each in caught.value.problems)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT i FROM t UNION BY NAME SELECT i FROM t",
        "SELECT i FROM t UNION ALL SELECT s FROM t",
    ],
)
def test_set_operations(sql: str) -> None:
    with pytest.raises(Problems, match="PR-T030"):
        carried(parse(sql, "m.sql"), SCHEMA, "m.sql")


def test_every_refusal_is_told_with_its_line() -> None:
    with pytest.raises(Problems) as caught:
        carried(parse("SELECT\n  ROUND(x, 2) AS a,\n  i AS c,\n  s || x AS f\nFROM t", "m.sql"), SCHEMA, "m.sql")
    assert [each.where for each in caught.value.problems] == ["m.sql:2", "m.sql:4"]


def test_types_that_come_through_a_subquery_are_known() -> None:
    sql = "WITH one AS (SELECT x * 2 AS y FROM t), two AS (SELECT y AS z FROM one) SELECT CAST(z AS VARCHAR) AS a FROM two"
    with pytest.raises(Problems, match="doubles"):
        carried(parse(sql, "m.sql"), SCHEMA, "m.sql")


@pytest.mark.parametrize(
    ("given", "wanted", "fits"),
    [
        ("int", "BIGINT", True),
        ("bigint", "DECIMAL(38,0)", True),
        ("decimal(20,0)", "BIGINT", True),
        ("decimal(20,2)", "BIGINT", False),
        ("decimal(22,2)", "DECIMAL(38,2)", True),
        ("decimal(22,4)", "DECIMAL(38,2)", False),
        ("double", "BIGINT", False),
        ("double", "DECIMAL(38,10)", False),
        ("bigint", "DOUBLE", True),
        ("decimal(5,2)", "DOUBLE", False),
        ("void", "DATE", True),
        ("date", "TIMESTAMP_NTZ", False),
        ("string", "STRING", True),
        ("string", "BIGINT", False),
    ],
)
def test_a_column_of_another_type_is_not_made_the_same_in_silence(given: str, wanted: str, fits: bool) -> None:
    assert holds(given, wanted) is fits


def test_types_of_the_store_have_a_name_in_spark() -> None:
    assert spark_type("HUGEINT") == "DECIMAL(38,0)"
    assert spark_type("DECIMAL(12,2)") == "DECIMAL(12,2)"
    assert spark_type("TIMESTAMP") == "TIMESTAMP_NTZ"
    assert spark_type("STRUCT(a INTEGER)") == ""
