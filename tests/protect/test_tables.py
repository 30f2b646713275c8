"""From tables to relations: shared cells, totals across tables, second geographies; and what is refused."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.protect import (
    Attacker,
    Dimension,
    Hierarchy,
    Insider,
    Linked,
    Requirement,
    Table,
    attack,
    link,
    pose,
    secure,
)
from piperoll.protect.relations import BIG, Names, join, row


PLACE = Dimension("place", (Hierarchy("regions", {"EW": ("N", "S"), "N": ("a", "b"), "S": ("c", "d")}),))
KIND = Dimension("kind", (Hierarchy("all", {"All": ("x", "y", "z")}),))
QUARTER = Dimension("quarter", (Hierarchy("year", {"Y": ("q1", "q2")}),))


def frame(**codes: list[str]) -> pl.DataFrame:
    return pl.DataFrame(list(itertools.product(*codes.values())), schema=list(codes), orient="row")


def words(linked: Linked) -> list[str]:
    return [linked.relations.words(r) for r in range(linked.relations.rows)]


def test_every_level_has_its_rows() -> None:
    linked = link([PLACE], [Table("t", frame(place=["EW", "N", "S", "a", "b", "c", "d"]))])
    assert sorted(words(linked)) == ["[N] = [a] + [b]", "[S] = [c] + [d]", "[the total] = [N] + [S]"]
    assert linked.relations.names.key(0) == "measure="


def test_tables_share_the_cells_they_both_show() -> None:
    by_kind = Table("kinds", frame(place=["N", "a", "b"], kind=["All", "x", "y", "z"]))
    by_quarter = Table("quarters", frame(place=["N", "a", "b"], quarter=["Y", "q1", "q2"]))
    linked = link([PLACE, KIND, QUARTER], [by_kind, by_quarter])
    assert linked.relations.cells == 12 + 9 - 3
    same = [linked.ids["kinds"][k] for k in (0, 4, 8)]
    assert same == [linked.ids["quarters"][k] for k in (0, 3, 6)]
    assert "[N] = [N, q1] + [N, q2]" in words(linked)


def test_other_measures_are_other_cells() -> None:
    cells = frame(place=["N", "a", "b"])
    linked = link([PLACE], [Table("claims", cells, measure="claims"), Table("orders", cells, measure="orders")])
    assert linked.relations.cells == 6
    assert words(linked) == ["[claims, N] = [claims, a] + [claims, b]", "[orders, N] = [orders, a] + [orders, b]"]


def test_a_total_in_one_table_and_its_parts_in_another_add_up() -> None:
    linked = link(
        [PLACE, KIND], [Table("parts", frame(place=["a"], kind=["x", "y", "z"])), Table("total", frame(place=["a"]))]
    )
    assert words(linked) == ["[a] = [a, x] + [a, y] + [a, z]"]


def test_a_total_that_lacks_a_part_is_at_least_the_others() -> None:
    linked = link([KIND], [Table("t", frame(kind=["All", "x", "y"]))])
    assert linked.relations.rows == 1
    assert (linked.relations.low[0], linked.relations.high[0]) == (-BIG, 0)
    # 9 in all, 10 (8 to 12) shown in one kind: the hidden one is 4 at most, whatever the third may be.
    values = linked.gather({"t": np.array([11, 8, 3])})
    problem = pose(linked.relations, values, values < 8, Attacker(), Requirement.width(3))
    [found] = attack(problem, np.zeros(3, bool))
    assert (found.low, found.high) == (0, 4)


def test_a_second_geography_that_does_not_nest() -> None:
    both = Dimension(
        "place",
        (*PLACE.hierarchies, Hierarchy("courts", {"EW": ("C1", "C2"), "C1": ("a", "c"), "C2": ("b", "d")})),
    )
    codes = ["EW", "N", "S", "C1", "C2", "a", "b", "c", "d"]
    linked = link([both], [Table("t", frame(place=codes))])
    assert linked.relations.rows == 6
    assert both.ends_in() == "EW"
    values = linked.gather({"t": np.array([82, 42, 40, 40, 42, 20, 22, 20, 20])})
    shown = pose(linked.relations, values, values < 8, Attacker(), Requirement.width(9))
    assert attack(shown, np.zeros(9, bool)) == []


def test_a_second_geography_can_give_away_what_one_does_not() -> None:
    codes = ["EW", "N", "S", "a", "b", "c", "d"]
    # N = a + b = 22 + 7 is 29; courts: C1 = a + d, C2 = b + c.
    leaves = {"a": 22, "b": 7, "c": 33, "d": 34}
    second = Hierarchy("courts", {"EW": ("C1", "C2"), "C1": ("a", "d"), "C2": ("b", "c")})

    def need(dimension: Dimension, codes: list[str]) -> float:
        linked = link([dimension], [Table("t", frame(place=codes))])
        below = {"EW": "abcd", "N": "ab", "S": "cd", "C1": "ad", "C2": "bc"}
        values = linked.gather({"t": np.array([sum(leaves[x] for x in below.get(c, c)) for c in codes])})
        return secure(pose(linked.relations, values, values < 8, Attacker(), Requirement.width(len(values)))).cost

    alone = need(PLACE, codes)
    both = need(Dimension("place", (*PLACE.hierarchies, second)), [*codes, "C1", "C2"])
    assert 0 < alone <= both


def test_without_a_common_end_there_is_no_top() -> None:
    two = Dimension("place", (Hierarchy("one", {"A": ("x", "y")}), Hierarchy("two", {"B": ("x", "y")})))
    assert two.ends_in() is None
    assert Dimension("place").ends_in() is None
    assert Dimension("place", two.hierarchies, top="A").ends_in() == "A"


def test_no_tables_no_relations() -> None:
    linked = link([PLACE], [])
    assert (linked.relations.cells, linked.relations.rows) == (0, 0)
    assert len(linked.relations.sums(np.zeros(0, np.int64))) == 0


def test_the_order_of_tables_does_not_change_what_cells_are_called() -> None:
    one, two = Table("one", frame(place=["N", "a", "b"])), Table("two", frame(place=["S", "c", "d"]))
    first, then = link([PLACE], [one, two]).relations, link([PLACE], [two, one]).relations
    assert {first.names.key(c) for c in range(6)} == {then.names.key(c) for c in range(6)}
    assert first.digest != then.digest


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("children", "says"),
    [
        ({"A": ("B",), "B": ("A",)}, "goes round in a circle"),
        ({"A": ("A", "x")}, "goes round in a circle"),
        ({"T": ("A",), "A": ("B",), "B": ("C",), "C": ("A",)}, "under both"),
        ({"A": ("B",), "B": ("C",), "C": ("A",)}, "goes round in a circle"),
        ({"A": ("x", "y"), "B": ("y", "z")}, "puts `y` under both `A` and `B`"),
        ({"A": ("x", "x")}, "names `x` twice under `A`"),
    ],
)
def test_a_hierarchy_that_is_none(children: dict[str, tuple[str, ...]], says: str) -> None:
    with pytest.raises(UserError) as refused:
        link([Dimension("place", (Hierarchy("regions", children),))], [])
    assert refused.value.code == "PR-P042"
    assert says in refused.value.sentence


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (pl.DataFrame({"place": ["a", "b", "a"]}), r"the cell [a] stands more than once"),
        (pl.DataFrame({"plaice": ["a"]}), "column `plaice` is no dimension"),
    ],
)
def test_cells_that_stand_twice_or_nowhere(cells: pl.DataFrame, says: str) -> None:
    with pytest.raises(UserError) as refused:
        link([PLACE], [Table("t", cells)])
    assert (refused.value.code, refused.value.where) == ("PR-P041", "t")
    assert says in refused.value.sentence


def test_the_same_cell_under_two_spellings_stands_twice() -> None:
    top = Dimension("kind", KIND.hierarchies)
    with pytest.raises(UserError, match="PR-P041"):
        link([PLACE, top], [Table("t", pl.DataFrame({"place": ["a", "a"], "kind": ["All", "All"]}))])


def test_two_tables_that_contradict_each_other() -> None:
    linked = link([PLACE], [Table("one", frame(place=["a"])), Table("two", frame(place=["a", "b"]))])
    with pytest.raises(UserError) as refused:
        linked.gather({"one": np.array([7]), "two": np.array([8, 9])})
    assert refused.value.code == "PR-P040"
    assert "table `two` gives 1 cells another value than a table before it; first a" in refused.value.sentence


def test_a_table_without_values() -> None:
    linked = link([PLACE], [Table("one", frame(place=["a"])), Table("two", frame(place=["b"]))])
    with pytest.raises(UserError, match=r"PR-P047 two: table `two`"):
        linked.gather({"one": np.array([7])})


def test_cells_beside_the_tables_begin_at_zero() -> None:
    linked = link([PLACE], [Table("one", frame(place=["a"]))], more=["a percentage"])
    assert linked.gather({"one": np.array([7])}).tolist() == [7, 0]
    assert linked.relations.names.of(1) == linked.relations.names.key(1) == "a percentage"


def posed(values: list[int], **more: object) -> None:
    linked = link([PLACE], [Table("t", frame(place=["N", "a", "b"]))])
    counts = np.array(values)
    pose(linked.relations, counts, counts < 8, more.pop("attacker", Attacker()), Requirement.width(3), **more)


@pytest.mark.parametrize(
    ("values", "code", "says"),
    [
        ([30, 20, 9], "PR-P040", "1 relations do not hold; the first: [N] = [a] + [b] (off by 1)"),
        ([28, 20, 9], "PR-P040", "off by 1"),
        ([18, 20, -2], "PR-P043", "1 counts are below zero; the first is b"),
        ([BIG, BIG - 9, 9], "PR-P046", "too large"),
        ([BIG * 2**20, BIG * 2**20 - 9, 9], "PR-P046", "too large"),
    ],
)
def test_values_that_cannot_be(values: list[int], code: str, says: str) -> None:
    with pytest.raises(UserError) as refused:
        posed(values)
    assert refused.value.code == code
    assert says in refused.value.sentence


def test_a_cell_that_must_be_shown_and_hidden() -> None:
    with pytest.raises(UserError, match=r"PR-P045 1 cells have to be shown and to be suppressed; first b\."):
        posed([27, 20, 7], forced=np.array([True, False, True]))


def test_knowledge_that_is_not_so() -> None:
    wrong = Attacker().know(
        np.array([27, 20, 7]), np.array([False, False, True]), prior=(np.zeros(3, np.int64), np.array([BIG, 19, BIG]))
    )
    with pytest.raises(UserError, match=r"PR-P040 1 counts contradict what is known of them; first a\."):
        posed([27, 20, 7], attacker=wrong)
    with pytest.raises(UserError, match=r"PR-P040 1 counts contradict"):
        posed([27, 20, 7], attacker=Attacker(insiders=(Insider("x", ((2, 8),)),)))


def test_too_few_values_are_the_callers_mistake() -> None:
    linked = link([PLACE], [Table("t", frame(place=["N", "a", "b"]))])
    with pytest.raises(ValueError, match="2 values for 3 cells"):
        linked.relations.check(np.array([1, 2]))


def test_rows_too_large_to_be_added() -> None:
    cells = Names(("measure",), (("",),), np.zeros((0, 1), np.int32), ("x", "y"))
    with pytest.raises(UserError, match="PR-P046"):
        join(cells, [row([0, 1], [2**21, -(2**21) - 1])])
    assert join(cells, [row([0, 1], [2**21, -(2**21)])]).rows == 1


def test_all_identities_are_those_of_the_single_cells() -> None:
    codes = np.array([[0, 1, 0], [-1, 0, 1], [1, -1, -1], [-1, -1, -1]], np.int32)
    names = Names(("sex", "area", "a"), (("f", "m"), ("", "N|x"), ("=", "b")), codes, ("a percentage",))
    assert names.keys() == ["a==|area=N|x|sex=f", "a=b|area=", "sex=m", "", "a percentage"]
    assert names.keys() == [names.key(cell) for cell in range(len(names))]
    assert Names((), (), np.zeros((0, 0), np.int32)).keys() == []


def test_the_same_row_counts_once() -> None:
    cells = Names(("measure",), (("",),), np.zeros((0, 1), np.int32), ("x", "y", "z"))
    same = [row([0, 1, 2], [-1, 1, 1], origin="one"), row([2, 1, 0], [1, 1, -1], origin="two")]
    assert join(cells, same).rows == 1
    assert join(cells, [*same, row([0, 1, 2], [-1, 1, 1], guard=[2])]).rows == 2


def test_headline_totals_below_the_threshold_may_be_shown() -> None:
    linked = link([PLACE], [Table("t", frame(place=["N", "a", "b"]))])
    values, exempt = np.array([6, 4, 2]), np.array([True, False, False])
    attacker = Attacker(base=10)
    problem = pose(linked.relations, values, (values < 8) & ~exempt, attacker, Requirement.width(3), forced=exempt)
    # Shown as 10 it stands for 5 to 14, not for 8 to 14.
    assert problem.knowledge.bounds(~exempt)[0][0] == 5
    assert not secure(problem).pattern.any()
