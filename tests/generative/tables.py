"""What a supplier's database can become from one extract to the next: other types, no keys, odd values, no connection.

Each change is SQL over the good table of ``tests/collect/database``, of `LINES` rows of `TRUSTS` trusts. What a database
refuses to become, the test draws again.
"""

from __future__ import annotations

import random
from collections.abc import Callable


LINES, TRUSTS = 40, 2
SECRETS = ("Çanary", "anary", "R0000")
Change = Callable[[random.Random], str]
COLUMNS = ("requirement_id", "trust", "surname", "started", "score", "cost", "met", "changed_at")
TYPES = (
    "text USING {0}::text", "varchar(3) USING left({0}::text, 3)", "char(200) USING {0}::text", "float8 USING 1.5", "int USING 1",
    "bigint USING 9223372036854775807", "numeric USING 1e30", "numeric(38,10) USING 1.5", "date USING date '2012-01-03'",
    "timestamptz USING now()", "time USING time '10:00'", "interval USING interval '1 day'", "bytea USING '\\xff00'::bytea",
    "json USING '{{\"a\": 1}}'::json", "text[] USING array['a', 'b']", "uuid USING gen_random_uuid()", "boolean USING true",
    "inet USING inet '127.0.0.1'", "xml USING xml '<a/>'", "money USING money '1'", "smallint USING 3", "name USING 'x'::name",
    "point USING point(1, 2)", "int4range USING int4range(1, 2)",
)  # fmt: skip
_LOOSE = (
    "ALTER TABLE requirement DROP CONSTRAINT requirement_pkey; ALTER TABLE requirement ALTER requirement_id DROP NOT NULL, "
    "ALTER requirement_id TYPE text, ALTER trust TYPE text, ALTER surname TYPE text, ALTER changed_at DROP NOT NULL; "
)
TEXTS = (
    "", " ", "T01 ", "t01", "Trust 01", "T99", "x", "<script>alert(1)</script>", "=1+1", "'; DROP TABLE requirement; --", "\u202eabc",
    "\u200b", "\x01\x02", "\r\n", "\U0001f426", "Z\u0301" * 300, "y" * 9_000, "y" * 70_000, "T\u0661", "\ufffd", "\ufeffT01", "NULL",
)  # fmt: skip
DATES = ("'infinity'", "'-infinity'", "'0001-01-01 BC'", "'4713-01-01 BC'", "'5874897-12-31'", "'9999-12-31'", "'10000-01-01'", "NULL", "'1066-10-14'")  # fmt: skip
TIMES = (
    "'infinity'",
    "'-infinity'",
    "'0001-01-01 BC'",
    "'294276-12-31'",
    "'9999-12-31 23:59:59.999999'",
    "'1066-10-14'",
    "NULL",
)


def _type(rng: random.Random) -> str:
    column, kind = rng.choice(COLUMNS), rng.choice(TYPES)
    loose = "ALTER TABLE requirement DROP CONSTRAINT requirement_pkey; " if column == "requirement_id" else ""
    return f"{loose}ALTER TABLE requirement ALTER {column} TYPE {kind.format(column)}"


def _keys(rng: random.Random) -> str:
    column = rng.choice(("requirement_id", "trust", "changed_at", "surname"))
    some = rng.choice(("score = 3", "score % 2 = 0", "true"))
    value = rng.choice(("NULL", "NULL", "(SELECT min({0}) FROM requirement)")).format(column)
    return f"{_LOOSE}UPDATE requirement SET {column} = {value} WHERE {some}"


def _texts(rng: random.Random) -> str:
    column = rng.choice(("requirement_id", "trust", "surname"))
    value = rng.choice(TEXTS).replace("'", "''")
    return f"{_LOOSE}UPDATE requirement SET {column} = '{value}' WHERE score = {rng.randrange(1, 30)}"


