"""Cases, runs and tables of the linkage benchmarks, without a peer."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import document
import link_accuracy as accuracy
import link_cases
import link_process
import link_speed as speed
import polars as pl
import pytest
from link_score import ALL, FIXED, label_column

from piperoll.link.files.spec import read_linkage
from piperoll.link.spec.terms import parse_rule


FRAMES = {
    "a": pl.DataFrame({"record": ["1", "2"], "surname": [" Hill ", " "], "n": [1, None], "person": [7, 8]}),
    "b": pl.DataFrame({"record": ["3"], "surname": ["Hil"], "n": [1], "person": [7]}),
}


def _case(frames: dict[str, pl.DataFrame]) -> link_cases.Case:
    return link_cases.Case(({"name": "surname"},), lambda _: frames, ("x",))


def test_truth_lies_apart_from_what_the_tools_read(tmp_path: Path) -> None:
    laid = link_cases.lay_out(_case(FRAMES), tmp_path / "case")
    assert laid.files == {"a": 2, "b": 1}
    assert laid.truth.rows() == [("1", "a", "7"), ("2", "a", "8"), ("3", "b", "7")]
    read = pl.read_parquet(laid.data / "a.parquet")
    assert read.columns == ["record", "surname", "n"]
    assert read.rows() == [("1", "Hill", "1"), ("2", None, None)]


def test_records_named_twice_over_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(link_cases.Missing, match="twice"):
        link_cases.lay_out(_case(FRAMES | {"c": FRAMES["b"]}), tmp_path / "case")


def test_data_that_is_not_here_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_cases, "SHARED", tmp_path)
    with pytest.raises(link_cases.Missing, match="splink_historical_50k"):
        link_cases.historical(tmp_path)
    monkeypatch.setattr(link_cases, "POPULATION", "justice_world.nowhere")
    with pytest.raises(link_cases.Missing, match=r"justice_world\.nowhere"):
        link_cases.population(10, 1, 1.0, tmp_path)


def test_febrl_names_persons_by_number_and_dates_are_put_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_cases, "SHARED", tmp_path)
    text = "rec_id, surname, date_of_birth\nrec-12-org, hill, 19560409\nrec-12-dup-3, hil, 1956\n"
    (tmp_path / "f.csv").write_text(text)
    frame = link_cases.febrl({"f": "f.csv"}, tmp_path)["f"]
    assert frame["person"].to_list() == ["12", "12"]
    assert frame["date_of_birth"].str.strip_chars().to_list() == ["1956-04-09", "1956"]


def test_blocks_of_a_source_are_read_in_order_with_its_truth(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    for part, record in (("0001", "L1"), ("0002", "L2")):
        pl.DataFrame({"record": [record], "forename": ["A"]}).write_parquet(tmp_path / f"libra-{part}.parquet")
        pl.DataFrame({"record": [record], "person": [int(part)]}).write_parquet(
            tmp_path / "truth" / f"libra-{part}.parquet"
        )
    read = link_cases.read_source(tmp_path, "libra", ("forename", "cro"))
    assert read.rows() == [("L1", "A", None, 1), ("L2", "A", None, 2)]


def test_every_specification_means_something(tmp_path: Path) -> None:
    for case in link_cases.cases(tmp_path).values():
        linkage = read_linkage(case.spec()).linkage
        assert not any(rule.given for rule in linkage.rules)  # the engine's own
        assert linkage.mode(2) == ("link" if case.link else "dedupe")
    linkage = read_linkage(speed.spec()).linkage
    assert [rule.text for rule in linkage.rules] == list(speed.RULES)
    assert {each.name: len(each.said) for each in linkage.comparisons} == {
        "forename": 4, "surname": 4, "dob": 6, "sex": 2, "address": 5, "pnc_id": 3, "prison_number": 3, "asn": 3,
    }  # fmt: skip


def test_a_run_tells_what_it_used_and_how_it_failed(tmp_path: Path) -> None:
    own = f"import sys, json; sys.path.insert(0, {str(Path(link_process.__file__).parent)!r}); "
    code = own + "from link_process import used; x = [0] * 2_000_000; print('noise'); print(json.dumps(used()))"
    told = link_process.run([sys.executable, "-c", code], tmp_path / "log")
    # a child's peak is at least that of the process it was forked from, whatever it does itself
    assert told["cpu"] > 0 and told["wall"] > 0 and told["gib"] > 0
    told = link_process.run([sys.executable, "-c", "raise SystemExit('no such file')"], tmp_path / "log")
    assert told == {"error": "no such file"}


@pytest.mark.slow
def test_piperoll_runs_in_a_process_of_its_own_and_takes_its_model_back(tmp_path: Path) -> None:
    names = ["Anna Hill", "Anna Hill", "Bert Moss", "Bert Mos", "Cara Field", "Dora Beck"]
    frame = pl.DataFrame({
        "record": [*"abcdef"],
        "person": [1, 1, 2, 2, 3, 4],
        "forename": [each.split()[0] for each in names],
        "surname": [each.split()[1] for each in names],
        "dob": ["1980-01-02", "1980-01-02", "1971-03-04", "1971-03-04", "1990-05-06", "1965-07-08"],
    })  # fmt: skip
    fields = ({"name": "forename"}, {"name": "surname"}, {"name": "dob"})
    case = link_cases.Case(fields, lambda _: {"people": frame}, ())
    laid = link_cases.lay_out(case, tmp_path / "case")
    told = accuracy.piperoll(case, laid)
    assert told["true"] == 2 and told["candidates"] >= told["candidates_true"] == 2
    assert set(told["grades"]) == {"persons"} and len(told["grades"]["persons"]) == len(ALL)
    assert told["summary"]["bcubed_f1@best"] == 1.0
    script, spec = Path(accuracy.__file__).with_name("link_piperoll.py"), laid.folder / "spec.json"
    model, first, second = (tmp_path / name for name in ("model.json", "first.parquet", "second.parquet"))
    common = [sys.executable, script, spec, laid.data]
    weights = ["--weights", repr(FIXED[0.5])]
    assert "error" not in link_process.run([*common, first, "--save", model, *weights], tmp_path / "log")
    assert "error" not in link_process.run([*common, second, "--trained", model, *weights], tmp_path / "log")
    assert pl.read_parquet(first).equals(pl.read_parquet(second))
    assert label_column("persons", FIXED[0.5]) in pl.read_parquet(first).columns


def _told(cpu: float, found: float) -> dict:
    figures = dict.fromkeys(accuracy.MEASURES, found)
    return {
        "candidates": 1000,
        "candidates_true": 9,
        "true": 10,
        "cpu": cpu,
        "wall": 2.0,
        "gib": 0.5,
        "summary": figures,
    }


def test_a_family_is_one_line_for_each_tool_with_its_spread() -> None:
    runs = [
        {"Piperoll": _told(1.0, 0.9), "Splink": _told(4.0, 0.8)},
        {"Piperoll": _told(3.0, 0.92), "Splink": {"error": "broke"}},
    ]
    ours, peer = accuracy.rows("data (2 seeds)", runs)
    assert ours.startswith("| data (2 seeds) | Piperoll | 1,000 | 0.9000 | 0.9100 ± 0.0141 |")
    assert ours.endswith("| 2.0 | 2.0 | 0.50 |")
    assert peer.startswith("|  | Splink | broke |")
    assert ours.count("|") == peer.count("|") == accuracy.HEAD.count("|") == accuracy.RULER.count("|")


def test_the_report_says_what_was_not_run() -> None:
    case = _case(FRAMES)
    splink = _told(4.0, 0.8) | {"version": "splink 5", "notes": "wide"}
    text = accuracy.report({"x": {"Piperoll": _told(2.0, 0.9), "Splink": splink}}, {"x": case}, {"y": "no such file."})
    assert "beside splink 5;" in text[0]
    assert "Splink's models: x, Splink: wide." in text
    assert text[-2:] == [
        "Splink's processor seconds over Piperoll's (its last line): x 2.0.",
        "Not run: y: no such file.",
    ]


def test_lines_of_the_table_of_speed() -> None:
    used = {"cpu": 2.0, "wall": 1.0, "gib": 0.5}
    whole = {"Piperoll": used | {"candidates": 7, "bcubed_f1": 0.99}, "Splink": used | {"cpu": 9.0, "candidates": 8}}
    told = {"records": 1000, "train": whole, "inference": {"Piperoll": used}}
    first, second = speed.rows(told)
    assert first == (
        "| 1,000 | train, predict, cluster | 7 | 8 | 2.0 | 9.0 | 4.5 | 1.0 | 1.0 | 1.0 | 0.50 | 0.50 | 1.0 | 0.9900 |  |"
    )
    assert second.startswith("| 1,000 | with a saved model | Splink: not run |")
    assert first.count("|") == second.count("|") == speed.HEAD.count("|") == speed.RULER.count("|")


def test_both_languages_say_the_same_ten_rules() -> None:
    sql = {
        "year(dob)": "substr(dob,1,4)", "day_and_month(dob)": "substr(dob,6,5)",
        "first(surname, 3)": "substr(surname,1,3)", "initial(forename)": "substr(forename,1,1)",
    }  # fmt: skip
    models = ast.parse((Path(speed.__file__).parent / "peers" / "splink_models.py").read_text())
    ten = next(
        each.value for each in models.body if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "TEN"
    )
    rules = [tuple(sql.get(str(term), str(term)) for term in parse_rule(rule)) for rule in speed.RULES]
    assert len(rules) == 10
    assert rules == list(ast.literal_eval(ten))


def test_a_section_takes_the_place_of_the_one_before_and_of_no_other(tmp_path: Path) -> None:
    doc = tmp_path / "p.md"
    doc.write_text("# Performance\n\n## One\n\nold\n\n## Two\n\nkept\n")
    document.put("One", ["new"], doc)
    assert doc.read_text() == "# Performance\n\n## One\n\nnew\n\n## Two\n\nkept\n"
    document.put("Three", ["last", ""], doc)
    document.put("Two", ["again"], doc)
    assert doc.read_text() == "# Performance\n\n## One\n\nnew\n\n## Two\n\nagain\n\n## Three\n\nlast\n"
