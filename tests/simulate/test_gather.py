"""What the journal holds, in the form in which faults are accounted for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import polars as pl

from piperoll.register.model.codes import Supplier, SupplierGroup
from piperoll.register.model.register import Register
from piperoll.simulate.account import FINDINGS, RECEIPTS, REFUSED
from piperoll.simulate.gather import gather


@dataclass
class Journal:
    """As much of a journal as is asked for."""

    held: list[Any] = field(default_factory=list)

    def deliveries(self) -> list[Any]:
        return self.held

    def refused_rows(self, delivery: str) -> list[Any]:
        return [SimpleNamespace(row=7, field="on", rule="G-V01")] if delivery == "d1" else []


@dataclass(frozen=True)
class Delivered:
    """As much of a delivery as is asked for."""

    filename: str
    sha256: str
    period: str
    id: str = "d2"
    source: str = "shop"
    dataset: str = "sale"
    supplier: str = "east"
    verdict: str = "accepted"
    rows_in: int = 3
    rows_kept: int = 3
    rows_refused: int = 0
    receipt: dict[str, Any] = field(default_factory=dict)
    withdrawn: None = None
    sequence: int = 1
    accepted: bool = True


FILES = pl.DataFrame({
    "file": ["2012-02/a.csv", "2012-03/a.csv", "2012-03/b.csv", ""],
    "sha256": ["aa", "aa", "bb", ""],
    "period": ["2012-01", "2012-01", "2012-02", "2012-03"],
})  # fmt: skip


def delivery(**more: Any) -> SimpleNamespace:
    finding = {"rule": "G-V01", "field": "on", "severity": "E", "count": 1, "rows": [7], "sentence": "..."}
    values = {
        "id": "d1", "filename": "2012-02/a.csv", "sha256": "aa", "verdict": "accepted_less_refused", "rows_in": 9,
        "rows_kept": 8, "rows_refused": 1, "receipt": {"findings": [finding]}, "source": "shop", "dataset": "sale",
        "supplier": "east", "period": "2012-01", "withdrawn": None, "sequence": 1, "accepted": True,
    }  # fmt: skip
    return SimpleNamespace(**{**values, **more})


def test_receipts_refused_rows_and_findings(shops: Register) -> None:
    said = gather(Journal([delivery()]), shops, FILES)
    assert said["receipts"].rows() == [
        ("2012-02/a.csv", "accepted_less_refused", 9, 8, 1),
        ("2012-03/a.csv", "known", 0, 0, 0),
    ]
    assert said["refused"].rows() == [("2012-02/a.csv", 7, "on", "G-V01")]
    assert said["findings"].rows() == [("2012-02/a.csv", "G-V01", "on", "E", 1, [7])]


def test_an_empty_journal(shops: Register) -> None:
    said = gather(Journal(), shops, FILES.clear())
    for name, schema in (("receipts", RECEIPTS), ("refused", REFUSED), ("findings", FINDINGS)):
        assert said[name].height == 0 and said[name].columns == list(schema)


def test_slots_that_never_came_are_missing(shops: Register) -> None:
    group = SupplierGroup("shops", "Shops", (Supplier("east", "East"), Supplier("west", "West")))
    datasets = tuple(replace(each, suppliers="shops", owed_from="2012-01") for each in shops.sources["shop"].datasets)
    source = replace(shops.sources["shop"], datasets=datasets)
    owing = replace(shops, sources={"shop": source}, suppliers={"shops": group})
    missing = gather(Journal(), owing, FILES)["missing"]
    assert {("shop.sale", "east", "2012-01"), ("shop.return", "west", "2012-03")} <= set(missing.rows())


def test_what_came_by_another_way_has_the_name_that_the_truth_gives_it(shops: Register) -> None:
    rows = [
        ("mail/2012-03/a.csv", "aa", "shop.sale", "east", "2012-01", "mail"),
        ("mail/2012-02/a.csv", "aa", "shop.sale", "east", "2012-01", "mail"),
        ("enter/shop.sale/east/2012-02/records.csv", "", "shop.sale", "east", "2012-02", "entry"),
        ("2012-04/a.csv", "cc", "shop.sale", "east", "2012-03", "file"),
    ]
    files = pl.DataFrame(rows, schema=["file", "sha256", "dataset", "supplier", "period", "way"], orient="row")
    held = [
        Delivered("mail-0123/attachment-1.csv", "aa", "2012-01"),
        Delivered("entered_2012-02.parquet", "bb", "2012-02"),
        Delivered("2012-04/a.csv", "cc", "2012-03"),
    ]
    said = gather(Journal(held), shops, files)["receipts"]
    assert said.select("file", "verdict").rows() == [
        ("mail/2012-02/a.csv", "accepted"),
        ("enter/shop.sale/east/2012-02/records.csv", "accepted"),
        ("2012-04/a.csv", "accepted"),
        ("mail/2012-03/a.csv", "known"),
    ]
