"""Weights of random models over random tables are plain sums; explanations add up to them; a model is read as written."""

from __future__ import annotations

import json
import math
import os
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.link.block.blocks import block
from piperoll.link.compare.program import compare
from piperoll.link.estimate.chances import Chances
from piperoll.link.estimate.train import Trained, weigh_up
from piperoll.link.explain.parts import parts
from piperoll.link.explain.words import lines, probability
from piperoll.link.model import read_model, written
from piperoll.link.prepare import Ready
from piperoll.link.score.run import Scanner, together
from tests.link import plain
from tests.link.worlds import COMPARISONS, TABLES, all_pairs, cleaned, frame, made_ready


EXAMPLES = int(os.environ.get("PIPEROLL_EXAMPLES", "10"))
MANY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

TF = [  # with levels adjusted by frequency, as a whole and in part
    {"name": "fore", "levels": [{"when": "null(forename)", "null": True}, {"when": "forename", "tf": 1.0},
        {"when": "nickname(forename)", "tf": 0.5}, {"when": "initial(forename)"}, {"when": "else"}]},
    {"name": "born", "levels": [{"when": "null(dob)", "null": True}, {"when": "dob", "tf": 0.5},
        {"when": "year(dob)", "tf": 0.25}, {"when": "else"}]},
    {"name": "home", "tf": "postcode", "levels": [{"when": "postcode", "tf": 1.0}, {"when": "outward(postcode)", "tf": 0.3},
        {"when": "note", "tf": 0.7}, {"when": "else"}]},
]  # fmt: skip


def random_model(ready: Ready, seed: int, relatives: bool) -> Trained:
    """Chances at random that sum to one; what relatives do not share, they agree on as strangers do."""
    random = np.random.default_rng(seed)
    m, u, r = [], [], []
    for size in ready.program.sizes:
        one, two, three = (random.dirichlet(np.ones(int(size) - 1)) * 0.98 + 0.02 / (int(size) - 1) for _ in range(3))
        m.append(one)
        u.append(two)
        r.append(three if random.random() < 0.5 else two)
    prior = 10.0 ** -random.uniform(0.5, 6)
    kin = prior * random.random() if relatives else 0.0
    chances = Chances(tuple(m), tuple(u), tuple(r) if relatives else (), (True,) * len(m), np.zeros((0, 2)), 3)
    return Trained(chances, prior, kin, 1000)


def rarity(
    ready: Ready, trained: Trained, records: list[dict[str, Any]], levels: np.ndarray, a: int, b: int
) -> list[float]:
    """What is added for each comparison: a share of how much rarer the commoner of both values is than most."""
    out = []
    for c, comparison in enumerate(ready.linkage.comparisons):
        factor = comparison.said[levels[c] - 1].spec.tf if levels[c] else 0.0
        field = comparison.tf.field if comparison.tf and not comparison.tf.function else ""
        values = [] if not field else [each[field] for each in (records[a], records[b]) if each[field] is not None]
        if not factor or not values:
            out.append(0.0)
            continue
        # of the commoner of both; where one of them has none, of the other's
        share = plain.shares([record[field] for record, use in zip(records, ready.learners, strict=True) if use])
        common = max(share[each] for each in values)
        out.append(factor * (math.log2(trained.chances.u[c][0]) - math.log2(common)))
    return out


def scanned(ready: Ready, trained: Trained) -> tuple[dict[tuple[int, int], tuple[int, float]], Scanner]:
    blocks = [part for rule in ready.linkage.rules for part in block(ready.records, rule, ready.mode, 1000).parts]
    scanner = Scanner(ready.layout.coded, ready.program, blocks, 1)
    found = together(list(scanner.run(scanner.tasks(), weigh_up(trained, ready), -math.inf)))
    out = {
        (int(a), int(b)): (int(p), float(w))
        for a, b, p, w in zip(found.left, found.right, found.pattern, found.weight, strict=True)
    }
    assert len(out) == len(found)
    return out, scanner


def weights_are_plain_sums(ready: Ready, seed: int, relatives: bool) -> None:
    trained = random_model(ready, seed, relatives)
    records = cleaned(ready.records)
    found, _ = scanned(ready, trained)
    left, right = all_pairs(len(records))
    levels = np.zeros((len(ready.program.sizes), len(left)), np.uint8)
    compare(ready.program, ready.layout.coded, left, right, len(left), levels)
    codes = ready.layout.coded.codes
    told = parts(weigh_up(trained, ready), levels, codes[left], codes[right], np.ones(codes.shape[1], bool))
    chances = trained.chances
    for k, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        rare = rarity(ready, trained, records, levels[:, k], a, b)
        expected = plain.weight(
            levels[:, k].tolist(), chances.m, chances.u, chances.r, trained.prior, trained.kin, rare
        )
        # frequencies are kept as float32 logarithms, good to a millionth of a bit
        near = 1e-9 if not any(rare) else 1e-5
        assert told.total[k] == pytest.approx(expected, abs=near)
        assert told.rare[:, k] == pytest.approx(np.array(rare), abs=near)
        steps = lines(ready.linkage.comparisons, levels[:, k].tolist(), told, k)
        assert steps[-1].sum == pytest.approx(told.total[k], abs=0.006)
        assert sum(each.bits for each in steps) == pytest.approx(steps[-1].sum, abs=1e-9)
        assert probability(expected) == pytest.approx(1 / (1 + 2.0**-expected), abs=1e-12)
        if (a, b) in found:
            pattern, weight = found[a, b]
            assert (ready.program.levels(np.array([pattern]))[0] == levels[:, k]).all()
            assert weight == pytest.approx(told.total[k], abs=1e-9)


RULES = {"rules": ["surname", "year(dob)", "forename"]}


@MANY
@given(TABLES, COMPARISONS, st.integers(0, 1000), st.booleans())
def test_weights_are_plain_sums(
    table: list[dict[str, Any]], wanted: list[dict[str, Any]], seed: int, kin: bool
) -> None:
    weights_are_plain_sums(made_ready({"a": frame(table)}, compare=wanted, block=RULES), seed, kin)


@MANY
@given(TABLES, st.integers(0, 1000), st.booleans())
def test_weights_adjusted_by_frequency_are_plain_sums(table: list[dict[str, Any]], seed: int, kin: bool) -> None:
    # some records again and again: frequencies are counted among the first three of those that are the same
    table = table + [table[0]] * (seed % 6)
    weights_are_plain_sums(made_ready({"a": frame(table)}, compare=TF, block=RULES), seed, kin)


@MANY
@given(TABLES, COMPARISONS, st.integers(0, 1000), st.booleans())
def test_a_model_is_read_as_it_was_written(
    table: list[dict[str, Any]], wanted: list[dict[str, Any]], seed: int, kin: bool
) -> None:
    ready = made_ready({"a": frame(table)}, compare=wanted, block=RULES)
    trained = random_model(ready, seed, kin)
    found, scanner = scanned(ready, trained)
    told = json.loads(json.dumps(written(ready.linkage, trained, scanner.blocks, ready.mode, 0.9)))
    model = read_model(told, ready.linkage)
    assert list(model.rules) == [each.text for each in scanner.blocks]
    again, _ = scanned(ready, model.trained)
    assert again == found
    assert (model.trained.prior, model.trained.kin, model.trained.pairs) == (trained.prior, trained.kin, trained.pairs)
    assert model.trained.chances.trained == trained.chances.trained
