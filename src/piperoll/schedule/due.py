"""Which editions are due: those whose period ends within the one asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register


# What is made once, when it is wanted, has no calendar.
_UNCALLED = ("ad_hoc",)
_LONG = 183  # days


@dataclass(frozen=True)
class Due:
    """One edition.

    Attributes:
        publication: Key.
        period: Its period, of the publication's kind.
        on: Day of publication, so many days after the period as the publication says.
    """

    publication: str
    period: Period
    on: dt.date

    def __str__(self) -> str:
        return f"{self.publication} {self.period}"


def due(register: Register, asked: Period, only: Iterable[str] = ()) -> list[Due]:
    """Editions whose period ends within the one asked for, in order of publication, then by key.

    A quarter has its three months' editions, its own, and those of the years that end with it; and of publications
    whose figures take longer than half a year, those that are published in the three months after it. A publication is
    due while it is current: from `Publication.starts` to `Publication.ends`.

    Args:
        only: Keys of the publications wanted; empty for all that have a calendar.

    Raises:
        UserError: ``PR-W020`` for a publication that is not there or has no tables.
    """
    wanted = tuple(only)
    for key in wanted:
        if key not in register.publications or not register.publications[key].tables:
            known = ", ".join(sorted(k for k, each in register.publications.items() if each.tables))
            raise UserError("PR-W020", f"There is no publication {key} with tables.", fix=f"There are: {known}.")
    found = []
    for key, publication in register.publications.items():
        if not publication.tables or (wanted and key not in wanted):
            continue
        if not wanted and publication.kind in _UNCALLED:
            continue
        for period in _ending_within(publication, asked):
            if _current(publication, period):
                found.append(Due(key, period, period.end + dt.timedelta(days=publication.lag_days)))
    return sorted(found, key=lambda each: (each.on, each.period.end, each.publication))


def lanes(register: Register, items: Iterable[Due]) -> list[list[Due]]:
    """Editions that must follow each other, each list in the order given; lists may be made at the same time.

    Editions of one publication follow each other, since each is compared with the one before. So do those of
    publications that hide figures and share a source: what one tells binds what the next may tell.
    """
    rows = list(items)
    parent = {each.publication: each.publication for each in rows}

    def root(key: str) -> str:
        while parent[key] != key:
            key = parent[key]
        return key

    hiding: dict[str, str] = {}
    for key in parent:
        publication = register.publications[key]
        policy = register.policies.get(publication.policy or "")
        if policy is None or (policy.suppress_below is None and policy.round_to is None):
            continue
        for source in publication.sources:
            parent[root(key)] = root(hiding.setdefault(source, key))
    grouped: dict[str, list[Due]] = {}
    for each in rows:
        grouped.setdefault(root(each.publication), []).append(each)
    return list(grouped.values())


def _ending_within(publication: Publication, asked: Period) -> list[Period]:
    start, end = asked.start, asked.end
    if publication.lag_days > _LONG:
        lag = dt.timedelta(days=publication.lag_days)
        start, end = asked.shift(1).start - lag, asked.shift(1).end - lag
    first = Period.containing(start, publication.period)
    found = []
    while first.end <= end:
        if first.end >= start:
            found.append(first)
        first = first.shift(1)
    return found


def _current(publication: Publication, period: Period) -> bool:
    if publication.status != "current":
        return False
    begun = publication.starts is None or publication.starts <= period.end
    return begun and (publication.ends is None or period.end <= publication.ends)
