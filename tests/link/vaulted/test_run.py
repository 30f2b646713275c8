"""Linkages of the register, run from the vault: who is who by tokens alone, run after run."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from piperoll.link.evaluate.sensitivity import BAND
from piperoll.link.vaulted.sensitivity import sensitivity
from piperoll.workspace import Workspace
from tests.link.vaulted.conftest import ROOT, SOURCES, TIMELINESS, Home


pytestmark = pytest.mark.slow
JUSTICE = ROOT / "justice"


def clusters(linked: Home, number: int) -> pl.DataFrame:
    return pl.read_parquet(linked.home / "link" / "offenders" / f"{number:04d}" / "clusters.parquet")


def changes(linked: Home, number: int) -> pl.DataFrame:
    return pl.read_parquet(linked.home / "link" / "offenders" / f"{number:04d}" / "changes.parquet")


def together(frame: pl.DataFrame) -> set[tuple[str, ...]]:
    """Who is with whom."""
    named = frame.select("person", name=pl.concat_str("file", pl.lit(":"), "record"))
    return {tuple(each) for each in named.group_by("person").agg(pl.col("name").sort())["name"].to_list()}


def test_runs_are_numbered_and_only_the_first_has_nobody_to_compare_with(linked: Home) -> None:
    place = linked.home / "link" / "offenders"
    assert sorted(path.name for path in place.iterdir()) == ["0001", "0002", "0003", "0004"]
    assert [(place / f"000{n}" / "changes.parquet").exists() for n in (1, 2, 3, 4)] == [False, True, True, True]
    for path in place.iterdir():
        assert path.stat().st_mode & 0o077 == 0
        told = json.loads((path / "model.json").read_text())
        assert told["linkage"] == "offenders"
        assert {"vintage", "register"} <= set(told)


def test_records_are_named_by_tokens(linked: Home) -> None:
    frame = clusters(linked, 2)
    assert set(frame["file"]) == {"libra", "crest", "pnc", "nomis", "probation", "iaps", "oasys"}
    people = frame.filter(pl.col("file") == "pnc")["record"]
    assert people.str.contains("^[0-9a-f]{32}$").all()
    assert frame["record"].str.contains("[0-9a-f]{32}").all()
    assert frame.select("file", "record").is_unique().all()
    # several records of most persons who are in several systems
    assert 0.3 * frame.height < frame["person"].n_unique() < 0.9 * frame.height


def test_new_records_leave_old_persons_their_names(linked: Home) -> None:
    before, after = clusters(linked, 1), clusters(linked, 2)
    both = before.join(after, on=["file", "record"], suffix="_now")
    assert both.height == before.height < after.height
    moved = both.filter(pl.col("person") != pl.col("person_now"))
    told = changes(linked, 2).filter(pl.col("change").is_in(["merged", "split"]))
    assert moved.height <= 0.01 * both.height
    assert set(moved["person"]) <= {*told["person"], *told["other"]}
    new = changes(linked, 2).filter(pl.col("change") == "new")["person"]
    assert set(after["person"]) - set(before["person"]) >= set(new)
    assert len(new) > 0


def test_a_run_with_nothing_new_changes_nothing(linked: Home) -> None:
    assert clusters(linked, 3).equals(clusters(linked, 2))
    assert changes(linked, 3).height == 0
    assert sum("Since the run before: no change." in each for each in linked.printed) >= 1


def test_anew_persons_keep_their_names(linked: Home) -> None:
    before, after = clusters(linked, 3), clusters(linked, 4)
    assert after.select("file", "record").equals(before.select("file", "record"))
    same = together(before) & together(after)
    assert len(same) > 0.95 * before["person"].n_unique()
    named = [dict(frame.select(pl.concat_str("file", pl.lit(":"), "record"), "person").iter_rows())
             for frame in (before, after)]  # fmt: skip
    assert all(named[0][each[0]] == named[1][each[0]] for each in same)
    told = changes(linked, 4).filter(pl.col("change") != "split")["person"]
    assert set(told.to_list()) >= set(before["person"]) - set(after["person"])


def test_most_records_of_the_crown_court_are_matched(linked: Home) -> None:
    place = linked.home / "link" / "court_cases" / "0002"
    rates = pl.read_parquet(place / "rates.parquet")
    every = rates.row(0, named=True)
    assert every["group"] == "all"
    assert every["records"] > 50
    assert every["rate"] == every["matched"] / every["records"] > 0.85
    courts = rates[1:]
    assert courts["records"].sum() == every["records"]
    assert courts["matched"].sum() == every["matched"]
    matches = pl.read_parquet(place / "matches.parquet")
    assert matches.height == every["matched"]
    assert matches["record"].is_unique().all()
    assert matches["record_other"].is_unique().all()
    cases = pl.read_parquet(place / "cases.parquet")
    assert cases["records"].sum() == matches.height
    told = json.loads((place / "model.json").read_text())
    assert sum(each["matched"] for each in told["steps"]) == matches.height


def test_reading_the_vault_and_linking_are_recorded(linked: Home) -> None:
    with sqlite3.connect(linked.home / "journal.sqlite3") as base:
        lines = [line for line in base.iterdump() if line.startswith("INSERT")]
    base.close()
    for purpose, run, times in (("plan offenders", "link.plan", 1), ("linkage offenders", "link.run", 4),
                                ("linkage court_cases", "link.run", 2)):  # fmt: skip
        for action in ("vault.read", run):
            assert sum(f"'{action}'" in line and f"'{purpose}'" in line for line in lines) == times, (action, purpose)
    assert any("'link.run'" in line and '"pnc":' in line for line in lines)  # with how many records
    assert sum("'link.plan'" in line for line in lines) == 1
    assert sum("'link.run'" in line for line in lines) == 6
    assert sum("'link.dataset'" in line for line in lines) == 6


# --- the store's dataset ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(linked: Home) -> Workspace:
    return Workspace(JUSTICE, linked.home)


def test_runs_are_datasets_of_the_store_that_join_to_what_was_linked(linked: Home, store: Workspace) -> None:
    last = clusters(linked, 4)
    persons = store.records("linked.person")
    assert persons.height == last.height
    assert persons["person"].n_unique() == last["person"].n_unique()
    people = store.records("pnc.pnc_person")
    assert people.join(persons.filter(dataset="pnc.pnc_person"), left_on="pnc_id", right_on="record").height > 0
    pairs = store.records("linked.court_case")
    matches = pl.read_parquet(linked.home / "link" / "court_cases" / "0002" / "matches.parquet")
    assert pairs.height == matches.height
    assert sorted(pairs["step"] - 1) == sorted(matches["step"])
    below = store.records("libra.mc_defendant").unique(["case_no", "def_id"])
    keys = {"libra_case_no": "case_no", "libra_def_id": "def_id"}
    assert pairs.join(below, left_on=list(keys), right_on=list(keys.values())).height == pairs.height
    above = store.records("crest.cc_defendant")
    on = ["court_code", "case_no", "def_no"]
    assert pairs.join(above, left_on=[f"crest_{each}" for each in on], right_on=on).height == pairs.height


def test_pseudonyms_stay_with_their_persons_from_run_to_run(linked: Home, store: Workspace) -> None:
    moments = [each.sequence for each in store.journal.deliveries() if each.dataset == "person"]
    assert len(moments) == 4
    kept = [store.records("linked.person", moment).select("dataset", "record", "person") for moment in moments]
    assert kept[1].equals(kept[2])
    both = kept[0].join(kept[1], on=["dataset", "record"], suffix="_now")
    assert both.height == kept[0].height < kept[1].height
    assert (both["person"] == both["person_now"]).mean() > 0.98
    assert not set(kept[1]["person"]) & set(clusters(linked, 2)["person"])


def test_timeliness_is_counted_from_the_last_run_and_not_without(linked: Home) -> None:
    first, second = linked.refusals
    assert "PR-T010" in first
    assert "piperoll link run court_cases" in first
    assert "PR-T011" in second
    assert "libra.mc_defendant" in second
    frame = pl.read_csv(linked.run(*TIMELINESS).encode(), infer_schema=False)
    rows = {row["court_code"]: row for row in frame.filter(pl.col("measured") != "[x]").to_dicts()}
    counts = {court: int(row["measured"]) for court, row in rows.items()}
    assert counts["all"] == counts["MAGISTRATES"] + counts["CROWN"]
    assert counts["MAGISTRATES"] > 100
    days = {court: float(row["mean_in_all"]) for court, row in rows.items()}
    assert days["MAGISTRATES"] < days["all"] + 1 < days["CROWN"]


def test_a_run_from_the_vault_is_counted_over_the_band(linked: Home) -> None:
    told = linked.run("link", "sensitivity", "offenders")
    found = sensitivity(linked.home, "offenders")
    last = pl.read_parquet(linked.home / "link" / "offenders" / "0004" / "clusters.parquet")
    persons = found["persons"]
    assert set(BAND) <= set(persons.thresholds)
    assert list(persons.values) == sorted(persons.values)
    at = persons.values[persons.thresholds.index(0.95)]
    assert at == pytest.approx(last["person"].n_unique(), rel=0.01)
    each = found["records per person"].values[persons.thresholds.index(0.95)]
    assert each == pytest.approx(last.height / at)
    assert {name for name in found if name.startswith("matched ")} == {f"matched {name}" for name in set(last["file"])}
    assert all(0 <= value <= 1 for name, moved in found.items() if name.startswith("matched") for value in moved.values)
    assert "0.95*" in told
    assert f"{at:,.0f}" in told


# --- nothing that names anybody ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def secrets(linked: Home) -> frozenset[str]:
    """Names, numbers and dates of birth that the seven systems sent."""
    found: set[str] = set()
    columns = ("surname", "pnc_id", "cro", "asn", "ptiurn", "noms_no", "prison_number", "crn", "dob", "postcode",
               "forename", "forenames")  # fmt: skip
    for path in sorted((linked.home / "inbox").rglob("*.csv")):
        if path.name.startswith(SOURCES):
            frame = pl.read_csv(path, infer_schema=False)
            for name in columns:
                found |= set(frame[name].drop_nulls()) if name in frame.columns else set()
    return frozenset(each for each in found if len(each) >= 4)


def texts(linked: Home) -> Iterator[tuple[str, str]]:
    """Everything below the linkages of the home, as text; tables by their values."""
    for path in sorted((linked.home / "link").rglob("*")):
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
            yield path.name, "\n".join(frame.columns)
            for name in frame.columns:
                if frame.schema[name] == pl.String:
                    yield f"{path.name}: {name}", "\n".join(frame[name].drop_nulls().unique())
        if path.is_file() and path.suffix != ".css":
            yield path.name, path.read_bytes().decode("latin-1")
    yield from (("printed", each) for each in linked.printed)


def test_nothing_that_names_anybody_is_written_or_printed(linked: Home, secrets: frozenset[str]) -> None:
    assert len(secrets) > 2000
    parts = list(texts(linked))
    assert {Path(name.split(":")[0]).suffix for name, _ in parts} >= {".parquet", ".json", ".html", ".svg"}
    wanted = {each.upper() for each in secrets} | {re.sub(r"[^A-Z0-9]", "", each.upper()) for each in secrets}
    numbers = {each for each in wanted if any(letter.isdigit() for letter in each) and len(each) >= 7}
    # pictures and pages have words of English that are names, too, in small letters ("butt", "field")
    names = {form for each in secrets if each.isalpha() for form in (each, each.upper(), each.title())}
    assert {"SMITH", "Smith"} <= names
    for name, text in parts:
        capital = text.upper()
        assert not set(re.findall(r"[A-Z0-9][A-Z0-9/-]*", capital)) & numbers, name
        assert not [each for each in numbers if not each.isalnum() and each in capital], name
        # whole words: of letters drawn by chance a token or a person's name has now and then "MAX" between two digits
        assert not set(re.findall(r"[A-Za-z0-9]+", text)) & names, name
        if ".parquet:" in name:
            assert not set(re.findall(r"[A-Z0-9]+", capital)) & names, name


# --- what leaves ------------------------------------------------------------------------------------------------------


def test_pseudonyms_say_who_is_who_without_the_names(linked: Home, tmp_path: Path) -> None:
    told = linked.run("link", "pseudonyms", "offenders", "--purpose", "reoffending", "--out", tmp_path / "out.parquet")
    made, last = pl.read_parquet(tmp_path / "out.parquet"), clusters(linked, 4)
    assert f"{last.height:,} records, {last['person'].n_unique():,} persons" in told
    both = made.join(last, on=["file", "record"])
    assert both.height == made.height == last.height
    assert both.select("person", "pseudonym").n_unique() == both["person"].n_unique() == both["pseudonym"].n_unique()
    assert not set(made["pseudonym"]) & set(last["person"])
