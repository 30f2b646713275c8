"""A Splink model whose levels have a form in the language gives Splink's scores in Piperoll's engine."""

from copy import deepcopy
from typing import Any

import numpy as np
import polars as pl
import pytest
import sqlglot

from piperoll.errors import UserError
from piperoll.link.engine import link
from piperoll.link.estimate.train import weigh_up
from piperoll.link.prepare import prepare
from piperoll.link.splink.native import Fields, Unsaid, condition
from piperoll.link.splink.read import read_settings
from piperoll.link.splink.score import score_pairs
from piperoll.link.splink.sql import read_expression
from piperoll.store.duck import connect, leave

from .case import PERSON_MATCH, Case, needs_person_match, of_pairs


PAIRS = ["file_l", "file_r", "record_l", "record_r"]


def test_the_engine_gives_splinks_scores() -> None:
    case = Case("library")
    imported = read_settings(case.settings)
    assert imported.foreign == ()
    ready = prepare(case.frames(), imported.linkage)
    levels, weights = of_pairs(ready, weigh_up(imported.trained, ready), case.scores)
    for number, comparison in enumerate(imported.model.comparisons):
        splinks = case.scores[f"gamma_{comparison.name}"].to_numpy()
        assert len(set(splinks)) >= min(len(comparison.levels) - 1, 6), f"the case tries {comparison.name}"
        mine = np.where(levels[:, number] == 0, -1, max(comparison.gammas) + 1 - levels[:, number])
        assert (mine == splinks).all(), comparison.name
    assert np.abs(weights - case.scores["weight"].to_numpy()).max() < 1e-9


def test_duckdb_and_the_engine_agree_on_it() -> None:
    case = Case("library")
    scored = score_pairs(case.settings, case.frames(), case.scores.select(PAIRS))
    assert (scored["weight"] - case.scores["weight"]).abs().max() < 1e-9


@pytest.mark.slow
def test_a_linkage_runs_on_it_without_learning() -> None:
    case = Case("library")
    imported = read_settings(case.settings)
    assert [rule.text for rule in imported.linkage.rules] == ["surname, first(first_name, 1)", "dob, town", "pnc"]
    frames = case.frames()
    linked = link(frames, imported.linkage, model=imported.learnt)
    learnt = link(frames, imported.linkage)
    assert len(linked.pairs) > 20
    assert (linked.pairs.weight == learnt.pairs.weight).all(), "prior and chances are written in the linkage"
    records = linked.ready.records
    names = pl.Series([f"{records.files[file]} {name}" for file, name in zip(records.file, records.ids, strict=True)])
    splinks = {
        frozenset((f"{row['file_l']} {row['record_l']}", f"{row['file_r']} {row['record_r']}")): row["weight"]
        for row in case.scores.iter_rows(named=True)
    }
    for left, right, weight in zip(linked.pairs.left, linked.pairs.right, linked.pairs.weight, strict=True):
        assert weight == pytest.approx(splinks[frozenset((names[int(left)], names[int(right)]))], abs=1e-9)


@needs_person_match
def test_the_person_match_model_names_what_is_foreign() -> None:
    path = PERSON_MATCH
    with pytest.raises(UserError) as refused:
        read_settings(path)
    assert refused.value.code == "PR-L020"
    assert "`1=1`" in str(refused.value)
    imported = read_settings(path, rules=["name_1_std, last_name_std"])
    assert imported.foreign == ("name_comparison", "date_of_birth_arr", "postcode_arr", "id_comparison",
                                "sentence_date_arr")  # fmt: skip
    with pytest.raises(UserError) as refused:
        imported.linkage  # noqa: B018
    assert refused.value.code == "PR-L024"
    assert "`postcode_arr`" in str(refused.value)


