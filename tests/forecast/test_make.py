"""A declared forecast made from a home: read, recorded, projected, tried, written; the same bytes each time."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from piperoll.cli import main
from piperoll.errors import UserError
from piperoll.forecast.book import book_of
from piperoll.forecast.files import files_of
from piperoll.forecast.make import Projection, make
from piperoll.forecast.show import show
from piperoll.present.lint.files import lint_file
from piperoll.workspace import Workspace
from tests.forecast.conftest import NOW


@pytest.fixture(scope="module")
def found(register: Path, home: Path) -> Projection:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPEROLL_NOW", NOW)
        return make(Workspace(register, home), "stock", first="2011-11", tried=True)


@pytest.fixture(scope="module")
def files(found: Projection) -> dict[str, bytes]:
    return files_of(found)


def test_a_stock_is_what_the_records_say(found: Projection) -> None:
    assert [str(each) for each in (found.base, *found.months)] == [
        "2011-10",
        "2011-11",
        "2011-12",
        "2012-01",
        "2012-02",
    ]
    assert list(found.figures) == ["central", "more"]
    inflow = found.figures["central"][""].inflow
    assert inflow.tolist() == pytest.approx([20] * 4)
    assert found.figures["central"]["B"].inflow[0] == pytest.approx(12)
    assert found.figures["more"][""].inflow.tolist() == pytest.approx([30] * 4)
    # What came since is told, not used; and it is near what was said.
    truth = [found.seen[""][month] for month in found.months[:3]]
    assert None not in truth
    for said, true in zip(found.figures["central"][""].central, truth, strict=False):
        assert abs(said - (true or 0)) < 15


def test_nothing_later_than_the_month_before_is_used(found: Projection, space: Workspace) -> None:
    later = make(space, "stock", first="2012-02", scenarios=["central"], months=1)
    assert [each.name for each in later.scenarios] == ["central"]
    assert (
        later.taken.until(found.base).cohorts["A"].many.sum() == found.taken.until(found.base).cohorts["A"].many.sum()
    )
    assert later.fitted.starts["A"].ages.sum() != found.fitted.starts["A"].ages.sum()


def test_what_is_read_is_recorded(space: Workspace) -> None:
    before = len(list(space.journal.audit_entries()))
    make(space, "work")
    entries = list(space.journal.audit_entries())[before:]
    assert [each.action for each in entries] == ["forecast.make", "store.read"]


def test_a_workload_is_its_own_past(space: Workspace) -> None:
    made = make(space, "work")
    assert made.figures["central"][""].central.tolist() == pytest.approx([20] * 3)
    assert made.fitted.coming is not None
    assert "fewer than 36 months" in made.fitted.coming.way
    assert [str(month) for month in made.months] == ["2012-02", "2012-03", "2012-04"]


@pytest.mark.parametrize(
    ("key", "how", "said"),
    [
        ("stok", {}, r"PR-F011 .*Did you mean `stock`\?"),
        ("stock", {"scenarios": ["mor"]}, r"PR-F014 .*Did you mean `more`\?"),
        ("stock", {"first": "2012-03"}, "PR-F016 .*Jan 2010 to Jan 2012"),
        ("stock", {"first": "2010-01"}, "PR-F016"),
        ("stock", {"first": "2010-04"}, "PR-F012 .*3 are known up to Mar 2010"),
        ("stock", {"first": "soon"}, "PR-W001"),
    ],
)
def test_what_cannot_be_projected_is_refused(space: Workspace, key: str, how: dict, said: str) -> None:
    with pytest.raises(UserError, match=said):
        make(space, key, **how)


def test_before_anything_came(register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPEROLL_NOW", NOW)
    with pytest.raises(UserError, match=r"PR-F012 .*has come in yet"):
        make(Workspace(register, tmp_path / "home"), "stock")


def test_at_a_terminal(found: Projection) -> None:
    console = Console(width=120, record=True, file=io.StringIO())
    show(found, console)
    text = " ".join(console.export_text().split())
    for words in ("Open cases, projected from Nov 2011 to Feb 2012", "OFFICIAL.", "Projection, not statistics",
                  "Internal: made from exact figures", "Central (central)", "More cases (more)",
                  "Supposed: inflow 50% more from the first month. To see what more would do. Source: Made up for tests",
                  "Measured since", "Back-test", "MAE no change", "mean stay", "Note: Nobody is in it."):  # fmt: skip
        assert words in text, words


def test_the_files_say_what_they_are(found: Projection, files: dict[str, bytes], tmp_path: Path) -> None:
    assert set(files) >= {"index.html", "projection.ods", "projection.csv", "scenarios.csv", "backtest.csv", "inputs.csv",
                          "learnt.csv", "fan-central.svg", "fan-more.svg", "scenarios.svg", "manifest.json"}  # fmt: skip
    page = files["index.html"].decode()
    for words in ("Projection, not statistics", "OFFICIAL.", "Internal:", "More cases", "Made up for tests",
                  "mean absolute error", "seed "):  # fmt: skip
        assert words in page, words
    assert "<script" not in page
    assert "http" not in page.split("<main", 1)[1].split("data:image", 1)[0]
    rows = list(csv.DictReader(io.StringIO(files["projection.csv"].decode())))
    assert len(rows) == 2 * 3 * 4  # scenarios, the whole and two cohorts, months
    assert {row["central_status"] for row in rows} == {"f"}
    for row in rows:
        assert int(row["low95"]) <= int(row["low80"]) <= int(row["central"]) <= int(row["high80"]) <= int(row["high95"])
    first = rows[0]
    assert (first["scenario"], first["cohort_code"], first["month"]) == ("Central", "all", "2011-11")
    (tmp_path / "projection.ods").write_bytes(files["projection.ods"])
    assert list(lint_file(tmp_path / "projection.ods")) == []


def test_the_manifest_names_every_input_and_file(found: Projection, files: dict[str, bytes], register: Path) -> None:
    content = json.loads(files["manifest.json"])
    assert content["status"] == "projection, not statistics"
    assert [each["dataset"] for each in content["inputs"]] == ["cases.case", "cases.event"]
    assert {each["deliveries"] for each in content["inputs"]} == {2}
    assert content["base"] == "2011-10"
    assert len(content["seed_sha256"]) == 64
    declared = (register / "forecasts" / "stock.yaml").read_bytes()
    assert content["definition_sha256"] == hashlib.sha256(declared).hexdigest()
    assert content["files"] == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != "manifest.json"
    }


def test_no_person_is_in_any_file(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        assert b"Canary" not in data, name
        assert b"NN000001" not in data, name


def test_the_same_home_gives_the_same_bytes(files: dict[str, bytes], space: Workspace) -> None:
    again = files_of(make(space, "stock", first="2011-11", tried=True))
    assert {name for name in files if files[name] != again[name]} == set()


def test_another_seed_is_another_file(found: Projection, space: Workspace) -> None:
    declared = space.register.forecasts["stock"]
    changed = {"stock": replace(declared, seed=2)}
    space.register = replace(space.register, forecasts=changed)
    other = make(space, "stock", first="2011-11")
    assert other.seed_hash != found.seed_hash
    assert other.figures["central"][""].central.tolist() == found.figures["central"][""].central.tolist()
    assert other.figures["central"][""].low95.tolist() != found.figures["central"][""].low95.tolist()


def test_a_back_test_that_was_not_asked_for_has_no_table(space: Workspace) -> None:
    slugs = [table.slug for table in book_of(make(space, "work")).tables]
    assert slugs == ["projection", "scenarios", "learnt", "inputs"]


def test_the_command(register: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                     capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setenv("PIPEROLL_NOW", NOW)
    base = ["--register", str(register), "--home", str(home), "forecast", "stock"]
    out, file = tmp_path / "out", tmp_path / "new" / "stock.csv"
    with pytest.raises(SystemExit) as stop:
        main([*base, "--scenario", "more", "--months", "2", "--csv", str(file), "--out", str(out)])
    assert stop.value.code == 0
    told = capsys.readouterr().out
    assert "Projection, not statistics: open" in told
    assert "Back-test" in told
    assert file.read_bytes() == (out / "projection.csv").read_bytes()
    assert len(file.read_text(encoding="utf-8").splitlines()) == 1 + 2 * 3 * 2
    with pytest.raises(SystemExit) as stop:
        main([*base, "--scenario", "less"])
    assert stop.value.code == 26
    assert "PR-F014" in capsys.readouterr().err
