"""The page on robustness says what the slow run makes, by the plan that the run follows."""

from __future__ import annotations

import random
from pathlib import Path

from tests.generative.plan import COUNTS, KINDS, READERS, SEEDS, counted, drawn, table


PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "robustness.md"


def test_the_page_s_table_is_what_the_slow_run_makes() -> None:
    page = PAGE.read_text(encoding="utf-8").splitlines()
    assert [line for line in page if line.startswith("|")] == table()
    told = "\n".join(page)
    assert f"{sum(slow for _, slow in COUNTS.values()):,} deliveries" in told
    assert f"{sum(quick for quick, _ in COUNTS.values()):,} of them" in told


def test_every_kind_of_every_reader_is_in_the_slow_run() -> None:
    assert {reader for reader, _ in counted()} == set(READERS)
    for way, kinds in KINDS.items():
        found = drawn(kinds(), COUNTS[way][1], random.Random(SEEDS[1]))
        missing = {each[:3] for each in kinds()} - {each[:3] for each in found}
        assert not missing, (way, missing)
        assert len(found) == COUNTS[way][1] and sum(COUNTS[way]) > 0


def test_what_is_drawn_is_drawn_alike_and_evenly() -> None:
    kinds = [(n,) for n in range(7)]
    first, second = (drawn(kinds, 30, random.Random(4)) for _ in range(2))
    assert first == second and drawn(kinds, 30, random.Random(5)) != first
    assert {first.count(each) for each in kinds} == {4, 5}
