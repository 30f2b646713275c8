"""The seven systems over months: who sends, when, to whose truth, and the same again."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from justice_world.offenders.areas import read_areas
from justice_world.offenders.draws import age as age_on
from justice_world.offenders.draws import choose, dates, months, states
from justice_world.offenders.kept import Kept
from justice_world.offenders.systems import ACTIVE, ENGLAND_AND_WALES, FIRST, LAST
from justice_world.offenders.window import END
from piperoll.errors import UserError
from piperoll.periods import Period, span
from piperoll.register.model.register import Register
from piperoll.simulate import Persons, build
from tests.justice_world.offenders.conftest import SHARE, SOURCES, send
from tests.justice_world.roombench import Sent


def test_every_dataset_comes_from_the_suppliers_of_its_contract(sent: Sent, register: Register) -> None:
    suppliers: dict[str, set[str]] = {}
    for each in sent.deliveries:
        suppliers.setdefault(each.dataset, set()).add(each.supplier)
    expected = {
        f"{key}.{each.name}": each.suppliers
        for key in (*SOURCES, "linked") for each in register.sources[key].datasets if each.owed_from and not each.anonymised
    }  # fmt: skip
    assert suppliers.keys() == expected.keys()
    for dataset, found in suppliers.items():
        known = {each.key for each in register.suppliers[expected[dataset]].suppliers}
        assert found == known, dataset


def test_deliveries_fall_into_the_slots_that_are_owed(sent: Sent, register: Register) -> None:
    for each in sent.deliveries:
        dataset = register.dataset(each.dataset)
        assert each.period.kind == dataset.period
        first, last = (
            Period.parse(dataset.owed_from or ""),
            Period.parse(dataset.owed_to) if dataset.owed_to else each.period,
        )
        assert first.start <= each.period.start <= last.start
        assert each.frame.height and {f.name for f in dataset.fields} <= set(each.frame.columns)


def test_months_are_spread_evenly(sent: Sent) -> None:
    by = sent.rows("libra.mc_defendant").group_by("_period").len().sort("_period")["len"]
    assert len(by) == 72
    middle = by[4:-1]
    assert middle.max() < 1.5 * middle.min()


def test_nothing_is_sent_outside_the_years_of_the_population(register: Register, tmp_path: Path) -> None:
    for month in ("2007-12", "2014-01"):
        only = Period.parse(month)
        found = send(register, tmp_path / month, 0.0001, only, only)
        assert found.deliveries == [] and found.truth == {}


def test_the_truth_tells_whose_each_record_is(sent: Sent) -> None:
    truth = sent.truth["person_records"]
    assert set(truth["dataset"]) == {
        "libra.mc_defendant", "crest.cc_defendant", "pnc.pnc_person", "nomis_iis.prisoner", "probation.supervision",
        "iaps.requirement", "oasys.assessment",
    }  # fmt: skip
    people = sent.truth["people"]
    assert (
        people.height == round(SHARE * ENGLAND_AND_WALES * ACTIVE)
        and truth["person"].is_in(people["person"].implode()).all()
    )
    # one person behind each key
    assert truth.group_by("dataset", "key").agg(pl.col("person").n_unique())["person"].max() == 1
    for dataset, key in (("pnc.pnc_person", "pnc_id"), ("nomis_iis.prisoner", "noms_no"),
                         ("probation.supervision", "order_ref"), ("oasys.assessment", "assessment_id")):  # fmt: skip
        rows = sent.rows(dataset).select(pl.col(key).alias("key"), "person").unique()
        both = rows.join(truth.filter(pl.col("dataset") == dataset).unique(["key"]), on="key")
        assert both.height == rows.height and (both["person"] == both["person_right"]).all()
    # nobody is named in it
    assert not {"surname", "forename", "dob", "postcode"} & {
        each for table in sent.truth.values() for each in table.columns
    }


def test_a_later_start_knows_nothing_of_what_began_before(register: Register, sent: Sent, tmp_path: Path) -> None:
    later = send(register, tmp_path / "later", SHARE, Period.parse("2011-04"))
    for dataset in ("crest.cc_case", "crest.cc_count", "probation.supervision", "iaps.requirement"):
        key = list(register.dataset(dataset).key)
        whole = sent.rows(dataset)
        before = whole.filter(pl.col("began") < pl.date(2011, 4, 1)).select(key).unique()
        found = later.rows(dataset)
        assert found.height > 50 and found.join(before, on=key, how="semi").height == 0
        expected = whole.filter(pl.col("began") >= pl.date(2011, 4, 1))
        assert_frame_equal(found.drop("_row"), expected.drop("_row"))


def test_the_same_seed_gives_the_same_deliveries(register: Register, sent: Sent, tmp_path: Path) -> None:
    again = send(register, tmp_path / "again", SHARE)
    assert len(again.deliveries) == len(sent.deliveries)
    for one, other in zip(sent.deliveries, again.deliveries, strict=True):
        assert (one.dataset, one.supplier, one.period) == (other.dataset, other.supplier, other.period)
        assert_frame_equal(one.frame, other.frame)
    for name, table in sent.truth.items():
        assert_frame_equal(table, again.truth[name])


@pytest.mark.slow
def test_numbers_are_nobody_elses_in_another_chunk(register: Register, tmp_path: Path) -> None:
    found = send(register, tmp_path / "chunks", 0.0125)  # 55,000 people are two chunks
    assert found.truth["people"].height == 55_000
    for dataset in ("crest.cc_case", "libra.mc_case", "pnc.pnc_person", "probation.supervision", "oasys.assessment"):
        key = list(register.dataset(dataset).key)
        rows = found.rows(dataset)
        rows = rows.filter(pl.col("began") == pl.col("entered"))
        if dataset == "pnc.pnc_person":  # comes again with each occasion
            rows = rows.unique([*key, "person"])
        assert not rows.select(key).is_duplicated().any(), dataset


def test_the_world_sends_them_beside_its_claims(register: Register) -> None:
    months = Period.parse("2013-11"), Period.parse("2014-01")
    world = build("justice", register, 3, 0.005, *months, Persons(0.004, Period.parse("2013-12")))
    batches = list(world.batches())
    kinds = [{each.dataset.partition(".")[0] for each in batch.deliveries} for batch in batches]
    courts = {"caseman", "pcol"}
    assert all(courts <= each for each in kinds)
    assert kinds[1] >= set(SOURCES) and not (kinds[0] | kinds[2]) & set(SOURCES)
    assert "people" in batches[1].truth and "people" not in batches[2].truth
    plain = build("justice", register, 3, 0.005, *months)
    for one, other in zip(batches, plain.batches(), strict=True):
        own = [each for each in one.deliveries if each.dataset.partition(".")[0] in courts]
        assert len(own) == len(other.deliveries)
        for a, b in zip(own, other.deliveries, strict=True):
            assert_frame_equal(a.frame, b.frame)


def test_a_register_without_forces_is_refused(register: Register) -> None:
    for codes in ({}, {"police_force": register.codes["hmcts_region"]}):
        with pytest.raises(UserError) as caught:
            read_areas(dataclasses.replace(register, codes=codes))
        assert caught.value.code == "PR-M004"


# --- small tools ------------------------------------------------------------------------------------------------------


def test_states_of_an_increment() -> None:
    days = np.array([np.datetime64(day).astype("datetime64[D]").astype(np.int64) for day in
                     ("2010-01-05", "2010-01-06", "2010-01-07")])  # fmt: skip
    ended = np.array([np.datetime64(day).astype("datetime64[D]").astype(np.int64) for day in
                      ("2010-01-20", "2010-03-01", "2014-02-01")])  # fmt: skip
    sent = states(pl.DataFrame({"id": [1, 2, 3], "end": dates(ended)}), ("end",), days, ended, END - 1)
    assert sorted((row["id"], str(row["began"])[:7], str(row["entered"])[:7], row["end"] is not None)
                  for row in sent.iter_rows(named=True)) == [
        (1, "2010-01", "2010-01", True),
        (2, "2010-01", "2010-01", False),
        (2, "2010-01", "2010-03", True),
        (3, "2010-01", "2010-01", False),
    ]  # fmt: skip


def test_shares_are_drawn() -> None:
    found = choose(np.random.default_rng(1), {"a": 0.7, "b": 0.3, "c": 0.0}, 20_000)
    assert 0.68 < (found == "a").mean() < 0.72 and "c" not in set(found)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("1990-06-15", "2008-06-14", 17),
        ("1990-06-15", "2008-06-15", 18),
        ("1992-02-29", "2010-02-28", 17),
        ("1992-02-29", "2010-03-01", 18),
        ("1990-12-31", "2009-01-01", 18),
        ("1961-05-02", "2009-05-01", 47),
    ],
)
def test_ages_are_by_the_birthday(born: str, on: str, age: int) -> None:
    days = [np.array([np.datetime64(each).astype("datetime64[D]").astype(np.int64)]) for each in (born, on)]
    assert age_on(*days).tolist() == [age]


def test_rows_are_kept_until_their_month(tmp_path: Path) -> None:
    kept = Kept(tmp_path, FIRST, LAST)
    spread = list(span(FIRST, LAST))
    for chunk in range(2):
        days = np.array([(chunk + 7 * number) % len(spread) for number in range(3000)])
        first = np.array([np.datetime64(each.start).astype("datetime64[D]").astype(np.int64) for each in spread])
        month = months(first[days])
        rows = pl.DataFrame({"id": np.arange(3000) + 3000 * chunk, "entered": month, "began": month})
        kept.put(chunk, {"t": rows})
    taken = [kept.take("t", each) for each in spread]
    assert sorted(pl.concat(taken)["id"].to_list()) == list(range(6000))
    assert all((rows["entered"] == month.start).all() for rows, month in zip(taken, spread, strict=True))
    assert kept.take("t", *spread[:3]).height == sum(rows.height for rows in taken[:3])
