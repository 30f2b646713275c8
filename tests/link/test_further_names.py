"""Records with further names: found, weighed, kept apart and explained under the names that agree best."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from justice_world.population.write import draw_chunks
from piperoll.errors import UserError
from piperoll.link.api import Result, link_frames
from piperoll.link.block.plan import plan
from piperoll.link.cluster.names import further_names, nearest
from piperoll.link.evaluate.sensitivity import band, person_count
from piperoll.link.explain.kept import keep, kept
from piperoll.link.files.run import link_files
from piperoll.link.files.spec import read_linkage
from piperoll.link.prepare import prepare
from piperoll.link.splink.columns import prepare_columns
from piperoll.link.splink.write import write_settings
from tests.link.worlds import people


FORENAMES, SURNAMES = ["ANN", "HANNAH", "ANNA", "BOB"], ["SMITH", "SMYTHE", "JONES", "LEE"]
DATES = ["1980-01-02", "1980-02-01", "1975-12-12"]
RULES = ["surname, year(dob)", "soundex(surname), forename", "dob", "unordered(forename, surname)"]


def chances(*whens: str) -> list[dict[str, Any]]:
    """Levels with chances that are given, so that they are the same whatever is linked."""
    m = [0.8, *[0.15 / len(whens)] * (len(whens) - 1)]
    u = [0.05, *[0.1] * (len(whens) - 1)]
    levels = [{"when": when, "m": a, "u": b} for when, a, b in zip(whens, m, u, strict=True)]
    return [*levels, {"when": "else", "m": 1 - sum(m), "u": 1 - sum(u)}]


COMPARE = [
    {"name": "forename", "levels": chances("forename", "nickname(forename)", "jaro_winkler(forename) >= 0.8")},
    {"name": "surname", "levels": chances("surname", "swapped(forename, surname)", "damerau(surname) <= 1")},
    {"name": "dob", "levels": chances("dob", "turned(dob)")},
]  # fmt: skip


def spec(also: bool, **more: Any) -> dict[str, Any]:
    first, last = ({"also": ["alias_forename"]}, {"also": ["alias_surname"]}) if also else ({}, {})
    fields = [{"name": "forename", **first}, {"name": "surname", **last}, {"name": "dob"}]
    return {"record": "id", "prior": 0.02, "fields": fields, "block": {"rules": RULES}, "compare": COMPARE,
            "thresholds": {"keep": -50.0}, **more}  # fmt: skip


ROW = st.fixed_dictionaries({
    "forename": st.sampled_from(FORENAMES), "surname": st.sampled_from([*SURNAMES, None]), "dob": st.sampled_from(DATES),
    "alias_forename": st.sampled_from([*FORENAMES, None, None, "ANN;BOB"]),
    "alias_surname": st.sampled_from([*SURNAMES, None, None, "LEE;JONES"]),
})  # fmt: skip
KEYS = ["id", "forename", "surname", "dob", "alias_forename", "alias_surname"]


def table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame([{"id": f"r{k}", **row} for k, row in enumerate(rows)], schema=dict.fromkeys(KEYS, pl.String))


def spelt_out(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Each record under each of its names as a record of its own, ``rK`` and ``rK/N``."""
    out = []
    for k, row in enumerate(rows):
        first, last = ((row[name] or "").split(";") for name in ("alias_forename", "alias_surname"))
        names = [(row["forename"], row["surname"])]
        for n in range(max(len(first), len(last))):
            one, other = (each[n] if n < len(each) else "" for each in (first, last))
            names.append((one or row["forename"], other or row["surname"]))
        out += [{"id": f"r{k}/{n}", "forename": a, "surname": b, "dob": row["dob"]} for n, (a, b) in enumerate(names)]
    return pl.DataFrame(out, schema=dict.fromkeys(KEYS[:4], pl.String))


def best(pairs: pl.DataFrame) -> dict[tuple[str, ...], float]:
    """The greatest weight of each pair of records, whatever names it was found under."""
    out: dict[tuple[str, ...], float] = {}
    for one, other, weight in pairs.select("record_l", "record_r", "weight").iter_rows():
        key = tuple(sorted((one.split("/")[0], other.split("/")[0])))
        if key[0] != key[1]:
            out[key] = max(out.get(key, -np.inf), weight)
    return out


def weights_of_all(rows: list[dict[str, Any]]) -> dict[tuple[str, ...], float]:
    """Weight of every pair of records under the names that agree best."""
    fields = [{"name": "forename"}, {"name": "surname"}, {"name": "dob"}, {"name": "all", "kind": "category"}]
    whole = spec(False, fields=fields, block={"rules": ["all"]})
    return best(link_frames(whole, spelt_out(rows).with_columns(all=pl.lit("same")), threads=1).pairs)


