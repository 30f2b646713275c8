"""Merges of the simulated world's systems find what its truth says is one thing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from justice_world.places import read_places
from justice_world.world import JusticeWorld
from piperoll.derive.codes import create_code_tables
from piperoll.derive.merges import Made, load_came
from piperoll.derive.merges.declared import datasets_of, lists_of
from piperoll.derive.merges.run import run_merge
from piperoll.periods import Period
from piperoll.register import load
from piperoll.simulate.world import Delivery, Persons
from piperoll.store.duck import Connection, connect
from piperoll.store.parts import Part
from piperoll.store.types import store_schema


REGISTER = load(Path(__file__).resolve().parents[2] / "justice")


class Sent:
    """What a world without faults sends in these months, as the store would hold it, and its truth."""

    def __init__(self, first: str, last: str, persons: float, persons_from: str = "", scale: float = 0.01) -> None:
        start, end = Period.parse(first), Period.parse(last)
        share = Persons(persons, Period.parse(persons_from) if persons_from else None)
        world = JusticeWorld(REGISTER, read_places(REGISTER), 5, scale, start, end, share)
        self.deliveries: list[Delivery] = []
        self.truth: dict[str, list[pl.DataFrame]] = {}
        wanted = {name for merge in REGISTER.merges.values() for name in datasets_of(REGISTER, merge)}
        for batch in world.batches():
            self.deliveries += [each for each in batch.deliveries if each.dataset in wanted and each.frame.height]
            for name, frame in batch.truth.items():
                self.truth.setdefault(name, []).append(frame)

    def known(self, name: str) -> pl.DataFrame:
        """A table of the truth."""
        return pl.concat(self.truth[name])

    def merge(self, key: str) -> Made:
        """Run a merge of the register over what was sent."""
        merge = REGISTER.merges[key]
        con = connect()
        try:
            for name in datasets_of(REGISTER, merge):
                self._table(con, name)
            create_code_tables(con, REGISTER, lists_of(merge))
            parts = [
                Part(each.dataset, each.supplier, str(each.period), i, f"o{i}", "events", f"d{i}")
                for i, each in enumerate(self.deliveries)
            ]
            load_came(con, parts)
            return run_merge(con, merge)
        finally:
            con.close()

    def _table(self, con: Connection, name: str) -> None:
        """The latest state of each record, with the columns of the store."""
        dataset = REGISTER.dataset(name)
        columns = {**store_schema(dataset), "_supplier": "VARCHAR", "_period": "VARCHAR"}
        table = name.replace(".", "__", 1)
        con.execute(f'CREATE TABLE "{table}" ({", ".join(f"{column!r} {kind}" for column, kind in columns.items())})'
                    .replace("'", '"'))  # fmt: skip
        mine = [each for each in self.deliveries if each.dataset == name]
        if dataset.mode in ("full", "snapshot"):
            last = max((each.period.end for each in mine), default=None)
            mine = [each for each in mine if dataset.mode == "snapshot" or each.period.end == last]
        frames = [
            each.frame.with_columns(
                _supplier=pl.lit(each.supplier), _period=pl.lit(str(each.period)), _row=pl.int_range(pl.len())
            )
            for each in mine
        ]
        if not frames:
            return
        rows = pl.concat([frame.select([c for c in columns if c in frame.columns]) for frame in frames])
        if dataset.mode == "increment":
            rows = rows.unique(list(dataset.key), keep="last", maintain_order=True)
        if dataset.deleted:
            rows = rows.filter(pl.col(dataset.deleted.field).ne_missing(dataset.deleted.value))
        con.register("given", rows.to_arrow())
        con.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM given')
        con.unregister("given")


@pytest.fixture(scope="module")
def two_systems() -> Iterator[Sent]:
    """The months in which prisons changed from one incident system to the other, and the first half of 2012."""
    yield Sent("2009-01", "2009-06", 0.01)


@pytest.fixture(scope="module")
def overlap() -> Iterator[Sent]:
    yield Sent("2012-02", "2012-08", 0.01)


@pytest.fixture(scope="module")
def migration() -> Iterator[Sent]:
    yield Sent("2013-04", "2013-08", 0.01)


def test_incidents_in_both_systems_are_found_and_no_others(two_systems: Sent) -> None:
    found = two_systems.merge("incidents")
    truth = two_systems.known("incident_records")
    both = (
        truth.group_by("incident").agg(pl.col("incident_no").sort(), pl.len()).filter(pl.col("len") == 2)["incident_no"]
    )
    paired = {
        (nomis, irs)
        for nomis, irs in found.records.select("nomis_record", "irs_record").rows()
        if nomis is not None and irs is not None
    }
    assert both.len() > 0 and truth.height > both.len()
    # Incidents without a prisoner have nobody in common, so what says that they are one is not there.
    assert paired <= {(b, a) for a, b in both.to_list()} and len(paired) >= 0.5 * both.len()
    assert found.records.height == truth["incident_no"].n_unique() - len(paired)


def test_prison_populations_of_both_systems_are_equal(two_systems: Sent) -> None:
    found = two_systems.merge("prison_population")
    assert found.differences.height == 0 and found.records.height > 100
    assert all(each.paired == each.rows for each in found.reconciled)


@pytest.mark.slow
def test_young_people_in_both_systems_are_one(overlap: Sent) -> None:
    found = overlap.merge("youth_custody")
    months = [f"2012-0{month}" for month in range(3, 8)]
    sent = {
        system: pl.concat([each.frame for each in overlap.deliveries if each.dataset == f"{system}.custody_snapshot"])
        for system in ("sachs", "easset")
    }
    keys = {
        system: set(frame.filter(pl.col("reporting_month").is_in(months)).select("yp_id", "reporting_month").rows())
        for system, frame in sent.items()
    }
    in_months = found.records.filter(pl.col("reporting_month").is_in(months))
    assert in_months.height == len(keys["sachs"] | keys["easset"]) > 0
    assert in_months.filter(pl.col("in_sachs") & pl.col("in_easset")).height == len(keys["sachs"] & keys["easset"]) > 0
    missing = found.differences.filter(pl.col("kind") == "missing")
    assert missing.height == len(keys["sachs"] ^ keys["easset"])
    assert found.within


@pytest.mark.slow
def test_every_online_claim_is_one_of_casemans(overlap: Sent) -> None:
    found = overlap.merge("possession_claims")
    online = pl.concat([each.frame for each in overlap.deliveries if each.dataset == "pcol.pcol_claim"])
    assert found.records["in_pcol"].sum() == online["claim_number"].n_unique() > 0
    truth = overlap.known("claims").filter(
        pl.col("claim_type").is_in(["POSS_MORT", "POSS_LL"]) & pl.col("deleted").is_null()
    )
    assert set(truth["claim_number"]) >= set(found.records.filter("in_caseman")["claim"])
    assert found.unexplained == 0.0


@pytest.mark.slow
def test_a_certificate_counts_once_before_and_after_the_migration(migration: Sent) -> None:
    found = migration.merge("civil_certificates")
    moved = migration.known("legal_aid_migration")
    paired = found.records.filter(pl.col("in_cis") & pl.col("in_ccms"))
    known = {each for each in moved["cert_ref"] if each in set(found.records["cis_record"])}
    assert set(paired["cis_record"]) == known and len(known) > 0
    assert found.records["certificate"].drop_nulls().is_duplicated().sum() == 0
    lost = found.differences.filter((pl.col("kind") == "missing") & (pl.col("side") == "ccms"))
    assert lost.height == 0 and found.within


def test_deaths_that_were_reported_are_in_the_database(two_systems: Sent) -> None:
    found = two_systems.merge("deaths")
    assert found.records.filter(pl.col("in_deaths")).height == found.records.height
    assert found.unexplained == 0.0
