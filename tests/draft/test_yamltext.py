"""What is written is read again as the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.draft.write import quoted
from piperoll.draft.yamltext import flow, guess, listed, scalar
from piperoll.register.nodes import parse


def read(text: str) -> object:
    node, problems = parse(text, "x.yaml")
    assert node is not None, problems
    return node.plain()


# No surrogates, which no UTF-8 file can hold.
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@given(TEXTS)
def test_a_text_is_the_same_text(text: str) -> None:
    assert read(f"x: {scalar(text)}\n") == {"x": text}


@given(st.lists(TEXTS, max_size=5), TEXTS)
def test_lists_and_mappings_on_one_line(texts: list[str], last: str) -> None:
    line = guess(f"- {flow([('a', listed(texts)), ('b', scalar(last))])}", "why")
    assert read(f"{line}\n") == [{"a": texts, "b": last}]


@pytest.mark.parametrize(
    "text", ["1", "01", "true", "No", "null", "~", "2012-05", "1.50", "a: b", "a #b", "", " x", "-", "'"]
)
def test_what_looks_like_something_else_stays_text(text: str) -> None:
    assert read(f"x: {scalar(text)}\n") == {"x": text}
    assert read(f"x: {quoted(text)}\n") == {"x": text}


def test_numbers_and_truth() -> None:
    assert read(f"a: {scalar(3)}\nb: {scalar(0.05)}\nc: {scalar(True)}\nd: {scalar(None)}\n") == {
        "a": 3, "b": 0.05, "c": True, "d": None,
    }  # fmt: skip
