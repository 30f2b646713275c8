"""What kind of value an expression has, as DuckDB types it, and the same types in Spark's words."""

from __future__ import annotations

import re

from sqlglot import exp


TEXT, WHOLE, DECIMAL, DOUBLE = "text", "whole number", "decimal", "double"
DATE, TIMESTAMP, BOOLEAN, INTERVAL, NULL = "date", "timestamp", "boolean", "interval", "null"
NUMBERS = frozenset((WHOLE, DECIMAL, DOUBLE))

_KINDS = {
    **dict.fromkeys(("VARCHAR", "TEXT", "CHAR", "NVARCHAR"), TEXT),
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "BIGINT", "INT128"), WHOLE),
    "DECIMAL": DECIMAL,
    **dict.fromkeys(("DOUBLE", "FLOAT"), DOUBLE),
    "DATE": DATE,
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMPNTZ"), TIMESTAMP),
    "BOOLEAN": BOOLEAN,
    "INTERVAL": INTERVAL,
    "NULL": NULL,
}  # fmt: skip


def kind(node: exp.Expr) -> str:
    """Kind of an annotated expression's value; empty where it is not known, or is none of these."""
    return kind_of(node.type) if node.type is not None else ""


def kind_of(written: exp.DataType) -> str:
    """Kind of a type."""
    return _KINDS.get(written.this.name, "")


# By DuckDB's name of a type as `DESCRIBE` tells it.
_SPARK = {
    "VARCHAR": "STRING", "BIGINT": "BIGINT", "INTEGER": "INT", "SMALLINT": "SMALLINT", "TINYINT": "TINYINT",
    "HUGEINT": "DECIMAL(38,0)", "DOUBLE": "DOUBLE", "FLOAT": "FLOAT", "DATE": "DATE", "TIMESTAMP": "TIMESTAMP_NTZ",
    "BOOLEAN": "BOOLEAN",
}  # fmt: skip
DECIMALS = re.compile(r"decimal\((\d+), ?(\d+)\)\Z", re.IGNORECASE)
_WIDTHS = {"tinyint": 3, "smallint": 5, "int": 10, "bigint": 19}


def spark_type(duck: str) -> str:
    """Spark's name of a DuckDB type; empty if it has none."""
    return _SPARK.get(duck) or (duck.replace(" ", "") if DECIMALS.match(duck) else "")


def holds(given: str, wanted: str) -> bool:
    """Whether every value of the first type can become the second, and stays what it is; both as Spark writes them."""
    given, wanted = given.lower(), wanted.lower()
    if given in (wanted, "void"):
        return True
    digits = DECIMALS.match(wanted)
    whole = given in _WIDTHS or bool((found := DECIMALS.match(given)) and found[2] == "0")
    if wanted in _WIDTHS:
        return whole
    if digits:
        found = DECIMALS.match(given)
        return given in _WIDTHS or bool(found and int(found[2]) <= int(digits[2]))
    # A double holds whole numbers to 2^53, and is what DuckDB itself makes of them there.
    return wanted == "double" and (given == "float" or whole)
