"""How much figures were revised: each figure over the editions that published it.

For a figure with the vintages v1 (as first published) to vk (as published last), the revision from one edition to the
next is v(d+1) - v(d), and the whole revision vk - v1. Over n figures, with L the later and P the earlier one::

    mean revision            MR   = sum(L - P) / n              bias: whether figures are mostly raised or lowered
    mean absolute revision   MAR  = sum(|L - P|) / n            size
    relative                 RMAR = 100 x sum(|L - P|) / sum(|L|)   per cent of the later figures

Source: the task force on revisions policy and analysis of OECD and Eurostat, "Recommended Statistical Measures for
Interpreting the Outputs of Revision Analyses" (McKenzie and Gamba).

Everything is made from figures as published. A figure that any edition hides is left out of all sums and counted, so
that no difference tells of what is hidden. So is one that an edition could no longer give. A corrected edition stands
in the place of the one that was wrong: a mistake is no revision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from piperoll.journal import PublishedCell
from piperoll.periods import Period


# Value (empty for none) and marks of a cell in each edition that has it, with the edition's place.
Told = tuple[int, str, str]


@dataclass(frozen=True)
class Tally:
    """Revisions of many figures between two of their vintages.

    Attributes:
        figures: How many.
        total, absolute: Sums of the revisions, and of their sizes.
        later: Sum of the sizes of the later figures.
        largest: Size of the largest revision.
    """

    figures: int = 0
    total: Decimal = Decimal(0)
    absolute: Decimal = Decimal(0)
    later: Decimal = Decimal(0)
    largest: Decimal = Decimal(0)

    def plus(self, earlier: Decimal, later: Decimal) -> Tally:
        """With one figure more."""
        size = abs(later - earlier)
        return Tally(
            self.figures + 1,
            self.total + later - earlier,
            self.absolute + size,
            self.later + abs(later),
            max(self.largest, size),
        )

    @property
    def mean(self) -> float | None:
        """Mean revision; None without figures."""
        return float(self.total / self.figures) if self.figures else None

    @property
    def mean_absolute(self) -> float | None:
        """Mean absolute revision; None without figures."""
        return float(self.absolute / self.figures) if self.figures else None

    @property
    def relative(self) -> float | None:
        """Relative mean absolute revision, per cent; None where the later figures are all nought."""
        return float(100 * self.absolute / self.later) if self.later else None


@dataclass(frozen=True)
class Track:
    """Revisions of one measure, or of one series of it.

    Attributes:
        measure: Its name.
        whole: From first to last publication.
        steps: From the first to the second edition that has a figure, from the second to the third ...
        once: Figures that one edition only has published.
        hidden: Figures left out because an edition hides them.
        lost: Figures left out because an edition could no longer give them.
    """

    measure: str
    whole: Tally = Tally()
    steps: tuple[Tally, ...] = ()
    once: int = 0
    hidden: int = 0
    lost: int = 0

    def as_json(self) -> dict[str, Any]:
        """As the manifest holds it."""
        return {
            "measure": self.measure,
            "first_to_last": _json(self.whole),
            "steps": [_json(step) for step in self.steps],
            "published_once": self.once,
            "left_out_hidden": self.hidden,
            "left_out_not_available": self.lost,
        }


@dataclass(frozen=True)
class Triangle:
    """A series as the editions published it, one after the other.

    Attributes:
        measure: Its name.
        codes: Codes of its cells, as in their identity.
        geography_version: Of its cells.
        rows: By period, its vintages in order: value and marks as published.
    """

    measure: str
    codes: str
    geography_version: str
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    @property
    def width(self) -> int:
        """Vintages of the period that has most."""
        return max((len(vintages) for _, vintages in self.rows), default=0)


@dataclass(frozen=True)
class Record:
    """Revisions of a publication's figures.

    Attributes:
        editions: Ids of the editions looked at, oldest first; the one that is being made as it will be called.
        tracks: One for each measure, in the order in which the publication declares them.
        triangles: One for each headline series.
    """

    editions: tuple[str, ...] = ()
    tracks: tuple[Track, ...] = ()
    triangles: tuple[Triangle, ...] = ()

    @property
    def revised(self) -> bool:
        """Whether any figure was published more than once."""
        return any(track.whole.figures for track in self.tracks)


NONE = Record()


def record_of(
    editions: Sequence[tuple[str, Iterable[PublishedCell]]],
    measures: Sequence[str],
    headline: Callable[[str, str], bool] = lambda measure, codes: not codes,
) -> Record:
    """Follow every figure over editions.

    Args:
        editions: Id and cells of each, oldest first.
        measures: Those to look at, in order.
        headline: Whether a measure of these codes (as in an identity) is a headline series.
    """
    wanted = set(measures)
    told: dict[tuple[str, str, str, str], list[Told]] = {}
    for place, (_, cells) in enumerate(editions):
        for cell in cells:
            i = cell.identity
            if i.measure not in wanted:
                continue
            held = told.setdefault((i.measure, i.codes, i.geography_version, i.period), [])
            # In several tables of one edition it is the same.
            if not held or held[-1][0] != place:
                held.append((place, cell.value, cell.marks))
    tracks = {name: Track(name) for name in measures}
    kept: dict[str, list[list[Told]]] = {name: [] for name in measures}
    for (measure, *_), vintages in told.items():
        kept[measure].append(vintages)
    triangles: dict[tuple[str, str, str], list[tuple[str, tuple[tuple[str, str], ...]]]] = {}
    for (measure, codes, version, period), vintages in told.items():
        if headline(measure, codes):
            row = tuple((value, marks) for _, value, marks in vintages)
            triangles.setdefault((measure, codes, version), []).append((period, row))
    order = {name: place for place, name in enumerate(measures)}
    return Record(
        tuple(name for name, _ in editions),
        tuple(track_of(name, kept[name]) for name in tracks),
        tuple(
            Triangle(*key, tuple(sorted(rows, key=lambda row: _when(row[0]))))
            for key, rows in sorted(triangles.items(), key=lambda each: (order[each[0][0]], *each[0][1:]))
        ),
    )


def track_of(measure: str, figures: Iterable[Sequence[Told]]) -> Track:
    """Revisions of figures, each given by its vintages in order.

    For the figures that count, the revisions of all steps add up to the whole revision.
    """
    whole = Tally()
    steps: list[Tally] = []
    once = hidden = lost = 0
    for vintages in figures:
        if any(not value and "[c]" in marks for _, value, marks in vintages):
            hidden += 1
            continue
        # What was not available at first becomes known: that is news, and no revision.
        first = next((place for place, (_, value, _) in enumerate(vintages) if value), None)
        values = [value for _, value, _ in vintages[first:]] if first is not None else []
        if not all(values):
            lost += 1
        elif len(values) == 1:
            once += 1
        elif values:
            numbers = [Decimal(value) for value in values]
            whole = whole.plus(numbers[0], numbers[-1])
            for place, (earlier, later) in enumerate(pairwise(numbers)):
                if place == len(steps):
                    steps.append(Tally())
                steps[place] = steps[place].plus(earlier, later)
    return Track(measure, whole, tuple(steps), once, hidden, lost)


def _when(period: str) -> tuple[str, Any]:
    parsed = Period.parse(period)
    return parsed.kind, parsed.start


def _json(tally: Tally) -> Mapping[str, Any]:
    return {
        "figures": tally.figures,
        "mean": tally.mean,
        "mean_absolute": tally.mean_absolute,
        "relative_per_cent": tally.relative,
        "largest": float(tally.largest),
    }
