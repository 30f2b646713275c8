"""What is drafted from a look at a file: slot, measures, dimensions and the first table. Pure; nothing is written."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass

from piperoll.draft.seen import Column, Seen
from piperoll.periods import Kind, Period, span


NEARLY_ALL = 0.99
TOTAL_CODES, UNKNOWN_CODES = ("all", "whole", "everything"), ("not_known", "no_value", "not_given")
MOST_SHOWN, MOST_ROWS = 20, 240
_TAKEN = (
    "period period_name identity table measure kind geography_version national support value n of base denominator per "
    "missing marks shown reason counted_on records"
)
_NOT_NAMES = frozenset(_TAKEN.split())
_TOTALS = re.compile(r"(all|total|totals|overall|sum)( .*)?", re.IGNORECASE)
_FINER: dict[Kind, tuple[Kind, int]] = {
    "month": ("month", 1),
    "quarter": ("month", 3),
    "year": ("quarter", 4),
    "financial_year": ("quarter", 4),
}


@dataclass(frozen=True)
class Breakdown:
    """A dimension of the first table: the column, and codes for its total and for rows without a value."""

    column: Column
    name: str
    total: str
    unknown: str


@dataclass(frozen=True)
class Plan:
    """Everything that is decided for the drafted register.

    Attributes:
        key: Of register, source, publication and policy.
        title: For people.
        slot: Period that the file fills.
        mode: ``events`` where the file is of one period, ``full`` where it is not.
        pattern: File name pattern.
        named: Whether the file's own name tells the slot.
        when: SQL of the day on which a row counts.
        sums: Columns of numbers of cases, the fullest first; none: rows are counted.
        breakdowns: Of the first table.
        rows: Kind of period of its rows.
        last, first: Which periods it shows.
        whys: Reasons, by what was decided.
    """

    key: str
    title: str
    slot: Period
    mode: str
    pattern: str
    named: bool
    when: str
    sums: tuple[Column, ...]
    breakdowns: tuple[Breakdown, ...]
    rows: Kind
    last: int | None
    first: str | None
    whys: dict[str, str]

    @property
    def periods(self) -> int:
        """How many periods the first table shows."""
        if self.last is not None:
            return self.last
        return len(span(Period.parse(self.first or ""), Period.containing(self.slot.end, self.rows)))

    @property
    def measure(self) -> str:
        """Name of the first measure."""
        return measure_name(self.sums[0]) if self.sums else "records"


def measure_name(column: Column) -> str:
    """Name of the measure that sums a column."""
    return f"sum_of_{column.name}"


def make_plan(seen: Seen, stem: str, key: str, today: dt.date) -> Plan:
    """Decide.

    Args:
        seen: The look at the file.
        stem: File name without endings.
        key: Name of the register.
        today: No slot lies after it.
    """
    slot, mode, why = _slot(seen, today)
    rows, last, first, why_rows = _rows(seen, slot, mode)
    pattern, named, why_pattern = _pattern(stem, slot)
    sums = tuple(sorted((c for c in seen.columns if c.counted), key=lambda c: c.nulls))
    breakdowns = _breakdowns(seen)
    whys = {
        "slot": why,
        "mode": "the file is of one period" if mode == "events" else "the file spans several periods, or says none",
        "pattern": why_pattern,
        "rows": why_rows,
        "when": seen.when_why or "nothing in the file says when a row happened: it counts at the start of its slot",
    }
    title = re.sub(r"[_\s-]+", " ", key).strip().capitalize()
    when = seen.when or "CAST(SUBSTRING(s._period, 1, 4) || '-01-01' AS DATE)"
    return Plan(key, title, slot, mode, pattern, named, when, sums, breakdowns, rows, last, first, whys)


def _slot(seen: Seen, today: dt.date) -> tuple[Period, str, str]:
    if not seen.months:
        now = Period.containing(today, "year")
        return now, "full", "nothing in the file says its period; this is the present year"
    kinds: dict[str, tuple[Kind, ...]] = {
        "financial_year": ("financial_year",),
        "year": ("year",),
        "quarter": ("quarter", "year", "financial_year"),
    }
    total = sum(seen.months.values())
    for kind in kinds.get(seen.grain, ("month", "quarter", "year", "financial_year")):
        counts: Counter[Period] = Counter()
        for month, rows in seen.months.items():
            counts[Period.containing(_day(month), kind)] += rows
        period, most = max(counts.items(), key=lambda each: (each[1], each[0]))
        if most >= total * NEARLY_ALL and period.start <= today:
            share = "all" if most == total else f"{most:,} of {total:,}"
            return period, "events", f"{share} rows with a day lie in it"
    kind = "financial_year" if seen.grain == "financial_year" else "year"
    last = min(Period.containing(_day(max(seen.months)), kind), Period.containing(today, kind))
    return (
        last,
        "full",
        f"the rows run from {min(seen.months)} to {max(seen.months)}; this is the last {kind.replace('_', ' ')}",
    )


def _day(month: str) -> dt.date:
    return dt.date.fromisoformat(f"{month}-01")


def _rows(seen: Seen, slot: Period, mode: str) -> tuple[Kind, int | None, str | None, str]:
    """Kind of period of the first table's rows, and which it shows."""
    coarse: Kind = "financial_year" if seen.grain == "financial_year" else "year"
    if mode == "events":
        kind, last = _FINER[slot.kind]
        if seen.grain in ("year", "financial_year"):
            kind, last = coarse, 1
        elif seen.grain == "quarter" and kind == "month":
            kind, last = "quarter", 1
        return kind, last, None, "the parts of the slot"
    if not seen.months:
        return "year", 1, None, "the slot alone"
    first, end = _day(min(seen.months)), slot.end
    months = (end.year - first.year) * 12 + end.month - first.month + 1
    if seen.grain in ("year", "financial_year") or months > 36:
        begin = max(Period.containing(first, coarse), Period.containing(end, coarse).shift(-19))
        return coarse, None, str(begin), "the file spans more than three years"
    return "quarter", None, str(Period.containing(first, "quarter")), "the file spans less than three years"


