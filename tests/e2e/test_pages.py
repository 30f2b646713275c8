"""Every page and file that is published, as readers meet it: browsers, checkers, spreadsheets, validators."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from python_calamine import CalamineWorkbook

from tests.e2e.conftest import ROOT, STYLED, World, piperoll


styled = pytest.mark.skipif(not STYLED, reason="the stylesheet has not been made (make setup)")
AXE = ROOT / "node_modules/axe-core/axe.min.js"
CHROMIUM = Path("/usr/bin/chromium")
TABLES = (
    "claims", "courts", "national", "national_change", "online", "orders", "progression", "repossessions",
    "timeliness", "warrants",
)  # fmt: skip


@pytest.fixture(scope="session")
def statement(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("statement")
    piperoll(top / "home", "statement", "--out", top / "statement")
    return top / "statement"


@pytest.fixture(scope="session")
def pages(clean: World, statement: Path) -> list[Path]:
    """The bulletin, and every page of the Statement."""
    return [clean.release / "index.html", *sorted(statement.glob("*.html"))]


# --- quick ------------------------------------------------------------------------------------------------------------


def test_pages_ask_for_nothing_from_elsewhere_and_run_no_script(pages: list[Path]) -> None:
    # The bulletin; the Statement's index, words and 34 sources; the dictionary's index, codes and 34 sources.
    assert len(pages) == 1 + 36 + 36
    for path in pages:
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        assert soup.find_all(["script", "iframe", "object", "embed", "base"]) == [], path.name
        for tag, name in (("img", "src"), ("link", "href"), ("source", "srcset")):
            for each in soup.find_all(tag):
                value = str(each.get(name, ""))
                assert value.startswith("data:") or (":" not in value and not value.startswith("//")), (path, value)
                if not value.startswith("data:"):
                    assert (path.parent / value).is_file(), (path.name, value)


def test_every_link_within_leads_somewhere(pages: list[Path]) -> None:
    known: dict[Path, set[str]] = {}

    def anchors(path: Path) -> set[str]:
        if path not in known:
            soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
            known[path] = {str(each["id"]) for each in soup.find_all(id=True)}
        return known[path]

    for path in pages:
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        ids = [str(each["id"]) for each in soup.find_all(id=True)]
        assert len(ids) == len(set(ids)), path.name
        for link in soup.find_all("a", href=True):
            href = str(link["href"])
            if ":" in href.split("/", maxsplit=1)[0]:
                continue
            name, _, anchor = href.partition("#")
            target = path if not name else path.parent / name
            assert target.exists(), (path.name, href)
            if anchor:
                assert anchor in anchors(target), (path.name, href)


def test_the_workbooks_show_what_the_csv_show(clean: World) -> None:
    """ODS and XLSX, read by a reader that is not ours, hold each figure of each CSV."""
    books = {suffix: CalamineWorkbook.from_path(next(clean.release.glob(f"*.{suffix}"))) for suffix in ("ods", "xlsx")}
    assert books["ods"].sheet_names == books["xlsx"].sheet_names
    for number, name in enumerate(("national", "national_change", "claims"), 1):
        rows = clean.table(name)
        measures = [each for each in rows[0] if f"{each}_status" in rows[0]]
        for suffix, book in books.items():
            sheet = book.get_sheet_by_name(next(each for each in book.sheet_names if each.endswith(f"_{number}")))
            body = sheet.to_python(skip_empty_area=False)[-len(rows) :]
            for row, cells in zip(rows, body, strict=True):
                texts = {str(cell).removesuffix(".0") for cell in cells}
                assert {row["period_name"], row["claim_type"]} <= texts, (suffix, name, cells)
                for place, measure in enumerate(reversed(measures), 1):
                    shown = cells[-place]
                    text, status = row[measure], row[f"{measure}_status"]
                    if text and not status:
                        assert float(shown) == pytest.approx(float(text)), (suffix, name, row)
                    else:
                        assert all(f"[{mark}]" in str(shown) for mark in status.split()), (suffix, name, row)


@pytest.mark.parametrize("table", ["national", "online"])
def test_the_csvw_validator_accepts(table: str, clean: World) -> None:
    assert accepted(clean.release / "tables" / f"{table}.csv-metadata.json")


def accepted(metadata: Path) -> bool:
    """The csvw package's verdict: it tells of faults by warnings, and of a key by raising."""
    from csvw import CSVW

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        # Its own code leaves a file open and uses names that newer libraries deprecate: neither is our finding.
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", category=ResourceWarning)
        try:
            return bool(CSVW(str(metadata), validate=True).is_valid)
        except ValueError:
            return False


