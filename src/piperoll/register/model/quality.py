"""How far the quality of a source is assured: an assessment by area of practice.

Declared in ``quality/<key>.yaml``. Areas, levels and the table of risk and profile are those of the toolkit for Quality
Assurance of Administrative Data (Office for Statistics Regulation, 2015, revised 2019).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal


Level = Literal["A0", "A1", "A2", "A3"]
Practice = Literal["operational_context", "communication", "supplier_assurance", "producer_assurance"]
Size = Literal["low", "medium", "high"]

PRACTICES: dict[Practice, str] = {
    "operational_context": "Operational context and collection",
    "communication": "Communication with suppliers",
    "supplier_assurance": "Quality assurance by suppliers",
    "producer_assurance": "The producer's own quality assurance",
}
LEVELS: dict[Level, str] = {"A0": "none", "A1": "basic", "A2": "enhanced", "A3": "comprehensive"}
# Risk of quality concerns, then public interest in the statistics: the levels that the toolkit asks for.
MATRIX: dict[tuple[Size, Size], tuple[Level, ...]] = {
    ("low", "low"): ("A1",),
    ("low", "medium"): ("A1", "A2"),
    ("low", "high"): ("A1", "A2"),
    ("medium", "low"): ("A1", "A2"),
    ("medium", "medium"): ("A2",),
    ("medium", "high"): ("A2", "A3"),
    ("high", "low"): ("A1", "A2", "A3"),
    ("high", "medium"): ("A3",),
    ("high", "high"): ("A3",),
}


@dataclass(frozen=True)
class Area:
    """One area of practice.

    Attributes:
        practice: ``operational_context`` (and collection), ``communication`` (with suppliers), ``supplier_assurance``
            (their principles, standards and checks), ``producer_assurance`` (the producer's own).
        level: ``A0`` none, ``A1`` basic, ``A2`` enhanced, ``A3`` comprehensive.
        evidence: What shows it: one sentence each. A level above A0 needs some.
        owner: Who answers for it, if not the owner of the assessment.
        reviewed: Day of its last review, if not that of the assessment.
    """

    practice: Practice
    level: Level
    evidence: tuple[str, ...] = ()
    owner: str = ""
    reviewed: dt.date | None = None


@dataclass(frozen=True)
class Assessment:
    """How far the quality of a source is assured, and how far its publications need it.

    Attributes:
        key: Key of the source: the file's name.
        required: Level that every area needs, for the most demanding publication made from the source.
        risk: How likely concerns about the quality of the data are.
        profile: How much the public relies on the statistics.
        owner: Who answers for the assessment.
        reviewed: Day of the last review.
        review_by: Day by which it is to be reviewed again.
        status: ``proposed`` until the owner has agreed to it.
        areas: Each of the four areas of practice, once.
        reason: Why this risk and this profile.
        caveats: What readers of statistics made from the source must know of its data: a sentence each, published with
            every edition. Official statistics need some of each of their sources.
    """

    key: str
    required: Level
    risk: Size
    profile: Size
    owner: str
    reviewed: dt.date
    review_by: dt.date
    areas: tuple[Area, ...]
    status: Literal["proposed", "agreed"] = "proposed"
    reason: str = ""
    caveats: tuple[str, ...] = ()
