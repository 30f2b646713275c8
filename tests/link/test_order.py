"""Who is who does not depend on the order of files or rows: not among equals either."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.link.api import link_frames
from piperoll.link.encode.records import read_records
from piperoll.link.files.read import ordered
from piperoll.link.files.run import link_files
from piperoll.link.files.spec import read_linkage
from piperoll.link.spec.declared import FieldSpec
from tests.link.worlds import PEOPLE, people


KNOWN = ["forename", "surname", "dob", "postcode"]
SURE = {"join_weight": 1.0}


def tied() -> dict[str, pl.DataFrame]:
    """Three files in which many records are the same as one of another, and some as two of one other."""
    every = people(90, 4, copies=3)
    same = every.unique(["forename", "surname"], keep="first", maintain_order=True).head(30)
    return {
        "magistrates": pl.concat([every[::3], same.with_columns(id=pl.format("x{}", "id"))]),
        "crown": pl.concat([every[1::3], same.with_columns(id=pl.format("y{}", "id"))]),
        "prison": pl.concat([every[2::3], same.with_columns(id=pl.format("z{}", "id"), dob=pl.lit(None, pl.String))]),
    }


def shuffled(frames: dict[str, pl.DataFrame], names: tuple[str, ...], seed: int) -> dict[str, pl.DataFrame]:
    return {name: frames[name].sample(fraction=1, shuffle=True, seed=seed + k) for k, name in enumerate(names)}


@pytest.mark.parametrize("mode", ["link", "both", "dedupe"])
def test_the_same_persons_names_and_weights_for_any_order_of_files_and_rows(mode: str) -> None:
    frames, spec = tied(), {**PEOPLE, "mode": mode, "thresholds": SURE, "truth": "who", "groups": ["forename"]}
    first = link_frames(spec, frames, threads=1)
    assert first.clusters["person"].n_unique() < sum(each.height for each in frames.values()) - 20
    for seed, names in enumerate(permutations(frames)):
        again = link_frames(spec, shuffled(frames, names, 10 * seed), threads=1)
        assert again.clusters.equals(first.clusters)
        assert again.pairs.equals(first.pairs)
        assert again.model == first.model
        assert again.evaluation == first.evaluation


def contents(found: pl.DataFrame, frames: dict[str, pl.DataFrame]) -> Counter[Any]:
    """Persons as what is known of their records, file by file."""
    told = pl.concat(
        frame.select(pl.lit(name).alias("file"), pl.int_range(1, pl.len() + 1).cast(pl.String).alias("record"), *KNOWN)
        for name, frame in frames.items()
    )
    rows = found.join(told, on=["file", "record"]).drop("record")
    groups = rows.group_by("person").agg(pl.struct("file", *KNOWN).alias("records"))["records"].to_list()
    return Counter(tuple(sorted(str(each) for each in group)) for group in groups)


@pytest.mark.parametrize("mode", ["link", "both"])
def test_records_without_names_are_told_apart_by_what_is_known_of_them(mode: str) -> None:
    frames, spec = tied(), {**PEOPLE, "mode": mode, "record": "", "thresholds": SURE}
    first = contents(link_frames(spec, frames, threads=1).clusters, frames)
    assert 60 < first.total() < 200
    for seed, names in enumerate(permutations(frames)):
        mixed = shuffled(frames, names, 10 * seed)
        assert contents(link_frames(spec, mixed, threads=1).clusters, mixed) == first


SMALL = st.lists(st.tuples(st.sampled_from(["A", "B", None]), st.sampled_from(["X", "Y", ""])), max_size=12)


@given(rows=SMALL, seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_rows_that_hold_the_same_come_in_the_same_order(rows: list[tuple[str | None, str]], seed: int) -> None:
    fields = [FieldSpec("forename"), FieldSpec("surname")]
    table = pl.DataFrame(rows, schema={"forename": pl.String, "surname": pl.String}, orient="row")
    mixed = table.sample(fraction=1, shuffle=True, seed=seed)
    one, other = (read_records({"a": each}, fields) for each in (table, mixed))
    assert table[one.rows].equals(mixed[other.rows])
    assert sorted(one.ids.to_list()) == sorted(str(k + 1) for k in range(len(rows)))


def test_files_are_named_and_ordered_whatever_their_order_on_the_command_line(tmp_path: Path) -> None:
    places = [tmp_path / each for each in ("b/people.csv", "a/people.csv.gz", "zebra.parquet", "apple.csv")]
    parts = [Path(f"year={tmp_path / 'c.csv'}"), Path(f"year={tmp_path / 'a.csv'}"), tmp_path / "d" / "year.csv"]
    wanted = [
        ("apple", "apple.csv"), ("people", "a/people.csv.gz"), ("people+", "b/people.csv"),
        ("year", "a.csv"), ("year", "c.csv"), ("year+", "d/year.csv"), ("zebra", "zebra.parquet"),
    ]  # fmt: skip
    for given_ in ([*places, *parts], [*reversed(parts), *places], [parts[1], *reversed(places), parts[2], parts[0]]):
        assert [(name, str(path.relative_to(tmp_path))) for name, path in ordered(given_)] == wanted
    again = [tmp_path / "x.csv", tmp_path / "x.csv"]
    assert [name for name, _ in ordered(again)] == ["x", "x+"]


def test_files_give_the_same_tables_in_any_order(tmp_path: Path) -> None:
    loaded = read_linkage({**PEOPLE, "truth": "who"})
    paths = []
    for name, frame in tied().items():
        frame.write_csv(tmp_path / f"{name}.csv")
        paths.append(tmp_path / f"{name}.csv")
    out = []
    for k, order in enumerate((paths, paths[::-1])):
        link_files(loaded, order, tmp_path / f"out{k}", population=False, threads=1)
        out.append({each: (tmp_path / f"out{k}" / each).read_bytes()
                    for each in ("clusters.parquet", "pairs.parquet", "model.json", "report.html")})  # fmt: skip
    assert out[0] == out[1]
