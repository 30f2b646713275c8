"""The quality and caveat section: whole or refused, and of the day of publication."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from piperoll.errors import UserError
from piperoll.release import make
from piperoll.release.assured import Assured, Response, Trust
from piperoll.release.caveats import (
    NOTHING_OWED,
    Caveats,
    SourceQuality,
    came_words,
    caveats_of,
    require_whole,
)
from piperoll.workspace import Workspace
from tests.searches import NAME, Deliver, Released


SOURCE = SourceQuality("s", "Source", "A1 is required.", ("Counts are late.",))
WHOLE = Caveats((SOURCE,), ("All came.",), "Nothing was revised.")


def test_an_edition_carries_it(released: Released) -> None:
    content = json.loads((released.directory / "manifest.json").read_text(encoding="utf-8"))["quality"]
    assert [each["key"] for each in content["sources"]] == ["stop_search"] and len(
        content["sources"][0]["caveats"]
    ) == 4
    assert len(content["coverage"]) == 1 and "1 of 1 delivery owed came" in content["coverage"][0]
    assert content["revisions"] == "No earlier edition was published from this system."
    page = (released.directory / "index.html").read_text(encoding="utf-8")
    section = page[page.index('id="quality"') :]
    for words in ("How far the sources are assured", "Places are moved to the nearest", "What was revised"):
        assert words in section


@pytest.mark.parametrize(
    ("empty", "words"),
    [
        (replace(WHOLE, sources=()), "from which sources"),
        (replace(WHOLE, sources=(replace(SOURCE, level=""),)), "how far `s` is assured"),
        (replace(WHOLE, sources=(SOURCE, replace(SOURCE, key="t", caveats=()))), "the caveats of `t`"),
        (replace(WHOLE, coverage=()), "how much of what was owed has come"),
        (replace(WHOLE, revisions=" "), "what was revised"),
    ],
)
def test_no_part_of_it_may_be_empty(released: Released, empty: Caveats, words: str) -> None:
    publication = released.desk.publication(NAME)
    require_whole(publication, WHOLE)
    with pytest.raises(UserError, match="PR-E060") as raised:
        require_whole(publication, empty)
    assert words in raised.value.message
    require_whole(replace(publication, kind="management_information"), empty)


def test_an_edition_without_it_is_not_made(
    desk: Workspace, deliver: Deliver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A register that does not say it cannot be loaded; here one is changed after that."""
    deliver(20)
    assessments = {key: replace(each, caveats=()) for key, each in desk.register.assessments.items()}
    monkeypatch.setattr(desk, "register", replace(desk.register, assessments=assessments))
    with pytest.raises(UserError, match="PR-E060"):
        make(desk, NAME, "2020Q3", tmp_path / "out")
    assert not (tmp_path / "out").exists() and desk.journal.releases(publication=NAME) == []


def test_what_came_in_words() -> None:
    def words(owed: int, came: int) -> str:
        return came_words(Response("Data", owed, came, 0, 0))

    assert words(4, 3) == "Data: 3 of 4 deliveries owed came (75.0%)."
    assert words(4, 4) == "Data: 4 of 4 deliveries owed came (all of them)."
    assert words(1, 0) == "Data: 0 of 1 delivery owed came (0.0%)."


def test_a_source_that_is_not_assessed_has_no_level(released: Released) -> None:
    register, publication = released.desk.register, released.desk.publication(NAME)
    assured = Assured((Trust("Police stop and search", ("It has not been assessed.",)),), ())
    section = caveats_of(replace(register, assessments={}), publication, assured, "None.")
    assert section.wanting() == ("how far `stop_search` is assured", "the caveats of `stop_search`")
    assert section.coverage == (NOTHING_OWED,)
    whole = caveats_of(register, publication, assured, "None.")
    assert whole.wanting() == () and whole.lines[-1] == "None."
    assert json.loads(json.dumps(whole.as_json()))["sources"][0]["key"] == "stop_search"
