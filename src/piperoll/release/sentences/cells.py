"""The published tables as what sentences are made from: rows of the CSVs, found by table, measure, period and codes.

A sentence is said from the written file and from nothing else, when it is made as when it is verified.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import NamedTuple

from piperoll.errors import UserError
from piperoll.periods import Period


Row = Mapping[str, str]
_REF = re.compile(r"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)\[([^;\]]+)((?:;[^;=\]]+=[^;\]]*)*)\]\Z")


class Ref(NamedTuple):
    """Where a figure stands: ``national.claims[2012Q2;claim_type=mortgage]``.

    Attributes:
        codes: Dimension and code, in order of their names.
    """

    table: str
    measure: str
    period: str
    codes: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        codes = "".join(f";{name}={code}" for name, code in self.codes)
        return f"{self.table}.{self.measure}[{self.period}{codes}]"

    @classmethod
    def of(cls, table: str, measure: str, period: Period | str, codes: Mapping[str, str]) -> Ref:
        """A reference with its codes in order."""
        return cls(table, measure, str(period), tuple(sorted(codes.items())))

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Read a reference as written.

        Raises:
            ValueError: If it is none.
        """
        found = _REF.match(text)
        if found is None:
            raise ValueError(f"{text!r} is no reference to a cell")
        pairs = [pair.partition("=") for pair in found[4].split(";") if pair]
        return cls(found[1], found[2], found[3], tuple(sorted((name, code) for name, _, code in pairs)))

    @property
    def when(self) -> Period:
        """Its period."""
        return Period.parse(self.period)

    def code(self, dimension: str) -> str:
        """Its code of a dimension; empty if it has none."""
        return dict(self.codes).get(dimension, "")

    def at(self, period: Period) -> Ref:
        """The same cell in another period."""
        return self._replace(period=str(period))


@dataclass(frozen=True)
class Known:
    """A cell as published.

    Attributes:
        value: The figure; None where marks stand in its place.
        marks: ``c``, ``x``, ``r`` ... in the order written.
        names: What people read for its code of each dimension.
        there: Whether the table has a row for it.
    """

    ref: Ref
    value: Decimal | None = None
    marks: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    there: bool = True

    @property
    def brackets(self) -> str:
        """Its marks as people see them."""
        return "".join(f"[{mark}]" for mark in self.marks)


Codes = tuple[tuple[str, str], ...]


class Tables:
    """Written tables by name, each read when it is first asked for.

    Args:
        rows: Rows of each CSV.
    """

    def __init__(self, rows: Mapping[str, Callable[[], Sequence[Row]]]) -> None:
        self._rows = dict(rows)
        self._index: dict[str, dict[tuple[str, Codes], Row]] = {}
        self._names: dict[str, dict[tuple[str, str], str]] = {}

    @classmethod
    def of_files(cls, files: Mapping[str, bytes]) -> Tables:
        """From the bytes of CSVs by file name (``csv_files`` of a workbook)."""
        return cls(
            {name.removesuffix(".csv"): partial(_read, data) for name, data in files.items() if name.endswith(".csv")}
        )

    def __contains__(self, table: str) -> bool:
        return table in self._rows

    def find(self, ref: Ref) -> Known:
        """The cell of a reference; one that no row holds is not available, ``x``."""
        row = self._by_codes(ref.table).get((ref.period, ref.codes))
        return _known(ref, row) if row is not None and ref.measure in row else Known(ref, None, ("x",), there=False)

    def periods(self, ref: Ref) -> list[Period]:
        """Periods of the same kind in which the cell stands in its table, oldest first."""
        kind = ref.when.kind
        found = (Period.parse(period) for period, codes in self._by_codes(ref.table) if codes == ref.codes)
        return sorted(period for period in found if period.kind == kind)

    def beside(self, ref: Ref, dimension: str, level: str, leave_out: str | None) -> list[Known]:
        """The cells that differ from ``ref`` in the code of one dimension alone, in the order of the table.

        Args:
            level: What the table calls the level that they are of; where it shows one level alone, that.
            leave_out: Code that is none of them: of what is not known.
        """
        others = tuple(pair for pair in ref.codes if pair[0] != dimension)
        column = f"{dimension}_level"
        found = []
        for (period, codes), row in self._by_codes(ref.table).items():
            mine = dict(codes).get(dimension)
            if period != ref.period or mine is None or mine == leave_out or row.get(column, level) != level:
                continue
            if tuple(pair for pair in codes if pair[0] != dimension) == others:
                found.append(_known(ref._replace(codes=codes), row))
        return found

    def name(self, dimension: str, code: str) -> str:
        """What the tables call a code; empty if none has it."""
        for table in self._rows:
            found = self._called(table).get((dimension, code))
            if found:
                return found
        return ""

    def _called(self, table: str) -> dict[tuple[str, str], str]:
        if table not in self._names:
            self._names[table] = {
                (dimension, code): _plain(row[dimension])
                for (_, codes), row in self._by_codes(table).items()
                for dimension, code in codes
            }
        return self._names[table]

    def _by_codes(self, table: str) -> dict[tuple[str, Codes], Row]:
        if table not in self._index:
            rows = self._rows[table]() if table in self._rows else ()
            names = sorted(_dimensions(rows[0])) if rows else []
            self._index[table] = {
                (row["period"], tuple((name, _plain(row[f"{name}_code"])) for name in names)): row for row in rows
            }
        return self._index[table]


def _read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def _dimensions(row: Row) -> Iterator[str]:
    return (name.removesuffix("_code") for name in row if name.endswith("_code") and name.removesuffix("_code") in row)


def _plain(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from taking a text for a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in "=+-@\t\r" else text


def _known(ref: Ref, row: Row) -> Known:
    marks = tuple(row.get(f"{ref.measure}_status", "").split())
    written = row[ref.measure]
    try:
        value = Decimal(written) if written else None
    except InvalidOperation:
        raise UserError(
            "PR-E071", "What stands in a column of figures is no figure.", where=f"tables/{ref.table}.csv"
        ) from None
    names = {name: _plain(row[name]) for name, _ in ref.codes}
    return Known(ref, value, marks if value is not None or marks else ("x",), names)
