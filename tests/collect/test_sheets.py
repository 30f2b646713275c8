"""Workbooks: types, hidden and merged, formulas, damage, size. Parquet beside them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from piperoll.collect.limits import Limits
from piperoll.collect.prepare import prepare
from piperoll.collect.sheets import cell_text
from piperoll.errors import UserError
from piperoll.register.model.contract import Field


HELD = ["person_number", "since", "ethnicity"]
REAL = Path(__file__).parents[2].parent / "shared" / "data"


def book(rows, sheet="Data", more=()):
    made = openpyxl.Workbook()
    made.active.title = sheet
    for row in rows:
        made.active.append(row)
    for name, state, content in more:
        extra = made.create_sheet(name)
        extra.sheet_state = state
        for row in content:
            extra.append(row)
    return made


def saved(made) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.fixture
def read(tiny, tmp_path, limits):
    count = iter(range(100))

    def reader(data: bytes, name="held.xlsx", dataset="stock.held", within: Limits = limits):
        path, work = tmp_path / name, tmp_path / f"work{next(count)}"
        path.write_bytes(data)
        work.mkdir()
        got = prepare(path, work, tiny.dataset(dataset), name, within)
        return got, pq.read_table(got.path).to_pylist()

    return reader


def test_cells_become_the_texts_they_mean(read):
    got, rows = read(
        saved(book([HELD, ["000123", dt.date(2012, 1, 2), "W1"], [], [17, dt.datetime(2012, 3, 4), None]]))
    )
    assert rows == [
        {"person_number": "000123", "since": "2012-01-02", "ethnicity": "W1", "_row": 2},
        {"person_number": "17", "since": "2012-03-04", "ethnicity": None, "_row": 4},
    ]
    assert got.sheet == "Data" and got.first_row == 2
    assert got.notes == (
        "The column `person_number` is a text; cells that hold a number, so that leading zeros may be lost: 1.",
    )


def test_values_by_type():
    day = Field("d", "date", "T", format="%d/%m/%Y")
    assert cell_text(dt.date(2012, 5, 4), day) == "04/05/2012"
    assert cell_text(dt.datetime(2012, 5, 4, 1, 2), Field("d", "datetime", "T")) == "2012-05-04 01:02:00"
    assert [cell_text(c, None) for c in (True, 1.0, 0.1, -3, dt.time(1, 2), "=1+1")] == [
        "true",
        "1",
        "0.1",
        "-3",
        "01:02:00",
        "=1+1",
    ]
    assert cell_text(None, None) is None and cell_text("", None) is None
    assert cell_text(1e300, None) == "1e+300"


def test_data_that_does_not_begin_at_a1(read):
    made = openpyxl.Workbook()
    made.active.title = "Data"
    for place, value in {
        "B3": "person_number",
        "C3": "since",
        "D3": "ethnicity",
        "B5": "A1",
        "C5": dt.date(2012, 1, 1),
    }.items():
        made.active[place] = value
    got, rows = read(saved(made))
    assert [(r["person_number"], r["_row"]) for r in rows] == [("A1", 5)]
    assert "The header stands in row 3, not 1 as agreed." in got.notes


def test_formulas_are_told_and_their_saved_values_read(read):
    got, rows = read(saved(book([HELD, ["=1+1", dt.date(2012, 1, 2), "W1"]])))
    assert any("formulas (1 in" in n for n in got.notes)
    assert rows[0]["person_number"] is None, "openpyxl saves no values: nothing is computed here"


def test_hidden_sheets_are_not_read_in_silence(read, tiny):
    more = [("Secret", "hidden", [HELD, ["x", dt.date(2012, 1, 1), "B1"]])]
    got, rows = read(saved(book([HELD, ["A1", dt.date(2012, 1, 2), "W1"]], more=more)))
    assert len(rows) == 1
    made = book([["nothing"]], sheet="Front", more=[("Data", "hidden", [HELD, ["A1", dt.date(2012, 1, 2), "W1"]])])
    got, rows = read(saved(made))
    assert "The sheet `Data` is hidden; it was read." in got.notes and len(rows) == 1


def test_which_sheet(read):
    with pytest.raises(UserError) as caught:
        read(saved(book([HELD], sheet="Date")))
    assert caught.value.code == "PR-C020" and "Did you mean `Date`?" in caught.value.fix
    rows = [["status", "case_number", "kind", "opened", "party_name"], ["N", "AB000001", "A", dt.date(2012, 1, 1), "x"]]
    got, _ = read(saved(book([["read me"]], sheet="Notes", more=[("Cases", "visible", rows)])), dataset="cases.case")
    assert got.sheet == "Cases" and any("were not read: 1 (" in n for n in got.notes)
    with pytest.raises(UserError) as caught:
        read(saved(book(rows, sheet="One", more=[("Two", "visible", rows)])), dataset="cases.case")
    assert caught.value.code == "PR-C020"


def test_merged_cells_are_told(read):
    made = book([HELD, ["A1", dt.date(2012, 1, 2), "W1"], ["", dt.date(2012, 1, 3), "W1"]])
    made["Data"].merge_cells("A2:A3")
    got, _ = read(saved(made))
    assert any("1 ranges of cells are merged" in n for n in got.notes)


def test_damaged_empty_and_large(read):
    whole = saved(book([HELD, ["A1", dt.date(2012, 1, 2), "W1"]]))
    with pytest.raises(UserError) as caught:
        read(whole[:-300])
    assert caught.value.code == "PR-C014"
    with pytest.raises(UserError) as caught:
        read(saved(book([])))
    assert caught.value.code == "PR-C006"
    with pytest.raises(UserError) as caught:
        read(whole, within=Limits(cells=3))
    assert caught.value.code == "PR-C009"
    with pytest.raises(UserError) as caught:
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "held.xls")
    assert caught.value.code == "PR-C019"


def test_entities_in_a_workbook_do_not_grow(read):
    whole = saved(book([HELD, ["A1", dt.date(2012, 1, 2), "W1"]]))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(out, "w") as target:
        for item in source.infolist():
            data = source.read(item)
            if item.filename.endswith("sheet1.xml"):
                lol = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10 if i else b"lol") for i in range(10))
                data = b"<!DOCTYPE x [" + lol + b"]><!-- &l9; -->" + data.split(b"?>", 1)[-1].replace(b"W1", b"&l9;")
            target.writestr(item, data)
    try:
        _, rows = read(out.getvalue())
    except UserError as error:
        assert error.code == "PR-C019"
    else:
        assert all(len(str(v)) < 100 for row in rows for v in row.values())


def test_a_workbook_under_another_name_is_told(read):
    got, rows = read(saved(book([HELD, ["A1", dt.date(2012, 1, 2), "W1"]])), "held.csv")
    assert got.notes[0] == "The file is named `.csv` but is a workbook." and len(rows) == 1


def test_parquet_columns_become_texts(read):
    table = pa.table(
        {
            "person_number": pa.array(["A1", None]),
            "since": pa.array([dt.datetime(2012, 1, 2), dt.datetime(2012, 1, 3, 5)], pa.timestamp("us", "UTC")),
            "ethnicity": pa.array(["W1", "W1"]).dictionary_encode(),
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    _, rows = read(out.getvalue(), "held.parquet")
    assert rows == [
        {"person_number": "A1", "since": "2012-01-02", "ethnicity": "W1", "_row": 1},
        {"person_number": None, "since": "2012-01-03", "ethnicity": "W1", "_row": 2},
    ]
    for data in (out.getvalue()[:-20], b"PAR1" + b"\0" * 50 + b"PAR1"):
        with pytest.raises(UserError) as caught:
            read(data, "held.parquet")
        assert caught.value.code == "PR-C021"


def test_parquet_of_nested_columns_is_refused(read):
    out = io.BytesIO()
    pq.write_table(pa.table({"person_number": [["a"]], "since": ["x"], "ethnicity": ["W1"]}), out)
    with pytest.raises(UserError) as caught:
        read(out.getvalue(), "held.parquet")
    assert caught.value.code == "PR-C021"


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/data is not here")
def test_a_spreadsheet_as_published_is_read(tmp_path, work, tiny, limits):
    from dataclasses import replace

    from piperoll.collect.prepare import prepare as ready
    from piperoll.register.model.contract import FileForm

    path = REAL / "statistics" / "homeoffice_use_of_force_2019_20_ORIGINAL.ods"
    import python_calamine as calamine

    names = calamine.CalamineWorkbook.from_path(str(path)).sheet_names
    with pytest.raises(UserError) as caught:
        ready(path, work, tiny.dataset("stock.held"), path.name, limits)
    assert caught.value.code == "PR-C020"
    dataset = replace(tiny.dataset("stock.held"), file=FileForm(sheet=names[-1]))
    with pytest.raises(UserError) as caught:
        ready(path, work, dataset, path.name, limits)
    assert caught.value.code == "PR-C010", "its columns are not those of this contract, and that is all"
