"""Nothing of a record is told but in its own tables: not in progress, messages, the model, the report or errors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from tests.link.worlds import PEOPLE, people


ROOT = Path(__file__).parents[2]
CANARIES = ["QUETZALCOATL", "Quetzalcoatl", "Featherstonehaugh", "FEATHERSTONEHAUGH", "1931-07-13", "19310713", "ZZ9 9QX", "ZZ99QX",
            "PNCCANARY7", "777777777", "CANARYTOWN", "Canarytown"]  # fmt: skip
RECORD: dict[str, Any] = {
    "forename": "Quetzalcoatl", "surname": "Featherstonehaugh", "dob": "1931-07-13", "postcode": "ZZ9 9QX", "pnc": "PNCCANARY7",
    "height": "777777777", "town": "Canarytown",
}  # fmt: skip
SPEC: dict[str, Any] = {
    **PEOPLE,
    "fields": [*PEOPLE["fields"], {"name": "pnc", "kind": "identifier"}, {"name": "height", "kind": "number"}, {"name": "town"}],
    "block": {"largest": 20}, "never": [{"when": "different(pnc)", "unless_weight": 30}], "truth": "who",
}  # fmt: skip


def table(copies: int = 25) -> pl.DataFrame:
    """People, and the canary often enough to be the commonest of everything; its own name is a canary, too."""
    frame = people(100, 1).with_columns(pnc=pl.lit(None, pl.String), height=pl.lit("180"), town=pl.lit("York"))
    rows = [{"id": f"PNCCANARY7-{k}", "who": "Quetzalcoatl", **RECORD} for k in range(copies)]
    return pl.concat([frame, pl.DataFrame(rows, schema=frame.schema)])


def run(place: Path, *words: str) -> tuple[int, bytes]:
    done = subprocess.run([sys.executable, "-m", "piperoll", *words], cwd=place, capture_output=True, check=False,
                          env={**os.environ, "FORCE_COLOR": "1", "TERM": "xterm"})  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def singing(data: bytes) -> list[str]:
    return [each for each in CANARIES if each.encode() in data or each.encode("utf-16-le") in data]


def test_a_run_tells_of_records_in_their_own_tables_alone(tmp_path: Path) -> None:
    table().write_csv(tmp_path / "people.csv")
    (tmp_path / "spec.yaml").write_text(yaml.safe_dump(SPEC))
    status, said = run(tmp_path, "link", "files", "spec.yaml", "people.csv", "--out", "out")
    assert status == 0, said
    assert singing(said) == []
    found = {
        str(path.relative_to(tmp_path / "out")): singing(path.read_bytes())
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert {"report.html", "model.json", "charts/weights.svg", "charts/pairs.svg", "clusters.parquet"} <= found.keys()
    told = {name for name, canaries in found.items() if canaries and not name.startswith("population/")}
    assert told <= {"clusters.parquet", "pairs.parquet"}
    # the names of records are theirs, and no more is
    for name in ("clusters.parquet", "pairs.parquet"):
        frame = pl.read_parquet(tmp_path / "out" / name)
        others = frame.select(pl.exclude("record", "record_l", "record_r"))
        assert singing(others.write_csv().encode()) == []
    assert any(canaries for name, canaries in found.items() if name.startswith("population/"))
    assert not list(tmp_path.glob(".out*"))


def bad(place: Path) -> list[list[str]]:
    """Commands that fail, each in another way, over files full of canaries."""
    frame = table(2)
    frame.write_csv(place / "people.csv")
    text = (place / "people.csv").read_text()
    (place / "ragged.csv").write_text(text + "Quetzalcoatl,Featherstonehaugh\n")
    (place / "latin.csv").write_bytes(text.replace("Quetzalcoatl", "Quetzalcoatl\xe9").encode("latin-1"))
    (place / "nul.csv").write_text(text + "Quetzalcoatl,\0,PNCCANARY7\n")
    (place / "twice.csv").write_text(text + text.splitlines()[-1] + "\n")
    (place / "headless.csv").write_text("\n".join(text.splitlines()[-2:]) + "\n")
    frame.with_columns(pl.concat_list("surname")).write_parquet(place / "lists.parquet")
    (place / "cut.parquet").write_bytes((place / "lists.parquet").read_bytes()[:-50])
    (place / "spec.yaml").write_text(yaml.safe_dump(SPEC))
    files = [path.name for path in place.iterdir() if path.suffix in (".csv", ".parquet") and path.name != "people.csv"]
    return [["link", "files", "spec.yaml", name, "--out", f"out-{name}"] for name in sorted(files)]


@pytest.mark.parametrize("number", range(7))
def test_errors_show_nothing_of_what_is_wrong(tmp_path: Path, number: int) -> None:
    commands = bad(tmp_path)
    assert len(commands) == 7
    status, said = run(tmp_path, *commands[number])
    assert status in (16, 25), said
    assert singing(said) == [], said
    assert b"Traceback" not in said
    assert not (tmp_path / commands[number][-1]).exists()
