"""Deliveries of a world judged by their contracts in plain SQL, each in the store as it was before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from piperoll.collect.order import levels
from piperoll.register import load
from piperoll.register.identifiers import check_character
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register
from piperoll.simulate.world import Delivery
from tests.justice_world.roombench import wrong


JUSTICE = load(Path(__file__).parents[2] / "justice")
TYPES = {"int": "BIGINT", "date": "DATE", "datetime": "TIMESTAMP", "bool": "BOOLEAN"}


@dataclass
class Judged:
    """What was found: by dataset and rule how many rows failed, and how many rows there were."""

    rows: Counter[str] = field(default_factory=Counter)
    failed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def share(self, dataset: str, rule: str) -> float:
        return self.failed[dataset, rule] / max(self.rows[dataset], 1)

    def refused(self) -> dict[tuple[str, str], int]:
        """Failures that refuse a row or a delivery."""
        found = {}
        for (dataset, rule), count in self.failed.items():
            declared = {each.id: each.severity for each in JUSTICE.dataset(dataset).rules}
            if declared.get(rule, "E") in "EB":
                found[dataset, rule] = count
        return found


class Judge:
    """Takes deliveries in the order in which collect would, and judges those of the periods asked for."""

    def __init__(self, register: Register = JUSTICE) -> None:
        self.register = register
        self.con = duckdb.connect()
        self.found = Judged()
        for source, dataset in register.datasets():
            columns = ", ".join(f'"{f.name}" {self._type(f.type)}' for f in dataset.fields)
            derived = "".join(f', "{d.name}" {self._type(d.type)}' for d in dataset.derive)
            places = "_supplier VARCHAR, _period VARCHAR, _delivery VARCHAR, _mark VARCHAR, _row BIGINT"
            self.con.execute(f"CREATE TABLE {source.key}__{dataset.name} ({columns}{derived}, {places})")
        for key, codes in register.codes.items():
            names = sorted({name for code in codes.codes for name in code.attributes})
            rows = [
                (c.code, c.label, c.parent, c.valid_from, c.valid_to, *(c.attributes.get(n) for n in names))
                for c in codes.codes
            ]
            shape = ", ".join(f'"{n}" VARCHAR' for n in names)
            fixed = "code VARCHAR, label VARCHAR, parent VARCHAR, valid_from DATE, valid_to DATE"
            self.con.execute(f"CREATE TABLE codes__{key} ({fixed}{', ' + shape if shape else ''})")
            if rows and len(rows) < 1000:
                marks = ", ".join("?" * len(rows[0]))
                self.con.executemany(f"INSERT INTO codes__{key} VALUES ({marks})", rows)

    def _type(self, kind: str) -> str:
        return TYPES.get(kind, kind.replace("dec", "DECIMAL") if kind.startswith("dec") else "VARCHAR")

    def take(self, deliveries: Iterable[Delivery], judged: Iterable[str]) -> Judged:
        """Put deliveries into the store, and judge those of the periods named."""
        depth, wanted = levels(self.register), set(judged)
        order = sorted(deliveries, key=lambda d: (depth[d.dataset], d.period.start, d.dataset, d.supplier))
        for number, each in enumerate(order):
            if not each.frame.height:
                continue
            dataset = self.register.dataset(each.dataset)
            self._put(each, dataset, f"d{number}")
            if str(each.period) in wanted:
                self._judge(each, dataset)
        return self.found

    def _put(self, delivery: Delivery, dataset: Dataset, name: str) -> None:
        view = delivery.dataset.replace(".", "__")
        rows = delivery.frame.select(each.name for each in dataset.fields).with_row_index("_row", 2)
        self.con.register("rows", rows.to_arrow())
        lists = {d.name: self._derived(d.method, d.field, d.at, d.sql) for d in dataset.derive}
        fields = ", ".join([f'CAST("{f.name}" AS {self._type(f.type)}) AS "{f.name}"' for f in dataset.fields])
        derived = "".join(f", {sql} AS {name}" for name, sql in lists.items())
        place = f"'{delivery.supplier}', '{delivery.period}', '{name}', CAST(NULL AS VARCHAR), _row"
        self.con.execute(f"CREATE OR REPLACE TABLE mine AS SELECT * FROM (SELECT {fields}, _row FROM rows)")
        self.con.unregister("rows")
        if dataset.mode == "increment":
            keys = ", ".join(f'"{key}"' for key in dataset.key)
            self.con.execute(f"DELETE FROM {view} WHERE ({keys}) IN (SELECT {keys} FROM mine)")
        if dataset.mode == "full":
            self.con.execute(f"DELETE FROM {view} WHERE _supplier = '{delivery.supplier}'")
        self.con.execute(f"INSERT INTO {view} SELECT * EXCLUDE (_row){derived}, {place} FROM mine")
        self.con.execute(f"CREATE OR REPLACE VIEW this AS SELECT * FROM {view} WHERE _delivery = '{name}'")

    @staticmethod
    def _derived(method: str, name: str, at: str | None, sql: str | None) -> str:
        return {
            "birth_year": f"year({name})",
            "birth_month": f"month({name})",
            "present": f"{name} IS NOT NULL",
            "age_at": f"date_sub('year', {name}, CAST({at} AS DATE))",
            "outward": f"split_part({name}, ' ', 1)",
        }.get(method, sql or "NULL")

    def _count(self, sql: str) -> int:
        return int(self.con.execute(sql).fetchall()[0][0])

    def _judge(self, delivery: Delivery, dataset: Dataset) -> None:
        key = delivery.dataset
        self.found.rows[key] += delivery.frame.height
        self._fields(delivery, dataset)
        keys = ", ".join(f'"{each}"' for each in dataset.key)
        twice = self._count(f"SELECT count(*) FROM (SELECT {keys} FROM this GROUP BY ALL HAVING count(*) > 1)")
        self._tell(key, "G-V03", twice)
        if dataset.cut_off:
            self._tell(
                key,
                "G-V05",
                self._count(
                    f"SELECT count(*) FROM this WHERE CAST({dataset.cut_off} AS DATE) > DATE '{delivery.period.end}'"
                ),
            )
        for each in dataset.references:
            on = " AND ".join(f"p.{b} = t.{a}" for a, b in zip(each.fields, each.to_fields, strict=True))
            there = " AND ".join(f"t.{a} IS NOT NULL" for a in each.fields)
            orphans = f"SELECT count(*) FROM this t WHERE {there} AND NOT EXISTS (SELECT 1 FROM {each.to.replace('.', '__')} p WHERE {on})"
            self._tell(key, "G-V10", self._count(orphans))
        for rule in dataset.rules:
            if rule.check:
                self._tell(key, rule.id, self._count(f"SELECT count(*) FROM this WHERE ({rule.check}) IS FALSE"))
            elif rule.sql:
                self._tell(key, rule.id, self._count(f"SELECT count(DISTINCT _row) FROM ({rule.sql})"))

    def _tell(self, key: str, rule: str, count: int) -> None:
        if count:
            self.found.failed[key, rule] += count

    def _fields(self, delivery: Delivery, dataset: Dataset) -> None:
        key = delivery.dataset
        for each in dataset.fields:
            for condition in wrong(each, dataset.key):
                self._tell(key, f"G-V01 {each.name}", self._count(f"SELECT count(*) FROM this WHERE {condition}"))
            if each.codes:
                day = each.codes_at or f"DATE '{delivery.period.end}'"
                sql = f"SELECT {each.name}, min({day}), max({day}) FROM this WHERE {each.name} IS NOT NULL GROUP BY 1"
                for code, first, last in self.con.execute(sql).fetchall():
                    known = self.register.codes[each.codes].get(code)
                    good = known is not None and (first is None or (known.valid(first) and known.valid(last)))
                    self._tell(key, f"G-V02 {each.name}", 0 if good else 1)
            if each.check:
                declared = self.register.identifiers[each.check]
                values = delivery.frame[each.name].drop_nulls().to_list()
                bad = sum(not check_character(declared, value) for value in values)
                self._tell(key, f"check {each.name}" if each.check_severity == "W" else f"G-V01 {each.name}", bad)

    def refusals(self) -> dict[tuple[str, str], int]:
        """What would refuse; checks of identifiers that only tell are not among them."""
        return {place: n for place, n in self.found.refused().items() if not place[1].startswith(("check ", "G-V05"))}


def periods(deliveries: Iterable[Delivery]) -> list[str]:
    """Periods of the deliveries, in order."""
    return [str(each) for each in sorted({d.period for d in deliveries}, key=lambda p: (p.start, p.kind))]


def rows(deliveries: Iterable[Delivery], dataset: str) -> pl.DataFrame:
    """All rows of a dataset, with their slot."""
    found = [
        d.frame.with_columns(_supplier=pl.lit(d.supplier), _period=pl.lit(str(d.period)))
        for d in deliveries
        if d.dataset == dataset and d.frame.height
    ]
    return pl.concat(found)
