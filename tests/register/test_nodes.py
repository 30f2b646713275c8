"""YAML as written: no value is resolved into something that its writer did not mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.register.nodes import MAX_DEPTH, MAX_NODES, dotted, parse


def value(text):
    node, problems = parse(f"x: {text}\n", "f.yaml")
    assert problems == []
    return node.plain()["x"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("'true'", "true"),
        ("null", None),
        ("~", None),
        ("", None),
        ("Null", "Null"),
        ("01", "01"),
        ("0", 0),
        ("007", "007"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("-5", -5),
        ("-0", "-0"),
        ("+5", "+5"),
        ("0.25", 0.25),
        ("1.10", "1.10"),
        ("2012-05", "2012-05"),
        ("2012-05-01", "2012-05-01"),
        ("2012-05-01T10:00:00Z", "2012-05-01T10:00:00Z"),
        ("2012/13", "2012/13"),
        ("2012Q2", "2012Q2"),
        ("2012", 2012),
        ("99999999999999999999", "99999999999999999999"),
        ("=", "="),
        ('"01"', "01"),
        ("!!str 12", "12"),
    ],
)
def test_scalars(written, meant):
    found = value(written)
    assert found == meant
    assert type(found) is type(meant)


def test_keys_are_texts():
    node, _ = parse("1: a\nNO: b\ntrue: c\nnull: d\n", "f.yaml")
    assert list(node.plain()) == ["1", "NO", "true", "null"]


def test_lines_of_keys_and_values():
    node, _ = parse("a:\n  - b: 1\n    c:\n      d\n  - e\n", "f.yaml")
    assert node.keys == {"a": 1}
    first = node.value["a"].value[0]
    assert first.keys == {"b": 2, "c": 3}
    assert first.value["c"].line == 4
    assert node.value["a"].value[1].line == 5


def test_find_passes_over_what_is_not_there():
    node, _ = parse("a:\n  - b: 1\n", "f.yaml")
    found, line, steps = node.find(("a", 0, "int", "b"))
    assert (found.value, line, steps) == (1, 2, ("a", 0, "b"))


def test_dotted_without_names():
    node, _ = parse("a:\n  - b: 1\n", "f.yaml")
    assert dotted(node, ("a", 0, "b", "more")) == "a.0.b.more"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "PR-R004", 1),
        ("# nothing\n", "PR-R004", 1),
        ("a: [1, 2\n", "PR-R003", 2),
        ("a: 1\n b: 2\n", "PR-R003", 2),
        ("a: *b\n", "PR-R003", 1),
        ("a: &a [*a]\n", "PR-R003", 1),
        ("? [a, b]\n: 1\n", "PR-R003", 1),
        ("? {a: b}\n: 1\n", "PR-R003", 1),
        ("a: !!set {b}\n", "PR-R003", 1),
        ("a: !thing 1\n", "PR-R003", 1),
        ("a: 1\n---\nb: 2\n", "PR-R003", 2),
        ("a: \x01\n", "PR-R003", 1),
        ("a: 1\na: 2\n", "PR-R007", 2),
        ("a: 'open\n", "PR-R003", 2),
    ],
)
def test_what_cannot_be_read(text, code, line):
    _, problems = parse(text, "f.yaml")
    assert [(each.code, each.where) for each in problems] == [(code, f"f.yaml:{line}")]


def test_a_key_twice_keeps_the_first():
    node, problems = parse("a: {b: 1, b: 2}\n", "f.yaml")
    assert node.plain() == {"a": {"b": 1}}
    assert problems[0].key == "a.b"


def test_aliases_stand_for_their_values():
    node, problems = parse("a: &x [1, 2]\nb: *x\nc: &y t\nd: *y\n", "f.yaml")
    assert problems == []
    assert node.plain() == {"a": [1, 2], "b": [1, 2], "c": "t", "d": "t"}


def test_depth_is_limited():
    text = "a: " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)
    assert parse(text, "f.yaml")[1][0].code == "PR-R005"
    assert parse("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1), "f.yaml")[1] == []


def test_very_deep_nesting_ends_in_a_sentence():
    assert parse("[" * 100_000, "f.yaml")[1][0].code in ("PR-R003", "PR-R005")


def test_a_bomb_of_aliases_is_stopped():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    _, problems = parse("\n".join(lines), "f.yaml")
    assert problems[0].code == "PR-R005"
    assert f"{MAX_NODES:,}" in problems[0].message


@given(st.text(max_size=200))
def test_any_text_gives_a_tree_or_a_problem(text):
    node, problems = parse(text, "f.yaml")
    assert node is not None or problems


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(alphabet="abNOno01.-: #'", max_size=12)))
def test_quoted_texts_come_back_as_they_are(mapping):
    text = "".join(f"{key}: '{value.replace(chr(39), chr(39) * 2)}'\n" for key, value in mapping.items()) or "{}\n"
    node, problems = parse(text, "f.yaml")
    assert problems == []
    assert node.plain() == mapping
