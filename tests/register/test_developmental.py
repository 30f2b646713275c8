"""While linked data are developmental, regular statistics are made of what their source lets be used, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from piperoll.register import inspect, load
from piperoll.register.diff import compare
from piperoll.register.model.facts import Entry, Linkage
from piperoll.register.model.register import Register
from tests.register.conftest import BASE, Edited


ENTRY = """\
entry:
  linkage:
    project: Tickets Project
    developmental: true
    official: [reminder]
    analyses: []
datasets:"""
FINES = "publications/fines/publication.yaml"
HEAD = "title: Tickets and fines\n"
MARKED = HEAD + "kind: ad_hoc\nmarking: 'Developmental: for a first look'\n"


def told(edited: Edited, head: str = HEAD, entry: str = ENTRY, **more: object) -> list[tuple[str, str, str]]:
    edit = {"sources/tickets.yaml": [("datasets:", entry)], FINES: [(HEAD, head)], **more}
    _, problems = inspect(edited(edit))
    return [(each.code, each.where, each.message) for each in problems]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("official", ": official statistics may not"),
        ("third_party", "statistics of another producer"),
        ("model_input", "the input of a model"),
    ],
)
def test_regular_statistics_of_other_datasets_are_refused_where_a_model_reads_them(
    edited: Edited, kind: str, words: str
) -> None:
    marked = f"{HEAD}kind: {kind}\nmarking: Developmental\n"
    [(code, where, message)] = told(edited, marked)
    assert (code, where) == ("PR-L090", f"{FINES}:6")
    assert "`tickets.ticket` is of the Tickets Project, which is developmental" in message
    assert words in message


def test_an_accredited_one_is_regular_whatever_its_kind(edited: Edited) -> None:
    [(code, _, message)] = told(edited, MARKED + "accredited: true\n")
    assert code == "PR-L090"
    assert "accredited statistics" in message


def test_inputs_are_read_even_if_no_model_names_them(edited: Edited) -> None:
    found = told(edited, HEAD + "inputs: [tickets.ticket]\n")
    assert [(code, where) for code, where, _ in found] == [("PR-L090", f"{FINES}:2")]


def test_what_a_merge_reads_is_read(edited: Edited) -> None:
    merge = """\
title: Both
sides:
  - name: ours
    title: Ours
    sql: SELECT ticket_no AS record, issued AS day, area FROM tickets__ticket
  - name: theirs
    title: Theirs
    sql: SELECT ticket_no AS record, sent AS day, NULL AS area FROM tickets__reminder
pairs: {equal: [day]}
fields: [{name: area}]
"""
    root = edited(
        {"sources/tickets.yaml": [("datasets:", ENTRY)], FINES: [(HEAD, HEAD + "inputs: [merged.both]\n")]},
        {
            "merges/both.yaml": merge,
            "publications/fines/issued.sql": "SELECT day AS issued, area FROM merged__both",
            "publications/fines/paid.sql": "SELECT day AS issued, area, 1 AS days FROM merged__both",
        },
    )
    _, problems = inspect(root)
    assert [each.code for each in problems if "tickets.ticket" in each.message] == ["PR-L090"]


@pytest.mark.parametrize(
    "entry",
    [
        ENTRY.replace("[reminder]", "[ticket, reminder]"),
        ENTRY.replace("developmental: true", "developmental: false"),
    ],
)
def test_what_the_source_lets_be_used_may_be_official_and_needs_no_mark(edited: Edited, entry: str) -> None:
    assert told(edited, entry=entry) == []


def test_an_allowed_dataset_that_is_not_there_is_told_with_the_nearest(edited: Edited) -> None:
    found = told(edited, MARKED, ENTRY.replace("[reminder]", "[remindr]"))
    assert [(code, where) for code, where, _ in found] == [("PR-R020", "sources/tickets.yaml:7")]


def test_an_ad_hoc_one_says_that_it_is_developmental(edited: Edited) -> None:
    assert told(edited, MARKED) == []
    for marking in ("", "marking: For a first look\n"):
        found = told(edited, f"{HEAD}kind: ad_hoc\n{marking}")
        assert [code for code, _, _ in found] == ["PR-L091"]
        assert "does not say so" in found[0][2]


SHOWN = """\
entry:
  access:
    - kind: access
      what: figures
      before_publication: true
      via: [The Board]
      publication: fines
