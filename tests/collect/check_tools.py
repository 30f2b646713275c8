"""A small contract and what runs a check on it, for the tests of checking."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from piperoll.collect.check import check_file
from piperoll.collect.prepared import CheckContext, CheckResult, Prepared
from piperoll.register.model.codes import Code, CodeList
from piperoll.register.model.contract import Dataset, Derivation, Field, Reference, Rule
from piperoll.register.model.register import Register, Source
from piperoll.store import Keyring
from piperoll.store.vault import entry, read, write


CODES = {
    "colour": CodeList("colour", "Colours", (Code("R", "Red"), Code("G", "Green"), Code("B", "Blue"))),
    "court": CodeList(
        "court",
        "Courts",
        (
            Code("AA", "A", valid_to=dt.date(2012, 4, 15)),
            Code("BB", "B", valid_from=dt.date(2012, 4, 10)),
            Code("CC", "C"),
        ),
    ),
    "area": CodeList(
        "area",
        "Areas",
        (
            Code("CF1", "x", attributes={"la": "W1"}),
            Code("CF10", "y", attributes={"la": "W2"}),
            Code("M", "z", attributes={"la": "E3"}),
        ),
    ),
}
FIELDS = (
    Field("ref", "str(8)", "L", null="never", domain="claim", pattern="[0-9A-Z]{1,8}"),
    Field("court", "code", "A", null="never", codes="court", codes_at="day"),
    Field("day", "date", "T", null="never", min=dt.date(1990, 1, 1)),
    Field("colour", "code", "A", codes="colour", missing=("n/k",)),
    Field("amount", "dec(6,2)", "M", min=0),
    Field("count", "int", "M", max=100),
    Field("org", "bool", "A"),
    Field("at", "datetime", "T"),
    Field("name", "str(20)", "D", null="never"),
    Field("born", "date", "D"),
    Field("postcode", "str(8)", "D"),
)
DATASET = Dataset(
    "claim",
    "Claims",
    "events",
    ("ref",),
    FIELDS,
    cut_off="day",
    extra_columns="query",
    derive=(
        Derivation("la", "lookup", "postcode", codes="area", attribute="la"),
        Derivation("age", "age_at", "born", at="day", type="int"),
        Derivation("birth_year", "birth_year", "born", type="int"),
        Derivation("birth_month", "birth_month", "born", type="int"),
        Derivation("outward", "outward", "postcode"),
        Derivation("has_name", "present", "name", type="bool"),
    ),
)
GOOD = {
    "ref": "1AA00001", "court": "CC", "day": "2012-04-12", "colour": "R", "amount": "12.50", "count": "3",
    "org": "true", "at": "2012-04-12 10:00:00", "name": "Canary Smith", "born": "1980-04-12",
    "postcode": "CF10 1AA",
}  # fmt: skip


def register(*datasets: Dataset, **codes: CodeList) -> Register:
    """A register of one source with these datasets."""
    source = Source("src", "Source", datasets=datasets or (DATASET,))
    return Register(Path(), "t", "T", "o", {"src": source}, {**CODES, **codes}, {}, {}, {})


def rows(*changes: dict[str, str]) -> list[dict[str, str]]:
    """Good rows with changes, each with a key of its own."""
    return [{**GOOD, "ref": f"R{i}", **change} for i, change in enumerate(changes)]


def text(data: list[dict[str, str]], names: list[str] | None = None) -> str:
    """Rows as CSV."""
    out = io.StringIO()
    names = names or [f.name for f in FIELDS]
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(data)
    return out.getvalue()


class Bench:
    """Runs checks in a directory and reads back what they wrote."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.keyring = Keyring(root / "keys")
        self.runs = 0

    def context(self, dataset: Dataset, **more: Any) -> CheckContext:
        values: dict[str, Any] = {
            "source": "src", "dataset": dataset.name, "supplier": "x", "supplier_name": "Office X",
            "period": "2012-04", "delivery": "d1", "received": dt.date(2012, 5, 3),
            "store_root": self.root / "store", "keyring": self.keyring,
        }  # fmt: skip
        return CheckContext(**{**values, **more})

    def prepare(self, data: str | bytes, dataset: Dataset = DATASET, **more: Any) -> Prepared:
        path = self.root / f"in{self.runs}.csv"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        known = {f.name for f in dataset.fields}
        names = tuple(path.read_text(errors="replace").partition("\n")[0].strip("\r").split(","))
        mapping = {each: each for each in names if each in known}
        extra = tuple(each for each in names if each not in known)
        return Prepared(path, "csv", names, mapping, extra, **more)

    def check(
        self,
        data: str | bytes | Prepared,
        dataset: Dataset = DATASET,
        whole: Register | None = None,
        context: CheckContext | None = None,
    ) -> CheckResult:
        prepared = data if isinstance(data, Prepared) else self.prepare(data, dataset)
        self.out = self.root / f"out{self.runs}"
        self.out.mkdir()
        self.runs += 1
        result = check_file(prepared, dataset, whole or register(dataset), context or self.context(dataset), self.out)
        assert result.rows_in == result.rows_kept + result.rows_refused
        assert pq.read_metadata(self.out / result.store).num_rows == result.rows_kept
        assert CheckResult.from_json(result.to_json()).to_json() == result.to_json()
        return result

    def kept(self) -> list[dict[str, Any]]:
        return pq.read_table(self.out / "store.parquet").to_pylist()

    def places(self) -> list[dict[str, Any]]:
        path = self.out / "places.parquet"
        return pq.read_table(path).to_pylist() if path.exists() else []

    def refused(self) -> list[dict[str, Any]]:
        path = self.out / "refused.sealed"
        if not path.exists():
            return []
        write.put(self.root / "vault", "refused", f"r{self.runs}", path)
        return entry.refused_table(self.root / "vault", self.keyring, f"r{self.runs}", purpose="test").to_pylist()

    def identifiers(self) -> list[dict[str, Any]]:
        write.put(self.root / "vault", "identifiers", f"i{self.runs}", self.out / "identifiers.sealed")
        return read.identifier_table(self.root / "vault", self.keyring, f"i{self.runs}", purpose="test").to_pylist()


__all__ = ["CODES", "DATASET", "FIELDS", "GOOD", "Bench", "Reference", "Rule", "register", "rows", "text"]
