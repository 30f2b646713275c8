"""The list of rules and their tests: none is missing, and none is of a rule that is not there."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from tests.justice.rulebench import RULES, cases
from tests.justice.test_rules import REGISTER


_SPEC = importlib.util.spec_from_file_location("rules", Path(__file__).parents[2] / "tools" / "rules.py")
assert _SPEC is not None and _SPEC.loader is not None
rules = importlib.util.module_from_spec(_SPEC)
sys.modules["rules"] = rules
_SPEC.loader.exec_module(rules)


def test_every_rule_of_a_source_with_tests_has_one() -> None:
    found = rules.missing(REGISTER, rules.tested_sources())
    assert not found, [f"{each.source}.{each.dataset}: {each.rule}" for each in found]


@pytest.mark.parametrize("source", sorted(path.stem for path in RULES.glob("*.yaml")))
def test_every_dataset_of_a_source_with_tests_has_clean_rows(source: str) -> None:
    tested = {case.dataset for case in cases(REGISTER)}
    # What a linkage makes nobody delivers.
    datasets = {f"{source}.{each.name}" for each in REGISTER.sources[source].datasets if not each.linkage}
    assert datasets <= tested


def test_a_rule_without_a_fault_is_told() -> None:
    lines = rules.lines(REGISTER)
    bare = [each for each in lines if not each.tests]
    assert rules.missing(REGISTER) == bare
    assert len({each.rule for each in lines}) == len(lines)


def test_the_page_has_a_line_for_each_rule() -> None:
    page = rules.table(REGISTER)
    lines = rules.lines(REGISTER)
    assert sum(line.startswith("| ") and not line.startswith("| rule") for line in page.splitlines()) == len(lines)
    assert "| LIBRA-V01 | `mc_offence` | error | this row |" in page
