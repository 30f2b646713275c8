"""`piperoll link check`, `sample`, `judge` and `compare`: how good a linkage of files is, by the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from piperoll.cli import main
from tests.link.people import people


SPEC = """
record: id
fields: {forename: , surname: , dob: , postcode: , number: {kind: identifier}}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records of 300 people in people.csv, linked into `linked`."""
    made = tmp_path_factory.mktemp("commands")
    people(300, 4, twice=0.8, slips=0.15).drop("case").write_csv(made / "people.csv")
    (made / "spec.yaml").write_text(SPEC)
    with pytest.raises(SystemExit) as stopped:
        main(["--home", str(made / "home"), "link", "files", str(made / "spec.yaml"), str(made / "people.csv"), "--out",
              str(made / "linked"), "--threads", "1"])  # fmt: skip
    assert not stopped.value.code
    return made


@pytest.fixture
def link(place: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def go(*words: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stopped:
            main(["--home", str(place / "home"), "link", *map(str, words)])
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out + told.err

    return go


def test_check_holds_a_field_out(place: Path, link: Callable[..., tuple[int, str]]) -> None:
    status, told = link("check", place / "spec.yaml", place / "people.csv", "--hold-out", "number")
    assert status == 0
    assert "Linked without `number` and held against it" in told
    status, told = link("check", place / "spec.yaml", place / "people.csv", "--hold-out", "numbr")
    assert status != 0
    assert "PR-L018" in told
    assert "number" in told


def test_a_sample_is_judged(place: Path, link: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    sheet = tmp_path / "sample.csv"
    status, told = link("sample", place / "linked", "--each", 20, "--out", sheet)
    assert status == 0
    assert "pairs to judge" in told
    drawn = pl.read_csv(sheet, infer_schema=False)
    assert {"surname_l", "surname_r", "stratum", "in_stratum", "verdict"} <= set(drawn.columns)
    assert drawn.group_by("stratum").len()["len"].max() == 20
    # a clerk who knows the truth
    truth = dict(pl.read_csv(place / "people.csv", infer_schema=False).select("id", "truth").iter_rows())
    same = [truth[one] == truth[other] for one, other in drawn.select("record_l", "record_r").iter_rows()]
    drawn.with_columns(verdict=pl.Series(["match" if each else "non-match" for each in same])).write_csv(sheet)
    status, told = link("judge", sheet)
    assert status == 0
    precision = float(told.split("together: ")[1].split()[0])
    recall = float(told.split("kept: ")[1].split()[0])
    assert 0.95 < precision <= 1
    assert 0.9 < recall <= 1


def test_an_empty_sheet_and_what_is_none_are_refused(
    place: Path, link: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    link("sample", place / "linked", "--out", tmp_path / "sample.csv")
    for name in ("sample.csv", "nothing.csv"):
        status, told = link("judge", tmp_path / name)
        assert status != 0
        assert "PR-L019" in told


def test_results_are_compared(place: Path, link: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    status, told = link("compare", place / "linked", place / "linked")
    assert status == 0
    assert told.startswith("Both say the same of")
    other = pl.read_parquet(place / "linked" / "clusters.parquet").with_columns(person=pl.col("record"))
    other.write_parquet(tmp_path / "clusters.parquet")
    status, told = link("compare", place / "linked", tmp_path, "--out", tmp_path / "rows.parquet")
    assert status == 0
    assert "are of persons that differ" in told
    linked = pl.read_parquet(place / "linked" / "clusters.parquet")
    several = linked.filter(pl.len().over("person") > 1)
    assert pl.read_parquet(tmp_path / "rows.parquet").height == several.height
