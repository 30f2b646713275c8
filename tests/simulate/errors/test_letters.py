from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.simulate.errors import miscode, mistype
from piperoll.simulate.errors.letters import to_matrix, to_texts


NAMES = ["Smith", "O'Brien", "Al", "Li", "J", "Zoë", "Łukasz", "Ashworth-Patel", "SMITH", "Wright", "Aaa", "x y"]


def distance(left: str, right: str) -> int:
    """Damerau-Levenshtein distance (adjacent transpositions), plainly."""
    table = {(-1, -1): 0}
    for i in range(len(left)):
        table[i, -1] = i + 1
    for j in range(len(right)):
        table[-1, j] = j + 1
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            best = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a != b))
            if i and j and a == right[j - 1] and left[i - 1] == b:
                best = min(best, table[i - 2, j - 2] + 1)
            table[i, j] = best
    return table[len(left) - 1, len(right) - 1]


@given(st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=0x17F), max_size=20), max_size=12))
def test_texts_come_back_from_code_points(texts: list[str]) -> None:
    series = pl.Series("text", texts, dtype=pl.String)
    assert to_texts(to_matrix(series)[0]).to_list() == texts


@pytest.mark.parametrize("seed", range(40))
def test_a_slip_is_one_edit_away_and_never_none(seed: int) -> None:
    spoilt = mistype(np.random.default_rng(seed), pl.Series(NAMES))
    assert len(spoilt) == len(NAMES)
    for before, after in zip(NAMES, spoilt, strict=True):
        assert distance(before, after) == 1, (before, after)


def test_each_kind_of_slip_occurs_as_often_as_said() -> None:
    names = pl.Series(["Kingsbury"] * 20_000)
    after = mistype(np.random.default_rng(1), names)
    length = after.str.len_chars().to_numpy()
    assert np.mean(length == 8) == pytest.approx(0.28, abs=0.015)
    assert np.mean(length == 10) == pytest.approx(0.18, abs=0.015)
    turned = after.str.split("").list.sort() == pl.Series(["Kingsbury"] * 20_000).str.split("").list.sort()
    assert turned.to_numpy().mean() == pytest.approx(0.14, abs=0.015)


def test_first_letters_are_seldom_mistaken() -> None:
    after = mistype(np.random.default_rng(2), pl.Series(["Kingsbury"] * 20_000))
    assert 0.03 < (after.str.slice(0, 1) != "K").mean() < 0.11


def test_a_wrong_key_lies_beside_the_right_one() -> None:
    after = mistype(np.random.default_rng(3), pl.Series(["gg"] * 3000)).to_list()
    struck = {each.replace("g", "", 1) for each in after}
    assert struck == set("ftyhbv")


def test_short_names_are_substituted_and_empty_ones_stay() -> None:
    after = mistype(np.random.default_rng(4), pl.Series(["Li"] * 500))
    assert set(after.str.len_chars()) == {2}
    assert mistype(np.random.default_rng(4), pl.Series(["", "Smith"]))[0] == ""
    assert len(mistype(np.random.default_rng(4), pl.Series([], dtype=pl.String))) == 0


@given(st.lists(st.from_regex(r"[A-Z0-9a-z]{1,8}[ /-]?[A-Z0-9]{0,4}", fullmatch=True), min_size=1, max_size=20),
       st.integers(0, 1000))  # fmt: skip
def test_a_wrong_character_is_of_the_same_kind(codes: list[str], seed: int) -> None:
    after = miscode(np.random.default_rng(seed), pl.Series(codes)).to_list()
    for before, now in zip(codes, after, strict=True):
        assert len(before) == len(now)
        changed = [(a, b) for a, b in zip(before, now, strict=True) if a != b]
        assert len(changed) == 1
        (a, b), = changed  # fmt: skip
        assert (a.isdigit(), a.isupper(), a.islower()) == (b.isdigit(), b.isupper(), b.islower())


def test_a_code_without_letters_or_digits_stays() -> None:
    assert miscode(np.random.default_rng(1), pl.Series(["/ -", "A1"]))[0] == "/ -"
    assert len(miscode(np.random.default_rng(1), pl.Series([], dtype=pl.String))) == 0


def test_every_place_of_a_code_can_be_wrong() -> None:
    after = miscode(np.random.default_rng(5), pl.Series(["AB1 2CD"] * 2000))
    places = {next(at for at, (a, b) in enumerate(zip("AB1 2CD", each, strict=True)) if a != b) for each in after}
    assert places == {0, 1, 2, 4, 5, 6}
