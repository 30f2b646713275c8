"""What a reader works out from a release: nothing from one protected as a whole, and the leaks of one that was not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from piperoll.cli import main
from piperoll.errors import UserError
from piperoll.protect.system import System
from piperoll.release import make, verify
from piperoll.release.attacked import Attacked, attack_release
from piperoll.release.manifest import MANIFEST
from piperoll.workspace import Workspace
from tests.searches import NAME, Deliver


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def together(desk: Workspace, deliver: Deliver, tmp_path: Path) -> Path:
    """An edition protected as a whole."""
    deliver()
    return make(desk, NAME, "2020Q3", tmp_path / "together").directory


@pytest.fixture
def alone(desk: Workspace, deliver: Deliver, tmp_path: Path) -> Path:
    """An edition with the policy's rules for single cells alone."""
    deliver()
    return make(desk, NAME, "2020Q3", tmp_path / "alone", together=False).directory


@pytest.fixture
def leaking(alone: Path) -> Path:
    """The same with another table: one place's year of 30, of which all four quarters are hidden."""
    system = System({"area": (), "period": ({"2012": ("2012Q1", "2012Q2", "2012Q3", "2012Q4")},)}, {"area": {}})
    changed(alone, relations=json.loads(json.dumps(system.as_json())), width=4, secondary=0)
    path = alone / MANIFEST
    content = json.loads(path.read_text(encoding="utf-8"))
    table = {"name": "claims", "csv": "tables/claims.csv", "measures": {"claims": "count"}, "national": {"area": []}}
    content |= {"tables": [table], "policy": {"suppress_below": 8, "suppress_zero": True, "round_to": 5}}
    path.write_text(json.dumps(content), encoding="utf-8")
    rows = [
        "period,area_code,area,claims,claims_status",
        "2012,E1,One,30,",
        *(f"2012Q{q},E1,One,,c" for q in range(1, 5)),
    ]
    (alone / "tables" / "claims.csv").write_text("\r\n".join(rows) + "\r\n", encoding="utf-8")
    return alone


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stopped:
            main([*map(str, words)])
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out + told.err

    return call


def changed(directory: Path, **said: Any) -> None:
    path = directory / MANIFEST
    content = json.loads(path.read_text(encoding="utf-8"))
    content["disclosure"] |= said
    path.write_text(json.dumps(content), encoding="utf-8")


def test_nothing_is_worked_out_from_a_release_protected_as_a_whole(together: Path) -> None:
    found = attack_release(together)
    assert found.hidden > 0
    assert not found.fails
    assert found.worked == ()
    assert "none is known better" in found.summary
    every = attack_release(together, everything=True)
    assert len(every.worked) == every.hidden
    assert not any(each.below for each in every.worked)


def test_an_edition_by_single_cells_tells_how_it_adds_up_and_claims_nothing(alone: Path) -> None:
    said = json.loads((alone / MANIFEST).read_text(encoding="utf-8"))["disclosure"]
    assert said["secondary_suppression"] is False
    assert said["relations"]["ways"]
    assert verify(alone).holds
    assert attack_release(alone).hidden > 0


def test_leaks_are_told_with_the_figures_they_follow_from(leaking: Path) -> None:
    found = attack_release(leaking)
    assert found.fails
    assert found.hidden == found.below == len(found.worked) == 4
    for quarter, each in enumerate(found.worked, start=1):
        assert (each.low, each.high, each.below) == (7, 7, True)
        assert each.sentence == (
            f"[claims, E1, 2012Q{quarter}] is exactly 7, known from [claims, E1, 2012] (30, so 28 to 32)."
        )
    assert found.summary == "4 suppressed counts; 4 known better than the policy allows, 4 of them exactly."


def test_figures_that_contradict_each_other_are_said(leaking: Path) -> None:
    path = leaking / "tables" / "claims.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",30,", ",45,"), encoding="utf-8")
    with pytest.raises(UserError, match="contradict each other") as raised:
        attack_release(leaking)
    assert raised.value.code == "PR-E017"


def test_the_command_ends_well_where_nothing_is_found(together: Path, tmp_path: Path, run: Run) -> None:
    home = ("--home", str(tmp_path / "nowhere"))
    status, said = run(*home, "attack", str(together))
    assert status == 0 and "none is known better" in said
    status, said = run(*home, "attack", "--all", str(together))
    assert status == 0 and "open  " in said


def test_the_command_ends_with_its_status_where_counts_are_found(leaking: Path, tmp_path: Path, run: Run) -> None:
    status, said = run("--home", str(tmp_path / "nowhere"), "attack", str(leaking))
    assert status == 19 and "PR-P067" in said and "BELOW" in said


@pytest.mark.parametrize("arguments", [(), ("--exact",), ("--out", "found")])
def test_what_goes_with_a_specification_alone_is_refused(
    alone: Path, tmp_path: Path, run: Run, arguments: tuple[str, ...]
) -> None:
    what = str(alone) if arguments else str(alone / "tables" / "searches.csv")
    status, said = run("--home", str(tmp_path / "nowhere"), "attack", *arguments, what)
    assert status != 0
    assert "--spec" in said


def test_a_manifest_without_definitions_is_said(alone: Path) -> None:
    changed(alone, relations=None)
    with pytest.raises(UserError, match="gives no definitions") as raised:
        attack_release(alone)
    assert raised.value.code == "PR-E017"
    changed(alone, relations={"ways": []})
    with pytest.raises(UserError, match="cannot be read"):
        attack_release(alone)


def test_as_many_as_the_manifest_says_are_no_failure() -> None:
    assert not Attacked(9, (), 3, 3).fails
    assert Attacked(9, (), 4, 3).fails
    assert "The manifest says so of 3." in Attacked(9, (), 3, 3).summary
    assert "none is known better" in Attacked(9, (), 0, 0).summary
