"""A workbook with everything in it that a workbook can have: notes, markers, awkward names."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from piperoll.present.ods import write_ods
from piperoll.present.workbook import Cell, Column, Contact, Cover, Link, Note, Table, Workbook
from piperoll.present.xlsx import write_xlsx


ROOT = Path(__file__).resolve().parents[2]

AWKWARD = '=cmd|"/c calc"!A1 <b>& Sons</b>'


def cover() -> Cover:
    return Cover(
        summary=("Counts of widgets by place and quarter.", "England and Wales, Apr to Jun 2012."),
        source="Widget administrative system",
        published=dt.date(2012, 8, 9),
        next_update="8 November 2012",
        contact=Contact("Ann Statistician", "statistics@example.gov.uk", "020 7946 0000"),
        status="Official statistics",
        revisions="Figures for Jan to Mar 2012 have been revised.",
        quality="Counts below 8 are withheld and others are rounded to the nearest 5.",
        links=(Link("Quality and methods", "https://www.example.gov.uk/quality"),),
        licence="Open Government Licence version 3.0",
        more=(("Missing suppliers", ("One supplier sent nothing.",)),),
    )


def main_table() -> Table:
    return Table(
        name="Table_1",
        title="Widgets by place, England and Wales, Jan to Jun 2012",
        columns=(
            Column("place_code", "Place code"),
            Column("place", "Place"),
            Column("period", "Period"),
            Column("widgets", "Widgets", "integer", notes=("count",)),
            Column("rate", "Rate", "decimal", unit="per 1,000 households", places=2, notes=("rate",)),
            Column("change", "Change on a year earlier", "percent", unit="%"),
            Column("updated", "Last updated", "date"),
        ),
        rows=(
            ("E01", "North <East>", "Jan to Mar 2012", Cell(12345, ("r",)), Decimal("1.25"), -3.46, _day(1)),
            (
                "E01",
                "North <East>",
                "Apr to Jun 2012",
                12000,
                Cell(Decimal("1.2"), ("r", "e")),
                0.04,
                _day(2),
            ),
            (
                "E02",
                AWKWARD,
                "Jan to Mar 2012",
                Cell(None, ("c",)),
                Cell(None, ("c",)),
                Cell(None, ("z",)),
                _day(3),
            ),
            ("E02", AWKWARD, "Apr to Jun 2012", 0, Cell(None, ("low",)), Cell(None, ("x",)), _day(4)),
        ),
        lines=("Local counts are rounded to the nearest 5.",),
        source="Widget administrative system",
        key=("place_code", "period"),
        notes=("place",),
        slug="widgets-by-place",
        description="Widgets by place and quarter.",
    )


def plain_table() -> Table:
    rows = tuple((f"{year}", year * 3 - 5900) for year in range(2003, 2012))
    columns = (Column("year", "Year"), Column("widgets", "Widgets", "integer"))
    return Table("Table_2", "Widgets, England and Wales, 2003 to 2011", columns, rows)


def workbook() -> Workbook:
    return Workbook(
        title="Widget statistics, England and Wales, Apr to Jun 2012",
        author="Ministry of Widgets",
        cover=cover(),
        tables=(main_table(), plain_table()),
        notes=(
            Note("rate", "Rates are of published counts."),
            Note("place", "Places as at 1 April 2012."),
            Note("count", "A widget counts when it is made."),
        ),
        identifier="https://www.example.gov.uk/widgets",
        keywords=("widgets", "England and Wales"),
    )


def _day(day: int) -> dt.date:
    return dt.date(2012, 7, day)


@pytest.fixture(scope="session")
def book() -> Workbook:
    return workbook()


@pytest.fixture(scope="session")
def ods(book: Workbook) -> bytes:
    return write_ods(book)


@pytest.fixture(scope="session")
def xlsx(book: Workbook) -> bytes:
    return write_xlsx(book)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture
def vnu() -> Callable[..., str]:
    """The Nu HTML checker: what it says of files, empty if nothing."""
    jar = ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"
    if not jar.exists() or not shutil.which("java"):
        pytest.skip("the Nu HTML checker or Java is not installed (npm ci)")

    def run(*paths: Path) -> str:
        command = ["java", "-jar", str(jar), "--also-check-css", "--also-check-svg", *map(str, paths)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr

    return run