@given(rows=st.lists(ROW, min_size=2, max_size=8))
@settings(max_examples=40, deadline=None)
def test_pairs_are_those_of_all_names_and_weigh_as_the_best_of_them(rows: list[dict[str, Any]]) -> None:
    found = link_frames(spec(True), table(rows), threads=1).pairs
    wanted = best(link_frames(spec(False), spelt_out(rows), threads=1).pairs)
    mine, expected = best(found), weights_of_all(rows)
    assert found.height == len(mine)  # each pair once
    assert mine.keys() == wanted.keys()
    assert list(mine.values()) == pytest.approx([expected[key] for key in mine])


@given(rows=st.lists(ROW, min_size=2, max_size=8))
@settings(max_examples=12, deadline=None)
def test_what_explains_a_pair_adds_up_to_its_weight(rows: list[dict[str, Any]]) -> None:
    result = link_frames(spec(True), table(rows), threads=1)
    for one, other, weight in result.pairs.select("record_l", "record_r", "weight").iter_rows():
        a, b = (result.population.row(name) for name in (one, other))
        assert result.population.pair(a, b)[1].total[0] == pytest.approx(weight)
        assert result.population.pair(b, a)[1].total[0] == pytest.approx(weight)


def persons(result: Result) -> dict[str, str]:
    return dict(result.clusters.select("record", "person").iter_rows())


SMITH = ("1", "JOHN", "SMITH", "1980-01-02", "JACK", "BROWN")
BROWN = ("2", "JACK", "BROWN", "1980-01-02", None, None)
OTHER = ("3", "JACK", "GREEN", "1961-07-19", None, None)


