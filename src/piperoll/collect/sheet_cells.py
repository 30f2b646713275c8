"""Cells of a sheet as texts of the contract: numbers written as texts, lost zeros, merged cells. All of it is told."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from piperoll.collect.columns import shown
from piperoll.collect.remarks import Remark, at_rows, counted
from piperoll.collect.sheet_lines import is_numeric
from piperoll.register.model.contract import Field


_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?\Z")
_SPACES = " \t\r\n\u00a0\u2007\u2009\u202f"
_TRIMMED = ("code", "date", "datetime", "bool")
_REMEMBERED = 10_000  # row numbers, for each kind of change


class Cells:
    """Mends what has one meaning alone, and remembers where.

    Args:
        fields: Field of each column.
        codes: Code list -> its codes.
        merged: Ranges of the sheet, from 0: (row, column) of the first cell and of the last.
        header_at: Row of the header, from 1.
        sheet: Its name.
    """

    def __init__(
        self,
        fields: Sequence[Field | None],
        codes: Mapping[str, frozenset[str]],
        merged: Sequence[tuple[tuple[int, int], tuple[int, int]]],
        header_at: int,
        sheet: str,
    ) -> None:
        self._fields = fields
        self._sheet = sheet
        self._numeric = [is_numeric(each) for each in fields]
        self._trim = [each is not None and each.type in _TRIMMED for each in fields]
        self._short = [_without_zeros(codes.get(each.codes or "")) if each else {} for each in fields]
        self._fill: dict[int, tuple[int, int, int]] = {}
        self._ranges: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for (top, left), (bottom, right) in merged:
            if left != right or bottom <= top or top + 1 <= header_at or left >= len(fields):
                continue
            each = fields[left]
            # What is counted stands once, whatever it is merged over; what names a row stands for each.
            if each is not None and each.cls != "M" and not is_numeric(each):
                self._ranges[left].append((top + 1, bottom + 1))
        self._open: dict[int, tuple[int, str | None]] = {}
        self._begin = {(first, at): last for at, found in self._ranges.items() for first, last in found}
        self._changed: dict[tuple[str, int], list[int]] = defaultdict(list)

    def mend(self, number: int, texts: list[str | None]) -> None:
        """Mend the cells of a row in place."""
        for at, text in enumerate(texts):
            if text is None:
                continue
            if self._numeric[at]:
                plain = text.strip(_SPACES)
                if _THOUSANDS.match(plain):
                    plain = plain.replace(",", "")
                if plain != text:
                    self._note("number", at, number)
                    texts[at] = plain or None
            elif self._trim[at]:
                plain = text.strip(_SPACES)
                if plain != text:
                    self._note("spaces", at, number)
                    texts[at] = plain or None
                if (whole := self._short[at].get(plain)) is not None:
                    self._note("zeros", at, number)
                    texts[at] = whole

    def fill(self, number: int, texts: list[str | None]) -> None:
        """Give the cells of a merged range the value of its first one."""
        for at in self._ranges:
            if (last := self._begin.get((number, at))) is not None:
                self._open[at] = (last, texts[at])
            elif at in self._open:
                last, value = self._open[at]
                if number > last:
                    del self._open[at]
                elif texts[at] is None and any(texts):
                    texts[at] = value
                    self._note("merged", at, number)

    def remarks(self) -> list[Remark]:
        """What was mended, by kind and column."""
        return [self._remark(kind, at, rows) for (kind, at), rows in sorted(self._changed.items())]

    def _note(self, kind: str, at: int, number: int) -> None:
        rows = self._changed[kind, at]
        if len(rows) < _REMEMBERED:
            rows.append(number)

    def _remark(self, kind: str, at: int, rows: list[int]) -> Remark:
        name = self._fields[at].name  # type: ignore[union-attr]
        place = f"Sheet {shown(self._sheet)}, column `{name}`, {at_rows(rows)}: "
        if kind == "merged":
            said = "cells are merged with the one above; its value was taken for each row."
            return Remark("PR-C185", "R", place + said, "Is that right?", name, len(rows), tuple(rows))
        cells = counted(len(rows), "cell")
        said = {
            "number": f"{cells} with a number as a text (spaces, commas between thousands), read as the number.",
            "spaces": f"{cells} with spaces around the value, read without them.",
            "zeros": f"{cells} with a number in place of a code that begins with nought, read as that code.",
        }[kind]
        fix = "Format the column as text." if kind == "zeros" else "Write the bare value."
        return Remark("PR-C188", "W", place + said, fix, name, len(rows), tuple(rows))


def _without_zeros(codes: frozenset[str] | None) -> dict[str, str]:
    """Codes by what a spreadsheet makes of them, where that is one code alone and none itself."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in codes or ():
        if code.isdigit() and code.startswith("0"):
            found[code.lstrip("0") or "0"].append(code)
    return {short: each[0] for short, each in found.items() if len(each) == 1 and short not in (codes or ())}
