"""Each mistake gets its sentence: file, line, key, what was expected, the nearest valid name.

The cases are ``tests/fixtures/bad_registers/<case>.yaml``: edits of the small register in ``_base`` and every sentence
that they give, in order.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from piperoll.errors import Problems
from piperoll.register import inspect, load


FIXTURES = Path(__file__).parents[1] / "fixtures" / "bad_registers"
ERRORS = Path(__file__).parents[2] / "docs" / "errors"
CASES = sorted(path.stem for path in FIXTURES.glob("*.yaml"))


def test_the_base_has_no_mistakes(base):
    assert inspect(base)[1] == []


@pytest.mark.parametrize("case", CASES)
def test_sentences(case, edited):
    spec = yaml.safe_load((FIXTURES / f"{case}.yaml").read_text())
    root = edited(spec.get("edit"), spec.get("write"))
    register, problems = inspect(root)
    assert register is None
    assert [str(each) for each in problems] == spec["expected"]
    with pytest.raises(Problems) as caught:
        load(root)
    assert caught.value.sentence == "\n".join(spec["expected"])
    assert caught.value.exit_status == 10


def test_there_are_cases():
    assert len(CASES) >= 30


@pytest.mark.parametrize("case", CASES)
def test_every_place_is_a_line_of_a_file(case, edited):
    spec = yaml.safe_load((FIXTURES / f"{case}.yaml").read_text())
    root = edited(spec.get("edit"), spec.get("write"))
    for problem in inspect(root)[1]:
        file, _, line = problem.where.rpartition(":")
        if line.isdigit():
            count = (root / file).read_text().count("\n") + 1
            assert 1 <= int(line) <= count
        else:
            assert (root / problem.where).exists()


def test_codes_have_pages_and_cases():
    source = Path(__file__).parents[2] / "src" / "piperoll"
    used = set()
    for path in [*source.joinpath("register").rglob("*.py"), source / "cli" / "register.py"]:
        used |= set(re.findall(r"\bPR-R\d{3}\b", path.read_text()))
    for code in used:
        page = (ERRORS / f"{code}.md").read_text()
        assert page.startswith(f"# {code}: ")
        assert "\n## When it occurs\n" in page
        assert "\n## How to fix\n" in page
    assert {path.stem for path in ERRORS.glob("PR-R*.md")} == used
