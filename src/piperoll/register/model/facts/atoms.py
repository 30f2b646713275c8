"""Atoms shared by all facts: when something holds, what replaces it, and what is doubtful about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from piperoll.periods import Period


State = Literal["planned", "starting", "current", "ending", "ended"]
Heading = Literal[
    "title",
    "description",
    "collection",
    "application",
    "access",
    "non_statistical",
    "statistical",
    "synergies",
]


@dataclass(frozen=True)
class When:
    """When a fact holds.

    Attributes:
        state: As declared at the date of the Statement.
        starts, ends: A day (``2012-10-01``), or a period as written everywhere (``2012-03``, ``2013/14``).
        precision: ``exact``; ``during``: at some moment within the period; ``around``: near it.
        once: Condition that must come true first, as a clause.
    """

    state: Literal["planned", "current", "ended"] = "current"
    starts: str = ""
    ends: str = ""
    precision: Literal["exact", "during", "around"] = "exact"
    once: str = ""

    def at(self, day: dt.date) -> State:
        """The state on ``day``: a plan whose date has passed is taken to have come true."""
        inside = self.precision != "exact"
        if self.ends:
            first, last = bounds(self.ends)
            if day > last:
                return "ended"
            if inside and day >= first:
                return "ending"
        if self.starts:
            first, last = bounds(self.starts)
            if day < first:
                return "planned"
            return "starting" if inside and day <= last else "current"
        if self.ends:
            return "current"
        return self.state


ALWAYS = When()
PLANNED = When(state="planned")


@dataclass(frozen=True)
class Succession:
    """An edge between a source (or a body) and what came before or after it.

    Attributes:
        relation: ``draws_history_from`` is for a former system, ``supplier_became`` for a body.
        other: Key of a source, or the name of something that is no source of this register.
        when: When the change happens.
        overlap_until: Last period for which the earlier one was still used, for ``overlap_use``.
        subject: What changes hands, where it is not the source itself.
        cause: Why, if stated.
    """

    relation: Literal["replaces", "replaced_by", "draws_history_from", "supplier_became"]
    other: str
    when: When = ALWAYS
    overlap_until: str = ""
    overlap_use: str = ""
    subject: str = ""
    cause: str = ""
    heading: Heading = "synergies"


@dataclass(frozen=True)
class Flag:
    """Something about the source text that a reader must know and its owner may have to settle.

    Attributes:
        kind: What sort of doubt.
        heading: Where it stands.
        stated: The few words or letters as printed.
        note: What they are taken to mean, or what has to be confirmed.
    """

    kind: Literal[
        "source_spelling",
        "incomplete_in_source",
        "needs_owner_confirmation",
        "ambiguous_in_source",
        "filed_elsewhere",
        "not_statistics",
        "same_name_elsewhere",
    ]
    heading: Heading
    stated: str = ""
    note: str = ""


@dataclass(frozen=True)
class Link:
    """An address and what lies there."""

    text: str
    href: str


def bounds(text: str) -> tuple[dt.date, dt.date]:
    """First and last day of a day or period as written.

    Raises:
        UserError: ``PR-W001`` if it is neither.
    """
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        period = Period.parse(text)
        return period.start, period.end
    return day, day
