"""Small multiples and maps of tiles: one scale, gaps that say why, a legend, nothing cut off, the same bytes."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from piperoll.errors import UserError
from piperoll.present.charts import Series, bar_chart, line_chart
from piperoll.present.panels import describe as panel_words
from piperoll.present.panels import panels
from piperoll.present.tiles import SHADES, Tile, classes, shade_of, tile_map
from piperoll.present.tiles import describe as tile_words


LABELS = ("Jan to Mar 2012", "Apr to Jun 2012", "Jul to Sep 2012")
SERIES = (
    Series("North", (10, 12, 14)),
    Series("Yorkshire and The Humber and all that lies beside it", (5, None, 3)),
    Series("South", (None, None, None)),
    Series("West", (100, 90, 95)),
)
GAPS = (("", "", ""), ("", "[c]", ""), ("[x]", "[x]", "[x]"), ("", "", ""))
SAID = {"title": "Up in 2 of 4", "subtitle": "Claims, Anywhere, Jan to Mar 2012 to Jul to Sep 2012"}
TILES = (
    Tile("North", 1, 2, 10.0),
    Tile("Yorkshire and The Humber", 2, 2, 20.0),
    Tile("South", 3, 1, None, "[c]"),
    Tile("West", 3, 2, 60.0),
)


def inside(svg: bytes) -> None:
    """Everything that is drawn lies within the picture."""
    text = svg.decode()
    _, _, wide, high = (float(each) for each in re.search(r'viewBox="([^"]+)"', text)[1].split())  # type: ignore[index]
    for x, y in re.findall(r'<g transform="translate\(([-\d.]+) ([-\d.]+)\)', text):
        assert -1 <= float(x) <= wide + 1 and -1 <= float(y) <= high + 1


def test_panels_are_drawn_twice_to_the_same_bytes() -> None:
    first, second = (panels(LABELS, SERIES, GAPS, **SAID) for _ in range(2))
    assert first.svg == second.svg
    inside(first.svg)
    assert first.svg.count(b'id="axes_') == len(SERIES) and b"<title>Up in 2 of 4</title>" in first.svg


def test_panels_in_words() -> None:
    words = panel_words(LABELS, SERIES, GAPS, "claims")
    assert words.startswith("Four small line charts to one scale: claims. North: increased from 10")
    assert "South: no figures [x]" in words and "no figure for Apr to Jun 2012" in words
    assert words.endswith("In Jul to Sep 2012 the highest is 95 (West) and the lowest 3 "
                          "(Yorkshire and The Humber and all that lies beside it).")  # fmt: skip


def test_panels_need_figures_and_not_too_many() -> None:
    with pytest.raises(UserError, match="PR-Y050"):
        panels(LABELS, SERIES[2:3], GAPS[2:3], **SAID)
    with pytest.raises(UserError, match="PR-Y050"):
        panels(LABELS, SERIES * 7, GAPS * 7, **SAID)


def test_a_map_is_drawn_twice_to_the_same_bytes() -> None:
    first, second = (tile_map(TILES, y_label="Claims per 1,000 households", places=1, **SAID) for _ in range(2))
    assert first.svg == second.svg
    inside(first.svg)
    shades = set(re.findall(r"fill: (#[0-9a-f]{6})", first.svg.decode())) & set(SHADES)
    assert shades == {SHADES[0], SHADES[1], SHADES[4]}, "as in the legend, which has no class without an area"


def test_a_map_in_words_is_in_order_of_its_figures() -> None:
    words = tile_words(TILES, "claims", 1)
    assert words == (
        "Map of areas as tiles, claims. From the highest: West: 60.0; Yorkshire and The Humber: 20.0; North: 10.0; "
        "South: no figure [c]."
    )


def test_classes_are_of_equal_width_and_hold_every_figure() -> None:
    bounds = classes([10, 20, 60])
    assert bounds[0] == 10 and len(bounds) == len(SHADES)
    assert all(abs((b - a) - 10) < 1e-9 for a, b in pairwise(bounds))
    assert [shade_of(value, bounds) for value in (10, 19.9, 20, 59, 60, None)] == [0, 0, 1, 4, 4, None]
    assert classes([7, 7]) == (7.0,) and shade_of(7, (7.0,)) == 2


def test_two_areas_in_one_place_are_refused() -> None:
    with pytest.raises(UserError, match="PR-Y050"):
        tile_map([*TILES, Tile("East", 1, 2, 4)], **SAID)
    with pytest.raises(UserError, match="PR-Y050"):
        tile_map(TILES[2:3], **SAID)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_on_each_shade_can_be_read() -> None:
    from piperoll.present.tiles import _DARK, _INK, _PAPER

    assert [luminance(each) for each in SHADES] == sorted((luminance(each) for each in SHADES), reverse=True)
    for place, shade in enumerate(SHADES):
        ends = sorted((luminance(shade), luminance(_PAPER if place >= _DARK else _INK)))
        assert (ends[1] + 0.05) / (ends[0] + 0.05) >= 4.5, shade


LONG = (
    "Employment and Support Allowance and everything else that is like it",
    "First-tier Tribunal, immigration and asylum",
)


def test_bars_with_long_names_are_not_cut_off() -> None:
    drawn = bar_chart([*LONG, "Short"], [Series("x", (1234567, 20000, None))], title="t", subtitle="s")
    inside(drawn.svg)
    assert drawn.svg.count(b"<!-- everything else") + drawn.svg.count(b"else that is like it -->") >= 1, "on lines"


def test_a_legend_of_long_names_is_not_cut_off() -> None:
    many = [Series(f"{name} {number}", (5, 6, number)) for number in (1, 2) for name in LONG]
    drawn = bar_chart(LABELS, many, title="t", subtitle="s")
    inside(drawn.svg)
    assert drawn.svg.count(b'id="legend_') == 1


def test_names_at_the_ends_of_lines_that_meet_stay_in_the_picture() -> None:
    meeting = [Series(f"{LONG[0]} {number}", (5, 6, 7 + number / 10)) for number in range(4)]
    drawn = line_chart(LABELS, meeting, title="t", subtitle="s")
    inside(drawn.svg)
    # The axes are as high as those of a chart with short names: what leaves the picture would have pressed them down.
    short = line_chart(
        LABELS, [replace(each, name=str(place)) for place, each in enumerate(meeting)], title="t", subtitle="s"
    )
    heights = [re.search(r'id="patch_2">\s*<path d="M [\d.]+ ([\d.]+)', each.svg.decode()) for each in (drawn, short)]
    assert heights[0] and heights[1] and abs(float(heights[0][1]) - float(heights[1][1])) < 25
