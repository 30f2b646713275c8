"""Differences between publications that the register declares, as cells can be asked for them."""

from __future__ import annotations

from dataclasses import dataclass

from piperoll.journal import CellIdentity
from piperoll.journal.identity import parse_codes
from piperoll.register.model.register import Register


@dataclass(frozen=True)
class Declared:
    """One declared difference.

    Attributes:
        by: Key of the publication that declares it.
        other: Key of the one it names.
        measure: Name of the measure in both.
        reason: Why, in a sentence.
        codes: Dimension and code of the cells that it is of; empty: all of the measure.
    """

    by: str
    other: str
    measure: str
    reason: str
    codes: tuple[tuple[str, str], ...] = ()

    def of(self, one: str, other: str, cell: CellIdentity) -> bool:
        """Whether it is of this cell, shown by these two publications."""
        if {one, other} != {self.by, self.other} or cell.measure != self.measure:
            return False
        return not self.codes or set(self.codes) <= set(parse_codes(cell.codes).items())

    @property
    def words(self) -> str:
        """What it is of: ``recalls in licence_recalls and offender_management (region=LON)``."""
        codes = ", ".join(f"{name}={code}" for name, code in self.codes)
        return f"{self.measure} in {self.by} and {self.other}{f' ({codes})' if codes else ''}"


def declared_differences(register: Register) -> tuple[Declared, ...]:
    """All that the register's publications declare, in order of key."""
    return tuple(
        Declared(key, each.publication, each.measure, each.reason, tuple(sorted(each.codes.items())))
        for key in sorted(register.publications)
        for each in register.publications[key].differences
    )
