from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from jinja2 import DictLoader
from markupsafe import Markup

from piperoll.errors import UserError
from piperoll.present import pages
from piperoll.present.charts import Series, line_chart
from piperoll.present.htmltable import html_table
from piperoll.present.lint import CHECKS, lint_bytes
from piperoll.present.pages import Crumb, Section, environment, figure, render_page, slug, write_assets
from piperoll.present.workbook import Workbook


STYLED = pytest.mark.skipif(
    not (pages.STATIC / "govuk.css").exists(), reason="the stylesheet has not been made (make setup)"
)


def page(book: Workbook) -> str:
    chart = line_chart(
        ["2010", "2011", "2012"], [Series("Widgets", (3, 2, 1))], title="Widgets decreased", subtitle="Widgets"
    )
    return render_page(
        "Widget statistics <England> & Wales",
        lead="What happened to widgets.",
        site="Ministry of Widgets",
        crumbs=(Crumb("Home", "index.html"), Crumb("Widgets")),
        sections=(
            Section("main-points", "Main points", Markup("<p class='govuk-body'>Fewer.</p>")),
            Section("charts", "Charts", figure(chart, "chart.svg", after=html_table(book, book.tables[1]))),
            Section("tables", "Tables", html_table(book, book.tables[0])),
        ),
        description="Widgets in numbers",
        author="Ministry of Widgets",
        footer="Open Government Licence",
    )


def test_a_page_is_clean(book: Workbook) -> None:
    assert lint_bytes("a.html", page(book).encode()) == ()


def test_a_page_is_the_same_each_time(book: Workbook) -> None:
    assert page(book) == page(book)


def test_text_is_escaped(book: Workbook) -> None:
    soup = BeautifulSoup(page(book), "html.parser")
    assert soup.h1 is not None
    assert soup.h1.text == "Widget statistics <England> & Wales"
    assert not soup.find("east")
    assert not soup.find("b")
    assert render_page("t", body="<script>x</script>").count("<script") == 0


def test_a_page_has_its_parts_and_no_script(book: Workbook) -> None:
    soup = BeautifulSoup(page(book), "html.parser")
    assert not soup.find_all("script")
    skip = soup.find("a", class_="govuk-skip-link")
    assert skip is not None
    assert skip["href"] == "#main-content"
    nav = soup.find("nav", class_="piperoll-contents")
    assert nav is not None
    assert [a.text for a in nav.find_all("a")] == ["Main points", "Charts", "Tables"]
    assert [link["href"] for link in soup.find_all("link")] == ["assets/govuk.css", "assets/piperoll.css"]
    assert "crown" not in page(book).lower()


def test_contents_are_listed_where_there_are_three_sections_or_when_asked() -> None:
    one = (Section("a", "A", Markup("<p>a</p>")),)
    assert "piperoll-contents" not in render_page("t", sections=one)
    assert "piperoll-contents" in render_page("t", sections=one, contents=True)
    assert "piperoll-contents" not in render_page("t", contents=True)


def test_another_template_may_take_the_shell() -> None:
    loader = DictLoader(
        {"own.html": "{% extends 'piperoll/page.html' %}{% block main %}<h1>Own {{ x }}</h1>{% endblock %}"}
    )
    text = environment(loader).get_template("own.html").render(title="T", language="en", assets="a", x="<i>")
    assert "<h1>Own &lt;i&gt;</h1>" in text


def test_a_table_has_caption_scopes_and_key(book: Workbook) -> None:
    soup = BeautifulSoup(html_table(book, book.tables[0]), "html.parser")
    caption = soup.caption
    assert caption is not None
    assert caption.text == "Table 1: Widgets by place, England and Wales, Jan to Jun 2012 [note 1]"
    assert [th["scope"] for th in soup.select("thead th")] == ["col"] * 7
    assert [th["scope"] for th in soup.select("tbody tr:first-child th")] == ["row"]
    key = [li.text for li in soup.select(".piperoll-key li")]
    assert "[r] revised" in key
    assert "[note 2] A widget counts when it is made." in key
    region = soup.select_one("[role=region]")
    assert region is not None
    assert region["tabindex"] == "0"


def test_a_long_table_says_how_much_of_it_is_shown(book: Workbook) -> None:
    text = html_table(book, book.tables[1], rows=3)
    assert "(first 3 of 9 rows)" in text
    assert text.count('scope="row"') == 3


def test_slugs() -> None:
    assert slug("Mortgage & landlord claims") == "mortgage-landlord-claims"
    assert slug("***") == "section"


@STYLED
def test_the_stylesheets_load_nothing(tmp_path: Path) -> None:
    paths = write_assets(tmp_path / "assets")
    assert [path.name for path in paths] == ["govuk.css", "piperoll.css"]
    for path in paths:
        text = path.read_text()
        assert "url(" not in text
        assert "@import" not in text
        assert "GDS Transport" not in text


def test_a_missing_stylesheet_names_its_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pages, "STATIC", tmp_path)
    with pytest.raises(UserError) as caught:
        write_assets(tmp_path / "assets")
    assert caught.value.code == "PR-Y040"
    assert "make setup" in caught.value.fix
    assert not (tmp_path / "assets").exists()


