"""Who is who: joining by loops, vetoes, bridges and measures of agreement by plain counting; order and threads."""

from __future__ import annotations

import os

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.link import tables
from piperoll.link.cluster import persons as joining
from piperoll.link.cluster.agree import agree, components
from piperoll.link.cluster.bridges import find_bridges
from piperoll.link.engine import Linked, link
from piperoll.link.evaluate.agreement import agreement, within
from piperoll.link.explain.population import Population
from piperoll.link.files.spec import read_linkage
from piperoll.link.score import run
from piperoll.link.spec.terms import Term
from tests.link import plain
from tests.link.worlds import PEOPLE, people


EXAMPLES = int(os.environ.get("PIPEROLL_EXAMPLES", "60"))
MANY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(max_examples=max(EXAMPLES // 20, 3), deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def judged(draw: st.DrawFn, most: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric probabilities, in 64ths so that sums are exact and ties come, and vetoes."""
    count = draw(st.integers(1, most))
    chance, apart = np.zeros((count, count)), np.zeros((count, count), bool)
    for a in range(count):
        for b in range(a + 1, count):
            chance[a, b] = chance[b, a] = draw(st.one_of(st.sampled_from([0, 32, 48, 60, 64]), st.integers(0, 64))) / 64
            apart[a, b] = apart[b, a] = draw(st.integers(0, 7)) == 0
    return chance, apart


# none that products of chances reach exactly, so that rounding decides nothing
JOIN = st.sampled_from([0.5003, 0.7703, 0.9007, 0.99903])
LEAST = st.sampled_from([0.25, 0.5, 0.75])


@MANY
@given(judged(), JOIN, LEAST)
def test_joining_equals_loops_and_respects_every_veto(
    seen: tuple[np.ndarray, np.ndarray], join: float, least: float
) -> None:
    chance, apart = seen
    found = agree(chance, apart, join, least).tolist()
    assert found == plain.agree(chance.tolist(), apart.tolist(), join, least)
    near = [(a, b) for a in range(len(chance)) for b in range(a) if chance[a, b] >= least]
    reach = plain.parts(len(chance), near)
    for a in range(len(found)):
        assert found[found[a]] == found[a] <= a
        for b in range(a):
            if found[a] == found[b]:
                assert not apart[a, b]
                assert reach[a] == reach[b]
    for name in set(found):
        own = [k for k in range(len(found)) if found[k] == name]
        linked = plain.parts(
            len(own), [(x, y) for x in range(len(own)) for y in range(x) if chance[own[x], own[y]] >= least]
        )
        assert len(set(linked)) == 1


@MANY
@given(judged(12), JOIN)
def test_components_are_those_of_loops(seen: tuple[np.ndarray, np.ndarray], join: float) -> None:
    chance = seen[0]
    links = [(a, b) for a in range(len(chance)) for b in range(a + 1, len(chance)) if chance[a, b] >= join]
    left, right = (np.array([each[k] for each in links], np.int32) for k in (0, 1))
    assert components(len(chance), left, right).tolist() == plain.parts(len(chance), links)
    assert components(len(chance), right[::-1], left[::-1]).tolist() == plain.parts(len(chance), links)


@MANY
@given(st.integers(1, 9), st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=14))
def test_bridges_are_links_without_which_there_is_a_part_more(count: int, drawn: list[tuple[int, int]]) -> None:
    links = sorted({(min(a, b), max(a, b)) for a, b in drawn if a != b and max(a, b) < count})
    left, right = (np.array([each[k] for each in links], np.int64) for k in (0, 1))
    found = find_bridges(count, left, right)
    assert found.sum() == plain.bridges(count, links)
    for k, bridge in enumerate(found):
        rest = plain.parts(count, links[:k] + links[k + 1 :])
        assert bridge == (len(set(rest)) > len(set(plain.parts(count, links))))


LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 4), st.integers(-1, 2)), min_size=1, max_size=14)


@MANY
@given(LABELS)
def test_agreement_is_plain_counting(rows: list[tuple[int, int, int]]) -> None:
    found, known, group = (np.array([row[k] for row in rows]) for k in range(3))
    kept = [row for row in rows if row[1] >= 0]
    told = agreement(found, known)
    assert told.records == len(kept)
    scores = within(found, known, group)
    if not kept:
        assert (told.pairwise.f1, scores) == (0.0, {})
        return
    ours, theirs = [row[0] for row in kept], [row[1] for row in kept]
    for score, expected in (
        (told.pairwise, plain.pairwise(ours, theirs)),
        (told.bcubed, plain.bcubed(ours, theirs, range(len(kept)))),
        (told.clusters, plain.exact_clusters(ours, theirs)),
    ):
        assert (score.precision, score.recall) == pytest.approx(expected)
        assert 0 <= score.f1 <= 1
    assert scores.keys() == {row[2] for row in kept if row[2] >= 0}
    for name, score in scores.items():
        own = [k for k in range(len(kept)) if kept[k][2] == name]
        assert (score.precision, score.recall) == pytest.approx(plain.bcubed(ours, theirs, own))


