"""Imported figures of periods that the store cannot count bind the sums that they share with those it can."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.ledger.importing import take_in
from piperoll.ledger.related import earlier_beside
from piperoll.periods import Period
from piperoll.protect.joint import Earlier, joint
from piperoll.release import verify
from piperoll.release.manifest import MANIFEST
from piperoll.release.table import answer
from piperoll.store.parts import Part
from piperoll.tabulate import Missing
from piperoll.tabulate.vintage import uncounted
from piperoll.workspace import Workspace
from tests.searches import AFRICAN, IRISH, NAME, Deliver, deliverer, searches


HEAD = "measure,period,ethnicity,value,status\n"


def take(home: Workspace, tmp_path: Path, *rows: str) -> None:
    path = tmp_path / "before.csv"
    path.write_text(HEAD + "".join(f"searches,{row}\n" for row in rows), encoding="utf-8")
    take_in(home, [path], NAME, "The annual report of 2020")


def two_quarters(put: Deliver, third: int = 78, fourth: int = 69) -> None:
    put(records=searches(dt.date(2020, 8, 3), {IRISH: third}), period="2020Q3")
    put(records=searches(dt.date(2020, 11, 3), {IRISH: fourth}), period="2020Q4")


def ask(home: Workspace, period: str) -> object:
    return answer(home, NAME, "arrests", period=period, where={"group": "white"})


def test_a_hidden_quarter_that_nobody_can_count_stays_open(home: Workspace, put: Deliver, tmp_path: Path) -> None:
    two_quarters(put)
    take(home, tmp_path, "2020,white,200,", "2020Q1,white,50,", "2020Q2,white,,c")
    assert ask(home, "2020Q3")
    with pytest.raises(UserError, match=r"PR-P073.*white, 2020Q2\] is exactly 3") as caught:
        ask(home, "2020Q4")
    for known in ("2020] is published as 200", "2020Q1] as 50", "2020Q3] as 78", "2020Q4] as 69"):
        assert known in caught.value.message


def test_a_small_quarter_does_not_follow_from_an_imported_year(home: Workspace, put: Deliver, tmp_path: Path) -> None:
    two_quarters(put, 78, 3)
    take(home, tmp_path, "2020,white,181,", "2020Q1,white,50,", "2020Q2,white,50,")
    with pytest.raises(UserError, match=r"PR-P073.*white, 2020Q4\] is exactly 3"):
        ask(home, "2020Q3")


def test_a_quarter_that_was_not_told_leaves_room(home: Workspace, put: Deliver, tmp_path: Path) -> None:
    two_quarters(put, 78, 3)
    take(home, tmp_path, "2020,white,181,", "2020Q1,white,50,")
    assert ask(home, "2020Q3")


def test_a_year_that_agrees_with_nothing_binds_nothing(home: Workspace, put: Deliver, tmp_path: Path) -> None:
    two_quarters(put)
    take(home, tmp_path, "2020,white,12,", "2020Q1,white,0,", "2020Q2,white,,c")
    assert ask(home, "2020Q3") and ask(home, "2020Q4")


def test_an_edition_hides_what_would_complete_an_imported_year(home: Workspace, put: Deliver, tmp_path: Path) -> None:
    days = {dt.date(2020, 10, 3): 40, dt.date(2020, 11, 3): 35, dt.date(2020, 12, 3): 30}
    records = [row for day, n in days.items() for row in searches(day, {IRISH: n, AFRICAN: 90})]
    put(records=records, period="2020Q4")
    home.release(NAME, "2020Q4", tmp_path / "free")
    assert white(tmp_path / "free") == ["40", "35", "30"]
    other = Workspace(home.register.root, tmp_path / "other")
    deliverer(other, tmp_path)(records=records, period="2020Q4")
    take(other, tmp_path, "2020,white,258,", "2020Q1,white,50,", "2020Q2,white,100,", "2020Q3,white,,c")
    other.release(NAME, "2020Q4", tmp_path / "bound", prove=True)
    # All three months would give the third quarter away: 258 - 50 - 100 - 105 is 3.
    assert "" in white(tmp_path / "bound")
    free, bound = (
        json.loads((tmp_path / name / MANIFEST).read_text(encoding="utf-8"))["disclosure"] for name in ("free", "bound")
    )
    assert (free["primary"], free["secondary"]) == (0, 0)
    # What stands beside is no count of the release.
    assert bound["primary"] == 0 and bound["secondary"] > 0
    assert "none is small, and" in bound["statement"] and "hidden before cannot be worked out" in bound["statement"]
    assert bound["verdict"] == "proven"
    assert verify(tmp_path / "bound").holds


def white(out: Path) -> list[str]:
    """White people searched in each month, as shown."""
    with (out / "tables" / "arrests.csv").open(encoding="utf-8", newline="") as file:
        return [row["searches"] for row in csv.DictReader(file) if row["ethnicity_code"] == "white"]


def test_counts_of_no_delivery_are_no_counts(home: Workspace, put: Deliver, tmp_path: Path) -> None:
    two_quarters(put)
    take(home, tmp_path, "2020,white,200,", "2020Q1,white,50,", "2020Q2,white,,c")
    publication, policy = home.publication(NAME), home.register.policies[NAME]
    frames = {"own": pl.DataFrame({"period": ["2020Q4"], "identity": ["searches|ethnicity=white||2020Q4"]})}
    before = home.journal.entries()
    found = earlier_beside(home, publication, policy, frames, home.parts(), home.corrections(), before)
    known = {
        (row["period"], row["value"])
        for frame in found.values()
        for row in frame.filter(pl.col("identity").str.starts_with("searches|ethnicity=white|")).iter_rows(named=True)
    }
    assert known >= {("2020", None), ("2020Q1", None), ("2020Q2", None), ("2020Q3", 78.0)}
    hidden = frozenset({"searches|ethnicity=white||2020Q2"})
    shown = {"searches|ethnicity=white||2020": 200.0, "searches|ethnicity=white||2020Q1": 50.0}
    posed = joint(home.register, publication, found, policy, Earlier(shown, hidden))
    assert posed is not None
    variable = {identity: cell for cell, identity in enumerate(posed.identities)}
    (at,) = hidden
    assert posed.problem.primary[variable[at]] and not posed.told[variable[at]]
    low, high = posed.problem.knowledge.shown_low, posed.problem.knowledge.shown_high
    for identity, figure in shown.items():
        assert posed.problem.forced[variable[identity]]
        assert low[variable[identity]] == high[variable[identity]] == figure
    # Whoever has no figures of those years is told nothing of them.
    free = joint(home.register, publication, found, policy)
    assert free is None or not set(free.identities) & (hidden | shown.keys())


@pytest.mark.parametrize(
    ("delivered", "owed", "mode", "asked", "found"),
    [
        (["2020Q3"], [], "events", ["2020Q3", "2020-08", "2020Q2", "2020"], ["2020Q2", "2020"]),
        (["2020Q2", "2020Q3"], ["2020Q1"], "events", ["2020Q1", "2020Q4", "2020"], ["2020Q4", "2020"]),
        (["2020Q1", "2020Q2", "2020Q4"], ["2020Q3"], "increment", ["2020", "2020Q3"], []),
        (["2020Q1", "2020Q3"], [], "events", ["2020Q2"], ["2020Q2"]),
        (["2020Q4"], [], "full", ["2011", "2020", "2021"], ["2021"]),
        ([], [], "events", ["2011"], ["2011"]),
    ],
)
def test_periods_without_deliveries(
    home: Workspace, delivered: list[str], owed: list[str], mode: str, asked: list[str], found: list[str]
) -> None:
    key = "stop_search.search"
    parts = [Part(key, "met", period, n, "", mode, "") for n, period in enumerate(delivered)]
    parts.append(Part("another.dataset", "met", "2009", 99, "", "full", ""))
    missing = [Missing("met", key, period) for period in owed]
    periods = [Period.parse(text) for text in asked]
    lost = uncounted(home.register, home.publication(NAME), parts, missing, periods)
    assert {str(each) for each in lost} == set(found)
