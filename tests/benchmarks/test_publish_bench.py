"""The benchmark of a quarter's releases: what is reported of a run, and a run of a small register."""

from __future__ import annotations

from pathlib import Path

import publish
import pytest
from world_process import Measured


ROOT = Path(__file__).parents[2]


def _edition(publication: str, state: str = "made", **steps: float) -> dict[str, object]:
    return {
        "publication": publication, "period": "2012Q2", "state": state, "told": "",
        "seconds": sum(steps.values()), "steps": steps,
    }  # fmt: skip


TOLD = {
    "seconds": 30.0,
    "steps": {"Counting": 40.0, "Protecting": 9.0, "Writing": 0.9, "Recording": 0.1},
    "editions": [
        _edition("courts", Counting=30.0, Protecting=1.0),
        _edition("prisons", Counting=10.0, Protecting=8.0, Writing=0.9, Recording=0.1),
        _edition("wardens", "left out", Comparing=0.0),
    ],
}
FOUND = {"run": Measured(30.0, 50.0, 1200.0, ""), "run again": Measured(6.0, 9.0, 300.0, "")}


@pytest.fixture
def lines() -> list[str]:
    return publish.report(("--scale=0.1",), "2012Q2", FOUND, TOLD)


def test_it_says_what_was_made(lines: list[str]) -> None:
    assert "3 editions due, 1 left out, 2 made." in lines[0]
    assert "`piperoll simulate --scale=0.1`" in lines[0] and "--period 2012Q2" in lines[0]


def test_commands_and_steps_have_their_rows(lines: list[str]) -> None:
    assert "| `run` | 30 | 50 | 1,200 |" in lines and "| `run again` | 6 | 9 | 300 |" in lines
    assert "| Counting | 40 | 80% |" in lines and "| Writing | 1 | 2% |" in lines
    assert not any(line.startswith("| Recording") for line in lines)  # less than half a per cent


def test_ratios_are_to_the_counting_and_to_the_first_run(lines: list[str]) -> None:
    text = " ".join(lines)
    assert "takes 0.20 of the time" in text and "1.2 times the counting" in text


def test_the_slowest_editions_stand_first_with_their_longest_step(lines: list[str]) -> None:
    at = lines.index("The slowest editions:")
    assert lines[at + 4].startswith("| courts 2012Q2 | 31 | counting |")
    assert lines[at + 5].startswith("| prisons 2012Q2 | 19 | counting |")


@pytest.mark.slow
def test_a_quarter_is_made_and_then_left_as_it_is(tmp_path: Path) -> None:
    settings = ("--scale=0.002", "--persons=0", "--from=2008-01", "--to=2008-04", "--faults", "none")
    found, told = publish.made(settings, "2008Q1", tmp_path, ROOT / "justice", ())
    assert list(found) == ["simulate", "collect", "run", "run again"]
    states = {each["publication"]: each["state"] for each in told["editions"]}
    assert states["mortgage_and_landlord_possession"] == "made"
    assert told["steps"]["Counting"] > 0
    assert "unchanged" in found["run again"].said and " made" not in found["run again"].said.splitlines()[-1]
