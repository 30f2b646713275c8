"""Staging: one parallel pass over the file that types, checks and splits every row at once.

The staged table holds what the store would keep, and for each row the masks of what is wrong with it
(``_m0``, ``_m1`` ...), a hash of all its texts (``_h``), which texts of class D were null (``_n``), and for a row that
fails, the kind of each text (``_k``). No identifier is in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from piperoll.collect.check_codes import Lists
from piperoll.collect.check_rows import raw_name, row_checks
from piperoll.collect.check_scan import Broken, Numbering, broken_lines, carefully, scan_sql
from piperoll.collect.check_types import kind_sql, null_text, parse
from piperoll.collect.hashtable import once
from piperoll.collect.prepared import CheckContext, Prepared
from piperoll.collect.rowcheck import BITS, RowCheck, masks
from piperoll.collect.split import store_columns
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register
from piperoll.store.duck import (
    BinderException,
    CatalogException,
    Connection,
    ConversionException,
    ParserException,
    filled,
    quote_name,
)
from piperoll.store.types import store_schema


KEY_PREFIX = "key:"
STAGED_PREFIX = "staged:"
MANY_ROWS = 122_880


SMALL_FILE = 32 << 20  # bytes; below it, planning a long query would take longer than running it


@dataclass
class Stage:
    """The staged rows of one delivery and the checks that their masks speak of.

    Attributes:
        con: Connection that holds the table ``_stage``, and the view ``staged`` with ``_row`` and ``_place``; after
            `gather` also the view ``failing``, the rows with any mark.
        prepared: The file as it was read in the end.
        checks: All checks; a check's place in the list is its bit.
        broken: Lines that are no rows.
        rows: Staged rows (broken lines are not among them).
        marked: After `gather`: the different masks of failing rows (a tuple of words), and how many rows have each.
    """

    con: Connection
    dataset: Dataset
    prepared: Prepared
    numbering: Numbering
    columns: tuple[str, ...]
    checks: list[RowCheck]
    broken: list[Broken]
    rows: int
    words: int
    compact: tuple[str, ...] = ()
    marked: dict[tuple[int, ...], int] = field(default_factory=dict)

    def gather(self) -> None:
        """Put the rows with any mark apart, once all checks are made: whatever is told of them looks at few rows."""
        some = " OR ".join(f"_m{word} <> 0" for word in range(self.words))
        found = filled(
            self.con,
            f"CREATE OR REPLACE TABLE _failing_rows AS SELECT _place, _row, {self.marks}, _k FROM staged WHERE {some}",
        )
        self.marked = {}
        if found:
            counted = self.con.execute(f"SELECT {self.marks}, count(*) FROM _failing_rows GROUP BY ALL").fetchall()
            self.marked = {tuple(values): count for *values, count in counted}

    @property
    def marks(self) -> str:
        """The columns of masks, for a SELECT."""
        return ", ".join(f"_m{word}" for word in range(self.words))

    @property
    def refused(self) -> int:
        """How many staged rows something refuses; after `gather`."""
        refusing = self._refusing()
        return sum(
            count
            for values, count in self.marked.items()
            if any(value & bits for value, bits in zip(values, refusing, strict=True))
        )

    def failed(self) -> dict[int, int]:
        """How many rows fail each check, by its number; after `gather`, and only checks that any row fails."""
        found: dict[int, int] = {}
        for values, count in self.marked.items():
            for word, value in enumerate(values):
                for bit in range(BITS):
                    if value >> bit & 1:
                        number = word * BITS + bit
                        found[number] = found.get(number, 0) + count
        return found

    def store_sql(self, name: str) -> str:
        """SQL of a column of the store over the view ``staged``.

        The codes of a list are copied as they are staged, from their dictionary, where rows are many; in a small file
        the whole dictionary would be larger than the rows.
        """
        if name in self.compact and self.rows > MANY_ROWS:
            return quote_name(STAGED_PREFIX + name)
        return quote_name(name)

    @property
    def good(self) -> str:
        """SQL condition: nothing refuses the row."""
        parts = [f"(_m{word} & {bits}) = 0" for word, bits in enumerate(self._refusing()) if bits]
        return " AND ".join(parts) or "true"

    def _refusing(self) -> list[int]:
        """For each word of the masks the bits of the checks that refuse a row."""
        found = [0] * self.words
        for number, check in enumerate(self.checks):
            if check.severity == "E":
                found[number // BITS] |= 1 << number % BITS
        return found

    def bit(self, number: int) -> str:
        """SQL condition: the row fails the check of this number."""
        word, bit = divmod(number, BITS)
        return f"(_m{word} & {1 << bit}) <> 0"

    def mark(self, number: int, places: str) -> None:
        """Mark rows as failing a check; ``places`` is a SELECT of their places."""
        word, bit = divmod(number, BITS)
        self.con.execute(f"UPDATE _stage SET _m{word} = _m{word} | {1 << bit} WHERE rowid IN ({places})").fetchall()


def stage(
    con: Connection,
    prepared: Prepared,
    dataset: Dataset,
    register: Register,
    context: CheckContext,
    late: list[RowCheck],
    work: Path,
) -> Stage:
    """Read, type, check and split every row into the table ``_stage``.

    Args:
        late: Checks over several rows, which get the bits after those of the rows.
        work: Directory for what is written on the way.

    Raises:
        UserError: ``PR-C051`` if a condition of the contract is not SQL that runs.
    """
    lists = Lists(con, packed=prepared.path.stat().st_size > SMALL_FILE)
    period = Period.parse(context.period)
    found = row_checks(dataset, register, lists, period)
    checks = [*found.types, *found.others, *late]
    words = max(1, -(-len(checks) // BITS))
    kept = store_columns(con, dataset, register, lists, context.keyring)
    # A code is staged as a number of its list: 1 or 2 bytes in place of 16.
    compact = {
        each.name: lists.type_name(register.codes[each.codes])
        for each in dataset.fields
        if each.codes and not each.is_identifier and register.codes[each.codes].codes
    }
    broken: list[Broken] = []
    numbering = Numbering(prepared.first_row)
    while True:
        query = _query(prepared, dataset, list(found.types), list(found.others), words, kept, compact)
        rows = _create(con, query, dataset)
        if prepared.kind == "parquet":
            break
        told = broken_lines(con, prepared, rows)
        if told is not None:
            broken, numbering = told
            break
        prepared, broken = carefully(prepared, work)
    row = '"_row"' if prepared.kind == "parquet" else numbering.sql("rowid")
    hidden = ' EXCLUDE ("_row")' if prepared.kind == "parquet" else ""
    texts = ", ".join(f"CAST({quote_name(name)} AS VARCHAR) AS {quote_name(name)}" for name in compact)
    same = "".join(f", {quote_name(name)} AS {quote_name(STAGED_PREFIX + name)}" for name in compact)
    shown = f"*{hidden}{f' REPLACE ({texts}){same}' if compact else ''}"
    con.execute(f"CREATE VIEW staged AS SELECT {shown}, rowid AS _place, {row} AS _row FROM _stage")
    return Stage(con, dataset, prepared, numbering, tuple(kept), checks, broken, rows, words, tuple(compact))


def _query(
    prepared: Prepared,
    dataset: Dataset,
    types: list[RowCheck],
    others: list[RowCheck],
    words: int,
    kept: Mapping[str, str],
    compact: Mapping[str, str],
) -> str:
    """The SELECT that does it all, in layers: texts, typed values, masks of types, all masks, the split."""
    scanned = {f"in:{name}": column for name, column in prepared.mapping.items()}
    texts, typed = [], []
    for each in dataset.fields:
        text = null_text(quote_name(f"in:{each.name}"), each.missing)
        text = text if each.name in prepared.mapping else "CAST(NULL AS VARCHAR)"
        texts.append(f"{text} AS {raw_name(each.name)}")
        value = parse(each, raw_name(each.name), quote_name(each.name)).value
        typed.append(f"{value} AS {quote_name(each.name)}")
    row = ["_row"] if prepared.kind == "parquet" else []
    first = {word: " | ".join(bits) for word, bits in masks(types, 0).items()}
    gate = " AND ".join(f"_p{word} = 0" for word in sorted(first)) or "true"
    rest = masks(others, len(types), f"({gate})")
    found = []
    for word in range(words):
        bits = [f"_p{word}"] if word in first else []
        bits += rest.get(word, [])
        found.append(f"{' | '.join(bits) or '0'} AS _m{word}")
    raws = [raw_name(each.name) for each in dataset.fields]
    hidden = [each for each in dataset.fields if each.cls == "D"]
    nulls = [f"CASE WHEN {raw_name(f.name)} IS NULL THEN {1 << i} ELSE 0 END" for i, f in enumerate(hidden)]
    keys = [
        f"sha256(CAST({quote_name(name)} AS VARCHAR)) AS {quote_name(KEY_PREFIX + name)}"
        for name in dataset.key
        if dataset.field(name).cls == "D"
    ]
    failing = " OR ".join(f"_m{word} <> 0" for word in range(words))
    out = [
        *(
            f"TRY_CAST({made} AS {compact[name]}) AS {quote_name(name)}"
            if name in compact
            else f"CAST({made} AS {_type(dataset, name)}) AS {quote_name(name)}"
            for name, made in kept.items()
        ),
        *(f"CAST(_m{word} AS BIGINT) AS _m{word}" for word in range(words)),
        f"hash({', '.join(raws)}) AS _h",
        f"CAST({' | '.join(nulls) or '0'} AS BIGINT) AS _n",
        f"CASE WHEN {failing} THEN [{', '.join(kind_sql(raw) for raw in raws)}] END AS _k",
        *keys,
        *row,
    ]
    layers = [
        f"SELECT {', '.join(texts + row)} FROM ({scan_sql(prepared, scanned, rejects=True, row=True)})",
        f"SELECT *, {', '.join(typed)}",
        f"SELECT *, {', '.join(f'{bits} AS _p{word}' for word, bits in sorted(first.items())) or '0 AS _p'}",
        f"SELECT *, {', '.join(found)}",
        f"SELECT {', '.join(out)}",
    ]
    query = layers[0]
    for layer in layers[1:]:
        query = f"{layer} FROM ({query})"
    return query


def _type(dataset: Dataset, name: str) -> str:
    return store_schema(dataset)[name]


def _operators(plan: Any) -> Iterator[str]:
    for each in plan:
        yield str(each["name"])
        yield from _operators(each["children"])


def _create(con: Connection, query: str, dataset: Dataset) -> int:
    """Fill ``_stage``; how many rows it has."""

    def one_row_at_a_time() -> None:
        if len(con.extract_statements(query)) != 1:
            raise BinderException("more than one statement")
        plan = con.execute(f"EXPLAIN (FORMAT json) {query}").fetchall()[0][1]
        if any("JOIN" in name or "AGGREGATE" in name for name in _operators(json.loads(plan))):
            raise BinderException("a condition looks beyond its row, and the rows would not stay in order")

    try:
        # The plan of a query as long as this one takes longer than running it over a small file.
        once(repr(dataset), one_row_at_a_time)
        return filled(con, f"CREATE OR REPLACE TABLE _stage AS {query}")
    except (BinderException, ParserException, CatalogException, ConversionException):
        # What DuckDB says may quote the data, so it is not repeated.
        raise UserError(
            "PR-C051",
            "A condition of the contract (`required_when`, `check` or a derivation) is not SQL over one row.",
            where=dataset.name,
            fix="Run `piperoll register check`, and try the conditions by hand on the field names and types.",
        ) from None
