"""Assessments of quality and operational measures in a register: what is right loads, what is wrong is told."""

from __future__ import annotations

import pytest

from piperoll.register import inspect, load
from piperoll.register.diff import compare
from piperoll.register.find import find
from piperoll.register.model.quality import LEVELS, MATRIX, PRACTICES
from tests.register.conftest import JUSTICE


ASSESSED = """\
required: A2
risk: medium
profile: medium
owner: Head of tickets
reviewed: 2012-10-31
review_by: 2013-10-31
caveats: [A ticket is counted when it is issued.]
areas:
  - {practice: operational_context, level: A1, evidence: [It is written down.]}
  - {practice: communication, level: A0}
  - {practice: supplier_assurance, level: A0}
  - {practice: producer_assurance, level: A2, evidence: [It is checked.]}
"""
MONITOR = """\
measures:
  - name: issued
    label: Tickets issued
    role: in
    form: count
    sql: SELECT area AS office, _supplier AS supplier, issued AS day FROM tickets__ticket
    target: {value: 10, direction: at_least, source: The annual plan}
"""


def told(edited, name: str, text: str) -> list[tuple[str, str, str]]:
    _, problems = inspect(edited(write={name: text}))
    return [(each.code, each.where, each.message) for each in problems]


def test_both_load_and_are_found(edited) -> None:
    root = edited(write={"quality/tickets.yaml": ASSESSED, "monitor/tickets.yaml": MONITOR})
    register = load(root)
    assert register.assessments["tickets"].areas[0].evidence == ("It is written down.",)
    assert register.monitors["tickets"].measures[0].target.value == 10
    # The key alone is the source's, though three things bear it.
    assert find(register, "tickets").kind == "source"
    assert find(register, "tickets", "quality").value is register.assessments["tickets"]
    assert find(register, "tickets", "monitor").value is register.monitors["tickets"]


