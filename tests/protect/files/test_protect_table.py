"""Protecting frames: what comes out, what is refused, and that enumeration finds nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.protect import check
from piperoll.protect.files import attack_table, protect_table
from tests.protect.files.example import claims, in_file, spec, whole


def hidden(made: Any) -> set[tuple[str, str]]:
    frame = made.tables["table"].filter(pl.col("status") == "c")
    return set(frame.select("area", "quarter").iter_rows())


def test_small_counts_are_hidden_and_others_so_that_they_stay_so() -> None:
    made = protect_table(claims(), spec())
    roles = made.role_frame("table")
    assert set(roles.filter(pl.col("status") == "primary").select("area", "quarter").iter_rows()) == {
        ("Aston", "Q1"),
        ("Beeford", "Q3"),
        ("Derwent", "Q1"),
    }
    assert roles.filter(pl.col("status") == "secondary").height == 5
    shown = made.tables["table"].filter(pl.col("status") == "")
    assert shown["value"].null_count() == 0
    assert made.tables["table"].filter(pl.col("status") == "c")["value"].null_count() == 8
    assert made.certificate is not None
    assert check(made.certificate.data)["cells"] > 0


def test_regions_and_totals_are_never_hidden() -> None:
    made = protect_table(claims(), spec())
    assert {area for area, _ in hidden(made)} <= {"Aston", "Beeford", "Corby", "Derwent"}


def test_totals_in_the_file_or_made_give_the_same() -> None:
    one, two = (
        protect_table(claims(), spec()),
        protect_table(whole(), in_file(headline=[{"area": ["All", "North", "South"]}])),
    )
    assert one.tables["table"].sort("area", "quarter").equals(two.tables["table"].sort("area", "quarter"))


def test_rounded_figures_need_less() -> None:
    made = protect_table(claims(), spec(published={"as": "rounded", "base": 5}))
    assert len(hidden(made)) == 3
    value = made.tables["table"]["value"].drop_nulls()
    assert (value % 5 == 0).all()


def test_the_same_seed_gives_the_same_certificate_and_no_seed_makes_one() -> None:
    one, two = protect_table(claims(), spec()), protect_table(claims(), spec())
    assert one.certificate is not None
    assert two.certificate is not None
    assert one.certificate.data == two.certificate.data
    free = protect_table(claims(), spec(seed="", limits={"proof": False}))
    assert len(free.seed) == 32
    assert free.certificate is None


def test_several_tables_are_protected_together() -> None:
    margin = claims().group_by("area", "region").agg(pl.col("claims").cast(pl.Int64).sum()).sort("area")
    made = protect_table({"both": claims(), "areas": margin}, spec())
    assert made.tables["areas"].columns == ["area", "value", "status"]
    assert attack_table(made.tables, public(made)).below == ()


def public(made: Any) -> dict[str, Any]:
    import yaml

    from piperoll.protect.files.write import public_spec

    return dict(yaml.safe_load(public_spec(made)))


@pytest.mark.parametrize("published", [{"as": "exact"}, {"as": "rounded", "base": 5}])
def test_what_is_published_withstands_the_attack_of_readers_and_of_those_who_know_the_roles(
    published: dict[str, Any],
) -> None:
    made = protect_table(claims(), spec(published=published))
    for frame in (made.tables["table"], made.role_frame("table")):
        found = attack_table(frame, public(made), exact=True)
        assert len(found.seen) == len(hidden(made))
        assert found.below == ()


def test_zeros_may_be_shown() -> None:
    frame = claims().with_columns(
        pl.when(pl.col("claims") == "3").then(pl.lit("0")).otherwise("claims").alias("claims")
    )
    made = protect_table(frame, spec(rule={"threshold": 8, "zero": False}))
    roles = made.role_frame("table").filter(pl.col("status") == "primary")
    assert ("Aston", "Q1") not in set(roles.select("area", "quarter").iter_rows())


def test_cells_can_be_forced_both_ways() -> None:
    made = protect_table(
        claims(), spec(hide=[{"area": "Corby", "quarter": "Q4"}], show=[{"area": "Aston", "quarter": "Q4"}])
    )
    assert ("Corby", "Q4") in hidden(made)
    assert ("Aston", "Q4") not in hidden(made)


def test_costs_decide() -> None:
    dear = claims().with_columns(cost=pl.when(pl.col("quarter") == "Q2").then(pl.lit("9000")).otherwise(pl.lit("1")))
    made = protect_table(dear, spec(costs="cost"))
    assert not any(quarter == "Q2" for _, quarter in hidden(made))
    assert protect_table(claims(), spec(costs="count")).outcome.cost == 5


def test_a_column_may_say_what_is_hidden() -> None:
    frame = whole().with_columns(
        mark=pl.when((pl.col("area") == "Corby") & (pl.col("quarter") == "Q1")).then(pl.lit("C")).otherwise(pl.lit(""))
    )
    made = protect_table(
        frame, in_file(rule={"status": "mark"}, requirement={"around": 1}, attacker={"knows_status": False})
    )
    assert made.problem.primary.sum() == 1
    assert ("Corby", "Q1") in hidden(made)


PAYMENTS = pl.DataFrame(
    [("North", "a", 90), ("North", "b", 5), ("North", "c", 5), ("South", "a", 40), ("South", "d", 35), ("South", "e", 30),
     ("East", "f", 50), ("East", "g", 45), ("East", "h", 40)],
    schema=["area", "firm", "paid"], orient="row",
)  # fmt: skip


def test_amounts_from_contributions_by_the_p_percent_and_dominance_rules() -> None:
    base = {"value": "paid", "totals": "compute", "dimensions": {"area": {"total": "All"}}, "seed": "s"}
    made = protect_table(PAYMENTS, {**base, "rule": {"p_percent": 10, "contributor": "firm"}})
    roles = dict(made.role_frame("table").select("area", "status").iter_rows())
    # Of North, 100 - 90 - 5 is less than a tenth of 90; the others are far from it.
    assert roles["North"] == "primary"
    assert sorted(roles.values()) == ["", "", "primary", "secondary"]
    domi = protect_table(PAYMENTS, {**base, "rule": {"dominance": {"n": 1, "k": 85}, "contributor": "firm"}})
    assert dict(domi.role_frame("table").select("area", "status").iter_rows())["North"] == "primary"
    few = protect_table(PAYMENTS, {**base, "rule": {"threshold": 3, "contributor": "firm"}, "limits": {"proof": False}})
    assert few.problem.primary.sum() == 0


def test_amounts_with_pence_and_their_largest_contributions() -> None:
    frame = pl.DataFrame(
        [("A", "100.00", "90.5", "4.5"), ("B", "100.00", "30", "30"), ("C", "80.10", "30", "30"), ("All", "280.10", "90.5", "34.5")],
        schema=["area", "paid", "x1", "x2"], orient="row",
    )  # fmt: skip
    made = protect_table(
        frame,
        {"value": "paid", "unit": "0.01", "dimensions": {"area": {"total": "All"}}, "seed": "s",
         "rule": {"p_percent": 10, "largest": ["x1", "x2"]}},
    )  # fmt: skip
    shown = dict(made.tables["table"].select("area", "value").iter_rows())
    assert shown["A"] is None
    assert shown["All"] == 280.1
    assert sum(value is None for value in shown.values()) == 2
    # p/100 x1 - (X - x1 - x2) = 9.05 - 5.00
    assert made.problem.requirement.above[made.problem.targets].max() == 405


def changed(column: str, value: str, row: int = 0) -> pl.DataFrame:
    frame = whole()
    return frame.with_columns(
        pl.when(pl.int_range(pl.len()) == row).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    )


@pytest.mark.parametrize(
    ("frame", "more", "code"),
    [
        (whole().head(30), {}, "PR-P061"),
        (changed("claims", "4"), {}, "PR-P040"),
        (changed("claims", "-3"), {}, "PR-P04[03]"),
        (changed("claims", ""), {}, "PR-P061"),
        (changed("claims", "3.5"), {}, "PR-P064"),
        (changed("claims", "about 3"), {}, "PR-P064"),
        (changed("claims", "99999999999999"), {}, "PR-P064"),
        (changed("area", ""), {}, "PR-P064"),
        (changed("area", "Astn"), {}, "PR-P061 .*Did you mean `Aston`"),
        (whole().rename({"claims": "claim"}), {}, "PR-P063 .*Did you mean `claim`"),
        (whole().rename({"quarter": "qarter"}), {}, "PR-P063 .*Did you mean `qarter`"),
        (pl.concat([whole(), whole().head(1)]), {}, "PR-P041"),
        (whole(), {"totals": "compute"}, "PR-P070"),
        (whole(), {"requirement": {"width": 8}}, "PR-P044"),
        (whole(), {"headline": [{"area": "Aston"}]}, "PR-P045"),
        (whole(), {"headline": [{"area": "Astn"}]}, "PR-P060 .*Did you mean `Aston`"),
        (whole(), {"limits": {"cells": 34}, "missing": "zero"}, None),
        (whole(), {"unit": "5"}, "PR-P070"),
        (whole(), {"show": [{"area": ["Beeford", "Corby", "North", "South", "All"]}], "published": {"as": "exact"}}, "PR-P0"),
    ],
)  # fmt: skip
def test_what_cannot_be_protected_is_refused(frame: pl.DataFrame, more: dict[str, Any], code: str | None) -> None:
    if code is None:
        assert protect_table(frame, in_file(**more)).problem.relations.cells == 35
        return
    with pytest.raises(UserError, match=code):
        protect_table(frame, in_file(**more))


def test_negative_contributions_are_refused_before_they_are_added_up() -> None:
    frame = claims().with_columns(
        pl.when(pl.col("claims") == "3").then(pl.lit("-3")).otherwise("claims").alias("claims")
    )
    with pytest.raises(UserError, match="PR-P043"):
        protect_table(frame, spec())


def test_an_infeasible_table_is_refused_with_the_figures_that_give_the_count_away() -> None:
    show = [
        {"area": ["Beeford", "North", "Corby", "South", "All"]},
        {"area": ["Aston", "Derwent"], "quarter": ["Q2", "Q3", "Q4"]},
    ]
    frame = claims().with_columns(
        pl.when(pl.col("claims") == "5").then(pl.lit("15")).otherwise("claims").alias("claims")
    )
    with pytest.raises(UserError, match="PR-P044") as raised:
        protect_table(frame, spec(show=show))
    assert "[North, Q1] is published as 34 and [Beeford, Q1] as 31: [Aston, Q1] is exactly 3." in raised.value.sentence


def test_less_may_be_asked_where_the_rule_itself_leaves_less() -> None:
    """Two counts below 5 that make 5 or more are both at least 1, whatever else is hidden."""
    frame = pl.DataFrame(
        [("x", "p", "3"), ("x", "q", "4"), ("y", "p", "30"), ("y", "q", "40")], schema=["a", "b", "n"], orient="row"
    )
    said = {"value": "n", "totals": "compute", "dimensions": {"a": {"total": "A"}, "b": {"total": "B"}}, "seed": "s",
            "rule": {"threshold": 5}}  # fmt: skip
    with pytest.raises(UserError, match="PR-P044"):
        protect_table(frame, {**said, "requirement": {"width": 4}})
    made = protect_table(frame, {**said, "requirement": {"width": 4, "where_possible": True}})
    assert made.problem.requirement.span[made.problem.targets].tolist() == [3, 3]
    assert public(made)["requirement"] == {"width": 3}
    assert attack_table(made.role_frame("table"), public(made)).below == ()


def test_missing_cells_can_be_zeros() -> None:
    made = protect_table(claims().head(15), spec(missing="zero"))
    assert ("Derwent", "Q4") in hidden(made)
    assert made.problem.relations.cells == 35


def test_a_table_beyond_the_limit_is_refused_before_it_is_made() -> None:
    with pytest.raises(UserError, match="PR-P062"):
        protect_table(claims(), spec(limits={"cells": 20}))


def test_controlled_rounding_adds_up() -> None:
    pytest.importorskip("piperoll.protect.rounding")
    made = protect_table(claims(), spec(published={"as": "controlled", "base": 5}))
    relations = made.cells.linked.relations
    assert (relations.sums(made.figures) == 0).all()
    assert "add" in made.rounding or "sums" in made.rounding


@pytest.mark.parametrize("seed", range(6))
def test_no_pattern_called_safe_is_unsafe_by_enumeration(seed: int) -> None:
    """Tables of 2 by 3 with exact figures: every table that agrees with what is published is written down."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 14, (2, 3))
    rows = [(f"a{i}", f"b{j}", str(counts[i, j])) for i in range(2) for j in range(3)]
    frame = pl.DataFrame(rows, schema=["a", "b", "n"], orient="row")
    base = {"value": "n", "totals": "compute", "dimensions": {"a": {"total": "A"}, "b": {"total": "B"}}, "seed": "s"}
    try:
        made = protect_table(frame, {**base, "rule": {"threshold": 4}, "requirement": {"width": 1}})
    except UserError as error:
        assert error.code == "PR-P044"
        return
    roles = {(a, b): status for a, b, _, status in made.role_frame("table").iter_rows()}
    values = {(a, b): value for a, b, value, _ in made.role_frame("table").iter_rows()}
    possible: dict[tuple[str, str], set[int]] = {}
    for table in _tables(values):
        if all(table[c] < 4 if roles[c] == "primary" else roles[c] != "secondary" or table[c] >= 4 for c in table):
            for cell, value in table.items():
                possible.setdefault(cell, set()).add(value)
    for cell, role in roles.items():
        if role == "primary":
            assert max(possible[cell]) - min(possible[cell]) >= 1, cell


def _tables(values: dict[tuple[str, str], int | None]) -> list[dict[tuple[str, str], int]]:
    """Every table of 2 by 3, with counts up to 45, that shows the published figures."""
    import itertools

    inner = [(f"a{i}", f"b{j}") for i in range(2) for j in range(3)]
    most = 20
    free = [cell for cell in inner if values[cell] is None]
    out = []
    if len(free) > 4:
        free_ranges = [range(14)] * len(free)
    else:
        free_ranges = [range(most)] * len(free)
    for chosen in itertools.product(*free_ranges):
        table = {cell: values[cell] for cell in inner if values[cell] is not None}
        table.update(zip(free, chosen, strict=True))
        whole_ = dict(table)
        for i in range(2):
            whole_[f"a{i}", "B"] = sum(table[f"a{i}", f"b{j}"] for j in range(3))
        for j in range(3):
            whole_["A", f"b{j}"] = sum(table[f"a{i}", f"b{j}"] for i in range(2))
        whole_["A", "B"] = sum(table.values())
        if all(values[cell] is None or values[cell] == value for cell, value in whole_.items()):
            out.append(whole_)
    return out
