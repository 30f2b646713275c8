"""What a publication says of its figures beside their size: provisional (``[p]``), first after a break (``[b]``).

A provisional figure loses its mark with the edition in which it is final; if it changed until then, it has ``[r]``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from piperoll.collect.owed import owed_slots
from piperoll.periods import Period
from piperoll.present.workbook import day_words
from piperoll.register.model.facts.atoms import bounds
from piperoll.register.model.publication import Measure, Provisional, Publication
from piperoll.register.model.register import Register
from piperoll.store.parts import Part
from piperoll.tabulate import Hierarchy
from piperoll.tabulate.spans import earlier


PROVISIONAL = "p"
BREAK = "b"


@dataclass(frozen=True)
class SeriesBreak:
    """A break in series, as it is to be told.

    Attributes:
        day: First day of the new series.
        reason: Why, in a sentence.
        measures, tables: Only figures of these; empty: of all.
        codes: By dimension, the codes (that one and all below it) whose cells it concerns.
    """

    day: dt.date
    reason: str
    measures: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    codes: tuple[tuple[str, frozenset[str]], ...] = ()

    def within(self, first: Period, last: Period) -> bool:
        """Whether it lies between two periods (or in one of them, if they differ): they cannot be compared then."""
        return first != last and min(first.start, last.start) < self.day <= max(first.end, last.end)

    def begins(self, period: Period) -> bool:
        """Whether this is the first period of its kind of the new series, wholly or in part."""
        return period.holds(self.day)

    def concerns(self, table: str | None, measure: str, codes: Mapping[str, str]) -> bool:
        """Whether it concerns a series: a measure, of these codes, in this table (None: in whatever table)."""
        return (
            (not self.measures or measure in self.measures)
            and (not self.tables or table is None or table in self.tables)
            and all(codes.get(name) in known for name, known in self.codes)
        )


def breaks_of(register: Register, publication: Publication) -> tuple[SeriesBreak, ...]:
    """The breaks in a publication's series, in the order in which it declares them."""
    out = []
    for each in publication.breaks:
        at, reason = each.at, each.reason
        if each.succession is not None:
            source = register.sources[each.succession]
            edge = source.replaced
            at = edge.when.starts if edge else ""
            old = register.sources.get(edge.other) if edge else None
            reason = reason or f"{source.title} replaced {old.title if old else edge.other if edge else ''}."
        codes = tuple((name, _below(register, publication, name, code)) for name, code in sorted(each.codes.items()))
        out.append(SeriesBreak(bounds(at)[0], reason.strip(), each.measures, each.tables, codes))
    return tuple(out)


def marked(
    register: Register,
    publication: Publication,
    cells: Mapping[str, pl.DataFrame],
    edition: Period,
    parts: Sequence[Part],
) -> dict[str, pl.DataFrame]:
    """Add ``p`` to the shown figures that are provisional, and ``b`` to the first ones after a break.

    A change (per cent) that compares across a break has ``b``, too, in whatever period.

    Args:
        cells: Protected cells by table.
        edition: Period of the edition.
        parts: The vintage.
    """
    if not publication.provisional and not publication.breaks:
        return dict(cells)
    breaks = breaks_of(register, publication)
    final = Final(register, edition, parts)
    measures = {measure.name: measure for measure in publication.measures}
    out = {}
    for name, frame in cells.items():
        now = frame
        for rule in publication.provisional:
            if not rule.tables or name in rule.tables:
                still = [text for text in _periods(frame) if not final.is_final(rule, Period.parse(text))]
                now = add_mark(now, pl.col("period").is_in(still) & _of(rule.measures), PROVISIONAL)
        for each in breaks:
            if not each.tables or name in each.tables:
                now = add_mark(now, _first(frame, each, measures), BREAK)
        out[name] = now
    return out


def add_mark(cells: pl.DataFrame, hit: pl.Expr, mark: str) -> pl.DataFrame:
    """Add a mark to the shown figures that ``hit`` selects."""
    added = pl.concat_list(pl.col("marks"), pl.lit(mark)).list.unique().list.sort()
    return cells.with_columns(
        marks=pl.when(hit.fill_null(False) & pl.col("shown").is_not_null()).then(added).otherwise(pl.col("marks"))
    )


