"""``piperoll merge`` on deliveries that were collected: every record accounted for, nothing restricted told."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from piperoll.workspace import Workspace
from tests.e2e.conftest import ROOT, STYLED, World, piperoll


MONTHS = [f"2012-0{month}" for month in range(1, 7)]
needs_style = pytest.mark.skipif(not STYLED, reason="the stylesheet is made at set-up")


def account(folder: Path) -> list[dict[str, str]]:
    with (folder / "account.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_merges_are_listed(clean: World) -> None:
    listed = piperoll(clean.home, "merge")
    assert all(f"{key}: " in listed for key in Workspace(ROOT / "justice", clean.home).register.merges)


@needs_style
def test_claims_of_a_world_without_faults_are_those_of_the_truth(clean: World, tmp_path: Path) -> None:
    piperoll(clean.home, "merge", "possession_claims", "--out", tmp_path)
    truth = pl.read_parquet(clean.home / "truth" / "claims.parquet").filter(
        pl.col("claim_type").is_in(["POSS_MORT", "POSS_LL"]) & pl.col("deleted").is_null()
    )
    true = Counter(truth["issue_date"].dt.strftime("%Y-%m"))
    rows = account(tmp_path)
    for month in MONTHS[:-1]:
        mine = {each["side"]: each for each in rows if each["month"] == month}
        assert int(mine["caseman"]["merged"]) == true[month]
        assert mine["pcol"]["paired"] == mine["pcol"]["rows"] and mine["pcol"]["unexplained"] == "0"
    assert (tmp_path / "index.html").is_file()


@needs_style
def test_with_faults_every_record_is_still_accounted_for(spoilt: World, tmp_path: Path) -> None:
    told = piperoll(spoilt.home, "merge", "possession_claims", "--period", "2012", "--out", tmp_path)
    rows = account(tmp_path)
    assert {each["month"] for each in rows} == set(MONTHS)
    for each in rows:
        parts = sum(int(each[name]) for name in ("paired", "alone", "explained", "unexplained"))
        assert parts == int(each["rows"])
    assert sum(int(each["explained"]) for each in rows) > 0
    claims = pl.read_parquet(spoilt.home / "truth" / "claims.parquet")["claim_number"]
    texts = [told, *(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())]
    assert [number for number in claims for text in texts if number in text] == []


def test_the_read_is_in_the_audit(clean: World) -> None:
    piperoll(clean.home, "merge", "possession_claims", "--period", "2012-05")
    space = Workspace(ROOT / "justice", clean.home)
    acts = [each.action for each in space.journal.audit_entries()]
    assert "merge.read" in acts


def test_what_cannot_be_merged_is_told_with_a_code(
    clean: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert piperoll(clean.home, "merge", "possesion_claims", status=(17,)) == ""
    assert piperoll(clean.home, "merge", "possession_claims", "--period", "2003", status=(17,)) == ""
    assert piperoll(tmp_path / "empty", "merge", "deaths", status=(17,)) == ""
