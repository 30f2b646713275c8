"""The checklist for pages that were written, on top of what an HTML validator says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

from piperoll.errors import Problem
from piperoll.present.lint.register import found


_LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "object": "data"}
_ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_CSS_LOADS = re.compile(r"@import|url\(\s*['\"]?(?!#|data:)", re.IGNORECASE)


class _Page(HTMLParser):
    """What the checks need of a page, gathered in one pass."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lang = self.title = ""
        self.headings: list[int] = []
        self.tables: list[bool] = []
        self.unscoped = self.no_alt = self.foreign = self.empty_links = 0
        self.viewport = False
        self.ids: Counter[str] = Counter()
        self.targets: list[str] = []
        self._open: list[int] = []
        self._link: list[str] | None = None
        self._in_title = self._in_style = False
        self._drawings: list[bool] = []  # of each open inline drawing, whether anything describes it

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids[given["id"]] += 1
        if tag in _LOADS and _ELSEWHERE.match(given.get(_LOADS[tag], "")) and given.get("rel") != "canonical":
            self.foreign += 1
        self.foreign += tag in ("script", "iframe", "object") or any(name.startswith("on") for name in given)
        self.foreign += bool(_CSS_LOADS.search(given.get("style", "")))
        if tag == "svg":
            self._drawings.append(given.get("aria-hidden") == "true" or bool(given.get("aria-label")))
        elif tag == "html":
            self.lang = given.get("lang", "").strip()
        elif tag == "title" and self._drawings:
            self._drawings[-1] = True
        elif tag == "title":
            self._in_title = True
        elif tag == "style":
            self._in_style = True
        elif tag == "meta" and given.get("name") == "viewport":
            self.viewport = "width=device-width" in given.get("content", "")
        elif re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        elif tag == "img":
            self.no_alt += "alt" not in given
            if self._link is not None:
                self._link.append(given.get("alt", ""))
        else:
            self._table_or_link(tag, given)

    def _table_or_link(self, tag: str, given: dict[str, str]) -> None:
        if tag == "table":
            self._open.append(len(self.tables))
            self.tables.append(False)
        elif tag == "caption" and self._open:
            self.tables[self._open[-1]] = True
        elif tag == "th":
            self.unscoped += given.get("scope") not in ("col", "row", "colgroup", "rowgroup")
        elif tag == "a" and "href" in given:
            self._link = [given.get("aria-label", "")]
            if given["href"].startswith("#"):
                self.targets.append(given["href"][1:])

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._open:
            self._open.pop()
        elif tag == "a" and self._link is not None:
            self.empty_links += not "".join(self._link).strip()
            self._link = None
        elif tag == "title":
            self._in_title = False
        elif tag == "style":
            self._in_style = False
        elif tag == "svg" and self._drawings:
            self.no_alt += not self._drawings.pop()

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        if self._in_style and _CSS_LOADS.search(data):
            self.foreign += 1
        if self._link is not None:
            self._link.append(data)


def check_html(data: bytes) -> Iterator[Problem]:
    """Every finding on a page."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        yield found("PR-Y150", "The page is not UTF-8.", "")
        return
    page = _Page()
    page.feed(text)
    page.close()
    if not page.lang:
        yield found("PR-Y150", "The page declares no language.", "html")
    if not page.title.strip():
        yield found("PR-Y151", "The page has no title.", "head")
    if page.headings.count(1) != 1:
        yield found("PR-Y152", f"The page has {page.headings.count(1)} first-level headings.", "body")
    steps = zip(page.headings, page.headings[1:], strict=False)
    skipped = [f"h{a} to h{b}" for a, b in steps if b > a + 1]
    if skipped or (page.headings and page.headings[0] != 1):
        yield found("PR-Y153", "A level of heading is skipped.", "body", ", ".join(skipped[:3]))
    for code, n, words in (
        ("PR-Y154", page.tables.count(False), "tables have no caption"),
        ("PR-Y155", page.unscoped, "header cells have no scope"),
        ("PR-Y156", page.no_alt, "images have no text alternative"),
        ("PR-Y158", page.foreign, "things are loaded from elsewhere, or run"),
        ("PR-Y160", page.empty_links, "links have no text"),
    ):
        if n:
            yield found(code, f"{n} {words}.", "body")
    for name, n in sorted(page.ids.items()):
        if n > 1 or not name or " " in name:
            yield found("PR-Y157", f"The id stands {n} times, or is not one.", "body", name)
    for target in sorted({t for t in page.targets if t and t not in page.ids}):
        yield found("PR-Y159", "A link leads to an id that is not on the page.", "body", target)
    if not page.viewport:
        yield found("PR-Y161", "The page does not fit narrow screens.", "head")
