"""Types of a database's columns against the contract's, and values as ODBC's SQL writes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from piperoll.collect.columns import match, require
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset


if TYPE_CHECKING:
    import pyarrow as pa


# What may stand in a column of a contract's type. A number for a text loses leading zeros, a binary fraction is no
# decimal number: they are refused rather than written some way.
_TAKES = {
    "str": ("text",),
    "code": ("text",),
    "int": ("whole",),
    "dec": ("whole", "decimal"),
    "date": ("date", "time"),
    "datetime": ("time",),
    "bool": ("bool", "text", "whole"),
}
_WORDS = {"text": "text", "whole": "whole numbers", "decimal": "decimal numbers", "date": "dates", "time": "times"}
Value = int | Decimal | dt.date | dt.datetime


def kind(type_: pa.DataType) -> str:
    """``text``, ``whole``, ``decimal``, ``date``, ``time``, ``bool``, or Arrow's own word for anything else."""
    import pyarrow as pa

    if pa.types.is_string(type_) or pa.types.is_large_string(type_):
        return "text"
    if pa.types.is_integer(type_) or (pa.types.is_decimal(type_) and type_.scale == 0):
        return "whole"
    if pa.types.is_decimal(type_):
        return "decimal"
    if pa.types.is_date(type_):
        return "date"
    if pa.types.is_timestamp(type_):
        return "time"
    return "bool" if pa.types.is_boolean(type_) else str(type_)


def require_types(schema: pa.Schema, helpers: set[str], dataset: Dataset, told: str) -> list[str]:
    """Hold the columns against the contract; names of those that only steer the extract.

    Args:
        schema: Of the query's result.
        helpers: Columns (lower case) that steer: watermark, key, supplier.

    Raises:
        UserError: PR-C010 and PR-C011 for columns that are missing or there twice, PR-C128 for one of another type.
    """
    columns = match(schema.names, dataset)
    require(columns, dataset, told)
    wrong = []
    for name, column in columns.mapping.items():
        field = dataset.field(name)
        found = kind(schema.field(columns.names.index(column)).type)
        takes = _TAKES[field.type.partition("(")[0]]
        if found not in takes:
            wrong.append(f"`{name}` is {field.type} and the database gives {_WORDS.get(found, found)}")
    if wrong:
        message = f"Columns are of another type than agreed: {'; '.join(wrong[:8])}."
        fix = "Convert them in the extract's query (CAST), or agree another type."
        raise UserError("PR-C128", message, where=told, fix=fix)
    return [name for name in columns.extra if name.casefold() in helpers]


def literal(value: Any, parameters: list[str]) -> str:
    """A value that the database gave, in ODBC's SQL; texts become parameters."""
    if isinstance(value, dt.datetime):
        return f"{{ts '{value.isoformat(' ', 'microseconds')}'}}"
    if isinstance(value, dt.date):
        return f"{{d '{value.isoformat()}'}}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        parameters.append(value)
        return "?"
    raise TypeError(f"a {type(value).__name__} cannot be ordered by")


def written(value: Value) -> str:
    """A watermark as it is kept: its kind and its value."""
    if isinstance(value, dt.datetime):
        return f"time {value.isoformat(' ', 'microseconds')}"
    if isinstance(value, dt.date):
        return f"date {value.isoformat()}"
    return f"number {value:f}" if isinstance(value, Decimal) else f"number {value}"


def read(text: str) -> Value:
    """A watermark as `written` kept it."""
    word, _, value = text.partition(" ")
    if word == "time":
        return dt.datetime.fromisoformat(value)
    return dt.date.fromisoformat(value) if word == "date" else Decimal(value)
