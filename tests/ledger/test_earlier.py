"""Periods that only the ledger holds take part in the sums of a new edition."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest

from piperoll.periods import Period
from piperoll.protect.earlier import connected
from piperoll.release.manifest import MANIFEST
from piperoll.release.table import answer
from piperoll.workspace import Workspace
from tests.searches import IRISH, NAME, UNROUNDED, Deliver, deliverer, edited, searches


def periods(*texts: str) -> list[Period]:
    return [Period.parse(text) for text in texts]


@pytest.mark.parametrize(
    ("own", "known", "found"),
    [
        (["2011Q4"], ["2011", "2011Q1", "2011Q2", "2011Q3"], ["2011", "2011Q1", "2011Q2", "2011Q3", "2011Q4"]),
        (["2011Q4"], ["2011Q1", "2011Q2", "2011Q3"], ["2011Q4"]),
        (["2011Q4"], ["2011", "2011Q1"], ["2011", "2011Q1", "2011Q2", "2011Q3", "2011Q4"]),
        (["2011"], ["2010", "2012Q1"], ["2011"]),
        (["2011-05"], ["2011Q2", "2011"], ["2011", "2011Q1", "2011-01", "2011-02", "2011-03", "2011Q2"]),
        (["2011Q4"], ["2011/12", "2012Q1"], ["2011/12", "2011Q2", "2011Q3", "2011Q4", "2012Q1"]),
    ],
)
def test_periods_hang_together_along_sums(own: list[str], known: list[str], found: list[str]) -> None:
    got = [str(each) for each in connected(periods(*own), periods(*known))]
    assert got[: len(found)] == found and set(own) <= set(got)


def test_parts_that_have_not_been_yet_complete_nothing() -> None:
    got = connected(periods("2012Q1"), periods("2012"), dt.date(2012, 6, 30))
    assert [str(each) for each in got] == ["2012", "2012Q1", "2012Q2"]


@pytest.fixture(scope="module")
def exact(register: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example register with exact counts, whose tables show two months only."""
    two = ("publications/stop_and_search/publication.yaml", "last: 3", "last: 2")
    return edited(register, tmp_path_factory.mktemp("two") / "register", UNROUNDED, two)


def months(july: int) -> list[tuple[object, ...]]:
    counts = [(7, july), (8, 35), (9, 3)]
    return [row for month, n in counts for row in searches(dt.date(2020, month, 3), {IRISH: n})]


def august(out: Path) -> dict[str, str]:
    with (out / "tables" / "arrests.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["period"] == "2020-08"]
    return {row["ethnicity_code"]: row["searches"] for row in rows}


def test_a_quarter_that_was_answered_hides_the_month_that_would_complete_it(
    home: Workspace, put: Deliver, tmp_path: Path
) -> None:
    put(records=months(40))
    home.release(NAME, "2020Q3", tmp_path / "free", together=True)
    assert august(tmp_path / "free")["white"] == "35"
    other = Workspace(home.register.root, tmp_path / "other")
    deliverer(other, tmp_path)(records=months(40))
    assert answer(other, NAME, "arrests", period="2020-07", where={"group": "white"}).entry
    assert answer(other, NAME, "arrests", period="2020Q3", where={"group": "white"}).entry
    other.release(NAME, "2020Q3", tmp_path / "bound", together=True)
    assert august(tmp_path / "bound")["white"] == ""
    free, bound = (
        json.loads((tmp_path / name / MANIFEST).read_text(encoding="utf-8"))["disclosure"] for name in ("free", "bound")
    )
    # What stands beside is no count of the release.
    assert (free["cells"], free["primary"]) == (bound["cells"], bound["primary"])
    assert bound["secondary"] > free["secondary"]
    assert other.release(NAME, "2020Q3", tmp_path / "again", together=True).release.edition == "1"


def test_a_figure_revised_since_binds_nothing(home: Workspace, put: Deliver, tmp_path: Path) -> None:
    put(records=months(40))
    for period in ("2020-07", "2020Q3"):
        assert answer(home, NAME, "arrests", period=period, where={"group": "white"}).entry
    put(records=months(44))
    home.release(NAME, "2020Q3", tmp_path / "out", together=True)
    assert august(tmp_path / "out")["white"] == "35"
