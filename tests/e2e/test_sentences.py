"""The sentences of the bulletin on possession: each follows every figure that it refers to."""

from __future__ import annotations

from pathlib import Path

import pytest

from piperoll.register import load
from piperoll.release.sentences.cells import Ref
from tests.e2e.conftest import PUBLICATION, ROOT, World
from tests.release.told import Edition, about, unmoved, written


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def edition(clean: World) -> Edition:
    whole = Edition.of(load(ROOT / "justice"), PUBLICATION, clean.release)
    trimmed = whole.trimmed()
    assert {key: each.text for key, each in trimmed.told().items()} == {
        key: each.text for key, each in whole.told().items()
    }
    return trimmed


def test_what_is_published_is_what_is_told(edition: Edition, clean: World) -> None:
    told = {key: each.text for key, each in edition.told().items()}
    assert {str(each["sentence"]): each["text"] for each in written(clean.release)
            if not str(each["sentence"]).startswith("chart-")} == told  # fmt: skip
    assert len(told) > 20 and sum(len(about(p)) for each in edition.told().values() for p in each.phrases) > 100


def test_every_sentence_follows_every_figure_it_refers_to(edition: Edition) -> None:
    assert unmoved(edition) == []


def test_directions_flip_with_the_figures(edition: Edition) -> None:
    seen = 0
    for key, sentence in edition.told().items():
        for phrase in sentence.phrases:
            if phrase.op not in ("change", "moved") or len(phrase.cells) < 2 or not phrase.cells[1].value:
                continue
            now, then = phrase.cells[:2]
            more, less = (str(round(then.value * by)) if "." not in str(then.value) else f"{then.value * by:.1f}"
                          for by in (3, 0))  # fmt: skip
            for value, word in ((more, "increase"), (less, "decrease")):
                again = next(p for p in edition.retold({now.ref: value})[key].phrases if about(p)[:2] == about(phrase)[:2]
                             and p.op == phrase.op)  # fmt: skip
                assert word in again.text, (key, value, again.text)
            seen += 1
    assert seen > 8


def test_what_a_change_is_held_against_decides_its_word(edition: Edition) -> None:
    """Where the series has years enough: a wilder one makes of a small change none to speak of, a calm one the reverse."""
    found = [
        (key, phrase)
        for key, each in edition.told().items()
        for phrase in each.phrases
        if phrase.given.judge and phrase.op == "moved" and len(phrase.cells) > 20
    ]
    assert found
    for key, phrase in found:
        now, then = phrase.cells[:2]
        near = {now.ref: "10400", then.ref: "10000"}
        calm = dict.fromkeys(phrase.refs[2:], "10000")
        wild = {ref: str(10000 + 400 * (place * 7 % 11 - 5)) for place, ref in enumerate(phrase.refs[2:])}
        assert "increased by 4%" in edition.retold(calm | near)[key].text
        assert "little changed" in edition.retold(wild | near)[key].text


def test_a_rank_is_of_every_area(edition: Edition, clean: World) -> None:
    regions = {row["geography_code"] for row in clean.table("claims") if row["geography_level"] == "Region"} - {
        "not_known"
    }
    phrases = [p for each in edition.told().values() for p in each.phrases if p.given.level == "Region"]
    assert phrases and all({ref.code("geography") for ref in phrase.refs} == regions for phrase in phrases)


def test_references_can_be_found_in_the_tables(clean: World) -> None:
    for sentence in written(clean.release):
        for phrase in sentence["phrases"]:  # type: ignore[attr-defined]
            for text in phrase["cells"] if isinstance(phrase, dict) else ():
                ref = Ref.parse(text)
                assert Path(clean.release, "tables", f"{ref.table}.csv").exists()
                assert str(ref) == text