class Final:
    """Which periods' figures are final in an edition.

    Args:
        register: For what suppliers owe.
        edition: Period of the edition.
        parts: The vintage.
    """

    def __init__(self, register: Register, edition: Period, parts: Sequence[Part]) -> None:
        self._register, self._edition, self._parts = register, edition, parts

    def is_final(self, rule: Provisional, period: Period) -> bool:
        """Whether the rule holds the figures of a period to be final."""
        if rule.last is not None:
            return period.end <= self._edition.shift(-rule.last).end
        if rule.year is not None:
            return Period.containing(period.end, rule.year).end <= self._edition.end
        return all(month in self._whole(rule.dataset or "") for month in period.within("month"))

    @cache  # noqa: B019 - lives as long as an edition is marked
    def _whole(self, dataset: str) -> frozenset[Period]:
        """Months for which everything that is owed of a dataset has come."""
        there = {(part.supplier, part.period) for part in self._parts if part.dataset == dataset}
        come = {month for _, text in there for month in Period.parse(text).within("month")}
        if not come:
            return frozenset()
        through = max(come).end
        for slot in owed_slots(self._register, through):
            if slot.key == dataset and (slot.supplier, slot.period) not in there:
                come -= set(Period.parse(slot.period).within("month"))
        return frozenset(come)


def status_words(
    register: Register, publication: Publication, table: str | None = None, marks: Iterable[str] = (PROVISIONAL, BREAK)
) -> tuple[str, ...]:
    """Sentences on what is provisional and on breaks in series, with their reasons.

    Args:
        table: Only what concerns this table.
        marks: Only what concerns these marks.
    """
    labels = {measure.name: measure.label for measure in publication.measures}
    used = frozenset(marks)
    out = []
    for rule in publication.provisional if PROVISIONAL in used else ():
        if table is None or not rule.tables or table in rule.tables:
            out.append(f"Figures marked [p] are provisional{_only(rule.measures, labels)}: {_clause(rule.reason)}")
    for each in breaks_of(register, publication) if BREAK in used else ():
        if table is None or not each.tables or table in each.tables:
            out.append(
                f"Figures marked [b] follow a break in the series{_only(each.measures, labels)} on "
                f"{day_words(each.day)} and cannot be compared with earlier ones: {_clause(each.reason)}"
            )
    return tuple(out)


def _first(frame: pl.DataFrame, found: SeriesBreak, measures: Mapping[str, Measure]) -> pl.Expr:
    """Cells that are the first after a break, or are changes across it."""
    periods = [Period.parse(text) for text in _periods(frame)]
    hit = pl.col("period").is_in([str(period) for period in periods if found.begins(period)])
    for name in frame["measure"].unique(maintain_order=True):
        measure = measures[name]
        if measure.kind == "change":
            over = [str(period) for period in periods if found.within(earlier(period, measure), period)]
            hit = hit | ((pl.col("measure") == name) & pl.col("period").is_in(over))
    hit = hit & _of(found.measures)
    for name, codes in found.codes:
        hit = hit & (pl.col(name).is_in(sorted(codes)) if name in frame.columns else pl.lit(False))
    return hit


def _of(measures: Sequence[str]) -> pl.Expr:
    return pl.col("measure").is_in(list(measures)) if measures else pl.lit(True)


def _periods(frame: pl.DataFrame) -> list[str]:
    return frame["period"].unique(maintain_order=True).to_list()


def _only(measures: Sequence[str], labels: Mapping[str, str]) -> str:
    return f" ({', '.join(labels[name] for name in measures)})" if measures else ""


def _clause(reason: str) -> str:
    """A reason as it follows a colon: its own words, with a full stop."""
    text = " ".join(reason.split())
    return text if text.endswith(".") else f"{text}."


def _below(register: Register, publication: Publication, name: str, code: str) -> frozenset[str]:
    """A code and every code below it."""
    dimension = next(each for each in publication.dimensions if each.name == name)
    return frozenset(each for each, path in Hierarchy(register, dimension).above.items() if code in path)