@pytest.mark.parametrize("folder", ["quality", "monitor"])
def test_a_file_named_after_no_source(edited, folder: str) -> None:
    text = ASSESSED if folder == "quality" else MONITOR
    assert told(edited, f"{folder}/tickts.yaml", text) == [
        ("PR-Q001", f"{folder}/tickts.yaml:1", "There is no source `tickts`.")
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("  - {practice: communication, level: A0}\n", "", "PR-Q002", "Not assessed: communication."),
        ("required: A2", "required: A3", "PR-Q003", "With medium risk and medium profile, the toolkit asks for A2."),
        ("practice: communication, level: A0", "practice: communication, level: A1", "PR-Q004",
         "A1 (basic) is claimed without evidence."),
        ("communication, level: A0", "communication, level: A1, evidence: ['  ']", "PR-Q004",
         "A1 (basic) is claimed without evidence."),
        ("2013-10-31", "2011-10-31", "PR-R028", "It ends on 2011-10-31, before it starts on 2012-10-31."),
        ("level: A2,", "level: A4,", "PR-R013", None),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_assessment(edited, old: str, new: str, code: str, words: str | None) -> None:
    assert old in ASSESSED
    found = told(edited, "quality/tickets.yaml", ASSESSED.replace(old, new, 1))
    assert [each[0] for each in found] == [code]
    assert words is None or found[0][2] == words


@pytest.mark.parametrize(
    ("caveats", "kind", "found"),
    [
        ("caveats: [A ticket counts.]", "official", []),
        ("caveats: []", "official", ["`tickets` has no caveats."]),
        ("caveats: ['  ']", "ad_hoc", ["`tickets` has no caveats."]),
        ("caveats: []", "management_information", []),
    ],
)
def test_official_statistics_say_the_caveats_of_their_sources(
    edited, caveats: str, kind: str, found: list[str]
) -> None:
    text = ASSESSED.replace("caveats: [A ticket is counted when it is issued.]", caveats)
    edit = {"publications/fines/publication.yaml": [("title: Tickets and fines\n", f"title: T\nkind: {kind}\n")]}
    _, problems = inspect(edited(edit, {"quality/tickets.yaml": text}))
    place = "publications/fines/publication.yaml:3"
    assert [(each.code, each.where, each.message.partition(": ")[2]) for each in problems] == [
        ("PR-E060", place, words) for words in found
    ]


def test_official_statistics_have_sources_that_are_assessed(edited) -> None:
    name = "publications/fines/publication.yaml"
    root = edited()
    (root / "quality" / "tickets.yaml").unlink()
    _, (problem,) = inspect(root)
    assert (problem.code, problem.key) == ("PR-E060", "sources.0") and "is not assessed" in problem.message
    _, (problem,) = inspect(edited({name: [("sources: [tickets]\n", "")]}))
    assert (problem.code, problem.key) == ("PR-E060", "tables") and "names no source" in problem.message
    # A name that is no source's, or an assessment that cannot be read, is one mistake and not two.
    _, problems = inspect(edited({name: [("sources: [tickets]", "sources: [tickts]")]}))
    assert "PR-E060" not in {each.code for each in problems}
    assert [each[0] for each in told(edited, "quality/tickets.yaml", ASSESSED.replace("A2,", "A7,"))] == ["PR-R013"]


def test_an_area_stands_once(edited) -> None:
    twice = ASSESSED + "  - {practice: communication, level: A0}\n"
    assert [each[0] for each in told(edited, "quality/tickets.yaml", twice)] == ["PR-R022"]


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("issued AS day", "issued AS days", "PR-Q005", "The SELECT of a count gives office, supplier, day; missing: day."),
        ("form: count", "form: stock", "PR-Q005",
         "The SELECT of a stock gives office, supplier, opened, closed; missing: opened, closed."),
        ("source: The annual plan", "source: ' '", "PR-Q006", None),
        ("area AS office", "aera AS office", "PR-R025", None),
        ("SELECT area", "DELETE area", "PR-R024", None),
        ("tickets__ticket", "tickets__tickt", "PR-R025", None),
        ("measures:", "offices: nowhere\nmeasures:", "PR-R020", None),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_measure(edited, old: str, new: str, code: str, words: str | None) -> None:
    assert old in MONITOR
    found = told(edited, "monitor/tickets.yaml", MONITOR.replace(old, new, 1))
    assert [each[0] for each in found] == [code]
    assert words is None or found[0][2] == words


def test_names_and_births_cannot_be_measured(edited) -> None:
    """What is in the vault alone has no column in a view."""
    text = MONITOR.replace("area AS office", "holder AS office").replace("issued AS day", "born AS day")
    assert {each[0] for each in told(edited, "monitor/tickets.yaml", text)} == {"PR-R025"}


def test_a_measure_that_changes_is_told(edited) -> None:
    old = load(edited(write={"monitor/tickets.yaml": MONITOR}))
    more = MONITOR + MONITOR.split("\n", 1)[1].replace("name: issued", "name: more")
    new = load(edited(write={"monitor/tickets.yaml": more.replace("form: count", "form: count\n    unit: x", 1)}))
    assert [str(each) for each in compare(old, new)] == [
        "breaks    monitor tickets.issued: `unit` changed.",
        "adds      monitor tickets.more: The measure is new.",
    ]


def test_an_assessment_that_changes_describes(edited) -> None:
    old = load(edited(write={"quality/tickets.yaml": ASSESSED}))
    new = load(edited(write={"quality/tickets.yaml": ASSESSED.replace("Head of", "Lead of")}))
    assert [each.effect for each in compare(old, new)] == ["describes"]


def test_every_source_of_justice_is_assessed() -> None:
    register = load(JUSTICE)
    assert set(register.assessments) == set(register.sources)
    required = [each.required for each in register.assessments.values()]
    assert [required.count(level) for level in LEVELS] == [0, 9, 17, 8]
    for each in register.assessments.values():
        assert each.required in MATRIX[each.risk, each.profile]
        assert each.caveats and all(text.endswith(".") and len(text) > 30 for text in each.caveats), each.key
        assert [area.practice for area in each.areas] == list(PRACTICES)
        assert each.reason


def test_sources_that_deliver_are_measured() -> None:
    register = load(JUSTICE)
    assert {"caseman", "pcol", "libra", "crest", "nomis_iis", "probation"} <= set(register.monitors)
    for each in register.monitors.values():
        assert {"in"} <= {measure.role for measure in each.measures}
        for measure in each.measures:
            assert measure.target is None or measure.target.source
