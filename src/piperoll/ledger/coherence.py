"""One cell, one figure: what several publications show of a cell is held against each other, over all releases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from piperoll.desk import Desk
from piperoll.journal import PublishedCell, Release
from piperoll.ledger.declared import Declared, declared_differences
from piperoll.ledger.figures import bracketed, marks_in
from piperoll.protect.primary import round_to_base


VINTAGE = "made from an earlier vintage"
HIDDEN = "hidden in one of them"
PLACES = "told to fewer places, or rounded by a policy"
DECLARED = "declared by one of the publications"
UNEXPLAINED = "nothing explains it"


@dataclass(frozen=True)
class Difference:
    """A cell that two publications show differently.

    Attributes:
        cell: Its identity.
        one, other: Ids of the releases, the later made last.
        was, now: The figures as shown, with their marks.
        reason: One of this module's reasons.
        why: Where it is declared, the sentence that readers are told.
    """

    cell: str
    one: str
    other: str
    was: str
    now: str
    reason: str
    why: str = ""


@dataclass(frozen=True)
class Coherence:
    """What was found.

    Attributes:
        shared: Cells that more than one publication shows in its last editions.
        settled: Differences that are declared although every cell of theirs that both publications show is the same.
    """

    releases: int
    shared: int
    differences: tuple[Difference, ...]
    settled: tuple[Declared, ...] = ()

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        """Those that nothing explains."""
        return tuple(each for each in self.differences if each.reason == UNEXPLAINED)

    @property
    def reasons(self) -> dict[str, int]:
        """How many differences each reason explains."""
        return dict(sorted(Counter(each.reason for each in self.differences).items()))


def coherence(desk: Desk) -> Coherence:
    """Hold the last edition of each publication and period against those of all others.

    A difference is explained where one of the two was made from an earlier vintage, hides the figure, or tells it to
    fewer places (a figure rounded to the nearest 5 or to whole numbers), or where one of the publications declares it
    under ``differences``. Anything else is a mistake in one of the two.
    """
    desk.act("ledger.verify", "coherence of releases")
    last: dict[tuple[str, str], Release] = {}
    for each in desk.journal.releases():
        if each.kind == "release" and each.status != "withdrawn":
            last[each.publication, each.period] = each
    shown: dict[str, list[tuple[Release, PublishedCell]]] = {}
    for release in last.values():
        own: set[str] = set()
        for cell in desk.journal.published_cells(release.id):
            # Two tables of one release hang together by how they are made.
            if (text := cell.identity.text) not in own:
                own.add(text)
                shown.setdefault(text, []).append((release, cell))
    differences: list[Difference] = []
    declared = declared_differences(desk.register)
    met: set[Declared] = set()
    differing: set[Declared] = set()
    shared = 0
    for text in sorted(shown):
        places = _latest(shown[text])
        if len(places) < 2:
            continue
        shared += 1
        first, told = places[0]
        for release, cell in places[1:]:
            holding = [each for each in declared if each.of(first.publication, release.publication, cell.identity)]
            met.update(holding)
            bases = (_base(desk, first), _base(desk, release))
            reason = _reason(first, told, release, cell, bases)
            if not reason:
                continue
            differing.update(holding)
            why = ""
            if reason == UNEXPLAINED and holding:
                reason, why = DECLARED, holding[0].reason
            differences.append(Difference(text, first.id, release.id, _words(told), _words(cell), reason, why))
    settled = tuple(each for each in declared if each in met - differing)
    return Coherence(len(last), shared, tuple(differences), settled)


def _latest(places: Iterable[tuple[Release, PublishedCell]]) -> list[tuple[Release, PublishedCell]]:
    """Of each publication the edition made last that shows the cell; in order of the moments they were made at."""
    found: dict[str, tuple[Release, PublishedCell]] = {}
    for release, cell in places:
        held = found.get(release.publication)
        if held is None or (held[0].vintage, held[0].at) < (release.vintage, release.at):
            found[release.publication] = (release, cell)
    return sorted(found.values(), key=lambda each: (each[0].at, each[0].id))


def _base(desk: Desk, release: Release) -> int | None:
    """What the publication's policy rounds to, as declared today; None if it rounds nothing or is gone."""
    publication = desk.register.publications.get(release.publication)
    policy = desk.register.policy_of(publication) if publication else None
    return policy.round_to if policy else None


def _reason(
    one: Release, was: PublishedCell, other: Release, now: PublishedCell, bases: tuple[int | None, int | None]
) -> str:
    if was.value == now.value:
        return ""  # marks alone: provisional here, revised there
    if not was.value or not now.value:
        return HIDDEN if "c" in (*marks_in(was.marks), *marks_in(now.marks)) else _vintage(one, other)
    if _rounded(was.value, now.value, bases):
        return PLACES
    return _vintage(one, other)


def _vintage(one: Release, other: Release) -> str:
    return VINTAGE if one.vintage != other.vintage else UNEXPLAINED


def _rounded(one: str, other: str, bases: tuple[int | None, int | None]) -> bool:
    """Whether one of the figures is the other to fewer places, or to the base that its policy rounds to."""
    try:
        a, b = float(one), float(other)
    except ValueError:
        return False
    decimals = [len(text.partition(".")[2]) for text in (one, other)]
    if decimals[0] != decimals[1]:
        fine, coarse = (a, b) if decimals[0] > decimals[1] else (b, a)
        return abs(fine - coarse) <= 0.5 * 10.0 ** -min(decimals)
    first, second = bases
    return (first is not None and a == round_to_base(b, first)) or (
        second is not None and b == round_to_base(a, second)
    )


def _words(cell: PublishedCell) -> str:
    return f"{cell.value or 'no figure'}{f' {bracketed(marks_in(cell.marks))}' if cell.marks else ''}"
