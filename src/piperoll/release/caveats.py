"""The quality and caveat section of an edition: how far its sources are assured, what readers must know of them.

Official statistics are not released without it. It has four parts, and none may be empty: the level to which each
source is assured (Quality Assurance of Administrative Data, Office for Statistics Regulation), the caveats of each
source, how much of what was owed has come, and what was revised. It speaks of the day of publication, never of the day
it was made.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from piperoll.errors import UserError
from piperoll.present.words import counted, percent
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.release.assured import Assured, Response


NOTHING_OWED = "No deliveries are owed for the period of this edition alone."


@dataclass(frozen=True)
class SourceQuality:
    """What is known of the quality of a source.

    Attributes:
        level: The level required, what is reached and what falls short, in words; empty where it is not assessed.
        caveats: A sentence each.
    """

    key: str
    title: str
    level: str
    caveats: tuple[str, ...]


@dataclass(frozen=True)
class Caveats:
    """The quality and caveat section.

    Attributes:
        sources: In the publication's order.
        coverage: What has come of what was owed, a sentence for each dataset.
        revisions: What was revised, in words.
    """

    sources: tuple[SourceQuality, ...]
    coverage: tuple[str, ...]
    revisions: str

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it as lines, for a sheet without headings."""
        levels = tuple(f"{each.title}: {each.level}" for each in self.sources if each.level)
        caveats = tuple(f"{each.title}: {' '.join(each.caveats)}" for each in self.sources if each.caveats)
        return (*levels, *caveats, *self.coverage, self.revisions)

    def as_json(self) -> dict[str, Any]:
        """As the manifest holds it."""
        return asdict(self)

    def wanting(self) -> tuple[str, ...]:
        """What is empty, in words; nothing for a section that is whole."""
        out = [] if self.sources else ["from which sources it is made"]
        out += [f"how far `{each.key}` is assured" for each in self.sources if not each.level.strip()]
        out += [
            f"the caveats of `{each.key}`" for each in self.sources if not any(text.strip() for text in each.caveats)
        ]
        out += [] if any(text.strip() for text in self.coverage) else ["how much of what was owed has come"]
        out += [] if self.revisions.strip() else ["what was revised"]
        return tuple(out)


def caveats_of(register: Register, publication: Publication, assured: Assured, revisions: str) -> Caveats:
    """Make the section of an edition.

    Args:
        assured: What is known of the quality behind the edition, in the order of the publication's sources.
        revisions: What was revised, in words.
    """
    keys = [key for key in publication.sources if key in register.sources]
    sources = []
    for key, trust in zip(keys, assured.trust, strict=True):
        found = register.assessments.get(key)
        level = " ".join(trust.sentences) if found is not None else ""
        sources.append(SourceQuality(key, trust.source, level, found.caveats if found is not None else ()))
    coverage = tuple(came_words(each) for each in assured.responses) or (NOTHING_OWED,)
    return Caveats(tuple(sources), coverage, revisions)


def came_words(each: Response) -> str:
    """How much of what a dataset was owed has come, as a sentence."""
    share = "all of them" if each.came == each.owed else percent(100 * each.came / each.owed, 1)
    return f"{each.dataset}: {each.came:,} of {counted(each.owed, 'delivery', 'deliveries')} owed came ({share})."


def require_whole(publication: Publication, section: Caveats) -> None:
    """Refuse official statistics whose quality and caveat section has an empty part.

    Raises:
        UserError: ``PR-E060``.
    """
    empty = section.wanting()
    if publication.official and empty:
        raise UserError(
            "PR-E060",
            f"its quality and caveat section does not say {', nor '.join(empty)}.",
            where=publication.key,
            fix="Write `quality/<source>.yaml` for each source, with its four areas and its `caveats`.",
        )


__all__ = ["NOTHING_OWED", "Caveats", "SourceQuality", "came_words", "caveats_of", "require_whole"]
