"""Strict reading of texts as the contract's types, in SQL.

A cast alone accepts too much (``' 12 '`` and ``1e3`` as whole numbers, ``2012-5-1`` and ``infinity`` as
dates). Here a text is valid if the value, written again, gives the same text, or if the text has one of
the few other exact forms listed in `parse`. The quick comparison comes first in a CASE, so that patterns
run on the rest alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from piperoll.register.model.contract import Field
from piperoll.store.duck import quote_text
from piperoll.store.types import value_type


TRUE = ("true", "t", "yes", "y", "1")
FALSE = ("false", "f", "no", "n", "0")
DATETIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
_DECIMAL = re.compile(r"dec\((\d+),(\d+)\)\Z")
_LENGTH = re.compile(r"str\((\d+)\)\Z")


@dataclass(frozen=True)
class Parse:
    """How one field is read.

    Attributes:
        value: SQL of the typed value; of no meaning where ``wrong`` holds.
        wrong: SQL, true where the text is not of the type, never null; '' if every text is.
        expected: What was expected, in words.
    """

    value: str
    wrong: str
    expected: str


def text_length(field: Field) -> int | None:
    """Longest text allowed, for ``str(n)``."""
    found = _LENGTH.match(field.type)
    return int(found[1]) if found else None


def parse(field: Field, raw: str, typed: str) -> Parse:
    """How to read the texts in the column ``raw`` (null where empty) as a field's type, in the column ``typed``.

    Whole numbers: digits, perhaps a minus before, leading zeros allowed. ``dec(p,s)``: at most ``s``
    decimals. Dates: ``YYYY-MM-DD``, or exactly the declared format (letters in any case). Times:
    ``YYYY-MM-DD HH:MM``, with a ``T`` or seconds or a fraction, or exactly the declared format. Booleans:
    `TRUE` and `FALSE` in any case.
    """
    if field.type == "int":
        wrong = _wrong(raw, _same(typed, raw), _and(typed, raw, "-?[0-9]+"))
        return Parse(f"TRY_CAST({raw} AS BIGINT)", wrong, "a whole number")
    if found := _DECIMAL.match(field.type):
        fraction = rf"(\.[0-9]{{1,{found[2]}}})?" if int(found[2]) else ""
        expected = f"a number with at most {found[2]} decimals" if int(found[2]) else "a whole number"
        wrong = _wrong(raw, _same(typed, raw), _and(typed, raw, f"-?[0-9]+{fraction}"))
        return Parse(f"TRY_CAST({raw} AS {value_type(field.type)})", wrong, expected)
    if field.type in {"date", "datetime"} and field.format:
        kind = value_type(field.type)
        pattern = quote_text(field.format)
        same = f"isfinite({typed}) AND lower(strftime({typed}, {pattern})) = lower({raw})"
        noun = "a date" if kind == "DATE" else "a date and time"
        value = f"CAST(TRY_STRPTIME({raw}, {pattern}) AS {kind})"
        return Parse(value, _wrong(raw, same), f"{noun} as {field.format}")
    if field.type == "date":
        same = f"length({raw}) = 10 AND {_same(typed, raw)}"
        return Parse(f"TRY_CAST({raw} AS DATE)", _wrong(raw, same), "a date as YYYY-MM-DD")
    if field.type == "datetime":
        same = f"length({raw}) = 19 AND {_same(typed, raw)}"
        expected = "a date and time as YYYY-MM-DD HH:MM:SS"
        value = f"TRY_CAST({raw} AS TIMESTAMP)"
        return Parse(value, _wrong(raw, same, _and(typed, raw, DATETIME)), expected)
    if field.type == "bool":
        low = f"lower({raw})"
        value = f"CASE WHEN {low} IN {_texts(TRUE)} THEN true WHEN {low} IN {_texts(FALSE)} THEN false END"
        return Parse(value, _wrong(raw, f"{typed} IS NOT NULL"), "true or false")
    return Parse(raw, "", "a text")


def null_text(raw: str, missing: tuple[str, ...] = ()) -> str:
    """The text, or null where it is empty or one of the texts that mean so."""
    if not missing:
        return f"nullif({raw}, '')"
    return f"CASE WHEN {raw} IN {_texts(('', *missing))} THEN NULL ELSE {raw} END"


def kind_sql(raw: str) -> str:
    """What kind of text a value is, for findings: never the value."""
    return (
        f"CASE WHEN {raw} IS NULL THEN 'empty'"
        f" WHEN trim({raw}) <> {raw} THEN 'text with spaces around it'"
        f" WHEN regexp_full_match({raw}, '-?[0-9]+') THEN 'whole number'"
        rf" WHEN regexp_full_match({raw}, '-?[0-9]*\.[0-9]+') THEN 'decimal number'"
        f" WHEN regexp_full_match({raw}, '[0-9]{{1,4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,4}}') THEN 'date'"
        f" WHEN regexp_full_match({raw}, '[A-Za-z]+') THEN 'letters'"
        f" ELSE 'text' END"
    )


def _same(typed: str, raw: str) -> str:
    return f"CAST({typed} AS VARCHAR) = {raw}"


def _and(typed: str, raw: str, pattern: str) -> str:
    return f"{typed} IS NOT NULL AND regexp_full_match({raw}, {quote_text(pattern)})"


def _wrong(raw: str, *right: str) -> str:
    """True where a text is there and no condition holds."""
    first, *others = right
    branches = "".join(f" WHEN {each} THEN false" for each in others)
    return f"CASE WHEN {first} THEN false WHEN {raw} IS NULL THEN false{branches} ELSE true END"


def _texts(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(quote_text(each) for each in values) + ")"
