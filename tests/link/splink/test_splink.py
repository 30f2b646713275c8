"""Splink itself, on an exported linkage: its scores are the engine's, its persons those that links connect.

Slow: needs Splink (``benchmarks/peers/splink.txt``).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from piperoll.cli import program
from piperoll.link.cluster.agree import components
from piperoll.link.cluster.persons import weight_of
from piperoll.link.engine import Linked, link
from piperoll.link.estimate.train import Trained
from piperoll.link.files.compare import compare
from piperoll.link.files.spec import read_linkage
from piperoll.link.model import Model
from piperoll.link.splink.columns import prepare_columns
from piperoll.link.splink.link import link_by
from piperoll.link.splink.write import write_settings
from piperoll.link.tables import clusters, pairs
from tests.link.worlds import PEOPLE, people


JOIN, KEEP = 0.9, -5.0
SPEC: dict[str, Any] = {**PEOPLE, "thresholds": {"join": JOIN, "keep": KEEP}}


def without_relatives(frames: dict[str, pl.DataFrame]) -> tuple[Linked, Trained]:
    """A linkage by a model that Splink has all of."""
    linkage = read_linkage(SPEC).linkage
    trained = link(frames, linkage).trained
    trained = replace(trained, chances=replace(trained.chances, r=()), kin=0.0)
    return link(frames, linkage, model=Model(tuple(PEOPLE["block"]["rules"]), trained)), trained


def partition(frame: pl.DataFrame) -> set[frozenset[str]]:
    out: dict[Any, set[str]] = defaultdict(set)
    for record, person in frame.select("record", "person").iter_rows():
        out[person].add(record)
    return {frozenset(each) for each in out.values()}


def by_splink(settings: dict[str, Any], frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Splink's pairs and persons, as Piperoll's tables."""
    splink = pytest.importorskip("splink", reason="splink is not installed")
    import duckdb

    api = splink.DuckDBAPI(connection=duckdb.connect())
    for rule in settings["blocking_rules_to_generate_predictions"]:
        rule.pop("sql_dialect", None)
    linker = splink.Linker(api.register(frame.to_arrow(), dataset_display_name="a"), settings)
    found = linker.inference.predict(threshold_match_weight=KEEP)
    persons = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold_match_probability=JOIN)
    told = pl.DataFrame(found.as_record_list()).select(
        record_l="unique_id_l", record_r="unique_id_r", weight="match_weight"
    )
    who = pl.DataFrame(persons.as_record_list()).select(file=pl.lit("a"), record="unique_id", person="cluster_id")
    return told, who


def test_an_exported_model_links_as_the_engine_does() -> None:
    """The same settings, worked out by DuckDB: no package is needed for that."""
    frames = {"a": people(150, 3, copies=3)}
    linked, trained = without_relatives(frames)
    settings = write_settings(linked.ready.linkage, trained, mode="dedupe")
    ready = prepare_columns(frames, linked.ready.linkage)
    found = link_by(settings, ready, join=JOIN, keep=KEEP)
    ours = pairs(linked)
    assert same_pairs(ours, found.pairs) < 1e-6
    assert partition(found.clusters) == partition(clusters(linked))


def same_pairs(ours: pl.DataFrame, theirs: pl.DataFrame) -> float:
    """The largest difference of weights of two tables of the same pairs, whichever record stands left."""
    keyed = [
        {frozenset((a, b)): w for a, b, w in each.select("record_l", "record_r", "weight").iter_rows()}
        for each in (ours, theirs)
    ]
    assert keyed[0].keys() == keyed[1].keys()
    assert len(keyed[0]) > 50
    return max(abs(keyed[0][each] - keyed[1][each]) for each in keyed[0])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_splink_gives_the_same_scores_and_persons_or_differences_are_listed(tmp_path: Path) -> None:
    pytest.importorskip("splink", reason="splink is not installed")
    frames = {"a": people(500, 4, copies=3)}
    linked, trained = without_relatives(frames)
    settings = write_settings(linked.ready.linkage, trained, mode="dedupe")
    told, who = by_splink(settings, prepare_columns(frames, linked.ready.linkage)["a"])
    assert same_pairs(pairs(linked), told) < 1e-6
    # connected components of our pairs are Splink's persons
    near = linked.pairs.weight >= weight_of(JOIN)
    root = components(len(linked.ready.records), linked.pairs.left[near], linked.pairs.right[near])
    chained = pl.DataFrame({"record": linked.ready.records.ids, "person": pl.Series(np.asarray(root))})
    assert partition(chained) == partition(who)
    # where persons of the engine differ, which asks all records and not one link, the command lists them
    for name, table in (("own", clusters(linked)), ("splink", who)):
        (tmp_path / name).mkdir()
        table.write_parquet(tmp_path / name / "clusters.parquet")
    words = ["link", "compare", str(tmp_path / "own"), str(tmp_path / "splink"), "--out", str(tmp_path / "d.parquet")]
    done = CliRunner().invoke(program, words)
    assert done.exit_code == 0, done.output
    found = compare(clusters(linked), who)
    listed = pl.read_parquet(tmp_path / "d.parquet")
    assert found.sentence in done.output
    differ = {record for each in partition(clusters(linked)) ^ partition(who) for record in each}
    assert set(listed["record"]) == differ
    assert len(differ) < 0.1 * len(who)
