"""HTML pages: a shell with a generic header, one stylesheet beside the page, and no script at all.

Components come from ``govuk-frontend-jinja``; its macros read parameters that were not given, which plain
Jinja refuses and ``ChainableUndefined`` allows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import BaseLoader, ChainableUndefined, ChoiceLoader, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup

from piperoll.errors import UserError
from piperoll.present.charts import Chart


STATIC = Path(__file__).parent / "static"
_SHEETS = ("govuk.css", "piperoll.css")
_LINK = re.compile(r'<link rel="stylesheet" href="[^"]*/([a-z]+\.css)">')


@dataclass(frozen=True)
class Section:
    """A section of a page.

    Attributes:
        key: Id of its heading: lower-case letters, digits and hyphens.
        heading: Heading text.
        html: Content, already escaped where it is ``Markup``.
    """

    key: str
    heading: str
    html: Markup


@dataclass(frozen=True)
class Crumb:
    """A step of the breadcrumbs; the last one, the page itself, leads nowhere."""

    text: str
    href: str = ""


def environment(*loaders: BaseLoader) -> Environment:
    """A Jinja environment with this room's templates, the GOV.UK components and ``loaders`` before both.

    ``{% extends "piperoll/page.html" %}`` takes the shell. Everything is escaped unless it is ``Markup``.
    """
    own = PackageLoader("piperoll.present", "templates")
    built_in = [
        PrefixLoader(
            {
                "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja", "templates"),
                "piperoll": own,
            }
        ),
        own,
    ]
    return Environment(
        loader=ChoiceLoader([*loaders, *built_in]),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@lru_cache(maxsize=1)
def _shell() -> Environment:
    return environment()


def render_page(
    title: str,
    *,
    body: Markup | str = "",
    sections: Sequence[Section] = (),
    lead: str = "",
    banner: Markup | str = "",
    site: str = "",
    home: str = "index.html",
    crumbs: Sequence[Crumb] = (),
    contents: bool | None = None,
    assets: str = "assets",
    language: str = "en",
    description: str = "",
    author: str = "",
    footer: Markup | str = "",
) -> str:
    """A whole HTML page.

    Args:
        title: Title and only ``h1``.
        body: Content between the contents and the sections; text is escaped, ``Markup`` is not.
        sections: Sections in order, each under an ``h2``.
        lead: Opening paragraph.
        banner: What nobody must miss, before the title.
        site: Name in the header; empty for the title.
        home: Where the header leads.
        crumbs: Breadcrumbs.
        contents: Whether to list the sections; None lists them where there are three or more.
        assets: Where the stylesheets lie, seen from the page (``write_assets``).
        language: BCP 47 tag.
        description: For search engines.
        author: The organisation.
        footer: Last line, for example the licence.
    """
    return _shell().get_template("piperoll/page.html").render(
        title=title, body=body, sections=sections, lead=lead, banner=banner, site=site, home=home,
        crumbs=[{"text": c.text, "href": c.href} if c.href else {"text": c.text} for c in crumbs],
        contents=len(sections) >= 3 if contents is None else contents and bool(sections),
        assets=assets, language=language, description=description, author=author, footer=footer,
    )  # fmt: skip


def one_file(page: str) -> str:
    """A page with its stylesheets within it, so that it can be sent as one file.

    Raises:
        UserError: ``PR-Y040`` if a stylesheet was not made at set-up.
    """
    return _LINK.sub(lambda link: f"<style>\n{stylesheet(link[1]).decode()}\n</style>", page)


def figure(chart: Chart, src: str, *, title: Markup | str = "", after: Markup | str = "", level: int = 3) -> Markup:
    """A chart on a page: its finding as heading, its subtitle, the drawing with its words, what comes after.

    Args:
        chart: The chart.
        src: Address of its SVG file, seen from the page.
        title: The chart's title as it stands on the page; its own by default.
        after: Source, download link, table.
        level: Level of the heading.
    """
    return Markup(
        '<div class="piperoll-figure"><h{level} class="govuk-heading-s">{title}</h{level}>\n'
        '<p class="govuk-body">{subtitle}</p>\n<img src="{src}" alt="{alt}">\n{after}</div>\n'
    ).format(
        level=level, title=title or chart.title, subtitle=chart.subtitle, src=src, alt=chart.alt, after=after
    )  # fmt: skip


def write_assets(directory: Path) -> tuple[Path, ...]:
    """Copy the stylesheets into ``directory``; the paths written.

    Raises:
        UserError: ``PR-Y040`` if the stylesheet was not made at set-up.
    """
    data = {name: stylesheet(name) for name in _SHEETS}
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in data.items():
        (directory / name).write_bytes(content)
    return tuple(directory / name for name in _SHEETS)


def stylesheet(name: str) -> bytes:
    """The bytes of a stylesheet.

    Raises:
        UserError: ``PR-Y040`` if it was not made at set-up.
    """
    try:
        return (STATIC / name).read_bytes()
    except FileNotFoundError:
        raise UserError(
            "PR-Y040",
            "The stylesheet of the pages has not been made.",
            where=f"present/static/{name}",
            fix="Run `make setup`.",
        ) from None


def slug(text: str) -> str:
    """An id or file name from a text: ``Mortgage claims`` is ``mortgage-claims``; never empty."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"
