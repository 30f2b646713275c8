"""Tables that departments published, taken in as deliveries: their totals come back, to the last case.

The arrests and crime outcomes of the Home Office and the Crown Court's caseload go through the command line: collect,
release (which tabulates and protects) and verify. Every total that the sources carry, in these files or beside them, is
held against ours cell by cell; where a source disagrees with itself it is listed here with the reason.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import polars as pl
import pytest

from piperoll.cli import main
from piperoll.workspace import Workspace


ROOT = Path(__file__).resolve().parents[2]
REGISTER = ROOT / "examples" / "published_counts"
STATISTICS = ROOT.parent / "shared" / "data" / "statistics"
COURT = STATISTICS / "moj_crown_court_2025q4"
DELIVERIES = {
    "arrests.cell": (STATISTICS / "homeoffice_arrests_2006_07_to_2017_18.csv.gz", "2017/18"),
    "crime_outcomes.cell": (STATISTICS / "homeoffice_crime_outcomes_2018_19.csv.gz", "2018/19"),
    "crown_court.workload": (COURT / "gold_backlog_trajectory.csv", "2025Q4"),
    "crown_court.age": (COURT / "gold_caseload_age.csv", "2025Q4"),
    "crown_court.remand": (COURT / "gold_remand_age.csv", "2025Q4"),
    "crown_court.region": (COURT / "gold_oldest_by_region.csv", "2025Q4"),
    "crown_court.offence": (COURT / "gold_oldest_by_offence.csv", "2025Q4"),
    "crown_court.court": (COURT / "gold_backlog_by_court.csv", "2025Q4"),
}
ROWS = {"arrests.cell": 286_500, "crime_outcomes.cell": 132_529}
EDITIONS = {"police_arrests": "2017/18", "crime_outcomes": "2018/19", "crown_court": "2025Q4"}

# What the Home Office's bulletin on the year to March 2018 says (Statistical Bulletin 24/18), as the press gave it.
BULLETIN = {"2017/18": 698_737, "2007/08": 1_427_387}  # both without Lancashire
BULLETIN_SHARES = {"male": 85, "violence against the person": 38, "theft": 20}
BULLETIN_CHANGE = -8

# Where a source disagrees with itself or with what was published before, and why.
REVISED = {"2016/17": (779_660, "the figure of the first edition, October 2017; forces have corrected theirs since")}
NO_REGION = {  # quarter: cases of known age, those of a year or more; England and Wales has them, no region does
    "2020Q4": (4, 0), "2021Q2": (2, 0), "2021Q3": (9, 0), "2021Q4": (10, 0), "2022Q1": (10, 0), "2022Q2": (18, 1),
    "2022Q3": (14, 2), "2022Q4": (8, 2), "2023Q1": (5, 2), "2023Q2": (6, 3), "2023Q3": (20, 2), "2023Q4": (16, 2),
    "2024Q1": (19, 2), "2024Q2": (18, 1), "2024Q3": (25, 6), "2024Q4": (31, 8), "2025Q1": (34, 10), "2025Q2": (29, 12),
    "2025Q3": (59, 18), "2025Q4": (99, 17),
}  # fmt: skip
CLOSED = (
    "Dorchester",
    2,
)  # 2 cases a year ago and no figure now: the courts' changes add up to 2 more than the whole's

Exact = dict[tuple[str, ...], int | None]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(file.is_file() for file, _ in DELIVERIES.values()),
        reason=f"the published tables of the Home Office and the Ministry of Justice are not in {STATISTICS}",
    ),
]


@dataclass(frozen=True)
class Place:
    """A home into which the published files came, and the editions made from it."""

    home: Path
    editions: Mapping[str, Path]

    def table(self, publication: str, name: str) -> pl.DataFrame:
        return pl.read_csv(self.editions[publication] / "tables" / f"{name}.csv", infer_schema_length=None)

    def space(self) -> Workspace:
        return Workspace(REGISTER, self.home)


def piperoll(*words: str | Path, register: Path = REGISTER, home: Path) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["--register", str(register), "--home", str(home), *map(str, words)])
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    top = tmp_path_factory.mktemp("published")
    home = top / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPEROLL_NOW", "2026-04-01T09:30:00+00:00")
        for dataset, (file, period) in DELIVERIES.items():
            assert piperoll("collect", file, "--dataset", dataset, "--period", period, "--quiet", home=home) == 0
        editions = {name: top / name for name in EDITIONS}
        for name, period in EDITIONS.items():
            assert piperoll("release", name, period, "--out", editions[name], home=home) == 0
        yield Place(home, editions)


@pytest.fixture(scope="module")
def arrests() -> pl.DataFrame:
    """The file as it stands; nothing of Piperoll is used."""
    texts = pl.read_csv(DELIVERIES["arrests.cell"][0], infer_schema=False)
    return texts.with_columns(pl.col("arrests").cast(pl.Int64, strict=False))


@pytest.fixture(scope="module")
def outcomes() -> pl.DataFrame:
    texts = pl.read_csv(DELIVERIES["crime_outcomes.cell"][0], infer_schema=False)
    numbers = {
        "force_outcomes_for_offences_recorded_in_quarter": "of_offences",
        "force_outcomes_recorded_in_quarter": "recorded",
    }
    quarters = {"1": "2018Q2", "2": "2018Q3", "3": "2018Q4", "4": "2019Q1"}
    return texts.rename(numbers).with_columns(
        pl.col("of_offences", "recorded").cast(pl.Int64, strict=False),
        pl.col("financial_quarter").replace_strict(quarters).alias("period"),
    )


def published(name: str, *columns: str) -> dict[str, tuple[float, ...]]:
    """Columns of one of the derived tables by quarter; nothing of Piperoll is used."""
    frame = pl.read_csv(COURT / f"gold_{name}.csv").with_columns(quarter_of(pl.col("quarter_end")).alias("period"))
    return {row[0]: row[1:] for row in frame.select("period", *columns).iter_rows()}


def quarter_of(day: pl.Expr) -> pl.Expr:
    month = day.str.slice(5, 2).cast(pl.Int64)
    return pl.concat_str(day.str.slice(0, 4), pl.lit("Q"), (month + 2) // 3)


def shown(count: int | None) -> int | None:
    """The policy for forces, written again: one to four are not shown, the rest go to the nearest 5, halves upwards."""
    return None if count is None or 0 < count < 5 else 5 * math.floor(count / 5 + 0.5)


def total(measure: str) -> pl.Expr:
    """The sum of what is known; of nothing known there is none."""
    return pl.when(pl.col(measure).count() > 0).then(pl.sum(measure)).alias(measure)


def figures(frame: pl.DataFrame, keys: list[str], measure: str) -> dict[tuple[str, ...], float | None]:
    return {tuple(map(str, row[:-1])): row[-1] for row in frame.select(*keys, measure).iter_rows()}


# ---- The way in and out ----


def test_every_row_came_in_as_it_is(place: Place) -> None:
    space = place.space()
    for dataset, (file, _) in DELIVERIES.items():
        assert space.records(dataset).height == (ROWS.get(dataset) or pl.read_csv(file).height), dataset


def test_the_editions_verify(place: Place) -> None:
    for edition in place.editions.values():
        assert piperoll("verify", edition, home=place.home) == 0


def test_what_is_odd_became_a_question(place: Place) -> None:
    asked = {query.rule: query.sentence for query in place.space().queries()}
    assert "600" in asked["ARREST-V02"]  # every cell of Lancashire, 2017/18
    assert "OUTCOME-V03" in asked


# ---- Arrests ----


def test_arrests_of_every_year_come_back(place: Place, arrests: pl.DataFrame) -> None:
    found = figures(place.table("police_arrests", "years"), ["period"], "arrests")
    expected = {(year,): total for year, total in arrests.group_by("financial_year").agg(pl.sum("arrests")).iter_rows()}
    assert found == expected and len(found) == 12
    for year, (before, reason) in REVISED.items():
        assert found[year,] != before, f"{year} agrees with its first edition now: {reason} no longer holds"


def test_what_the_bulletin_said_comes_back(place: Place) -> None:
    years = {row["period"]: row for row in place.table("police_arrests", "years").iter_rows(named=True)}
    assert {year: years[year]["comparable"] for year in BULLETIN} == BULLETIN
    assert round(years["2017/18"]["comparable_change"]) == BULLETIN_CHANGE
    people = place.table("police_arrests", "people").filter(period="2017/18", ethnicity_code="all", age_code="all")
    men = dict(people.select("sex_code", "arrests").iter_rows())
    forces = place.table("police_arrests", "forces").filter(period="2017/18", force_code="EW")
    offences = dict(forces.select("offence_code", "arrests").iter_rows())
    new = "2015/16 onwards - "
    parts = (men["Male"], offences[f"{new}Violence against the person"], offences[f"{new}Theft offences"])
    assert [round(100 * part / men["all"]) for part in parts] == list(BULLETIN_SHARES.values())


def test_arrests_of_people_come_back_in_every_cell(place: Place, arrests: pl.DataFrame) -> None:
    expected = margins(arrests, ["financial_year"], ["ethnic_group", "age_group", "sex"], "arrests")
    keys = ["period", "ethnicity_code", "age_code", "sex_code"]
    assert figures(place.table("police_arrests", "people"), keys, "arrests") == expected
    assert len(expected) == 12 * 7 * 6 * 3


def margins(frame: pl.DataFrame, fixed: list[str], free: list[str], measure: str) -> Exact:
    """The sum of every cell, and over each of the free columns and all combinations of them (``all``), worked out plainly."""
    found: Exact = {}
    for size in range(len(free) + 1):
        for by in combinations(free, size):
            for row in frame.group_by(*fixed, *by).agg(total(measure)).iter_rows(named=True):
                key = (*(row[name] for name in fixed), *(row.get(name, "all") for name in free))
                found[key] = row[measure]
    return found


def forces_agree(table: pl.DataFrame, keys: list[str], measure: str, exact: Exact) -> None:
    """Each force's figure is as the policy shows it, or hidden so that a smaller one cannot be worked out."""
    forces = table.filter(pl.col("force_code") != "EW")
    found = figures(forces, ["force_code", *keys], measure)
    status = figures(forces, ["force_code", *keys], f"{measure}_status")
    hidden = {key for key, count in exact.items() if found[key] is None and shown(count) is not None}
    assert {key: found[key] for key in exact} == {key: shown(n) for key, n in exact.items()} | dict.fromkeys(hidden)
    assert len(hidden) < 0.02 * len(exact)
    assert {status[key] for key, n in exact.items() if found[key] is None and n is not None} <= {"c"}
    assert {status[key] for key, n in exact.items() if n is None} <= {"x"}
    assert {found[key] for key in found.keys() - exact.keys()} <= {0, None}


