"""References among the facts: what is not there is told with its place and the nearest name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from piperoll.register.model.facts import Entry, Frame, Output, Succession, When, check
from piperoll.register.model.register import Register


Found = list[tuple[str, tuple[str | int, ...], str, str]]


@pytest.fixture
def entries(register: Register) -> dict[str, Entry]:
    return {key: each.entry for key, each in register.sources.items() if each.entry}


@pytest.fixture
def frame(register: Register) -> Frame:
    assert register.frame is not None
    return register.frame


def test_the_register_has_no_finding(frame: Frame, entries: dict[str, Entry], register: Register) -> None:
    assert list(check(frame, entries, register.policies)) == []


@pytest.mark.parametrize(
    ("change", "path", "hint"),
    [
        (lambda e: replace(e, section="civil_family_tribunal"), ("section",), "civil_family_tribunals"),
        (lambda e: replace(e, domain="civill"), ("domain",), "civil"),
        (lambda e: replace(e, disclosure="posession"), ("disclosure",), "possession"),
        (
            lambda e: replace(e, statistical=(Output("judicial_and_court_statistic"),)),
            ("statistical", 0, "product"),
            "judicial_and_court_statistics",
        ),
        (
            lambda e: replace(e, applications=(replace(e.applications[0], feeds="asbos"),)),
            ("applications", 0, "feeds"),
            "asbo",
        ),
    ],
)
def test_a_name_that_is_not_there(
    frame: Frame,
    entries: dict[str, Entry],
    register: Register,
    change: Callable[[Entry], Entry],
    path: tuple[str | int, ...],
    hint: str,
) -> None:
    entries["caseman"] = change(entries["caseman"])
    found: Found = list(check(frame, entries, register.policies))
    assert [(each[0], each[1]) for each in found] == [("caseman", path)]
    assert found[0][3] == f"Did you mean `{hint}`?"


@pytest.mark.parametrize(
    ("when", "path"),
    [
        (When(starts="soon"), ("lifecycle", "starts")),
        (When(ends="2012-13"), ("lifecycle", "ends")),
        (When(starts="2013", ends="2012"), ("lifecycle", "ends")),
    ],
)
def test_a_date_that_cannot_be(entries: dict[str, Entry], when: When, path: tuple[str, ...]) -> None:
    entries["caseman"] = replace(entries["caseman"], lifecycle=when)
    assert [(each[0], each[1]) for each in check(None, entries)] == [("caseman", path)]


def test_a_succession_told_from_one_end_only(entries: dict[str, Entry]) -> None:
    entries["sachs"] = replace(entries["sachs"], successions=())
    assert [(each[0], each[1]) for each in check(None, entries)] == [("easset", ("successions", 0))]


def test_a_succession_with_two_dates(entries: dict[str, Entry]) -> None:
    edge = Succession("replaced_by", "yjmis", When(starts="2009-05"))
    entries["themis"] = replace(entries["themis"], successions=(edge,))
    assert {each[0] for each in check(None, entries)} == {"themis", "yjmis"}


def test_the_frame_refers_to_what_is_there(frame: Frame, entries: dict[str, Entry], register: Register) -> None:
    assert frame.suppression is not None
    assert frame.protocol is not None
    item = replace(frame.protocol.items[0], answered=("source",))
    wrong = replace(
        frame,
        suppression=replace(frame.suppression, policy="posession", applies_to=("mlp",)),
        protocol=replace(frame.protocol, items=(item,)),
        candidates=(replace(frame.candidates[0], source="ccm"),),
        products=(*frame.products, frame.products[0]),
    )
    assert {each[1] for each in check(wrong, entries, register.policies)} == {
        ("products",),
        ("suppression", "applies_to", 0),
        ("suppression", "policy"),
        ("protocol", "items", 0, "answered", 0),
        ("candidates", 0, "source"),
    }


def test_a_linked_source_that_is_not_there(frame: Frame, entries: dict[str, Entry]) -> None:
    del entries["oasys"]
    assert ("linked", ("linkage", "analyses", 0, "sources", 6)) in {(e[0], e[1]) for e in check(frame, entries)}
