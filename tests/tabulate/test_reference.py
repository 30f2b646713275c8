"""DuckDB and a plain-Python reference agree on every cell; parts add up to wholes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.derive.codes import create_table
from piperoll.periods import Period
from piperoll.store.duck import connect
from piperoll.tabulate import definitions as d
from piperoll.tabulate import tabulate


SHOPS = {"a1": "A", "a2": "A", "b1": "B", "b2": "B", None: "nk"}
KINDS = {"web": "far", "phone": "far", "foot": "near"}
HOUSEHOLDS = {"a1": 1000, "a2": 3000, "b1": 2000, "b2": 500, "A": 4000, "B": 2500, "L": 6500}

days = st.dates(dt.date(2010, 10, 1), dt.date(2012, 9, 30))
rows = st.lists(
    st.fixed_dictionaries(
        {
            "day": days,
            "shop": st.sampled_from(list(SHOPS)),
            "kind": st.sampled_from(list(KINDS)),
            "bought": st.none() | days,
            "spent": st.none() | st.integers(-500, 5000).map(lambda n: n / 100),
        }
    ),
    max_size=60,
)
TEXT, DAY = pa.string(), pa.date32()
SCHEMA = pa.schema([("day", DAY), ("shop", TEXT), ("kind", TEXT), ("bought", DAY), ("spent", pa.float64())])
SLOW = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def in_place(row: dict, code: str) -> bool:
    return code in ("L", row["shop"] or "nk", SHOPS[row["shop"]])


def in_kind(row: dict, code: str) -> bool:
    return code in ("any", row["kind"], KINDS[row["kind"]])


def values(found: Sequence[dict], name: str) -> list[float]:
    return [row[name] for row in found if row[name] is not None]


def reference(data: list[dict], measure: str, period: Period, place: str, kind: str) -> float | None:
    """One cell, from the definition."""

    def of(at: Period, column: str = "day") -> list[dict]:
        return [r for r in data if r[column] and at.holds(r[column]) and in_place(r, place) and in_kind(r, kind)]

    here = of(period)
    bought = [row for row in here if row["bought"]]
    return {
        "visits": lambda: float(len(here)),
        "bought": lambda: float(len(bought)),
        "sold": lambda: float(len(of(period, "bought"))),
        "spent": lambda: None if here and not values(here, "spent") else float(round(sum(values(here, "spent")), 6)),
        "mean_spent": lambda: d.mean(values(here, "spent")),
        "median_spent": lambda: d.median(values(here, "spent")),
        "visits_change": lambda: d.percentage_change(len(of(period.shift(-4))), len(here)),
        "visits_step": lambda: d.percentage_change(len(of(period.shift(-1))), len(here)),
        "share_bought": lambda: d.share(len(bought), len(here)),
        "rate": lambda: d.rate(len(here), HOUSEHOLDS.get(place), 1000),
    }[measure]()  # fmt: skip


def cells_of(register, data: list[dict], table: str) -> pl.DataFrame:
    con = connect(threads=1)
    try:
        create_table(con, "visits", pa.Table.from_pylist(data, schema=SCHEMA))
        return tabulate(con, register, register.publications["shops"], table, "2012Q3")
    finally:
        con.close()


@SLOW
@given(rows)
def test_every_cell_is_what_the_definition_says(register, data: list[dict]) -> None:
    cells = cells_of(register, data, "all").filter(~pl.col("support"))
    assert cells.height == 10 * 4 * (1 + 3 + 5) * (1 + 2 + 3)
    for row in cells.iter_rows(named=True):
        expected = reference(data, row["measure"], Period.parse(row["period"]), row["place"], row["via"])
        assert row["value"] == pytest.approx(expected, abs=1e-9), row
        empty = ["x"] if row["measure"] == "spent" else ["z"]
        assert (row["value"] is None) == (row["marks"] == empty)


@SLOW
@given(rows)
def test_parts_add_up_to_wholes(register, data: list[dict]) -> None:
    cells = cells_of(register, data, "all").filter(pl.col("measure").is_in(["visits", "sold"]))
    for level, above in (("shop", "town"), ("town", "land")):
        parts, whole = (
            cells.filter(place_level=each).group_by("measure", "period", "via", "via_level").agg(pl.col("value").sum())
            for each in (level, above)
        )
        assert parts.sort(pl.all()).equals(whole.sort(pl.all()))
    for level, above in (("kind", "group"), ("group", "any")):
        parts, whole = (
            cells.filter(via_level=each)
            .group_by("measure", "period", "place", "place_level")
            .agg(pl.col("value").sum())
            for each in (level, above)
        )
        assert parts.sort(pl.all()).equals(whole.sort(pl.all()))


@SLOW
@given(rows)
def test_a_year_is_the_sum_of_its_quarters(register, data: list[dict]) -> None:
    cells = cells_of(register, data, "years")
    years = [str(year) for year in (2010, 2011)]
    assert cells.filter(pl.col("period").str.len_chars() == 4)["period"].unique().sort().to_list() == years
    for year in years:
        quarters = (
            cells.filter(pl.col("period").str.starts_with(f"{year}Q")).group_by("place").agg(pl.col("value").sum())
        )
        assert quarters.sort("place").equals(cells.filter(period=year).select("place", "value").unique().sort("place"))


@SLOW
@given(rows)
def test_progressions_are_what_the_definition_says(register, data: list[dict]) -> None:
    cells = cells_of(register, data, "cohort")
    for row in cells.iter_rows(named=True):
        period, n = Period.parse(row["period"]), int(row["within"])
        issued = [r for r in data if period.holds(r["day"]) and in_kind(r, row["via"])]
        if period.shift(n).end > dt.date(2012, 9, 30):
            assert (row["value"], row["marks"]) == (None, ["x"])
            continue
        reached = sum(d.within_quarters(r["day"], r["bought"], n) for r in issued)
        assert row["value"] == pytest.approx(d.share(reached, len(issued)))
        assert row["n"] == len(issued)


@SLOW
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(register, data: list[dict], random) -> None:
    shuffled = random.sample(data, len(data))
    assert cells_of(register, data, "all").equals(cells_of(register, shuffled, "all"))
