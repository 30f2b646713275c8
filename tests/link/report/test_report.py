"""The report and its figures: what stands in it, counted plainly."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest

from piperoll.link import tables
from piperoll.link.before import named_records
from piperoll.link.cluster.identity import name_persons, spelled
from piperoll.link.engine import Linked, link
from piperoll.link.evaluate.truth import column, evaluate
from piperoll.link.files.spec import read_linkage
from piperoll.link.report.figures import THRESHOLDS, diagnosis, expected, sizes
from piperoll.link.report.notable import net_of, notable
from piperoll.link.report.page import report_files, sentences
from tests.link import plain
from tests.link.worlds import PEOPLE, people


FRAMES = {"a": people(300, 7)}


def test_sizes_are_counted(linked: Linked) -> None:
    found = sizes(linked)
    of = np.unique(linked.persons.label, return_counts=True)[1].tolist()
    assert found.persons == len(of) == linked.persons.count
    assert found.largest == max(of)
    assert found.count.tolist() == [of.count(k) for k in range(max(of) + 1)]


def test_thresholds_are_sums_of_probabilities(linked: Linked) -> None:
    chances = [1 / (1 + 2.0**-weight) for weight in linked.pairs.weight.tolist()]
    every = max(linked.trained.prior * linked.trained.pairs, sum(chances))
    points = expected(linked)
    assert [each.probability for each in points] == list(THRESHOLDS)
    for each in points:
        above = [chance for chance in chances if chance >= each.probability]
        assert each.pairs == len(above)
        assert each.precision == pytest.approx(sum(above) / len(above))
        assert each.recall == pytest.approx(sum(above) / every)


def test_diagnosis_is_counted(linked: Linked) -> None:
    label, pairs = linked.persons.label, linked.pairs
    near = [
        (int(a), int(b))
        for a, b, w in zip(pairs.left, pairs.right, pairs.weight, strict=True)
        if 1 / (1 + 2.0**-w) >= linked.join
    ]
    found = diagnosis(linked)
    assert found.against == sum(label[a] != label[b] for a, b in near)
    loose = bridges = 0
    for person in set(label.tolist()):
        own = np.flatnonzero(label == person).tolist()
        if len(own) >= 3:
            links = [(own.index(a), own.index(b)) for a, b in near if label[a] == label[b] == person]
            loose += len(links) < 0.5 * len(own) * (len(own) - 1) / 2
            bridges += plain.bridges(len(own), links)
    assert (found.loose, found.bridges, found.cut) == (loose, bridges, ())


def test_evaluation_is_counted(linked: Linked) -> None:
    told = evaluate(linked, FRAMES)
    assert told is not None
    known = column(linked, FRAMES, "who").to_list()
    label = linked.persons.label.tolist()
    whole = told.agreement
    assert (whole.pairwise.precision, whole.pairwise.recall) == pytest.approx(plain.pairwise(label, known))
    assert (whole.bcubed.precision, whole.bcubed.recall) == pytest.approx(plain.bcubed(label, known, range(len(label))))
    forenames = column(linked, FRAMES, "forename").to_list()
    for name, count, score in told.groups["forename"]:
        own = [k for k in range(len(label)) if forenames[k] == name]
        assert count == len(own)
        assert (score.precision, score.recall) == pytest.approx(plain.bcubed(label, known, own))
    assert sum(each[2] for each in told.reliability) == len(linked.pairs)
    for low, high, count, said, true in told.reliability:
        own = [
            k
            for k, w in enumerate(linked.pairs.weight)
            if low <= 1 / (1 + 2.0**-w) < high or (high == 1.0 and 1 / (1 + 2.0**-w) == 1.0)
        ]
        assert count == len(own)
        assert low <= said <= high
        assert true == pytest.approx(
            np.mean([known[linked.pairs.left[k]] == known[linked.pairs.right[k]] for k in own])
        )
    right = [known[a] == known[b] for a, b in zip(linked.pairs.left, linked.pairs.right, strict=True)]
    for point in told.points:
        above = [x for x, w in zip(right, linked.pairs.weight, strict=True) if 1 / (1 + 2.0**-w) >= point.probability]
        assert (point.pairs, point.precision) == (len(above), pytest.approx(np.mean(above)))
        assert point.recall == pytest.approx(sum(above) / whole.true_pairs)


def test_columns_are_in_the_order_of_the_records(linked: Linked) -> None:
    assert column(linked, FRAMES, "id").to_list() == linked.ready.records.ids.to_list()
    nothing = link(FRAMES, read_linkage(PEOPLE).linkage)
    assert evaluate(nothing, FRAMES) is None


def test_the_report_has_its_charts_and_says_what_the_model_is(linked: Linked) -> None:
    files = report_files(linked, evaluate(linked, FRAMES))
    charts = {name for name in files if name.startswith("charts/")}
    assert charts == {f"charts/{name}.svg" for name in ("weights", "chances", "pairs", "thresholds", "sizes")}
    page = files["report.html"].decode()
    for name in charts | {"assets/govuk.css", "assets/piperoll.css"}:
        assert name in page
    for comparison in linked.ready.linkage.comparisons:
        for level in comparison.said:
            assert level.label in page
    for rule in linked.blocks:
        assert rule.text in page
        assert f"{rule.pairs:,}" in page
    assert "Against known persons" in page
    assert "Against known persons" not in report_files(linked)["report.html"].decode()
    assert report_files(linked) == report_files(linked)  # the same bytes
    assert len(re.findall("<table", page)) == len(re.findall("</table", page)) >= 5


def test_the_report_shows_no_value_of_any_record(linked: Linked) -> None:
    made = b"".join(data for name, data in report_files(linked).items() if not name.startswith("assets/")).decode()
    for name in ("surname", "dob", "postcode"):
        for value in FRAMES["a"][name].drop_nulls().unique():
            assert value not in made, (name, value)
    assert not [each for each in FRAMES["a"]["forename"].unique() if len(each) > 1 and each in made]


def test_sentences_say_what_a_reader_must_know(linked: Linked) -> None:
    text = " ".join(sentences(linked))
    assert f"{FRAMES['a'].height} records" in text
    assert f"{linked.persons.count} persons" in text
    spec = {**PEOPLE, "block": {"rules": ["dob", "forename"], "largest": 10}}
    other = link(
        FRAMES, read_linkage({**spec, "compare": [{"name": "dob"}, {"name": "forename"}, {"name": "surname"}]}).linkage
    )
    told = " ".join(sentences(other))
    assert "`forename` brings" in told
    alone = link(FRAMES, read_linkage({**PEOPLE, "block": {"rules": ["dob"]}}).linkage)
    assert "Not trained, because no rule leaves them open: dob." in " ".join(sentences(alone))


def test_tables_are_sorted_and_complete(linked: Linked) -> None:
    clusters, pairs = tables.clusters(linked), tables.pairs(linked)
    assert clusters.select("file", "record").rows() == sorted(clusters.select("file", "record").rows())
    assert clusters["person"].n_unique() == linked.persons.count
    assert len(pairs) == len(linked.pairs)
    assert {f"level_{each.name}" for each in linked.ready.linkage.comparisons} <= set(pairs.columns)
    labels = {level.label for level in linked.ready.linkage.comparisons[1].said} | {"not known"}
    assert set(pairs["level_surname"]) <= labels
    assert set(pairs["rule"]) <= {each.text for each in linked.blocks}
    one = tables.pairs(linked, linked.pairs.where(linked.pairs.weight > 5))
    assert one.equals(pairs.filter(pl.col("weight") > 5))


def test_a_person_has_the_name_of_its_first_record_whoever_else_is_in_it(linked: Linked) -> None:
    names = tables.person_ids(linked)
    first, label = named_records(linked.ready.records), linked.persons.label
    alone = name_persons(np.arange(len(label), dtype=np.int32), first).person
    assert (names == alone.gather(label)).all()
    assert alone.is_unique().all()
    assert spelled(np.array([0, 31, 2**64 - 1], np.uint64)).to_list() == [
        "P" + "0" * 13,
        "P" + "0" * 12 + "Z",
        "PF" + "Z" * 12,
    ]


def test_notable_persons_are_what_they_are_called() -> None:
    linked = link({"a": people(150, 7, copies=6)}, read_linkage(PEOPLE).linkage)
    label, size = linked.persons.label, np.bincount(linked.persons.label, minlength=len(linked.persons.label))
    found = {each.key: each.records for each in notable(linked)}
    assert len(found["largest"]) == size.max()
    for key, records in found.items():
        made = net_of(linked, records)
        if key == "apart":
            assert len(np.unique(label[records])) == 2
            assert any(made.weights[a, b] >= made.join for a, b in made.against)
        else:
            assert len(np.unique(label[records])) == 1
            assert size[label[records[0]]] == len(records) >= 3
        if key == "bridge":
            assert made.bridges
    pairs = {
        (int(a), int(b)): w for a, b, w in zip(linked.pairs.left, linked.pairs.right, linked.pairs.weight, strict=True)
    }
    made, rows = net_of(linked, found["largest"]), found["largest"]
    for a in range(len(rows)):
        for b in range(a + 1, len(rows)):
            key_of = (int(rows[a]), int(rows[b]))
            assert made.weights[a, b] == pytest.approx(pairs.get(key_of, made.weights[a, b]))


def test_pictures_of_persons_are_in_the_report_without_names() -> None:
    linked = link({"a": people(150, 7, copies=6)}, read_linkage(PEOPLE).linkage)
    files = report_files(linked)
    page = files["report.html"].decode()
    assert notable(linked)
    for each in notable(linked):
        svg = files[f"charts/person-{each.key}.svg"].decode()
        assert f"charts/person-{each.key}.svg" in page and each.title in page
        told = re.findall(r">([^<>]+)<", svg)
        assert not {name for name in linked.ready.records.ids if any(name in text for text in told)} - {
            str(k) for k in range(100)
        }
