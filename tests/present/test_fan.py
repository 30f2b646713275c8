"""A fan chart: the same bytes, its words from its numbers, and nothing drawn that does not fit."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from piperoll.errors import UserError
from piperoll.present.charts import Chart
from piperoll.present.fan import Band, fan_chart


LABELS = [f"{month} 2012" for month in ("Jan", "Feb", "Mar", "Apr", "May", "Jun")]
WIDE = Band("95%", (80.0, 70.0), (120.0, 135.0))
SMALL = Band("80%", (90.0, 85.0), (110.0, 118.0))


def made(seen: tuple[float | None, ...] = (100.0, None, 104.0, 101.0), title: str = "Projection: <more>") -> Chart:
    return fan_chart(
        LABELS, seen, [100.0, 102.0], [WIDE, SMALL], title=title, subtitle="Cases, by month", y_label="cases"
    )


def test_the_same_bytes_each_time() -> None:
    assert made().svg == made().svg


def test_its_words_come_from_its_numbers() -> None:
    chart = made()
    assert "increased from 100 in May 2012 to 102 in Jun 2012" in chart.alt
    assert "At the end: 95% interval 70 to 135; 80% interval 85 to 118." in chart.alt
    assert "no figure for Feb 2012" in chart.alt
    root = ET.fromstring(chart.svg)
    assert root.find("{http://www.w3.org/2000/svg}title").text == "Projection: <more>"  # type: ignore[union-attr]
    assert root.find("{http://www.w3.org/2000/svg}desc").text == chart.alt  # type: ignore[union-attr]


def test_bands_are_drawn() -> None:
    narrow = fan_chart(LABELS, (100.0, None, 104.0, 101.0), [100.0, 102.0], [SMALL], title="Projection: <more>",
                       subtitle="Cases, by month", y_label="cases")  # fmt: skip
    assert len(made().svg) > len(narrow.svg)


def test_nothing_need_have_been_seen() -> None:
    chart = fan_chart(LABELS[:2], (), [1.0, 2.0], [], title="t", subtitle="Cases", y_label="cases")
    assert "increased from 1 in Jan 2012 to 2 in Feb 2012" in chart.alt
    assert made((1.0, 2.0, 3.0, None)).svg


@pytest.mark.parametrize(
    ("seen", "expected", "bands"),
    [((1.0,), [1.0, 2.0], []), ((1.0,) * 6, [], []), ((1.0,) * 4, [1.0, 2.0], [Band("95%", (1.0,), (2.0,))])],
)
def test_what_does_not_fit_is_not_drawn(seen: tuple[float, ...], expected: list[float], bands: list[Band]) -> None:
    with pytest.raises(UserError, match="PR-Y050"):
        fan_chart(LABELS, seen, expected, bands, title="t", subtitle="s")
