"""The Statement's sentences are nowhere in the register or in what is rendered: no run of eight of its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from piperoll.register.model.register import Register
from piperoll.statement.document import Statement


ROOT = Path(__file__).parents[2]
ORIGINAL = ROOT.parent / "shared" / "reference" / "statement-of-administrative-sources-2012.txt"
RUN = 8


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.casefold())


def runs(tokens: list[str]) -> set[tuple[str, ...]]:
    return {tuple(tokens[i : i + RUN]) for i in range(len(tokens) - RUN + 1)}


@pytest.fixture(scope="module")
def original() -> set[tuple[str, ...]]:
    if not ORIGINAL.is_file():
        pytest.skip("the Statement's text is not beside the repository")
    return runs(words(ORIGINAL.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def titles(register: Register) -> list[str]:
    """Proper titles, which may and must be as printed: of publications, sources, texts followed, the headings' own."""
    assert register.frame is not None
    found = [each.title for each in register.frame.products] + [each.title for each in register.frame.guidance]
    found += list(register.frame.abbreviations.values()) + list(register.frame.sections.values())
    for source in register.sources.values():
        assert source.entry is not None
        found += [source.title, source.entry.stated_title]
        for outputs in (source.entry.statistical, source.entry.non_statistical, source.entry.synergies):
            if not isinstance(outputs, str):
                found += [each.named for each in outputs]
        found += [each.stated for each in source.entry.flags if each.kind == "not_statistics"]
    return sorted((" ".join(words(each)) for each in found if each), key=len, reverse=True)


def copied(text: str, original: set[tuple[str, ...]], titles: list[str]) -> list[str]:
    """Runs of the original in ``text``, its titles and addresses cut out first."""
    if not runs(words(text)) & original:
        return []
    plain = " ".join(words(re.sub(r"(https?://|mailto:|www\.)\S+", " | ", text)))
    for title in titles:
        plain = re.sub(rf"\b{re.escape(title)}\b", "|", plain)
    out = []
    for piece in plain.split("|"):
        out += [" ".join(run) for run in runs(piece.split()) if run in original]
    return out


def scalars(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from scalars(each)
    elif isinstance(value, list):
        for each in value:
            yield from scalars(each)
    elif isinstance(value, str):
        yield value


def test_rendered_statement(statement: Statement, original: set[tuple[str, ...]], titles: list[str]) -> None:
    lines = [line for part in (*statement.front, *statement.back) for line in part.lines]
    lines += [line for entry in statement.entries for part in entry.parts for line in part.lines]
    lines += [line for entry in statement.entries for line in entry.notes]
    found = {hit for line in lines for text in (line.text, *line.items) for hit in copied(text, original, titles)}
    assert found == set()


def test_register_files(original: set[tuple[str, ...]], titles: list[str]) -> None:
    found = set()
    for path in [ROOT / "justice" / "register.yaml", *sorted((ROOT / "justice" / "sources").glob("*.yaml"))]:
        for text in scalars(yaml.safe_load(path.read_text(encoding="utf-8"))):
            found |= {(path.name, hit) for hit in copied(text, original, titles)}
    assert found == set()


def test_the_check_finds_a_copy(original: set[tuple[str, ...]], titles: list[str]) -> None:
    sentence = "Data are used to identify the risks and needs of the offending population."
    assert copied(sentence, original, titles)


def test_titles_alone_are_allowed(original: set[tuple[str, ...]], titles: list[str]) -> None:
    title = "Freedom of Information Act: Statistics on Implementation in Central Government"
    assert copied(title, original, titles) == []
