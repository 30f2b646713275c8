"""Revisions: what an edition shows otherwise than the edition before it, cell by cell, with sizes.

A cell is the same cell by its identity, whichever table or edition shows it. Only shown figures are compared: the
published record is what readers can see to have changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from piperoll.journal import PublishedCell
from piperoll.periods import Period
from piperoll.release.status import add_mark


@dataclass(frozen=True)
class Revision:
    """A figure that was published otherwise before."""

    identity: str
    table: str
    measure: str
    period: str
    before: str
    after: str

    @property
    def difference(self) -> float | None:
        """After minus before; None where one of them is no number."""
        if not self.before or not self.after:
            return None
        return float(self.after) - float(self.before)


@dataclass(frozen=True)
class RevisionSummary:
    """Revisions of one measure: how many of how many figures, and how large.

    Attributes:
        measure: Name of the measure.
        compared: Figures that both editions show.
        revised: Those that differ.
        mean_absolute: Mean absolute difference of the revised ones; None if there is none with two numbers.
        mean_relative: Mean absolute relative difference of them, per cent of the earlier figure.
        largest: Largest absolute difference.
    """

    measure: str
    compared: int
    revised: int
    mean_absolute: float | None = None
    mean_relative: float | None = None
    largest: float | None = None


@dataclass(frozen=True)
class Revisions:
    """All revisions of an edition against an earlier one (``against`` empty: there is none)."""

    against: str = ""
    revisions: tuple[Revision, ...] = ()
    summary: tuple[RevisionSummary, ...] = ()
    identities: frozenset[str] = field(default_factory=frozenset)

    @property
    def against_words(self) -> str:
        """The earlier edition in words: ``edition 2 of Apr to Jun 2012``."""
        period, _, number = self.against.partition("/")[2].rpartition("/")
        if number.startswith("I"):
            return f"what was published before Piperoll, up to {Period.parse(period).words}"
        return f"edition {number} of {Period.parse(period).words}"


def compare(against: str, earlier: Iterable[PublishedCell], now: pl.DataFrame, texts: Mapping[str, str]) -> Revisions:
    """Compare an edition's cells with those an earlier edition published.

    Args:
        against: Id of the earlier edition.
        earlier: Its cells.
        now: This edition's protected cells.
        texts: Identity -> figure as published now (see `figures.published_text`).

    Returns:
        The revisions: cells of both editions whose figure differs. A cell newly shown or newly hidden is one, too.
    """
    before = {cell.identity.text: cell for cell in earlier}
    revisions: list[Revision] = []
    compared: dict[str, int] = {}
    seen: set[str] = set()
    for identity, table, measure, period in now.select("identity", "table", "measure", "period").iter_rows():
        old = before.get(identity)
        if old is None or identity in seen:
            continue
        seen.add(identity)
        if _not_yet_known(old, texts[identity]):
            continue
        compared[measure] = compared.get(measure, 0) + 1
        if old.value != texts[identity]:
            revisions.append(Revision(identity, table, measure, period, old.value, texts[identity]))
    summary = tuple(
        _summary(measure, compared[measure], [r for r in revisions if r.measure == measure]) for measure in compared
    )
    return Revisions(against, tuple(revisions), summary, frozenset(r.identity for r in revisions))


def mark(cells: pl.DataFrame, revised: frozenset[str], sign: str = "r") -> pl.DataFrame:
    """Add the mark ``r``, or another, to the shown figures that were revised."""
    if not revised:
        return cells
    return add_mark(cells, pl.col("identity").is_in(list(revised)), sign)


def _not_yet_known(old: PublishedCell, now: str) -> bool:
    """A figure that was not available before and is now is news, not a revision."""
    return not old.value and "[x]" in old.marks and bool(now)


def _summary(measure: str, compared: int, revisions: list[Revision]) -> RevisionSummary:
    sizes = [(abs(r.difference), float(r.before)) for r in revisions if r.difference is not None]
    relative = [size / abs(before) * 100 for size, before in sizes if before]
    return RevisionSummary(
        measure=measure,
        compared=compared,
        revised=len(revisions),
        mean_absolute=math.fsum(s for s, _ in sizes) / len(sizes) if sizes else None,
        mean_relative=math.fsum(relative) / len(relative) if relative else None,
        largest=max((s for s, _ in sizes), default=None),
    )
