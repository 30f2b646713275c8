"""What SQL of a register names is found by parsing it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.register.sql import condition, names_in, query


TABLES = {
    "this": frozenset({"a", "b", "_row"}),
    "s__t": frozenset({"a", "c"}),
    "unknown": None,
}

GOOD = {
    "SELECT _row FROM this WHERE a > 1": {"_row"},
    "SELECT * FROM s__t": {"a", "c"},
    "SELECT t.*, o.c AS d FROM this AS t JOIN s__t AS o ON o.a = t.a": {"a", "b", "_row", "d"},
    "SELECT t._row FROM this AS t JOIN s__t USING (a)": {"_row"},
    "WITH x AS (SELECT a AS q FROM this) SELECT q FROM x": {"q"},
    "WITH x AS (SELECT a FROM this), y AS (SELECT a AS z FROM x) SELECT z FROM y": {"z"},
    "SELECT q FROM (SELECT a AS q FROM this) AS x": {"q"},
    "SELECT a AS q FROM this GROUP BY q HAVING count(*) > 1 ORDER BY q": {"q"},
    "SELECT _row FROM this QUALIFY row_number() OVER (PARTITION BY a ORDER BY b) > 1": {"_row"},
    "SELECT a FROM this UNION ALL SELECT c FROM s__t": {"a"},
    "SELECT _row FROM this WHERE EXISTS (SELECT 1 FROM s__t WHERE s__t.a = this.a AND b > 1)": {"_row"},
    "SELECT _row FROM this WHERE a IN (SELECT c FROM s__t)": {"_row"},
    "SELECT _row FROM this AS t LEFT JOIN s__t AS o ON o.a = t.a WHERE o.c IS NULL": {"_row"},
    "SELECT whatever FROM unknown": {"whatever"},
    "SELECT A, _ROW FROM THIS": {"A", "_ROW"},
    "SELECT list_transform([a], lambda x: x + 1) AS l FROM this": {"l"},
    "SELECT * FROM unknown": None,
    "SELECT count(*), a + 1, b FROM this": {"b"},
}

BAD = {
    "SELECT z FROM this": ("column", "z"),
    "SELECT t.z FROM this AS t": ("column", "z"),
    "SELECT a FROM that": ("table", "that"),
    "SELECT x.a FROM this AS t": ("table", "x"),
    "SELECT this.a FROM this AS t": ("table", "this"),
    "WITH x AS (SELECT z FROM this) SELECT 1 AS one FROM x": ("column", "z"),
    "WITH x AS (SELECT a FROM this) SELECT b FROM x": ("column", "b"),
    "SELECT a FROM this UNION ALL SELECT z FROM s__t": ("column", "z"),
    "SELECT a FROM this WHERE EXISTS (SELECT 1 FROM s__t AS o WHERE o.b = 1)": ("column", "b"),
    "SELECT a FROM this JOIN s__t ON s__t.z = this.a": ("column", "z"),
    "SELECT a FROM main.this": ("table", "this"),
}

REFUSED = [
    "DROP TABLE this",
    "INSERT INTO this VALUES (1)",
    "COPY this TO '/tmp/x'",
    "ATTACH 'x.db'",
    "PRAGMA database_list",
    "SET threads = 1",
    "SELECT 1; SELECT 2",
    "",
    "SELEC a",
    "SELECT a FROM this WHERE (",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_parquet('x')",
    "SELECT * FROM glob('/*')",
    "SELECT getenv('HOME') AS h FROM this",
    "SELECT * FROM query('SELECT 1')",
]


@pytest.mark.parametrize(("text", "columns"), GOOD.items())
def test_good(text, columns):
    found, faults = query(text, TABLES)
    assert faults == []
    assert found == columns


@pytest.mark.parametrize(("text", "fault"), BAD.items())
def test_names_that_are_not_there(text, fault):
    faults = query(text, TABLES)[1]
    assert fault in [(each.kind, each.name) for each in faults]


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text):
    faults = query(text, TABLES)[1]
    assert faults
    assert faults[0].kind == "parse"


@pytest.mark.parametrize("text", ["SELECT * FROM '/etc/passwd'", "SELECT * FROM 'x.parquet' AS t"])
def test_files_are_no_tables(text):
    assert query(text, TABLES)[1][0].kind == "table"


def test_lines_are_told():
    assert query("SELECT a\nFROM this\nWHERE z > 1\n", TABLES)[1][0].line == 3


def test_names_in():
    assert names_in("WITH x AS (SELECT * FROM this) SELECT * FROM x JOIN s__t USING (a)") == {"this", "s__t"}
    assert names_in("SELEC") == set()


@pytest.mark.parametrize(
    "text",
    [
        "a > 1",
        "a IS NULL OR b BETWEEN a AND a + INTERVAL 56 DAY",
        "CASE WHEN a = 'X' THEN b IN ('P', 'Q') ELSE b IS NULL END",
        "regexp_full_match(upper(a), '[A-Z]+')",
        "a > 1 -- a comment",
        "len(list_filter([a, b], lambda x: x > 0)) = 2",
        "DATE_DIFF('day', a, b) >= 0",
    ],
)
def test_good_conditions(text):
    assert condition(text, ["a", "b"]) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("z > 1", "column"),
        ("a >", "parse"),
        ("a IN (SELECT 1)", "parse"),
        ("count(*) > 1", "parse"),
        ("row_number() OVER () = 1", "parse"),
        (") OR (1 = 1", "parse"),
        ("a > 1; DROP TABLE x", "parse"),
        ("", "parse"),
        ("read_text('/etc/passwd') IS NULL", "parse"),
    ],
)
def test_bad_conditions(text, kind):
    faults = condition(text, ["a", "b"])
    assert faults
    assert faults[0].kind == kind
    assert "<class" not in faults[0].message


def test_deep_nesting_is_no_crash():
    text = "(" * 3000 + "a" + ")" * 3000
    faults = condition(text, ["a"])
    assert [each.kind for each in faults] in ([], ["parse"])


@given(st.text(alphabet="abz_ ()'\"*.,;=<>-+1\nSELECTFROMWH", max_size=60))
def test_any_text_gives_faults_or_none(text):
    for fault in [*condition(text, ["a", "b"]), *query(text, TABLES)[1]]:
        assert fault.kind in ("parse", "table", "column")
