"""Code lists inside DuckDB: membership, validity at a day, look-up by longest start.

A list becomes an ENUM type, and a text is found in it by a cast: one hash look-up a value and no join, so
the rows stay in the order of the file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from piperoll.collect.hashtable import HashTable
from piperoll.register.model.codes import CodeList
from piperoll.register.model.register import Register
from piperoll.store.duck import Connection, quote_name, quote_text


Made = TypeVar("Made")


@dataclass(frozen=True)
class _Packed:
    """Texts of one list in one long text, each as wide as the longest: taking one from a list would copy the list."""

    literal: str
    width: int
    full: bool

    @classmethod
    def of(cls, values: Sequence[str]) -> _Packed:
        width = max(map(len, values)) or 1
        literal = quote_text("".join([each.ljust(width) for each in values]))
        return cls(literal, width, all(len(each) == width for each in values))

    def sql(self, code: str) -> str:
        """SQL of the text at the place of an ENUM's value."""
        cut = f"substr({self.literal}, CAST(enum_code({code}) AS BIGINT) * {self.width} + 1, {self.width})"
        return cut if self.full else f"rtrim({cut})"


@dataclass(frozen=True)
class _Days:
    """First and last days of the codes of a list."""

    starts: _Packed
    ends: _Packed


@dataclass(frozen=True)
class _Lookup:
    """Codes in capitals -> what is looked up, by the length of the codes, longest first."""

    pairs: Mapping[int, Mapping[str, str]]
    create: str
    values: _Packed


# What is made of a code list alone, with the list that it was made of. A process that forks makes it for its children.
_made: dict[tuple[int, str, str | None], tuple[CodeList, Any]] = {}


def _once(codes: CodeList, what: str, attribute: str | None, make: Callable[[], Made]) -> Made:
    kept = _made.get((id(codes), what, attribute))
    if kept is None or kept[0] is not codes:
        kept = _made[id(codes), what, attribute] = (codes, make())
    made: Made = kept[1]
    return made


def make_lists_ready(con: Connection, register: Register) -> None:
    """Make in a connection what the checks of any dataset would make of the code lists, to be found by `Lists`."""
    lists = Lists(con, packed=False)
    for _, dataset in register.datasets():
        for each in dataset.fields:
            codes = register.codes.get(each.codes or "")
            if codes is not None and codes.codes:
                lists.member(codes, "NULL")
                lists.outside(codes, "NULL", None, dt.date.max)
        for derived in dataset.derive:
            codes = register.codes.get(derived.codes or "")
            if derived.method == "lookup" and codes is not None:
                lists.lookup(codes, "NULL", derived.attribute)
    _readied.append((con, frozenset(lists.types)))


# Connections that `make_lists_ready` was given, and the names of their types: asking the catalog takes milliseconds.
_readied: list[tuple[Connection, frozenset[str]]] = []


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
        known = next((types for readied, types in _readied if readied is con), None)
        if known is None:
            found = con.execute("SELECT type_name FROM duckdb_types() WHERE type_name LIKE 'codes:%'").fetchall()
            known = frozenset(name for (name,) in found)
        self.types = set(known)

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
        days = _once(codes, "days", None, lambda: _days(codes))
        starts, ends = days.starts.sql(code), days.ends.sql(code)
        return f"({day} < {starts} OR {day} > {ends})"

    def lookup(self, codes: CodeList, raw: str, attribute: str | None) -> str:
        """SQL of the attribute (the code itself, if none is named) of the longest code that ``raw`` starts
        with.

        Text and codes are compared in capitals.
        """
        found = _once(codes, "lookup", attribute, lambda: _lookup(codes, attribute))
        if found is None:
            return "CAST(NULL AS VARCHAR)"
        upper = f"upper({raw})"
        if self._packed:
            tables = {length: HashTable.build(self._con, pairs) for length, pairs in found.pairs.items()}
            if all(tables.values()):
                cut = [table.sql(f"left({upper}, {length})") for length, table in tables.items() if table]
                return f"nullif({_first(cut)}, '')"
        name = self._type_of(f"{codes.key}^", lambda: found.create)
        code = _first([f"TRY_CAST(left({upper}, {length}) AS {name})" for length in found.pairs])
        return f"nullif({found.values.sql(code)}, '')"

    def type_name(self, codes: CodeList) -> str:
        """Quoted name of the ENUM of a list, made when first needed."""
        return self._type(codes)

    def _type(self, codes: CodeList) -> str:
        return self._type_of(codes.key, lambda: _once(codes, "enum", None, lambda: _enum(_distinct(codes))))

    def _type_of(self, key: str, create: Callable[[], str]) -> str:
        name = f"codes:{key}"
        if name not in self.types:
            self._con.execute(f"CREATE TYPE {quote_name(name)} AS {create()}")
            self.types.add(name)
        return quote_name(name)


def _distinct(codes: CodeList) -> list[str]:
    return list(dict.fromkeys([each.code for each in codes.codes]))


def _enum(texts: Iterable[str]) -> str:
    return f"ENUM ({', '.join([quote_text(each) for each in texts])})"


def _days(codes: CodeList) -> _Days:
    by_code = {each.code: each for each in codes.codes}
    found = [by_code[each] for each in _distinct(codes)]
    return _Days(
        _Packed.of([str(each.valid_from or "0000-01-01") for each in found]),
        _Packed.of([str(each.valid_to or "9999-12-31") for each in found]),
    )


def _lookup(codes: CodeList, attribute: str | None) -> _Lookup | None:
    values = {
        each.code.upper(): (each.code if attribute is None else each.attributes.get(attribute)) or ""
        for each in codes.codes
        if each.code
    }
    if not values:
        return None
    pairs = {
        length: {code: value for code, value in values.items() if len(code) == length}
        for length in sorted({len(each) for each in values}, reverse=True)
    }
    return _Lookup(pairs, _enum(values), _Packed.of(list(values.values())))


def _first(found: list[str]) -> str:
    return f"coalesce({', '.join(found)})" if len(found) > 1 else found[0]
