"""Files linked by a Splink model as it is: candidates, weights and persons as plain Python says them."""

from __future__ import annotations

import json
import random
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from piperoll.cli import program
from piperoll.errors import UserError
from piperoll.link.cluster.agree import agree
from piperoll.link.splink import link as by
from piperoll.link.splink import persons
from piperoll.link.splink.link import link_by, link_files_by
from piperoll.link.splink.persons import join_pairs
from piperoll.link.splink.score import score_pairs
from tests.link import plain

from .case import PERSON_MATCH, Case, needs_person_match


def level(sql: str, m: float, u: float, **more: Any) -> dict[str, Any]:
    return {"sql_condition": sql, "label_for_charts": sql[:20], "m_probability": m, "u_probability": u, **more}


def null(sql: str) -> dict[str, Any]:
    return {"sql_condition": sql, "label_for_charts": "null", "is_null_level": True}


MODEL: dict[str, Any] = {
    "link_type": "dedupe_only", "probability_two_random_records_match": 0.01, "sql_dialect": "duckdb",
    "unique_id_column_name": "id",
    "blocking_rules_to_generate_predictions": [
        {"blocking_rule": "l.surname = r.surname"},
        {"blocking_rule": "l.dobs = r.dobs AND substr(l.surname, 1, 1) = substr(r.surname, 1, 1)",
         "arrays_to_explode": ["dobs"]},
    ],
    "comparisons": [
        {"output_column_name": "surname", "comparison_levels": [
            null("surname_l IS NULL OR surname_r IS NULL"),
            level("surname_l = surname_r", 0.8, 0.05, tf_adjustment_column="surname", tf_adjustment_weight=1.0),
            level("jaro_winkler_similarity(surname_l, surname_r) > 0.85", 0.15, 0.05), level("ELSE", 0.05, 0.9)]},
        {"output_column_name": "dobs", "comparison_levels": [
            null("len(dobs_l) = 0 OR len(dobs_r) = 0"),
            level("len(list_intersect(dobs_l, dobs_r)) >= 1", 0.9, 0.01),
            level("list_min(list_transform(flatten(list_transform(dobs_l, x -> list_transform(dobs_r, y -> [x, y]))), "
                  "p -> levenshtein(p[1], p[2]))) <= 1", 0.07, 0.02),
            level("ELSE", 0.03, 0.97)]},
    ],
}  # fmt: skip
NAMES = ["ABBOTT", "ABBOT", "BARKER", "BAKER", "CARTER", "DAWSON", None]


