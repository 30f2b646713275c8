"""What a bulletin says beside its figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from piperoll.periods import Period
from piperoll.release.assured import Assured
from piperoll.release.caveats import Caveats
from piperoll.release.notice import Notice
from piperoll.release.quality import Notes
from piperoll.release.track import NONE, Record
from piperoll.release.vintages import Listed


@dataclass(frozen=True)
class Facts:
    """What the bulletin says beside its figures.

    Attributes:
        period: Period of the edition.
        published: Day of publication in words; empty if not set.
        next_update: In words.
        status: Accredited official statistics, or what else it is, in words.
        missing: Suppliers missing, in words.
        notes: Quality notes on disclosure control.
        rules: The policy in words; empty without one.
        warned: What nobody must miss; empty for nothing.
        licence, contact: As the register gives them.
        judged: Whether changes were held against the variation of their series.
        quality: How far the sources are assured, and what came of what was owed.
        workbook: Stem of the workbook's file name.
        notice: What it corrects; None if it corrects nothing.
        listed: Editions of the publication made before it, oldest first.
        record: How its figures were revised from edition to edition.
        caveats: The quality and caveat section.
    """

    period: Period
    published: str
    next_update: str
    status: str
    missing: tuple[str, ...]
    notes: Notes
    rules: str
    warned: str
    licence: str
    contact: str
    workbook: str
    notice: Notice | None = None
    listed: tuple[Listed, ...] = ()
    record: Record = NONE
    caveats: Caveats | None = None
    judged: bool = False
    quality: Assured = field(default_factory=Assured)
