"""Tables as a whole: shape, zeros, support, order, codes out of use, and mistakes in definitions."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.publication import CELL_COLUMNS, Dimension, Level, Measure, Table
from piperoll.tabulate import CELL_SCHEMA, find_table, models_of, tabulate
from piperoll.tabulate.query import months_of


@pytest.fixture
def make(register, con_of):
    def build(rows, table="all", period="2012Q3", **others):
        publication = others.pop("publication", register.publications["shops"])
        return tabulate(con_of(rows), register, publication, table, period, **others)

    return build


def test_the_frame_has_the_columns_it_promises(make, visit) -> None:
    frame = make([visit("2012-08-01")])
    assert dict(list(frame.schema.items())[: len(CELL_SCHEMA)]) == CELL_SCHEMA
    assert set(CELL_SCHEMA) | {"shown", "reason"} == CELL_COLUMNS, "the register refuses dimensions of these names"
    assert frame.columns[len(CELL_SCHEMA) :] == ["place", "place_level", "via", "via_level"]
    assert frame.select(pl.exclude("value", "denominator", "per")).null_count().sum_horizontal().item() == 0


def test_an_empty_model_gives_zeros_and_not_nothing(make) -> None:
    frame = make([]).filter(measure="visits")
    assert set(frame["value"]) == {0.0}
    assert set(frame["marks"].list.len()) == {0}


def test_each_cell_stands_once(make, visit) -> None:
    frame = make([visit("2012-08-01"), visit("2012-08-01", None)])
    keys = ["measure", "period", "place", "place_level", "via", "via_level"]
    assert frame.select(keys).n_unique() == frame.height


def test_derived_cells_find_their_parts_in_the_frame(make, visit) -> None:
    frame = make([visit("2012-08-01", "b1"), visit("2011-08-01", "b1")])
    identities = set(frame["identity"])
    derived = frame.filter(pl.col("kind").is_in(["change", "rate", "share"]))
    assert set(derived["of"]) <= identities
    assert set(derived.filter(pl.col("kind") != "rate")["base"]) <= identities
    cell = derived.filter(measure="visits_change", period="2012Q3", place="B", via="far", via_level="group").row(
        0, named=True
    )
    parts = {row["identity"]: row["value"] for row in frame.iter_rows(named=True)}
    assert (parts[cell["of"]], parts[cell["base"]], cell["n"], cell["value"]) == (1.0, 1.0, 1, 0.0)


def test_support_is_what_the_table_does_not_show(make, visit) -> None:
    frame = make([visit("2012-08-01")])
    shown, support = frame.filter(~pl.col("support")), frame.filter("support")
    assert set(shown["period"]) == {"2011Q4", "2012Q1", "2012Q2", "2012Q3"}
    assert set(support["period"]) == {"2010Q4", "2011Q1", "2011Q2", "2011Q3"}
    assert set(support["kind"]) <= {"count", "sum", "mean", "median"}
    hidden = make([visit("2012-08-01")], Table("t", "9", "T", ("share_bought",), {}))
    assert set(hidden.filter("support")["measure"]) == {"visits", "bought"}


def test_a_rate_carries_its_denominator(make, visit) -> None:
    frame = make([visit("2012-08-01")]).filter(measure="rate", period="2012Q3", via="any")
    found = {row["place"]: (row["denominator"], row["value"], row["marks"]) for row in frame.iter_rows(named=True)}
    assert found["a1"] == (1000.0, 1.0, [])
    assert found["A"] == (4000.0, 0.25, [])
    assert found["nk"] == (None, None, ["z"])
    assert set(frame["per"]) == {1000.0}
    whole = make([visit("2012-08-01")], "whole").filter(measure="rate", period="2012Q3").row(0, named=True)
    assert whole["denominator"] == 6500.0


def test_a_denominator_with_a_gap_is_not_available(make, visit, register) -> None:
    shops = register.codes["shop"]
    register.codes["shop"] = replace(shops, codes=(replace(shops.codes[0], attributes={}), *shops.codes[1:]))
    frame = make([visit("2012-08-01")]).filter(measure="rate", period="2012Q3", via="any")
    marks = {row["place"]: row["marks"] for row in frame.iter_rows(named=True)}
    assert (marks["a1"], marks["A"], marks["L"]) == (["x"], ["x"], ["x"])
    assert (marks["a2"], marks["B"]) == ([], [])
    assert make([visit("2012-08-01")], "whole").filter(measure="rate")["marks"].to_list() == [["x"], ["x"]]


def test_only_the_headline_level_has_no_part(make, visit) -> None:
    frame = make([visit("2012-08-01")])
    assert set(frame.filter("national")["place"]) == {"L"}
    assert set(frame.filter("national")["geography_version"]) == {""}
    assert set(frame.filter(~pl.col("national"))["geography_version"]) == {"v1"}
    assert make([visit("2012-08-01")], "kinds")["national"].all()


def test_rows_are_in_the_tables_order(make, visit) -> None:
    frame = make([visit("2012-08-01")]).filter(~pl.col("support"))
    assert frame["measure"].unique(maintain_order=True).to_list()[:2] == ["visits", "bought"]
    first = frame.filter(measure="visits", period="2011Q4")
    assert first["place"].unique(maintain_order=True).to_list() == ["L", "A", "B", "nk", "a1", "a2", "b1", "b2"]
    assert first["via"].to_list()[:6] == ["any", "far", "near", "web", "phone", "foot"]


def test_a_code_out_of_use_is_shown_only_if_something_was_counted(make, visit) -> None:
    assert "old" not in set(make([visit("2012-08-01")])["place"])
    frame = make([visit("2012-08-01", "old")]).filter(measure="visits", period="2012Q3", via="any")
    found = dict(frame.filter(pl.col("place") != "nk").select("place", "value").iter_rows())
    assert (found["old"], found["B"], found["L"]) == (1.0, 1.0, 1.0)


def test_codes_in_no_list_are_not_known_where_that_is_declared(make, visit) -> None:
    frame = make([visit("2012-08-01", "zz"), visit("2012-08-01", None)]).filter(
        measure="visits", period="2012Q3", via="any"
    )
    assert frame.filter(place="nk")["value"].to_list() == [2.0, 2.0]


def test_and_an_error_where_it_is_not(make, visit) -> None:
    with pytest.raises(UserError, match="1 rows of the model visits") as caught:
        make([visit("2012-08-01", kind="secret-canary")])
    assert caught.value.code == "PR-T004"
    assert "canary" not in caught.value.sentence


def test_rows_without_a_date_are_in_no_period(make, visit) -> None:
    frame = make([visit("2012-08-01"), visit("2012-08-01", bought="2012-09-01")])
    assert frame.filter(measure="sold", period="2012Q3", place="L", via="any")["value"].to_list() == [1.0]


def test_months_of_periods_once_each() -> None:
    periods = [Period.parse(text) for text in ("2012Q1", "2011/12", "2012Q1", "2011Q2-2012Q1")]
    whole, ends = months_of(periods, ends=False), months_of(periods, ends=True)
    assert whole["period"] == ["2012Q1"] * 3 + ["2011/12"] * 12 + ["2011Q2-2012Q1"] * 12
    assert list(zip(whole["y"], whole["m"], strict=True))[:4] == [(2012, 1), (2012, 2), (2012, 3), (2011, 4)]
    assert ends == {"period": ["2012Q1", "2011/12", "2011Q2-2012Q1"], "y": [2012] * 3, "m": [3] * 3}


def test_other_periods_may_be_shown_than_the_table_declares(make, visit) -> None:
    shown = [Period.parse("2012-08"), Period.parse("2011/12"), Period.parse("2012")]
    frame = make([visit("2012-08-01"), visit("2012-03-01")], "whole", shown=shown).filter(measure="visits")
    assert dict(frame.select("period", "value").iter_rows()) == {"2012-08": 1.0, "2011/12": 1.0, "2012": 2.0}


def test_national_only_leaves_the_parts_out(make, visit, register) -> None:
    table = replace(find_table(register.publications["shops"], "all"), national_only=True)
    assert set(make([visit("2012-08-01")], table)["place"]) == {"L"}


def test_tables_are_found_by_name_and_number(register) -> None:
    publication = register.publications["shops"]
    assert find_table(publication, "4").name == find_table(publication, "cohort").name
    with pytest.raises(UserError, match="Its tables are: all, years") as caught:
        find_table(publication, "9")
    assert caught.value.code == "PR-T005"
    assert models_of(publication, publication.tables) == ("visits",)


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (Table("t", "9", "T", ("nope",), {}), "PR-T006"),
        (Table("t", "9", "T", ("visits",), {"nope": ("x",)}), "PR-T003"),
        (Table("t", "9", "T", ("visits",), {"place": ("village",)}), "PR-T003"),
        (Table("t", "9", "T", ("reached",), {}), "PR-T007"),
        (Table("t", "9", "T", ("visits",), {"within": ("within",)}), "PR-T007"),
        (Table("t", "9", "T", ("no_model",), {}), "PR-T007"),
        (Table("t", "9", "T", ("no_value",), {}), "PR-T007"),
        (Table("t", "9", "T", ("visits",), {"period": ("kind",)}), "PR-T008"),
        (Table("t", "9", "T", ("visits",), {"place_level": ("kind",)}), "PR-T008"),
    ],
)
def test_mistakes_in_definitions(make, register, table: Table, code: str) -> None:
    shops = register.publications["shops"]
    levels = (Level("kind", "kind"),)
    publication = replace(
        shops,
        dimensions=(
            *shops.dimensions,
            Dimension("period", "P", "kind", levels),
            Dimension("place_level", "P", "kind", levels),
        ),
        measures=(
            *shops.measures,
            Measure("no_model", "N", "count"),
            Measure("no_value", "N", "mean", model="visits", period_column="day"),
        ),
    )
    with pytest.raises(UserError) as caught:
        make([], table, publication=publication)
    assert caught.value.code == code