def test_arrests_of_forces_come_back_rounded_and_of_the_whole_exactly(place: Place, arrests: pl.DataFrame) -> None:
    table = place.table("police_arrests", "forces")
    known = arrests.filter(pl.col("arrests").is_not_null())
    for year in ("2015/16", "2016/17", "2017/18"):
        mine, now = known.filter(financial_year=year), table.filter(period=year)
        forces_agree(now, ["offence_code"], "arrests", margins(mine, ["force_name"], ["offence_group"], "arrests"))
        whole = figures(now.filter(force_code="EW"), ["offence_code"], "arrests")
        assert whole == margins(mine, [], ["offence_group"], "arrests")


def test_a_force_that_could_not_say_is_not_available_and_no_zero(place: Place) -> None:
    for name in ("forces", "force_people"):
        lancashire = place.table("police_arrests", name).filter(period="2017/18", force_code="Lancashire")
        assert lancashire.height > 10
        assert lancashire["arrests"].null_count() == lancashire.height
        assert lancashire["arrests_status"].unique().to_list() == ["x"]


def test_arrests_of_forces_and_people_come_back(place: Place, arrests: pl.DataFrame) -> None:
    mine = arrests.filter(pl.col("arrests").is_not_null(), financial_year="2017/18")
    exact = margins(mine, ["force_name"], ["ethnic_group", "age_group"], "arrests")
    forces_agree(place.table("police_arrests", "force_people"), ["ethnicity_code", "age_code"], "arrests", exact)


