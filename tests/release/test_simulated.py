"""What is made from simulated data says so wherever it is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from piperoll.journal import Delivery, delivery_id
from piperoll.periods import Period
from piperoll.present.lint.files import read_spreadsheet
from piperoll.release import make, verify
from piperoll.release.book import SIMULATED
from piperoll.release.manifest import MANIFEST
from piperoll.tabulate.vintage import simulated_in
from piperoll.workspace import Workspace
from tests.searches import Released


NAME = "stop_and_search"
Deliver = Callable[..., Delivery]


@pytest.fixture
def simulated(desk: Workspace, deliver: Deliver) -> Workspace:
    """A home whose one delivery in force is simulated."""
    first = deliver(300)
    sha256 = "5" * 64
    given = replace(
        first, id=delivery_id(sha256, *first.slot), sha256=sha256, supersedes=first.id, receipt={"simulated": True}
    )
    desk.journal.commit_delivery(given)
    return desk


def test_bulletin_workbook_and_manifest_say_so(simulated: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "out"
    make(simulated, NAME, "2020Q3", out)
    assert json.loads((out / MANIFEST).read_text(encoding="utf-8"))["simulated"] is True
    page = (out / "index.html").read_text(encoding="utf-8")
    assert page.index(SIMULATED) < page.index("<h1") and "Official statistics" not in page
    assert f"published 14 December 2020. {SIMULATED}." in page, "whoever cites it cites that, too"
    for ending in (".ods", ".xlsx"):
        book = read_spreadsheet(ending, (out / f"{NAME}_2020Q3{ending}").read_bytes())
        for sheet in book.sheets:
            if sheet.name == "Cover" or sheet.name.startswith("Table_"):
                assert any(cell.text.startswith(SIMULATED) for cell in sheet.cells.values()), sheet.name
    assert SIMULATED in (out / "tables" / "searches.csv-metadata.json").read_text(encoding="utf-8")
    assert verify(out).holds


def test_a_release_of_real_data_does_not(released: Released) -> None:
    content = json.loads((released.directory / MANIFEST).read_text(encoding="utf-8"))
    assert content["simulated"] is False
    page = (released.directory / "index.html").read_text(encoding="utf-8")
    assert "imulated" not in page and "Official statistics" in page


def test_only_deliveries_behind_the_publication_count(simulated: Workspace) -> None:
    publication = simulated.publication(NAME)
    parts = simulated.parts()
    assert simulated_in(simulated, publication, parts)
    assert not simulated_in(simulated, publication, [replace(part, dataset="other.thing") for part in parts])
    assert not simulated_in(simulated, publication, simulated.parts(1)), "the delivery before it was real"
    assert str(Period.parse("2020Q3")) in {part.period for part in parts}
