"""An edition is protected as a whole: what would give a small count away is not shown, and verify looks for it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from piperoll.journal import Delivery
from piperoll.periods import Period
from piperoll.protect import check
from piperoll.protect.engine import secure
from piperoll.protect.joint import Earlier, joint
from piperoll.protect.primary import subject
from piperoll.protect.system import System
from piperoll.release import make, verify
from piperoll.release.edition import policy_of
from piperoll.release.manifest import MANIFEST
from piperoll.release.reread import disclosed
from piperoll.tabulate.vintage import cells_of
from piperoll.workspace import Workspace


NAME = "stop_and_search"

Deliver = Callable[..., Delivery]
Cells = dict[str, pl.DataFrame]


@pytest.fixture
def cells(desk: Workspace, deliver: Deliver) -> Cells:
    deliver()
    declared = desk.publication(NAME)
    found = cells_of(desk, declared, Period.parse("2020Q3"), desk.parts(), desk.corrections(), ())
    policy = policy_of(desk.register, declared)
    return {name: frame.with_columns(_subject=subject(policy)) for name, frame in found.items()}


def posed(desk: Workspace, cells: Cells, earlier: Earlier | None = None, width: int | None = None):
    declared = desk.publication(NAME)
    policy = policy_of(desk.register, declared)
    assert policy is not None
    policy = policy if width is None else replace(policy, width=width)
    found = joint(desk.register, declared, cells, policy, earlier or Earlier({}, frozenset()))
    assert found is not None
    return found


def test_every_count_is_a_cell_and_every_sum_holds(desk: Workspace, cells: Cells) -> None:
    found = posed(desk, cells)
    values = {
        i: int(v)
        for f in cells.values()
        for i, v, k in f.select("identity", "value", "kind").iter_rows()
        if k == "count"
    }
    named = {i: int(v) for i, v in zip(found.identities, found.problem.values, strict=True) if i}
    assert named == values
    # `pose` has checked the sums; here that there are some of each kind.
    relations = found.problem.relations
    assert "arrests is a part of searches" in relations.origins
    totals = {relations.words(row).split("]")[0] for row in range(relations.rows) if "] = [" in relations.words(row)}
    assert {"[searches, 2020-07", "[arrests, 2020-07", "[searches, 10-17, 2020-07"} <= totals
    small = {i for i, v in values.items() if 0 < v < 5}
    assert {found.identities[c] for c in np.flatnonzero(found.problem.primary)} == small


def test_the_definitions_survive_the_manifest(desk: Workspace, cells: Cells) -> None:
    system = posed(desk, cells).system
    assert System.from_json(json.loads(json.dumps(system.as_json()))) == system


def test_what_was_published_stays_and_what_was_hidden_stays_hidden(desk: Workspace, cells: Cells) -> None:
    free = posed(desk, cells)
    first = free.named(secure(free.problem).pattern)
    large = [i for i, v in zip(free.identities, free.problem.values, strict=True) if i and v >= 5]
    kept = large[0]
    before = posed(desk, cells, Earlier({}, frozenset({kept})))
    assert kept in before.hidden(secure(before.problem).pattern)
    if first:
        shown = {i: float(f) for i, f in zip(free.identities, (2 * free.problem.values + 5) // 10 * 5, strict=True)}
        taken = posed(desk, cells, Earlier({i: shown[i] for i in first}, frozenset()))
        assert not first & taken.hidden(secure(taken.problem).pattern)


def test_another_figure_before_is_a_revision_and_binds_nothing(desk: Workspace, cells: Cells) -> None:
    free = posed(desk, cells)
    revised = posed(desk, cells, Earlier(dict.fromkeys((i for i in free.identities if i), 100_000.0), frozenset()))
    assert (revised.problem.forced == free.problem.forced).all()


def test_nobody_adds_up_what_is_hidden(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver()
    made = make(desk, NAME, "2020Q3", tmp_path / "out", together=True)
    content = json.loads((tmp_path / "out" / MANIFEST).read_text(encoding="utf-8"))["disclosure"]
    assert content["primary"] > 0 and content["verdict"] == "bounded" and len(content["seed"]) == 64
    assert made.protection == content["statement"]
    looked = {each.name: each for each in verify(tmp_path / "out").checks}["what can be worked out"]
    assert looked.looked_at >= content["primary"] and looked.problems == ()


def looked_at(figures: dict[str, str], secondary: int, round_to: int | None = 5) -> list[str]:
    """What is found of one place's year and quarters under the rule of fewer than 8, and rounding to 5."""
    system = System({"area": (), "period": ({"2012": ("2012Q1", "2012Q2", "2012Q3", "2012Q4")},)}, {"area": {}})
    said = {"statement": "All is well.", "width": 4, "secondary": secondary, "relations": system.as_json()}
    content = {"policy": {"suppress_below": 8, "suppress_zero": True, "round_to": round_to}, "disclosure": said}
    tables = {"claims": {"measures": {"claims": "count"}, "national": {"area": ["whole"]}}}
    rows = [
        {"period": period, "area_code": "E1", "area": "One", "claims": text, "claims_status": "" if text else "c"}
        for period, text in figures.items()
    ]
    checks = list(disclosed(content, tables, {"claims": rows}, None))
    assert [each.name for each in checks] == ["statement of protection", "what can be worked out"]
    return [f"{problem.code} {problem.key or problem.where}: {problem.message}" for problem in checks[1].problems]


