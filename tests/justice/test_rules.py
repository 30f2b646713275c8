"""Each numbered rule of the contracts catches its fault, with its severity, and lets clean rows pass."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from piperoll.register import load
from tests.justice.rulebench import Bench, Case, cases, caught, faulty, rule_of


REGISTER = load(Path(__file__).parents[2] / "justice")
CASES = list(cases(REGISTER))
FAULTS = [
    pytest.param(case, rule, fault, id=f"{case.name}-{rule}-{number}".replace(" ", "_"))
    for case in CASES
    for rule, number, fault in case.faults
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    yield Bench(REGISTER, tmp_path_factory.mktemp("rules"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "_"))
def test_clean_rows_pass_every_rule(case: Case, bench: Bench) -> None:
    result = bench.check(case.store, case.clean)
    assert result.rows_in == result.rows_kept == len(case.clean.rows) > 0
    assert not result.findings, [each.sentence for each in result.findings]
    assert not result.queries, [each.sentence for each in result.queries]


@pytest.mark.parametrize(("case", "rule_id", "fault"), FAULTS)
def test_a_fault_is_caught_by_its_rule(case: Case, rule_id: str, fault: dict[str, object], bench: Bench) -> None:
    rule = rule_of(REGISTER, case.dataset, rule_id)
    assert rule is not None, f"{case.dataset} has no rule {rule_id}"
    store, sent = faulty(REGISTER, case, fault)
    result = bench.check(store, sent)
    found = caught(rule, result)
    assert found, [f"{each.rule}: {each.sentence}" for each in result.findings]
    assert (rule_id, rule.severity) in found