def _times(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return f"UPDATE requirement SET started = {rng.choice(DATES)} WHERE score % 5 = 1"
    return f"{_LOOSE}UPDATE requirement SET changed_at = {rng.choice(TIMES)} WHERE score % 5 = 1"


def _numbers(rng: random.Random) -> str:
    value = rng.choice(("'NaN'", "-1", "NULL", "99999999.99", "1e25", "0.005", "-0.00"))
    loose = rng.choice(
        (
            "",
            "ALTER TABLE requirement ALTER cost TYPE numeric; ",
            "ALTER TABLE requirement ALTER cost TYPE numeric(30,6); ",
        )
    )
    score = rng.choice(("-1", "101", "2147483647", "-2147483648", "NULL"))
    return f"{loose}UPDATE requirement SET cost = {value}, score = {score} WHERE score % 7 = 2"


def _columns(rng: random.Random) -> str:
    column = rng.choice(COLUMNS)
    return rng.choice(
        ("ALTER TABLE requirement DROP {0}", 'ALTER TABLE requirement RENAME {0} TO "{0} "', 'ALTER TABLE requirement RENAME {0} TO "{1}"',
         "ALTER TABLE requirement ADD remark text DEFAULT 'Çanary'", 'ALTER TABLE requirement ADD "{1}" text', "TRUNCATE requirement",
         'ALTER TABLE requirement ADD "a\u202eb; --" int', 'ALTER TABLE requirement RENAME {0} TO "_row"', "DROP TABLE requirement",
         "ALTER TABLE requirement RENAME TO requirements", "REVOKE ALL ON requirement FROM PUBLIC; ALTER TABLE requirement RENAME {0} TO other")
    ).format(column, column.upper())  # fmt: skip


def _view(rng: random.Random) -> str:
    """A view in the table's place that fails, or falls silent, among its rows; or is another query every time."""
    value = rng.choice(
        ("CASE WHEN score = {n} THEN 1 / (score - {n}) ELSE score END", "CASE WHEN score = {n} THEN ('x' || surname)::int ELSE score END",
         "CASE WHEN score = {n} THEN (SELECT score FROM base b WHERE b.score > a.score) ELSE score END", "(random() * 100)::int",
         "CASE WHEN score = {n} THEN NULL ELSE score END", "CASE WHEN score = {n} THEN boom(surname) ELSE score END")
    ).replace("{n}", str(rng.randrange(1, 39)))  # fmt: skip
    return (
        "CREATE OR REPLACE FUNCTION boom(said text) RETURNS int LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'no % here', said; END$$; ALTER TABLE requirement RENAME TO base; CREATE VIEW requirement AS "
        f"SELECT requirement_id, trust, surname, started, ({value})::int AS score, cost, met, changed_at FROM base a"
    )


def _cut(rng: random.Random) -> str:
    """The server ends the connection among the rows: the extract's own, as an administrator or a time limit would."""
    return (
        "CREATE OR REPLACE FUNCTION gone(score int) RETURNS int LANGUAGE plpgsql AS "
        f"$$BEGIN IF score = {rng.randrange(1, 39)} THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN score; END$$; "
        "ALTER TABLE requirement RENAME TO base; CREATE VIEW requirement AS "
        "SELECT requirement_id, trust, surname, started, gone(score) AS score, cost, met, changed_at FROM base"
    )


# Bytes of a legacy encoding in a database that checks none (its encoding is SQL_ASCII).
LEGACY = "UPDATE requirement SET {column} = convert_from('\\x{bytes}'::bytea, 'SQL_ASCII') WHERE score % 3 = 1"


def _legacy(rng: random.Random) -> str:
    return LEGACY.format(
        column=rng.choice(("surname", "surname", "trust", "requirement_id")),
        bytes=rng.choice(("c7616e", "ff", "8182", "e2")),
    )


FAMILIES: dict[str, dict[str, Change]] = {
    "types that lie": {"type": _type, "type, again": _type, "type, a third": _type},
    "keys and nulls": {"keys": _keys},
    "values": {"texts": _texts, "texts, again": _texts, "dates and times": _times, "numbers": _numbers},
    "columns and tables": {"columns": _columns},
    "failing among the rows": {"view": _view, "connection": _cut},
    "encodings": {"legacy bytes": _legacy},
}


def kinds() -> list[tuple[str, str, str, Change]]:
    """Each change: ``database``, family, name, SQL."""
    return [
        ("database", family, name, change) for family, changes in FAMILIES.items() for name, change in changes.items()
    ]
