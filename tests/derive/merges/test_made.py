"""What a merge keeps, compares and explains, and that its account comes out even."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.derive.merges import Made
from piperoll.derive.merges.report import account_rows, difference_rows
from piperoll.errors import UserError
from piperoll.register.model.merge import Explanation, MergedField, Side
from piperoll.store.parts import Part
from tests.derive.merges.bench import BASE, DAY, made, record, with_side


def expecting(new: str = "true", old: str = "true") -> tuple[Side, ...]:
    return tuple(replace(side, expected=text) for side, text in zip(BASE.sides, (new, old), strict=True))


def told(found: Made) -> list[tuple[str, str, str, str]]:
    return sorted(found.differences.select("kind", "side", "field", "reason").rows())


def part(dataset: str, supplier: str, period: str) -> Part:
    return Part(
        dataset=dataset, supplier=supplier, period=period, delivery="d1", object="o", mode="full", sequence=1
    )  # fmt: skip


def test_the_first_side_that_knows_a_field_is_followed() -> None:
    fields = (MergedField("person"), MergedField("minute", "int", first=("old",)), MergedField("kind"))
    found = made(
        replace(BASE, fields=fields), new=[record("n1", "p", 1, None)], old=[record("o1", "p", 2, "Y")]
    ).records.row(0, named=True)
    assert (found["minute"], found["kind"], found["in_new"], found["in_old"]) == (2, "Y", True, True)
    assert (found["new_minute"], found["old_minute"], found["new_kind"], found["old_kind"]) == (1, 2, None, "Y")


def test_a_field_that_a_side_does_not_give_is_empty_there() -> None:
    old = Side("old", "Old system", "SELECT record, day, person FROM old_records")
    found = made(replace(BASE, sides=(BASE.sides[0], old)), new=[record("n1", "p")], old=[record("o1", "q", 3)])
    (mine,) = found.records.filter("in_old").iter_rows(named=True)
    assert (mine["person"], mine["minute"], mine["kind"], mine["place"]) == ("q", None, None, None)


def test_values_that_differ_are_told_once_for_each_pair_of_sides() -> None:
    found = made(
        with_side(BASE, "last"),
        new=[record("n1", "p", kind="X")], old=[record("o1", "p", kind="Y")], last=[record("l1", "p", kind="Z")],
    )  # fmt: skip
    # The last side differs from both before it: one difference of that side.
    assert told(found) == [("differs", "last", "kind", ""), ("differs", "old", "kind", "")]
    assert found.unexplained == 1.0 and not found.within


@pytest.mark.parametrize("missing", [("X", None), (None, "X"), (None, None)])
def test_what_a_side_does_not_say_differs_from_nothing(missing: tuple[str | None, str | None]) -> None:
    found = made(BASE, new=[record("n1", "p", kind=missing[0])], old=[record("o1", "p", kind=missing[1])])
    assert told(found) == [] and found.within


@pytest.mark.parametrize(("apart", "same"), [(0, True), (2, True), (3, False)])
def test_a_tolerance_says_when_values_are_the_same(apart: int, same: bool) -> None:
    fields = (MergedField("person"), MergedField("minute", "int", compare=True, same="abs(a - b) <= 2"))
    found = made(replace(BASE, fields=fields), new=[record("n1", "p", 5)], old=[record("o1", "p", 5 + apart)])
    assert told(found) == ([] if same else [("differs", "old", "minute", "")])


def test_a_record_is_missing_only_where_it_is_expected() -> None:
    sides = expecting(new="m.in_old", old="m.kind = 'X'")
    found = made(
        replace(BASE, sides=sides),
        new=[record("n1", "p", kind="X"), record("n2", "q", kind="Y")],
        old=[record("o1", "r")],
    )
    assert told(found) == [("missing", "new", "", ""), ("missing", "old", "", "")]
    (new, old) = found.reconciled
    assert (new.rows, new.paired, new.alone, new.explained, new.unexplained) == (2, 0, 1, 0, 1)
    assert (old.rows, old.alone, old.unexplained) == (1, 0, 1)


def test_the_first_reason_that_holds_explains() -> None:
    reasons = (
        Explanation("other_side", "Never.", "missing", side="new"),
        Explanation("other_kind", "Never.", "differs"),
        Explanation("early", "It was early.", "missing", when="m.minute < 5", side="old"),
        Explanation("any", "It just is so.", "missing"),
    )
    found = made(
        replace(BASE, sides=expecting("false"), reasons=reasons),
        new=[record("n1", "p", 1), record("n2", "q", 9)],
        old=[],
    )
    assert Counter(found.differences["reason"]) == {"early": 1, "any": 1}
    assert found.reconciled[0].explained == 2 and found.unexplained == 0.0 and found.within


def test_a_reason_of_a_field_is_for_that_field_alone() -> None:
    fields = (MergedField("person"), MergedField("minute", "int", compare=True), MergedField("kind", compare=True))
    reasons = (Explanation("rekeyed", "It was keyed anew.", "differs", field="kind", when="m.old_kind = 'Y'"),)
    found = made(
        replace(BASE, fields=fields, reasons=reasons),
        new=[record("n1", "p", 1, "X")], old=[record("o1", "p", 2, "Y")],
    )  # fmt: skip
    assert told(found) == [("differs", "old", "kind", "rekeyed"), ("differs", "old", "minute", "")]


def test_a_reason_may_ask_which_deliveries_came() -> None:
    reasons = (
        Explanation("late", "Its delivery is not there.", "missing",
               when="NOT EXISTS (SELECT 1 FROM came WHERE dataset = 'old.records' AND period = strftime(m.day, '%Y-%m'))"),
    )  # fmt: skip
    merge = replace(BASE, sides=expecting("false"), reasons=reasons)
    assert told(made(merge, new=[record("n1", "p")], old=[])) == [("missing", "old", "", "late")]
    came = [part("old.records", "N", "2012-04")]
    assert told(made(merge, came, new=[record("n1", "p")], old=[])) == [("missing", "old", "", "")]


def test_only_months_within_the_span_are_compared_and_all_are_merged() -> None:
    days = [dt.date(2012, month, 1) for month in (2, 3, 7, 8)]
    merge = replace(BASE, sides=expecting(), from_="2012-03", to="2012-07")
    found = made(merge, new=[record(f"n{day.month}", f"p{day.month}", day=day) for day in days], old=[])
    assert found.records.height == 4
    assert sorted(found.differences["month"]) == ["2012-03", "2012-07"]
    assert [(each.month, each.alone, each.unexplained) for each in found.reconciled] == [
        ("2012-02", 1, 0), ("2012-03", 0, 1), ("2012-07", 0, 1), ("2012-08", 1, 0),
    ]  # fmt: skip


def test_what_may_stay_unexplained_has_its_edge() -> None:
    merge = replace(BASE, sides=expecting("false", "m.kind = 'Y'"), unexplained=0.25)
    new = [record(f"n{i}", f"p{i}", kind="Y" if i == 0 else "X") for i in range(4)]
    found = made(merge, new=new, old=[])
    assert found.unexplained == 0.25 and found.within
    assert not made(merge, new=new[:3], old=[]).within


KINDS = st.sampled_from(["X", "Y", None])
RECORDS = st.lists(st.tuples(st.sampled_from("pqrstu"), st.integers(0, 3), KINDS, st.integers(1, 3)), max_size=9)


@settings(max_examples=30)
@given(RECORDS, RECORDS, RECORDS)
def test_every_record_is_accounted_for(
    new: list[tuple[str, int, str | None, int]],
    old: list[tuple[str, int, str | None, int]],
    last: list[tuple[str, int, str | None, int]],
) -> None:
    names = ("new", "old", "last")
    given_ = {
        name: [
            record(f"{name}{i}", who, at, kind, DAY.replace(month=month))
            for i, (who, at, kind, month) in enumerate(rows)
        ]
        for name, rows in zip(names, (new, old, last), strict=True)
    }
    three = with_side(BASE, "last")
    expected = tuple(replace(each, expected="m.minute > 0") for each in three.sides)
    reasons = (Explanation("first", "The first place.", "missing", when="m.minute = 1"),)
    found = made(replace(three, sides=expected, reasons=reasons), **given_)
    for name in names:
        mine = [each for each in found.reconciled if each.side == name]
        assert sum(each.rows for each in mine) == len(given_[name])
        assert all(each.rows == each.paired + each.alone + each.explained + each.unexplained for each in mine)
    many = Counter(sum(row) for row in found.records.select(f"in_{name}" for name in names).rows())
    assert sum(found.merged.values()) == sum(many.values())
    assert sum(size * count for size, count in many.items()) == sum(len(rows) for rows in given_.values())
    assert sum(int(row[-1]) for row in difference_rows(found)) == found.differences.height
    assert sum(int(row[2]) for row in account_rows(found)) == sum(len(rows) for rows in given_.values())


# --- what cannot be made ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([record("n1", "p"), record("n1", "q")], "1 a `record` that another has"),
        ([{**record("n1", "p"), "record": None}], "1 have no `record`"),
        ([{**record("n1", "p"), "day": None}], "1 no `day`"),
    ],
)
def test_a_side_that_does_not_name_its_records(rows: list[dict[str, object]], words: str) -> None:
    with pytest.raises(UserError, match="PR-D022") as error:
        made(BASE, new=rows, old=[])
    assert words in str(error.value) and "merges/both.yaml" in str(error.value)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT record, day FROM new_records", "gives no person"),
        ("SELECT record, CAST(person AS DATE) AS day, person FROM new_records", "failed while it ran"),
        ("SELECT record, day, CAST(kind AS INTEGER) AS minute, person FROM new_records", "failed while it ran"),
    ],
)
def test_a_side_that_cannot_be_read_tells_no_value(sql: str, words: str) -> None:
    sides = (Side("new", "New system", sql), BASE.sides[1])
    with pytest.raises(UserError, match="PR-D021") as error:
        made(replace(BASE, sides=sides), new=[record("n1", "SECRET", kind="HIDDEN")], old=[])
    assert words in str(error.value)
    assert "SECRET" not in str(error.value) and "HIDDEN" not in str(error.value)


@pytest.mark.parametrize("place", ["expected", "reason", "same", "when"])
def test_a_condition_that_fails_tells_no_value(place: str) -> None:
    bad = "CAST(m.kind AS INTEGER) > 0"
    merge = {
        "expected": replace(BASE, sides=expecting(bad, bad)),
        "reason": replace(BASE, reasons=(Explanation("bad", "Bad.", "differs", when=bad),)),
        "same": replace(BASE, fields=(*FIELDS_, MergedField("kind", compare=True, same="CAST(a AS INTEGER) > 0"))),
        "when": replace(BASE, pairs=replace(BASE.pairs, when="CAST(a.kind AS INTEGER) > 0")),
    }[place]
    with pytest.raises(UserError, match="PR-D021") as error:
        made(merge, new=[record("n1", "p", kind="HIDDEN"), record("n2", "q", kind="HIDDEN")],
             old=[record("o1", "p", kind="SECRET")])  # fmt: skip
    assert "HIDDEN" not in str(error.value) and "SECRET" not in str(error.value)


FIELDS_ = BASE.fields[:2]


def test_nothing_at_all_is_no_mistake() -> None:
    found = made(BASE, new=[], old=[])
    assert found.reconciled == () and found.merged == {} and found.unexplained == 0.0
