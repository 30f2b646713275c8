"""What cannot be protected ends with a sentence and a code, and leaves no release: on files and from a register."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from piperoll.cli import main
from piperoll.workspace import Workspace
from tests.searches import AT, REGISTER, deliverer


Said = tuple[int, str]
Run = Callable[..., Said]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIPEROLL_NOW", AT.isoformat())

    def call(*words: object) -> Said:
        with pytest.raises(SystemExit) as stopped:
            main([*map(str, words)])
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out + told.err

    return call


# --- on files -------------------------------------------------------------------------------------------------------

SPEC: dict[str, Any] = {
    "value": "n",
    "dimensions": {
        "area": {"total": "All", "hierarchies": {"all": {"tree": {"All": ["North", "South"], "North": ["A", "B"],
                                                                  "South": ["C", "D"]}}}},
        "kind": {"total": "Both"},
    },
    "rule": {"threshold": 8},
    "published": {"as": "rounded", "base": 5},
    "requirement": {"width": 4},
}  # fmt: skip
LEAVES = {("A", "x"): 3, ("A", "y"): 40, ("B", "x"): 31, ("B", "y"): 22, ("C", "x"): 42, ("C", "y"): 19,
          ("D", "x"): 6, ("D", "y"): 28}  # fmt: skip
PARTS = {"All": "ABCD", "North": "AB", "South": "CD", **{area: area for area in "ABCD"}}
KINDS = {"Both": "xy", "x": "x", "y": "y"}


def table(change: Callable[[dict[tuple[str, str], int]], object] = lambda cells: None) -> str:
    cells = {
        (area, kind): sum(LEAVES[a, k] for a in areas for k in kinds)
        for area, areas in PARTS.items()
        for kind, kinds in KINDS.items()
    }
    change(cells)
    return "area,kind,n\n" + "".join(f"{area},{kind},{n}\n" for (area, kind), n in cells.items())


def with_tree(tree: dict[str, list[str]]) -> dict[str, Any]:
    return {"dimensions": {**SPEC["dimensions"], "area": {"total": "All", "hierarchies": {"all": {"tree": tree}}}}}


def ten_million() -> tuple[str, dict[str, Any]]:
    """Ten million cells out of a small file: four dimensions, of which every total is to be made."""
    names = [f"d{k}" for k in range(4)]
    codes = [[f"{name}c{n}" for n in range(56)] for name in names]
    rows = "\n".join(",".join([*(codes[k][(n * (k + 1) + n // 56) % 56] for k in range(4)), "9"]) for n in range(3000))
    spec = {"dimensions": {name: {"total": "All"} for name in names}, "totals": "compute", "missing": "zero"}
    return ",".join([*names, "n"]) + "\n" + rows + "\n", spec


TREE = {"All": ["North", "South"], "North": ["A", "B"], "South": ["C", "D"]}
FILES: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "an infeasible requirement": (
        table(),
        {"headline": [{"kind": "Both"}, {"area": ["All", "North", "South"]}, {"area": ["B", "C"]}, {"kind": "y"}]},
        "PR-P044",
        "no suppression makes this safe: [",
    ),
    "contradictory totals": (
        table(lambda cells: cells.update({("North", "x"): 35})),
        {},
        "PR-P040",
        "relations do not hold; the first: [",
    ),
    "missing cells": (
        table(lambda cells: cells.pop(("B", "y"))),
        {},
        "PR-P061",
        "1 cells are missing: totals are there and these parts of them are not; first [B, y].",
    ),
    "a hierarchy with a cycle": (
        table(),
        with_tree({**TREE, "A": ["North"]}),
        "PR-P042",
        "",
    ),
    "negative counts": (
        table(lambda cells: cells.update({("A", "x"): -3, ("A", "Both"): 37, ("North", "x"): 28, ("North", "Both"): 90,
                                          ("All", "x"): 76, ("All", "Both"): 185})),
        {},
        "PR-P043",
        "1 counts are below zero; the first is A, x.",
    ),
    "ten million cells": (*ten_million(), "PR-P062", "cells"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_a_table_that_cannot_be_protected(run: Run, name: str) -> None:
    text, more, code, sentence = FILES[name]
    Path("table.csv").write_text(text, encoding="utf-8")
    Path("spec.yaml").write_text(yaml.safe_dump({**SPEC, **more}), encoding="utf-8")
    status, said = run("protect", "table.csv", "--spec", "spec.yaml", "--out", "out")
    assert status != 0 and "Traceback" not in said
    assert code in said and sentence in " ".join(said.split()), said
    assert f"docs/errors/{code}.md" in said
    assert sorted(path.name for path in Path().iterdir()) == ["spec.yaml", "table.csv"]


def test_published_figures_that_contradict_each_other(run: Run) -> None:
    cells = table(lambda cells: cells.update({("A", "x"): 40, ("B", "x"): 40}))
    Path("table.csv").write_text(cells, encoding="utf-8")
    Path("spec.yaml").write_text(yaml.safe_dump(SPEC | {"published": {"as": "exact"}}), encoding="utf-8")
    status, said = run("attack", "table.csv", "--spec", "spec.yaml", "--out", "found")
    assert status == 19 and "PR-P066" in said and "contradicts itself" in said
    assert not Path("found").exists()


# --- from a register --------------------------------------------------------------------------------------------------


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return Path(shutil.copytree(REGISTER, tmp_path / "register"))


def declared(register: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = register / "publications" / "stop_and_search" / "publication.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def release(run: Run, register: Path, *more: str) -> Said:
    home = register.parent / "home"
    deliverer(Workspace(register, home), register.parent)()
    command = ("release", "stop_and_search", "2020Q3", "--out", "out", *more)
    status, said = run("--register", register, "--home", home, *command)
    assert "Traceback" not in said
    assert not Path("out").exists() and Workspace(register, home).journal.releases() == []
    assert not list(register.parent.glob(".out.*"))
    return status, " ".join(said.split())


def test_a_release_of_ten_million_counts(run: Run, register: Path) -> None:
    def longer(content: dict[str, Any]) -> None:
        content["tables"][0] |= {"rows": {**content["tables"][0]["rows"], "ethnicity": ["total", "group", "category"]},
                                 "last": 600}  # fmt: skip

    declared(register, longer)
    status, said = release(run, register, "--prove")
    assert status == 19 and "PR-P049" in said
    assert "counts, and 2,000,000 can be protected together; the largest is `searches` with" in said
    assert int(said.partition("its tables have ")[2].partition(" counts")[0].replace(",", "")) > 10_000_000


@pytest.mark.parametrize("more", ["--together", "--alone"])
@pytest.mark.parametrize("paid", ["CAST(-7 AS BIGINT)", "CAST(-7.25 AS DECIMAL(9, 2))"])
def test_a_release_of_negative_sums(run: Run, register: Path, more: str, paid: str) -> None:
    """Refunds counted as amounts: a magnitude below zero cannot be bounded by its parts."""

    def refunds(content: dict[str, Any]) -> None:
        content["measures"].append(
            {"name": "paid", "label": "Paid", "kind": "sum", "model": "searches", "period_column": "search_date",
             "value": "paid", "counting_rule": "CR-SEARCH", "unit": "pounds"}
        )  # fmt: skip
        content["tables"] = [content["tables"][1] | {"number": "1", "measures": ["arrests", "paid"], "name": "arrests"}]
        content["sections"][0] |= {"tables": ["arrests"], "text": []}
        content["charts"][0]["measures"] = ["arrests"]
        content["main_points"] = content["main_points"][1:]
        content["measures"] = [m for m in content["measures"] if m["name"] != "arrest_share"]

    declared(register, refunds)
    path = register / "publications" / "stop_and_search" / "searches.sql"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  s.age_range\n", f"  s.age_range,\n  {paid} AS paid\n"), encoding="utf-8")
    status, said = release(run, register, more)
    assert status == 19 and "PR-P043" in said and "counts are below zero" in said, said


def test_a_release_of_a_code_without_a_parent(run: Run, register: Path) -> None:
    """Levels climb from list to list, so a cycle cannot be said; a parent that is not there is refused."""
    path = register / "codes" / "self_defined_ethnicity.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    text = json.dumps(content)
    assert '"parent"' in text
    first = next(code for code in content["codes"] if code.get("parent"))
    first["parent"] = first["code"]
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    home = register.parent / "home"
    status, said = run("--register", register, "--home", home, "release", "stop_and_search", "2020Q3", "--out", "out")
    assert status != 0 and "PR-" in said and "Traceback" not in said and not Path("out").exists()
