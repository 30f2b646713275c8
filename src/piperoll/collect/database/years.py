"""Dates that do not survive their way out of a database are found before anything is read.

A driver hands a date over as a year of sixteen bits, and Arrow's readers know the years 1 to 9999. PostgreSQL's gives
`infinity` as the day of the query, and the year 10000 as 1000: without a word, so that only the database can be asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from piperoll.collect.database.odbc import Source
from piperoll.collect.database.types import kind
from piperoll.errors import UserError


if TYPE_CHECKING:
    import pyarrow as pa


# By the year first: not every database knows the first of them as a time, and PostgreSQL knows no year of infinity.
_OUTSIDE = (
    "{{fn YEAR(t.{0})}} NOT BETWEEN 1 AND 9999",
    "t.{0} < {{d '0001-01-01'}} OR t.{0} > {{ts '9999-12-31 23:59:59.999999'}}",
)


def require_years(source: Source, inner: str, schema: pa.Schema, told: str) -> None:
    """Refuse a query's result with dates or times outside the years 1 to 9999, infinite ones too.

    A database that takes neither of two ways to ask is not asked.

    Args:
        source: The database.
        inner: The query.
        schema: Of its result.
        told: Name of the extract for people.

    Raises:
        UserError: PR-C133, with the columns and how many rows each has of them.
    """
    names = [field.name for field in schema if kind(field.type) in ("date", "time")]
    if not names:
        return
    for outside in _OUTSIDE:
        sums = (f"SUM(CASE WHEN {outside.format(name)} THEN 1 ELSE 0 END) AS c{at}" for at, name in enumerate(names))
        try:
            _, counts = source.row(f"SELECT {', '.join(sums)} FROM ({inner}) t")
            break
        except UserError as error:
            if error.code != "PR-C126":
                raise
    else:
        return
    found = [f"`{name}` ({int(count):,} rows)" for name, count in zip(names, counts, strict=True) if count]
    if found:
        message = (
            f"Dates outside the years 1 to 9999, or infinite ones, would come out as others: {', '.join(found[:8])}."
        )
        fix = "Give them as empty in the extract's query (CASE), or correct them in the database."
        raise UserError("PR-C133", message, where=told, fix=fix)
