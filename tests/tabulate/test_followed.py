"""Figures that rest on deliveries after their period, too, and suppliers that took over from one another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import polars as pl
import pytest

from piperoll.periods import Period
from piperoll.register.model.codes import Supplier
from piperoll.register.model.register import Register
from piperoll.tabulate import Missing, tabulate
from piperoll.tabulate.missing import followed_until
from piperoll.tabulate.vintage import missing_of


NORTH, SOUTH = (Missing(name, "till.visit", "2012-08") for name in ("north", "south"))


def with_measure(register: Register, name: str, **changes: int) -> Register:
    """The register with another measure of this name."""
    shops = register.publications["shops"]
    measures = tuple(replace(each, **changes) if each.name == name else each for each in shops.measures)
    return replace(register, publications={"shops": replace(shops, measures=measures)})


def with_suppliers(register: Register, *suppliers: Supplier) -> Register:
    """The register with other tills."""
    return replace(register, suppliers={"tills": replace(register.suppliers["tills"], suppliers=suppliers)})


@pytest.fixture
def marks(con_of, visit):
    con = con_of([visit("2012-08-01", "b1", bought="2012-08-02"), visit("2011-11-01")])

    def build(register: Register, measure: str, missing: Iterable[Missing], place: str = "A") -> dict[str, str]:
        cells = tabulate(con, register, register.publications["shops"], "all", "2012Q3", missing=missing)
        found = cells.filter(measure=measure, place=place, via="any").filter(~pl.col("support"))
        return {period: " ".join(marks) for period, marks in found.select("period", "marks").iter_rows()}

    return build


def test_followed_until_the_end_of_a_quarter() -> None:
    quarter, month = Period.parse("2010Q4"), Period.parse("2010-05")
    assert followed_until(month, 0) == dt.date(2010, 5, 31)
    assert followed_until(month, 1) == dt.date(2010, 9, 30)
    assert followed_until(quarter, 6) == followed_until(Period.parse("2010Q1-2010Q4"), 6) == dt.date(2012, 6, 30)


def test_what_is_followed_is_not_available_before_the_followed_quarters_came(register, marks) -> None:
    made = with_measure(register, "bought", followed=2)
    expected = {"2011Q4": "", "2012Q1": "x", "2012Q2": "x", "2012Q3": "x"}
    assert marks(made, "bought", [NORTH]) == expected
    assert marks(made, "share_bought", [NORTH]) == expected | {"2011Q4": ""}
    assert marks(made, "visits", [NORTH]) == dict.fromkeys(expected, "") | {"2012Q3": "x"}


def test_deliveries_of_the_followed_quarters_are_owed(register) -> None:
    source = register.sources["till"]
    (dataset,) = source.datasets
    sources = {"till": replace(source, datasets=(replace(dataset, owed_from="2012-01"),))}
    made = replace(with_measure(register, "bought", followed=1), sources=sources)
    missing = missing_of(made, made.publications["shops"], [], Period.parse("2012Q1"))
    assert {each.period for each in missing} == {f"2012-0{month}" for month in range(1, 7)}
    plain = replace(register, sources=sources)
    missing = missing_of(plain, plain.publications["shops"], [], Period.parse("2012-02"))
    assert {each.period for each in missing} == {"2012-01", "2012-02"}


def test_one_who_took_over_from_another_is_everyone(register, marks) -> None:
    until, since = dt.date(2012, 8, 31), dt.date(2012, 9, 1)
    made = with_suppliers(register, Supplier("north", "N", active_to=until), Supplier("south", "S", active_from=since))
    assert marks(made, "visits", [NORTH], place="L")["2012Q3"] == "x"
    assert marks(made, "visits", [replace(SOUTH, period="2012-09")], place="L")["2012Q3"] == "x"
    assert marks(register, "visits", [NORTH], place="L")["2012Q3"] == ""


def test_those_who_miss_different_months_are_everyone_too(register, marks) -> None:
    gone = [NORTH, replace(SOUTH, period="2012-07")]
    assert marks(register, "visits", gone, place="L")["2012Q3"] == "x"
