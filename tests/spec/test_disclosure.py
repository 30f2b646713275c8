"""The exact cases of disclosure control. The chapters in ``disclosure/`` are the documentation."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.protect import (
    Attacker,
    Dimension,
    Hierarchy,
    Problem,
    Requirement,
    Table,
    apply,
    attack,
    check,
    link,
    permit,
    pose,
    prove,
    secure,
)
from piperoll.protect.inference.words import between
from piperoll.register.model.policy import Policy


CHAPTERS = sorted((Path(__file__).parent / "disclosure").glob("*.md"))
POLICY = Policy(key="possession", title="Possession", suppress_below=8, round_to=5, change_minimum_base=30)


@dataclass(frozen=True)
class Case:
    """A row of a chapter's table."""

    chapter: str
    section: str
    row: dict[str, str]

    def __str__(self) -> str:
        return f"{self.section}: {' | '.join(self.row.values())}"


def cases() -> list[Case]:
    found = []
    for path in CHAPTERS:
        section, header = "", []
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("## "):
                section, header = line[3:], []
            elif line.startswith("|") and not set(line) <= set("|- "):
                texts = [text.strip() for text in line.strip("|").split("|")]
                if header:
                    found.append(Case(path.stem, section, dict(zip(header, texts, strict=True))))
                else:
                    header = texts
    return found


CASES = cases()


def having(column: str) -> list[Case]:
    return [case for case in CASES if column in case.row]


