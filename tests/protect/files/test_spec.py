"""Specifications: what they say, and every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from piperoll.errors import Problems, UserError
from piperoll.protect.files.spec import load_spec, read_spec
from tests.protect.files.example import spec


def told(text: str) -> list[str]:
    with pytest.raises(Problems) as raised:
        read_spec(text, "claims.yaml")
    assert all(problem.code == "PR-P060" for problem in raised.value.problems)
    return [str(problem) for problem in raised.value.problems]


def test_a_specification_is_read_with_its_short_forms() -> None:
    read = read_spec(spec()).spec
    assert [d.name for d in read.dimensions] == ["area", "quarter"]
    assert read.dimensions[0].hierarchies[0].parents == ("region",)
    assert read.rule.threshold == 8
    assert read.published.as_ == "exact"
    assert read.counts


def test_every_mistake_is_told_with_line_key_and_the_nearest_name() -> None:
    lines = told(
        "dimensions:\n  area: {total: All}\nvalue: n\nrule:\n  treshold: 8\npublished:\n  as: rounde\nlimits: {gap: much}\n"
    )
    assert lines == [
        "PR-P060 claims.yaml:5: `rule.treshold`: This key is not known here. Did you mean `threshold`?",
        "PR-P060 claims.yaml:7: `published.as`: Expected one of `exact`, `rounded`, `controlled`, found `rounde`. "
        "Did you mean `rounded`?",
        "PR-P060 claims.yaml:8: `limits.gap`: Expected a number, found `much`.",
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("rule: {zero: true}", "Nothing says which cells are to be hidden."),
        ("rule: {threshold: 0}", "`threshold` must be 1 or more."),
        ("rule: {threshold: 8}\nheadline:\n- {aera: All}", "`aera` is no dimension. Did you mean `area`?"),
        ("rule: {threshold: 8}\nrequirement: {width: 4, around: 1}", "The requirement is said in two ways."),
        ("rule: {threshold: 8}\npublished: {as: rounded, base: 1}", "The base of rounding is 2 or more."),
        ("rule: {p_percent: 10}", "Dominance and p-percent need contributions."),
        ("rule: {p_percent: 10, contributor: firm}", "Rows that are contributions hold no totals."),
        ("rule: {dominance: {n: 1, k: 100}, largest: [x]}", "n is at least 1, and k between 0 and 100."),
        ("rule: {p_percent: 10, largest: [x]}\ntotals: compute", "The largest contributions of totals cannot be made"),
        ("rule: {threshold: 8}\nlimits: {cells: 6000000}", "`cells` is 1 to 5,000,000."),
    ],
)
def test_what_means_nothing_is_told(more: str, said: str) -> None:
    assert any(said in line for line in told(f"dimensions:\n  area: {{total: All}}\nvalue: n\n{more}\n"))


def test_a_hierarchy_is_said_in_one_way() -> None:
    lines = told("dimensions:\n  area:\n    hierarchies:\n      a: {parents: [r], file: a.hrc}\nrule: {threshold: 8}\n")
    assert lines == [
        "PR-P060 claims.yaml:4: `dimensions.area.hierarchies.a`: A hierarchy is said in one way. "
        "Give one of `parents`, `tree`, `file` and `levels`."
    ]


def test_a_dimension_named_as_the_engine_names_its_own_is_refused() -> None:
    assert "a word of the engine's own" in told("dimensions:\n  measure: {total: All}\nrule: {threshold: 8}\n")[0]


def test_yaml_that_is_none_is_told(tmp_path: Path) -> None:
    assert "This is not YAML" in told("dimensions: [")[0]
    with pytest.raises(UserError, match=r"PR-P060 none\.yaml: the specification cannot be read"):
        load_spec(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("title: Zähler".encode("latin-1"))
    with pytest.raises(UserError, match="no UTF-8 text"):
        load_spec(tmp_path / "latin.yaml")
