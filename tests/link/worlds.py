"""Small random tables, comparisons and rules for tests of linkage."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from hypothesis import strategies as st

from piperoll.link.encode.records import Records
from piperoll.link.files.spec import read_linkage
from piperoll.link.prepare import Ready, prepare
from piperoll.link.spec.model import Linkage
from piperoll.link.spec.terms import Term


LONG = "ab" * 150
FIELDS = [
    {"name": "forename"}, {"name": "surname"}, {"name": "note", "kind": "text", "clean": []}, {"name": "dob"},
    {"name": "postcode"}, {"name": "age", "kind": "number", "unit": 2.0},
]  # fmt: skip
NAMES = ["ANN", "ANNA", "ANA", "HANNAH", "Bob", "ROBERT", "bobby", "B", "MARTHA", "MARHTA", "DWAYNE", "DUANE",
         "O'Brien", "OBRIEN", "SMITH JONES", "JONES-SMITH", "é", "Ångström", "Иванов", "Ιωάννης", "李小龍", "محمد",
         "🙂", "🙂🙃", "A🙂B", "=1+1", "<b>x</b>", "'; drop table x", "", "  ", "UNKNOWN", LONG[:200], "X" * 300]  # fmt: skip
NOTES = ["", "a", "ab", "ba", "abc", "acb", "cab", "abcd", "badc", LONG, LONG[:-1], LONG[1:], LONG + "c", "c" + LONG,
         LONG[::-1], "a" * 63, "a" * 64, "a" * 65, "🙂", "🙂a", "a🙂", "é", "e\u0301", "A"]  # fmt: skip
DATES = ["1980-01-02", "1980-02-01", "1980-01-03", "1981-01-02", "1980-01", "1980", "02/01/1980", "1980-02-31",
         "1900-01-01", "12/12/1975", "1980-12-31", "1981-01-01", "2000-02-29", "2001-02-28", "nonsense", "", "31/04/1990"]  # fmt: skip
POSTCODES = ["SW1A 1AA", "sw1a1aa", "SW1A 1AB", "SW1A 2AA", "SW1B 1AA", "SE1 1AA", "M1 1AE", "12345", "NFA", "", "B"]
AGES = ["1", "2", "3", "20", "21", "40", "-7", "1e3", "x", "", "0", "3.9", "99999999999999"]


def _values(known: list[str], letters: str) -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), st.sampled_from(known), st.sampled_from(known), st.text(letters, max_size=6))


RECORDS = st.fixed_dictionaries({
    "forename": _values(NAMES, "ABN"), "surname": _values(NAMES, "ABN"), "note": _values(NOTES, "abc"),
    "dob": _values(DATES, "0129-"), "postcode": _values(POSTCODES, "SW1A "), "age": _values(AGES, "012"),
})  # fmt: skip
TABLES = st.lists(RECORDS, min_size=2, max_size=7)

TEXTS = ["forename", "surname", "note", "postcode"]
THRESHOLDS = [0.3123, 0.5511, 0.7017, 0.8513, 0.9219, 1.0]


WORDS = [word.format(text) for text in TEXTS for word in (
    "soundex({})", "nysiis({})", "metaphone({})", "nickname({})", "initial({})", "first_word({})", "last_word({})", "words({})",
    "outward({})", "sector({})", "area({})", "first({}, 2)", "last({}, 3)", "{}", "{}", "{}", "{}")]  # fmt: skip
OF_TEXT = [
    "{}", "equal({})", "null({})", "different({})", "begins({})", "initial_of({})", "swapped(first_word(forename), {})",
    *[f"jaro_winkler({{}}) >= {each}" for each in THRESHOLDS], *[f"levenshtein({{}}) <= {each}" for each in range(4)],
    *[f"damerau({{}}) <= {each}" for each in range(4)], *[f"start({{}}) >= {each}" for each in range(1, 5)],
]  # fmt: skip
OTHERS = [
    *[f"{each}(dob)" for each in ("year", "month", "day", "decade", "day_month", "day_and_month", "same_year",
        "same_month", "same_day", "same_day_month", "same_year_month", "two_parts", "known_parts", "turned", "null")],
    *[f"digits(dob) <= {each}" for each in range(4)], *[f"days(dob) <= {each}" for each in (0, 1, 31, 366)],
    *[f"months(dob) <= {each}" for each in (1, 3)], *[f"years(dob) <= {each}" for each in (1, 5)], "dob", "age",
    "null(age)", *[f"difference(age) <= {each}" for each in (0, 0.5, 1, 10)], "swapped(forename, surname)",
    "one_swapped(forename, surname)", *[f"jaro_winkler(forename, surname) >= {each}" for each in THRESHOLDS],
]  # fmt: skip
SINGLE = st.one_of(st.builds(str.format, st.sampled_from(OF_TEXT), st.sampled_from(WORDS)), st.sampled_from(OTHERS))
JOINED = ["({} and {})", "({} or {})", "not ({})", "not ({} and {})", "not ({} or {})"]


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Conditions of conditions."""
    return st.builds(str.format, st.sampled_from(JOINED), inner, inner)


CONDITIONS = st.one_of(SINGLE, SINGLE, joined(SINGLE), joined(st.one_of(SINGLE, joined(SINGLE))))


