"""The page of the sources: what it adds up, what it calls unnoticed, and what makes its tool fail."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from piperoll.register import load
from piperoll.register.model.register import Register
from piperoll.simulate.account import Accounting


ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    sys.path.insert(0, str(ROOT / "tools"))
    import sources_table

    return sources_table


@pytest.fixture(scope="module")
def justice() -> Register:
    return load(ROOT / "justice")


def accounting(refused: int = 1, balanced: bool = True) -> Accounting:
    """One file of ten rows, one of them refused; a fault that was refused, and one that nothing noticed."""
    files = pl.DataFrame({
        "file": ["a.csv", "b.csv", ""], "dataset": ["pnd.notice", "pnd.notice", "fta.warrant"],
        "rows_written": [10, 5, 0], "rows_kept": [9, 0, None], "rows_refused": [refused, 0, None], "rows_in": [10, 5, None],
        "verdict": ["accepted_less_refused", "refused", None], "balanced": [balanced, True, True],
    })  # fmt: skip
    faults = pl.DataFrame({
        "dataset": ["pnd.notice", "pnd.notice", "fta.warrant"], "kind": ["mistyped", "mistyped", "missing"],
        "answer": ["refused", "not_noticed", "known_missing"],
    })  # fmt: skip
    return Accounting(faults, pl.DataFrame(), files)


def test_a_source_has_a_line_with_all_its_rows(tool: ModuleType, justice: Register) -> None:
    lines = {each.source: each for each in tool.table_lines(justice, [accounting(), accounting()], Counter(pnd=3))}
    assert len(lines) == 34
    pnd = lines["pnd"]
    assert (pnd.files, pnd.written, pnd.kept, pnd.refused, pnd.whole, pnd.known) == (4, 30, 18, 2, 10, 0)
    assert (
        pnd.reconciled and pnd.proven == 3 and pnd.rules == sum(len(d.rules) for d in justice.sources["pnd"].datasets)
    )
    assert pnd.answers == Counter(refused=2, not_noticed=2)
    assert lines["fta"].files == 0 and lines["fta"].answers == Counter(known_missing=2)
    assert sum(each.datasets for each in lines.values()) == len(list(justice.datasets()))


@pytest.mark.parametrize("wrong", [accounting(refused=0), accounting(balanced=False)])
def test_rows_that_are_lost_are_said(tool: ModuleType, justice: Register, wrong: Accounting) -> None:
    line = next(each for each in tool.table_lines(justice, [wrong], Counter()) if each.source == "pnd")
    assert not line.reconciled
    assert "| no, " in tool.page([line], tool.kinds([wrong]))


def test_kinds_of_fault_and_the_share_that_nothing_noticed(tool: ModuleType, justice: Register) -> None:
    by_kind = tool.kinds([accounting()])
    assert by_kind == {"missing": Counter(known_missing=1), "mistyped": Counter(refused=1, not_noticed=1)}
    text = tool.page(tool.table_lines(justice, [accounting()], Counter()), by_kind)
    assert "Of 3 faults 1 (33.3%) were noticed by no rule" in text
    assert "| mistyped | 2 | 1 | 0 | 0 | 0 | 0 | 0 | 1 | 50.0% |" in text
    assert f"- mistyped: {tool.UNNOTICED['mistyped']}." in text and "- missing:" not in text


def test_a_rule_without_its_fault_is_not_proven(
    tool: ModuleType, justice: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [each for each in tool.cases(justice) if each.source == "fmpo"]
    monkeypatch.setattr(tool, "cases", lambda register: cases)
    all_of_them = sum(len(d.rules) for d in justice.sources["fmpo"].datasets)
    assert tool.proven_rules(justice, tmp_path) == Counter(fmpo=all_of_them)
    monkeypatch.setattr(tool, "caught", lambda rule, result: [])
    assert tool.proven_rules(justice, tmp_path) == Counter()
