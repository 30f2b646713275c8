"""What a linkage makes is counted only if the linkage was run, after all that it links had come."""

from __future__ import annotations

from pathlib import Path

import pytest

from piperoll.errors import UserError
from piperoll.register import load
from piperoll.register.model.register import Register
from piperoll.store.parts import Part
from piperoll.tabulate.linked import require_linked


READ = ("libra.mc_offence", "crest.cc_case", "linked.court_case")


@pytest.fixture(scope="module")
def register() -> Register:
    return load(Path(__file__).parents[2] / "justice")


def part(dataset: str, sequence: int) -> Part:
    return Part(dataset, "LON", "2011-10", sequence, "0" * 64, "events", f"d{sequence}")


def test_a_linkage_that_was_not_run_is_refused(register: Register) -> None:
    with pytest.raises(UserError, match="`court_cases`, which has not been run") as caught:
        require_linked(register, READ, [part("libra.mc_offence", 1)])
    assert caught.value.code == "PR-T010"
    assert "piperoll link run court_cases" in caught.value.fix


def test_one_that_is_older_than_what_it_links_is_refused(register: Register) -> None:
    parts = [part("libra.mc_defendant", 1), part("linked.court_case", 2), part("crest.cc_count", 3),
             part("libra.mc_defendant", 4)]  # fmt: skip
    with pytest.raises(UserError, match=r"older than deliveries of crest\.cc_count, libra\.mc_defendant") as caught:
        require_linked(register, READ, parts)
    assert caught.value.code == "PR-T011"
    assert "again" in caught.value.fix


def test_a_run_after_them_is_good_whatever_else_comes(register: Register) -> None:
    parts = [part("libra.mc_defendant", 1), part("linked.court_case", 2), part("caseman.claim", 3)]
    assert require_linked(register, READ, parts) is None
    assert require_linked(register, ["libra.mc_offence"], []) is None
