"""`piperoll link import` and `export`: there and back by files."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from piperoll.cli import main
from piperoll.link.files.spec import load_linkage, read_linkage
from piperoll.link.splink.read import read_settings
from piperoll.link.splink.score import score_pairs
from piperoll.link.splink.spec import spec_of, write_spec

from .case import PERSON_MATCH, Case, needs_person_match
from .make_export import SPEC, people


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    exit_code: int
    output: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    def go(*words: str | Path) -> Ran:
        with pytest.raises(SystemExit) as stopped:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return Ran(int(stopped.value.code or 0), told.out + told.err)

    return go


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(Case("library").settings))
    return path


def test_settings_become_a_specification(run: Callable[..., Ran], settings: Path, tmp_path: Path) -> None:
    done = run("link", "import", settings, "--out", tmp_path / "spec.yaml")
    assert done.exit_code == 0, done.output
    assert "8 comparisons, 3 blocking rules" in done.output
    loaded = load_linkage(tmp_path / "spec.yaml")
    assert loaded.declared == read_settings(settings).declared
    assert loaded.linkage.taught
    again = run("link", "import", settings, "--out", tmp_path / "spec.yaml")
    assert again.exit_code == 25
    assert "PR-L007" in again.output


def test_rules_may_be_given(run: Callable[..., Ran], settings: Path, tmp_path: Path) -> None:
    out = tmp_path / "spec.yaml"
    assert run("link", "import", settings, "--out", out, "--rule", "soundex(surname)", "--rule", "town").exit_code == 0
    assert [each.text for each in load_linkage(out).linkage.rules] == ["soundex(surname)", "town"]
    wrong = run("link", "import", settings, "--out", tmp_path / "other.yaml", "--rule", "soundx(surname)")
    assert "PR-L002" in wrong.output


@needs_person_match
def test_foreign_levels_and_rules_are_named(run: Callable[..., Ran], tmp_path: Path) -> None:
    model = PERSON_MATCH
    assert "PR-L020" in run("link", "import", model, "--out", tmp_path / "spec.yaml").output
    refused = run("link", "import", model, "--out", tmp_path / "spec.yaml", "--rule", "name_1_std")
    assert refused.exit_code == 25
    assert "PR-L024" in refused.output
    assert "`postcode_arr`" in refused.output
    assert not (tmp_path / "spec.yaml").exists()


def test_a_linked_specification_becomes_settings(run: Callable[..., Ran], tmp_path: Path) -> None:
    files = []
    for name, frame in people().items():
        files.append(tmp_path / f"{name}.parquet")
        frame.write_parquet(files[-1])
    spec = tmp_path / "spec.yaml"
    write_spec(read_linkage(SPEC).declared, spec)
    assert run("link", "files", spec, *files, "--out", tmp_path / "linked").exit_code == 0
    model = tmp_path / "linked" / "model.json"
    words = [
        "link",
        "export",
        spec,
        model,
        *files,
        "--out",
        tmp_path / "settings.json",
        "--prepared",
        tmp_path / "ready",
    ]
    refused = run(*words)
    assert "PR-L022" in refused.output
    assert "relatives" in refused.output
    done = run(*words, "--without", "relatives")
    assert done.exit_code == 0, done.output
    prepared = {path.stem: pl.read_parquet(path) for path in sorted((tmp_path / "ready").iterdir())}
    assert set(prepared) == {"police", "prison"}
    settings = json.loads((tmp_path / "settings.json").read_text())
    assert settings["link_type"] == "link_and_dedupe"
    assert len(settings["blocking_rules_to_generate_predictions"]) == 4
    pairs = pl.read_parquet(tmp_path / "linked" / "pairs.parquet")
    scored = score_pairs(settings, prepared, pairs.select("file_l", "record_l", "file_r", "record_r"))
    assert len(scored) > 10
    assert (scored["weight"] > 0).any()
    spark = run(
        "link", "export", spec, model, "--out", tmp_path / "spark.json", "--dialect", "spark", "--without", "relatives"
    )
    assert spark.exit_code == 0
    assert "`surname_l`" in (tmp_path / "spark.json").read_text()


def test_another_file_is_no_model(run: Callable[..., Ran], tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    write_spec(read_linkage(SPEC).declared, spec)
    for content in ("no JSON", "{}", "[]"):
        (tmp_path / "model.json").write_text(content)
        done = run("link", "export", spec, tmp_path / "model.json", "--out", tmp_path / "settings.json")
        assert done.exit_code == 25
        assert "PR-L012" in done.output


def test_a_specification_says_only_what_is_not_usual() -> None:
    told = spec_of(read_linkage(SPEC).declared)
    assert told["fields"]["forename"] is None
    assert told["fields"]["pnc"] == {"kind": "identifier"}
    assert set(told) == {"record", "linkage", "fields", "block"}
    assert read_linkage(told).declared == read_linkage(SPEC).declared


@pytest.mark.parametrize("prior", [0, 1, -0.5, 2])
def test_a_prior_is_a_probability(prior: float) -> None:
    with pytest.raises(Exception, match="PR-L001"):
        read_linkage({**SPEC, "prior": prior})
