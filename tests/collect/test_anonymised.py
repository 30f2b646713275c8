"""Of what is anonymised not even the header is repeated: where a column is too many, its name may be somebody's."""

from __future__ import annotations

import datetime as dt
import gzip
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from openpyxl import Workbook

from piperoll.collect.columns import match, require
from piperoll.collect.findings import file_findings
from piperoll.collect.limits import Limits
from piperoll.collect.prepare import prepare
from piperoll.collect.prepared import CheckContext
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register
from piperoll.store.tokens import Keyring
from tests.collect.conftest import CASE


@pytest.fixture
def case(tiny: Register) -> Dataset:
    return tiny.dataset("cases.case")


def told(dataset: Dataset, top: Path, header: str) -> list[str]:
    (top / "in").mkdir(exist_ok=True)
    path = top / "case.csv"
    path.write_text(f"{header}\nN,AB000001,A,2012-05-01,10.00,Zoe Canary,1980-01-01,AB1 2CD,true,x\n")
    prepared = prepare(path, top / "in", dataset, "case.csv", Limits())
    context = CheckContext(
        "cases", "case", "north", "North", "2012-05", "now", dt.date(2012, 6, 8), top, Keyring(top / "keys")
    )
    findings, queries = file_findings(prepared, dataset, context)
    return [*(each.sentence for each in findings), *(each.sentence for each in queries)]


@pytest.mark.parametrize("extra", ["refuse", "query"])
def test_the_name_of_a_column_too_many_is_told_elsewhere_and_not_of_what_is_anonymised(
    case: Dataset, tmp_path: Path, extra: str
) -> None:
    dataset = replace(case, extra_columns=extra)
    assert any("`Canarius`" in each for each in told(dataset, tmp_path, f"{CASE},Canarius"))
    said = told(replace(dataset, anonymised=True), tmp_path, f"{CASE},Canarius")
    assert any("a column that is not in the contract: their names are not told" in each for each in said)
    assert not [each for each in said if "Canarius" in each]


def test_nothing_is_taken_but_a_plain_table(case: Dataset, tmp_path: Path) -> None:
    dataset, plain = replace(case, anonymised=True), f"{CASE}\nN,AB000001,A,2012-05-01,10,Zoe,1980-01-01,AB1 2CD,true\n"
    (tmp_path / "in").mkdir()
    book = Workbook()
    for number, line in enumerate(plain.splitlines()):
        for column, text in enumerate(line.split(",")):
            book.active.cell(number + 1, column + 1, text)
    book.create_sheet("Zebedee Canarius").sheet_state = "hidden"
    book.save(tmp_path / "case.xlsx")
    (tmp_path / "case.csv.gz").write_bytes(gzip.compress(plain.encode()))
    (tmp_path / "case.csv").write_text(f"Zebedee Canarius,,,,,,,,\n{plain}")
    pl.DataFrame({"status": ["N"]}).write_parquet(tmp_path / "case.parquet")
    for name in ("case.xlsx", "case.csv.gz", "case.csv", "case.parquet"):
        with pytest.raises(UserError, match="PR-C090") as caught:
            prepare(tmp_path / name, tmp_path / "in", dataset, name, Limits())
        assert "Canarius" not in caught.value.sentence
    (tmp_path / "case.csv").write_text(plain)
    assert prepare(tmp_path / "case.csv", tmp_path / "in", dataset, "case.csv", Limits()).kind == "csv"


def test_a_header_that_is_like_a_field_is_not_repeated_of_what_is_anonymised(case: Dataset) -> None:
    header = CASE.replace("case_number", "case_numbar").split(",")
    for anonymised, repeated in ((False, True), (True, False)):
        dataset = replace(case, anonymised=anonymised)
        with pytest.raises(UserError, match="PR-C011") as caught:
            require(match(header, dataset), dataset, "case.csv")
        assert ("case_numbar" in caught.value.sentence) is repeated
        assert "`case_number`" in caught.value.sentence
