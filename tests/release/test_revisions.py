"""Revisions: what counts as one, and how large it is."""

from __future__ import annotations

import polars as pl
import pytest

from piperoll.journal import PublishedCell, parse_identity
from piperoll.ledger.figures import published_text
from piperoll.release.revisions import compare, mark


def edition(**values: str) -> list[PublishedCell]:
    return [
        PublishedCell(parse_identity(f"claims|place={name}|2016|2012Q2"), "t", value, "" if value else "[x]")
        for name, value in values.items()
    ]


def now(**values: str) -> tuple[pl.DataFrame, dict[str, str]]:
    texts = {f"claims|place={name}|2016|2012Q2": value for name, value in values.items()}
    frame = pl.DataFrame(
        {
            "identity": list(texts),
            "table": "t",
            "measure": "claims",
            "period": "2012Q2",
            "shown": [float(v or "nan") for v in texts.values()],
        }
    )
    return frame, texts


def test_the_published_revisions_of_2023_third_quarter() -> None:
    """Mortgage claims 4,185 -> 4,188, orders 2,923 as before, warrants 2,289 -> 2,345: as two bulletins gave them."""
    found = compare("e/2023Q3/1", edition(a="4185", b="2923", c="2289"), *now(a="4188", b="2923", c="2345"))
    assert [(r.before, r.after, r.difference) for r in found.revisions] == [
        ("4185", "4188", 3.0),
        ("2289", "2345", 56.0),
    ]
    summary = found.summary[0]
    assert (summary.compared, summary.revised, summary.largest) == (3, 2, 56.0)
    assert summary.mean_absolute == pytest.approx(29.5)
    assert summary.mean_relative == pytest.approx((3 / 4185 + 56 / 2289) / 2 * 100)
    assert found.against_words == "edition 1 of Jul to Sep 2023"


def test_a_figure_that_was_not_available_is_news_and_no_revision() -> None:
    assert compare("e/2012Q2/1", edition(a=""), *now(a="10")).revisions == ()


def test_a_figure_newly_hidden_is_a_revision_without_a_size() -> None:
    frame, texts = now(a="")
    found = compare("e/2012Q2/1", edition(a="10"), frame, texts)
    assert [(r.before, r.after, r.difference) for r in found.revisions] == [("10", "", None)]
    assert found.summary[0].mean_absolute is None


def test_cells_that_the_earlier_edition_did_not_show_are_not_compared() -> None:
    found = compare("e/2012Q2/1", edition(a="10"), *now(b="20"))
    assert (found.revisions, found.summary) == ((), ())


def test_only_shown_figures_are_marked() -> None:
    cells = pl.DataFrame(
        {"identity": ["a", "b", "c"], "shown": [1.0, None, 3.0], "marks": [["e"], ["c"], []]},
        schema_overrides={"marks": pl.List(pl.String)},
    )
    assert mark(cells, frozenset({"a", "b"}))["marks"].to_list() == [["e", "r"], ["c"], []]


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (None, 0, ""),
        (10.0, 0, "10"),
        (1234567.0, 0, "1234567"),
        (0.285, 2, "0.29"),
        (-0.04, 1, "0.0"),
        (-2.5, 0, "-3"),
        (33.3, 1, "33.3"),
    ],
)
def test_text_of_a_figure(value: float | None, places: int, text: str) -> None:
    assert published_text(value, places) == text