def few(*rows: tuple[str | None, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(KEYS, pl.String), orient="row")


@pytest.mark.parametrize("turned", [False, True])
def test_a_person_is_found_under_another_name(turned: bool) -> None:
    frame = few(*([OTHER, BROWN, SMITH] if turned else [SMITH, BROWN, OTHER]))
    with_names, without = (persons(link_frames(spec(also), frame, threads=1)) for also in (True, False))
    assert with_names["1"] == with_names["2"] != with_names["3"]
    assert len(set(without.values())) == 3


def test_any_pair_is_weighed_under_the_names_that_agree_best() -> None:
    """Also one that no rule finds, where records are joined."""
    rows = [SMITH, BROWN, OTHER, ("4", "ANN", "JONES", None, "JACK;JOHN", "BROWN;GREEN")]
    result = link_frames(spec(True), few(*rows), threads=1)
    scanner, weights = result.linked.scanner, result.linked.weights
    names = further_names(scanner.whose, 4)
    ids = result.linked.ready.records.ids.to_list()
    expected = weights_of_all([dict(zip(KEYS[1:], row[1:], strict=True)) for row in rows])
    assert len(expected) == 6
    for a in range(4):
        for b in range(a + 1, 4):
            key = tuple(sorted(f"r{int(ids[k]) - 1}" for k in (a, b)))
            found = nearest(scanner.program, scanner.coded, weights, names, a, b)
            assert found == pytest.approx(expected[key])


TWINS = {"never": [{"when": "surname and dob and not forename"}]}


def test_a_veto_counts_if_it_applies_under_all_names() -> None:
    twin = ("2", "JACK", "SMITH", "1980-01-02", None, None)
    alias = ("1", "JOHN", "SMITH", "1980-01-02", "JACK", "SMITH")
    plain = ("1", "JOHN", "SMITH", "1980-01-02", None, None)
    low = {**TWINS, "thresholds": {"join_weight": -10.0, "keep": -50.0}}
    assert len(set(persons(link_frames(spec(True, **low), few(alias, twin, OTHER), threads=1)).values())) == 2
    assert len(set(persons(link_frames(spec(True, **low), few(plain, twin, SMITH[:1] + OTHER[1:]).with_columns(
        id=pl.Series(["1", "2", "3"])), threads=1)).values())) == 3  # fmt: skip


def test_looking_up_finds_a_record_once_under_its_nearest_name(tmp_path: Path) -> None:
    result = link_frames(spec(True), few(SMITH, OTHER), threads=1)
    keep(result.population, _yaml(), tmp_path)
    for population in (result.population, kept(tmp_path)):
        for wanted in ({"forename": "Jack", "surname": "Brown"}, {"forename": "John", "surname": "Smith"}):
            found = population.search({**wanted, "dob": "1980-01-02"})
            assert [each.record for each in found] == ["1"]
            assert found[0].weight > 3
        assert population.values(population.row("1"))["surname"] == "SMITH"
        assert population.row("3") == result.population.row("3")


def _yaml() -> str:
    return read_linkage(spec(True)).text


def test_later_records_are_held_against_all_names_and_links_stay() -> None:
    first = link_frames(spec(True), few(SMITH, OTHER), threads=1)
    second = link_frames(spec(True), few(SMITH, BROWN, OTHER), before=first, threads=1)
    assert persons(second) == {**persons(first), "2": persons(first)["1"]}
    third = link_frames(spec(True), few(SMITH, BROWN, OTHER, ("4", "JACK", "BROWN", "1980-01-02", None, None)),
                        before=second, threads=1)  # fmt: skip
    assert persons(third) == {**persons(second), "4": persons(first)["1"]}
    whole = link_frames(
        spec(True), few(SMITH, BROWN, OTHER, ("4", "JACK", "BROWN", "1980-01-02", None, None)), threads=1
    )
    assert best(third.pairs) == pytest.approx(best(whole.pairs))


@pytest.mark.parametrize("mode", ["both", "link", "dedupe"])
def test_learning_is_from_records_under_their_first_names(mode: str) -> None:
    """Chances and frequencies are those without further names, where rules are the same."""
    frame = people(150, 3).with_columns(
        alias_forename=pl.when(pl.int_range(pl.len()) % 5 == 0).then(pl.lit("ZACHARY")),
        alias_surname=pl.when(pl.int_range(pl.len()) % 5 < 2).then(pl.lit("ZEBEDEE")),
    )
    frames = {"a": frame[::2], "b": frame[1::2]}
    own = [{"name": "forename"}, {"name": "surname"}, {"name": "dob"}, {"name": "postcode"}]
    plain = {"record": "id", "mode": mode, "fields": own, "block": {"rules": ["surname, year(dob)", "dob"]}}
    named = {**plain, "fields": [{**each, "also": [f"alias_{each['name']}"]} if k < 2 else each
                                 for k, each in enumerate(own)]}  # fmt: skip
    one, other = (link_frames(each, frames, threads=1) for each in (plain, named))
    assert len(other.linked.scanner.coded.codes) > len(one.linked.scanner.coded.codes)
    for a, b in zip(one.linked.trained.chances.u, other.linked.trained.chances.u, strict=True):
        assert a == pytest.approx(b)
    for a, b in zip(one.linked.trained.chances.m, other.linked.trained.chances.m, strict=True):
        assert a == pytest.approx(b, abs=1e-3)
    assert other.clusters.height == frame.height
    assert other.pairs.height >= one.pairs.height
    assert band(other.linked, person_count).low > 0
    ready = prepare(frames, read_linkage(named).linkage)
    assert sum(each.pairs for each in plan(ready)) > 0


def test_files_with_further_names_from_the_command(tmp_path: Path) -> None:
    few(SMITH, OTHER).write_csv(tmp_path / "a.csv")
    few(BROWN).drop("alias_forename", "alias_surname").write_parquet(tmp_path / "b.parquet")
    done = link_files(read_linkage(spec(True)), [tmp_path / "a.csv", tmp_path / "b.parquet"], tmp_path / "out")
    clusters = pl.read_parquet(tmp_path / "out" / "clusters.parquet")
    assert clusters.rows()[0][2] == clusters.rows()[2][2] != clusters.rows()[1][2]
    assert done.linked.persons.count == 2
    assert pl.read_parquet(tmp_path / "out" / "persons.parquet")["records"].sum() == 3


def test_splink_is_refused_further_names_by_name() -> None:
    linkage = read_linkage(spec(True)).linkage
    with pytest.raises(UserError, match=r"further names of a record \(`also`\)") as caught:
        write_settings(linkage)
    assert caught.value.code == "PR-L022"
    assert write_settings(linkage, without=["also"]) == write_settings(read_linkage(spec(False)).linkage)
    assert prepare_columns({"a": few(SMITH, BROWN)}, linkage)["a"].height == 2


def test_aliases_make_the_simulated_sources_no_worse() -> None:
    """Seven sources at twice the usual errors, of which the PNC's and the prisons' hold aliases."""
    (chunk,) = draw_chunks(2_500, 5, 2.0, range(1))
    frames = {name: frame.join(chunk.truth[name], on="record") for name, frame in chunk.records.items()}
    own: list[dict[str, Any]] = [
        {"name": "forename"}, {"name": "surname"}, {"name": "dob"}, {"name": "sex"}, {"name": "postcode", "optional": True},
        *({"name": each, "kind": "identifier", "optional": True} for each in ("pnc_id", "cro", "asn", "nomis_no", "crn")),
    ]  # fmt: skip
    score = {}
    for also in (False, True):
        fields = [{**each, "also": [f"alias_{each['name']}"]} if also and k < 2 else each for k, each in enumerate(own)]
        result = link_frames({"record": "record", "mode": "both", "truth": "person", "fields": fields}, frames)
        assert result.evaluation is not None
        score[also] = result.evaluation.agreement
    assert score[True].pairwise.recall >= score[False].pairwise.recall
    assert score[True].bcubed.f1 >= score[False].bcubed.f1
