"""What a reader can work out from a release: its written tables and the definitions in its manifest, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from piperoll.errors import UserError
from piperoll.protect.inference.explain import Explainer, events
from piperoll.protect.inference.propagate import HIGH, LOW, Propagator
from piperoll.protect.relations import BIG
from piperoll.release import manifest
from piperoll.release.outside import Seen, seen
from piperoll.release.workbooks import rows_of


MOST_NAMED = 10


@dataclass(frozen=True)
class Worked:
    """A suppressed count, worked out from outside.

    Attributes:
        name: Its codes, measure and period.
        low, high: Its possible values; ``high`` is None where there is no upper bound.
        below: Whether fewer values remain than the policy's width asks for.
        known_from: Names of the published cells it follows from.
        sentence: All of it in words.
    """

    name: str
    low: int
    high: int | None
    below: bool
    known_from: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class Attacked:
    """What was found.

    Attributes:
        hidden: How many counts are suppressed.
        worked: Those asked for.
        below: How many are known better than the width asks for.
        allowed: Of how many the manifest says that they are, whatever is suppressed.
    """

    hidden: int
    worked: tuple[Worked, ...]
    below: int
    allowed: int

    @property
    def fails(self) -> bool:
        """Whether more is known than the release says."""
        return self.below > self.allowed

    @property
    def summary(self) -> str:
        """One sentence."""
        if not self.below:
            return f"{self.hidden:,} suppressed counts; none is known better than the policy allows."
        exact = sum(each.low == each.high for each in self.worked if each.below)
        said = f" The manifest says so of {self.allowed:,}." if self.allowed else ""
        return (
            f"{self.hidden:,} suppressed counts; {self.below:,} known better than the policy allows, "
            f"{exact:,} of them exactly.{said}"
        )


def attack_release(directory: Path, *, everything: bool = False) -> Attacked:
    """Add up and bound as a patient reader would.

    Args:
        directory: The release.
        everything: Tell every suppressed count, not only those known too well.

    Raises:
        UserError: ``PR-E001`` or ``PR-E002`` if there is no readable manifest, ``PR-E017`` if it gives no definitions
            to add up by, or if the figures contradict them.
    """
    content = manifest.read(directory)
    said = content.get("disclosure")
    said = said if isinstance(said, dict) else {}
    where = str(directory / manifest.MANIFEST)
    if not isinstance(said.get("relations"), dict):
        raise UserError(
            "PR-E017",
            "the manifest gives no definitions by which the figures add up, so nothing was worked out.",
            where=where,
            fix="Attack the tables themselves: piperoll attack TABLE.csv --spec SPEC.yaml",
        )
    tables = {table["name"]: table for table in content["tables"]}
    written = {name: rows_of(directory / table["csv"]) for name, table in tables.items()}
    try:
        found = seen(content, said, tables, written)
        width = int(said["width"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UserError(
            "PR-E017", "the definitions in the manifest cannot be read.", where=where, fix="Make the release again."
        ) from None
    if found is None:
        return Attacked(0, (), 0, 0)
    return worked(found, width, int(said.get("limited") or 0), everything=everything)


def worked(found: Seen, width: int, limited: int, *, everything: bool = False) -> Attacked:
    """The same for a release that was read already.

    Args:
        width: Counts less one that must remain possible.
        limited: Of how many suppressed counts the manifest says that fewer do.

    Raises:
        UserError: ``PR-E017`` if the figures contradict the definitions.
    """
    relations = found.linked.relations
    reached = Propagator(relations).run(found.low, found.high, history=True)
    if (reached.low > reached.high).any():
        raise UserError(
            "PR-E017",
            "the figures contradict each other: no counts round to them and add up as the definitions say.",
            where=manifest.MANIFEST,
            fix="Make the release again.",
        )
    cells = np.flatnonzero(found.hidden)
    low, high = reached.low[cells], reached.high[cells]
    below = (low < found.rule.threshold) & (high - low < width)
    free = np.where(found.hidden, found.low, 0), np.where(found.hidden, found.high, BIG)
    explainer = Explainer(relations, (found.low, found.high), free, found.hidden, events(reached.history))
    told = cells if everything else cells[below]
    names, narrow = relations.names, set(cells[below].tolist())
    out = []
    for cell in told.tolist():
        least, most = int(reached.low[cell]), int(reached.high[cell])
        wanted = [(cell, LOW, least)] if least > found.low[cell] else []
        wanted += [(cell, HIGH, most)] if most < found.high[cell] else []
        why = sorted(explainer.why(*wanted)) if wanted else []
        words = _words(found, cell, least, most, why)
        above = None if most >= BIG // 2 else most
        out.append(Worked(names.of(cell), least, above, cell in narrow, tuple(map(names.of, why)), words))
    return Attacked(len(cells), tuple(out), int(below.sum()), limited)


def _words(found: Seen, cell: int, low: int, high: int, why: Iterable[int]) -> str:
    """``[A, theft, 2012Q2] is exactly 3, known from [A, 2012Q2] (30, so 28 to 32).``"""
    names = found.linked.relations.names
    value = f"at least {low:,}" if high >= BIG // 2 else f"from {low:,} to {high:,}"
    value = f"exactly {low:,}" if low == high else value
    told = []
    blamed = list(why)
    for each in blamed[:MOST_NAMED]:
        least, most = int(found.low[each]), int(found.high[each])
        figure = f"{int(found.figures[each]):,}"
        told.append(f"[{names.of(each)}] ({figure}{'' if least == most else f', so {least:,} to {most:,}'})")
    more = f" and {len(blamed) - MOST_NAMED:,} more" if len(blamed) > MOST_NAMED else ""
    return f"[{names.of(cell)}] is {value}" + (f", known from {', '.join(told)}{more}." if told else ".")
