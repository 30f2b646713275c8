"""The register and the Statement made from it, once for all these tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from piperoll.register import load
from piperoll.register.model.facts import Entry
from piperoll.register.model.register import Register
from piperoll.statement import render
from piperoll.statement.document import Statement


ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def register() -> Register:
    """The justice register."""
    return load(ROOT / "justice")


@pytest.fixture(scope="session")
def statement(register: Register) -> Statement:
    """Its Statement as of its own day, 31 October 2012."""
    return render(register)


@pytest.fixture(scope="session")
def entry(register: Register) -> Callable[[str], Entry]:
    """The facts of a source."""

    def find(key: str) -> Entry:
        found = register.sources[key].entry
        assert found is not None
        return found

    return find


@pytest.fixture(scope="session")
def read(statement: Statement) -> Callable[[str, str], list[str]]:
    """The lines under one heading of one entry, each with its list."""
    entries = {each.key: each for each in statement.entries}

    def lines(key: str, heading: str) -> list[str]:
        return [line.plain for line in entries[key].part(heading).lines]

    return lines


@pytest.fixture(scope="session")
def says(read: Callable[[str, str], list[str]]) -> Callable[..., None]:
    """Assert that a heading has exactly as many lines as terms given, and that each line holds all of its terms."""

    def check(key: str, heading: str, *expected: str | tuple[str, ...]) -> None:
        lines = [line.casefold() for line in read(key, heading)]
        assert len(lines) == len(expected), (key, heading, lines)
        for line, terms in zip(lines, expected, strict=True):
            for term in (terms,) if isinstance(terms, str) else terms:
                assert term.casefold() in line, (key, heading, term, line)

    return check
