"""Columns as codes; texts as numbers, the same on any machine."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.link.encode.copies import learners
from piperoll.link.encode.values import encode, fingerprints, kinds_of, spell, union


TEXTS = st.lists(st.one_of(st.none(), st.sampled_from(["", "a", "b", "🙂", "é"]), st.text(max_size=9)), max_size=30)


def back(values: object) -> list[object]:
    return [values.distinct[int(code)] if code >= 0 else None for code in values.codes]


@given(TEXTS)
def test_codes_give_the_column_back_and_distinct_values_come_once(texts: list[str | None]) -> None:
    values = encode(pl.Series("x", texts, dtype=pl.String))
    assert back(values) == texts
    assert values.distinct.to_list() == list(dict.fromkeys(each for each in texts if each is not None))
    assert values.counts().tolist() == [texts.count(each) for each in values.distinct]
    upper = values.mapped(lambda v: v.str.to_uppercase().replace("A", None))
    assert back(upper) == [None if each is None or each.upper() == "A" else each.upper() for each in texts]


@given(TEXTS, TEXTS)
def test_equal_values_of_two_columns_have_equal_codes(one: list[str | None], other: list[str | None]) -> None:
    a, b = union([encode(pl.Series("x", each, dtype=pl.String)) for each in (one, other)])
    assert (back(a), back(b)) == (one, other)
    for x, code in zip(one, a.codes, strict=True):
        for y, number in zip(other, b.codes, strict=True):
            assert (code == number) == (x == y)
    assert union([]) == []


@pytest.mark.parametrize(
    "series",
    [
        pl.Series("x", ["a", None, "b", "a"], dtype=pl.Categorical), pl.Series("x", ["a", None, "a"], dtype=pl.Enum(["a", "b"])),
        pl.Series("x", [1, None, 3]), pl.Series("x", [1.5, None]), pl.Series("x", [None, None], dtype=pl.String),
        pl.Series("x", [], dtype=pl.String), pl.Series("x", [True, None, False]), pl.Series("x", ["2000-01-01", None]).str.to_date(),
    ],
)  # fmt: skip
def test_other_kinds_of_column(series: pl.Series) -> None:
    assert back(encode(series)) == series.to_list()


@given(st.lists(st.text(max_size=20), max_size=20))
def test_spelling_tells_characters_apart_and_keeps_lengths(texts: list[str]) -> None:
    chars, offs, _ = spell(pl.Series(texts, dtype=pl.String))
    assert np.diff(offs).tolist() == [len(each) for each in texts]
    joined = "".join(texts)
    rank: dict[str, int] = {}
    for letter, number in zip(joined, chars.tolist(), strict=True):
        assert rank.setdefault(letter, number) == number
    assert len(set(rank.values())) == len(rank)
    for text, kinds in zip(texts, kinds_of(chars, offs).tolist(), strict=True):
        assert kinds == sum({1 << (rank[letter] & 31) for letter in text})


@pytest.mark.parametrize("known", [["abc", "é"], ["abc", "🙂"], []])
def test_texts_are_spelled_in_the_alphabet_of_others(known: list[str]) -> None:
    chars, _, alphabet = spell(pl.Series(known, dtype=pl.String))
    number = dict(zip("".join(known), chars.tolist(), strict=True))
    texts = pl.Series(["cab🙂🙃", "", "é漢"])
    again, offs, _ = spell(texts, alphabet)
    assert np.diff(offs).tolist() == [5, 0, 2]
    for letter, found in zip("cab🙂🙃é漢", again.tolist(), strict=True):
        if letter in number:
            assert found == number[letter]
        else:
            assert found not in number.values()


def plain_fingerprint(text: str, seed: int) -> int:
    """FNV-1a (Fowler, Noll and Vo) and the finish of MurmurHash3 (Appleby), in whole numbers of Python."""
    h = 0xCBF29CE484222325 ^ seed
    for byte in text.encode():
        h = (h ^ byte) * 0x100000001B3 % 2**64
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        h = (h ^ h >> 33) * factor % 2**64
    return h ^ h >> 33


@given(st.lists(st.text(max_size=9), max_size=9), st.integers(0, 9))
def test_fingerprints_are_the_same_on_any_machine(texts: list[str], seed: int) -> None:
    series = pl.Series(["before", *texts], dtype=pl.String)[1:]
    assert fingerprints(series, seed).tolist() == [plain_fingerprint(each, seed) for each in texts]
    assert fingerprints(pl.Series([None], dtype=pl.String)).tolist() == [plain_fingerprint("", 0)]


@given(st.lists(st.tuples(st.integers(-1, 1), st.integers(-1, 1)), max_size=30))
def test_three_of_records_that_are_the_same_are_learnt_from(rows: list[tuple[int, int]]) -> None:
    found = learners(np.array(rows, np.int32).reshape(-1, 2))
    assert found.tolist() == [rows[:k].count(row) < 3 for k, row in enumerate(rows)]
