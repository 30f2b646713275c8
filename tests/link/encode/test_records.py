"""Records in canonical order; what a file lacks and what it names twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.link.encode.records import Records, read_records
from piperoll.link.spec.declared import FieldSpec
from piperoll.link.spec.terms import Term


SURNAME = FieldSpec("surname")
TABLE = pl.DataFrame({"id": ["1", "2", "3"], "surname": ["Smith", None, "Jones"]})


def values(records: Records, name: str = "surname") -> dict[tuple[str, str], Any]:
    column = records.columns[Term(name)]
    return {
        (records.files[records.file[k]], records.ids[k]): column.distinct[int(code)] if code >= 0 else None
        for k, code in enumerate(column.codes)
    }


def test_order_depends_on_nothing_but_which_records_there_are() -> None:
    first = read_records({"a": TABLE}, [SURNAME], "id")
    for order in ([2, 1, 0], [1, 0, 2], [0, 2, 1]):
        again = read_records({"a": TABLE[order]}, [SURNAME], "id")
        assert again.ids.to_list() == first.ids.to_list()
        assert values(again) == values(first)
        assert TABLE[order]["id"].gather(again.rows).to_list() == first.ids.to_list()
    fewer = read_records({"a": TABLE[[0, 2]]}, [SURNAME], "id").ids.to_list()
    assert [each for each in first.ids.to_list() if each != "2"] == fewer


def test_without_names_records_are_named_by_position() -> None:
    records = read_records({"a": TABLE, "b": TABLE[:1]}, [SURNAME])
    assert values(records) == {("a", "1"): "SMITH", ("a", "2"): None, ("a", "3"): "JONES", ("b", "1"): "SMITH"}
    assert sorted(zip(records.file.tolist(), records.rows.tolist(), strict=True)) == [(0, 0), (0, 1), (0, 2), (1, 0)]


def refused(frames: dict[str, pl.DataFrame], *fields: FieldSpec, record: str = "id") -> UserError:
    with pytest.raises(UserError) as caught:
        read_records(frames, fields or [SURNAME], record)
    return caught.value


def test_names_given_twice_or_not_at_all_are_refused_without_showing_them() -> None:
    twice = pl.DataFrame({"id": ["CANARY", "2", "CANARY", "CANARY"], "surname": ["a", "b", "c", "d"]})
    error = refused({"good": TABLE, "bad": twice})
    assert (error.code, error.where, "2 records" in error.message) == ("PR-L004", "bad", True)
    assert "CANARY" not in error.sentence
    error = refused({"bad": twice.with_columns(id=pl.Series([None, "1", "", "2"]))})
    assert (error.code, "2 records have no `id`" in error.message) == ("PR-L004", True)
    both = read_records({"a": TABLE, "b": TABLE}, [SURNAME], "id")
    assert len(both) == 6  # of two files is not twice


def test_columns_that_are_not_there_are_refused_with_the_nearest() -> None:
    error = refused({"a": TABLE}, FieldSpec("surname", from_="surnam"))
    assert (error.code, error.where, error.message) == ("PR-L003", "a", "there is no column `surnam`.")
    assert "surname" in error.fix
    assert "Its columns are id, surname" in refused({"a": TABLE}, FieldSpec("zzzzzzzzzz")).fix
    assert refused({"a": TABLE}, record="idd").code == "PR-L003"


def test_optional_columns_and_those_named_file_by_file() -> None:
    optional = FieldSpec("surname", from_="family", optional=True)
    assert set(values(read_records({"a": TABLE}, [optional], "id")).values()) == {None}
    mapped = FieldSpec("surname", from_={"a": "surname", "b": "last"})
    other = pl.DataFrame({"id": ["9"], "last": ["Patel"]})
    records = read_records({"a": TABLE, "b": other, "c": other}, [mapped], "id")
    assert values(records)["b", "9"] == "PATEL"
    assert values(records)["c", "9"] is None
    assert refused({"a": TABLE, "b": TABLE}, mapped).where == "b"


def test_kinds_of_columns_that_files_may_have() -> None:
    plain = values(read_records({"a": TABLE}, [SURNAME], "id"))
    categorical = TABLE.with_columns(pl.col("surname").cast(pl.Categorical), pl.col("id").cast(pl.Int64))
    assert values(read_records({"a": categorical}, [SURNAME], "id")) == plain
    enum = TABLE.with_columns(pl.col("surname").cast(pl.Enum(["Smith", "Jones"])))
    mixed = read_records({"a": TABLE, "b": enum, "c": categorical}, [SURNAME], "id")
    assert values(mixed) == {(file, name): value for file in "abc" for (_, name), value in plain.items()}
    born = [FieldSpec("dob")]
    texts = pl.DataFrame({"id": ["1"], "dob": ["1980-02-01"]})
    dates = texts.with_columns(pl.col("dob").str.to_date())
    whole = texts.with_columns(dob=pl.lit(19800201))
    for frame in (texts, dates, whole, dates.with_columns(pl.col("dob").cast(pl.Datetime))):
        assert values(read_records({"a": frame}, born, "id"), "dob") == {("a", "1"): 19800201}
    assert set(values(read_records({"a": texts, "b": dates}, born, "id"), "dob").values()) == {19800201}


@pytest.mark.parametrize(
    ("spec", "raw", "expected"),
    [
        (FieldSpec("age", kind="number", unit=10), ["14", "16", "-16", "x", None, "nan", "inf", "1e300", "1e9"],
         [1, 2, -2, None, None, None, None, None, 100_000_000]),
        (FieldSpec("sex"), ["male", "F", "2", "9", "0", "unknown", "Other"], ["M", "F", "F", None, None, None, "OTHER"]),
        (FieldSpec("nino", kind="identifier", dummies=("aa 000", "AA000")), ["aa-000", "ab 123", "AB123", "n/a"],
         [None, "AB123", "AB123", None]),
        (FieldSpec("note", kind="text", clean=()), ["", "x", " x "], [None, "x", " x "]),
        (FieldSpec("note", kind="text", clean=("upper", "initial")), ["abc", ""], ["A", None]),
        (FieldSpec("postcode"), ["sw1a1aa", "SW1A 1AA", ""], ["SW1A 1AA", "SW1A 1AA", None]),
    ],
)  # fmt: skip
def test_values_are_cleaned_as_their_kind_asks(spec: FieldSpec, raw: list[str | None], expected: list[Any]) -> None:
    records = read_records({"a": pl.DataFrame({spec.name: pl.Series(raw, dtype=pl.String)})}, [spec])
    found = values(records, spec.name)
    assert [found["a", str(k + 1)] for k in range(len(raw))] == expected


def test_no_rows_and_no_files_with_rows() -> None:
    records = read_records({"a": TABLE[:0], "b": TABLE[:0]}, [SURNAME], "id")
    assert (len(records), records.file.dtype) == (0, np.int16)
    assert values(records) == {}
