"""The page of open problems: queries behind them, owners, decisions; as text and as a page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from piperoll.cli import main
from piperoll.errors import UserError
from piperoll.picture.problems import COLUMNS, decide, listed, page, record
from piperoll.workspace import Workspace
from tests.picture.conftest import NOW


@pytest.fixture
def space(register: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A home of its own, since problems are written to it."""
    monkeypatch.setenv("PIPEROLL_NOW", NOW)
    return Workspace(register, shutil.copytree(home, tmp_path / "home"))


def test_a_problem_is_listed_with_its_queries(space: Workspace) -> None:
    queries = [each for each in space.queries() if each.source == "cases"]
    assert queries
    rule, office = queries[0].rule, queries[0].supplier
    known = {each.id for dataset in space.register.sources["cases"].datasets for each in dataset.rules}
    record(space, "cases", "Something <else>.", "B. Owner")
    made = record(space, "cases", "It comes late.", "A. Owner", office=office, rule=rule if rule in known else "")
    found = listed(space)
    assert {each.problem.id for each in found} == {"P1", "P2"}
    mine = next(each for each in found if each.problem.id == made.id)
    expected = sum(q.supplier == office and q.rule == made.rule for q in queries)
    assert mine.queries == expected and len(mine.cells) == len(COLUMNS)
    assert "Something &lt;else&gt;." in page(found) and "<else>" not in page(found)


def test_a_decision_and_its_day_are_shown_and_a_closed_problem_is_not(space: Workspace) -> None:
    record(space, "cases", "It comes late.", "A. Owner")
    decide(space, "P1", decision="Ask once more.", owner="C. Owner")
    (one,) = listed(space, "cases")
    assert one.cells[-3:] == ("C. Owner", "Ask once more.", space.now().date().isoformat())
    decide(space, "P1", decision="It comes.", state="closed")
    assert listed(space) == [] and len(listed(space, closed=True)) == 1


def test_what_is_not_declared_is_refused(space: Workspace) -> None:
    with pytest.raises(UserError, match="PR-W005"):
        record(space, "nothing", "Wrong.", "A. Owner")
    with pytest.raises(UserError, match="PR-Q025"):
        record(space, "cases", "Wrong.", "A. Owner", rule="CASES-V99")
    assert space.journal.problems() == []


def test_by_command(space: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str) -> str:
        with pytest.raises(SystemExit) as stopped:
            main(["--register", str(space.register.root), "--home", str(space.home), "problem", *words])
        assert not stopped.value.code
        return capsys.readouterr().out

    assert (
        run("open", "cases", "--what", "It comes late.", "--owner", "A. Owner")
        == "Problem P1 of cases, owned by A. Owner.\n"
    )
    assert run("decide", "P1", "--decision", "Wait.") == "Problem P1 is open, owned by A. Owner.\n"
    out = tmp_path / "problems.html"
    told = run("list", "--html", str(out))
    assert "decision: Wait." in told and "1 problem open." in told
    assert "It comes late." in out.read_text(encoding="utf-8")
