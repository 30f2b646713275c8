"""A rule of coverage blocks an edition until the supplier has had its say or an override says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from piperoll.cli import main
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.release import make
from piperoll.release.coverage import broken, waive
from piperoll.release.table import answer
from piperoll.tabulate import Missing
from piperoll.workspace import Workspace
from tests.searches import AT, NAME, Deliver, deliverer, edited


SOURCE = "sources/stop_search.yaml"


@pytest.fixture(params=["B", "R"])
def severity(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def covered(register: Path, tmp_path: Path, severity: str, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A home under the example register with a rule of coverage, where one period of three is missing."""
    monkeypatch.setenv("PIPEROLL_NOW", AT.replace(year=2021, month=6).isoformat())
    rule = f"    coverage: {{id: STOPS-V90, severity: {severity}, message: a force has sent nothing}}\n"
    copy = edited(register, tmp_path / "covered", (SOURCE, "    mode: ", f"{rule}    mode: "))
    space = Workspace(copy, tmp_path / "covered_home")
    put: Deliver = deliverer(space, tmp_path)
    put(period="2020Q3")
    put(period="2021Q1", seed=2)
    return space


@pytest.mark.parametrize("severity", ["B"], indirect=True)
def test_a_blocking_rule_holds_until_it_is_set_aside(
    covered: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UserError, match=r"PR-Q020 .*STOPS-V90.*\(met\)"):
        make(covered, NAME, "2020Q4", tmp_path / "out")
    assert not (tmp_path / "out").exists() and covered.journal.releases() == []
    (dataset,) = {f"{source.key}.{each.name}" for source, each in covered.register.datasets() if each.coverage}
    with pytest.raises(UserError, match="PR-Q022"):
        waive(covered, dataset, "2020Q4", "", "")
    waive(covered, dataset, "2020Q4", "Its system was replaced.", "Head of profession")
    made = make(covered, NAME, "2020Q4", tmp_path / "out")
    assert made.missing == ("met",)
    assert "Its system was replaced." in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert covered.journal.waivers()[0].suppliers == ("met",)
    with pytest.raises(SystemExit):
        main(["--register", str(covered.register.root), "--home", str(covered.home), "override", "list"])
    told = capsys.readouterr().out
    assert "STOPS-V90" in told and "Head of profession" in told


@pytest.mark.parametrize("severity", ["B"], indirect=True)
def test_an_answer_is_held_like_an_edition_and_a_draft_is_not(covered: Workspace) -> None:
    table = covered.publication(NAME).tables[0].name
    assert answer(covered, NAME, table, period="2020Q4", draft=True).without == ()
    with pytest.raises(UserError, match=r"PR-Q020 .*STOPS-V90.*\(met\)"):
        answer(covered, NAME, table, period="2020Q4")
    assert covered.journal.releases() == []
    (dataset,) = {f"{source.key}.{each.name}" for source, each in covered.register.datasets() if each.coverage}
    waive(covered, dataset, "2020Q4", "Its system was replaced.", "Head of profession")
    given = answer(covered, NAME, table, period="2020Q4")
    assert any("Its system was replaced." in each for each in given.without)


@pytest.mark.parametrize("severity", ["R"], indirect=True)
def test_a_rule_that_only_asks_blocks_nothing(covered: Workspace, tmp_path: Path) -> None:
    assert make(covered, NAME, "2020Q4", tmp_path / "out").missing == ("met",)
    (dataset,) = {f"{source.key}.{each.name}" for source, each in covered.register.datasets() if each.coverage}
    with pytest.raises(UserError, match="PR-Q021"):
        waive(covered, dataset, "2020Q4", "Why.", "Who")


@pytest.mark.parametrize("severity", ["B"], indirect=True)
def test_earlier_periods_of_which_nothing_came_block_no_edition_but_its_own_does(
    covered: Workspace, tmp_path: Path
) -> None:
    """Nothing came for 2020Q4: no total of it lacks a part, since there is none."""
    made = make(covered, NAME, "2021Q1", tmp_path / "out")
    assert made.missing == ("met",)
    missing = [Missing("met", dataset, "2020Q4") for dataset in _covered(covered)]
    assert [each.period for each in broken(covered, missing, Period.parse("2020Q4"))] == ["2020Q4"]
    assert [each.period for each in broken(covered, missing)] == ["2020Q4"]
    assert broken(covered, missing, Period.parse("2021Q1")) == []


def _covered(space: Workspace) -> set[str]:
    return {f"{source.key}.{each.name}" for source, each in space.register.datasets() if each.coverage}
