"""What percentages, rates, revisions and earlier releases tell."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.protect import (
    Attacker,
    Dimension,
    Hierarchy,
    Problem,
    Requirement,
    Table,
    attack,
    derived,
    link,
    pose,
    secure,
)
from piperoll.protect.relations import BIG, Rows
from piperoll.protect.suppress.violations import Watch


AREAS = ("a", "b")
PERIODS = ("then", "now")


def two_periods(counts: dict[tuple[str, str], int], rows: list[Rows], figures: int) -> Problem:
    """Two areas and their total in two periods; percentages are ``figures`` further cells."""
    frame = pl.DataFrame(
        [(place, period) for place in ("R", *AREAS) for period in PERIODS], schema=["place", "period"], orient="row"
    )
    dimensions = [Dimension("place", (Hierarchy("all", {"R": AREAS}),)), Dimension("period")]
    linked = link(dimensions, [Table("t", frame)], more=[f"percentage {k}" for k in range(figures)])
    values = [
        sum(counts[area, period] for area in (AREAS if place == "R" else (place,)))
        for place, period in frame.iter_rows()
    ]
    every = np.concatenate([linked.gather({"t": np.array(values)})[: len(values)], np.zeros(figures, np.int64)])
    primary = (every < 8) & (np.arange(len(every)) < len(values))
    relations = derived.extend(linked.relations, rows)
    return pose(relations, every, primary, Attacker(), Requirement.width(len(every)))


R_THEN, R_NOW, A_THEN, A_NOW, B_THEN, B_NOW, FIGURE = range(7)


def bounds(problem: Problem, cell: int, hidden: tuple[int, ...] = ()) -> tuple[int, int]:
    pattern = np.isin(np.arange(problem.relations.cells), hidden)
    fixpoint, _, _ = Watch(problem).bounds(pattern)
    return int(fixpoint.low[cell]), int(fixpoint.high[cell])


COUNTS = {("a", "then"): 29, ("a", "now"): 40, ("b", "then"): 50, ("b", "now"): 60}


def test_a_published_30_without_a_percentage_is_28_or_29() -> None:
    problem = two_periods(COUNTS, [derived.base_rule(A_THEN, A_NOW, 30, shown=False, figure=FIGURE)], 1)
    assert bounds(problem, A_THEN) == (28, 29)


def test_a_published_30_with_a_percentage_is_30_to_32() -> None:
    counts = COUNTS | {("a", "then"): 31}
    problem = two_periods(counts, [derived.base_rule(A_THEN, A_NOW, 30, shown=True, figure=FIGURE)], 1)
    assert bounds(problem, A_THEN) == (30, 32)


def test_absence_tells_nothing_beside_a_hidden_count() -> None:
    problem = two_periods(COUNTS, [derived.base_rule(A_THEN, A_NOW, 30, shown=False, figure=FIGURE)], 1)
    # What the other figures leave of it, as if there were no rule of percentages.
    plain = bounds(two_periods(COUNTS, [], 1), A_THEN, (A_NOW,))
    assert bounds(problem, A_THEN, (A_NOW,)) == plain == (28, 32)


def test_presence_tells_nothing_when_the_percentage_is_left_out() -> None:
    counts = COUNTS | {("a", "then"): 31}
    problem = two_periods(counts, [derived.base_rule(A_THEN, A_NOW, 30, shown=True, figure=FIGURE)], 1)
    assert bounds(problem, A_THEN, (FIGURE,)) == (28, 32)


def test_a_change_narrows_both_counts() -> None:
    # 40 of 31 is 29.0 %: of 28..32 and 38..42 only a few pairs fit.
    counts = COUNTS | {("a", "then"): 31}
    problem = two_periods(counts, derived.change(A_NOW, A_THEN, Decimal("29.0"), FIGURE), 1)
    pairs = [(x, y) for x in range(28, 33) for y in range(38, 43) if 28.95 <= 100 * (y - x) / x <= 29.05]
    assert pairs == [(31, 40)]
    low, high = bounds(problem, A_NOW)
    assert low <= 40 <= high
    assert high - low < 4
    found = {each.cell: each for each in attack(replace(problem, primary=np.arange(7) == A_NOW), np.zeros(7, bool))}
    assert A_NOW in found


def test_a_share_gives_a_hidden_count_away_and_is_left_out() -> None:
    counts = {("a", "then"): 40, ("a", "now"): 40, ("b", "then"): 7, ("b", "now"): 60}
    # The share of a in the total: 40 of 47 is 85.1 %; the total alone leaves b 3 to 7 or more.
    rows = derived.share(A_THEN, R_THEN, Decimal("85.1"), FIGURE)
    problem = two_periods(counts, rows, 1)
    without = bounds(problem, B_THEN, (FIGURE,))
    within = bounds(problem, B_THEN)
    assert without[0] < within[0]
    outcome = secure(problem)
    assert outcome.pattern[FIGURE]
    assert outcome.cost == outcome.lower_bound == 1


def test_a_rate_narrows_its_count() -> None:
    # 40 in a public population of 1,234, as 32.4 per 1,000: 39.9 to 40.1.
    problem = two_periods(COUNTS, derived.rate(A_NOW, 1234, 1000, Decimal("32.4"), FIGURE), 1)
    assert bounds(problem, A_NOW) == (40, 40)
    assert bounds(problem, A_NOW, (FIGURE,)) == (38, 42)


@pytest.mark.parametrize("shown", ["0", "0.0", "-50", "33.3", "100", "250.25"])
def test_the_counts_a_figure_is_made_from_always_fit(shown: str) -> None:
    figure = Decimal(shown)
    half = Decimal(1).scaleb(figure.as_tuple().exponent) / 2
    rows = derived.change(1, 0, figure, 2)
    for base in range(1, 60):
        for now in range(220):
            told = Decimal(100 * (now - base)) / base
            inside = figure - half <= told <= figure + half
            sums = [int(row.coef @ np.array([base, now])[row.cell]) for row in rows]
            fits = all(row.low[0] <= s <= row.high[0] for row, s in zip(rows, sums, strict=True))
            assert fits == inside, (base, now)


def test_a_figure_that_contradicts_its_counts_is_refused() -> None:
    with pytest.raises(UserError, match=r"PR-P040.*a published percentage change among \["):
        two_periods(COUNTS, derived.change(A_NOW, A_THEN, Decimal("50.0"), FIGURE), 1)


def test_a_figure_with_too_many_decimals_is_refused() -> None:
    with pytest.raises(UserError, match="PR-P046"):
        two_periods(COUNTS, derived.change(A_NOW, A_THEN, Decimal("37.931034"), FIGURE), 1)


def released_twice(old: list[int], new: list[int], most: int | None) -> Problem:
    frame = pl.DataFrame({"place": ["R", *AREAS]})
    place = Dimension("place", (Hierarchy("all", {"R": AREAS}),))
    linked = link([place], [Table("old", frame, release="first"), Table("new", frame)])
    values = linked.gather({"old": np.array(old), "new": np.array(new)})
    pairs = zip(linked.ids["old"].tolist(), linked.ids["new"].tolist(), strict=True)
    rows = [] if most is None else [derived.revision(a, b, most) for a, b in pairs]
    forced = np.isin(np.arange(len(values)), linked.ids["old"]) & (values >= 8)
    return pose(
        derived.extend(linked.relations, rows),
        values,
        values < 8,
        Attacker(),
        Requirement.width(len(values)),
        forced=forced,
    )


def test_a_revision_is_a_cell_of_its_own_within_its_limit() -> None:
    free, tied = released_twice([45, 38, 7], [42, 40, 2], None), released_twice([45, 38, 7], [42, 40, 2], 5)
    assert free.relations.cells == tied.relations.cells == 6
    # Old: 43..47 less 38..42 is 1 or more. New within 5 of it tells more than the new figures alone.
    nothing = np.zeros(6, bool)
    alone, with_limit = (Watch(problem).bounds(nothing)[0] for problem in (free, tied))
    assert (with_limit.low >= alone.low).all()
    assert (with_limit.high <= alone.high).all()
    assert (int(alone.low[5]), int(alone.high[5])) == (0, 4)
    assert int(with_limit.high[3]) <= int(with_limit.high[0]) + 5


def test_what_was_published_once_stays_published() -> None:
    # The first release showed total and part, so the second cannot hide them to protect what it adds.
    frame = pl.DataFrame({"place": ["R", *AREAS]})
    place = Dimension("place", (Hierarchy("all", {"R": AREAS}),))
    linked = link([place], [Table("first", frame[:2]), Table("second", frame)])
    values = linked.gather({"first": np.array([29, 22]), "second": np.array([29, 22, 7])})
    small, need = values < 8, Requirement.width(3)
    assert secure(pose(linked.relations, values, small, Attacker(), need)).pattern.tolist() == [False, True, False]
    ledger = np.isin(np.arange(3), linked.ids["first"])
    with pytest.raises(UserError) as refused:
        secure(pose(linked.relations, values, small, Attacker(), need, forced=ledger))
    assert refused.value.code == "PR-P044"
    assert "[the total] is published as 30 and [a] as 20: [b] is 6 or 7." in refused.value.sentence


def test_two_ways_of_rounding_tell_more_than_one() -> None:
    values, none = np.array([29, 24, 12]), np.zeros(3, bool)
    by_five = Attacker().know(values, none)
    by_ten = Attacker(base=10).know(values, none)
    both = by_five.both(by_ten)
    assert (both.shown_low.tolist(), both.shown_high.tolist()) == ([28, 23, 8], [32, 24, 12])
    assert (both.hidden_high == BIG).all()


def test_an_old_release_that_was_exact_is_known_for_ever() -> None:
    problem = two_periods(COUNTS, [], 0)
    prior = np.full(6, 0), np.where(np.arange(6) == A_THEN, 29, BIG)
    knowledge = Attacker().know(problem.values, problem.primary, prior=prior)
    again = pose(problem.relations, problem.values, problem.primary, knowledge, problem.requirement)
    assert bounds(again, A_THEN) == (28, 29)
    assert bounds(again, A_THEN, (A_THEN, R_THEN))[1] == 29
