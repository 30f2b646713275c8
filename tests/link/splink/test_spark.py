"""Splink on Spark gives the scores of Piperoll's engine. Slow: needs the packages of requirements/spark.in, and Java."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.link.estimate.train import weigh_up
from piperoll.link.files.run import link_files
from piperoll.link.files.spec import load_linkage, read_linkage
from piperoll.link.prepare import prepare
from piperoll.link.splink import spark
from piperoll.link.splink.files import rules_and_chances
from piperoll.link.splink.spark import link_on_spark
from piperoll.link.splink.spec import write_spec
from tests.sparks import anew

from .case import of_pairs
from .make_export import SPEC, people


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    out = []
    for name, frame in people().items():
        out.append(tmp_path / f"{name}.parquet")
        frame.write_parquet(out[-1])
    write_spec(read_linkage(SPEC).declared, tmp_path / "spec.yaml")
    return out


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_spark_gives_the_same_scores(files: list[Path], tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    pytest.importorskip("splink", reason="splink is not installed")
    anew()
    loaded = load_linkage(tmp_path / "spec.yaml")
    link_files(loaded, files, tmp_path / "own")
    model = tmp_path / "own" / "model.json"
    persons = link_on_spark(loaded, model, files, tmp_path / "spark", without=["relatives"])
    pairs = pl.read_parquet(tmp_path / "spark" / "pairs.parquet")
    clusters = pl.read_parquet(tmp_path / "spark" / "clusters.parquet")
    assert len(pairs) > 10
    assert clusters["person"].n_unique() == persons < len(clusters) == 50
    _, trained, _ = rules_and_chances(loaded.linkage, model)
    ready = prepare(people(), loaded.linkage)
    alone = replace(trained, chances=replace(trained.chances, r=()), kin=0.0)
    weights = of_pairs(ready, weigh_up(alone, ready), pairs)[1]
    assert np.abs(weights - pairs["weight"].to_numpy()).max() < 1e-6
    own = pl.read_parquet(tmp_path / "own" / "pairs.parquet")
    assert len(own) > 10


def test_what_is_missing_is_named(files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(UserError) as refused:
        link_on_spark(load_linkage(tmp_path / "spec.yaml"), tmp_path / "model.json", files, tmp_path / "out")
    assert refused.value.code == "PR-L028"
    assert not (tmp_path / "out").exists()


def test_tables_of_splink_become_those_of_piperoll() -> None:
    """A stand-in for what Splink gives, of one file and of two."""
    row = {"unique_id_l": "1", "unique_id_r": "2", "match_weight": 3.0, "match_probability": 0.9, "match_key": "0"}
    one = spark._pairs(pl.DataFrame([row]), ["file"])
    assert one.rows() == [("file", "1", "file", "2", 3.0, 0.9)]
    two = spark._pairs(pl.DataFrame([row | {"source_dataset_l": "a", "source_dataset_r": "b"}]), ["a", "b"])
    assert two.row(0)[:4] == ("a", "1", "b", "2")
    told = spark._clusters(pl.DataFrame({"cluster_id": ["x", "x"], "unique_id": ["2", "1"]}), ["file"])
    assert told.rows() == [("file", "1", "x"), ("file", "2", "x")]