# --- heavy ------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_csvw_validator_accepts_every_table(clean: World) -> None:
    found = sorted((clean.release / "tables").glob("*.csv-metadata.json"))
    assert [path.name.split(".")[0] for path in found] == list(TABLES)
    assert [path.name for path in found if not accepted(path)] == []


@pytest.mark.slow
@styled
def test_the_html_checker_finds_no_error(pages: list[Path]) -> None:
    jar = ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"
    if not jar.exists() or not shutil.which("java"):
        pytest.skip("the Nu HTML checker or Java is not installed (npm ci)")
    files = [*pages, *sorted((pages[0].parent / "charts").glob("*.svg")), pages[0].parent / "assets/piperoll.css"]
    command = ["java", "-jar", str(jar), "--also-check-css", "--also-check-svg", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not AXE.exists() or not CHROMIUM.exists():
        pytest.skip("axe-core or Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.mark.slow
@pytest.mark.browser
@styled
@pytest.mark.parametrize("width", [375, 1200])
def test_axe_finds_no_error_and_nothing_sticks_out(width: int, pages: list[Path], browser: Any) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    found = {}
    for path in pages:
        tab.goto(path.as_uri())
        tab.add_script_tag(path=str(AXE))
        said = tab.evaluate("axe.run()")
        over = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        told = [(each["id"], each["nodes"][0]["html"][:200]) for each in said["violations"]]
        if told or over > 0:
            found[path.name] = (told, over)
    tab.close()
    assert found == {}
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


@pytest.mark.slow
@pytest.mark.browser
@styled
def test_the_bulletin_is_whole_without_javascript(clean: World, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1200, "height": 900})
    tab = context.new_page()
    broken: list[str] = []
    tab.on("requestfailed", lambda request: broken.append(request.url))
    tab.goto((clean.release / "index.html").as_uri())
    assert tab.locator("h1").inner_text().startswith("Mortgage and Landlord Possession Statistics")
    assert tab.locator("img").count() + tab.locator("svg").count() >= 4
    # What a browser hides until it is asked for opens without a script.
    for number in range(tab.locator("details").count()):
        details = tab.locator("details").nth(number)
        details.locator("summary").click()
        assert details.locator("> :not(summary)").first.is_visible()
    assert broken == []
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["ods", "xlsx"])
def test_libreoffice_opens_the_workbook_and_sees_the_same(suffix: str, clean: World, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not installed")
    path = next(clean.release.glob(f"*.{suffix}"))
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
    form = "xlsx:Calc MS Excel 2007 XML" if suffix == "ods" else "ods:calc8"
    subprocess.run([*command, form, "--outdir", str(tmp_path), str(path)], check=True, capture_output=True)
    before = CalamineWorkbook.from_path(path)
    after = CalamineWorkbook.from_path(tmp_path / f"{path.stem}.{'xlsx' if suffix == 'ods' else 'ods'}")
    assert after.sheet_names == before.sheet_names
    for name in before.sheet_names:
        assert _values(after, name) == _values(before, name), name


def _values(book: CalamineWorkbook, name: str) -> list[list[object]]:
    rows = book.get_sheet_by_name(name).to_python()
    plain = [[float(cell) if isinstance(cell, int | float) else str(cell).strip() for cell in row] for row in rows]
    return [_without_end(row) for row in plain if any(cell != "" for cell in row)]


def _without_end(row: list[Any]) -> list[Any]:
    end = len(row)
    while end and row[end - 1] == "":
        end -= 1
    return row[:end]
