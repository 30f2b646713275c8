"""Errors that a user caused and can cure: a sentence, a stable code, a place, a cure; never a traceback.

Each code has a page in ``docs/errors/<code>.md``. The letter of a code names its room, and the room gives the
exit status, so that someone who sees no log still knows what kind of thing failed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


EXIT_STATUS = {
    "R": 10,  # register
    "S": 11,  # store and vault
    "J": 12,  # journal
    "G": 13,  # govern
    "Q": 14,  # quality
    "Y": 15,  # present
    "C": 16,  # collect
    "D": 17,  # derive
    "T": 18,  # tabulate
    "P": 19,  # protect
    "E": 20,  # release (an edition)
    "X": 21,  # statement
    "M": 22,  # simulate
    "W": 23,  # workspace and command line
    "I": 24,  # init
    "L": 25,  # link
    "F": 26,  # forecast
    "N": 27,  # notify (circulation and mail)
}

DOCS = "docs/errors/{code}.md"


class UserError(Exception):
    """Something the user can cure.

    Args:
        code: Stable code, for example ``PR-C010``.
        message: One sentence saying what is wrong. It never holds a restricted value.
        where: File, sheet, row, field or key concerned, if any.
        fix: What to do about it.
    """

    def __init__(self, code: str, message: str, *, where: str = "", fix: str = "") -> None:
        self.code = code
        self.message = message
        self.where = where
        self.fix = fix
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """Code, place, message and cure as one line of text."""
        place = f"{self.where}: " if self.where else ""
        cure = f" {self.fix}" if self.fix else ""
        return f"{self.code} {place}{self.message}{cure}"

    @property
    def exit_status(self) -> int:
        """Exit status of the command line for this error (10 to 27, by room)."""
        return EXIT_STATUS.get(self.code[3:4], 1)

    @property
    def page(self) -> str:
        """Documentation page of this code, relative to the project's root."""
        return DOCS.format(code=self.code)


@dataclass(frozen=True)
class Problem:
    """One finding among many (a register with five mistakes shows five).

    Attributes:
        code: Stable code of the kind of finding.
        message: A sentence; expected and found, with the nearest valid name where there is one.
        where: ``file:line`` or another place.
        key: Dotted key or field concerned.
        fix: What to do about it.
    """

    code: str
    message: str
    where: str = ""
    key: str = ""
    fix: str = ""

    def __str__(self) -> str:
        parts = [self.code]
        if self.where:
            parts.append(f"{self.where}:")
        if self.key:
            parts.append(f"`{self.key}`:")
        parts.append(self.message)
        if self.fix:
            parts.append(self.fix)
        return " ".join(parts)


class Problems(UserError):
    """Many findings raised as one error, all of them told in one run."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        if not self.problems:
            raise ValueError("Problems needs at least one problem")
        first = self.problems[0]
        super().__init__(first.code, first.message, where=first.where, fix=first.fix)

    @property
    def sentence(self) -> str:
        """Every finding, a line each."""
        return "\n".join(str(problem) for problem in self.problems)
