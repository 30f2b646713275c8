"""Values as pydantic alone would not take them, and words for what was expected."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.register.model.contract import Dataset
from piperoll.register.nodes import parse
from piperoll.register.shape import build, nearest, type_at


@dataclass(frozen=True)
class Part:
    name: str
    size: int = 0
    when: dt.date | None = None


@dataclass(frozen=True)
class Whole:
    title: str
    parts: tuple[Part, ...] = ()
    kind: Literal["a", "b"] = "a"
    share: float | None = 0.5
    flag: bool = False
    pair: tuple[int, int] | None = None
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    either: Literal["none"] | tuple[Part, ...] = "none"
    bound: int | float | str | None = None


def made(text):
    node, problems = parse(text, "f.yaml")
    assert problems == []
    return build(Whole, node, "f.yaml")


def value(text):
    built = made("title: t\n" + text)
    assert built.problems == ()
    return built.value


def sentences(text):
    return [str(each) for each in made("title: t\n" + text).problems]


def test_numbers_become_the_text_they_were():
    assert made("title: 2012\n").value.title == "2012"
    assert made("title: 1.50\n").value.title == "1.50"
    assert made("title: 0.5\n").value.title == "0.5"
    assert made("title: NO\n").value.title == "NO"


def test_a_boolean_is_no_text():
    assert str(made("title: true\n").problems[0]) == "PR-R012 f.yaml:1: `title`: Expected a text, found true."


@pytest.mark.parametrize(
    ("text", "expected"),
    [("bound: 5\n", 5), ("bound: 0.5\n", 0.5), ("bound: '5'\n", "5"), ("bound: 2012-05-01\n", "2012-05-01")],
)
def test_bounds_keep_their_kind(text, expected):
    found = value(text).bound
    assert found == expected
    assert type(found) is type(expected)


def test_left_out_and_null():
    assert value("parts:\nkind:\nflag:\n") == Whole("t")
    assert value("share:\n").share is None
    assert value("share: null\n").share is None


def test_lists_of_named_things():
    long = value("parts: [{name: x, size: 2}, {name: y}]\n")
    assert value("parts: {x: {size: 2}, y: }\n") == long
    assert value("parts: {x: 2, y: {}}\n") == long


def test_a_name_within_wins():
    assert value("parts: {x: {name: z}}\n").parts[0].name == "z"


def test_either():
    assert value("either: none\n").either == "none"
    assert value("either: [{name: x}]\n").either == (Part("x"),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("flag: yes\n", "PR-R012 f.yaml:2: `flag`: Expected true or false, found `yes`."),
        ("flag: 1\n", "PR-R012 f.yaml:2: `flag`: Expected true or false, found `1`."),
        ("share: true\n", "PR-R012 f.yaml:2: `share`: Expected a number, found true."),
        ("share: nan\n", "PR-R012 f.yaml:2: `share`: Expected a number, found `nan`."),
        ("share: 1e3\n", "PR-R012 f.yaml:2: `share`: Expected a number, found `1e3`."),
        ("pair: [1]\n", "PR-R012 f.yaml:2: `pair`: Expected a list of 2, found a list of 1."),
        ("pair: [1, 2, 3]\n", "PR-R012 f.yaml:2: `pair`: Expected a list of 2, found a list of 3."),
        ("pair: [1, x]\n", "PR-R012 f.yaml:2: `pair.1`: Expected a whole number, found `x`."),
        ("pair: 1\n", "PR-R012 f.yaml:2: `pair`: Expected a list of 2, found `1`."),
        ("words: [a]\n", "PR-R012 f.yaml:2: `words`: Expected a mapping, found a list."),
        ("words: {a: b}\n", "PR-R012 f.yaml:2: `words.a`: Expected a list, found `b`."),
        ("kind: c\n", "PR-R013 f.yaml:2: `kind`: Expected one of `a`, `b`, found `c`."),
        ("kind: [a]\n", "PR-R013 f.yaml:2: `kind`: Expected one of `a`, `b`, found a list."),
        ("parts: x\n", "PR-R012 f.yaml:2: `parts`: Expected a list, or a mapping by name, found `x`."),
        ("parts: [x]\n", "PR-R012 f.yaml:2: `parts.0`: Expected a mapping with the keys `name`, `size`, `when`, found `x`."),
        ("parts: [{name: x, when: 2012}]\n", "PR-R014 f.yaml:2: `parts.x.when`: Expected a date such as 2012-04-01, found `2012`."),
        ("parts:\n- name: x\n  sise: 1\n", "PR-R010 f.yaml:4: `parts.x.sise`: This key is not known here. Did you mean `size`?"),
        ("either: non\n", "PR-R012 f.yaml:2: `either`: Expected `none` or a list, or a mapping by name, found `non`."),
        ("either: [x]\n", "PR-R012 f.yaml:2: `either.0`: Expected a mapping with the keys `name`, `size`, `when`, found `x`."),
        ("either: [{nam: x, name: y}]\n", "PR-R010 f.yaml:2: `either.y.nam`: This key is not known here. Did you mean `name`?"),
        ("either: {x: {sise: 1}}\n", "PR-R010 f.yaml:2: `either.x.sise`: This key is not known here. Did you mean `size`?"),
        ("qqq: 1\n", "PR-R010 f.yaml:2: `qqq`: This key is not known here. Keys here are `bound`, `either`, `flag`, `kind`, "
         "`pair`, `parts`, `share`, `title`, `words`."),
    ],
)  # fmt: skip
def test_sentences(text, sentence):
    assert sentences(text) == [sentence]


def test_every_mistake_is_told_and_the_rest_is_made():
    built = made("title: t\nflag: yes\nkind: c\nparts: [{size: 1}, {name: y, size: z}]\n")
    assert sorted(each.key for each in built.problems) == ["flag", "kind", "parts.0.name", "parts.y.size"]
    assert built.value.parts[1] == Part("y")
    assert built.mended == {("flag",), ("kind",), ("parts", 0, "name"), ("parts", 1, "size")}


def test_what_cannot_be_mended_is_not_made():
    built = made("- a\n")
    assert built.value is None
    assert [each.code for each in built.problems] == ["PR-R012"]


def test_long_values_are_cut():
    assert len(sentences(f"share: {'x' * 500}\n")[0]) < 140


def test_type_at():
    assert type_at(Whole, ("parts", 0, "size")) is int
    assert type_at(Whole, ("pair", 1)) is int
    assert type_at(Whole, ("nothing", 1)) is None
    assert type_at(Dataset, ("file", "columns", "x", 0)) is int


@given(st.dates())
def test_every_day_is_a_date(day):
    assert value(f"parts: [{{name: x, when: {day.isoformat()}}}]\n").parts[0].when == day


@given(st.integers(-(10**17), 10**17))
def test_every_whole_number_is_one(number):
    assert value(f"parts: [{{name: x, size: {number}}}]\n").parts[0].size == number


@pytest.mark.parametrize(
    ("word", "names", "expected"),
    [
        ("titel", ["title", "number"], "Did you mean `title`?"),
        ("TITLE", ["title"], "Did you mean `title`?"),
        ("zzz", ["title"], ""),
        ("", ["title"], ""),
        ("x", [], ""),
    ],
)
def test_nearest(word, names, expected):
    assert nearest(word, names) == expected
