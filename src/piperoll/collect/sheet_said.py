"""What a workbook says of itself above and beside its table: for which period, from whom, of what.

A workbook that says another period or supplier than its slot is the commonest wrong file there is: last month's,
saved under this month's name. What stands beside a label, alone in a cell or as the sheet's name is taken at its word
and refused; a period within a sentence (``Figures as at 3 May 2012``) is asked about.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from piperoll.collect.columns import shown
from piperoll.collect.remarks import Expected, Remark
from piperoll.errors import UserError
from piperoll.periods import Period


SCANNED = 60  # rows of a sheet beside the table
What = Literal["period", "supplier", "dataset"]
_LABELS: dict[str, What] = {
    **dict.fromkeys(("period", "month", "quarter", "year", "financial year", "return month"), "period"),
    **dict.fromkeys(("return period", "reporting month", "reporting period"), "period"),
    **dict.fromkeys(("month of return", "period of return"), "period"),
    **dict.fromkeys(("supplier", "force", "police force", "area", "office", "organisation", "trust"), "supplier"),
    **dict.fromkeys(("dataset", "return"), "dataset"),
}  # fmt: skip
_SHORT = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: n for n, name in enumerate(_SHORT, 1)}
_NAME = rf"({'|'.join(_SHORT)})[a-z]*\.?"
_MONTH_YEAR = re.compile(rf"\b{_NAME}[ \-/']*(\d{{4}}|\d{{2}})\b", re.IGNORECASE)
_YEAR_MONTH = re.compile(rf"\b(\d{{4}})[ \-/]*{_NAME}(?![a-z])", re.IGNORECASE)
_NUMBERS = re.compile(r"\b(0?[1-9]|1[0-2])[/\-.](\d{4})\b")
_ISO = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])(?:-\d{2})?\b")
_QUARTER = re.compile(r"\b(?:q([1-4])[ \-/]*(\d{4})|(\d{4})[ \-/]*q([1-4]))\b", re.IGNORECASE)
_FINANCIAL = re.compile(r"\b(\d{4})\s*[/\-]\s*(?:\d{2})?(\d{2})\b")
_YEAR = re.compile(r"\b((?:19|20)\d{2})\b")


@dataclass(frozen=True)
class Words:
    """A cell that says something of the file: of what, its content, and where it stands.

    ``sure`` where it stands beside a label or alone; otherwise it is a part of a sentence.
    ``beside`` where it is on another sheet than the table.
    """

    what: What
    text: Any
    sheet: str
    row: int
    sure: bool
    beside: bool = False


def words_of(sheet: str, rows: Iterable[tuple[int, list[Any]]]) -> Iterator[Words]:
    """What the cells of rows that are no table say."""
    for number, row in rows:
        cells = [cell for cell in row if cell not in (None, "") and str(cell).strip()]
        skip = False
        for at, cell in enumerate(cells):
            if skip:
                skip = False
                continue
            label, rest = _label(cell)
            if label and rest:
                yield Words(label, rest, sheet, number, True)
            elif label and at + 1 < len(cells):
                yield Words(label, cells[at + 1], sheet, number, True)
                skip = True
            elif not label and (at == 0 or isinstance(cell, str)):
                yield Words("period", cell, sheet, number, False)


def words_beside(sheet: str, rows: Iterable[tuple[int, list[Any]]]) -> list[Words]:
    """What another sheet of the workbook says: a label that stands there once; more often it is a column or a list."""
    sure = [each for each in words_of(sheet, rows) if each.sure]
    count = Counter(each.what for each in sure)
    return [replace(each, beside=True) for each in sure if count[each.what] == 1]


def compare(found: Iterable[Words], names: Iterable[str], expected: Expected, told: str) -> list[Remark]:
    """Hold what a workbook says against its slot.

    Args:
        found: What its cells say.
        names: Of the sheet that is read.
        expected: The slot.
        told: Name of the file.

    Raises:
        UserError: PR-C180 for another period, PR-C181 for another supplier or dataset.
    """
    words = list(found)
    remarks: list[Remark] = []
    periods: list[tuple[Period, Words]] = []
    doubtful: list[tuple[Period, Words]] = []
    kind = expected.period.kind
    for each in words:
        if each.what == "period":
            whole, inside = _periods(each.text, kind)
            for period in whole if each.sure else [p for p in whole if not isinstance(each.text, dt.date)]:
                periods.append((period, each))
            doubtful += [(period, each) for period in inside]
            if each.sure and not each.beside and not whole and not inside:
                remarks.append(_not_understood(each, "period", str(expected.period)))
        elif each.what == "supplier":
            remarks += _supplier(each, expected, told)
        elif "." in str(each.text) and str(each.text).strip().casefold() != _key(expected).casefold():
            message = f"The sheet {shown(each.sheet)} says in row {each.row} that it is another return."
            fix = f"Check the file: it was taken for {_key(expected)}."
            raise UserError("PR-C181", message, where=told, fix=fix)
    for name in names:
        whole, _ = _periods(name, kind)
        periods += [(period, Words("period", name, name, 0, True)) for period in whole]
    wrong = [(period, each) for period, each in periods if period != expected.period]
    if wrong:
        period, each = wrong[0]
        place = f"in row {each.row}" if each.row else "by its name"
        message = (
            f"The sheet {shown(each.sheet)} says {place} that it is for {period.words}, "
            f"and it was delivered for {expected.period.words}."
        )
        fix = "Deliver the right file, or correct the period in the sheet or in the file's name."
        raise UserError("PR-C180", message, where=told, fix=fix)
    if doubtful and not any(period == expected.period for period, _ in (*periods, *doubtful)):
        period, each = doubtful[0]
        sentence = f"Sheet {shown(each.sheet)}, row {each.row}: the words name {period.words}, not {{period}}."
        remarks.append(Remark("PR-C183", "R", sentence, "Is this the return for {period}?", rows=(each.row,)))
    return remarks


def _key(expected: Expected) -> str:
    return f"{expected.source}.{expected.dataset}"


def _label(cell: Any) -> tuple[What | None, str]:
    """Which label a cell is, and what follows it in the same cell."""
    if not isinstance(cell, str):
        return None, ""
    before, colon, after = cell.partition(":")
    what = _LABELS.get(" ".join(before.casefold().split()))
    return (what, after.strip() if colon else "") if what else (None, "")


def _supplier(each: Words, expected: Expected, told: str) -> list[Remark]:
    text = _loose(str(each.text))
    own = {_loose(name) for name in expected.names.get(expected.supplier, (expected.supplier,))}
    if text in own:
        return []
    others = {_loose(name) for key, names in expected.names.items() if key != expected.supplier for name in names}
    if text in others:
        message = (
            f"The sheet {shown(each.sheet)} says in row {each.row} that it is of another supplier "
            f"than `{expected.supplier}`, for which it was delivered."
        )
        fix = "Deliver it for the supplier whose figures it holds."
        raise UserError("PR-C181", message, where=told, fix=fix)
    return [] if each.beside else [_not_understood(each, "supplier", expected.supplier)]


def _not_understood(each: Words, noun: str, taken: str) -> Remark:
    sentence = f"Sheet {shown(each.sheet)}, row {each.row}: what is written as the {noun} was not understood."
    return Remark("PR-C183", "R", sentence, f"Is it `{taken}`?", rows=(each.row,))


def _periods(text: Any, kind: str) -> tuple[list[Period], list[Period]]:
    """Periods that are all a cell says, and periods within its words; of the kind that is delivered."""
    if isinstance(text, dt.datetime | dt.date):
        day = text.date() if isinstance(text, dt.datetime) else text
        return [Period.containing(day, kind)], []  # type: ignore[arg-type]
    if isinstance(text, int | float):
        text = str(int(text))
    found: list[tuple[Period, str]] = []
    for made, part in _parsed(str(text), kind):
        if made is not None:
            found.append((made, part))
    if not found:
        return [], []
    rest = str(text)
    for _, part in found:
        rest = rest.replace(part, "", 1)
    alone = not re.search(r"[A-Za-z0-9]", rest)
    periods = list(dict.fromkeys(period for period, _ in found))
    return (periods, []) if alone else ([], periods)


def _parsed(text: str, kind: str) -> Iterator[tuple[Period | None, str]]:
    if kind == "month":
        for pattern, month, year in ((_MONTH_YEAR, 1, 2), (_YEAR_MONTH, 2, 1)):
            for hit in pattern.finditer(text):
                yield _month(hit[year], _MONTHS[hit[month][:3].casefold()]), hit[0]
        for hit in _ISO.finditer(text):
            yield _month(hit[1], int(hit[2])), hit[0]
        for hit in _NUMBERS.finditer(text):
            yield _month(hit[2], int(hit[1])), hit[0]
    elif kind == "quarter":
        for hit in _QUARTER.finditer(text):
            yield _try(f"{hit[2] or hit[3]}Q{hit[1] or hit[4]}"), hit[0]
    elif kind == "financial_year":
        for hit in _FINANCIAL.finditer(text):
            yield _try(f"{hit[1]}/{hit[2]}"), hit[0]
    else:
        for hit in _YEAR.finditer(text):
            yield _try(hit[1]), hit[0]


def _month(year: str, month: int) -> Period | None:
    return _try(f"{year if len(year) == 4 else '20' + year}-{month:02d}")


def _try(text: str) -> Period | None:
    try:
        return Period.parse(text)
    except UserError:
        return None


def _loose(text: str) -> str:
    return re.sub(r"[^0-9a-z]+", "_", text.casefold()).strip("_")