@STYLED
@pytest.mark.slow
def test_the_validator_finds_nothing(book: Workbook, tmp_path: Path, vnu) -> None:
    (tmp_path / "page.html").write_text(page(book))
    write_assets(tmp_path / "assets")
    assert vnu(tmp_path / "page.html", tmp_path / "assets/piperoll.css") == ""


@STYLED
@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [375, 1200])
def test_axe_finds_nothing_and_nothing_sticks_out(book: Workbook, tmp_path: Path, root: Path, width: int) -> None:
    axe = root / "node_modules/axe-core/axe.min.js"
    chromium = Path("/usr/bin/chromium")
    if not axe.exists() or not chromium.exists():
        pytest.skip("axe-core or Chromium is not installed")
    from playwright.sync_api import sync_playwright

    (tmp_path / "page.html").write_text(page(book))
    chart = line_chart(["a", "b"], [Series("W", (3, 2))], title="t", subtitle="s")
    (tmp_path / "chart.svg").write_bytes(chart.svg)
    write_assets(tmp_path / "assets")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": width, "height": 900})
        tab.goto((tmp_path / "page.html").as_uri())
        tab.add_script_tag(path=str(axe))
        found = tab.evaluate("axe.run()")
        overflow = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        browser.close()
    assert [violation["id"] for violation in found["violations"]] == []
    assert overflow == 0


BREAKS = {
    "PR-Y150": ('<html lang="en"', "<html"),
    "PR-Y151": ("<title>", "<title></title><!--"),
    "PR-Y152": ("</main>", "<h1>Again</h1></main>"),
    "PR-Y153": ("</main>", "<h5>Deep</h5></main>"),
    "PR-Y154": ("</main>", "<table><tr><td>1</td></tr></table></main>"),
    "PR-Y155": ("</main>", "<table><caption>c</caption><tr><th>1</th></tr></table></main>"),
    "PR-Y156": ("</main>", '<img src="a.svg"></main>'),
    "PR-Y157": ("</main>", '<p id="main-content">x</p></main>'),
    "PR-Y158": ("</main>", '<p style="background: url(//x.example/a.png)">x</p></main>'),
    "PR-Y159": ("</main>", '<a href="#nowhere">x</a></main>'),
    "PR-Y160": ("</main>", '<a href="a.html"> </a></main>'),
    "PR-Y161": ('name="viewport"', 'name="other"'),
}


@pytest.mark.parametrize("code", sorted(BREAKS))
def test_each_check_of_the_page_linter(code: str) -> None:
    old, new = BREAKS[code]
    text = render_page("Title", body=Markup("<p>text</p>")).replace(old, new, 1)
    if code == "PR-Y151":
        text = text.replace("</title>\n", "-->\n", 1)
    assert {problem.code for problem in lint_bytes("a.html", text.encode())} == {code}


def test_every_check_of_pages_has_a_page_that_breaks_it() -> None:
    assert set(BREAKS) == {code for code in CHECKS if "PR-Y150" <= code < "PR-Y170"}


@pytest.mark.parametrize(
    "added",
    [
        "<script>1</script>",
        '<script src="a.js"></script>',
        '<p onclick="x()">x</p>',
        '<img alt="" src="https://x.example/a.png">',
        '<link rel="stylesheet" href="//x.example/a.css">',
        "<style>@import 'a.css';</style>",
        '<iframe src="a.html"></iframe>',
    ],
)
def test_whatever_loads_or_runs_is_found(added: str) -> None:
    text = render_page("Title").replace("</main>", f"{added}</main>")
    assert "PR-Y158" in {problem.code for problem in lint_bytes("a.html", text.encode())}


def test_a_page_that_is_not_utf8() -> None:
    assert [p.code for p in lint_bytes("a.html", b"\xff")] == ["PR-Y150"]


@pytest.mark.parametrize(
    ("drawing", "described"),
    [
        ("<svg><path/></svg>", False),
        ("<svg role='img'><title>A chart</title></svg>", True),
        ("<svg aria-label='A chart'></svg>", True),
        ("<svg aria-hidden='true'></svg>", True),
        ("<svg><title>outer</title><svg><path/></svg></svg>", False),
    ],
)
def test_an_inline_drawing_is_described(drawing: str, described: bool) -> None:
    text = render_page("Title").replace("</main>", f"{drawing}</main>")
    assert ("PR-Y156" not in {problem.code for problem in lint_bytes("a.html", text.encode())}) == described


def test_a_link_that_holds_an_image_has_its_text() -> None:
    good = render_page("T").replace("</main>", "<a href='a'><img src='a.png' alt='A'></a></main>")
    bad = render_page("T").replace("</main>", "<a href='a'><img src='a.png' alt=''></a></main>")
    assert lint_bytes("a.html", good.encode()) == ()
    assert {p.code for p in lint_bytes("a.html", bad.encode())} == {"PR-Y160"}


def test_sections_of_an_uneven_page_are_found() -> None:
    text = render_page("T").replace("<h1", "<h2>First</h2><h1", 1)
    assert "PR-Y153" in {problem.code for problem in lint_bytes("a.html", text.encode())}
