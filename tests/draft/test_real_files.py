"""Real files it was not written for: drafted, checked, collected without a refused row, released and verified."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from piperoll.draft import draft
from piperoll.register import inspect
from piperoll.workspace import Workspace


DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
NOW = "2026-01-15T09:30:00+00:00"
FILES = {
    "statistics/hmip_youth_inspection_ratings.csv": ("2025", "la_ref", {"la_ref": "L", "publication_date": "T"}),
    "disclosure/ssbtools_sosialFiktiv.csv": ("2026", "region hovedint mnd", {"region": "Q", "ant": "M"}),
    "linkage/febrl_dataset4a.csv": (
        "2026",
        "rec_id",
        {"rec_id": "L", "given_name": "D", "surname": "D", "date_of_birth": "D", "postcode": "D", "soc_sec_id": "L"},
    ),
    "reference/moj_court_register.csv": ("2026", "", {"court_name": "A", "street": "D", "postcode": "D", "id": "L"}),
    "statistics/homeoffice_crime_outcomes_2018_19.csv.gz": (
        "2018/19",
        "financial_quarter force_name offence_description outcome_description",
        {"force_name": "A", "outcome_group": "S", "force_outcomes_recorded_in_quarter": "M"},
    ),
}
SUMS = {
    "disclosure/ssbtools_sosialFiktiv.csv": ("ant", "2026"),
    "statistics/homeoffice_crime_outcomes_2018_19.csv.gz": (
        "force_outcomes_for_offences_recorded_in_quarter",
        "2018Q2 2018Q3 2018Q4 2019Q1",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_from_a_real_file_to_a_verified_release(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = DATA / name
    if not file.is_file():
        pytest.skip(f"the real file is not here: {name}")
    slot, key, classes = FILES[name]
    monkeypatch.setenv("PIPEROLL_NOW", NOW)
    made = draft(tmp_path / "register", file, dt.datetime.fromisoformat(NOW).date())
    assert inspect(made.directory)[1] == []
    assert str(made.plan.slot) == slot
    assert " ".join(made.seen.key) == key
    assert {column: made.seen.column(column).cls for column in classes} == classes
    _no_identifier(made.directory, file, [each.header or each.name for each in made.seen.columns if each.cls == "D"])

    space = Workspace(made.directory, tmp_path / "home")
    (receipt,) = space.collect([file], dataset=made.dataset, period=slot)
    assert receipt.rows_in == made.seen.rows == receipt.rows_kept + receipt.rows_refused
    assert receipt.rows_refused == 0

    edition = space.release(made.plan.key, slot, tmp_path / "edition")
    report = space.verify(edition.directory)
    assert report.holds, report.problems[:5]
    table = pl.read_csv(edition.directory / "tables" / "first.csv", infer_schema_length=None)
    whole = table.filter(*(pl.col(f"{each.name}_code") == each.total for each in made.plan.breakdowns))
    assert whole.height == made.plan.periods
    if name in SUMS:
        column, periods = SUMS[name]
        total = pl.read_csv(file, infer_schema=False)[column].cast(pl.Int64, strict=False).sum()
        assert whole["period"].cast(pl.String).to_list() == periods.split()
        assert abs(whole[made.plan.measure].sum() - total) <= 2.5 * whole.height
    elif slot == "2026":
        assert abs(whole["records"].sum() - made.seen.rows) <= 2.5


def _no_identifier(register: Path, file: Path, headers: list[str]) -> None:
    """No value of a direct identifier, long enough to be no accident, stands in a drafted file as a whole word."""
    import re

    raw = pl.read_csv(file, infer_schema=False)
    raw = raw.rename({each: each.strip() for each in raw.columns})
    words = {word for path in register.rglob("*.*") for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    for header in headers:
        values = {value.strip() for value in raw[header].drop_nulls().unique()}
        found = {each for each in values if len(each) >= 6 and each in words}
        assert not found, f"{len(found)} values of {header}"
