"""Hierarchies: paths, what is not known, canonical codes, validity, attributes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from piperoll.errors import UserError
from piperoll.register.model.codes import Code, CodeList
from piperoll.register.model.publication import Dimension, Level
from piperoll.tabulate import Hierarchy, labels


def place(register, **changes: object) -> Hierarchy:
    dimension = register.publications["shops"].dimensions[0]
    return Hierarchy(register, replace(dimension, **changes))


def test_each_code_climbs_to_the_top(register) -> None:
    paths = place(register).paths
    assert paths["a2"] == ("a2", "A", "L")
    assert paths["nk"] == ("nk", "nk", "L")


def test_what_is_not_known_stands_below_the_top_only(register) -> None:
    steps = place(register).steps
    assert [("nk" in step.codes) for step in steps] == [True, True, False]
    assert steps[1].labels["nk"] == "Not known"
    assert [step.national for step in steps] == [False, False, True]


def test_a_total_makes_a_level_of_its_own(register) -> None:
    found = place(register, levels=(Level("town", "town"),), total="all", total_label="Everywhere", unknown=None)
    assert found.paths == {"A": ("A", "all"), "B": ("B", "all")}
    assert found.step("total").labels == {"all": "Everywhere"}
    assert found.canonical == {"A": "A", "B": "B", "all": None}
    both = place(register, levels=(Level("town", "town"),), total="all", unknown="nk")
    assert both.paths["nk"] == ("nk", "all")


def test_the_whole_is_left_out_and_an_only_child_is_its_parent(register) -> None:
    codes = dict(register.codes)
    codes["shop"] = CodeList("shop", "Shops", (Code("a1", "a1", "A"), Code("b1", "b1", "B"), Code("b2", "b2", "B")))
    found = Hierarchy(replace(register, codes=codes), register.publications["shops"].dimensions[0])
    assert found.canonical["L"] is None
    assert found.canonical["a1"] == "A"
    assert found.canonical["A"] == "A"
    assert found.canonical["b1"] == "b1"
    assert found.canonical["nk"] == "nk"


def test_one_code_all_the_way_up_is_the_whole(register) -> None:
    codes = dict(register.codes)
    codes["shop"] = CodeList("shop", "Shops", (Code("a1", "a1", "A"),))
    codes["town"] = CodeList("town", "Towns", (Code("A", "A", "L"),))
    alone = Hierarchy(
        replace(register, codes=codes), replace(register.publications["shops"].dimensions[0], unknown=None)
    )
    assert set(alone.canonical.values()) == {None}


def test_codes_out_of_use_are_not_shown(register) -> None:
    found = place(register)
    assert "old" not in found.valid("shop", dt.date(2006, 1, 1), dt.date(2006, 3, 31))
    assert "old" in found.valid("shop", dt.date(2005, 12, 31), dt.date(2006, 3, 31))
    assert found.valid("land", dt.date(2006, 1, 1), dt.date(2006, 1, 1)) == ("L",)


def test_attributes_are_summed_up_the_levels(register) -> None:
    sums = place(register).attribute("shop", "households")
    assert (sums["a1"], sums["A"], sums["B"], sums["L"]) == (1000, 4000, 2500, 6500)
    assert "nk" not in sums


def test_a_part_without_the_attribute_leaves_the_whole_unknown(register) -> None:
    codes = dict(register.codes)
    shops = codes["shop"]
    codes["shop"] = replace(shops, codes=(*shops.codes[:2], replace(shops.codes[2], attributes={}), *shops.codes[3:]))
    sums = Hierarchy(replace(register, codes=codes), register.publications["shops"].dimensions[0]).attribute(
        "shop", "households"
    )
    assert (sums["A"], sums["b1"], sums["B"], sums["L"]) == (4000, None, None, None)


def test_a_code_without_a_parent_is_an_error(register) -> None:
    codes = dict(register.codes)
    codes["shop"] = CodeList("shop", "Shops", (Code("a1", "a1", "nowhere"),))
    broken = Hierarchy(replace(register, codes=codes), register.publications["shops"].dimensions[0])
    with pytest.raises(UserError, match="a1 has no parent in the code list town") as caught:
        _ = broken.paths
    assert caught.value.code == "PR-T002"


def test_a_missing_list_and_a_missing_level(register) -> None:
    with pytest.raises(UserError) as caught:
        place(register, levels=(Level("x", "nope"),))
    assert caught.value.code == "PR-T002"
    with pytest.raises(UserError, match="no level village") as caught:
        place(register).step("village")
    assert caught.value.code == "PR-T003"


def test_labels_are_for_people(register) -> None:
    place_dimension, via, within = register.publications["shops"].dimensions
    assert labels(register, place_dimension, "town") == {"A": "Atown", "B": "Btown", "nk": "Not known"}
    assert labels(register, within, "within") == {"1": "1 quarter", "2": "2 quarters", "4": "4 quarters"}
    assert labels(register, via, "any") == {"any": "Any kind"}


def test_unknown_of_a_flat_list(register) -> None:
    flat = Hierarchy(register, Dimension("x", "X", "kind", (Level("any", "any"),), unknown="nk"))
    assert flat.top is None
    assert flat.canonical == {"any": "any", "nk": "nk"}
