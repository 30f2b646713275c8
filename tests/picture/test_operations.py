"""Operational measures of a source from its deliveries: months, gaps, targets, CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from piperoll.cli import main
from piperoll.errors import UserError
from piperoll.picture import operations
from piperoll.picture.operations import Operations
from piperoll.picture.report import csv_text, show
from piperoll.register.model.facts import Entry
from piperoll.register.model.facts.entry import Use
from piperoll.workspace import Workspace
from tests.picture.conftest import NOW


def values(found: Operations, measure: str, of: str = "") -> list[tuple[str, float | None, str]]:
    (chosen,) = [each for each in found.measured if each.measure.name == measure]
    return [(str(each.month), each.value, each.mark) for each in chosen.of(of)]


def test_the_last_months_with_what_is_missing(space: Workspace) -> None:
    found = operations(space, "cases")
    assert len(found.months) == 13
    assert str(found.months[-1]) == "2012-03"
    # In February the North is missing, in March the South: no figure, and no nought.
    assert values(found, "opened")[-3:] == [("2012-01", 3, ""), ("2012-02", None, "x"), ("2012-03", None, "x")]
    assert values(found, "amount")[-3] == ("2012-01", 20.0, "")
    statuses = [each.status for each in found.measured[0].of()]
    assert statuses[-3:] == ["met", "", ""]


def test_by_supplier_only_the_missing_one_lacks_a_figure(space: Workspace) -> None:
    found = operations(space, "cases", period="2012Q1", by="supplier")
    assert values(found, "opened", "north") == [("2012-01", 2, ""), ("2012-02", None, "x"), ("2012-03", 1, "")]
    assert values(found, "opened", "south") == [("2012-01", 1, ""), ("2012-02", 1, ""), ("2012-03", None, "x")]
    assert found.names["north"] == "Office of the North"


def test_by_office(space: Workspace) -> None:
    found = operations(space, "cases", period="2012-01", by="office")
    assert values(found, "opened", "E1") == [("2012-01", 2, "")]
    assert values(found, "opened", "E2") == [("2012-01", 1, "")]


def test_the_read_is_recorded(space: Workspace) -> None:
    before = len(list(space.journal.audit_entries()))
    operations(space, "cases")
    actions = [each.action for each in list(space.journal.audit_entries())[before:]]
    assert actions == ["monitor.read", "store.read"]


@pytest.mark.parametrize(
    ("key", "how", "code"),
    [
        ("stock", {}, "PR-Q008"),
        ("cases", {"only": ("openned",)}, "PR-Q008"),
        ("cases", {"period": "2009"}, "PR-Q010"),
        ("cases", {"ahead": 3}, "PR-Q011"),
        ("nothing", {}, "PR-W005"),
    ],
)
def test_what_cannot_be_measured_is_refused(space: Workspace, key: str, how: dict[str, object], code: str) -> None:
    with pytest.raises(UserError) as caught:
        operations(space, key, **how)
    assert caught.value.code == code


def test_before_anything_came(register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPEROLL_NOW", NOW)
    with pytest.raises(UserError, match="PR-Q010 Nothing that `cases` measures has come in yet"):
        operations(Workspace(register, tmp_path / "home"), "cases")


@pytest.mark.parametrize("by", ["", "supplier"])
def test_at_a_terminal(space: Workspace, by: str) -> None:
    console = Console(width=100, record=True, file=io.StringIO())
    show(operations(space, "cases", period="2012Q1", by=by), console)
    text = console.export_text()
    for words in ("Cases: operational measures", "Jan 2012 to Mar 2012", "Workload in",
                  "[x] not available: a supplier is missing", "Missing: Office of the South for 2012-03.",
                  "Target of cases opened: at least 3 cases.", "Source: The plan of the office.",
                  "Note: Made up for tests."):  # fmt: skip
        assert words in text, words


def test_as_csv(space: Workspace) -> None:
    found = list(csv.DictReader(io.StringIO(csv_text(operations(space, "cases", period="2012Q1")))))
    opened = [each for each in found if each["measure"] == "opened"]
    assert [(each["month"], each["value"], each["mark"], each["status"], each["missing"]) for each in opened] == [
        ("2012-01", "3", "", "met", ""), ("2012-02", "", "x", "", "north"), ("2012-03", "", "x", "", "south")]  # fmt: skip
    assert {(each["target"], each["direction"]) for each in opened} == {("3", "at_least")}
    amounts = [each["value"] for each in found if each["measure"] == "amount"]
    assert amounts == ["20.00", "", ""]


def test_the_command_writes_the_csv(register: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                    capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setenv("PIPEROLL_NOW", NOW)
    out = tmp_path / "new" / "cases.csv"
    words = ["monitor", "cases", "--measure", "opened", "--period", "2012-01", "--csv", str(out)]
    with pytest.raises(SystemExit) as stop:
        main(["--register", str(register), "--home", str(home), *words])
    assert stop.value.code == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2
    assert "Canary" not in capsys.readouterr().out


def test_a_forecast_of_too_little_says_why(space: Workspace) -> None:
    cases = space.register.sources["cases"]
    used = replace(cases, entry=Entry(applications=(Use("forecasting"),)))
    space.register = replace(space.register, sources={**space.register.sources, "cases": used})
    found = operations(space, "cases", ahead=3)
    (expected,) = found.expected
    assert expected.why_not.startswith("A forecast needs 36 months")
    console = Console(width=100, record=True, file=io.StringIO())
    show(found, console)
    assert "No forecast of cases opened: A forecast needs" in console.export_text()
