"""The data dictionary holds every dataset, field, rule and code list, on pages and in Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from piperoll.register import load
from piperoll.statement.dictionary import CODES, INDEX, markdown, pages


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


@pytest.fixture(scope="module")
def lists(made: dict[str, str]) -> BeautifulSoup:
    return BeautifulSoup(made[CODES], "html.parser")


@pytest.mark.slow
def test_every_code_of_every_list_is_on_the_page_of_lists_and_led_to(
    made: dict[str, str], lists: BeautifulSoup
) -> None:
    for key, codes in REGISTER.codes.items():
        section = lists.find(id=key.replace("_", "-"))
        assert section is not None, key
        table = lists.find("caption", string=f"Codes of {key}").find_parent("table")
        assert [th.get_text() for th in table.select("tbody th")] == [each.code for each in codes.codes]
    linked = BeautifulSoup(made["dictionary-pnd.html"], "html.parser").select(f'a[href^="{CODES}#"]')
    assert linked and all(lists.find(id=each["href"].partition("#")[2]) for each in linked)


def test_columns_that_nobody_fills_are_not_shown(lists: BeautifulSoup) -> None:
    heads = [
        th.get_text()
        for th in lists.find("caption", string="Codes of absence_reason").find_parent("table").select("thead th")
    ]
    assert heads == ["Code", "Label"]
    with_dates = next(key for key, codes in REGISTER.codes.items() if any(each.valid_from for each in codes.codes))
    heads = [
        th.get_text()
        for th in lists.find("caption", string=f"Codes of {with_dates}").find_parent("table").select("thead th")
    ]
    assert "Valid from" in heads