# ---- Crime outcomes ----


@pytest.mark.parametrize(("measure", "whole"), [("of_offences", 5_269_059), ("recorded", 5_114_207)])
def test_outcomes_come_back_at_every_level(place: Place, outcomes: pl.DataFrame, measure: str, whole: int) -> None:
    """Of a group with one part the part is the group, and has no row of its own."""
    one = {
        level: outcomes.group_by(above).agg(pl.col(level).n_unique()).filter(pl.col(level) == 1)[above].to_list()
        for level, above in (("offence_subgroup", "offence_group"), ("outcome_type", "outcome_group"))
    }
    expected: Exact = {}
    for when in ("period", "financial_year"):
        for offence in ("offence_group", "offence_subgroup"):
            for outcome in ("outcome_group", "outcome_type"):
                parts = outcomes.filter(
                    ~pl.col("offence_group").is_in(one.get(offence, [])), ~pl.col("outcome_group").is_in(one.get(outcome, []))
                ) if (offence, outcome) != ("offence_group", "outcome_group") else outcomes  # fmt: skip
                cells = parts.group_by(when, offence, outcome).agg(total(measure))
                expected |= {row[:-1]: row[-1] for row in cells.iter_rows()}
        for by in ([], ["offence_group"], ["outcome_group"]):
            for row in outcomes.group_by(when, *by).agg(total(measure)).iter_rows(named=True):
                expected[row[when], row.get("offence_group", "all"), row.get("outcome_group", "all")] = row[measure]
    table = place.table("crime_outcomes", "outcomes").with_columns(
        pl.when(offence_level="Offence group").then("offence").otherwise("offence_code").alias("offence_code")
    )
    found = figures(table, ["period", "offence_code", "outcome_code"], measure)
    assert {key: found[key] for key in expected} == expected
    assert {found[key] for key in found.keys() - expected.keys() if "all" not in key} <= {0, None}
    assert found["2018/19", "all", "all"] == whole


