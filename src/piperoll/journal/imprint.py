"""What is said of an edition beside its figures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """What is said of an edition beside its figures: those that correct another make the log of corrections.

    Attributes:
        release: Id of the edition.
        published: Day of publication, ISO 8601.
        basis: Hash of what its figures follow from, whatever day it is published and whatever it corrects.
        corrects: Id of the edition that it corrects; empty for none.
        what: What was wrong, in a sentence.
        reason: How it came to be wrong, in a sentence.
        tables: Names of the tables that were wrong, as the publication orders them.
        figures: How many figures were wrong and are given old and new.
        unlisted: How many more differ, which one of the two editions does not show.
        withdrawn_after: After how many entries of the ledger it was withdrawn; None as long as it is not.
    """

    release: str
    published: str
    basis: str = ""
    corrects: str = ""
    what: str = ""
    reason: str = ""
    tables: tuple[str, ...] = ()
    figures: int = 0
    unlisted: int = 0
    withdrawn_after: int | None = None
