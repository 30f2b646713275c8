"""Hierarchies from trees, tau-Argus files, dimLists and columns of parents: each the same."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.protect.files.hierarchies import dimensions, of_parents, of_tree, read_hrc, read_levels
from piperoll.protect.files.spec import read_spec


EXPECTED = {"All": ("North", "South"), "North": ("Aston", "Beeford"), "South": ("Corby", "Derwent")}
HRC = "North\n@Aston\n@Beeford\nSouth\n@Corby\n@Derwent\n"


def test_a_tau_argus_file() -> None:
    assert read_hrc(HRC, "All") == EXPECTED


def test_a_dim_list() -> None:
    lines = [("@", "All"), ("@@", "North"), ("@@@", "Aston"), ("@@@", "Beeford"), ("@@", "South")]
    assert read_levels([*lines, ("@@@", "Corby"), ("@@@", "Derwent")]) == EXPECTED


def test_a_tree_nested_or_in_parts() -> None:
    nested = {"All": {"North": ["Aston", "Beeford"], "South": ["Corby", "Derwent"]}}
    parts = {"All": ["North", "South"], "North": ["Aston", "Beeford"], "South": ["Corby", "Derwent"]}
    assert of_tree(nested) == of_tree(parts) == EXPECTED
    assert of_tree({1: [2, 3]}) == {"1": ("2", "3")}


def test_columns_of_parents_with_their_levels() -> None:
    frame = pl.DataFrame(
        {"area": ["Aston", "Beeford", "Corby", "Derwent"], "region": ["North", "North", "South", "South"]}
    )
    children, level = of_parents(frame, "area", ["region"], "All")
    assert children == {"North": ("Aston", "Beeford"), "South": ("Corby", "Derwent"), "All": ("North", "South")}
    assert level == {"North": "region", "South": "region"}


def test_a_parent_repeated_is_no_parent_of_itself() -> None:
    frame = pl.DataFrame({"area": ["A"], "small": ["A"], "large": ["L"]})
    assert of_parents(frame, "area", ["small", "large"], "")[0] == {"L": ("A",)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("North\n@@Aston\n", "a.hrc:2: `Aston` is 2 levels below"),
        ("North\n@\n", "a.hrc:2: a line holds no code"),
    ],
)
def test_a_faulty_file_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(UserError, match="PR-P065") as raised:
        read_hrc(text, "All", "a.hrc")
    assert said in raised.value.sentence


def test_a_dim_list_has_one_total() -> None:
    with pytest.raises(UserError, match="`Other` is a second total"):
        read_levels([("@", "All"), ("@@", "A"), ("@", "Other")])


def made(tmp_path: Path, hierarchy: str, codes: list[str]) -> dict[str, tuple[str, ...]]:
    text = f"dimensions:\n  area:\n    total: All\n    hierarchies:\n      h: {hierarchy}\nrule: {{threshold: 8}}\n"
    read = read_spec(text, "s.yaml", tmp_path)
    found, _ = dimensions(read, [pl.DataFrame({"area": codes})])
    return dict(found[0].hierarchies[0].children)


def test_files_are_found_beside_the_specification(tmp_path: Path) -> None:
    (tmp_path / "areas.hrc").write_text(HRC, encoding="utf-8")
    (tmp_path / "areas.csv").write_text("levels,codes\n@,All\n@@,North\n@@@,Aston\n", encoding="utf-8")
    assert made(tmp_path, "{file: areas.hrc}", ["All", "Aston"]) == EXPECTED
    assert made(tmp_path, "{file: areas.csv}", ["Aston"]) == {"All": ("North",), "North": ("Aston",)}
    levels = '{levels: ["@All", "@@ North", "@@@ Aston"]}'
    assert made(tmp_path, levels, ["Aston"]) == {"All": ("North",), "North": ("Aston",)}


@pytest.mark.parametrize(
    ("hierarchy", "said"),
    [
        ("{tree: {All: [A], A: [B], B: [A]}}", "PR-P042"),
        ("{tree: {All: [A, B], A: [C], B: [C]}}", "PR-P042"),
        ("{file: none.hrc}", "PR-P065 s.yaml:5"),
        ("{parents: [regoin]}", "There is no column `regoin`"),
        ("{tree: {All: [A, D]}}", "Did you mean|Add them to the hierarchy"),
    ],
)
def test_faulty_hierarchies_are_refused(tmp_path: Path, hierarchy: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        made(tmp_path, hierarchy, ["All", "A", "B", "C"])