def each(column: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", [pytest.param(case.row, id=str(case)) for case in having(column)])


def cell(identity: str, kind: str, value: float, *, national: bool = False, of: str = "", base: str = "") -> dict:
    return {
        "identity": identity, "table": "t", "measure": kind, "kind": kind, "period": "2012Q2", "geography_version": "",
        "national": national, "support": False, "value": float(value), "n": int(value), "of": of, "base": base,
        "denominator": None, "per": 100.0, "missing": [], "marks": [],
    }  # fmt: skip


def shown(*cells: dict) -> list[str]:
    schema = {"denominator": pl.Float64, "missing": pl.List(pl.String), "marks": pl.List(pl.String)}
    protected = apply(pl.DataFrame(list(cells), schema_overrides=schema), POLICY, {"change": 1})
    return [
        "".join(f"[{mark}]" for mark in row["marks"]) if row["shown"] is None else f"{row['shown']:g}"
        for row in protected.iter_rows(named=True)
    ]


@each("count")
def test_counts(row: dict[str, str]) -> None:
    assert shown(cell("a", "count", int(row["count"]))) == [row["shown"]]


@each("national count")
def test_national_counts(row: dict[str, str]) -> None:
    assert shown(cell("a", "count", int(row["national count"]), national=True)) == [row["shown"]]


@each("earlier count")
def test_changes(row: dict[str, str]) -> None:
    then, now = int(row["earlier count"]), int(row["later count"])
    change = cell("c", "change", 100 * (now - then) / then, of="now", base="then") | {"n": then}
    assert shown(cell("now", "count", now), cell("then", "count", then), change)[2] == row["change"]


@each("quarters shown")
def test_years(row: dict[str, str]) -> None:
    quarters = [int(row[name]) for name in ("Q1", "Q2", "Q3", "Q4")]
    counts = [cell(str(k), "count", value) for k, value in enumerate([*quarters, sum(quarters)])]
    *parts, year = shown(*counts)
    assert (" ".join(parts), year) == (row["quarters shown"], row["year shown"])


@each("period")
def test_periods(row: dict[str, str]) -> None:
    try:
        permit(POLICY, Period.parse(row["period"]))
        answer = "yes"
    except UserError as error:
        answer = error.code
    assert answer == row["answer"]


def one_row(counts: list[int], *, forced: Sequence[int] = (), exact: Sequence[int] = ()) -> Problem:
    """A total (first) and its parts. The total is primary too if it is small, but not as a headline."""
    parts = [f"part {k}" for k in range(1, len(counts))]
    part = Dimension("part", (Hierarchy("all", {"total": tuple(parts)}),), top="nothing")
    linked = link([part], [Table("t", pl.DataFrame({"part": ["total", *parts]}))])
    values = np.array(counts, np.int64)
    mask = [np.isin(np.arange(len(counts)), chosen) for chosen in (forced, exact)]
    primary = (values < 8) & ~mask[0]
    return pose(
        linked.relations, values, primary, Attacker(), Requirement.width(len(values)), forced=mask[0], exact=mask[1]
    )


def counts_shown_as(total: int, parts: list[int], hidden: int) -> list[int] | None:
    """Counts that are shown like this, if there are any."""
    ranges = [range(max(8, v - 2), v + 3) for v in parts] + [range(8)] * hidden
    return next(
        ([sum(found), *found] for found in itertools.product(*ranges) if max(8, total - 2) <= sum(found) <= total + 2),
        None,
    )


@each("each hidden part")
def test_one_row(row: dict[str, str]) -> None:
    parts, hidden = [int(text) for text in row["shown"].split()], int(row["hidden"])
    counts = counts_shown_as(int(row["total"]), parts, hidden)
    problem = one_row(counts)
    found = attack(problem, np.zeros(len(counts), bool))
    assert len(found) == hidden
    assert {(between(each.low, each.high), each.exact) for each in found} == {(row["each hidden part"], True)}


@pytest.mark.parametrize(("shown_parts", "hidden"), [(0, 2), (0, 3), (0, 4), *itertools.product((1, 2, 3), (1, 2, 3))])
def test_closed_form(shown_parts: int, hidden: int) -> None:
    tried = 0
    for total in range(10, 30 + 20 * shown_parts, 5):
        counts = counts_shown_as(total, [20] * shown_parts, hidden)
        if counts is None:
            continue
        over = total - 20 * shown_parts
        low = max(0, over - 2 * (shown_parts + 1) - 7 * (hidden - 1))
        high = min(7, over + 2 * (shown_parts + 1))
        for found in attack(one_row(counts), np.zeros(len(counts), bool)):
            assert (found.low, found.high) == (low, high)
            tried += 1
    assert tried >= 3


def read(text: str) -> tuple[list[int], list[int], list[int]]:
    """Counts, positions of those that have to be shown (``!``), positions of exact ones."""
    texts = text.split()
    counts = [int(re.match(r"\d+", each)[0]) for each in texts]
    return counts, [k for k, t in enumerate(texts) if "!" in t], [k for k, t in enumerate(texts) if "exact" in t]


@pytest.mark.parametrize("row", [pytest.param(c.row, id=str(c)) for c in having("counts") if "shown" in c.row])
def test_hidden_besides(row: dict[str, str]) -> None:
    counts, forced, exact = read(row["counts"])
    problem = one_row(counts, forced=forced, exact=exact)
    certificate, outcome = prove(problem, secure(problem))
    check(certificate.data)
    told = [
        "[c]" if problem.primary[k] else "s" if outcome.pattern[k] else str(int(Attacker().figure(problem.values)[k]))
        for k in range(len(counts))
    ]
    assert " ".join(told) == row["shown"]
    assert outcome.gap == 0


@pytest.mark.parametrize("row", [pytest.param(c.row, id=str(c)) for c in having("counts") if "answer" in c.row])
def test_headlines(row: dict[str, str]) -> None:
    counts, forced, exact = read(row["counts"])
    problem = one_row(counts, forced=forced, exact=exact)
    try:
        outcome = secure(problem)
    except UserError as error:
        assert row["answer"].startswith(error.code)
        assert row["answer"].removeprefix("PR-P044").removeprefix(": ") in error.sentence
        return
    check(prove(problem, outcome)[0].data)
    assert row["answer"] == ("s" if outcome.pattern.any() else "nothing")
    assert not outcome.pattern[forced].any()


def test_every_row_is_tried() -> None:
    tried = ("count", "national count", "earlier count", "quarters shown", "period", "each hidden part", "counts")
    assert {case for column in tried for case in map(str, having(column))} == {str(case) for case in CASES}
    assert len(CASES) > 40
