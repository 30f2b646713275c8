"""The page of magnitudes is whole, its figures are countable in any world, and its arithmetic is right."""

from __future__ import annotations

import dataclasses
import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.register import load
from tools import magnitudes
from tools.magnitudes import Compared, Figure, sampling_error


FIGURES, WITHOUT = magnitudes.read_figures()
PAGE = magnitudes.PAGE.read_text("utf-8")
SHARES = {"courts": 0.01, "persons": 0.001, "whole": 1.0}
positive = st.floats(0.01, 1e7)


def _row(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _rows() -> list[list[str]]:
    return [
        _row(line) for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| Fig", "| --"))
    ]


def _number(text: str) -> float:
    return float(text.rstrip("%").replace(",", "")) / (100 if text.endswith("%") else 1)


def _compared(published: float, simulated: float) -> Compared:
    return Compared(dataclasses.replace(FIGURES[0], published=published), simulated, None)


def test_every_figure_is_declared_whole() -> None:
    assert 30 <= len(FIGURES) <= 80
    assert len({each.key for each in FIGURES}) == len(FIGURES)
    for each in FIGURES:
        assert each.sources and each.citation and each.period and each.published > 0, each.key
        assert each.kind in magnitudes.KINDS and each.known in magnitudes.KNOWN
        assert each.of in {*magnitudes.SHARES, "share", "value"}
        assert bool(each.data) == bool(each.table) == (each.known == "data"), each.key


def test_every_source_has_a_figure_or_a_reason() -> None:
    covered = {key for each in FIGURES for key in each.sources}
    declared = set(load(magnitudes.ROOT / "justice").sources)
    assert covered | set(WITHOUT) == declared
    assert not covered & set(WITHOUT)


def test_the_page_has_a_row_for_each_figure_with_its_publication() -> None:
    rows = _rows()
    assert [row[0].split(" (`")[0] for row in rows] == [each.title for each in FIGURES]
    for row, figure in zip(rows, FIGURES, strict=True):
        assert len(row) == 9 and row[1] == figure.period and row[8] == figure.citation
        assert row[2] == magnitudes.number(figure.published)


def test_the_pages_ratios_follow_from_its_numbers() -> None:
    for row in _rows():
        ratio = float(row[5].removesuffix(" (out)"))
        assert ratio == pytest.approx(_number(row[3]) / _number(row[2]), rel=0.02, abs=0.011), row[0]
        low, high = magnitudes.PLAUSIBLE
        # Two places are shown: what is shown at a bound may lie on either side of it.
        if ratio not in (low, high):
            assert row[5].endswith("(out)") == (not low <= ratio <= high), row[0]


def test_what_is_out_of_plausibility_is_said_and_explained() -> None:
    section = PAGE.split("## Out of plausibility")[1].split("## ")[0]
    out = [row[0].split(" (`")[0] for row in _rows() if row[5].endswith("(out)")]
    assert re.findall(r"^- \*\*(.+?)\*\*", section, re.MULTILINE) == out
    assert "Not explained yet" not in section


@given(positive, positive)
def test_a_ratio_is_simulated_over_published(published: float, simulated: float) -> None:
    compared = _compared(published, simulated)
    assert compared.ratio * published == pytest.approx(simulated)
    assert compared.plausible == (0.8 <= simulated / published <= 1.25)


@pytest.mark.parametrize(("simulated", "plausible"), [(79, False), (80, True), (125, True), (126, False)])
def test_the_bounds_of_plausibility(simulated: float, plausible: bool) -> None:
    assert _compared(100, simulated).plausible is plausible


def test_nothing_counted_is_no_figure() -> None:
    compared = _compared(100, math.nan)
    assert not compared.plausible and magnitudes.ratio(compared) == "none"


def test_sampling_errors() -> None:
    assert sampling_error("persons", 400, 400) == pytest.approx(0.098)
    assert sampling_error("share", 0.5, 10_000) == pytest.approx(0.0196)
    assert sampling_error("whole", 400, 400) is None
    assert sampling_error("share", 0.0, 50) is None
    assert sampling_error("value", 77.0, 0) is None


@pytest.mark.parametrize(
    ("value", "text"), [(0.1544, "15.4%"), (1.727, "1.73"), (77.0, "77.0"), (73_000, "73,000"), (math.nan, "none")]
)
def test_numbers_as_read(value: float, text: str) -> None:
    assert magnitudes.number(value) == text


@pytest.fixture(scope="module")
def small() -> dict[str, Compared]:
    tables = magnitudes.simulate(SHARES, "2011-01", "2011-01", "2011-04")
    con = magnitudes.connect(tables)
    found: dict[str, Compared] = {}
    for each in FIGURES:
        try:
            found[each.key] = magnitudes.counted(each, con, SHARES)
        except magnitudes.duckdb.CatalogException:
            continue  # its system does not send in these months
    return found


def test_a_small_world_is_counted_by_the_same_queries(small: dict[str, Compared]) -> None:
    assert len(small) > 0.8 * len(FIGURES)
    four_months = {"mortgage_claims": 73_000 / 3, "landlord_claims": 142_000 / 3, "pnd": 127_500 / 3}
    for key, expected in four_months.items():
        assert small[key].simulated == pytest.approx(expected, rel=0.3), key
    assert small["mortgage_claims"].error == pytest.approx(1.96 / math.sqrt(small["mortgage_claims"].simulated * 0.01))
    assert 0.1 < small["arrests_female"].simulated < 0.3


def test_figures_read_in_published_tables_are_those_quoted(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("year,count\n2011,40\n2012,60\n")
    figure = Figure(
        "k", "t", "t", ("pnc",), "2011", 40.0, "c", "check", "share", "data", "SELECT 1, 1",
        data="table.csv", table="SELECT count FROM data WHERE year='2011'",
    )  # fmt: skip
    assert magnitudes.published_in(figure, tmp_path) == 40.0
    assert magnitudes.published_in(figure, tmp_path / "elsewhere") is None
    magnitudes.verify([figure], tmp_path)
    with pytest.raises(SystemExit, match="says 60"):
        magnitudes.verify([dataclasses.replace(figure, published=60.0)], tmp_path)


@pytest.mark.skipif(not magnitudes.DATA.is_dir(), reason="the published tables are not beside the repository")
def test_the_quoted_figures_agree_with_the_tables_at_hand() -> None:
    read = [each for each in FIGURES if magnitudes.published_in(each, magnitudes.DATA) is not None]
    assert len(read) == sum(each.known == "data" for each in FIGURES)
    magnitudes.verify(FIGURES, magnitudes.DATA)
