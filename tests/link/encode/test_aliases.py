"""Rows of further names: which there are, whose they are, what they hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from piperoll.errors import Problems, UserError
from piperoll.link.encode.aliases import MOST
from piperoll.link.encode.records import Records, read_records
from piperoll.link.files.spec import read_linkage
from piperoll.link.spec.declared import FieldSpec
from piperoll.link.spec.terms import Term


FIELDS = [FieldSpec("forename", also=("alias_forename",)), FieldSpec("surname", also=("alias_surname", "maiden")),
          FieldSpec("dob")]  # fmt: skip
KEYS = ["id", "forename", "surname", "dob", "alias_forename", "alias_surname", "maiden"]


def read(*rows: tuple[str | None, ...], fields: list[FieldSpec] = FIELDS) -> Records:
    return read_records({"a": pl.DataFrame(rows, schema=dict.fromkeys(KEYS, pl.String), orient="row")}, fields, "id")


def held(records: Records) -> dict[str, list[tuple[Any, ...]]]:
    """By record the values of its rows, its own first."""
    columns = [records.columns[Term(each)] for each in records.columns.fields]
    whose = records.whose if len(records.whose) else np.arange(len(records))
    out: dict[str, list[tuple[Any, ...]]] = {}
    for row, record in enumerate(whose):
        codes = [int(each.codes[row]) for each in columns]
        values = tuple(each.distinct[code] if code >= 0 else None for each, code in zip(columns, codes, strict=True))
        out.setdefault(records.ids[int(record)], []).append(values)
    return out


DOB = 19800102
# alias_forename | alias_surname | maiden | names beside SAM HILL's own, in order
EXAMPLES: list[tuple[str | None, str | None, str | None, list[tuple[str, str]]]] = [
    (None, None, None, []),
    ("Jo", None, None, [("JO", "HILL")]),
    (None, "Ash", None, [("SAM", "ASH")]),
    ("Jo", "Ash", None, [("JO", "ASH")]),
    (None, None, "Lee", [("SAM", "LEE")]),
    ("Jo", "Ash", "Lee", [("JO", "ASH"), ("SAM", "LEE")]),
    (" sam ", "HILL", "hill", []),
    ("unknown", "N/A", "", []),
    ("unknown", "Ash", None, [("SAM", "ASH")]),
    (None, "Ash", "ash", [("SAM", "ASH")]),
    ("Jo; Al", "Ash; Bow", None, [("JO", "ASH"), ("AL", "BOW")]),
    ("Jo|Al", "Ash", None, [("JO", "ASH"), ("AL", "HILL")]),
    (";Al", "Ash;;", None, [("SAM", "ASH"), ("AL", "HILL")]),
    (None, "Ash;Hill;Ash", None, [("SAM", "ASH")]),
]


@pytest.mark.parametrize(("alias_forename", "alias_surname", "maiden", "names"), EXAMPLES)
def test_names_of_a_record(
    alias_forename: str | None, alias_surname: str | None, maiden: str | None, names: list[tuple[str, str]]
) -> None:
    records = read(("1", "Sam", "Hill", "1980-01-02", alias_forename, alias_surname, maiden),
                   ("2", "Ida", "Moss", "1980-01-02", None, None, None))  # fmt: skip
    assert held(records) == {
        "1": [("SAM", "HILL", DOB), *[(*each, DOB) for each in names]],
        "2": [("IDA", "MOSS", DOB)],
    }
    assert len(records) == 2
    assert len(records.whose) == (2 + len(names) if names else 0)
    assert len(records.row_file) == 2 + len(names)


def test_records_come_first_and_their_further_names_record_by_record() -> None:
    records = read(*((str(k), "Sam", "Hill", None, "Jo;Al", None, "Lee") for k in range(9)))
    assert records.whose[:9].tolist() == list(range(9))
    assert records.whose[9:].tolist() == np.repeat(np.arange(9), 3).tolist()
    codes = records.columns[Term("forename", "initial")]
    assert [codes.distinct[int(each)] for each in codes.codes[9:12]] == ["J", "A", "S"]


def test_a_value_has_twenty_names_at_most() -> None:
    many = ";".join(f"Name{chr(65 + k)}" for k in range(26))
    assert len(held(read(("1", "Sam", "Hill", None, None, many, None)))["1"]) == 1 + MOST


def test_lists_categories_and_dates_are_read() -> None:
    table = pl.DataFrame({"surname": ["Hill"], "names": [["Lee", "Ash"]], "cat": ["Bow"], "dob": ["1980-01-02"]})
    table = table.with_columns(pl.col("cat").cast(pl.Categorical), other=pl.lit("1980-02-01").str.to_date())
    fields = [FieldSpec("surname", also=("names", "cat")), FieldSpec("dob", also=("other",))]
    records = read_records({"a": table}, fields)
    assert held(records)["1"] == [("HILL", 19800102), ("ASH", 19800201), ("LEE", 19800102), ("BOW", 19800102)]


def test_a_file_may_lack_the_columns_but_not_all_files() -> None:
    table = pl.DataFrame({"surname": ["Hill"], "alias": ["Lee"]})
    fields = [FieldSpec("surname", also=("alias",))]
    records = read_records({"a": table, "b": table.select("surname")}, fields)
    assert sorted(records.row_file.tolist()) == [0, 0, 1]
    with pytest.raises(UserError, match="no column `alais`") as caught:
        read_records({"a": table, "b": table}, [FieldSpec("surname", also=("alais",))])
    assert (caught.value.code, "alias" in caught.value.fix) == ("PR-L003", True)


@pytest.mark.parametrize(
    "more",
    [
        {"fields": [{"name": "a", "kind": "list", "also": ["b"]}]},
        {"fields": [{"name": "a", "kind": "identifier", "form": "x", "also": ["b"]}]},
        {"fields": [{"name": "a", "also": ["b"]}], "steps": [{"key": "a"}]},
    ],
)
def test_where_further_values_mean_nothing_they_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(Problems, match="also") as caught:
        read_linkage({"inputs": {"p": "a.b", "q": "a.c"}, **more})
    assert all(each.code == "PR-L001" for each in caught.value.problems)
