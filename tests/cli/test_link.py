"""``piperoll link files``, ``explain`` and ``search``: what they say, and with what status they fail."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import yaml

from piperoll.cli import main
from tests.link.worlds import PEOPLE, people


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stopped:
            main([*map(str, words)])
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out + told.err

    return call


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with people linked by the command."""
    place = tmp_path_factory.mktemp("linked")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        people(120, 8).write_csv("people.csv")
        Path("spec.yaml").write_text(yaml.safe_dump({**PEOPLE, "truth": "who"}))
        with pytest.raises(SystemExit) as stopped:
            main(["link", "files", "spec.yaml", "people.csv", "--out", "out", "--threads", "1"])
        assert not stopped.value.code
    return place


def test_files_are_linked_and_what_came_of_it_is_said(done: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(done)
    status, said = run("link", "files", "spec.yaml", "people.csv", "--out", "again", "--model", "out/model.json")
    assert status == 0
    persons = pl.read_parquet("again/clusters.parquet")["person"].n_unique()
    assert f"169 records (169 records of people) are {persons} persons." in said
    assert re.search(
        r"Against `who`: pairs precision \d\.\d{4}, recall \d\.\d{4}, F1 \d\.\d{4}; B-cubed F1 \d\.\d{4}\.", said
    )
    assert "Look at again/report.html" in said
    assert Path("again/clusters.parquet").read_bytes() == Path("out/clusters.parquet").read_bytes()


def test_a_pair_and_a_person_are_explained(done: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(done)
    pairs = pl.read_parquet("out/pairs.parquet")
    for same, verdict in ((True, "They are one person."), (False, "They are two people.")):
        one = pairs.filter(pl.col("same_person") == same).row(0, named=True)
        status, said = run(
            "link", "explain", "out", one["record_l"], f"people/{one['record_r']}", "--svg", f"{same}.svg"
        )
        assert (status, verdict in said) == (0, True)
        assert f"{one['weight']:+.2f}"[:4] in said
        assert Path(f"{same}.svg").read_bytes().startswith((b"<?xml", b"<svg"))
    status, said = run("link", "explain", "out", pairs["record_l"][0])
    assert (status, "nearest people/" in said) == (0, True)


def test_a_record_is_looked_up(done: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(done)
    record = people(120, 8).drop_nulls().row(0, named=True)
    words = [f"{name}={record[name]}" for name in ("forename", "surname", "dob", "postcode")]
    status, said = run("link", "search", "out", *words, "--most", "2")
    assert status == 0
    lines = said.splitlines()
    assert lines[0].endswith(f"people/{record['id']}") or lines[1].endswith(f"people/{record['id']}")
    assert len(lines) <= 3
    assert re.search(r"of 169 records; looked up in \d+ ms", lines[-1])


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["files", "none.yaml", "people.csv", "--out", "x"], 25, "PR-L001"),
        (["files", "spec.yaml", "none.csv", "--out", "x"], 25, "PR-L006"),
        (["files", "spec.yaml", "people.csv", "--out", "out"], 25, "PR-L007"),
        (["files", "spec.yaml", "people.csv", "--out", "x", "--model", "spec.yaml"], 25, "PR-L012"),
        (["files", "wrong.yaml", "people.csv", "--out", "x"], 25, "PR-L002"),
        (["files", "people.csv", "people.csv", "--out", "x"], 25, "PR-L001"),
        (["files", "spec.yaml", "people.csv"], 2, "--out"), (["files", "spec.yaml", "--out", "x"], 2, "FILE"),
        (["files", "spec.yaml", "people.csv", "--out", "x", "--threads", "0"], 2, "threads"),
        (["explain", "out", "nobody"], 25, "PR-L008"), (["explain", "out", "r1", "nobody"], 25, "PR-L008"),
        (["explain", "none", "r1"], 25, "PR-L011"), (["explain", "out", "r1", "r2", "r3"], 2, "one record or two"),
        (["search", "out", "surnme=X"], 25, "PR-L009"), (["search", "out", "surname"], 2, "FIELD=VALUE"),
        (["search", "none", "surname=X"], 25, "PR-L011"), (["search", "out", "surname=X", "--most", "0"], 2, "most"),
    ],
)  # fmt: skip
def test_mistakes_have_their_status_and_a_sentence(
    done: Path, run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str], status: int, said: str
) -> None:
    monkeypatch.chdir(done)
    Path("wrong.yaml").write_text(yaml.safe_dump({**PEOPLE, "block": {"rules": ["soundx(surname)"]}}))
    found, text = run("link", *words)
    assert (found, said in text, "Traceback" in text) == (status, True, False), text
    assert not Path("x").exists()
