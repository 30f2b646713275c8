"""``piperoll simulate`` from the command line, and the page of every error code of this room."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from piperoll.cli import program
from piperoll.errors import UserError


ROOT = Path(__file__).parents[2]


def call(home: Path, *arguments: str) -> Result:
    top = ["--register", str(ROOT / "justice"), "--home", str(home), "simulate"]
    return CliRunner().invoke(program, [*top, *arguments])


def test_it_writes_deliveries_and_truth_into_the_home(tmp_path: Path) -> None:
    small = (
        "--scale",
        "0.01",
        "--from",
        "2008-01",
        "--to",
        "2008-02",
        "--persons",
        "0.001",
        "--persons-from",
        "2008-02",
    )
    done = call(tmp_path / "home", *small)
    assert done.exit_code == 0, done.output
    assert "caseman.claim:" in done.output and "pcol.pcol_claim:" in done.output
    assert "libra.mc_defendant:" in done.output and "pnc.pnc_person:" in done.output
    assert not list((tmp_path / "home" / "inbox").rglob("libra_*_2008-01.csv"))
    truth = tmp_path / "home" / "truth"
    tables = {path.name for path in truth.iterdir()}
    assert {f"{each}.parquet" for each in ("claims", "people", "person_records", "files", "faults")} < tables
    sent = pl.read_parquet(truth / "files.parquet").filter(pl.col("file") != "")
    assert sent["rows_true"].sum() > 800
    again = call(tmp_path / "home", *small)
    assert again.exit_code == 0 and "there already" in again.output
    other = call(tmp_path / "home", *small, "--seed", "2")
    assert isinstance(other.exception, UserError) and other.exception.code == "PR-M006"


def test_after_a_month_some_sources_alone_send_of_the_same_world(tmp_path: Path) -> None:
    small = ("--scale", "0.01", "--from", "2008-01", "--to", "2008-03", "--persons", "0")
    all_, some = tmp_path / "all", tmp_path / "some"
    assert call(all_, *small).exit_code == 0
    done = call(some, *small, "--only", "pcol", "--only-after", "2008-01")
    assert done.exit_code == 0, done.output
    sent = {home: {path.name: path.read_bytes() for path in (home / "inbox").rglob("*_20*")} for home in (all_, some)}
    assert sent[some] == {
        name: content
        for name, content in sent[all_].items()
        if name.startswith("pcol") or name.partition(".")[0].endswith("_2008-01")
    }
    assert any("caseman" in name and "2008-02" in name for name in sent[all_])
    one, other = (pl.read_parquet(home / "truth" / "claims.parquet") for home in (all_, some))
    assert one.equals(other) and one.height


def test_a_month_after_which_is_for_those_that_alone_send(tmp_path: Path) -> None:
    done = call(tmp_path, "--only-after", "2008-01")
    assert done.exit_code == 2 and "--only-after is for --only" in done.output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--world", "narnia"), "PR-M001"),
        (("--scale", "0"), "PR-M002"),
        (("--persons", "1.5"), "PR-M002"),
        (("--persons", "-0.1"), "PR-M002"),
        (("--from", "2010", "--to", "2011"), "PR-M003"),
        (("--persons-from", "2011Q3"), "PR-M003"),
        (("--faults", "nowhere.yaml"), "PR-M005"),
        (("--only", "pcol,narnia"), "PR-M011"),
        (("--only", " , "), "PR-M011"),
        (("--from", "May"), "PR-W001"),
    ],
)
def test_mistakes_are_told_before_anything_is_written(arguments: tuple[str, ...], code: str, tmp_path: Path) -> None:
    done = call(tmp_path / "home", *arguments)
    assert isinstance(done.exception, UserError) and done.exception.code == code
    assert not (tmp_path / "home" / "inbox").exists()


def test_every_code_of_this_room_has_a_page() -> None:
    sources = [*(ROOT / "src/piperoll/simulate").rglob("*.py"), *(ROOT / "src/justice_world").rglob("*.py")]
    codes = {code for path in sources for code in re.findall(r"PR-M\d{3}", path.read_text(encoding="utf-8"))}
    assert len(codes) == 11
    for code in codes:
        page = (ROOT / "docs/errors" / f"{code}.md").read_text(encoding="utf-8")
        assert page.startswith(f"# {code}: ") and "## When it occurs" in page and "## How to fix" in page
