"""Operational measures of a source: workload, timeliness and resources, by office and month, with their targets.

Declared in ``monitor/<key>.yaml``. They serve those who run the system and those who watch it; they are no statistics.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal


Role = Literal["in", "out", "outstanding", "timeliness", "service", "resource"]
Form = Literal["count", "sum", "mean", "median", "share", "stock"]

ROLES: dict[Role, str] = {
    "in": "Workload in",
    "out": "Workload out",
    "outstanding": "Workload outstanding",
    "timeliness": "Timeliness",
    "service": "Level of service",
    "resource": "Resources",
}
COLUMNS: dict[Form, tuple[str, ...]] = {
    "count": ("office", "supplier", "day"),
    "sum": ("office", "supplier", "day", "value"),
    "mean": ("office", "supplier", "day", "value"),
    "median": ("office", "supplier", "day", "value"),
    "share": ("office", "supplier", "day", "value"),
    "stock": ("office", "supplier", "opened", "closed"),
}


@dataclass(frozen=True)
class Target:
    """What a measure should reach.

    Attributes:
        value: In the measure's unit.
        direction: ``at_least`` or ``at_most``.
        source: Where the target is set, as a reader can find it.
        href: Address of that, if any.
        from_, to: First and last day it holds; left out: always.
    """

    value: float
    direction: Literal["at_least", "at_most"]
    source: str
    href: str = ""
    from_: dt.date | None = None
    to: dt.date | None = None


@dataclass(frozen=True)
class OperationalMeasure:
    """One operational measure.

    Attributes:
        name: Unique within the source.
        label: What people call it.
        role: ``in``, ``out`` or ``outstanding`` workload, ``timeliness``, level of ``service``, or ``resource``.
        form: ``count`` of rows, ``sum``, ``mean`` or ``median`` (of an even number: mean of the two in the middle) of
            ``value``, ``share`` (per cent of rows whose ``value`` is true; where it is null a row does not count), or
            ``stock``: rows opened by the end of the month and not closed by then.
        sql: A SELECT over datasets, as ``<source>__<dataset>``, that gives a row for each thing counted, with the
            columns ``office``, ``supplier`` (mostly ``_supplier``) and ``day``, and ``value`` unless rows are counted;
            for a stock ``opened`` and ``closed`` in place of ``day``. A row without a day does not count.
        unit: Unit of the figures.
        decimals: Places shown.
        target: What it should reach.
    """

    name: str
    label: str
    role: Role
    form: Form
    sql: str
    unit: str = ""
    decimals: int = 0
    target: Target | None = None
    description: str = ""


@dataclass(frozen=True)
class Monitor:
    """The operational measures of a source.

    Attributes:
        key: Key of the source: the file's name.
        office: What an office is called: ``court``, ``prison``.
        offices: Code list that names the offices, if there is one.
        measures: In the order in which they are shown.
        notes: What a reader of the figures must know, one sentence each.
    """

    key: str
    measures: tuple[OperationalMeasure, ...]
    office: str = "office"
    offices: str | None = None
    notes: tuple[str, ...] = ()
