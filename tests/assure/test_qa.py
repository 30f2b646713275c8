"""``piperoll qa``: a draft as it stands, beside the edition before; nothing is released by looking."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from piperoll.assure import report
from piperoll.cli import program
from piperoll.workspace import Workspace
from tests.searches import NAME, Deliver


def call(register: Path, desk: Workspace, *words: str) -> Result:
    return CliRunner().invoke(program, ["--register", str(register), "--home", str(desk.home), "qa", *words])


def test_a_first_draft_has_nothing_to_be_held_against(register: Path, desk: Workspace, deliver: Deliver) -> None:
    deliver(300)
    found = report(desk, NAME, "2020Q3")
    assert found.cells > 0 and found.against.against == "" and found.arrived == ()
    assert desk.journal.releases(publication=NAME) == []
    done = call(register, desk, NAME, "2020Q3")
    assert done.exit_code == 0, done.output
    assert "not to be passed on" in done.stdout and "the edition before: there is none" in done.stdout
    assert not (desk.home / "releases").exists()


def test_what_came_since_and_what_differs(register: Path, desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver(300)
    desk.release(NAME, "2020Q3", tmp_path / "out")
    same = report(desk, NAME, "2020Q3")
    assert same.against.against == f"{NAME}/2020Q3/1" and same.arrived == ()
    deliver(900, seed=2)
    found = report(desk, NAME, "2020Q3")
    assert dict(found.arrived) == {"stop_search.search": 1}
    assert len(found.against.revisions) > len(same.against.revisions)
    told = call(register, desk, NAME, "2020Q3", "--most", "2").stdout
    assert "1 deliveries of stop_search.search came since" in told and "Differences from" in told


def test_suppliers_that_are_missing_are_named(desk: Workspace, deliver: Deliver) -> None:
    deliver(300, period="2020Q2")
    deliver(300, seed=2)
    found = report(desk, NAME, "2020Q3")
    assert all(count > 0 for _, _, count in found.missing)
    assert {dataset for _, dataset, _ in found.missing} <= {"stop_search.search"}


def test_a_quarter_that_grew_fourfold_is_the_largest_change(desk: Workspace, deliver: Deliver) -> None:
    deliver(200, period="2019Q3")
    deliver(1000, seed=2)
    found = report(desk, NAME, "2020Q3")
    strengths = [abs(each.strength) for each in found.changes]
    assert strengths == sorted(strengths, reverse=True) and found.changes[0].strength > 10


def test_nothing_delivered_is_told(register: Path, desk: Workspace) -> None:
    done = call(register, desk, NAME, "2020Q3")
    assert done.exception is not None and getattr(done.exception, "code", "") == "PR-E021"
