"""Public protection, custody safety and youth justice: what is sent passes its contract, and hangs together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from justice_world.custody_safety import CustodySafety
from justice_world.public_protection import PublicProtection
from justice_world.rooms import Room
from justice_world.youth import Youth
from piperoll.periods import Period, span
from piperoll.register import load
from piperoll.simulate.world import Delivery
from tests.justice.rulebench import Bench, Sent
from tests.justice_world.roombench import setting


REGISTER = load(Path(__file__).parents[2] / "justice")
PRISONS = ("nomis_iis.prisoner", "nomis_iis.booking", "nomis_iis.movement")
MINE = ("mappa", "deaths", "irs", "ppud", "easset", "sachs", "themis", "yjmis")
FIRST, LAST = Period.parse("2010-10"), Period.parse("2011-03")


def run(directory: Path, first: Period, last: Period, share: float) -> tuple[list[Delivery], dict[str, pl.DataFrame]]:
    world = setting(REGISTER, 7, share, str(first), str(last), directory)
    rooms: list[Room] = [CustodySafety(world), PublicProtection(world), Youth(world)]
    found: list[Delivery] = []
    truth: dict[str, list[pl.DataFrame]] = {}
    for month in span(first, last):
        sent, _ = world.offenders.month(month)
        found += [each for each in sent if each.dataset in PRISONS]
        for room in rooms:
            more, told = room.month(month, sent)
            found += more
            for name, rows in told.items():
                truth.setdefault(name, []).append(rows)
    return found, {name: pl.concat(parts, how="diagonal") for name, parts in truth.items()}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Delivery], dict[str, pl.DataFrame]]:
    return run(tmp_path_factory.mktemp("offenders"), FIRST, LAST, 0.007)


@pytest.fixture(scope="module")
def rows(world: tuple[list[Delivery], dict[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    by: dict[str, list[pl.DataFrame]] = {}
    for each in world[0]:
        by.setdefault(each.dataset, []).append(each.frame)
    return {name: pl.concat(parts, how="diagonal") for name, parts in by.items()}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    yield Bench(REGISTER, tmp_path_factory.mktemp("bench"))


def sent_of(each: Delivery) -> Sent:
    names = [field.name for field in REGISTER.dataset(each.dataset).fields]
    return Sent(each.dataset, each.supplier, str(each.period), tuple(each.frame.select(names).to_dicts()))


READ = {
    "deaths.death": (*PRISONS, "irs.incident", "irs.participant"),
    "irs.incident": (),
    "irs.participant": (*PRISONS, "irs.incident"),
    "irs.response": ("irs.incident", "irs.participant"),
    "irs.establishment_month": ("irs.incident", "irs.participant"),
    "ppud.offender": (), "ppud.parole_review": ("ppud.offender",), "ppud.recall": (*PRISONS, "ppud.offender"),
    "ppud.release": ("ppud.offender", "ppud.parole_review"), "ppud.restricted_patient": (),
    "ppud.restricted_population": ("ppud.restricted_patient",),
    "sachs.bed_capacity": (), "sachs.custody_snapshot": ("sachs.bed_capacity", "sachs.custody_snapshot"),
    "yjmis.yp": (), "yjmis.offence": ("yjmis.yp",), "yjmis.disposal": ("yjmis.yp", "yjmis.offence"),
    "yjmis.asset": ("yjmis.yp",), "yjmis.intervention": ("yjmis.yp",), "yjmis.remand": ("yjmis.yp", "yjmis.offence"),
    "yjmis.return_list": ("yjmis.yp", "yjmis.offence"), "yjmis.aggregate_return": ("yjmis.yp", "yjmis.offence"),
    "mappa.area_return": (), "mappa.in_year_measure": ("mappa.area_return",), "mappa.level23_case": ("mappa.area_return",),
    "mappa.national_list": ("mappa.area_return",),
}  # fmt: skip


@pytest.mark.parametrize("dataset", READ)
def test_nothing_is_refused(dataset: str, world: tuple[list[Delivery], dict[str, pl.DataFrame]], bench: Bench) -> None:
    deliveries = [each for each in world[0] if each.frame.height]
    of = [each for each in deliveries if each.dataset == dataset]
    assert of, "nothing is sent"
    chosen = of[-1]
    areas = dataset.startswith("mappa") and dataset != "mappa.national_list"
    before = [
        sent_of(each)
        for name in dict.fromkeys(READ[dataset])
        for each in deliveries
        if each.dataset == name
        and (not areas or each.supplier == chosen.supplier)
        and (name != dataset or each.period.start < chosen.period.start)
    ]
    result = bench.check(tuple(before), sent_of(chosen))
    told = [(each.rule, each.sentence) for each in result.findings if each.severity in ("E", "B")]
    assert result.rows_kept == result.rows_in and not told, told


def test_the_dead_are_known_to_prisons_and_reported(
    world: tuple[list[Delivery], dict[str, pl.DataFrame]], rows: dict[str, pl.DataFrame]
) -> None:
    dead, told = world[1]["deaths"], world[1]["incidents"]
    assert dead.height == told.filter(pl.col("type") == "DEATH").height
    assert dead["noms_no"].is_in(rows["nomis_iis.prisoner"]["noms_no"].implode()).all()


def test_records_in_both_systems_are_one_incident(world: tuple[list[Delivery], dict[str, pl.DataFrame]]) -> None:
    records = world[1]["incident_records"]
    twice = records.group_by("incident").agg(pl.col("system").n_unique(), pl.len()).filter(pl.col("len") > 1)
    assert records.height > 50 and records["incident_no"].is_unique().all()
    assert (twice["system"] == twice["len"]).all()


def test_recalled_offenders_came_to_prison_on_the_day(rows: dict[str, pl.DataFrame]) -> None:
    back = rows["ppud.recall"].filter("in_custody").join(rows["ppud.offender"], on="ppud_id", how="inner")
    came = rows["nomis_iis.prisoner"].select("noms_no", "updated_date")
    pairs = back.drop_nulls("noms_no").join(came, on="noms_no", how="inner", suffix="_prison")
    assert back.height > 20
    days = pl.col("returned_at").cast(pl.Date) == pl.col("updated_date_prison")
    assert pairs.group_by("recall_id").agg(days.any().alias("met"))["met"].mean() > 0.95


def test_snapshots_of_two_systems_are_of_the_same_people(tmp_path: Path) -> None:
    found, _ = run(tmp_path, Period.parse("2012-02"), Period.parse("2012-08"), 0.02)
    of = {(each.dataset, str(each.period)): each.frame for each in found if each.dataset.endswith("custody_snapshot")}
    old, new = ({month for name, month in of if name.startswith(system)} for system in ("sachs", "easset"))
    assert old == {f"2012-0{n}" for n in range(2, 8)} and new == {f"2012-0{n}" for n in range(3, 9)}
    for month in sorted(old & new):
        a, b = of["sachs.custody_snapshot", month], of["easset.custody_snapshot", month]
        shared = a.join(b, on="yp_id", how="inner")
        assert shared.height >= 0.9 * a.height > 15
        agreed = REGISTER.dataset("easset.custody_snapshot").snapshot
        assert agreed is not None
        assert set(a["snapshot_date"]) == set(b["snapshot_date"]) == {agreed.day(Period.parse(month))}


def test_themis_ends_and_yjmis_begins_with_april_2009(tmp_path: Path) -> None:
    found, _ = run(tmp_path, Period.parse("2009-01"), Period.parse("2009-06"), 0.002)
    quarters = {name: {str(each.period) for each in found if each.dataset == name} for name in
                ("themis.yot_return", "yjmis.offence")}  # fmt: skip
    assert quarters == {"themis.yot_return": {"2009Q1"}, "yjmis.offence": {"2009Q2"}}
    (returned,) = (each.frame for each in found if each.dataset == "themis.yot_return")
    total = returned.filter(pl.col("measure") == "OFFENCES", pl.col("dim1") == "ALL")["count"].sum()
    assert 55_000 < total < 67_000


def test_mappa_is_of_true_size(rows: dict[str, pl.DataFrame]) -> None:
    whole = (
        rows["mappa.area_return"]
        .filter(pl.col("level") == "ALL")
        .group_by("category")
        .agg(pl.col("count_31_march").sum())
    )
    size = dict(whole.iter_rows())
    assert 33_000 < size["1"] < 41_000 and 12_000 < size["2"] < 16_000 and 350 < size["3"] < 650
    assert rows["mappa.area_return"]["area"].n_unique() == 42


def test_the_same_seed_gives_the_same(world: tuple[list[Delivery], dict[str, pl.DataFrame]], tmp_path: Path) -> None:
    again, _ = run(tmp_path, FIRST, LAST, 0.007)
    assert len(again) == len(world[0])
    for one, other in zip(world[0], again, strict=True):
        assert (one.dataset, one.supplier, one.period) == (other.dataset, other.supplier, other.period)
        assert one.frame.equals(other.frame), one.dataset
