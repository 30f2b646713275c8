"""A reader of both editions and of the notice works out no hidden count: all that could be are tried out.

Searches of three ethnicities in one month, counted exactly. The reader is told which counts were not wrong, which is more
than the notice tells.
"""

from __future__ import annotations

import datetime as dt
from itertools import product
from pathlib import Path

import pytest

from piperoll.release import Erratum, Made, make, verify
from piperoll.workspace import Workspace
from tests.searches import AFRICAN, INDIAN, IRISH, NAME, Deliver, deliverer, searches


DAY = dt.date(2020, 7, 3)
GROUPS = {IRISH: "white", AFRICAN: "black", INDIAN: "asian"}
WIDTH = 2  # of the policy: so far apart at least are two values that a hidden count can have
MOST = 90

Counts = tuple[int, int, int]


@pytest.fixture
def home(exact: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("PIPEROLL_NOW", "2020-11-01T09:30:00+00:00")
    return Workspace(exact, tmp_path / "home")


@pytest.fixture
def put(home: Workspace, tmp_path: Path) -> Deliver:
    return deliverer(home, tmp_path)


def delivered(put: Deliver, counts: Counts) -> None:
    put(records=searches(DAY, dict(zip(GROUPS, counts, strict=True))))


def told(home: Workspace, made: Made) -> dict[str, str]:
    """Searches of July in an edition by codes: a figure, or nothing where it is hidden."""
    return {
        cell.identity.codes: cell.value
        for cell in home.journal.published_cells(made.release.id)
        if (cell.identity.measure, cell.identity.period) == ("searches", "2020-07") and cell.table == "arrests"
    }


def shown(seen: dict[str, str], place: int) -> int | None:
    """A count as an edition shows it, in its own row or in that of its group, which holds nothing else."""
    names = (list(GROUPS)[place], list(GROUPS.values())[place])
    return next((int(seen[f"ethnicity={name}"]) for name in names if seen.get(f"ethnicity={name}")), None)


def feasible(seen: dict[str, str]) -> list[Counts]:
    """All counts that agree with everything that an edition shows."""
    known = [shown(seen, place) for place in range(3)]
    ways = product(*[range(MOST) if value is None else (value,) for value in known])
    return [each for each in ways if not seen[""] or sum(each) == int(seen[""])]


def possible(old: dict[str, str], new: dict[str, str], same: list[int]) -> list[set[int]]:
    """Values that each count can have in the corrected edition, for a reader who knows which counts stayed the same."""
    before = {tuple(each[place] for place in same) for each in feasible(old)}
    now = [each for each in feasible(new) if tuple(each[place] for place in same) in before]
    return [{each[place] for each in now} for place in range(3)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((30, 35, 3), (40, 35, 3)),  # the smallest of the others is another after it
        ((40, 35, 3), (40, 50, 3)),
        ((40, 35, 3), (40, 35, 9)),  # what was small is so no longer
        ((40, 35, 9), (40, 35, 3)),  # what was shown is small now
        ((40, 3, 9), (40, 9, 3)),
        ((40, 35, 3), (40, 35, 4)),
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
    for place, (kind, group) in enumerate(GROUPS.items()):
        if shown(new, place) is None or shown(old, place) is None:
            assert not {f"ethnicity={kind}", f"ethnicity={group}"} & listed
    values = possible(old, new, [place for place in range(3) if first[place] == second[place]])
    for place, truth in enumerate(second):
        assert truth in values[place]
        # What was published before stays known; what was never shown does not become so.
        if truth < 5 and shown(old, place) is None:
            assert max(values[place]) - min(values[place]) >= WIDTH, (old, new)
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    section = page.split('id="correction"')[1].split("<h2")[0]
    assert ">3<" not in section and ">4<" not in section
