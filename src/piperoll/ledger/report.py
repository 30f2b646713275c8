"""What a verification found."""

from __future__ import annotations

from dataclasses import dataclass

from piperoll.errors import Problem


@dataclass(frozen=True)
class Check:
    """One kind of check: what was looked at, how much of it, and what is wrong."""

    name: str
    looked_at: int
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Report:
    """Outcome of a verification."""

    release: str
    manifest_sha256: str
    checks: tuple[Check, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every finding."""
        return tuple(problem for check in self.checks for problem in check.problems)

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems
