"""A reader of both editions and of the notice works out no hidden count: all that could be are tried out.

Searches of three ethnicities in one month, counted exactly. The reader is told which counts were not wrong, which is more
than the notice tells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from piperoll.release import Erratum, Made, make, verify
from piperoll.workspace import Workspace
from tests.searches import AFRICAN, INDIAN, IRISH, NAME, Deliver, searches


DAY = dt.date(2020, 7, 3)
KINDS = {IRISH: "white", AFRICAN: "black", INDIAN: "asian"}
GROUPS = ("white", "mixed", "asian", "black", "other", "not_stated", "not_known")
MOST = 20
WIDTH = 2  # of the policy: so far apart at least are two values that a hidden count can have

Counts = tuple[int, int, int]


def delivered(put: Deliver, counts: Counts) -> None:
    put(records=searches(DAY, dict(zip(KINDS, counts, strict=True))))


def told(home: Workspace, made: Made) -> dict[str, str]:
    """Searches of July in an edition by codes: a figure, or nothing where it is hidden."""
    return {
        cell.identity.codes: cell.value
        for cell in home.journal.published_cells(made.release.id)
        if (cell.identity.measure, cell.identity.period) == ("searches", "2020-07") and cell.table == "arrests"
    }


def shown(seen: dict[str, str], group: str) -> int | None:
    """A group's count as an edition shows it, in its own row or in that of the one category that has any."""
    names = (group, *(kind for kind, other in KINDS.items() if other == group))
    return next((int(seen[f"ethnicity={name}"]) for name in names if seen.get(f"ethnicity={name}")), None)


def feasible(seen: dict[str, str]) -> Iterator[tuple[int, ...]]:
    """All counts of the groups that agree with everything that an edition shows."""
    known = {group: shown(seen, group) for group in GROUPS}
    hidden = [group for group in GROUPS if known[group] is None]
    assert len(hidden) <= 3
    if not seen[""]:
        # The whole is hidden, too: it says nothing of its parts.
        for values in product(range(MOST), repeat=len(hidden)):
            filled = {**known, **dict(zip(hidden, values, strict=True))}
            yield tuple(filled[group] or 0 for group in GROUPS)
        return
    rest = int(seen[""]) - sum(value for value in known.values() if value is not None)
    for first in product(range(rest + 1), repeat=max(len(hidden) - 1, 0)):
        values = (*first, rest - sum(first)) if hidden else ()
        if all(value >= 0 for value in values):
            filled = {**known, **dict(zip(hidden, values, strict=True))}
            yield tuple(filled[group] or 0 for group in GROUPS)


def possible(old: dict[str, str], new: dict[str, str], same: set[str]) -> dict[str, set[int]]:
    """Values that each count can have in the corrected edition, for a reader who knows which counts stayed the same."""
    places = [place for place, group in enumerate(GROUPS) if group in same]
    before = {tuple(each[place] for place in places) for each in feasible(old)}
    now = [each for each in feasible(new) if tuple(each[place] for place in places) in before]
    return {group: {each[place] for each in now} for place, group in enumerate(GROUPS)}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((30, 35, 3), (40, 35, 3)),  # the smallest of the others is another after it
        pytest.param(*((40, 35, 3), (40, 50, 3)), marks=pytest.mark.slow),
        pytest.param(*((40, 35, 3), (40, 35, 9)), marks=pytest.mark.slow),  # what was small is so no longer
        pytest.param(*((40, 35, 9), (40, 35, 3)), marks=pytest.mark.slow),  # what was shown is small now
        pytest.param(*((40, 3, 9), (40, 9, 3)), marks=pytest.mark.slow),
        pytest.param(*((40, 35, 3), (40, 35, 4)), marks=pytest.mark.slow),
    ],
)
def test_both_editions_and_the_notice_tell_no_hidden_count(
    home: Workspace, put: Deliver, tmp_path: Path, first: Counts, second: Counts
) -> None:
    delivered(put, first)
    one = make(home, NAME, "2020Q3", tmp_path / "out")
    delivered(put, second)
    two = make(home, NAME, "2020Q3", tmp_path / "out", erratum=Erratum("Counts were wrong", "A slip."))
    assert verify(tmp_path / "out").problems == ()
    old, new = told(home, one), told(home, two)
    assert two.notice is not None
    listed = {each.identity.split("|")[1] for each in two.notice.changed}
    for kind, group in KINDS.items():
        if shown(new, group) is None or shown(old, group) is None:
            assert not {f"ethnicity={kind}", f"ethnicity={group}"} & listed
    was, truth = (
        dict.fromkeys(GROUPS, 0) | dict(zip(KINDS.values(), counts, strict=True)) for counts in (first, second)
    )
    values = possible(old, new, {group for group in GROUPS if was[group] == truth[group]})
    for group in GROUPS:
        assert truth[group] in values[group]
        # What was published before stays known; what was never shown does not become so.
        if 0 < truth[group] < 5 and shown(old, group) is None:
            assert max(values[group]) - min(values[group]) >= WIDTH, (old, new)
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    section = page.split('id="correction"')[1].split("<h2")[0]
    assert ">3<" not in section and ">4<" not in section
