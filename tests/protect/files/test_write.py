"""Files of a protected table, the pictures, and the page of choices."""

from __future__ import annotations

import hashlib
import hmac
import json
import stat
import xml.etree.ElementTree as ET
from pathlib import Path

import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.present.lint import lint_bytes
from piperoll.protect.files import attack_table, protect_table, read_spec
from piperoll.protect.files.choices import choices_page, compare
from piperoll.protect.files.pictures import interval_chart, role_map
from piperoll.protect.files.read import read_tables
from piperoll.protect.files.run import Protected
from piperoll.protect.files.spec import load_spec
from piperoll.protect.files.write import contents, write_protected
from piperoll.protect.proof.checker import check
from tests.protect.files.example import claims, spec


@pytest.fixture(scope="module")
def made() -> Protected:
    return protect_table(claims(), spec())


def test_public_files_hold_no_hidden_figure_and_internal_ones_are_for_the_owner_alone(
    made: Protected, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    files = write_protected(made, out)
    assert [path.relative_to(out).as_posix() for path in files] == [
        "public/table.csv", "public/tables.ods", "public/report.md", "public/report.json", "public/attack.yaml",
        "internal/certificate.json", "internal/README.txt", "internal/report.json", "internal/seed",
        "internal/roles/table.csv", "internal/map.svg",
    ]  # fmt: skip
    lines = (out / "public" / "table.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "area,quarter,value,status"
    assert "Aston,Q1,,[c]" in lines
    assert "North,Q1,34," in lines
    for path in files:
        private = "internal" in path.parts
        assert stat.S_IMODE(path.stat().st_mode) == 0o600 if private else path.stat().st_mode & 0o044
    assert stat.S_IMODE((out / "internal").stat().st_mode) == 0o700
    told = json.loads((out / "public" / "report.json").read_text(encoding="utf-8"))
    assert told["loss"]["hidden"] == 8
    assert not {"secondary_value", "cost", "lower_bound"} & told["loss"].keys()
    certificate = (out / "internal" / "certificate.json").read_bytes()
    assert check(certificate)["cells"] == 3
    seed = (out / "internal" / "seed").read_bytes().strip()
    assert told["certificate_hmac_sha256"] == hmac.new(seed, certificate, hashlib.sha256).hexdigest()
    assert hashlib.sha256(certificate).hexdigest() not in json.dumps(told)


def test_the_public_specification_is_enough_to_attack(made: Protected, tmp_path: Path) -> None:
    write_protected(made, tmp_path / "out")
    public = tmp_path / "out" / "public"
    read = load_spec(public / "attack.yaml")
    found = attack_table(read_tables([public / "table.csv"], 100), read)
    assert len(found.seen) == 8
    assert found.below == ()
    assert "kept inside" not in (public / "attack.yaml").read_text(encoding="utf-8")


def test_the_same_input_gives_the_same_bytes(made: Protected) -> None:
    assert contents(made) == contents(protect_table(claims(), spec()))


def test_the_workbook_and_the_report_are_as_published_ones_should_be(made: Protected) -> None:
    files = contents(made)
    assert lint_bytes("tables.ods", files["public/tables.ods"]) == ()
    report = files["public/report.md"].decode()
    assert "Hidden for being small: counts below 8, zero included." in report
    assert "at least 5 values remain possible" in report
    assert "8 of 35 figures are hidden and shown as [c]: 3 for being what the rule hides, 5 others." in report


def test_readers_who_are_not_to_know_the_roles_are_not_told_their_numbers() -> None:
    made = protect_table(claims(), spec(attacker={"knows_status": False}))
    report = contents(made)["public/report.md"].decode()
    assert "figures are hidden and shown as [c]." in report
    assert "others" not in report.split("## What is lost")[1].split("##")[0].replace("for the sake of others", "")


def test_nothing_is_written_over_what_is_there(made: Protected, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(UserError, match="PR-P068"):
        write_protected(made, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
    with pytest.raises(UserError, match="PR-P068"):
        write_protected(made, tmp_path / "kept.txt" / "out")


def words_of(svg: bytes) -> tuple[str, str]:
    root = ET.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    return str(root.findtext(f"{space}title")), str(root.findtext(f"{space}desc"))


def test_the_map_is_drawn_the_same_each_time_with_its_words(made: Protected) -> None:
    one, two = role_map(made), role_map(made)
    assert one.svg == two.svg
    assert words_of(one.svg) == (
        "15.6% of what could be shown is hidden for the sake of other cells",
        "A map of 7 by 5 cells: 27 published, 3 hidden for themselves, 5 hidden for others.",
    )


def test_the_intervals_are_drawn_with_their_words() -> None:
    public = {"value": "n", "dimensions": {"area": {"total": "All"}}, "rule": {"threshold": 8}}
    frame = pl.DataFrame({"area": ["A", "B", "C", "All"], "n": ["[c]", "10", "20", "33"]})
    found = attack_table(frame, public)
    chart = interval_chart(found)
    assert chart.svg == interval_chart(found).svg
    title, words = words_of(chart.svg)
    assert title == "1 of 1 hidden cells are known better than the requirement allows"
    assert words == "Bars for 1 hidden cells. [A] is exactly 3."
    with pytest.raises(UserError, match="PR-P072"):
        interval_chart(attack_table(frame.tail(3).with_columns(n=pl.Series(["10", "20", "30"])), public))


def test_choices_are_compared_with_and_without_a_second_geography() -> None:
    second = {
        "area": {"total": "All", "hierarchies": {"regions": ["region"], "halves": {"tree": {"All": {
            "East": ["Aston", "Corby"], "West": ["Beeford", "Derwent"]}}}}},
        "quarter": {"total": "Year"},
    }  # fmt: skip
    said = spec(dimensions=second, headline=[])
    found = compare(claims(), said)
    assert len(found) == 2 * 2 * 5
    by = {(each.divisions, each.published, each.width): each.secondary or 0 for each in found}
    assert by["with halves", "exact", 4] >= by["without halves", "exact", 4]
    assert by["without halves", "rounded to 5", 4] <= by["without halves", "exact", 4]
    files = choices_page(found, read_spec(said).spec.title)
    page = files["index.html"].decode()
    assert "Internal: for those who choose" in page
    assert page.count("<tr") >= 21
    assert files == choices_page(compare(claims(), said), read_spec(said).spec.title)
    assert lint_bytes("index.html", files["index.html"]) == ()


def test_a_choice_that_cannot_be_made_safe_is_told() -> None:
    frame = claims().with_columns(
        pl.when(pl.col("claims") == "5").then(pl.lit("15")).otherwise("claims").alias("claims")
    )
    show = [
        {"area": ["Beeford", "North", "Corby", "South", "All"]},
        {"area": ["Aston", "Derwent"], "quarter": ["Q2", "Q3", "Q4"]},
    ]
    found = compare(frame, spec(show=show))
    exact = [each for each in found if each.published == "exact"]
    assert all(each.secondary is None and "is exactly 3" in each.refused for each in exact)
    assert "What cannot be made safe" in choices_page(found, read_spec(spec()).spec.title)["index.html"].decode()
