"""What holds of all cleaning, on any text whatever."""

from __future__ import annotations

import os
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.link.clean import (
    STEPS,
    area,
    clean,
    cleaned,
    dates,
    identifiers,
    nicknames,
    outward,
    phonetic,
    postcodes,
    sector,
)  # fmt: skip
from piperoll.link.clean.words import NULL_WORDS, PARTICLES, RANKS, SUFFIXES, TITLES
from piperoll.link.spec.defaults import CLEANING
from piperoll.register.model.codes import IdentifierCheck


CHECK = IdentifierCheck(
    "k", pattern="(?P<year>[0-9]{2}|[0-9]{4})/(?P<serial>[0-9]{1,7})(?P<check>[A-Z])", letters="ZABCDEFGHJKLMNPQRTUVWXY",
    numbers=("year", "serial"), take={"year": 2}, pad={"serial": 7}, form="{year:1930+}/{serial:7}{check}",
)  # fmt: skip
NAME = ["upper", "strip accents", "strip punctuation", "squeeze blanks", "strip titles", "particles", "null words"]

# any text there is, and texts made of what the rules look for
WORDS = [*TITLES, *SUFFIXES, *RANKS, *PARTICLES, *NULL_WORDS, "1ST", "2ND", "SMITH", "é", "ß", "O'", "-", ".", ",", "ZZ99",
         "SW1A", "1AA", "0O1", "1856", "31", "JAN", "/", "79/1B", "Смит", "İ", "\u0345", "ﷺ", "E", "U", ":", "ĸ", "º"]  # fmt: skip
BETWEEN = [
    " ",
    "",
    "  ",
    ". ",
    "\x85",
    "\x1c",
    "\u0301",
    " \u0301",
    "\u200b",
    "\u200d",
    "\u1160",
    "\ufe0f",
    "\U000e0001",
]
MADE = st.lists(st.sampled_from(WORDS), max_size=25).flatmap(
    lambda words: st.sampled_from(BETWEEN).map(lambda between: between.join(words))
)
MIXED = st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(PARTICLES), st.sampled_from(BETWEEN)), max_size=20)
TEXTS = st.lists(
    st.one_of(st.none(), st.text(max_size=80), MADE, MADE.map(str.lower), MIXED.map("".join), MIXED.map(" ".join)),
    min_size=1, max_size=25,
)  # fmt: skip
# more on a machine with an hour to spare
EXAMPLES = int(os.environ.get("PIPEROLL_EXAMPLES", "60"))
MANY = settings(max_examples=EXAMPLES, deadline=None)


def series(values: list[str | None]) -> pl.Series:
    return pl.Series("x", values, dtype=pl.String)


# what is left after each of these is what it leaves
IDEMPOTENT: dict[str, Callable[[pl.Series], pl.Series]] = {
    # what comes after the first word has a first word of its own
    **{name: lambda values, name=name: clean(values, [name]) for name in STEPS if name != "other words"},
    "a name": lambda values: clean(values, NAME),
    # names are left out: titles are sought before the punctuation goes that tells a rank from a name
    **{
        f"a {kind}": lambda values, steps=steps: clean(values, steps)
        for kind, steps in CLEANING.items()
        if steps and "strip titles" not in steps
    },
    "dates": dates,
    "postcodes": postcodes,
    "identifiers": lambda values: cleaned(values, CHECK)[0],
    "plain identifiers": lambda values: identifiers(values, None, "", [])[0],
    "nicknames": nicknames,
}
ALL: dict[str, Callable[[pl.Series], pl.Series]] = {
    **IDEMPOTENT,
    "other words": lambda values: clean(values, ["other words"]),
    "outward": outward,
    "sector": sector,
    "area": area,
    "soundex": lambda values: phonetic(values, "soundex"),
    "nysiis": lambda values: phonetic(values, "nysiis"),
    "metaphone": lambda values: phonetic(values, "metaphone"),
}


@pytest.mark.parametrize("name", ALL)
@given(values=TEXTS)
@MANY
def test_length_and_nulls_are_kept_and_nothing_is_left_empty(name: str, values: list[str | None]) -> None:
    found = ALL[name](series(values))
    assert found.len() == len(values) and found.name == "x"
    for before, after in zip(values, found.to_list(), strict=True):
        assert before is not None or after is None
        assert after != "" or (name == "nicknames" and before == "")


@pytest.mark.parametrize("name", IDEMPOTENT)
@given(values=TEXTS)
@MANY
def test_cleaning_what_is_clean_changes_nothing(name: str, values: list[str | None]) -> None:
    once = IDEMPOTENT[name](series(values))
    assert IDEMPOTENT[name](once).to_list() == once.to_list()


@pytest.mark.parametrize("name", ALL)
@given(values=TEXTS)
@settings(max_examples=25, deadline=None)
def test_each_value_is_cleaned_by_itself(name: str, values: list[str | None]) -> None:
    together = ALL[name](series(values)).to_list()
    assert together == [ALL[name](series([each])).to_list()[0] for each in values]


@given(values=TEXTS)
@MANY
def test_names_are_short_and_have_no_blank_at_their_ends(values: list[str | None]) -> None:
    for each in clean(series(values), NAME).drop_nulls().to_list():
        assert 0 < len(each) <= 64
        assert each == each.strip() and "  " not in each and "'" not in each


@given(values=TEXTS)
@MANY
def test_dates_are_days_of_the_calendar(values: list[str | None]) -> None:
    for each in dates(series(values)).drop_nulls().to_list():
        assert 10000000 <= each <= 21001231
        assert each // 100 % 100 <= 12 and each % 100 <= 31
