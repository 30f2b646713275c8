"""A small register: visits to shops, by shop < town < land and by kind, and how long until a purchase."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from piperoll.derive.codes import create_table
from piperoll.register.model.codes import Code, CodeList, Supplier, SupplierGroup
from piperoll.register.model.contract import Dataset, Field
from piperoll.register.model.publication import Dimension, Level, Measure, Publication, Table
from piperoll.register.model.register import Register, Source
from piperoll.store.duck import connect


SHOPS = {"a1": "A", "a2": "A", "b1": "B", "b2": "B"}
KINDS = {"web": "far", "phone": "far", "foot": "near"}
HOUSEHOLDS = {"a1": "1000", "a2": "3000", "b1": "2000", "b2": "500"}


@dataclass(frozen=True)
class Visit:
    """One row of the model."""

    day: dt.date
    shop: str | None
    kind: str
    bought: dt.date | None = None
    spent: float | None = None


def code_lists() -> dict[str, CodeList]:
    shops = tuple(Code(c, f"Shop {c}", p, attributes={"households": HOUSEHOLDS[c]}) for c, p in SHOPS.items())
    shops += (Code("old", "Old shop", "B", valid_to=dt.date(2005, 12, 31), attributes={"households": "0"}),)
    lists = [
        CodeList("shop", "Shops", shops, parents="town"),
        CodeList("town", "Towns", (Code("A", "Atown", "L"), Code("B", "Btown", "L")), parents="land"),
        CodeList("land", "Land", (Code("L", "The land"),)),
        CodeList("kind", "Kinds", tuple(Code(c, c, p) for c, p in KINDS.items()), parents="group"),
        CodeList("group", "Groups", (Code("far", "Far", "any"), Code("near", "Near", "any")), parents="any"),
        CodeList("any", "Any", (Code("any", "Any kind"),)),
    ]
    return {each.key: each for each in lists}


PLACE = Dimension(
    "place",
    "Place",
    "shop",
    (Level("shop", "shop"), Level("town", "town"), Level("land", "land", national=True)),
    unknown="nk",
)
KIND = Dimension("via", "Via", "kind", (Level("kind", "kind"), Level("group", "group"), Level("any", "any")))
WITHIN = Dimension("within", "Within", steps=(1, 2, 4))
MEASURES = (
    Measure("visits", "Visits", "count", model="visits", period_column="day"),
    Measure("bought", "Bought", "count", model="visits", period_column="day", where="bought IS NOT NULL"),
    Measure("spent", "Spent", "sum", model="visits", period_column="day", value="spent"),
    Measure("mean_spent", "Mean", "mean", model="visits", period_column="day", value="spent"),
    Measure("median_spent", "Median", "median", model="visits", period_column="day", value="spent"),
    Measure("sold", "Sold", "count", model="visits", period_column="bought"),
    Measure("visits_change", "Change", "change", of="visits"),
    Measure("visits_step", "Step", "change", of="visits", against="previous_period"),
    Measure("share_bought", "Share", "share", numerator="bought", denominator="visits"),
    Measure("rate", "Rate", "rate", numerator="visits", denominator="codes:shop.households", per=1000),
    Measure("reached", "Reached", "progression", model="visits", period_column="day", value="bought"),
)
ALL = {"place": ("land", "town", "shop"), "via": ("any", "group", "kind")}
COUNTS = ("visits", "bought", "spent", "mean_spent", "median_spent", "sold")
TABLES = (
    Table("all", "1", "All", (*COUNTS, "visits_change", "visits_step", "share_bought", "rate"), ALL, last=4),
    Table("years", "2", "Years", ("visits",), {"place": ("land", "town")}, also_years=True, first="2010Q1"),
    Table("whole", "3", "Whole", ("visits", "rate"), {}, last=2),
    Table("cohort", "4", "Cohort", ("reached",), {"via": ("any", "group"), "within": ("within",)}, last=6),
    Table("kinds", "5", "Kinds", ("visits", "mean_spent"), {"via": ("any", "kind")}, last=2),
)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    folder = tmp_path / "publications" / "shops"
    folder.mkdir(parents=True)
    (folder / "visits.sql").write_text("SELECT day, shop, kind, bought, spent FROM till__visit", encoding="utf-8")
    fields = [Field(name, kind, "A") for name, kind in FIELDS.items()]
    dataset = Dataset("visit", "Visits", "events", ("day",), tuple(fields), suppliers="tills")
    publication = Publication(
        "shops",
        "Shops",
        geography_version="v1",
        models=("visits",),
        dimensions=(PLACE, KIND, WITHIN),
        measures=MEASURES,
        tables=TABLES,
        supplier_areas={"north": ("A",), "south": ("B",), "extra": ()},
    )
    tills = SupplierGroup("tills", "Tills", (Supplier("north", "North tills"), Supplier("south", "South tills")))
    return Register(
        root=tmp_path,
        key="trade",
        title="Trade",
        owner="Trade",
        sources={"till": Source("till", "Tills", datasets=(dataset,))},
        codes=code_lists(),
        suppliers={"tills": tills},
        publications={"shops": publication},
        policies={},
    )


FIELDS = {"day": "date", "shop": "code", "kind": "code", "bought": "date", "spent": "dec(10,2)"}
ARROW = pa.schema(
    [
        ("day", pa.date32()),
        ("shop", pa.string()),
        ("kind", pa.string()),
        ("bought", pa.date32()),
        ("spent", pa.float64()),
    ]
)


def visits_table(rows: Iterable[Visit]) -> pa.Table:
    return pa.Table.from_pylist([vars(each) for each in rows], schema=ARROW)


@pytest.fixture
def con_of():
    """``con_of(rows)``: a connection in which the model ``visits`` has been made."""
    opened: list[duckdb.DuckDBPyConnection] = []

    def build(rows: Sequence[Visit]) -> duckdb.DuckDBPyConnection:
        con = connect(threads=1)
        opened.append(con)
        create_table(con, "visits", visits_table(rows))
        return con

    yield build
    for con in opened:
        con.close()


@pytest.fixture
def visit():
    """``visit("2012-04-02", shop, kind, ...)``."""

    def build(day: str, shop: str | None = "a1", kind: str = "web", **others: object) -> Visit:
        made = Visit(dt.date.fromisoformat(day), shop, kind)
        if isinstance(others.get("bought"), str):
            others["bought"] = dt.date.fromisoformat(str(others["bought"]))
        return replace(made, **others)

    return build
