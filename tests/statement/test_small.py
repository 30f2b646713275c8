"""A register that says almost nothing still has a Statement: nothing is invented, nothing fails."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from piperoll.present.lint import lint_bytes
from piperoll.register.model.facts import Entry, Frame, Linkage, LinkedAnalysis, Output, Product, When
from piperoll.register.model.register import Register, Source
from piperoll.statement import render
from piperoll.statement.document import EntryText
from piperoll.statement.write import files


def small(frame: Frame, **entries: Entry | None) -> Register:
    sources = {key: Source(key, key.title(), n, entry) for n, (key, entry) in enumerate(entries.items(), 1)}
    return Register(Path("small"), "small", "A small register", "An office", sources, {}, {}, {}, {}, frame=frame)


BARE = Frame(as_of=dt.date(2020, 1, 1))


def test_a_bare_frame_and_a_bare_entry() -> None:
    register = small(BARE, one=Entry())
    text = render(register)
    assert (text.title, text.publisher, text.published) == ("A small register", "An office", "")
    assert text.front == text.back == ()
    made = files(text, register)
    for name in ("index.html", "whole.html", "one.html", "statement.ods"):
        assert lint_bytes(name, made[name]) == ()


def test_what_is_not_stated_is_told_as_such() -> None:
    entry: EntryText = render(small(BARE, one=Entry())).entries[0]
    assert entry.part("statistical").lines[0].text == "Not stated."
    assert entry.part("synergies").lines[0].text.startswith("None stated")
    assert [line.text for line in entry.part("collection").lines] == ["Not stated."]
    with pytest.raises(KeyError):
        entry.part("title")


def test_a_source_without_an_entry_has_no_page() -> None:
    register = small(BARE, one=Entry(), two=None)
    assert [each.key for each in render(register).entries] == ["one"]
    assert "two.html" not in files(render(register), register)


def test_linked_data_in_regular_production() -> None:
    analysis = LinkedAnalysis("Pairs", ("a", "b"), period=("2019", "2020"), population=1200, unit="people")
    linkage = Linkage("The project", developmental=False, analyses=(analysis,), matching=("a number",))
    frame = replace(BARE, products=(Product("p", "The title"),))
    entry = Entry(linkage=linkage, statistical=(Output("p", part=("pairs",)),))
    text = render(small(frame, one=entry)).entries[0]
    told = " ".join(line.plain for part in text.parts for line in part.lines)
    assert "1,200 people" in told
    assert "in regular production" in told
    assert "being developmental" not in told
    assert "since they are developmental" not in told
    assert text.state_words == "in use"


def test_a_planned_source_of_no_date() -> None:
    text = render(small(BARE, one=Entry(lifecycle=When(state="planned")))).entries[0]
    assert (text.state, text.state_words) == ("planned", "planned")