# SQL, and the same in the language; None where there is nothing that is exactly the same.
SAID = [
    ("a_l = a_r", "equal(a)"),
    ('"a_l" = "a_r"', "equal(a)"),
    ("a_r = a_l", "equal(a)"),
    ("(((a_l = a_r)))", "equal(a)"),
    ("a_l <> a_r", "(not null(a) and not equal(a))"),
    ("NOT a_l = a_r", "(not null(a) and not equal(a))"),
    ("NOT (a_l <> a_r)", "(not null(a) and not (not null(a) and not equal(a)))"),
    ("a_l IS NULL OR a_r IS NULL", "null(a)"),
    ("NOT (a_l IS NULL OR a_r IS NULL)", "not null(a)"),
    ("a_l IS NOT NULL AND a_r IS NOT NULL", "not null(a)"),
    ("a_l IS NULL AND a_r IS NULL", None),
    ("a_l IS NULL", None),
    ("a_l = b_r AND a_r = b_l", "swapped(a, b)"),
    ("a_l = b_r OR b_l = a_r", "one_swapped(a, b)"),
    ("NOT (a_l = b_r OR b_l = a_r)", None),
    ("a_l = b_r", None),
    ("a_l = b_l", None),
    ("a_l = 'x'", None),
    ("jaro_winkler_similarity(a_l, a_r) >= 0.9", "jaro_winkler(a) >= 0.9"),
    ("0.9 <= jaro_winkler_similarity(a_l, a_r)", "jaro_winkler(a) >= 0.9"),
    ("jaro_winkler_similarity(a_l, a_r) > 0.9", "jaro_winkler(a) >= 0.9000000000000001"),
    ("jaro_winkler_similarity(a_l, b_r) >= 0.9", None),
    ("jaro_winkler_similarity(a_l, a_r) <= 0.9", None),
    ("jaro_similarity(a_l, a_r) >= 0.9", "jaro(a) >= 0.9"),
    ("jaccard(a_l, a_r) >= 0.9", None),
    ("levenshtein(a_l, a_r) <= 2", "levenshtein(a) <= 2"),
    ("levenshtein(a_l, a_r) < 2", "levenshtein(a) <= 1"),
    ("levenshtein(a_l, a_r) <= 1.5", "levenshtein(a) <= 1"),
    ("levenshtein(a_l, a_r) < 0", None),
    ("damerau_levenshtein(a_l, a_r) <= 1", "damerau(a) <= 1"),
    ("damerau_levenshtein(a_l, a_r) <= 2", None),
    ("substr(a_l, 1, 3) = substr(a_r, 1, 3)", "equal(first(a, 3))"),
    ("left(a_l, 3) = left(a_r, 3)", "equal(first(a, 3))"),
    ("right(a_l, 3) = right(a_r, 3)", "equal(last(a, 3))"),
    ("substring(CAST(a_l AS TEXT), 4, 3) = substring(CAST(a_r AS TEXT), 4, 3)", "equal(part(a, 4, 3))"),
    ("substr(a_l, -3, 2) = substr(a_r, -3, 2)", None),
    ("upper(a_l) = upper(a_r)", None),
    ("levenshtein(left(a_l, 4), left(a_r, 4)) <= 1", "levenshtein(first(a, 4)) <= 1"),
    ("year(d_l) = year(d_r)", "equal(first(d, 4))"),
    ("ABS(EPOCH(d_l) - EPOCH(d_r)) <= 86400 * 3", None),
    ("ABS(EPOCH(d_l) - EPOCH(d_r)) <= 259200", "difference(d_day) <= 3"),
    ("ABS(EPOCH(try_strptime(a_l, '%Y-%m-%d')) - EPOCH(try_strptime(a_r, '%Y-%m-%d'))) < 259200.0",
     "difference(a_day) <= 2"),
    ("ABS(EPOCH(try_strptime(a_l, '%d/%m/%Y')) - EPOCH(try_strptime(a_r, '%d/%m/%Y'))) < 259200.0", None),
    ("abs(datediff('day', d_l, d_r)) <= 14", "difference(d_day) <= 14"),
    ("abs(datediff('month', d_l, d_r)) <= 14", None),
    ("ABS(n_l - n_r) <= 3", None),
    ("array_length(list_intersect(x_l, x_r)) >= 2", "shared(x_list) >= 2"),
    ("len(list_intersect(x_l, x_r)) > 1", None),
    ("array_length(list_intersect(x_l, x_r)) > 1", "shared(x_list) >= 2"),
    ("array_length(x_l) >= 2", None),
    ("a_l = a_r AND b_l = b_r", "(equal(a) and equal(b))"),
    ("NOT (a_l = a_r AND b_l = b_r)",
     "((not null(a) and not equal(a)) or (not null(b) and not equal(b)))"),
    ("coalesce(a_l <> a_r, FALSE)", "(not null(a) and not equal(a))"),
    ("NOT coalesce(a_l = a_r, FALSE)", "not equal(a)"),
    ("coalesce(a_l = a_r, TRUE)", None),
    ("CASE WHEN a_l = a_r THEN TRUE ELSE FALSE END", None),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "said"), SAID)
def test_sql_in_the_language(sql: str, said: str | None) -> None:
    tree = read_expression(sql, "duckdb")
    if said is None:
        with pytest.raises(Unsaid):
            condition(tree, Fields())
    else:
        assert condition(tree, Fields()) == said


