"""A linkage of Piperoll as Splink settings: Splink's scores of it are Piperoll's."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.link.engine import Linked, link
from piperoll.link.estimate.train import Trained, weigh_up
from piperoll.link.files.spec import read_linkage
from piperoll.link.prepare import prepare
from piperoll.link.splink.columns import frequencies, prepare_columns
from piperoll.link.splink.read import read_settings
from piperoll.link.splink.read import trained as written_in
from piperoll.link.splink.score import score_pairs
from piperoll.link.splink.sql import read_expression
from piperoll.link.splink.write import write_settings

from .case import Case, of_pairs
from .make_export import SPEC, linked, people


PAIRS = ["file_l", "file_r", "record_l", "record_r"]


def alone(trained: Trained) -> Trained:
    """Without the class of relatives."""
    return replace(trained, chances=replace(trained.chances, r=()), kin=0.0)


@pytest.mark.slow
def test_splink_scores_the_exported_model_as_piperoll_does() -> None:
    """The case has Splink's own scores of an exported default linkage of two files."""
    case = Case("export")
    frames = people()
    linkage = read_linkage(SPEC).linkage
    model = case.content["model"]
    from piperoll.link.model import read_model

    trained = alone(read_model(model, linkage).trained)
    ready = prepare(frames, linkage)
    weights = of_pairs(ready, weigh_up(trained, ready), case.scores)[1]
    assert len(case.scores) > 1_000
    assert np.abs(weights - case.scores["weight"].to_numpy()).max() < 1e-6
    scored = score_pairs(case.settings, case.frames(), case.scores.select(PAIRS))
    assert (scored["weight"] - case.scores["weight"]).abs().max() < 1e-9


@pytest.mark.slow
def test_the_case_is_what_is_written_today() -> None:
    case = Case("export")
    linkage = read_linkage(SPEC).linkage
    from piperoll.link.model import read_model

    model = read_model(case.content["model"], linkage)
    settings = write_settings(linkage, model.trained, mode="both", without=["relatives"])
    assert json.loads(json.dumps(settings)) == case.settings
    prepared = prepare_columns(people(), linkage)
    for name, frame in case.frames().items():
        assert prepared[name].select(frame.columns).equals(frame.cast(prepared[name].select(frame.columns).schema))


@pytest.mark.slow
def test_what_splink_lacks_is_named() -> None:
    done = linked({**SPEC, "never": [{"when": "different(pnc)"}], "one_each": ["police"]})
    with pytest.raises(UserError) as refused:
        write_settings(done)
    assert refused.value.code == "PR-L022"
    for word in ("relatives", "different(pnc)", "one_each"):
        assert word in str(refused.value)
    with pytest.raises(UserError, match="vetoes"):
        write_settings(done, without=["relatives", "one_each"])
    assert write_settings(done, without=["relatives", "one_each", "vetoes"])["link_type"] == "link_and_dedupe"


SIMPLE: dict[str, Any] = {
    "record": "id",
    "fields": {"a": {"kind": "text"}, "b": {"kind": "text"}},
    "block": {"rules": ["a"]},
}


@pytest.mark.parametrize(("levels", "says"), [
    ([{"when": "damerau(a) <= 2", "m": 0.9, "u": 0.1}, {"when": "else", "m": 0.1, "u": 0.9}], "damerau(a) <= 2"),
    ([{"when": "jaro_winkler(a) >= 0.8", "m": 0.9, "u": 0.15}, {"when": "jaro_winkler(a) >= 0.7", "m": 0.05, "u": 0.1,
      "tf": 1.0, "tf_of": "a"}, {"when": "else", "m": 0.05, "u": 0.8}], "without a level"),
    ([{"when": "a", "m": 0.9, "u": 0.1}, {"when": "else", "m": 0.1, "u": 0.9, "tf": 1.0}], "of what is left"),
])  # fmt: skip
def test_levels_beyond_sql_are_named(levels: list[dict[str, Any]], says: str) -> None:
    linkage = read_linkage({**SIMPLE, "compare": [{"name": "a", "levels": levels}], "prior": 0.1}).linkage
    with pytest.raises(UserError) as refused:
        write_settings(linkage)
    assert refused.value.code == "PR-L022"
    assert says in str(refused.value)


def test_a_linkage_without_chances_is_refused() -> None:
    with pytest.raises(UserError) as refused:
        write_settings(read_linkage(SIMPLE).linkage)
    assert refused.value.code == "PR-L025"