def test_outcomes_of_forces_come_back(place: Place, outcomes: pl.DataFrame) -> None:
    table = place.table("crime_outcomes", "forces")
    for measure in ("of_offences", "recorded"):
        forces_agree(table, ["outcome_code"], measure, margins(outcomes, ["force_name"], ["outcome_group"], measure))
        whole = figures(table.filter(force_code="EW"), ["outcome_code"], measure)
        assert whole == margins(outcomes, [], ["outcome_group"], measure)


def test_what_is_no_outcome_of_a_quarter_is_not_available_and_no_zero(place: Place) -> None:
    """An offence without an outcome cannot have had it recorded in the quarter; the file has NA, and so have we."""
    table = place.table("crime_outcomes", "outcomes").filter(outcome_code="Not yet assigned an outcome")
    whole = table.filter(offence_code="all")
    assert whole["recorded_status"].to_list() == ["x"] * 5 and whole["of_offences"].min() > 0


def test_a_share_is_of_the_sums(place: Place, outcomes: pl.DataFrame) -> None:
    found = figures(place.table("crime_outcomes", "charged"), ["period", "offence_code"], "charged_share")
    charged = outcomes.filter(outcome_type="1")["of_offences"].sum()
    assert found["2018/19", "all"] == round(100 * charged / outcomes["of_offences"].sum(), 1)


