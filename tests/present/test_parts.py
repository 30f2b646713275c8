from __future__ import annotations

import pytest
from markupsafe import Markup

from piperoll.present.lint import lint_bytes
from piperoll.present.pages import Section, render_page
from piperoll.present.parts import bullets, details, facts, heading, inset, link, paragraph, warning


HOSTILE = '"><script>alert(1)</script>'


@pytest.mark.parametrize(
    "part",
    [
        paragraph(HOSTILE),
        heading(HOSTILE, 3, HOSTILE),
        bullets([HOSTILE]),
        link(HOSTILE, HOSTILE),
        facts([(HOSTILE, HOSTILE)]),
        inset(HOSTILE),
        warning(HOSTILE),
        details(HOSTILE, HOSTILE),
    ],
    ids=["paragraph", "heading", "bullets", "link", "facts", "inset", "warning", "details"],
)
def test_every_part_escapes_text(part: Markup) -> None:
    assert "<script" not in part
    assert "&lt;script" in part


def test_parts_take_what_is_already_html() -> None:
    assert paragraph(Markup("<em>x</em>")) == '<p class="govuk-body"><em>x</em></p>\n'
    assert "govuk-body-s" in paragraph("x", small=True)


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "JavaScript:x", "vbscript:x"])
def test_a_link_to_code_is_only_text(href: str) -> None:
    assert link("x", href) == "x"


@pytest.mark.parametrize("href", ["https://example.gov.uk", "mailto:a@example.gov.uk", "a.html", "#a", "b/c:d.html"])
def test_a_link_to_an_address_is_a_link(href: str) -> None:
    assert f'href="{href}"' in link("x", href)


def test_nothing_is_made_of_nothing() -> None:
    assert bullets([]) == ""
    assert facts([]) == ""


def test_headings_of_the_page_are_not_for_parts() -> None:
    with pytest.raises(ValueError, match="level"):
        heading("x", 2)


def test_a_page_of_all_parts_is_clean(tmp_path, vnu) -> None:
    body = Markup("").join(
        [
            heading("Facts", 3, "facts"),
            facts([("Released", "9 August 2012")]),
            bullets(["a", link("b", "#facts")], numbered=True),
            inset("set apart"),
            warning("mind this"),
            details("More", paragraph("text")),
        ]
    )
    text = render_page("T", sections=(Section("s", "S", body),))
    assert lint_bytes("a.html", text.encode()) == ()
    (tmp_path / "a.html").write_text(text)
    assert vnu(tmp_path / "a.html") == ""
