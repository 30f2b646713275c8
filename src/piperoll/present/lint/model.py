"""A spreadsheet as the linter sees it, whether it was ODS or XLSX. Rows and columns count from 0."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


Kind = Literal["text", "number", "date", "boolean", "formula", "error"]


@dataclass(frozen=True, slots=True)
class Look:
    """What of a cell's format the guidance speaks of."""

    wrap: bool = False
    filled: bool = False
    size: float = 12.0


@dataclass(frozen=True, slots=True)
class ReadCell:
    """A cell that holds something: its kind, its text as shown (number formats' markers included), its look.

    ``value`` is a number as stored, in digits; empty for all else.
    """

    kind: Kind
    text: str
    look: Look
    link: str = ""
    value: str = ""


@dataclass(frozen=True)
class ReadTable:
    """A marked-up table: its name and the rows and columns it covers, both ends included."""

    name: str
    top: int
    left: int
    bottom: int
    right: int
    header: bool = True
    filters: bool = False


@dataclass
class ReadSheet:
    """A worksheet."""

    name: str
    hidden: bool = False
    hidden_lines: int = 0
    merged: int = 0
    frozen: bool = False
    filters: bool = False
    cursor: tuple[int, int] = (0, 0)
    tables: list[ReadTable] = field(default_factory=list)
    cells: dict[tuple[int, int], ReadCell] = field(default_factory=dict)


@dataclass
class ReadBook:
    """A spreadsheet."""

    title: str = ""
    language: str = ""
    author: str = ""
    macros: bool = False
    active: str = ""
    sheets: list[ReadSheet] = field(default_factory=list)


class Unreadable(Exception):
    """The bytes are not such a file; the message says why, without any of its content."""
