"""Sentences of a release: what they are said from, that they follow each figure, and that a change afterwards is seen."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from piperoll.release import verify
from piperoll.release.sentences.cells import Ref
from piperoll.release.verification import check_sentences
from tests.release.told import Edition, about, unmoved, written
from tests.searches import Released


NAME = "stop_and_search"


@pytest.fixture
def edition(released: Released) -> Edition:
    return Edition.of(released.desk.register, NAME, released.directory)


def test_the_page_says_what_the_file_says(released: Released) -> None:
    soup = BeautifulSoup((released.directory / "index.html").read_text(encoding="utf-8"), "html.parser")
    spans = soup.find_all(attrs={"data-sentence": True})
    found = {str(each["data-sentence"]): " ".join(each.get_text().split()) for each in spans}
    told = {str(each["sentence"]): each["text"] for each in written(released.directory)}
    assert {"main-points-1", "main-points-2", "section-searches-1", "section-searches-3", "chart-by-month"} <= set(told)
    assert found == told and len(spans) == len(told)
    cell = soup.find("data")
    assert cell is not None and str(cell["title"]).startswith("tables/") and ".csv: " in str(cell["title"])
    assert re.fullmatch(r"[\d,]+ searches were made in Sep 2020, an? (in|de)crease of .* in Aug 2020\.",
                        str(told["section-searches-1"]))  # fmt: skip


def test_each_digit_of_a_sentence_is_said_from_a_cell(released: Released) -> None:
    for sentence in written(released.directory):
        for phrase in sentence["phrases"]:  # type: ignore[attr-defined]
            if isinstance(phrase, str):
                assert not re.search(r"\d", phrase)
            elif phrase["op"] not in ("period", "name", "label"):
                assert phrase["cells"] and all(str(Ref.parse(each)) == each for each in phrase["cells"])


def test_the_manifest_lists_the_sentences_and_verify_says_them_again(released: Released) -> None:
    report = verify(released.directory)
    check = next(each for each in report.checks if each.name == "sentences")
    assert report.holds and check.looked_at == len(written(released.directory)) >= 6


def test_every_sentence_follows_every_figure_it_refers_to(edition: Edition) -> None:
    assert sum(len(about(phrase)) for each in edition.told().values() for phrase in each.phrases) > 15
    assert unmoved(edition) == []


def test_directions_flip_with_the_figures(edition: Edition) -> None:
    seen = 0
    for key, sentence in edition.told().items():
        for phrase in sentence.phrases:
            if phrase.op not in ("change", "moved") or len(phrase.cells) < 2:
                continue
            now, then = phrase.cells[:2]
            assert now.value is not None and then.value is not None
            more, less = str(then.value * 2 + 100), str(then.value / 2 if "." in str(then.value) else then.value // 2)
            up, down, same = (edition.retold({now.ref: value})[key].text for value in (more, less, str(then.value)))
            assert "increase" in up and "decrease" in down, key
            assert "the same as" in same or "unchanged" in same, key
            seen += 1
    assert seen >= 3


def test_a_figure_that_is_hidden_is_in_no_sentence(edition: Edition) -> None:
    ref = next(phrase.refs[0] for phrase in edition.told()["section-searches-1"].phrases if phrase.op == "figure")
    row = edition.row(ref)
    assert row is not None
    before = f"{int(row[ref.measure]):,}"
    for each in (row for rows in edition.rows.values() for row in rows if row["period"] == ref.period):
        if all(code == "all" for name, code in each.items() if name.endswith("_code")):
            each["searches"], each["searches_status"] = "", "c"
    told = edition.told()
    assert told["main-points-1"].text == "Searches, Sep 2020: cannot be given [c]."
    assert told["section-searches-1"].text == "Searches, Sep 2020: cannot be given [c]."
    # The share itself is another figure, and stays.
    assert told["section-searches-2"].text.startswith(("1", "2", "3")) and "%" in told["section-searches-2"].text
    assert not any(before in each.text for each in told.values())


def test_a_rank_says_what_it_leaves_out(edition: Edition) -> None:
    (phrase,) = [each for each in edition.told()["section-searches-3"].phrases if each.op == "highest"]
    top = phrase.cells[phrase.said.quoted[0]]
    row = edition.row(top.ref)
    assert row is not None and "among those" not in phrase.text
    row[top.ref.measure], row[f"{top.ref.measure}_status"] = "", "c"
    text = edition.told()["section-searches-3"].text
    assert top.names["ethnicity"] not in text and text.endswith("among those that can be shown.")


Spoil = Callable[[Path], None]


def _figure_in_a_table(directory: Path) -> None:
    path = directory / "tables" / "arrests.csv"
    ref = Ref.parse(next(p["cells"][0] for s in written(directory) for p in s["phrases"]  # type: ignore[attr-defined]
                         if isinstance(p, dict) and p["op"] == "figure"))  # fmt: skip
    lines = path.read_text(encoding="utf-8").split("\n")
    place = next(i for i, line in enumerate(lines) if line.startswith(f"{ref.period},") and ",all," in line)
    lines[place] = re.sub(r",(\d{3,}),", lambda found: f",{int(found[1]) + 5},", lines[place], count=1)
    path.write_text("\n".join(lines), encoding="utf-8")


def _edited(name: str, old: str, new: str) -> Spoil:
    def spoil(directory: Path) -> None:
        text = (directory / name).read_text(encoding="utf-8")
        assert re.search(old, text)
        (directory / name).write_text(re.sub(old, new, text, count=1), encoding="utf-8")

    return spoil


def _a_cell_less(directory: Path) -> None:
    content = json.loads((directory / "sentences.json").read_text(encoding="utf-8"))
    phrase = next(p for s in content["sentences"] for p in s["phrases"] if isinstance(p, dict) and p["op"] == "highest")
    phrase["cells"].pop()
    (directory / "sentences.json").write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        (_figure_in_a_table, "PR-E070", "and the tables say"),
        (_edited("sentences.json", r'"text": "[\d,]+"', '"text": "7"'), "PR-E070", "it says `7`"),
        (_edited("sentences.json", " searches were made", " searches of 12 were made"), "PR-E070", "no cell stands for"),
        (_edited("sentences.json", '"op": "figure"', '"op": "guess"'), "PR-E070", "nothing is said by `guess`"),
        (_edited("sentences.json", r'"places": \d', '"places": "1"'), "PR-E070", "not of its kind"),
        (_a_cell_less, "PR-E070", "not every Group of the table"),
        (_edited("sentences.json", r"\{", "["), "PR-E071", "cannot be read"),
        (Path.unlink, "PR-E071", "cannot be read"),
        (_edited("index.html", r"> searches were made in <?", "> searches were seen in "), "PR-E072", "otherwise"),
        (_edited("index.html", r"an (in|de)crease of|a decrease of", "no change of"), "PR-E072", "otherwise"),
        (_edited("index.html", r' data-sentence="section-searches-1"', ""), "PR-E072", "does not say the sentence"),
        (_edited("index.html", r' data-sentence="main-points-1"', ' data-sentence="mine"'), "PR-E072", "says nothing"),
        (_edited("index.html", r'<data value="[\d.]+"', '<data value="7"'), "PR-E072", "is not the figure 7"),
        (_edited("index.html", r'data-cell="arrests.searches\[2020-09', 'data-cell="arrests.searches[2020-07'),
         "PR-E072", "refers to a cell"),
    ],
)  # fmt: skip
def test_a_change_afterwards_is_seen(released: Released, tmp_path: Path, spoil: Spoil, code: str, said: str) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("index.html", "sentences.json", "manifest.json"):
        shutil.copy(released.directory / name, copy / name)
    shutil.copytree(released.directory / "tables", copy / "tables")
    assert problems(released, copy) == []
    spoil(copy / "sentences.json" if spoil is Path.unlink else copy)
    found = problems(released, copy)
    assert [each for each in found if each[0] == code and said in each[1]], found


def problems(released: Released, directory: Path) -> list[tuple[str, str]]:
    rows = Edition.of(released.desk.register, NAME, directory).rows
    listed = {"sentences.json": "", "index.html": ""}
    return [(each.code, each.message) for check in check_sentences(directory, listed, rows) for each in check.problems]


def test_a_release_from_before_there_were_sentences_is_not_asked_for_them(released: Released) -> None:
    assert list(check_sentences(released.directory, {"index.html": ""}, {})) == []
