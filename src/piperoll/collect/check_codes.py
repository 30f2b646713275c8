"""Code lists inside DuckDB: membership, validity at a day, look-up by longest start.

A list becomes an ENUM type, and a text is found in it by a cast: one hash look-up a value and no join, so
the rows stay in the order of the file.
"""

from __future__ import annotations

import datetime as dt

from piperoll.collect.hashtable import HashTable
from piperoll.register.model.codes import CodeList
from piperoll.store.duck import Connection, quote_name, quote_text


class Lists:
    """The code lists that one check needs, as ENUM types of its connection.

    Args:
        con: The connection.
        packed: Whether look-ups use a packed table: worth its text, which DuckDB must read for each query, only where
            rows are many.
    """

    def __init__(self, con: Connection, *, packed: bool = True) -> None:
        self._con = con
        self._packed = packed
        self._made: dict[str, list[str]] = {}

    def member(self, codes: CodeList, raw: str) -> str:
        """SQL, true where the text is a code of the list (null gives null)."""
        return f"TRY_CAST({raw} AS {self._type(codes)}) IS NOT NULL"

    def outside(self, codes: CodeList, raw: str, at: str | None, last: dt.date) -> str:
        """SQL, true where a code of the list may not be used on its day; '' if no code has limits.

        Args:
            at: SQL of the day; where null, or not given, the day is ``last``.
        """
        if not any(each.valid_from or each.valid_to for each in codes.codes):
            return ""
        last_day = f"DATE '{last}'"
        day = f"CAST({last_day if at is None else f'coalesce({at}, {last_day})'} AS VARCHAR)"
        code = f"TRY_CAST({raw} AS {self._type(codes)})"
        by_code = {each.code: each for each in codes.codes}
        found = [by_code[each] for each in self._made[codes.key]]
        starts = _packed([str(each.valid_from or "0000-01-01") for each in found], code)
        ends = _packed([str(each.valid_to or "9999-12-31") for each in found], code)
        return f"({day} < {starts} OR {day} > {ends})"

    def lookup(self, codes: CodeList, raw: str, attribute: str | None) -> str:
        """SQL of the attribute (the code itself, if none is named) of the longest code that ``raw`` starts
        with.

        Text and codes are compared in capitals.
        """
        values = {
            each.code.upper(): (each.code if attribute is None else each.attributes.get(attribute)) or ""
            for each in codes.codes
            if each.code
        }
        if not values:
            return "CAST(NULL AS VARCHAR)"
        upper = f"upper({raw})"
        lengths = sorted({len(each) for each in values}, reverse=True)
        tables = {
            length: HashTable.build(self._con, {k: v for k, v in values.items() if len(k) == length})
            for length in (lengths if self._packed else ())
        }
        if tables and all(tables.values()):
            found = [table.sql(f"left({upper}, {length})") for length, table in tables.items() if table]
            return f"nullif({_first(found)}, '')"
        name = f"{codes.key}^"
        type_name = self._type_of(name, list(values))
        code = _first([f"TRY_CAST(left({upper}, {length}) AS {type_name})" for length in lengths])
        return f"nullif({_packed(list(values.values()), code)}, '')"

    def type_name(self, codes: CodeList) -> str:
        """Quoted name of the ENUM of a list, made when first needed."""
        return self._type(codes)

    def _type(self, codes: CodeList) -> str:
        return self._type_of(codes.key, list(dict.fromkeys(each.code for each in codes.codes)))

    def _type_of(self, key: str, texts: list[str]) -> str:
        name = quote_name(f"codes:{key}")
        if key not in self._made:
            listed = ", ".join(quote_text(each) for each in texts)
            self._con.execute(f"CREATE TYPE {name} AS ENUM ({listed})")
            self._made[key] = texts
        return name


def _first(found: list[str]) -> str:
    return f"coalesce({', '.join(found)})" if len(found) > 1 else found[0]


def _packed(values: list[str], code: str) -> str:
    """SQL of the text at the place of an ENUM's value: cut out of one long text.

    Taking it from a list would copy the whole list for each row.
    """
    width = max(len(each) for each in values) or 1
    text = "".join(each.ljust(width) for each in values)
    cut = f"substr({quote_text(text)}, CAST(enum_code({code}) AS BIGINT) * {width} + 1, {width})"
    return cut if all(len(each) == width for each in values) else f"rtrim({cut})"
