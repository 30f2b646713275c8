"""The data dictionary holds every dataset, field, rule and code list, on pages and in Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest

from piperoll.register import load
from piperoll.statement.dictionary import INDEX, markdown, pages


REGISTER = load(Path(__file__).parents[2] / "justice")
SHELL = {"site": "Statement", "author": "Ministry"}


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return {name: page.decode() for name, page in pages(REGISTER, SHELL).items()}


@pytest.mark.parametrize("key", REGISTER.sources)
def test_everything_of_a_source_is_on_its_page(key: str, made: dict[str, str]) -> None:
    page = made[f"dictionary-{key}.html"]
    for dataset in REGISTER.sources[key].datasets:
        assert f"Fields of {key}.{dataset.name}" in page
        for each in dataset.fields:
            assert f">{each.name}</th>" in page
            assert each.codes is None or f"code of {each.codes}" in page
        for rule in (*dataset.rules, *([dataset.coverage] if dataset.coverage else [])):
            assert f">{rule.id}</th>" in page
    assert f'href="dictionary-{key}.html"' in made[INDEX]


def test_markdown_has_a_line_for_each_field_and_rule() -> None:
    text = markdown(REGISTER)
    datasets = [each for _, each in REGISTER.datasets()]
    rules = sum(len(each.rules) + (each.coverage is not None) for each in datasets)
    fields = sum(len(each.fields) for each in datasets)
    lines = text.splitlines()
    assert sum(line.endswith("| refuses the row |") or "| refuses the row |" in line for line in lines) == sum(
        rule.severity == "E" for each in datasets for rule in each.rules
    )
    assert sum(line.startswith("| ") for line in lines) > fields + rules
    assert all(f"### {source.key}.{each.name}: " in text for source, each in REGISTER.datasets())