VALUES: dict[str, list[Any]] = {
    "a": [None, "", "1979-01-13", "1979-01-14", "1979-10-13", "smith", "smyth", "smiht", "jones", "jon", "1"],
    "b": [None, "smith", "jones", "1979-01-13", ""],
    "d": [None, "1979-01-13", "1979-01-15", "1980-01-13"],
    "x": [None, [], ["p"], ["p", "q", "q"], ["q", "p", "r"], ["s", None]],
}


def everything() -> pl.DataFrame:
    """Records with all values of two columns at a time."""
    rows = []
    for a in [*VALUES["a"], "smith", "jones"]:
        for b in VALUES["b"]:
            rows.append((a, b, VALUES["d"][len(rows) // 2 % 4], VALUES["x"][len(rows) // 3 % 6]))
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String, "d": pl.String, "x": pl.List(pl.String)},
                         orient="row")  # fmt: skip
    return frame.with_columns(pl.col("d").str.to_date(), unique_id=pl.int_range(pl.len()).cast(pl.String))


@pytest.mark.parametrize("sql", [sql for sql, said in SAID if said])
def test_the_language_and_duckdb_agree_on_all_values(sql: str) -> None:
    settings = {
        "link_type": "dedupe_only",
        "comparisons": [{"output_column_name": "c", "comparison_levels": [
            {"sql_condition": sql, "m_probability": 0.9, "u_probability": 0.1},
            {"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.9}]}],
    }  # fmt: skip
    frame = everything()
    imported = read_settings(settings, rules=["a"])
    ready = prepare({"f": frame}, imported.linkage)
    ids = frame["unique_id"].to_list()
    pairs = pl.DataFrame([("f", i, "f", j) for i in ids for j in ids if int(i) < int(j)],
                         schema=["file_l", "record_l", "file_r", "record_r"], orient="row")  # fmt: skip
    levels, weights = of_pairs(ready, weigh_up(imported.trained, ready), pairs, 40)
    scored = score_pairs(settings, {"f": frame}, pairs)
    alike = (scored["gamma_c"].to_numpy() == 1) == (levels[:, 0] == 1)
    empty = ids_of_empty(frame)
    odd = pairs.filter(~pl.Series(alike)).select("record_l", "record_r").rows()
    if "jaro" in sql:  # an empty text is like an empty text, DuckDB says that it is like none
        odd = [row for row in odd if not set(row) <= empty]
    assert odd == []
    assert 0 < scored["gamma_c"].sum() < len(scored)
    first = alike[:40]
    assert weights[first] == pytest.approx(scored["weight"].to_numpy()[:40][first])


def ids_of_empty(frame: pl.DataFrame) -> set[str]:
    return set(frame.filter(pl.col("a") == "")["unique_id"])


def test_similarities_agree_on_many_names() -> None:
    generator = np.random.default_rng(4)
    texts = ["".join(generator.choice(list("abcde -"), generator.integers(1, 14))) for _ in range(300)]
    texts += [text * 8 for text in texts[:20]]
    frame = pl.DataFrame({"a": texts}).with_columns(unique_id=pl.int_range(pl.len()).cast(pl.String))
    size = len(texts)
    pairs = pl.DataFrame({"record_l": [str(i) for i in range(size) for _ in range(40)],
                          "record_r": [str((i + 1 + k) % size) for i in range(size) for k in range(40)]})  # fmt: skip
    pairs = pairs.with_columns(file_l=pl.lit("f"), file_r=pl.lit("f"))
    levels = [f"{name}(a_l, a_r) >= {bound}" for bound in (0.9, 0.8, 0.7, 0.6) for name in
              ("jaro_winkler_similarity", "jaro_similarity")]  # fmt: skip
    levels += [f"levenshtein(a_l, a_r) <= {bound}" for bound in (1, 3, 5, 7)]
    chances = {"m_probability": 0.5, "u_probability": 0.5}
    settings = {"comparisons": [{"output_column_name": f"c{number}", "comparison_levels": [
        {"sql_condition": sql} | chances, {"sql_condition": "ELSE"} | chances]} for number, sql in enumerate(levels)]}  # fmt: skip
    imported = read_settings(settings, rules=["a"])
    ready = prepare({"f": frame}, imported.linkage)
    mine = of_pairs(ready, weigh_up(imported.trained, ready), pairs, 0)[0]
    scored = score_pairs(settings, {"f": frame}, pairs)
    for number, sql in enumerate(levels):
        theirs = scored[f"gamma_c{number}"].to_numpy()
        assert ((mine[:, number] == 1) == (theirs == 1)).all(), sql


RULES = [
    ("l.a = r.a and substr(l.b,1,3)=substr(r.b,1,3)", "a, first(b, 3)"),
    ('(l."a" = r."a") AND (SUBSTRING(l.b, 1, 1) = SUBSTRING(r.b, 1, 1)) AND l.c = r.c', "a, first(b, 1), c"),
    ({"blocking_rule": "l.a = r.a", "sql_dialect": "duckdb"}, "a"),
    ("r.a = l.a", "a"),
    ("year(l.d) = year(r.d)", "first(d, 4)"),
    ("l.`a` = r.`a`", "a"),
]


@pytest.mark.parametrize(("sql", "said"), RULES)
def test_blocking_rules_that_can_be_said(sql: object, said: str) -> None:
    dialect = "spark" if "`" in str(sql) else "duckdb"
    settings = deepcopy(SETTINGS) | {"blocking_rules_to_generate_predictions": [sql], "sql_dialect": dialect}
    assert read_settings(settings).native.block.rules == (said,)


LEVELS = [{"sql_condition": "a_l = a_r"}, {"sql_condition": "ELSE"}]
SETTINGS: dict[str, Any] = {"comparisons": [{"output_column_name": "a", "comparison_levels": LEVELS}]}


@pytest.mark.parametrize(("sql", "nearest"), [
    ("l.a = r.a AND levenshtein(l.b, r.b) < 2", "nearest is `a`"),
    ("l.a = r.a OR l.b = r.b", "a rule is a list"),
    ("l.a = r.b", "a rule is a list"),
    ("1=1", "a rule is a list"),
    ("l.a = r.a AND l.id < r.id", "nearest is `a`"),
    ({"blocking_rule": "l.a = r.a", "arrays_to_explode": ["a"]}, "it unpacks a"),
])  # fmt: skip
def test_blocking_rules_that_cannot_be_said(sql: object, nearest: str) -> None:
    with pytest.raises(UserError) as refused:
        read_settings(SETTINGS | {"blocking_rules_to_generate_predictions": [sql]})
    assert refused.value.code == "PR-L020"
    assert nearest in str(refused.value)


@pytest.mark.parametrize("sql", ["l.a = (SELECT 1)", "l.a = r.a; DROP TABLE x", "COPY x TO 'y'"])
def test_hostile_rules_are_refused(sql: str) -> None:
    with pytest.raises(UserError) as refused:
        read_settings(SETTINGS | {"blocking_rules_to_generate_predictions": [sql]})
    assert refused.value.code == "PR-L021"


def test_untrained_models_can_be_trained_here() -> None:
    imported = read_settings(SETTINGS, rules=["a"])
    assert not imported.linkage.taught
    with pytest.raises(UserError) as refused:
        imported.trained  # noqa: B018
    assert refused.value.code == "PR-L025"
    assert imported.native.fields[0].kind == "raw"


def test_names_of_columns_become_names_of_fields() -> None:
    levels = [{"sql_condition": '"First name_l" = "First name_r" AND "class_l" = "class_r" AND "2_l" = "2_r"'},
              {"sql_condition": "ELSE"}]  # fmt: skip
    imported = read_settings({"comparisons": [{"output_column_name": "a", "comparison_levels": levels}]}, rules=["x"])
    fields = {each.name: each.from_ for each in imported.native.fields}
    assert fields == {"First_name": "First name", "field_class": "class", "field_2": "2", "x": ""}


def test_files_are_told_apart_by_a_column() -> None:
    frame = pl.DataFrame({"source_dataset": ["x", "y", "x"], "unique_id": [1, 1, 2]})
    parts = read_settings(SETTINGS, rules=["a"]).split(frame)
    assert {name: part["unique_id"].to_list() for name, part in parts.items()} == {"x": [1, 2], "y": [1]}


def test_a_weight_beyond_one_is_foreign() -> None:
    settings = deepcopy(SETTINGS)
    settings["comparisons"][0]["comparison_levels"][0] |= {"tf_adjustment_column": "a", "tf_adjustment_weight": 1.5}
    assert read_settings(settings, rules=["a"]).foreign == ("a",)


def test_a_comparison_without_what_is_left_is_foreign() -> None:
    settings = deepcopy(SETTINGS)
    settings["comparisons"][0]["comparison_levels"].pop()
    imported = read_settings(settings, rules=["a"])
    assert imported.foreign == ("a",)
    assert imported.native.compare == ()


def test_what_is_written_anew_means_the_same_to_duckdb() -> None:
    con = connect()
    for sql in ("a_l = 'it''s' OR a_l IS NULL", "a_l LIKE 'x%' AND 1 + 2 * 3 = 7", "len([1, 2][1:1]) = 1"):
        again = sqlglot.parse_one(sql, read="duckdb").sql("duckdb")
        query = "SELECT {} FROM (SELECT 'it''s' AS a_l)"
        assert con.sql(query.format(sql)).fetchall() == con.sql(query.format(again)).fetchall()
    leave(con)
