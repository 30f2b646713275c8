"""Any Splink model scores pairs as Splink does; what could do anything else is refused."""

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.link.splink import score
from piperoll.link.splink.score import score_pairs

from .case import CASES, PERSON_MATCH, Case, needs_person_match


PAIRS = ["file_l", "file_r", "record_l", "record_r"]


def agrees(scored: pl.DataFrame, case: Case) -> None:
    assert len(scored) == len(case.scores) > 100
    gammas = [name for name in case.scores.columns if name.startswith("gamma_")]
    for name in gammas:
        assert scored[name].to_list() == case.scores[name].to_list(), name
    assert (scored["weight"] - case.scores["weight"]).abs().max() < 1e-9


@needs_person_match
def test_the_person_match_model_scores_as_splink_does() -> None:
    case = Case("person_match")
    scored = score_pairs(PERSON_MATCH, case.frames(), case.scores.select(PAIRS))
    agrees(scored, case)
    every = {name for name in scored.columns if name.startswith("gamma_")}
    assert len(every) == 8
    assert all(scored[name].n_unique() >= 3 for name in every), "the case tries each comparison"
    chance = 1 / (1 + 2 ** -scored["weight"])
    assert (scored["probability"] - chance).abs().max() < 1e-12


@needs_person_match
def test_pairs_keep_their_order_and_may_come_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case("person_match")
    monkeypatch.setattr(score, "AT_ONCE", 97)
    turned = case.scores.reverse()
    scored = score_pairs(case.settings, case.frames(), turned.select(PAIRS))
    assert scored["record_l"].to_list() == turned["record_l"].to_list()
    assert (scored["weight"] - turned["weight"]).abs().max() < 1e-9


@needs_person_match
def test_frequencies_may_come_from_elsewhere() -> None:
    case = Case("person_match")
    frames, pairs = case.frames(), case.scores.select(PAIRS)
    whole = pl.concat(frames.values())["name_2_std"].drop_nulls()
    table = whole.value_counts().select("name_2_std", tf_name_2_std=pl.col("count") / len(whole))
    agrees(score_pairs(case.settings, frames, pairs, frequencies={"name_2_std": table}), case)
    rarer = table.with_columns(pl.col("tf_name_2_std") / 4)
    scored = score_pairs(case.settings, frames, pairs, frequencies={"name_2_std": rarer})
    gained = scored["weight"] - case.scores["weight"]
    assert gained.filter(scored["gamma_name_2_std"] == 2).round(9).unique().to_list() == [2.0]
    assert gained.filter(scored["gamma_name_2_std"] != 2).abs().max() < 1e-9


