"""Datasets that a linkage makes: declared as it gives them, and owed by nobody."""

from __future__ import annotations

import pytest

from piperoll.register import inspect, load
from piperoll.register.linked import linked_fields
from tests.register.conftest import JUSTICE


LINKED = """\
title: Linked
datasets:
  - name: pair
    title: Tickets with reminders
    mode: full
    linkage: payers
    key: [tickets_ticket_no]
    fields:
      - {name: tickets_ticket_no, type: str(9), class: L, domain: ticket, null: never}
      - {name: reminders_ticket_no, type: str(9), class: L, domain: ticket, null: never}
      - {name: reminders_sent, type: date, class: T}
      - {name: step, type: int, class: A}
"""
PAYERS = """\
linkage: those who pay
inputs: {tickets: tickets.ticket, reminders: tickets.reminder}
fields: {ticket_no: {kind: identifier, form: ticket}}
"""
STEPS = "steps: [{key: ticket_no}]\n"
WEIGHTS = """\
title: Linked
datasets:
  - name: payer
    title: Who pays
    mode: full
    linkage: payers
    key: [dataset, record]
    fields:
      - {name: dataset, type: str, class: A, null: never}
      - {name: record, type: str, class: L, domain: linked_record, null: never}
      - {name: person, type: str, class: L, domain: linked_person, null: never}
"""


def problems_of(edited, linked: str, payers: str = PAYERS + STEPS) -> list[tuple[str, str, str, str]]:
    _, problems = inspect(edited(write={"sources/linked.yaml": linked, "linkage/payers.yaml": payers}))
    return [(each.code, each.where, each.message, each.fix) for each in problems]


def test_those_of_justice_name_their_linkages() -> None:
    register = load(JUSTICE)
    assert register.linked("court_cases") == ("linked.court_case",)
    assert register.linked("offenders") == ("linked.person",)
    assert register.linked("anything") == ()
    names = {f"{source.key}.{each.name}": each for source, each in register.datasets()}
    fields = linked_fields(register.linkages["court_cases"], names)
    assert [each.name for each in fields] == ["libra_case_no", "libra_def_id", "crest_court_code", "crest_case_no",
                                              "crest_def_no", "step"]  # fmt: skip
    assert [each.domain for each in fields] == ["mc_case", None, None, "cc_case", None, None]


@pytest.mark.parametrize(("linked", "payers"), [(LINKED, PAYERS + STEPS), (WEIGHTS, PAYERS)])
def test_a_good_one_is_read(edited, linked: str, payers: str) -> None:
    register = load(edited(write={"sources/linked.yaml": linked, "linkage/payers.yaml": payers}))
    assert len(register.linked("payers")) == 1


def test_a_linkage_that_is_not_there_is_told_with_the_nearest(edited) -> None:
    [(code, where, message, fix)] = problems_of(edited, LINKED.replace("linkage: payers", "linkage: payer"))
    assert (code, where) == ("PR-R020", "sources/linked.yaml:6")
    assert "no linkage `payer`" in message
    assert "payers" in fix


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("reminders_sent", "reminder_sent", 8, "gives `reminders_sent`"),
        ("reminders_sent", "reminder_sent", 11, "does not give `reminder_sent`"),
        ("reminders_sent, type: date", "reminders_sent, type: str(4)", 11, "is of type date and class T"),
        ("reminders_ticket_no, type: str(9), class: L, domain: ticket", "reminders_ticket_no, type: str(9), class: A",
         10, "class L, domain ticket"),
        ("domain: ticket, null: never}\n      - {name: rem", "domain: bill, null: never}\n      - {name: rem", 9,
         "domain ticket"),
        ("mode: full", "mode: events", 5, "replaces the one before"),
        ("mode: full", "mode: full\n    suppliers: councils", 6, "`suppliers` means nothing"),
        ("mode: full", "mode: full\n    file: {pattern: 'x_{supplier}.csv'}", 6, "no files"),
    ],
)  # fmt: skip
def test_what_the_linkage_does_not_give_is_told_in_its_place(edited, old: str, new: str, line: int, said: str) -> None:
    assert old in LINKED
    found = problems_of(edited, LINKED.replace(old, new, 1))
    told = [(where, message) for code, where, message, _ in found if code == "PR-R044"]
    assert any(where == f"sources/linked.yaml:{line}" and said in message for where, message in told), found


def test_of_persons_the_domains_are_free_and_the_fields_are_not(edited) -> None:
    assert problems_of(edited, WEIGHTS.replace("linked_person", "somebody"), PAYERS) == []
    [(code, _, message, _)] = problems_of(edited, WEIGHTS.replace("name: person, type: str, class: L, domain: "
                                                                 "linked_person", "name: person, type: str, class: A"),
                                          PAYERS)  # fmt: skip
    assert code == "PR-R044"
    assert "class L" in message


def test_a_wrong_linkage_is_told_once_and_its_dataset_not_blamed(edited) -> None:
    found = problems_of(edited, LINKED, (PAYERS + STEPS).replace("tickets.reminder", "tickets.remainder"))
    assert {code for code, *_ in found} == {"PR-R020"}
