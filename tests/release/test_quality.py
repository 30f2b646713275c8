"""Quality notes: every number in them can be counted in the published files, and none tells more than they do."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from piperoll.journal import Delivery
from piperoll.present.lint import lint_file
from piperoll.present.lint.files import read_spreadsheet
from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import Dimension, Level, Measure, Publication, Table
from piperoll.release import make
from piperoll.release.loss import Loss, Part, loss_of
from piperoll.release.manifest import MANIFEST
from piperoll.release.quality import notes_of, small_words
from piperoll.workspace import Workspace


NAME = "stop_and_search"
POLICY = Policy("possession", "Possession", suppress_below=8, round_to=5)
PART = Part("claims", "3", "Local authority", 1000, 200, 14, 0.034)
LOSS = Loss((PART,), 1200, 200, 14, 300, 90)
PROVEN = {
    "verdict": "proven", "width": 4, "primary": 200, "secondary": 14, "limited": 0, "gap": 0.0, "certificate": "ab",
    "relations": {},
}  # fmt: skip

Deliver = Callable[..., Delivery]


def text(policy: Policy | None = POLICY, loss: Loss = LOSS, **content: Any) -> str:
    return " ".join(notes_of(policy, loss, {**PROVEN, **content}).lines)


def test_how_much_is_hidden_is_said_in_numbers_and_shares() -> None:
    said = text()
    assert "1,200 different counts. 200 of them (16.7%) are not shown because they are small" in said
    assert "(fewer than 8, zero included)" in said
    assert "14 more (1.2%) are not shown" in said
    assert "90 of 300 percentages and rates are not shown" in said


def test_one_is_not_many() -> None:
    said = text(loss=replace(LOSS, small=1, also=1, derived=300, withheld=1))
    assert "1 of them (0.1%) is not shown because it is small" in said
    assert "1 more (0.1%) is not shown, because with it a small count" in said
    assert "1 of 300 percentages and rates is not shown" in said
    assert "None of them is small (fewer than 8, zero included)." in text(loss=replace(LOSS, small=0, also=0))


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (0.0, "No other choice that is as safe would lose fewer."),
        (0.004, "at most 0.4% more cases than the best choice"),
        (0.0001, "at most 0.1% more cases"),
        (None, "is not known"),
    ],
)
def test_how_far_from_the_least_is_said(gap: float | None, words: str) -> None:
    assert words in text(gap=gap)


def test_where_nothing_more_was_hidden_there_is_no_word_of_the_best_choice() -> None:
    said = text(loss=replace(LOSS, also=0), secondary=0)
    assert "No other count had to be left out for their sake." in said
    assert "chosen" not in said


@pytest.mark.parametrize(
    ("base", "words"),
    [(5, "20 stands for any count from 18 to 22, so a figure differs from the count by at most 2"),
     (10, "40 stands for any count from 35 to 44, so a figure differs from the count by at most 5"),
     (3, "12 stands for any count from 11 to 13, so a figure differs from the count by at most 1")],
)  # fmt: skip
def test_what_a_rounded_figure_stands_for(base: int, words: str) -> None:
    from piperoll.protect import round_to_base

    assert words in text(replace(POLICY, round_to=base))
    low, high = (int(word) for word in re.findall(r"from (\d+) to (\d+)", words)[0])
    assert {round_to_base(v, base) for v in range(low, high + 1)} == {4 * base}
    assert round_to_base(low - 1, base) != 4 * base != round_to_base(high + 1, base)


def test_no_word_of_rounding_where_there_is_none() -> None:
    assert "stands for" not in text(replace(POLICY, round_to=None))


def test_what_remains_open_and_whether_it_is_proven() -> None:
    said = text()
    assert "at least 5 different values remain possible for each." in said
    assert "This has been proven." in said and "at least 4 apart" in said
    bounded = text(certificate=None, verdict="bounded")
    assert "has not been proven for this release" in bounded and "This has been proven" not in bounded
    limited = text(limited=7)
    assert "for each but 7. For those" in limited and "as far apart as said above" in limited
    assert "for all of them here" in text(limited=200)


def test_without_further_suppression_the_limits_are_said() -> None:
    said = " ".join(notes_of(POLICY, LOSS, {"statement": "Not ruled out.", "secondary_suppression": False}).lines)
    assert "Not ruled out." in said and "proven" not in said and "chosen" not in said


def test_without_a_policy_there_is_nothing_to_say() -> None:
    notes = notes_of(None, LOSS, {})
    assert notes.lines == () and notes.table is None
    assert notes_of(Policy("round", "Rounded only", round_to=5), LOSS, {"secondary_suppression": False}).table is None


@pytest.mark.parametrize(
    ("below", "zero", "words"),
    [(8, True, "fewer than 8, zero included"), (5, False, "from 1 to 4"), (2, False, "1")],
)
def test_what_is_small(below: int, zero: bool, words: str) -> None:
    assert small_words(Policy("p", "P", suppress_below=below, suppress_zero=zero)) == words


def test_the_files_show_what_the_notes_count(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver(300)
    make(desk, NAME, "2020Q3", tmp_path / "out", together=True)
    said = json.loads((tmp_path / "out" / MANIFEST).read_text(encoding="utf-8"))["disclosure"]
    parts = {part["table"]: part for part in said["loss"]["by_table"]}
    for table, measures in (("searches", ["searches"]), ("arrests", ["searches", "arrests"])):
        with (tmp_path / "out" / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        marks = [row[f"{measure}_status"] for row in rows for measure in measures]
        assert parts[table]["counts"] == len(marks)
        assert parts[table]["small"] + parts[table]["also_hidden"] == sum("c" in mark for mark in marks) > 0
    loss = said["loss"]
    assert loss["counts"] < sum(part["counts"] for part in parts.values()), "counts in two tables are told once"
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert f"This release has {loss['counts']:,} different counts. {loss['small']:,} of them" in page
    book = read_spreadsheet(".ods", (tmp_path / "out" / f"{NAME}_2020Q3.ods").read_bytes())
    sheet = next(each for each in book.sheets if each.name == "Not_shown")
    assert str(loss["small"]) in {cell.value for cell in sheet.cells.values()}
    assert any(cell.text.startswith("This release has") for cell in sheet.cells.values())
    for ending in ("ods", "xlsx"):
        assert lint_file(tmp_path / "out" / f"{NAME}_2020Q3.{ending}") == ()


def test_no_sum_of_hidden_counts_is_published(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    """With one further count hidden, their sum would be that count."""
    deliver(300)
    make(desk, NAME, "2020Q3", tmp_path / "out", together=True)
    said = json.loads((tmp_path / "out" / MANIFEST).read_text(encoding="utf-8"))["disclosure"]
    assert not {"suppressed_value", "cost", "lower_bound", "share_of_value"} & said.keys()
    assert said["gap"] is None or said["gap"] == round(said["gap"], 3) >= 0


# --- by level ---------------------------------------------------------------------------------------------------------

PLACES = Dimension(
    "place", "Place", levels=(Level("town", "towns", "Town"), Level("land", "lands", "Land", national=True))
)
TABLE = Table("claims", "1", "Claims", ("claims",), {"place": ("land", "town")})
PUBLICATION = Publication(
    "claims", "Claims", dimensions=(PLACES,), tables=(TABLE,), measures=(Measure("claims", "Claims", "count"),)
)


class Codes:
    def __init__(self, **codes: str | None) -> None:
        self.codes = [type("Code", (), {"code": c, "parent": p, "label": c.upper()})() for c, p in codes.items()]

    def get(self, key: str) -> object:
        return next((each for each in self.codes if each.code == key), None)


def by_level(*towns: tuple[float | None, str], whole: float | None = 100.0, gone: int = 0) -> list[Part]:
    codes = {"towns": Codes(**{f"t{i}": "l" for i in range(len(towns))}), "lands": Codes(l=None)}
    register = type("Register", (), {"codes": codes})()
    rows = [("claims||", "l", "land", 100.0, whole, "" if whole is not None else "small")]
    rows += [(f"claims|t{i}|", f"t{i}", "town", 25.0, shown, reason) for i, (shown, reason) in enumerate(towns)]
    # In a second period so many of the towns could not be counted.
    later = [(f"{identity}later", *rest) for identity, *rest in rows] if gone else []
    later[len(later) - gone :] = [(*row[:3], None, None, "") for row in later[len(later) - gone :]]
    frame = pl.DataFrame(
        rows + later, schema=["identity", "place", "place_level", "value", "shown", "reason"], orient="row"
    ).with_columns(
        period=pl.when(pl.col("identity").str.ends_with("later")).then(pl.lit("2")).otherwise(pl.lit("1")),
        kind=pl.lit("count"), measure=pl.lit("claims"), support=pl.lit(False), marks=pl.lit([], dtype=pl.List(pl.String)),
        shown=pl.col("shown").cast(pl.Float64),
    )  # fmt: skip
    return list(loss_of(register, PUBLICATION, {"claims": frame}).parts)


def test_each_level_is_told_coarsest_first() -> None:
    land, town = by_level((50.0, ""), (25.0, ""), (None, "small"), (None, "secondary"))
    assert (land.level, land.counts, land.hidden, land.cases) == ("Land", 1, 0, 0.0)
    assert (town.level, town.counts, town.small, town.also, town.cases) == ("Town", 4, 1, 1, 0.25)
    assert town.share == 0.5


def test_cases_come_from_published_figures_alone() -> None:
    """The same figures shown, other counts behind those hidden: the same share."""
    assert by_level((80.0, ""), (None, "small"))[1].cases == pytest.approx(0.2)
    assert by_level((105.0, ""), (None, "small"))[1].cases == 0.0, "rounded parts may add up to more than the whole"
    assert by_level((80.0, ""), (None, "small"), whole=None)[1].cases is None, "no whole, no share"


def test_cases_are_those_of_periods_that_nothing_lacks() -> None:
    town = by_level((80.0, ""), (None, "small"), gone=1)[1]
    assert (town.counts, town.cases) == (3, pytest.approx(0.2))


def test_tables_without_counts_are_left_out() -> None:
    assert by_level() == by_level(whole=100.0)
    assert [part.level for part in by_level()] == ["Land"]


def test_a_release_of_single_cells_says_so_too(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver()
    make(desk, NAME, "2020Q3", tmp_path / "out", together=False)
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "has not been ruled out" in page and "What a reader can still conclude" in page