def test_a_table_with_a_correction_below_zero_is_refused_where_small_counts_are_hidden(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """City of London took back 6 undecided offences more than it has: such a cell tells of others, and is refused."""
    copy = shutil.copytree(REGISTER, tmp_path / "register")
    path = copy / "publications" / "crime_outcomes" / "publication.yaml"
    text = path.read_text(encoding="utf-8")
    narrow = "rows: {force: [england_and_wales, force], outcome: [all, group]}"
    assert narrow in text
    wide = "rows: {force: [england_and_wales, force], offence: [all, group], outcome: [all, group]}"
    path.write_text(text.replace(narrow, wide), encoding="utf-8")
    code = piperoll("table", "crime_outcomes", "forces", "--period", "2018/19", register=copy, home=place.home)
    assert code != 0
    assert "PR-P043" in capsys.readouterr().err


# ---- Crown Court ----


def test_the_crown_courts_workload_comes_back(place: Place) -> None:
    table = place.table("crown_court", "workload")
    found = {row[0]: row[1:] for row in table.select("period", "receipts", "disposals", "open_cases").iter_rows()}
    assert found == published("backlog_trajectory", "receipts", "disposals", "open")
    assert len(found) == 40


def test_open_cases_do_not_follow_from_the_flows(place: Place) -> None:
    """Cases with a live bench warrant leave the stock and come back: the source's totals do not add up in any quarter."""
    rows = list(place.table("crown_court", "workload").select("receipts", "disposals", "open_cases").iter_rows())
    gaps = [now[2] - before[2] - (now[0] - now[1]) for before, now in pairwise(rows)]
    assert 0 not in gaps
    assert (min(gaps), max(gaps)) == (-296, 230)


def test_ages_add_up_to_the_published_totals(place: Place) -> None:
    totals = published("caseload_age_summary", "valid_cases", "open_1yr_plus", "share_1yr_plus")
    ages = figures(place.table("crown_court", "ages").filter(age_code="all"), ["period"], "age_known")
    assert ages == {(quarter,): row[0] for quarter, row in totals.items()}
    table = place.table("crown_court", "oldest").select("period", "age_known", "year_or_more", "year_or_more_share")
    found = {row[0]: (row[1], row[2], row[3]) for row in table.iter_rows()}
    assert found == {quarter: (v, n, round(100 * share, 4)) for quarter, (v, n, share) in totals.items()}


def test_remand_adds_up_to_the_published_totals(place: Place) -> None:
    frame = pl.read_csv(COURT / "gold_remand_age_summary.csv").with_columns(
        quarter_of(pl.col("quarter_end")).alias("q")
    )
    keys = ["period", "remand_code"]
    table = place.table("crown_court", "remand")
    for ours, theirs in (("trials", "open_valid"), ("old_trials", "open_1yr_plus")):
        parts = {row[:2]: row[2] for row in frame.select("q", "remand_status", theirs).iter_rows()}
        whole = {(q, "all"): n for q, n in frame.group_by("q").agg(pl.sum(theirs)).iter_rows()}
        assert figures(table, keys, ours) == parts | whole
    shares = {
        row[:2]: round(100 * row[2], 4) for row in frame.select("q", "remand_status", "share_1yr_plus").iter_rows()
    }
    found = figures(table.filter(pl.col("remand_code") != "all"), keys, "old_trials_share")
    assert found == shares


def test_regions_add_up_but_for_cases_without_one(place: Place) -> None:
    raw = pl.read_csv(COURT / "gold_oldest_by_region.csv").with_columns(quarter_of(pl.col("quarter_end")).alias("q"))
    table = place.table("crown_court", "regions")
    for place_of, (ours, theirs) in enumerate((("in_regions", "valid_cases"), ("old_in_regions", "open_1yr_plus"))):
        found = figures(table, ["period", "region_code"], ours)
        parts = raw.filter(geo_level="region").select("q", "region", theirs).iter_rows()
        assert {
            row[:2]: row[2] for row in raw.filter(geo_level="region").select("q", "region", theirs).iter_rows()
        } == {key: found[key] for key in ((q, region) for q, region, _ in parts)}
        whole = dict(raw.filter(geo_level="national").select("q", theirs).iter_rows())
        gaps = {q: whole[q] - found[q, "EW"] for q in whole if whole[q] != found[q, "EW"]}
        assert gaps == {q: gap[place_of] for q, gap in NO_REGION.items() if gap[place_of]}


def test_offences_add_up_to_the_published_totals(place: Place) -> None:
    totals = published("caseload_age_summary", "open_1yr_plus")
    table = place.table("crown_court", "offences")
    found = figures(table.filter(offence_code="all"), ["period"], "oldest")
    assert found == {(quarter,): row[0] for quarter, row in totals.items()}
    raw = pl.read_csv(COURT / "gold_oldest_by_offence.csv").with_columns(quarter_of(pl.col("quarter_end")).alias("q"))
    parts = {row[:2]: row[2] for row in raw.select("q", "offence", "open_1yr_plus").iter_rows()}
    cells = figures(table, ["period", "offence_code"], "oldest")
    assert {key: cells[key] for key in parts} == parts


def test_courts_add_up_to_the_whole(place: Place) -> None:
    table = place.table("crown_court", "courts")
    trajectory = published("backlog_trajectory", "open")
    whole = dict(table.filter(court_code="EW").select("period", "in_courts").iter_rows())
    assert {int(year): n for year, n in whole.items()} == {y: trajectory[f"{y}Q4"][0] for y in (2024, 2025)}
    assert whole[2025] == 80_203  # the backlog as the Ministry of Justice told it in words: 80,200
    raw = pl.read_csv(COURT / "gold_backlog_by_court.csv")
    # The courts' own changes leave out the court that has no figure now.
    assert raw["change"].sum() - (whole[2025] - whole[2024]) == CLOSED[1]


def test_each_court_comes_back_or_is_hidden(place: Place) -> None:
    raw = pl.read_csv(COURT / "gold_backlog_by_court.csv")
    table = place.table("crown_court", "courts")
    cells = {(year, code): (value, status) for year, code, value, status
             in table.select("period", "court_code", "in_courts", "in_courts_status").iter_rows()}  # fmt: skip
    changes = dict(table.filter(period=2025).select("court_code", "in_courts_change").iter_rows())
    hidden = []
    # The court that is not known is its region's only one, and has the region's row.
    courts = raw.filter(pl.col("court") != "Unknown")
    for court, now, before, change in courts.select("court", "open_latest", "open_year_ago", "pct_change").iter_rows():
        if court == CLOSED[0]:
            assert cells[2025, court] == (None, "x") and cells[2024, court] == (None, "c")
            continue
        assert cells[2025, court][0] == now, court
        if cells[2024, court] == (None, "c"):
            hidden.append(court)
        else:
            assert cells[2024, court][0] == before, court
            assert changes[court] == pytest.approx(100 * change, abs=0.00005)
    regions = dict(raw.select("court", "region").iter_rows())
    # Its two cases would follow from the region's total: one court of the region is hidden with it.
    assert [regions[each] for each in hidden] == [regions[CLOSED[0]]]
    sums = dict(raw.group_by("region").agg(pl.sum("open_latest")).iter_rows())
    sums["Not known"] = sums.pop("Unknown")
    assert {region: cells[2025, region][0] for region in sums} == sums
    assert sums["Not known"] == raw.filter(court="Unknown")["open_latest"].item() == 101


def test_the_register_passes_its_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert piperoll("register", "check", home=tmp_path / "home") == 0
    assert "no mistakes found" in capsys.readouterr().out