@st.composite
def comparisons(draw: st.DrawFn) -> dict[str, Any]:
    """A comparison of some levels; the last is for what is left."""
    levels: list[dict[str, Any]] = [
        {"when": when, "null": True} if draw(st.integers(0, 4)) == 0 else {"when": when}
        for when in draw(st.lists(CONDITIONS, min_size=1, max_size=4))
    ]
    if all("null" not in each for each in levels):
        levels.insert(0, {"when": "null(forename) and null(surname) and null(dob)", "null": True})
    return {"levels": [*levels, {"when": "else"}]}


COMPARISONS = st.lists(comparisons(), min_size=1, max_size=3).map(
    lambda made: [{"name": f"c{k}", **each} for k, each in enumerate(made)]
)

TERMS = ["forename", "surname", "dob", "postcode", "age", "note", "soundex(surname)", "nysiis(forename)", "metaphone(surname)",
         "nickname(forename)", "first(surname, 2)", "last(note, 1)", "initial(forename)", "first_word(surname)",
         "words(surname)", "outward(postcode)", "sector(postcode)", "area(postcode)", "year(dob)", "month(dob)",
         "day(dob)", "decade(dob)", "day_month(dob)", "day_and_month(dob)", "unordered(forename, surname)"]  # fmt: skip
RULES = st.lists(st.lists(st.sampled_from(TERMS), min_size=1, max_size=3, unique=True).map(", ".join),
                 min_size=1, max_size=4, unique=True)  # fmt: skip


def frame(records: list[dict[str, Any]], start: int = 0) -> pl.DataFrame:
    """A table of text, each record with a name."""
    named = [{"id": f"r{start + k}", **each} for k, each in enumerate(records)]
    return pl.DataFrame(named, schema=dict.fromkeys(["id", *RECORDS_FIELDS], pl.String))


RECORDS_FIELDS = [str(each["name"]) for each in FIELDS]


def spec(**more: Any) -> Linkage:
    """A linkage of all fields."""
    return read_linkage({"record": "id", "fields": FIELDS, **more}).linkage


def made_ready(frames: dict[str, pl.DataFrame], **more: Any) -> Ready:
    """Records and linkage made ready."""
    return prepare(frames, spec(**more))


def cleaned(records: Records) -> list[dict[str, Any]]:
    """Records as dictionaries of cleaned values, in canonical order."""
    out: list[dict[str, Any]] = [{} for _ in range(len(records))]
    for name in records.columns.fields:
        values = records.columns[Term(name)]
        for k, code in enumerate(values.codes):
            out[k][name] = values.distinct[int(code)] if code >= 0 else None
    return out


def all_pairs(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Every pair of so many records."""
    left, right = np.triu_indices(count, 1)
    return left.astype(np.int32), right.astype(np.int32)


# --- people, for whole runs ------------------------------------------------------------------------------------------

FORENAMES = ["MARY", "JOHN", "ANN", "WILLIAM", "ELIZABETH", "THOMAS", "SARAH", "JAMES", "JANE", "GEORGE", "ALICE",
             "HENRY", "EMMA", "CHARLES", "FANNY", "EDWARD"]  # fmt: skip
SURNAMES = ["SMITH", "JONES", "TAYLOR", "BROWN", "WILLIAMS", "WILSON", "JOHNSON", "DAVIES", "PATEL", "WRIGHT", "EVANS",
            "WALKER", "WHITE", "ROBERTS", "GREEN", "HALL", "THOMAS", "CLARKE", "JACKSON", "WOOD"]  # fmt: skip


def people(count: int, seed: int = 1, copies: int = 2) -> pl.DataFrame:
    """``count`` people with up to ``copies`` records each, some with slips; ``who`` says who is who."""
    random = np.random.default_rng(seed)
    rows = []
    for who in range(count):
        person = {
            "forename": str(random.choice(FORENAMES)), "surname": str(random.choice(SURNAMES)) + chr(65 + who % 26),
            "dob": f"{random.integers(1940, 2000)}-{random.integers(1, 13):02d}-{random.integers(1, 29):02d}",
            "postcode": f"AB{random.integers(1, 30)} {random.integers(1, 9)}CD",
        }  # fmt: skip
        for _ in range(int(random.integers(1, copies + 1))):
            record: dict[str, Any] = dict(person)
            slip = random.random()
            if slip < 0.1:
                record["surname"] = record["surname"][:-2] + "X"
            elif slip < 0.2:
                record["dob"] = None
            elif slip < 0.3:
                record["postcode"] = f"AB{random.integers(1, 30)} 1CD"
            elif slip < 0.35:
                record["forename"] = record["forename"][:1]
            rows.append({"id": f"r{len(rows)}", "who": str(who), **record})
    return pl.DataFrame(rows, schema=dict.fromkeys(["id", "who", "forename", "surname", "dob", "postcode"], pl.String))


PEOPLE: dict[str, Any] = {
    "record": "id", "fields": [{"name": "forename"}, {"name": "surname"}, {"name": "dob"}, {"name": "postcode"}],
    "block": {"rules": ["surname, year(dob)", "dob", "postcode, forename"]},
}  # fmt: skip
