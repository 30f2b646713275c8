"""Where two results differ: who is in a person counts, not what it is called."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.link.files.compare import compare, read_clusters


def clusters(persons: dict[str, str]) -> pl.DataFrame:
    """Records of one file by name, with their persons."""
    return pl.DataFrame(
        {"file": ["a"] * len(persons), "record": list(persons), "person": list(persons.values())},
        schema=dict.fromkeys(("file", "record", "person"), pl.String),
    )


def test_a_result_is_like_itself() -> None:
    one = clusters({"1": "P", "2": "P", "3": "Q"})
    found = compare(one, one)
    assert (found.records, found.persons, found.same, found.alone, found.rows.height) == (3, (2, 2), 2, (0, 0), 0)
    assert found.sentence == "Both say the same of 3 records: 2 persons."


def test_other_names_are_no_difference() -> None:
    found = compare(clusters({"1": "P", "2": "P", "3": "Q"}), clusters({"1": "Q", "2": "Q", "3": "X"}))
    assert (found.same, found.rows.height) == (2, 0)


def test_persons_that_differ_are_told_record_by_record() -> None:
    one = clusters({"1": "P", "2": "P", "3": "Q", "4": "R"})
    other = clusters({"1": "X", "2": "Y", "3": "Y", "4": "Z"})
    found = compare(one, other)
    assert found.persons == (3, 3)
    assert found.same == 1
    assert found.rows.rows() == [("a", "1", "P", "X"), ("a", "2", "P", "Y"), ("a", "3", "Q", "Y")]
    assert "3 are of persons that differ; 1 of 3 and 3 persons are the same" in found.sentence


def test_records_that_one_alone_has_are_counted_and_not_compared() -> None:
    found = compare(clusters({"1": "P", "2": "P", "9": "P"}), clusters({"1": "P", "2": "P", "7": "X", "8": "P"}))
    assert (found.records, found.alone, found.same, found.rows.height) == (2, (1, 2), 1, 0)
    assert found.sentence.endswith("Only the first has 1 records, only the second 2.")


def test_a_record_is_of_its_file() -> None:
    one = clusters({"1": "P"})
    found = compare(one, one.with_columns(file=pl.lit("b")))
    assert (found.records, found.alone) == (0, (1, 1))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=20))
def test_it_counts_what_sets_say(pairs: list[tuple[int, int]]) -> None:
    found = compare(
        clusters({str(k): f"P{one}" for k, (one, _) in enumerate(pairs)}),
        clusters({str(k): f"X{other}" for k, (_, other) in enumerate(pairs)}),
    )
    sides = [{frozenset(k for k, each in enumerate(pairs) if each[s] == n) for n in range(5)} - {frozenset()}
             for s in range(2)]  # fmt: skip
    shared = sides[0] & sides[1]
    assert found.same == len(shared)
    assert found.persons == (len(sides[0]), len(sides[1]))
    assert set(found.rows["record"]) == {str(k) for k in range(len(pairs))} - {str(k) for each in shared for k in each}


def test_no_result_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read_clusters(tmp_path)
    assert caught.value.code == "PR-L013"
    (tmp_path / "clusters.parquet").write_bytes(b"no table")
    with pytest.raises(UserError) as caught:
        read_clusters(tmp_path)
    assert caught.value.code == "PR-L013"


def test_a_result_is_read(tmp_path: Path) -> None:
    one = clusters({"1": "P", "2": "Q"})
    one.with_columns(more=pl.lit(1)).write_parquet(tmp_path / "clusters.parquet")
    assert read_clusters(tmp_path).equals(one)
