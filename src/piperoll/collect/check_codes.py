"""Code lists inside DuckDB: membership, validity at a day, look-up by longest start.

A list becomes an ENUM type, and a text is found in it by a cast: one hash look-up a value and no join, so
the rows stay in the order of the file.
"""

from __future__ import annotations

import datetime as dt

from piperoll.register.model.codes import CodeList
from piperoll.store.duck import Connection, quote_name, quote_text


class Lists:
    """The code lists that one check needs, as ENUM types of its connection."""

    def __init__(self, con: Connection) -> None:
        self._con = con
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
        day = f"DATE '{last}'" if at is None else f"coalesce({at}, DATE '{last}')"
        number = f"CAST(enum_code(TRY_CAST({raw} AS {self._type(codes)})) AS INTEGER) + 1"
        by_code = {each.code: each for each in codes.codes}
        starts = _days([by_code[each].valid_from for each in self._made[codes.key]])
        ends = _days([by_code[each].valid_to for each in self._made[codes.key]])
        return f"({day} < {starts}[{number}] OR {day} > {ends}[{number}])"

    def lookup(self, codes: CodeList, raw: str, attribute: str | None) -> str:
        """SQL of the attribute (the code itself, if none is named) of the longest code that ``raw`` starts
        with.

        Text and codes are compared in capitals.
        """
        known = {each.code.upper(): each for each in codes.codes if each.code}
        if not known:
            return "CAST(NULL AS VARCHAR)"
        name = f"{codes.key}^"
        type_name = self._type_of(name, list(known))
        upper = f"upper({raw})"
        lengths = sorted({len(each) for each in known}, reverse=True)
        found = [f"TRY_CAST(left({upper}, {length}) AS {type_name})" for length in lengths]
        code = f"coalesce({', '.join(found)})" if len(found) > 1 else found[0]
        values = [
            each.code
            if attribute is None
            else each.attributes.get(attribute, each.parent if attribute == "parent" else None)
            for each in (known[text] for text in self._made[name])
        ]
        listed = "[" + ", ".join("NULL" if each is None else quote_text(each) for each in values) + "]"
        return f"CAST({listed} AS VARCHAR[])[CAST(enum_code({code}) AS INTEGER) + 1]"

    def _type(self, codes: CodeList) -> str:
        return self._type_of(codes.key, list(dict.fromkeys(each.code for each in codes.codes)))

    def _type_of(self, key: str, texts: list[str]) -> str:
        name = quote_name(f"codes:{key}")
        if key not in self._made:
            listed = ", ".join(quote_text(each) for each in texts)
            self._con.execute(f"CREATE TYPE {name} AS ENUM ({listed})")
            self._made[key] = texts
        return name


def _days(days: list[dt.date | None]) -> str:
    return "([" + ", ".join("NULL" if each is None else f"DATE '{each}'" for each in days) + "]::DATE[])"