# --- whole runs -------------------------------------------------------------------------------------------------------

LINKAGE = read_linkage({**PEOPLE, "never": [{"when": "years(dob) <= 90 and not years(dob) <= 30"}]}).linkage


def outcome(linked: Linked) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, object]]:
    return tables.clusters(linked), tables.pairs(linked), tables.model(linked)


def same(one: Linked, other: Linked) -> None:
    """Bit for bit."""
    (a, b, c), (x, y, z) = outcome(one), outcome(other)
    assert a.equals(x)
    assert b.equals(y)
    assert (b["weight"].to_numpy().view(np.int64) == y["weight"].to_numpy().view(np.int64)).all()
    assert c == z


@FEW
@given(st.integers(0, 100), st.randoms(use_true_random=False), st.sampled_from([50, 999, 100_000]))
def test_order_threads_and_tasks_change_nothing(seed: int, random: object, task: int) -> None:
    frame = people(120, seed, copies=3)
    order = list(range(frame.height))
    random.shuffle(order)
    first = link({"a": frame}, LINKAGE, threads=1)
    assert 100 < first.persons.count < frame.height
    same(first, link({"a": frame[order]}, LINKAGE, threads=2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "TASK", task)
        patch.setattr(run.tasks, "__defaults__", (task,))
        same(first, link({"a": frame[order]}, LINKAGE, threads=2))


@FEW
@given(st.integers(0, 100))
def test_persons_are_what_joining_gives_for_each_component(seed: int) -> None:
    linked = link({"a": people(150, seed, copies=4)}, LINKAGE, threads=2)
    near = linked.pairs.weight >= joining.least_weight(linked.join)
    left, right = linked.pairs.left[near], linked.pairs.right[near]
    root = plain.parts(len(linked.ready.records), list(zip(left.tolist(), right.tolist(), strict=True)))
    population = Population.of(linked)
    label = linked.persons.label
    looked = 0
    for name in set(root):
        own = np.flatnonzero(np.array(root) == name)
        if len(own) == 1:
            assert label[own[0]] == own[0]
            continue
        chance, apart = np.zeros((len(own), len(own))), np.zeros((len(own), len(own)), bool)
        born = linked.ready.records.columns
        dates = born[Term("dob")]
        for a in range(len(own)):
            for b in range(a):
                weight = population.pair(int(own[a]), int(own[b]))[1].total[0]
                chance[a, b] = chance[b, a] = 1 / (1 + 2.0 ** -min(max(weight, -60), 60))
                codes = dates.codes[own[a]], dates.codes[own[b]]
                if min(codes) >= 0:
                    days = abs(
                        (plain.day_of(dates.distinct[int(codes[0])]) - plain.day_of(dates.distinct[int(codes[1])])).days
                    )
                    apart[a, b] = apart[b, a] = 30 * 365.25 < days <= 90 * 365.25
        expected = own[plain.agree(chance.tolist(), apart.tolist(), linked.join, joining.AGREE)]
        assert label[own].tolist() == expected.tolist()
        looked += 1
    assert looked > 20


@FEW
@given(st.integers(0, 100), st.integers(3, 6))
def test_components_too_wide_are_cut_and_stay_within_themselves(seed: int, widest: int) -> None:
    frame = people(60, seed, copies=8)
    whole = link({"a": frame}, LINKAGE)
    near = whole.pairs.weight >= joining.least_weight(whole.join)
    root = components(len(frame), whole.pairs.left[near], whole.pairs.right[near])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joining, "WIDEST", widest)
        cut = joining.persons(whole.scanner, whole.pairs, whole.weights, whole.ready.vetoes, whole.join)
    label = cut.label
    assert (label[label] == label).all()
    assert (root[label] == root).all()
    for size in cut.cut:
        assert size > widest
    codes = whole.ready.layout.coded.codes
    for a, b in zip(whole.pairs.left[near], whole.pairs.right[near], strict=True):
        if (codes[a] == codes[b]).all():
            assert label[a] == label[b]
