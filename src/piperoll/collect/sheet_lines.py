"""Which lines of a sheet are rows of its table, and which are totals, notes, headings or a second table.

Nothing is decided in silence: a line that is left out is named with its row, and where it could mean something (a total
that does not add up, a note) the supplier is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal

from piperoll.collect.columns import shown
from piperoll.collect.remarks import Remark, at_rows, counted
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset, Field


Kind = Literal["row", "total", "words", "header"]
TOTAL = re.compile(r"(grand|sub|overall)?[ -]?totals?\b|sum\b|all (forces|areas|offices|categories)\b", re.IGNORECASE)
NOTE = re.compile(
    r"(notes?|sources?|n\.?b\.?|comments?|contact|completed|prepared|signed|checked|footnotes?)\b|[*\[(#]",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")


def is_numeric(each: Field | None) -> bool:
    """Whether a field holds numbers."""
    return each is not None and (each.type == "int" or each.type.startswith("dec("))


@dataclass
class Lines:
    """Judges the lines below a header, one after the other.

    Args:
        dataset: The contract.
        fields: Field of each column, None where the contract has none.
        names: Texts of the header, as `Columns.names`.
        header_at: Row of the header.
        codes: Code list -> its codes.
        sheet, told: Names of sheet and file.
    """

    dataset: Dataset
    fields: Sequence[Field | None]
    names: Sequence[str]
    header_at: int
    codes: Mapping[str, frozenset[str]]
    sheet: str
    told: str
    rows: int = 0
    last_row: int = 0
    _last_filled: int = 0
    _after_words: bool = False
    _sums: dict[int, Decimal] = field(default_factory=dict)
    _part: dict[int, Decimal] = field(default_factory=dict)
    _part_rows: int = 0
    _agree: list[int] = field(default_factory=list)
    _differ: dict[int, list[str]] = field(default_factory=dict)
    _unnamed: list[int] = field(default_factory=list)
    _words: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        places = [(at, each) for at, each in enumerate(self.fields) if each is not None]
        self._needed = [at for at, each in places if each.null == "never"]
        self._numbers = [at for at, each in places if is_numeric(each)]
        self._measures = [at for at, each in places if is_numeric(each) and each.cls == "M"]
        self._labels = [at for at, each in places if each.type == "code" or each.name in self.dataset.key]
        self._typed = [at for at, each in places if is_numeric(each) or each.type in ("date", "datetime")]
        self._header = {name.casefold().strip() for name in self.names}

    def kind(self, number: int, texts: Sequence[str | None]) -> Kind:
        """What a line is; ``texts`` are its cells, as many as there are columns, and it is not empty.

        Raises:
            UserError: PR-C182 where a second table begins.
        """
        gap = number > max(self._last_filled, self.header_at) + 1 or self._after_words
        self._last_filled, self._after_words = number, False
        short = any(not texts[at] for at in self._needed)
        label = self._label(texts, short)
        if not short and label is None:
            if self._is_header(texts, gap):
                raise self._second(number)
            self._count(number, texts)
            return "row"
        if label is not None:
            self._total(number, texts)
            return "total"
        if self._is_header(texts, gap):
            raise self._second(number)
        if self._is_words(texts):
            self._words.append(number)
            self._after_words = True
            return "words"
        if self._is_unnamed_total(texts):
            self._unnamed.append(number)
            self._start_part()
            return "total"
        self._count(number, texts)
        return "row"

    def remarks(self) -> list[Remark]:
        """What is to be told and asked of the lines that are no rows."""
        place = f"Sheet {shown(self.sheet)}, "
        found = []
        if self._agree:
            said = f"{counted(len(self._agree), 'row')} of totals, which add up, left out."
            found.append(self._remark("PR-C186", "W", f"{place}{at_rows(self._agree)}: {said}", "", self._agree))
        for number, names in self._differ.items():
            listed = ", ".join(f"`{name}`" for name in names)
            said = f"{place}row {number}: a row of totals, left out, is not the sum of the rows above it in {listed}."
            fix = "Which is right, the rows or the total?"
            found.append(self._remark("PR-C186", "R", said, fix, [number], ", ".join(names)))
        if self._unnamed:
            said = (
                f"{place}{at_rows(self._unnamed)}: sums of the rows above without a name, taken for totals, left out."
            )
            found.append(self._remark("PR-C186", "R", said, "Is that right?", self._unnamed))
        if self._words:
            below = [n for n in self._words if n > self.last_row]
            where = "below the table" if len(below) == len(self._words) else "among the rows"
            said = f"{place}{at_rows(self._words)}: words {where}, not read as rows."
            found.append(self._remark("PR-C187", "R", said, "Do they change any figure?", self._words))
        return found

    @staticmethod
    def _remark(
        code: str, severity: Literal["W", "R"], text: str, fix: str, rows: list[int], about: str = ""
    ) -> Remark:
        return Remark(code, severity, text, fix, about, len(rows), tuple(rows))

    def _label(self, texts: Sequence[str | None], short: bool) -> int | None:
        """Where a line calls itself a total."""
        for at in range(len(texts)) if short else self._labels:
            text = texts[at]
            if not text or not TOTAL.match(text.strip()) or self._is_code(at, text):
                continue
            if not short or any(self._number(texts[n]) is not None for n in self._numbers):
                return at
        return None

    def _is_code(self, at: int, text: str) -> bool:
        each = self.fields[at]
        return each is not None and each.codes is not None and text in self.codes.get(each.codes, frozenset())

    def _is_header(self, texts: Sequence[str | None], gap: bool) -> bool:
        filled = [(at, t.strip()) for at, t in enumerate(texts) if t and t.strip()]
        if len(filled) < 2:
            return False
        if sum(1 for _, t in filled if t.casefold() in self._header) * 2 > len(filled):
            return True
        if not gap or any(_NUMBER.match(t) or self._is_code(at, t) for at, t in filled):
            return False
        return sum(1 for at, t in filled if at in self._typed and not re.search(r"\d", t)) >= 2

    def _second(self, number: int) -> UserError:
        message = (
            f"The sheet {shown(self.sheet)} holds two tables: one with its header in row {self.header_at}, "
            f"and another that begins in row {number}."
        )
        fix = "Leave one table in the sheet, with one header row; a file for each period."
        return UserError("PR-C182", message, where=self.told, fix=fix)

    def _is_words(self, texts: Sequence[str | None]) -> bool:
        filled = [(at, t.strip()) for at, t in enumerate(texts) if t and t.strip()]
        first = filled[0][1]
        if any(_NUMBER.match(t) for _, t in filled[1:]) or len(self._needed) < 2:
            return False
        if len(filled) == 1:
            at = filled[0][0]
            return not self._is_code(at, first) and (" " in first or bool(NOTE.match(first)) or first.endswith(":"))
        return bool(NOTE.match(first)) and len(filled) <= 3

    def _is_unnamed_total(self, texts: Sequence[str | None]) -> bool:
        filled = [at for at, text in enumerate(texts) if text]
        if self._part_rows < 2 or len(filled) < 2 or not set(filled) <= set(self._measures):
            return False
        values = [(at, self._number(texts[at])) for at in filled]
        same = all(value is not None and value == self._sums.get(at, Decimal(0)) for at, value in values)
        return same and any(value for _, value in values)

    def _total(self, number: int, texts: Sequence[str | None]) -> None:
        wrong = []
        for at in self._measures:
            value = self._number(texts[at])
            if not texts[at] or (value is not None and value in (self._sums.get(at, 0), self._part.get(at, 0))):
                continue
            wrong.append(self.fields[at].name)  # type: ignore[union-attr]
        if wrong:
            self._differ[number] = wrong
        else:
            self._agree.append(number)
        self._start_part()

    def _start_part(self) -> None:
        self._part.clear()
        self._part_rows = 0

    def _count(self, number: int, texts: Sequence[str | None]) -> None:
        self.rows += 1
        self.last_row = number
        self._part_rows += 1
        for at in self._measures:
            value = self._number(texts[at])
            if value is not None:
                self._sums[at] = self._sums.get(at, Decimal(0)) + value
                self._part[at] = self._part.get(at, Decimal(0)) + value

    @staticmethod
    def _number(text: str | None) -> Decimal | None:
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            return None
        return value if value.is_finite() else None
