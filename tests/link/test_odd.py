"""Odd input: nothing known, nobody there, the same ten thousand times, names longer than names are."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from piperoll.link import tables
from piperoll.link.engine import link
from piperoll.link.explain.population import Population
from piperoll.link.files.spec import read_linkage
from piperoll.link.report.page import report_files
from tests.link.worlds import PEOPLE, people


OWN = {key: value for key, value in PEOPLE.items() if key != "block"}
SCHEMA = people(1).schema


def nobody(count: int) -> pl.DataFrame:
    """Records of which nothing is known."""
    return pl.DataFrame({"id": [f"n{k}" for k in range(count)]}).with_columns(
        *(pl.lit(None, pl.String).alias(name) for name in SCHEMA if name != "id")).select(list(SCHEMA))  # fmt: skip


@pytest.mark.parametrize("spec", [PEOPLE, OWN], ids=["rules", "own rules"])
@pytest.mark.parametrize("mode", ["dedupe", "link", "both"])
@pytest.mark.parametrize("sizes", [(0, 0), (1, 0), (1, 1), (3, 0)])
def test_nobody_and_few_records(spec: dict[str, Any], mode: str, sizes: tuple[int, int]) -> None:
    for make in (nobody, lambda count: people(count, 1, copies=1)):
        frames = {"a": make(sizes[0]), "b": make(sizes[1])}
        linked = link(frames, read_linkage({**spec, "mode": mode}).linkage)
        assert len(tables.clusters(linked)) == sum(sizes)
        assert tables.pairs(linked).height == len(linked.pairs)
        assert linked.persons.count == len(np.unique(linked.persons.label))
        if make is nobody:
            assert linked.persons.count == sum(sizes)
            assert len(linked.pairs) == 0
        assert np.isfinite(linked.trained.prior)


def test_a_report_of_nobody_is_a_report() -> None:
    for frame in (nobody(0), nobody(1), nobody(5)):
        linked = link({"a": frame}, read_linkage(OWN).linkage)
        assert b"persons" in report_files(linked)["report.html"].lower() or frame.height == 1
        population = Population.of(linked)
        assert population.search({"surname": "SMITH"}) == []
        assert population.names.height == frame.height


@pytest.mark.parametrize("spec", [PEOPLE, OWN], ids=["rules", "own rules"])
def test_records_of_which_nothing_is_known_stay_alone_and_teach_nothing(spec: dict[str, Any]) -> None:
    frame = people(200, 3)
    linkage = read_linkage(spec).linkage
    alone, among = link({"a": frame}, linkage), link({"a": pl.concat([frame, nobody(50)])}, linkage)
    assert among.persons.count == pytest.approx(alone.persons.count + 50, abs=4)
    nothing = among.ready.records.ids.str.starts_with("n").to_numpy()
    assert np.unique(among.persons.label[nothing]).size == 50
    assert not (np.isin(among.persons.label[~nothing], np.flatnonzero(nothing))).any()
    for one, other in zip(alone.trained.chances.m, among.trained.chances.m, strict=True):
        assert one == pytest.approx(other, abs=0.02)


def test_ten_thousand_records_that_are_the_same_beside_others() -> None:
    frame = people(300, 3)
    same = pl.DataFrame({"id": [f"x{k}" for k in range(10_000)]}).with_columns(
        pl.lit("w").alias("who"), pl.lit("CLONE").alias("forename"), pl.lit("COPY").alias("surname"),
        pl.lit("1977-07-07").alias("dob"), pl.lit("ZZ1 1ZZ").alias("postcode"))  # fmt: skip
    linkage = read_linkage({**PEOPLE, "block": {**PEOPLE["block"], "largest": 1000}}).linkage
    linked = link({"a": pl.concat([frame, same])}, linkage)
    persons = dict(tables.clusters(linked).select("record", "person").iter_rows())
    assert len({persons[f"x{k}"] for k in range(10_000)}) == 1
    clone = persons["x0"]
    assert not [name for name, person in persons.items() if person == clone and name.startswith("r")]
    assert len(linked.pairs) < 100_000
    assert linked.divided
    alone = link({"a": frame}, linkage)
    # the others are not joined much otherwise than without them
    others = {name: person for name, person in persons.items() if name.startswith("r")}
    before = dict(tables.clusters(alone).select("record", "person").iter_rows())
    assert sum(others[name] == before[name] for name in others) > 0.97 * len(others)


def test_names_of_three_hundred_characters_and_of_any_script() -> None:
    long = "X" * 150 + "Y" * 150
    rows = [("1", long, "А́лла", "1980-01-02", "AB1 2CD"), ("2", long[:-1], "Алла", "1980-01-02", "AB1 2CD"),
            ("3", "李", "小龍", "1940-03-27", "GU9 9ZZ"), ("4", "李", "小龍", "1940-03-27", "GU9 9ZZ"),
            ("5", "🙂", "🙂", "1980-01-02", "AB1 2CD"), ("6", "محمد", "علي", None, None), ("7", "محمد", "على", None, None)]  # fmt: skip
    odd = pl.DataFrame(rows, schema=["id", "surname", "forename", "dob", "postcode"], orient="row")
    frame = pl.concat([people(150, 2).drop("who"), odd.select("id", "forename", "surname", "dob", "postcode")])
    linked = link({"a": frame}, read_linkage(PEOPLE).linkage)
    persons = dict(tables.clusters(linked).select("record", "person").iter_rows())
    assert persons["1"] == persons["2"]
    assert persons["3"] == persons["4"]
    assert persons["3"] != persons["1"]
    assert Population.of(linked).search({"surname": "李", "forename": "小龍", "dob": "1940-03-27"})[0].record in (
        "3",
        "4",
    )


def test_vetoes_are_never_broken_whatever_else_agrees() -> None:
    frame = people(200, 5, copies=4).with_columns(
        pnc=pl.Series(np.random.default_rng(1).choice(["A1", "B2", ""], people(200, 5, copies=4).height))
    )
    spec = {
        **PEOPLE,
        "fields": [*PEOPLE["fields"], {"name": "pnc", "kind": "identifier"}],
        "never": [{"when": "different(pnc)"}],
    }
    linked = link({"a": frame}, read_linkage(spec).linkage)
    told = (
        tables.clusters(linked)
        .join(frame.select("id", "pnc"), left_on="record", right_on="id")
        .filter(pl.col("pnc") != "")
    )
    assert told.group_by("person").agg(pl.col("pnc").n_unique())["pnc"].max() == 1
    soft = link(
        {"a": frame}, read_linkage({**spec, "never": [{"when": "different(pnc)", "unless_weight": -1000}]}).linkage
    )
    free = link({"a": frame}, read_linkage({**spec, "never": []}).linkage)
    assert (soft.persons.label == free.persons.label).all()
    assert free.persons.count < linked.persons.count


def test_a_threshold_that_nothing_reaches_joins_nobody() -> None:
    frame = people(50, 5)
    for weight, joined in ((50.0, False), (-50.0, True)):
        linked = link({"a": frame}, read_linkage({**PEOPLE, "thresholds": {"join_weight": weight}}).linkage)
        assert (linked.persons.count < frame.height) == joined
        assert report_files(linked)["report.html"]