def frame(count: int, seed: int) -> pl.DataFrame:
    rng = random.Random(seed)
    days = [f"19{rng.randint(50, 99)}-0{rng.randint(1, 9)}-{rng.randint(10, 28)}" for _ in range(count // 3)]
    rows = [(f"r{k}", rng.choice(NAMES), rng.sample(days, rng.choice([0, 1, 1, 2]))) for k in range(count)]
    return pl.DataFrame(rows, schema={"id": pl.String, "surname": pl.String, "dobs": pl.List(pl.String)}, orient="row")


def expected(table: pl.DataFrame, across: dict[str, str] | None = None) -> dict[tuple[str, str], str]:
    """Pairs that the rules of `MODEL` find, with the first that does."""
    held = {row["id"]: row for row in table.iter_rows(named=True)}
    out = {}
    for a, b in combinations(sorted(held), 2):
        if across and across[a] == across[b]:
            continue
        one, other = held[a], held[b]
        if one["surname"] is None or other["surname"] is None:
            continue
        if one["surname"] == other["surname"]:
            out[a, b] = "l.surname = r.surname"
        elif set(one["dobs"]) & set(other["dobs"]) and one["surname"][0] == other["surname"][0]:
            out[a, b] = MODEL["blocking_rules_to_generate_predictions"][1]["blocking_rule"]
    return out


@pytest.mark.parametrize("seed", range(3))
def test_pairs_are_those_of_the_rules_with_the_scores_of_the_model(seed: int) -> None:
    table = frame(60, seed)
    linked = link_by(MODEL, {"a": table}, keep=-100.0)
    wanted = expected(table)
    assert linked.candidates == len(wanted) > 30
    assert {(a, b): rule for a, b, rule in linked.pairs.select("record_l", "record_r", "rule").iter_rows()} == wanted
    scored = score_pairs(MODEL, {"a": table}, linked.pairs.select("record_l", "record_r"))
    assert (scored["weight"] - linked.pairs["weight"]).abs().max() == 0
    labels = {1: "len(list_intersect(d", 0: "ELSE", -1: "null"}
    for gamma, told in zip(scored["gamma_dobs"], linked.pairs["level_dobs"], strict=True):
        assert told == labels.get(gamma, told)
    assert {"len(list_intersect(d", "ELSE", "null"} <= set(linked.pairs["level_dobs"])


@pytest.mark.parametrize("seed", range(3))
def test_persons_are_those_the_engine_would_make_of_all_weights(seed: int) -> None:
    table = frame(45, seed)
    linked = link_by(MODEL, {"a": table}, keep=-100.0, join=0.8)
    ids = sorted(table["id"])
    every = list(combinations(range(len(ids)), 2))
    pairs = pl.DataFrame({"record_l": [ids[a] for a, _ in every], "record_r": [ids[b] for _, b in every]})
    weight = dict(zip(every, score_pairs(MODEL, {"a": table}, pairs)["weight"], strict=True))
    found = expected(table)
    links = [each for each in every if (ids[each[0]], ids[each[1]]) in found and weight[each] >= 0]
    root = plain.parts(len(ids), links)
    chance = np.zeros((len(ids), len(ids)))
    for (a, b), bits in weight.items():
        chance[a, b] = chance[b, a] = 1 / (1 + 2.0**-bits) if root[a] == root[b] else 0.0
    label = agree(chance, np.zeros(chance.shape, bool), 0.8, 0.5)
    person = dict(linked.clusters.select("record", "person").iter_rows())
    for a, b in every:
        assert (person[ids[a]] == person[ids[b]]) == (label[a] == label[b])
    assert 1 < linked.persons < len(ids)
    same = linked.pairs.select("record_l", "record_r", "same_person")
    assert all((person[a] == person[b]) == told for a, b, told in same.iter_rows())


def test_the_order_of_records_and_files_changes_nothing() -> None:
    table = frame(60, 5)
    first = link_by(MODEL, {"a": table})
    second = link_by(MODEL, {"a": table.sample(fraction=1, shuffle=True, seed=2)})
    assert first.clusters.equals(second.clusters)
    assert first.pairs.equals(second.pairs)


def test_files_are_linked_across_only_where_the_model_says_so() -> None:
    table = frame(60, 6)
    parts = {"a": table[:30], "b": table[30:]}
    across = {name: file for file, part in parts.items() for name in part["id"]}
    linked = link_by({**MODEL, "link_type": "link_only"}, parts, keep=-100.0)
    found = {frozenset(each) for each in linked.pairs.select("record_l", "record_r").iter_rows()}
    assert found == {frozenset(each) for each in expected(table, across)}
    assert (linked.pairs["file_l"] == "a").all() and (linked.pairs["file_r"] == "b").all()
    both = link_by({**MODEL, "link_type": "link_and_dedupe"}, parts, keep=-100.0)
    assert both.candidates == len(expected(table)) > linked.candidates


def test_other_rules_may_be_given() -> None:
    table = frame(30, 7)
    every = link_by(MODEL, {"a": table}, rules=["1=1"], keep=-100.0)
    assert every.candidates == 30 * 29 / 2
    less = link_by(MODEL, {"a": table}, rules=["l.surname = r.surname AND l.dobs[1] = r.dobs[1]"], keep=-100.0)
    assert 0 <= less.candidates < every.candidates
    with pytest.raises(UserError) as refused:
        link_by({**MODEL, "blocking_rules_to_generate_predictions": []}, {"a": table})
    assert refused.value.code == "PR-L020"


def test_too_many_pairs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    original = by.candidates
    monkeypatch.setattr(by, "candidates", lambda *given: original(*given, most=100))
    with pytest.raises(UserError) as refused:
        link_by(MODEL, {"a": frame(30, 7)}, rules=["1=1"])
    assert refused.value.code == "PR-L029"
    assert "1=1" in str(refused.value)


@pytest.mark.parametrize("rule", [
    "l.surname = r.surname OR getenv('HOME') = l.surname", "l.surname IN (SELECT surname FROM records)", "x.a = r.a",
    "surname = r.surname", "l.surname = r.surname; DROP TABLE records", "read_text('/etc/passwd') = l.surname",
    "l.surname = r.surname) OR (1 = 1", "random() > 0.5", "main.l.surname = r.surname",
])  # fmt: skip
def test_hostile_rules_are_refused_before_anything_runs(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by, "opened", lambda *_: pytest.fail("it ran"))
    with pytest.raises(UserError) as refused:
        link_by(MODEL, {"a": frame(10, 1)}, rules=[rule])
    assert refused.value.code == "PR-L021"


def test_a_component_too_wide_is_cut_at_a_higher_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persons, "WIDEST", 4)
    left, right = np.array([0, 0, 1, 2, 3, 3, 4]), np.array([1, 2, 2, 3, 4, 5, 5])
    weight = np.array([9.0, 9, 9, 3.5, 9, 9, 9])
    asked: list[tuple[int, int]] = []

    def weigh(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        asked.extend(zip(a.tolist(), b.tolist(), strict=True))
        return np.full(len(a), -20.0)

    assert join_pairs(7, left, right, weight, 0.9, weigh).tolist() == [0, 0, 0, 3, 3, 3, 6]
    assert asked == []  # nobody needs to be asked of two triangles
    monkeypatch.setattr(persons, "WIDEST", 10)
    assert join_pairs(7, left, right, weight, 0.9, weigh).tolist() == [0, 0, 0, 3, 3, 3, 6]
    assert (0, 5) in asked and len(asked) == 15 - 7


def test_the_command_links_files_with_lists(tmp_path: Path) -> None:
    table = frame(60, 1)
    table.write_parquet(tmp_path / "people.parquet")
    (tmp_path / "model.json").write_text(json.dumps(MODEL))
    words = ["link", "files", str(tmp_path / "model.json"), str(tmp_path / "people.parquet")]
    done = CliRunner().invoke(program, [*words, "--out", str(tmp_path / "out"), "--join", "0.8"])
    assert done.exit_code == 0, done.output
    found = pl.read_parquet(tmp_path / "out" / "clusters.parquet")
    linked = link_by(MODEL, {"people": table}, join=0.8)
    assert found.equals(linked.clusters)
    assert pl.read_parquet(tmp_path / "out" / "pairs.parquet").equals(linked.pairs)
    assert json.loads((tmp_path / "out" / "settings.json").read_text()) == MODEL
    assert f"60 records are {linked.persons} persons" in done.output
    refused = CliRunner().invoke(program, [*words, "--out", str(tmp_path / "more"), "--plan"])
    assert refused.exit_code == 2
    (tmp_path / "spec.yaml").write_text("record: id\nfields: {surname: }\n")
    other = CliRunner().invoke(program, ["link", "files", str(tmp_path / "spec.yaml"), words[3], "--rule", "1=1"])
    assert other.exit_code == 2


def test_a_column_that_is_not_there_is_told(tmp_path: Path) -> None:
    frame(9, 1).drop("dobs").write_parquet(tmp_path / "a.parquet")
    (tmp_path / "model.json").write_text(json.dumps(MODEL))
    with pytest.raises(UserError) as refused:
        link_files_by(tmp_path / "model.json", [tmp_path / "a.parquet"], tmp_path / "out")
    assert refused.value.code == "PR-L003"


@needs_person_match
def test_the_person_match_model_links_invented_records(tmp_path: Path) -> None:
    """Its rules are all pairs of what a search found; so they are here, of invented records."""
    case = Case("person_match")
    frames = case.frames()
    linked = link_by(PERSON_MATCH, frames, join=1 / (1 + 2.0**-20), keep=-1000.0)
    keys = ["file_l", "record_l", "file_r", "record_r"]
    both = case.scores.join(linked.pairs, on=keys, suffix="_ours")
    turned = case.scores.rename({a: b for side, other in ("lr", "rl") for a, b in (
        (f"file_{side}", f"file_{other}"), (f"record_{side}", f"record_{other}"))}).join(
            linked.pairs, on=keys, suffix="_ours")  # fmt: skip
    assert both.height + turned.height == case.scores.height
    assert (both["weight"] - both["weight_ours"]).abs().max() < 1e-9
    count = sum(len(each) for each in frames.values())
    assert linked.candidates == count * (count - 1) // 2
    assert 1 < linked.persons < count
    within = linked.pairs.filter("same_person")
    assert within.height and within["weight"].max() >= 20
    for name, each in frames.items():
        each.write_parquet(tmp_path / f"{name}.parquet")
    paths = [tmp_path / f"{name}.parquet" for name in frames]
    again = link_files_by(PERSON_MATCH, paths, tmp_path / "out", join=1 / (1 + 2.0**-20))
    assert again.clusters.equals(linked.clusters)
