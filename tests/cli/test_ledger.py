"""`piperoll ledger` and what `piperoll table` says of an answer, as a user meets them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import piperoll.cli as command_line
from piperoll.workspace import Workspace
from tests.searches import NAME, REGISTER, UNROUNDED, edited


NOW = "2020-11-01T09:30:00+00:00"
Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example register with exact counts."""
    return edited(REGISTER, tmp_path_factory.mktemp("exact") / "register", UNROUNDED)


@pytest.fixture
def run(register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIPEROLL_NOW", NOW)

    def call(*words: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stop:
            command_line.main(["--register", str(register), "--home", str(tmp_path / "home"), *map(str, words)])
        told = capfd.readouterr()
        return int(stop.value.code or 0), told.out + told.err

    return call


def collected(run: Run, tmp_path: Path) -> None:
    """40 white, 35 black and 3 Asian people searched in July."""
    names = (
        "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
        "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
        "Outcome linked to object of search,Removal of more than just outer clothing"
    )
    counts = {
        "White - Irish": 40,
        "Black/African/Caribbean/Black British - African": 35,
        "Asian/Asian British - Indian": 3,
    }
    rows = [
        f"Person search,2020-07-{day % 28 + 1:02}T10:{day // 28:02}:{minute:02}+00:00,False,,51.5,-0.1,Male,18-24,{ethnicity},"
        f"White,Misuse of Drugs Act 1971 (section 23),Controlled drugs,Arrest,,False"
        for minute, (ethnicity, number) in enumerate(counts.items())
        for day in range(number)
    ]  # fmt: skip
    (tmp_path / "2020-07-metropolitan-stop-and-search.csv").write_text(
        "\n".join([names, *rows]) + "\n", encoding="utf-8"
    )
    status, told = run("collect", tmp_path / "2020-07-metropolitan-stop-and-search.csv", "--source", "stop_search",
                       "--dataset", "search", "--supplier", "met", "--period", "2020Q3", "--quiet")  # fmt: skip
    assert status == 0, told


def test_two_questions(run: Run, tmp_path: Path) -> None:
    collected(run, tmp_path)
    status, told = run("table", NAME, "arrests", "--period", "2020-07", "--where", "group=*", "--for", "A council")
    assert status == 0 and told.endswith(f"and entered in the ledger as {NAME}/2020-07/A1.\n")
    status, told = run("table", NAME, "arrests", "--period", "2020-07", "--where", "total=*")
    assert status == 19 and "PR-P073" in told and "Traceback" not in told
    assert "[searches, 2020-07] is published as 78" in told and "[searches, asian, 2020-07] is exactly 3." in told
    status, told = run("table", NAME, "arrests", "--period", "2020-07", "--where", "total=*", "--draft")
    assert status == 0 and "This is a draft" in told and "may not be given out" in told
    status, told = run("table", NAME, "arrests", "--period", "2020-07", "--where", "group=*")
    assert status == 0 and told.endswith("Every figure of it was published before.\n")
    status, told = run(
        "table", NAME, "arrests", "--period", "2020-07", "--where", "total=*", "--format", "csv", "--draft"
    )
    assert status == 0 and told.startswith("period,") and "This is a draft" in told


def test_import_show_and_verify(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "before.csv"
    path.write_text(
        "measure,period,ethnicity,value,status\nsearches,2019-07,white,40,\nsearches,2019-07,black,3,\n"
        "searches,2019-07,asian,,c\n",
        encoding="utf-8",
    )
    words = ("ledger", "import", path, "--publication", NAME, "--from", "Annual report")
    status, told = run(*words)
    assert status == 0 and f"{NAME}/2019-07/I1: 3 cells, 1 of them hidden." in told
    assert "1 counts in it are smaller than the policy would show" in told
    status, told = run(*words)
    assert status == 0 and "holds these files already: nothing was done." in told
    status, told = run("ledger", "show")
    assert status == 0 and "0 releases, 0 answers, 1 imports; 3 different cells." in told
    line = next(line for line in told.splitlines() if line.startswith(f"{NAME}/2019-07/I1"))
    assert line.split()[1:3] == ["import", "2020-11-01"] and line.endswith("3       1  Annual report")
    status, told = run("ledger", "show", f"{NAME}/2019-07/I1")
    assert status == 0 and told.splitlines()[1] == "before,searches,ethnicity=white,,2019-07,40,"
    status, told = run("ledger", "verify")
    assert status == 0 and told.count("holds") == 2


def test_what_cannot_be_taken_in_has_its_status(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("measure,period,value\nsearches,2019-07,x\n", encoding="utf-8")
    status, told = run("ledger", "import", tmp_path / "bad.csv", "--publication", NAME)
    assert status == 20 and "PR-E041 bad row 2: `value`: 'x' is no number." in told and "docs/errors/PR-E041.md" in told
    status, told = run("ledger", "show", "none")
    assert status == 12 and "PR-J013" in told


def test_a_tampered_ledger_fails(run: Run, tmp_path: Path, register: Path) -> None:
    (tmp_path / "before.csv").write_text("measure,period,value\nsearches,2019-07,44\n", encoding="utf-8")
    run("ledger", "import", tmp_path / "before.csv", "--publication", NAME)
    journal = Workspace(register, tmp_path / "home").journal
    with journal.connection.cursor() as cursor:
        cursor.execute("UPDATE journal_published SET value = '45'")
    status, told = run("ledger", "verify")
    assert status == 20 and f"PR-E045 {NAME}/2019-07/I1: its cells are not those that were recorded." in told
