"""The quality and caveat section: whole or refused, and of the day of publication."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.quality.assessed import judge
from piperoll.register import load
from piperoll.release import make
from piperoll.release.caveats import Caveats, Rate, SourceQuality, caveats_of, level_words, require_whole
from piperoll.store.parts import Part
from piperoll.workspace import Workspace
from tests.searches import NAME, Deliver, Released


WHEN, DAY = Period.parse("2020Q3"), dt.date(2020, 12, 14)
SOURCE = SourceQuality("s", "Source", "assured to level A1", ("Counts are late.",))
WHOLE = Caveats((SOURCE,), (Rate("s.d", "Data", 4, 3),), "Nothing was revised.")


def part(period: str, dataset: str = "stop_search.search") -> Part:
    return Part(dataset, "met", period, 1, "a" * 64, "events", "d")


def test_an_edition_carries_it(released: Released) -> None:
    content = json.loads((released.directory / "manifest.json").read_text(encoding="utf-8"))["quality"]
    assert [each["key"] for each in content["sources"]] == ["stop_search"] and len(
        content["sources"][0]["caveats"]
    ) == 4
    assert [(each["key"], each["owed"], each["came"]) for each in content["rates"]] == [("stop_search.search", 1, 1)]
    assert content["revisions"] == "No earlier edition was published from this system."
    page = (released.directory / "index.html").read_text(encoding="utf-8")
    section = page[page.index('id="quality"') :]
    for words in ("How far the sources are assured", "Places are moved to the nearest", "What was revised"):
        assert words in section


@pytest.mark.parametrize(
    ("empty", "words"),
    [
        (replace(WHOLE, sources=()), "it names no source"),
        (replace(WHOLE, sources=(replace(SOURCE, level=""),)), "s is not assessed"),
        (replace(WHOLE, sources=(SOURCE, replace(SOURCE, key="t", caveats=()))), "none of t"),
        (replace(WHOLE, rates=()), "how much of what was owed has come"),
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


def test_rates_are_of_what_is_owed_for_the_period(register: Path) -> None:
    loaded = load(register)
    publication = loaded.publications[NAME]

    def rates(period: str, *parts: Part) -> list[tuple[int, int]]:
        found = caveats_of(loaded, publication, Period.parse(period), parts, DAY, "x").rates
        return [(each.owed, each.came) for each in found]

    assert rates("2020Q3") == [(1, 0)]
    assert rates("2020Q3", part("2020Q3"), part("2020Q2"), part("2020Q3", "other.search")) == [(1, 1)]
    # Owed from the third quarter of 2020 on.
    assert rates("2020Q2", part("2020Q2")) == [(0, 0)]


def test_rates_in_words() -> None:
    assert Rate("s.d", "Data", 4, 3).words == "Data: 3 of 4 deliveries owed came (75.0%)."
    assert Rate("s.d", "Data", 4, 4).words == "Data: 4 of 4 deliveries owed came (all of them)."
    assert Rate("s.d", "Data", 1, 0).words == "Data: 0 of 1 delivery owed came (0.0%)."
    assert "nothing is owed" in Rate("s.d", "Data", 0, 0).words


def test_levels_are_those_of_the_day_of_publication(register: Path) -> None:
    found = load(register).assessments["stop_search"]
    on_time, late = (level_words(judge(found, day)) for day in (found.review_by, found.review_by + dt.timedelta(1)))
    assert "overdue" not in on_time and late == f"{on_time[:-1]}; its review is overdue."
    short = level_words(judge(replace(found, required="A2", status="proposed"), DAY))
    assert "A2 (enhanced) is required, and these areas fall short: Operational context" in short
    assert "its owner has not agreed" in short and "where A1 (basic) is required" in on_time
