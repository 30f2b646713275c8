"""The example register on the real file: every row is accounted for, and the figures are those of a plain computation."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
import yaml

from piperoll.cli import main
from piperoll.collect import Receipt
from piperoll.release import Made
from piperoll.workspace import Workspace


ROOT = Path(__file__).resolve().parents[2]
REGISTER = ROOT / "examples" / "stop_and_search"
FILE = ROOT.parent / "shared" / "data" / "statistics" / "policeuk_met_stop_search_2020_07_09.csv.gz"
ROWS = 65_964

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason=f"the real file is not here: {FILE.name}")


@dataclass(frozen=True)
class Place:
    """What was made from the real file, once for all tests."""

    space: Workspace
    receipt: Receipt
    made: Made

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_csv(self.made.directory / "tables" / f"{name}.csv", infer_schema_length=None)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("stop_and_search")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPEROLL_NOW", "2020-12-01T09:30:00+00:00")
        space = Workspace(REGISTER, folder / "home")
        slot = {"source": "stop_search", "dataset": "search", "supplier": "met", "period": "2020Q3"}
        (receipt,) = space.collect([FILE], **slot)
        yield Place(space, receipt, space.release("stop_and_search", "2020Q3", folder / "edition"))


@pytest.fixture(scope="module")
def raw() -> pl.DataFrame:
    """The file as it stands, with the month by the clock in Britain; nothing of Piperoll is used."""
    texts = pl.read_csv(FILE, infer_schema=False)
    moment = pl.col("Date").str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_zone="UTC")
    return texts.with_columns(
        utc_month=moment.dt.strftime("%Y-%m"),
        month=moment.dt.convert_time_zone("Europe/London").dt.strftime("%Y-%m"),
    )


def shown(count: int) -> int | None:
    """The policy, written again: one to four are not shown, the rest go to the nearest 5, halves upwards."""
    return None if 0 < count < 5 else 5 * math.floor(count / 5 + 0.5)


def agree(found: dict, expected: dict) -> None:
    """Each figure is as counted, or, seldom, hidden so that a smaller one cannot be worked out."""
    hidden = [key for key, count in expected.items() if count is not None and found[key] is None]
    assert {key: found[key] for key in expected} == expected | dict.fromkeys(hidden)
    assert len(hidden) < 0.2 * len(expected)
    assert {value for key, value in found.items() if key not in expected} <= {0, None}


def test_every_row_is_kept_or_refused(place: Place) -> None:
    assert place.receipt.rows_in == ROWS == place.receipt.rows_kept + place.receipt.rows_refused
    assert place.receipt.rows_refused == 0
    assert place.space.records("stop_search.search").height == ROWS


def test_gaps_become_questions(place: Place, raw: pl.DataFrame) -> None:
    asked = {query.rule: query.sentence for query in place.space.queries()}
    no_place = raw.filter(pl.col("Latitude").is_null() | pl.col("Longitude").is_null()).height
    young = raw.filter(pl.col("Age range") == "under 10").height
    no_object = raw["Object of search"].null_count()
    for rule, count in (("STOP-V01", no_place), ("STOP-V02", young), ("STOP-V03", no_object)):
        assert re.search(rf": {count:,}\b", asked[rule]), asked[rule]


def test_the_release_verifies(place: Place) -> None:
    report = place.space.verify(place.made.directory)
    assert report.holds, report.problems[:5]
    assert {check.name: check.looked_at for check in report.checks}["disclosure rules"] > 20_000


def test_a_search_before_midnight_in_utc_is_one_of_the_next_day_in_summer(place: Place, raw: pl.DataFrame) -> None:
    over = raw.filter(pl.col("utc_month") == "2020-06")
    assert over.height == 34
    assert over["month"].unique().to_list() == ["2020-07"]
    kept = place.space.records("stop_search.search").filter(pl.col("date") < pl.datetime(2020, 7, 1))
    assert kept.height == 34
    assert kept["search_date"].dt.to_string().unique().to_list() == ["2020-07-01"]


def test_months_and_outcomes_agree_with_a_plain_count(place: Place, raw: pl.DataFrame) -> None:
    counts = raw.group_by("month", pl.col("Outcome").fill_null("not_known")).len()
    expected = {(month, outcome): shown(count) for month, outcome, count in counts.iter_rows()}
    whole = pl.all_horizontal(pl.col(f"{name}_code") == "all" for name in ("object", "ethnicity", "age"))
    published = place.table("searches").filter(whole & (pl.col("outcome_code") != "all"))
    found = {(m, o): v for m, o, v in published.select("period", "outcome_code", "searches").iter_rows()}
    agree(found, expected)


def test_the_whole_of_a_month_agrees_with_a_plain_count(place: Place, raw: pl.DataFrame) -> None:
    expected = {month: shown(count) for month, count in raw.group_by("month").len().iter_rows()}
    codes = pl.all_horizontal(pl.col(f"{name}_code") == "all" for name in ("object", "outcome", "ethnicity", "age"))
    published = place.table("searches").filter(codes)
    assert dict(published.select("period", "searches").iter_rows()) == expected
    assert sorted(expected) == ["2020-07", "2020-08", "2020-09"]


def test_every_finest_cell_agrees_with_a_plain_count(place: Place, raw: pl.DataFrame) -> None:
    codes = yaml.safe_load((REGISTER / "codes" / "self_defined_ethnicity.yaml").read_text(encoding="utf-8"))["codes"]
    group = {each["code"]: each["parent"] for each in codes}
    keys = ["month", "object", "outcome", "ethnicity", "age"]
    cells = raw.select(
        "month",
        pl.col("Object of search").fill_null("not_known").alias("object"),
        pl.col("Outcome").fill_null("not_known").alias("outcome"),
        pl.col("Self-defined ethnicity").replace_strict(group, default="not_known").alias("ethnicity"),
        pl.col("Age range").fill_null("not_known").alias("age"),
    )
    expected = {tuple(row[:-1]): shown(row[-1]) for row in cells.group_by(keys).len().iter_rows()}
    published = place.table("searches").filter(pl.all_horizontal(pl.col(f"{name}_code") != "all" for name in keys[1:]))
    columns = ["period", *(f"{name}_code" for name in keys[1:]), "searches"]
    found = {tuple(row[:-1]): row[-1] for row in published.select(columns).iter_rows()}
    assert len(expected) > 1000
    agree(found, expected)


def test_a_small_count_is_marked_and_not_empty(place: Place) -> None:
    table = place.table("searches")
    hidden = table.filter(pl.col("searches").is_null())
    assert hidden.height > 100
    assert hidden["searches_status"].unique().to_list() == ["c"]


def test_a_figure_leads_back_to_the_delivery_that_can_hold_its_records(place: Place) -> None:
    found = place.space.trace(place.made.release.id, "searches", "searches,2020-08,Firearms")
    (step,) = found.steps
    assert [each.delivery.id for each in step.contributions] == [place.receipt.delivery]
    assert not step.contributions[0].certain


def test_the_main_points_are_of_the_last_month_against_the_one_before(place: Place, raw: pl.DataFrame) -> None:
    page = (place.made.directory / "index.html").read_text(encoding="utf-8")
    points = page.partition("Main points</h2>")[2].partition("</ul>")[0]
    august, september = (shown(raw.filter(pl.col("month") == month).height) for month in ("2020-08", "2020-09"))
    assert f"{september:,}" in points
    assert f"{august:,}" in points
    assert "Sep 2020" in points
    assert "Searches leading to arrest" in points
    assert "Open Government Licence" in page


def test_the_register_passes_its_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--register", str(REGISTER), "--home", str(tmp_path / "home"), "register", "check"])
    assert stop.value.code == 0
    assert "no mistakes found" in capsys.readouterr().out
