"""Linkages of a register: those of justice are in order, and a small one is kept as it is written."""

from __future__ import annotations

import pytest

from piperoll.errors import UserError
from piperoll.link.files.spec import load_linkage
from piperoll.link.vaulted.run import declared_linkages, find_linkage
from piperoll.register import inspect, load
from tests.register.conftest import JUSTICE


GOOD = """\
linkage: those who pay
inputs: {tickets: tickets.ticket, reminders: tickets.reminder}
fields:
  holder: {kind: surname, optional: true}
  born: {kind: date, from: {tickets: born}}
  ticket_no: {kind: identifier, form: ticket}
"""


def test_those_of_justice_are_declared_without_a_mistake() -> None:
    register, problems = inspect(JUSTICE)
    assert problems == []
    assert register is not None
    assert sorted(register.linkages) == sorted(declared_linkages(JUSTICE)) == ["court_cases", "offenders"]
    for key, path in declared_linkages(JUSTICE).items():
        loaded = load_linkage(path)
        assert loaded.declared.fields == register.linkages[key].fields
        assert loaded.declared.inputs == register.linkages[key].inputs


def test_offenders_link_the_seven_systems() -> None:
    linkage = find_linkage(JUSTICE, "offenders").linkage
    assert [each.name for each in linkage.declared.inputs] == ["libra", "crest", "pnc", "nomis", "probation", "iaps",
                                                               "oasys"]  # fmt: skip
    assert linkage.mode(7) == "both"
    assert not any(rule.given for rule in linkage.rules)
    assert len(linkage.vetoes) == 4


def test_courts_are_matched_by_keys_in_order() -> None:
    declared = find_linkage(JUSTICE, "court_cases").declared
    assert [each.key for each in declared.steps] == ["ptiurn, surname, dob", "asn, dob", "forename, surname, dob"]
    assert [(each.within, each.days) for each in declared.steps] == [("", 0), ("", 0), ("offence_date", 31)]


def test_a_small_one_is_read(edited) -> None:
    root = edited(write={"linkage/payers.yaml": GOOD})
    register = load(root)
    assert [each.dataset for each in register.linkages["payers"].inputs] == ["tickets.ticket", "tickets.reminder"]


def test_one_that_is_not_declared_is_told_with_the_nearest(edited) -> None:
    root = edited(write={"linkage/payers.yaml": GOOD})
    with pytest.raises(UserError, match="no linkage `payer`") as caught:
        find_linkage(root, "payer")
    assert caught.value.code == "PR-L015"
    assert "payers" in caught.value.fix
    with pytest.raises(UserError, match="no linkage") as caught:
        find_linkage(edited(), "anything")
    assert "none" in caught.value.fix


def test_one_without_inputs_is_for_files_alone(edited) -> None:
    root = edited(write={"linkage/payers.yaml": "fields: {surname: }\n"})
    with pytest.raises(UserError, match="names no inputs") as caught:
        find_linkage(root, "payers")
    assert caught.value.code == "PR-L015"
