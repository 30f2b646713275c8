"""The record as a page: complete, escaped, accessible, and loading nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from piperoll.present.lint import lint_file
from piperoll.protect.output import Record, Rules, Verdict, check_outputs
from piperoll.protect.output.page import page
from piperoll.protect.output.rules import Finding


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """The leak that a margin made after hiding and the true total make together."""
    cross, one_way = tmp_path / "cross.csv", tmp_path / "one_way.csv"
    cross.write_text("la,x,y,z,All\nA,40,35,,75\nB,20,30,15,65\n")
    one_way.write_text("la,count\nA,78\nB,65\n")
    return check_outputs([one_way], before=[cross])


def sections(html: str) -> dict[str, str]:
    parts = re.split(r'<h2 class="govuk-heading-l" id="[^"]*">', html)[1:]
    return {part.partition("</h2>")[0]: part.partition("</h2>")[2] for part in parts}


def test_it_says_what_was_checked_what_was_found_and_what_was_not_checked(record: Record) -> None:
    html = page(record)
    assert '<h1 class="govuk-heading-xl">Output check: must be changed</h1>' in html
    assert "Of 4 findings 1 must be changed, 1 to be looked at and 2 passed." in html
    found = sections(html)
    assert list(found) == ["What was checked", "one_way.csv", "All together, and with what left before",
                           "What was not checked"]  # fmt: skip
    assert record.files["one_way.csv"] in found["What was checked"] and "cross.csv" in found["What was checked"]
    assert "Passed (2)" in found["one_way.csv"]
    together = found["All together, and with what left before"]
    assert together.index("The hidden count of z, la A is 3: 3 = 78") < together.index("To be looked at")
    assert "nothing here is proven safe" in found["What was not checked"]


def test_it_is_one_file_and_passes_the_linter(record: Record, tmp_path: Path) -> None:
    html = page(record)
    assert "<style>" in html and "<link" not in html and "<script" not in html and "url(" not in html
    assert re.findall(r'(?:href|src)="([^#"][^"]*)"', html) == []
    path = tmp_path / "record.html"
    path.write_text(html, encoding="utf-8")
    assert lint_file(path) == ()


def test_text_of_a_file_makes_no_markup() -> None:
    finding = Finding("threshold", Verdict.FAIL, "<b>.csv", "<script>", "A1:B2", "1 < 2", "<i>", ("B2",), 40)
    html = page(Record({"<b>.csv": "0"}, (), Rules(), (finding,)))
    assert "<script>" not in html and "<b>.csv" not in html and "<i>" not in html
    assert "&lt;b&gt;.csv" in html and "1 &lt; 2" in html and "(B2 and 39 more)" in html


def test_what_was_left_unchecked_is_told_with_the_rest() -> None:
    aside = Finding("not compared", Verdict.REVIEW, "2 files", sentence="a and b share names.")
    found = sections(page(Record({"a.csv": "0", "b.csv": "1"}, (), Rules(), (aside,))))
    assert "a and b share names." in found["What was not checked"]
    assert "Nothing was found." in found["a.csv"]