LEVELS = [{"sql_condition": "a_l IS NULL OR a_r IS NULL", "is_null_level": True},
          {"sql_condition": "a_l = a_r", "m_probability": 0.9, "u_probability": 0.1},
          {"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.9}]  # fmt: skip
SMALL = {"link_type": "dedupe_only", "probability_two_random_records_match": 0.5,
         "comparisons": [{"output_column_name": "a", "comparison_levels": LEVELS}]}  # fmt: skip
FRAMES = {"f": pl.DataFrame({"unique_id": [1, 2, 3], "a": ["x", "x", None]})}
THREE = pl.DataFrame({"record_l": ["1", "1"], "record_r": ["2", "3"]})


def test_null_levels_weigh_nothing() -> None:
    scored = score_pairs(SMALL, FRAMES, THREE)
    assert scored["gamma_a"].to_list() == [1, -1]
    assert scored["weight"].round(12).to_list() == [round(3.169925001442312, 12), 0.0]
    assert scored["probability"][1] == 0.5


def test_what_is_left_of_a_comparison_without_else_weighs_nothing_known() -> None:
    settings = deepcopy(SMALL)
    settings["comparisons"][0]["comparison_levels"].pop()
    frames = {"f": pl.DataFrame({"unique_id": [1, 2], "a": ["x", "y"]})}
    scored = score_pairs(settings, frames, THREE[:1])
    assert scored["weight"].to_list() == [None]


HOSTILE = [
    "a_l = (SELECT 1)", "a_l = 1; DROP TABLE records", "EXISTS (SELECT 1)", "a_l IN (SELECT a FROM records)",
    "getenv('HOME') = a_l", "read_text('/etc/passwd') = a_l", "l.a = r.a", "a = b_l", "repeat('a', 1000000000) = a_l",
    "a_l = 1) OR (1 = 1", "sum(a_l) OVER () > 1", "count(*) > 1", "a_l = $1", "a_l = ?", "COPY x TO 'y'",
    "current_setting('a') = a_l", "a_l = 1 UNION SELECT 1", "a_l = current_date", "random() > 0.5",
    "a_l = ANY (SELECT 1)", "COLUMNS('a') = 1", "*", "a_l = 1 AS y", "nextval('a') = 1", "ATTACH 'x'",
    "a_l = 1 THEN 1 ELSE 2 END, CASE WHEN a_r = 1", "list_transform(range(1000000000), x -> x)[1] = a_l",
    "a_l = 'x' " + "OR a_l = 'x' " * 5_000, "(" * 3_000 + "a_l" + ")" * 3_000, "", "SELECT 1", "a_l = 'unfinished",
    "query('SELECT 1') IS NULL", "error(a_l)", "getvariable('x') = a_l", "a_l AT TIME ZONE 'x' = a_r",
]  # fmt: skip


@pytest.mark.parametrize("sql", HOSTILE)
def test_hostile_sql_is_refused_before_anything_runs(sql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = deepcopy(SMALL)
    settings["comparisons"][0]["comparison_levels"][1]["sql_condition"] = sql
    monkeypatch.setattr(score, "connect", lambda **_: pytest.fail("it ran"))
    with pytest.raises(UserError) as refused:
        score_pairs(settings, FRAMES, THREE)
    assert refused.value.code == "PR-L021"
    assert "comparisons[0].comparison_levels[1]" in str(refused.value)


def test_a_comment_is_left_out() -> None:
    settings = deepcopy(SMALL)
    settings["comparisons"][0]["comparison_levels"][1]["sql_condition"] = "a_l = a_r -- */ ; DROP"
    assert score_pairs(settings, FRAMES, THREE)["gamma_a"].to_list() == [1, -1]


def test_spark_functions_are_understood() -> None:
    settings = deepcopy(SMALL) | {"sql_dialect": "spark"}
    settings["comparisons"][0]["comparison_levels"][1]["sql_condition"] = "jaro_winkler(`a_l`, `a_r`) >= 0.9"
    assert score_pairs(settings, FRAMES, THREE)["gamma_a"].to_list() == [1, -1]


@pytest.mark.parametrize(("change", "code"), [
    ({"comparisons": []}, "PR-L023"),
    ({"comparisons": "x"}, "PR-L023"),
    ({"comparisons": [{"output_column_name": "a"}]}, "PR-L023"),
    ({"comparisons": SMALL["comparisons"] * 2}, "PR-L023"),
    ({"comparisons": [{"comparison_levels": [{"label": 1}]}]}, "PR-L023"),
    ({"comparisons": [{"comparison_levels": [{"sql_condition": "ELSE", "m_probability": 2}]}]}, "PR-L023"),
    ({"comparisons": [{"comparison_levels": [{"sql_condition": "ELSE", "m_probability": True}]}]}, "PR-L023"),
    ({"comparisons": [{"comparison_levels": [{"sql_condition": "ELSE", "m_probability": 0.5}]}]}, "PR-L025"),
    ({"link_type": "other"}, "PR-L023"),
    ({"probability_two_random_records_match": 0}, "PR-L023"),
    ({"sql_dialect": "oracle"}, "PR-L023"),
    ({"blocking_rules_to_generate_predictions": [3]}, "PR-L023"),
    ({"unique_id_column_name": "nowhere"}, "PR-L003"),
])  # fmt: skip
def test_wrong_settings_are_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(UserError) as refused:
        score_pairs(SMALL | change, FRAMES, THREE)
    assert refused.value.code == code


def test_adjusting_needs_a_level_at_which_the_column_is_equal() -> None:
    settings = deepcopy(SMALL)
    levels = settings["comparisons"][0]["comparison_levels"]
    levels[1] |= {"sql_condition": "jaro_winkler_similarity(a_l, a_r) > 0.8", "tf_adjustment_column": "a"}
    with pytest.raises(UserError) as refused:
        score_pairs(settings, FRAMES, THREE)
    assert refused.value.code == "PR-L023"
    levels[1]["disable_tf_exact_match_detection"] = True
    plain = score_pairs(SMALL, FRAMES, THREE)["weight"]
    assert (score_pairs(settings, FRAMES, THREE)["weight"] - plain)[0] == pytest.approx(-3.321928094887362)
    levels[1]["tf_minimum_u_value"] = 1.0
    levels[1]["tf_adjustment_weight"] = 0.5
    assert (score_pairs(settings, FRAMES, THREE)["weight"] - plain)[0] == pytest.approx(-3.321928094887362 / 2)


@pytest.mark.parametrize(("frames", "pairs", "code"), [
    ({"f": FRAMES["f"].drop("a")}, THREE, "PR-L003"),
    ({"f": pl.concat([FRAMES["f"], FRAMES["f"]])}, THREE, "PR-L004"),
    (FRAMES, THREE.with_columns(record_l=pl.lit("9")), "PR-L026"),
    (FRAMES, THREE.drop("record_l"), "PR-L026"),
    (FRAMES | {"g": FRAMES["f"]}, THREE, "PR-L026"),
])  # fmt: skip
def test_frames_and_pairs_must_fit(frames: dict[str, pl.DataFrame], pairs: pl.DataFrame, code: str) -> None:
    with pytest.raises(UserError) as refused:
        score_pairs(SMALL, frames, pairs)
    assert refused.value.code == code


def test_sql_that_fails_on_the_columns_tells_no_value() -> None:
    settings = deepcopy(SMALL)
    settings["comparisons"][0]["comparison_levels"][1]["sql_condition"] = "CAST(a_l AS INT) = 1"
    frames = {"f": pl.DataFrame({"unique_id": [1, 2, 3], "a": ["CANARY", "CANARY", None]})}
    with pytest.raises(UserError) as refused:
        score_pairs(settings, frames, THREE)
    assert refused.value.code == "PR-L027"
    assert "CANARY" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param("person_match", marks=needs_person_match), "library", "export"])
def test_splink_still_says_what_the_cases_hold(name: str, tmp_path: Path) -> None:
    """Splink itself, where it is installed, on the cases that are kept."""
    pytest.importorskip("splink", reason="splink is not installed")
    script = Path(__file__).parents[3] / "benchmarks" / "peers" / "score_splink.py"
    copy = tmp_path / f"{name}.json"
    case = json.loads((CASES / f"{name}.json").read_text())
    if "settings_file" in case:  # named beside the kept case, which the copy is not
        case["settings_file"] = str(CASES / case["settings_file"])
    copy.write_text(json.dumps(case))
    held = case["scores"]
    subprocess.run([sys.executable, str(script), str(copy)], check=True, capture_output=True)
    said = json.loads(copy.read_text())["scores"]
    assert [row[:4] + row[5:] for row in said] == [row[:4] + row[5:] for row in held]
    assert max(abs(a[4] - b[4]) for a, b in zip(said, held, strict=True)) < 1e-9
