"""The picture of a source: gathered from register and journal, told at a terminal and on a page."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from rich.console import Console

from piperoll.cli import main
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.picture import picture, uses
from piperoll.picture.burden import show_burden
from piperoll.picture.gather import Picture, served
from piperoll.picture.page import page
from piperoll.picture.sentences import share, year_before
from piperoll.picture.text import show, spark
from piperoll.present.pages import STATIC
from piperoll.quality import Volume
from piperoll.register import load
from piperoll.workspace import Workspace
from tests.picture.conftest import NOW


ROOT = Path(__file__).parents[2]
styled = pytest.mark.skipif(not (STATIC / "govuk.css").exists(), reason="the stylesheet has not been made (make setup)")


def printed(found: Picture, way=show) -> str:
    console = Console(width=100, record=True, file=io.StringIO())
    way(found, console)
    return console.export_text()


def test_what_is_owed_and_came(space: Workspace) -> None:
    found = picture(space, "cases")
    case = found.held[0]
    assert case.key == "cases.case"
    # Two suppliers for 16 months and a third for the 12 of 2011; of April 2012 nothing is due yet.
    assert case.counts == {"in": 4, "owed": 2, "late": 2 * 16 + 12 - 4 - 2, "refused": 0, "not_available": 0}
    volumes = {str(each.period): (each.suppliers, each.owing, each.rows_kept) for each in case.delivered}
    assert volumes == {"2012-01": (2, 2, 3), "2012-02": (1, 2, 1), "2012-03": (1, 2, 1)}
    late = {(each.slot.supplier, each.slot.period) for each in case.wanting}
    assert {("north", "2012-02"), ("south", "2012-03"), ("west", "2011-05")} <= late
    assert ("north", "2012-01") not in late


def test_missingness_by_field(space: Workspace) -> None:
    fields = {each.field: each for each in picture(space, "cases").held[0].fields}
    assert fields["amount"].overall == pytest.approx(1 / 5)
    assert fields["party_born"].overall == pytest.approx(2 / 5)
    assert list(fields["amount"].shares.values()) == [0.0, 1.0, 0.0]
    assert fields["case_number"].overall == 0.0


def test_quality_and_what_it_serves(space: Workspace) -> None:
    found = picture(space, "cases")
    assert found.judged is not None
    assert found.judged.overdue
    assert [each.short for each in found.judged.areas] == [0, 2, 2, 0]
    assert [(each.kind, each.key, each.reads) for each in found.served] == [("measures", "cases", ("cases.case",))]


def test_every_read_is_recorded(space: Workspace) -> None:
    before = len(list(space.journal.audit_entries()))
    picture(space, "cases")
    after = list(space.journal.audit_entries())[before:]
    assert [each.action for each in after] == ["source.picture", "delivery.list", "query.list"]
    assert (after[0].resource_kind, after[0].resource_key) == ("source", "cases")


def test_an_unknown_source(space: Workspace) -> None:
    with pytest.raises(UserError, match=r"PR-W005 .*`case`. Did you mean `cases`"):
        picture(space, "case")


def test_in_the_terminal(space: Workspace) -> None:
    text = printed(picture(space, "cases"))
    for words in ("Cases (cases)", "What it owes and has delivered", "Volumes", "Empty fields", "Open queries",
                  "Office of the North: 1 query in 1 question.", "CASES-V01", "A0 (none) where A2 is required",
                  "Owner: Head of cases.", "Its review was due by 2011-12-31.", "Where it is used"):  # fmt: skip
        assert words in text, words
    assert "Canary" not in text


def test_a_source_without_deliveries(space: Workspace) -> None:
    text = printed(picture(space, "stock"))
    assert "Not assessed yet." in text
    assert "held: nothing came yet." in text


def test_burden(space: Workspace) -> None:
    text = printed(picture(space, "cases"), show_burden)
    assert re.search(r"1\. CASES-V01 of cases\.case, 2012-03 \(Q\d+\)", text)
    assert "Fields that nothing uses" in text
    # A key, a rule and a measure read these; nothing reads whether a case is urgent.
    assert "cases.case.urgent" in text
    for name in ("case_number", "opened", "amount", "status"):
        assert f"cases.case.{name} " not in text


def test_uses_name_who_reads(register: Path) -> None:
    by_name = {f"{each.dataset}.{each.field.name}": each.users for each in uses(load(register), "cases")}
    assert by_name["cases.case.case_number"] == ("key", "reference from cases.event", "rule CASES-V02")
    assert by_name["cases.case.amount"] == ("measure cases/amount", "rule CASES-V01")
    # The area is derived from the postcode and measured.
    assert by_name["cases.case.postcode"] == ("measure cases/amount", "measure cases/opened")
    assert by_name["cases.case.status"] == ("deletions",)
    assert by_name["cases.case.party_name"] == ()
    assert by_name["cases.event.note_of"] == ()


def test_linkages_and_models_count_as_uses() -> None:
    register = load(ROOT / "justice")
    by_name = {f"{each.dataset}.{each.field.name}": each.users for each in uses(register, "crest")}
    assert any(each.startswith("linkage ") for each in by_name["crest.cc_defendant.surname"])
    assert any(each.startswith("model court_timeliness/") for each in by_name["crest.cc_case.disposal_date"])
    prison = {f"{each.dataset}.{each.field.name}": each.users for each in uses(register, "nomis_iis")}
    assert "forecast prison_population_short_term" in prison["nomis_iis.imprisonment_status.to_date"]
    assert ("forecast", "crown_court_receipts") in {(each.kind, each.key) for each in served(register, "crest")}


def test_bars() -> None:
    assert spark([0.0, 1.0, None]) == "▁█·"
    assert spark([0.0, 0.0]) == "▁▁"
    assert spark([]) == ""


@pytest.mark.parametrize(("value", "words"), [(0.0, "0.0%"), (0.0001, "<0.1%"), (0.5, "50.0%"), (1.0, "100.0%")])
def test_a_share_that_is_there_is_never_nought(value: float, words: str) -> None:
    assert share(value) == words


def test_no_change_is_told_where_a_supplier_is_missing() -> None:
    def volume(period: str, rows: int, there: int = 2) -> Volume:
        return Volume(Period.parse(period), there, rows, rows, 0, there, 2)

    volumes = [volume("2011-01", 100), volume("2011-02", 100, 1), volume("2012-01", 150), volume("2012-02", 150)]
    assert year_before(volumes, volumes[2]) == 50.0
    assert year_before(volumes, volumes[3]) is None
    assert year_before(volumes, volumes[0]) is None


@styled
def test_as_a_page(space: Workspace) -> None:
    html = page(picture(space, "cases"))
    assert "Canary" not in html
    soup = BeautifulSoup(html, "html.parser")
    assert soup.find_all(["script", "link", "iframe"]) == []
    assert all(each["src"].startswith("data:image/svg+xml") and each["alt"] for each in soup.find_all("img"))
    ids = [each["id"] for each in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {each["href"][1:] for each in soup.select("nav a")} <= set(ids)
    assert "Not drawn: 2 periods in which a supplier is missing." in soup.get_text()
    assert page(picture(space, "cases")) == html


@styled
def test_the_command(register: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                     capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setenv("PIPEROLL_NOW", NOW)
    out = tmp_path / "new" / "cases.html"
    with pytest.raises(SystemExit) as stop:
        main(["--register", str(register), "--home", str(home), "source", "cases", "--burden", "--html", str(out)])
    assert stop.value.code == 0
    assert out.is_file()
    assert f"Open {out}" in capsys.readouterr().out
