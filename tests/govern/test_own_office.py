"""A clerk enters records of their own offices and does nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from piperoll.govern import ENTRIES, OFFICE, Action, Actor, Resource, decide


AT = datetime(2012, 11, 8, 9, 30, tzinfo=UTC)
ANN = Actor("ann", OFFICE, offices=("courts:north", "courts:south"))
MAY = {Action.ENTRY_WRITE, Action.ENTRY_READ, Action.ENTRY_LIST, Action.ENTRY_SUBMIT}


@pytest.mark.parametrize("action", list(Action))
def test_only_acts_on_entered_records_are_allowed(action: Action) -> None:
    decision = decide(ANN, action, Resource(ENTRIES, "courts:north/cases.case"), AT)
    assert decision.allowed == (action in MAY)
    assert "ann" in decision.sentence


@pytest.mark.parametrize(
    ("actor", "resource"),
    [
        (ANN, Resource(ENTRIES, "courts:west/cases.case")),
        (ANN, Resource(ENTRIES, "forces:north/cases.case")),
        (ANN, Resource(ENTRIES, "courts:nort/cases.case")),
        (ANN, Resource(ENTRIES, "")),
        (ANN, Resource("delivery", "courts:north/cases.case")),
        (Actor("", OFFICE, offices=("courts:north",)), Resource(ENTRIES, "courts:north/cases.case")),
        (Actor("ann", "local", offices=("courts:north",)), Resource(ENTRIES, "courts:north/cases.case")),
        (Actor("ann", OFFICE), Resource(ENTRIES, "courts:north/cases.case")),
        (Actor("ann", OFFICE), Resource(ENTRIES, "")),
    ],
)
def test_what_is_not_their_own_is_refused(actor: Actor, resource: Resource) -> None:
    for action in MAY:
        assert not decide(actor, action, resource, AT).allowed


def test_a_clerk_who_owns_the_home_is_a_clerk_all_the_same() -> None:
    actor = Actor("ann", OFFICE, home_owner="ann", offices=("courts:north",))
    assert not decide(actor, Action.VAULT_READ, Resource("delivery", "d"), AT).allowed
