from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from piperoll.errors import UserError
from piperoll.present import charts
from piperoll.present.charts import COLOURS, Series, bar_chart, line_chart


SVG = "{http://www.w3.org/2000/svg}"
QUARTERS = [f"{q} {y}" for y in (2010, 2011, 2012) for q in ("Jan to Mar", "Apr to Jun", "Jul to Sep", "Oct to Dec")]
MORTGAGE = Series("Mortgage", (20000, 19000, 18500, 18000, 19500, 18900, 17000, 16500, 15900, 14800, None, 14000))
LANDLORD = Series("Landlord", tuple(range(33000, 35400, 200)))


def _lines() -> charts.Chart:
    return line_chart(
        QUARTERS,
        [MORTGAGE, LANDLORD],
        title="Mortgage claims decreased & landlord claims <increased>",
        subtitle="Possession claims, England and Wales, 2010 to 2012",
        y_label="Number of claims",
    )


def test_a_chart_is_the_same_bytes_each_time() -> None:
    assert _lines().svg == _lines().svg


@pytest.mark.slow
def test_a_chart_is_the_same_bytes_in_another_process(root: Path) -> None:
    code = (
        "import sys, hashlib; from piperoll.present.charts import *;"
        "c = line_chart(['a','b'], [Series('x',(1,2)), Series('y',(2,1))], title='t', subtitle='s');"
        "print(hashlib.sha256(c.svg).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, text=True, check=True, cwd=root, env={"PYTHONHASHSEED": seed, "HOME": "/nonexistent"},
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1


def test_a_chart_does_not_depend_on_settings_elsewhere() -> None:
    import matplotlib as mpl

    before = _lines().svg
    with mpl.rc_context({"lines.linewidth": 9, "font.size": 30, "axes.grid": False}):
        assert _lines().svg == before


def test_the_drawing_carries_title_and_description() -> None:
    chart = _lines()
    root = ET.fromstring(chart.svg)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Mortgage claims decreased & landlord claims <increased>"
    assert root.findtext(f"{SVG}desc") == chart.alt
    assert root.get("viewBox")
    assert b"<metadata" not in chart.svg
    assert b"<!DOCTYPE" not in chart.svg


def test_the_description_is_computed_from_the_numbers() -> None:
    assert _lines().alt == (
        "Line chart of possession claims, England and Wales, 2010 to 2012, with two lines. "
        "Mortgage: decreased from 20,000 in Jan to Mar 2010 to 14,000 in Oct to Dec 2012; "
        "no figure for Jul to Sep 2012. "
        "Landlord: increased from 33,000 in Jan to Mar 2010 to 35,200 in Oct to Dec 2012."
    )


def test_text_is_drawn_and_no_font_is_asked_for() -> None:
    svg = _lines().svg
    assert b"<text" not in svg
    assert b"@font-face" not in svg


def test_gridlines_are_few() -> None:
    svg = _lines().svg.decode()
    assert 0 < svg.count('id="ytick_') <= 10


def test_lines_differ_in_more_than_colour() -> None:
    svg = _lines().svg.decode()
    assert "stroke-dasharray" in svg
    assert COLOURS[0].lower() in svg.lower()
    assert COLOURS[1].lower() in svg.lower()


def test_a_bar_chart_says_every_bar() -> None:
    chart = bar_chart(
        ["North", "South"],
        [Series("Rate", (Decimal("1.25"), None))],
        title="t",
        subtitle="Rates by region",
        places=2,
        unit="%",
    )
    assert chart.alt == "Bar chart of rates by region. North: 1.25%; South: no figure."


def test_grouped_bars_name_their_extremes() -> None:
    chart = bar_chart(["2010", "2011"], [Series("A", (1, 2)), Series("B", (None, None))], title="t", subtitle="By year")
    assert "A: highest 2 (2011), lowest 1 (2010). B: no figures." in chart.alt
    ET.fromstring(chart.svg)


@pytest.mark.parametrize(
    ("labels", "series"),
    [
        ([], [Series("a", ())]),
        (["x"], []),
        (["x"], [Series("a", (1, 2))]),
        (["x"], [Series("a", (None,))]),
        (["x"], [Series(f"{i}", (1,)) for i in range(7)]),
    ],
    ids=["no labels", "no series", "lengths differ", "no figure", "too many"],
)
@pytest.mark.parametrize("draw", [line_chart, bar_chart])
def test_what_cannot_be_drawn_is_refused(draw, labels: list[str], series: list[Series]) -> None:
    with pytest.raises(UserError) as caught:
        draw(labels, series, title="t", subtitle="s")
    assert caught.value.code == "PR-Y050"


def test_one_point_can_be_drawn() -> None:
    assert line_chart(["2012"], [Series("a", (5,))], title="t", subtitle="S").alt.endswith("a: 5 in 2012.")


def test_a_missing_font_names_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "_FONT_DIRECTORIES", ("/nonexistent",))
    charts._font.cache_clear()
    try:
        with pytest.raises(UserError) as caught:
            _lines()
    finally:
        charts._font.cache_clear()
    assert caught.value.code == "PR-Y051"
    assert "fonts-liberation" in caught.value.fix


def test_a_line_that_ends_early_is_named_where_it_ends() -> None:
    chart = line_chart(
        ["2010", "2011", "2012"],
        [Series("Ended", (5, 4, None)), Series("Going on", (1, 2, 3))],
        title="t",
        subtitle="S",
    )
    assert "no figure for 2012" in chart.alt
    ET.fromstring(chart.svg)


def test_bars_below_zero_are_drawn() -> None:
    chart = bar_chart(["a", "b"], [Series("x", (-5, 5))], title="t", subtitle="Change")
    assert chart.alt == "Bar chart of change. a: -5; b: 5."