FIELDS = {
    "forename": None, "surname": None, "dob": None, "sex": None, "postcode": None, "pnc": {"kind": "identifier"},
    "age": {"kind": "number"}, "tags": {"kind": "list"}, "raw": {"kind": "raw", "from": "surname"},
    "day": {"kind": "day", "from": "seen"},
}  # fmt: skip
CONDITIONS = [
    "surname", "different(surname)", "not surname", "null(surname)", "not null(surname)", "swapped(forename, surname)",
    "one_swapped(forename, surname)", "jaro_winkler(surname) >= 0.85", "jaro(surname) >= 0.8", "raw",
    "jaro_winkler(forename, surname) >= 0.8", "levenshtein(surname) <= 2", "damerau(pnc) <= 1", "start(surname) >= 3",
    "begins(forename)", "initial_of(forename)", "nickname(forename)", "soundex(surname)", "nysiis(surname)",
    "first(surname, 3)", "last(surname, 2)", "part(surname, 2, 2)", "initial(forename)", "words(surname)",
    "outward(postcode)", "sector(postcode)", "area(postcode)", "year(dob)", "month(dob)", "day(dob)", "decade(dob)",
    "day_month(dob)", "day_and_month(dob)", "dob", "turned(dob)", "digits(dob) <= 1", "digits(dob) <= 3",
    "known_parts(dob)", "two_parts(dob)", "same_year(dob)", "same_month(dob)", "same_day(dob)", "same_day_month(dob)",
    "same_year_month(dob)", "days(dob) <= 31", "years(dob) <= 5", "months(dob) <= 2", "difference(age) <= 2", "age",
    "shared(tags) >= 1", "shared(tags) >= 2", "tags", "difference(day) <= 10", "sex",
    "surname and not jaro_winkler(forename) >= 0.9", "(surname or forename) and not (dob or sex)",
    "not swapped(forename, surname) and null(dob)", "nickname(forename) and soundex(surname) or digits(dob) <= 2",
]  # fmt: skip


def odd_people() -> pl.DataFrame:
    generator = np.random.default_rng(3)
    size = 70
    choose = lambda values: [values[k] for k in generator.integers(0, len(values), size)]  # noqa: E731
    names = ["Jon", "John", "J", "Robert", "Bob", "Smith", "Smyth", "Smithson", "Khan", None, "Robertson", "Johns"]
    dates = [None, "1979-01-13", "1979-13-01", "1979-01-14", "1979", "1979-01", "1980-02-28", "1984-12-30", "1979-03-31",
             "1979-10-01", "2001-01-10", "1979-01-10"]  # fmt: skip
    return pl.DataFrame({
        "id": [f"r{k}" for k in range(size)],
        "forename": choose(names), "surname": choose(names), "dob": choose(dates), "sex": choose(["M", "F", None]),
        "postcode": choose(["LS1 4AP", "LS1 4AQ", "LS1 5AA", "LS2 4AP", "M1 1AA", None]),
        "pnc": choose(["12345", "12354", "1234", "99999", None]), "age": choose([30, 31, 33, 50, None]),
        "tags": choose([[], ["x"], ["x", "y"], ["y", "z", "x"], None]), "seen": choose(["2020-01-01", "2020-01-09", None]),
    })  # fmt: skip


@pytest.fixture(scope="module")
def odd() -> pl.DataFrame:
    return odd_people()


@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
@pytest.mark.parametrize("when", CONDITIONS)
def test_each_condition_means_the_same_in_sql(when: str, dialect: Any, odd: pl.DataFrame) -> None:
    levels = [{"when": when, "m": 0.9, "u": 0.2}, {"when": "else", "m": 0.1, "u": 0.8}]
    never = {"when": "null(sex) and not null(sex)", "null": True}
    spec = {"record": "id", "fields": FIELDS, "prior": 0.1, "block": {"rules": ["surname"]},
            "compare": [{"name": "c", "levels": [never, *levels]}]}  # fmt: skip
    linkage = read_linkage(spec).linkage
    frames = {"f": odd}
    settings = write_settings(linkage, dialect=dialect)
    prepared = prepare_columns(frames, linkage)
    assert prepared["f"]["unique_id"].to_list() == odd["id"].to_list()
    ids = odd["id"].to_list()
    pairs = pl.DataFrame([("f", a, "f", b) for k, a in enumerate(ids) for b in ids[k + 1 :]],
                         schema=["file_l", "record_l", "file_r", "record_r"], orient="row")  # fmt: skip
    ready = prepare(frames, linkage)
    levels_found, weights = of_pairs(ready, weigh_up(written_in(linkage), ready), pairs, 40)
    if dialect == "spark" and "damerau" not in when:  # its SQL is read as Spark's, and what it says run in DuckDB
        for level in settings["comparisons"][0]["comparison_levels"][:-1]:
            read_expression(level["sql_condition"], "spark")
    scored = score_pairs(settings, prepared, pairs)
    assert (scored["gamma_c"].to_numpy() == 2 - levels_found[:, 0]).all()
    assert np.abs(scored["weight"].to_numpy()[:40] - weights).max() < 1e-9
    assert 0 < (levels_found[:, 0] == 1).sum() < len(pairs)


