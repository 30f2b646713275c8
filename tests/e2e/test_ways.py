"""Each way of collection, over the register itself: simulated, collected, shown, and every row accounted for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from piperoll.cli import program
from piperoll.simulate.account import account, read_truth
from piperoll.simulate.gather import gather
from piperoll.simulate.post import reachable
from piperoll.workspace import Workspace


pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[2]
SMALL = ["--scale", "0.005", "--persons", "0.001", "--from", "2012-03", "--to", "2012-03", "--persons-from", "2012-03"]
# Sources some of whose suppliers use another way than files; of the others nothing need be collected here.
SOURCES = ("fmpo", "fta", "iaps", "language", "mappa", "pnd", "tribunals")
WAYS = {"mail", "spreadsheet", "entry", "paper"}

Run = Callable[..., str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ways") / "home"


@pytest.fixture(scope="module")
def told(home: Path) -> str:
    """What the table of sources shows once everything was taken in."""

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(program, ["--register", str(ROOT / "justice"), "--home", str(home), *arguments])
        assert done.exit_code in (0, 16), done.output
        return done.output

    run("simulate", *SMALL, "--ways-from", "2012-03")
    for path in (home / "inbox").rglob("*_*"):
        if path.name.partition("_")[0] not in SOURCES:
            path.unlink()
    run("collect", "--quiet", str(home / "inbox"))
    run("collect", "--quiet", "--mailbox", f"maildir:{home}/post/mail")
    if (home / "post" / "iaps.sqlite").exists():
        run("collect", "--quiet", "--database", "iaps", "--period", "2012-03")
    run("enter-lists", f"{home}/post/enter", "--as", "first", "--second-as", "second")
    return run("deliveries", "--by-source")


def test_the_table_shows_the_way_that_each_delivery_took(told: str) -> None:
    last = told.splitlines()[-1]
    by_way = {way: int(count) for count, way in re.findall(r"(\d+) by (\w+)", last)}
    assert WAYS | {"file"} <= set(by_way) and all(by_way.values())
    assert last.startswith("7 of 34 sources have sent")
    of_fta = told[told.index("\nfta") : told.index("\npnd")]
    assert [line[14:28].strip() for line in of_fta.strip().splitlines()] == ["file", "mail", "spreadsheet"]
    assert re.search(r"^fmpo +entry ", told, re.MULTILINE) and re.search(r"^ +paper ", told, re.MULTILINE)


@pytest.mark.skipif(not reachable(), reason="no ODBC driver for SQLite is here")
def test_the_national_database_is_read(told: str, home: Path) -> None:
    _, files = read_truth(home / "truth")
    sent = files.filter(way="database").height
    assert sent and re.search(rf"^iaps +database .* {sent} ", told, re.MULTILINE)


def test_no_row_of_any_way_is_lost_and_each_says_that_it_is_simulated(told: str, home: Path) -> None:
    space = Workspace(ROOT / "justice", home)
    _, files = read_truth(home / "truth")
    done = account(home / "truth", **gather(space.journal, space.register, files))
    other = done.files.filter((done.files["way"] != "file") & (done.files["file"] != ""))
    assert set(other["way"]) >= WAYS
    assert other.filter(~other["balanced"])["file"].to_list() == []
    typed = other.filter(other["way"].is_in(["entry", "paper", "spreadsheet", "database"]))
    assert typed["rows_written"].sum() == typed["rows_kept"].sum() > 30
    deliveries = space.journal.deliveries(receipts=False)
    assert {each.id for each in deliveries} == space.journal.simulated()