datasets:"""


def test_what_is_shown_before_publication_is_marked_and_goes_where_it_is_shown(edited: Edited) -> None:
    good = HEAD + "kind: management_information\nchannel: The Board\nmarking: Management information only\n"
    assert told(edited, good, SHOWN) == []
    assert told(edited, HEAD, SHOWN.replace("before_publication: true", "before_publication: false")) == []
    [(code, where, message)] = told(edited, HEAD, SHOWN)
    assert (code, where) == ("PR-L092", "sources/tickets.yaml:9")
    for said in ("is not management information", "bears no marking", "does not go to The Board"):
        assert said in message
    [(_, _, message)] = told(edited, good.replace("The Board", "The Street"), SHOWN)
    assert "management information" not in message
    assert "does not go to The Board" in message


# --- the change of state is a change of the register ------------------------------------------------------------------


def with_linkage(linkage: Linkage | None):
    register = load(BASE)
    source = replace(register.sources["tickets"], entry=Entry(linkage=linkage))
    return replace(register, sources={"tickets": source})


def test_a_change_of_state_is_told_among_what_breaks() -> None:
    now = Linkage("Tickets Project", True, (), official=("reminder",))
    changes = compare(with_linkage(now), with_linkage(replace(now, developmental=False, official=("ticket",))))
    assert [(each.effect, each.key) for each in changes if each.effect == "breaks"] == [
        ("breaks", "tickets.linkage.developmental"),
        ("breaks", "tickets.linkage.official.reminder"),
        ("breaks", "tickets.linkage.official.ticket"),
    ]
    state, reminder, ticket = (each.message for each in changes if each.effect == "breaks")
    assert "were developmental, now in regular production: official statistics may be made" in state
    assert "no longer" in reminder and "from now on" in ticket
    [back] = [
        c for c in compare(with_linkage(replace(now, developmental=False)), with_linkage(now)) if "were" in c.message
    ]
    assert "may not be made" in back.message


def test_no_change_of_state_is_told_where_there_is_none() -> None:
    now = Linkage("Tickets Project", True, ())
    renamed = compare(with_linkage(now), with_linkage(replace(now, project="Another")))
    assert [each.effect for each in renamed] == ["describes"]
    assert compare(with_linkage(None), with_linkage(None)) == []


# --- the Ministry's register ------------------------------------------------------------------------------------------


def test_in_the_ministrys_register_court_timeliness_alone_is_official(justice: Register) -> None:
    linkage = justice.sources["linked"].entry.linkage
    assert linkage.developmental
    assert linkage.official == ("court_case", "linked_case", "match_rate")
    reading = {key: each for key, each in justice.publications.items() if "linked" in each.sources}
    official = {key for key, each in reading.items() if each.kind == "official"}
    assert official == {"court_timeliness"}
    assert {key for key, each in reading.items() if each.kind == "ad_hoc"} == {
        "offending_employment_benefits", "benefit_claims_prisoners", "linked_data_guest_chapter",
        "equality_impact_assessments", "moj_research_reports",
    }  # fmt: skip
    assert {key for key, each in reading.items() if each.kind not in ("official", "ad_hoc")} == {
        "court_timeliness_brief"
    }
    assert all("developmental" in each.marking.casefold() for each in reading.values() if each.kind == "ad_hoc")
    brief = justice.publications["court_timeliness_brief"]
    assert (brief.channel, brief.marking.split(";")[0]) == ("One Performance Truth", "Management information only")
    assert {each.name for each in brief.measures} <= {e.name for e in justice.publications["court_timeliness"].measures}