def test_a_year_of_30_gives_four_hidden_quarters_away() -> None:
    found = looked_at({"2012": "30", "2012Q1": "", "2012Q2": "", "2012Q3": "", "2012Q4": ""}, secondary=0)
    assert len(found) == 4
    assert all("PR-E018" in each and "is exactly 7, known from" in each for each in found)


@pytest.mark.parametrize(("year", "found"), [("30", 1), ("37", 1), ("38", 0), ("45", 0)])
def test_what_is_seen_to_be_no_small_count_needs_no_room(year: str, found: int) -> None:
    """Beside 10, 10 and 10 a hidden quarter is what the year leaves: below 8 that is a leak, else none."""
    figures = {"2012": year, "2012Q1": "", "2012Q2": "10", "2012Q3": "10", "2012Q4": "10"}
    assert len(looked_at(figures, secondary=1, round_to=None)) == found


def test_a_year_of_25_leaves_them_open() -> None:
    figures = {"2012": "25", "2012Q1": "", "2012Q2": "", "2012Q3": "", "2012Q4": ""}
    assert looked_at(figures, secondary=0) == []


def test_one_hidden_quarter_beside_three_is_found_by_whoever_reads() -> None:
    figures = {"2012": "30", "2012Q1": "", "2012Q2": "10", "2012Q3": "10", "2012Q4": "15"}
    (found,) = looked_at(figures, secondary=0)
    assert "2012Q1" in found and "from 0 to 3" in found


def test_figures_that_cannot_be_true_together_are_told() -> None:
    figures = {"2012": "30", "2012Q1": "15", "2012Q2": "15", "2012Q3": "15", "2012Q4": "15"}
    (found,) = looked_at(figures, secondary=0)
    assert "PR-E017" in found and "contradict" in found


def test_definitions_that_cannot_be_read_are_told() -> None:
    said = {"statement": "All is well.", "width": 4, "relations": {"ways": []}}
    checks = list(disclosed({"disclosure": said}, {}, {}, None))
    assert [problem.code for problem in checks[1].problems] == ["PR-E017"]


def test_a_proof_is_kept_inside_and_checked(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver()
    make(desk, NAME, "2020Q3", tmp_path / "out", prove=True)
    content = json.loads((tmp_path / "out" / MANIFEST).read_text(encoding="utf-8"))["disclosure"]
    assert content["verdict"] == "proven"
    path = desk.home / "certificates" / f"{content['certificate']}.json"
    assert path.stat().st_mode & 0o077 == 0 and not list((tmp_path / "out").rglob("*certificate*"))
    assert check(path.read_bytes(), content["certificate"])["cells"] == content["primary"]
    assert verify(tmp_path / "out", certificate=path).holds
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "forged.json").write_bytes(bytes(data))
    problems = verify(tmp_path / "out", certificate=tmp_path / "forged.json").problems
    assert [each.code for each in problems] == ["PR-E019"]
    assert [e.code for e in verify(tmp_path / "out", certificate=tmp_path / "none.json").problems] == ["PR-E019"]


def test_what_cannot_be_kept_open_is_said(
    desk: Workspace, deliver: Deliver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six possible counts cannot be kept where a hidden count is one of four: the manifest says for how many."""
    deliver()
    policy = replace(desk.register.policies["stop_and_search"], width=5)
    monkeypatch.setattr("piperoll.release.edition.policy_of", lambda register, publication: policy)
    make(desk, NAME, "2020Q3", tmp_path / "out", together=True)
    content = json.loads((tmp_path / "out" / MANIFEST).read_text(encoding="utf-8"))["disclosure"]
    assert content["limited"] == content["primary"] > 0
    assert f"but for {content['limited']:,} that figures which have to be shown" in content["statement"]
    assert verify(tmp_path / "out").holds


def test_suppressed_counts_are_marked_and_what_is_made_of_them(
    desk: Workspace, deliver: Deliver, tmp_path: Path
) -> None:
    deliver()
    make(desk, NAME, "2020Q3", tmp_path / "out", together=True)
    with (tmp_path / "out" / "tables" / "arrests.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    hidden = [row for row in rows if "c" in row["arrests_status"].split()]
    assert hidden and all(row["arrests"] == "" and "c" in row["arrest_share_status"].split() for row in hidden)