def _pattern(stem: str, slot: Period) -> tuple[str, bool, str]:
    """The file's name with its period as a placeholder, where it holds the slot's."""
    year = str(slot).replace("/", "[-_]?")
    form = {"month": f"{slot.start:%Y}[-_]?{slot.start:%m}", "financial_year": year}.get(slot.kind, str(slot))
    clean = re.sub(r"[^A-Za-z0-9._-]+", "_", stem).strip("._-") or "delivery"
    found = list(re.finditer(rf"(?<![0-9]){form}(?![0-9]|[-_][0-9])", clean, re.IGNORECASE))
    if len(found) == 1 and clean == stem:
        start, end = found[0].span()
        return f"{clean[:start]}{{period}}{clean[end:]}.csv", True, "the file's name holds its period"
    short = re.sub(r"[-_.]?(19|20)[0-9]{2}([-_/]?[0-9]{2})*\Z", "", clean) or clean
    return f"{short}_{{period}}.csv", False, "the file's name holds no period of this kind; later ones need one"


def _breakdowns(seen: Seen) -> tuple[Breakdown, ...]:
    """Up to two coded columns with few codes: quasi-identifiers first, then the fullest."""
    fit = [
        c
        for c in seen.columns
        if c.type == "code" and 2 <= len(c.codes) <= MOST_SHOWN and c.name not in seen.when_columns and not c.counted
    ]
    ranked = sorted(fit, key=lambda c: (c.cls not in ("Q", "QS"), c.nulls * 10 // max(1, seen.rows)))
    chosen: list[Breakdown] = []
    rows = 1
    for column in ranked:
        size = rows * (len(column.codes) + 2)
        if size <= MOST_ROWS:
            rows = size
            chosen.append(_breakdown(column))
        if len(chosen) == 2:
            break
    return tuple(chosen)


def _breakdown(column: Column) -> Breakdown:
    clash = column.name in _NOT_NAMES or column.name.endswith(("_code", "_level"))
    name = f"by_{column.name}" if clash else column.name
    taken = {code.casefold() for code in column.codes}
    total = next(each for each in (*TOTAL_CODES, "all_of_them") if each not in taken)
    unknown = next(each for each in (*UNKNOWN_CODES, "no_value_given") if each not in taken)
    return Breakdown(column, name, total, unknown)


def totals_within(column: Column) -> int:
    """How many codes look like totals of the others, which would be counted twice."""
    return sum(bool(_TOTALS.fullmatch(code.strip())) for code in column.codes)
