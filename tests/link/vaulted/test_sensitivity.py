"""Figures of a run over the band of thresholds, kept beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.link.api import link_frames
from piperoll.link.engine import Linked
from piperoll.link.evaluate.sensitivity import Band
from piperoll.link.vaulted.sensitivity import FILE, _write, figures, measure, sensitivity
from piperoll.workspace import Workspace
from tests.link.people import people
from tests.link.vaulted.conftest import ROOT


@pytest.fixture(scope="module")
def small() -> Linked:
    spec = {"record": "id", "fields": {"forename": None, "surname": None, "dob": None, "postcode": None}}
    both = people(200, 5, twice=0.6, slips=0.3)
    parts = {"a": both.sort("id").gather_every(2), "b": both.sort("id").gather_every(2, 1)}
    return link_frames(spec, parts, threads=1).linked


def test_figures_of_labels(small: Linked) -> None:
    found, file = figures(small), small.ready.records.file
    assert list(found) == ["persons", "records per person", "matched a", "matched b"]
    alone = np.arange(len(file), dtype=np.int32)
    assert [count(alone) for count in found.values()] == [len(file), 1.0, 0.0, 0.0]
    one = np.zeros(len(file), np.int32)
    assert [count(one) for count in found.values()] == [1.0, len(file), 1.0, 1.0]


def test_matched_is_what_a_join_of_persons_says(small: Linked) -> None:
    records, label = small.ready.records, small.persons.label
    frame = pl.DataFrame({"file": records.file, "person": label})
    for number, name in enumerate(records.files):
        own, other = frame.filter(file=number), frame.filter(pl.col("file") != number)
        wanted = own.join(other.unique("person"), on="person", how="semi").height / own.height
        assert figures(small)[f"matched {name}"](label) == pytest.approx(wanted)
        assert 0 < wanted < 1


def test_of_one_file_nothing_is_matched_elsewhere() -> None:
    spec = {"record": "id", "fields": {"forename": None, "surname": None, "dob": None}}
    one = link_frames(spec, people(100, 5, twice=0.6, slips=0.3), threads=1).linked
    assert list(figures(one)) == ["persons", "records per person"]


def test_what_is_kept_is_what_is_asked_for(tmp_path: Path) -> None:
    for number in ("0001", "0002"):
        (tmp_path / "link" / "people" / number).mkdir(parents=True)
        (tmp_path / "link" / "people" / number / "clusters.parquet").touch()
    kept = {"persons": Band((0.5, 0.9), (90.0, 110.0)), "records per person": Band((0.5, 0.9), (2.0, 1.5))}
    _write(tmp_path / "link" / "people" / "0001" / FILE, kept)
    with pytest.raises(UserError, match="not counted over thresholds") as caught:
        sensitivity(tmp_path, "people")
    assert caught.value.code == "PR-L040"
    assert "piperoll link sensitivity people" in caught.value.fix
    _write(tmp_path / "link" / "people" / "0002" / FILE, kept)
    assert sensitivity(tmp_path, "people") == kept
    assert sensitivity(tmp_path, "people")["persons"].spread == pytest.approx(0.2)
    assert sorted(path.name for path in (tmp_path / "link" / "people" / "0002").iterdir()) == ["clusters.parquet", FILE]


def test_without_a_run_there_is_nothing_to_ask(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not run yet") as caught:
        sensitivity(tmp_path, "offenders")
    assert caught.value.code == "PR-L015"
    desk = Workspace(ROOT / "justice", tmp_path / "home")
    with pytest.raises(UserError, match="not run yet") as caught:
        measure(desk, desk.keyring, "offenders")
    assert caught.value.code == "PR-L015"
    with pytest.raises(UserError, match="by keys") as caught:
        measure(desk, desk.keyring, "court_cases")
    assert caught.value.code == "PR-L040"
