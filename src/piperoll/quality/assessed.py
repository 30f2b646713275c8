"""An assessment held against what it should reach, and against the calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from piperoll.register.model.quality import LEVELS, PRACTICES, Area, Assessment, Level, Practice


@dataclass(frozen=True)
class Judgement:
    """An area of practice, judged.

    Attributes:
        short: By how many levels it falls short; 0 if it reaches what is required.
        owner, reviewed: Its own, or those of the assessment.
    """

    practice: Practice
    title: str
    level: Level
    required: Level
    short: int
    evidence: tuple[str, ...]
    owner: str
    reviewed: dt.date

    @property
    def words(self) -> str:
        """``A1 (basic) where A2 is required: short by one level``."""
        said = f"{self.level} ({LEVELS[self.level]})"
        if not self.short:
            return f"{said}, as required" if self.level == self.required else f"{said}, beyond {self.required}"
        return f"{said} where {self.required} is required"


@dataclass(frozen=True)
class Judged:
    """An assessment, judged.

    Attributes:
        overdue: Whether its review was due before today.
    """

    assessment: Assessment
    areas: tuple[Judgement, ...]
    overdue: bool

    @property
    def reached(self) -> bool:
        """Whether every area reaches what is required."""
        return not any(each.short for each in self.areas)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a reader must know first."""
        found, short = self.assessment, [each.title for each in self.areas if each.short]
        out = [f"{found.required} ({LEVELS[found.required]}) is required: {found.risk} risk, {found.profile} profile."]
        if short:
            out.append(f"Short of it in {len(short)} of {len(self.areas)} areas: {'; '.join(short)}.")
        else:
            out.append("Every area reaches it.")
        if found.status == "proposed":
            out.append("The assessment is proposed, and its owner has not agreed to it yet.")
        if self.overdue:
            out.append(f"Its review was due by {found.review_by.isoformat()}.")
        return tuple(out)


def judge(assessment: Assessment, today: dt.date) -> Judged:
    """Hold each area against the level required, in the toolkit's order."""
    order = list(LEVELS)
    by_name = {each.practice: each for each in assessment.areas}
    areas = []
    for practice, title in PRACTICES.items():
        area = by_name.get(practice, Area(practice, "A0"))
        short = max(0, order.index(assessment.required) - order.index(area.level))
        areas.append(Judgement(practice, title, area.level, assessment.required, short, area.evidence,
                               area.owner or assessment.owner, area.reviewed or assessment.reviewed))  # fmt: skip
    return Judged(assessment, tuple(areas), today > assessment.review_by)
