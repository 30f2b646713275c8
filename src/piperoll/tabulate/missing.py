"""What is known when a delivery is missing: never a silent zero, but ``[x]``, and the whole says whom it leaves out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from piperoll.derive.plan import Planned
from piperoll.derive.run import inputs_of, needed
from piperoll.periods import Period
from piperoll.register.model.codes import Supplier
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.tabulate.query import Axis


@dataclass(frozen=True, order=True)
class Missing:
    """A delivery that is owed and not there: supplier, dataset (``source.dataset``) and period, as written."""

    supplier: str
    dataset: str
    period: str


def datasets_of(planned: Iterable[Planned], model: str, register: Register) -> frozenset[str]:
    """Datasets that a model rests on, through all it reads."""
    return frozenset(inputs_of(needed(planned, [model]), register))


def followed_until(period: Period, quarters: int) -> dt.date:
    """The last day of a period, or of so many quarters after the one that it ends in."""
    return Period.containing(period.end, "quarter").shift(quarters).end if quarters else period.end


@dataclass(frozen=True)
class Gaps:
    """Missing deliveries, found by dataset and day."""

    by_dataset: Mapping[str, tuple[tuple[dt.date, dt.date, str], ...]]

    @classmethod
    def of(cls, missing: Iterable[Missing]) -> Gaps:
        """Read the periods once."""
        found: dict[str, list[tuple[dt.date, dt.date, str]]] = {}
        for each in missing:
            period = Period.parse(each.period)
            found.setdefault(each.dataset, []).append((period.start, period.end, each.supplier))
        return cls({dataset: tuple(sorted(gaps)) for dataset, gaps in found.items()})

    def together(self, dataset: str, start: dt.date, end: dt.date) -> dict[tuple[dt.date, dt.date], set[str]]:
        """Who is missing in each delivery's period that touches these days."""
        found: dict[tuple[dt.date, dt.date], set[str]] = {}
        for first, last, supplier in self.by_dataset.get(dataset, ()):
            if first <= end and start <= last:
                found.setdefault((first, last), set()).add(supplier)
        return found

    def suppliers(self, datasets: Iterable[str], start: dt.date, end: dt.date) -> tuple[str, ...]:
        """Suppliers whose delivery of one of these datasets for some day from ``start`` to ``end`` is missing."""
        found = {
            supplier
            for dataset in datasets
            for first, last, supplier in self.by_dataset.get(dataset, ())
            if first <= end and start <= last
        }
        return tuple(sorted(found))


def areas_unknown(
    publication: Publication, axes: Iterable[Axis], suppliers: Iterable[str]
) -> Mapping[str, frozenset[str]]:
    """For each place-like axis, the codes whose cells cannot be known without these suppliers.

    A code is concerned if it, or one above it, is among the supplier's areas; and so is the code of what is not known.
    The national level never is. Of a force and its region, both named for one supplier since some tables show regions
    alone, only the force's own cells are concerned where a dimension has both: its neighbours are known.
    """
    found: dict[str, frozenset[str]] = {}
    suppliers = tuple(suppliers)
    for axis in axes:
        national = {code for step in axis.hierarchy.steps if step.national for code in step.codes}
        if not national:
            continue
        above = axis.hierarchy.above
        if any(each not in publication.supplier_areas for each in suppliers):
            found[axis.name] = frozenset(set(above) - national)
            continue
        areas = {code for each in suppliers for code in _lowest(publication.supplier_areas[each], above)}
        concerned = {code for code, path in above.items() if areas & set(path)}
        concerned |= {code for code in areas if code in above}
        # A region that is made of an area's parts, and rows without a place, may be of any supplier.
        concerned |= {up for code in list(concerned) for up in above[code]}
        if concerned and axis.hierarchy.dimension.unknown is not None:
            concerned.add(axis.hierarchy.dimension.unknown)
        found[axis.name] = frozenset(concerned - national)
    return found


def _lowest(areas: Iterable[str], above: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Areas without those that lie above another of them."""
    named = set(areas)
    return named - {up for code in named for up in above.get(code, ())[1:] if up != code}


def everyone_missing(
    register: Register, publication: Publication, gaps: Gaps, datasets: Iterable[str], start: dt.date, end: dt.date
) -> bool:
    """Whether all who owe one of these datasets are missing, so that not even the whole can be known.

    That is so if each is missing some day, or if those who owed it at one time are all missing then: one supplier may
    have taken over from another. Suppliers declared to concern no area (``supplier: []``) only add to what others
    deliver, and do not count.
    """
    for key in datasets:
        group = register.suppliers.get(register.dataset(key).suppliers)
        if group is None or not group.suppliers:
            continue
        times = gaps.together(key, start, end)
        gone = {each for at_once in times.values() for each in at_once}
        if all(_is_gone(publication, each, gone) for each in group.suppliers):
            return True
        for (first, last), at_once in times.items():
            there = [each for each in group.suppliers if _owed(each, first, last)]
            if there and all(_is_gone(publication, each, at_once) for each in there):
                return True
    return False


def _is_gone(publication: Publication, supplier: Supplier, gone: Iterable[str]) -> bool:
    return supplier.key in gone and publication.supplier_areas.get(supplier.key) != ()


def _owed(supplier: Supplier, first: dt.date, last: dt.date) -> bool:
    begun = supplier.active_from is None or supplier.active_from <= last
    return begun and (supplier.active_to is None or supplier.active_to >= first)


def excluding(register: Register, cells: pl.DataFrame) -> str:
    """Words for a table's title: ``excluding HMCTS London``; empty where no supplier is missing."""
    gone = cells.filter(~pl.col("support"))["missing"].explode(empty_as_null=True).drop_nulls().unique().to_list()
    names = register.supplier_names
    words = sorted(names.get(key, key) for key in gone)
    if not words:
        return ""
    return "excluding " + (words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}")