def test_rules_become_equalities_of_prepared_columns() -> None:
    spec = {**SIMPLE, "fields": {"forename": None, "surname": None, "dob": None}, "prior": 0.1,
            "block": {"rules": ["soundex(surname), year(dob)", "unordered(forename, surname)", "first(surname, 3), dob"]},
            "compare": [{"name": "s", "levels": [{"when": "surname", "m": 0.9, "u": 0.1},
                                                 {"when": "else", "m": 0.1, "u": 0.9}]}]}  # fmt: skip
    linkage = read_linkage(spec).linkage
    settings = write_settings(linkage, mode="both")
    assert [each["blocking_rule"] for each in settings["blocking_rules_to_generate_predictions"]] == [
        'l."soundex_surname" = r."soundex_surname" AND l."year_dob" = r."year_dob"',
        'l."unordered_forename_surname" = r."unordered_forename_surname"',
        'l."first_surname_3" = r."first_surname_3" AND l."dob" = r."dob"',
    ]
    frame = pl.DataFrame({"id": ["1", "2", "3"], "forename": ["Ann", "Lee", None], "surname": ["Lee", "Ann", "Smyth"],
                          "dob": ["1979-01-13", None, "1979-02"]})  # fmt: skip
    prepared = prepare_columns({"x": frame}, linkage)["x"]
    first, second, third = prepared["unordered_forename_surname"]
    assert first == second is not None
    assert third is None
    assert prepared["dob"].to_list() == ["19790113", None, "19790200"]
    assert prepared["year_dob"].to_list() == [1979, None, 1979]
    assert prepared["soundex_surname"].to_list() == ["L000", "A500", "S530"]
    assert prepared["source_dataset"].to_list() == ["x"] * 3


def test_a_name_that_is_taken_gives_way() -> None:
    spec = {"record": "id", "prior": 0.1, "fields": {"surname": None, "soundex_surname": {"kind": "text"}},
            "block": {"rules": ["soundex(surname)"]},
            "compare": [{"name": "s t", "levels": [{"when": "soundex_surname", "m": 0.9, "u": 0.1},
                                                   {"when": "else", "m": 0.1, "u": 0.9}]}]}  # fmt: skip
    settings = write_settings(read_linkage(spec).linkage)
    assert settings["blocking_rules_to_generate_predictions"][0]["blocking_rule"] == (
        'l."soundex_surname_" = r."soundex_surname_"'
    )
    assert settings["comparisons"][0]["output_column_name"] == "s_t"


def test_frequencies_of_copies_are_told() -> None:
    """The engine learns from a few of records that are the same; with its frequencies DuckDB's scores are the same."""
    frames = people()
    first = frames["police"]
    copies = pl.concat([first, *(first[:1].with_columns(id=pl.lit(f"copy{k}")) for k in range(20))])
    done: Linked = link({"police": copies, "prison": frames["prison"]}, read_linkage(SPEC).linkage)
    done = replace(done, trained=alone(done.trained))
    settings = write_settings(done)
    prepared = prepare_columns({"police": copies, "prison": frames["prison"]}, done)
    records = done.ready.records
    kept = pl.DataFrame({
        "file_l": [records.files[records.file[k]] for k in done.pairs.left], "record_l": records.ids.gather(done.pairs.left),
        "file_r": [records.files[records.file[k]] for k in done.pairs.right],
        "record_r": records.ids.gather(done.pairs.right),
    })  # fmt: skip
    engine = of_pairs(done.ready, weigh_up(done.trained, done.ready), kept)[1]
    told = score_pairs(settings, prepared, kept, frequencies=frequencies(done))
    assert np.abs(told["weight"].to_numpy() - engine).max() < 1e-9
    untold = score_pairs(settings, prepared, kept)
    assert np.abs(untold["weight"].to_numpy() - engine).max() > 0.1


def test_what_is_exported_comes_back() -> None:
    levels = [{"when": "a", "m": 0.9, "u": 0.1, "tf": 0.5}, {"when": "jaro_winkler(a) >= 0.9", "m": 0.05, "u": 0.1},
              {"when": "else", "m": 0.05, "u": 0.8}]  # fmt: skip
    spec = {**SIMPLE, "prior": 0.01, "compare": [{"name": "a", "levels": levels}]}
    settings = write_settings(read_linkage(spec).linkage)
    imported = read_settings(settings)
    assert imported.foreign == ()
    assert [each.when for each in imported.native.compare[0].levels] == [
        "null(a)", "equal(a)", "jaro_winkler(a) >= 0.9", "else"]  # fmt: skip
    assert [each.m for each in imported.native.compare[0].levels] == [None, 0.9, 0.05, 0.05]
    assert imported.native.prior == 0.01
    assert imported.native.block.rules == ("a",)
