"""Each numbered rule of the contracts catches its fault, with its severity, and lets clean rows pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
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


NONSENSE = ("?", "C2", "99999999999999999999", "2012-13-45", "\u00e9'\";--", " ")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "_"))
def test_nonsense_in_any_field_is_told_and_breaks_nothing(case: Case, bench: Bench) -> None:
    """One row for each field and kind of nonsense: whatever a contract's SQL makes of it, each row has its fate."""
    fields = [each.name for each in REGISTER.dataset(case.dataset).fields]
    first = case.clean.rows[0]
    rows = tuple({**first, name: text} for name in fields for text in NONSENSE)
    everywhere = tuple(dict.fromkeys(fields, text) for text in NONSENSE)
    sent = replace(case.clean, rows=(*rows, *everywhere))
    result = bench.check(case.store, sent)
    assert result.rows_in == len(sent.rows)
    assert result.rows_kept + result.rows_refused == result.rows_in
    assert result.rows_refused >= len(everywhere) - 1  # a row of blanks may be as good as empty
    assert result.findings
