"""What the records themselves tell: numbers of which a person has one, and files in which nobody is twice."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from piperoll.link.api import Result, link_frames
from tests.link.people import people


FIELDS: dict[str, Any] = {
    "forename": None, "surname": None, "dob": None, "postcode": None, "number": {"kind": "identifier"},
    "case": {"kind": "identifier"},
}  # fmt: skip


def spec(**more: Any) -> dict[str, Any]:
    return {"record": "id", "fields": FIELDS, **more}


@pytest.fixture(scope="module")
def records() -> pl.DataFrame:
    """People with two records each, and two more who are like one of them in all but their number."""
    every = people(900, 3, slips=0.05)
    alike = every.filter(pl.col("truth") < 2).unique("truth", keep="first", maintain_order=True).with_columns(
        pl.concat_str(pl.lit("T"), "id").alias("id"), pl.format("9999{}77", "truth").alias("number"),
        pl.col("truth") + 1000, pl.lit(None, pl.String).alias("case"),
    )  # fmt: skip
    return pl.concat([every, alike])


@pytest.fixture(scope="module")
def learnt(records: pl.DataFrame) -> Result:
    return link_frames(spec(), records, threads=1)


def test_a_number_that_persons_have_one_of_is_found_and_a_case_number_is_not(learnt: Result) -> None:
    assert learnt.linked.conflicts == ("number",)


def test_two_numbers_are_two_people(records: pl.DataFrame, learnt: Result) -> None:
    both = learnt.clusters.join(records.select(record="id", number="number"), on="record")
    mixed = both.drop_nulls("number").group_by("person").agg(pl.col("number").n_unique())
    twins = both.filter(pl.col("record").str.starts_with("T"))["person"].to_list()
    others = set(both.filter(~pl.col("record").str.starts_with("T"))["person"])
    assert len(twins) == 2
    assert others.isdisjoint(twins)
    assert mixed["number"].max() == 1


def test_what_is_declared_decides(records: pl.DataFrame) -> None:
    result = link_frames(spec(never=[{"when": "different(case)"}]), records, threads=1)
    assert result.linked.conflicts == ()
    cases = result.clusters.join(records.select(record="id", case="case"), on="record").drop_nulls("case")
    assert cases.group_by("person").agg(pl.col("case").n_unique())["case"].max() == 1
    vetoes = result.linked.ready.vetoes
    assert vetoes.unless.tolist() == [float("inf")]


# --- files without duplicates -----------------------------------------------------------------------------------------


def split(records: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """First records of people in one file, second records in the other."""
    first = pl.col("truth").is_first_distinct()
    return {"a": records.filter(first), "b": records.filter(~first)}


@pytest.fixture(scope="module")
def once() -> dict[str, pl.DataFrame]:
    return split(people(400, 8, twice=0.8))


def single(files: dict[str, pl.DataFrame], **more: Any) -> list[bool]:
    chosen = {name: each for name, each in FIELDS.items() if name not in ("number", "case")}
    result = link_frames({"record": "id", "fields": chosen, "mode": "link", **more}, files, threads=1)
    return result.linked.ready.vetoes.single.tolist()


def test_files_in_which_nobody_is_twice_are_told(once: dict[str, pl.DataFrame]) -> None:
    assert single(once) == [True, True]


def test_a_file_with_duplicates_is_told_from_one_without(once: dict[str, pl.DataFrame]) -> None:
    doubled = once["a"].head(60).with_columns(pl.concat_str(pl.lit("D"), "id").alias("id"))
    assert single({**once, "a": pl.concat([once["a"], doubled])}) == [False, True]


def test_what_is_declared_of_files_decides(once: dict[str, pl.DataFrame]) -> None:
    assert single(once, one_each=["b"]) == [False, True]


def test_nothing_is_tried_where_records_of_a_file_are_linked_with_each_other(once: dict[str, pl.DataFrame]) -> None:
    assert single(once, mode="both") == [False, False]
