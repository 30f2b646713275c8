"""The counting rules' examples, run through the real models on DuckDB. They are the documentation."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from piperoll.derive import plan, run
from piperoll.derive.examples import Example, read_examples
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.tabulate import tabulate


ROOT = Path(__file__).parents[2] / "justice"
RULES = sorted((ROOT / "publications").glob("*/rules/*.md"))
SHARED = sorted((ROOT / "models" / "rules").glob("*.md"))
EXAMPLES = [(path.parts[-3], example) for path in (*RULES, *SHARED) for example in read_examples(path)]
PUBLICATIONS = sorted({path.parts[-3] for path in RULES})


def publication_of(key: str, example: Example, register: Register) -> Publication:
    """The publication of a rule; of one that many share, the first that takes it and has the example's tables."""
    if key != "models":
        return register.publications[key]
    tables = {name for name, _ in example.tables}
    return next(
        each
        for each in register.publications.values()
        if example.rule in {rule.id for rule in each.counting_rules} and tables <= {t.name for t in each.tables}
    )


@pytest.mark.parametrize(("key", "example"), EXAMPLES, ids=str)
def test_example(key: str, example: Example, justice: Register, store_of) -> None:
    publication = publication_of(key, example, justice)
    con = store_of(justice, publication.inputs, example.given)
    run(con, justice, publication)
    assert example.models or example.tables
    for model, expected in example.models.items():
        columns = ", ".join(f'CAST("{each}" AS VARCHAR)' for each in expected[0])
        found = con.execute(f"SELECT {columns} FROM {model}").fetchall()
        assert sorted(tuple(v or "" for v in row) for row in found) == sorted(tuple(r.values()) for r in expected)
    planned = plan(justice, publication)
    for (table, period), expected in example.tables.items():
        cells = tabulate(con, justice, publication, table, period, planned=planned)
        for row in expected:
            assert _cell(cells, row) == {name: row[name] for name in ("value", "n", "marks") if name in row}


def _cell(cells: pl.DataFrame, row: dict[str, str]) -> dict[str, str]:
    """The one cell of these codes that the table shows, as text."""
    keys = {name: text for name, text in row.items() if name not in ("value", "n", "marks")}
    found = cells.filter(~pl.col("support"), **keys)
    # A code that is its parent's only child stands at two levels: one cell, in two rows.
    values = set(found.select("value", "n", pl.col("marks").list.join(" ")).iter_rows())
    assert len(values) == 1, f"{len(values)} cells for {keys}"
    value, n, marks = values.pop()
    text = {"value": "" if value is None else f"{value:.6f}".rstrip("0").rstrip("."), "n": str(n), "marks": marks}
    return {name: text[name] for name in ("value", "n", "marks") if name in row}


def test_every_publication_with_models_has_rules(justice: Register) -> None:
    assert [key for key, each in justice.publications.items() if each.models and not each.counting_rules] == []


def test_every_shared_rule_is_taken_and_has_examples(justice: Register) -> None:
    taken = {rule.id for each in justice.publications.values() for rule in each.counting_rules}
    assert justice.counting_rules.keys() <= taken
    assert {path.stem for path in SHARED} == justice.counting_rules.keys()
    assert {example.rule for key, example in EXAMPLES if key == "models"} == justice.counting_rules.keys()


@pytest.mark.parametrize("key", PUBLICATIONS)
def test_every_rule_has_examples_and_every_example_a_rule(key: str, justice: Register) -> None:
    declared = {rule.id for rule in justice.publications[key].counting_rules} - justice.counting_rules.keys()
    assert {path.stem for path in RULES if path.parts[-3] == key} == declared
    assert {example.rule for each, example in EXAMPLES if each == key} == declared


@pytest.mark.parametrize("key", PUBLICATIONS)
def test_each_rule_is_carried_out_by_a_model_and_used(key: str, justice: Register) -> None:
    publication = justice.publications[key]
    for rule in publication.counting_rules:
        assert rule.model in publication.models
    assert {m.counting_rule for m in publication.measures if m.model} == {r.id for r in publication.counting_rules}


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_heading_names_rule_and_title(path: Path, justice: Register) -> None:
    titles = {rule.id: rule.title for rule in justice.publications[path.parts[-3]].counting_rules}
    assert path.read_text(encoding="utf-8").splitlines()[0] == f"# {path.stem}: {titles[path.stem]}"
