"""What gives a count away, in a sentence with the figures as they are published."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.protect.attacker import Attacker, Insider, Shown
from piperoll.protect.engine import attack, pose, secure
from piperoll.protect.inference.words import between, join, sentence
from piperoll.protect.problem import Problem
from piperoll.protect.relations import BIG
from piperoll.protect.requirement import Requirement
from piperoll.protect.suppress.violations import Leak
from piperoll.protect.tables import Dimension, Hierarchy, Table, link


def row(
    counts: list[int],
    parts: list[str],
    attacker: Attacker | None = None,
    exact: tuple[int, ...] = (),
    width: int = 4,
    free: bool = False,
) -> Problem:
    """A total and its parts; unless free, all that are not small have to be shown."""
    linked = link(
        [Dimension("part", (Hierarchy("all", {"year": tuple(parts)}),), top="none")],
        [Table("t", pl.DataFrame({"part": ["year", *parts]}))],
    )
    values = np.array(counts)
    mask = np.zeros(len(counts), bool)
    mask[list(exact)] = True
    return pose(
        linked.relations, values, (values < 8) & ~mask, attacker or Attacker(), Requirement.width(len(counts), width),
        forced=((values >= 8) & (not free)) | mask, exact=mask,
    )  # fmt: skip


def refused(problem: Problem) -> str:
    with pytest.raises(UserError, match="PR-P044") as raised:
        secure(problem)
    fix = "Ask for less detail, or take back one of the figures named, if it is not published yet."
    return raised.value.sentence.removeprefix("PR-P044 no suppression makes this safe: ").removesuffix(" " + fix)


QUARTERS = ["Q1", "Q2", "Q3", "Q4"]

CASES: dict[str, tuple[Problem, str]] = {
    "a year and four hidden quarters": (
        row([28, 7, 7, 7, 7], QUARTERS),
        "[year] is published as 30 and all four parts of it are hidden ([Q1], [Q2], [Q3] and [Q4]): each is 7.",
    ),
    "a year and two hidden halves": (
        row([13, 7, 6], ["H1", "H2"]),
        "[year] is published as 15 and both parts of it are hidden ([H1] and [H2]): each is 6 or 7.",
    ),
    "many hidden parts are not listed": (
        row([84, *[7] * 12], [f"m{n}" for n in range(12)]),
        "[year] is published as 85 and all 12 parts of it are hidden: each is 6 or 7.",
    ),
    "one hidden part beside shown ones": (
        row([1029, 500, 522, 7], ["a", "b", "c"]),
        "[year] is published as 1,030, [a] as 500 and [b] as 520: [c] is 4 to 7.",
    ),
    "an exact total": (
        row([51, 22, 22, 7], ["a", "b", "c"], exact=(0,)),
        "[year] is published as 51, [a] as 20 and [b] as 20: [c] is exactly 7.",
    ),
    "exact figures": (
        row([23, 20, 3], ["a", "b"], Attacker(Shown.EXACT)),
        "[year] is published as 23 and [a] as 20: [b] is exactly 3.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_refusal_names_what_is_published(name: str) -> None:
    problem, words = CASES[name]
    assert refused(problem) == words


def test_what_the_rule_itself_tells() -> None:
    problem = row([60, 30, 23, 7], ["a", "b", "c"], width=8, free=True)
    assert refused(problem) == "[c] is 0 to 7, by the rule alone, whatever is hidden."


def test_what_can_be_inferred_is_told_alike() -> None:
    (found,) = attack(row([29, 22, 7], ["a", "b"]), np.zeros(3, bool))
    assert found.sentence == "[year] is published as 30 and [a] as 20: [b] is 6 or 7."


def test_who_knows_more_is_named() -> None:
    landlord = Insider("a landlord", ((0, 5), (2, 5)))
    told = refused(row([29, 22, 7], ["a", "b"], Attacker(insiders=(landlord,)), free=True))
    assert told == "a landlord knows that [b] is 5 to 7, whatever is hidden."


def test_more_than_ten_figures_are_counted() -> None:
    names = [f"m{n}" for n in range(13)]
    problem = row([130, *[10] * 13], names, Attacker(threshold=None), exact=(0,))
    told = sentence(problem, Leak(13, frozenset(range(13)), 10, 10))
    assert told.startswith("[year] is published as 130, [m0] as 10, [m1] as 10, ")
    assert told.endswith("[m8] as 10 and 3 more: [m12] is exactly 10.")


def test_ranges_and_lists() -> None:
    assert [between(7, 7), between(6, 7), between(0, 1200), between(3, BIG)] == [
        "exactly 7", "6 or 7", "0 to 1,200", "3 or more",
    ]  # fmt: skip
    assert [join(["a"]), join(["a", "b"]), join(["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
