"""What people decide of sources and editions: rules set aside, problems with their owners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


ProblemState = Literal["open", "closed"]


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """A rule of coverage set aside for one period.

    Attributes:
        rule: Id of the rule.
        dataset: ``source.dataset``.
        suppliers: Keys of those who are missing; anyone else who is missing later is not covered.
        reason: Why the period may be published without them; told with the edition.
        id: ``V1``, ``V2`` ... given when recorded.
    """

    rule: str
    dataset: str
    period: str
    suppliers: tuple[str, ...]
    reason: str
    approver: str
    made_by: str
    at: datetime
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """How a problem stands from ``at`` on.

    Attributes:
        owner: Who sees to it.
        decision: What was decided at this step, if anything was.
        by: Who recorded it.
    """

    state: ProblemState
    owner: str
    decision: str
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A problem that people look after.

    Attributes:
        office: Supplier whose data have it; empty: all of them.
        rule: Rule that finds it; empty where none does.
        what: What is wrong, as a sentence.
        steps: Oldest first; at least the one that opened it.
    """

    id: str
    source: str
    office: str
    rule: str
    what: str
    steps: tuple[Step, ...]

    @property
    def now(self) -> Step:
        """How it stands."""
        return self.steps[-1]

    @property
    def since(self) -> datetime:
        """When it was opened."""
        return self.steps[0].at

    @property
    def decided(self) -> Step | None:
        """The last step at which something was decided."""
        return next((each for each in reversed(self.steps) if each.decision), None)
