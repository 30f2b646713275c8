"""What a look at a file tells of it: plain data that comes back from the limited child as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, get_args

from piperoll.collect.prepared import count_of, text_of
from piperoll.register.model.contract import TYPE_PATTERN, FieldClass


NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
GRAINS = ("day", "month", "quarter", "year", "financial_year", "none")
MOST_CODES = 500


@dataclass(frozen=True)
class Column:
    """One column and what it is taken for. No value of it, but for the codes of a column of neither class D nor L.

    Attributes:
        name: Field name made from the header.
        header: Header text as it stands; '' if it is the name itself.
        type, cls, format: As a contract writes them; ``format`` is '' for the default.
        why_type, why_class: Reasons, in words, without values.
        missing: Texts taken for no value.
        nulls: Rows without a value.
        distinct: Different values.
        codes: Values of a column of type ``code``, sorted.
        counted: Whether it holds numbers of cases, so that rows are not records but cells.
        note: What else a person should know; ''.
    """

    name: str
    header: str
    type: str
    cls: FieldClass
    format: str
    why_type: str
    why_class: str
    missing: tuple[str, ...]
    nulls: int
    distinct: int
    codes: tuple[str, ...] = ()
    counted: bool = False
    note: str = ""


@dataclass(frozen=True)
class Seen:
    """A file looked at.

    Attributes:
        rows: Data rows looked at.
        whole: Whether that was the whole file.
        broken: Lines that are no rows.
        encoding, delimiter, header_row: How it is written.
        columns: In the file's order; those without a usable header are left out.
        unnamed: Columns without a header.
        key: Columns that tell the rows apart.
        when: SQL of the day on which a row counts, over columns of the alias ``s``; '' if there is none.
        when_columns: Columns that it reads.
        when_why: Why it is that one.
        grain: What ``when`` can tell apart: one of `GRAINS`.
        months: Month as ``2012-05`` -> rows of that month.
    """

    rows: int
    whole: bool
    broken: int
    encoding: str
    delimiter: str
    header_row: int
    columns: tuple[Column, ...]
    unnamed: int
    key: tuple[str, ...]
    when: str
    when_columns: tuple[str, ...]
    when_why: str
    grain: str
    months: Mapping[str, int]

    def column(self, name: str) -> Column:
        """The column of this field name."""
        return next(each for each in self.columns if each.name == name)

    def to_json(self) -> dict[str, Any]:
        """As JSON-like data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> Seen:
        """Read what `to_json` gave, believing nothing: a hostile file may own the child.

        Raises:
            ValueError: If it is anything else.
        """
        try:
            columns = tuple(_column(each) for each in data["columns"])
            names = {each.name for each in columns}
            if len(names) != len(columns) or not columns:
                raise ValueError("columns")
            found = cls(
                rows=count_of(data["rows"]),
                broken=count_of(data["broken"]),
                header_row=count_of(data["header_row"]),
                unnamed=count_of(data["unnamed"]),
                encoding=text_of(data["encoding"]),
                delimiter=text_of(data["delimiter"]),
                when=text_of(data["when"]),
                when_why=text_of(data["when_why"]),
                grain=text_of(data["grain"]),
                whole=bool(data["whole"]),
                columns=columns,
                key=tuple(text_of(each) for each in data["key"]),
                when_columns=tuple(text_of(each) for each in data["when_columns"]),
                months={text_of(month): count_of(n) for month, n in data["months"].items()},
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a look at a file ({type(error).__name__})") from None
        if found.grain not in GRAINS or not {*found.key, *found.when_columns} <= names or len(found.delimiter) != 1:
            raise ValueError("not a look at a file")
        return found


def _column(data: Any) -> Column:
    values = {each.name: data[each.name] for each in fields(Column)}
    for name in ("missing", "codes"):
        values[name] = tuple(text_of(each) for each in values[name])
    for name in ("nulls", "distinct"):
        count_of(values[name])
    for name in ("header", "format", "why_type", "why_class", "note"):
        text_of(values[name])
    found = Column(**values)
    hidden = found.cls in ("D", "L") and found.codes
    if not NAME.match(found.name) or not TYPE_PATTERN.match(found.type) or found.cls not in get_args(FieldClass):
        raise ValueError("a column's name, type or class")
    if hidden or len(found.codes) > MOST_CODES:
        raise ValueError("codes of a column that may have none")
    return found
