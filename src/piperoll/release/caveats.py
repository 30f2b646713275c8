"""The quality and caveat section of an edition: how far its sources are assured, what readers must know of them.

Official statistics are not released without it. It has four parts, and none may be empty: the level to which each
source is assured (Quality Assurance of Administrative Data, Office for Statistics Regulation), the caveats of each
source, how much of what was owed has come, and what was revised. It speaks of the day of publication, never of the day
it was made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from piperoll.cache import Cache
from piperoll.collect.owed import owed_slots
from piperoll.derive import inputs_of, plan
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.present.words import counted, percent
from piperoll.quality.assessed import Judged, judge
from piperoll.register.model.publication import Publication
from piperoll.register.model.quality import LEVELS, Level
from piperoll.register.model.register import Register
from piperoll.store.parts import Part
from piperoll.tabulate.missing import followed_until


PARTS = {
    "levels": "how far its sources are assured",
    "caveats": "the caveats of its sources",
    "coverage": "how much of what was owed has come",
    "revisions": "what was revised",
}


@dataclass(frozen=True)
class SourceQuality:
    """What is known of the quality of a source.

    Attributes:
        level: In words; empty where the source is not assessed.
        caveats: A sentence each.
    """

    key: str
    title: str
    level: str
    caveats: tuple[str, ...]


@dataclass(frozen=True)
class Rate:
    """How much of what a dataset was owed for an edition has come.

    Attributes:
        dataset: Title.
        owed: Deliveries owed that touch the edition's period; 0 where none does.
        came: Those of them that are there.
    """

    key: str
    dataset: str
    owed: int
    came: int

    @property
    def words(self) -> str:
        """The rate as a sentence."""
        if not self.owed:
            return f"{self.dataset}: nothing is owed for the period; the figures rest on what came for other periods."
        share = "all of them" if self.came == self.owed else percent(100 * self.came / self.owed, 1)
        return f"{self.dataset}: {self.came:,} of {counted(self.owed, 'delivery', 'deliveries')} owed came ({share})."


@dataclass(frozen=True)
class Caveats:
    """The quality and caveat section.

    Attributes:
        sources: In the publication's order.
        rates: One for each dataset that its models read, by key.
        revisions: What was revised, in words.
    """

    sources: tuple[SourceQuality, ...]
    rates: tuple[Rate, ...]
    revisions: str

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it as lines, for a sheet without headings."""
        levels = tuple(f"{each.title}: {each.level}" for each in self.sources if each.level)
        caveats = tuple(f"{each.title}: {' '.join(each.caveats)}" for each in self.sources if each.caveats)
        return (*levels, *caveats, *(each.words for each in self.rates), self.revisions)

    def as_json(self) -> dict[str, Any]:
        """As the manifest holds it."""
        return asdict(self)

    def wanting(self) -> tuple[str, ...]:
        """What is empty, in words; nothing for a section that is whole."""
        out = [f"{PARTS['levels']} (it names no source)"] if not self.sources else []
        out += [f"{PARTS['levels']} ({each.key} is not assessed)" for each in self.sources if not each.level]
        out += [f"{PARTS['caveats']} (none of {each.key})" for each in self.sources if not each.caveats]
        out += [PARTS["coverage"]] if not self.rates else []
        out += [PARTS["revisions"]] if not self.revisions.strip() else []
        return tuple(out)


def caveats_of(
    register: Register,
    publication: Publication,
    period: Period,
    parts: Iterable[Part],
    published: dt.date,
    revisions: str,
    cache: Cache | None = None,
) -> Caveats:
    """Make the section of an edition.

    Args:
        period: Of the edition.
        parts: The vintage.
        published: Day of publication, at which assessments are judged.
        revisions: What was revised, in words.
    """
    sources = []
    for key in publication.sources:
        found = register.assessments.get(key)
        title = register.sources[key].title if key in register.sources else key
        level = level_words(judge(found, published)) if found else ""
        sources.append(SourceQuality(key, title, level, found.caveats if found else ()))
    return Caveats(tuple(sources), _rates(register, publication, period, parts, cache), revisions)


def level_words(judged: Judged) -> str:
    """The lowest level of a source's areas, what is required, and whether anyone has agreed."""
    found = judged.assessment
    levels: list[Level] = [each.level for each in judged.areas]
    lowest = min(levels, key=list(LEVELS).index)
    words = f"assured to level {lowest} ({LEVELS[lowest]}) in every area of practice"
    short = [each for each in judged.areas if each.short]
    if short:
        named = "; ".join(each.title for each in short)
        words += f"; {found.required} ({LEVELS[found.required]}) is required, and these areas fall short: {named}"
    else:
        words += f", where {found.required} ({LEVELS[found.required]}) is required"
    words += f". Assessed on {found.reviewed.isoformat()}"
    words += ", as a proposal that its owner has not agreed to yet" if found.status == "proposed" else ""
    return f"{words}; its review is overdue." if judged.overdue else f"{words}."


def require_whole(publication: Publication, section: Caveats) -> None:
    """Refuse official statistics whose quality and caveat section has an empty part.

    Raises:
        UserError: ``PR-E060``.
    """
    empty = section.wanting()
    if publication.official and empty:
        raise UserError(
            "PR-E060",
            f"its quality and caveat section does not say {joined(empty)}.",
            where=publication.key,
            fix="Write `quality/<source>.yaml` for each source, with its four areas and its `caveats`.",
        )


def joined(parts: Iterable[str]) -> str:
    """Several as one clause."""
    return "; nor ".join(parts)


def _rates(
    register: Register, publication: Publication, period: Period, parts: Iterable[Part], cache: Cache | None
) -> tuple[Rate, ...]:
    datasets = sorted(inputs_of(plan(register, publication, cache), register))
    end = followed_until(period, max((each.followed for each in publication.measures), default=0))
    there = {(part.dataset, part.supplier, part.period) for part in parts}
    owed: dict[str, list[bool]] = {key: [] for key in datasets}
    for slot in owed_slots(register, end):
        if slot.key in owed:
            when = Period.parse(slot.period)
            if when.start <= end and period.start <= when.end <= end:
                owed[slot.key].append((slot.key, slot.supplier, slot.period) in there)
    return tuple(Rate(key, register.dataset(key).title, len(each), sum(each)) for key, each in owed.items())


__all__ = ["Caveats", "Rate", "SourceQuality", "caveats_of", "level_words", "require_whole"]
