"""A disclosure problem: what is true, what is hidden for its own sake, who attacks, what must stay open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from piperoll.protect.attacker import Knowledge, Mask
from piperoll.protect.relations import Ints, Relations
from piperoll.protect.requirement import Requirement


@dataclass(frozen=True)
class Problem:
    """One system of relations with its values, primaries, attacker's knowledge and requirement.

    Attributes:
        forced: Cells that must be shown (headline totals, what was published before).
        unpublished: Cells in the relations that no release shows; always hidden, never at a cost.
        inside: What must stay open to insiders, if that is less than what must stay open to everyone.
    """

    relations: Relations
    values: Ints
    primary: Mask
    knowledge: Knowledge
    requirement: Requirement
    forced: Mask
    unpublished: Mask
    inside: Requirement | None = None

    @property
    def for_insiders(self) -> Requirement:
        return self.requirement if self.inside is None else self.inside

    @property
    def always_hidden(self) -> Mask:
        return self.primary | self.unpublished

    @property
    def targets(self) -> Ints:
        """Primary cells, in order."""
        return np.flatnonzero(self.primary)

    def hidden(self, pattern: Mask) -> Mask:
        """Everything not shown when ``pattern`` cells are suppressed besides the primaries."""
        return self.always_hidden | pattern

    def free(self) -> Mask:
        """Cells that may be suppressed."""
        return ~(self.always_hidden | self.forced)
