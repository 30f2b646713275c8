"""Sums: whole ones are protected like counts, those with pence apart and said to be, those below zero not at all."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from piperoll.errors import UserError
from piperoll.protect.joint import fractional, joint
from piperoll.protect.primary import apply, refuse_negative
from piperoll.register.model.policy import Policy
from piperoll.release import make, verify
from piperoll.release.manifest import MANIFEST
from piperoll.release.protection import apart_words
from piperoll.release.quality import notes_of
from piperoll.release.table import answer
from piperoll.workspace import Workspace
from tests.release.test_quality import LOSS, POLICY, PROVEN
from tests.searches import AT, NAME, deliverer, edited


FOLDER = Path("publications") / NAME
PENCE, POUNDS = "CAST(7.25 AS DECIMAL(9, 2))", "CAST(7 AS BIGINT)"
Home = Callable[[str], Workspace]


def paying(content: dict[str, Any], measures: list[str]) -> dict[str, Any]:
    """The publication with an amount for every search, in one table."""
    paid = {"name": "paid", "label": "Amount paid", "kind": "sum", "model": "searches", "value": "paid", "decimals": 2,
            "period_column": "search_date", "counting_rule": "CR-SEARCH", "unit": "pounds"}  # fmt: skip
    content["measures"] = [m for m in content["measures"] if m["name"] != "arrest_share"] + [paid]
    content["tables"] = [content["tables"][1] | {"number": "1", "measures": measures}]
    content["sections"][0] |= {"tables": ["arrests"], "text": []}
    content["charts"][0]["measures"] = measures[:1]
    content["main_points"] = []
    content["sections"][0].pop("text", None)  # it tells of the share of arrests
    return content


@pytest.fixture
def home(register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose searches cost something each."""
    monkeypatch.setenv("PIPEROLL_NOW", AT.isoformat())

    def build(paid: str, *measures: str) -> Workspace:
        copy = edited(
            register,
            tmp_path / "register",
            (str(FOLDER / "searches.sql"), "  s.age_range\n", f"  s.age_range,\n  {paid} AS paid\n"),
        )
        path = copy / FOLDER / "publication.yaml"
        content = paying(yaml.safe_load(path.read_text(encoding="utf-8")), list(measures) or ["arrests", "paid"])
        path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        desk = Workspace(copy, tmp_path / "home")
        deliverer(desk, tmp_path)()
        return desk

    return build


def disclosure(out: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((out / MANIFEST).read_text(encoding="utf-8"))["disclosure"]
    return said


def test_amounts_with_pence_are_named_and_counts_are_protected(home: Home, tmp_path: Path) -> None:
    made = make(home(PENCE), NAME, "2020Q3", tmp_path / "out")
    said = disclosure(tmp_path / "out")
    assert said["apart"] == {"paid": "Amount paid"}
    assert made.protection == said["statement"]
    assert said["statement"].startswith(
        "Not protected together with other figures, since they are no whole numbers: Am"
    )
    assert said["primary"] > 0 and said["verdict"] == "bounded"
    page = " ".join((tmp_path / "out" / "index.html").read_text(encoding="utf-8").split())
    assert "since they are no whole numbers: Amount paid." in page
    report = verify(tmp_path / "out")
    assert report.problems == ()
    with (tmp_path / "out" / "tables" / "arrests.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert any(row["paid"] for row in rows)


def test_amounts_alone_have_no_verdict(home: Home, tmp_path: Path) -> None:
    make(home(PENCE, "paid"), NAME, "2020Q3", tmp_path / "out")
    said = disclosure(tmp_path / "out")
    assert said["verdict"] is None and said["relations"] is None
    assert said["statement"] == apart_words({"paid": "Amount paid"})
    assert verify(tmp_path / "out").holds


def test_whole_amounts_are_protected_like_counts(home: Home, tmp_path: Path) -> None:
    make(home(POUNDS), NAME, "2020Q3", tmp_path / "out")
    said = disclosure(tmp_path / "out")
    assert said["apart"] == {} and "no whole numbers" not in said["statement"]
    assert verify(tmp_path / "out").holds


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("paid", ["CAST(-7 AS BIGINT)", "CAST(-0.25 AS DECIMAL(9, 2))"])
def test_amounts_below_zero_are_refused_in_both_modes(home: Home, tmp_path: Path, paid: str, together: bool) -> None:
    desk = home(paid)
    with pytest.raises(UserError, match=r"PR-P043 .*counts are below zero; the first is paid\|"):
        make(desk, NAME, "2020Q3", tmp_path / "out", together=together)
    with pytest.raises(UserError, match="PR-P043"):
        answer(desk, NAME, "arrests", period="2020-07")
    assert not (tmp_path / "out").exists() and desk.journal.entries() == []


def cells(**values: float | None) -> pl.DataFrame:
    return pl.DataFrame(
        {"identity": list(values), "measure": [name[0] for name in values], "value": list(values.values())},
        schema_overrides={"value": pl.Float64},
    ).with_columns(kind=pl.when(pl.col("measure") == "c").then(pl.lit("change")).otherwise(pl.lit("sum")))


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"a1": 3.0, "a2": None}, set()),
        ({"a1": 3.0, "a2": 2.5, "b1": 4.0}, {"a"}),
        ({"a1": 3.25, "b1": 0.5, "c1": 0.5}, {"a", "b"}),
    ],
)
def test_which_measures_are_no_whole_numbers(values: Mapping[str, float | None], found: set[str]) -> None:
    assert fractional([cells(**values)]) == found


def test_only_sums_under_a_threshold_are_refused() -> None:
    least = Policy("a", "A", suppress_below=5)
    with pytest.raises(UserError, match=r"2 counts are below zero; the first is a1\."):
        refuse_negative(cells(a1=-3.0, a2=2.0, b1=-0.5), least)
    for frame, policy in (
        (cells(c1=-3.0, a1=0.0, a2=None), least),
        (cells(a1=-3.0), None),
        (cells(a1=-3.0), Policy("a", "A", round_to=5)),
    ):
        refuse_negative(frame, policy)
    for refusing in (apply, lambda frame, policy: joint(None, None, {"t": frame}, policy)):
        with pytest.raises(UserError, match="PR-P043"):
            refusing(cells(a1=-3.0), least)


def test_the_quality_note_names_them() -> None:
    said = " ".join(notes_of(POLICY, LOSS, {**PROVEN, "apart": {"paid": "Amount paid", "due": "Amount due"}}).lines)
    assert apart_words({"paid": "Amount paid", "due": "Amount due"}) in said and "Amount paid, Amount due." in said
    assert "no whole numbers" not in " ".join(notes_of(POLICY, LOSS, PROVEN).lines)
